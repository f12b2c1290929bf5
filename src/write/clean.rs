//! `kbpress clean`: removes from the output directory what builds wrote, and nothing else. A file that was changed since it was written
//! belongs to whoever changed it.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::disk::Disk;
use super::refuse::Refused;
use super::standing::{Before, Look, Standing};
use crate::manifest;

/// What became of an output directory.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// Files that were removed.
    pub removed: usize,
    /// Files of the manifest that somebody has changed since, and that were left.
    pub changed: Vec<PathBuf>,
}

/// Cleans `output`.
///
/// # Errors
/// `Ok(Err(…))` where it has files and no manifest that this version understands: what to say about it. `Err` where a build is writing it
/// ([`Busy`](super::lock::Busy)) or the disk fails.
pub fn clean(output: &Path, disk: &Disk) -> Result<Result<Cleaned, Refused>> {
    if !output.is_dir() {
        return Ok(Ok(Cleaned::default()));
    }
    let real = std::fs::canonicalize(output).with_context(|| format!("cannot read `{}`", output.display()))?;
    let (mut lock, staging, _) = super::lock_output(&real, disk)?;
    let cleaned = remove(&real, output, disk);
    let _ = disk.remove_all(&staging);
    lock.release(disk);
    let _ = disk.remove_directory(&real);
    cleaned
}

/// `output` is the directory as the user knows it.
fn remove(real: &Path, output: &Path, disk: &Disk) -> Result<Result<Cleaned, Refused>> {
    let before = match Before::read(real, Look::Thorough)? {
        Ok(Some(before)) => before,
        Ok(None) if super::holds_nothing(real)? => return Ok(Ok(Cleaned::default())),
        Ok(None) => return Ok(Err(Refused(format!("`{}` was not written by kbpress: it has no manifest", output.display())))),
        Err(refused) => return Ok(Err(refused)),
    };
    let mut cleaned = Cleaned::default();
    let mut folders = BTreeSet::new();
    for (path, standing) in before.paths() {
        let file = real.join(path);
        match standing {
            Standing::Ours(_) => {
                disk.remove_file(&file).with_context(|| format!("cannot remove `{}`", file.display()))?;
                cleaned.removed += 1;
            }
            Standing::Foreign => cleaned.changed.push(output.join(path)),
            Standing::Missing => {}
        }
        folders.extend(file.ancestors().skip(1).take_while(|folder| *folder != real).map(Path::to_owned));
    }
    cleaned.changed.sort();
    for name in [manifest::JOURNAL_NAME, manifest::FILE_NAME] {
        let file = real.join(name);
        match disk.remove_file(&file) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("cannot remove `{}`", file.display()));
            }
            _ => {}
        }
    }
    // The deepest first; a folder that holds anything else stays, and so does a link.
    for folder in folders.iter().rev() {
        let _ = disk.remove_directory(folder);
    }
    Ok(Ok(cleaned))
}
