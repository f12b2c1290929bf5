//! What an article of a knowledge base owes its readers: the error text that they search for, a way out, a title that says what it is.

use std::ops::Range;

use super::title_span;
use crate::article::{Article, Body, Heading, Kind};
use crate::codes;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

/// Headings under which a problem comes to an end, in capitals.
const ENDINGS: [&str; 6] = ["RESOLUTION", "WORKAROUND", "SOLUTION", "STATUS", "FIX", "ANSWER"];
/// What symptoms say before they quote a message, in lower case.
const ANNOUNCEMENTS: [&str; 4] = ["error message", "following error", "following message", "an error occurs"];

/// The problems of one article, whose file has this text.
pub(super) fn lint(article: &Article, text: &str) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    diagnostics.extend(title_series(article));
    let is_problem = article.fields.kinds.iter().any(|kind| matches!(kind, Kind::Problem | Kind::Bug));
    if let Some(symptoms) = symptoms(article).filter(|_| is_problem) {
        diagnostics.extend(no_resolution(article, symptoms));
        diagnostics.extend(no_error_text(article, text, symptoms));
    }
    diagnostics
}

/// The index of the heading of the symptoms.
fn symptoms(article: &Article) -> Option<usize> {
    article.outline.headings.iter().position(|heading| heading.text.to_ascii_uppercase().starts_with("SYMPTOM"))
}

fn no_resolution(article: &Article, symptoms: usize) -> Option<Diagnostic> {
    let ends = |heading: &Heading| ENDINGS.iter().any(|ending| heading.text.to_ascii_uppercase().contains(ending));
    if article.outline.headings.iter().any(ends) {
        return None;
    }
    Some(
        Diagnostic::warning(code::NO_RESOLUTION, "the article names a problem and no way out")
            .at(&article.path, heading_line(&article.outline.headings[symptoms]))
            .help("add a section RESOLUTION or WORKAROUND, or a STATUS that says that there is none yet"),
    )
}

fn no_error_text(article: &Article, text: &str, symptoms: usize) -> Option<Diagnostic> {
    let section = section(article, symptoms)?;
    let words = &text[section.clone()];
    let lower = words.to_ascii_lowercase();
    let at = ANNOUNCEMENTS.iter().filter_map(|words| lower.find(words).map(|at| at..at + words.len())).min_by_key(|at| at.start)?;
    if quotes(article, words) || codes::codes(words).next().is_some() {
        return None;
    }
    Some(
        Diagnostic::warning(code::NO_ERROR_TEXT, "the symptoms speak of a message without quoting it")
            .at(&article.path, Span::new(section.start + at.start..section.start + at.end))
            .help("quote the message as it is shown: it is what readers search for"),
    )
}

/// The text from the end of a heading to the next one that is as high.
fn section(article: &Article, heading: usize) -> Option<Range<usize>> {
    let headings = &article.outline.headings;
    let end = match &article.body {
        Body::Markdown(range) => range.end,
        Body::KbText(segments) => segments.body.end as usize,
    };
    let next = headings[heading + 1..].iter().find(|next| next.level <= headings[heading].level);
    let range = headings[heading].span.end as usize..next.map_or(end, |next| next.span.start as usize);
    (range.start <= range.end).then_some(range)
}

/// Whether `words` quote something, in marks or as a block of its own.
fn quotes(article: &Article, words: &str) -> bool {
    let tab = matches!(&article.body, Body::KbText(segments) if segments.tabbed);
    let is_block = |line: &str| {
        let line = if tab { line.strip_prefix('\t').unwrap_or(line) } else { line };
        line.starts_with("  ") || line.starts_with(['\t', '>'])
    };
    words.contains(['"', '`', '“', '”', '«', '„']) || words.contains("~~~") || words.contains("![") || words.lines().any(is_block)
}

fn title_series(article: &Article) -> Option<Diagnostic> {
    if article.fields.kind_inferred || article.fields.kinds.is_empty() {
        return None;
    }
    let (series, kinds): (&str, &[Kind]) = article.fields.series.iter().find_map(|series| Some((series, kinds_of(series)?)))?;
    if article.fields.kinds.iter().any(|kind| kinds.contains(kind)) {
        return None;
    }
    let stated = article.fields.kinds[0].name();
    Some(
        Diagnostic::warning(code::TITLE_SERIES, format!("the title says `{series}:`, the article's type is `{stated}`"))
            .at(&article.path, title_span(article))
            .help(format!("begin the title with another series, or make the type `{}`", kinds[0].name())),
    )
}

/// The types that a series of titles may have. An author calls the same thing a problem or a bug before its cause is known.
fn kinds_of(series: &str) -> Option<&'static [Kind]> {
    match &*series.to_ascii_uppercase() {
        "PRB" => Some(&[Kind::Problem, Kind::Bug]),
        "BUG" | "FIX" => Some(&[Kind::Bug, Kind::Problem]),
        "HOWTO" | "HOW TO" => Some(&[Kind::HowTo]),
        "INFO" | "INF" => Some(&[Kind::Information]),
        _ => None,
    }
}

fn heading_line(heading: &Heading) -> Span {
    heading.span
}
