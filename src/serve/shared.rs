//! What the thread that follows the files tells those that answer: one value behind one `Arc`, replaced as a whole, and a bell.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::problems::Problem;
use super::snapshot::Snapshot;

/// The state of the preview between two changes.
#[derive(Debug, Default)]
pub(super) struct Moment {
    /// Grows with every change.
    pub number: u64,
    /// The last good site; `None` while it is being read for the first time.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Why what is on disk now is not what is shown.
    pub problems: Vec<Problem>,
    /// How many more problems there are.
    pub more: usize,
}

/// The current moment, and a way to wait for the next.
#[derive(Debug)]
pub(super) struct Shared {
    /// Tells this run from others at the same address.
    run: String,
    now: Mutex<Arc<Moment>>,
    bell: Condvar,
}

impl Shared {
    /// The moment before anything is read.
    pub(super) fn new() -> Self {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let run = format!("{:x}-{:x}", std::process::id(), since_epoch.as_micros());
        Self { run, now: Mutex::default(), bell: Condvar::new() }
    }

    /// The current moment.
    pub(super) fn now(&self) -> Arc<Moment> {
        Arc::clone(&self.lock())
    }

    /// A name of `moment` that no other has, in this run or another.
    pub(super) fn name(&self, moment: &Moment) -> String {
        format!("{}-{}", self.run, moment.number)
    }

    /// Makes the next moment the current one.
    pub(super) fn publish(&self, snapshot: Option<Arc<Snapshot>>, (problems, more): (Vec<Problem>, usize)) {
        let mut now = self.lock();
        let next = Moment { number: now.number + 1, snapshot, problems, more };
        let former = std::mem::replace(&mut *now, Arc::new(next));
        drop(now);
        self.bell.notify_all();
        // A former site may take a while to be taken apart: not while others wait for the lock.
        drop(former);
    }

    /// Makes browsers look again, though no page is another.
    pub(super) fn renew(&self) {
        let now = self.now();
        self.publish(now.snapshot.clone(), (now.problems.clone(), now.more));
    }

    /// The moment after the one with `number`, or the same one after `patience`.
    pub(super) fn after(&self, number: u64, patience: Duration) -> Arc<Moment> {
        let waited = self.bell.wait_timeout_while(self.lock(), patience, |now| now.number == number);
        Arc::clone(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Moment>> {
        // The value is replaced as a whole: it is good whatever became of the thread that held the lock.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
