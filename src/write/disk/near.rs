//! The folder in which files are made one after the other, kept open: for each page of a large site the system then goes through two
//! names instead of all that lead to it, and that twice.
#![allow(clippy::disallowed_methods, reason = "this is the writer")]

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::system::{directory_at, file_at};

/// Where a worker made its last file. Pages follow each other in the order of their paths, so the next one is mostly near it.
#[derive(Debug)]
pub struct Near<'r> {
    root: &'r Path,
    /// Path below the root, `/` between parts; empty for the root itself.
    folder: String,
    /// The folder, from the second file that is made there on, where the platform makes files from an open folder.
    handle: Option<File>,
}

impl<'r> Near<'r> {
    /// Nowhere yet, for files that are made below `root`.
    pub fn below(root: &'r Path) -> Self {
        Self { root, folder: String::new(), handle: None }
    }

    /// The whole path of what is at `relative`.
    pub(super) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Comes to the folder at `folder`. It is opened if it is the one of the time before too: not all sites have an order.
    pub(super) fn come_to(&mut self, folder: &str) {
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            self.handle = None;
        } else if cfg!(unix) && self.handle.is_none() {
            // Without it, as where too many files are open, all is done by whole paths.
            self.handle = File::open(self.path(folder)).ok();
        }
    }

    /// Makes a directory at `relative`, in or below the folder that was come to.
    pub(super) fn make_directory(&self, relative: &str) -> io::Result<()> {
        match &self.handle {
            Some(handle) => directory_at(handle, self.rest(relative)),
            None => super::directories().create(self.path(relative)),
        }
    }

    /// Makes and opens a new file at `relative`, in or below the folder that was come to.
    pub(super) fn make_file(&self, relative: &str) -> io::Result<File> {
        match &self.handle {
            Some(handle) => file_at(handle, self.rest(relative)),
            None => super::files().open(self.path(relative)),
        }
    }

    /// What of a path comes after that of the folder.
    fn rest<'p>(&self, relative: &'p str) -> &'p str {
        relative[self.folder.len()..].trim_start_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::write::Disk;

    #[test]
    fn files_come_to_their_places_wherever_the_last_one_was_made() {
        let root = tempfile::tempdir().expect("there is room");
        let (disk, mut near) = (Disk::default(), Near::below(root.path()));
        let pages = ["index.html", "a/b/1/index.html", "a/b/2/index.html", "a/b/3/index.html", "a/b/3/4/index.html"];
        for path in pages.iter().chain(&["a/b/c", "a/b/d", "a/bb/index.html", "a/b/5/index.html", "e"]) {
            disk.create(&mut near, path, path.as_bytes()).expect("it can be made");
            assert_eq!(fs::read_to_string(root.path().join(path)).expect("it is there"), *path);
        }
        for path in ["a/b/d", "a/b/c", "a/b/3/index.html"] {
            assert!(disk.create(&mut near, path, b"").is_err(), "{path} is there already");
        }
    }
}
