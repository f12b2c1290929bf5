//! What kbpress writes into a site's folder when its people ask for it: new articles, starter sites, imported articles, a baseline. Nothing
//! that is there is ever overwritten, but by [`replace`], and nothing is written outside the folder that was named.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::baseline::Baseline;

pub mod init;
pub mod new;

/// What became of a file that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is new.
    New,
    /// It was there with just this content.
    Same,
    /// It was there with another content, and still is.
    Kept,
}

/// Makes the file `path`, which must lie below `folder`, with its folders.
///
/// # Errors
/// Where `path` could leave `folder`, by its parts or through a symbolic link, or the disk fails.
#[expect(clippy::disallowed_methods, reason = "new files of a site are made here")]
pub fn make(folder: &Path, path: &str, bytes: &[u8]) -> Result<Made> {
    let target = below(folder, path)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
    }
    match fs::File::create_new(&target) {
        Ok(mut file) => {
            file.write_all(bytes).with_context(|| format!("cannot write `{}`", target.display()))?;
            Ok(Made::New)
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            let is_same = fs::read(&target).is_ok_and(|there| there == bytes);
            Ok(if is_same { Made::Same } else { Made::Kept })
        }
        Err(e) => Err(e).with_context(|| format!("cannot create `{}`", target.display())),
    }
}

/// Where `path` is below `folder`.
fn below(folder: &Path, path: &str) -> Result<PathBuf> {
    let relative = Path::new(path);
    let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if path.is_empty() || path.contains(['\\', '\0']) || !is_plain {
        bail!("`{path}` is not a path below `{}`", folder.display());
    }
    let mut at = folder.to_owned();
    for part in relative.components() {
        at.push(part);
        // A link could lead anywhere; a file in the place of a folder is named by the system.
        if fs::symlink_metadata(&at).is_ok_and(|m| m.is_symlink()) {
            bail!("`{}` is a symbolic link", at.display());
        }
    }
    Ok(at)
}

/// Writes a file that the user named as one to be written, whether or not it is there.
///
/// # Errors
/// Where the disk fails.
#[expect(clippy::disallowed_methods, reason = "the user named this file as the one to write")]
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let mut staged = path.as_os_str().to_owned();
    staged.push(".kbpress-new");
    fs::write(&staged, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    fs::rename(&staged, path).with_context(|| format!("cannot write `{}`", path.display()))
}

/// The baseline in the file at `path`.
///
/// # Errors
/// `Ok(Err(…))` where there is none; what to say about it.
pub fn read_baseline(path: &Path) -> Result<Result<Baseline, String>> {
    let shown = path.display().to_string();
    let Some((file, _)) = crate::load::text(path, &shown)? else {
        return Ok(Err(format!("there is no baseline `{shown}`; `kbpress check --baseline {shown} --write-baseline` makes it")));
    };
    Ok(Baseline::parse(&file.text).map_err(|line| format!("line {line} of `{shown}` does not belong into a baseline")))
}
