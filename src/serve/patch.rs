//! A snapshot and what has been read since → the next snapshot, at once, where the changes leave every page at its place. What follows
//! from the words of an article for other pages but for its title (lists by letter, related articles, who refers to whom) is not done
//! here: where that may have changed, the patch says so, and the site is placed again while the patched one is already shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::article::{Article, Outline};
use crate::build::Parsed;
use crate::diagnostic::Diagnostic;
use crate::render;
use crate::theme;

use super::snapshot::Snapshot;

/// What came of it.
#[derive(Debug)]
pub(super) enum Patch {
    /// Nothing is different.
    Same,
    /// The next snapshot; whether it is also what a fresh build would make.
    Next(Box<Snapshot>, Completeness),
    /// Pages may come to stand elsewhere: the site must be placed again.
    Impossible,
    /// The templates cannot be used.
    Broken(Vec<Diagnostic>),
}

/// Whether anything is left to do after a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completeness {
    /// No: every page is as a fresh build would make it.
    Complete,
    /// Other pages may have to say something else.
    Preliminary,
}

/// The snapshot after `old` for what is read and parsed now.
pub(super) fn patch(old: &Snapshot, parsed: &Parsed, files: u64) -> Patch {
    let Parsed { config, sources, articles } = parsed;
    let before = &old.sources;
    let is_same_set = Arc::ptr_eq(config, &old.site.config)
        && sources.articles.len() == before.articles.len()
        && sources.assets == before.assets
        && sources.statics == before.statics;
    if !is_same_set {
        return Patch::Impossible;
    }
    let mut next = old.with_sources(sources.clone(), files);
    let mut has_changed = false;
    let mut completeness = Completeness::Complete;
    for (i, (file, old_file)) in sources.articles.iter().zip(&before.articles).enumerate() {
        if Arc::ptr_eq(file, old_file) {
            continue;
        }
        let relative = sources.relative(file);
        let Some(&page) = old.site.by_file.get(relative).filter(|_| file.path == old_file.path) else { return Patch::Impossible };
        let (article, old_article) = (&articles[i], old.site.article(page));
        if !keeps_its_place(old_article, article) {
            return Patch::Impossible;
        }
        if !is_alike(old_article, article) {
            completeness = Completeness::Preliminary;
        }
        next.site.articles[page.index()] = Arc::clone(article);
        has_changed = true;
    }
    let has_new_theme = sources.templates != before.templates || sources.theme_assets != before.theme_assets;
    if has_new_theme {
        let (mut theme, mut problems) = theme::theme(sources, &parsed.config);
        problems.extend(render::prepare(&mut theme, &next.site, sources).err());
        if !problems.is_empty() {
            return Patch::Broken(problems);
        }
        let names = |theme: &theme::Theme| theme.tera.get_template_names().map(str::to_owned).collect::<BTreeSet<_>>();
        if names(&theme) != names(&old.theme) {
            completeness = Completeness::Preliminary;
        }
        next.theme = Arc::new(theme);
    }
    if !has_changed && !has_new_theme && files == old.files {
        return Patch::Same;
    }
    Patch::Next(Box::new(next), completeness)
}

/// Whether an article that has changed is still at its place and its number, and cannot collide with another that it did not before.
fn keeps_its_place(old: &Article, new: &Article) -> bool {
    let (a, b) = (&old.front, &new.front);
    let value = |permalink: &Option<crate::source::Located<Box<str>>>| permalink.as_ref().map(|located| located.value.clone());
    let template = |article: &Article| article.front.template.as_ref().map(|template| template.name.value.clone());
    old.fields.number == new.fields.number
        && value(&a.permalink) == value(&b.permalink)
        && value(&a.slug) == value(&b.slug)
        && a.redirect_to.is_none()
        && b.redirect_to.is_none()
        && a.aliases.iter().map(|alias| &alias.value).eq(b.aliases.iter().map(|alias| &alias.value))
        && template(old) == template(new)
        && (a.draft, a.date, a.expires) == (b.draft, b.date, b.expires)
}

/// Whether other pages say the same about both articles.
fn is_alike(old: &Article, new: &Article) -> bool {
    old.front == new.front && old.title == new.title && old.fields == new.fields && is_same_outline(&old.outline, &new.outline)
}

/// Whether two outlines differ only in where things are.
fn is_same_outline(a: &Outline, b: &Outline) -> bool {
    let headings = |outline: &Outline| outline.headings.iter().map(|h| (h.level, h.text.clone(), h.id.clone())).collect::<Vec<_>>();
    a.references.iter().map(|r| (r.number, r.heading)).eq(b.references.iter().map(|r| (r.number, r.heading)))
        && a.links.iter().map(|link| &link.destination).eq(b.links.iter().map(|link| &link.destination))
        && headings(a) == headings(b)
}
