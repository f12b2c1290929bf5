//! Source text and positions in it. A position is a byte span into the file as it was read, so that every later stage can point at
//! the exact place; lines and columns are computed only when a diagnostic is printed. Nothing here reads the disk.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::Text;

/// A half-open range of bytes in one source file, from the first byte of the file (front matter included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// A span over `range`; files are limited to 4 GiB by the loader, so offsets fit.
    pub fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    /// The span as a range that can index the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value that a person wrote, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file that it comes from.
    pub span: Span,
}

impl<T> Located<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One text file of the site, as read: an article, `site.toml` or a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as the user knows it, from the site's root, with `/` between parts: `content/kb/164/Q164177/README.md`.
    pub path: String,
    /// The whole text, valid UTF-8, line ends as written.
    pub text: Text,
}

/// A line and a column, both counted from 1; the column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// Where the byte `offset` of `text` is; an offset past the end is the end, one inside a character is its first byte. A line ends with LF,
/// CRLF or, as on old Macintoshes, CR.
pub fn line_column(text: &str, offset: usize) -> LineColumn {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let (mut line, mut start) = (1, 0);
    for end in memchr::memchr2_iter(b'\n', b'\r', before.as_bytes()).filter(|at| is_line_end(text, *at)) {
        line += 1;
        start = end + 1;
    }
    LineColumn { line, column: before[start..].chars().count() + 1 }
}

/// Whether the line feed or carriage return at `at` is the last byte of its line.
fn is_line_end(text: &str, at: usize) -> bool {
    text.as_bytes()[at] == b'\n' || text.as_bytes().get(at + 1) != Some(&b'\n')
}

/// The same text, byte for byte, with a line feed for each carriage return that ends a line alone: for those who know no other end.
pub fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let is_alone = |at: &usize| is_line_end(text, *at);
    let mut alone = memchr::memchr_iter(b'\r', text.as_bytes()).filter(is_alone).peekable();
    if alone.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in alone {
        out.push_str(&text[done..at]);
        out.push('\n');
        done = at + 1;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_any_system() {
        let at = |text: &str, what: &str| {
            let place = line_column(text, text.find(what).unwrap());
            (place.line, place.column)
        };
        for text in ["a\nb\n\ncä d", "a\r\nb\r\n\r\ncä d", "a\rb\r\rcä d", "a\rb\n\rcä d"] {
            assert_eq!((at(text, "a"), at(text, "b"), at(text, "d")), ((1, 1), (2, 1), (4, 4)), "{text:?}");
        }
        assert_eq!(with_line_feeds("a\rb\r\nc\r"), "a\nb\r\nc\n");
    }
}
