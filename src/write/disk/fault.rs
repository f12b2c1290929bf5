//! What may go wrong with a disk, for tests of what is left behind then.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The process ends: this operation is done by half and no other one follows.
    Crash,
    /// The disk is full: from here on nothing can be made, but files can be moved and removed.
    Full,
    /// This operation is refused, and only this one.
    Denied,
}

/// Which operation goes wrong, and how.
#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    kind: FaultKind,
    done: AtomicUsize,
}

/// What an operation needs of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Space,
    Nothing,
}

impl Fault {
    /// The operation number `at`, from 0, goes wrong in this way.
    pub(super) fn new(at: usize, kind: FaultKind) -> Self {
        Self { at, kind, done: AtomicUsize::new(0) }
    }

    /// How many operations were begun.
    pub(super) fn operations(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Counts an operation, and says whether it goes wrong.
    pub(super) fn step(&self, needs: Needs) -> io::Result<()> {
        let number = self.done.fetch_add(1, Ordering::Relaxed);
        match self.kind {
            // Only the operation at hand is done by half, which `ErrorKind::Other` tells it.
            FaultKind::Crash if number == self.at => Err(io::Error::other("the process ends here")),
            FaultKind::Crash if number > self.at => Err(io::Error::new(ErrorKind::BrokenPipe, "the process has ended")),
            FaultKind::Full if number >= self.at && needs == Needs::Space => Err(ErrorKind::StorageFull.into()),
            FaultKind::Denied if number == self.at => Err(ErrorKind::PermissionDenied.into()),
            _ => Ok(()),
        }
    }
}
