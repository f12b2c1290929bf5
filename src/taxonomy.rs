//! Taxonomies: lists of pages by product, type, keyword, year and whatever else a site declares. A taxonomy takes its terms from one
//! field of the articles; terms that differ only in case are one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::article::{AppliesTo, Article, FixStatus, Kind};
use crate::config::{self, Config, Source};
use crate::kb;
use crate::permalink::slug;
use crate::site::{Page, PageId, list_order};
use crate::strings::Strings;

/// One way to browse the site.
#[derive(Debug)]
pub struct Taxonomy {
    /// What `site.toml` says of it.
    pub config: config::Taxonomy,
    /// URL relative to the site: `products/`.
    pub url: String,
    /// Its terms, sorted for reading.
    pub terms: Vec<Term>,
    by_key: HashMap<Box<str>, u32>,
}

/// One term and the pages that have it.
#[derive(Debug)]
pub struct Term {
    /// As articles write it: `kberrmsg`.
    pub name: String,
    /// As readers see it: `Error message`.
    pub label: String,
    /// URL relative to the site: `products/microsoft-exchange/`.
    pub url: String,
    /// Its pages, in the order of lists.
    pub pages: Vec<PageId>,
}

impl Taxonomy {
    /// Where in [`Taxonomy::terms`] the term is that articles write as `value`.
    pub fn position(&self, value: &str) -> Option<usize> {
        self.by_key.get(key(value).as_ref()).map(|i| *i as usize)
    }
}

/// The taxonomies of the site that have any term.
pub fn taxonomies(config: &Config, articles: &[Arc<Article>], pages: &[Page]) -> Vec<Taxonomy> {
    use rayon::prelude::*;
    let all: Vec<Taxonomy> = config.taxonomies.par_iter().map(|taxonomy| collect(config, taxonomy, articles, pages)).collect();
    all.into_iter().filter(|taxonomy| !taxonomy.terms.is_empty()).collect()
}

fn collect(site: &Config, config: &config::Taxonomy, articles: &[Arc<Article>], pages: &[Page]) -> Taxonomy {
    let mut by_key: HashMap<Box<str>, u32> = HashMap::new();
    let mut terms: Vec<Term> = Vec::new();
    for (i, article) in articles.iter().enumerate() {
        if article.front.unlisted {
            continue;
        }
        let page = PageId(i as u32);
        for value in values(article, &config.source) {
            let Some(label) = label(site, &value, &config.source) else { continue };
            let key = key(&value);
            let term = match by_key.get(key.as_ref()) {
                Some(&term) => term as usize,
                None => {
                    by_key.insert(key.into(), terms.len() as u32);
                    terms.push(Term {
                        name: value.clone().into_owned(),
                        label: label.into_owned(),
                        url: String::new(),
                        pages: Vec::new(),
                    });
                    terms.len() - 1
                }
            };
            if terms[term].pages.last() != Some(&page) {
                terms[term].pages.push(page);
            }
        }
    }
    finish(config, terms, articles, pages)
}

/// Sorts the terms, gives each its URL, and sorts the pages of each.
fn finish(config: &config::Taxonomy, mut terms: Vec<Term>, articles: &[Arc<Article>], pages: &[Page]) -> Taxonomy {
    terms.sort_by(|a, b| a.label.to_lowercase().cmp(&b.label.to_lowercase()).then_with(|| a.name.cmp(&b.name)));
    let url = format!("{}/", slug(&config.name));
    let mut taken: HashMap<String, u32> = HashMap::new();
    for term in &mut terms {
        let base = Some(slug(&term.name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "other".to_owned());
        let repeats = taken.entry(base.clone()).or_insert(0);
        *repeats += 1;
        let part = if *repeats == 1 { base } else { format!("{base}-{repeats}") };
        term.url = format!("{url}{}/", crate::permalink::encode_path(&part));
        term.pages.sort_by(|a, b| list_order(*a, *b, articles, pages));
    }
    let by_key = terms.iter().enumerate().map(|(i, term)| (key(&term.name).into(), i as u32)).collect();
    Taxonomy { config: config.clone(), url, terms, by_key }
}

fn key(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_lowercase())
    }
}

/// What readers see for a term; `None` where it is only the archive's own housekeeping.
fn label<'a>(config: &'a Config, value: &'a str, source: &Source) -> Option<Cow<'a, str>> {
    match source {
        Source::Kinds => Kind::ALL.into_iter().find(|kind| kind.label() == value).map(|kind| config.label(kind.word()).into()),
        Source::FixStatus => FixStatus::ALL.into_iter().find(|fix| fix.label() == value).map(|fix| config.label(fix.word()).into()),
        Source::Keywords | Source::Technology => kb::keyword_label(value),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// The terms of `article` in the field `source`, as written.
pub fn values<'a>(article: &'a Article, source: &Source) -> Vec<Cow<'a, str>> {
    let fields = &article.fields;
    let all = |list: &'a Strings| list.iter().map(Cow::Borrowed).collect();
    match source {
        Source::Products => all(&fields.products),
        Source::Versions => all(&fields.versions),
        Source::Os => all(&fields.os),
        Source::AppliesTo => {
            let mut products = Vec::new();
            applies_to_products(&fields.applies_to, &mut products);
            products
        }
        Source::Kinds => fields.kinds.iter().map(|kind| Cow::Borrowed(kind.label())).collect(),
        Source::Keywords => all(&fields.keywords),
        Source::Technology => all(&fields.technology),
        Source::Series => all(&fields.series),
        Source::Codes => all(&fields.codes),
        Source::FixStatus => fields.fix.iter().map(|fix| Cow::Borrowed(fix.label())).collect(),
        Source::Year => fields.updated.iter().map(|date| Cow::Owned(date.year().to_string())).collect(),
        Source::Number => fields.number.iter().map(|number| Cow::Owned(number_range(*number))).collect(),
        Source::Letter => first_letter(article).into_iter().map(Cow::Owned).collect(),
        Source::Tags => article.front.tags.iter().map(|tag| Cow::Borrowed(&**tag)).collect(),
        Source::Categories => article.front.categories.iter().map(|category| Cow::Borrowed(&**category)).collect(),
        Source::Key(name) => article.front.terms(name).into_iter().map(Cow::Borrowed).collect(),
    }
}

fn applies_to_products<'a>(entries: &'a [AppliesTo], out: &mut Vec<Cow<'a, str>>) {
    for entry in entries {
        let (product, _) = kb::product_and_versions(&entry.text);
        if !product.is_empty() {
            out.push(Cow::Owned(product));
        }
        applies_to_products(&entry.children, out);
    }
}

/// The thousand that a number lies in: `Q164` for 164,177.
fn number_range(number: u32) -> String {
    format!("Q{:03}", number / 1000)
}

/// The letter that a title is filed under, its number aside; digits and signs are filed under `0-9`.
fn first_letter(article: &Article) -> Option<String> {
    let c = article.heading().chars().find(|c| c.is_alphanumeric())?;
    Some(if c.is_alphabetic() { c.to_uppercase().collect() } else { "0-9".to_owned() })
}
