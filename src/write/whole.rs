//! A single file that is not part of an output, as an archive of the site or a list of its changes: it is written beside its place, under a
//! lock, and takes its name when it is whole. Whatever happens before, its place stays as it was.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::disk::Disk;
use super::lock::{Busy, Failure, Lock};
use super::remove_empty;
use crate::manifest::RESERVED;

/// A file that is being written. Dropping it without [`Whole::finish`] removes what there is of it.
#[derive(Debug)]
pub struct Whole {
    disk: Disk,
    place: PathBuf,
    /// Where it is until it is whole.
    staged: PathBuf,
    file: fs::File,
    lock: Lock,
    /// Folders that were made for it, the uppermost first.
    made: Vec<PathBuf>,
    is_finished: bool,
}

impl Whole {
    /// Begins the file that is to be at `place`, whose folder is made where it is missing.
    ///
    /// # Errors
    /// Where `place` has no name or is a folder, another process is writing it ([`Busy`]), or the disk refuses.
    pub fn begin(disk: &Disk, place: &Path) -> Result<Self> {
        let name = place.file_name().with_context(|| format!("`{}` has no name", place.display()))?;
        anyhow::ensure!(!place.is_dir(), "`{}` is a folder", place.display());
        let beside = |what: &str| place.with_file_name(format!(".{}{RESERVED}{what}", name.to_string_lossy()));
        let (path, staged) = (beside("lock"), beside("new"));
        let made: Vec<PathBuf> = match place.parent() {
            Some(parent) => disk.create_directories(parent)?.into_iter().map(Path::to_owned).collect(),
            None => Vec::new(),
        };
        let opened = begin_under_lock(disk, &path, &staged).map_err(|failure| match failure {
            Failure::Held(holder) => Busy { output: place.to_owned(), holder }.into(),
            Failure::Disk(e) => anyhow::Error::new(e).context(format!("cannot write `{}`", place.display())),
        });
        match opened {
            Ok((lock, file)) => {
                Ok(Self { disk: disk.clone(), place: place.to_owned(), staged, file, lock, made, is_finished: false })
            }
            Err(error) => {
                remove_empty(&made, disk);
                Err(error)
            }
        }
    }

    /// Gives the file its name, once all of it is on the disk: it may be handed on at once.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn finish(mut self) -> Result<()> {
        let context = || format!("cannot write `{}`", self.place.display());
        self.disk.sync_file(&self.staged).with_context(context)?;
        let stop = self.disk.stop().clone();
        // Whoever is told to stop from here on has written the file.
        let mut leftovers = stop.leftovers();
        self.disk.rename(&self.staged, &self.place).with_context(context)?;
        self.is_finished = true;
        self.lock.release(&self.disk);
        leftovers.clear();
        Ok(())
    }
}

/// Takes the lock at `path`, removes what another process has left that was killed, and begins the file.
fn begin_under_lock(disk: &Disk, path: &Path, staged: &Path) -> Result<(Lock, fs::File), Failure> {
    // Whoever is told to stop while this is held goes on: it must know what to remove first.
    let mut leftovers = disk.stop().leftovers();
    let mut lock = Lock::take(disk, path)?;
    match disk.remove_all(staged).and_then(|()| disk.begin(staged)) {
        Ok(file) => {
            leftovers.extend([staged.to_owned(), path.to_owned()]);
            Ok((lock, file))
        }
        Err(e) => {
            lock.release(disk);
            Err(Failure::Disk(e))
        }
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.append(&mut self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let stop = self.disk.stop().clone();
        let mut leftovers = stop.leftovers();
        // Nothing can be done about what cannot be removed; the next one will try again.
        let _ = self.disk.remove_all(&self.staged);
        self.lock.release(&self.disk);
        remove_empty(&self.made, &self.disk);
        leftovers.clear();
    }
}

/// Writes a file that is wholly old or wholly new at every moment.
///
/// # Errors
/// As [`Whole::begin`] and [`Whole::finish`].
pub fn write_whole(disk: &Disk, place: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = Whole::begin(disk, place)?;
    file.write_all(bytes).with_context(|| format!("cannot write `{}`", place.display()))?;
    file.finish()
}
