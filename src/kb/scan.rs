//! The lines of a body, each with what one pass over its bytes can tell. Every line of every text comes by here: blocks of bytes that hold
//! nothing of interest are passed over as a whole.

use crate::source::Span;

/// A line with what one pass over its bytes can tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Where it begins in the source, after the archive's tab.
    pub(super) line: u32,
    /// The first byte of its text: after the indent, and after the marker where it begins an item.
    pub(super) start: u32,
    /// One past its last byte that is not blank; `start` where it is blank.
    pub(super) end: u32,
    /// The column of its text, from 0; a tab goes to the next multiple of 8.
    pub(super) indent: u16,
    /// Runs of blanks in the text that do not follow the end of a sentence or a clause.
    pub(super) gaps: u8,
    /// Whether there is a tab or a run of three or more blanks in the text.
    pub(super) wide: bool,
    /// How many columns wider than its bytes the text was for the program that wrapped it.
    pub(super) extra: i32,
}

impl Line {
    /// The blank line that begins at the byte `at`.
    fn blank(at: usize) -> Self {
        let at = at as u32;
        Self { line: at, start: at, end: at, indent: 0, gaps: 0, wide: false, extra: 0 }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.start == self.end
    }

    /// The text, without indent and marker.
    pub(super) fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.start as usize..self.end as usize]
    }

    /// The same as bytes.
    pub(super) fn bytes<'a>(&self, source: &'a str) -> &'a [u8] {
        &source.as_bytes()[self.start as usize..self.end as usize]
    }

    /// The columns up to the end of the text.
    pub(super) fn width(&self, as_entities: bool) -> i32 {
        let extra = if as_entities || self.extra < 0 { self.extra } else { 0 };
        i32::from(self.indent) + (self.end - self.start) as i32 + extra
    }

    /// The same line with its text beginning at the byte `start` and the column `indent`, after a marker.
    pub(super) fn from(&self, source: &str, start: u32, indent: u16) -> Self {
        if self.gaps > 0 || self.wide {
            // Some of that may have been the blanks after the marker.
            return measure(&source.as_bytes()[..self.end as usize], self.line as usize, start as usize, indent);
        }
        Self { start, indent, ..*self }
    }
}

/// The lines of `span`, blank ones included; where `tabbed`, one tab at the start of each is not part of it.
pub(super) fn scan(text: &str, span: Span, tabbed: bool) -> Vec<Line> {
    let bytes = &text.as_bytes()[..span.range().end];
    let mut scanned = Vec::with_capacity(span.range().len() / 32 + 8);
    let mut at = span.range().start;
    while at < bytes.len() {
        at += usize::from(tabbed && bytes[at] == b'\t');
        let mut indent = 0u16;
        let mut start = at;
        for byte in &bytes[at..] {
            match byte {
                b' ' => indent = indent.saturating_add(1),
                b'\t' => indent = (indent & !7).saturating_add(8),
                _ => break,
            }
            start += 1;
        }
        let mut line = Line::blank(at);
        at = start;
        if bytes.get(start).is_some_and(|b| *b != b'\n') {
            let measured = measure(bytes, line.line as usize, start, indent);
            if !measured.is_blank() {
                line = measured;
                at = line.end as usize;
            }
        }
        scanned.push(line);
        while bytes.get(at).is_some_and(|b| *b != b'\n') {
            at += 1;
        }
        at += 1;
    }
    scanned
}

/// The line that begins at the byte `line` and whose text begins at `start`; its text ends at the next line break or with `bytes`,
/// without the blanks there.
fn measure(bytes: &[u8], line: usize, start: usize, indent: u16) -> Line {
    let (mut gaps, mut wide, mut extra) = (0u8, false, 0i32);
    let mut at = start;
    'line: while at < bytes.len() {
        if let Some(block) = bytes[at..].first_chunk()
            && is_plain(block)
        {
            at += BLOCK;
            continue;
        }
        let stop = (at + BLOCK).min(bytes.len());
        while at < stop {
            let byte = bytes[at];
            // Most blanks stand between two words.
            if IS_PLAIN[usize::from(byte)] || byte == b' ' && bytes.get(at + 1).is_some_and(|next| *next > b' ') {
                at += 1;
                continue;
            }
            if byte > b' ' {
                extra += match byte {
                    b'<' | b'>' => 3,
                    b'&' => 4,
                    0x80..=0xBF => -1,
                    _ => 0,
                };
                at += 1;
                continue;
            }
            let blanks = bytes[at..].iter().take_while(|b| **b <= b' ' && **b != b'\n').count();
            if bytes.get(at + blanks).is_none_or(|b| *b == b'\n') {
                break 'line;
            }
            let mut last = if at > start { bytes[at - 1] } else { b' ' };
            for run in bytes[at..at + blanks].chunk_by(|a, b| a == b) {
                let ends_clause: &[u8] = match run.len() {
                    2 => b".?!:;,)\"'>",
                    3 => b".?!:",
                    _ => b"",
                };
                if run[0] == b' ' && run.len() > 1 && !ends_clause.contains(&last) {
                    gaps = gaps.saturating_add(1);
                    wide |= run.len() >= 3;
                }
                wide |= run[0] == b'\t';
                last = run[0];
            }
            at += blanks;
        }
    }
    Line { line: line as u32, start: start as u32, end: at as u32, indent, gaps, wide, extra }
}

/// How many bytes [`is_plain`] looks at.
const BLOCK: usize = 16;

/// Whether nothing that [`measure`] looks for begins in a block, the last byte being that after it; it may say no too often. Signed and
/// without a branch, the loop becomes a few vector instructions.
fn is_plain(block: &[u8; BLOCK + 1]) -> bool {
    let mut special = false;
    for at in 0..BLOCK {
        let (byte, next) = (block[at], block[at + 1]);
        let is_low = ((byte as i8) < 0x20) | (((byte as i8) <= 0x20) & ((next as i8) <= 0x20));
        special |= is_low | (byte & !2 == b'<') | (byte == b'&');
    }
    !special
}

/// The bytes that [`measure`] may pass over.
const IS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte < 0x80 {
        table[byte as usize] = !matches!(byte, b'<' | b'>' | b'&');
        byte += 1;
    }
    table
};
