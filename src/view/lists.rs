//! What the pages that list others are given: home, sections, taxonomies, terms.

use serde::Serialize;
use tera::Value;

/// The front page.
#[derive(Debug, Serialize)]
pub struct Home<'a> {
    /// The heading: the title of the site, or of its `_index.md`.
    pub heading: &'a str,
    /// The description of the site, or empty.
    pub description: &'a str,
    /// The text of `_index.md`, as safe HTML ([`html`](super::html)), or none.
    pub content: Value,
    /// Articles in the site.
    pub count: usize,
    /// Taxonomies worth a place here, the first few terms of each: products, types.
    pub groups: Vec<HomeGroup<'a>>,
    /// Years, oldest first: [`term`](super::term) values whose share is of the fullest year.
    pub years: Vec<Value>,
    /// What changed last: [`summary`](super::summary) values.
    pub recent: Vec<Value>,
    /// What others cite most.
    pub cited: Vec<Cited>,
}

/// Some terms of one taxonomy.
#[derive(Debug, Serialize)]
pub struct HomeGroup<'a> {
    /// The taxonomy's title.
    pub title: &'a str,
    /// The taxonomy's page.
    pub url: &'a str,
    /// [`term`](super::term) values, the fullest first.
    pub terms: Vec<Value>,
    /// How many terms there are in all, where not all are here; else 0.
    pub more: usize,
}

/// An article that others cite.
#[derive(Debug, Serialize)]
pub struct Cited {
    /// A [`page_link`](super::page_link).
    pub page: Value,
    /// Articles that cite it.
    pub count: usize,
}

/// A folder of content.
#[derive(Debug, Serialize)]
pub struct Section<'a> {
    /// The heading of the page.
    pub heading: &'a str,
    /// The text of its `_index.md`, as safe HTML ([`html`](super::html)), or none.
    pub content: Value,
    /// The folders in it: [`term`](super::term) values, with the number of pages below each.
    pub sections: Vec<Value>,
    /// The pages of this part of the list: [`summary`](super::summary) values.
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
    /// [`term`](super::term) values.
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
    /// Terms below this one (the versions of a product): [`term`](super::term) values.
    pub terms: Vec<Value>,
    /// The pages of this part of the list: [`summary`](super::summary) values.
    pub pages: Vec<Value>,
    /// Where this part stands in the list.
    pub paginator: Paginator<'a>,
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
