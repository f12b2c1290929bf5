//! `kbpress init`: the starter site in the binary → a folder.

use std::path::Path;

use anyhow::{Context as _, Result};
use include_dir::{Dir, include_dir};

use super::{Made, make};

static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starter");

/// What became of a starter site.
#[derive(Debug, Default)]
pub struct Started {
    /// Files that are new.
    pub made: Vec<String>,
    /// Files that were there and were left as they are.
    pub kept: Vec<String>,
}

/// Whether `folder` is missing or has nothing in it but what version control puts there.
///
/// # Errors
/// Where it cannot be listed.
#[expect(clippy::disallowed_methods, reason = "a starter site goes into an empty folder")]
pub fn is_empty(folder: &Path) -> Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let name = entry.with_context(|| format!("cannot read `{}`", folder.display()))?.file_name();
                if !matches!(name.to_str(), Some(".git" | ".hg" | ".DS_Store")) {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e).with_context(|| format!("cannot read `{}`", folder.display())),
    }
}

/// Writes the starter site into `folder`; what is already there stays as it is.
///
/// # Errors
/// Where the disk fails.
pub fn init(folder: &Path) -> Result<Started> {
    let mut started = Started::default();
    let mut folders = vec![&STARTER];
    while let Some(next) = folders.pop() {
        folders.extend(next.dirs());
        for file in next.files() {
            let path = file.path().to_str().context("the starter site has plain names")?.replace('\\', "/");
            match make(folder, &path, file.contents())? {
                Made::New => started.made.push(path),
                Made::Same | Made::Kept => started.kept.push(path),
            }
        }
    }
    started.made.sort();
    started.kept.sort();
    Ok(started)
}
