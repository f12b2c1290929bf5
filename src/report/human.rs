//! One problem for a person: the message, the lines around the place with a caret, the help.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::printable;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::source::with_line_feeds;

/// Columns of an excerpt; longer lines are cut around the place.
const WIDTH: usize = 120;

/// Appends the problem and an empty line.
pub(super) fn write<'s>(text: &mut String, diagnostic: &Diagnostic, source: &dyn Fn(&str) -> Option<&'s str>, color: bool) {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(printable(&diagnostic.message)).id(diagnostic.code));
    if let Some(location) = &diagnostic.location {
        // Labels in the same file share its excerpt, if that does not make it long.
        let (near, far): (Vec<_>, Vec<_>) = diagnostic.labels.iter().partition(|l| l.location.path == location.path);
        let mut marks = vec![(AnnotationKind::Primary, &location.span, "")];
        marks.extend(near.iter().map(|label| (AnnotationKind::Context, &label.location.span, label.text.as_str())));
        group = excerpt(group, location, &marks, source);
        for label in far {
            group = excerpt(group, &label.location, &[(AnnotationKind::Context, &label.location.span, &label.text)], source);
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    text.push_str(&renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH).render(&[group]));
    text.push_str("\n\n");
}

type Mark<'m> = (AnnotationKind, &'m crate::source::Span, &'m str);

/// Adds the lines of `marks` in one file, or only the file's path where its text is not at hand.
fn excerpt<'s>(group: Group<'s>, location: &Location, marks: &[Mark<'_>], source: &dyn Fn(&str) -> Option<&'s str>) -> Group<'s> {
    let path = printable(&location.path);
    let Some(text) = source(&location.path) else {
        return group.element(Origin::path(path));
    };
    let annotations = marks.iter().map(|(kind, span, label)| {
        let annotation = kind.span(on_one_line(text, span.range()));
        if label.is_empty() { annotation } else { annotation.label(printable(label)) }
    });
    group.element(Snippet::source(with_line_feeds(text)).path(path).annotations(annotations))
}

/// The part of `range` in its first line, inside the text and between characters.
fn on_one_line(text: &str, range: Range<usize>) -> Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(range.start), boundary(range.end.max(range.start)));
    let line_end = text[start..end].find(['\n', '\r']).map_or(end, |at| start + at);
    start..line_end
}
