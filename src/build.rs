//! `kbpress build`: the line of passes. Everything is read, placed, linked and checked before the first byte is written; then each page
//! is rendered, written and dropped by the same worker.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use crate::article::Article;
use crate::beside::beside;
use crate::cache::{self, Cache};
use crate::changes::{self, Changes, Format};
use crate::check;
use crate::config::{self, Config, Override};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::hosting;
use crate::inputs;
use crate::load::{self, Sources};
use crate::manifest::{Entry, Manifest};
use crate::parse;
use crate::permalink::OutPath;
use crate::render;
use crate::resolve::{self, Resolver};
use crate::routes::{self, Route};
use crate::search::{self, Made};
use crate::siblings;
use crate::site::{self, Site};
use crate::source::SourceFile;
use crate::theme::{self, Theme};
use crate::timings::Timings;
use crate::write::disk::Near;
use crate::write::foresee::Foreseen;
use crate::write::whole::write_whole;
use crate::write::{self, Counts, Disk, Refused, Target, Written};

mod memory;
mod pages;

use memory::Memory;
use pages::{Past, Staged};

/// What a user asks for, besides what `site.toml` says.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// The configuration, if it is not `site.toml` in the site's folder.
    pub config: Option<PathBuf>,
    /// Keys of `site.toml` given on the command line or in the environment, the strongest last.
    pub overrides: Vec<Override>,
    /// Drafts too.
    pub drafts: bool,
    /// Articles dated in the future too.
    pub future: bool,
    /// Expired articles too.
    pub expired: bool,
    /// Where to write what differs from the last build: JSON if the name ends in `.json`, else a line each.
    pub changed_list: Option<PathBuf>,
    /// A warning fails the build.
    pub strict: bool,
    /// The day of the build.
    pub today: Date,
    /// Neither read the cache nor write it.
    pub no_cache: bool,
    /// What a cache must be sealed with to be believed, besides what everybody knows.
    pub cache_secret: Option<String>,
    /// Say why this file of the output was made anew, or kept.
    pub explain: Option<OutPath>,
    /// Take over an output directory that others have written.
    pub adopt: bool,
    /// What the output is written to.
    pub disk: Disk,
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All problems, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The text files that diagnostics point into.
    pub texts: Vec<Arc<SourceFile>>,
    /// What was written; `None` where an error kept the output as it was.
    pub done: Option<Done>,
    /// The configuration itself is wrong, not the content.
    pub is_misconfigured: bool,
    /// Why the file that [`Request::explain`] names was made anew, or kept.
    pub explained: Option<String>,
    /// Why the next build will take longer than it need.
    pub uncached: Option<String>,
}

impl Outcome {
    /// A cache that cannot be written costs time and nothing else.
    fn note(&mut self, kept: std::io::Result<()>) {
        self.uncached = self.uncached.take().or_else(|| kept.err().map(|error| error.to_string()));
    }

    /// The text of the file that diagnostics call `path`.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

/// A build that was published.
#[derive(Debug)]
pub struct Done {
    /// Where.
    pub output: PathBuf,
    /// Pages of articles.
    pub pages: usize,
    /// Files.
    pub counts: Counts,
    /// The search index, where one was made.
    pub search: Option<search::Summary>,
    /// Nothing had changed since the last build.
    pub was_current: bool,
    /// How many warnings there are of each code; those of the last build where nothing had changed.
    pub warnings: BTreeMap<Box<str>, usize>,
    /// The last build was ended while it published, and this one has mended it.
    pub has_repaired: bool,
}

/// A site that is read, placed, linked and checked, and can be rendered.
#[derive(Debug)]
pub struct Project {
    /// What it was read from.
    pub sources: Sources,
    /// The placed and linked site.
    pub site: Site,
    /// Compiled templates and assets.
    pub theme: Theme,
    /// Every file of the output.
    pub routes: Vec<(OutPath, Route)>,
}

/// Builds the site.
///
/// # Errors
/// Where the disk fails; what is wrong with the content is in the outcome.
pub fn build(request: &Request, timings: &mut Timings, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Outcome> {
    if let Some(outcome) = attempt(request, timings, progress)? {
        return Ok(outcome);
    }
    // A file was changed while the site was built, and its time did not tell.
    let request = Request { no_cache: true, ..request.clone() };
    attempt(&request, timings, progress)?.context("the files of the site change while it is built")
}

/// Builds the site; `None` where what the cache says of a file turned out to be wrong before anything was published.
fn attempt(request: &Request, timings: &mut Timings, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Option<Outcome>> {
    let mut outcome = Outcome::default();
    let Some(config) = timings.stage("configure", || configure(request, &mut outcome))? else { return Ok(Some(outcome)) };
    let cache = (!request.no_cache).then(|| Cache::new(request, &outcome.texts));
    let read = || cache.as_ref().map(Cache::known).unwrap_or_default();
    let (target, known) = timings.stage("open", || beside(|| open(request, &config, &mut outcome), read));
    let Some(target) = target? else { return Ok(Some(outcome)) };
    let base = config.base_url.join("");
    let before = request.changed_list.as_ref().map(|_| changes::manifest_of(target.output())).transpose()?;
    let (sources, problems, learnt) = timings.stage("load", || load::sources_but(&request.root, &config, &known))?;
    let inputs = timings.stage("compare", || inputs::hash(request, &sources, &outcome.texts, &known))?;
    let known_files = sources.articles.len() + learnt.folders.len();
    let current = unchanged(&target, &inputs.hash, request.today).filter(|_| problems.is_empty());
    let current = current.filter(|_| request.explain.is_none());
    if let Some(cache) = cache.as_ref().filter(|_| cache::is_worth_writing(learnt.news + inputs.news, known_files)) {
        outcome.note(timings.stage("remember", || cache.keep_files(&sources, &learnt, &inputs)));
    }
    drop(learnt);
    if let Some(done) = current {
        list_changes(request, &Changes::default(), &request.disk)?;
        outcome.done = Some(done);
        return Ok(Some(outcome));
    }
    let mut memory = Memory { cache, inputs, parsed: Vec::new() };
    outcome.diagnostics.extend(problems);
    let articles = timings.stage("parse", || memory.parse(&config, &sources, &mut outcome.diagnostics));
    let config = Arc::new(config);
    let parsed = Parsed { config: Arc::clone(&config), sources, articles };
    let ((project, until), past) =
        beside(|| place(request, parsed, timings, &mut outcome), || Past::read(memory.cache.as_ref(), &config));
    outcome.diagnostics.extend(target.foreign(&project.routes));
    let reader = project.sources.reader.clone();
    let is_stale = || reader.as_ref().is_some_and(|reader| reader.is_stale());
    if is_refused(&mut outcome, request) {
        outcome.texts.extend(project.sources.into_texts());
        return Ok((!is_stale()).then_some(outcome));
    }
    let rendered = timings.stage("render and write", || pages::render(request, &project, &target, &memory, past, progress))?;
    if is_stale() {
        return Ok(None);
    }
    let pages = project.site.pages.iter().filter(|page| !page.is_index).count();
    let staged = rendered.map_err(|problems| outcome.diagnostics.extend(problems)).ok();
    crate::diagnostic::sort(&mut outcome.diagnostics);
    let Some(mut staged) = staged else {
        outcome.texts.extend(project.sources.into_texts());
        return Ok(Some(outcome));
    };
    outcome.explained = staged.explained.take();
    let kept = timings.stage("remember", || memory.keep(&project, &mut staged));
    outcome.note(kept);
    let Memory { cache, inputs, .. } = memory;
    let Project { sources, site, routes, theme } = project;
    let publish = site.config.publish.clone();
    let blamed = memory::paths(&outcome.diagnostics);
    if staged.is_nearly_all_kept || staged.index.is_none() {
        // The program ends soon: giving back sixty thousand articles piece by piece would take a good part of what is left.
        std::mem::forget((site, routes, theme));
        let files = sources.articles.iter().chain(&sources.templates);
        outcome.texts.extend(files.filter(|file| blamed.contains(file.path.as_str())).cloned());
        std::mem::forget(sources);
    } else {
        // The site is as large as the index: it goes before the index is encoded.
        outcome.texts.extend(sources.into_texts().filter(|file| blamed.contains(file.path.as_str())));
        drop((site, routes, theme));
    }
    let search = timings.stage("index", || publish_index(&mut staged, &publish, &target, cache.as_ref(), &mut outcome))?;
    let problems = hosting::files_fit(&publish, staged.files.iter().map(|(out, written)| (out.as_str(), written.entry.size)));
    if !problems.is_empty() {
        outcome.diagnostics.extend(problems);
        return Ok(Some(outcome));
    }
    let in_the_way = target.in_the_way(&staged.files)?;
    if !in_the_way.is_empty() {
        outcome.diagnostics.extend(in_the_way);
        return Ok(Some(outcome));
    }
    let (output, has_repaired) = (target.output().to_owned(), target.is_unfinished());
    let warnings = count(&outcome.diagnostics);
    let manifest = Manifest { inputs: inputs.hash, until, pages, warnings: warnings.clone(), ..Manifest::default() };
    let tell = |after: &Manifest, disk: &Disk| {
        let Some(before) = before else { return Ok(()) };
        list_changes(request, &Changes::between(&before.unwrap_or_default(), after, &base), disk)
    };
    let counts = timings.stage("publish", || target.commit(&staged.files, manifest, tell))?;
    outcome.done = Some(Done { output, pages, counts, search, was_current: false, warnings, has_repaired });
    Ok(Some(outcome))
}

/// Everything up to the first byte of HTML, which `check` and `list` need too. Says also from which day on the same inputs make another
/// site.
///
/// # Errors
/// None today; a stage that reads may fail.
pub fn prepare(
    request: &Request,
    config: Config,
    sources: Sources,
    problems: Vec<Diagnostic>,
    timings: &mut Timings,
    outcome: &mut Outcome,
) -> Result<(Project, Option<Date>)> {
    outcome.diagnostics.extend(problems);
    let (articles, problems) = timings.stage("parse", || parse::parse_all(&config, &sources.articles));
    outcome.diagnostics.extend(problems);
    Ok(place(request, Parsed { config: Arc::new(config), sources, articles }, timings, outcome))
}

/// A site whose files are read and parsed, each alone.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What `site.toml` says.
    pub config: Arc<Config>,
    /// What was read.
    pub sources: Sources,
    /// The articles, one for each of [`Sources::articles`].
    pub articles: Vec<Arc<Article>>,
}

/// Everything between parsing and the first byte of HTML. Says also from which day on the same inputs make another site.
pub fn place(request: &Request, parsed: Parsed, timings: &mut Timings, outcome: &mut Outcome) -> (Project, Option<Date>) {
    let Parsed { config, sources, articles } = parsed;
    let (articles, until) = published(request, &config, articles);
    let (site, problems) = timings.stage("assemble", || site::assemble(config, &sources, articles, request.today));
    outcome.diagnostics.extend(problems);
    let (mut theme, problems) = timings.stage("theme", || theme::theme(&sources, &site.config));
    outcome.diagnostics.extend(problems);
    outcome.diagnostics.extend(render::prepare(&mut theme, &site, &sources).err());
    let (routes, problems) = timings.stage("routes", || routes::routes(&site, &theme, &sources));
    outcome.diagnostics.extend(problems);
    outcome.diagnostics.extend(siblings::collisions(&site.config.publish, &routes));
    outcome.diagnostics.extend(hosting::paths_fit(&site, &theme, &routes));
    let problems = timings.stage("check", || {
        let files = resolve::Files::of(&routes);
        check::check(&site, &sources, &theme, &Resolver::new(&site, &files))
    });
    outcome.diagnostics.extend(problems);
    judge(&site.config, &mut outcome.diagnostics);
    crate::diagnostic::sort(&mut outcome.diagnostics);
    (Project { sources, site, theme, routes }, until)
}

/// Gives each problem the severity that the configuration says, and drops those that it does not want to hear of.
pub fn judge(config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.retain_mut(|problem| {
        let severity = config.severity(problem.code, problem.severity);
        problem.severity = severity.unwrap_or(problem.severity);
        severity.is_some()
    });
}

/// The configuration; `None` where it cannot be used.
///
/// # Errors
/// Where it cannot be read.
pub fn configure(request: &Request, outcome: &mut Outcome) -> Result<Option<Config>> {
    let path = request.config.clone().unwrap_or_else(|| request.root.join(load::CONFIG_FILE));
    let shown = request.config.as_ref().map_or(load::CONFIG_FILE.to_owned(), |path| path.display().to_string());
    let Some((file, problem)) = load::text(&path, &shown)? else {
        outcome.is_misconfigured = true;
        outcome.diagnostics.push(
            Diagnostic::error(code::CONFIG_MISSING_KEY, format!("there is no `{}`", path.display()))
                .help("run kbpress in the folder of a site, or name it: `kbpress build -r FOLDER`"),
        );
        return Ok(None);
    };
    let (config, mut problems) = config::parse(&Arc::from(shown), &file.text, &request.overrides);
    problems.extend(problem);
    outcome.texts.push(Arc::new(file));
    outcome.is_misconfigured = problems.iter().any(|problem| problem.severity == Severity::Error);
    outcome.diagnostics.extend(problems);
    Ok((!outcome.is_misconfigured).then_some(config))
}

fn open(request: &Request, config: &Config, outcome: &mut Outcome) -> Result<Option<Target>> {
    let options = write::Options { adopt: request.adopt, disk: request.disk.clone() };
    let opened = at_output(request, config, |output, inputs| write::open(output, inputs, options))?;
    Ok(accepted(opened, outcome))
}

/// The output as a build would find it, for those who only want to know; `None`, and why, where it would be refused.
///
/// # Errors
/// Where the disk cannot be read.
pub fn foresee(request: &Request, config: &Config, outcome: &mut Outcome) -> Result<Option<Foreseen>> {
    Ok(accepted(at_output(request, config, write::foresee::foresee)?, outcome))
}

/// What `look` says of the output, given also all that the site is read from.
fn at_output<T>(request: &Request, config: &Config, look: impl FnOnce(&Path, &[&Path]) -> T) -> T {
    let directories =
        [&config.content_dir, &config.templates_dir, &config.static_dir].map(|directory| request.root.join(directory));
    let mut inputs: Vec<&Path> = vec![&request.root];
    inputs.extend(directories.iter().map(PathBuf::as_path));
    inputs.extend(request.config.as_deref());
    look(&request.root.join(&config.output_dir), &inputs)
}

fn accepted<T>(opened: Result<T, Refused>, outcome: &mut Outcome) -> Option<T> {
    opened
        .map_err(|refused| {
            outcome.is_misconfigured = true;
            let help = "name a folder of its own with `output_dir` or `-o`; kbpress only replaces what it wrote itself, unless it is told to \
                        `--adopt` a folder";
            outcome.diagnostics.push(Diagnostic::error(code::OUTPUT_REFUSED, refused.0).help(help));
        })
        .ok()
}

/// Writes what differs from the last build, where that is asked for.
fn list_changes(request: &Request, changes: &Changes, disk: &Disk) -> Result<()> {
    let Some(place) = &request.changed_list else { return Ok(()) };
    let is_json = place.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    write_whole(disk, place, changes.text(if is_json { Format::Json } else { Format::Short })?.as_bytes())
}

/// The summary of a build that has nothing to do, if that is so.
fn unchanged(target: &Target, inputs: &str, today: Date) -> Option<Done> {
    let manifest = target.intact_manifest(inputs).filter(|manifest| manifest.until.is_none_or(|until| today < until))?;
    let counts = Counts { unchanged: manifest.entries.len(), ..Counts::default() };
    Some(Done {
        output: target.output().to_owned(),
        pages: manifest.pages,
        counts,
        search: None,
        was_current: true,
        warnings: manifest.warnings.clone(),
        has_repaired: false,
    })
}

/// How many problems there are of each code.
pub(crate) fn count(problems: &[Diagnostic]) -> BTreeMap<Box<str>, usize> {
    let mut counts = BTreeMap::new();
    for problem in problems {
        *counts.entry(problem.code.into()).or_insert(0) += 1;
    }
    counts
}

/// The articles that are to be seen today, with the indices of their files, and the next day on which that changes.
fn published(request: &Request, config: &Config, articles: Vec<Arc<Article>>) -> (Vec<(u32, Arc<Article>)>, Option<Date>) {
    let build = &config.build;
    let mut until: Option<Date> = None;
    let mut turn = |date: Date| until = Some(until.map_or(date, |until| until.min(date)));
    let mut shown = Vec::with_capacity(articles.len());
    for (i, article) in articles.into_iter().enumerate() {
        let front = &article.front;
        let is_future = front.date.is_some_and(|date| date > request.today);
        let is_expired = front.expires.is_some_and(|date| date <= request.today);
        if let Some(date) = front.date.filter(|_| is_future) {
            turn(date);
        }
        if let Some(date) = front.expires.filter(|_| !is_expired) {
            turn(date);
        }
        if let Some(date) = front.retired_on.filter(|date| *date > request.today) {
            turn(date);
        }
        if let Some(date) = crate::article::review_due(front).filter(|date| *date >= request.today) {
            turn(date.tomorrow().unwrap_or(date));
        }
        if (front.draft && !(request.drafts || build.drafts))
            || (is_future && !(request.future || build.future))
            || (is_expired && !(request.expired || build.expired))
        {
            continue;
        }
        shown.push((i as u32, article));
    }
    (shown, until)
}

/// Whether the problems so far forbid to write anything.
pub(crate) fn is_refused(outcome: &mut Outcome, request: &Request) -> bool {
    outcome.diagnostics.iter().any(|problem| problem.severity == Severity::Error || request.strict)
}

/// A file of the output, and its packed siblings.
type WithSiblings = (Written, Vec<(OutPath, Written)>);

/// A file that has the content of `entry`, and its siblings, if all of them stand as a build of this program left them. A sibling that was
/// left out, being no smaller, is not told from one that is missing: such a file is made again.
fn kept(publish: &config::Publish, target: &Target, path: &OutPath, entry: &Entry) -> Option<WithSiblings> {
    let written = target.kept(path, entry)?;
    let siblings = siblings::places(publish, path, entry.size).into_iter().map(|path| {
        let left = target.left(&path)?;
        Some((path, left))
    });
    Some((written, siblings.collect::<Option<_>>()?))
}

/// Stages a file, and its packed siblings where the site wants them.
fn stage(
    publish: &config::Publish,
    (target, near): (&Target, &mut Near<'_>),
    path: &OutPath,
    bytes: &[u8],
) -> Result<WithSiblings> {
    let written = target.write(near, path, bytes)?;
    let siblings = siblings::of(publish, path, bytes)?.into_iter().map(|(path, bytes)| {
        let written = target.write(near, &path, &bytes)?;
        Ok((path, written))
    });
    Ok((written, siblings.collect::<Result<_>>()?))
}

/// Encodes the index and stages its files.
fn publish_index(
    staged: &mut Staged,
    publish: &config::Publish,
    target: &Target,
    cache: Option<&Cache>,
    outcome: &mut Outcome,
) -> Result<Option<search::Summary>> {
    let Some(index) = staged.index.take() else { return Ok(None) };
    let out = |path: &str| OutPath::from_file(path).map_err(|why| anyhow::anyhow!("`{path}`: {why}"));
    // Another program may have packed the siblings of a file that this one would make the same.
    let has_no_siblings = |path: &OutPath, entry: &Entry| siblings::places(publish, path, entry.size).is_empty();
    let kept = |path: &str, entry: &Entry| {
        out(path).ok().filter(|out| has_no_siblings(out, entry)).and_then(|out| target.kept(&out, entry))
    };
    // On a thread of the pool, because what the pages have given back is of use there: an allocator keeps a heap for each thread.
    let search = rayon::scope(|_| index.update(&|path, entry| kept(path, entry).is_some()));
    if cache::is_worth_writing(search.stale, search.summary.documents) {
        outcome.note(cache.map_or(Ok(()), |cache| cache.keep_search(&search.saved)));
        drop(search.saved);
    } else {
        // As the site.
        std::mem::forget(search.saved);
    }
    let mut near = target.near();
    for (path, made) in search.files {
        let path = out(&path)?;
        let written = match made {
            Made::New(bytes) => {
                let (written, siblings) = stage(publish, (target, &mut near), &path, &bytes)?;
                staged.files.extend(siblings);
                written
            }
            Made::Kept(entry) => {
                kept(path.as_str(), &entry).with_context(|| format!("`{}` was removed while the site was built", path.as_str()))?
            }
        };
        staged.files.push((path, written));
    }
    Ok(Some(search.summary))
}
