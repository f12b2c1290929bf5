//! The search index: documents in, plain files out. `docs/search-index.md` describes the files byte by byte; the client that reads them
//! is `static/search/`.
//!
//! ```text
//! text ── tokenize, stem ──► collect (a worker's postings, by document) ──► invert (by term) ──► shard, titles, facets ──► root
//! ```
//!
//! Nothing here reads or writes the disk. Document numbers come from [`numbers`], so that an edited article changes only the files
//! with its terms.

mod bits;
mod budget;
mod collect;
mod deflate;
mod facets;
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
use std::ops::Range;
use std::sync::{LazyLock, Mutex};

use ahash::{HashMap, HashSet};
use rayon::prelude::*;
use serde_json::json;

use crate::manifest::Entry;

use collect::{Postings, Record};
use deflate::Deflate;
use intern::Interner;
use invert::Inverted;
use merge::Merged;
pub use saved::Saved;
pub use script::{loader, module};
pub use stem::stem;
pub use tokenize::{Kind, MAX_TERM, STOP_WORDS, fold, tokenize};

/// The version of the format; a client that knows another one asks its reader to reload the page.
pub const FORMAT: u8 = 3;
/// The types of articles, by the numbers that the index uses; unknown first.
pub const KINDS: [&str; 5] = ["", "problem", "bug", "information", "how-to"];
/// An index that is smaller than this is published as one file.
const ONE_FILE: usize = 64 * 1024;
/// Document numbers are coded as if there were a multiple of this many, so that one more article changes no other list.
const ROOM: u32 = 4096;

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
    /// The names of what the article applies to.
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
    /// For each of [`Saved::origins`] the number of its document now and how many articles cite it, or `None` where it has changed or is gone.
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

/// Files, figures, and which file came from what.
type Encoded = (Vec<(String, Made)>, Summary, saved::Files);

fn encode(index: &Inverted, records: &[Record], names: &Interner, options: &Options, before: &Before<'_>) -> Encoded {
    let texts: Vec<&str> = (0..names.len() as u32).map(|name| names.text(name)).collect();
    let capacity = records.last().map_or(1, |record| record.doc + 1).next_multiple_of(ROOM);
    let products = facets::products(records);
    let letters = shard::letters(index);
    let mut saved = saved::Files {
        capacity,
        letters: letters.table(),
        products: products.iter().map(|product| (*product).to_owned()).collect(),
        facets: saved::facets_digest(records, names),
        ..saved::Files::default()
    };
    let mut files = Files::new(before.is_there);
    let cuts = shard::cuts(index, capacity);
    let shard_bytes = |ranks: &Range<usize>| shard::encode(index, ranks.clone(), capacity, &letters);
    let same_code = before.has_code_of(&saved);
    let shards: Vec<Made> = cuts
        .par_iter()
        .map(|cut| {
            let kept = before.shard(&cut.ranks).filter(|entry| same_code && files.is_there("s", &cut.separator, entry));
            kept.map_or_else(|| Made::New(shard_bytes(&cut.ranks)), Made::Kept)
        })
        .collect();
    let shard_sizes: Vec<usize> = shards.iter().map(Made::len).collect();
    let separators: Vec<String> = cuts.iter().map(|cut| cut.separator.clone()).collect();
    let mut entries = Vec::with_capacity(cuts.len());
    for (cut, made) in cuts.into_iter().zip(shards) {
        let (named, entry) = files.add("s", cut.separator, made);
        saved.shards.push(saved::Shard { first: cut.ranks.start as u32, terms: cut.ranks.len() as u32, entry });
        entries.push(named);
    }
    let shards = entries;

    let blocks = titles::blocks(records, capacity);
    let used = blocks.iter().rposition(|block| !block.is_empty()).map_or(0, |last| last + 1);
    let common_words = before.common_words().unwrap_or_else(|| titles::common_words(records));
    saved.common_words.clone_from(&common_words);
    let same_words = before.files.products == saved.products && before.files.common_words == common_words;
    let made: Vec<Made> = blocks[..used]
        .par_iter()
        .enumerate()
        .map_init(Deflate::default, |deflate, (number, block)| {
            let kept = before.title(number).filter(|entry| same_words && files.is_title_there(number, entry));
            kept.map_or_else(|| Made::New(titles::encode(block, &products, &common_words, deflate)), Made::Kept)
        })
        .collect();
    let title_bytes: usize = made.iter().map(Made::len).sum();
    let mut titles = Vec::with_capacity(used);
    for (number, made) in made.into_iter().enumerate() {
        let (hash, entry) = files.add_title(number, made);
        saved.titles.push(entry);
        titles.push(hash);
    }

    let kept = before.spelling(index, records.len()).filter(|_| same_code);
    let is_there = |(separator, entry): &(String, Entry)| files.is_there("w", separator, entry);
    let lists: [Vec<(String, Made)>; 2] = match kept.filter(|lists| lists.iter().all(|list| list.iter().all(is_there))) {
        Some(lists) => lists.map(|list| list.iter().map(|(separator, entry)| (separator.clone(), Made::Kept(*entry))).collect()),
        None => shard::spelling(index, records.len(), &letters)
            .map(|list| list.into_iter().map(|list| (list.separator, Made::New(list.bytes))).collect()),
    };
    let spelling = lists.map(|list| {
        let (mut kept, mut entries) = (Vec::new(), Vec::new());
        for (separator, made) in list {
            let (named, entry) = files.add("w", separator.clone(), made);
            kept.push((separator, entry));
            entries.push(named);
        }
        saved.spelling.push(kept);
        entries
    });

    let same_facets = before.files.facets == saved.facets && before.files.capacity == capacity;
    let mut facet = |which: usize, place: &str, encode: &dyn Fn() -> Vec<u8>| {
        let kept = before.files.facet_files.get(which).copied();
        let kept = kept.filter(|entry| same_facets && files.is_there("f", place, entry));
        let (named, entry) = files.add("f", place.to_owned(), kept.map_or_else(|| Made::New(encode()), Made::Kept));
        saved.facet_files.push(entry);
        named.hash
    };
    let facets = [
        facet(0, "columns", &|| facets::columns(records, &products, capacity)),
        facet(1, "applies", &|| facets::applies_to(records, &texts, capacity)),
        facet(2, "numbers", &|| facets::numbers(records, &texts)),
    ];

    let mention_bytes = |ranks: &[u32]| shard::encode_mentions(index, ranks, capacity, &letters);
    let mentions: Vec<(String, Vec<u32>, Made)> = shard::mentions(index, capacity)
        .into_par_iter()
        .map(|(separator, ranks)| {
            let kept = before.mentions(&ranks).filter(|entry| same_code && files.is_there("m", &separator, entry));
            let made = kept.map_or_else(|| Made::New(mention_bytes(&ranks)), Made::Kept);
            (separator, ranks, made)
        })
        .collect();
    let mut directory = Vec::new();
    for (separator, ranks, made) in mentions {
        let (named, entry) = files.add("m", separator, made);
        saved.mentions.push(saved::Mentions { ranks, entry });
        directory.push(named);
    }
    let mentions = (!directory.is_empty())
        .then(|| files.add("m", "directory".to_owned(), Made::New(root::encode_directory(&directory))).0.hash);
    let root = root::Root {
        common_words: &common_words,
        capacity,
        records,
        letters: &letters,
        products: &products,
        shards,
        titles,
        spelling,
        facets,
        mentions,
    };
    let root = root::encode(&root, options);
    let root_bytes = root.len();
    let root_name = files.add_named("root", root);
    if files.are_few() && before.merged.is_some() {
        // One file has all of them: nothing of it can be kept.
        return encode(index, records, names, options, &Before::nothing());
    }
    let files = files.finish(&root_name, options);

    let code: usize = files.iter().filter(|(path, _)| path.ends_with(".js")).map(|(_, made)| made.len() / 3).sum();
    let title_block = title_bytes / used.max(1);
    let first_query = budget::first_query(records, &separators, &shard_sizes, root_bytes + code, title_block, options);
    let bytes = files.iter().map(|(_, made)| made.len()).sum();
    let summary = Summary { documents: records.len(), terms: index.len(), files: files.len(), bytes, first_query };
    (files, summary, saved)
}

/// What the index before this one made of the same documents.
struct Before<'b> {
    files: &'b saved::Files,
    merged: Option<&'b Merged>,
    /// Blocks of titles with a document that has changed.
    stale: HashSet<u32>,
    /// All documents together have the titles that they had.
    same_titles: bool,
    is_there: &'b (dyn Fn(&str, &Entry) -> bool + Sync),
}

impl Before<'_> {
    fn nothing() -> Before<'static> {
        static NOTHING: LazyLock<saved::Files> = LazyLock::new(saved::Files::default);
        Before { files: &NOTHING, merged: None, stale: HashSet::default(), same_titles: false, is_there: &|_, _| false }
    }

    /// Whether terms and documents are coded as they were.
    fn has_code_of(&self, files: &saved::Files) -> bool {
        self.files.capacity == files.capacity && self.files.letters == files.letters
    }

    fn shard(&self, ranks: &Range<usize>) -> Option<Entry> {
        let run = self.merged?.run(ranks)?;
        let found = self.files.shards.binary_search_by_key(&(run.start as u32), |shard| shard.first).ok()?;
        Some(&self.files.shards[found]).filter(|shard| shard.terms as usize == run.len()).map(|shard| shard.entry)
    }

    /// The words that titles have most, where they are surely the same.
    fn common_words(&self) -> Option<String> {
        self.same_titles.then(|| self.files.common_words.clone())
    }

    fn title(&self, block: usize) -> Option<Entry> {
        self.merged?;
        self.files.titles.get(block).filter(|_| !self.stale.contains(&(block as u32))).copied()
    }

    /// The spelling lists, if no word has come, gone, or become much more or less common.
    fn spelling(&self, index: &Inverted, documents: usize) -> Option<[&[(String, Entry)]; 2]> {
        let merged = self.merged?;
        let new = merged.new.iter().map(|rank| *rank as usize);
        let new = new.filter_map(|rank| shard::worth_suggesting(index.term(rank), index.postings(rank), documents));
        let before = merged.gone.iter().map(|(word, common)| (word.as_str(), *common));
        let same = before.eq(new) && shard::are_few(documents) == shard::are_few(merged.old_documents);
        let [forwards, backwards] = self.files.spelling.as_slice() else { return None };
        same.then_some([forwards, backwards])
    }

    fn mentions(&self, ranks: &[u32]) -> Option<Entry> {
        let merged = self.merged?;
        let before: Vec<u32> = ranks.iter().map(|rank| merged.before(*rank as usize)).collect::<Option<_>>()?;
        self.files.mentions.iter().find(|file| file.ranks == before).map(|file| file.entry)
    }
}

/// Files under names that follow from their place in the index and their content: what a browser kept of an earlier build can only be
/// taken for the same place's new content, and that for one change in sixteen million.
struct Files<'f> {
    files: Vec<(String, Made)>,
    is_there: &'f (dyn Fn(&str, &Entry) -> bool + Sync),
}

impl<'f> Files<'f> {
    fn new(is_there: &'f (dyn Fn(&str, &Entry) -> bool + Sync)) -> Self {
        Self { files: Vec::new(), is_there }
    }

    /// Whether the output has the file with this content.
    fn is_there(&self, folder: &str, separator: &str, entry: &Entry) -> bool {
        (self.is_there)(&format!("search/{}", path(folder, separator, entry)), entry)
    }

    fn is_title_there(&self, block: usize, entry: &Entry) -> bool {
        (self.is_there)(&format!("search/{}", block_path(block, entry)), entry)
    }

    /// Adds the file of a folder that has the keys from `separator` on. The client makes the first half of its name from the separator,
    /// so that the root has the second one only.
    fn add(&mut self, folder: &str, separator: String, made: Made) -> (root::Entry, Entry) {
        let entry = made.entry();
        self.files.push((path(folder, &separator, &entry), made));
        (root::Entry { separator, hash: name(&entry) }, entry)
    }

    /// Adds a title block.
    fn add_title(&mut self, block: usize, made: Made) -> ([u8; 3], Entry) {
        let entry = made.entry();
        self.files.push((block_path(block, &entry), made));
        (name(&entry), entry)
    }

    fn add_named(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let name = format!("{name}.{}.bin", hex(&hash(&bytes)));
        self.files.push((name.clone(), Made::New(bytes)));
        name
    }

    /// Whether all files are published as one.
    fn are_few(&self) -> bool {
        self.files.iter().map(|(_, made)| made.len()).sum::<usize>() < ONE_FILE
    }

    /// All files with their paths in the site: the code, the entry file, and the index, as one file where it is small.
    fn finish(mut self, root: &str, options: &Options) -> Vec<(String, Made)> {
        let mut outputs = Vec::with_capacity(self.files.len() + 5);
        let mut entry = json!({ "format": FORMAT, "root": root });
        if !options.words.is_empty() {
            entry["words"] = json!(options.words);
        }
        let named = |name: &str, source: &str| format!("{name}.{}.js", hex(&hash(source.as_bytes())));
        let more = script::more();
        let client = script::client(&named("more", &more));
        for (name, source) in [("client", client), ("ui", script::ui()), ("page", script::page()), ("more", more)] {
            let path = format!("search/{}", named(name, &source));
            if name != "more" {
                entry[name] = json!(path);
            }
            outputs.push((path, Made::New(source.into_bytes())));
        }
        if self.are_few() {
            let mut all = Vec::new();
            let mut parts = serde_json::Map::new();
            for (name, made) in self.files.drain(..) {
                parts.insert(name, json!([all.len(), made.len()]));
                if let Made::New(bytes) = made {
                    all.extend(bytes);
                }
            }
            entry["parts"] = json!(parts);
            entry["pack"] = json!(self.add_named("index", all));
        }
        outputs.push(("search/index.json".to_owned(), Made::New((entry.to_string() + "\n").into_bytes())));
        outputs.extend(self.files.into_iter().map(|(name, made)| (format!("search/{name}"), made)));
        outputs
    }
}

fn path(folder: &str, separator: &str, entry: &Entry) -> String {
    format!("{folder}/{:x}-{}.bin", place(separator), hex(&name(entry)))
}

fn block_path(block: usize, entry: &Entry) -> String {
    format!("t/{block}-{}.bin", hex(&name(entry)))
}

/// The part of a file's name that comes from its content.
fn name(entry: &Entry) -> [u8; 3] {
    [entry.hash[0], entry.hash[1], entry.hash[2]]
}

fn hash(bytes: &[u8]) -> [u8; 3] {
    name(&Entry::of(bytes))
}

/// A separator as a number (FNV-1a), for file names.
fn place(separator: &str) -> u32 {
    separator.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
