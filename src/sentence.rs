//! The sentence around a place in a source text, and the symbolic name that stands beside an error code.

use std::ops::Range;

/// Bytes before and after the place that are shown at most.
const BEFORE: usize = 70;
const AFTER: usize = 90;

/// Marks of Markdown around words.
const MARKS: [char; 3] = ['*', '`', '_'];

/// The sentence of `text` around `place`, on one line, without the marks of Markdown, shortened on both sides where it is long.
pub fn around(text: &str, place: Range<usize>) -> String {
    let (before, after) = (&text[..place.start], &text[place.end..]);
    let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
    let line_end = place.end + memchr::memchr(b'\n', after.as_bytes()).unwrap_or(after.len());
    // A row of a table makes no sentence with the rows around it.
    if text[line_start..line_end].trim().contains("   ") {
        return shortened(text, place, line_start..line_end);
    }
    let paragraph = blank_line_before(before);
    let start = last_end(&before[paragraph..]).map_or(paragraph, |at| paragraph + at);
    let paragraph = blank_line_after(after);
    let end = place.end + first_end(&after[..paragraph]).unwrap_or(paragraph);
    shortened(text, place, start..end)
}

fn shortened(text: &str, place: Range<usize>, Range { start, end }: Range<usize>) -> String {
    let mut out = String::with_capacity(BEFORE + AFTER);
    let from = if place.start - start > BEFORE { word_start(text, place.start - BEFORE) } else { start };
    let to = if end - place.end > AFTER { word_end(text, place.end + AFTER) } else { end };
    if from > start {
        out.push_str("… ");
    }
    for word in text[from..to].split_whitespace() {
        let word = if word.starts_with(MARKS) || word.ends_with(MARKS) { word.trim_matches(MARKS) } else { word };
        if word.is_empty() || word == "#" || word == "##" {
            continue;
        }
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(word);
    }
    if to < end {
        out.push_str(" …");
    }
    out
}

/// The symbolic name that stands next to the code at `place`: `0x0000000A (IRQL_NOT_LESS_OR_EQUAL)`, `E_FAIL 0x80004005`.
pub fn name_beside(text: &str, place: Range<usize>) -> Option<&str> {
    let after = &text[place.end..];
    let gap = after.len() - after.trim_start_matches([' ', '\t', '\n', '\r', '=', ':', '-', '"', '(']).len();
    let follows = identifier(&after[gap..]).filter(|_| gap > 0 && gap < 12);
    follows.or_else(|| {
        let before = text[..place.start].trim_end_matches([' ', '\t', '=', ':', '-', '"']);
        let before = match before.strip_suffix('(') {
            // The first of several parameters is not what the name before them means.
            Some(before) => after.starts_with([')', 'L']).then(|| before.trim_end_matches([' ', '\t']))?,
            None => before,
        };
        let gap = place.start - before.len();
        let start = before.len() - before.bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        identifier(&before[start..]).filter(|name| gap < 12 && start + name.len() == before.len())
    })
}

/// An identifier in capitals with an underscore at the start of `text`.
fn identifier(text: &str) -> Option<&str> {
    let end = text.bytes().position(|b| !(b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')).unwrap_or(text.len());
    let name = &text[..end];
    let is_name = name.len() >= 5
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && !name.ends_with('_')
        && name.contains('_')
        && !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    is_name.then_some(name)
}

fn blank_line_before(text: &str) -> usize {
    let mut end = text.len();
    while let Some(newline) = memchr::memrchr(b'\n', &text.as_bytes()[..end]) {
        if is_blank(&text[newline + 1..end]) && end < text.len() {
            return end;
        }
        end = newline;
    }
    0
}

fn is_blank(line: &str) -> bool {
    let first = line.bytes().find(|b| !matches!(b, b'\t'..=b'\r' | b' '));
    // There are blanks that are not ASCII.
    first.is_none_or(|first| !first.is_ascii() && line.trim_start().is_empty())
}

fn blank_line_after(text: &str) -> usize {
    let line_after = |start: usize| memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at + 1);
    let mut start = line_after(0);
    while start < text.len() {
        let line = line_after(start);
        if is_blank(&text[start..line]) {
            return start;
        }
        start = line;
    }
    text.len()
}

/// Where after the last full stop of `text` the next sentence begins.
fn last_end(text: &str) -> Option<usize> {
    let stops = memchr::memrchr3_iter(b'.', b'!', b'?', text.as_bytes());
    stops.map(|at| at + 1).find(|at| text[*at..].starts_with(char::is_whitespace))
}

/// Where the sentence that `text` goes on with ends.
fn first_end(text: &str) -> Option<usize> {
    let stops = memchr::memchr3_iter(b'.', b'!', b'?', text.as_bytes());
    stops.map(|at| at + 1).find(|at| text[*at..].is_empty() || text[*at..].starts_with(char::is_whitespace))
}

fn word_start(text: &str, at: usize) -> usize {
    text[..boundary(text, at)].rfind(char::is_whitespace).map_or(0, |blank| blank + 1)
}

fn word_end(text: &str, at: usize) -> usize {
    let at = boundary(text, at);
    text[at..].find(char::is_whitespace).map_or(text.len(), |blank| at + blank)
}

/// The last place at or before `at` that is no place within a character.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{around, name_beside};

    fn at(text: &str, what: &str) -> std::ops::Range<usize> {
        let start = text.find(what).unwrap_or_default();
        start..start + what.len()
    }

    #[test]
    fn a_sentence_ends_at_its_stops_and_at_blank_lines() {
        let text = "Title\n \n   One. When **it** starts,\n   you see 0xA here. Two.\n\nThree.";
        assert_eq!(around(text, at(text, "0xA")), "When it starts, you see 0xA here.");
        assert_eq!(around("0xA", 0..3), "0xA");
        assert_eq!(around("Code   Name\n0xA    IT\n0xB    THAT", 12..15), "0xA IT");
        let long = format!("{} 0xA {}", "before ".repeat(40), "äfter ".repeat(40));
        let short = around(&long, at(&long, "0xA"));
        assert!(short.starts_with("… before") && short.ends_with("äfter …") && short.len() < 240, "{short}");
    }

    #[test]
    fn the_name_of_a_code_stands_beside_it() {
        for (text, name) in [
            ("STATUS_ACCESS_VIOLATION (0xC0000005)", Some("STATUS_ACCESS_VIOLATION")),
            ("0xC0000005 (STATUS_ACCESS_VIOLATION)", Some("STATUS_ACCESS_VIOLATION")),
            ("STOP 0xC0000005\n   IRQL_NOT_LESS_OR_EQUAL", Some("IRQL_NOT_LESS_OR_EQUAL")),
            ("E_FAIL = 0xC0000005", Some("E_FAIL")),
            ("IRQL_NOT_LESS_OR_EQUAL (0xC0000005, 0x2)", None),
            ("the value 0xC0000005 IS returned", None),
        ] {
            assert_eq!(name_beside(text, at(text, "0xC0000005")), name, "{text}");
        }
    }
}
