//! The box of fields of an article: labels, and terms that lead to their lists.

use tera::Value;

use super::{Renderer, lists};
use crate::article::{AppliesTo, Article, Kind};
use crate::code_index;
use crate::config::Source;
use crate::kb;
use crate::strings::Strings;
use crate::taxonomy::Taxonomy;
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
            let html = view::joined(&terms, "link", " ");
            rows.push(view::Field { label: renderer.site.config.label(label), note, terms, html });
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
        row(
            "codes",
            "",
            codes
                .map(|code| lists::term_value(&renderer.site.config.code(code), &renderer.url(&code_index::url(code)), 0, 0))
                .collect(),
        );
    }
    rows
}

/// Keywords under their friendly names; those that only the archive's keepers needed are left to the record.
fn keywords(renderer: &Renderer<'_>, keywords: &Strings) -> Vec<Value> {
    let term = |keyword| find(renderer, &Source::Keywords, keyword).or_else(|| Some(plain(&kb::keyword_label(keyword)?)));
    keywords.iter().filter_map(term).collect()
}

/// The tree of what an article applies to.
pub(super) fn applies_to(renderer: &Renderer<'_>, entries: &[AppliesTo]) -> Vec<Value> {
    entries.iter().map(|entry| applies_to_entry(renderer, entry)).collect()
}

fn applies_to_entry(renderer: &Renderer<'_>, entry: &AppliesTo) -> Value {
    let text = &*entry.text;
    let term = renderer.index.applies_to.as_ref().and_then(|(taxonomy, made)| {
        let taxonomy = &renderer.site.taxonomies[*taxonomy];
        let position = taxonomy.position(text)?;
        Some((&taxonomy.terms[position], &made[position]))
    });
    match term {
        Some((term, made)) if entry.children.is_empty() && term.name == text => made.clone(),
        _ => {
            let url = term.map_or_else(String::new, |(term, _)| renderer.url(&term.url));
            view::applies_to(text, &url, applies_to(renderer, &entry.children))
        }
    }
}

/// An entry of an applies-to list for each term of `taxonomy`, as an article has it that writes it as most do and nothing below it.
pub(super) fn applies_to_terms(taxonomy: &Taxonomy, base: &str) -> Vec<Value> {
    taxonomy.terms.iter().map(|term| view::applies_to(&term.name, &format!("{base}{}", term.url), Vec::new())).collect()
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
    view::term(&view::TermLink { title, note: "", slug, url: "", link: view::link(title, ""), count: 0, share: 0 })
}
