//! The search in a preview: its index needs the text of every page, so it is made when somebody first searches, and again when
//! somebody searches after a change. The shards are named by their content; those of the index before stay for tabs that are open.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::snapshot::Snapshot;
use crate::indexing::Indexing;
use crate::site::PageId;

/// The folder of the search, below the site's path.
const FOLDER: &str = "search/";
/// The file that names all others.
const ENTRY: &str = "search/index.json";
/// How long a search waits for its first index, and for one that knows the last change.
const PATIENCE: Duration = Duration::from_secs(60);
const PATIENCE_FOR_NEWER: Duration = Duration::from_secs(2);

type Files = HashMap<String, Vec<u8>>;

/// The index of the last site that was searched.
#[derive(Debug)]
pub(super) struct Searching {
    pool: Arc<ThreadPool>,
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The site that the index is of.
    of: Weak<Snapshot>,
    files: Option<Arc<Files>>,
    former: Option<Arc<Files>>,
    is_indexing: bool,
}

impl Searching {
    /// A search without an index, which will be made in `pool`.
    pub(super) fn new(pool: Arc<ThreadPool>) -> Self {
        Self { pool, state: Mutex::default(), bell: Condvar::new() }
    }

    /// The file at `path`, relative to the site; `None` where the search has none of this name.
    pub(super) fn file(self: &Arc<Self>, snapshot: &Arc<Snapshot>, path: &str) -> Option<Vec<u8>> {
        if !path.starts_with(FOLDER) || !snapshot.site.config.search.enabled {
            return None;
        }
        let mut state = self.lock();
        let is_newest = |state: &State| std::ptr::eq(state.of.as_ptr(), Arc::as_ptr(snapshot));
        if state.files.is_none() || (path == ENTRY && !is_newest(&state)) {
            let patience = if state.files.is_none() { PATIENCE } else { PATIENCE_FOR_NEWER };
            if !state.is_indexing {
                state.is_indexing = true;
                let (searching, snapshot) = (Arc::clone(self), Arc::clone(snapshot));
                self.pool.spawn(move || searching.index(&snapshot));
            }
            let waited = self.bell.wait_timeout_while(state, patience, |state| state.is_indexing);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let (files, former) = (state.files.clone()?, state.former.clone());
        drop(state);
        files.get(path).or_else(|| former.as_ref()?.get(path)).cloned()
    }

    fn index(&self, snapshot: &Arc<Snapshot>) {
        let files = files(snapshot);
        let mut state = self.lock();
        state.former = state.files.replace(Arc::new(files));
        state.of = Arc::downgrade(snapshot);
        state.is_indexing = false;
        drop(state);
        self.bell.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each field is whole whatever became of the thread that held the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files of the search, as `build` makes them.
fn files(snapshot: &Snapshot) -> Files {
    let indexing = Indexing::new(&snapshot.site, &snapshot.sources);
    let renderer = snapshot.renderer();
    let pages: Vec<PageId> = snapshot.site.page_ids().collect();
    pages.par_iter().for_each(|page| indexing.add(*page, &renderer.content(*page)));
    indexing.finish().outputs().files.into_iter().collect()
}
