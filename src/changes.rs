//! Two manifests → the URLs that are new, changed and gone: for purges of a CDN, and for people who look at a change before it is published.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::manifest::{self, Manifest};
use crate::permalink::OutPath;

/// What differs between two outputs: URLs, sorted by their paths.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Only in the new one.
    pub added: Vec<String>,
    /// In both, with other content.
    pub changed: Vec<String>,
    /// Only in the old one.
    pub removed: Vec<String>,
}

/// How changes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// A line each: `A`, `M` or `D`, a tab and the URL.
    Short,
    /// One object with three lists.
    Json,
}

impl Changes {
    /// What makes `new` out of `old`; every URL begins with `base`.
    pub fn between(old: &Manifest, new: &Manifest, base: &str) -> Self {
        let url = |path: &str| OutPath::from_file(path).map_or_else(|_| path.to_owned(), |out| format!("{base}{}", out.url()));
        let mut changes = Self::default();
        for (path, entry) in &new.entries {
            match old.entries.get(path) {
                None => changes.added.push(url(path)),
                Some(before) if before != entry => changes.changed.push(url(path)),
                Some(_) => {}
            }
        }
        changes.removed = old.entries.keys().filter(|path| !new.entries.contains_key(*path)).map(|path| url(path)).collect();
        changes
    }

    /// The changes as text that ends in a line feed, or is empty.
    ///
    /// # Errors
    /// Never for lists of texts.
    pub fn text(&self, format: Format) -> Result<String> {
        let lists = [("A", "added", &self.added), ("M", "changed", &self.changed), ("D", "removed", &self.removed)];
        Ok(match format {
            Format::Json => serde_json::to_string_pretty(self)? + "\n",
            Format::Short => {
                lists.iter().flat_map(|(mark, _, urls)| urls.iter().map(move |url| format!("{mark}\t{url}\n"))).collect()
            }
            Format::Human => {
                let count: usize = lists.iter().map(|(.., urls)| urls.len()).sum();
                if count == 0 {
                    return Ok("nothing differs\n".to_owned());
                }
                let mut text = String::new();
                for (_, name, urls) in lists.into_iter().filter(|(.., urls)| !urls.is_empty()) {
                    text.push_str(&format!("{} {name}\n", urls.len()));
                    text.extend(urls.iter().map(|url| format!("  {url}\n")));
                }
                text
            }
        })
    }
}

/// The manifest of the output in `folder`; `None` where there is none.
///
/// # Errors
/// Where it cannot be read, or is no manifest of this version.
#[expect(clippy::disallowed_methods, reason = "outputs are compared by their manifests")]
pub fn manifest_of(folder: &Path) -> Result<Option<Manifest>> {
    let path = folder.join(manifest::FILE_NAME);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("cannot read `{}`", path.display())),
    };
    let manifest = std::str::from_utf8(&bytes).ok().and_then(Manifest::parse);
    manifest.map(Some).with_context(|| format!("`{}` is damaged or was written by another version", path.display()))
}
