//! What a file system says of a file without opening it, and what a build may conclude from it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file that changed so shortly before it was read may change again without a new time: clocks of file systems are coarse.
const SETTLED: Duration = Duration::from_secs(2);

/// Size, times and number of a file or a folder. Where all are as before, so is the content: whoever writes a file cannot choose the
/// time of its last change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970; 0 where the platform does not tell.
    pub modified: u64,
    /// The last change of the content, the name or the rights, in the same way.
    pub changed: u64,
    /// The number of the file in its file system, or 0.
    pub number: u64,
}

impl Stamp {
    /// The stamp in `metadata`.
    pub fn of(metadata: &Metadata) -> Self {
        let (changed, number) = state(metadata);
        Self { size: metadata.len(), modified: metadata.modified().map_or(0, nanoseconds), changed, number }
    }

    /// Whether the platform says anything by which a change would show.
    pub fn is_told(&self) -> bool {
        self.modified > 0
    }

    /// Whether what was read when this was the stamp is still so, now that it is `now`.
    pub fn still_holds(&self, now: &Self) -> bool {
        now.is_told() && self == now
    }

    /// When the file was last changed in any way, as far as the platform tells; nobody can set this back, other than the time of its
    /// content.
    pub fn touched(&self) -> Option<SystemTime> {
        let latest = if cfg!(unix) { self.changed } else { self.modified };
        (latest > 0).then(|| UNIX_EPOCH.checked_add(Duration::from_nanos(latest))).flatten()
    }

    /// Whether the file had been left alone for long enough at `now` that its next change will show.
    pub fn is_settled(&self, now: SystemTime) -> bool {
        let latest = self.modified.max(self.changed);
        self.is_told() && Duration::from_nanos(latest) + SETTLED <= now.duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).ok().and_then(|since| since.as_nanos().try_into().ok()).unwrap_or(0)
}

#[cfg(unix)]
fn state(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let changed = metadata.ctime().checked_mul(1_000_000_000).and_then(|seconds| seconds.checked_add(metadata.ctime_nsec()));
    (changed.and_then(|changed| changed.try_into().ok()).unwrap_or(0), metadata.ino())
}

#[cfg(not(unix))]
fn state(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_has_just_changed_is_not_settled() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        let at = |seconds: u64| Stamp { modified: seconds * 1_000_000_000, ..Stamp::default() };
        assert!(at(98).is_settled(now) && !at(99).is_settled(now) && !at(101).is_settled(now));
        assert!(!at(0).is_settled(now), "a file system without times");
    }
}
