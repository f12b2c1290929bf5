//! A source file → where the parts of its KB text are. Lines are cut, never read for their sense.

use std::ops::Range;

use super::line::{Lines, is_rule, label_and_value, lines};
use crate::source::Span;

/// The labels of the header, in the order in which the archive has them.
pub(super) const HEADER_LABELS: [&str; 6] =
    ["Article", "Product(s)", "Version(s)", "Operating System(s)", "Keyword(s)", "Last Modified"];

/// The labels of the trailer.
pub(super) const TRAILER_LABELS: [&str; 8] =
    ["Keywords", "Component", "Technology", "Version", "Platform", "Hardware", "Issue type", "Solution Type"];

/// The line that opens the applies-to block.
pub(super) const APPLIES_TO: &str = "The information in this article applies to:";

/// What the paragraph of query words begins with.
pub(super) const QUERY_WORDS: &str = "Additional query words";

/// How far below the header the applies-to block may begin, in lines; further down the phrase is part of the text.
const APPLIES_TO_WITHIN: usize = 41;

/// How many lines the paragraph of query words may have.
const QUERY_WORDS_LINES: usize = 7;

/// Where the parts of a KB text are. Every line that is not blank, apart from the wrapper around the text, lies in exactly one of them;
/// a part that the text lacks is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// `Article: Q…` to `Last Modified: …`.
    pub header: Span,
    /// Between the header and the applies-to block: old header lines, notices.
    pub preamble: Span,
    /// The applies-to block with its two rules.
    pub applies_to: Span,
    /// The text proper.
    pub body: Span,
    /// The paragraph `Additional query words: …`.
    pub query_words: Span,
    /// The fields at the end, with the rules around them.
    pub trailer: Span,
    /// Whether every line begins with a tab that is not part of it, as in the archive.
    pub tabbed: bool,
}

/// Cuts the KB text that `body`, the bytes after the front matter, holds; `None` where it holds none.
///
/// A KB text begins with the line `Article: Q…`, after an optional heading and `{% raw %}`. Of the rest, anything may be missing.
pub fn segment(text: &str, body: Range<usize>) -> Option<Segments> {
    let mut rest = lines(text, Span::new(body), false);
    let start = loop {
        let before = rest.start();
        let line = text[rest.next()?].trim_ascii();
        if is_article_line(line) {
            break before;
        }
        if !(line.is_empty() || line.starts_with('#') || line == "{% raw %}") {
            return None;
        }
    };
    let tabbed = text.as_bytes()[start] == b'\t';
    let end = end_of_text(text, start..rest.end());
    let mut rest = lines(text, Span::new(start..end), tabbed);
    let (header, mspl) = header(text, &mut rest);
    let trailer = if mspl { end } else { trailer_start(text, rest.clone()) };
    let rest = lines(text, Span::new(header.end..trailer), tabbed);
    let query_words = if mspl { trailer } else { query_words_start(text, rest.clone()) };
    let applies_to = applies_to(text, lines(text, Span::new(header.end..query_words), tabbed));
    let segments = Segments {
        header: Span::new(header.clone()),
        preamble: Span::new(header.end..applies_to.start),
        applies_to: Span::new(applies_to.clone()),
        body: Span::new(applies_to.end..query_words),
        query_words: Span::new(query_words..trailer),
        trailer: Span::new(trailer..end),
        tabbed,
    };
    debug_assert!(segments.tile(start..end), "the segments of a KB text do not tile it: {segments:?}");
    Some(segments)
}

impl Segments {
    /// Whether the segments cover `whole` without a gap or an overlap.
    fn tile(&self, whole: Range<usize>) -> bool {
        let parts = [self.header, self.preamble, self.applies_to, self.body, self.query_words, self.trailer];
        parts[0].start as usize == whole.start
            && parts[5].end as usize == whole.end
            && parts.windows(2).all(|pair| pair[0].end == pair[1].start)
    }
}

/// Whether `line` is `Article: Q` and digits.
fn is_article_line(line: &str) -> bool {
    let Some(value) = line.strip_prefix("Article:") else { return false };
    let digits = value.trim_ascii().strip_prefix(['Q', 'q']).unwrap_or_default();
    (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The end of the text in `whole`: before `{% endraw %}`, where that is the last line that is not blank.
fn end_of_text(text: &str, whole: Range<usize>) -> usize {
    let mut rest = lines(text, Span::new(whole.clone()), false);
    while let Some(line) = rest.next_back() {
        match text[line].trim_ascii() {
            "" => {}
            "{% endraw %}" => return rest.end(),
            _ => break,
        }
    }
    whole.end
}

/// Takes the header off `rest`: its bytes, and whether it is one of the Programmer's Library, whose texts have no trailer.
fn header(text: &str, rest: &mut Lines) -> (Range<usize>, bool) {
    let start = rest.start();
    let mut end = start;
    let mut mspl = false;
    while let Some(line) = rest.next() {
        let Some((label, value)) = label_and_value(&text[line]) else { break };
        if !HEADER_LABELS.contains(&label) {
            break;
        }
        mspl |= label == "Keyword(s)" && value.contains("mspl13_");
        end = rest.start();
    }
    (start..end, mspl)
}

/// Where the trailer begins that ends `rest`, or the end of `rest`.
///
/// The archive's trailer stands between a rule of 70 and a last one of 77 `=`, whatever is in it. One written by hand may lack the last
/// rule; then every line of it must be a field.
fn trailer_start(text: &str, mut rest: Lines) -> usize {
    let end = rest.end();
    let mut closed = false;
    let mut fields = 0;
    while let Some(line) = rest.next_back() {
        let line = &text[line];
        if line.is_empty() {
            continue;
        }
        if !closed && fields == 0 && is_rule(line, b'=', 77) && line.len() == 77 {
            closed = true;
        } else if is_rule(line, b'=', 60) && (line.len() == 70 || !closed) {
            return if closed || fields > 0 { rest.end() } else { end };
        } else if !closed {
            let is_field = label_and_value(line).is_some_and(|(label, _)| TRAILER_LABELS.contains(&label.trim_ascii_end()));
            if !is_field {
                return end;
            }
            fields += 1;
        }
    }
    end
}

/// Where the query words begin that end `rest`, or the end of `rest`.
fn query_words_start(text: &str, mut rest: Lines) -> usize {
    let end = rest.end();
    let mut taken = 0;
    while let Some(line) = rest.next_back() {
        let line = &text[line];
        if line.is_empty() && taken == 0 {
            continue;
        }
        taken += 1;
        if line.strip_prefix(QUERY_WORDS).is_some_and(|after| after.contains(':')) {
            return rest.end();
        }
        if line.is_empty() || taken == QUERY_WORDS_LINES {
            break;
        }
    }
    end
}

/// The applies-to block of `rest`, which begins right after the header; an empty range at its start where there is none.
fn applies_to(text: &str, mut rest: Lines) -> Range<usize> {
    let none = rest.start()..rest.start();
    let mut before = none.start;
    let mut opening = 0;
    for _ in 0..APPLIES_TO_WITHIN {
        let position = rest.start();
        let Some(line) = rest.next() else { return none };
        let line = &text[line];
        if opening >= 20 && line.trim_ascii() == APPLIES_TO {
            while let Some(line) = rest.next() {
                if is_rule(&text[line], b'-', opening.min(60)) {
                    return before..rest.start();
                }
            }
            return none;
        }
        opening = if is_rule(line, b'-', 1) { line.len() } else { 0 };
        before = position;
    }
    none
}
