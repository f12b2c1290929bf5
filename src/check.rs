//! The checks over the whole site: dead links and anchors, references to articles that are not there, templates that do not exist.
//! They look at outlines only, so that they cost the same whether pages are rendered or not.

use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Article;
use crate::diagnostic::{Diagnostic, code};
use crate::load::Sources;
use crate::resolve::{Destination, Resolver, has_anchor};
use crate::site::{PageId, Site};
use crate::source::Span;
use crate::theme::Theme;

/// All problems of `site`, in the order of its pages. How bad each is, or whether it is one, is for the configuration to say.
pub fn check(site: &Site, sources: &Sources, theme: &Theme, resolver: &Resolver<'_>) -> Vec<Diagnostic> {
    let pages: Vec<PageId> = site.page_ids().collect();
    let mut diagnostics: Vec<Diagnostic> = pages
        .par_iter()
        .flat_map_iter(|page| {
            let file = &sources.articles[site.page(*page).source as usize].path[sources.content_prefix..];
            let article = site.article(*page);
            let links = article.outline.links.iter().filter_map(move |link| dead_link(site, resolver, *page, file, link));
            links.chain(unresolved(site, article)).chain(unknown_targets(site, article)).chain(missing_template(article, theme))
        })
        .collect();
    diagnostics.extend(redirect_loops(site));
    diagnostics.extend(crate::hosting::loops(site));
    diagnostics
}

fn dead_link(site: &Site, resolver: &Resolver<'_>, page: PageId, file: &str, link: &crate::article::LinkUse) -> Option<Diagnostic> {
    let article = site.article(page);
    match resolver.resolve(page, file, &link.destination) {
        Destination::External | Destination::File(..) => None,
        Destination::Page(target, fragment) => {
            let target = site.article(target);
            if has_anchor(target, fragment) {
                return None;
            }
            let near = crate::diagnostic::nearest(fragment, target.outline.headings.iter().map(|heading| &*heading.id));
            let help = near.map_or_else(
                || "link to one of its headings, or to the page itself".to_owned(),
                |near| format!("did you mean `#{near}`?"),
            );
            Some(
                Diagnostic::warning(code::DEAD_ANCHOR, format!("`{}` has no heading `#{fragment}`", target.path))
                    .at(&article.path, link.span)
                    .help(help),
            )
        }
        Destination::Dead if link.image => Some(
            Diagnostic::warning(code::MISSING_ASSET, format!("there is no file `{}`", link.destination))
                .at(&article.path, link.span)
                .help("put the image next to the article, or in `static/` and begin its path with `/`"),
        ),
        Destination::Dead => Some(
            Diagnostic::warning(code::DEAD_LINK, format!("there is no page `{}`", link.destination))
                .at(&article.path, link.span)
                .help(similar(site, &link.destination).unwrap_or_else(|| {
                    "name the file relative to this one (`other.md`), from the content folder (`@/guide/other.md`) or by its URL"
                        .to_owned()
                })),
        ),
    }
}

/// The file of the site whose name is nearest to that of a dead link to a source file.
fn similar(site: &Site, destination: &str) -> Option<String> {
    let path = destination.split(['#', '?']).next().filter(|path| path.ends_with(".md"))?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut names: Vec<&str> = site.by_file.keys().map(|file| file.rsplit('/').next().unwrap_or(file)).collect();
    names.sort_unstable();
    names.dedup();
    crate::diagnostic::nearest(name, names).map(|near| format!("did you mean `{near}`?"))
}

fn unresolved<'s>(site: &'s Site, article: &'s Article) -> impl Iterator<Item = Diagnostic> + 's {
    let wanted = move |number: u32| site.graph.page(number).is_none() && article.fields.number != Some(number);
    let references = article.outline.references.iter().filter(move |r| wanted(r.number));
    references.map(|reference| {
        Diagnostic::warning(code::UNRESOLVED_REFERENCE, format!("there is no article Q{}", reference.number))
            .at(&article.path, reference.span)
            .help("the number is shown as missing; add the article, or correct the number")
    })
}

/// The articles that `related` and `superseded_by` name in vain.
fn unknown_targets<'s>(site: &'s Site, article: &'s Article) -> impl Iterator<Item = Diagnostic> + 's {
    let named = article.front.related.iter().chain(&article.front.superseded_by);
    let unknown = named.filter(|target| !target.value.contains("://") && site.named(&target.value).is_none());
    unknown.map(|target| {
        Diagnostic::warning(code::UNKNOWN_TARGET, format!("there is no article `{}`", target.value))
            .at(&article.path, target.span)
            .help("write an article's number (`Q164177`), its URL (`/guide/install/`) or its file (`@/guide/install.md`)")
    })
}

fn missing_template(article: &Article, theme: &Theme) -> Option<Diagnostic> {
    let template = article.front.template.as_ref().filter(|template| template.required)?;
    if theme.tera.contains_template(&template.name.value) {
        return None;
    }
    let near = crate::diagnostic::nearest(&template.name.value, theme.tera.get_template_names());
    let help = near.map_or_else(
        || format!("make `templates/{}`, or leave `template` out", template.name.value),
        |near| format!("did you mean `{near}`?"),
    );
    Some(
        Diagnostic::error(code::TEMPLATE_MISSING, format!("there is no template `{}`", template.name.value))
            .at(&article.path, template.name.span)
            .help(help),
    )
}

/// Redirects that lead back to themselves, directly or through others.
fn redirect_loops(site: &Site) -> Vec<Diagnostic> {
    use std::collections::HashMap;
    let url_of = |target: &str| crate::permalink::OutPath::from_url(target).map(|out| out.url()).ok();
    let targets: HashMap<String, String> = site
        .redirects
        .iter()
        .filter(|redirect| !redirect.target.contains("://"))
        .filter_map(|redirect| Some((redirect.out.url(), url_of(&redirect.target)?)))
        .collect();
    let mut diagnostics = Vec::new();
    for redirect in site.redirects.iter() {
        let start = redirect.out.url();
        let mut at = &start;
        let mut steps = 0;
        while let Some(next) = targets.get(at).filter(|_| steps <= targets.len()) {
            at = next;
            steps += 1;
            if *at == start {
                let diagnostic =
                    Diagnostic::error(code::REDIRECT_LOOP, format!("the redirect from `/{start}` leads back to itself"))
                        .help("let one of the redirects lead to a page");
                let source: Option<&Arc<str>> = redirect.source.as_ref();
                diagnostics.push(match source {
                    Some(path) => diagnostic.at(path, Span::default()),
                    None => diagnostic,
                });
                break;
            }
        }
    }
    diagnostics
}
