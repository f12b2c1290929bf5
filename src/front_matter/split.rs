//! A file's text → its front matter and its body. Line ends may be LF, CRLF or CR, also mixed; a byte order mark is skipped.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

/// The parts of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The YAML between the `---` lines; empty where nothing is between them, `None` where there is no front matter.
    pub yaml: Option<Range<usize>>,
    /// Everything after it, or after the byte order mark.
    pub body: Range<usize>,
}

/// Finds the front matter of `text`, the file at `path`.
///
/// It begins if the first line is `---` (blanks may follow) and ends at the next such line, or at `...`. A `---` anywhere else belongs
/// to the body. Where the end is missing, all that follows the first line is body.
pub fn split(path: &Arc<str>, text: &str) -> (Split, Vec<Diagnostic>) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let first = Line::at(text, start);
    match &text[first.content.clone()] {
        line if is_fence(line, "---") => {
            let mut at = first.next;
            while at < text.len() {
                let line = Line::at(text, at);
                if is_fence(&text[line.content.clone()], "---") || is_fence(&text[line.content.clone()], "...") {
                    return (Split { yaml: Some(first.next..at), body: line.next..text.len() }, Vec::new());
                }
                at = line.next;
            }
            let problem = Diagnostic::error(code::FRONT_MATTER_UNTERMINATED, "the front matter has no end")
                .at(path, Span::new(first.content))
                .help("close it with a line `---`; if this is a rule in the text, put an empty line above it");
            (Split { yaml: None, body: first.next..text.len() }, vec![problem])
        }
        line if is_fence(line, "+++") => {
            let problem =
                Diagnostic::error(code::FRONT_MATTER_NOT_YAML, "front matter between `+++` lines is TOML; kbpress reads YAML")
                    .at(path, Span::new(first.content))
                    .help("write `---` for `+++`, and `key: value` for `key = value`");
            (Split { yaml: None, body: after_toml(text, first.next)..text.len() }, vec![problem])
        }
        _ => (Split { yaml: None, body: start..text.len() }, late_front_matter(path, text, &first).into_iter().collect()),
    }
}

/// A line: its text, and where the next one begins.
struct Line {
    content: Range<usize>,
    next: usize,
}

impl Line {
    fn at(text: &str, start: usize) -> Self {
        let bytes = &text.as_bytes()[start..];
        let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) else { return Self { content: start..text.len(), next: text.len() } };
        let width = if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        Self { content: start..start + end, next: start + end + width }
    }
}

fn is_fence(line: &str, fence: &str) -> bool {
    line.strip_prefix(fence).is_some_and(|rest| rest.bytes().all(|b| b == b' ' || b == b'\t'))
}

/// Where the body begins in a file with TOML front matter.
fn after_toml(text: &str, mut at: usize) -> usize {
    let start = at;
    while at < text.len() {
        let line = Line::at(text, at);
        at = line.next;
        if is_fence(&text[line.content], "+++") {
            return at;
        }
    }
    start
}

/// Front matter below empty lines, which would be shown as text: a `---`, lines of `key:`, and a `---`.
fn late_front_matter(path: &Arc<str>, text: &str, first: &Line) -> Option<Diagnostic> {
    if !text[first.content.clone()].trim().is_empty() {
        return None;
    }
    let mut at = first.next;
    let fence = loop {
        let line = Line::at(text, at);
        if !text[line.content.clone()].trim().is_empty() {
            break line;
        }
        if line.next >= text.len() {
            return None;
        }
        at = line.next;
    };
    if !is_fence(text[fence.content.clone()].trim_start(), "---") {
        return None;
    }
    let key = Line::at(text, fence.next);
    let (word, _) = text[key.content].split_once(':')?;
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return None;
    }
    let mut at = key.next;
    while at < text.len() {
        let line = Line::at(text, at);
        if is_fence(&text[line.content.clone()], "---") {
            let problem = Diagnostic::error(code::FRONT_MATTER_NOT_FIRST, "the front matter does not begin in the first line");
            return Some(problem.at(path, Span::new(fence.content)).help("remove the empty lines above it"));
        }
        at = line.next;
    }
    None
}
