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
//! What is the same on every page is rendered once, without a `page`, and then stands in the globals `site_head`, `site_header` and
//! `site_footer`: the templates `site-head.html`, `site-header.html` and `site-footer.html` ([`render_shared`]).
//!
//! Every URL is root-relative (`/kb/164/Q164177/`, the path of `base_url` included) unless it is said to be absolute; `site.origin`
//! followed by such a URL is the absolute one. A text without a value is `""`, anything else `none`, so that `{% if %}` works on both.
//! Fields of type [`Value`] are made once and shared by every page that shows them: see [`summary`], [`term`] and [`html`].

pub use crate::labels::LABELS;

mod json_ld;
mod listing;

pub use json_ld::{Facts, article_json_ld, breadcrumbs_json_ld};
pub use listing::{Code, CodeGroup, CodeUse, LinkList, LinkRow};
use std::borrow::Cow;

use crate::html::{attribute, escape_text};
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

/// What every page has.
#[derive(Debug, Serialize)]
pub struct Page<'a> {
    /// Plain text, with the number where it has one: `Q164177: XFOR: Error 2410`.
    pub title: &'a str,
    /// The page's own address.
    pub url: &'a str,
    /// Plain text of at most some 160 characters for search engines, or empty.
    pub description: &'a str,
    /// The ancestors of the page from the home page down, without the page itself: a list of [`Link`], shared by siblings.
    pub breadcrumbs: Value,
    /// Structured data, safe inside `<script>` ([`article_json_ld`]), or none.
    pub json_ld: Value,
    /// Search engines are asked to leave the page out.
    pub noindex: bool,
    /// What the front matter has under `extra` or under names that kbpress does not know; a map.
    pub extra: Value,
}

/// A knowledge-base article, in either body format.
#[derive(Debug, Serialize)]
pub struct Article<'a> {
    /// `Q164177`, or empty.
    pub number: &'a str,
    /// The title without the number.
    pub heading: &'a str,
    /// `kb-text` or `markdown`.
    pub format: &'static str,
    /// The first product: a [`term`], or none.
    pub product: Value,
    /// Problem, bug, how-to and so on: a [`term`], or none.
    pub kind: Value,
    /// Last change.
    pub updated: Option<Day<'a>>,
    /// What the reader must know before the text.
    pub banner: Option<Banner<'a>>,
    /// The headings of the text in their order.
    pub toc: Vec<TocEntry<'a>>,
    /// Lines between the header and the applies-to list, as written.
    pub preamble: Vec<&'a str>,
    /// The text, as safe HTML ([`html`]): one element with `data-kb-body`.
    pub content: Value,
    /// What the article applies to; not repeated in `fields`.
    pub applies_to: Vec<AppliesTo<'a>>,
    /// Structured fields with a value, in the order in which they are to be shown.
    pub fields: Vec<Field<'a>>,
    /// The author's search words, as written, or empty.
    pub query_words: &'a str,
    /// The header and the trailer as written, a line per field (`Product(s): Microsoft Exchange`), or empty.
    pub record: &'a str,
    /// Articles that cite this one, the first few of them.
    pub referenced_by: Vec<Citation<'a>>,
    /// How many articles cite this one.
    pub referenced_by_count: usize,
    /// Articles with something in common.
    pub related: Vec<Related<'a>>,
    /// How many of the article numbers in the text belong to no article.
    pub wanted: usize,
    /// The article before this one in its product: a [`summary`], or none.
    pub previous: Value,
    /// The article after this one in its product: a [`summary`], or none.
    pub next: Value,
    /// The plain-text original, or empty.
    pub source_url: &'a str,
    /// Where the source can be edited, or empty.
    pub edit_url: &'a str,
    /// Where a problem with the article can be reported, or empty.
    pub report_url: &'a str,
}

/// A page of prose.
#[derive(Debug, Serialize)]
pub struct Doc<'a> {
    /// The title as the heading of the page.
    pub heading: &'a str,
    /// Last change.
    pub updated: Option<Day<'a>>,
    /// What the reader must know before the text.
    pub banner: Option<Banner<'a>>,
    /// The headings of the text in their order.
    pub toc: Vec<TocEntry<'a>>,
    /// The text, as safe HTML ([`html`]).
    pub content: Value,
    /// The page before this one in its section: a [`summary`], or none.
    pub previous: Value,
    /// The page after this one in its section: a [`summary`], or none.
    pub next: Value,
    /// Where the source can be edited, or empty.
    pub edit_url: &'a str,
    /// Where a problem with the page can be reported, or empty.
    pub report_url: &'a str,
}

/// The front page.
#[derive(Debug, Serialize)]
pub struct Home<'a> {
    /// The heading: the title of the site, or of its `_index.md`.
    pub heading: &'a str,
    /// The description of the site, or empty.
    pub description: &'a str,
    /// The text of `_index.md`, as safe HTML ([`html`]), or none.
    pub content: Value,
    /// Articles in the site.
    pub count: usize,
    /// Taxonomies worth a place here, the first few terms of each: products, types.
    pub groups: Vec<HomeGroup<'a>>,
    /// Years, oldest first: [`term`] values whose share is of the fullest year.
    pub years: Vec<Value>,
    /// What changed last: [`summary`] values.
    pub recent: Vec<Value>,
    /// What others cite most.
    pub cited: Vec<Cited>,
    /// Other ways in: A-Z, number ranges, codes, series.
    pub browse: Vec<Link<'a>>,
}

/// Some terms of one taxonomy.
#[derive(Debug, Serialize)]
pub struct HomeGroup<'a> {
    /// The taxonomy's title.
    pub title: &'a str,
    /// The taxonomy's page.
    pub url: &'a str,
    /// [`term`] values, the fullest first.
    pub terms: Vec<Value>,
    /// How many terms there are in all, where not all are here; else 0.
    pub more: usize,
}

/// An article that others cite.
#[derive(Debug, Serialize)]
pub struct Cited {
    /// A [`summary`].
    pub page: Value,
    /// Articles that cite it.
    pub count: usize,
}

/// A folder of content.
#[derive(Debug, Serialize)]
pub struct Section<'a> {
    /// The heading of the page.
    pub heading: &'a str,
    /// The text of its `_index.md`, as safe HTML ([`html`]), or none.
    pub content: Value,
    /// The folders in it: [`term`] values, with the number of pages below each.
    pub sections: Vec<Value>,
    /// The pages of this part of the list: [`summary`] values.
    pub pages: Vec<Value>,
    /// Where this part stands in the list.
    pub paginator: Paginator<'a>,
}

/// A taxonomy: all products, all keywords.
#[derive(Debug, Serialize)]
pub struct Taxonomy<'a> {
    /// The heading of the page.
    pub heading: &'a str,
    /// Plain text, or empty.
    pub description: &'a str,
    /// The terms, by initial letter where there are many, else one group without a title.
    pub groups: Vec<TermGroup<'a>>,
}

/// Terms that stand together.
#[derive(Debug, Serialize)]
pub struct TermGroup<'a> {
    /// A heading, or empty.
    pub title: &'a str,
    /// The heading's id, unique in the page.
    pub id: &'a str,
    /// [`term`] values.
    pub terms: Vec<Value>,
}

/// The pages of one term.
#[derive(Debug, Serialize)]
pub struct Term<'a> {
    /// The heading of the page: `Microsoft Exchange`.
    pub heading: &'a str,
    /// Plain text, or empty.
    pub description: &'a str,
    /// Pages of the term on all parts of the list.
    pub count: usize,
    /// The term's Atom feed, or empty.
    pub feed: &'a str,
    /// Terms below this one (the versions of a product): [`term`] values.
    pub terms: Vec<Value>,
    /// The pages of this part of the list: [`summary`] values.
    pub pages: Vec<Value>,
    /// Where this part stands in the list.
    pub paginator: Paginator<'a>,
}

/// The page at an old address.
#[derive(Debug, Serialize)]
pub struct Redirect<'a> {
    /// The title of the page that moved.
    pub title: &'a str,
    /// Where it is now.
    pub url: &'a str,
    /// The same as an absolute URL.
    pub canonical: &'a str,
}

/// An Atom feed. Its texts must hold no character that XML forbids.
#[derive(Debug, Serialize)]
pub struct Feed<'a> {
    /// Title of the site, or of the term.
    pub title: &'a str,
    /// Absolute URL of the feed; its id too.
    pub url: &'a str,
    /// Absolute URL of the page that the feed is about.
    pub page: &'a str,
    /// RFC 3339: the newest of the entries.
    pub updated: &'a str,
    /// Never empty: the site's author, or its title.
    pub author: &'a str,
    /// Newest first.
    pub entries: Vec<FeedEntry<'a>>,
}

/// An entry of an Atom feed.
#[derive(Debug, Serialize)]
pub struct FeedEntry<'a> {
    /// Plain text.
    pub title: &'a str,
    /// Absolute URL; the entry's id too.
    pub url: &'a str,
    /// RFC 3339.
    pub updated: &'a str,
    /// RFC 3339, or empty.
    pub published: &'a str,
    /// Plain text, or empty.
    pub summary: &'a str,
    /// The text as HTML that is not marked as safe, because the feed carries it escaped; or empty.
    pub content: &'a str,
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

/// What a reader must know before the text.
#[derive(Debug, Serialize)]
pub struct Banner<'a> {
    /// `draft`, `retired`, `superseded`, `deprecated`, `review` or `note`: the class of the element.
    pub kind: &'a str,
    /// A sentence.
    pub text: &'a str,
    /// Where to read on: the article that supersedes this one.
    pub link: Option<Link<'a>>,
}

/// A heading in the table of contents.
#[derive(Debug, Serialize)]
pub struct TocEntry<'a> {
    /// 1 to 6.
    pub level: u8,
    /// Id of the heading.
    pub id: &'a str,
    /// Plain text.
    pub title: &'a str,
}

/// An entry of the applies-to list.
#[derive(Debug, Serialize)]
pub struct AppliesTo<'a> {
    /// As written; may be empty where only the entries below it speak.
    pub text: &'a str,
    /// The page of the term, or empty.
    pub url: Cow<'a, str>,
    /// `text` as a [`link`] to `url`.
    pub link: Value,
    /// Entries below it.
    pub children: Vec<AppliesTo<'a>>,
}

/// A row of the box of fields.
#[derive(Debug, Serialize)]
pub struct Field<'a> {
    /// `Product`, `Keywords`.
    pub label: &'a str,
    /// A remark on the value, such as `inferred`; or empty.
    pub note: &'a str,
    /// [`term`] values; one that has no page has an empty `url`.
    pub terms: Vec<Value>,
}

/// An article that cites this one.
#[derive(Debug, Serialize)]
pub struct Citation<'a> {
    /// A [`summary`].
    pub page: Value,
    /// The heading under which it does, or empty.
    pub section: &'a str,
    /// The sentence in which it does, or empty.
    pub sentence: &'a str,
}

/// An article that has something in common with this one.
#[derive(Debug, Serialize)]
pub struct Related<'a> {
    /// A [`summary`].
    pub page: Value,
    /// What they have in common: `same error 0x1E`.
    pub reason: &'a str,
}

/// Where a part of a list stands in it.
#[derive(Debug, Default, Serialize)]
pub struct Paginator<'a> {
    /// This part, from 1.
    pub number: usize,
    /// Parts in all.
    pub total: usize,
    /// Place of the first page of this part in the whole list, from 1.
    pub start: usize,
    /// The part before this one, or empty.
    pub previous: &'a str,
    /// The part after this one, or empty.
    pub next: &'a str,
    /// The parts to offer: the first, the last, those around this one; a gap has an empty `url`.
    pub steps: Vec<Step<'a>>,
}

/// A part of a list, or a gap.
#[derive(Debug, Serialize)]
pub struct Step<'a> {
    /// From 1.
    pub number: usize,
    /// Where it is; empty for a gap.
    pub url: &'a str,
}

/// What a list says about a page.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
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
    /// All of the above as a list shows it: what `item.html` makes of it, as safe HTML ([`html`]).
    pub html: Value,
    // With one field more the map of each page would take twice the room: seven fit into eight places.
}

/// What a page says about a term of a taxonomy, or about a section.
#[derive(Debug, Serialize)]
pub struct TermLink<'a> {
    /// `Microsoft Exchange`.
    pub title: &'a str,
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

/// Makes known to `tera` what the templates call: the filter `number`, which writes 15879 as `15,879` with this separator. To be
/// called before any template is added.
pub fn register(tera: &mut Tera, thousands_separator: &str) {
    let separator = thousands_separator.to_owned();
    tera.register_filter("number", move |value: u64, _: Kwargs, _: &State| grouped(value, &separator));
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

/// The context of a template: `page`, and its own value under the name that the table above gives. Fails only where a value cannot be
/// serialised.
pub fn context<T: Serialize>(page: &Page, name: &'static str, own: &T) -> TeraResult<Context> {
    let mut context = lone_context(name, own)?;
    context.insert_value("page", Value::try_from_serializable(page)?);
    Ok(context)
}

/// The context of a template that has no `page`. Fails only where a value cannot be serialised.
pub fn lone_context<T: Serialize>(name: &'static str, own: &T) -> TeraResult<Context> {
    let mut context = Context::new();
    context.insert_value(name, Value::try_from_serializable(own)?);
    Ok(context)
}

/// What lists and links say about a page, to be made once per page.
pub fn summary(summary: &Summary) -> Value {
    Value::from_serializable(summary)
}

/// What lists and links say about a term, to be made once per term.
pub fn term(term: &TermLink) -> Value {
    Value::from_serializable(term)
}

/// Breadcrumbs, to be made once per parent.
pub fn breadcrumbs(links: &[Link]) -> Value {
    Value::from_serializable(links)
}

/// A link as HTML, or a `<span>` where the URL is empty: what many pages show is made once, not once a page.
pub fn link(title: &str, url: &str) -> Value {
    let mut html = String::with_capacity(title.len() + url.len() + 16);
    html.push_str(if url.is_empty() { "<span" } else { "<a" });
    if !url.is_empty() {
        attribute(&mut html, "href", url);
    }
    html.push('>');
    escape_text(&mut html, title);
    html.push_str(if url.is_empty() { "</span>" } else { "</a>" });
    Value::safe_string(&html)
}

/// HTML that a template must not escape.
pub fn html(safe: &str) -> Value {
    Value::safe_string(safe)
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
