//! What a reader's first query weighs, estimated from the sizes of the files for queries made of title words.

use super::collect::Record;
use super::invert::compare;
use super::tokenize::{Kind, tokenize};
use super::{Options, Stemming, stem};

/// How many queries are tried.
const QUERIES: usize = 500;
/// Words in each.
const WORDS: usize = 3;
/// Hits shown, each from a title block of its own.
const HITS: usize = 10;

/// Median and 95th percentile in bytes; `fixed` is what every first query takes.
pub(crate) fn first_query(
    records: &[Record],
    separators: &[String],
    shards: &[usize],
    fixed: usize,
    title_block: usize,
    options: &Options,
) -> (usize, usize) {
    let step = (records.len() / QUERIES).max(1);
    let mut totals: Vec<usize> = Vec::with_capacity(QUERIES);
    for record in records.iter().step_by(step) {
        let mut needed: Vec<usize> = Vec::with_capacity(WORDS);
        tokenize(&record.title, |kind, term, _| {
            let term = std::str::from_utf8(term).unwrap_or_default();
            let counts = matches!(kind, Kind::Word | Kind::Whole) && !options.stop_words.iter().any(|word| word == term);
            if counts && needed.len() < WORDS {
                let key = if options.stemming == Stemming::English { stem(term) } else { term.to_owned() };
                let shard = separators.partition_point(|separator| compare(separator, &key).is_le()).saturating_sub(1);
                needed.push(shard);
            }
        });
        needed.sort_unstable();
        needed.dedup();
        let index: usize = needed.iter().filter_map(|&shard| shards.get(shard)).sum();
        totals.push(fixed + index + HITS.min(records.len()) * title_block);
    }
    totals.sort_unstable();
    let at = |share: usize| totals.get((totals.len() * share / 100).min(totals.len().saturating_sub(1))).copied().unwrap_or(0);
    (at(50), at(95))
}
