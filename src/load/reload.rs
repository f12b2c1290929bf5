//! What was read before and what has changed since → what is there now. Only what lies at a changed path is read again; everything
//! else is shared with what was read before, so that a preview of a large site can follow its writer.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use super::{DiskFile, Found, Known, Place, Read, Sources, Walk, content, read_article, statics, templates};
use crate::config::Config;
use crate::diagnostic::Diagnostic;

/// One of the directories that a site is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The content directory.
    Content,
    /// The site's own templates.
    Templates,
    /// The static files.
    Statics,
}

/// A path at which something happened: a file or a folder was made, changed, renamed or removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The directory that it lies in.
    pub area: Area,
    /// The path relative to that directory, `/` between parts; empty for the whole directory.
    pub relative: String,
}

impl Change {
    /// Whether `relative` is the changed path or lies below it.
    pub fn covers(&self, area: Area, relative: &str) -> bool {
        let rest = || relative.strip_prefix(self.relative.as_str());
        self.area == area && (self.relative.is_empty() || rest().is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

/// The sources after `changes`, and the problems of the content that was read again. Files whose text is as before are the same
/// [`Arc`]s as in `old`.
///
/// # Errors
/// As [`sources`](super::sources); a file that vanishes while it is read is one of them.
pub fn reload(root: &Path, config: &Config, old: &Sources, changes: &[Change]) -> Result<(Sources, Vec<Diagnostic>)> {
    let mut sources = old.clone();
    let mut diagnostics = Vec::new();
    let of = |area| changes.iter().filter(move |change| change.area == area);
    if of(Area::Templates).next().is_some() {
        sources.templates.clear();
        diagnostics.extend(templates(root, config, &mut sources)?);
    }
    if of(Area::Statics).next().is_some() {
        sources.theme_assets.clear();
        sources.statics = Arc::default();
        diagnostics.extend(statics(root, config, &mut sources)?);
    }
    let mut paths: Vec<&str> = of(Area::Content).map(|change| change.relative.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.contains(&"") {
        sources.articles.clear();
        sources.assets = Arc::default();
        diagnostics.extend(content(root, config, old, &Known::default(), &mut sources)?.0);
    } else if !paths.is_empty() {
        diagnostics.extend(content_at(root, config, &paths, old, &mut sources)?);
    }
    Ok((sources, diagnostics))
}

/// Reads what lies at `paths` of the content directory.
fn content_at(root: &Path, config: &Config, paths: &[&str], old: &Sources, sources: &mut Sources) -> Result<Vec<Diagnostic>> {
    let directory = root.join(&config.content_dir);
    let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
    let (known, fallback) = (Known::default(), config.articles.encoding_fallback);
    let take = |place: Place<'_>| read_article(place, fallback, old, None);
    let walk = Walk { root: &directory, shown: &config.content_dir, ignored: &config.ignored_content, known: &known, take: &take };
    let read: Vec<Result<Found<Read>>> =
        paths.par_iter().filter(|path| !is_left_out(path, config)).map(|path| walk.at(path)).collect();
    for found in read {
        let Found { files: more, diagnostics: problems, .. } = found?;
        files.extend(more);
        diagnostics.extend(problems);
    }
    // A folder and a file in it may both have been named.
    files.sort_by(|a, b| a.path().cmp(b.path()));
    files.dedup_by(|a, b| a.path() == b.path());
    let is_stale = |relative: &str| {
        paths.iter().any(|path| relative.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let prefix = sources.content_prefix;
    sources.articles.retain(|file| !is_stale(&file.path[prefix..]));
    let mut assets: Vec<DiskFile> = old.assets.iter().filter(|file| !is_stale(&file.relative)).cloned().collect();
    for file in files {
        match file {
            Read::Article { article, problem, .. } => {
                sources.articles.push(article);
                diagnostics.extend(problem.map(|problem| *problem));
            }
            Read::Asset(asset) => assets.push(asset),
        }
    }
    sources.articles.sort_by(|a, b| a.path.cmp(&b.path));
    assets.sort_by(|a, b| a.relative.cmp(&b.relative));
    sources.assets = assets.into();
    Ok(diagnostics)
}

/// Whether a file or a folder above `path` is hidden or ignored, so that a walk from the top would never come to it.
fn is_left_out(path: &str, config: &Config) -> bool {
    let ends = path.match_indices('/').map(|(i, _)| i).chain([path.len()]);
    path.split('/').any(|part| part.starts_with('.')) || ends.into_iter().any(|end| config.ignored_content.matches(&path[..end]))
}
