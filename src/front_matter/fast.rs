//! The front matter of nearly every article, read without the YAML library: a few `key: value` lines whose values mean the same to any
//! reader of YAML. Whatever is not surely so is left to the library; a test compares the two.

use std::ops::Range;

use super::FrontMatter;
use crate::source::{Located, Span};

/// Reads the block, or `None` if it is not of the simple sort.
pub(super) fn parse(text: &str, yaml: Range<usize>) -> Option<FrontMatter> {
    let mut front = FrontMatter::default();
    let mut has_layout = false;
    let mut at = yaml.start;
    while at < yaml.end {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..yaml.end]).map_or(yaml.end, |i| at + i);
        let line = &text[at..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (key, value) = line.split_once(": ")?;
        let (start, value) = scalar(value)?;
        let start = at + key.len() + 2 + start;
        let located = || Some(Located::new(Box::from(value), Span::new(start..start + value.len())));
        match key {
            "layout" if value == "page" && !has_layout => has_layout = true,
            "title" if front.title.is_none() => front.title = located(),
            "permalink" if front.permalink.is_none() => front.permalink = located(),
            _ => return None,
        }
        at = end + 1;
    }
    Some(front)
}

/// The text of a value and where it begins in it: printable ASCII in double quotes without escapes, or a plain word or path.
fn scalar(value: &str) -> Option<(usize, &str)> {
    if let Some(inner) = value.strip_prefix('"') {
        let inner = inner.strip_suffix('"')?;
        let simple = inner.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
        return simple.then_some((1, inner));
    }
    let first = value.bytes().next()?;
    let simple = (first == b'/' || first.is_ascii_alphabetic())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    (simple && !is_reserved(value)).then_some((0, value))
}

/// Plain words that YAML readers take for something else than text.
fn is_reserved(word: &str) -> bool {
    const RESERVED: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}
