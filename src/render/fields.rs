//! The box of fields of an article: labels, and terms that lead to their lists.

use std::borrow::Cow;

use tera::Value;

use super::{Renderer, lists};
use crate::article::{AppliesTo, Article, Kind};
use crate::code_index;
use crate::config::Source;
use crate::kb;
use crate::strings::Strings;
use crate::view;

/// How many of its error codes the box shows: a table of codes would bury the rest.
const SHOWN_CODES: usize = 16;

/// A kind of article as a term, or none.
pub(super) fn kind(renderer: &Renderer<'_>, kind: Option<Kind>) -> Value {
    let term = |kind: Kind| {
        let known = find(renderer, &Source::Kinds, kind.label());
        // A kind has its colour by its name, with or without a list of its own.
        known.unwrap_or_else(|| term_without_page(renderer.site.config.label(kind.word()), kind.name()))
    };
    kind.map_or_else(Value::none, term)
}

/// The rows of the box: those that have a value, in the order in which readers ask for them.
pub(super) fn rows<'v>(renderer: &'v Renderer<'_>, article: &'v Article) -> Vec<view::Field<'v>> {
    let fields = &article.fields;
    let mut rows = Vec::with_capacity(8);
    let mut row = |label: &'static str, note: &'v str, terms: Vec<Value>| {
        if !terms.is_empty() {
            rows.push(view::Field { label: renderer.site.config.label(label), note, terms });
        }
    };
    let all = |source: Source, values: &Strings| values.iter().map(|value| term(renderer, &source, value, value)).collect();
    let kinds = fields
        .kinds
        .iter()
        .map(|kind| term(renderer, &Source::Kinds, kind.label(), renderer.site.config.label(kind.word())))
        .collect();
    row("product", "", all(Source::Products, &fields.products));
    row("kind", if fields.kind_inferred { renderer.site.config.label("inferred") } else { "" }, kinds);
    row(
        "status",
        "",
        fields
            .fix
            .iter()
            .map(|fix| term(renderer, &Source::FixStatus, fix.label(), renderer.site.config.label(fix.word())))
            .collect(),
    );
    // The applies-to list names versions and systems, and more exactly.
    if fields.applies_to.is_empty() {
        row("versions", "", all(Source::Versions, &fields.versions));
        row("os", "", all(Source::Os, &fields.os));
    }
    row("hardware", "", fields.hardware.iter().map(plain).collect());
    row("series", "", all(Source::Series, &fields.series));
    row("keywords", "", keywords(renderer, &fields.keywords));
    if !renderer.site.codes.groups.is_empty() && !article.front.unlisted {
        let codes = fields.codes.iter().take(SHOWN_CODES);
        row("codes", "", codes.map(|code| lists::term_value(code, &renderer.url(&code_index::url(code)), 0, 0)).collect());
    }
    rows
}

/// Keywords under their friendly names; those that only the archive's keepers needed are left to the record.
fn keywords(renderer: &Renderer<'_>, keywords: &Strings) -> Vec<Value> {
    let labelled = keywords.iter().filter_map(|keyword| Some((keyword, kb::keyword_label(keyword)?)));
    labelled.map(|(keyword, label)| term(renderer, &Source::Keywords, keyword, &label)).collect()
}

/// The tree of what an article applies to.
pub(super) fn applies_to<'v>(renderer: &Renderer<'_>, entries: &'v [AppliesTo]) -> Vec<view::AppliesTo<'v>> {
    entries
        .iter()
        .map(|entry| {
            let (text, url) = (&*entry.text, applies_to_url(renderer, &entry.text));
            view::AppliesTo { text, link: view::link(text, &url), url, children: applies_to(renderer, &entry.children) }
        })
        .collect()
}

/// The page of the product that an entry names, or empty.
fn applies_to_url(renderer: &Renderer<'_>, entry: &str) -> Cow<'static, str> {
    let taxonomy = renderer.site.taxonomies.iter().find(|taxonomy| taxonomy.config.source == Source::AppliesTo);
    let term = taxonomy.and_then(|taxonomy| Some(&taxonomy.terms[taxonomy.position(entry)?]));
    term.map_or(Cow::Borrowed(""), |term| renderer.url(&term.url).into())
}

/// `value` as a term of the first taxonomy over `source`; a text without a page where there is none.
fn term(renderer: &Renderer<'_>, source: &Source, value: &str, label: &str) -> Value {
    find(renderer, source, value).unwrap_or_else(|| plain(label))
}

fn find(renderer: &Renderer<'_>, source: &Source, value: &str) -> Option<Value> {
    let mut taxonomies = renderer.site.taxonomies.iter().zip(&renderer.index.terms);
    let (taxonomy, values) = taxonomies.find(|(taxonomy, _)| taxonomy.config.source == *source)?;
    taxonomy.position(value).map(|i| values[i].clone())
}

fn plain(title: &str) -> Value {
    term_without_page(title, "")
}

fn term_without_page(title: &str, slug: &str) -> Value {
    view::term(&view::TermLink { title, slug, url: "", link: view::link(title, ""), count: 0, share: 0 })
}
