//! Postings by document into postings by term, in the order of the dictionary: by stem, then by term.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::Stemming;
use super::collect::{Postings, Record};
use super::intern::Interner;
use super::stem::stem;

/// Terms or postings that become bytes at once.
const PIECE: usize = 1 << 18;

/// Every term with its postings. Terms are addressed by rank, their place in the dictionary.
#[derive(Default)]
pub(crate) struct Inverted {
    /// By rank, one after another: terms, each followed by its stem.
    texts: Vec<u8>,
    /// By rank, and one more: where in `texts` and in `postings` the term's own begin.
    entries: Vec<Entry>,
    /// `document << 8 | level << 4 | title position`, rising within a term.
    postings: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    term: u32,
    stem: u32,
    start: u32,
}

/// A term while the dictionary is made: numbers of it and of its stem, and where its postings will begin.
struct Draft {
    term: u32,
    stem: u32,
    start: u32,
}

impl Inverted {
    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len().saturating_sub(1)
    }

    pub(crate) fn term(&self, rank: usize) -> &[u8] {
        &self.texts[self.entries[rank].term as usize..self.entries[rank].stem as usize]
    }

    pub(crate) fn stem(&self, rank: usize) -> &[u8] {
        &self.texts[self.entries[rank].stem as usize..self.entries[rank + 1].term as usize]
    }

    pub(crate) fn postings(&self, rank: usize) -> &[u32] {
        &self.postings[self.entries[rank].start as usize..self.entries[rank + 1].start as usize]
    }

    /// Room for this many terms and postings.
    pub(crate) fn with_capacity(terms: usize, texts: usize, postings: usize) -> Self {
        Self { texts: Vec::with_capacity(texts), entries: Vec::with_capacity(terms + 1), postings: Vec::with_capacity(postings) }
    }

    /// Adds the next term of the dictionary.
    pub(crate) fn push(&mut self, term: &[u8], stem: &[u8], postings: impl IntoIterator<Item = u32>) {
        self.entries.pop();
        let start = self.postings.len() as u32;
        let at = self.texts.len() as u32;
        self.texts.extend_from_slice(term);
        self.texts.extend_from_slice(stem);
        self.entries.push(Entry { term: at, stem: at + term.len() as u32, start });
        self.postings.extend(postings);
        self.entries.push(Entry { term: self.texts.len() as u32, stem: 0, start: self.postings.len() as u32 });
    }

    /// How much memory [`Inverted::with_capacity`] needs for the same again: terms, bytes of texts, postings.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        (self.entries.len(), self.texts.len(), self.postings.len())
    }

    /// The lengths in bytes of the parts that [`Inverted::from_bytes`] takes: texts, terms, postings.
    pub(crate) fn lengths(&self) -> [usize; 3] {
        [self.texts.len(), self.entries.len() * 12, self.postings.len() * 4]
    }

    /// These parts, one after another, in pieces that take little memory.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = Vec<u8>> {
        fn words(words: impl Iterator<Item = u32>, count: usize) -> Vec<u8> {
            let mut bytes = Vec::with_capacity(count * 4);
            words.for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
            bytes
        }
        let entries = self
            .entries
            .chunks(PIECE)
            .map(|chunk| words(chunk.iter().flat_map(|entry| [entry.term, entry.stem, entry.start]), chunk.len() * 3));
        let postings = self.postings.chunks(PIECE).map(|chunk| words(chunk.iter().copied(), chunk.len()));
        self.texts.chunks(PIECE).map(<[u8]>::to_vec).chain(entries).chain(postings)
    }

    /// What [`Inverted::bytes`] gave; `None` where it is something else.
    pub(crate) fn from_bytes(texts: &[u8], entries: &[u8], postings: &[u8]) -> Option<Self> {
        fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
            bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        }
        let mut numbers = words(entries);
        let mut list: Vec<Entry> = Vec::with_capacity(entries.len() / 12);
        while let (Some(term), Some(stem), Some(start)) = (numbers.next(), numbers.next(), numbers.next()) {
            list.push(Entry { term, stem, start });
        }
        let postings: Vec<u32> = words(postings).collect();
        let ends = list.last().is_none_or(|end| end.term as usize == texts.len() && end.start as usize == postings.len());
        let is_sound = |pair: &[Entry]| {
            let (a, b) = (pair[0], pair[1]);
            a.term <= a.stem
                && a.stem <= b.term
                && a.start <= b.start
                && postings.get(a.start as usize..b.start as usize).is_some_and(|list| list.is_sorted_by(|a, b| a >> 8 < b >> 8))
        };
        let is_sound = ends && list.par_windows(2).with_min_len(1024).all(is_sound) && std::str::from_utf8(texts).is_ok();
        is_sound.then(|| Self { texts: texts.to_vec(), entries: list, postings })
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
pub(crate) fn invert(mut parts: Vec<Postings>, stemming: Stemming) -> (Inverted, Vec<Record>, Interner) {
    let mut terms = Interner::new();
    let mut maps: Vec<Vec<u32>> = Vec::new();
    for part in &mut parts {
        // From here on the words of each thread are only numbers; its own copy of them would add to the peak of memory.
        let own = part.take_terms();
        maps.push((0..own.len() as u32).map(|local| terms.number(own.term(local))).collect());
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
    let end = Draft { term: 0, stem: 0, start };
    entries.push(end);
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
    (finished(&entries, &terms, &stems, postings), records, names)
}

/// The texts of the dictionary in its order, so that a term is found by its rank alone.
fn finished(drafts: &[Draft], terms: &Interner, stems: &Interner, postings: Vec<u32>) -> Inverted {
    let mut entries = Vec::with_capacity(drafts.len());
    let (end, drafts) = drafts.split_last().map_or((0, drafts), |(end, drafts)| (end.start, drafts));
    let lengths = drafts.iter().map(|draft| terms.term(draft.term).len() + stems.term(draft.stem).len());
    let mut texts = Vec::with_capacity(lengths.sum());
    for draft in drafts {
        let term = texts.len() as u32;
        texts.extend_from_slice(terms.term(draft.term));
        let stem = texts.len() as u32;
        texts.extend_from_slice(stems.term(draft.stem));
        entries.push(Entry { term, stem, start: draft.start });
    }
    entries.push(Entry { term: texts.len() as u32, stem: 0, start: end });
    Inverted { texts, entries, postings }
}

fn dictionary(terms: &Interner, frequencies: &[u32], stemming: Stemming) -> (Vec<Draft>, Interner) {
    let text = |number: u32| std::str::from_utf8(terms.term(number)).unwrap_or_default();
    let mut stems = Interner::new();
    let mut entries = Vec::with_capacity(terms.len());
    for term in (0..terms.len() as u32).filter(|&term| frequencies[term as usize] > 0) {
        let stem = match stemming {
            Stemming::English => stems.number(stem(text(term)).as_bytes()),
            Stemming::None => stems.number(terms.term(term)),
        };
        entries.push(Draft { term, stem, start: 0 });
    }
    entries.par_sort_unstable_by(|a, b| {
        let by_stem = if a.stem == b.stem { Ordering::Equal } else { compare(stems.term(a.stem), stems.term(b.stem)) };
        by_stem.then_with(|| compare(terms.term(a.term), terms.term(b.term)))
    });
    (entries, stems)
}

/// Goes through the documents in their order and appends each posting to its term's list.
fn scatter(parts: &[Postings], ranks: &[Vec<u32>], entries: &[Draft]) -> Vec<u32> {
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
