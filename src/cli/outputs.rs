//! What `build` can make besides a folder: flags → the archive that is asked for, and what is said about it.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{search_summary, source_date};
use crate::archive;
use crate::build::Done;

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
