//! The files of Jekyll and Hugo → where they go here, and Markdown with front matter that kbpress reads.

use std::sync::Arc;

use super::{From, Place, markup};
use crate::diagnostic::{Diagnostic, code};
use crate::load::DiskFile;
use crate::source::{SourceFile, Span};

/// Folders of either that make pages and are not pages.
const MACHINERY: [&str; 12] = [
    "_layouts",
    "_includes",
    "_sass",
    "_data",
    "_plugins",
    "layouts",
    "archetypes",
    "themes",
    "data",
    "i18n",
    "assets/scss",
    "config",
];
/// Folders that are made, and files that are for other programs.
const SKIPPED: [&str; 6] = ["_site", "public", "resources", "node_modules", "vendor", "Gemfile"];

/// Whether a file is Markdown by its name.
pub(super) fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    matches!(&*extension, "md" | "markdown" | "mkd" | "mdown")
}

/// Where a file goes; `None`, with a word about it where it matters, if it is not imported.
pub(super) fn place(file: &DiskFile, from: From, diagnostics: &mut Vec<Diagnostic>) -> Option<Place> {
    let path = file.relative.as_str();
    let is_in = |folder: &&&str| path == **folder || path.strip_prefix(**folder).is_some_and(|rest| rest.starts_with('/'));
    if SKIPPED.iter().any(|folder| is_in(&folder)) || path.starts_with("Gemfile") {
        return None;
    }
    let mut leave = |message: &str, help: &str| {
        let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(&file.path.as_str().into(), Span::default());
        diagnostics.push(problem.help(help.to_owned()));
    };
    if let Some(folder) = MACHINERY.iter().find(is_in).filter(|folder| from == From::Hugo || folder.starts_with('_')) {
        let message = format!("what makes pages in `{folder}` is not imported");
        leave(&message, "kbpress has a theme; what is missing there goes into `templates`");
        return None;
    }
    if !path.contains('/') && [".toml", ".yml", ".yaml", ".json"].iter().any(|end| path.ends_with(end)) {
        leave("settings are not imported", "write `title`, `base_url` and what else the site needs into `site.toml`");
        return None;
    }
    if from == From::Hugo {
        return match path.split_once('/') {
            Some(("content", rest)) => Some(Place::Content(renamed(rest))),
            Some(("static", rest)) => Some(Place::Static(rest.to_owned())),
            _ => None,
        };
    }
    let Some(collection) = path.strip_prefix('_') else {
        return Some(if is_markdown(path) { Place::Content(renamed(path)) } else { Place::Static(path.to_owned()) });
    };
    if collection.contains('/') { Some(Place::Content(renamed(collection))) } else { None }
}

/// The path with an ending that kbpress reads.
fn renamed(path: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, extension)) if is_markdown(path) && extension != "md" => format!("{stem}.md"),
        _ => path.to_owned(),
    }
}

/// The Markdown file as kbpress reads it, and what of it has no counterpart.
pub(super) fn article(file: &SourceFile, relative: &str, from: From) -> (String, Vec<Diagnostic>) {
    let path: Arc<str> = file.path.as_str().into();
    let mut diagnostics = Vec::new();
    let (front, body) = front_matter(file, &path, &mut diagnostics);
    let mut lines = front.unwrap_or_default();
    if from == From::Jekyll {
        lines.push_str(&from_name(relative, &lines));
    }
    let text = markup::converted(&path, &file.text, body, from, &mut diagnostics);
    let text = if lines.is_empty() { text } else { format!("---\n{lines}---\n{text}") };
    (text, diagnostics)
}

/// The lines between the marks as YAML, and where the text after them begins.
fn front_matter(file: &SourceFile, path: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> (Option<String>, usize) {
    let text = file.text.as_str();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some((toml, body)) = between(text, start, "+++") {
        return match toml::from_str::<toml::Table>(&text[toml.clone()]) {
            Ok(table) => {
                let yaml = serde_yaml::to_string(&with_plain_dates(toml::Value::Table(table)));
                (Some(yaml.unwrap_or_default()), body)
            }
            Err(error) => {
                let at = error.span().map_or(toml.start, |span| toml.start + span.start);
                let message = format!("the front matter is not TOML: {}", error.message().lines().next().unwrap_or_default());
                let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(path, Span::new(at..at));
                diagnostics.push(problem.help("write it as YAML between `---` lines"));
                (None, start)
            }
        };
    }
    match between(text, start, "---") {
        Some((yaml, body)) => (Some(text[yaml].replace("\r\n", "\n")), body),
        None => (None, start),
    }
}

/// Between the line `mark` at `start` and the next such line: that, and where the line after it begins.
fn between(text: &str, start: usize, mark: &str) -> Option<(std::ops::Range<usize>, usize)> {
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

/// What Jekyll reads from the name of a file: `_posts/2020-01-31-title.md`, `_drafts/title.md`.
fn from_name(relative: &str, front: &str) -> String {
    let has = |key: &str| front.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')));
    let mut lines = String::new();
    if relative.starts_with("_drafts/") && !has("draft") && !has("published") {
        lines.push_str("draft: true\n");
    }
    let name = relative.rsplit('/').next().unwrap_or(relative);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let Some((date, slug)) = stem.split_at_checked(10).filter(|_| relative.starts_with("_posts/")) else { return lines };
    let (Some(slug), Some(_)) = (slug.strip_prefix('-'), crate::front_matter::parse_date(date)) else { return lines };
    if !has("date") {
        lines.push_str(&format!("date: {date}\n"));
    }
    if !has("permalink") && !has("slug") {
        lines.push_str(&format!("slug: {}\n", serde_json::Value::from(slug)));
        // The address that Jekyll gives a post that says nothing else.
        if !has("categories") && !has("category") && !has("redirect_from") && !has("aliases") {
            let alias = format!("/{}/{slug}.html", date.replace('-', "/"));
            lines.push_str(&format!("aliases: [{}]\n", serde_json::Value::from(alias)));
        }
    }
    lines
}
