//! Articles of another form → files of a site: old knowledge-base text files, and the folders of Jekyll and Hugo. What has no counterpart here is
//! reported at its place and left in the text. Nothing that is there is overwritten, so an import can be repeated.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::config::{Config, Encoding, Globs};
use crate::diagnostic::{Diagnostic, code};
use crate::encoding;
use crate::load::{self, DiskFile};
use crate::scaffold::{self, Made};
use crate::source::{SourceFile, Span};

mod front;
mod kb_text;
mod markup;
mod other;

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum From {
    /// What the files look like.
    #[default]
    Auto,
    /// Text files that begin with `DOCUMENT:Q123456`.
    KbText,
    /// The folder of a Jekyll site.
    Jekyll,
    /// The folder of a Hugo site.
    Hugo,
}

/// Where an imported file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Into the content directory.
    Content(String),
    /// Into the directory of files that are copied as they are.
    Static(String),
}

/// A file that an import makes.
#[derive(Debug)]
struct Imported {
    place: Place,
    bytes: Vec<u8>,
}

/// What became of an import.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Files that are new.
    pub made: usize,
    /// Files that an earlier import has made.
    pub same: usize,
    /// What could not be done.
    pub diagnostics: Vec<Diagnostic>,
    /// The text files that diagnostics point into.
    pub texts: Vec<SourceFile>,
}

/// Imports the file or folder `source` into the site at `root`, below `into` of its content directory.
///
/// # Errors
/// Where the disk fails, or what `source` is cannot be told.
pub fn import(root: &Path, config: &Config, source: &Path, from: From, into: &str) -> Result<Outcome> {
    let shown = source.display().to_string();
    let (files, problems) = files(source, &shown)?;
    let mut outcome = Outcome { diagnostics: problems, ..Outcome::default() };
    let from = match from {
        From::Auto => recognised(&files)?,
        from => from,
    };
    let into = into.trim_matches('/');
    for file in &files {
        let Some(imported) = one(file, from, &mut outcome)? else { continue };
        let (folder, path) = match &imported.place {
            Place::Content(path) if into.is_empty() => (&config.content_dir, path.clone()),
            Place::Content(path) => (&config.content_dir, format!("{into}/{path}")),
            Place::Static(path) => (&config.static_dir, path.clone()),
        };
        match scaffold::make(&root.join(folder), &path, &imported.bytes)? {
            Made::New => outcome.made += 1,
            Made::Same => outcome.same += 1,
            Made::Kept => {
                let message = format!("`{folder}/{path}` is already there and is not what this file becomes");
                let problem = Diagnostic::error(code::IMPORT_REFUSED, message).at(&file.path.as_str().into(), Span::default());
                outcome.diagnostics.push(problem.help("it was kept; compare the two, and move the one that is not wanted away"));
            }
        }
    }
    crate::diagnostic::sort(&mut outcome.diagnostics);
    Ok(outcome)
}

/// The files at `source`, which may be one itself.
fn files(source: &Path, shown: &str) -> Result<(Vec<DiskFile>, Vec<Diagnostic>)> {
    if source.is_file() {
        let name = source.file_name().map_or_else(|| shown.to_owned(), |name| name.to_string_lossy().into_owned());
        return Ok((vec![DiskFile { path: shown.to_owned(), relative: name, disk: source.to_owned() }], Vec::new()));
    }
    if !source.is_dir() {
        bail!("there is no `{shown}` to import");
    }
    load::walk(source, shown, &Globs::default())
}

/// What the files are, by the names that only one kind of folder has.
fn recognised(files: &[DiskFile]) -> Result<From> {
    let has = |names: &[&str]| files.iter().any(|file| names.contains(&file.relative.as_str()));
    if has(&["_config.yml", "_config.yaml", "_config.toml"]) {
        return Ok(From::Jekyll);
    }
    let is_hugo = ["toml", "yaml", "yml", "json"].iter().any(|end| has(&[&format!("hugo.{end}"), &format!("config.{end}")]));
    if is_hugo || files.iter().any(|file| file.relative.starts_with("config/_default/")) {
        return Ok(From::Hugo);
    }
    if files.iter().any(kb_text::may_be) {
        return Ok(From::KbText);
    }
    bail!("what this is cannot be told; name it: `--from kb-text`, `--from jekyll` or `--from hugo`");
}

/// What becomes of one file; `None` where it is not imported.
fn one(file: &DiskFile, from: From, outcome: &mut Outcome) -> Result<Option<Imported>> {
    if from == From::KbText {
        if !kb_text::may_be(file) {
            return Ok(None);
        }
        let text = text(file, outcome)?;
        let text = SourceFile { text: kb_text::readable(&text.text).into(), ..text };
        return Ok(match kb_text::article(&text) {
            Ok((path, article)) => {
                if let Some(problem) = control_characters(&text) {
                    outcome.diagnostics.push(problem);
                    outcome.texts.push(text);
                }
                Some(Imported { place: Place::Content(path), bytes: article.into_bytes() })
            }
            Err((message, offset)) => {
                let problem =
                    Diagnostic::error(code::IMPORT_REFUSED, message).at(&file.path.as_str().into(), Span::new(offset..offset));
                outcome.diagnostics.push(problem.help("the file was left out; correct its header and import it again"));
                outcome.texts.push(text);
                None
            }
        });
    }
    let Some(place) = other::place(file, from, &mut outcome.diagnostics) else { return Ok(None) };
    if !other::is_markdown(&file.relative) {
        return Ok(Some(Imported { place, bytes: load::bytes(file)? }));
    }
    let text = text(file, outcome)?;
    let (article, mut problems) = other::article(&text, &file.relative, from);
    problems.extend(control_characters(&text));
    if !problems.is_empty() {
        outcome.diagnostics.extend(problems);
        outcome.texts.push(text);
    }
    Ok(Some(Imported { place, bytes: article.into_bytes() }))
}

/// The text of a file; one that is not UTF-8 is read as Western European.
fn text(file: &DiskFile, outcome: &mut Outcome) -> Result<SourceFile> {
    let path: Arc<str> = file.path.as_str().into();
    let (text, problem) = encoding::decode(&path, load::bytes(file)?, Some(Encoding::Windows1252));
    outcome.diagnostics.extend(problem);
    Ok(SourceFile { path: file.path.clone(), text: text.into() })
}

/// A word about the characters of `file` that nobody can see, if it has any: they are in the new file too.
fn control_characters(file: &SourceFile) -> Option<Diagnostic> {
    let mut found = file.text.char_indices().filter(|(_, c)| is_unseen(*c)).peekable();
    let (at, first) = *found.peek()?;
    let message = match found.count() {
        1 => format!("the text has a control character, U+{:04X}", u32::from(first)),
        count => format!("the text has {count} control characters, the first is U+{:04X}", u32::from(first)),
    };
    let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(&file.path.as_str().into(), Span::new(at..at));
    Some(problem.help("they stay in the text, where readers see nothing or a box; write in the new file what they stood for"))
}

/// A control character other than those between words and lines.
fn is_unseen(c: char) -> bool {
    c.is_control() && !c.is_ascii_whitespace() && c != '\u{b}'
}
