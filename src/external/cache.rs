//! What was found out about URLs, kept between checks in a text file, a line each. It is read as untrusted data: a line that cannot be read
//! is left out, and the URL is asked for again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use super::Found;
use crate::site::Site;

/// First line of a cache that this version understands.
const HEADER: &str = "kbpress external links 1";
/// Days for which a URL that is gone is not asked for again.
const DEAD_DAYS: i32 = 1;

/// What was found out, and when.
pub(super) struct Known {
    pub(super) found: Found,
    day: Date,
}

/// What is known and still holds today.
///
/// # Errors
/// Where the file is there and cannot be read.
pub(super) fn read(root: &Path, site: &Site) -> Result<BTreeMap<String, Known>> {
    let file = crate::load::text(&file(root), ".kbpress/external-links")?;
    let Some(lines) = file.as_ref().and_then(|(file, _)| file.text.strip_prefix(HEADER)) else { return Ok(BTreeMap::new()) };
    let holds = |known: &Known| {
        let age = site.today.since(known.day).map_or(i32::MAX, |age| age.get_days());
        let is_alive = matches!(known.found, Found::Fine | Found::Moved(_));
        (0..if is_alive { site.config.external.cache_days as i32 } else { DEAD_DAYS }).contains(&age)
    };
    Ok(lines.lines().filter_map(parse).filter(|(_, known)| holds(known)).collect())
}

fn parse(line: &str) -> Option<(String, Known)> {
    let mut parts = line.split('\t');
    let (day, url, what, more) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let found = match what {
        "fine" => Found::Fine,
        "moved" => Found::Moved(more.to_owned()),
        "refused" => Found::Refused(more.parse().ok()?),
        "unreachable" => Found::Unreachable(more.to_owned()),
        _ => return None,
    };
    Some((url.to_owned(), Known { found, day: day.parse().ok()? }))
}

/// Adds what was found out today.
pub(super) fn add(known: &mut BTreeMap<String, Known>, asked: Vec<(String, Found)>, day: Date) {
    known.extend(asked.into_iter().map(|(url, found)| (url, Known { found, day })));
}

/// Writes what is known.
///
/// # Errors
/// Where the disk fails.
#[expect(clippy::disallowed_methods, reason = "the cache of the external check has a folder of its own")]
pub(super) fn write(root: &Path, known: &BTreeMap<String, Known>) -> Result<()> {
    let mut text = format!("{HEADER}\n");
    for (url, Known { found, day }) in known {
        let (what, more) = match found {
            Found::Fine => ("fine", String::new()),
            Found::Moved(to) => ("moved", to.replace(['\t', '\n'], " ")),
            Found::Refused(status) => ("refused", status.to_string()),
            Found::Unreachable(why) => ("unreachable", why.replace(['\t', '\n'], " ")),
            Found::Private => continue,
        };
        let _ = writeln!(text, "{day}\t{url}\t{what}\t{more}");
    }
    let path = file(root);
    let folder = root.join(".kbpress");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    crate::scaffold::replace(&path, &text)
}

fn file(root: &Path) -> PathBuf {
    root.join(".kbpress").join("external-links")
}
