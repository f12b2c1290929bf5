//! Pages that list codes and links.

use serde::Serialize;
use tera::Value;

use super::Paginator;

/// A page of the code index.
#[derive(Debug, Serialize)]
pub struct CodeGroup<'a> {
    /// The heading of the page: `0x80040000 – 0x8004FFFF`.
    pub heading: &'a str,
    /// Begin with a list of the codes.
    pub jumps: bool,
    /// By value.
    pub codes: Vec<Code<'a>>,
}

/// An error code. `articles` and `others` are there for a site's own templates, and empty where it has none.
#[derive(Debug, Serialize)]
pub struct Code<'a> {
    /// In normal form: `0xA`, `Event 2410`.
    pub code: &'a str,
    /// Its id on the page.
    pub id: String,
    /// What articles call it: `IRQL_NOT_LESS_OR_EQUAL`; or empty.
    pub name: &'a str,
    /// Other ways to write it.
    pub spellings: Vec<String>,
    /// The articles that name it, the first few of them.
    pub articles: Vec<CodeUse<'a>>,
    /// `articles` as the items of a list, as safe HTML.
    pub articles_html: Value,
    /// The rest of them: [`page_link`](super::page_link) values.
    pub others: Vec<Value>,
    /// Links to `others`, as safe HTML, or none.
    pub others_html: Value,
}

/// An article that names a code.
#[derive(Debug, Serialize)]
pub struct CodeUse<'a> {
    /// A [`link`](super::link) to it.
    pub link: Value,
    /// The sentence in which it does, or empty.
    pub sentence: &'a str,
}

/// A list of links between articles, or of redirects.
#[derive(Debug, Serialize)]
pub struct LinkList<'a> {
    /// The heading of the page.
    pub heading: &'a str,
    /// A sentence, or empty.
    pub description: &'a str,
    /// Rows in all parts of the list.
    pub count: usize,
    /// The rows of this part.
    pub rows: Vec<LinkRow>,
    /// Where this part stands in the list.
    pub paginator: Paginator<'a>,
}

/// What is linked, and by whom.
#[derive(Debug, Serialize)]
pub struct LinkRow {
    /// Plain text: a title, a number, an old address.
    pub title: String,
    /// Where it is, or empty where it is wanted.
    pub url: String,
    /// How many link to it; 0 where that is not to be said.
    pub count: usize,
    /// The first of those that do, or the target of a redirect: [`page_link`](super::page_link) values.
    pub pages: Vec<Value>,
}
