//! `kbpress new`: an archetype, a title and a place → a new article. The site's own archetypes win over the built-in ones.

use std::path::Path;

use anyhow::{Result, bail};
use jiff::civil::Date;

use super::{Made, make};
use crate::config::Config;
use crate::front_matter::quoted;
use crate::load;
use crate::parse;
use crate::permalink::slug;

/// The folder of a site's own archetypes, below its root.
pub const FOLDER: &str = "archetypes";

/// Kinds of articles, each with its built-in archetype.
pub const KINDS: [(&str, &str); 5] = [
    ("page", include_str!("archetypes/page.md")),
    ("problem", include_str!("archetypes/problem.md")),
    ("how-to", include_str!("archetypes/how-to.md")),
    ("information", include_str!("archetypes/information.md")),
    ("bug", include_str!("archetypes/bug.md")),
];

/// The least number that an article gets that is the first one with a number.
const FIRST_NUMBER: u32 = 100_001;
/// The largest number that a reference in a text can name.
const LAST_NUMBER: u32 = 999_999;

/// A new article.
#[derive(Debug, Clone)]
pub struct Request<'r> {
    /// Where it is to be, from the content directory; a path that ends in `/` is a folder that the file's name is made for.
    pub path: &'r str,
    /// Its title; without one, what the file's name says.
    pub title: Option<&'r str>,
    /// The name of its archetype.
    pub kind: &'r str,
    /// The article's number.
    pub number: Option<u32>,
    /// Its date.
    pub date: Date,
}

/// Makes the article; says its path from the root of the site.
///
/// # Errors
/// `Ok(Err(…))` where it cannot be made: what to say about it. `Err` where the disk fails.
pub fn create(root: &Path, config: &Config, request: &Request<'_>) -> Result<Result<String, String>> {
    let path = match file_path(&config.content_dir, request) {
        Ok(path) => path,
        Err(why) => return Ok(Err(why)),
    };
    let Some(archetype) = archetype(root, request.kind)? else {
        return Ok(Err(format!(
            "there is no archetype `{kind}`; make `{FOLDER}/{kind}.md`, or take one of {}",
            KINDS.map(|(name, _)| format!("`{name}`")).join(", "),
            kind = request.kind
        )));
    };
    let title = request.title.map_or_else(|| title_of(&path), str::to_owned);
    let text = filled(&archetype, &title, request);
    let shown = format!("{}/{path}", config.content_dir.trim_end_matches('/'));
    match make(&root.join(&config.content_dir), &path, text.as_bytes()) {
        Ok(Made::New) => Ok(Ok(shown)),
        Ok(Made::Same | Made::Kept) => Ok(Err(format!("`{shown}` is already there"))),
        Err(error) if error.downcast_ref::<std::io::Error>().is_none() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// The first number above those of all articles of the site, drafts included.
///
/// # Errors
/// Where the content cannot be read, or the numbers are used up.
pub fn next_number(root: &Path, config: &Config) -> Result<u32> {
    let (sources, _) = load::sources(root, config)?;
    let (articles, _) = parse::parse_all(config, &sources.articles);
    let last = articles.iter().filter_map(|article| article.fields.number).filter(|number| *number <= LAST_NUMBER).max();
    let next = last.map_or(FIRST_NUMBER, |last| last + 1);
    if next > LAST_NUMBER {
        bail!("there is no article number after Q{LAST_NUMBER}; name one with `--number`");
    }
    Ok(next)
}

/// The path of the file, from the content directory.
fn file_path(content_dir: &str, request: &Request<'_>) -> Result<String, String> {
    let content = format!("{}/", content_dir.trim_end_matches('/'));
    let path = request.path.strip_prefix(&content).unwrap_or(request.path).trim_start_matches("./");
    if path.ends_with('/') || path.is_empty() {
        let name = match (request.number, request.title.map(slug)) {
            (Some(number), _) => format!("Q{number}"),
            (None, Some(name)) if !name.is_empty() => name,
            _ => return Err(format!("`{}` is a folder: give the article a `--title` or a `--number`", request.path)),
        };
        return Ok(format!("{path}{name}.md"));
    }
    let is_markdown = [".md", ".markdown"].iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    Ok(if is_markdown { path.to_owned() } else { format!("{path}.md") })
}

fn archetype(root: &Path, kind: &str) -> Result<Option<String>> {
    if kind.is_empty() || kind.starts_with('.') || kind.contains(['/', '\\', '\0']) {
        return Ok(None);
    }
    let shown = format!("{FOLDER}/{kind}.md");
    if let Some((own, _)) = load::text(&root.join(FOLDER).join(format!("{kind}.md")), &shown)? {
        return Ok(Some(own.text.to_string()));
    }
    Ok(KINDS.iter().find(|(name, _)| *name == kind).map(|(_, text)| (*text).to_owned()))
}

/// The archetype with its `{{ title }}`, `{{ date }}` and `{{ number }}` filled in; a line for a number that there is none of is left out.
fn filled(archetype: &str, title: &str, request: &Request<'_>) -> String {
    let title = quoted(title);
    let number = request.number.map(|number| format!("Q{number}"));
    let mut text = String::with_capacity(archetype.len() + title.len());
    for line in archetype.split_inclusive('\n') {
        if number.is_none() && line.contains("{{ number }}") {
            continue;
        }
        let line = line.replace("{{ date }}", &request.date.to_string());
        let line = line.replace("{{ number }}", number.as_deref().unwrap_or_default());
        // Last, so that a title cannot hold a place to fill.
        text.push_str(&line.replace("{{ title }}", &title));
    }
    text
}

/// `kb/printer-is-slow.md` → `Printer is slow`.
fn title_of(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = if matches!(stem, "index" | "README" | "_index") { folder.rsplit('/').next().unwrap_or(stem) } else { stem };
    let words = stem.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
