//! Aliases, pages that only redirect, `[redirects]`, superseded and retired articles → one list of rules for a host. Each rule leads straight
//! to where a reader ends up, whatever the number of steps that writers made of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::config::{Retired, Superseded};
use crate::diagnostic::{Diagnostic, code};
use crate::front_matter::Status;
use crate::permalink::OutPath;
use crate::site::Site;
use crate::source::Span;

/// What a host answers to a request for one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The path, from the root of the host, percent-encoded.
    pub from: String,
    /// What it answers.
    pub to: Destination,
}

/// Where a rule leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To a path from the root of the host, or to a URL: 301.
    Moved(String),
    /// Nowhere any more: 410.
    Gone,
}

/// One step of a rule: from a URL that is relative to the site.
enum Step {
    /// To another URL of the site, and a place in it (`#part`, `?query`).
    Here(String, String),
    /// To another site.
    Away(String),
    Gone,
}

/// The rules of a site, sorted by path. Those that lead in a circle are left out: [`loops`] reports them.
pub fn rules(site: &Site) -> Vec<Rule> {
    let base = site.config.base_url.path();
    let (steps, _) = steps(site);
    let mut rules = Vec::with_capacity(steps.len());
    for from in steps.keys() {
        if let Some(to) = end(&steps, from, base) {
            rules.push(Rule { from: format!("{base}{from}"), to });
        }
    }
    rules
}

/// Where the way from `from` ends; `None` where it comes back to itself.
fn end(steps: &BTreeMap<String, Step>, from: &str, base: &str) -> Option<Destination> {
    let (mut at, mut place) = (from, "");
    for _ in 0..=steps.len() {
        match steps.get(at) {
            None => return Some(Destination::Moved(format!("{base}{at}{place}"))),
            Some(Step::Gone) => return Some(Destination::Gone),
            Some(Step::Away(url)) => return Some(Destination::Moved(url.clone())),
            Some(Step::Here(url, part)) => (at, place) = (url, part),
        }
    }
    None
}

/// Superseded articles that lead back to themselves, by way of each other or of redirects. Circles of redirects alone are no business of the
/// host.
pub fn loops(site: &Site) -> Vec<Diagnostic> {
    let (steps, superseded) = steps(site);
    let mut diagnostics = Vec::new();
    for (url, (path, span)) in &superseded {
        let mut at = url.as_str();
        for _ in 0..=steps.len() {
            let Some(Step::Here(next, _)) = steps.get(at) else { break };
            at = next;
            if at == url {
                diagnostics.push(
                    Diagnostic::error(code::REDIRECT_LOOP, format!("the redirect from `/{url}` leads back to itself"))
                        .at(path, *span)
                        .help("let `superseded_by` name an article that is not superseded itself"),
                );
                break;
            }
        }
    }
    diagnostics
}

/// The front matter's entry that makes a superseded article lead elsewhere, by its URL.
type Superseding = BTreeMap<String, (Arc<str>, Span)>;

fn steps(site: &Site) -> (BTreeMap<String, Step>, Superseding) {
    let publish = &site.config.publish;
    let mut steps: BTreeMap<String, Step> = BTreeMap::new();
    let mut superseding = Superseding::new();
    let redirects: HashMap<String, &str> = site.redirects.iter().map(|r| (r.out.url(), &*r.target)).collect();
    for (from, to) in redirects {
        steps.insert(from, step(to));
    }
    if publish.host.is_none() {
        return (steps, superseding);
    }
    for id in site.page_ids() {
        let (article, page) = (site.article(id), site.page(id));
        let front = &article.front;
        if let Some(target) = &front.superseded_by {
            if publish.superseded == Superseded::Redirect {
                let to = match site.named(&target.value) {
                    Some(successor) => Step::Here(site.page(successor).url.to_string(), String::new()),
                    None => step(&target.value),
                };
                steps.insert(page.url.to_string(), to);
                superseding.insert(page.url.to_string(), (Arc::clone(&article.path), target.span));
            }
            continue;
        }
        let is_retired = match front.retired_on {
            Some(date) => date <= site.today,
            None => front.status == Some(Status::Retired),
        };
        if is_retired && publish.retired == Retired::Gone {
            steps.insert(page.url.to_string(), Step::Gone);
        }
    }
    (steps, superseding)
}

fn step(target: &str) -> Step {
    if target.contains("://") {
        return Step::Away(target.to_owned());
    }
    let cut = target.find(['#', '?']).unwrap_or(target.len());
    let (path, place) = target.split_at(cut);
    let url = OutPath::from_url(path).map_or_else(|_| path.trim_start_matches('/').to_owned(), |out| out.url());
    Step::Here(url, place.to_owned())
}
