//! `kbpress build --tar FILE`: the whole site as one deterministic archive, straight from the pages as they are rendered. No file of the
//! site is made on the disk; the archive is written under another name first and then moved into place. What is held in memory is one
//! batch of pages, never the site.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use crate::build::{self, Done, Outcome, Project, Request};
use crate::config::Publish;
use crate::diagnostic::Diagnostic;
use crate::hosting;
use crate::indexing::{Finished, Indexing};
use crate::inputs;
use crate::load::{self, Known};
use crate::manifest::{self, Entry, Manifest};
use crate::permalink::OutPath;
use crate::render::Renderer;
use crate::routes::Route;
use crate::search;
use crate::siblings;
use crate::timings::Timings;
use crate::write::Counts;

mod file;

use file::Archive;
pub use file::Compression;

/// Pages that are rendered at a time, while those before them go into the archive.
const BATCH: usize = 256;

/// An archive that is asked for.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it goes.
    pub path: PathBuf,
    /// How it is packed.
    pub compression: Compression,
    /// The time that each file in it has, in seconds since 1970.
    pub time: u64,
}

impl Target {
    /// The archive at `path`, packed as its name says: `.tar`, `.tar.gz`, `.tgz`, `.tar.zst`.
    ///
    /// # Errors
    /// What to say about another name.
    pub fn named(path: &Path, time: u64) -> Result<Self, String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let compression = match () {
            () if name.ends_with(".tar") => Compression::None,
            () if name.ends_with(".tar.gz") || name.ends_with(".tgz") => Compression::Gzip,
            () if name.ends_with(".tar.zst") => Compression::Zstd,
            () => return Err(format!("`{}` ends in none of `.tar`, `.tar.gz`, `.tgz` and `.tar.zst`", path.display())),
        };
        Ok(Self { path: path.to_owned(), compression, time })
    }
}

/// Builds the site into an archive.
///
/// # Errors
/// Where the disk fails; what is wrong with the content is in the outcome.
pub fn build(
    request: &Request,
    target: &Target,
    timings: &mut Timings,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let Some(config) = timings.stage("configure", || build::configure(request, &mut outcome))? else { return Ok(outcome) };
    let (sources, problems) = timings.stage("load", || load::sources(&request.root, &config))?;
    let inputs = timings.stage("compare", || inputs::hash(request, &sources, &outcome.texts, &Known::default()))?;
    let (mut project, until) = build::prepare(request, config, sources, problems, timings, &mut outcome)?;
    if build::is_refused(&mut outcome, request) {
        outcome.texts.extend(project.sources.into_texts());
        return Ok(outcome);
    }
    project.routes.sort_by(|(a, _), (b, _)| a.cmp(b));
    let pages = project.site.pages.iter().filter(|page| !page.is_index).count();
    let mut archive = Archive::create(target, &request.disk)?;
    let mut manifest = Manifest { inputs: inputs.hash, until, pages, ..Manifest::default() };
    let rendered = timings.stage("render and write", || render(&project, &mut archive, &mut manifest, progress))?;
    match rendered {
        Err(problems) => outcome.diagnostics.extend(problems),
        Ok(index) => {
            // The site is as large as the index: it goes before the index is encoded.
            outcome.texts.extend(project.sources.into_texts());
            let config = Arc::clone(&project.site.config);
            drop(project.site);
            let search = timings.stage("index", || add_index(index, &config.publish, &mut archive, &mut manifest))?;
            let sizes = manifest.entries.iter().map(|(path, entry)| (&**path, entry.size));
            let problems = hosting::files_fit(&config.publish, sizes);
            if !problems.is_empty() {
                outcome.diagnostics.extend(problems);
                return Ok(outcome);
            }
            manifest.warnings = build::count(&outcome.diagnostics);
            let warnings = manifest.warnings.clone();
            archive.add(manifest::FILE_NAME, manifest.to_text().as_bytes())?;
            timings.stage("publish", || archive.finish())?;
            let counts = Counts { written: manifest.entries.len(), ..Counts::default() };
            outcome.done = Some(Done {
                output: target.path.clone(),
                pages,
                counts,
                search,
                was_current: false,
                warnings,
                has_repaired: false,
            });
            return Ok(outcome);
        }
    }
    crate::diagnostic::sort(&mut outcome.diagnostics);
    outcome.texts.extend(project.sources.into_texts());
    Ok(outcome)
}

/// What takes the files of a site, one after the other.
trait Sink: Send {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<()>;
}

/// Takes files and keeps nothing of them.
struct Nowhere;

impl Sink for Nowhere {
    fn add(&mut self, _: &str, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// Makes every file of the site and keeps none; what a build would say then: templates that fail, or a host that would not take them all.
///
/// # Errors
/// None today; a stage that writes may fail.
pub fn rehearse(project: &Project) -> Result<Vec<Diagnostic>> {
    let mut manifest = Manifest::default();
    let index = match render(project, &mut Nowhere, &mut manifest, &|_, _| ())? {
        Ok(index) => index,
        Err(problems) => return Ok(problems),
    };
    let publish = &project.site.config.publish;
    add_index(index, publish, &mut Nowhere, &mut manifest)?;
    Ok(hosting::files_fit(publish, manifest.entries.iter().map(|(path, entry)| (&**path, entry.size))))
}

/// Renders every route into the archive, in the order of the routes; gives what the pages put into the search index, or all templates'
/// failures.
fn render(
    project: &Project,
    archive: &mut dyn Sink,
    manifest: &mut Manifest,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Result<Option<Finished>, Vec<Diagnostic>>> {
    let Project { sources, site, theme, routes } = project;
    let renderer = match Renderer::new(site, sources, theme, routes) {
        Ok(renderer) => renderer,
        Err(problem) => return Ok(Err(vec![*problem])),
    };
    let indexing = site.config.search.enabled.then(|| Indexing::new(site, sources));
    let mut problems = Vec::new();
    let mut batch: Vec<Page> = Vec::new();
    let mut done = 0;
    for routes_of_batch in routes.chunks(BATCH) {
        // The archive takes one page after the other; meanwhile the other threads render the next ones.
        let (added, rendered) = rayon::join(
            || add_all(std::mem::take(&mut batch), archive, manifest),
            || {
                let pages = routes_of_batch
                    .par_iter()
                    .map(|(out, route)| page(&renderer, indexing.as_ref(), out, *route, &site.config.publish));
                pages.collect::<Result<Vec<Result<Vec<Page>, Box<Diagnostic>>>>>()
            },
        );
        added?;
        for page in rendered? {
            match page {
                Ok(pages) => batch.extend(pages),
                Err(problem) => problems.push(*problem),
            }
        }
        done += routes_of_batch.len();
        progress(done, routes.len());
    }
    add_all(batch, archive, manifest)?;
    Ok(if problems.is_empty() { Ok(indexing.map(Indexing::finish)) } else { Err(problems) })
}

/// A file of the site, its bytes and what the manifest says of them.
type Page = (OutPath, Vec<u8>, Entry);

fn page_of(out: OutPath, bytes: Vec<u8>) -> Page {
    let entry = Entry::of(&bytes);
    (out, bytes, entry)
}

fn page(
    renderer: &Renderer<'_>,
    indexing: Option<&Indexing<'_>>,
    out: &OutPath,
    route: Route,
    publish: &Publish,
) -> Result<Result<Vec<Page>, Box<Diagnostic>>> {
    let page = match renderer.render(out, route)? {
        Ok(page) => page,
        Err(problem) => return Ok(Err(problem)),
    };
    if let (Some(indexing), Some((page, content))) = (indexing, &page.content) {
        indexing.add(*page, content);
    }
    let siblings = siblings::of(publish, out, &page.bytes)?;
    let mut pages = Vec::with_capacity(1 + siblings.len());
    pages.push(page_of(out.clone(), page.bytes.into_owned()));
    pages.extend(siblings.into_iter().map(|(out, bytes)| page_of(out, bytes)));
    Ok(Ok(pages))
}

fn add_all(pages: Vec<Page>, archive: &mut dyn Sink, manifest: &mut Manifest) -> Result<()> {
    for (out, bytes, entry) in pages {
        archive.add(out.as_str(), &bytes)?;
        manifest.entries.insert(out.as_str().into(), entry);
    }
    Ok(())
}

/// The files of the search come after the pages, because they are made of them.
fn add_index(
    index: Option<Finished>,
    publish: &Publish,
    archive: &mut dyn Sink,
    manifest: &mut Manifest,
) -> Result<Option<search::Summary>> {
    let Some(index) = index else { return Ok(None) };
    let mut search = index.outputs();
    search.files.sort();
    for (path, bytes) in search.files {
        let out = OutPath::from_file(&path).map_err(|why| anyhow::anyhow!("`{path}`: {why}"))?;
        let siblings = siblings::of(publish, &out, &bytes)?;
        let pages = std::iter::once((out, bytes)).chain(siblings).map(|(out, bytes)| page_of(out, bytes));
        add_all(pages.collect(), archive, manifest)?;
    }
    Ok(Some(search.summary))
}
