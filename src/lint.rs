//! Opinions about a whole site, which `kbpress check` has and a build does not: articles that nobody finds, that say the same twice, that
//! leave their reader without an answer or send him to what is no longer true. What a build would refuse is for [`check`](crate::check).

use rayon::prelude::*;

use crate::article::{Article, Body, review_due};
use crate::build::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::front_matter::Status;
use crate::resolve::{Destination, Files, Resolver};
use crate::site::{PageId, Site};
use crate::source::Span;

mod duplicates;
mod kb;
mod orphans;

pub use orphans::orphans;

/// Longest title in characters that a list of results shows in full.
const MAX_TITLE: usize = 120;

/// What could be better in the site of `project`, in no particular order.
pub fn lint(project: &Project) -> Vec<Diagnostic> {
    let Project { sources, site, routes, .. } = project;
    let files = Files::of(routes);
    let resolver = Resolver::new(site, &files);
    let pages: Vec<PageId> = site.page_ids().collect();
    let mut diagnostics: Vec<Diagnostic> = pages
        .par_iter()
        .flat_map_iter(|page| {
            let article = site.article(*page);
            let file = &sources.articles[site.page(*page).source as usize];
            let mut problems = retired_references(site, &resolver, *page, sources.relative(file));
            problems.extend(review_is_due(site, article));
            problems.extend(long_title(article));
            if is_kb_article(article) {
                problems.extend(kb::lint(article, &file.text));
            }
            problems
        })
        .collect();
    diagnostics.extend(orphans::lint(project, &resolver));
    diagnostics.extend(duplicates::titles(site));
    diagnostics.extend(duplicates::bodies(project));
    diagnostics
}

/// Whether an article is part of the knowledge base, not just a page.
fn is_kb_article(article: &Article) -> bool {
    article.fields.number.is_some() || matches!(article.body, Body::KbText(_)) || !article.front.kinds.is_empty()
}

/// Whether an article is still meant to be read.
fn is_active(site: &Site, article: &Article) -> bool {
    let front = &article.front;
    !matches!(front.status, Some(Status::Retired | Status::Superseded))
        && front.superseded_by.is_none()
        && front.retired_on.is_none_or(|date| date > site.today)
}

/// Where the title of an article is written.
fn title_span(article: &Article) -> Span {
    article.front.title.as_ref().map_or(Span::default(), |title| title.span)
}

/// The places where an active article sends its reader to one that is not.
fn retired_references(site: &Site, resolver: &Resolver<'_>, page: PageId, file: &str) -> Vec<Diagnostic> {
    let article = site.article(page);
    if !is_active(site, article) {
        return Vec::new();
    }
    let references = article.outline.references.iter().filter_map(|r| Some((site.graph.page(r.number)?, r.span)));
    let links = article.outline.links.iter().filter_map(|link| match resolver.resolve(page, file, &link.destination) {
        Destination::Page(target, _) => Some((target, link.span)),
        _ => None,
    });
    let retired = references.chain(links).filter(|(target, _)| *target != page && !is_active(site, site.article(*target)));
    retired
        .map(|(target, span)| {
            let target = site.article(target);
            let help = match &target.front.superseded_by {
                Some(successor) => format!("refer to `{}`, which has taken its place", successor.value),
                None => "refer to an article that still holds, or leave the reference out".to_owned(),
            };
            let what = if target.front.superseded_by.is_some() { "superseded" } else { "retired" };
            Diagnostic::warning(code::RETIRED_REFERENCE, format!("`{}` is {what}", target.path)).at(&article.path, span).help(help)
        })
        .collect()
}

fn review_is_due(site: &Site, article: &Article) -> Option<Diagnostic> {
    let due = review_due(&article.front).filter(|due| *due < site.today && is_active(site, article))?;
    Some(
        Diagnostic::warning(code::REVIEW_DUE, format!("the article was to be reviewed by {due}"))
            .at(&article.path, Span::default())
            .help("read it again, correct it, and set `reviewed` to the day on which you did"),
    )
}

fn long_title(article: &Article) -> Option<Diagnostic> {
    let length = article.heading().chars().count();
    (length > MAX_TITLE).then(|| {
        Diagnostic::warning(code::LONG_TITLE, format!("the title has {length} characters, lists show {MAX_TITLE}"))
            .at(&article.path, title_span(article))
            .help("say the symptom in a few words; the rest belongs into the text")
    })
}
