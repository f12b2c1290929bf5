//! Documents and their terms → files. Each sort of file is taken from the index before where it would be the same, and else encoded.

use std::ops::Range;

use rayon::prelude::*;

use super::before::Before;
use super::bits::Letters;
use super::collect::Record;
use super::deflate::Deflate;
use super::files::Files;
use super::intern::Interner;
use super::invert::Inverted;
use super::{Made, Options, Summary, budget, facets, root, saved, shard, titles};
use crate::manifest::Entry;

/// Document numbers are coded as if there were a multiple of this many, so that one more article changes no other list.
const ROOM: u32 = 4096;

/// Files, figures, and which file came from what.
pub(super) type Encoded = (Vec<(String, Made)>, Summary, saved::Files);

/// The index of `records` as files.
pub(super) fn encode(index: &Inverted, records: &[Record], names: &Interner, options: &Options, before: &Before<'_>) -> Encoded {
    let mut encoder = Encoder::new(index, records, names, before);
    let (shards, shard_sizes) = encoder.shards();
    let separators: Vec<String> = shards.iter().map(|shard| shard.separator.clone()).collect();
    let (titles, title_block) = encoder.titles();
    let (spelling, facets, mentions) = (encoder.spelling(), encoder.facets(), encoder.mentions());
    let root = root::Root {
        common_words: &encoder.saved.common_words,
        capacity: encoder.saved.capacity,
        records,
        letters: &encoder.letters,
        products: &encoder.products,
        shards,
        titles,
        spelling,
        facets,
        mentions,
    };
    let root = root::encode(&root, options);
    let root_bytes = root.len();
    let root_name = encoder.files.add_named("root", root);
    if encoder.files.are_few() && before.merged.is_some() {
        // One file has all of them: nothing of it can be kept.
        return encode(index, records, names, options, &Before::nothing());
    }
    let files = encoder.files.finish(&root_name, options);

    let code: usize = files.iter().filter(|(path, _)| path.ends_with(".js")).map(|(_, made)| made.len() / 3).sum();
    let first_query = budget::first_query(records, &separators, &shard_sizes, root_bytes + code, title_block, options);
    let bytes = files.iter().map(|(_, made)| made.len()).sum();
    let summary = Summary { documents: records.len(), terms: index.len(), files: files.len(), bytes, first_query };
    (files, summary, encoder.saved)
}

/// What becomes an index, and what has been encoded so far.
struct Encoder<'e> {
    index: &'e Inverted,
    records: &'e [Record],
    names: &'e Interner,
    before: &'e Before<'e>,
    products: Vec<&'e str>,
    letters: Letters,
    /// Terms and documents are coded as in the index before.
    same_code: bool,
    files: Files<'e>,
    saved: saved::Files,
}

impl<'e> Encoder<'e> {
    fn new(index: &'e Inverted, records: &'e [Record], names: &'e Interner, before: &'e Before<'e>) -> Self {
        let (products, letters) = (facets::products(records), shard::letters(index));
        let saved = saved::Files {
            capacity: records.last().map_or(1, |record| record.doc + 1).next_multiple_of(ROOM),
            letters: letters.table(),
            products: products.iter().map(|product| (*product).to_owned()).collect(),
            common_words: before.common_words().unwrap_or_else(|| titles::common_words(records)),
            facets: saved::facets_digest(records, names),
            ..saved::Files::default()
        };
        let same_code = before.has_code_of(&saved);
        Self { index, records, names, before, products, letters, same_code, files: Files::new(before.is_there), saved }
    }

    /// The shards of terms, as the root names them, and their sizes in bytes.
    fn shards(&mut self) -> (Vec<root::Entry>, Vec<usize>) {
        let (index, capacity) = (self.index, self.saved.capacity);
        let cuts = shard::cuts(index, capacity);
        let encoded = |ranks: &Range<usize>| Made::New(shard::encode(index, ranks.clone(), capacity, &self.letters));
        let shards: Vec<Made> = cuts
            .par_iter()
            .map(|cut| {
                let kept = self.before.shard(&cut.ranks).filter(|entry| self.is_same("s", &cut.separator, entry));
                kept.map_or_else(|| encoded(&cut.ranks), Made::Kept)
            })
            .collect();
        let sizes = shards.iter().map(Made::len).collect();
        let mut named = Vec::with_capacity(cuts.len());
        for (cut, made) in cuts.into_iter().zip(shards) {
            let (name, entry) = self.files.add("s", cut.separator, made);
            self.saved.shards.push(saved::Shard { first: cut.ranks.start as u32, terms: cut.ranks.len() as u32, entry });
            named.push(name);
        }
        (named, sizes)
    }

    /// The blocks of titles, and the mean size of one in bytes.
    fn titles(&mut self) -> (Vec<[u8; 3]>, usize) {
        let blocks = titles::blocks(self.records, self.saved.capacity);
        let used = blocks.iter().rposition(|block| !block.is_empty()).map_or(0, |last| last + 1);
        let (before, common_words) = (self.before, &self.saved.common_words);
        let same_words = before.files.products == self.saved.products && before.files.common_words == *common_words;
        let made: Vec<Made> = blocks[..used]
            .par_iter()
            .enumerate()
            .map_init(Deflate::default, |deflate, (number, block)| {
                let kept = before.title(number).filter(|entry| same_words && self.files.is_title_there(number, entry));
                kept.map_or_else(|| Made::New(titles::encode(block, &self.products, common_words, deflate)), Made::Kept)
            })
            .collect();
        let bytes: usize = made.iter().map(Made::len).sum();
        let mut named = Vec::with_capacity(used);
        for (number, made) in made.into_iter().enumerate() {
            let (hash, entry) = self.files.add_title(number, made);
            self.saved.titles.push(entry);
            named.push(hash);
        }
        (named, bytes / used.max(1))
    }

    /// The words to suggest, from their beginnings and from their ends.
    fn spelling(&mut self) -> [Vec<root::Entry>; 2] {
        let kept = self.before.spelling(self.index, self.records.len());
        let is_same = |(separator, entry): &(String, Entry)| self.is_same("w", separator, entry);
        let lists: [Vec<(String, Made)>; 2] = match kept.filter(|lists| lists.iter().all(|list| list.iter().all(is_same))) {
            Some(lists) => {
                lists.map(|list| list.iter().map(|(separator, entry)| (separator.clone(), Made::Kept(*entry))).collect())
            }
            None => shard::spelling(self.index, self.records.len(), &self.letters)
                .map(|list| list.into_iter().map(|list| (list.separator, Made::New(list.bytes))).collect()),
        };
        lists.map(|list| {
            let (mut kept, mut named) = (Vec::new(), Vec::new());
            for (separator, made) in list {
                let (name, entry) = self.files.add("w", separator.clone(), made);
                kept.push((separator, entry));
                named.push(name);
            }
            self.saved.spelling.push(kept);
            named
        })
    }

    /// The columns and the applies-to lists, in the order of the root.
    fn facets(&mut self) -> [[u8; 3]; 4] {
        let (records, capacity) = (self.records, self.saved.capacity);
        let names: Vec<&str> = (0..self.names.len() as u32).map(|name| self.names.text(name)).collect();
        let before = self.before.files;
        let is_same = before.facets == self.saved.facets && before.capacity == capacity;
        let mut facet = |which: usize, place: &str, encode: &dyn Fn() -> Vec<u8>| {
            let kept = before.facet_files.get(which).copied();
            let kept = kept.filter(|entry| is_same && self.files.is_there("f", place, entry));
            let (named, entry) = self.files.add("f", place.to_owned(), kept.map_or_else(|| Made::New(encode()), Made::Kept));
            self.saved.facet_files.push(entry);
            named.hash
        };
        [
            facet(0, "columns", &|| facets::columns(records, &self.products, capacity)),
            facet(1, "applies", &|| facets::applies_to(records, &names, capacity)),
            facet(2, "versions", &|| facets::versions(records, &names, capacity)),
            facet(3, "numbers", &|| facets::numbers(records, &names)),
        ]
    }

    /// The directory of the bare mentions, where there are any.
    fn mentions(&mut self) -> Option<[u8; 3]> {
        let (index, capacity) = (self.index, self.saved.capacity);
        let mentions: Vec<(String, Vec<u32>, Made)> = shard::mentions(index, capacity)
            .into_par_iter()
            .map(|(separator, ranks)| {
                let kept = self.before.mentions(&ranks).filter(|entry| self.is_same("m", &separator, entry));
                let encoded = || Made::New(shard::encode_mentions(index, &ranks, capacity, &self.letters));
                let made = kept.map_or_else(encoded, Made::Kept);
                (separator, ranks, made)
            })
            .collect();
        let mut directory = Vec::with_capacity(mentions.len());
        for (separator, ranks, made) in mentions {
            let (named, entry) = self.files.add("m", separator, made);
            self.saved.mentions.push(saved::Mentions { ranks, entry });
            directory.push(named);
        }
        let encoded = || Made::New(root::encode_directory(&directory));
        (!directory.is_empty()).then(|| self.files.add("m", "directory".to_owned(), encoded()).0.hash)
    }

    /// Whether a file of the index before, whose terms are the same, is so to the byte, and in the output.
    fn is_same(&self, folder: &str, separator: &str, entry: &Entry) -> bool {
        self.same_code && self.files.is_there(folder, separator, entry)
    }
}
