//! The index of an earlier build and the documents that have changed since → the index of now, and which of its terms are as they were.

use std::cmp::Ordering;

use super::collect::Record;
use super::intern::Interner;
use super::invert::{Inverted, compare};
use super::saved::Saved;

/// No term, no document.
const NONE: u32 = u32::MAX;

/// An index, and what it has in common with the one before it.
pub(crate) struct Merged {
    pub(crate) index: Inverted,
    pub(crate) records: Vec<Record>,
    pub(crate) names: Interner,
    /// By rank: the rank that the same term with the same postings had before, or [`NONE`].
    same: Vec<u32>,
    /// The index before.
    pub(crate) old: Inverted,
    pub(crate) old_documents: usize,
    /// Terms that are gone or have other postings, by the rank that they had before.
    pub(crate) gone: Vec<u32>,
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
    let mut records = Vec::with_capacity(saved.records.len() + fresh_records.len());
    for (mut record, moved) in std::mem::take(&mut saved.records).into_iter().zip(moves) {
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
    let mut merged = terms(&old, &numbers, &fresh);
    (merged.old, merged.old_documents) = (old, old_documents);
    merged.records = records;
    merged.names = names;
    merged
}

fn terms(old: &Inverted, numbers: &[u32], fresh: &Inverted) -> Merged {
    let (terms, texts, postings) = old.sizes();
    let (more_terms, more_texts, more_postings) = fresh.sizes();
    let mut merged = Merged {
        index: Inverted::with_capacity(terms + more_terms, texts + more_texts, postings + more_postings),
        records: Vec::new(),
        names: Interner::new(),
        same: Vec::with_capacity(terms + more_terms),
        old: Inverted::default(),
        old_documents: 0,
        gone: Vec::new(),
        new: Vec::new(),
    };
    let is_still = |posting: u32| numbers.get((posting >> 8) as usize) == Some(&(posting >> 8));
    let moved = |posting: &u32| {
        let doc = numbers.get((posting >> 8) as usize).copied().filter(|doc| *doc != NONE)?;
        Some(doc << 8 | posting & 0xff)
    };
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < fresh.len() {
        let order = if a == old.len() {
            Ordering::Greater
        } else if b == fresh.len() {
            Ordering::Less
        } else {
            compare(old.stem(a), fresh.stem(b)).then_with(|| compare(old.term(a), fresh.term(b)))
        };
        if order == Ordering::Less && old.postings(a).iter().all(|posting| is_still(*posting)) {
            merged.same.push(a as u32);
            merged.index.push(old.term(a), old.stem(a), old.postings(a).iter().copied());
            a += 1;
            continue;
        }
        let mut list: Vec<u32> = Vec::new();
        let (mut term, mut stem): (&[u8], &[u8]) = (&[], &[]);
        let mut before = None;
        if order.is_le() {
            (term, stem) = (old.term(a), old.stem(a));
            list.extend(old.postings(a).iter().filter_map(moved));
            before = Some(a);
            a += 1;
        }
        if order.is_ge() {
            (term, stem) = (fresh.term(b), fresh.stem(b));
            list.extend(fresh.postings(b));
            b += 1;
        }
        // Two lists that are sorted already, as a rule.
        list.sort();
        // Most words of a document that was edited count in it as they did.
        let same = before.filter(|rank| old.postings(*rank) == list);
        if same.is_none() {
            merged.gone.extend(before.map(|rank| rank as u32));
        }
        if list.is_empty() {
            continue;
        }
        if same.is_none() {
            merged.new.push(merged.same.len() as u32);
        }
        merged.same.push(same.map_or(NONE, |rank| rank as u32));
        merged.index.push(term, stem, list);
    }
    merged
}
