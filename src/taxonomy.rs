//! Taxonomies: lists of pages by product, type, keyword, year and whatever else a site declares. A taxonomy takes its terms from one
//! field of the articles; terms that differ only in case are one.

use std::borrow::Cow;
use std::sync::Arc;

use ahash::HashMap;

use crate::article::{AppliesTo, Article, FixStatus, Kind};
use crate::config::{self, Config, Source};
use crate::kb;
use crate::permalink::slug;
use crate::site::PageId;

/// One way to browse the site.
#[derive(Debug)]
pub struct Taxonomy {
    /// What `site.toml` says of it.
    pub config: config::Taxonomy,
    /// URL relative to the site: `products/`.
    pub url: String,
    /// Its terms, sorted for reading.
    pub terms: Vec<Term>,
    /// As articles write them and in small letters; `None` for what readers are not shown.
    by_value: HashMap<Box<str>, Option<u32>>,
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
        let known = self.by_value.get(value).or_else(|| self.by_value.get(key(value).as_ref()));
        known.copied().flatten().map(|i| i as usize)
    }
}

/// The taxonomies of the site that have any term. `places` are those of the pages in the order of lists.
pub fn taxonomies(config: &Config, articles: &[Arc<Article>], places: &[u32]) -> Vec<Taxonomy> {
    use rayon::prelude::*;
    let all: Vec<Taxonomy> = config.taxonomies.par_iter().map(|taxonomy| collect(config, taxonomy, articles, places)).collect();
    all.into_iter().filter(|taxonomy| !taxonomy.terms.is_empty()).collect()
}

fn collect(site: &Config, config: &config::Taxonomy, articles: &[Arc<Article>], places: &[u32]) -> Taxonomy {
    let mut found = Terms { site, source: &config.source, terms: Vec::new(), by_value: HashMap::default() };
    for (i, article) in articles.iter().enumerate() {
        if article.front.unlisted {
            continue;
        }
        let page = PageId(i as u32);
        for_each_value(article, &config.source, &mut |value| {
            let Some(term) = found.term(value) else { return };
            let pages = &mut found.terms[term as usize].pages;
            if pages.last() != Some(&page) {
                pages.push(page);
            }
        });
    }
    finish(config, found, places)
}

/// The terms found so far, in the order of their first page.
struct Terms<'a> {
    site: &'a Config,
    source: &'a Source,
    terms: Vec<Term>,
    by_value: HashMap<Box<str>, Option<u32>>,
}

impl Terms<'_> {
    /// The term that an article writes as `value`, a new one if need be; `None` where readers are not shown it.
    fn term(&mut self, value: &str) -> Option<u32> {
        if let Some(known) = self.by_value.get(value) {
            return *known;
        }
        let term = self.term_named(&name(value, self.source));
        self.by_value.insert(value.into(), term);
        term
    }

    fn term_named(&mut self, name: &str) -> Option<u32> {
        let label = label(self.site, name, self.source)?;
        let key = key(name);
        if let Some(known) = self.by_value.get(key.as_ref()) {
            return *known;
        }
        let term = Some(self.terms.len() as u32);
        self.by_value.insert(key.into(), term);
        self.terms.push(Term { name: name.to_owned(), label: label.into_owned(), url: String::new(), pages: Vec::new() });
        term
    }
}

/// Sorts the terms, gives each its URL, and sorts the pages of each.
fn finish(config: &config::Taxonomy, found: Terms<'_>, places: &[u32]) -> Taxonomy {
    let mut terms: Vec<(usize, Term)> = found.terms.into_iter().enumerate().collect();
    // `Q011` stands before `Q100`, as the numbers that they stand for do.
    let read = |term: &Term| reading_order(if config.source == Source::Number { &term.name } else { &term.label });
    terms.sort_by_cached_key(|(_, term)| (read(term), term.name.clone()));
    let url = format!("{}/", slug(&config.name));
    let mut taken: HashMap<String, u32> = HashMap::default();
    let mut sorted = vec![0; terms.len()];
    for (i, (before, term)) in terms.iter_mut().enumerate() {
        sorted[*before] = i as u32;
        let base = Some(slug(&term.name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "other".to_owned());
        let repeats = taken.entry(base.clone()).or_insert(0);
        *repeats += 1;
        let part = if *repeats == 1 { base } else { format!("{base}-{repeats}") };
        term.url = format!("{url}{}/", crate::permalink::encode_path(&part));
        term.pages.sort_unstable_by_key(|page| places[page.index()]);
    }
    let mut by_value = found.by_value;
    by_value.values_mut().flatten().for_each(|term| *term = sorted[*term as usize]);
    Taxonomy { config: config.clone(), url, terms: terms.into_iter().map(|(_, term)| term).collect(), by_value }
}

/// What a label is sorted by for readers: signs before its first letter or digit do not count, and what begins with no letter comes first, so
/// that all labels with one initial stand together.
fn reading_order(label: &str) -> (bool, String) {
    let start = label.trim_start_matches(|c: char| !c.is_alphanumeric());
    (start.starts_with(char::is_alphabetic), start.to_lowercase())
}

fn key(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_lowercase())
    }
}

/// The name of the term that an article writes as `value`: of an applies-to entry the product, without its versions.
fn name<'a>(value: &'a str, source: &Source) -> Cow<'a, str> {
    match source {
        Source::AppliesTo => Cow::Owned(kb::product_and_versions(value).0),
        _ => Cow::Borrowed(value),
    }
}

/// What readers see for a term; `None` where it is only the archive's own housekeeping.
fn label<'a>(config: &'a Config, value: &'a str, source: &Source) -> Option<Cow<'a, str>> {
    match source {
        Source::Kinds => Kind::ALL.into_iter().find(|kind| kind.label() == value).map(|kind| config.label(kind.word()).into()),
        Source::FixStatus => FixStatus::ALL.into_iter().find(|fix| fix.label() == value).map(|fix| config.label(fix.word()).into()),
        Source::Keywords | Source::Technology => kb::keyword_label(value),
        Source::Codes => Some(config.code(value)),
        Source::Number => {
            let thousand: u32 = value.trim_start_matches('Q').parse().ok()?;
            Some(Cow::Owned(format!("Q{} – Q{}", thousand * 1000, thousand * 1000 + 999)))
        }
        _ => Some(Cow::Borrowed(value)).filter(|value| !value.is_empty()),
    }
}

/// Takes the terms of `article` in the field `source`, as written.
fn for_each_value(article: &Article, source: &Source, take: &mut dyn FnMut(&str)) {
    let fields = &article.fields;
    match source {
        Source::Products => fields.products.iter().for_each(take),
        Source::Versions => fields.versions.iter().for_each(take),
        Source::Os => fields.os.iter().for_each(take),
        Source::AppliesTo => AppliesTo::texts(&fields.applies_to).into_iter().for_each(take),
        Source::Kinds => fields.kinds.iter().map(|kind| kind.label()).for_each(take),
        Source::Keywords => fields.keywords.iter().for_each(take),
        Source::Technology => fields.technology.iter().for_each(take),
        Source::Series => fields.series.iter().for_each(take),
        Source::Codes => fields.codes.iter().for_each(take),
        Source::FixStatus => fields.fix.iter().map(|fix| fix.label()).for_each(take),
        Source::Year => fields.updated.iter().for_each(|date| take(&date.year().to_string())),
        Source::Number => fields.number.iter().for_each(|number| take(&number_range(*number))),
        Source::Letter => first_letter(article).iter().for_each(|letter| take(letter)),
        Source::Tags => article.front.tags.iter().for_each(|tag| take(tag)),
        Source::Categories => article.front.categories.iter().for_each(|category| take(category)),
        Source::Key(name) => article.front.terms(name).into_iter().for_each(take),
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
