//! What an earlier build knew of the files that it read, so that those that are as they were need not be read again.

use std::sync::Arc;
use std::time::SystemTime;

use super::stamp::Stamp;
use crate::cache::Table;
use crate::digest;
use crate::look::What;
use crate::text::Hash;

/// The folders and files of an earlier build.
#[derive(Debug, Default)]
pub struct Known {
    /// Folders of the content directory, by the [`key`] of their path in it.
    pub(crate) folders: Table,
    /// Files by the [`key`] of their path as the user knows it.
    pub(crate) files: Table,
}

/// What is in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Of the folder itself.
    pub stamp: Stamp,
    /// Everything in it.
    pub entries: Entries,
}

/// What is in a folder, sorted by name. One piece of memory: most folders of a large site hold one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries(Arc<str>);

/// A file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// When it was read.
    pub stamp: Stamp,
    /// Of its text, or of its bytes where it is copied.
    pub hash: Hash,
    /// Bytes of its text.
    pub length: u32,
}

/// What is learnt of the files while they are found and read: the next build's [`Known`].
#[derive(Debug)]
pub struct Learnt {
    /// When the first file was looked at.
    pub began: SystemTime,
    /// Folders of the content directory, by the [`key`] of their path in it.
    pub folders: Vec<(u64, Folder)>,
    /// Stamps of the articles, in their order.
    pub articles: Vec<Stamp>,
    /// How many folders and articles were not as they were known.
    pub news: usize,
}

/// What stands for a path. Should two paths ever share a key, their stamps still tell them apart.
pub fn key(path: &str) -> u64 {
    digest::of(path)
}

impl Entries {
    /// Of these names, which are no paths.
    pub fn new(mut entries: Vec<(String, What)>) -> Self {
        entries.sort_unstable();
        Self(entries.iter().flat_map(|(name, what)| [what.letter(), name, "/"]).collect::<String>().into())
    }

    /// The names and what they stand for.
    pub fn iter(&self) -> impl Iterator<Item = (&str, What)> {
        self.0.split_terminator('/').filter_map(What::of)
    }

    /// All of it in one text.
    pub fn joined(&self) -> &str {
        &self.0
    }

    /// The entries that [`Entries::joined`] gave; `None` where it is something else.
    pub fn from_joined(joined: &str) -> Option<Self> {
        // A name that is a path would lead out of its folder.
        let is_name = |name: &str| !name.contains(['\\', '\0']) && !matches!(name, "" | "." | "..");
        let mut names = joined.split_terminator('/').map(What::of);
        let is_sound =
            (joined.is_empty() || joined.ends_with('/')) && names.all(|entry| entry.is_some_and(|(name, _)| is_name(name)));
        is_sound.then(|| Self(joined.into()))
    }
}

impl What {
    const LETTERS: [(&str, Self); 4] = [("d", Self::Folder), ("f", Self::File), ("l", Self::Link), ("s", Self::Special)];

    fn letter(self) -> &'static str {
        Self::LETTERS.iter().find(|(_, what)| *what == self).map_or("s", |(letter, _)| letter)
    }

    /// A name behind the letter of what it stands for.
    fn of(entry: &str) -> Option<(&str, Self)> {
        Self::LETTERS.iter().find_map(|(letter, what)| Some((entry.strip_prefix(letter)?, *what)))
    }
}

impl Default for Learnt {
    fn default() -> Self {
        Self { began: SystemTime::now(), folders: Vec::new(), articles: Vec::new(), news: 0 }
    }
}

impl Known {
    /// What is known of the file at `path` if it has this `stamp`.
    pub fn file(&self, path: &str, stamp: &Stamp) -> Option<File> {
        self.old_file(path).filter(|file| file.stamp.still_holds(stamp))
    }

    /// What is known of the file at `path`, whatever its stamp is now.
    pub fn old_file(&self, path: &str) -> Option<File> {
        self.files.get(key(path))
    }

    /// What is known of the folder at `path`, whatever its stamp is now.
    pub fn old_folder(&self, path: &str) -> Option<Folder> {
        self.folders.get(key(path))
    }
}
