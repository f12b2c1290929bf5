//! The only reader of the disk: finds and reads the articles, assets, templates and static files of a site. It decides nothing about
//! them but what is an article and what is copied as it is. A file that cannot be read stops the build: it never makes a smaller site.
#![allow(clippy::disallowed_methods, reason = "this is the reader")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::config::{Config, Encoding, Globs};
use crate::diagnostic::{Diagnostic, code};
use crate::encoding;
use crate::source::{SourceFile, Span};

mod reload;

pub use reload::{Area, Change, reload};

/// Name of the configuration in a site's folder.
pub const CONFIG_FILE: &str = "site.toml";

/// Depth at which the walk splits into parallel ones: `content/kb/164/`.
const SPLIT_DEPTH: usize = 2;

/// Everything that was read, each list sorted by path. A clone shares the texts.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    /// Article files.
    pub articles: Vec<Arc<SourceFile>>,
    /// Files of the content directory that are copied next to the pages of their folder.
    pub assets: Arc<[DiskFile]>,
    /// The site's own templates.
    pub templates: Vec<Arc<SourceFile>>,
    /// Bytes of [`SourceFile::path`] of a template before its name.
    pub templates_prefix: usize,
    /// The site's own static files, but for those that replace an asset of the theme.
    pub statics: Arc<[DiskFile]>,
    /// Content of the static files that replace an asset of the theme, by name.
    pub theme_assets: BTreeMap<String, Vec<u8>>,
    /// Bytes of [`SourceFile::path`] of an article before the part that is relative to the content directory.
    pub content_prefix: usize,
}

impl Sources {
    /// The text files, for the report.
    pub fn into_texts(self) -> impl Iterator<Item = Arc<SourceFile>> {
        self.articles.into_iter().chain(self.templates)
    }

    /// The name by which templates call a template: `article.html`.
    pub fn template_name<'f>(&self, file: &'f SourceFile) -> &'f str {
        &file.path[self.templates_prefix..]
    }

    /// The path of an article relative to the content directory.
    pub fn relative<'f>(&self, file: &'f SourceFile) -> &'f str {
        &file.path[self.content_prefix..]
    }
}

/// A file that is copied byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiskFile {
    /// Path as the user knows it, as in [`SourceFile::path`].
    pub path: String,
    /// Path below the directory that was walked, `/` between parts.
    pub relative: String,
    /// Where it is.
    pub disk: PathBuf,
}

/// Reads everything that a site is made from; relative directories of `config` begin at `root`.
///
/// # Errors
/// Where a directory or a file cannot be read, or the content directory does not exist.
pub fn sources(root: &Path, config: &Config) -> Result<(Sources, Vec<Diagnostic>)> {
    let mut sources = Sources::default();
    let mut diagnostics = content(root, config, &Sources::default(), &mut sources)?;
    diagnostics.extend(templates(root, config, &mut sources)?);
    diagnostics.extend(statics(root, config, &mut sources)?);
    Ok((sources, diagnostics))
}

/// `old` gives the files that are as they were.
fn content(root: &Path, config: &Config, old: &Sources, sources: &mut Sources) -> Result<Vec<Diagnostic>> {
    let directory = root.join(&config.content_dir);
    if !directory.is_dir() {
        bail!("the content directory `{}` does not exist", directory.display());
    }
    let (files, mut diagnostics) = walk(&directory, &config.content_dir, &config.ignored_content)?;
    let fallback = config.articles.encoding_fallback;
    let read: Vec<Result<Read>> = files.into_par_iter().map(|file| read_article(file, fallback, old)).collect();
    sources.content_prefix = prefix(&config.content_dir).len();
    let mut assets = Vec::new();
    for file in read {
        match file? {
            Read::Article(article, problem) => {
                sources.articles.push(article);
                diagnostics.extend(problem);
            }
            Read::Asset(asset) => assets.push(asset),
        }
    }
    sources.assets = assets.into();
    Ok(diagnostics)
}

fn templates(root: &Path, config: &Config, sources: &mut Sources) -> Result<Vec<Diagnostic>> {
    let directory = root.join(&config.templates_dir);
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let (files, mut diagnostics) = walk(&directory, &config.templates_dir, &Globs::default())?;
    for file in files {
        let Some((template, problem)) = text(&file.disk, &file.path)? else { continue };
        sources.templates.push(Arc::new(template));
        diagnostics.extend(problem);
    }
    sources.templates_prefix = prefix(&config.templates_dir).len();
    Ok(diagnostics)
}

fn statics(root: &Path, config: &Config, sources: &mut Sources) -> Result<Vec<Diagnostic>> {
    let directory = root.join(&config.static_dir);
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let (files, diagnostics) = walk(&directory, &config.static_dir, &Globs::default())?;
    let mut statics = Vec::new();
    for file in files {
        if crate::theme::is_built_in_asset(&file.relative) {
            let bytes = bytes(&file)?;
            sources.theme_assets.insert(file.relative, bytes);
        } else {
            statics.push(file);
        }
    }
    sources.statics = statics.into();
    Ok(diagnostics)
}

/// The files below `root`, sorted by their relative path; hidden ones and what `ignored` matches are left out.
///
/// # Errors
/// Where a directory cannot be read.
pub fn walk(root: &Path, shown: &str, ignored: &Globs) -> Result<(Vec<DiskFile>, Vec<Diagnostic>)> {
    let walked: Vec<(Vec<DiskFile>, Vec<Diagnostic>)> = {
        // The upper levels are few; below them each folder is walked on its own, in parallel.
        let mut upper = Vec::new();
        let mut deep = Vec::new();
        let mut diagnostics = Vec::new();
        for entry in visible(WalkDir::new(root).max_depth(SPLIT_DEPTH), root, ignored) {
            let entry = entry?;
            if entry.depth() == SPLIT_DEPTH && entry.file_type().is_dir() {
                deep.push(entry.into_path());
            } else {
                sort_entry(&entry, root, shown, &mut upper, &mut diagnostics)?;
            }
        }
        let mut walked = deep
            .into_par_iter()
            .map(|folder| -> Result<_> {
                let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
                for entry in visible(WalkDir::new(folder), root, ignored) {
                    sort_entry(&entry?, root, shown, &mut files, &mut diagnostics)?;
                }
                Ok((files, diagnostics))
            })
            .collect::<Result<Vec<_>>>()?;
        walked.push((upper, diagnostics));
        walked
    };
    let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
    for (f, d) in walked {
        files.extend(f);
        diagnostics.extend(d);
    }
    files.sort_unstable_by(|a, b| a.relative.cmp(&b.relative));
    Ok((files, diagnostics))
}

/// The bytes of a file that [`walk`] found.
///
/// # Errors
/// Where it cannot be read any more.
pub fn bytes(file: &DiskFile) -> Result<Vec<u8>> {
    fs::read(&file.disk).with_context(|| format!("cannot read `{}`", file.path))
}

/// The text file at `path`, known to the user as `shown`, with what is wrong with its encoding; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub fn text(path: &Path, shown: &str) -> Result<Option<(SourceFile, Option<Diagnostic>)>> {
    match fs::read(path) {
        Ok(bytes) => {
            let (text, problem) = encoding::decode(&Arc::from(shown), bytes, None);
            Ok(Some((SourceFile { path: shown.to_owned(), text }, problem)))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read `{shown}`")),
    }
}

enum Read {
    Article(Arc<SourceFile>, Option<Diagnostic>),
    Asset(DiskFile),
}

fn visible<'a>(walk: WalkDir, root: &'a Path, ignored: &'a Globs) -> impl Iterator<Item = Result<walkdir::DirEntry>> + 'a {
    walk.into_iter()
        .filter_entry(move |entry| {
            let hidden = entry.path() != root && entry.file_name().as_encoded_bytes().starts_with(b".");
            !hidden && (ignored.is_empty() || !relative(entry.path(), root).is_ok_and(|path| ignored.matches(&path)))
        })
        .map(|entry| entry.context("cannot read the content"))
}

fn sort_entry(
    entry: &walkdir::DirEntry,
    root: &Path,
    shown: &str,
    files: &mut Vec<DiskFile>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<()> {
    if entry.file_type().is_dir() {
        return Ok(());
    }
    let relative = relative(entry.path(), root)?;
    let path = format!("{}{relative}", prefix(shown));
    if !entry.file_type().is_file() {
        let what = if entry.file_type().is_symlink() { "a symbolic link" } else { "a device, a pipe or a socket" };
        let place: Arc<str> = path.into();
        diagnostics.push(
            Diagnostic::error(code::UNSUPPORTED_FILE, format!("`{place}` is {what}"))
                .at(&place, Span::default())
                .help("put a plain file there, or name it in `ignored_content`"),
        );
        return Ok(());
    }
    files.push(DiskFile { path, relative, disk: entry.path().to_owned() });
    Ok(())
}

/// `shown` with the slash that stands between it and a relative path.
fn prefix(shown: &str) -> String {
    if shown.is_empty() || shown == "." { String::new() } else { format!("{}/", shown.trim_end_matches('/')) }
}

fn relative(path: &Path, root: &Path) -> Result<String> {
    let relative = path.strip_prefix(root).with_context(|| format!("`{}` is outside `{}`", path.display(), root.display()))?;
    let parts: Option<Vec<&str>> = relative.iter().map(OsStr::to_str).collect();
    Ok(parts.with_context(|| format!("the name of `{}` is not UTF-8", path.display()))?.join("/"))
}

fn is_article(file: &DiskFile) -> bool {
    let extension = file.relative.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
}

/// Reads an article; where its text is as in `old`, it is the one that is there.
fn read_article(file: DiskFile, fallback: Option<Encoding>, old: &Sources) -> Result<Read> {
    if !is_article(&file) {
        return Ok(Read::Asset(file));
    }
    let path: Arc<str> = file.path.as_str().into();
    let (text, problem) = encoding::decode(&path, bytes(&file)?, fallback);
    if u32::try_from(text.len()).is_err() {
        bail!("`{}` is larger than 4 GiB", file.path);
    }
    let known = old.articles.binary_search_by(|other| other.path.as_str().cmp(&file.path)).ok().map(|i| &old.articles[i]);
    let article = match known.filter(|known| known.text == text) {
        Some(known) => Arc::clone(known),
        None => Arc::new(SourceFile { path: file.path, text }),
    };
    Ok(Read::Article(article, problem))
}
