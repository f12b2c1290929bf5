//! Lines of a body → what sort of block they make. The archive's text was wrapped by a program, at a width that counted `<`, `>` and `&`
//! as their HTML entities: where some one width explains every break of a stanza, the breaks mean nothing.

use super::code;
use super::statement::begins_with_statement;
use crate::event::PreKind;
use crate::source::Span;

/// The narrowest width, in columns, that text was wrapped at.
const NARROWEST: i32 = 60;

/// The widest that people wrapped text at.
const WIDEST: i32 = 100;

/// How many lines of a stanza are read to tell whether they are sentences.
const SAMPLE: usize = 4;

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
    extra: i32,
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
    fn width(&self, as_entities: bool) -> i32 {
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

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Sentences; the breaks between lines mean nothing.
    Prose,
    /// Sentences; only the breaks that leave room for the next word mean something.
    Broken,
    /// One line that is no sentence.
    Short,
    /// Lines that end where they should.
    Lines,
    /// A line that is a rule.
    Rule,
    /// Everything stands as written.
    Pre(PreKind),
}

/// The shape of the single line `line`, which stands `inset` columns in from its container.
pub(super) fn shape_of_line(text: &str, line: &Line, inset: u16) -> Shape {
    let content = line.bytes(text);
    if is_rule(content) {
        let is_plain = content.len() >= 5 && content.iter().all(|b| *b == content[0]) && content[0] != b'|';
        return if is_plain { Shape::Rule } else { Shape::Pre(PreKind::Text) };
    }
    let sentence = is_sentence(text, std::slice::from_ref(line));
    if line.wide && !sentence || line.gaps >= 2 {
        return Shape::Pre(code::kind(text, std::slice::from_ref(line)));
    }
    if is_citation(content) {
        return Shape::Short;
    }
    if sentence && !is_comment(content) {
        return Shape::Prose;
    }
    let score = code::score(content);
    if score >= 2 && !sentence || score >= 1 && inset >= 3 {
        return Shape::Pre(PreKind::Code);
    }
    if sentence { Shape::Prose } else { Shape::Short }
}

/// The shape of two or more lines that all have the same indent; `at_margin` where that is the one of their container.
pub(super) fn shape_of_lines(text: &str, lines: &[Line], at_margin: bool) -> Shape {
    let mut gapped = 0;
    for line in lines {
        if line.wide || is_rule(line.bytes(text)) {
            return Shape::Pre(code::kind(text, lines));
        }
        gapped += usize::from(line.gaps > 0);
    }
    if gapped > lines.len() / 6 {
        return Shape::Pre(code::kind(text, lines));
    }
    let sentence = is_sentence(text, lines);
    let wrap = Wrap::of(text, lines);
    if wrap.explains_all() && !looks_like_listing(text, lines) {
        let is_list = is_citation(lines[0].bytes(text)) && lines[1..].iter().any(|line| is_citation(line.bytes(text)));
        if is_list || lines.iter().any(|line| is_address(line.bytes(text))) {
            return Shape::Lines;
        }
        if sentence {
            return Shape::Prose;
        }
        if at_margin && lines.len() >= 3 && wrap.most >= 70 && code::kind(text, lines) != PreKind::Code {
            return Shape::Prose;
        }
    }
    match code::kind(text, lines) {
        PreKind::Text if sentence && wrap.is_plausible(text, lines) => Shape::Broken,
        PreKind::Text => Shape::Lines,
        kind => Shape::Pre(kind),
    }
}

/// The shape of lines of which the first has another indent than the rest, as in an item of a list or a hanging paragraph; `None`
/// where they are not text.
pub(super) fn shape_of_hanging(text: &str, lines: &[Line]) -> Option<Shape> {
    if lines.iter().any(|line| line.wide || is_rule(line.bytes(text))) {
        return None;
    }
    let wrap = Wrap::of(text, lines);
    if lines.iter().any(|line| is_address(line.bytes(text))) {
        return Some(Shape::Lines);
    }
    if looks_like_listing(text, lines) && code::kind(text, lines) == PreKind::Code {
        return None;
    }
    if wrap.explains_all() {
        return Some(Shape::Prose);
    }
    let sentence = is_sentence(text, lines);
    Some(if sentence && wrap.is_plausible(text, lines) { Shape::Broken } else { Shape::Lines })
}

/// Between which widths the text was wrapped, if it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrap {
    /// Whether `<`, `>` and `&` count as the entities that the archive's program made of them; people count them as they are.
    as_entities: bool,
    /// No line is wider than this.
    pub(super) least: i32,
    /// At every break the next word would have gone past this.
    most: i32,
}

impl Wrap {
    pub(super) fn of(text: &str, lines: &[Line]) -> Self {
        let wrap = Self::counted(text, lines, true);
        if wrap.explains_all() || lines.iter().all(|line| line.extra <= 0) {
            return wrap;
        }
        Self::counted(text, lines, false)
    }

    fn counted(text: &str, lines: &[Line], as_entities: bool) -> Self {
        // The first line of a paragraph was allowed one column more.
        let least = lines.first().map_or(0, |line| line.width(as_entities) - 1);
        let mut wrap = Self { as_entities, least, most: i32::MAX };
        for pair in lines.windows(2) {
            wrap.least = wrap.least.max(pair[1].width(as_entities));
            wrap.most = wrap.most.min(wrap.width_with_next_word(text, &pair[0], &pair[1]));
        }
        wrap
    }

    /// Whether one width explains every break.
    fn explains_all(&self) -> bool {
        self.most >= self.least && self.most >= NARROWEST
    }

    /// Whether lines of sentences that no one width explains may still be wrapped text with breaks between.
    fn is_plausible(&self, text: &str, lines: &[Line]) -> bool {
        (NARROWEST..=WIDEST).contains(&self.least)
            || self.least >= 40 && lines.windows(2).all(|pair| is_mid_sentence(text, &pair[0], &pair[1]))
    }

    /// Whether the break between `line` and `next` means nothing: the first word of `next` was too long for the rest of the line, or
    /// the sentence goes on.
    pub(super) fn explains(&self, text: &str, line: &Line, next: &Line) -> bool {
        self.width_with_next_word(text, line, next) >= self.least || is_mid_sentence(text, line, next)
    }

    fn width_with_next_word(&self, text: &str, line: &Line, next: &Line) -> i32 {
        let mut word = 0;
        for byte in next.bytes(text) {
            word += match byte {
                b' ' | b'\t' => break,
                b'<' | b'>' if self.as_entities => 4,
                b'&' if self.as_entities => 5,
                0x80..=0xBF => 0,
                _ => 1,
            };
        }
        line.width(self.as_entities) + 1 + word
    }
}

/// Whether `lines` read like sentences: four words or more, most of them in plain letters, perhaps in brackets or quotes or before
/// punctuation.
pub(super) fn is_sentence(text: &str, lines: &[Line]) -> bool {
    // How many words ended as what, by `Word`; blanks that follow blanks end nothing.
    let mut ended = [0usize; 5];
    for line in lines.iter().take(SAMPLE) {
        let mut state = Word::None;
        for &byte in line.bytes(text) {
            let next = NEXT[state as usize][usize::from(byte)];
            // Nothing but a blank ends a word.
            if next == Word::None {
                let end = if byte == b'\t' && state == Word::None { Word::Other } else { state };
                ended[end as usize] += 1;
            }
            state = next;
        }
        ended[state as usize] += 1;
    }
    let all: usize = ended[Word::Opened as usize..].iter().sum();
    let plain = ended[Word::Letters as usize] + ended[Word::Closed as usize];
    all >= 4 && plain * 5 >= all * 3
}

/// Whether a sentence goes on from `line` to `next`, by the small letters on either side of the break.
fn is_mid_sentence(text: &str, line: &Line, next: &Line) -> bool {
    let goes_on = matches!(line.bytes(text).last(), Some(b'a'..=b'z' | b',' | b')' | b'-'));
    let mut first = next.bytes(text).iter();
    goes_on && first.next().is_some_and(u8::is_ascii_lowercase) && first.next().is_none_or(|b| b.is_ascii_lowercase() || *b == b' ')
}

/// How much of a word has been read, and what it is so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    Opened,
    Letters,
    Closed,
    Other,
}

/// What a word becomes with a byte more, by [`Word`] and byte.
const NEXT: [[Word; 256]; 5] = {
    use Word::{Closed as C, Letters as L, None as N, Opened as P, Other as O};
    let mut table = [[O; 256]; 5];
    let mut byte = 0;
    while byte < 256 {
        // Begun, opened, in letters, closed, other.
        let column = match byte as u8 {
            b' ' | b'\t' => [N, N, N, N, N],
            b'a'..=b'z' => [L, L, L, O, O],
            b'A'..=b'Z' => [L, L, O, O, O],
            b'-' => [O, O, L, O, O],
            b'\'' => [P, O, L, C, O],
            b'(' => [P, O, O, O, O],
            b'"' => [P, O, C, C, O],
            b'.' | b',' | b';' | b':' | b'?' | b'!' | b')' => [O, O, C, C, O],
            _ => [O, O, O, O, O],
        };
        let mut state = 0;
        while state < 5 {
            table[state][byte] = column[state];
            state += 1;
        }
        byte += 1;
    }
    table
};

/// Whether `line` only divides: three or more of the signs that rules and the frames of tables are drawn with.
pub(super) fn is_rule(line: &[u8]) -> bool {
    line.len() >= 3 && line.iter().all(|b| matches!(b, b'-' | b'=' | b'_' | b'*' | b'+' | b'|' | b'~' | b' '))
}

/// Whether comments or the ends of statements show that wrapped lines are a listing after all.
fn looks_like_listing(text: &str, lines: &[Line]) -> bool {
    let (mut comments, mut statements) = (0, 0);
    for line in lines {
        let content = line.bytes(text);
        let (Some(first), Some(last)) = (content.first(), content.last()) else { continue };
        match last {
            b'{' | b'}' => return true,
            b'_' if content.ends_with(b" _") => return true,
            b'/' if content.ends_with(b"*/") => return true,
            b';' | b')' => statements += usize::from(!is_sentence(text, std::slice::from_ref(line))),
            _ => {}
        }
        comments += usize::from(matches!(first, b'|' | b'>' | b'#') || is_comment(content));
    }
    let all_begin = || lines.iter().all(|line| begins_with_statement(line.bytes(text)));
    comments >= 2 || comments == 1 && statements > 0 || all_begin() || statements > 0 && code::kind(text, lines) == PreKind::Code
}

/// Whether `content` begins like the comment of a programming language.
pub(super) fn is_comment(content: &[u8]) -> bool {
    match content.first() {
        Some(b'\'') => code::score(content) >= 2,
        Some(b';') => true,
        Some(b'/') => matches!(content.get(1), Some(b'/' | b'*')),
        Some(b'*') => matches!(content.get(1), Some(b' ' | b'*' | b'/' | b'-') | None),
        Some(b'R') => content.starts_with(b"REM "),
        _ => false,
    }
}

/// Whether `content` is one address and nothing else.
fn is_address(content: &[u8]) -> bool {
    if !matches!(content.first(), Some(b'(' | b'<' | b'h' | b'f')) {
        return false;
    }
    let opening = content.iter().take_while(|b| matches!(b, b'(' | b'<')).count();
    let content = &content[opening..];
    (content.starts_with(b"http") || content.starts_with(b"ftp:"))
        && !content.contains(&b' ')
        && content.windows(3).any(|signs| signs == b"://")
}

/// Whether `content` begins with the number of an article, or is an address.
pub(super) fn is_citation(content: &[u8]) -> bool {
    let is_number = content.len() > 5 && content[0] == b'Q' && content[1..6].iter().all(u8::is_ascii_digit);
    is_number || is_address(content)
}
