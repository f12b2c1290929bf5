//! The one table of the keys that front matter may have: what reads them, what suggests them and the JSON Schema of them go by it.

use super::Status;
use crate::article::Kind;

/// A key of the front matter that has a meaning.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its own name.
    pub name: &'static str,
    /// Other names that it goes by.
    pub others: &'static [&'static str],
    /// What value it takes.
    pub takes: Takes,
    /// What it says, as a phrase.
    pub about: &'static str,
}

/// What value a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A text, or a number or flag as it is written.
    Text,
    /// A text or a list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A date.
    Date,
    /// `164177` or `Q164177`.
    Id,
    /// One or more of [`KINDS`].
    Kinds,
    /// One of [`STATES`].
    State,
    /// `6 months`.
    Period,
    /// `false`, or a mapping with `boost`.
    Search,
    /// A mapping of taxonomies to terms.
    Terms,
    /// A mapping.
    Mapping,
}

/// The names of the types of articles; of several the first is the one to use.
pub const KINDS: [(&str, Kind); 11] = [
    ("problem", Kind::Problem),
    ("bug", Kind::Bug),
    ("information", Kind::Information),
    ("how-to", Kind::HowTo),
    ("prb", Kind::Problem),
    ("kbprb", Kind::Problem),
    ("kbbug", Kind::Bug),
    ("info", Kind::Information),
    ("kbinfo", Kind::Information),
    ("howto", Kind::HowTo),
    ("kbhowto", Kind::HowTo),
];

/// The names of the states of articles.
pub const STATES: [(&str, Status); 5] = [
    ("draft", Status::Draft),
    ("verified", Status::Verified),
    ("deprecated", Status::Deprecated),
    ("retired", Status::Retired),
    ("superseded", Status::Superseded),
];

const fn key(name: &'static str, others: &'static [&'static str], takes: Takes, about: &'static str) -> Key {
    Key { name, others, takes, about }
}

/// Every key, in the order in which it is explained.
pub const KEYS: &[Key] = &[
    key("title", &[], Takes::Text, "The title; without it the first heading, else the file's name"),
    key("permalink", &["url", "path"], Takes::Text, "The whole path of the page's URL: `/kb/164/Q164177/`"),
    key("slug", &[], Takes::Text, "The last part of the page's URL"),
    key("aliases", &["redirect_from"], Takes::Texts, "Old URLs, which lead to this page"),
    key("redirect_to", &[], Takes::Text, "Where this page, which is only a redirect, leads to"),
    key("template", &["layout"], Takes::Text, "The template that renders the page; `.html` may be left out"),
    key("draft", &[], Takes::Flag, "Whether the page is left out until it is ready"),
    key("published", &[], Takes::Flag, "The opposite of `draft`, as Jekyll has it"),
    key("date", &[], Takes::Date, "When the article was written; in the future it is left out until then"),
    key("updated", &["lastmod", "last_modified_at", "last_modified"], Takes::Date, "When the article was last changed"),
    key("expires", &["expiryDate"], Takes::Date, "The day from which on the page is left out"),
    key("weight", &["nav_order", "order", "sidebar_position"], Takes::Number, "The place in the list of the folder, lowest first"),
    key("description", &[], Takes::Text, "One sentence for lists and search engines"),
    key("summary", &["excerpt"], Takes::Text, "A few sentences for lists"),
    key("tags", &[], Takes::Texts, "Words by which readers browse"),
    key("categories", &[], Takes::Texts, "Groups that the page belongs to"),
    key("keywords", &[], Takes::Texts, "Keywords of the article"),
    key("taxonomies", &[], Takes::Terms, "The terms of each taxonomy, as Zola has them"),
    key("id", &["kb", "article_id"], Takes::Id, "The article's number"),
    key("products", &["product"], Takes::Texts, "Products that the article is about"),
    key("versions", &[], Takes::Texts, "Their versions"),
    key("os", &[], Takes::Texts, "Operating systems"),
    key("applies_to", &[], Takes::Texts, "What the article applies to, an entry for each product"),
    key("type", &[], Takes::Kinds, "What sort of article it is"),
    key("codes", &[], Takes::Texts, "Error codes that readers look for"),
    key("related", &[], Takes::Texts, "Articles that belong to this one: numbers, URLs or files"),
    key("owner", &[], Takes::Text, "Who looks after the article"),
    key("status", &[], Takes::State, "What the text is worth today"),
    key("superseded_by", &[], Takes::Text, "The article that has taken the place of this one"),
    key("retired_on", &[], Takes::Date, "The day from which on the text is no longer true"),
    key("reviewed", &["last_reviewed_on"], Takes::Date, "When the text was last checked"),
    key("review_in", &[], Takes::Period, "How long a review holds: `6 months`"),
    key("search", &[], Takes::Search, "Whether, or how well, the page is found"),
    key("in_search_index", &[], Takes::Flag, "Whether the page is found"),
    key("sitemap", &[], Takes::Flag, "Whether the page is in `sitemap.xml`"),
    key("unlisted", &[], Takes::Flag, "Whether the page is left out of all lists, feeds and the search"),
    key("extra", &[], Takes::Mapping, "Anything, for templates"),
];

/// The own name of the key that goes by `name`.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|key| key.name == name || key.others.contains(&name)).map(|key| key.name)
}
