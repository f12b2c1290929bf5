//! The only reader of the disk: finds and reads the articles, assets, templates and static files of a site. It decides nothing about
//! them but what is an article and what is copied as it is. A file that cannot be read stops the build: it never makes a smaller site.
#![allow(clippy::disallowed_methods, reason = "this is the reader")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use crate::config::{Config, Encoding, Globs};
use crate::diagnostic::Diagnostic;
use crate::encoding;
use crate::source::SourceFile;
use crate::text::Reader;

mod article;
mod known;
mod reload;
mod stamp;
mod walk;

use article::{Read, read_article};
pub use known::{Entries, File, Folder, Known, Learnt, key};
pub use reload::{Area, Change, reload};
pub use stamp::Stamp;
use walk::{Found, Place, Walk};

/// Bytes that are asked for before it is known that a file has them.
const MOST_AT_ONCE: usize = 1 << 20;

/// Name of the configuration in a site's folder.
pub const CONFIG_FILE: &str = "site.toml";

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
    /// What reads the articles that are not read yet.
    pub reader: Option<Arc<Reader>>,
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
    let (sources, diagnostics, _) = sources_but(root, config, &Known::default())?;
    Ok((sources, diagnostics))
}

/// The same, but for the articles of `known` whose stamps are as they were: these are left unread. Says also what was learnt.
///
/// # Errors
/// As [`sources`].
pub fn sources_but(root: &Path, config: &Config, known: &Known) -> Result<(Sources, Vec<Diagnostic>, Learnt)> {
    let mut sources = Sources::default();
    let (mut diagnostics, learnt) = content(root, config, &Sources::default(), known, &mut sources)?;
    diagnostics.extend(templates(root, config, &mut sources)?);
    diagnostics.extend(statics(root, config, &mut sources)?);
    Ok((sources, diagnostics, learnt))
}

/// `old` gives the files that are as they were.
fn content(root: &Path, config: &Config, old: &Sources, known: &Known, sources: &mut Sources) -> Result<(Vec<Diagnostic>, Learnt)> {
    let mut learnt = Learnt::default();
    let directory = root.join(&config.content_dir);
    if !directory.is_dir() {
        bail!("the content directory `{}` does not exist", directory.display());
    }
    let fallback = config.articles.encoding_fallback;
    let reader = Arc::new(reader(root, fallback));
    let take = |place: Place<'_>| read_article(place, fallback, old, Some((known, &reader)));
    let walk = Walk { root: &directory, shown: &config.content_dir, ignored: &config.ignored_content, known, take: &take };
    let Found { mut files, mut diagnostics, folders, news } = walk.all()?;
    // Stable, because that is quick where the order is nearly right.
    files.sort_by(|a, b| a.path().cmp(b.path()));
    sources.content_prefix = prefix(&config.content_dir).len();
    let mut assets = Vec::new();
    (learnt.folders, learnt.news) = (folders, news);
    for file in files {
        match file {
            Read::Article { article, problem, stamp, is_news } => {
                learnt.news += usize::from(is_news);
                learnt.articles.push(stamp);
                sources.articles.push(article);
                diagnostics.extend(problem.map(|problem| *problem));
            }
            Read::Asset(asset) => assets.push(asset),
        }
    }
    sources.assets = assets.into();
    sources.reader = Some(reader);
    Ok((diagnostics, learnt))
}

/// What reads the articles that were left unread.
fn reader(root: &Path, fallback: Option<Encoding>) -> Reader {
    let root = root.to_owned();
    Reader::new(move |path, length| {
        let file = fs::File::open(root.join(path)).ok()?;
        let bytes = bytes_as_seen(file, length.into()).ok()?;
        Some(encoding::decode(&Arc::from(path), bytes, fallback).0)
    })
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
    let take = |place: Place<'_>| Ok(place.into_file());
    let Found { mut files, diagnostics, .. } = Walk { root, shown, ignored, known: &Known::default(), take: &take }.all()?;
    files.sort_by(|a, b| a.relative.cmp(&b.relative));
    Ok((files, diagnostics))
}

/// The bytes of a file that [`walk`] found.
///
/// # Errors
/// Where it cannot be read any more.
pub fn bytes(file: &DiskFile) -> Result<Vec<u8>> {
    fs::read(&file.disk).with_context(|| format!("cannot read `{}`", file.path))
}

/// The bytes of a file that was seen with `size` bytes: in one read, where it still has as many.
fn bytes_as_seen(mut file: fs::File, size: u64) -> std::io::Result<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or_default().min(MOST_AT_ONCE);
    // Room for one more, so that the end of the file is seen.
    let mut bytes = vec![0; size + 1];
    let count = file.read(&mut bytes)?;
    bytes.truncate(count);
    if count != size {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// What is known of a file that is copied as it is; it is read if it has changed.
///
/// # Errors
/// Where it cannot be read any more.
pub fn copied(file: &DiskFile, known: &Known) -> Result<File> {
    let metadata = fs::symlink_metadata(&file.disk).with_context(|| format!("cannot read `{}`", file.path))?;
    let stamp = Stamp::of(&metadata);
    if let Some(known) = known.file(&file.path, &stamp) {
        return Ok(known);
    }
    Ok(File { stamp, hash: *blake3::hash(&bytes(file)?).as_bytes(), length: 0 })
}

/// The text file at `path`, known to the user as `shown`, with what is wrong with its encoding; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub fn text(path: &Path, shown: &str) -> Result<Option<(SourceFile, Option<Diagnostic>)>> {
    match fs::read(path) {
        Ok(bytes) => {
            let (text, problem) = encoding::decode(&Arc::from(shown), bytes, None);
            Ok(Some((SourceFile { path: shown.to_owned(), text: text.into() }, problem)))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read `{shown}`")),
    }
}

/// `shown` with the slash that stands between it and a relative path.
fn prefix(shown: &str) -> String {
    if shown.is_empty() || shown == "." { String::new() } else { [shown.trim_end_matches('/'), "/"].concat() }
}
