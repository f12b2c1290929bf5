//! Finds the files below a folder. What is in a folder that has not changed since an earlier build is known without opening it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rayon::prelude::*;

use super::known::{Entries, Folder, Known, key};
use super::stamp::Stamp;
use super::{DiskFile, prefix};
use crate::config::Globs;
use crate::diagnostic::{Diagnostic, code};
use crate::look::{Seen, View, WORTH_OPENING, What};
use crate::source::Span;

/// A walk through the folders of one directory; hidden files and folders and what the globs match are left out.
pub(super) struct Walk<'w> {
    /// The directory.
    pub(super) root: &'w Path,
    /// Its path as the user knows it.
    pub(super) shown: &'w str,
    pub(super) ignored: &'w Globs,
    pub(super) known: &'w Known,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Each with its stamp, in no order.
    pub(super) files: Vec<(DiskFile, Stamp)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The folders by the keys of their paths, in no order.
    pub(super) folders: Vec<(u64, Folder)>,
    /// How many folders were not as they were known.
    pub(super) news: usize,
}

/// From so many folders beside each other on, what is below them is not shared out among the threads again.
const WIDE: usize = 256;
/// Parts that the folders of one folder are shared out in.
const PARTS: usize = 64;

impl Found {
    fn append_all(&mut self, others: Vec<Result<Self>>) -> Result<()> {
        let rest = |length: fn(&Self) -> usize| {
            let lengths = others.iter().flatten().map(length);
            lengths.clone().sum::<usize>() - lengths.max().unwrap_or_default()
        };
        let (files, folders) = (rest(|found| found.files.len()), rest(|found| found.folders.len()));
        for (i, other) in others.into_iter().enumerate() {
            self.append(other?);
            if i == 0 {
                self.files.reserve(files);
                self.folders.reserve(folders);
            }
        }
        Ok(())
    }

    fn append(&mut self, mut other: Self) {
        // Nothing has an order yet: what is less is moved.
        if other.files.len() > self.files.len() {
            std::mem::swap(self, &mut other);
        }
        self.files.extend(other.files);
        self.diagnostics.extend(other.diagnostics);
        self.folders.extend(other.folders);
        self.news += other.news;
    }
}

impl Walk<'_> {
    /// Everything in the directory.
    ///
    /// # Errors
    /// Where a folder cannot be read, or a name is not UTF-8.
    pub(super) fn all(&self) -> Result<Found> {
        // The directory itself may be a link; nothing in it may.
        let root = fs::metadata(self.root).with_context(|| format!("cannot read `{}`", self.root.display()))?;
        let mut found = Found::default();
        self.folder("", (&View::from(self.root.to_owned()), 0), Some(Seen::of(&root)), 1, &mut found)?;
        Ok(found)
    }

    /// What is at `relative`: a file, or a folder and everything in it. Nothing where there is nothing.
    ///
    /// # Errors
    /// As [`Walk::all`].
    pub(super) fn at(&self, relative: &str) -> Result<Found> {
        let view = View::from(self.root.to_owned());
        let mut found = Found::default();
        match fs::symlink_metadata(self.root.join(relative)) {
            Ok(metadata) if metadata.is_dir() => {
                self.folder(relative, (&view, 0), Some(Seen::of(&metadata)), 1, &mut found)?;
            }
            Ok(metadata) => self.file(relative.to_owned(), &view, 0, What::from(metadata.file_type()), &mut found)?,
            Err(_) => {}
        }
        Ok(found)
    }

    /// The folder at `relative`, whose path from `view` begins at `from`, and everything in it. About `beside` folders are shared out
    /// among the threads already.
    fn folder(
        &self,
        relative: &str,
        (view, from): (&View, usize),
        seen: Option<Seen>,
        beside: usize,
        found: &mut Found,
    ) -> Result<()> {
        let seen = match seen {
            Some(seen) => seen,
            None => {
                view.look(&relative[from..]).with_context(|| format!("cannot read `{}`", self.root.join(relative).display()))?
            }
        };
        let folder = match self.known.folder(relative, &seen.stamp) {
            Some(known) => known,
            None => {
                found.news += 1;
                let names = view.names(&relative[from..]);
                let names = names.with_context(|| format!("cannot read `{}`", self.root.join(relative).display()))?;
                Folder { stamp: seen.stamp, entries: Entries::new(names) }
            }
        };
        let opened = (from < relative.len() && folder.entries.iter().nth(WORTH_OPENING).is_some())
            .then(|| View::from(self.root.join(relative)));
        let (view, from) = opened.as_ref().map_or((view, from), |opened| (opened, relative.len() + 1));
        let mut below: Vec<String> = Vec::new();
        for (name, what) in folder.entries.iter() {
            let path = if relative.is_empty() { name.to_owned() } else { [relative, "/", name].concat() };
            if name.starts_with('.') || (!self.ignored.is_empty() && self.ignored.matches(&path)) {
                continue;
            }
            match what {
                What::Folder => below.push(path),
                _ => self.file(path, view, from, what, found)?,
            }
        }
        found.folders.push((key(relative), folder));
        let all = |paths: &[String], beside: usize, found: &mut Found| {
            paths.iter().try_for_each(|path| self.folder(path, (view, from), None, beside, found))
        };
        if beside >= WIDE || below.len() < 2 {
            return all(&below, beside, found);
        }
        let parts = below.par_chunks(below.len().div_ceil(PARTS)).map(|paths| {
            let mut found = Found::default();
            all(paths, beside * below.len(), &mut found).map(|()| found)
        });
        found.append_all(parts.collect())
    }

    /// The file at `relative`, whose path from `view` begins at `from`.
    fn file(&self, relative: String, view: &View, from: usize, what: What, found: &mut Found) -> Result<()> {
        let path = prefix(self.shown) + &relative;
        let other = match what {
            What::File | What::Folder => {
                // Before it is read: what is written meanwhile has another stamp.
                let seen = view.look(&relative[from..]).with_context(|| format!("cannot read `{path}`"))?;
                let disk = self.root.join(&relative);
                found.files.push((DiskFile { path, relative, disk }, seen.stamp));
                return Ok(());
            }
            What::Link => "a symbolic link",
            What::Special => "a device, a pipe or a socket",
        };
        let place: Arc<str> = path.into();
        found.diagnostics.push(
            Diagnostic::error(code::UNSUPPORTED_FILE, format!("`{place}` is {other}"))
                .at(&place, Span::default())
                .help("put a plain file there, or name it in `ignored_content`"),
        );
        Ok(())
    }
}
