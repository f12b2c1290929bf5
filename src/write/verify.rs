//! `kbpress check --output`: whether a published site is still what was published. Nothing is written.

use std::path::Path;

use anyhow::{Context as _, Result};
use walkdir::WalkDir;

use super::refuse::Refused;
use super::standing::{Before, Look, Standing};
use crate::diagnostic::{Diagnostic, code};
use crate::manifest;

/// What was compared, and what is wrong with it.
#[derive(Debug)]
pub struct Verified {
    /// Files of the manifest.
    pub files: usize,
    /// Problems, sorted by path.
    pub problems: Vec<Diagnostic>,
}

/// Compares every file of `output` with the manifest.
///
/// # Errors
/// `Ok(Err(…))` where there is no manifest that this version understands; `Err` where the disk cannot be read.
pub fn verify(output: &Path) -> Result<Result<Verified, Refused>> {
    let before = match Before::read(output, Look::Thorough)? {
        Ok(Some(before)) => before,
        Ok(None) => return Ok(Err(Refused(format!("`{}` has no manifest: it was not written by kbpress", output.display())))),
        Err(refused) => return Ok(Err(refused)),
    };
    let mut problems: Vec<(String, Diagnostic)> = Vec::new();
    if before.is_unfinished {
        let path = output.join(manifest::JOURNAL_NAME);
        let message = format!("`{}` is there: a build is changing the site, or was ended while it did", path.display());
        let help = "wait for the build, or build again: that mends the site";
        problems.push((String::new(), Diagnostic::error(code::OUTPUT_UNFINISHED, message).help(help)));
    }
    for (path, standing) in before.paths() {
        let problem = match standing {
            Standing::Ours(_) => continue,
            Standing::Missing if !before.manifest.entries.contains_key(path) => continue,
            Standing::Missing => missing(output, path),
            Standing::Foreign => altered(output, path, &before),
        };
        problems.push((
            path.to_owned(),
            problem.help("build again, with `--adopt` where a file was altered; or put back a copy of the site"),
        ));
    }
    for entry in WalkDir::new(output).min_depth(1) {
        let entry = entry.with_context(|| format!("cannot read `{}`", output.display()))?;
        let Some(path) = entry.path().strip_prefix(output).ok().map(|path| path.to_string_lossy().replace('\\', "/")) else {
            continue;
        };
        if entry.file_type().is_dir() || path.starts_with(manifest::RESERVED) || before.standing(&path).is_some() {
            continue;
        }
        let message = format!("`{}` was not written by kbpress", entry.path().display());
        let help = "it does no harm; if it belongs to the site, put it into `static/`, and else remove it";
        problems.push((path, Diagnostic::warning(code::OUTPUT_EXTRA, message).help(help)));
    }
    problems.sort_by(|(a, _), (b, _)| a.cmp(b));
    let files = before.manifest.entries.len();
    Ok(Ok(Verified { files, problems: problems.into_iter().map(|(_, problem)| problem).collect() }))
}

fn missing(output: &Path, path: &str) -> Diagnostic {
    Diagnostic::error(code::OUTPUT_MISSING, format!("`{}` is missing", output.join(path).display()))
}

/// What is wrong with a file that is not as it was written.
fn altered(output: &Path, path: &str, before: &Before) -> Diagnostic {
    let place = output.join(path);
    let entry = before.manifest.entries.get(path);
    let what = match (std::fs::symlink_metadata(&place), entry) {
        (Ok(found), _) if !found.is_file() => "is not a file any more".to_owned(),
        (Ok(found), Some(entry)) if found.len() < entry.size => {
            format!("is cut off: it has {} bytes instead of {}", found.len(), entry.size)
        }
        (Ok(found), Some(entry)) if found.len() > entry.size => {
            format!("was altered: it has {} bytes instead of {}", found.len(), entry.size)
        }
        _ => "was altered".to_owned(),
    };
    Diagnostic::error(code::OUTPUT_ALTERED, format!("`{}` {what}", place.display()))
}
