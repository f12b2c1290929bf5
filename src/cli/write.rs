//! `kbpress new`, `init` and `clean`: flags → what the scaffold does, and what is said about it.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use super::{Exit, Global, Visibility, print, print_problems, request, today};
use crate::build::{self, Outcome};
use crate::cache;
use crate::config::Config;
use crate::report;
use crate::scaffold::{init, new};
use crate::write::Disk;
use crate::write::clean::clean;

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The file to make, from the content folder; a path that ends in `/` is a folder, and the file is named after the number or
    /// the title
    path: String,
    /// The article's title [default: what the file's name says]
    #[arg(short, long)]
    title: Option<String>,
    /// The archetype: `page`, `problem`, `how-to`, `information`, `bug`, or a file of the folder `archetypes`
    #[arg(short, long, default_value = "page")]
    kind: String,
    /// The article's number: `next` for the first free one, or a number such as `164177`
    #[arg(short, long, value_name = "NUMBER", value_parser = parse_number)]
    number: Option<Number>,
}

/// The number that a new article asks for.
#[derive(Debug, Clone, Copy)]
enum Number {
    Next,
    Given(u32),
}

fn parse_number(text: &str) -> Result<Number, String> {
    if text == "next" {
        return Ok(Number::Next);
    }
    let digits = text.strip_prefix(['Q', 'q']).unwrap_or(text);
    let number = digits.parse().ok().filter(|number| (1..1_000_000_000).contains(number));
    number.map(Number::Given).ok_or_else(|| "write `next`, `164177` or `Q164177`".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The folder of the new site
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Add what is missing to a folder that is not empty; nothing in it is changed
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(super) struct CleanArgs {
    /// The folder to clean [default: `output_dir` of site.toml, `public`]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
}

pub(super) fn run_new(global: &Global, args: &NewArgs) -> Result<Exit> {
    let Some(config) = configuration(global)? else { return Ok(Exit::Usage) };
    let number = match args.number {
        Some(Number::Next) => Some(new::next_number(&global.root, &config)?),
        Some(Number::Given(number)) => Some(number),
        None => None,
    };
    let request = new::Request { path: &args.path, title: args.title.as_deref(), kind: &args.kind, number, date: today()? };
    match new::create(&global.root, &config, &request)? {
        Ok(path) => {
            // The path is what was asked for: it can be handed to an editor.
            print(&format!("{}\n", global.root.join(path).display().to_string().trim_start_matches("./")))?;
            Ok(Exit::Fine)
        }
        Err(why) => fail(&why),
    }
}

pub(super) fn run_init(global: &Global, args: &InitArgs) -> Result<Exit> {
    let folder = global.root.join(&args.folder);
    if !args.force && !init::is_empty(&folder)? {
        return fail(&format!("`{}` is not empty; `--force` adds what is missing and changes nothing", folder.display()));
    }
    let started = init::init(&folder)?;
    if !global.quiet {
        for kept in &started.kept {
            eprintln!("kept: {kept}");
        }
        eprintln!("{} files made in {}; now: kbpress build -r {}", started.made.len(), folder.display(), folder.display());
    }
    Ok(Exit::Fine)
}

pub(super) fn run_clean(global: &Global, args: &CleanArgs) -> Result<Exit> {
    let output = match &args.output_dir {
        Some(output) => output.clone(),
        None => {
            let Some(config) = configuration(global)? else { return Ok(Exit::Usage) };
            global.root.join(&config.output_dir)
        }
    };
    let had_cache = cache::clean(&global.root).context("cannot remove the cache")?;
    match clean(&output, &Disk::default())? {
        Ok(cleaned) => {
            for changed in &cleaned.changed {
                eprintln!("kept, because it was changed: {}", changed.display());
            }
            if !global.quiet {
                let cache = if had_cache { ", and the cache" } else { "" };
                eprintln!("{} files removed from {}{cache}", cleaned.removed, output.display());
            }
            Ok(Exit::Fine)
        }
        Err(refused) => fail(&refused.0),
    }
}

/// The site's configuration; its problems are printed where it cannot be used.
pub(super) fn configuration(global: &Global) -> Result<Option<Config>> {
    let mut outcome = Outcome::default();
    let config = build::configure(&request(global, &Visibility::default())?, &mut outcome)?;
    if config.is_none() {
        print_problems(&outcome, global, report::Format::Human)?;
    }
    Ok(config)
}

pub(super) fn fail(why: &str) -> Result<Exit> {
    eprintln!("error: {why}");
    Ok(Exit::Usage)
}
