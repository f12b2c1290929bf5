//! Text into search terms. `static/search/tokenize.js` is its bit-identical twin; `tests/vectors/tokens.json` holds both to it.
//!
//! A *chunk* is a run of letters, digits and `_` with single `.`, `-` or `'` inside. One chunk becomes one term or, where readers
//! write the same thing in several ways, several: the whole, its parts, and aliases.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How a term relates to the chunk that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The chunk is this one term.
    Word,
    /// The chunk as a whole; its parts follow.
    Whole,
    /// A part of the whole before it.
    Part,
    /// Another spelling of the term before it: `0x1e` and `1e`.
    Alias,
    /// A number with the words before it: `event:2410`, `error:53`, `sp3`.
    Pair,
}

/// The longest term, in characters.
pub const MAX_TERM: usize = 40;

/// English words that are indexed for titles only and left out of a query that has other words.
pub const STOP_WORDS: [&str; 46] = [
    "a", "about", "after", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does", "for",
    "from", "has", "have", "how", "if", "in", "into", "is", "it", "its", "may", "of", "on", "or", "that", "the", "then", "there",
    "this", "to", "was", "when", "which", "will", "with", "you", "your", "not",
];

/// Calls `emit(kind, term, position)` for each term of a text, in order. The position counts the chunks from 0.
pub fn tokenize(text: &str, emit: impl FnMut(Kind, &[u8], u32)) {
    let folded = fold(text);
    Scanner { text: &folded, bytes: folded.as_bytes(), position: 0, pair: Pair::None, emit }.scan();
}

/// Without diacritics and compatibility forms, other scripts than ASCII in lower case. ASCII keeps its case.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let marks_off = text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let lower = marks_off.flat_map(|c| {
        let c = if c == '\u{2019}' { '\'' } else { c };
        let ascii = c.is_ascii().then_some(c);
        ascii.into_iter().chain(c.to_lowercase().filter(move |_| !c.is_ascii()))
    });
    Cow::Owned(lower.nfc().collect())
}

/// The words before a number that make a pair with it.
#[derive(Clone, Copy, PartialEq)]
enum Pair {
    None,
    Event,
    Error,
    Service,
    ServicePack,
    ServiceRelease,
}

struct Scanner<'t, F> {
    text: &'t str,
    bytes: &'t [u8],
    position: u32,
    pair: Pair,
    emit: F,
}

/// What a byte is to the quick way through a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    /// Ends a word whatever follows.
    End,
    /// `+` and `#`, which may belong to letters before them.
    Suffix,
    /// Binds two words into one chunk.
    Connector,
    /// May bind two short words into one name.
    Joiner,
    /// Not ASCII, or `_`.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 0x80 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Other,
            b'+' | b'#' => Class::Suffix,
            b'.' | b'-' | b'\'' => Class::Connector,
            b'/' | b':' | b'&' => Class::Joiner,
            _ => Class::End,
        };
        byte += 1;
    }
    table
};

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric() || is_combining_mark(c)
}

/// Scripts that are written without spaces between words; their text is indexed as pairs of characters.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_connector(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'\'')
}

fn is_joiner(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'/' | b':' | b'&' | b'\\'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A term or part that means something by itself: two characters, or a digit.
fn is_part(text: &str) -> bool {
    is_digits(text) || text.chars().nth(1).is_some()
}

impl<F: FnMut(Kind, &[u8], u32)> Scanner<'_, F> {
    fn scan(mut self) {
        let mut at = 0;
        while let Some(&byte) = self.bytes.get(at) {
            at = match CLASSES[usize::from(byte)] {
                Class::Lower | Class::Upper | Class::Digit => self.plain(at).unwrap_or_else(|| self.any(at)),
                Class::Other => self.any(at),
                Class::End | Class::Suffix | Class::Connector | Class::Joiner => at + 1,
            }
        }
    }

    /// Whatever begins at `at`; returns where to go on.
    fn any(&mut self, at: usize) -> usize {
        let end = self.chunk(at);
        if end == at { at + self.text[at..].chars().next().map_or(1, char::len_utf8) } else { self.run(at, end) }
    }

    /// The quick way through an ordinary word of ASCII letters or a short number; `None` where there is anything to decide.
    fn plain(&mut self, start: usize) -> Option<usize> {
        let mut term = [0; MAX_TERM];
        let (mut letters, mut digits, mut inner_upper, mut any_lower) = (false, false, false, false);
        let mut end = start;
        let after = loop {
            let Some(&byte) = self.bytes.get(end) else { break Class::End };
            match CLASSES[usize::from(byte)] {
                Class::Lower => any_lower = true,
                Class::Upper => inner_upper |= end > start,
                Class::Digit => digits = true,
                class => break class,
            }
            letters |= !byte.is_ascii_digit();
            *term.get_mut(end - start)? = byte | 0x20;
            end += 1;
        };
        let term = &term[..end - start];
        let stands_alone = match after {
            Class::End => true,
            Class::Suffix => digits,
            Class::Connector | Class::Joiner => self.word_len(end + 1) == 0,
            _ => false,
        };
        let has_parts = letters && digits || inner_upper && any_lower;
        // A long number may be hexadecimal, and `.NET` is not a net.
        if !stands_alone || has_parts || digits && term.len() > 7 || term == b"net" {
            return None;
        }
        self.emit(Kind::Word, term);
        self.pair_word(term);
        self.position += 1;
        Some(end)
    }

    /// The length of the word character at `at`, 0 where there is none.
    fn word_len(&self, at: usize) -> usize {
        match self.bytes.get(at) {
            None => 0,
            Some(byte) if byte.is_ascii() => usize::from(byte.is_ascii_alphanumeric() || *byte == b'_'),
            Some(_) => self.text[at..].chars().next().filter(|&c| is_word(c)).map_or(0, char::len_utf8),
        }
    }

    /// The end of the chunk at `at`.
    fn chunk(&self, mut at: usize) -> usize {
        loop {
            let length = self.word_len(at);
            if length > 0 {
                at += length;
            } else {
                return at;
            }
            if self.bytes.get(at).copied().is_some_and(is_connector) && self.word_len(at + 1) > 0 {
                at += 1;
            }
        }
    }

    fn emit(&mut self, kind: Kind, term: &[u8]) {
        let fits = term.len() <= MAX_TERM || term.iter().filter(|&&b| b & 0xc0 != 0x80).count() <= MAX_TERM;
        if fits && !term.is_empty() {
            (self.emit)(kind, term, self.position);
        }
    }

    /// One chunk, and what belongs to it on its right; returns where to go on.
    fn run(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let chunk = text[start..end].trim_matches(['_', '.', '-', '\'']);
        if chunk.is_empty() {
            return end;
        }
        if chunk.chars().any(is_unspaced) {
            self.pair = Pair::None;
            self.unspaced(chunk);
            return end;
        }
        let chunk = possessive_off(chunk);
        let letters = chunk.bytes().all(|b| b.is_ascii_alphabetic());
        let suffix = if letters { self.suffix(chunk, end) } else { "" };
        let dot_net = chunk.eq_ignore_ascii_case("net")
            && start > 0
            && self.bytes[start - 1] == b'.'
            && (start < 2 || !(self.bytes[start - 2].is_ascii_alphanumeric() || self.bytes[start - 2] >= 0x80));
        if dot_net || !suffix.is_empty() {
            self.pair = Pair::None;
            let whole = if dot_net { ".net".to_owned() } else { chunk.to_ascii_lowercase() + suffix };
            if chunk.len() <= 2 {
                self.emit(Kind::Word, whole.as_bytes());
            } else {
                self.emit(Kind::Whole, whole.as_bytes());
                self.emit(Kind::Part, chunk.to_ascii_lowercase().as_bytes());
            }
            self.position += 1;
            return end + suffix.len();
        }
        if let Some(next) = self.joined(start, end, chunk) {
            return next;
        }
        match chunk.contains('\'') {
            true => self.hyphened(&chunk.replace('\'', "")),
            false => self.hyphened(chunk),
        }
        end
    }

    /// `++` of C++, `#` of C#, `+` of Schedule+.
    fn suffix(&self, chunk: &str, end: usize) -> &'static str {
        match self.bytes.get(end) {
            Some(b'+') if self.bytes.get(end + 1) == Some(&b'+') => "++",
            Some(b'#') if chunk.len() <= 2 && self.word_len(end + 1) == 0 => "#",
            Some(b'+') if chunk.len() >= 5 && self.word_len(end + 1) == 0 => "+",
            _ => "",
        }
    }

    /// TCP/IP, OS/2, cc:Mail: two short words that are one name.
    fn joined(&mut self, start: usize, end: usize, left: &str) -> Option<usize> {
        let short = |text: &str| text.len() <= 4 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let before = start.checked_sub(1).and_then(|i| self.bytes.get(i));
        let opens = matches!(self.bytes.get(end), Some(b'/' | b':' | b'&')) && self.word_len(end + 1) > 0;
        if !opens || is_joiner(before) || left.len() != end - start || !short(left) || is_digits(left) {
            return None;
        }
        let close = self.chunk(end + 1);
        let text = self.text;
        let right = possessive_off(&text[end + 1..close]);
        if !short(right) || is_joiner(self.bytes.get(close)) || matches!(self.bytes.get(close), Some(b'+' | b'#')) {
            return None;
        }
        self.pair = Pair::None;
        let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
        self.emit(Kind::Whole, format!("{left}{right}").as_bytes());
        for part in [left, right] {
            if is_part(&part) {
                self.emit(Kind::Part, part.as_bytes());
            }
            self.position += 1;
        }
        Some(close)
    }

    /// E-mail: joined, and its parts. Ranges and versions (`1-2`, `4.0-based`) are separate words.
    fn hyphened(&mut self, chunk: &str) {
        if !chunk.contains('-') {
            self.dotted(chunk, Kind::Word);
            self.position += 1;
            return;
        }
        self.pair = Pair::None;
        let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let separate = chunk.split('-').all(numeric) || chunk.split('-').next().is_some_and(is_version);
        if separate {
            for part in chunk.split('-') {
                self.dotted(part, Kind::Word);
                self.position += 1;
            }
            return;
        }
        self.emit(Kind::Whole, chunk.replace('-', "").to_ascii_lowercase().as_bytes());
        for part in chunk.split('-') {
            self.dotted(part, Kind::Part);
        }
        self.position += 1;
    }

    /// File and host names: whole and parts; a version or address stays whole.
    fn dotted(&mut self, chunk: &str, kind: Kind) {
        if !chunk.contains('.') {
            self.atom(chunk, kind);
            return;
        }
        self.pair = Pair::None;
        if is_version(chunk) {
            self.emit(kind, chunk.to_ascii_lowercase().as_bytes());
            return;
        }
        self.emit(whole(kind), chunk.to_ascii_lowercase().as_bytes());
        for part in chunk.split('.') {
            self.atom(part, Kind::Part);
        }
    }

    /// A chunk without connectors: hexadecimal numbers, identifiers, words.
    fn atom(&mut self, atom: &str, kind: Kind) {
        if kind == Kind::Part && !is_part(atom) {
            return;
        }
        let lower = atom.to_ascii_lowercase();
        if let Some(digits) = lower.strip_prefix("0x").filter(|digits| is_hex(digits) && digits.len() <= 16) {
            self.pair = Pair::None;
            let digits = zeros_off(digits);
            self.emit(kind, format!("0x{digits}").as_bytes());
            if digits.len() >= 5 || digits.len() >= 2 && !is_digits(digits) {
                self.emit(Kind::Alias, digits.as_bytes());
            }
            return;
        }
        if lower.len() == 8 && is_hex(&lower) && lower.bytes().any(|b| b.is_ascii_digit()) {
            self.pair = Pair::None;
            self.emit(kind, lower.as_bytes());
            self.emit(Kind::Alias, format!("0x{}", zeros_off(&lower)).as_bytes());
            return;
        }
        let parts: Vec<&str> =
            if atom.contains('_') { atom.split('_').filter(|part| is_part(part)).collect() } else { humps(atom) };
        if parts.len() > 1 || atom.contains('_') {
            self.pair = Pair::None;
            self.emit(whole(kind), lower.as_bytes());
            for part in parts {
                self.emit(Kind::Part, part.to_ascii_lowercase().as_bytes());
            }
            return;
        }
        self.emit(kind, lower.as_bytes());
        if kind == Kind::Word {
            self.pair_word(lower.as_bytes());
        }
    }

    /// Follows the words that make a number mean something, and emits the pair at the number.
    fn pair_word(&mut self, word: &[u8]) {
        use Pair::{Error, Event, None, Service, ServicePack, ServiceRelease};
        self.pair = match (word, self.pair) {
            (b"event" | b"events", _) => Event,
            (b"error" | b"errors" | b"err" | b"msg", _) => Error,
            (b"service", _) => Service,
            (b"sp", _) | (b"pack" | b"packs", Service) => ServicePack,
            (b"sr", _) | (b"release", Service) => ServiceRelease,
            (b"id" | b"ids" | b"code" | b"codes" | b"number" | b"numbers" | b"no" | b"message" | b"and" | b"or", Event | Error) => {
                self.pair
            }
            (_, Event | Error) if word.len() <= 6 && word.iter().all(u8::is_ascii_digit) => {
                let name: &[u8] = if self.pair == Event { b"event:" } else { b"error:" };
                self.emit(Kind::Pair, &[name, word].concat());
                self.pair
            }
            ([b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9' | b'a'..=b'z'], ServicePack | ServiceRelease) => {
                let name: &[u8] = if self.pair == ServicePack { b"sp" } else { b"sr" };
                self.emit(Kind::Pair, &[name, word].concat());
                None
            }
            _ => None,
        };
    }

    /// Pairs of neighbouring characters where words are not spaced, the rest as ordinary chunks.
    fn unspaced(&mut self, chunk: &str) {
        let mut rest = chunk;
        while let Some(first) = rest.chars().next() {
            let same = |c: char| is_unspaced(c) == is_unspaced(first);
            let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            rest = after;
            if !is_unspaced(first) {
                for part in piece.split(['_', '.', '-', '\'']).filter(|part| !part.is_empty()) {
                    self.emit(Kind::Word, part.to_ascii_lowercase().as_bytes());
                    self.position += 1;
                }
                continue;
            }
            let starts: Vec<usize> = piece.char_indices().map(|(i, _)| i).chain([piece.len()]).collect();
            for pair in starts.windows(starts.len().min(3)) {
                self.emit(Kind::Word, &piece.as_bytes()[pair[0]..pair[pair.len() - 1]]);
                self.position += 1;
            }
        }
    }
}

fn whole(kind: Kind) -> Kind {
    if kind == Kind::Word { Kind::Whole } else { kind }
}

fn possessive_off(chunk: &str) -> &str {
    chunk.strip_suffix("'s").or_else(|| chunk.strip_suffix("'S")).unwrap_or(chunk)
}

fn zeros_off(digits: &str) -> &str {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `3.51`, `6.00.1`, `2.50a`, `5.x`, `192.168.0.1`.
fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    parts.next().is_some_and(is_digits)
        && text.contains('.')
        && parts.all(|part| {
            let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
            part.eq_ignore_ascii_case("x")
                || letters.len() < part.len() && letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
        })
}

/// The words of an identifier such as `CreateWindow`: parts of four letters and more, when there are at least two.
fn humps(atom: &str) -> Vec<&str> {
    let bytes = atom.as_bytes();
    if bytes.len() < 8 || !bytes.iter().all(u8::is_ascii_alphabetic) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..=bytes.len() {
        let boundary = at == bytes.len()
            || bytes[at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
        if boundary {
            if at - start >= 4 {
                parts.push(&atom[start..at]);
            }
            start = at;
        }
    }
    if parts.len() > 1 { parts } else { Vec::new() }
}
