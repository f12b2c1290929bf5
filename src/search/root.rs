//! The root of the index: what a client needs before its first query, in some ten kilobytes.

use super::bits::{BitWriter, Letters};
use super::collect::Record;
use super::impact::LEVELS;
use super::shard::{COMMON, common_prefix};
use super::{FORMAT, Options, Stemming, titles};

/// A file of the index that the root leads to: its key (empty for titles) and the part of its name that comes from its content.
pub(crate) struct Entry {
    pub(crate) separator: String,
    pub(crate) hash: [u8; 3],
}

/// What goes into the root besides the options.
pub(crate) struct Root<'a> {
    pub(crate) capacity: u32,
    pub(crate) records: &'a [Record],
    pub(crate) letters: &'a Letters,
    pub(crate) products: &'a [&'a str],
    /// What title blocks may repeat.
    pub(crate) common_words: &'a str,
    pub(crate) shards: Vec<Entry>,
    pub(crate) titles: Vec<[u8; 3]>,
    pub(crate) spelling: [Vec<Entry>; 2],
    /// The columns and the applies-to lists: by product, and by product and version of documents and of article numbers.
    pub(crate) facets: [[u8; 3]; 4],
    /// The directory of the bare mentions, empty where there are none.
    pub(crate) mentions: Option<[u8; 3]>,
}

/// How many articles must cite one for each step of the tie-break.
const CITED: [u32; 3] = [8, 24, 80];
/// Values from here on in the list of weights are steps of citations; below, multipliers in sixteenths.
const CITED_VALUE: u8 = 0xf0;

/// The bytes of the root, described in `docs/search-index.md`.
pub(crate) fn encode(root: &Root, options: &Options) -> Vec<u8> {
    let mut out = Bytes(vec![FORMAT, u8::from(options.stemming == Stemming::English)]);
    out.number(root.capacity as usize);
    out.number(root.records.len());
    out.0.extend(LEVELS);
    out.text(&options.stop_words.join(" "));
    out.text(&id_prefix(root.records));
    out.text(&options.synonyms.iter().map(|group| group.join("\t")).collect::<Vec<_>>().join("\n"));
    out.text(&root.products.join("\n"));
    out.text(root.common_words);
    let table = root.letters.table();
    out.number(table.len());
    out.0.extend(table);
    out.entries(&root.shards);
    out.number(titles::BLOCK as usize);
    out.number(root.titles.len());
    root.titles.iter().for_each(|hash| out.0.extend(hash));
    for lists in &root.spelling {
        out.entries(lists);
    }
    for hash in root.facets.iter().chain(&[root.mentions.unwrap_or_default()]) {
        out.0.extend(hash);
    }
    out.number(COMMON);
    out.weights(root);
    out.0
}

/// The directory of the bare mentions: as the list of shards in the root.
pub(crate) fn encode_directory(entries: &[Entry]) -> Vec<u8> {
    let mut out = Bytes(Vec::new());
    out.entries(entries);
    out.0
}

/// The letters that most ids begin with, in lower case: `q` of Q164177.
fn id_prefix(records: &[Record]) -> String {
    let prefix = |record: &Record| record.id.chars().take_while(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let mut prefixes: Vec<String> = records.iter().filter(|record| !record.id.is_empty()).map(prefix).collect();
    prefixes.sort_unstable();
    prefixes.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).and_then(|run| run.first().cloned()).unwrap_or_default()
}

struct Bytes(Vec<u8>);

impl Bytes {
    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    fn number(&mut self, mut value: usize) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend(text.as_bytes());
    }

    /// Separators, each after what it shares with the one before, and the hashes.
    fn entries(&mut self, entries: &[Entry]) {
        self.number(entries.len());
        let mut before = "";
        for entry in entries {
            let common = common_prefix(before.as_bytes(), entry.separator.as_bytes()).min(15);
            let rest = &entry.separator.as_bytes()[common..];
            self.0.push((common << 4 | rest.len().min(15)) as u8);
            if rest.len() >= 15 {
                self.number(rest.len() - 15);
            }
            self.0.extend(rest);
            before = &entry.separator;
        }
        for entry in entries {
            self.0.extend(entry.hash);
        }
    }

    /// The documents that rank higher or lower than their words say, grouped by how much.
    fn weights(&mut self, root: &Root) {
        let mut lists: std::collections::BTreeMap<u8, Vec<u32>> = std::collections::BTreeMap::new();
        for record in root.records {
            let weight = (record.weight * 16.0).round().clamp(1.0, f32::from(CITED_VALUE - 1)) as u8;
            if weight != 16 {
                lists.entry(weight).or_default().push(record.doc);
            }
            let step = CITED.iter().filter(|&&least| record.cited >= least).count() as u8;
            if step > 0 {
                lists.entry(CITED_VALUE + step).or_default().push(record.doc);
            }
        }
        self.number(lists.len());
        let mut bits = BitWriter::default();
        for (value, list) in &lists {
            self.0.push(*value);
            self.number(list.len());
            bits.interpolative(list, 0, root.capacity - 1);
        }
        self.0.extend(bits.finish());
    }
}
