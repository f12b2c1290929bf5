//! The files of Jekyll and Hugo → where they go here, and Markdown with front matter that kbpress reads.

use std::sync::Arc;

use super::{From, Place, front, markup};
use crate::diagnostic::{Diagnostic, code};
use crate::front_matter::quoted;
use crate::load::DiskFile;
use crate::permalink::{self, OutPath};
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
    let front = front::read(file, &path, from, &mut diagnostics);
    let mut lines = front.lines;
    if from == From::Jekyll {
        lines = with_name(lines, relative, &path, &mut diagnostics);
    }
    let text = markup::converted(&path, &file.text, front.body, from, &mut diagnostics);
    let text = if lines.is_empty() { front.unread + &text } else { format!("---\n{lines}---\n{}{text}", front.unread) };
    (text, diagnostics)
}

/// The front matter with what Jekyll reads from the name of the file.
fn with_name(lines: String, relative: &str, path: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> String {
    let more = from_name(relative, &front::keys(&lines));
    let all = format!("{lines}{more}");
    if more.is_empty() || front::is_readable(&all) {
        return all;
    }
    let message =
        format!("the front matter takes no more lines, as the name of the file asks for: `{}`", more.trim().replace('\n', "`, `"));
    let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(path, Span::default());
    diagnostics.push(problem.help("add them to the front matter of the new file"));
    lines
}

/// What Jekyll reads from the name of a file: `_posts/2020-01-31-title.md`, `_drafts/title.md`.
fn from_name(relative: &str, keys: &[String]) -> String {
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    let mut lines = String::new();
    if relative.starts_with("_drafts/") && !has(&["draft", "published"]) {
        lines.push_str("draft: true\n");
    }
    let name = relative.rsplit('/').next().unwrap_or(relative);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let Some((date, name)) = stem.split_at_checked(10).filter(|_| relative.starts_with("_posts/")) else { return lines };
    let (Some(name), Some(_)) = (name.strip_prefix('-'), crate::front_matter::parse_date(date)) else { return lines };
    if !has(&["date"]) {
        lines.push_str(&format!("date: {date}\n"));
    }
    if !has(&["permalink", "slug"]) {
        let slug = if OutPath::from_url(&format!("/{name}/")).is_ok() { name.to_owned() } else { permalink::slug(name) };
        lines.push_str(&format!("slug: {}\n", quoted(&slug)));
        // The address that Jekyll gives a post that says nothing else.
        let alias = format!("/{}/{}.html", date.replace('-', "/"), permalink::encode_path(name));
        if !has(&["categories", "category", "redirect_from", "aliases"]) && OutPath::from_url(&alias).is_ok() {
            lines.push_str(&format!("aliases: [{}]\n", quoted(&alias)));
        }
    }
    lines
}
