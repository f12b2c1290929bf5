//! Columns over all documents for counting and filtering, fetched only when a reader asks for facets.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::BitWriter;
use super::collect::Record;
use super::deflate::Deflate;
use super::titles::kind_number;

/// Values that fewer documents have than this are not offered.
const LEAST: usize = 2;
/// At most so many values of applies-to, the most frequent ones.
const MOST: usize = 240;
/// Article numbers from here on are in no list.
const NUMBERS: u32 = 1 << 24;

/// All products in alphabetical order.
pub(crate) fn products(records: &[Record]) -> Vec<&str> {
    let names: BTreeSet<&str> = records.iter().map(|record| &*record.product).collect();
    names.into_iter().collect()
}

/// The place of a document's product in the list of all.
pub(crate) fn product_number(products: &[&str], record: &Record) -> usize {
    products.binary_search(&&*record.product).unwrap_or(0)
}

/// Year, type and product of each document number: the year before the first, then four columns of a byte each: years after it (0:
/// unknown), types, and products plus one in two columns (0: no document has this number); deflated.
pub(crate) fn columns(records: &[Record], products: &[&str], capacity: u32) -> Vec<u8> {
    let first = records.iter().map(|record| record.year).filter(|&year| year > 0).min().unwrap_or(1) - 1;
    let capacity = capacity as usize;
    let mut bytes = vec![0u8; 2 + 4 * capacity];
    bytes[..2].copy_from_slice(&first.to_be_bytes());
    for record in records {
        let at = 2 + record.doc as usize;
        bytes[at] = u8::try_from(record.year.saturating_sub(first)).unwrap_or(0);
        bytes[at + capacity] = kind_number(&record.kind);
        let product = product_number(products, record) + 1;
        bytes[at + 2 * capacity] = (product >> 8) as u8;
        bytes[at + 3 * capacity] = product as u8;
    }
    Deflate::default().compress(&bytes)
}

/// The lists of documents that apply to one thing: `length name\n` for each in text, a zero byte, then the lists in bits.
pub(crate) fn applies_to(records: &[Record], names: &[&str], capacity: u32) -> Vec<u8> {
    lists(records, names, capacity, |record| Some(record.doc))
}

/// As [`applies_to`], but of article numbers below [`NUMBERS`]: what tells a reader which articles of a list are about what they run.
pub(crate) fn numbers(records: &[Record], names: &[&str]) -> Vec<u8> {
    lists(records, names, NUMBERS, |record| {
        let digits = record.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.parse().ok().filter(|&number| number < NUMBERS)
    })
}

fn lists(records: &[Record], names: &[&str], end: u32, value: impl Fn(&Record) -> Option<u32>) -> Vec<u8> {
    let mut lists: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for record in records.iter().filter(|record| !record.applies_to.is_empty()) {
        let Some(value) = value(record) else { continue };
        for &name in &record.applies_to {
            lists.entry(names[name as usize]).or_default().push(value);
        }
    }
    let sorted = lists.into_iter().map(|(name, mut list)| {
        list.sort_unstable();
        list.dedup();
        (name, list)
    });
    let mut lists: Vec<(&str, Vec<u32>)> = sorted.filter(|(_, list)| list.len() >= LEAST).collect();
    lists.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    lists.truncate(MOST);
    let mut text = String::new();
    let mut out = BitWriter::default();
    for (name, list) in &lists {
        text += &format!("{} {}\n", list.len(), name.replace('\n', " "));
        out.interpolative(list, 0, end - 1);
    }
    let mut bytes = text.into_bytes();
    bytes.push(0);
    bytes.extend(out.finish());
    bytes
}
