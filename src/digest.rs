//! Short hashes that are the same in every run of one program, for telling whether something is as it was before. They are quick; what
//! others could gain by forging has a BLAKE3 hash.

use std::hash::{BuildHasher as _, Hash, Hasher as _};

use ahash::{AHasher, RandomState};

/// Hashes values one after another.
#[derive(Debug, Clone)]
pub struct Digest(AHasher);

impl Digest {
    /// Of nothing yet.
    pub fn new() -> Self {
        // Without random keys.
        const KEYS: RandomState = RandomState::with_seeds(1, 2, 3, 4);
        Self(KEYS.build_hasher())
    }

    /// Adds a value.
    pub fn add(&mut self, value: impl Hash) -> &mut Self {
        value.hash(&mut self.0);
        self
    }

    /// The hash of all values so far.
    pub fn end(&self) -> u64 {
        self.0.finish()
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

/// The hash of one value.
pub fn of(value: impl Hash) -> u64 {
    Digest::new().add(value).end()
}
