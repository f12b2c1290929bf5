//! YAML front matter → [`FrontMatter`]: [`split`] finds the block, [`parse`] reads it. Keys of Jekyll, Hugo and Zola mean what they
//! mean there. Nothing here knows the site: whether a template, a permalink or a target exists is for later stages.

use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use crate::article::Kind;
use crate::diagnostic::Diagnostic;
use crate::source::Located;

mod date;
mod entities;
mod fast;
mod keys;
mod places;
mod quoted;
mod schema;
mod split;
mod table;
mod yaml;

pub use date::parse_date;
pub use entities::decode_entities;
pub use quoted::quoted;
pub use schema::violations;
pub use split::{Split, split};
pub use table::{KEYS, KINDS, Key, STATES, Takes};

/// What stands between the `---` lines, typed.
///
/// The two keys that every article has are fields; the others are reached as if they were ([`Keys`]), but take memory only in articles
/// that have them.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct FrontMatter {
    /// `title`, as written: HTML entities are not decoded.
    pub title: Option<Located<Box<str>>>,
    /// `permalink`, `url` or `path`, as written.
    pub permalink: Option<Located<Box<str>>>,
    keys: Option<Box<Keys>>,
}

/// The rarer keys of a front matter. Empty, false or `None` where a key is absent.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Keys {
    /// `slug`: the last part of the path.
    pub slug: Option<Located<Box<str>>>,
    /// `aliases`, `redirect_from`: old paths.
    pub aliases: Vec<Located<Box<str>>>,
    /// `redirect_to`: the page is only a redirect.
    pub redirect_to: Option<Located<Box<str>>>,
    /// `template`, `layout`.
    pub template: Option<TemplateName>,
    /// `draft`, or `published: false`, or `status: draft`.
    pub draft: bool,
    /// `date`.
    pub date: Option<Date>,
    /// `updated`, `lastmod`, `last_modified_at`, `last_modified`.
    pub updated: Option<Date>,
    /// `expires`, `expiryDate`: from this day on the page is left out.
    pub expires: Option<Date>,
    /// `weight`, `nav_order`, `order`, `sidebar_position`.
    pub weight: Option<i64>,
    /// `description`.
    pub description: Option<Box<str>>,
    /// `summary`, `excerpt`.
    pub summary: Option<Box<str>>,
    /// `tags`.
    pub tags: Vec<Box<str>>,
    /// `categories`.
    pub categories: Vec<Box<str>>,
    /// `keywords`.
    pub keywords: Vec<Box<str>>,
    /// Other keys under `taxonomies:`.
    pub taxonomies: BTreeMap<String, Vec<Box<str>>>,
    /// `id`, `kb`, `article_id`: `164177` for Q164177.
    pub number: Option<Located<u32>>,
    /// `products`, `product`.
    pub products: Vec<Box<str>>,
    /// `versions`.
    pub versions: Vec<Box<str>>,
    /// `os`.
    pub os: Vec<Box<str>>,
    /// `applies_to`.
    pub applies_to: Vec<Box<str>>,
    /// `type`.
    pub kinds: Vec<Kind>,
    /// `codes`.
    pub codes: Vec<Box<str>>,
    /// `related`: article numbers or paths.
    pub related: Vec<Located<Box<str>>>,
    /// `owner`.
    pub owner: Option<Box<str>>,
    /// `status`.
    pub status: Option<Status>,
    /// `superseded_by`: an article number or a path.
    pub superseded_by: Option<Located<Box<str>>>,
    /// `retired_on`.
    pub retired_on: Option<Date>,
    /// `reviewed`, `last_reviewed_on`.
    pub reviewed: Option<Date>,
    /// `review_in`: how long a review holds.
    pub review_in: Option<Period>,
    /// `search: false` or `in_search_index: false`: the page is not found.
    pub unsearchable: bool,
    /// `search: { boost: 2 }`: how much more the page counts, 0.1 to 10.
    pub boost: Option<f32>,
    /// `sitemap: false`: the page is not in `sitemap.xml`.
    pub no_sitemap: bool,
    /// `unlisted`: the page is in no list, feed, sitemap or search.
    pub unlisted: bool,
    /// Every other key, and those under `extra:`.
    pub extra: BTreeMap<String, Value>,
}

/// A template that a page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateName {
    /// File name with extension.
    pub name: Located<Box<str>>,
    /// Whether it is an error if there is no such template: not for the layouts `post` and `default` that every Jekyll page names.
    pub required: bool,
}

/// What an article's text is worth today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not published yet.
    Draft,
    /// Checked by its owner.
    Verified,
    /// Still true, but there is a better way.
    Deprecated,
    /// No longer true.
    Retired,
    /// Another article has taken its place.
    Superseded,
}

/// A length of time as people state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Whole months.
    pub months: u32,
    /// And days.
    pub days: u32,
}

static NO_KEYS: Keys = Keys::new();

impl FrontMatter {
    /// The rarer keys, where there are any.
    pub(crate) fn keys(&self) -> &Option<Box<Keys>> {
        &self.keys
    }

    /// A front matter of its parts.
    pub(crate) fn from_parts(
        title: Option<Located<Box<str>>>,
        permalink: Option<Located<Box<str>>>,
        keys: Option<Box<Keys>>,
    ) -> Self {
        Self { title, permalink, keys }
    }
}

impl Deref for FrontMatter {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        self.keys.as_deref().unwrap_or(&NO_KEYS)
    }
}

impl Keys {
    const fn new() -> Self {
        Self {
            slug: None,
            aliases: Vec::new(),
            redirect_to: None,
            template: None,
            draft: false,
            date: None,
            updated: None,
            expires: None,
            weight: None,
            description: None,
            summary: None,
            tags: Vec::new(),
            categories: Vec::new(),
            keywords: Vec::new(),
            taxonomies: BTreeMap::new(),
            number: None,
            products: Vec::new(),
            versions: Vec::new(),
            os: Vec::new(),
            applies_to: Vec::new(),
            kinds: Vec::new(),
            codes: Vec::new(),
            related: Vec::new(),
            owner: None,
            status: None,
            superseded_by: None,
            retired_on: None,
            reviewed: None,
            review_in: None,
            unsearchable: false,
            boost: None,
            no_sitemap: false,
            unlisted: false,
            extra: BTreeMap::new(),
        }
    }

    /// The terms that the front matter gives for a key that is not built in: under `taxonomies:`, or at the top as a list or a text.
    pub fn terms(&self, key: &str) -> Vec<&str> {
        if let Some(terms) = self.taxonomies.get(key) {
            return terms.iter().map(|term| &**term).collect();
        }
        match self.extra.get(key) {
            Some(Value::String(term)) => vec![term.as_str()],
            Some(Value::Array(terms)) => terms.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// Reads the block at `yaml` in `text`, the file at `path`. `site_keys` are the keys that the site gives a meaning to besides the
/// built-in ones ([`Config::front_matter_keys`](crate::config::Config::front_matter_keys)).
pub fn parse(path: &Arc<str>, text: &str, yaml: Range<usize>, site_keys: &[&str]) -> (FrontMatter, Vec<Diagnostic>) {
    if let Some(front) = fast::parse(text, yaml.clone()) {
        return (front, Vec::new());
    }
    parse_yaml(path, text, yaml, site_keys)
}

/// The same by way of the YAML library.
fn parse_yaml(path: &Arc<str>, text: &str, yaml: Range<usize>, site_keys: &[&str]) -> (FrontMatter, Vec<Diagnostic>) {
    let (mapping, mut diagnostics) = yaml::mapping(path, text, yaml.clone());
    let front = keys::read(path, text, yaml, site_keys, mapping, &mut diagnostics);
    crate::diagnostic::sort(&mut diagnostics);
    (front, diagnostics)
}

#[cfg(test)]
mod tests;
