//! The index of an earlier build and the documents that have changed since → the index of now, and which of its terms are as they were.

use std::ops::RangeInclusive;

use super::collect::Record;
use super::intern::Interner;
use super::invert::{Entry, Inverted, compare};
use super::saved::Saved;
use super::shard::worth_suggesting;

/// No term, no document.
const NONE: u32 = u32::MAX;

/// An index, and what it has in common with the one before it.
pub(crate) struct Merged {
    pub(crate) index: Inverted,
    pub(crate) records: Vec<Record>,
    pub(crate) names: Interner,
    /// By rank: the rank that the same term with the same postings had before, or [`NONE`].
    same: Vec<u32>,
    pub(crate) old_documents: usize,
    /// Those of the terms that are gone or have other postings that were worth suggesting, with how common they were.
    pub(crate) gone: Vec<(String, u32)>,
    /// Terms that are new or have other postings, by their rank now.
    pub(crate) new: Vec<u32>,
}

impl Merged {
    /// Where a run of terms was before, if all are as they were and nothing stood between them.
    pub(crate) fn run(&self, ranks: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        let same = self.same.get(ranks.clone())?;
        let first = same.first().filter(|first| **first != NONE).map(|first| *first as usize)?;
        same.iter().enumerate().all(|(i, same)| *same as usize == first + i).then(|| first..first + ranks.len())
    }

    /// Where a term was before, if it is as it was.
    pub(crate) fn before(&self, rank: usize) -> Option<u32> {
        Some(self.same[rank]).filter(|rank| *rank != NONE)
    }
}

/// Merges. `moves` says for each record of `saved` which number its document has now and how many articles cite it, or `None` where it
/// has changed or is gone. `fresh`, with its records and names, are the documents that are new or have changed.
pub(crate) fn merge(
    saved: &mut Saved,
    moves: &[Option<(u32, u32)>],
    (fresh, fresh_records, fresh_names): (Inverted, Vec<Record>, Interner),
) -> Merged {
    let old = std::mem::take(&mut saved.index);
    let old_documents = saved.records.len();
    let mut names = std::mem::take(&mut saved.names);
    let capacity = saved.records.last().map_or(0, |record| record.doc as usize + 1);
    let mut numbers = vec![NONE; capacity];
    let mut others: Option<RangeInclusive<u32>> = None;
    let mut records = Vec::with_capacity(saved.records.len() + fresh_records.len());
    for (mut record, moved) in std::mem::take(&mut saved.records).into_iter().zip(moves) {
        if moved.is_none_or(|(doc, _)| doc != record.doc) {
            let first = others.map_or(record.doc, |others| *others.start());
            others = Some(first..=record.doc);
        }
        if let Some((doc, cited)) = *moved {
            numbers[record.doc as usize] = doc;
            (record.doc, record.cited) = (doc, cited);
            records.push(record);
        }
    }
    let map: Vec<u32> = (0..fresh_names.len() as u32).map(|name| names.number(fresh_names.term(name))).collect();
    records.extend(fresh_records.into_iter().map(|mut record| {
        record.applies_to.iter_mut().for_each(|name| *name = map[*name as usize]);
        record
    }));
    records.sort_by_key(|record| record.doc);
    let mut merged = terms(old, (old_documents, others), &numbers, &fresh);
    merged.records = records;
    merged.names = names;
    merged
}

/// What [`merge`] gives, without the documents. What both indices have in common stays where it is in the memory of `old`. `others` are
/// the first and the last document that is not where it was.
fn terms(
    mut index: Inverted,
    (old_documents, others): (usize, Option<RangeInclusive<u32>>),
    numbers: &[u32],
    fresh: &Inverted,
) -> Merged {
    let old = index.take_entries(fresh.len());
    let (mut same, mut gone, mut new) = (Vec::with_capacity(old.len() + fresh.len()), Vec::new(), Vec::new());
    let is_still = |index: &Inverted, entry: &Entry| {
        let Some(others) = &others else { return true };
        let postings = index.postings_at(*entry);
        let postings = &postings[postings.partition_point(|posting| posting >> 8 < *others.start())..];
        // After the edit of one article most lists end here.
        let mut postings = postings.iter().map(|posting| posting >> 8).take_while(|doc| doc <= others.end());
        postings.all(|doc| numbers.get(doc as usize) == Some(&doc))
    };
    let moved = |posting: &u32| {
        let doc = numbers.get((posting >> 8) as usize).copied().filter(|doc| *doc != NONE)?;
        Some(doc << 8 | posting & 0xff)
    };
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < fresh.len() {
        let order = |index: &Inverted, entry: &Entry| {
            compare(index.stem_at(*entry), fresh.stem(b)).then_with(|| compare(index.term_at(*entry), fresh.term(b)))
        };
        // Those that only the old index has.
        let alone = if b == fresh.len() { old.len() - a } else { first_not(&old[a..], |entry| order(&index, entry).is_lt()) };
        let kept = old[a..a + alone].iter().position(|entry| !is_still(&index, entry)).unwrap_or(alone);
        index.keep(&old[a..a + kept]);
        same.extend(a as u32..(a + kept) as u32);
        a += kept;
        let now = (kept == alone && b < fresh.len()).then_some(b);
        let before = old.get(a).copied().filter(|entry| now.is_none_or(|_| order(&index, entry).is_eq()));
        let mut list: Vec<u32> = Vec::new();
        list.extend(before.iter().flat_map(|entry| index.postings_at(*entry)).filter_map(moved));
        list.extend(now.iter().flat_map(|rank| fresh.postings(*rank)));
        // Two lists that are sorted already, as a rule.
        list.sort();
        match before {
            // Most words of a document that was edited count in it as they did.
            Some(entry) if index.postings_at(entry) == list => {
                same.push(a as u32);
                index.keep(&[entry]);
            }
            _ => {
                let words = before.map(|entry| (index.term_at(entry), index.postings_at(entry)));
                let word = words.and_then(|(term, postings)| worth_suggesting(term, postings, old_documents));
                gone.extend(word.map(|(word, common)| (word.to_owned(), common)));
                if !list.is_empty() {
                    new.push(same.len() as u32);
                    same.push(NONE);
                    match before {
                        Some(entry) => index.change(entry, &list),
                        None => index.push(fresh.term(b), fresh.stem(b), &list),
                    }
                }
            }
        }
        a += usize::from(before.is_some());
        b += usize::from(now.is_some());
    }
    Merged { index, records: Vec::new(), names: Interner::new(), same, old_documents, gone, new }
}

/// Where in a list that begins with those that `is` holds for the others begin; quick where that is near its start.
fn first_not<T>(list: &[T], is: impl Fn(&T) -> bool) -> usize {
    let mut end = 1;
    while end < list.len() && is(&list[end - 1]) {
        end *= 2;
    }
    let start = end / 2;
    start + list[start..end.min(list.len())].partition_point(is)
}
