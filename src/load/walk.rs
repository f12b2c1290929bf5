//! Finds the files below a folder, and hands on each while its folder is open. What is in a folder that has not changed since an earlier
//! build is known without opening it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rayon::prelude::*;

use super::known::{Entries, Folder, Known, key};
use super::stamp::Stamp;
use super::{DiskFile, prefix};
use crate::config::Globs;
use crate::diagnostic::{Diagnostic, code};
use crate::look::{Entered, Seen, View, WORTH_OPENING, What};
use crate::source::Span;

/// A walk through the folders of one directory; hidden files and folders and what the globs match are left out.
pub(super) struct Walk<'w, T> {
    /// The directory.
    pub(super) root: &'w Path,
    /// Its path as the user knows it.
    pub(super) shown: &'w str,
    pub(super) ignored: &'w Globs,
    pub(super) known: &'w Known,
    /// What is made of a file, while the folder that it is in is open.
    pub(super) take: &'w (dyn Fn(Place<'_>) -> Result<T> + Sync),
}

/// Where a file was found.
pub(super) struct Place<'v> {
    /// As [`DiskFile::path`].
    pub(super) path: String,
    /// As [`DiskFile::relative`].
    pub(super) relative: String,
    root: &'v Path,
    view: &'v View,
    /// Bytes of the relative path before the part that begins at the view.
    from: usize,
}

/// What a walk found.
#[derive(Debug)]
pub(super) struct Found<T> {
    /// What was made of the files. In most folders they have the order of their paths.
    pub(super) files: Vec<T>,
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
/// How many files of one folder a thread takes at once.
const FILES: usize = 64;

impl Place<'_> {
    /// What stands there.
    pub(super) fn look(&self) -> io::Result<Seen> {
        self.view.look(&self.relative[self.from..])
    }

    /// Opens it to read it.
    pub(super) fn open(&self) -> io::Result<File> {
        self.view.open(&self.relative[self.from..])
    }

    /// The file, to be read or copied later.
    pub(super) fn into_file(self) -> DiskFile {
        let disk = self.root.join(&self.relative);
        DiskFile { path: self.path, relative: self.relative, disk }
    }
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { files: Vec::new(), diagnostics: Vec::new(), folders: Vec::new(), news: 0 }
    }
}

impl<T> Found<T> {
    fn append_all(&mut self, others: Vec<Result<Self>>) -> Result<()> {
        let total = |length: fn(&Self) -> usize| others.iter().flatten().map(length).sum();
        self.files.reserve(total(|found| found.files.len()));
        self.folders.reserve(total(|found| found.folders.len()));
        for other in others {
            let Self { files, diagnostics, folders, news } = other?;
            self.files.extend(files);
            self.diagnostics.extend(diagnostics);
            self.folders.extend(folders);
            self.news += news;
        }
        Ok(())
    }
}

impl<T: Send> Walk<'_, T> {
    /// Everything in the directory.
    ///
    /// # Errors
    /// Where a folder cannot be read, a name is not UTF-8, or nothing can be made of a file.
    pub(super) fn all(&self) -> Result<Found<T>> {
        // The directory itself may be a link; nothing in it may.
        let root = fs::metadata(self.root).with_context(|| format!("cannot read `{}`", self.root.display()))?;
        let mut found = Found::default();
        self.folder("", (&View::from(self.root.to_owned()), 0), Some(Stamp::of(&root)), 1, &mut found)?;
        Ok(found)
    }

    /// What is at `relative`: a file, or a folder and everything in it. Nothing where there is nothing.
    ///
    /// # Errors
    /// As [`Walk::all`].
    pub(super) fn at(&self, relative: &str) -> Result<Found<T>> {
        let view = View::from(self.root.to_owned());
        let mut found = Found::default();
        match fs::symlink_metadata(self.root.join(relative)) {
            Ok(metadata) if metadata.is_dir() => {
                self.folder(relative, (&view, 0), Some(Stamp::of(&metadata)), 1, &mut found)?;
            }
            Ok(metadata) => self.file(relative, What::from(metadata.file_type()), (&view, 0), &mut found)?,
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
        mut seen: Option<Stamp>,
        beside: usize,
        found: &mut Found<T>,
    ) -> Result<()> {
        let context = || format!("cannot read `{}`", self.root.join(relative).display());
        let known = self.known.old_folder(relative);
        // One of which nothing is known is opened anyway.
        if known.is_some() && seen.is_none() {
            seen = Some(view.look(&relative[from..]).with_context(context)?.stamp);
        }
        let known = known.filter(|folder| seen.is_some_and(|now| folder.stamp.still_holds(&now)));
        let is_wide = |folder: &Folder| folder.entries.iter().nth(WORTH_OPENING).is_some();
        let (folder, opened) = match known {
            Some(known) => {
                let opened = (from < relative.len() && is_wide(&known)).then(|| View::from(self.root.join(relative)));
                (known, opened)
            }
            None => {
                found.news += 1;
                let Entered { view, stamp, names } = view.enter(&relative[from..]).with_context(context)?;
                (Folder { stamp: seen.unwrap_or(stamp), entries: Entries::new(names) }, Some(view))
            }
        };
        let (mut files, mut below): (Vec<(String, What)>, Vec<String>) = (Vec::new(), Vec::new());
        for (name, what) in folder.entries.iter() {
            let path = if relative.is_empty() { name.to_owned() } else { [relative, "/", name].concat() };
            if name.starts_with('.') || (!self.ignored.is_empty() && self.ignored.matches(&path)) {
                continue;
            }
            match what {
                What::Folder => below.push(path),
                _ => files.push((path, what)),
            }
        }
        let inside = if relative.is_empty() { 0 } else { relative.len() + 1 };
        self.files(&files, opened.as_ref().map_or((view, from), |opened| (opened, inside)), found)?;
        // Folders may lie in each other deeper than files may be open.
        let opened = opened.filter(|_| is_wide(&folder));
        let near = opened.as_ref().map_or((view, from), |opened| (opened, inside));
        found.folders.push((key(relative), folder));
        let all = |paths: &[String], beside: usize, found: &mut Found<T>| {
            paths.iter().try_for_each(|path| self.folder(path, near, None, beside, found))
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

    /// The files of one folder, whose paths from `view` begin at `from`.
    fn files(&self, files: &[(String, What)], (view, from): (&View, usize), found: &mut Found<T>) -> Result<()> {
        let all = |files: &[(String, What)], found: &mut Found<T>| {
            files.iter().try_for_each(|(path, what)| self.file(path, *what, (view, from), found))
        };
        if files.len() <= FILES {
            return all(files, found);
        }
        let parts = files.par_chunks(FILES).map(|files| {
            let mut found = Found::default();
            all(files, &mut found).map(|()| found)
        });
        found.append_all(parts.collect())
    }

    /// The file at `relative`, whose path from `view` begins at `from`.
    fn file(&self, relative: &str, what: What, (view, from): (&View, usize), found: &mut Found<T>) -> Result<()> {
        let path = prefix(self.shown) + relative;
        let other = match what {
            What::File | What::Folder => {
                let place = Place { path, relative: relative.to_owned(), root: self.root, view, from };
                found.files.push((self.take)(place)?);
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
