//! `kbpress check`: flags → an inspection, problems → a report, and an exit code that says whether a build would be right.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;

use super::{Exit, Global, Running, Visibility, print_problems, request, start_threads};
use crate::baseline::Baseline;
use crate::build::Outcome;
use crate::diagnostic::Severity;
use crate::external;
use crate::inspect;
use crate::report;
use crate::scaffold;
use crate::timings::Timings;
use crate::write::verify::{Verified, verify};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    visibility: Visibility,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Ask other sites whether the pages that are linked to are still there
    #[arg(long)]
    external: bool,
    /// Leave out the problems that this file knows, so that only new ones count
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the problems of today into the baseline instead of reporting them
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Instead, compare the published site with what was published [default: `output_dir` of site.toml, `public`]
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with_all = ["external", "baseline"])]
    output: Option<Option<PathBuf>>,
    #[command(flatten)]
    running: Running,
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<Exit> {
    let began = Instant::now();
    start_threads(args.running.jobs)?;
    if let Some(output) = &args.output {
        return run_output(global, args, output.as_deref());
    }
    let baseline = match &args.baseline {
        Some(path) if !args.write_baseline => match scaffold::read_baseline(path)? {
            Ok(baseline) => Some(baseline),
            Err(why) => {
                eprintln!("error: {why}");
                return Ok(Exit::Usage);
            }
        },
        _ => None,
    };
    let request = request(global, &args.visibility)?;
    let mut timings = Timings::default();
    let (mut outcome, project) = inspect::inspect(&request, &mut timings)?;
    let mut is_strict = args.strict;
    let mut pages = 0;
    if let Some(project) = project {
        is_strict |= project.site.config.build.strict;
        pages = project.site.pages.len();
        if args.external {
            let problems = timings.stage("external", || external::check(&project, &request.root))?;
            inspect::add(&project, problems, &mut outcome);
        }
        outcome.texts.extend(project.sources.into_texts());
    }
    if args.write_baseline
        && !outcome.is_misconfigured
        && let Some(path) = &args.baseline
    {
        let text = Baseline::of(&outcome.diagnostics).to_text();
        scaffold::replace(path, &text).with_context(|| format!("cannot write `{}`", path.display()))?;
        say(global, &format!("{} problems are known from now on: `{}`", outcome.diagnostics.len(), path.display()));
        return Ok(Exit::Fine);
    }
    let known = baseline.map(|baseline| baseline.subtract(&mut outcome.diagnostics));
    print_problems(&outcome, global, args.running.format)?;
    if args.running.timings {
        eprint!("{}", timings.table());
    }
    say(global, &summary(pages, &outcome.diagnostics, known, began.elapsed().as_secs_f64()));
    let is_wrong = |severity| severity == Severity::Error || is_strict;
    Ok(match outcome.diagnostics.iter().any(|problem| is_wrong(problem.severity)) {
        _ if outcome.is_misconfigured => Exit::Usage,
        true => Exit::Content,
        false => Exit::Fine,
    })
}

/// Compares a published site with its manifest.
fn run_output(global: &Global, args: &CheckArgs, output: Option<&Path>) -> Result<Exit> {
    let output = match output {
        Some(output) => output.to_owned(),
        None => {
            let Some(config) = super::write::configuration(global)? else { return Ok(Exit::Usage) };
            global.root.join(&config.output_dir)
        }
    };
    match verify(&output)? {
        Ok(Verified { files, problems }) => {
            let outcome = Outcome { diagnostics: problems, ..Outcome::default() };
            print_problems(&outcome, global, args.running.format)?;
            let counts = report::counts(&outcome.diagnostics);
            let counts = if counts.is_empty() { "all as they were published" } else { &counts };
            say(global, &format!("{files} files of {} compared: {counts}", output.display()));
            let is_wrong = outcome.diagnostics.iter().any(|problem| args.strict || problem.severity == Severity::Error);
            Ok(if is_wrong { Exit::Content } else { Exit::Fine })
        }
        Err(refused) => {
            eprintln!("error: {}", refused.0);
            Ok(Exit::Usage)
        }
    }
}

fn say(global: &Global, text: &str) {
    if !global.quiet {
        eprintln!("{text}");
    }
}

fn summary(pages: usize, problems: &[crate::diagnostic::Diagnostic], known: Option<(usize, usize)>, seconds: f64) -> String {
    let counts = report::counts(problems);
    let counts = if counts.is_empty() { "no problems".to_owned() } else { counts };
    let known = known.map_or_else(String::new, |(known, gone)| match gone {
        0 => format!(", {known} known ones"),
        _ => format!(", {known} known ones, {gone} of the baseline are gone: write it anew"),
    });
    format!("{pages} pages checked: {counts}{known}, in {seconds:.2} s")
}
