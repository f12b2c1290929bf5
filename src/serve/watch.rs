//! What happens on the disk → batches of [`Change`]s. It says only where something happened; what is there now is for the reader to
//! see. Where events cannot be had, or were lost, it says so by naming everything.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::{Config, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher as _};
use walkdir::WalkDir;

use crate::load::{Area, Change};

/// A batch ends when nothing has happened for this long.
const QUIET: Duration = Duration::from_millis(12);
/// A batch ends at the latest after this time.
const LONGEST: Duration = Duration::from_millis(100);
/// With more paths than this, everything is compared instead: a checkout, a search and replace.
const MANY: usize = 256;
/// The shortest pause between two looks, where there are no events.
const POLL: Duration = Duration::from_millis(300);

/// What has changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Batch {
    /// These paths.
    Paths(Vec<Change>),
    /// The configuration, and so perhaps everything.
    Configuration,
}

/// What to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Roots {
    /// `site.toml`.
    pub configuration: PathBuf,
    /// The directories of the site, canonical where they exist.
    pub areas: Vec<(Area, PathBuf)>,
}

/// How changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The system tells.
    Events,
    /// By looking again and again, for file systems that do not tell.
    Poll,
}

/// Ends the watch when it is dropped.
#[derive(Debug)]
pub(super) struct Watch(#[expect(dead_code, reason = "held to be dropped")] Sender<()>);

/// Watches `roots` from a thread of its own and hands each batch to `tell`, until the result is dropped or `tell` says that nobody
/// listens. The first batch names everything: whatever happened before the watch began.
pub(super) fn start(roots: Roots, method: Method, tell: impl Fn(Batch) -> bool + Send + 'static) -> Watch {
    let (alive, end) = channel();
    std::thread::spawn(move || {
        if method == Method::Events {
            match by_events(&roots, &end, &tell) {
                Ok(()) => return,
                Err(error) => {
                    eprintln!("warning: changes are looked for now and then, since the system does not tell of them: {error}");
                }
            }
        }
        poll(&roots, &end, &tell);
    });
    Watch(alive)
}

fn is_over(end: &Receiver<()>) -> bool {
    matches!(end.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected))
}

fn everything(roots: &Roots) -> Batch {
    Batch::Paths(roots.areas.iter().map(|(area, _)| Change { area: *area, relative: String::new() }).collect())
}

fn by_events(roots: &Roots, end: &Receiver<()>, tell: &dyn Fn(Batch) -> bool) -> notify::Result<()> {
    let (sender, events) = channel();
    // Reading must not be told of, or looking at a large site would overflow the queue and cause another look.
    let kinds = EventKindMask::CREATE | EventKindMask::REMOVE | EventKindMask::MODIFY_DATA | EventKindMask::MODIFY_NAME;
    let config = Config::default().with_follow_symlinks(false).with_event_kinds(kinds);
    let mut watcher = RecommendedWatcher::new(sender, config)?;
    if let Some(folder) = roots.configuration.parent() {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    let watch_areas = |watcher: &mut RecommendedWatcher, below: Option<&Path>| -> notify::Result<()> {
        for (_, directory) in roots.areas.iter().filter(|(_, directory)| below.is_none_or(|path| directory.starts_with(path))) {
            if directory.is_dir() {
                watcher.watch(directory, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    };
    watch_areas(&mut watcher, None)?;
    if !tell(everything(roots)) {
        return Ok(());
    }
    loop {
        let first = match events.recv_timeout(Duration::from_secs(1)) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) if !is_over(end) => continue,
            Err(_) => return Ok(()),
        };
        let began = Instant::now();
        let mut batch = Collected::default();
        batch.enter(roots, first)?;
        while began.elapsed() < LONGEST {
            match events.recv_timeout(QUIET) {
                Ok(event) => batch.enter(roots, event)?,
                Err(_) => break,
            }
        }
        for made in std::mem::take(&mut batch.made_above) {
            watch_areas(&mut watcher, Some(&made))?;
        }
        if is_over(end) || !batch.finish(roots).into_iter().all(tell) {
            return Ok(());
        }
    }
}

/// What a few milliseconds bring.
#[derive(Debug, Default)]
struct Collected {
    changes: BTreeSet<Change>,
    configuration: bool,
    everything: bool,
    /// Paths that are, or lie above, a directory of the site: it has to be watched anew.
    made_above: Vec<PathBuf>,
}

impl Collected {
    fn enter(&mut self, roots: &Roots, event: notify::Result<notify::Event>) -> notify::Result<()> {
        let event = event?;
        if event.need_rescan() {
            self.everything = true;
        }
        for path in &event.paths {
            self.path(roots, path);
        }
        Ok(())
    }

    fn path(&mut self, roots: &Roots, path: &Path) {
        if path == roots.configuration {
            self.configuration = true;
        }
        for (area, directory) in &roots.areas {
            if let Ok(below) = path.strip_prefix(directory) {
                let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
                // A name that is not UTF-8 is for the reader to complain about.
                self.changes.insert(Change { area: *area, relative: parts.map(|parts| parts.join("/")).unwrap_or_default() });
            }
            if directory.starts_with(path) {
                self.changes.insert(Change { area: *area, relative: String::new() });
                self.made_above.push(path.to_owned());
            }
        }
    }

    fn finish(self, roots: &Roots) -> Vec<Batch> {
        let mut batches = Vec::new();
        if self.configuration {
            batches.push(Batch::Configuration);
        }
        if self.everything || self.changes.len() > MANY {
            batches.push(everything(roots));
        } else if !self.changes.is_empty() {
            batches.push(Batch::Paths(self.changes.into_iter().collect()));
        }
        batches
    }
}

/// What tells one state of a file from another without reading it.
type Stamp = (Option<SystemTime>, u64);

fn poll(roots: &Roots, end: &Receiver<()>, tell: &dyn Fn(Batch) -> bool) {
    let mut before = stamps(roots);
    if !tell(everything(roots)) {
        return;
    }
    let mut pause = POLL;
    while matches!(end.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
        let began = Instant::now();
        let now = stamps(roots);
        let mut batch = Collected::default();
        let is_other = |path: &PathBuf| before.get(path) != now.get(path);
        for path in now.keys().chain(before.keys()).filter(|path| is_other(path)) {
            batch.path(roots, path);
        }
        before = now;
        // Looking takes at most a tenth of the time.
        pause = POLL.max(began.elapsed() * 9);
        if !batch.finish(roots).into_iter().all(tell) {
            return;
        }
    }
}

fn stamps(roots: &Roots) -> HashMap<PathBuf, Stamp> {
    let walks = roots.areas.iter().map(|(_, directory)| WalkDir::new(directory));
    let walks = walks.chain([WalkDir::new(&roots.configuration)]);
    walks
        .flat_map(|walk| walk.into_iter().filter_map(Result::ok))
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let stamp = entry.metadata().map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()));
            (entry.into_path(), stamp)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(paths: &[&str]) -> Vec<Batch> {
        let roots = Roots {
            configuration: "/site/site.toml".into(),
            areas: vec![(Area::Content, "/site/content".into()), (Area::Templates, "/site/theme/templates".into())],
        };
        let mut batch = Collected::default();
        for path in paths {
            batch.path(&roots, Path::new(path));
        }
        batch.finish(&roots)
    }

    fn change(area: Area, relative: &str) -> Change {
        Change { area, relative: relative.to_owned() }
    }

    #[test]
    fn a_path_is_told_by_its_directory() {
        let batches = collected(&["/site/content/a/b.md", "/site/content/a/b.md", "/site/public/x", "/other"]);
        assert_eq!(batches, [Batch::Paths(vec![change(Area::Content, "a/b.md")])]);
        assert_eq!(collected(&["/site/site.toml"]), [Batch::Configuration]);
        assert_eq!(collected(&["/site/theme"]), [Batch::Paths(vec![change(Area::Templates, "")])]);
    }

    #[test]
    fn many_paths_are_everything() {
        let many: Vec<String> = (0..=MANY).map(|i| format!("/site/content/{i}.md")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(collected(&many), [Batch::Paths(vec![change(Area::Content, ""), change(Area::Templates, "")])]);
    }
}
