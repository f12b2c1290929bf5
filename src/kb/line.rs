//! A stretch of source text → its lines, without the tab that the archive puts before each, and without blanks at the end.

use std::ops::Range;

use crate::source::Span;

/// The lines of a stretch of text, from either end.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    text: &'a str,
    rest: Range<usize>,
    tabbed: bool,
}

/// The lines of `span`; where `tabbed`, one tab at the start of each is not part of it.
pub(super) fn lines(text: &str, span: Span, tabbed: bool) -> Lines<'_> {
    Lines { text, rest: span.range(), tabbed }
}

impl<'a> Lines<'a> {
    /// The bytes of the source that the line between `start` and `end` keeps, its end without blanks.
    fn trim(&self, start: usize, end: usize) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let start = start + usize::from(self.tabbed && start < end && bytes[start] == b'\t');
        let mut end = end;
        while end > start && bytes[end - 1] <= b' ' {
            end -= 1;
        }
        start..end
    }

    /// Where the first line not yet taken begins, its tab included.
    pub(super) fn start(&self) -> usize {
        self.rest.start
    }

    /// One past the last byte not yet taken.
    pub(super) fn end(&self) -> usize {
        self.rest.end
    }

    /// The same lines as text.
    pub(super) fn texts(self) -> impl DoubleEndedIterator<Item = &'a str> {
        let text = self.text;
        self.map(move |range| &text[range])
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest.start;
        let found = memchr::memchr(b'\n', &self.text.as_bytes()[self.rest.clone()]);
        let end = found.map_or(self.rest.end, |i| start + i);
        self.rest.start = (end + 1).min(self.rest.end);
        Some(self.trim(start, end))
    }
}

impl DoubleEndedIterator for Lines<'_> {
    fn next_back(&mut self) -> Option<Range<usize>> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.text.as_bytes();
        let last = self.rest.end - 1;
        let end = if bytes[last] == b'\n' { last } else { self.rest.end };
        let start = memchr::memrchr(b'\n', &bytes[self.rest.start..end]).map_or(self.rest.start, |i| self.rest.start + i + 1);
        self.rest.end = start;
        Some(self.trim(start, end))
    }
}

/// Whether `line` is nothing but `byte`, at least `least` times.
pub(super) fn is_rule(line: &str, byte: u8, least: usize) -> bool {
    // The first byte tells nearly all lines; without another early exit the compiler makes vector instructions of the rest.
    line.len() >= least && line.bytes().next().is_none_or(|b| b == byte) && line.bytes().fold(true, |all, b| all & (b == byte))
}

/// What stands before the first colon of `line` and what after it.
pub(super) fn label_and_value(line: &str) -> Option<(&str, &str)> {
    let colon = line.bytes().position(|b| b == b':')?;
    Some((&line[..colon], &line[colon + 1..]))
}
