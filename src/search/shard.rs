//! The dictionary and its postings, cut into shards of a few kilobytes, and the spelling lists, which are dictionaries without postings.

use std::ops::Range;

use rayon::prelude::*;

use super::bits::{BitWriter, Letters};
use super::impact::TITLE_LEVEL;
use super::invert::{Inverted, compare};

/// What a shard should weigh, in bytes.
const TARGET: usize = 3900;
/// What a spelling list should weigh, in bytes.
const SPELLING_TARGET: usize = 3000;
/// About what a letter of a term takes.
const BITS_PER_LETTER: usize = 5;
/// A term that so many documents have tells little, least of all in those that barely mention it: these are kept apart, in files that
/// only counting needs.
pub(crate) const COMMON: usize = 1024;
/// From how many documents on a term's levels below which one are bare mentions: what half of all articles have tells in titles only.
const MENTIONS: [(usize, u8); 3] = [(16 * COMMON, TITLE_LEVEL), (8 * COMMON, 3), (COMMON, 2)];

/// Consecutive ranks of the dictionary that make one file, and the shortest string that divides it from the shard before it.
pub(crate) struct Cut {
    pub(crate) ranks: Range<usize>,
    pub(crate) separator: String,
}

/// Cuts the dictionary into shards by an estimate of their size, so that all can be encoded at once afterwards. A family of terms with
/// one stem is never divided, and cuts fall where neighbours have least in common.
pub(crate) fn cuts(index: &Inverted, capacity: u32) -> Vec<Cut> {
    let lists: Vec<usize> = (0..COMMON).map(|frequency| estimate_list(frequency, capacity)).collect();
    let size = |rank| {
        let before = if rank == 0 { b"".as_slice() } else { index.term(rank - 1) };
        let (term, postings) = (index.term(rank), index.postings(rank));
        let letters = (term.len() - common_prefix(before, term)) * BITS_PER_LETTER + 8;
        // Nearly all terms are rare: for them there is a table.
        let rare = lists.get(postings.len()).copied();
        letters + rare.unwrap_or_else(|| estimate_list(postings.len() - weak(postings).count(), capacity))
    };
    let sizes: Vec<usize> = (0..index.len()).into_par_iter().map(size).collect();
    cut(&sizes, TARGET * 8, |rank| index.stem(rank))
}

fn cut<'a>(sizes: &[usize], target: usize, key: impl Fn(usize) -> &'a [u8]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut separator = String::new();
    while start < sizes.len() {
        let mut end = start;
        let mut size = 0;
        let mut best: Option<(usize, usize)> = None;
        while end < sizes.len() {
            let common = common_prefix(key(end), if end > start { key(end - 1) } else { b"" });
            let divides = end > start && key(end) != key(end - 1);
            if divides && size * 10 >= target * 6 && best.is_none_or(|(least, _)| common < least) {
                best = Some((common, end));
            }
            if size * 10 > target * 14 && best.is_some() {
                break;
            }
            size += sizes[end];
            end += 1;
        }
        let end = if end == sizes.len() && size * 10 <= target * 14 { end } else { best.map_or(end, |(_, at)| at) };
        cuts.push(Cut { ranks: start..end, separator });
        separator = if end < sizes.len() { dividing(key(end - 1), key(end)) } else { String::new() };
        start = end;
    }
    cuts
}

/// About how many bits a list of so many documents takes.
fn estimate_list(frequency: usize, capacity: u32) -> usize {
    let frequency = frequency.max(1);
    let gap = f64::from(capacity) / frequency as f64;
    (frequency as f64 * (gap.log2() * 0.85 + 2.3)) as usize
}

/// The lowest level that ranks, of a term that so many documents have.
fn least_level(frequency: usize) -> u8 {
    MENTIONS.iter().find(|&&(least, _)| frequency >= least).map_or(0, |&(_, level)| level)
}

fn level(posting: u32) -> u8 {
    (posting >> 4 & 7) as u8
}

/// The postings that rank: all of an ordinary term, of a common one those on the upper levels.
fn strong(postings: &[u32]) -> Vec<u32> {
    let least = least_level(postings.len());
    postings.iter().copied().filter(|&posting| level(posting) >= least).collect()
}

/// The postings that only count. Which level each has matters no more, and one list is smaller than several.
fn weak(postings: &[u32]) -> impl Iterator<Item = u32> {
    let least = least_level(postings.len());
    postings.iter().filter(move |&&posting| level(posting) < least).map(|posting| posting & !0xff)
}

/// The common terms whose other postings make one file each: separator and ranks.
pub(crate) fn mentions(index: &Inverted, capacity: u32) -> Vec<(String, Vec<u32>)> {
    let common = (0..index.len()).filter(|&rank| index.postings(rank).len() >= COMMON);
    let (ranks, sizes): (Vec<usize>, Vec<usize>) = common
        .map(|rank| (rank, weak(index.postings(rank)).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(rank, count)| (rank, 30 + estimate_list(count, capacity)))
        .unzip();
    let cuts = cut(&sizes, TARGET * 32, |i| index.stem(ranks[i]));
    cuts.into_iter().map(|cut| (cut.separator, ranks[cut.ranks].iter().map(|&rank| rank as u32).collect())).collect()
}

/// The other postings of these common terms, as a file of the same form as a shard.
pub(crate) fn encode_mentions(index: &Inverted, ranks: &[u32], capacity: u32, letters: &Letters) -> Vec<u8> {
    let list = |rank: u32| (index.term(rank as usize), weak(index.postings(rank as usize)).collect());
    let lists: Vec<(&[u8], Vec<u32>)> = ranks.iter().map(|rank| list(*rank)).collect();
    let mut out = BitWriter::default();
    write_dictionary(&mut out, lists.iter().map(|(term, list)| (*term, list.len())), letters);
    for (_, list) in &lists {
        write_postings(&mut out, list, capacity);
    }
    out.finish()
}

/// How many bytes two texts have in common at their start.
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The shortest start of `after` that is greater than `before`.
fn dividing(before: &[u8], after: &[u8]) -> String {
    let after = std::str::from_utf8(after).unwrap_or_default();
    let ends = after.char_indices().map(|(i, c)| i + c.len_utf8());
    ends.map(|end| &after[..end]).find(|start| compare(start, before).is_gt()).unwrap_or(after).to_owned()
}

/// The prefix code over all letters that the dictionary spells out.
pub(crate) fn letters(index: &Inverted) -> Letters {
    let mut counts = [0u64; 256];
    let mut before: &[u8] = b"";
    for rank in 0..index.len() {
        let term = index.term(rank);
        for byte in &term[common_prefix(before, term)..] {
            counts[*byte as usize] += 1;
        }
        before = term;
    }
    Letters::from_counts(&counts, index.len() as u64)
}

/// One shard: the dictionary, then each term's postings.
pub(crate) fn encode(index: &Inverted, ranks: Range<usize>, capacity: u32, letters: &Letters) -> Vec<u8> {
    let mut out = BitWriter::default();
    write_dictionary(&mut out, ranks.clone().map(|rank| (index.term(rank), index.postings(rank).len())), letters);
    for rank in ranks {
        let postings = index.postings(rank);
        if postings.len() < COMMON {
            write_postings(&mut out, postings, capacity);
            continue;
        }
        let strong = strong(postings);
        out.gamma(strong.len() as u32 + 1);
        write_postings(&mut out, &strong, capacity);
    }
    out.finish()
}

/// Terms, each with the number of its documents.
fn write_dictionary<'a>(out: &mut BitWriter, terms: impl ExactSizeIterator<Item = (&'a [u8], usize)>, letters: &Letters) {
    out.gamma(terms.len() as u32 + 1);
    let mut before: &[u8] = b"";
    for (term, frequency) in terms {
        write_term(out, before, term, letters);
        out.gamma(frequency as u32);
        before = term;
    }
}

fn write_term(out: &mut BitWriter, before: &[u8], term: &[u8], letters: &Letters) {
    let common = common_prefix(before, term);
    out.truncated(common as u32, before.len() as u32 + 1);
    letters.write(out, &term[common..]);
}

/// A term in one document: its level and the document. In more: which levels there are, how many documents each has, and the documents
/// level by level from the highest, the title levels with positions.
fn write_postings(out: &mut BitWriter, postings: &[u32], capacity: u32) {
    if postings.is_empty() {
        return;
    }
    if let [posting] = *postings {
        out.write(u32::from(level(posting)), 3);
        out.truncated(posting >> 8, capacity);
        if level(posting) >= TITLE_LEVEL {
            out.write(posting & 15, 4);
        }
        return;
    }
    let mut counts = [0u32; 8];
    for &posting in postings {
        counts[level(posting) as usize] += 1;
    }
    out.write(counts.iter().rev().fold(0, |mask, &count| mask << 1 | u32::from(count > 0)), 8);
    let mut left = postings.len() as u32;
    let mut filled = counts.iter().filter(|&&count| count > 0).count() as u32;
    for &count in counts.iter().rev().filter(|&&count| count > 0) {
        if filled > 1 {
            // Every level that follows has at least one document.
            out.truncated(count - 1, left - filled + 1);
        }
        left -= count;
        filled -= 1;
    }
    let mut documents = Vec::with_capacity(postings.len());
    for wanted in (0..8u8).rev().filter(|&wanted| counts[wanted as usize] > 0) {
        documents.clear();
        documents.extend(postings.iter().filter(|&&posting| level(posting) == wanted).map(|posting| posting >> 8));
        out.interpolative(&documents, 0, capacity - 1);
        if wanted >= TITLE_LEVEL {
            for posting in postings.iter().filter(|&&posting| level(posting) == wanted) {
                out.write(posting & 15, 4);
            }
        }
    }
}

/// One list of words and how common they are, in sixteen steps, for guessing what a reader meant.
pub(crate) struct Spelling {
    pub(crate) separator: String,
    pub(crate) bytes: Vec<u8>,
}

/// Whether a site has so few documents that every word of it is worth suggesting.
pub(crate) fn are_few(documents: usize) -> bool {
    documents < COMMON
}

/// The term and how common it is, if it is a word that is worth suggesting.
pub(crate) fn worth_suggesting<'t>(term: &'t [u8], postings: &[u32], documents: usize) -> Option<(&'t str, u32)> {
    let in_title = || postings.iter().any(|posting| posting >> 4 & 7 >= u32::from(TITLE_LEVEL));
    let common = are_few(documents) || postings.len() >= 4 || postings.len() >= 2 && in_title();
    if !common {
        return None;
    }
    let term = std::str::from_utf8(term).unwrap_or_default();
    let is_word = term.chars().all(char::is_alphabetic) && term.chars().nth(3).is_some();
    is_word.then(|| (term, postings.len().ilog2().min(15)))
}

/// The lists of all words that are worth suggesting: in alphabetical order, and of the words spelt backwards. One edit cannot touch
/// both ends of a word, so that one of two lists has what the reader meant. In a small site every word is worth suggesting, in a large
/// one those that several documents have: the others are slips themselves.
pub(crate) fn spelling(index: &Inverted, documents: usize, letters: &Letters) -> [Vec<Spelling>; 2] {
    let words = (0..index.len()).filter_map(|rank| worth_suggesting(index.term(rank), index.postings(rank), documents));
    let words: Vec<(String, u32)> = words.map(|(word, common)| (word.to_owned(), common)).collect();
    let backwards = words.iter().map(|(word, common)| (word.chars().rev().collect(), *common)).collect();
    [spelling_lists(words, letters), spelling_lists(backwards, letters)]
}

fn spelling_lists(mut words: Vec<(String, u32)>, letters: &Letters) -> Vec<Spelling> {
    words.sort_unstable_by(|a, b| compare(&a.0, &b.0));
    let mut before: &[u8] = b"";
    let mut sizes = Vec::with_capacity(words.len());
    for (word, _) in &words {
        sizes.push((word.len() - common_prefix(before, word.as_bytes())) * BITS_PER_LETTER + 10);
        before = word.as_bytes();
    }
    // Words that begin with the same two letters stay together: an edit further on finds them in one list.
    let start = |rank: usize| {
        let word = &words[rank].0;
        word.char_indices().nth(2).map_or(word.as_bytes(), |(end, _)| &word.as_bytes()[..end])
    };
    let cuts = cut(&sizes, SPELLING_TARGET * 8, start);
    cuts.into_iter()
        .map(|cut| {
            let mut out = BitWriter::default();
            out.gamma(cut.ranks.len() as u32 + 1);
            let mut before: &[u8] = b"";
            for (word, common) in &words[cut.ranks] {
                write_term(&mut out, before, word.as_bytes(), letters);
                out.write(*common, 4);
                before = word.as_bytes();
            }
            Spelling { separator: cut.separator, bytes: out.finish() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::bits::reader::BitReader;
    use super::{BitWriter, dividing, write_postings};

    #[test]
    fn separators_are_short_and_between_their_neighbours() {
        assert_eq!(dividing(b"install", b"instanc"), "instan");
        assert_eq!(dividing(b"a", b"ab"), "ab");
        assert_eq!(dividing(b"zeichen", "größe".as_bytes()), "größe");
    }

    #[test]
    fn postings_are_written_by_level_with_title_positions() {
        let mut out = BitWriter::default();
        write_postings(&mut out, &[3 << 8 | 1 << 4 | 15, 7 << 8 | 5 << 4 | 2, 9 << 8 | 1 << 4 | 15], 64);
        let bytes = out.finish();
        let mut reader = BitReader { bytes: &bytes, at: 0 };
        assert_eq!(reader.read(8), 0b0010_0010);
        assert_eq!(reader.truncated(2), 0, "one document on the higher level");
        let mut documents = [0; 1];
        reader.interpolative(&mut documents, 0, 63);
        assert_eq!((documents[0], reader.read(4)), (7, 2));
        let mut documents = [0; 2];
        reader.interpolative(&mut documents, 0, 63);
        assert_eq!(documents, [3, 9]);
    }
}
