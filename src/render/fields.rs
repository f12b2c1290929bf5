//! The box of fields of an article: labels, and terms that lead to their lists.

use std::borrow::Cow;

use tera::Value;

use super::Renderer;
use crate::article::{AppliesTo, Article};
use crate::config::Source;
use crate::kb;
use crate::strings::Strings;
use crate::view;

/// The kind of an article as a term, or none.
pub(super) fn kind(renderer: &Renderer<'_>, article: &Article) -> Value {
    article.fields.kinds.first().map_or_else(Value::none, |kind| term(renderer, &Source::Kinds, kind.label(), kind.label()))
}

/// The rows of the box: those that have a value, in the order in which readers ask for them.
pub(super) fn rows<'v>(renderer: &Renderer<'_>, article: &'v Article) -> Vec<view::Field<'v>> {
    let fields = &article.fields;
    let mut rows = Vec::with_capacity(8);
    let mut row = |label: &'static str, note: &'static str, terms: Vec<Value>| {
        if !terms.is_empty() {
            rows.push(view::Field { label, note, terms });
        }
    };
    let all = |source: Source, values: &Strings| values.iter().map(|value| term(renderer, &source, value, value)).collect();
    let kinds = fields.kinds.iter().map(|kind| term(renderer, &Source::Kinds, kind.label(), kind.label())).collect();
    row("Product", "", all(Source::Products, &fields.products));
    row("Type", if fields.kind_inferred { "inferred" } else { "" }, kinds);
    row("Status", "", fields.fix.iter().map(|fix| term(renderer, &Source::FixStatus, fix.label(), fix.label())).collect());
    // The applies-to list names versions and systems, and more exactly.
    if fields.applies_to.is_empty() {
        row("Versions", "", all(Source::Versions, &fields.versions));
        row("Operating system", "", all(Source::Os, &fields.os));
    }
    row("Hardware", "", fields.hardware.iter().map(plain).collect());
    row("Series", "", all(Source::Series, &fields.series));
    row("Keywords", "", keywords(renderer, &fields.keywords));
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
        .map(|entry| view::AppliesTo {
            text: &entry.text,
            url: applies_to_url(renderer, &entry.text),
            children: applies_to(renderer, &entry.children),
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
    for (taxonomy, values) in renderer.site.taxonomies.iter().zip(&renderer.index.terms) {
        if taxonomy.config.source == *source {
            return taxonomy.position(value).map_or_else(|| plain(label), |i| values[i].clone());
        }
    }
    plain(label)
}

fn plain(title: &str) -> Value {
    view::term(&view::TermLink { title, slug: "", url: "", count: 0, share: 0 })
}
