//! What `build` can make besides a folder, and `kbpress diff`: flags → the archive or the list that is asked for, and what is said about it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;

use super::build::search_summary;
use super::{Exit, print, source_date, write};
use crate::archive;
use crate::build::Done;
use crate::changes::{self, Changes, Format};

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The folder of the old output
    old: PathBuf,
    /// The folder of the new output
    new: PathBuf,
    /// How the differences are printed
    #[arg(long, default_value = "human")]
    format: Format,
}

/// The archive at `path`; `Err` says what is wrong with its name.
pub(super) fn archive(path: Option<&Path>) -> Result<Result<Option<archive::Target>, String>> {
    let Some(path) = path else { return Ok(Ok(None)) };
    let time = source_date()?.map_or(Ok(0), |time| u64::try_from(time.as_second()));
    let time = time.context("`SOURCE_DATE_EPOCH` is before 1970, which an archive cannot say")?;
    Ok(archive::Target::named(path, time).map(Some))
}

pub(super) fn archive_summary(done: &Done, seconds: f64) -> String {
    let Done { output, pages, counts, search, .. } = done;
    let mut text = format!("{pages} pages: {} files in {}, in {seconds:.2} s", counts.written, output.display());
    text.extend(search.as_ref().map(search_summary));
    text
}

pub(super) fn run_diff(args: &DiffArgs) -> Result<Exit> {
    let mut manifests = Vec::with_capacity(2);
    for folder in [&args.old, &args.new] {
        match changes::manifest_of(folder)? {
            Some(manifest) => manifests.push(manifest),
            None => return write::fail(&format!("`{}` was not written by kbpress: it has no manifest", folder.display())),
        }
    }
    print(&Changes::between(&manifests[0], &manifests[1], "/").text(args.format)?)?;
    Ok(Exit::Fine)
}
