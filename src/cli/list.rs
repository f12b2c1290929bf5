//! `kbpress list`: flags → the articles, or what they lack, as a list.

use std::collections::HashSet;

use anyhow::Result;
use clap::Args;

use super::{Exit, Global, Visibility, print, print_problems, request};
use crate::article::review_due;
use crate::build::{self, Outcome};
use crate::diagnostic::Severity;
use crate::link_lists;
use crate::lint;
use crate::list;
use crate::report;
use crate::site::PageId;
use crate::timings::Timings;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
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

pub(super) fn run(global: &Global, args: &ListArgs) -> Result<Exit> {
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
