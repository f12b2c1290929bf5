//! Pages that no other page leads to.

use std::collections::HashSet;

use crate::build::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::permalink::OutPath;
use crate::resolve::{Destination, Files, Resolver};
use crate::site::{PageId, Site};
use crate::source::Span;

/// The articles that no other article names or links to, in the order of their ids. The pages of folders, and what the navigation leads
/// to, are none.
pub fn orphans(project: &Project) -> Vec<PageId> {
    find(project, &Resolver::new(&project.site, &Files::of(&project.routes)))
}

/// Problems for the orphans: those that are in no list either; all of them where the site asks for `orphan` in `[links]`.
pub(super) fn lint(project: &Project, resolver: &Resolver<'_>) -> Vec<Diagnostic> {
    let site = &project.site;
    let wants_all = site.config.links.contains_key(code::ORPHAN);
    let is_unlisted = |page: &PageId| site.article(*page).front.unlisted;
    if !wants_all && !site.page_ids().any(|page| is_unlisted(&page)) {
        return Vec::new();
    }
    let orphans = find(project, resolver).into_iter().filter(|page| wants_all || is_unlisted(page));
    orphans
        .map(|page| {
            let article = site.article(page);
            let (message, help) = if is_unlisted(&page) {
                ("the article is in no list and no page links to it", "link to it, or remove `unlisted`")
            } else {
                ("no other article links to this one", "name it in an article that its readers come from")
            };
            Diagnostic::warning(code::ORPHAN, message).at(&article.path, Span::default()).help(help)
        })
        .collect()
}

fn find(project: &Project, resolver: &Resolver<'_>) -> Vec<PageId> {
    let site = &project.site;
    let linked = linked(project, resolver);
    let is_orphan = |page: &PageId| {
        !site.page(*page).is_index
            && !linked.contains(page)
            && site.graph.citations(*page).is_empty()
            && !site.page(*page).url.is_empty()
    };
    site.page_ids().filter(is_orphan).collect()
}

/// The pages that a link, the front matter of another page, the navigation or a redirect leads to.
fn linked(project: &Project, resolver: &Resolver<'_>) -> HashSet<PageId> {
    let Project { sources, site, .. } = project;
    let mut linked = HashSet::new();
    for page in site.page_ids() {
        let article = site.article(page);
        if !article.outline.links.is_empty() {
            let file = sources.relative(&sources.articles[site.page(page).source as usize]);
            let targets = article.outline.links.iter().map(|link| resolver.resolve(page, file, &link.destination));
            linked.extend(targets.filter_map(|target| match target {
                Destination::Page(target, _) => Some(target).filter(|target| *target != page),
                _ => None,
            }));
        }
        let named = article.front.related.iter().chain(&article.front.superseded_by);
        linked.extend(named.filter_map(|target| site.named(&target.value)).filter(|target| *target != page));
    }
    linked.extend(site.config.nav.iter().filter_map(|item| by_url(site, &item.url.value)));
    linked.extend(site.redirects.iter().filter_map(|redirect| by_url(site, &redirect.target)));
    linked
}

fn by_url(site: &Site, url: &str) -> Option<PageId> {
    let out = OutPath::from_url(url).ok()?;
    site.by_url.get(out.url().as_str()).copied()
}
