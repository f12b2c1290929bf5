//! `kbpress import`: flags → an import, and what it says.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::{Exit, Global, print_problems, write};
use crate::build::Outcome;
use crate::diagnostic::Severity;
use crate::import;
use crate::report;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file or folder to bring in
    source: PathBuf,
    /// What it is
    #[arg(long, default_value = "auto")]
    from: import::From,
    /// The folder below the content folder that it goes into
    #[arg(long, value_name = "DIR", default_value = "")]
    into: String,
    /// How problems are printed: for people on stderr, or as data on stdout
    #[arg(long, default_value = "human", value_parser = super::report_format())]
    format: report::Format,
}

pub(super) fn run(global: &Global, args: &ImportArgs) -> Result<Exit> {
    let Some(config) = write::configuration(global)? else { return Ok(Exit::Usage) };
    let import::Outcome { made, same, diagnostics, texts } =
        import::import(&global.root, &config, &args.source, args.from, &args.into)?;
    let is_wrong = diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    let problems = report::counts(&diagnostics);
    print_problems(
        &Outcome { diagnostics, texts: texts.into_iter().map(Arc::new).collect(), ..Outcome::default() },
        global,
        args.format,
    )?;
    if !global.quiet {
        let problems = if problems.is_empty() { String::new() } else { format!("; {problems}") };
        eprintln!("{made} files made, {same} were there already{problems}");
    }
    Ok(if is_wrong { Exit::Content } else { Exit::Fine })
}
