//! Problems for programs: JSON Lines, GitHub's workflow commands, SARIF. All of them, without limits.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::lines;
use crate::diagnostic::{Diagnostic, Location, Severity};

/// The text of a file at hand.
type Source<'f, 's> = &'f dyn Fn(&str) -> Option<&'s str>;

/// One problem in JSON Lines. Lines and columns count from 1, columns in characters; the end is behind the last character.
#[derive(Serialize)]
struct Problem<'d> {
    severity: &'static str,
    code: &'d str,
    message: &'d str,
    #[serde(flatten)]
    place: Option<Place<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'d str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Labelled<'d>>,
}

#[derive(Serialize)]
struct Labelled<'d> {
    text: &'d str,
    #[serde(flatten)]
    place: Place<'d>,
}

#[derive(Serialize)]
struct Place<'d> {
    file: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

impl<'d> Place<'d> {
    fn of(location: &'d Location, source: Source<'_, '_>) -> Self {
        let (start, end) = lines(location, source).unzip();
        Self {
            file: &location.path,
            line: start.map(|at| at.line),
            column: start.map(|at| at.column),
            end_line: end.map(|at| at.line),
            end_column: end.map(|at| at.column),
        }
    }
}

/// An object and a line end for each problem.
pub(super) fn json_lines(diagnostics: &[&Diagnostic], source: Source<'_, '_>) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let labels = diagnostic.labels.iter().map(|l| Labelled { text: &l.text, place: Place::of(&l.location, source) });
        let problem = Problem {
            severity: diagnostic.severity.name(),
            code: diagnostic.code,
            message: &diagnostic.message,
            place: diagnostic.location.as_ref().map(|l| Place::of(l, source)),
            help: diagnostic.help.as_deref(),
            labels: labels.collect(),
        };
        text.push_str(&serde_json::to_string(&problem).expect("strings and numbers are always JSON"));
        text.push('\n');
    }
    text
}

/// `::error file=…,line=…,col=…,title=…::message` for each problem.
pub(super) fn github(diagnostics: &[&Diagnostic], source: Source<'_, '_>) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let _ = write!(text, "::{} ", diagnostic.severity.name());
        if let Some(location) = &diagnostic.location {
            let _ = write!(text, "file={},", property(&location.path));
            if let Some((start, end)) = lines(location, source) {
                let _ = write!(text, "line={},endLine={},col={},", start.line, end.line, start.column);
                if start.line == end.line {
                    let _ = write!(text, "endColumn={},", end.column);
                }
            }
        }
        let _ = write!(text, "title={}::{}", property(diagnostic.code), data(&diagnostic.message));
        if let Some(help) = &diagnostic.help {
            let _ = write!(text, "%0A{}", data(help));
        }
        text.push('\n');
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// One SARIF document with one run.
pub(super) fn sarif(diagnostics: &[&Diagnostic], source: Source<'_, '_>) -> String {
    let mut codes: Vec<&str> = diagnostics.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let message = match &diagnostic.help {
                Some(help) => format!("{}\n{help}", diagnostic.message),
                None => diagnostic.message.clone(),
            };
            let level = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let mut result = json!({ "ruleId": diagnostic.code, "level": level, "message": { "text": message } });
            if let Some(location) = &diagnostic.location {
                result["locations"] = json!([sarif_location(location, None, source)]);
            }
            if !diagnostic.labels.is_empty() {
                let related = diagnostic.labels.iter().map(|l| sarif_location(&l.location, Some(&l.text), source));
                result["relatedLocations"] = related.collect();
            }
            result
        })
        .collect();
    let driver = json!({ "name": "kbpress", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    format!("{document:#}\n")
}

fn sarif_location(location: &Location, text: Option<&str>, source: Source<'_, '_>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&location.path) } });
    if let Some((start, end)) = lines(location, source) {
        physical["region"] =
            json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column });
    }
    let mut value = json!({ "physicalLocation": physical });
    if let Some(text) = text {
        value["message"] = json!({ "text": text });
    }
    value
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
