//! Lines of a body → what sort of block they make. The archive's text was wrapped by a program, at a width that counted `<`, `>` and `&`
//! as their HTML entities: where some one width explains every break of a stanza, the breaks mean nothing.

use super::code;
use super::scan::Line;
use super::statement::begins_with_statement;
use super::words::is_sentence;
use crate::event::PreKind;

/// The narrowest width, in columns, that text was wrapped at.
const NARROWEST: i32 = 60;

/// The widest that people wrapped text at.
const WIDEST: i32 = 100;

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

/// Whether a sentence goes on from `line` to `next`, by the small letters on either side of the break.
fn is_mid_sentence(text: &str, line: &Line, next: &Line) -> bool {
    let goes_on = matches!(line.bytes(text).last(), Some(b'a'..=b'z' | b',' | b')' | b'-'));
    let mut first = next.bytes(text).iter();
    goes_on && first.next().is_some_and(u8::is_ascii_lowercase) && first.next().is_none_or(|b| b.is_ascii_lowercase() || *b == b' ')
}

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
