//! The only writer of the output directory. Everything is first written into a staging directory beside it; only a build that rendered
//! every page moves it into place, so a failed build leaves the published site as it was. Only files that the previous manifest names
//! are replaced or removed: anything else in the output directory belongs to somebody else.
#![allow(clippy::disallowed_methods, reason = "this is the writer")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::diagnostic::{Diagnostic, code};
use crate::manifest::{self, Entry, Manifest};
use crate::permalink::OutPath;
use crate::routes::Route;

/// An output directory that is being written. Dropping it without [`Target::commit`] removes what was staged.
#[derive(Debug)]
pub struct Target {
    output: PathBuf,
    staging: PathBuf,
    /// The manifest of what stands in the output directory; `None` for a first build, which is staged as a whole.
    previous: Option<Previous>,
    next_file: AtomicUsize,
}

#[derive(Debug)]
struct Previous {
    manifest: Manifest,
    /// When the manifest was written: a file that changed later was changed by somebody else.
    written: SystemTime,
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

/// Why an output directory is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub String);

/// Opens `output` for a build. `inputs` are the directories that the site is read from, its root first.
///
/// # Errors
/// `Ok(Err(Refused))` where the directory must not be written to: it is the file system's root, the user's home, an input or above one,
/// or it holds files and no manifest. `Err` where the disk fails.
pub fn open(output: &Path, inputs: &[&Path]) -> Result<Result<Target, Refused>> {
    let output = std::path::absolute(output).with_context(|| format!("`{}` is no path", output.display()))?;
    if let Some(why) = refusal(&output, inputs) {
        return Ok(Err(Refused(why)));
    }
    let previous = previous(&output)?;
    if previous.is_none() && !is_missing_or_empty(&output)? {
        return Ok(Err(Refused(format!("`{}` is not empty and was not written by kbpress", output.display()))));
    }
    let (Some(parent), Some(name)) = (output.parent(), output.file_name()) else { bail!("`{}` has no name", output.display()) };
    let staging = parent.join(format!(".{}.kbpress-{}", name.to_string_lossy(), std::process::id()));
    fs::create_dir_all(&staging).with_context(|| format!("cannot create `{}`", staging.display()))?;
    Ok(Ok(Target { output, staging, previous, next_file: AtomicUsize::new(0) }))
}

fn refusal(output: &Path, inputs: &[&Path]) -> Option<String> {
    let shown = output.display();
    if output.components().any(|part| part == Component::ParentDir) || output.parent().is_none() {
        return Some(format!("`{shown}` cannot be an output directory"));
    }
    let real = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let output = real(output);
    if std::env::home_dir().is_some_and(|home| real(&home).starts_with(&output)) {
        return Some(format!("`{shown}` is or contains your home directory"));
    }
    for (i, input) in inputs.iter().enumerate() {
        let input = real(input);
        if input.starts_with(&output) {
            return Some(format!("`{shown}` is or contains `{}`, which the site is read from", input.display()));
        }
        // The output may lie in the site's root, not in a folder that is read.
        if i > 0 && output.starts_with(&input) {
            return Some(format!("`{shown}` lies in `{}`, which the site is read from", input.display()));
        }
    }
    None
}

fn previous(output: &Path) -> Result<Option<Previous>> {
    let path = output.join(manifest::FILE_NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("cannot read `{}`", path.display())),
    };
    let written = fs::metadata(&path).and_then(|m| m.modified()).with_context(|| format!("cannot read `{}`", path.display()))?;
    let Some(manifest) = std::str::from_utf8(&bytes).ok().and_then(Manifest::parse) else {
        bail!("`{}` is damaged or was written by another version: remove the output directory and build again", path.display());
    };
    Ok(Some(Previous { manifest, written }))
}

fn is_missing_or_empty(output: &Path) -> Result<bool> {
    match fs::read_dir(output) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e).with_context(|| format!("cannot read `{}`", output.display())),
    }
}

impl Target {
    /// Where the site will stand.
    pub fn output(&self) -> &Path {
        &self.output
    }

    /// The manifest of what stands in the output directory, if it was made from these inputs and every file that it names is still as
    /// it was written.
    pub fn intact_manifest(&self, inputs: &str) -> Option<&Manifest> {
        use rayon::prelude::*;
        let previous = self.previous.as_ref().filter(|previous| previous.manifest.inputs == inputs)?;
        let entries: Vec<_> = previous.manifest.entries.iter().collect();
        entries.par_iter().all(|(path, entry)| self.is_untouched(path, entry, previous.written)).then_some(&previous.manifest)
    }

    /// Whether the file at `path` is surely still what the manifest says, told without reading it.
    fn is_untouched(&self, path: &str, entry: &Entry, written: SystemTime) -> bool {
        fs::symlink_metadata(self.output.join(path))
            .is_ok_and(|m| m.is_file() && m.len() == entry.size && m.modified().is_ok_and(|time| time <= written))
    }

    /// The file at `path` as it stands in the output, if it is ours and has the content of `entry`.
    pub fn kept(&self, path: &OutPath, entry: &Entry) -> Option<Written> {
        let previous = self.previous.as_ref()?;
        let known = previous.manifest.entries.get(path.as_str()).filter(|known| *known == entry)?;
        let is_there = || fs::read(self.output.join(path.as_str())).is_ok_and(|bytes| Entry::of(&bytes) == *known);
        let is_kept = self.is_untouched(path.as_str(), known, previous.written) || is_there();
        is_kept.then_some(Written { entry: *entry, staged: None })
    }

    /// Errors for files that kbpress did not write and that stand where a route must go.
    pub fn foreign(&self, routes: &[(OutPath, Route)]) -> Vec<Diagnostic> {
        let Some(previous) = &self.previous else { return Vec::new() };
        let new = routes.iter().filter(|(out, _)| !previous.manifest.entries.contains_key(out.as_str()));
        let foreign = new.filter(|(out, _)| fs::symlink_metadata(self.output.join(out.as_str())).is_ok());
        foreign
            .map(|(out, _)| {
                let place = self.output.join(out.as_str());
                Diagnostic::error(code::FOREIGN_FILE, format!("`{}` was not written by kbpress and is in the way", place.display()))
                    .help("move it away, or give the page another permalink")
            })
            .collect()
    }

    /// Stages `bytes` as the file at `path`, unless the output holds just that already.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn write(&self, path: &OutPath, bytes: &[u8]) -> Result<Written> {
        let entry = Entry::of(bytes);
        let Some(previous) = &self.previous else {
            create(&self.staging.join(path.as_str()), bytes)?;
            return Ok(Written { entry, staged: Some(0) });
        };
        let known = previous.manifest.entries.get(path.as_str());
        let place = self.output.join(path.as_str());
        if known == Some(&entry) && (self.is_untouched(path.as_str(), &entry, previous.written) || holds(&place, bytes)) {
            return Ok(Written { entry, staged: None });
        }
        let number = self.next_file.fetch_add(1, Ordering::Relaxed);
        create(&self.staging.join(number.to_string()), bytes)?;
        Ok(Written { entry, staged: Some(number) })
    }

    /// Moves what was staged into place, removes what the previous build wrote and this one did not, and writes the manifest.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn commit(
        mut self,
        files: Vec<(OutPath, Written)>,
        inputs: String,
        until: Option<jiff::civil::Date>,
        pages: usize,
    ) -> Result<Counts> {
        let mut counts = Counts::default();
        let entries: BTreeMap<Box<str>, Entry> = files.iter().map(|(path, w)| (path.as_str().into(), w.entry)).collect();
        let manifest = Manifest { inputs, until, pages, entries };
        if let Some(previous) = self.previous.take() {
            for path in previous.manifest.entries.keys().filter(|path| !manifest.entries.contains_key(*path)) {
                remove(&self.output, path)?;
                counts.removed += 1;
            }
            for (path, written) in &files {
                match written.staged {
                    Some(number) => {
                        counts.written += 1;
                        move_into_place(&self.staging.join(number.to_string()), &self.output.join(path.as_str()))?;
                    }
                    None => counts.unchanged += 1,
                }
            }
            let staged = self.staging.join("manifest");
            create(&staged, manifest.to_text().as_bytes())?;
            move_into_place(&staged, &self.output.join(manifest::FILE_NAME))?;
            return Ok(counts);
        }
        counts.written = files.len();
        create(&self.staging.join(manifest::FILE_NAME), manifest.to_text().as_bytes())?;
        match fs::remove_dir(&self.output) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("cannot replace `{}`", self.output.display()));
            }
            _ => {}
        }
        fs::rename(&self.staging, &self.output).with_context(|| format!("cannot create `{}`", self.output.display()))?;
        Ok(counts)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Nothing can be done about a staging directory that cannot be removed; it is named so that its owner is plain.
        let _ = fs::remove_dir_all(&self.staging);
    }
}

fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(path).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|b| b == bytes)
}

/// Writes a new file, making its directories where they are missing.
fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent().filter(|_| path.ends_with("index.html")) {
        // Nearly every page has a directory of its own: making it first saves opening the file twice. If this fails, the next step says why.
        let _ = fs::create_dir(parent);
    }
    let file = match fs::File::create_new(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let parent = path.parent().context("a file has a parent")?;
            fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
            fs::File::create_new(path)
        }
        other => other,
    };
    file.and_then(|mut file| file.write_all(bytes)).with_context(|| format!("cannot write `{}`", path.display()))
}

fn move_into_place(from: &Path, to: &Path) -> Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let parent = to.parent().context("a file has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
    fs::rename(from, to).with_context(|| format!("cannot write `{}`", to.display()))
}

/// Removes a file that we wrote, and the directories that this leaves empty.
fn remove(output: &Path, path: &str) -> Result<()> {
    let file = output.join(path);
    match fs::remove_file(&file) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e).with_context(|| format!("cannot remove `{}`", file.display())),
        _ => {}
    }
    let mut directory = file.parent();
    while let Some(path) = directory.filter(|path| *path != output) {
        // A directory that is not empty stays, and so do those above it.
        if fs::remove_dir(path).is_err() {
            break;
        }
        directory = path.parent();
    }
    Ok(())
}
