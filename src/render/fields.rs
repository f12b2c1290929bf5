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
        let known = find(renderer, &Source::Kinds, kind.label()).cloned();
        // A kind has its colour by its name, with or without a list of its own.
        known.unwrap_or_else(|| term_without_page(renderer.site.config.label(kind.word()), kind.name()))
    };
    kind.map_or_else(Value::none, term)
}

/// A row of the box.
pub(super) struct Row<'v> {
    label: &'v str,
    note: &'v str,
    terms: Vec<Term<'v>>,
}

/// What a row shows: a term that many articles share, or a text with or without a page of its own.
enum Term<'v> {
    Known(&'v Value),
    Plain(Cow<'v, str>),
    Code { code: Cow<'v, str>, url: String },
}

impl Term<'_> {
    fn value(&self) -> Value {
        match self {
            Self::Known(value) => (*value).clone(),
            Self::Plain(title) => term_without_page(title, ""),
            Self::Code { code, url } => lists::term_value(code, url, 0, 0),
        }
    }

    fn push(&self, html: &mut String) {
        match self {
            Self::Known(value) => html.push_str(view::field(value, "link").and_then(Value::as_str).unwrap_or_default()),
            Self::Plain(title) => view::push_link(html, title, ""),
            Self::Code { code, url } => view::push_link(html, code, url),
        }
    }
}

impl<'v> Row<'v> {
    /// What a template of the site's own can look at.
    pub(super) fn view(&self) -> view::Field<'v> {
        let mut html = String::with_capacity(self.terms.len() * 64);
        self.push_terms(&mut html);
        let terms = self.terms.iter().map(Term::value).collect();
        view::Field { label: self.label, note: self.note, html: view::html(&html), terms }
    }

    fn push_terms(&self, html: &mut String) {
        for (i, term) in self.terms.iter().enumerate() {
            if i > 0 {
                html.push(' ');
            }
            term.push(html);
        }
    }
}

/// The rows of the box: those that have a value, in the order in which readers ask for them.
pub(super) fn rows<'v>(renderer: &'v Renderer<'_>, article: &'v Article) -> Vec<Row<'v>> {
    let (fields, config) = (&article.fields, &renderer.site.config);
    let mut rows = Vec::with_capacity(8);
    let mut row = |label: &'static str, note: &'v str, terms: Vec<Term<'v>>| {
        if !terms.is_empty() {
            rows.push(Row { label: config.label(label), note, terms });
        }
    };
    let all = |source: Source, values: &'v Strings| values.iter().map(|value| term(renderer, &source, value, value)).collect();
    let kinds = fields.kinds.iter().map(|kind| term(renderer, &Source::Kinds, kind.label(), config.label(kind.word())));
    let fix = fields.fix.iter().map(|fix| term(renderer, &Source::FixStatus, fix.label(), config.label(fix.word())));
    row("product", "", all(Source::Products, &fields.products));
    row("kind", if fields.kind_inferred { config.label("inferred") } else { "" }, kinds.collect());
    row("status", "", fix.collect());
    // The applies-to list names versions and systems, and more exactly.
    if fields.applies_to.is_empty() {
        row("versions", "", all(Source::Versions, &fields.versions));
        row("os", "", all(Source::Os, &fields.os));
    }
    row("hardware", "", fields.hardware.iter().map(|name| Term::Plain(name.into())).collect());
    row("series", "", all(Source::Series, &fields.series));
    row("keywords", "", keywords(renderer, &fields.keywords));
    if !renderer.site.codes.groups.is_empty() && !article.front.unlisted {
        let codes = fields.codes.iter().take(SHOWN_CODES);
        let codes = codes.map(|code| Term::Code { code: config.code(code), url: renderer.url(&code_index::url(code)) });
        row("codes", "", codes.collect());
    }
    rows
}

/// Keywords under their friendly names; those that only the archive's keepers needed are left to the record.
fn keywords<'v>(renderer: &'v Renderer<'_>, keywords: &'v Strings) -> Vec<Term<'v>> {
    let term = |keyword| {
        let known = find(renderer, &Source::Keywords, keyword).map(Term::Known);
        known.or_else(|| Some(Term::Plain(kb::keyword_label(keyword)?)))
    };
    keywords.iter().filter_map(term).collect()
}

/// The box as safe HTML: what the article applies to and `rows`, as the items of a description list. None where there is neither.
pub(super) fn html(renderer: &Renderer<'_>, applies_to: &[AppliesTo], rows: &[Row<'_>]) -> Value {
    let mut html = String::with_capacity(1024);
    if !applies_to.is_empty() {
        html.push_str("<dt>");
        view::push_text(&mut html, renderer.site.config.label("applies_to"));
        html.push_str("</dt><dd>");
        push_entries(renderer, &mut html, applies_to);
    }
    for row in rows {
        html.push_str(if html.is_empty() { "<dt>" } else { "\n<dt>" });
        view::push_text(&mut html, row.label);
        if !row.note.is_empty() {
            html.push_str(" <small>");
            view::push_text(&mut html, row.note);
            html.push_str("</small>");
        }
        html.push_str("<dd>");
        row.push_terms(&mut html);
    }
    view::some_html(&html)
}

fn push_entries(renderer: &Renderer<'_>, html: &mut String, entries: &[AppliesTo]) {
    html.push_str("<ul>");
    for entry in entries {
        html.push_str("<li>");
        view::push_link(html, &entry.text, &applies_to_url(renderer, &entry.text));
        if !entry.children.is_empty() {
            push_entries(renderer, html, &entry.children);
        }
    }
    html.push_str("</ul>");
}

/// The tree of what an article applies to.
pub(super) fn applies_to(renderer: &Renderer<'_>, entries: &[AppliesTo]) -> Vec<Value> {
    let value = |entry: &AppliesTo| {
        let url = applies_to_url(renderer, &entry.text);
        view::applies_to(&entry.text, &url, applies_to(renderer, &entry.children))
    };
    entries.iter().map(value).collect()
}

/// The page of the term that an entry of an applies-to list names, or empty.
fn applies_to_url(renderer: &Renderer<'_>, text: &str) -> String {
    let url = || {
        let taxonomy = &renderer.site.taxonomies[renderer.index.applies_to?];
        Some(renderer.url(&taxonomy.terms[taxonomy.position(text)?].url))
    };
    url().unwrap_or_default()
}

/// `value` as a term of the first taxonomy over `source`; a text without a page where there is none.
fn term<'v>(renderer: &'v Renderer<'_>, source: &Source, value: &str, label: &'v str) -> Term<'v> {
    find(renderer, source, value).map_or(Term::Plain(label.into()), Term::Known)
}

fn find<'r>(renderer: &'r Renderer<'_>, source: &Source, value: &str) -> Option<&'r Value> {
    let mut taxonomies = renderer.site.taxonomies.iter().zip(&renderer.index.terms);
    let (taxonomy, values) = taxonomies.find(|(taxonomy, _)| taxonomy.config.source == *source)?;
    taxonomy.position(value).map(|i| &values[i])
}

fn term_without_page(title: &str, slug: &str) -> Value {
    view::term(&view::TermLink { title, note: "", slug, url: "", link: view::link(title, ""), count: 0, share: 0 })
}
