//! The search index: documents in, plain files out. `docs/search-index.md` describes the files byte by byte; the client that reads them
//! is `static/search/`.
//!
//! ```text
//! text ── tokenize, stem ──► collect (a worker's postings, by document) ──► invert (by term) ──► shard, titles, facets ──► root
//! ```
//!
//! Nothing here reads or writes the disk. Document numbers come from [`numbers`], so that an edited article changes only the files
//! with its terms.

mod before;
mod bits;
mod budget;
mod collect;
mod deflate;
mod encode;
mod facets;
mod files;
mod impact;
mod intern;
mod invert;
mod merge;
mod root;
mod saved;
mod script;
mod shard;
mod stem;
mod titles;
mod tokenize;

use std::collections::BTreeMap;
use std::sync::Mutex;

use ahash::{HashMap, HashSet};

use crate::manifest::Entry;

use before::Before;
use collect::Postings;
use encode::encode;
use merge::Merged;
pub use saved::Saved;
pub use script::{fits, loader, module};
pub use stem::stem;
pub use tokenize::{Kind, MAX_TERM, STOP_WORDS, fold, tokenize};

/// The version of the format; a client that knows another one asks its reader to reload the page.
pub const FORMAT: u8 = 4;
/// The types of articles, by the numbers that the index uses; unknown first.
pub const KINDS: [&str; 5] = ["", "problem", "bug", "information", "how-to"];

/// One page as the search sees it. Texts are plain: no markup, entities decoded.
#[derive(Debug, Clone, Default)]
pub struct Document<'a> {
    /// A hash of everything that it is made from, by which the next build knows it again.
    pub origin: u64,
    /// Relative to the site: `kb/164/Q164177/`.
    pub url: &'a str,
    /// The title; a leading `Q164177: ` is left out of the index.
    pub title: &'a str,
    /// The article's number as readers cite it, `Q164177`; empty where it has none.
    pub id: &'a str,
    /// The product line, empty where there is none.
    pub product: &'a str,
    /// One of [`KINDS`].
    pub kind: &'a str,
    /// 0 where it is unknown.
    pub year: u16,
    /// The names of what the article applies to, as written.
    pub applies_to: &'a [&'a str],
    /// Words that readers may use and the text does not.
    pub query_words: &'a str,
    /// The first section.
    pub lead: &'a str,
    /// All other text.
    pub body: &'a str,
    /// Product, applies-to, keywords, technology.
    pub meta: &'a str,
    /// Codes that the text gives in a form that the tokeniser does not see.
    pub codes: &'a [String],
    /// 1 for an ordinary article; at most 14.
    pub boost: f32,
    /// A retired article sinks below all that are not.
    pub retired: bool,
    /// How many articles cite it.
    pub cited: u32,
}

/// Whether words with one stem find each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stemming {
    /// Porter2.
    English,
    /// Every word is its own stem.
    None,
}

/// What `site.toml` says about the search.
#[derive(Debug, Clone)]
pub struct Options {
    /// By the language of the site.
    pub stemming: Stemming,
    /// Words that count in titles only.
    pub stop_words: Vec<String>,
    /// Groups of words or phrases that mean the same.
    pub synonyms: Vec<Vec<String>>,
    /// What the scripts say to readers, by the scripts' names for it.
    pub words: BTreeMap<&'static str, String>,
}

impl Default for Options {
    fn default() -> Self {
        let stop_words = STOP_WORDS.iter().map(|&word| word.to_owned()).collect();
        Self { stemming: Stemming::English, stop_words, synonyms: Vec::new(), words: BTreeMap::new() }
    }
}

/// The files of the search and what the build summary says of them.
#[derive(Debug)]
pub struct Outputs {
    /// Paths relative to the site, and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// For `--timings` and the summary.
    pub summary: Summary,
}

/// The index in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Documents in the index.
    pub documents: usize,
    /// Distinct terms.
    pub terms: usize,
    /// Files, code included.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: usize,
    /// What a first query takes, code included, in bytes: median and 95th percentile over queries made from titles.
    pub first_query: (usize, usize),
}

/// The index while pages go by. Workers add documents at the same time; what comes out does not depend on who saw which.
pub struct Index {
    options: Options,
    idle: Mutex<Vec<Postings>>,
}

impl Index {
    /// An empty index.
    pub fn new(options: Options) -> Self {
        Self { options, idle: Mutex::new(Vec::new()) }
    }

    /// Adds the document with this number, from [`numbers`]. Each number may be added once.
    pub fn add(&self, number: u32, document: &Document) {
        let taken = self.idle.lock().map(|mut idle| idle.pop()).unwrap_or_default();
        let mut postings = taken.unwrap_or_else(|| Postings::new(&self.options));
        postings.add(number, document);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(postings);
        }
    }

    /// Encodes the index.
    pub fn outputs(self) -> Outputs {
        let Update { files, summary, .. } = self.update(None);
        let bytes = |made| match made {
            Made::New(bytes) => bytes,
            // There was nothing before.
            Made::Kept(_) => Vec::new(),
        };
        Outputs { files: files.into_iter().map(|(path, made)| (path, bytes(made))).collect(), summary }
    }

    /// Encodes the index of the documents that were added and those of an earlier build.
    pub fn update(self, past: Option<Past<'_>>) -> Update {
        let parts = self.idle.into_inner().unwrap_or_default();
        let fresh = invert::invert(parts, self.options.stemming);
        let Some(Past { mut saved, moves, is_there }) = past else {
            let (index, records, names) = fresh;
            let (files, summary, made) = encode(&index, &records, &names, &self.options, &Before::nothing());
            return Update { files, summary, stale: records.len(), saved: Saved { index, records, names, files: made } };
        };
        let mut stale: HashSet<u32> = fresh.1.iter().map(|record| record.doc / titles::BLOCK).collect();
        let mut moved_or_gone = 0;
        for (record, moved) in saved.records.iter().zip(&moves) {
            if moved.is_none_or(|(doc, _)| doc != record.doc) {
                moved_or_gone += 1;
                stale.extend([Some(record.doc), moved.map(|(doc, _)| doc)].iter().flatten().map(|doc| doc / titles::BLOCK));
            }
        }
        // One that was edited is in both.
        let stale_documents = fresh.1.len().max(moved_or_gone);
        let same_titles = titles::are_same(
            saved.records.iter().zip(&moves).filter(|(_, moved)| moved.is_none()).map(|(record, _)| record),
            fresh.1.iter(),
        );
        let merged = merge::merge(&mut saved, &moves, fresh);
        let before = Before { files: &saved.files, merged: Some(&merged), stale, same_titles, is_there };
        let (files, summary, made) = encode(&merged.index, &merged.records, &merged.names, &self.options, &before);
        let Merged { index, records, names, .. } = merged;
        Update { files, summary, stale: stale_documents, saved: Saved { index, records, names, files: made } }
    }
}

/// What has become of each document of an earlier build: its number now and how many articles cite it, or `None`.
pub type Moves = Vec<Option<(u32, u32)>>;

/// The index of an earlier build, and what has become of its documents.
pub struct Past<'p> {
    /// The index.
    pub saved: Saved,
    /// For each of [`Saved::documents`] the number of its document now and how many articles cite it, or `None` where it has changed or is gone.
    pub moves: Moves,
    /// Whether the output still has a file of the index, by its path in the site.
    pub is_there: &'p (dyn Fn(&str, &Entry) -> bool + Sync),
}

/// An encoded index.
pub struct Update {
    /// Paths relative to the site, and contents.
    pub files: Vec<(String, Made)>,
    /// For `--timings` and the summary.
    pub summary: Summary,
    /// How many documents are not in the index before, or no longer at their number there.
    pub stale: usize,
    /// The index for the next build.
    pub saved: Saved,
}

/// A file of the index.
pub enum Made {
    /// These bytes.
    New(Vec<u8>),
    /// Still the one in the output.
    Kept(Entry),
}

impl Made {
    fn entry(&self) -> Entry {
        match self {
            Self::New(bytes) => Entry::of(bytes),
            Self::Kept(entry) => *entry,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::New(bytes) => bytes.len(),
            Self::Kept(entry) => entry.size as usize,
        }
    }
}

/// A number for each document: by product, then by the number in its id, then by URL. Every product gets room for some more documents
/// at its end, because a document that comes between others renumbers all after it and so changes every file.
///
/// `documents` gives product, the number in the id and URL; the numbers come back in the same order.
pub fn numbers(documents: &[(&str, Option<u32>, &str)]) -> Vec<u32> {
    // There are few products: with their places in the order, hardly a text is compared with another.
    let mut products: Vec<&str> = documents.iter().map(|(product, ..)| *product).collect::<HashSet<_>>().into_iter().collect();
    products.sort_unstable();
    let places: HashMap<&str, usize> = products.into_iter().zip(0..).collect();
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by_cached_key(|&i| {
        let (product, number, url) = documents[i];
        (places.get(product), number.is_none(), number, url)
    });
    let mut numbers = vec![0; documents.len()];
    let mut next = 0;
    for product in order.chunk_by(|&a, &b| documents[a].0 == documents[b].0) {
        for (number, &document) in (next..).zip(product) {
            numbers[document] = number;
        }
        let room = product.len() + product.len() / 32;
        next += (room as u32).next_multiple_of(titles::BLOCK);
    }
    numbers
}

#[cfg(test)]
mod tests;
