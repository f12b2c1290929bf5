//! Pages → documents of the search index, while the pages go by.

use std::collections::BTreeMap;

use crate::article::{AppliesTo, Article};
use crate::config::{Config, Source};
use crate::content::Content;
use crate::front_matter::Status;
use crate::kb;
use crate::labels::LABELS;
use crate::load::Sources;
use crate::search::{Document, Index, Options, STOP_WORDS, Stemming, numbers};
use crate::site::{PageId, Site};
use crate::taxonomy;

/// The search index of a site that is being rendered. Workers add pages at the same time.
pub struct Indexing<'a> {
    site: &'a Site,
    sources: &'a Sources,
    index: Index,
    /// The number of each page's document, by [`PageId`].
    numbers: Vec<u32>,
}

impl<'a> Indexing<'a> {
    /// An empty index for `site`.
    pub fn new(site: &'a Site, sources: &'a Sources) -> Self {
        let ids: Vec<String> = site.articles.iter().map(|article| article.number()).collect();
        let keys = site.page_ids().map(|page| (product(site.article(page)), ids[page.index()].as_str(), &*site.page(page).url));
        let numbers = numbers(&keys.collect::<Vec<_>>());
        let config = &site.config;
        let is_english = config.language.split('-').next() == Some("en");
        let options = Options {
            stemming: if is_english { Stemming::English } else { Stemming::None },
            stop_words: if is_english { STOP_WORDS.iter().map(|word| (*word).to_owned()).collect() } else { Vec::new() },
            synonyms: config.search.synonyms.clone(),
            words: words(config),
        };
        Self { site, sources, index: Index::new(options), numbers }
    }

    /// Adds a page with the text that was read while it was converted, unless the site or the page says that it is not to be found.
    pub fn add(&self, page: PageId, content: &Content) {
        let article = self.site.article(page);
        let front = &article.front;
        let search = &self.site.config.search;
        let file = self.sources.relative(&self.sources.articles[self.site.page(page).source as usize]);
        if front.unsearchable || front.unlisted || search.exclude.matches(file) {
            return;
        }
        let fields = &article.fields;
        let boosts = search.boost.iter().filter(|(globs, _)| globs.matches(file)).map(|(_, boost)| boost);
        let applies_to = taxonomy::names(article, &Source::AppliesTo);
        let applies_to: Vec<&str> = applies_to.iter().map(AsRef::as_ref).collect();
        let codes: Vec<String> = fields.codes.iter().map(str::to_owned).collect();
        self.index.add(
            self.numbers[page.index()],
            &Document {
                url: &self.site.page(page).url,
                title: &article.title,
                id: &article.number(),
                product: product(article),
                kind: fields.kinds.first().map_or("", |kind| kind.name()),
                year: fields.updated.map_or(0, |date| date.year().unsigned_abs()),
                applies_to: &applies_to,
                query_words: &fields.query_words.join(" "),
                lead: &content.text.lead,
                body: &content.text.body,
                meta: &meta(article),
                codes: &codes,
                boost: front.boost.unwrap_or(1.0) * boosts.product::<f32>(),
                retired: matches!(front.status, Some(Status::Retired | Status::Superseded)) || front.superseded_by.is_some(),
                cited: self.site.graph.citations(page).len() as u32,
            },
        );
    }

    /// What the pages gave, without the site.
    pub fn finish(self) -> Index {
        self.index
    }
}

/// The words that the search says to readers, by the names that its scripts know.
fn words(config: &Config) -> BTreeMap<&'static str, String> {
    let own = LABELS.iter().filter_map(|(name, _)| Some((name.strip_prefix("search_")?, *name)));
    let shared = ["applies_to", "article", "articles", "kind", "product"].map(|name| (name, name));
    own.chain(shared).map(|(name, label)| (name, config.label(label).to_owned())).collect()
}

fn product(article: &Article) -> &str {
    article.fields.products.first().unwrap_or_default()
}

/// What an article is about, besides its text: products, what it applies to, keywords as written and as readers call them.
fn meta(article: &Article) -> String {
    let fields = &article.fields;
    let mut meta = String::with_capacity(256);
    let mut add = |word: &str| {
        meta.push_str(word);
        meta.push(' ');
    };
    fields.products.iter().for_each(&mut add);
    entries(&fields.applies_to, &mut add);
    for keyword in fields.keywords.iter() {
        add(keyword);
        if let Some(label) = kb::keyword_label(keyword) {
            add(&label);
        }
    }
    fields.technology.iter().for_each(&mut add);
    let tags = article.front.tags.iter().chain(&article.front.categories);
    tags.for_each(|tag| add(tag));
    meta
}

fn entries(list: &[AppliesTo], add: &mut impl FnMut(&str)) {
    for entry in list {
        add(&entry.text);
        entries(&entry.children, add);
    }
}
