//! One build at a time for each output: a lock that the system releases with its process, in a file that says who holds it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::Disk;

/// Another build writes the same output.
#[derive(Debug, PartialEq, Eq)]
pub struct Busy {
    /// The output directory.
    pub output: PathBuf,
    /// Who writes it, as its lock says: `process 1234 since 2026-01-01T12:00:00Z`.
    pub holder: String,
}

impl std::fmt::Display for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is being written by another build: {}", self.output.display(), self.holder)
    }
}

impl std::error::Error for Busy {}

/// A lock that is held; the system releases it when the file is closed, however the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// `None` where the file system knows no locks.
    file: Option<File>,
}

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum Failure {
    /// Somebody else has it: who.
    Held(String),
    /// The disk refuses.
    Disk(io::Error),
}

impl Lock {
    /// Takes the lock at `path` at once or not at all.
    pub(super) fn take(disk: &Disk, path: &Path) -> Result<Self, Failure> {
        let own = format!("process {} ", std::process::id());
        let mut patience = 50;
        loop {
            let mut file = disk.open_lock(path).map_err(Failure::Disk)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let holder = holder(&mut file);
                    // A program that another thread is just starting has our open files for a moment, an earlier lock among them.
                    if patience == 0 || !holder.starts_with(&own) {
                        return Err(Failure::Held(holder));
                    }
                    patience -= 1;
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                }
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self { path: path.to_owned(), file: None });
                }
                Err(TryLockError::Error(e)) => return Err(Failure::Disk(e)),
            }
            // The one that had it may have removed the file after we opened it: then this lock keeps nobody out.
            if is_at(&file, path) {
                let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
                let filled = disk.fill_lock(&mut file, &format!("process {} since {now}\n", std::process::id()));
                let mut lock = Self { path: path.to_owned(), file: Some(file) };
                return match filled {
                    Ok(()) => Ok(lock),
                    Err(e) => {
                        lock.release(disk);
                        Err(Failure::Disk(e))
                    }
                };
            }
        }
    }

    /// The lock's file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file and then releases the lock.
    pub(super) fn release(&mut self, disk: &Disk) {
        if disk.stop().is_asked() {
            // What was staged is being removed from another thread, so nobody may come in before the process has ended.
            std::mem::forget(self.file.take());
            return;
        }
        // A file that cannot be removed locks nobody out once it is closed.
        let _ = disk.remove_file(&self.path);
        self.file = None;
    }
}

/// Who holds the lock of this file.
fn holder(file: &mut File) -> String {
    for _ in 0..20 {
        let mut text = String::new();
        let is_read = file.by_ref().take(200).read_to_string(&mut text).is_ok();
        if is_read && let Some(line) = text.strip_suffix('\n').filter(|line| !line.contains(char::is_control)) {
            return line.to_owned();
        }
        // It was taken this very moment and is not filled yet.
        std::thread::sleep(Duration::from_millis(5));
    }
    "a process without a name".to_owned()
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |m: &fs::Metadata| (m.dev(), m.ino());
    matches!((file.metadata(), fs::symlink_metadata(path)), (Ok(a), Ok(b)) if identity(&a) == identity(&b))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    // A file that is open cannot be removed there.
    fs::symlink_metadata(path).is_ok()
}
