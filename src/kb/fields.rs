//! The header, the trailer and the query words → [`Fields`], and the same lines as they are written.

use std::borrow::Cow;

use jiff::civil::Date;

use super::applies::applies_to;
use super::line::{label_and_value, lines};
use super::segment::Segments;
use crate::article::{Fields, FixStatus, Kind};
use crate::source::Span;
use crate::strings::Strings;

/// What the older name of the query words, in the body, begins with.
const REFERENCE_WORDS: &str = "Additional reference words:";

/// How many lines at the end of a body may hold the older name of the query words.
const OLD_TRAILER_LINES: usize = 8;

/// Every field of the header and the trailer in order: label and value as written, without the blanks around them. A line of the
/// trailer that has no label comes with an empty one.
pub fn raw_fields<'a>(text: &'a str, segments: &Segments) -> impl Iterator<Item = (&'a str, &'a str)> {
    let header = lines(text, segments.header, segments.tabbed).texts();
    let trailer = lines(text, segments.trailer, segments.tabbed).texts();
    header.chain(trailer).filter(|line| !line.bytes().all(|b| b == b'=')).map(|line| {
        let (label, value) = label_and_value(line).unwrap_or(("", line));
        (label.trim_ascii(), value.trim_ascii())
    })
}

/// What the header, the applies-to block, the query words and the trailer state. Series, codes and kinds that are only to be
/// concluded are left out.
pub fn fields(text: &str, segments: &Segments) -> Fields {
    let mut fields = Fields::default();
    let mut header_keywords = "";
    let mut header_versions = "";
    let mut systems = "";
    let mut keywords = None;
    let mut versions = None;
    for (label, value) in raw_fields(text, segments) {
        match label {
            "Article" => fields.number = value.get(1..).and_then(|n| n.parse().ok()),
            "Product(s)" => fields.products = products(value),
            "Version(s)" => header_versions = value,
            "Operating System(s)" => systems = value,
            "Keyword(s)" => header_keywords = value,
            "Last Modified" => fields.updated = date(value),
            // The header is cut at 87 characters and lost blanks; the trailer is whole.
            "Keywords" => keywords = Some(value),
            "Version" => versions = Some(value),
            "Technology" => fields.technology = value.split_ascii_whitespace().collect(),
            "Hardware" => fields.hardware = value.split_ascii_whitespace().collect(),
            "Issue type" => fields.kinds = value.split_ascii_whitespace().filter_map(kind).collect(),
            "Solution Type" => fields.fix = value.split_ascii_whitespace().filter_map(fix).min(),
            _ => {}
        }
    }
    let mut versions = versions.unwrap_or(header_versions);
    let keywords = keywords.unwrap_or(header_keywords);
    // A few articles of the Programmer's Library have every field in the place of the one before it.
    if versions.is_empty() && !systems.is_empty() && systems.split([' ', '|']).all(|v| v.is_empty() || is_version(v)) {
        versions = systems;
        systems = keywords;
    }
    let mut found = Versions::default();
    found.add(versions);
    systems.split('|').for_each(|system| add_system(system, &mut found.systems));
    if segments.preamble.start < segments.preamble.end && found.versions.is_empty() {
        found.add_old_header(text, segments);
    }
    fields.versions = found.versions.iter().collect();
    fields.os = found.systems.iter().collect();
    let keywords = split_keywords(keywords);
    if fields.products.is_empty() {
        fields.products = library_products(&keywords);
    }
    fields.keywords = keywords.iter().collect();
    fields.applies_to = applies_to(text, segments);
    fields.query_words = query_words(text, segments);
    fields
}

/// The product line; none where the article of the Programmer's Library says only `See article`.
fn products(value: &str) -> Strings {
    match value {
        "" | "See article" => Strings::default(),
        _ if memchr::memmem::find(value.as_bytes(), b"Miscro").is_none() => [value].iter().collect(),
        _ => [value.replace("Miscrosoft", "Microsoft")].iter().collect(),
    }
}

/// The parts of the Programmer's Library that an article is in.
fn library_products(keywords: &[Cow<str>]) -> Strings {
    let part = |keyword: &Cow<str>| match keyword.as_ref() {
        "mspl13_basic" => Some("Programmer's Library: Basic"),
        "mspl13_c" => Some("Programmer's Library: C"),
        "mspl13_masm" => Some("Programmer's Library: MASM"),
        _ => None,
    };
    keywords.iter().filter_map(part).collect()
}

/// The versions of an article and the systems that they run on, each once.
#[derive(Default)]
struct Versions<'a> {
    versions: Vec<&'a str>,
    systems: Vec<&'a str>,
}

impl<'a> Versions<'a> {
    /// `winnt:4.0,4.0 SP4; WINDOWS:5.5` → versions and systems.
    fn add(&mut self, value: &'a str) {
        for part in value.split(';') {
            let (system, list) = part.split_once(':').unwrap_or(("", part));
            add_system(system, &mut self.systems);
            for item in list.split([',', '|']) {
                let item = item.trim_ascii();
                // `3.50 3.51` is two versions, `4.0 SP4` is one.
                if item.split_ascii_whitespace().all(is_version) {
                    item.split_ascii_whitespace().for_each(|version| add(version, &mut self.versions));
                } else {
                    add(item, &mut self.versions);
                }
            }
        }
    }

    /// The three lines of an older header before the applies-to block: versions, systems, keywords, in `|` columns.
    fn add_old_header(&mut self, text: &'a str, segments: &Segments) {
        let mut old = lines(text, segments.preamble, segments.tabbed).texts().filter(|line| !line.is_empty());
        let (Some(versions), Some(systems)) = (old.next(), old.next()) else { return };
        let is_list = versions.split([' ', '|']).all(|word| word.is_empty() || is_version(word));
        if !is_list || systems.split('|').any(|system| system.split_ascii_whitespace().count() > 2) {
            return;
        }
        self.add(versions);
        systems.split('|').for_each(|system| add_system(system, &mut self.systems));
    }
}

fn is_version(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'.')
        && !word.contains("S/")
}

fn add_system<'a>(name: &'a str, systems: &mut Vec<&'a str>) {
    let name = name.trim_ascii();
    // Letters and digits in capitals, as many as the longest name has and one more.
    let mut plain = [0; "WINDOWS2000".len() + 1];
    let mut length = 0;
    for (to, byte) in plain.iter_mut().zip(name.bytes().filter(u8::is_ascii_alphanumeric)) {
        *to = byte.to_ascii_uppercase();
        length += 1;
    }
    let known = match &plain[..length] {
        b"WINDOWS" | b"WIN" => "Windows",
        b"WINNT" | b"WINDOWSNT" | b"NT" => "Windows NT",
        b"MSDOS" | b"DOS" => "MS-DOS",
        b"MACINTOSH" | b"MAC" => "Macintosh",
        b"OS2" | b"0S2" => "OS/2",
        b"WIN3X" => "Windows 3.x",
        b"WIN95" | b"WINDOWS95" => "Windows 95",
        b"WIN98" | b"WINDOWS98" => "Windows 98",
        b"WIN2000" | b"WINDOWS2000" => "Windows 2000",
        // A version or a part of the library that slipped into the column of systems.
        _ if name.starts_with(|c: char| c.is_ascii_digit()) || name.starts_with("mspl13_") => return,
        _ => name,
    };
    add(known, systems);
}

/// Adds `value` unless it is empty or there already.
fn add<'a>(value: &'a str, list: &mut Vec<&'a str>) {
    if !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}

/// Keywords are words; in the Programmer's Library they stand in `|` columns, and a support number is two words: `SR# S890731-118`.
fn split_keywords(value: &str) -> Vec<Cow<'_, str>> {
    let mut keywords: Vec<Cow<str>> = Vec::new();
    for word in value.split(['|', ' ', '\t']).filter(|word| !word.is_empty()) {
        match keywords.last_mut() {
            Some(last) if last == "SR#" => {
                let number = last.to_mut();
                number.push(' ');
                number.push_str(word);
            }
            _ => keywords.push(Cow::Borrowed(word)),
        }
    }
    keywords
}

fn kind(tag: &str) -> Option<Kind> {
    match tag {
        "kbprb" => Some(Kind::Problem),
        "kbbug" => Some(Kind::Bug),
        "kbinfo" => Some(Kind::Information),
        "kbhowto" => Some(Kind::HowTo),
        _ => None,
    }
}

fn fix(tag: &str) -> Option<FixStatus> {
    match tag {
        "kbfix" => Some(FixStatus::Fixed),
        "kbpending" => Some(FixStatus::UnderResearch),
        "kbnofix" => Some(FixStatus::WillNotFix),
        _ => None,
    }
}

/// `08-AUG-2001` → the date; `None` where it is none.
fn date(value: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let mut parts = value.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    Date::new(year.parse().ok()?, month as i8 + 1, day.parse().ok()?).ok()
}

/// The query words, of the paragraph of that name or of its older form at the end of the body.
fn query_words(text: &str, segments: &Segments) -> Strings {
    let mut paragraph = lines(text, segments.query_words, segments.tabbed).texts();
    if let Some(first) = paragraph.next() {
        let first = first.split_once(':').map_or("", |(_, words)| words);
        return std::iter::once(first).chain(paragraph).flat_map(str::split_ascii_whitespace).collect();
    }
    let mut end = lines(text, segments.body, segments.tabbed);
    let found = (0..OLD_TRAILER_LINES).any(|_| end.next_back().is_some_and(|line| text[line].starts_with(REFERENCE_WORDS)));
    if !found {
        return Strings::default();
    }
    let old = lines(text, Span::new(end.end()..segments.body.range().end), segments.tabbed).texts();
    let is_more = |(index, line): &(usize, &str)| *index == 0 || !(line.is_empty() || line.starts_with("KB"));
    let old = old.enumerate().take_while(is_more).map(|(_, line)| line.strip_prefix(REFERENCE_WORDS).unwrap_or(line));
    old.flat_map(str::split_ascii_whitespace).collect()
}
