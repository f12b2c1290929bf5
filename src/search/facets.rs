//! Columns over all documents for counting and filtering, fetched only when a reader asks for facets.

use std::collections::{BTreeMap, BTreeSet};

use super::bits::BitWriter;
use super::collect::Record;
use super::deflate::Deflate;
use crate::kb;

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
        bytes[at + capacity] = record.kind;
        let product = product_number(products, record) + 1;
        bytes[at + 2 * capacity] = (product >> 8) as u8;
        bytes[at + 3 * capacity] = product as u8;
    }
    Deflate::default().compress(&bytes)
}

/// The lists of documents that apply to one product, whatever its version, for the products that most apply to: `length name\n` for each
/// in text, a zero byte, then the lists in bits; all of it deflated. `names` has the names of what articles apply to, as written.
pub(crate) fn applies_to(records: &[Record], names: &[&str], capacity: u32) -> Vec<u8> {
    let products: Vec<String> = names.iter().map(|name| kb::product_and_versions(name).0).collect();
    let mut lists = lists(records, &products, |record| Some(record.doc));
    lists.retain(|(_, list)| list.len() >= LEAST);
    lists.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    lists.truncate(MOST);
    encode_lists(&lists, capacity)
}

/// As [`applies_to`], but under all names with their versions: what tells which documents are about what a reader runs.
pub(crate) fn versions(records: &[Record], names: &[&str], capacity: u32) -> Vec<u8> {
    encode_lists(&lists(records, &plain(names), |record| Some(record.doc)), capacity)
}

/// As [`versions`], but of article numbers below [`NUMBERS`], which lists of articles show.
pub(crate) fn numbers(records: &[Record], names: &[&str]) -> Vec<u8> {
    let number = |record: &Record| {
        let digits = record.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.parse().ok().filter(|&number| number < NUMBERS)
    };
    encode_lists(&lists(records, &plain(names), number), NUMBERS)
}

fn plain<'n>(names: &[&'n str]) -> Vec<&'n str> {
    names.iter().map(|name| kb::plain_name(name)).collect()
}

/// The values of the records that apply to each of `names`, by name; each list is sorted. Several may have one name.
fn lists<'n, N: AsRef<str>>(
    records: &[Record],
    names: &'n [N],
    value: impl Fn(&Record) -> Option<u32>,
) -> Vec<(&'n str, Vec<u32>)> {
    let mut rows: BTreeMap<&str, usize> = names.iter().map(|name| (name.as_ref(), 0)).collect();
    rows.values_mut().zip(0..).for_each(|(row, place)| *row = place);
    let row_of: Vec<usize> = names.iter().map(|name| rows[name.as_ref()]).collect();
    let mut lists: Vec<(&str, Vec<u32>)> = rows.into_keys().map(|name| (name, Vec::new())).collect();
    for record in records.iter().filter(|record| !record.applies_to.is_empty()) {
        let Some(value) = value(record) else { continue };
        for &name in &record.applies_to {
            lists[row_of[name as usize]].1.push(value);
        }
    }
    for (_, list) in &mut lists {
        list.sort_unstable();
        list.dedup();
    }
    lists.retain(|(name, list)| !name.is_empty() && !list.is_empty());
    lists
}

fn encode_lists(lists: &[(&str, Vec<u32>)], end: u32) -> Vec<u8> {
    let mut text = String::new();
    let mut out = BitWriter::default();
    for (name, list) in lists {
        text += &format!("{} {}\n", list.len(), name.replace(['\n', '\0'], " "));
        out.interpolative(list, 0, end - 1);
    }
    let mut bytes = text.into_bytes();
    bytes.push(0);
    bytes.extend(out.finish());
    Deflate::default().compress(&bytes)
}
