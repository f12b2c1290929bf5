//! Follows the files: what has changed is read and parsed, and becomes the next snapshot. Where every page stays at its place, that
//! takes milliseconds ([`patch`](super::patch)); what may follow from a change for other pages is worked out by placing the whole
//! site anew, as `build` does, on another thread, while the patched one is already shown.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Result;
use rayon::ThreadPool;

use super::patch::{Completeness, Patch, patch};
use super::problems::{Editor, problems};
use super::shared::Shared;
use super::snapshot::{self, Snapshot};
use super::watch::{self, Batch, Method, Roots, Watch};
use super::{Options, editor};
use crate::article::Article;
use crate::build::{self, Outcome, Parsed, Request};
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, Severity, code};
use crate::load::{self, Area, Change, Sources};
use crate::parse;
use crate::report::{self, Style};
use crate::timings::Timings;

/// How long after a file could not be read it is tried again: many vanish because they are being replaced.
const RETRY: Duration = Duration::from_millis(200);

/// How long the site is not placed anew after a page of it is: it takes both processors from who shows the page.
const PAUSE: Duration = Duration::from_millis(200);

/// Something to do.
enum News {
    /// Files have changed.
    Batch(Batch),
    /// The site is placed.
    Placed(Box<Placed>),
}

/// A site placed anew.
struct Placed {
    parsed: Parsed,
    snapshot: Snapshot,
    problems: Vec<Diagnostic>,
}

/// What following takes.
pub(super) struct Follower {
    request: Request,
    shared: Arc<Shared>,
    /// Where the site is placed.
    pool: Arc<ThreadPool>,
    method: Method,
    style: Style,
    verbose: bool,
    editor: Option<Editor>,
    sender: Sender<News>,
    news: Receiver<News>,
    watch: Option<(Roots, Watch)>,
    /// Changes that could not be read yet.
    pending: Vec<Change>,
    /// Problems of single files as read and parsed last.
    file_problems: Vec<Diagnostic>,
    /// Why the configuration cannot be used.
    config_problems: Vec<Diagnostic>,
    /// Errors of the whole site as placed last.
    site_errors: Vec<Diagnostic>,
    /// When to place the site anew, where that can wait a moment.
    place_at: Option<Instant>,
    /// Whether the site is being placed on another thread.
    is_placing: bool,
    /// The last snapshot without an error; before there is one, the last.
    snapshot: Option<Arc<Snapshot>>,
    /// Whether that one has errors.
    is_flawed: bool,
    /// Counts changes of files that are copied as they are.
    files: u64,
}

impl Follower {
    /// A follower that has not read anything yet.
    pub(super) fn new(mut request: Request, options: &Options, shared: Arc<Shared>, pool: Arc<ThreadPool>) -> Self {
        request.drafts = true;
        request.future = true;
        let (sender, news) = channel();
        Self {
            shared,
            pool,
            method: options.method,
            style: options.style,
            verbose: options.verbose,
            editor: editor(options, &request),
            request,
            sender,
            news,
            watch: None,
            pending: Vec::new(),
            file_problems: Vec::new(),
            config_problems: Vec::new(),
            site_errors: Vec::new(),
            place_at: None,
            is_placing: false,
            snapshot: None,
            is_flawed: false,
            files: 0,
        }
    }
}

/// Reads the site, and then follows its files for as long as the process lives.
///
/// # Errors
/// Where the content cannot be read at the start.
pub(super) fn follow(mut follower: Follower, config: Config, mut outcome: Outcome) -> Result<Outcome> {
    let began = Instant::now();
    let mut parsed = follower.read(Arc::new(config))?;
    let placed = place(&follower.request, parsed.clone(), follower.files);
    outcome.diagnostics.extend(follower.file_problems.iter().cloned());
    outcome.diagnostics.extend(placed.problems.iter().cloned());
    build::judge(&parsed.config, &mut outcome.diagnostics);
    diagnostic::sort(&mut outcome.diagnostics);
    follower.print(&outcome.diagnostics, &|path| {
        let of_config = || outcome.texts.iter().find(|file| file.path == path).map(|file| file.text.as_str());
        snapshot::text(&parsed.sources, path).or_else(of_config)
    });
    drop(outcome);
    follower.say(|| format!("{} pages, read in {:.2} s", placed.snapshot.site.pages.len(), began.elapsed().as_secs_f64()));
    follower.accept(placed, &parsed);
    follower.keep_watching(&parsed.config);
    loop {
        match follower.next() {
            Ok(News::Batch(Batch::Configuration)) => follower.reconfigure(&mut parsed),
            Ok(News::Batch(Batch::Paths(changes))) => follower.change(&mut parsed, changes),
            Ok(News::Placed(placed)) => follower.placed(*placed, &parsed),
            Err(RecvTimeoutError::Timeout) => follower.catch_up(&mut parsed),
            // The follower holds a sender itself.
            Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::default()),
        }
    }
}

/// Places a site and makes it ready to render.
fn place(request: &Request, parsed: Parsed, files: u64) -> Placed {
    let mut outcome = Outcome::default();
    let (project, _) = build::place(request, parsed.clone(), &mut Timings::default(), &mut outcome);
    Placed { parsed, snapshot: Snapshot::new(project, files), problems: outcome.diagnostics }
}

impl Follower {
    /// Waits for something to do; for no longer than something else can wait.
    fn next(&self) -> Result<News, RecvTimeoutError> {
        let retry = (!self.pending.is_empty()).then_some(RETRY);
        let place = self.place_at.map(|at| at.saturating_duration_since(Instant::now()));
        match retry.into_iter().chain(place).min() {
            Some(patience) => self.news.recv_timeout(patience),
            None => self.news.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Does what has waited.
    fn catch_up(&mut self, parsed: &mut Parsed) {
        if !self.pending.is_empty() {
            self.change(parsed, Vec::new());
        }
        if self.place_at.is_some_and(|at| at <= Instant::now()) {
            self.begin_placing(parsed);
        }
    }

    /// Reads and parses everything.
    fn read(&mut self, config: Arc<Config>) -> Result<Parsed> {
        let (sources, mut problems) = load::sources(&self.request.root, &config)?;
        let (articles, more) = parse::parse_all(&config, &sources.articles);
        problems.extend(more);
        self.file_problems = problems;
        Ok(Parsed { config, sources, articles })
    }

    /// The configuration has changed: nothing that was read can be relied on.
    fn reconfigure(&mut self, parsed: &mut Parsed) {
        let mut outcome = Outcome::default();
        let configured = build::configure(&self.request, &mut outcome);
        self.config_problems.clear();
        match configured.map(|config| config.map(Arc::new)) {
            Ok(Some(config)) => match self.read(Arc::clone(&config)) {
                Ok(read) => {
                    self.pending.clear();
                    *parsed = read;
                    self.keep_watching(&config);
                    self.say(|| "changed: the configuration".to_owned());
                }
                Err(error) => self.config_problems.push(Diagnostic::error(code::UNREADABLE, format!("{error:#}"))),
            },
            Ok(None) => self.config_problems.append(&mut outcome.diagnostics),
            Err(error) => self.config_problems.push(Diagnostic::error(code::UNREADABLE, format!("{error:#}"))),
        }
        if self.config_problems.is_empty() {
            self.settle(parsed);
            return;
        }
        let source = |path: &str| outcome.texts.iter().find(|file| file.path == path).map(|file| file.text.as_str());
        self.print(&self.config_problems, &source);
        let problems = problems(&self.config_problems, &source, self.editor.as_ref());
        self.shared.publish(self.snapshot.clone(), problems);
    }

    /// Watches what `config` names, if that is not watched yet.
    fn keep_watching(&mut self, config: &Config) {
        let root = &self.request.root;
        let path = |directory: &str| {
            let path = root.join(directory);
            path.canonicalize().unwrap_or(path)
        };
        let configuration = self.request.config.clone().unwrap_or_else(|| root.join(load::CONFIG_FILE));
        let roots = Roots {
            configuration: std::path::absolute(&configuration).unwrap_or(configuration),
            areas: vec![
                (Area::Content, path(&config.content_dir)),
                (Area::Templates, path(&config.templates_dir)),
                (Area::Statics, path(&config.static_dir)),
            ],
        };
        if self.watch.as_ref().is_some_and(|(watched, _)| *watched == roots) {
            return;
        }
        let sender = self.sender.clone();
        let watch = watch::start(roots.clone(), self.method, move |batch| sender.send(News::Batch(batch)).is_ok());
        self.watch = Some((roots, watch));
    }

    /// Reads what has changed.
    fn change(&mut self, parsed: &mut Parsed, changes: Vec<Change>) {
        if !self.config_problems.is_empty() {
            // What the configuration names may be there now.
            return self.reconfigure(parsed);
        }
        let began = Instant::now();
        self.pending.extend(changes);
        let changes = std::mem::take(&mut self.pending);
        let (sources, problems_of_files) = match load::reload(&self.request.root, &parsed.config, &parsed.sources, &changes) {
            Ok(read) => read,
            Err(error) => {
                // It may be gone in a moment, or be there again.
                self.pending = changes;
                return self.publish_problems(&parsed.sources, &[Diagnostic::error(code::UNREADABLE, format!("{error:#}"))]);
            }
        };
        let (articles, changed, problems_of_articles) = parse_changed(parsed, &sources);
        let (styles, files): (Vec<&Change>, Vec<&Change>) =
            changes.iter().filter(|change| is_copied(&sources, change)).partition(|change| change.relative.ends_with(".css"));
        self.files += files.len() as u64;
        let is_same = changed.is_empty() && sources.articles.len() == parsed.sources.articles.len();
        self.file_problems.retain(|problem| {
            let path = problem.location.as_ref().map_or("", |location| &*location.path);
            let is_read =
                place_of(&parsed.config, path).is_some_and(|(area, relative)| changes.iter().any(|c| c.covers(area, relative)));
            // A file with the same text was not parsed again: what was said of it still holds.
            !is_read || (has_article(&sources, path) && !changed.contains(path))
        });
        self.file_problems.extend(problems_of_files);
        self.file_problems.extend(problems_of_articles);
        diagnostic::sort(&mut self.file_problems);
        *parsed = Parsed { config: Arc::clone(&parsed.config), sources, articles };
        let before = self.shared.now().number;
        self.settle(parsed);
        if !styles.is_empty() && self.shared.now().number == before {
            // The pages are the same, but not what they look like.
            self.shared.renew();
        }
        if !is_same || self.shared.now().number != before {
            let what = match changes.as_slice() {
                [one] if !one.relative.is_empty() => one.relative.clone(),
                several => format!("{} paths", several.len()),
            };
            self.say(|| format!("changed: {what} ({} ms)", began.elapsed().as_millis()));
            let mut warnings = self.file_problems.clone();
            warnings.retain(|problem| problem.location.as_ref().is_some_and(|location| changed.contains(&*location.path)));
            build::judge(&parsed.config, &mut warnings);
            warnings.retain(|problem| problem.severity == Severity::Warning);
            self.print(&warnings, &|path| snapshot::text(&parsed.sources, path));
        }
    }

    /// Makes what is read the next snapshot, or begins to.
    fn settle(&mut self, parsed: &Parsed) {
        if !self.config_problems.is_empty() {
            return;
        }
        let Some(snapshot) = self.snapshot.clone().filter(|_| !self.is_flawed) else { return self.begin_placing(parsed) };
        let errors = self.errors_of_files(&parsed.config);
        if !errors.is_empty() {
            return self.publish_problems(&parsed.sources, &errors);
        }
        match patch(&snapshot, parsed, self.files) {
            Patch::Same => {
                // Whatever was wrong has been undone.
                self.site_errors.clear();
                self.publish_problems(&parsed.sources, &[]);
            }
            Patch::Next(next, completeness) => {
                let next = Arc::new(*next);
                self.snapshot = Some(Arc::clone(&next));
                let problems = problems(&self.site_errors, &|path| next.text(path), self.editor.as_ref());
                self.shared.publish(Some(Arc::clone(&next)), problems);
                if completeness == Completeness::Preliminary || !self.site_errors.is_empty() {
                    // The page that is on the screen comes first.
                    self.place_at = Some(Instant::now() + PAUSE);
                }
            }
            Patch::Impossible => self.begin_placing(parsed),
            Patch::Broken(errors) => self.publish_problems(&parsed.sources, &errors),
        }
    }

    /// The errors in single files.
    fn errors_of_files(&self, config: &Config) -> Vec<Diagnostic> {
        let mut errors = self.file_problems.clone();
        build::judge(config, &mut errors);
        errors.retain(|problem| problem.severity == Severity::Error);
        errors
    }

    /// Keeps the last good pages, and says what is wrong now, if that is news.
    fn publish_problems(&self, sources: &Sources, errors: &[Diagnostic]) {
        let source = |path: &str| snapshot::text(sources, path);
        let shown = problems(errors, &source, self.editor.as_ref());
        let now = self.shared.now();
        if shown.0 == now.problems && shown.1 == now.more {
            return;
        }
        self.print(errors, &source);
        if errors.is_empty() {
            self.say(|| "all is well again".to_owned());
        }
        self.shared.publish(self.snapshot.clone(), shown);
    }

    fn begin_placing(&mut self, parsed: &Parsed) {
        self.place_at = None;
        // Where it is being done already, the result will be found to be old, and it begins again.
        if self.is_placing {
            return;
        }
        self.is_placing = true;
        let (request, parsed, files, sender) = (self.request.clone(), parsed.clone(), self.files, self.sender.clone());
        self.pool.spawn(move || {
            let mut placed = place(&request, parsed, files);
            placed.problems.retain(|problem| problem.severity == Severity::Error);
            // Nobody listens where the process is about to end.
            let _ = sender.send(News::Placed(Box::new(placed)));
        });
    }

    /// The site has been placed on another thread.
    fn placed(&mut self, placed: Placed, parsed: &Parsed) {
        self.is_placing = false;
        if is_current(&placed.parsed, parsed) && self.config_problems.is_empty() {
            return self.accept(placed, parsed);
        }
        // Something has changed meanwhile: that is put into the newer site, if it can be.
        let is_good = placed.problems.iter().all(|problem| problem.severity != Severity::Error);
        let is_wanted = is_good && !self.is_flawed && Arc::ptr_eq(&placed.parsed.config, &parsed.config);
        if is_wanted {
            self.snapshot = Some(Arc::new(placed.snapshot));
            self.site_errors.clear();
        }
        self.settle(parsed);
        if !is_wanted && self.config_problems.is_empty() {
            self.begin_placing(parsed);
        }
    }

    /// Shows a site that has just been placed, if it is good or there is no better one.
    fn accept(&mut self, placed: Placed, parsed: &Parsed) {
        let mut errors = self.errors_of_files(&parsed.config);
        errors.extend(placed.problems.into_iter().filter(|problem| problem.severity == Severity::Error));
        let now = self.shared.now();
        let source = |path: &str| snapshot::text(&placed.parsed.sources, path);
        let shown = problems(&errors, &source, self.editor.as_ref());
        if now.snapshot.is_some() && shown.0 != now.problems {
            self.print(&errors, &source);
            if errors.is_empty() {
                self.say(|| "all is well again".to_owned());
            }
        }
        if errors.is_empty() || self.is_flawed || self.snapshot.is_none() {
            self.snapshot = Some(Arc::new(placed.snapshot));
            self.is_flawed = !errors.is_empty();
        }
        self.site_errors = errors;
        self.shared.publish(self.snapshot.clone(), shown);
    }

    fn say(&self, text: impl FnOnce() -> String) {
        if self.verbose {
            eprintln!("{}", text());
        }
    }

    fn print<'s>(&self, diagnostics: &[Diagnostic], source: &dyn Fn(&str) -> Option<&'s str>) {
        eprint!("{}", report::render(diagnostics, source, self.style));
    }
}

/// Parses the files of `sources` that are not those of `former`; the articles, the paths of the parsed ones, and their problems.
fn parse_changed(former: &Parsed, sources: &Sources) -> (Vec<Arc<Article>>, BTreeSet<String>, Vec<Diagnostic>) {
    let site_keys = former.config.front_matter_keys();
    let mut old = former.sources.articles.iter().zip(&former.articles).peekable();
    let (mut articles, mut changed, mut problems) = (Vec::with_capacity(sources.articles.len()), BTreeSet::new(), Vec::new());
    for file in &sources.articles {
        while old.next_if(|(other, _)| other.path < file.path).is_some() {}
        match old.next_if(|(other, _)| Arc::ptr_eq(other, file)) {
            Some((_, article)) => articles.push(Arc::clone(article)),
            None => {
                let (article, more) = parse::parse(&former.config, &site_keys, file);
                articles.push(Arc::new(article));
                changed.insert(file.path.clone());
                problems.extend(more);
            }
        }
    }
    (articles, changed, problems)
}

/// Whether it is a file that is copied as it is that has changed.
fn is_copied(sources: &Sources, change: &Change) -> bool {
    let relative = change.relative.as_str();
    let files = match change.area {
        Area::Content => &sources.assets,
        Area::Statics => &sources.statics,
        Area::Templates => return false,
    };
    files.iter().any(|file| file.relative == relative)
}

/// The directory that diagnostics mean by `path`, and the path relative to it.
fn place_of<'p>(config: &Config, path: &'p str) -> Option<(Area, &'p str)> {
    let areas =
        [(Area::Content, &config.content_dir), (Area::Templates, &config.templates_dir), (Area::Statics, &config.static_dir)];
    areas.into_iter().find_map(|(area, directory)| match directory.trim_end_matches('/') {
        "" | "." => Some((area, path)),
        directory => Some((area, path.strip_prefix(directory)?.strip_prefix('/')?)),
    })
}

/// Whether what was placed is what is there now.
fn is_current(placed: &Parsed, now: &Parsed) -> bool {
    let (a, b) = (&placed.sources, &now.sources);
    Arc::ptr_eq(&placed.config, &now.config)
        && a.articles.len() == b.articles.len()
        && a.articles.iter().zip(&b.articles).all(|(a, b)| Arc::ptr_eq(a, b))
        && a.assets == b.assets
        && a.statics == b.statics
        && a.templates == b.templates
        && a.theme_assets == b.theme_assets
}

fn has_article(sources: &Sources, path: &str) -> bool {
    sources.articles.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
}
