//! How a build ends when it is told to: what it staged is removed and the site stands as it was; a publication that has begun is finished
//! first, which is a matter of moments.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// Shared by a build and what listens to the user.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Nothing is written from here on.
    asked: AtomicBool,
    /// What is to be removed when the build ends before its time: the staging directory and the lock.
    leftovers: Mutex<Vec<PathBuf>>,
}

impl Stop {
    /// Whether nothing is to be written any more.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Forbids all further writing and says what is to be removed then; `None` while a publication is going on.
    pub fn ask(&self) -> Option<Vec<PathBuf>> {
        let mut leftovers = match self.0.leftovers.try_lock() {
            Ok(leftovers) => leftovers,
            Err(TryLockError::Poisoned(leftovers)) => leftovers.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        self.0.asked.store(true, Ordering::Relaxed);
        Some(std::mem::take(&mut leftovers))
    }

    /// What is to be removed when the build ends early. While this is held, a build that is told to stop goes on.
    pub fn leftovers(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.leftovers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
