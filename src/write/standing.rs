//! What stands in an output directory before a build, and what of it is ours: a file is ours while it has the content that the manifest, or
//! the journal of a build that did not come to its end, says. Everything else is foreign.
#![allow(clippy::disallowed_methods, reason = "the output is compared with its manifest here")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use rayon::prelude::*;

use super::refuse::Refused;
use crate::look::{View, WORTH_OPENING};
use crate::manifest::{self, Entry, Manifest};

/// What stands at a path that we wrote once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What we wrote.
    Ours(Entry),
    /// Nothing.
    Missing,
    /// Something else.
    Foreign,
}

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A file of the right size that has not been touched since the manifest was written is ours.
    Quick,
    /// Every file is read, and none that lies behind a link is ours.
    Thorough,
}

/// What former builds left in an output directory.
#[derive(Debug, Default)]
pub struct Before {
    /// What the last complete build wrote; nothing where there is no manifest.
    pub manifest: Manifest,
    /// A build was ended while it changed the output.
    pub is_unfinished: bool,
    /// Whatever does not stand as the manifest says, and what the journal adds to it.
    odd: HashMap<Box<str>, Standing>,
}

impl Before {
    /// Reads and compares the output directory; `None` where no build has left anything there.
    ///
    /// # Errors
    /// `Ok(Err(…))` where the manifest is damaged; `Err` where the disk cannot be read.
    pub fn read(output: &Path, look: Look) -> Result<Result<Option<Self>, Refused>> {
        let path = output.join(manifest::FILE_NAME);
        let (manifest, written) = match text(&path)? {
            None => (None, SystemTime::UNIX_EPOCH),
            Some((text, written)) => {
                let Some(manifest) = Manifest::parse(&text) else {
                    return Ok(Err(Refused(format!("`{}` is damaged or was written by another version", path.display()))));
                };
                (Some(manifest), written)
            }
        };
        let journal = text(&output.join(manifest::JOURNAL_NAME))?;
        if manifest.is_none() && journal.is_none() {
            return Ok(Ok(None));
        }
        let mut before = Self { manifest: manifest.unwrap_or_default(), is_unfinished: journal.is_some(), odd: HashMap::new() };
        before.survey(output, look, written);
        // A damaged journal says nothing: then what it named is foreign.
        let journal = journal.and_then(|(text, _)| manifest::parse_journal(&text)).unwrap_or_default();
        before.add_journal(output, journal);
        Ok(Ok(Some(before)))
    }

    fn survey(&mut self, output: &Path, look: Look, written: SystemTime) {
        let entries: Vec<(&str, &Entry)> = self.manifest.entries.iter().map(|(path, entry)| (&**path, entry)).collect();
        let linked =
            if look == Look::Thorough { linked_folders(output, entries.iter().map(|(path, _)| *path)) } else { HashSet::new() };
        let root = View::from(output.to_owned());
        // The folder of a page's folder has those of its neighbours too.
        let groups: Vec<&[(&str, &Entry)]> = entries.chunk_by(|(a, _), (b, _)| above(a) == above(b)).collect();
        let odd = groups.par_iter().flat_map_iter(|group| {
            let folder = group.first().map_or("", |(path, _)| above(path));
            let opened = (group.len() >= WORTH_OPENING).then(|| View::from(output.join(folder)));
            let (view, from) = opened.as_ref().map_or((&root, 0), |view| (view, folder.len()));
            let linked = &linked;
            let odd = group.iter().filter_map(move |(path, entry)| {
                let place = path[from..].trim_start_matches('/');
                let standing = if behind(linked, path) { Standing::Foreign } else { stands(view, place, entry, look, written) };
                (standing != Standing::Ours(**entry)).then(|| (Box::from(*path), standing))
            });
            odd.collect::<Vec<_>>()
        });
        self.odd = odd.collect();
    }

    fn add_journal(&mut self, output: &Path, journal: Vec<(Box<str>, Entry)>) {
        let view = View::from(output.to_owned());
        for (path, entry) in journal {
            if matches!(self.standing(&path), Some(Standing::Ours(_))) {
                continue;
            }
            let standing = stands(&view, &path, &entry, Look::Thorough, SystemTime::UNIX_EPOCH);
            self.odd.insert(path, standing);
        }
    }

    /// What stands at a path; `None` where we never wrote.
    pub fn standing(&self, path: &str) -> Option<Standing> {
        self.odd.get(path).copied().or_else(|| self.manifest.entries.get(path).map(|entry| Standing::Ours(*entry)))
    }

    /// Every path where we wrote, with what stands there.
    pub fn paths(&self) -> impl Iterator<Item = (&str, Standing)> {
        let listed = self.manifest.entries.iter().map(|(path, entry)| {
            let standing = if self.odd.is_empty() { None } else { self.odd.get(path).copied() };
            (&**path, standing.unwrap_or(Standing::Ours(*entry)))
        });
        let added = self.odd.iter().filter(|(path, _)| !self.manifest.entries.contains_key(*path));
        listed.chain(added.map(|(path, standing)| (&**path, *standing)))
    }

    /// What of ours does not stand as the manifest says, and must be in the next journal.
    pub fn unfinished(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.odd.iter().filter_map(|(path, standing)| match standing {
            Standing::Ours(entry) => Some((&**path, *entry)),
            _ => None,
        })
    }

    /// Whether everything is just as the last build left it.
    pub fn is_intact(&self) -> bool {
        !self.is_unfinished && self.odd.is_empty()
    }
}

/// The text of one of our own files, and when it was written; `None` where there is none.
fn text(path: &Path) -> Result<Option<(String, SystemTime)>> {
    let context = || format!("cannot read `{}`", path.display());
    let found = match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => found,
        // A link or a pipe is not from us, and reading it might never end.
        Ok(_) => return Ok(Some((String::new(), SystemTime::UNIX_EPOCH))),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(e).with_context(context),
    };
    let bytes = fs::read(path).with_context(context)?;
    Ok(Some((String::from_utf8(bytes).unwrap_or_default(), found.modified().with_context(context)?)))
}

/// What stands at `place`, seen from `view`, where we wrote `entry` before the time `written`.
fn stands(view: &View, place: &str, entry: &Entry, look: Look, written: SystemTime) -> Standing {
    let found = match view.look(place) {
        Ok(found) => found,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Standing::Missing,
        Err(_) => return Standing::Foreign,
    };
    if !found.is_file || found.stamp.size != entry.size {
        return Standing::Foreign;
    }
    // A clock ticks coarsely: what was touched in the manifest's own moment may have been touched after it.
    if look == Look::Quick && found.stamp.touched().is_some_and(|touched| touched < written) {
        return Standing::Ours(*entry);
    }
    match fs::read(view.path().join(place)) {
        Ok(bytes) if Entry::of(&bytes) == *entry => Standing::Ours(*entry),
        _ => Standing::Foreign,
    }
}

/// The folder above the one that the file at `path` lies in; empty where that is the output itself.
fn above(path: &str) -> &str {
    path.rsplitn(3, '/').nth(2).unwrap_or_default()
}

/// The folders of these files that are links, or no folders at all.
fn linked_folders<'a>(output: &Path, paths: impl Iterator<Item = &'a str>) -> HashSet<PathBuf> {
    let folders: HashSet<&Path> = paths.flat_map(|path| Path::new(path).ancestors().skip(1)).collect();
    let is_linked = |folder: &&Path| fs::symlink_metadata(output.join(folder)).is_ok_and(|found| !found.is_dir());
    folders.into_iter().filter(|folder| !folder.as_os_str().is_empty()).filter(is_linked).map(Path::to_owned).collect()
}

fn behind(linked: &HashSet<PathBuf>, path: &str) -> bool {
    !linked.is_empty() && Path::new(path).ancestors().skip(1).any(|folder| linked.contains(folder))
}

/// Whether the file at `path` has just this content.
pub(super) fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|there| there == bytes)
}
