//! What of the index before this one is still as it was, so that its files need not be made again.

use std::ops::Range;
use std::sync::LazyLock;

use ahash::HashSet;

use super::invert::Inverted;
use super::merge::Merged;
use super::{saved, shard};
use crate::manifest::Entry;

/// What the index before this one made of the same documents.
pub(super) struct Before<'b> {
    /// Its files.
    pub(super) files: &'b saved::Files,
    /// Its terms beside those of now; none where nothing of it can be used.
    pub(super) merged: Option<&'b Merged>,
    /// Blocks of titles with a document that has changed.
    pub(super) stale: HashSet<u32>,
    /// All documents together have the titles that they had.
    pub(super) same_titles: bool,
    /// Whether the output still has a file with this content.
    pub(super) is_there: &'b (dyn Fn(&str, &Entry) -> bool + Sync),
}

impl Before<'_> {
    /// Where there was no index.
    pub(super) fn nothing() -> Before<'static> {
        static NOTHING: LazyLock<saved::Files> = LazyLock::new(saved::Files::default);
        Before { files: &NOTHING, merged: None, stale: HashSet::default(), same_titles: false, is_there: &|_, _| false }
    }

    /// Whether terms and documents are coded as they were.
    pub(super) fn has_code_of(&self, files: &saved::Files) -> bool {
        self.files.capacity == files.capacity && self.files.letters == files.letters
    }

    /// The shard of these terms, if it had the same ones with the same documents.
    pub(super) fn shard(&self, ranks: &Range<usize>) -> Option<Entry> {
        let run = self.merged?.run(ranks)?;
        let found = self.files.shards.binary_search_by_key(&(run.start as u32), |shard| shard.first).ok()?;
        Some(&self.files.shards[found]).filter(|shard| shard.terms as usize == run.len()).map(|shard| shard.entry)
    }

    /// The words that titles have most, where they are surely the same.
    pub(super) fn common_words(&self) -> Option<String> {
        self.same_titles.then(|| self.files.common_words.clone())
    }

    /// The block of titles with this number, if none of its documents has changed.
    pub(super) fn title(&self, block: usize) -> Option<Entry> {
        self.merged?;
        self.files.titles.get(block).filter(|_| !self.stale.contains(&(block as u32))).copied()
    }

    /// The spelling lists, if no word has come, gone, or become much more or less common.
    pub(super) fn spelling(&self, index: &Inverted, documents: usize) -> Option<[&[(String, Entry)]; 2]> {
        let merged = self.merged?;
        let new = merged.new.iter().map(|rank| *rank as usize);
        let new = new.filter_map(|rank| shard::worth_suggesting(index.term(rank), index.postings(rank), documents));
        let before = merged.gone.iter().map(|(word, common)| (word.as_str(), *common));
        let same = before.eq(new) && shard::are_few(documents) == shard::are_few(merged.old_documents);
        let [forwards, backwards] = self.files.spelling.as_slice() else { return None };
        same.then_some([forwards, backwards])
    }

    /// The file of bare mentions of these terms, if none of them has changed.
    pub(super) fn mentions(&self, ranks: &[u32]) -> Option<Entry> {
        let merged = self.merged?;
        let before: Vec<u32> = ranks.iter().map(|rank| merged.before(*rank as usize)).collect::<Option<_>>()?;
        self.files.mentions.iter().find(|file| file.ranks == before).map(|file| file.entry)
    }
}
