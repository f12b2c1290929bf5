//! How long each stage of a run took, and the most memory that it held.

use std::time::{Duration, Instant};

/// The stages of a run in order, each with its wall time.
#[derive(Debug, Default)]
pub struct Timings {
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Runs one stage and notes how long it took.
    pub fn stage<T>(&mut self, name: &'static str, run: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let value = run();
        self.stages.push((name, began.elapsed()));
        value
    }

    /// A row per stage, the total, and the peak memory where the system tells it.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let total: Duration = self.stages.iter().map(|(_, time)| *time).sum();
        for (name, time) in self.stages.iter().copied().chain([("total", total)]) {
            out.push_str(&format!("{name:<20}{:>9.3} s\n", time.as_secs_f64()));
        }
        if let Some(kilobytes) = peak_memory() {
            out.push_str(&format!("{:<20}{:>9} MB\n", "peak memory", kilobytes / 1024));
        }
        out
    }
}

/// The most memory that this process held, in KiB; only Linux tells it without foreign calls.
#[expect(clippy::disallowed_methods, reason = "the process's own figures, not a file of the site")]
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
