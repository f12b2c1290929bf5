//! Ctrl-C and its kin: a build that is told to end leaves the published site as it was and nothing behind, and ends with 128 and the number
//! of the signal.

use anyhow::Result;

use crate::write::stop::Stop;

#[cfg(unix)]
pub(super) use unix::{listen, wait_if_told};

#[cfg(not(unix))]
pub(super) fn listen() -> Result<Stop> {
    Ok(Stop::default())
}

#[cfg(not(unix))]
pub(super) fn wait_if_told() {}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use anyhow::Context as _;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::{Result, Stop};
    use crate::write::Disk;

    /// A signal belongs to the whole process, and so does this.
    static IS_TOLD: AtomicBool = AtomicBool::new(false);

    /// From now on a signal lets the build end in an orderly way; a second one ends it at once.
    ///
    /// # Errors
    /// Where the system lets nobody listen.
    pub(in crate::cli) fn listen() -> Result<Stop> {
        let stop = Stop::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen to signals")?;
        let told = stop.clone();
        let wait = move || {
            let Some(signal) = signals.forever().next() else { return };
            IS_TOLD.store(true, Ordering::SeqCst);
            let leftovers = loop {
                if let Some(leftovers) = told.ask() {
                    break leftovers;
                }
                if signals.pending().next().is_some() {
                    break Vec::new();
                }
                thread::sleep(Duration::from_millis(2));
            };
            for path in leftovers {
                // Threads may be at their last file yet.
                let is_removed = || Disk::default().remove_all(&path).is_ok();
                let _ = (0..50).any(|_| {
                    is_removed() || {
                        thread::sleep(Duration::from_millis(10));
                        false
                    }
                });
            }
            eprintln!("interrupted");
            std::process::exit(128 + signal);
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait).context("cannot listen to signals")?;
        Ok(stop)
    }

    /// Does not come back where a signal came: the thread that got it tidies up and ends the process.
    pub(in crate::cli) fn wait_if_told() {
        while IS_TOLD.load(Ordering::SeqCst) {
            thread::park();
        }
    }
}
