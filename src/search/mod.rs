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
mod root;
mod script;
mod shard;
mod stem;
mod titles;
mod tokenize;

use std::collections::BTreeMap;
use std::sync::Mutex;

use rayon::prelude::*;
use serde_json::json;

use collect::Postings;
use deflate::Deflate;
pub use script::{loader, module};
pub use stem::stem;
pub use tokenize::{Kind, MAX_TERM, STOP_WORDS, fold, tokenize};

/// The version of the format; a client that knows another one asks its reader to reload the page.
pub const FORMAT: u8 = 2;
/// The types of articles, by the numbers that the index uses; unknown first.
pub const KINDS: [&str; 5] = ["", "problem", "bug", "information", "how-to"];
/// An index that is smaller than this is published as one file.
const ONE_FILE: usize = 64 * 1024;
/// Document numbers are coded as if there were a multiple of this many, so that one more article changes no other list.
const ROOM: u32 = 4096;

/// One page as the search sees it. Texts are plain: no markup, entities decoded.
#[derive(Debug, Clone, Default)]
pub struct Document<'a> {
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
        let parts = self.idle.into_inner().unwrap_or_default();
        encode(parts, &self.options)
    }
}

/// A number for each document: by product, then by the number in its id, then by URL. Every product gets room for some more documents
/// at its end, because a document that comes between others renumbers all after it and so changes every file.
///
/// `documents` gives product, id and URL; the numbers come back in the same order.
pub fn numbers(documents: &[(&str, &str, &str)]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..documents.len()).collect();
    let digits = |id: &str| id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(u64::MAX);
    order.sort_by_cached_key(|&i| {
        let (product, id, url) = documents[i];
        (product, digits(id), url)
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

fn encode(parts: Vec<Postings>, options: &Options) -> Outputs {
    let (index, records, names) = invert::invert(parts, options.stemming);
    let names: Vec<&str> = (0..names.len() as u32).map(|name| std::str::from_utf8(names.term(name)).unwrap_or_default()).collect();
    let capacity = records.last().map_or(1, |record| record.doc + 1).next_multiple_of(ROOM);
    let products = facets::products(&records);
    let letters = shard::letters(&index);
    let cuts = shard::cuts(&index, capacity);
    let shards: Vec<Vec<u8>> = cuts.par_iter().map(|cut| shard::encode(&index, cut.ranks.clone(), capacity, &letters)).collect();
    let blocks = titles::blocks(&records, capacity);
    let common_words = titles::common_words(&records);
    let titles: Vec<Vec<u8>> = blocks
        .par_iter()
        .map_init(Deflate::default, |deflate, block| titles::encode(block, &products, &common_words, deflate))
        .collect();
    let spelling = shard::spelling(&index, records.len(), &letters);
    let mentions = shard::mentions(&index, capacity, &letters);

    let mut files = Files::default();
    let shard_sizes: Vec<usize> = shards.iter().map(Vec::len).collect();
    let title_bytes: usize = titles.iter().map(Vec::len).sum();
    let separators: Vec<String> = cuts.iter().map(|cut| cut.separator.clone()).collect();
    let shards = cuts.into_iter().zip(shards).map(|(cut, bytes)| files.add("s", cut.separator, bytes));
    let shards = shards.collect();
    let used = blocks.iter().rposition(|block| !block.is_empty()).map_or(0, |last| last + 1);
    let titles = titles.into_iter().take(used).enumerate().map(|(block, bytes)| files.add_block(block, bytes)).collect();
    let spelling = spelling.map(|lists| lists.into_iter().map(|list| files.add("w", list.separator, list.bytes)).collect());
    let columns = files.add("f", "columns".to_owned(), facets::columns(&records, &products, capacity)).hash;
    let applies_to = files.add("f", "applies".to_owned(), facets::applies_to(&records, &names, capacity)).hash;
    let facets = [columns, applies_to];
    let mentions: Vec<root::Entry> = mentions.into_iter().map(|(separator, bytes)| files.add("m", separator, bytes)).collect();
    let mentions = (!mentions.is_empty()).then(|| files.add("m", "directory".to_owned(), root::encode_directory(&mentions)).hash);
    let root = root::Root {
        capacity,
        records: &records,
        letters: &letters,
        products: &products,
        common_words: &common_words,
        shards,
        titles,
        spelling,
        facets,
        mentions,
    };
    let root = root::encode(&root, options);
    let root_bytes = root.len();
    let root_name = files.add_named("root", root);
    let files = files.finish(&root_name, options);

    let code: usize = files.iter().filter(|(path, _)| path.ends_with(".js")).map(|(_, bytes)| bytes.len() / 3).sum();
    let title_block = title_bytes / used.max(1);
    let first_query = budget::first_query(&records, &separators, &shard_sizes, root_bytes + code, title_block, options);
    let bytes = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let summary = Summary { documents: records.len(), terms: index.len(), files: files.len(), bytes, first_query };
    Outputs { files, summary }
}

/// Files under names that follow from their place in the index and their content: what a browser kept of an earlier build can only be
/// taken for the same place's new content, and that for one change in sixteen million.
#[derive(Default)]
struct Files {
    files: Vec<(String, Vec<u8>)>,
}

impl Files {
    /// Adds the file of a folder that has the keys from `separator` on. The client makes the first half of its name from the separator,
    /// so that the root has the second one only.
    fn add(&mut self, folder: &str, separator: String, bytes: Vec<u8>) -> root::Entry {
        let hash = hash(&bytes);
        self.files.push((format!("{folder}/{:x}-{}.bin", place(&separator), hex(&hash)), bytes));
        root::Entry { separator, hash }
    }

    /// Adds a title block.
    fn add_block(&mut self, block: usize, bytes: Vec<u8>) -> [u8; 3] {
        let hash = hash(&bytes);
        self.files.push((format!("t/{block}-{}.bin", hex(&hash)), bytes));
        hash
    }

    fn add_named(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let name = format!("{name}.{}.bin", hex(&hash(&bytes)));
        self.files.push((name.clone(), bytes));
        name
    }

    /// All files with their paths in the site: the code, the entry file, and the index, as one file where it is small.
    fn finish(mut self, root: &str, options: &Options) -> Vec<(String, Vec<u8>)> {
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
            outputs.push((path, source.into_bytes()));
        }
        if self.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < ONE_FILE {
            let mut all = Vec::new();
            let mut parts = serde_json::Map::new();
            for (name, bytes) in self.files.drain(..) {
                parts.insert(name, json!([all.len(), bytes.len()]));
                all.extend(bytes);
            }
            entry["parts"] = json!(parts);
            entry["pack"] = json!(self.add_named("index", all));
        }
        outputs.push(("search/index.json".to_owned(), (entry.to_string() + "\n").into_bytes()));
        outputs.extend(self.files.into_iter().map(|(name, bytes)| (format!("search/{name}"), bytes)));
        outputs
    }
}

fn hash(bytes: &[u8]) -> [u8; 3] {
    let [a, b, c, ..] = *blake3::hash(bytes).as_bytes();
    [a, b, c]
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
