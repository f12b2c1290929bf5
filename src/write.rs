//! The only writer of the output directory. Everything is first written into a staging directory; only a build that rendered every page
//! publishes it, so a failed build leaves the published site as it was. A first build moves its staging directory into place as a whole.
//! A later one moves the changed files, in an order in which every visible page finds what it refers to, with a journal from which the
//! next build knows what a killed one has left. Only files that the manifest or the journal names, and that are still as we wrote them,
//! are replaced or removed: anything else in the output directory belongs to somebody else.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};

use crate::diagnostic::{Diagnostic, code};
use crate::manifest::{self, Entry, Manifest};
use crate::permalink::OutPath;
use crate::routes::Route;

pub mod clean;
pub mod disk;
mod foreign;
pub mod foresee;
pub mod lock;
mod publish;
pub mod refuse;
pub mod standing;
pub mod stop;
pub mod verify;
pub mod whole;

pub use disk::Disk;
use disk::Near;
use lock::{Busy, Failure, Lock};
pub use refuse::Refused;
use standing::{Before, Look, Standing};

/// An output directory that is being written, and nobody else's while this exists. Dropping it without [`Target::commit`] removes what was
/// staged.
#[derive(Debug)]
pub struct Target {
    output: PathBuf,
    /// Made when the first file is staged.
    staging: PathBuf,
    /// What stands in the output directory; `None` for a first build, which is staged as a whole.
    before: Option<Before>,
    /// Whether files that are not ours may be overwritten.
    adopt: bool,
    disk: Disk,
    lock: Lock,
    /// Directories above the output that were made for it, the uppermost first.
    made: Vec<PathBuf>,
    next_file: AtomicUsize,
}

/// What became of a file that was handed to [`Target::write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Size and hash of the content.
    pub entry: Entry,
    /// The staged file's number; `None` where the output holds the same content already.
    staged: Option<usize>,
}

/// How many files a build wrote, found equal and removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New or changed.
    pub written: usize,
    /// Equal to what was there.
    pub unchanged: usize,
    /// No longer made.
    pub removed: usize,
}

/// How an output is opened.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Take over a directory that has files, and overwrite those that are in the way.
    pub adopt: bool,
    /// What is written to.
    pub disk: Disk,
}

/// Opens `output` for a build. `inputs` are what the site is read from, the site's folder first.
///
/// # Errors
/// `Ok(Err(Refused))` where the directory must not be written to: it is the file system's root, the user's home, an input or above one,
/// or it holds files and no manifest. `Err` where another build writes it ([`Busy`]) or the disk fails.
pub fn open(output: &Path, inputs: &[&Path], options: Options) -> Result<Result<Target, Refused>> {
    let output = match refuse::resolve(output, inputs) {
        Ok(output) => output,
        Err(refused) => return Ok(Err(refused)),
    };
    let Options { adopt, disk } = options;
    let (lock, staging, made) = lock_output(&output, &disk)?;
    // From here on the lock and the staging directory go away with the target, or with the process if it is told to end.
    disk.stop().leftovers().extend([staging.clone(), lock.path().to_owned()]);
    let mut target = Target { output, staging, before: None, adopt, disk, lock, made, next_file: AtomicUsize::new(0) };
    target.remove_abandoned()?;
    target.before = match what_stands(&target.output, adopt)? {
        Ok(before) => before,
        Err(refused) => return Ok(Err(refused)),
    };
    // A directory that cannot be replaced by another one, as a mount point, is filled in place.
    if target.before.is_none() && target.staging.starts_with(&target.output) {
        target.before = Some(Before::default());
    }
    Ok(Ok(target))
}

/// What former builds left in `output`; `None` where a first build may put a directory of its own there.
fn what_stands(output: &Path, adopt: bool) -> Result<Result<Option<Before>, Refused>> {
    match Before::read(output, Look::Quick)? {
        Ok(None) if holds_nothing(output)? => Ok(Ok(None)),
        Ok(None) if !adopt => Ok(Err(Refused(format!("`{}` is not empty and was not written by kbpress", output.display())))),
        Ok(None) => Ok(Ok(Some(Before::default()))),
        Ok(before) => Ok(Ok(before)),
        Err(_) if adopt => Ok(Ok(Some(Before::default()))),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Locks the output: beside it, or within it where nothing can be made beside it or could be moved from there. Returns the lock, the path
/// of the staging directory and the directories above the output that had to be made.
fn lock_output(output: &Path, disk: &Disk) -> Result<(Lock, PathBuf, Vec<PathBuf>)> {
    let (parent, name) = (output.parent().context("an output has a parent")?, output.file_name().unwrap_or_default());
    let within = ["lock", "staging"].map(|what| output.join(format!("{}{what}", manifest::RESERVED)));
    let beside = ["lock", "staging"].map(|what| parent.join(format!(".{}{}{what}", name.to_string_lossy(), manifest::RESERVED)));
    let is_there = output.is_dir();
    let places = if is_there && is_mounted(output, parent) { vec![within] } else { vec![beside, within] };
    let made: Vec<PathBuf> = disk.create_directories(parent)?.into_iter().map(Path::to_owned).collect();
    for (i, [path, staging]) in places.iter().enumerate() {
        let error = match Lock::take(disk, path) {
            Ok(lock) => return Ok((lock, staging.clone(), made)),
            Err(Failure::Disk(e)) if is_there && is_denied(&e) && i + 1 < places.len() => continue,
            Err(Failure::Disk(e)) => anyhow::Error::new(e).context(format!("cannot lock `{}`", path.display())),
            Err(Failure::Held(holder)) => Busy { output: output.to_owned(), holder }.into(),
        };
        remove_empty(&made, disk);
        return Err(error);
    }
    anyhow::bail!("`{}` cannot be locked", output.display())
}

/// Removes directories that were made for nothing, the uppermost first in the list.
fn remove_empty(made: &[PathBuf], disk: &Disk) {
    for path in made.iter().rev() {
        let _ = disk.remove_directory(path);
    }
}

fn is_denied(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// Whether `output` is on another file system than `parent`, so that nothing can be moved from one to the other.
#[cfg(unix)]
fn is_mounted(output: &Path, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| std::fs::metadata(path).map(|found| found.dev()).ok();
    device(output) != device(parent)
}

#[cfg(not(unix))]
fn is_mounted(_: &Path, _: &Path) -> bool {
    false
}

/// Whether there is no such directory, or one with nothing in it but what builds have left that never came to publish.
#[expect(clippy::disallowed_methods, reason = "an output directory is looked at before it is taken")]
fn holds_nothing(output: &Path) -> Result<bool> {
    match std::fs::read_dir(output) {
        Ok(entries) => Ok(entries
            .filter_map(Result::ok)
            .all(|entry| entry.file_name().as_encoded_bytes().starts_with(manifest::RESERVED.as_bytes()))),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e).with_context(|| format!("cannot read `{}`", output.display())),
    }
}

impl Target {
    /// Where the site will stand.
    pub fn output(&self) -> &Path {
        &self.output
    }

    /// Whether an earlier build was ended while it changed the output, which this one repairs.
    pub fn is_unfinished(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.is_unfinished)
    }

    /// The manifest of what stands in the output directory, if it was made from these inputs and every file that it names is still as
    /// it was written.
    pub fn intact_manifest(&self, inputs: &str) -> Option<&Manifest> {
        let before = self.before.as_ref().filter(|before| before.is_intact())?;
        Some(&before.manifest).filter(|manifest| manifest.inputs == inputs)
    }

    /// The file at `path` as it stands in the output, if it is ours and has the content of `entry`.
    pub fn kept(&self, path: &OutPath, entry: &Entry) -> Option<Written> {
        let standing = self.before.as_ref()?.standing(path.as_str());
        matches!(standing, Some(Standing::Ours(there)) if there == *entry).then_some(Written { entry: *entry, staged: None })
    }

    /// What a complete build wrote at `path`, if it stands there still.
    pub fn left(&self, path: &OutPath) -> Option<Written> {
        match self.before.as_ref().filter(|before| !before.is_unfinished)?.standing(path.as_str()) {
            Some(Standing::Ours(entry)) => Some(Written { entry, staged: None }),
            _ => None,
        }
    }

    /// Errors for files that kbpress did not write and that stand where a route must go, as far as this is known before anything is
    /// rendered.
    pub fn foreign(&self, routes: &[(OutPath, Route)]) -> Vec<Diagnostic> {
        let Some(before) = self.before.as_ref().filter(|_| !self.adopt) else { return Vec::new() };
        let new = routes.iter().filter(|(out, _)| before.standing(out.as_str()).is_none());
        let places = new.map(|(out, _)| self.output.join(out.as_str()));
        // A directory may be ours, with pages that are no longer made.
        let in_the_way = places.filter(|place| std::fs::symlink_metadata(place).is_ok_and(|found| !found.is_dir()));
        in_the_way.map(|place| foreign::error(&place, None)).collect()
    }

    /// Errors for everything that is not ours and stands where one of these files must go, or its directories. To be asked for before
    /// [`Target::commit`], which relies on it.
    ///
    /// # Errors
    /// Where the disk cannot be read.
    pub fn in_the_way(&self, files: &[(OutPath, Written)]) -> Result<Vec<Diagnostic>> {
        let Some(before) = &self.before else { return Ok(Vec::new()) };
        foreign::in_the_way(&self.output, before, self.adopt, files)
    }

    /// Where a worker stages its files.
    pub fn near(&self) -> Near<'_> {
        Near::below(&self.staging)
    }

    /// Stages `bytes` as the file at `path`, unless the output holds just that already.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn write(&self, near: &mut Near<'_>, path: &OutPath, bytes: &[u8]) -> Result<Written> {
        let entry = Entry::of(bytes);
        let Some(before) = &self.before else {
            self.disk.create(near, path.as_str(), bytes)?;
            return Ok(Written { entry, staged: Some(0) });
        };
        let is_there = match before.standing(path.as_str()) {
            Some(Standing::Ours(there)) => there == entry,
            // Somebody has put back what we would write.
            Some(Standing::Foreign) => standing::holds(&self.output.join(path.as_str()), bytes),
            Some(Standing::Missing) => false,
            None => self.adopt && standing::holds(&self.output.join(path.as_str()), bytes),
        };
        if is_there {
            return Ok(Written { entry, staged: None });
        }
        let number = self.next_file.fetch_add(1, Ordering::Relaxed);
        self.disk.create(near, &number.to_string(), bytes)?;
        Ok(Written { entry, staged: Some(number) })
    }

    /// Publishes what was staged, removes what former builds wrote and this one did not, and writes the manifest, whose entries are those of
    /// `files`. Where the disk fails, the site stands as it was. `tell` is what belongs to a publication and comes after it: whoever is
    /// told to end in between does it first.
    ///
    /// # Errors
    /// Where the disk fails, or `tell` does.
    pub fn commit(
        self,
        files: &[(OutPath, Written)],
        mut manifest: Manifest,
        tell: impl FnOnce(&Manifest, &Disk) -> Result<()>,
    ) -> Result<Counts> {
        manifest.entries = files.iter().map(|(path, written)| (path.as_str().into(), written.entry)).collect();
        let leftovers = self.disk.stop().leftovers();
        let counts = match &self.before {
            Some(before) => publish::in_place(&self, before, files, &manifest),
            None => self.move_whole(&manifest).map(|()| Counts { written: files.len(), ..Counts::default() }),
        };
        let counts = counts.and_then(|counts| tell(&manifest, &self.disk.unstopped()).map(|()| counts));
        drop(leftovers);
        counts
    }

    /// Publishes a first build.
    fn move_whole(&self, manifest: &Manifest) -> Result<()> {
        self.disk.create(&mut self.near(), manifest::FILE_NAME, manifest.to_text().as_bytes())?;
        self.disk.sync_all(&self.staging).with_context(|| format!("cannot write `{}`", self.staging.display()))?;
        let moved = self.disk.rename(&self.staging, &self.output).or_else(|e| {
            // Some systems replace no directory, even if it is empty.
            self.disk.remove_directory(&self.output).map_err(|_| e)?;
            self.disk.rename(&self.staging, &self.output)
        });
        moved.with_context(|| format!("cannot create `{}`", self.output.display()))
    }

    /// Removes what a build has left that did not come to its end. The lock is ours: nobody is writing there.
    fn remove_abandoned(&self) -> Result<()> {
        let within = self.output.join(format!("{}staging", manifest::RESERVED));
        for path in [&self.staging, &within] {
            if std::fs::symlink_metadata(path).is_ok() {
                self.disk.remove_all(path).with_context(|| format!("cannot remove `{}`", path.display()))?;
            }
        }
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let mut leftovers = self.disk.stop().leftovers();
        // Nothing can be done about what cannot be removed; the next build will try again.
        if std::fs::symlink_metadata(&self.staging).is_ok() {
            let _ = self.disk.remove_all(&self.staging);
        }
        self.lock.release(&self.disk);
        // They are not empty where a site was published.
        remove_empty(&self.made, &self.disk);
        leftovers.clear();
    }
}
