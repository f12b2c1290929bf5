//! What templates see: the contract between kbpress and a theme. Everything here is plain data; nothing reads the site or the disk.
//!
//! The built-in templates have the prefix `kbpress/` and stand in for any template that a site does not have: a site's `article.html`
//! replaces the built-in one, and may begin with `{% extends "kbpress/article.html" %}` to change only some blocks of it.
//!
//! | template | context besides `page` | type |
//! |---|---|---|
//! | `article.html` | `article` | [`Article`] |
//! | `page.html` | `doc` | [`Doc`] |
//! | `home.html` | `home` | [`Home`] |
//! | `section.html` | `section` | [`Section`] |
//! | `taxonomy.html` | `taxonomy` | [`Taxonomy`] |
//! | `term.html` | `term` | [`Term`] |
//! | `codes.html` | `group` | [`CodeGroup`] |
//! | `links.html` | `list` | [`LinkList`] |
//! | `search.html`, `404.html` | | |
//! | `redirect.html` | `redirect` instead of `page` | [`Redirect`] |
//! | `atom.xml` | `feed` instead of `page` | [`Feed`] |
//!
//! Every template has the global names `site` ([`Site`]), `nav` (a list of [`Link`]), `assets` (file name → URL, its content hash
//! included: `assets["kbpress.css"]`) and `labels` (the words of the interface: [`LABELS`]).
//!
//! `page_head` is what the `<head>` says of the page: its description, its address or the wish to be left out, its title. What is the same
//! on every page is rendered once, without a `page`, and then stands in the globals `site_head`, `site_header` and `site_footer`: the
//! templates `site-head.html`, `site-header.html` and `site-footer.html` ([`render_shared`]).
//!
//! Every URL is root-relative (`/kb/164/Q164177/`, the path of `base_url` included) unless it is said to be absolute; `site.origin`
//! followed by such a URL is the absolute one. A text without a value is `""`, anything else `none`, so that `{% if %}` works on both.
//! Fields of type [`Value`] are made once and shared by every page that shows them: see [`summary`], [`term`] and [`html`].

pub use crate::labels::LABELS;

mod article;
mod codes_and_links;
mod feed;
mod json_ld;
mod lists;
mod ready;

pub use article::{AppliesTo, Article, Banner, Citation, Doc, Field, Related};
pub use codes_and_links::{Code, CodeGroup, CodeUse, LinkList, LinkRow};
pub use feed::{Feed, FeedEntry, Redirect};
pub use json_ld::{Facts, article_json_ld, breadcrumb_list, breadcrumbs_json_ld};
pub use lists::{Cited, Home, HomeGroup, Paginator, Section, Step, Taxonomy, Term, TermGroup};
pub use ready::{breadcrumbs, contents, field, item, link, push_link, push_text};
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

/// What every page has.
#[derive(Debug, Serialize)]
pub struct Page<'a> {
    /// Plain text, with the number where it has one: `Q164177: XFOR: Error 2410`.
    pub title: &'a str,
    /// The page's own address.
    pub url: &'a str,
    /// Plain text of at most some 150 characters for search engines, or empty.
    pub description: &'a str,
    /// The ancestors of the page from the home page down, without the page itself: [`breadcrumbs`], shared by siblings, or none.
    pub breadcrumbs: Value,
    /// Structured data, safe inside `<script>` ([`article_json_ld`]), or none.
    pub json_ld: Value,
    /// Search engines are asked to leave the page out.
    pub noindex: bool,
    /// What the front matter has under `extra` or under names that kbpress does not know; a map.
    pub extra: Value,
    /// As [`Site::origin`], which templates find there.
    #[serde(skip)]
    pub origin: &'a str,
}

/// `site`: the same for every page.
#[derive(Debug, Serialize)]
pub struct Site<'a> {
    /// Title of the site.
    pub title: &'a str,
    /// Description of the site, or empty.
    pub description: &'a str,
    /// Language tag: `en`.
    pub language: &'a str,
    /// The language runs from right to left.
    pub rtl: bool,
    /// Author of the site, or empty.
    pub author: &'a str,
    /// Scheme and host of `base_url`, without a slash at the end: `https://example.org`.
    pub origin: &'a str,
    /// Path of `base_url`, with a slash at both ends: `/` or `/docs/`.
    pub base: &'a str,
    /// The site's Atom feed, or empty.
    pub feed: &'a str,
    /// The site's own style sheets (`extra_css`), after the theme's.
    pub styles: &'a [String],
    /// Scripts to load: the search and the site's own (`extra_js`).
    pub scripts: &'a [String],
    /// The script that fetches the search, or empty where the site has none.
    pub search: &'a str,
    /// Safe HTML for the foot of every page ([`html`]), or none.
    pub footer: Value,
    /// `[extra]` of `site.toml`; a map.
    pub extra: Value,
}

/// Somewhere to go.
#[derive(Debug, Serialize)]
pub struct Link<'a> {
    /// Plain text.
    pub title: &'a str,
    /// Where it leads.
    pub url: &'a str,
}

/// A date.
#[derive(Debug, Serialize)]
pub struct Day<'a> {
    /// `2001-08-08`.
    pub iso: &'a str,
    /// `8 August 2001`.
    pub text: &'a str,
}

/// What `item.html` is given: all that lists say about a page.
#[derive(Debug, Serialize)]
pub struct Item<'a> {
    /// As [`Page::url`].
    pub url: &'a str,
    /// As [`Page::title`].
    pub title: &'a str,
    /// As [`Article::heading`]; the title where there is no number.
    pub heading: &'a str,
    /// As [`Article::number`].
    pub number: &'a str,
    /// As [`Article::kind`].
    pub kind: Value,
    /// Last change: `2001-08-08`, or empty.
    pub updated: &'a str,
    /// All of it as the built-in lists show it, as safe HTML ([`item`]), or none while that is made.
    pub html: Value,
}

/// What lists share of a page.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    /// As [`Page::url`].
    pub url: &'a str,
    /// As [`Page::title`].
    pub title: &'a str,
    /// What `item.html` makes of the page's [`Item`], as safe HTML ([`html`]).
    pub html: Value,
    // With one field more the map of each page would take twice the room: three fit into four places.
}

/// A page that another page leads to.
#[derive(Debug, Serialize)]
pub struct PageLink<'a> {
    /// As [`Page::url`].
    pub url: &'a str,
    /// As [`Article::number`].
    pub number: &'a str,
    /// As [`Article::heading`]; the title where there is no number.
    pub heading: &'a str,
}

/// What a page says about a term of a taxonomy, or about a section.
#[derive(Debug, Serialize)]
pub struct TermLink<'a> {
    /// `Microsoft Exchange`.
    pub title: &'a str,
    /// What else it is called, for lists of terms, or empty.
    pub note: &'a str,
    /// `microsoft-exchange`; the class of a badge.
    pub slug: &'a str,
    /// The term's page, or empty.
    pub url: &'a str,
    /// `title` as a [`link`] to `url`.
    pub link: Value,
    /// Pages of the term.
    pub count: usize,
    /// `count` in per cent of the fullest term's, at least 1; 0 for no bar.
    pub share: u8,
}

/// Ids that the theme and its scripts use. No heading may have one of them.
pub const RESERVED_IDS: &[&str] = &["q", "kb-main", "kb-original"];

/// Makes known to `tera` what the templates call: the filter `number`, which writes 15879 as `15,879` with this separator, and the filter
/// `items`, which writes what `html` says of each page of a list, a line each. To be called before any template is added.
pub fn register(tera: &mut Tera, thousands_separator: &str) {
    let separator = thousands_separator.to_owned();
    tera.register_filter("number", move |value: u64, _: Kwargs, _: &State| grouped(value, &separator));
    tera.register_filter("items", |pages: &[Value], _: Kwargs, _: &State| ready::items(pages));
}

/// Renders the parts that all pages share into the global context, where the other globals must stand already.
pub fn render_shared(tera: &mut Tera) -> TeraResult<()> {
    for (global, template) in
        [("site_head", "site-head.html"), ("site_header", "site-header.html"), ("site_footer", "site-footer.html")]
    {
        let shared = tera.render(template, &Context::new())?;
        tera.global_context().insert_value(global, Value::safe_string(&shared));
    }
    Ok(())
}

/// The context of a template: `page`, what its `<head>` says of it as `page_head`, and its own value under the name that the table above
/// gives. Fails only where a value cannot be serialised.
pub fn context<T: Serialize>(page: &Page, name: &'static str, own: &T) -> TeraResult<Context> {
    let mut context = lone_context(name, own)?;
    context.insert_value("page_head", ready::page_head(page));
    context.insert_value("page", Value::try_from_serializable(page)?);
    Ok(context)
}

/// The context of a template that has no `page`. Fails only where a value cannot be serialised.
pub fn lone_context<T: Serialize>(name: &'static str, own: &T) -> TeraResult<Context> {
    let mut context = Context::new();
    context.insert_value(name, Value::try_from_serializable(own)?);
    Ok(context)
}

/// What lists share of a page, to be made once per page. Where a site has no templates of its own, the HTML takes its place.
pub fn summary(summary: &Summary) -> Value {
    Value::from_serializable(summary)
}

/// A page that another page leads to.
pub fn page_link(link: &PageLink) -> Value {
    Value::from_serializable(link)
}

/// What lists and links say about a term, to be made once per term.
pub fn term(term: &TermLink) -> Value {
    Value::from_serializable(term)
}

/// What an article applies to: `text` as written, the page of its term or an empty `url`, and the entries below it.
pub fn applies_to(text: &str, url: &str, children: Vec<Value>) -> Value {
    Value::from_serializable(&AppliesTo { text, url, link: link(text, url), children })
}

/// HTML that a template must not escape.
pub fn html(safe: &str) -> Value {
    Value::safe_string(safe)
}

/// The same, or none where there is nothing.
pub fn some_html(safe: &str) -> Value {
    if safe.is_empty() { Value::none() } else { html(safe) }
}

fn grouped(number: u64, separator: &str) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * separator.len());
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
