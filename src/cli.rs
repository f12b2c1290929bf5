//! The command line: arguments → requests, outcomes → text on stderr and an exit code. Only what was asked for goes to stdout.

use std::collections::HashMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::build::{Outcome, Request};
use crate::config;
use crate::report::{self, Style};
use crate::text::Text;
use crate::write::disk::Disk;
use crate::write::lock::Busy;

mod about;
mod build;
mod check;
mod import;
mod list;
mod outputs;
#[cfg(feature = "publish")]
mod publish;
mod serve;
mod signals;
mod write;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Fine = 0,
    /// The content is wrong: an error, or a warning under `--strict`.
    Content = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The disk, or something else outside, failed.
    World = 3,
    /// Another build writes the same output.
    Busy = 4,
}

/// A folder of knowledge-base articles → a fast, searchable static site.
#[derive(Debug, Parser)]
#[command(name = "kbpress", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Args)]
struct Global {
    /// The site's folder
    #[arg(short, long, value_name = "DIR", default_value = ".", global = true)]
    root: PathBuf,
    /// The configuration, if it is not `site.toml` in the site's folder
    #[arg(short, long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Say nothing unless something is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print every problem, not only the first 50
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: Color,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the whole site
    Build(build::BuildArgs),
    /// Check the site: all that a build would refuse, and links, duplicates and what an article owes its readers; writes nothing
    Check(check::CheckArgs),
    /// Make a new article
    New(write::NewArgs),
    /// Make a starter site
    Init(write::InitArgs),
    /// Preview the site; it follows every change
    Serve(serve::ServeArgs),
    /// List the articles as a table, CSV or JSON
    List(list::ListArgs),
    /// Bring in old KB text files, or a Jekyll or Hugo site; overwrites nothing
    Import(import::ImportArgs),
    /// Explain a diagnostic: what it means and how to mend it
    Explain {
        /// The code in brackets, such as `dead-link`; without one, all codes are listed
        code: Option<String>,
    },
    /// Compare two outputs: which URLs are added, changed and removed
    Diff(outputs::DiffArgs),
    /// Put the output into a bucket of an object store: only what changed, in an order that readers never notice
    #[cfg(feature = "publish")]
    Publish(publish::PublishArgs),
    /// Remove from the output what kbpress wrote, and nothing else; and the cache
    Clean(write::CleanArgs),
    /// Print the JSON Schema of front matter or of site.toml, for editors
    Schema {
        /// Of which file
        #[arg(default_value = "front-matter")]
        file: about::SchemaOf,
    },
    /// Print the completions for a shell
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What decides which articles are seen.
#[derive(Debug, Default, Args)]
struct Visibility {
    /// Include drafts
    #[arg(short = 'D', long)]
    drafts: bool,
    /// Include articles dated in the future
    #[arg(long)]
    future: bool,
    /// Include articles that have expired
    #[arg(long)]
    expired: bool,
}

/// How the stages of a build run, and what is told of them.
#[derive(Debug, Args)]
struct Running {
    /// Show how long each stage took and the peak memory
    #[arg(long)]
    timings: bool,
    /// Threads to use [default: one for each processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// How problems are printed: for people on stderr, or as data on stdout
    #[arg(long, default_value = "human", value_parser = report_format())]
    format: report::Format,
}

/// Reads a report's format by its name.
fn report_format() -> impl TypedValueParser<Value = report::Format> {
    let names = report::Format::NAMES.map(|(name, _)| name);
    PossibleValuesParser::new(names)
        .map(|name| report::Format::NAMES.into_iter().find(|(n, _)| *n == name).map_or_else(report::Format::default, |(_, f)| f))
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, on stdout; the rest is wrong usage.
            let is_answer = !error.use_stderr();
            let _ = error.print();
            return ExitCode::from(if is_answer { Exit::Fine } else { Exit::Usage } as u8);
        }
    };
    let exit = match &cli.command {
        Command::Build(args) => build::run(&cli.global, args),
        Command::Check(args) => check::run(&cli.global, args),
        Command::New(args) => write::run_new(&cli.global, args),
        Command::Init(args) => write::run_init(&cli.global, args),
        Command::Diff(args) => outputs::run_diff(args),
        #[cfg(feature = "publish")]
        Command::Publish(args) => publish::run(&cli.global, args),
        Command::Clean(args) => write::run_clean(&cli.global, args),
        Command::Import(args) => import::run(&cli.global, args),
        Command::Schema { file } => about::run_schema(*file),
        Command::Completions { shell } => about::run_completions(*shell),
        Command::Man => about::run_man(),
        Command::Serve(args) => serve::run(&cli.global, args),
        Command::List(args) => list::run(&cli.global, args),
        Command::Explain { code } => about::run_explain(code.as_deref()),
    };
    let exit = exit.unwrap_or_else(|error| {
        signals::wait_if_told();
        eprintln!("error: {error:#}");
        if error.is::<Busy>() { Exit::Busy } else { Exit::World }
    });
    signals::wait_if_told();
    ExitCode::from(exit as u8)
}

/// Starts this many threads for all that is done in parallel.
fn start_threads(jobs: Option<u16>) -> Result<()> {
    let Some(jobs) = jobs else { return Ok(()) };
    rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global().context("cannot start the threads")
}

/// What the global flags, the environment and the clock make of a request.
fn request(global: &Global, visibility: &Visibility) -> Result<Request> {
    let (overrides, _) =
        config::environment(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))));
    Ok(Request {
        root: global.root.clone(),
        config: global.config.clone(),
        overrides,
        drafts: visibility.drafts,
        future: visibility.future,
        expired: visibility.expired,
        changed_list: None,
        strict: false,
        today: today()?,
        no_cache: false,
        cache_secret: std::env::var("KBPRESS_CACHE_KEY").ok().filter(|secret| !secret.is_empty()),
        explain: None,
        adopt: false,
        disk: Disk::default(),
    })
}

/// The day in UTC: that of `SOURCE_DATE_EPOCH` where it is set, so that a build can be repeated.
fn today() -> Result<Date> {
    let timestamp = source_date()?.unwrap_or_else(jiff::Timestamp::now);
    Ok(timestamp.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// The time that `SOURCE_DATE_EPOCH` says.
fn source_date() -> Result<Option<jiff::Timestamp>> {
    let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds: i64 = seconds.parse().context("`SOURCE_DATE_EPOCH` is not a number of seconds")?;
    jiff::Timestamp::from_second(seconds).context("`SOURCE_DATE_EPOCH` is out of range").map(Some)
}

fn print_problems(outcome: &Outcome, global: &Global, format: report::Format) -> Result<()> {
    let style = Style { format, color: use_color(global) };
    // Tens of thousands of problems in as many files: each file is found at once, and read only if it is shown.
    let mut texts: HashMap<&str, &Text> = HashMap::new();
    if !outcome.diagnostics.is_empty() {
        for file in &outcome.texts {
            texts.entry(&file.path).or_insert(&file.text);
        }
    }
    let text = report::render(&outcome.diagnostics, &|path| texts.get(path).map(|text| text.as_str()), style);
    if format.is_for_programs() {
        return print(&text);
    }
    eprint!("{text}");
    Ok(())
}

fn use_color(global: &Global) -> bool {
    match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        Color::Auto if std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => std::io::stderr().is_terminal(),
    }
}

/// Writes to stdout; a reader that has gone away is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write to the standard output"),
        _ => Ok(()),
    }
}
