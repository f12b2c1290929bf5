//! The front matter of Jekyll and Hugo, YAML, TOML or JSON → YAML that kbpress reads. What cannot be read is kept as code at the start of the
//! text, so that the new file can be read in any case and nothing is lost.

use std::ops::Range;
use std::sync::Arc;

use serde_yaml::Value;

use super::From;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::front_matter;
use crate::source::{SourceFile, Span, with_line_feeds};

/// The front matter of a file.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// Its lines as YAML.
    pub(super) lines: String,
    /// What is to stand before the text, because it could not be read.
    pub(super) unread: String,
    /// Where the text begins.
    pub(super) body: usize,
}

/// Reads the front matter of `file`.
pub(super) fn read(file: &SourceFile, path: &Arc<str>, from: From, diagnostics: &mut Vec<Diagnostic>) -> Front {
    let text = file.text.as_str();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some((toml, body)) = between(text, start, "+++") {
        let table = toml::from_str::<toml::Table>(&text[toml.clone()]);
        let yaml = table.map_err(|error| {
            let at = error.span().map_or(toml.start, |span| toml.start + span.start);
            (format!("the front matter is not TOML: {}", error.message().lines().next().unwrap_or_default()), at)
        });
        let yaml = yaml.and_then(|table| {
            serde_yaml::to_string(&with_plain_dates(toml::Value::Table(table))).map_err(|error| (error.to_string(), toml.start))
        });
        return converted(text, path, ("toml", toml), body, yaml, diagnostics);
    }
    if from == From::Hugo && is_json(&text[start..]) {
        let mut values =
            serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde_json::Map<String, serde_json::Value>>();
        let (read, end) = (values.next(), start + values.byte_offset());
        let (json, body) = match &read {
            Some(Ok(_)) => (start..end, end + usize::from(text[end..].starts_with('\n'))),
            // Nobody can tell where it ends.
            _ => (start..start, start),
        };
        let yaml = match read {
            Some(Ok(map)) => serde_yaml::to_string(&map).map_err(|error| (error.to_string(), start)),
            Some(Err(error)) => Err((format!("the front matter is not JSON: {error}"), start)),
            None => Err(("the front matter has no end".to_owned(), start)),
        };
        return converted(text, path, ("json", json), body, yaml, diagnostics);
    }
    yaml(text, path, diagnostics)
}

/// The front matter that was made of the one at `block`, or the block itself as code.
fn converted(
    text: &str,
    path: &Arc<str>,
    (language, block): (&str, Range<usize>),
    body: usize,
    yaml: Result<String, (String, usize)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Front {
    let (message, at) = match yaml {
        Ok(lines) => {
            let problems = problems(&lines);
            if !problems.iter().any(is_unreadable) {
                // Its places are not those of the file.
                let errors = problems.into_iter().filter(|problem| problem.severity == Severity::Error);
                diagnostics.extend(errors.map(|problem| problem.at(path, Span::new(block.start..block.start))));
                return Front { lines, unread: String::new(), body };
            }
            (problems.first().map(|problem| problem.message.clone()).unwrap_or_default(), block.start)
        }
        Err(error) => error,
    };
    unread(text, path, (language, block), body, (message, Span::new(at..at)), diagnostics)
}

fn unread(
    text: &str,
    path: &Arc<str>,
    (language, block): (&str, Range<usize>),
    body: usize,
    (message, span): (String, Span),
    diagnostics: &mut Vec<Diagnostic>,
) -> Front {
    let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(path, span);
    diagnostics.push(problem.help("it stands as code at the start of the text; write it as YAML between `---` lines"));
    let block = plain_lines(&text[block]);
    // A fence is longer than any in the block.
    let fence = "`".repeat(block.lines().map(|line| line.len() - line.trim_start_matches('`').len() + 1).max().unwrap_or(0).max(3));
    let unread = if block.is_empty() { String::new() } else { format!("{fence}{language}\n{}\n{fence}\n\n", block.trim_end()) };
    Front { lines: String::new(), unread, body }
}

fn yaml(text: &str, path: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> Front {
    let (split, problems) = front_matter::split(path, text);
    let Some(block) = split.yaml else {
        let Some(problem) = problems.into_iter().find(|problem| problem.code == code::FRONT_MATTER_UNTERMINATED) else {
            return Front { body: split.body.start, ..Front::default() };
        };
        diagnostics.push(Diagnostic { severity: Severity::Warning, code: code::IMPORT_UNMAPPED, ..problem });
        return Front { unread: "***\n".to_owned(), body: split.body.start, ..Front::default() };
    };
    let (front, problems) = front_matter::parse(path, text, block.clone(), &[]);
    if let Some(problem) = problems.iter().find(|problem| is_unreadable(problem)) {
        let span = problem.location.as_ref().map_or(Span::new(block.start..block.start), |location| location.span);
        let why = (problem.message.clone(), span);
        return unread(text, path, ("yaml", block), split.body.start, why, diagnostics);
    }
    if let Some(pattern) = front.permalink.as_ref().filter(|permalink| permalink.value.contains(':')) {
        let message = format!("the permalink `{}` is a pattern, which kbpress does not fill in", pattern.value);
        let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(path, pattern.span);
        diagnostics.push(problem.help("write the whole path in the new file, or leave the line out"));
    }
    diagnostics.extend(problems.into_iter().filter(|problem| problem.severity == Severity::Error));
    let lines = plain_lines(&text[block]);
    // Lines can be added to keys that stand on lines of their own.
    let in_braces = lines.trim_start().starts_with('{').then(|| serde_yaml::from_str::<Value>(&lines).ok()).flatten();
    let lines = in_braces.and_then(|value| serde_yaml::to_string(&value).ok()).unwrap_or(lines);
    Front { lines, unread: String::new(), body: split.body.start }
}

/// Whether no key at all can be read.
fn is_unreadable(problem: &Diagnostic) -> bool {
    problem.severity == Severity::Error && [code::FRONT_MATTER_SYNTAX, code::FRONT_MATTER_LIMIT].contains(&problem.code)
}

/// Whether kbpress can read these lines.
pub(super) fn is_readable(lines: &str) -> bool {
    !problems(lines).iter().any(is_unreadable)
}

/// What kbpress says of these lines, at places in them.
fn problems(lines: &str) -> Vec<Diagnostic> {
    let whole = format!("---\n{lines}---\n");
    front_matter::parse(&"".into(), &whole, 4..4 + lines.len(), &[]).1
}

/// The keys of these lines.
pub(super) fn keys(lines: &str) -> Vec<String> {
    let Ok(Value::Mapping(mapping)) = serde_yaml::from_str(lines) else { return Vec::new() };
    mapping.into_iter().filter_map(|(key, _)| key.as_str().map(str::to_owned)).collect()
}

fn plain_lines(text: &str) -> String {
    with_line_feeds(text).replace("\r\n", "\n")
}

/// Whether the text begins with an object, and not with a tag of a template.
fn is_json(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

/// Between the line `mark` at `start` and the next such line: that, and where the line after it begins.
fn between(text: &str, start: usize, mark: &str) -> Option<(Range<usize>, usize)> {
    let first = text[start..].split_inclusive('\n').next().filter(|line| line.trim_end() == mark)?;
    let begin = start + first.len();
    let mut at = begin;
    for line in text[begin..].split_inclusive('\n') {
        if line.trim_end() == mark {
            return Some((begin..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Dates as text: YAML has no type for them that all readers know.
fn with_plain_dates(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Datetime(date) => toml::Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(with_plain_dates).collect::<Vec<_>>().into(),
        toml::Value::Table(table) => {
            toml::Value::Table(table.into_iter().map(|(key, value)| (key, with_plain_dates(value))).collect())
        }
        other => other,
    }
}
