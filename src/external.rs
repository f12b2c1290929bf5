//! Links to other sites → problems for those that lead nowhere any more. The only part of kbpress that speaks to other machines, and only when
//! it is asked to: politely, a few requests at a time to one host, and never to an address of the local network.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Result;

use crate::article::Body;
use crate::bare_url;
use crate::build::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::event::Event;
use crate::kb::{self, Segments};
use crate::reference::references;
use crate::site::Site;
use crate::source::Span;

mod cache;
mod client;

/// Hosts that are asked at the same time.
const HOSTS: usize = 16;
/// After so many requests to a host that could not be reached, the others are not made.
const GIVE_UP: usize = 3;

/// What became of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// It is there, or its host will not say.
    Fine,
    /// It has moved to this URL for good.
    Moved(String),
    /// The host answers with this status, 400 or more.
    Refused(u16),
    /// The host cannot be reached, for this reason.
    Unreachable(String),
    /// It is an address of the local network, and was not asked.
    Private,
}

/// Where a URL is used.
type Places<'s> = Vec<(&'s Arc<str>, Span)>;

/// Asks for every URL that an article links to, each once, and reports those that are gone. What was found is kept in `.kbpress/` below
/// `root` for as long as the site says.
///
/// # Errors
/// Where the cache cannot be read or written.
pub fn check(project: &Project, root: &Path) -> Result<Vec<Diagnostic>> {
    let site = &project.site;
    let used = used(project);
    let mut known = cache::read(root, site)?;
    let unknown: Vec<&str> = used.keys().map(String::as_str).filter(|url| !known.contains_key(*url)).collect();
    let asked = ask(site, unknown);
    cache::add(&mut known, asked, site.today);
    cache::write(root, &known)?;
    let problem = |(url, places): (&String, &Places<'_>)| {
        let found = &known.get(url)?.found;
        Some(places.iter().filter_map(|(path, span)| problem(url, found, path, *span)).collect::<Vec<_>>())
    };
    Ok(used.iter().filter_map(problem).flatten().collect())
}

/// The URLs to ask for, without fragments, and where they are used.
fn used(project: &Project) -> BTreeMap<String, Places<'_>> {
    let Project { site, sources, .. } = project;
    let mut used: BTreeMap<String, Places<'_>> = BTreeMap::new();
    for page in site.page_ids() {
        let article = site.article(page);
        let mut add = |url: &str, span: Span| {
            let url = url.split('#').next().unwrap_or_default();
            let is_web = ["http://", "https://"]
                .iter()
                .any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
            if is_web && !url.contains(char::is_whitespace) && !site.config.external.exclude.matches(url) {
                used.entry(url.to_owned()).or_default().push((&article.path, span));
            }
        };
        match &article.body {
            Body::Markdown(_) => article.outline.links.iter().for_each(|link| add(&link.destination, link.span)),
            Body::KbText(segments) => {
                let text = &sources.articles[site.page(page).source as usize].text;
                // Those that name an article of the site lead there.
                let is_outside = |url: &str| references(url).all(|(_, number)| site.graph.page(number).is_none_or(|to| to == page));
                bare_urls(text, segments)
                    .filter(|span| is_outside(&text[span.range()]))
                    .for_each(|span| add(&text[span.range()], span));
            }
        }
    }
    used
}

/// The URLs in a plain text that its page makes links of.
fn bare_urls<'t>(text: &'t str, segments: &'t Segments) -> impl Iterator<Item = Span> + 't {
    let events = [kb::preamble_events(text, segments), kb::events(text, segments)];
    let texts = events.into_iter().flatten().filter_map(|(event, span)| matches!(event, Event::Text(_)).then_some(span));
    texts.flat_map(move |span| {
        bare_url::urls(&text[span.clone()]).map(move |url| Span::new(span.start + url.start..span.start + url.end))
    })
}

/// Asks for `urls`, several hosts at a time and no host too often.
fn ask(site: &Site, urls: Vec<&str>) -> Vec<(String, Found)> {
    let settings = &site.config.external;
    let mut hosts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for url in urls {
        hosts.entry(client::host(url)).or_default().push(url);
    }
    let mut queues: VecDeque<Vec<&str>> = VecDeque::new();
    for (_, urls) in hosts {
        let size = urls.len().div_ceil(settings.per_host);
        queues.extend(urls.chunks(size).map(<[&str]>::to_vec));
    }
    let workers = queues.len().min(HOSTS);
    let agent = client::agent(settings);
    let (queues, found) = (Mutex::new(queues), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(urls) = queues.lock().ok().and_then(|mut queues| queues.pop_front()) {
                    let answers = ask_host(&agent, settings, urls);
                    if let Ok(mut found) = found.lock() {
                        found.extend(answers);
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// Asks one host for `urls`, one after the other.
fn ask_host(agent: &ureq::Agent, settings: &crate::config::External, urls: Vec<&str>) -> Vec<(String, Found)> {
    let mut failures = 0;
    let mut answers: Vec<(String, Found)> = Vec::with_capacity(urls.len());
    for url in urls {
        let found = match answers.last() {
            Some((_, last)) if failures >= GIVE_UP => last.clone(),
            _ => client::ask(agent, settings, url),
        };
        failures = if matches!(found, Found::Unreachable(_)) { failures + 1 } else { 0 };
        answers.push((url.to_owned(), found));
    }
    answers
}

fn problem(url: &str, found: &Found, path: &Arc<str>, span: Span) -> Option<Diagnostic> {
    let dead = |why: String| Diagnostic::warning(code::DEAD_EXTERNAL_LINK, format!("`{url}` {why}")).at(path, span);
    let archived = format!("link to another page, or to a copy of this one: https://web.archive.org/web/{url}");
    match found {
        Found::Fine => None,
        Found::Moved(to) => Some(
            Diagnostic::warning(code::MOVED_EXTERNAL_LINK, format!("`{url}` has moved for good"))
                .at(path, span)
                .help(format!("link to `{to}`")),
        ),
        Found::Refused(status) => Some(dead(format!("answers with status {status}")).help(archived)),
        Found::Unreachable(why) => Some(dead(format!("cannot be reached: {why}")).help(archived)),
        Found::Private => Some(
            dead("is an address of a local network and was not asked".to_owned())
                .help("readers elsewhere cannot follow it; `private = true` under `[external]` allows such addresses"),
        ),
    }
}
