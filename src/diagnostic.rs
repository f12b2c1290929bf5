//! Problems are data. A stage that finds something wrong in what the site's people wrote makes a [`Diagnostic`] and goes on with a
//! sensible value; all diagnostics of a run are sorted and printed at the end by [`report`](crate::report). Nothing here prints.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::source::Span;

pub mod code;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site is not built.
    Error,
    /// The site is built; `--strict` makes it an error.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Where it is: a file, as the user knows its path, and the bytes in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The same string as [`SourceFile::path`](crate::source::SourceFile::path).
    pub path: Arc<str>,
    /// What to underline; empty at a place where something is missing.
    pub span: Span,
}

/// A second place that explains the first, with a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// "first defined here".
    pub text: String,
}

/// One problem: what, where, how bad, and the cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, `dead-link`; each has its article in `content/diagnostics/`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line: lower case, no full stop, things in backticks.
    pub message: String,
    /// Where it is; `None` only where no file is to blame.
    pub location: Option<Location>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<Cow<'static, str>>,
}

impl Diagnostic {
    /// An error with this code and message.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), location: None, labels: Vec::new(), help: None }
    }

    /// A warning with this code and message.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// The same, at this place.
    pub fn at(mut self, path: &Arc<str>, span: Span) -> Self {
        self.location = Some(Location { path: Arc::clone(path), span });
        self
    }

    /// The same, with another place that matters.
    pub fn label(mut self, path: &Arc<str>, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { location: Location { path: Arc::clone(path), span }, text: text.into() });
        self
    }

    /// The same, with what to do about it.
    pub fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The order in which problems are read: by path and offset, those without a place first.
    pub fn reading_order(&self, other: &Self) -> Ordering {
        let what = |d: &Self| (d.severity, d.code);
        self.location.cmp(&other.location).then_with(|| what(self).cmp(&what(other))).then_with(|| self.message.cmp(&other.message))
    }
}

/// Puts diagnostics into the order in which they are read and drops repeated ones.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(Diagnostic::reading_order);
    diagnostics.dedup();
}

/// The nearest of `known` to `word`, if it is near enough to be a slip: at most two edits and less than half of the word.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|k| (edit_distance(word, k), k))
        .filter(|&(distance, k)| distance <= 2 && distance * 2 < word.len().max(k.len()))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, k)| k)
}

/// Levenshtein distance in characters, with one row of memory.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
