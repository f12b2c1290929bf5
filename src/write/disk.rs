//! The seam through which everything is written: one method for each operation that changes the disk. Tests give a disk that fails or
//! ends at its Nth operation, and so see what a crash at any moment leaves behind; the plain disk pays one comparison for this.
#![allow(clippy::disallowed_methods, reason = "this is the writer")]

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::stop::Stop;

mod fault;
mod near;
mod system;

pub use fault::FaultKind;
use fault::{Fault, Needs};
pub use near::Near;
pub use system::set_modes;
use system::{directories, exclusive_rename, files, swap, sync};

/// A disk, and what may go wrong with it. Clones share their count of operations.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    fault: Option<Arc<Fault>>,
    stop: Stop,
}

impl Disk {
    /// A disk whose operation number `at`, from 0, fails in this way.
    pub fn failing(at: usize, kind: FaultKind) -> Self {
        Self { fault: Some(Arc::new(Fault::new(at, kind))), stop: Stop::default() }
    }

    /// A plain disk that is told when the process is to end.
    pub fn stopped_by(stop: Stop) -> Self {
        Self { fault: None, stop }
    }

    /// How many operations a disk that was made to fail has done.
    pub fn operations(&self) -> usize {
        self.fault.as_ref().map_or(0, |fault| fault.operations())
    }

    /// What knows that the process is to end.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// The same disk for what must be done even if the process is told to end meanwhile: while [`Stop::leftovers`] is held, which makes
    /// whoever tells it so wait.
    pub fn unstopped(&self) -> Self {
        Self { fault: self.fault.clone(), stop: Stop::default() }
    }

    fn step(&self, needs: Needs) -> io::Result<()> {
        if self.stop.is_asked() {
            return Err(io::Error::new(ErrorKind::Interrupted, "the build was interrupted"));
        }
        match &self.fault {
            None => Ok(()),
            Some(fault) => fault.step(needs),
        }
    }

    /// Makes a directory that anybody may read.
    ///
    /// # Errors
    /// Where the disk refuses; also where it is there already.
    pub fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Space)?;
        directories().create(path)
    }

    /// Makes a directory and those above it, where they are missing, and returns those that it made, the uppermost first.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn create_directories<'a>(&self, path: &'a Path) -> Result<Vec<&'a Path>> {
        let mut missing: Vec<&Path> = path.ancestors().take_while(|path| fs::symlink_metadata(path).is_err()).collect();
        missing.reverse();
        missing.retain(|path| !path.as_os_str().is_empty());
        let mut made = Vec::with_capacity(missing.len());
        for path in missing {
            match self.create_directory(path) {
                Ok(()) => made.push(path),
                // Another thread was faster.
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e).with_context(|| format!("cannot create `{}`", path.display())),
            }
        }
        Ok(made)
    }

    /// Writes a new file that anybody may read at `relative` (`/` between parts) below the root of `near`, making its directories where
    /// they are missing. What could not be written to its end is removed with the staging directory that it is in.
    ///
    /// # Errors
    /// Where the disk refuses; also where the file is there already.
    pub fn create(&self, near: &mut Near<'_>, relative: &str, bytes: &[u8]) -> Result<()> {
        let own = relative.strip_suffix("/index.html");
        near.come_to(own.unwrap_or(relative).rsplit_once('/').map_or("", |(folder, _)| folder));
        if let Some(own) = own {
            // Nearly every page has a directory of its own: making it first saves opening the file twice. If this fails, the next step
            // says why.
            let _ = self.step(Needs::Space).and_then(|()| near.make_directory(own));
        }
        let context = || format!("cannot write `{}`", near.path(relative).display());
        let torn = self.step(Needs::Space);
        if let Err(e) = &torn
            && e.kind() != ErrorKind::Other
        {
            return torn.with_context(context);
        }
        let file = match near.make_file(relative) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let path = near.path(relative);
                self.create_directories(path.parent().context("a file has a parent")?)?;
                files().open(path)
            }
            other => other,
        };
        let bytes = if torn.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        file.and_then(|mut file| file.write_all(bytes)).and(torn).with_context(context)
    }

    /// Makes a new file that anybody may read, to be written piece by piece with [`Disk::append`].
    ///
    /// # Errors
    /// Where the disk refuses; also where the file is there already.
    pub fn begin(&self, path: &Path) -> io::Result<fs::File> {
        self.step(Needs::Space)?;
        files().open(path)
    }

    /// Writes some of `bytes` at the end of a file, and says how many.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn append(&self, file: &mut fs::File, bytes: &[u8]) -> io::Result<usize> {
        match self.step(Needs::Space) {
            Ok(()) => file.write(bytes),
            Err(torn) if torn.kind() == ErrorKind::Other => file.write_all(&bytes[..bytes.len() / 2]).and(Err(torn)),
            Err(e) => Err(e),
        }
    }

    /// Moves a file to a place where nothing is.
    ///
    /// # Errors
    /// Where something is there, or the disk refuses.
    pub fn place(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        exclusive_rename(from, to)
    }

    /// Moves a file to a place whose old file comes to where the new one was, in one step where the system can do that; says whether it
    /// could. If not, the old file is gone.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn exchange(&self, from: &Path, to: &Path) -> io::Result<bool> {
        self.step(Needs::Nothing)?;
        if swap(from, to).is_ok() {
            return Ok(true);
        }
        fs::rename(from, to).map(|()| false)
    }

    /// Moves a file or a directory, over a file or an empty directory that may be there.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        fs::rename(from, to)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// Where the disk refuses; also where there is none.
    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        fs::remove_file(path)
    }

    /// Removes a directory that is empty.
    ///
    /// # Errors
    /// Where it is not, or the disk refuses.
    pub fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        fs::remove_dir(path)
    }

    /// Removes a directory with all that is in it, or a link without what it leads to; none at all is fine.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn remove_all(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        let removed = match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(e) => Err(e),
        };
        removed.or_else(|e| if e.kind() == ErrorKind::NotFound { Ok(()) } else { Err(e) })
    }

    /// Opens the file of a lock, and makes it where there is none. A link is not followed: it could lead anywhere.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn open_lock(&self, path: &Path) -> io::Result<fs::File> {
        self.step(Needs::Space)?;
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o644).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
        }
        options.open(path)
    }

    /// Says in the file of a lock who holds it.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn fill_lock(&self, file: &mut fs::File, text: &str) -> io::Result<()> {
        self.step(Needs::Space)?;
        file.set_len(0)?;
        file.write_all(text.as_bytes())
    }

    /// Waits until all that was written to the file system of `path` will be there after a power cut.
    ///
    /// # Errors
    /// Where something could not be written after all.
    pub fn sync_all(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        sync(&fs::File::open(path)?)
    }

    /// The same for one file.
    ///
    /// # Errors
    /// Where it could not be written after all.
    pub fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step(Needs::Nothing)?;
        fs::OpenOptions::new().write(true).open(path)?.sync_data()
    }
}
