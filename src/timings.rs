//! How long each stage of a run took, and what memory was held after it.

use std::time::{Duration, Instant};

/// The stages of a run in order.
#[derive(Debug, Default)]
pub struct Timings {
    stages: Vec<Stage>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    wall: Duration,
    /// KiB in use when the stage ended.
    memory: Option<u64>,
}

impl Timings {
    /// Runs one stage and notes how long it took.
    pub fn stage<T>(&mut self, name: &'static str, run: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let value = run();
        self.stages.push(Stage { name, wall: began.elapsed(), memory: memory("VmRSS:") });
        value
    }

    /// A row per stage with its wall time and the memory held after it, the total time, and the peak of the memory. The columns of
    /// memory are left out where the system does not tell it.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let total = Stage { name: "total", wall: self.stages.iter().map(|stage| stage.wall).sum(), memory: memory("VmHWM:") };
        for Stage { name, wall, memory } in self.stages.iter().chain([&total]) {
            let memory = memory.map_or_else(String::new, |kilobytes| format!("{:>7} MB", kilobytes / 1024));
            out.push_str(&format!(
                "{name:<18}{:>8.3} s{memory}{}\n",
                wall.as_secs_f64(),
                if *name == "total" { " at most" } else { "" }
            ));
        }
        out
    }
}

/// A figure of this process in KiB; only Linux tells it without foreign calls.
#[expect(clippy::disallowed_methods, reason = "the process's own figures, not a file of the site")]
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
