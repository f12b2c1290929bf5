//! The in-place change of a published site. Every file is moved into place in one step, and in this order everything that a page which can
//! be reached refers to is there at every moment: what is new, what is changed, what is gone. Within the first two, files that pages load
//! come before pages, pages before lists, and the home page and the entry to the search come last. The manifest is the commit; the journal,
//! which is there from the first step to the last, tells the next build whose the files are if this one does not come to its end. Where the
//! disk refuses a step, those before it are undone.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context as _, Error, Result};

use super::standing::{Before, Standing};
use super::{Counts, Entry, Manifest, OutPath, Target, Written};
use crate::manifest;

/// A staged file and where it goes.
struct Staged<'a> {
    path: &'a str,
    number: usize,
    entry: Entry,
}

/// A step that was done.
enum Done {
    /// The old file is where the staged one was.
    Exchanged { staged: PathBuf, place: PathBuf },
    /// A new file.
    Placed(PathBuf),
    /// A new directory.
    Made(PathBuf),
    /// A stale file is where nothing was.
    Taken { from: PathBuf, to: PathBuf },
    /// An old file is gone, because the system could not keep it: what is done cannot be undone.
    Replaced,
}

/// Up to so many files are quicker written out one by one than with everything else that waits for the disk.
const FEW: usize = 64;

struct Publication<'a> {
    target: &'a Target,
    done: Vec<Done>,
    taken: usize,
}

/// Changes the output from what stands `before` to what `manifest` says.
pub(super) fn in_place(target: &Target, before: &Before, files: &[(OutPath, Written)], manifest: &Manifest) -> Result<Counts> {
    let mut staged: Vec<Staged<'_>> = files
        .iter()
        .filter_map(|(path, written)| Some(Staged { path: path.as_str(), number: written.staged?, entry: written.entry }))
        .collect();
    staged.sort_by_key(|file| rank(file.path));
    // Both are sorted, but for what a build that was ended has added: nearly every path is the next one.
    let mut next = manifest.entries.keys().peekable();
    let mut is_made = |path: &str| {
        while next.next_if(|made| ***made < *path).is_some() {}
        next.peek().is_some_and(|made| ***made == *path) || manifest.entries.contains_key(path)
    };
    let stale: Vec<(&str, Standing)> = before.paths().filter(|(path, _)| !is_made(path)).collect();
    let has_work = !staged.is_empty() || stale.iter().any(|(_, standing)| matches!(standing, Standing::Ours(_)));
    let counts = Counts {
        written: staged.len(),
        unchanged: files.len() - staged.len(),
        removed: stale.iter().filter(|(_, standing)| matches!(standing, Standing::Ours(_))).count(),
    };
    let mut publication = Publication { target, done: Vec::new(), taken: 0 };
    let text = manifest.to_text();
    if !has_work && !before.is_unfinished {
        // The same files from other inputs.
        publication.replace(manifest::FILE_NAME, text.as_bytes())?;
        return Ok(counts);
    }
    let text_of_journal = manifest::journal_text(before.unfinished().chain(staged.iter().map(|file| (file.path, file.entry))));
    let journal = publication.stage(manifest::JOURNAL_NAME, text_of_journal.as_bytes())?;
    let staged_manifest = publication.stage(manifest::FILE_NAME, text.as_bytes())?;
    let disk = &target.disk;
    publication.sync(&staged, [&journal, &staged_manifest])?;
    let place = target.output.join(manifest::JOURNAL_NAME);
    disk.rename(&journal, &place).with_context(|| format!("cannot write `{}`", place.display()))?;
    let result = publication.run(before, &staged, &stale).and_then(|()| {
        let place = target.output.join(manifest::FILE_NAME);
        disk.rename(&staged_manifest, &place).with_context(|| format!("cannot write `{}`", place.display()))
    });
    match result {
        Ok(()) => disk.remove_file(&place).with_context(|| format!("cannot remove `{}`", place.display()))?,
        Err(error) => return Err(publication.undo(error, before)),
    }
    Ok(counts)
}

/// When a file has its turn: first what only other files name, last what leads to everything else.
fn rank(path: &str) -> u8 {
    match path {
        "search/index.json" => 2,
        "index.html" => 3,
        "search/index.html" => 1,
        _ if path.starts_with("search/") => 0,
        _ => 1,
    }
}

impl Publication<'_> {
    fn run(&mut self, before: &Before, staged: &[Staged<'_>], stale: &[(&str, Standing)]) -> Result<()> {
        let is_there = |file: &Staged<'_>| match before.standing(file.path) {
            Some(Standing::Ours(_)) => true,
            Some(Standing::Missing) => false,
            // Adopted.
            Some(Standing::Foreign) | None => {
                std::fs::symlink_metadata(self.target.output.join(file.path)).is_ok_and(|found| !found.is_dir())
            }
        };
        let (changed, new): (Vec<_>, Vec<_>) = staged.iter().partition(|file| is_there(file));
        let conflicts = Conflicts::between(&new, stale);
        let (late, early): (Vec<&Staged<'_>>, Vec<_>) = new.into_iter().partition(|file| conflicts.has_new(file.path));
        let (in_the_way, stale): (Vec<_>, Vec<_>) = stale.iter().copied().partition(|(path, _)| conflicts.has_stale(path));
        for file in early {
            self.add(file)?;
        }
        // A file in the place of a folder, or the other way round: nothing can be there at both times.
        for (path, standing) in in_the_way {
            self.take(path, standing)?;
        }
        for file in late {
            self.add(file)?;
        }
        for file in changed {
            self.change(file)?;
        }
        for (path, standing) in stale {
            self.take(path, standing)?;
        }
        Ok(())
    }

    /// Puts a file where none is.
    fn add(&mut self, file: &Staged<'_>) -> Result<()> {
        let (staged, place) = (self.target.staging.join(file.number.to_string()), self.target.output.join(file.path));
        let disk = &self.target.disk;
        let placed = match disk.place(&staged, &place) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let made = disk.create_directories(place.parent().context("a file has a parent")?)?;
                self.done.extend(made.into_iter().map(|path| Done::Made(path.to_owned())));
                disk.place(&staged, &place)
            }
            other => other,
        };
        placed.with_context(|| format!("cannot write `{}`", place.display()))?;
        self.done.push(Done::Placed(place));
        Ok(())
    }

    /// Puts a file where an old one is.
    fn change(&mut self, file: &Staged<'_>) -> Result<()> {
        let (staged, place) = (self.target.staging.join(file.number.to_string()), self.target.output.join(file.path));
        let is_kept = self.target.disk.exchange(&staged, &place).with_context(|| format!("cannot write `{}`", place.display()))?;
        self.done.push(if is_kept { Done::Exchanged { staged, place } } else { Done::Replaced });
        Ok(())
    }

    /// Takes a file of ours away, and the directories that this leaves empty.
    fn take(&mut self, path: &str, standing: Standing) -> Result<()> {
        let (output, disk) = (&self.target.output, &self.target.disk);
        let from = output.join(path);
        match standing {
            Standing::Ours(_) => {
                let to = self.target.staging.join(format!("old-{}", self.taken));
                self.taken += 1;
                match disk.rename(&from, &to) {
                    Err(e) if e.kind() == ErrorKind::NotFound => {}
                    other => {
                        other.with_context(|| format!("cannot remove `{}`", from.display()))?;
                        self.done.push(Done::Taken { from: from.clone(), to });
                    }
                }
            }
            // A build that was ended may have made or left its directory.
            Standing::Missing => {}
            Standing::Foreign => return Ok(()),
        }
        for folder in from.ancestors().skip(1).take_while(|folder| *folder != output) {
            if !std::fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()) {
                continue;
            }
            match disk.remove_directory(folder) {
                Ok(()) => {}
                // It stays, and so do those above it.
                Err(e) if matches!(e.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::ResourceBusy) => break,
                Err(e) => return Err(e).with_context(|| format!("cannot remove `{}`", folder.display())),
            }
        }
        Ok(())
    }

    /// Waits until the staged files and these are surely on the disk: before, no old one may go.
    fn sync(&self, staged: &[Staged<'_>], own: [&PathBuf; 2]) -> Result<()> {
        let staging = &self.target.staging;
        if staged.len() > FEW {
            return self.target.disk.sync_all(staging).with_context(|| format!("cannot write `{}`", staging.display()));
        }
        let files = staged.iter().map(|file| staging.join(file.number.to_string()));
        for path in files.chain(own.into_iter().cloned()) {
            self.target.disk.sync_file(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }

    /// Writes one of our own files.
    fn replace(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (staged, place) = (self.stage(name, bytes)?, self.target.output.join(name));
        self.target.disk.rename(&staged, &place).with_context(|| format!("cannot write `{}`", place.display()))
    }

    fn stage(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        self.target.disk.create(&mut self.target.near(), name, bytes)?;
        Ok(self.target.staging.join(name))
    }

    /// Takes all steps back, the last one first, and says so where this is not possible.
    fn undo(self, error: Error, before: &Before) -> Error {
        let disk = &self.target.disk;
        let undone = self.done.iter().rev().map(|step| match step {
            Done::Exchanged { staged, place } => disk.exchange(staged, place).is_ok(),
            Done::Placed(place) => disk.remove_file(place).is_ok(),
            Done::Made(place) => disk.remove_directory(place).is_ok(),
            Done::Taken { from, to } => {
                from.parent().is_some_and(|folder| disk.create_directories(folder).is_ok()) && disk.place(to, from).is_ok()
            }
            Done::Replaced => false,
        });
        // One that fails keeps none of the others from being undone.
        let is_undone = undone.fold(true, |all, one| all & one);
        // What an earlier build left unfinished is unfinished still.
        if is_undone && (before.is_unfinished || disk.remove_file(&self.target.output.join(manifest::JOURNAL_NAME)).is_ok()) {
            return error;
        }
        error.context("the site is half changed; the next build mends it")
    }
}

/// New files in the place of stale folders, and stale files in the place of new folders.
struct Conflicts<'a> {
    new: HashSet<&'a str>,
    stale: HashSet<&'a str>,
}

impl<'a> Conflicts<'a> {
    fn between(new: &[&Staged<'a>], stale: &[(&'a str, Standing)]) -> Self {
        let mut conflicts = Self { new: HashSet::new(), stale: HashSet::new() };
        if new.is_empty() || stale.is_empty() {
            return conflicts;
        }
        let places: HashSet<&str> = new.iter().map(|file| file.path).collect();
        let olds: HashSet<&str> = stale.iter().map(|(path, _)| *path).collect();
        for path in &places {
            for folder in folders(path).filter(|folder| olds.contains(folder)) {
                conflicts.new.insert(path);
                conflicts.stale.insert(folder);
            }
        }
        for path in &olds {
            for folder in folders(path).filter(|folder| places.contains(folder)) {
                conflicts.new.insert(folder);
                conflicts.stale.insert(path);
            }
        }
        conflicts
    }

    fn has_new(&self, path: &str) -> bool {
        self.new.contains(path)
    }

    fn has_stale(&self, path: &str) -> bool {
        self.stale.contains(path)
    }
}

/// The folders of a file's path: of `a/b/c` they are `a` and `a/b`.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash])
}
