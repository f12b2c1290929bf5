//! `kbpress publish`: an output on the disk → a bucket of an object store. Only objects that changed are sent, in an order in which every page
//! that can be reached refers only to what is there: new objects before changed ones, files that pages load before pages, entry points at the
//! end, then what is gone, and the manifest last. The manifest in the bucket says what is there; a journal beside it says what a run that was
//! ended may have done already. This is the only part of kbpress with an async runtime, because the stores' client is written for one.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::manifest::{self, Entry, Manifest};

mod journal;
mod plan;
mod store;

pub use plan::{Plan, Step};
use store::Store;

/// What is asked for.
#[derive(Debug)]
pub struct Request<'a> {
    /// The folder of the output.
    pub output: &'a Path,
    /// Where it goes: `s3://bucket/folder`, `gs://…`, `az://…`, `file:///…`.
    pub bucket: &'a str,
    /// Say what would be done.
    pub dry_run: bool,
    /// The names and values that say how the store is reached: those of the environment.
    pub options: Vec<(String, String)>,
}

/// What was done, or would be.
#[derive(Debug, Default)]
pub struct Published {
    /// Objects that were sent, in order.
    pub sent: Vec<String>,
    /// Objects that were removed.
    pub removed: Vec<String>,
    /// Objects that were as they should be.
    pub unchanged: usize,
}

/// Puts an output into a bucket.
///
/// # Errors
/// Where the output has no manifest or was changed since it was built, the bucket cannot be reached, or a request fails after several attempts.
pub fn publish(request: &Request<'_>, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Published> {
    let Some(local) = crate::changes::manifest_of(request.output)? else {
        bail!("`{}` was not written by kbpress: it has no manifest; run `kbpress build` first", request.output.display());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(run(request, &local, progress))
}

async fn run(request: &Request<'_>, local: &Manifest, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Published> {
    let store = Store::open(request.bucket, &request.options)?;
    let known = journal::known(&store, local).await?;
    let plan = Plan::new(&known.entries, &local.entries);
    let sent: Vec<String> = plan.steps.iter().flat_map(|step| &step.paths).map(|path| (*path).to_owned()).collect();
    let published =
        Published { removed: plan.removed.iter().map(|path| (*path).to_owned()).collect(), unchanged: plan.unchanged, sent };
    if request.dry_run || (plan.is_empty() && known.is_settled) {
        return Ok(published);
    }
    if !known.is_resumed {
        journal::begin(&store, &known.entries, &local.entries).await?;
    }
    let mut done = 0;
    for step in &plan.steps {
        let total = published.sent.len();
        let before = done;
        store.send(step, |path| read(request.output, path, local), |count| progress(before + count, total)).await?;
        done += step.paths.len();
    }
    store.remove(&plan.removed).await?;
    store.put(manifest::FILE_NAME, local.to_text().into_bytes()).await?;
    journal::end(&store).await?;
    Ok(published)
}

/// The bytes of a file of the output, which must be what its manifest says.
#[expect(clippy::disallowed_methods, reason = "what is published is read from the output")]
fn read(output: &Path, path: &str, local: &Manifest) -> Result<Vec<u8>> {
    let file = output.join(path);
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    if local.entries.get(path) != Some(&Entry::of(&bytes)) {
        bail!("`{}` was changed since it was built; run `kbpress build` again", file.display());
    }
    Ok(bytes)
}

/// Files by their path in the output.
type Entries = BTreeMap<Box<str>, Entry>;
