//! What kbpress says of itself: the articles about its diagnostics, the schemas of its files, completions and the manual page.

use std::io::Write as _;

use anyhow::Result;
use clap::{CommandFactory as _, ValueEnum};

use super::{Cli, Exit, print};
use crate::explain;
use crate::schema;

/// What a JSON Schema is of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// The lines between `---` at the start of an article
    FrontMatter,
    /// site.toml
    Site,
}

pub(super) fn run_explain(code: Option<&str>) -> Result<Exit> {
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

pub(super) fn run_schema(file: SchemaOf) -> Result<Exit> {
    let schema = match file {
        SchemaOf::FrontMatter => schema::front_matter(),
        SchemaOf::Site => schema::site(),
    };
    print(&format!("{schema:#}\n"))?;
    Ok(Exit::Fine)
}

pub(super) fn run_completions(shell: clap_complete::Shell) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kbpress", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Fine)
}

pub(super) fn run_man() -> Result<Exit> {
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
