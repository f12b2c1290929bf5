//! What the pages of articles and pages of prose are given.

use serde::Serialize;
use tera::Value;

use super::Link;

/// A knowledge-base article, in either body format.
///
/// The built-in template prints the box of fields, the related articles and the way on as HTML. What they are made of is there for a
/// site's own templates: `applies_to`, `fields`, `related`, `previous` and `next` are empty where a site has none.
#[derive(Debug, Serialize)]
pub struct Article<'a> {
    /// `Q164177`, or empty.
    pub number: &'a str,
    /// The title without the number.
    pub heading: &'a str,
    /// `kb-text` or `markdown`.
    pub format: &'static str,
    /// The first product: a [`term`](super::term), or none.
    pub product: Value,
    /// Problem, bug, how-to and so on: a [`term`](super::term), or none.
    pub kind: Value,
    /// Last change: a [`Day`](super::Day), or none.
    pub updated: Value,
    /// What the reader must know before the text.
    pub banner: Option<Banner<'a>>,
    /// The headings of the text ([`contents`](super::contents)), or none where there are too few for a table of contents.
    pub toc: Value,
    /// Lines between the header and the applies-to list, as written.
    pub preamble: Vec<&'a str>,
    /// The text, as safe HTML ([`html`](super::html)): one element with `data-kb-body`.
    pub content: Value,
    /// What the article applies to, a list of [`applies_to`](super::applies_to); not repeated in `fields`.
    pub applies_to: Vec<Value>,
    /// Structured fields with a value, in the order in which they are to be shown.
    pub fields: Vec<Field<'a>>,
    /// `applies_to` and `fields` as the items of a description list, as safe HTML, or none.
    pub fields_html: Value,
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
    /// `related` as the items of a list, as safe HTML, or none.
    pub related_html: Value,
    /// How many of the article numbers in the text belong to no article.
    pub wanted: usize,
    /// The article before this one in its product: a [`page_link`](super::page_link), or none.
    pub previous: Value,
    /// The article after this one in its product: a [`page_link`](super::page_link), or none.
    pub next: Value,
    /// Links to `previous` and `next`, as safe HTML, or none.
    pub sequence_html: Value,
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
    /// Last change: a [`Day`](super::Day), or none.
    pub updated: Value,
    /// What the reader must know before the text.
    pub banner: Option<Banner<'a>>,
    /// The headings of the text ([`contents`](super::contents)), or none where there are too few for a table of contents.
    pub toc: Value,
    /// The text, as safe HTML ([`html`](super::html)).
    pub content: Value,
    /// The page before this one in its section: a [`page_link`](super::page_link), or none.
    pub previous: Value,
    /// The page after this one in its section: a [`page_link`](super::page_link), or none.
    pub next: Value,
    /// Where the source can be edited, or empty.
    pub edit_url: &'a str,
    /// Where a problem with the page can be reported, or empty.
    pub report_url: &'a str,
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

/// An entry of the applies-to list.
#[derive(Debug, Serialize)]
pub struct AppliesTo<'a> {
    /// As written; may be empty where only the entries below it speak.
    pub text: &'a str,
    /// The page of the term, or empty.
    pub url: &'a str,
    /// `text` as a [`link`](super::link) to `url`.
    pub link: Value,
    /// Entries below it.
    pub children: Vec<Value>,
}

/// A row of the box of fields.
#[derive(Debug, Serialize)]
pub struct Field<'a> {
    /// `Product`, `Keywords`.
    pub label: &'a str,
    /// A remark on the value, such as `inferred`; or empty.
    pub note: &'a str,
    /// [`term`](super::term) values; one that has no page has an empty `url`.
    pub terms: Vec<Value>,
    /// The links of all of `terms` with blanks between them, as safe HTML.
    pub html: Value,
}

/// An article that cites this one.
#[derive(Debug, Serialize)]
pub struct Citation<'a> {
    /// A [`link`](super::link) to it.
    pub link: Value,
    /// The heading under which it does, or empty.
    pub section: &'a str,
    /// The sentence in which it does, or empty.
    pub sentence: &'a str,
}

/// An article that has something in common with this one.
#[derive(Debug, Serialize)]
pub struct Related<'a> {
    /// A [`link`](super::link) to it.
    pub link: Value,
    /// What they have in common: `same error 0x1E`.
    pub reason: &'a str,
}
