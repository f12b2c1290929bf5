//! What a build leaves for the next one, in `.kbpress/cache` of the site's folder: which files there were and what was in them, the
//! articles as they were parsed, what each page was made from, and the search index before it was encoded.
//!
//! ```text
//! files      folders, stamps and hashes of all files      load     reads only what has another stamp
//! articles   parsed articles by the hash of their text    parse    parses only what has another hash
//! pages      what each page was made from, as hashes      render   renders only what was made from something else
//! search     the inverted index and the names of its files         encodes only the files with changed terms
//! ```
//!
//! Every file is sealed: the checksum of its checksums is keyed with the program's sources, the configuration and, where it is set, a secret from
//! outside (`KBPRESS_CACHE_KEY`). Whatever is missing, damaged, or of another site is made anew: a cache costs time at worst. It
//! can be copied to another machine, where the times of all files are new; the hashes decide then.
#![allow(clippy::disallowed_methods, reason = "this is the reader and writer of the cache")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::article::Article;
use crate::build::Request;
use crate::inputs::Inputs;
use crate::load::{Known, Learnt, Sources};
use crate::search::Saved;
use crate::source::SourceFile;
use crate::text::Hash;

mod article;
mod articles;
pub(crate) mod code;
pub(crate) mod file;
mod known;
mod pages;
mod table;

pub use pages::{Page, Pages, encoded};
pub(crate) use table::Table;

/// Where the cache is, below the site's folder.
pub const FOLDER: &str = ".kbpress/cache";

/// Tells backup programs that the folder can be made again.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of kbpress. It may be removed at any time.\n";

/// A file of the cache that is right but for one entry in so many stays as it is: what it lacks is made again sooner than all of it is
/// written.
const LITTLE: usize = 256;

/// The files of the cache.
const FILES: &str = "files";
const ARTICLES: &str = "articles";
const PAGES: &str = "pages";
const SEARCH: &str = "search";

/// The cache of one site.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    key: Hash,
}

impl Cache {
    /// The cache of the site that `request` is for, with this configuration.
    pub fn new(request: &Request, configuration: &[Arc<SourceFile>]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("kbpress cache");
        hasher.update(&program(request, configuration));
        // Who can write the site's folder but does not know the secret cannot make a cache that is believed.
        if let Some(secret) = &request.cache_secret {
            hasher.update(secret.as_bytes());
        }
        Self { folder: request.root.join(FOLDER), key: *hasher.finalize().as_bytes() }
    }

    /// What is known of the site's files.
    pub fn known(&self) -> Known {
        self.read(FILES).and_then(|file| known::get(file.all()?.try_into().ok()?)).unwrap_or_default()
    }

    /// For each of `files` its article as it was parsed from the same text, where it is known.
    pub fn articles(&self, files: &[Arc<SourceFile>]) -> Vec<Option<Arc<Article>>> {
        self.read(ARTICLES).map_or_else(|| vec![None; files.len()], |cached| articles::get(&cached, files))
    }

    /// What each page was made from.
    pub fn pages(&self) -> Pages {
        self.read(PAGES).and_then(|file| Pages::get(file.all()?.try_into().ok()?)).unwrap_or_default()
    }

    /// The search index as it was.
    pub fn search(&self) -> Option<Saved> {
        self.read(SEARCH).and_then(|file| Saved::read(&file))
    }

    /// Keeps what was learnt of the files.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn keep_files(&self, sources: &Sources, learnt: &Learnt, inputs: &Inputs) -> io::Result<()> {
        self.write(FILES, known::put(sources, learnt, inputs))
    }

    /// Keeps the parsed articles, one for each of [`Sources::articles`]; where one is `None`, its problems must be found again.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn keep_articles(&self, sources: &Sources, articles: &[Option<Arc<Article>>]) -> io::Result<()> {
        self.write(ARTICLES, articles::put(sources, articles))
    }

    /// Keeps what the pages were made from, each as [`encoded`] gave it.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn keep_pages(&self, world: u64, pages: &[Box<[u8]>]) -> io::Result<()> {
        self.write(PAGES, Pages::put(world, pages))
    }

    /// Keeps the search index.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn keep_search(&self, saved: &Saved) -> io::Result<()> {
        self.write(SEARCH, saved.parts())
    }

    fn read(&self, name: &str) -> Option<file::Sealed> {
        file::read(&self.folder.join(name), &self.key_of(name))
    }

    fn write(&self, name: &str, parts: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let tag = self.folder.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(tag, TAG)?;
        }
        file::write(&self.folder.join(name), &self.key_of(name), parts)
    }

    /// No file of the cache can stand in for another.
    fn key_of(&self, name: &str) -> Hash {
        *blake3::keyed_hash(&self.key, name.as_bytes()).as_bytes()
    }
}

/// Removes the cache of the site at `root`; says whether there was one.
///
/// # Errors
/// Where the disk fails.
pub fn clean(root: &Path) -> io::Result<bool> {
    let folder = root.join(FOLDER);
    if !fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(false);
    }
    for name in [FILES, ARTICLES, PAGES, SEARCH, "CACHEDIR.TAG"] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // They stay where somebody else keeps something in them.
    let _ = fs::remove_dir(&folder).and_then(|()| fs::remove_dir(root.join(".kbpress")));
    Ok(true)
}

/// Whether a file of the cache is to be written anew when `stale` of its `all` entries are missing or out of date.
pub(crate) fn is_worth_writing(stale: usize, all: usize) -> bool {
    stale.saturating_mul(LITTLE) > all
}

/// A hash of what decides how a file is read, parsed and shown, besides the files themselves.
pub(crate) fn program(request: &Request, configuration: &[Arc<SourceFile>]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(env!("CARGO_PKG_VERSION"));
    add(env!("KBPRESS_SOURCES"));
    for over in request.overrides.iter().filter(|over| over.key != "output_dir") {
        add(over.key);
        add(&over.value);
    }
    for file in configuration {
        add(&file.path);
        add(&file.text);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests;
