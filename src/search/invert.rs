//! Postings by document into postings by term, in the order of the dictionary: by stem, then by term.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::Stemming;
use super::collect::{Postings, Record};
use super::intern::Interner;
use super::saved::Parts;
use super::stem::stem;

/// Terms that become bytes at once.
const PIECE: usize = 1 << 13;
/// Of an index that is read for an edit, so many bytes and postings more than there are find room before all of it must move.
const ROOM: usize = 1 << 20;

/// Every term with its postings. Terms are addressed by rank, their place in the dictionary.
#[derive(Default)]
pub(crate) struct Inverted {
    /// Terms and their stems, in any order.
    texts: Vec<u8>,
    /// By rank.
    entries: Vec<Entry>,
    /// `document << 8 | level << 4 | title position`, rising within a term; the terms in any order.
    postings: Vec<u32>,
}

/// Where a term's parts are.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// The term begins, its stem begins, its stem ends.
    texts: [u32; 3],
    /// Its postings begin and end.
    postings: [u32; 2],
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
        self.entries.len()
    }

    pub(crate) fn term(&self, rank: usize) -> &[u8] {
        self.term_at(self.entries[rank])
    }

    pub(crate) fn stem(&self, rank: usize) -> &[u8] {
        self.stem_at(self.entries[rank])
    }

    pub(crate) fn postings(&self, rank: usize) -> &[u32] {
        self.postings_at(self.entries[rank])
    }

    pub(crate) fn term_at(&self, Entry { texts: [start, end, _], .. }: Entry) -> &[u8] {
        &self.texts[start as usize..end as usize]
    }

    pub(crate) fn stem_at(&self, Entry { texts: [_, start, end], .. }: Entry) -> &[u8] {
        &self.texts[start as usize..end as usize]
    }

    pub(crate) fn postings_at(&self, Entry { postings: [start, end], .. }: Entry) -> &[u32] {
        &self.postings[start as usize..end as usize]
    }

    /// Takes all terms out of the dictionary, so that it can be made anew from them and others without a copy of what stays: with
    /// [`Inverted::keep`], [`Inverted::change`] and [`Inverted::push`], in its order.
    pub(crate) fn take_entries(&mut self, more: usize) -> Vec<Entry> {
        let room = Vec::with_capacity(self.entries.len() + more);
        std::mem::replace(&mut self.entries, room)
    }

    /// Puts terms back as they were.
    pub(crate) fn keep(&mut self, entries: &[Entry]) {
        self.entries.extend_from_slice(entries);
    }

    /// Puts a term back with these postings.
    pub(crate) fn change(&mut self, entry: Entry, postings: &[u32]) {
        let postings = self.add_postings(postings);
        self.entries.push(Entry { postings, ..entry });
    }

    /// Adds a term.
    pub(crate) fn push(&mut self, term: &[u8], stem: &[u8], postings: &[u32]) {
        let start = self.texts.len() as u32;
        let middle = start + term.len() as u32;
        self.texts.extend_from_slice(term);
        self.texts.extend_from_slice(stem);
        let postings = self.add_postings(postings);
        self.entries.push(Entry { texts: [start, middle, self.texts.len() as u32], postings });
    }

    fn add_postings(&mut self, postings: &[u32]) -> [u32; 2] {
        let start = self.postings.len() as u32;
        self.postings.extend_from_slice(postings);
        [start, self.postings.len() as u32]
    }

    /// The lengths in bytes of what [`Inverted::read`] takes: texts, terms, postings.
    pub(crate) fn lengths(&self) -> [usize; 3] {
        let [texts, postings] = self.ends();
        [texts as usize, (self.entries.len() + 1) * 12, postings as usize * 4]
    }

    /// How long all texts are that belong to a term, and how many postings.
    fn ends(&self) -> [u32; 2] {
        let texts = self.entries.iter().map(|entry| entry.texts[2] - entry.texts[0]).sum();
        [texts, self.entries.iter().map(|entry| entry.postings[1] - entry.postings[0]).sum()]
    }

    /// These parts, one after another, in pieces that take little memory. By rank, they are: terms, each followed by its stem; for each
    /// and once more at the end where in the texts it and its stem begin and where in the postings its own begin; postings.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = Vec<u8>> {
        let pieces = || self.entries.chunks(PIECE);
        let texts = pieces().map(|piece| {
            let texts: Vec<&[u8]> = piece.iter().flat_map(|entry| [self.term_at(*entry), self.stem_at(*entry)]).collect();
            texts.concat()
        });
        let [mut text, mut posting] = [0, 0];
        let entries = pieces().map(move |piece| {
            let mut out = Vec::with_capacity(piece.len() * 12);
            for Entry { texts, postings } in piece {
                put([text, text + (texts[1] - texts[0]), posting], &mut out);
                text += texts[2] - texts[0];
                posting += postings[1] - postings[0];
            }
            out
        });
        let end = std::iter::once_with(|| {
            let ([text, posting], mut out) = (self.ends(), Vec::new());
            put([text, 0, posting], &mut out);
            out
        });
        let postings = pieces().map(|piece| {
            let mut out = Vec::new();
            piece.iter().for_each(|entry| put(self.postings_at(*entry).iter().copied(), &mut out));
            out
        });
        texts.chain(entries).chain(end).chain(postings)
    }

    /// What [`Inverted::bytes`] gave, with parts of these lengths, and the last document in it; `None` where it is something else.
    pub(crate) fn read(parts: &mut Parts<'_>, [text, terms, postings]: [usize; 3]) -> Option<(Self, u32)> {
        fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
            bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        }
        let mut texts = Vec::with_capacity(text + ROOM);
        parts.take(text, |part| texts.extend_from_slice(part))?;
        let mut list: Vec<Entry> = Vec::with_capacity(terms / 12);
        let mut before: Option<[u32; 3]> = None;
        parts.take(terms, |part| {
            let mut numbers = words(part);
            while let (Some(term), Some(stem), Some(start)) = (numbers.next(), numbers.next(), numbers.next()) {
                let entry = |[first, middle, from]: [u32; 3]| Entry { texts: [first, middle, term], postings: [from, start] };
                list.extend(before.replace([term, stem, start]).map(entry));
            }
        })?;
        let mut all = Vec::with_capacity(postings / 4 + ROOM);
        parts.take(postings, |part| all.extend(words(part)))?;
        // The last document of a term that is sound.
        let last = |Entry { texts: [term, stem, end], postings: [first, last] }: &Entry| {
            let own = all.get(*first as usize..*last as usize)?;
            let is_sound = term <= stem && stem <= end && own.is_sorted_by(|a, b| a >> 8 < b >> 8);
            is_sound.then(|| own.last().map_or(0, |posting| posting >> 8))
        };
        let last = list.par_iter().with_min_len(1024).map(last).try_reduce(|| 0, |a, b| Some(a.max(b)))?;
        let ends = before.is_none_or(|[term, _, start]| term as usize == texts.len() && start as usize == all.len());
        let is_sound = ends && std::str::from_utf8(&texts).is_ok();
        is_sound.then_some((Self { texts, entries: list, postings: all }, last))
    }
}

fn put(words: impl IntoIterator<Item = u32>, out: &mut Vec<u8>) {
    words.into_iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
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
    let terms_of = |draft: &Draft| [terms.term(draft.term), stems.term(draft.stem)];
    let count = drafts.len().saturating_sub(1);
    let lengths = drafts[..count].iter().flat_map(|draft| terms_of(draft).map(<[u8]>::len));
    let mut texts = Vec::with_capacity(lengths.sum());
    let mut entries = Vec::with_capacity(count);
    for pair in drafts.windows(2) {
        let start = texts.len() as u32;
        let [term, stem] = terms_of(&pair[0]);
        texts.extend_from_slice(term);
        texts.extend_from_slice(stem);
        let ends = [start, start + term.len() as u32, texts.len() as u32];
        entries.push(Entry { texts: ends, postings: [pair[0].start, pair[1].start] });
    }
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
