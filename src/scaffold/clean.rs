//! `kbpress clean`: removes from the output directory what its manifest names, and nothing else. A file that was changed since it was written
//! belongs to whoever changed it.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::manifest::{self, Entry, Manifest};

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
/// `Ok(Err(…))` where it has files and no manifest that this version understands: what to say about it. `Err` where the disk fails.
#[expect(clippy::disallowed_methods, reason = "only files of the manifest are removed, unless they were changed")]
pub fn clean(output: &Path) -> Result<Result<Cleaned, String>> {
    let path = output.join(manifest::FILE_NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(if is_missing_or_empty(output)? {
                Ok(Cleaned::default())
            } else {
                Err(format!("`{}` was not written by kbpress: it has no manifest", output.display()))
            });
        }
        Err(e) => return Err(e).with_context(|| format!("cannot read `{}`", path.display())),
    };
    let Some(manifest) = std::str::from_utf8(&bytes).ok().and_then(Manifest::parse) else {
        return Ok(Err(format!("`{}` is damaged or was written by another version", path.display())));
    };
    let real = fs::canonicalize(output).with_context(|| format!("cannot read `{}`", output.display()))?;
    let mut cleaned = Cleaned::default();
    let mut folders = BTreeSet::new();
    for (relative, entry) in &manifest.entries {
        let file = output.join(&**relative);
        match is_ours(&real, &file, entry) {
            Some(true) => {
                fs::remove_file(&file).with_context(|| format!("cannot remove `{}`", file.display()))?;
                cleaned.removed += 1;
            }
            Some(false) => cleaned.changed.push(file.clone()),
            None => {}
        }
        folders.extend(file.ancestors().skip(1).take_while(|folder| *folder != output).map(Path::to_owned));
    }
    fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))?;
    // The deepest first; a folder that holds anything else stays.
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
    let _ = fs::remove_dir(output);
    Ok(Ok(cleaned))
}

/// Whether the file is still what the manifest says; `None` where there is none.
#[expect(clippy::disallowed_methods, reason = "a file is compared before it is removed")]
fn is_ours(output: &Path, file: &Path, entry: &Entry) -> Option<bool> {
    let found = fs::symlink_metadata(file).ok()?;
    // A folder that is a link leads to files that are not of the output.
    let is_inside = file.parent().and_then(|folder| fs::canonicalize(folder).ok()).is_some_and(|folder| folder.starts_with(output));
    if !found.is_file() || !is_inside || found.len() != entry.size {
        return Some(false);
    }
    Some(fs::read(file).is_ok_and(|bytes| Entry::of(&bytes) == *entry))
}

#[expect(clippy::disallowed_methods, reason = "an output directory is listed before anything is removed")]
fn is_missing_or_empty(output: &Path) -> Result<bool> {
    match fs::read_dir(output) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e).with_context(|| format!("cannot read `{}`", output.display())),
    }
}
