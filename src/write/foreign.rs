//! What stands in the way of a build and is not ours.
#![allow(clippy::disallowed_methods, reason = "the output is looked at before it is changed")]

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use walkdir::WalkDir;

use super::standing::{Before, Standing};
use super::{Diagnostic, OutPath, Written, code};

/// The error about what stands at `place`, where we have written (`Some`) or never have.
pub(super) fn error(place: &Path, standing: Option<Standing>) -> Diagnostic {
    let place = place.display();
    if standing.is_some() {
        return Diagnostic::error(code::FOREIGN_FILE, format!("`{place}` was changed by somebody since kbpress wrote it"))
            .help("move it away, or let `kbpress build --adopt` overwrite it");
    }
    Diagnostic::error(code::FOREIGN_FILE, format!("`{place}` was not written by kbpress and is in the way"))
        .help("move it away, give the page another permalink, or let `kbpress build --adopt` overwrite it")
}

/// Errors for what stands where staged files must go: files that are not ours (unless they are adopted), directories with such files, and
/// files or links in the place of their directories.
pub(super) fn in_the_way(output: &Path, before: &Before, adopt: bool, files: &[(OutPath, Written)]) -> Result<Vec<Diagnostic>> {
    let mut way = Way { output, before, files, made: OnceCell::new(), seen: HashSet::new() };
    let mut found = BTreeMap::new();
    for (path, _) in files.iter().filter(|(_, written)| written.staged.is_some()) {
        let path = path.as_str();
        for folder in Path::new(path).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            if !way.seen.insert(folder.to_owned()) {
                break;
            }
            found.extend(way.not_a_folder(folder));
        }
        let standing = before.standing(path);
        if matches!(standing, Some(Standing::Ours(_))) {
            continue;
        }
        let place = output.join(path);
        match fs::symlink_metadata(&place) {
            Ok(there) if there.is_dir() => found.extend(way.not_ours_below(&place)?),
            Ok(_) if !adopt => drop(found.insert(place, standing)),
            _ => {}
        }
    }
    Ok(found.into_iter().map(|(place, standing)| error(&place, standing)).collect())
}

struct Way<'a> {
    output: &'a Path,
    before: &'a Before,
    files: &'a [(OutPath, Written)],
    /// The paths of these, once something stands in the way.
    made: OnceCell<HashSet<&'a str>>,
    /// Folders that were looked at.
    seen: HashSet<PathBuf>,
}

impl Way<'_> {
    /// Whether this build makes a file at `path`.
    fn is_made(&self, path: &str) -> bool {
        self.made.get_or_init(|| self.files.iter().map(|(path, _)| path.as_str()).collect()).contains(path)
    }

    /// What stands in the place of a folder, if it is neither one nor a file of ours that is no longer made.
    fn not_a_folder(&self, folder: &Path) -> Option<(PathBuf, Option<Standing>)> {
        let place = self.output.join(folder);
        let found = fs::symlink_metadata(&place).ok()?;
        let standing = folder.to_str().and_then(|path| self.before.standing(path));
        let is_removed = matches!(standing, Some(Standing::Ours(_))) && !self.is_made(folder.to_str()?);
        (!found.is_dir() && !is_removed).then_some((place, standing))
    }

    /// What in a folder is not a file of ours that is no longer made.
    fn not_ours_below(&self, folder: &Path) -> Result<Option<(PathBuf, Option<Standing>)>> {
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.with_context(|| format!("cannot read `{}`", folder.display()))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let path = entry.path().strip_prefix(self.output).ok().and_then(Path::to_str).map(|path| path.replace('\\', "/"));
            let standing = path.as_deref().and_then(|path| self.before.standing(path));
            let is_removed = matches!(standing, Some(Standing::Ours(_))) && path.is_some_and(|path| !self.is_made(&path));
            if !is_removed {
                return Ok(Some((entry.path().to_owned(), standing)));
            }
        }
        Ok(None)
    }
}
