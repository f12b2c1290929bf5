//! `kbpress build`: flags → a request, an outcome → what is said about it.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Exit, Global, Running, Visibility, outputs, print, print_problems, request, signals, start_threads, write};
use crate::archive;
use crate::build::{self, Done};
use crate::config::Override;
use crate::permalink::OutPath;
use crate::search::Summary;
use crate::timings::Timings;
use crate::write::disk::{self, Disk};

#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    visibility: Visibility,
    /// Where to write the site [default: `output_dir` of site.toml, `public`]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<String>,
    /// Where the site will be published [default: `base_url` of site.toml]
    #[arg(short = 'u', long, value_name = "URL")]
    base_url: Option<String>,
    /// Write the site as one archive instead of a folder: `.tar`, `.tar.gz` or `.tar.zst`
    #[arg(long, value_name = "FILE", conflicts_with = "output_dir")]
    tar: Option<PathBuf>,
    /// Write which URLs are added, changed and removed since the last build: JSON if the name ends in `.json`, else a line each
    #[arg(long, value_name = "FILE", conflicts_with = "tar")]
    changed_list: Option<PathBuf>,
    /// Take over an output folder that kbpress did not write: files that are in the way are overwritten, others stay
    #[arg(long)]
    adopt: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    running: Running,
    /// Neither read nor write what builds remember in `.kbpress/cache`
    #[arg(long)]
    no_cache: bool,
    /// Say why a file of the site, by its path or URL, was rendered anew or kept
    #[arg(long, value_name = "PATH", value_parser = output_path)]
    explain: Option<OutPath>,
}

/// A file of the output by its path or its URL.
fn output_path(text: &str) -> Result<OutPath, String> {
    OutPath::from_url(text).map_err(|why| why.to_string())
}

pub(super) fn run(global: &Global, args: &BuildArgs) -> Result<Exit> {
    let began = Instant::now();
    start_threads(args.running.jobs)?;
    let mut request = request(global, &args.visibility)?;
    request.strict = args.strict;
    request.no_cache = args.no_cache;
    request.explain.clone_from(&args.explain);
    request.changed_list.clone_from(&args.changed_list);
    request.adopt = args.adopt;
    request.disk = Disk::stopped_by(signals::listen()?);
    disk::set_modes();
    let flag =
        |key, flag: &str, value: &Option<String>| value.clone().map(|value| Override { key, value, origin: flag.to_owned() });
    request.overrides.extend(flag("output_dir", "--output-dir", &args.output_dir));
    request.overrides.extend(flag("base_url", "--base-url", &args.base_url));
    let tar = match outputs::archive(args.tar.as_deref())? {
        Ok(tar) => tar,
        Err(why) => return write::fail(&why),
    };
    let bar = progress_bar(global);
    let mut timings = Timings::default();
    let progress = |done: usize, total: usize| {
        // The bar is drawn at most a few times a second; counting each file would cost more than it shows.
        if done.is_multiple_of(256) || done == total {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    };
    let outcome = match &tar {
        Some(tar) => archive::build(&request, tar, &mut timings, &progress),
        None => build::build(&request, &mut timings, &progress),
    };
    bar.finish_and_clear();
    let outcome = outcome?;
    print_problems(&outcome, global, args.running.format)?;
    if args.running.timings {
        eprint!("{}", timings.table());
    }
    if let Some(explained) = &outcome.explained {
        print(&format!("{explained}\n"))?;
    }
    if let Some(why) = outcome.uncached.as_ref().filter(|_| !global.quiet) {
        eprintln!("the next build will take longer: the cache cannot be written: {why}");
    }
    match &outcome.done {
        Some(done) => {
            if !global.quiet {
                let seconds = began.elapsed().as_secs_f64();
                eprintln!("{}", if tar.is_some() { outputs::archive_summary(done, seconds) } else { summary(done, seconds) });
            }
            Ok(Exit::Fine)
        }
        None if outcome.is_misconfigured => Ok(Exit::Usage),
        None => Ok(Exit::Content),
    }
}

/// A bar that is drawn on a terminal only, unless nothing is to be said.
pub(super) fn progress_bar(global: &Global) -> ProgressBar {
    let is_wanted = !global.quiet && std::env::var_os("CI").is_none() && std::io::stderr().is_terminal();
    if !is_wanted {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template("{bar:32} {pos}/{len} files {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn summary(done: &Done, seconds: f64) -> String {
    let Done { output, pages, counts, search, was_current, warnings, has_repaired, .. } = done;
    let output = output.display();
    if *was_current {
        let text =
            format!("nothing has changed: {pages} pages, {} files in {output}, compared in {seconds:.2} s", counts.unchanged);
        let total: usize = warnings.values().sum();
        if total == 0 {
            return text;
        }
        let each: Vec<String> = warnings.iter().map(|(code, count)| format!("{count} {code}")).collect();
        return format!(
            "{text}\nthe last build had {total} warnings, which stand: {}; `kbpress check` shows them",
            each.join(", ")
        );
    }
    let (written, unchanged, removed) = (counts.written, counts.unchanged, counts.removed);
    let mut text =
        format!("{pages} pages: {written} files written, {unchanged} unchanged, {removed} removed in {output}, in {seconds:.2} s");
    text.extend(search.as_ref().map(search_summary));
    if *has_repaired {
        text.push_str("\nthe last build was ended while it published; this one has mended what it left");
    }
    text
}

/// What the index holds and costs.
pub(super) fn search_summary(search: &Summary) -> String {
    let kilobytes = |bytes: usize| bytes.div_ceil(1024);
    let (median, most) = search.first_query;
    format!(
        "\nsearch: {} pages, {} files, {} KB; a first query moves about {} KB, at most {} KB in 95 of 100",
        search.documents,
        search.files,
        kilobytes(search.bytes),
        kilobytes(median),
        kilobytes(most)
    )
}
