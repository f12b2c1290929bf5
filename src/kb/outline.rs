//! A body's lines → its headings and references, without a look at its blocks. What is a heading is decided here, for [`super::events`] too.

use std::ops::Range;

use super::line::{is_rule, lines};
use super::segment::Segments;
use crate::anchor::Anchors;
use crate::article::{Heading, Outline, Reference};
use crate::reference::references;
use crate::source::Span;

/// Headings that are ones whatever the length of the rule below them.
const SECTIONS: [&str; 9] =
    ["SYMPTOMS", "SYMPTOM", "CAUSE", "RESOLUTION", "STATUS", "SUMMARY", "MORE INFORMATION", "WORKAROUND", "REFERENCES"];

/// The headings of the body, and the article numbers in the preamble and the body.
pub fn outline(text: &str, segments: &Segments) -> Outline {
    let mut outline = Outline::default();
    let mut anchors = Anchors::default();
    let body = segments.body.range();
    for rule in rules(text.as_bytes(), body.clone(), segments.tabbed) {
        let mut above = lines(text, Span::new(body.start..rule), segments.tabbed);
        let mut below = lines(text, Span::new(rule..body.end), segments.tabbed).texts();
        let (Some(title), Some(rule)) = (above.next_back(), below.next()) else { continue };
        let before = above.texts().next_back().unwrap_or_default();
        let name = &text[title.clone()];
        if let Some(level) = heading_level(before, name, rule, below.next().unwrap_or_default()) {
            outline.headings.push(Heading { level, text: name.into(), id: anchors.assign(name), span: Span::new(title) });
        }
    }
    add_references(text, segments.preamble, &mut outline);
    add_references(text, segments.body, &mut outline);
    outline
}

/// Where the lines of `body` begin that begin with three `=` or three `-`: only these can make the line above them a heading.
fn rules(bytes: &[u8], body: Range<usize>, tabbed: bool) -> impl Iterator<Item = usize> {
    let mut at = body.start;
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr2(b'=', b'-', &bytes[at..body.end]) {
            let start = at + found;
            let length = bytes[start..body.end].iter().take_while(|b| **b == bytes[start]).count();
            at = start + length;
            let tab = usize::from(tabbed && start > body.start && bytes[start - 1] == b'\t');
            let line = start - tab;
            if length >= 3 && (line == body.start || bytes[line - 1] == b'\n') {
                return Some(line);
            }
        }
        None
    })
}

fn add_references(text: &str, span: Span, outline: &mut Outline) {
    let mut under = 0;
    for (range, number) in references(&text[span.range()]) {
        let span = Span::new(span.start as usize + range.start..span.start as usize + range.end);
        while outline.headings.get(under).is_some_and(|heading| heading.span.start <= span.start) {
            under += 1;
        }
        let heading = under.checked_sub(1).and_then(|index| u16::try_from(index).ok());
        outline.references.push(Reference { number, span, heading });
    }
}

/// The level of the heading that `title` is, given the lines around it (empty ones at either end of the body), or `None`.
///
/// It stands at the margin after a blank line or a rule, and the rule below it has its length. A dashed rule also underlines the head
/// of a table, which columns give away.
pub(super) fn heading_level(before: &str, title: &str, rule: &str, after: &str) -> Option<u8> {
    let level = match rule.as_bytes().first() {
        Some(b'=') => 2,
        Some(b'-') => 3,
        _ => return None,
    };
    let first = *title.as_bytes().first()?;
    if !is_underline(rule) || first <= b' ' || is_underline(title) || !(before.is_empty() || is_underline(before)) {
        return None;
    }
    if title.chars().count().abs_diff(rule.len()) > 3 && !SECTIONS.contains(&title) {
        return None;
    }
    if matches!(first, b'-' | b'*' | b'+' | b'|' | b'=' | b'_') && !(first == b'-' && title.as_bytes().get(1).is_some_and(is_word))
    {
        return None;
    }
    // A word that ends in a hyphen would grow together with the text below the rule.
    if title.ends_with('-') {
        return None;
    }
    let number = title.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let name = title.as_bytes()[number..].trim_ascii_start();
    let has_columns = name.windows(2).any(|pair| pair == b"  ")
        && (level == 3 && !after.is_empty() || name.windows(3).any(|signs| signs == b"   "));
    if has_columns || title.bytes().any(|b| b == b'\t') {
        return None;
    }
    Some(level)
}

/// Whether `line` is three or more `=`, or three or more `-`.
pub(super) fn is_underline(line: &str) -> bool {
    let Some(first @ (b'=' | b'-')) = line.as_bytes().first() else { return false };
    is_rule(line, *first, 3)
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}
