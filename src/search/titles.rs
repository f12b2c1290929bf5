//! What a hit shows before its page is read: blocks of 32 titles with URL, product, type and year, deflated.

use super::KINDS;
use super::collect::Record;
use super::facets::product_number;

/// Documents per block.
pub(crate) const BLOCK: u32 = 32;

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

/// One block: four columns of lines. Titles first, then the rest of each URL after what it shares with the one before, then ids (empty
/// where the id is the last segment of the URL, `-` where there is none), then number in the block, type, year and product.
pub(crate) fn encode(records: &[Record], products: &[&str]) -> Vec<u8> {
    let mut text = String::new();
    let line = |text: &mut String, value: &str| {
        text.extend(value.chars().map(|c| if c == '\n' { ' ' } else { c }));
        text.push('\n');
    };
    for record in records {
        line(&mut text, &record.title);
    }
    let mut before: &str = "";
    for record in records {
        let common = before.chars().zip(record.url.chars()).take_while(|(a, b)| a == b).count().min(35);
        let rest: String = record.url.chars().skip(common).collect();
        text.push(std::char::from_digit(common as u32, 36).unwrap_or('0'));
        line(&mut text, &rest);
        before = &record.url;
    }
    for record in records {
        let derived = record.url.trim_end_matches('/').rsplit('/').next() == Some(&*record.id);
        line(&mut text, if derived { "" } else if record.id.is_empty() { "-" } else { &record.id });
    }
    for record in records {
        let kind = kind_number(&record.kind);
        line(&mut text, &format!("{} {kind} {} {}", record.doc % BLOCK, record.year, product_number(products, record)));
    }
    miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 9)
}

/// The place of a kind in [`KINDS`], 0 where it is unknown.
pub(crate) fn kind_number(kind: &str) -> u8 {
    KINDS.iter().position(|known| *known == kind).unwrap_or(0) as u8
}
