//! What a hit shows before its page is read: blocks of 40 titles with URL, product, type and year, deflated.

use ahash::HashMap;

use super::KINDS;
use super::collect::Record;
use super::deflate::Deflate;
use super::facets::product_number;

/// Documents per block.
pub(crate) const BLOCK: u32 = 40;
/// Fewer documents make so few blocks that the common words would weigh more than they save.
const WORTH_WORDS: usize = 1024;
/// What the common words may weigh, in bytes: every reader fetches them with the root.
const COMMON_WORDS: usize = 1400;

/// The words that titles have most, the most frequent last, for blocks to refer to. How often is rounded to powers of two: an edit hardly
/// ever changes the choice, which would change every block.
pub(crate) fn common_words(records: &[Record]) -> String {
    if records.len() < WORTH_WORDS {
        return String::new();
    }
    let mut counts: HashMap<&str, usize> = HashMap::default();
    for word in records.iter().flat_map(|record| record.title.split(' ')).filter(|word| (4..32).contains(&word.len())) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<(usize, &str)> = counts.into_iter().map(|(word, count)| ((word.len() - 2) << count.ilog2(), word)).collect();
    words.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut weight = 0;
    let chosen = words.iter().map(|&(_, word)| word).take_while(|word| {
        weight += word.len() + 1;
        weight <= COMMON_WORDS
    });
    let mut chosen: Vec<&str> = chosen.collect();
    chosen.reverse();
    chosen.join(" ")
}

/// Whether two lots of documents have the same titles.
pub(crate) fn are_same<'a>(a: impl Iterator<Item = &'a Record>, b: impl Iterator<Item = &'a Record>) -> bool {
    let (mut a, mut b): (Vec<&str>, Vec<&str>) =
        (a.map(|record| &*record.title).collect(), b.map(|record| &*record.title).collect());
    a.sort_unstable();
    b.sort_unstable();
    a == b
}

/// The blocks in the order of document numbers; an empty one where no number of it is in use.
pub(crate) fn blocks<'a>(records: &'a [Record], capacity: u32) -> Vec<&'a [Record]> {
    let mut blocks: Vec<&'a [Record]> = Vec::with_capacity((capacity / BLOCK) as usize);
    let mut rest = records;
    for block in 0..capacity.div_ceil(BLOCK) {
        let end = rest.partition_point(|record| record.doc < (block + 1) * BLOCK);
        let (here, after) = rest.split_at(end);
        blocks.push(here);
        rest = after;
    }
    blocks
}

/// One block: columns of lines, each line empty where it says the same as the one before it would: titles; URLs, in which `*` stands for
/// the id and `#` for its thousands; ids; then place in the block, type, year and product.
pub(crate) fn encode(records: &[Record], products: &[&str], common_words: &str, deflate: &mut Deflate) -> Vec<u8> {
    let mut text = String::new();
    let mut line = |value: &str| {
        text.extend(value.chars().map(|c| if c == '\n' { ' ' } else { c }));
        text.push('\n');
    };
    for record in records {
        line(&record.title);
    }
    let mut before = String::new();
    for url in records.iter().map(url_pattern) {
        line(if url == before { "" } else { &url });
        before = url;
    }
    let mut before: &str = "";
    for record in records {
        line(&next_id(before, &record.id));
        before = &record.id;
    }
    let mut before = [0; 4];
    for record in records {
        let place = (record.doc % BLOCK) as usize;
        let here = [place, record.kind.into(), record.year.into(), product_number(products, record)];
        let gap = if place == before[0] { String::new() } else { place.to_string() };
        let changed = |i: usize| if here[i] == before[i] { String::new() } else { here[i].to_string() };
        line([gap, changed(1), changed(2), changed(3)].join(",").trim_end_matches(','));
        before = [place + 1, here[1], here[2], here[3]];
    }
    deflate.compress_after(common_words.as_bytes(), text.as_bytes())
}

/// A URL without what its article's id says already: `kb/#/*/` for `kb/164/Q164177/`. One that has these signs itself, or does not come
/// back the same, is written in full after `=`.
fn url_pattern(record: &Record) -> String {
    let (url, id) = (&*record.url, &*record.id);
    let plain = format!("={url}");
    if id.is_empty() || url.contains(['*', '#']) {
        return plain;
    }
    let pattern = url.replace(id, "*").replace(&thousands(id), "#");
    let back = pattern.replace('#', &thousands(id)).replace('*', id);
    if pattern.is_empty() || back != url { plain } else { pattern }
}

/// The id's number without its last three digits, at least three digits long.
fn thousands(id: &str) -> String {
    format!("{:03}", digits(id).parse::<u64>().unwrap_or(0) / 1000)
}

fn digits(id: &str) -> &str {
    id.trim_start_matches(|c: char| !c.is_ascii_digit())
}

/// How much higher the number of an id is than that of the one before, where letters and length are the same; else the id after `=`.
fn next_id(before: &str, id: &str) -> String {
    let (Ok(old), Ok(new)) = (digits(before).parse::<u64>(), digits(id).parse::<u64>()) else { return format!("={id}") };
    let same_letters =
        before.len() == id.len() && before[..before.len() - digits(before).len()] == id[..id.len() - digits(id).len()];
    if same_letters && new > old && new < 1 << 50 && digits(id).len() == digits(before).len() {
        (new - old).to_string()
    } else {
        format!("={id}")
    }
}

/// The place of a kind in [`KINDS`], 0 where it is unknown.
pub(crate) fn kind_number(kind: &str) -> u8 {
    KINDS.iter().position(|known| *known == kind).unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::{next_id, thousands};

    #[test]
    fn ids_are_written_as_steps_where_they_can_be() {
        assert_eq!(next_id("Q164177", "Q164190"), "13");
        assert_eq!(next_id("Q99999", "Q100000"), "=Q100000");
        assert_eq!(next_id("", "Q1"), "=Q1");
        assert_eq!(next_id("Q5", ""), "=");
        assert_eq!((thousands("Q164177"), thousands("Q10022")), ("164".to_owned(), "010".to_owned()));
    }
}
