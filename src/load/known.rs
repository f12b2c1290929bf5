//! What an earlier build knew of the files that it read, so that those that are as they were need not be read again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use super::stamp::Stamp;
use crate::text::Hash;

/// The folders and files of an earlier build.
#[derive(Debug, Default)]
pub struct Known {
    /// Folders of the content directory, by their path in it.
    pub folders: HashMap<Box<str>, Arc<Folder>>,
    /// Files by their path as the user knows it.
    pub files: HashMap<Box<str>, File>,
}

/// What is in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Of the folder itself.
    pub stamp: Stamp,
    /// Everything in it, sorted by name.
    pub entries: Vec<(Box<str>, What)>,
}

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A folder.
    Folder,
    /// A plain file.
    File,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Special,
}

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
    /// Folders of the content directory, by their path in it.
    pub folders: Vec<(Box<str>, Arc<Folder>)>,
    /// Stamps of the articles, in their order.
    pub articles: Vec<Stamp>,
    /// Something was not as it was known.
    pub is_news: bool,
}

impl Default for Learnt {
    fn default() -> Self {
        Self { began: SystemTime::now(), folders: Vec::new(), articles: Vec::new(), is_news: false }
    }
}

impl Known {
    /// What is known of the file at `path` if it has this `stamp`.
    pub fn file(&self, path: &str, stamp: &Stamp) -> Option<&File> {
        self.files.get(path).filter(|file| stamp.is_told() && file.stamp == *stamp)
    }

    /// What is known of the folder at `path` if it has this `stamp`.
    pub fn folder(&self, path: &str, stamp: &Stamp) -> Option<&Arc<Folder>> {
        self.folders.get(path).filter(|folder| stamp.is_told() && folder.stamp == *stamp)
    }
}
