//! Diagnostics → what the overlay in the browser shows: the very text of the terminal, and where its links lead.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::report::{self, Format, Style};
use crate::source::line_column;

/// Most problems that the overlay shows.
const MAX_SHOWN: usize = 20;

/// One problem as the overlay gets it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub(super) struct Problem {
    severity: &'static str,
    code: &'static str,
    message: String,
    /// `content/a.md:3:5`, or empty.
    place: String,
    /// What the terminal says, excerpt and help included.
    text: String,
    /// The URL that opens the file in the user's editor, or empty.
    editor: String,
}

/// How the user's editor is told to open a file: a URL with `{path}`, `{line}` and `{column}` in it, and the folder that paths begin at.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    /// `vscode://file/{path}:{line}:{column}`.
    pub url: String,
    /// The site's folder, absolute.
    pub root: std::path::PathBuf,
}

/// The errors among `diagnostics`, as many as the overlay shows, and how many more there are.
pub(super) fn problems<'s>(
    diagnostics: &[Diagnostic],
    source: &dyn Fn(&str) -> Option<&'s str>,
    editor: Option<&Editor>,
) -> (Vec<Problem>, usize) {
    let errors = || diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
    let shown: Vec<Problem> = errors().take(MAX_SHOWN).map(|diagnostic| problem(diagnostic, source, editor)).collect();
    let more = errors().count() - shown.len();
    (shown, more)
}

fn problem<'s>(diagnostic: &Diagnostic, source: &dyn Fn(&str) -> Option<&'s str>, editor: Option<&Editor>) -> Problem {
    let style = Style { format: Format::Human, color: false };
    let text = report::render(std::slice::from_ref(diagnostic), source, style);
    let (mut place, mut url) = (String::new(), String::new());
    if let Some(location) = &diagnostic.location {
        let at = source(&location.path).map(|text| line_column(text, location.span.start as usize));
        place = at.map_or_else(|| location.path.to_string(), |at| format!("{}:{}:{}", location.path, at.line, at.column));
        url = editor.map_or_else(String::new, |editor| {
            let path = editor.root.join(&*location.path);
            let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
            let path = crate::permalink::encode_path(&path.to_string_lossy()).into_owned();
            editor.url.replace("{path}", &path).replace("{line}", &line.to_string()).replace("{column}", &column.to_string())
        });
    }
    Problem {
        severity: diagnostic.severity.name(),
        code: diagnostic.code,
        message: diagnostic.message.clone(),
        place,
        text: text.trim_end().to_owned(),
        editor: url,
    }
}
