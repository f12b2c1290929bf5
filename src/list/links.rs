//! The lists that are not of articles: numbers that articles name in vain, and old addresses.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Format, quoted};
use crate::build::Project;
use crate::site::PageId;

/// A number that articles name and the site does not have. The names are those of the JSON output.
#[derive(Debug, Serialize)]
struct Wanted {
    id: String,
    /// How many articles name it.
    count: usize,
    /// Their source files.
    named_by: Vec<String>,
}

/// The numbers that articles name in vain, the most wanted first, as text; ends with a line break.
///
/// # Errors
/// Where it cannot be serialised.
pub fn wanted(project: &Project, format: Format) -> anyhow::Result<String> {
    let site = &project.site;
    let file = |page: &PageId| site.article(*page).path.to_string();
    let wanted = site.graph.wanted().iter().map(|(number, pages)| Wanted {
        id: format!("Q{number}"),
        count: pages.len(),
        named_by: pages.iter().map(file).collect(),
    });
    let mut wanted: Vec<Wanted> = wanted.collect();
    wanted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.len().cmp(&b.id.len())).then_with(|| a.id.cmp(&b.id)));
    let mut out = String::new();
    match format {
        Format::Json => return Ok(serde_json::to_string(&wanted)? + "\n"),
        Format::Csv => {
            out.push_str("id,count,named_by\n");
            for Wanted { id, count, named_by } in wanted {
                let _ = writeln!(out, "{id},{count},{}", quoted(named_by.join("; ")));
            }
        }
        Format::Table => {
            for Wanted { id, count, named_by } in wanted {
                let _ = writeln!(out, "{id:<8} {count:>5}  {}", named_by.first().map_or("", String::as_str));
            }
        }
    }
    Ok(out)
}

/// An old address. The names are those of the JSON output.
#[derive(Debug, Serialize)]
struct Redirect {
    /// Below `base_url`: `/old/`.
    from: String,
    /// A path below `base_url`, or a URL.
    to: String,
    /// The source file that names it, or `site.toml`.
    file: String,
}

/// The old addresses and where they lead, as text; ends with a line break.
///
/// # Errors
/// Where it cannot be serialised.
pub fn redirects(project: &Project, format: Format) -> anyhow::Result<String> {
    let redirects = project.site.redirects.iter().map(|redirect| Redirect {
        from: format!("/{}", redirect.out.url()),
        to: match &*redirect.target {
            url if url.contains("://") => url.to_owned(),
            path => format!("/{}", path.trim_start_matches('/')),
        },
        file: redirect.source.as_deref().unwrap_or(crate::load::CONFIG_FILE).to_owned(),
    });
    let redirects: Vec<Redirect> = redirects.collect();
    let mut out = String::new();
    match format {
        Format::Json => return Ok(serde_json::to_string(&redirects)? + "\n"),
        Format::Csv => {
            out.push_str("from,to,file\n");
            for Redirect { from, to, file } in redirects {
                let _ = writeln!(out, "{},{},{}", quoted(from), quoted(to), quoted(file));
            }
        }
        Format::Table => {
            for Redirect { from, to, .. } in redirects {
                let _ = writeln!(out, "{from}  →  {to}");
            }
        }
    }
    Ok(out)
}
