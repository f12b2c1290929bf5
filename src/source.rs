//! Source text and positions in it. A position is a byte span into the file as it was read, so that every later stage can point at
//! the exact place; lines and columns are computed only when a diagnostic is printed. Nothing here reads the disk.

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

/// Where the byte `offset` of `text` is; an offset past the end is the end, one inside a character is its first byte.
pub fn line_column(text: &str, offset: usize) -> LineColumn {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |i| i + 1);
    LineColumn { line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1, column: before[line_start..].chars().count() + 1 }
}
