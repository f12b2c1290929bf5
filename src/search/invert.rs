//! Postings by document into postings by term, in the order of the dictionary: by stem, then by term.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::Stemming;
use super::collect::{Postings, Record};
use super::intern::Interner;
use super::stem::stem;

/// Every term with its postings. Terms are addressed by rank, their place in the dictionary.
pub(crate) struct Inverted {
    terms: Interner,
    stems: Interner,
    /// By rank: the numbers of the term and of its stem, and where its postings begin.
    entries: Vec<Entry>,
    /// `document << 8 | level << 4 | title position`, rising within a term.
    postings: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Entry {
    term: u32,
    stem: u32,
    start: u32,
}

impl Inverted {
    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() - 1
    }

    pub(crate) fn term(&self, rank: usize) -> &str {
        std::str::from_utf8(self.terms.term(self.entries[rank].term)).unwrap_or_default()
    }

    pub(crate) fn stem(&self, rank: usize) -> &str {
        std::str::from_utf8(self.stems.term(self.entries[rank].stem)).unwrap_or_default()
    }

    pub(crate) fn postings(&self, rank: usize) -> &[u32] {
        &self.postings[self.entries[rank].start as usize..self.entries[rank + 1].start as usize]
    }
}

/// The order of the dictionary: that of JavaScript's strings, which compares UTF-16 units.
pub(crate) fn compare(a: impl AsRef<[u8]>, b: impl AsRef<[u8]>) -> Ordering {
    let (a, b) = (a.as_ref(), b.as_ref());
    // Only there are they in another order than UTF-8: U+E000 to U+FFFF come after the surrogates of all that is above.
    let unit = |byte: &u8| if matches!(byte, 0xee | 0xef) { u8::MAX } else { *byte };
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((0xee, 0xef)) => Ordering::Less,
        Some((0xef, 0xee)) => Ordering::Greater,
        Some((a, b)) => unit(a).cmp(&unit(b)),
        None => a.len().cmp(&b.len()),
    }
}

/// Merges what the threads collected. The outcome does not depend on which thread saw which document.
pub(crate) fn invert(parts: Vec<Postings>, stemming: Stemming) -> (Inverted, Vec<Record>, Interner) {
    let mut terms = Interner::new();
    let mut maps: Vec<Vec<u32>> = Vec::new();
    for part in &parts {
        maps.push((0..part.terms.len() as u32).map(|local| terms.number(part.terms.term(local))).collect());
    }
    let mut frequencies = vec![0u32; terms.len()];
    for (part, map) in parts.iter().zip(&maps) {
        for posting in part.blocks.iter().flatten() {
            frequencies[map[(posting >> 8) as usize] as usize] += 1;
        }
    }
    let (mut entries, stems) = dictionary(&terms, &frequencies, stemming);
    let mut ranks = vec![0u32; terms.len()];
    let mut start = 0;
    for (rank, entry) in entries.iter_mut().enumerate() {
        ranks[entry.term as usize] = rank as u32;
        entry.start = start;
        start += frequencies[entry.term as usize];
    }
    entries.push(Entry { term: 0, stem: 0, start });
    for number in maps.iter_mut().flatten() {
        *number = ranks[*number as usize];
    }
    let postings = scatter(&parts, &maps, &entries);
    let mut records: Vec<Record> = Vec::with_capacity(parts.iter().map(|part| part.records.len()).sum());
    let mut names = Interner::new();
    for part in parts {
        let map: Vec<u32> = (0..part.names.len() as u32).map(|local| names.number(part.names.term(local))).collect();
        records.extend(part.records.into_iter().map(|mut record| {
            for name in &mut record.applies_to {
                *name = map[*name as usize];
            }
            record
        }));
    }
    records.sort_by_key(|record| record.doc);
    (Inverted { terms, stems, entries, postings }, records, names)
}

fn dictionary(terms: &Interner, frequencies: &[u32], stemming: Stemming) -> (Vec<Entry>, Interner) {
    let text = |number: u32| std::str::from_utf8(terms.term(number)).unwrap_or_default();
    let mut stems = Interner::new();
    let mut entries = Vec::with_capacity(terms.len());
    for term in (0..terms.len() as u32).filter(|&term| frequencies[term as usize] > 0) {
        let stem = match stemming {
            Stemming::English => stems.number(stem(text(term)).as_bytes()),
            Stemming::None => stems.number(terms.term(term)),
        };
        entries.push(Entry { term, stem, start: 0 });
    }
    entries.par_sort_unstable_by(|a, b| {
        let by_stem = if a.stem == b.stem { Ordering::Equal } else { compare(stems.term(a.stem), stems.term(b.stem)) };
        by_stem.then_with(|| compare(terms.term(a.term), terms.term(b.term)))
    });
    (entries, stems)
}

/// Goes through the documents in their order and appends each posting to its term's list.
fn scatter(parts: &[Postings], ranks: &[Vec<u32>], entries: &[Entry]) -> Vec<u32> {
    let mut documents: Vec<(u32, usize, (u32, u32, u32))> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        documents.extend(part.records.iter().map(|record| (record.doc, number, record.postings)));
    }
    documents.sort_unstable();
    let mut next: Vec<u32> = entries.iter().map(|entry| entry.start).collect();
    let mut postings = vec![0u32; next.last().map_or(0, |&end| end as usize)];
    for (doc, part, (block, start, length)) in documents {
        let block = &parts[part].blocks[block as usize][start as usize..(start + length) as usize];
        for &posting in block {
            let at = &mut next[ranks[part][(posting >> 8) as usize] as usize];
            postings[*at as usize] = doc << 8 | posting & 0xff;
            *at += 1;
        }
    }
    postings
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn terms_stand_as_utf16_sorts_them() {
        let terms = [
            "",
            "a",
            "ab",
            "b",
            "é",
            "\u{d7ff}",
            "\u{e000}",
            "\u{e001}",
            "\u{f000}",
            "\u{ffff}",
            "\u{10000}",
            "\u{10ffff}",
            "a\u{ffff}",
        ];
        for a in terms {
            for b in terms {
                assert_eq!(compare(a, b), a.encode_utf16().cmp(b.encode_utf16()), "{a:?} {b:?}");
            }
        }
    }
}
