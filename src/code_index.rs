//! Error codes → the pages of the code index. Which page a code stands on follows from the code alone, so that an article that is
//! added moves no other code, and the number of files stays far below the number of codes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::article::Article;
use crate::site::PageId;

/// Where the index is, relative to the site.
pub const URL: &str = "codes/";

/// All codes that articles name, in groups.
#[derive(Debug, Default)]
pub struct CodeIndex {
    /// By family, then by value.
    pub groups: Vec<Group>,
}

/// Codes that share a page.
#[derive(Debug)]
pub struct Group {
    /// What sort of codes they are.
    pub family: Family,
    /// `0x80040000 – 0x8004FFFF`.
    pub title: String,
    /// What the same range is for programs that print decimal numbers: `-2147221504 … -2147155969, 2147745792 …
    /// 2147811327`, or empty.
    pub decimals: String,
    /// URL relative to the site: `codes/0x8004/`.
    pub url: String,
    /// By value.
    pub codes: Vec<Entry>,
}

/// A code and the articles that name it.
#[derive(Debug)]
pub struct Entry {
    /// In normal form: `0xA`, `Event 2410`, `LNK2001`.
    pub code: Box<str>,
    /// In the order of lists; none is unlisted.
    pub pages: Vec<PageId>,
}

/// The sorts of codes, in the order in which the index shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `0xA`.
    Hexadecimal,
    /// `Event 2410`.
    Event,
    /// `Error 2410`.
    Error,
    /// `LNK2001`.
    Message,
    /// What a front matter calls a code.
    Other,
}

/// Where a code stands: family, page, its title, and the code's place on it.
struct Place {
    family: Family,
    first: u32,
    part: String,
    title: String,
    decimals: String,
    value: u32,
}

/// The page that codes are gathered for, and each of them with its place on it.
type Gathered = (Place, Vec<(u32, Entry)>);

/// The index of the codes of `articles`, whose page ids are their indices.
pub fn index(articles: &[Arc<Article>]) -> CodeIndex {
    let mut pages: BTreeMap<&str, Vec<PageId>> = BTreeMap::new();
    for (i, article) in articles.iter().enumerate().filter(|(_, article)| !article.front.unlisted) {
        for code in article.fields.codes.iter() {
            let pages = pages.entry(code).or_default();
            if pages.last() != Some(&PageId(i as u32)) {
                pages.push(PageId(i as u32));
            }
        }
    }
    let mut groups: BTreeMap<(Family, String, u32), Gathered> = BTreeMap::new();
    for (code, mut pages) in pages {
        pages.sort_by_key(|page| (articles[page.index()].fields.number.unwrap_or(u32::MAX), *page));
        let place = place(code);
        let (value, name) = (place.value, place.part.split('/').next().unwrap_or_default().to_owned());
        let key = (place.family, if place.family == Family::Message { name } else { String::new() }, place.first);
        groups.entry(key).or_insert_with(|| (place, Vec::new())).1.push((value, Entry { code: code.into(), pages }));
    }
    let finish = |(place, mut codes): Gathered| {
        codes.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.code.cmp(&b.1.code)));
        let codes = codes.into_iter().map(|(_, entry)| entry).collect();
        Group { family: place.family, title: place.title, decimals: place.decimals, url: format!("{URL}{}/", place.part), codes }
    };
    CodeIndex { groups: groups.into_values().map(finish).collect() }
}

/// Where a code stands in the index, relative to the site: `codes/0x8004/#0x80040005`.
pub fn url(code: &str) -> String {
    format!("{URL}{}/#{}", place(code).part, anchor(code))
}

/// The id of a code on its page: `0x80040005`, `event-2410`.
pub fn anchor(code: &str) -> String {
    if code.starts_with("0x") { code.to_owned() } else { crate::permalink::slug(code) }
}

/// The number that a hexadecimal code stands for.
pub fn hexadecimal(code: &str) -> Option<u32> {
    u32::from_str_radix(code.strip_prefix("0x")?, 16).ok()
}

/// The other ways to write a code: eight digits, decimal, and for a negative 32-bit number with its sign.
pub fn spellings(code: &str) -> Vec<String> {
    let Some(value) = hexadecimal(code) else { return Vec::new() };
    let mut spellings = vec![format!("0x{value:08X}"), value.to_string()];
    if value > i32::MAX as u32 {
        spellings.push(value.cast_signed().to_string());
    }
    spellings.retain(|spelling| spelling != code);
    spellings
}

fn place(code: &str) -> Place {
    if let Some(value) = hexadecimal(code) {
        return hexadecimal_place(value);
    }
    let (name, digits) = code.split_at(code.find(|c: char| c.is_ascii_digit()).unwrap_or(code.len()));
    let family = match name {
        "Event " => Family::Event,
        "Error " => Family::Error,
        name if !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase()) => Family::Message,
        _ => Family::Other,
    };
    match digits.parse::<u32>().ok().filter(|_| family != Family::Other) {
        Some(value) => {
            let thousand = value / 1000;
            Place {
                family,
                first: thousand,
                part: format!("{}/{thousand}xxx", name.trim_end().to_ascii_lowercase()),
                title: format!("{name}{} – {}", thousand * 1000, thousand * 1000 + 999),
                decimals: String::new(),
                value,
            }
        }
        None => Place {
            family: Family::Other,
            first: 0,
            part: "other".to_owned(),
            title: "…".to_owned(),
            decimals: String::new(),
            value: 0,
        },
    }
}

/// Bytes by their first digit, other small values by their first of four, result and status codes by their facility, what else there is by the first digit.
fn hexadecimal_place(value: u32) -> Place {
    let (first, last, part) = match value {
        0..=0xFF => (value & 0xF0, value | 0xF, format!("0x{:X}x", value >> 4)),
        0x100..=0xFFFF => {
            let first = value & 0xF000;
            (first.max(0x100), first | 0xFFF, format!("0x{:X}xxx", first >> 12))
        }
        0x1_0000..=0xFFF_FFFF => (0x1_0000, 0xFFF_FFFF, "0x0xxxxxxx".to_owned()),
        _ if matches!(value >> 28, 0x8 | 0xC) => {
            let first = value & 0xFFFF_0000;
            (first, first | 0xFFFF, format!("0x{:X}", first >> 16))
        }
        _ => {
            let first = value & 0xF000_0000;
            (first, first | 0xFFF_FFFF, format!("0x{:X}xxxxxxx", first >> 28))
        }
    };
    // Most programs that print decimal numbers take those from 0x80000000 on for negative ones, but not all.
    let unsigned = if first > i32::MAX as u32 { format!(", {first} … {last}") } else { String::new() };
    let decimals = format!("{} … {}{unsigned}", first.cast_signed(), last.cast_signed());
    Place { family: Family::Hexadecimal, first, part, title: format!("0x{first:X} – 0x{last:X}"), decimals, value }
}

#[cfg(test)]
mod tests {
    use super::{spellings, url};

    #[test]
    fn a_code_has_one_place() {
        let places =
            ["0xA", "0x123", "0x80040005", "0xC0000005", "0xFFFFFFFF", "Event 2410", "Error 5", "LNK2001", "what?"].map(url);
        assert_eq!(
            places,
            [
                "codes/0x0x/#0xA",
                "codes/0x0xxx/#0x123",
                "codes/0x8004/#0x80040005",
                "codes/0xC000/#0xC0000005",
                "codes/0xFxxxxxxx/#0xFFFFFFFF",
                "codes/event/2xxx/#event-2410",
                "codes/error/0xxx/#error-5",
                "codes/lnk/2xxx/#lnk2001",
                "codes/other/#what",
            ]
        );
    }

    #[test]
    fn a_result_code_is_shown_signed_and_unsigned() {
        assert_eq!(spellings("0x80040005"), ["2147745797", "-2147221499"]);
        assert_eq!(spellings("0xA"), ["0x0000000A", "10"]);
        assert!(spellings("Event 5").is_empty());
    }
}
