//! What is in a bucket, also after a run that was ended: the journal has what was there when that run began and what it was to send. Objects
//! that are younger than the journal were sent by it, by the clock of the store alone.

use std::collections::HashSet;

use anyhow::{Context as _, Result};

use super::Entries;
use super::store::Store;
use crate::manifest::{self, Entry, Manifest};

const NAME: &str = ".kbpress-journal";

/// Stands between what was there and what was to be sent.
const MIDDLE: &str = "---- to be sent ----\n";

/// What stands for an object of which nobody knows what it holds: no file is like this.
const UNKNOWN: Entry = Entry { size: u64::MAX, hash: [0; 16] };

/// What is known of a bucket.
pub(super) struct Known {
    pub(super) entries: Entries,
    /// The journal is that of the same publication: it is gone on with.
    pub(super) is_resumed: bool,
    /// The last run came to its end.
    pub(super) is_settled: bool,
}

/// Finds out what is in the bucket.
pub(super) async fn known(store: &Store, local: &Manifest) -> Result<Known> {
    let Some((text, begun)) = store.get(NAME).await? else {
        let entries = match store.get(manifest::FILE_NAME).await? {
            None => Entries::new(),
            Some((text, _)) => {
                let manifest = std::str::from_utf8(&text).ok().and_then(Manifest::parse);
                manifest
                    .context(
                        "the manifest in the bucket is damaged or was written by another version: remove it to send everything",
                    )?
                    .entries
            }
        };
        return Ok(Known { entries, is_resumed: false, is_settled: true });
    };
    let journal = std::str::from_utf8(&text).ok().and_then(parse);
    let (mut entries, sent) = journal.context("the journal in the bucket is damaged: remove it to send everything")?;
    let there = store.list().await?;
    // The run may have been ended while it removed objects: those must be sent before anything that refers to them.
    let names: HashSet<&str> = there.iter().map(|(path, _)| path.as_str()).collect();
    entries.retain(|path, _| names.contains(&**path));
    for (path, changed) in there {
        // Objects of the same second may be from before.
        if changed > begun {
            entries.insert(path.clone().into(), sent.get(path.as_str()).copied().unwrap_or(UNKNOWN));
        } else if changed == begun && (entries.contains_key(path.as_str()) || sent.contains_key(path.as_str())) {
            entries.insert(path.into(), UNKNOWN);
        }
    }
    // Our own files are no objects of the site.
    entries.retain(|path, _| !path.starts_with(manifest::FILE_NAME) && **path != *NAME);
    Ok(Known { is_resumed: sent == local.entries, entries, is_settled: false })
}

/// Writes down what is there and what will be.
pub(super) async fn begin(store: &Store, known: &Entries, local: &Entries) -> Result<()> {
    let text = |entries: &Entries| Manifest { entries: entries.clone(), ..Manifest::default() }.to_text();
    store.put(NAME, format!("{}{MIDDLE}{}", text(known), text(local)).into_bytes()).await
}

/// The publication is done.
pub(super) async fn end(store: &Store) -> Result<()> {
    store.remove(&[NAME]).await
}

fn parse(text: &str) -> Option<(Entries, Entries)> {
    let (known, sent) = text.split_once(MIDDLE)?;
    Some((Manifest::parse(known)?.entries, Manifest::parse(sent)?.entries))
}
