//! The command line: arguments → requests, outcomes → text on stderr and an exit code. Only what was asked for goes to stdout.

use std::collections::{HashMap, HashSet};
use std::io::{IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;

use crate::archive;
use crate::article::review_due;
use crate::build::{self, Done, Outcome, Request};
use crate::config::{self, Override};
use crate::diagnostic::Severity;
use crate::explain;
use crate::link_lists;
use crate::lint;
use crate::list;
use crate::permalink::OutPath;
use crate::report::{self, Style};
use crate::schema;
use crate::serve;
use crate::site::PageId;
use crate::timings::Timings;
use crate::write::disk::{self, Disk};
use crate::write::lock::Busy;

mod check;
mod import;
mod outputs;
#[cfg(feature = "publish")]
mod publish;
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
    Build(BuildArgs),
    /// Check the site: all that a build would refuse, and links, duplicates and what an article owes its readers; writes nothing
    Check(check::CheckArgs),
    /// Make a new article
    New(write::NewArgs),
    /// Make a starter site
    Init(write::InitArgs),
    /// Preview the site; it follows every change
    Serve(ServeArgs),
    /// List the articles as a table, CSV or JSON
    List(ListArgs),
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
        file: SchemaOf,
    },
    /// Print the completions for a shell
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What a JSON Schema is of.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// The lines between `---` at the start of an article
    FrontMatter,
    /// site.toml
    Site,
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

#[derive(Debug, Args)]
struct BuildArgs {
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
    /// Show how long each stage took and the peak memory
    #[arg(long)]
    timings: bool,
    /// Threads to use [default: one for each processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// How problems are printed: for people on stderr, or as data on stdout
    #[arg(long, default_value = "human", value_parser = report_format())]
    format: report::Format,
    /// Neither read nor write what builds remember in `.kbpress/cache`
    #[arg(long)]
    no_cache: bool,
    /// Say why a file of the site, by its path or URL, was rendered anew or kept
    #[arg(long, value_name = "PATH", value_parser = output_path)]
    explain: Option<OutPath>,
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// The port [default: 1111, or the next free one]
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    /// The address to listen on; others than your own machine's let the network in
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = interface)]
    interface: IpAddr,
    /// Open the site in your browser
    #[arg(short = 'O', long)]
    open: bool,
    /// Leave the pages as `build` makes them: they do not follow changes
    #[arg(long)]
    no_reload: bool,
    /// Look for changes again and again, for file systems that do not tell
    #[arg(long)]
    poll: bool,
    /// URL that opens a file in your editor, as `vscode://file{path}:{line}:{column}`
    #[arg(long, value_name = "URL", env = "KBPRESS_EDITOR_URL")]
    editor_url: Option<String>,
    /// Include articles that have expired; drafts and future ones are always shown
    #[arg(long)]
    expired: bool,
}

#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    visibility: Visibility,
    /// Only articles that no other article links to
    #[arg(long, conflicts_with_all = ["wanted", "redirects"])]
    orphans: bool,
    /// Only articles that were to be reviewed by now
    #[arg(long, conflicts_with_all = ["wanted", "redirects"])]
    stale: bool,
    /// Article numbers that are named in texts and do not exist, the most wanted first
    #[arg(long)]
    wanted: bool,
    /// Old addresses and where they lead
    #[arg(long, conflicts_with = "wanted")]
    redirects: bool,
    /// Only articles that others refer to, those that most refer to first
    #[arg(long, conflicts_with_all = ["wanted", "redirects"])]
    cited: bool,
    /// Only articles that others refer to and that refer to none themselves
    #[arg(long, conflicts_with_all = ["wanted", "redirects"])]
    dead_ends: bool,
    /// How the list is printed
    #[arg(long, default_value = "table")]
    format: list::Format,
}

/// A file of the output by its path or its URL.
fn output_path(text: &str) -> Result<OutPath, String> {
    OutPath::from_url(text).map_err(|why| why.to_string())
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
        Command::Build(args) => run_build(&cli.global, args),
        Command::Check(args) => check::run(&cli.global, args),
        Command::New(args) => write::run_new(&cli.global, args),
        Command::Init(args) => write::run_init(&cli.global, args),
        Command::Diff(args) => outputs::run_diff(args),
        #[cfg(feature = "publish")]
        Command::Publish(args) => publish::run(&cli.global, args),
        Command::Clean(args) => write::run_clean(&cli.global, args),
        Command::Import(args) => import::run(&cli.global, args),
        Command::Schema { file } => run_schema(*file),
        Command::Completions { shell } => run_completions(*shell),
        Command::Man => run_man(),
        Command::Serve(args) => run_serve(&cli.global, args),
        Command::List(args) => run_list(&cli.global, args),
        Command::Explain { code } => run_explain(code.as_deref()),
    };
    let exit = exit.unwrap_or_else(|error| {
        signals::wait_if_told();
        eprintln!("error: {error:#}");
        if error.is::<Busy>() { Exit::Busy } else { Exit::World }
    });
    signals::wait_if_told();
    ExitCode::from(exit as u8)
}

fn run_build(global: &Global, args: &BuildArgs) -> Result<Exit> {
    let began = Instant::now();
    start_threads(args.jobs)?;
    let mut request = request(global, &args.visibility)?;
    request.strict = args.strict;
    request.no_cache = args.no_cache;
    request.explain.clone_from(&args.explain);
    request.list_changes = args.changed_list.is_some();
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
    print_problems(&outcome, global, args.format)?;
    if args.timings {
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
            outputs::write_changes(args.changed_list.as_deref(), done, &request.disk)?;
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

fn run_serve(global: &Global, args: &ServeArgs) -> Result<Exit> {
    let request = request(global, &Visibility { drafts: true, future: true, expired: args.expired })?;
    let options = serve::Options {
        interface: args.interface,
        port: args.port,
        open: args.open,
        reload: if args.no_reload { serve::Reload::Off } else { serve::Reload::On },
        method: if args.poll { serve::Method::Poll } else { serve::Method::Events },
        editor: args.editor_url.clone(),
        verbose: !global.quiet,
        style: Style { format: report::Format::Human, color: use_color(global) },
    };
    let outcome = serve::serve(request, &options)?;
    print_problems(&outcome, global, report::Format::Human)?;
    Ok(Exit::Usage)
}

/// An address, or the name of this machine's own.
fn interface(text: &str) -> Result<IpAddr, std::net::AddrParseError> {
    if text == "localhost" { Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { text.trim_matches(['[', ']']).parse() }
}

fn run_list(global: &Global, args: &ListArgs) -> Result<Exit> {
    let request = request(global, &args.visibility)?;
    let mut outcome = Outcome::default();
    let mut timings = Timings::default();
    let Some(config) = build::configure(&request, &mut outcome)? else {
        print_problems(&outcome, global, report::Format::Human)?;
        return Ok(Exit::Usage);
    };
    let (sources, problems) = crate::load::sources(&request.root, &config)?;
    let (project, _) = build::prepare(&request, config, sources, problems, &mut timings, &mut outcome)?;
    let text = if args.wanted {
        list::wanted(&project, args.format)?
    } else if args.redirects {
        list::redirects(&project, args.format)?
    } else {
        let mut pages = list::pages(&project);
        if args.cited || args.dead_ends {
            let site = &project.site;
            let links = link_lists::link_lists(&site.articles, &site.graph, &site.redirects);
            let listed: HashSet<PageId> = pages.into_iter().collect();
            pages = links.cited;
            pages.retain(|page| listed.contains(page));
            if args.dead_ends {
                pages.retain(|page| links.dead_ends.binary_search(page).is_ok());
            }
        }
        if args.orphans {
            let orphans: HashSet<PageId> = lint::orphans(&project).into_iter().collect();
            pages.retain(|page| orphans.contains(page));
        }
        if args.stale {
            let today = project.site.today;
            pages.retain(|page| review_due(&project.site.article(*page).front).is_some_and(|due| due < today));
        }
        let rows = list::rows(&project, &pages).map_err(|problem| outcome.diagnostics.push(*problem)).unwrap_or_default();
        list::print(&rows, args.format)?
    };
    outcome.texts.extend(project.sources.into_texts());
    outcome.diagnostics.retain(|problem| problem.severity == Severity::Error);
    let failed = !outcome.diagnostics.is_empty();
    print_problems(&outcome, global, report::Format::Human)?;
    print(&text)?;
    Ok(if failed { Exit::Content } else { Exit::Fine })
}

fn run_explain(code: Option<&str>) -> Result<Exit> {
    match explain::explain(code) {
        Ok(text) => {
            print(&text)?;
            Ok(Exit::Fine)
        }
        Err(message) => {
            eprintln!("error: {message}");
            Ok(Exit::Usage)
        }
    }
}

fn run_schema(file: SchemaOf) -> Result<Exit> {
    let schema = match file {
        SchemaOf::FrontMatter => schema::front_matter(),
        SchemaOf::Site => schema::site(),
    };
    print(&format!("{schema:#}\n"))?;
    Ok(Exit::Fine)
}

fn run_completions(shell: clap_complete::Shell) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kbpress", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}

fn run_man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
        let man = clap_mangen::Man::new(command.clone());
        let _ = writeln!(page, ".SH \"KBPRESS {}\"", command.get_name().to_uppercase());
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Fine)
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
        list_changes: false,
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

fn progress_bar(global: &Global) -> ProgressBar {
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

fn print_problems(outcome: &Outcome, global: &Global, format: report::Format) -> Result<()> {
    let style = Style { format, color: use_color(global) };
    // Tens of thousands of problems in as many files: each file is found at once.
    let mut texts: HashMap<&str, &str> = HashMap::new();
    if !outcome.diagnostics.is_empty() {
        for file in &outcome.texts {
            texts.entry(&file.path).or_insert(&file.text);
        }
    }
    let text = report::render(&outcome.diagnostics, &|path| texts.get(path).copied(), style);
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

fn search_summary(search: &crate::search::Summary) -> String {
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
