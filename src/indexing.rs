//! Pages → documents of the search index, while the pages go by.

use std::collections::BTreeMap;

use ahash::HashMap;

use crate::article::{AppliesTo, Article, Kind};
use crate::config::Config;
use crate::content::Content;
use crate::digest;
use crate::front_matter::Status;
use crate::kb;
use crate::labels::LABELS;
use crate::load::Sources;
use crate::manifest::Entry;
use crate::search::{Document, Index, Moves, Options, Outputs, Past, STOP_WORDS, Saved, Stemming, Update, numbers};
use crate::site::{PageId, Site};

/// The search index of a site that is being rendered. Workers add pages at the same time.
pub struct Indexing<'a> {
    site: &'a Site,
    sources: &'a Sources,
    index: Index,
    /// The number of each page's document, by [`PageId`].
    numbers: Vec<u32>,
    /// Its origin, which changes with anything that its postings are made from.
    origins: Vec<u64>,
    /// The index of an earlier build, with the page of each of its documents that has not changed.
    past: Option<(Saved, Vec<Option<PageId>>)>,
    /// Whether a page is one of these, by [`PageId`].
    known: Vec<bool>,
}

impl<'a> Indexing<'a> {
    /// An empty index for `site`.
    pub fn new(site: &'a Site, sources: &'a Sources) -> Self {
        Self::since(site, sources, None)
    }

    /// An index for `site` that has the documents of an earlier build where they have not changed. The earlier build must have had the
    /// same configuration.
    pub fn since(site: &'a Site, sources: &'a Sources, past: Option<Saved>) -> Self {
        let keys = site.articles.iter().zip(site.pages.iter());
        let keys = keys.map(|(article, page)| (product(article), article.fields.number, &*page.url));
        let numbers = numbers(&keys.collect::<Vec<_>>());
        let config = &site.config;
        let is_english = config.language.split('-').next() == Some("en");
        let options = Options {
            stemming: if is_english { Stemming::English } else { Stemming::None },
            stop_words: if is_english { STOP_WORDS.iter().map(|word| (*word).to_owned()).collect() } else { Vec::new() },
            synonyms: config.search.synonyms.clone(),
            words: words(config),
        };
        let origin = |page: PageId| {
            let file = &sources.articles[site.page(page).source as usize];
            digest::of((&file.path, file.text.hash()))
        };
        let origins: Vec<u64> = site.page_ids().map(origin).collect();
        let known = vec![false; origins.len()];
        let mut indexing = Self { site, sources, index: Index::new(options), numbers, origins, past: None, known };
        indexing.past = past.map(|saved| {
            let pages = indexing.recognise(&saved);
            (saved, pages)
        });
        indexing
    }

    /// Finds the pages of the documents of `saved` that have not changed.
    fn recognise(&mut self, saved: &Saved) -> Vec<Option<PageId>> {
        let mut by_number = vec![None; self.numbers.iter().max().map_or(0, |last| *last as usize + 1)];
        for page in self.site.page_ids().filter(|page| !self.is_excluded(*page)) {
            by_number[self.numbers[page.index()] as usize] = Some(page);
        }
        // Nearly all have the number that they had.
        let is_there = |page: &PageId, origin| self.origins[page.index()] == origin;
        let there = |(number, origin)| by_number.get(number as usize)?.filter(|page| is_there(page, origin));
        let mut pages: Vec<Option<PageId>> = saved.documents().map(there).collect();
        pages.iter().flatten().for_each(|page| self.known[page.index()] = true);
        let others = by_number.iter().flatten().filter(|page| !self.known[page.index()]);
        let mut others: HashMap<u64, PageId> = others.map(|page| (self.origins[page.index()], *page)).collect();
        for ((_, origin), page) in saved.documents().zip(&mut pages).filter(|(_, page)| page.is_none()) {
            *page = others.remove(&origin);
            page.iter().for_each(|page| self.known[page.index()] = true);
        }
        pages
    }

    /// Whether the text of `page` is still to be [`Indexing::add`]ed: it is not known from an earlier build.
    pub fn lacks(&self, page: PageId) -> bool {
        !self.known[page.index()] && !self.is_excluded(page)
    }

    /// Whether the site or the page says that it is not to be found.
    fn is_excluded(&self, page: PageId) -> bool {
        let front = &self.site.article(page).front;
        front.unsearchable || front.unlisted || self.site.config.search.exclude.matches(self.file(page))
    }

    fn file(&self, page: PageId) -> &str {
        self.sources.relative(&self.sources.articles[self.site.page(page).source as usize])
    }

    /// Adds a page with the text that was read while it was converted, if the index lacks it.
    pub fn add(&self, page: PageId, content: &Content) {
        if !self.lacks(page) {
            return;
        }
        let article = self.site.article(page);
        let front = &article.front;
        let search = &self.site.config.search;
        let file = self.file(page);
        let fields = &article.fields;
        let boosts = search.boost.iter().filter(|(globs, _)| globs.matches(file)).map(|(_, boost)| boost);
        let codes: Vec<String> = fields.codes.iter().map(str::to_owned).collect();
        self.index.add(
            self.numbers[page.index()],
            &Document {
                origin: self.origins[page.index()],
                url: &self.site.page(page).url,
                title: &article.title,
                id: &article.number(),
                product: product(article),
                kind: fields.kinds.first().map_or("", |kind| kind.name()),
                year: fields.updated.map_or(0, |date| date.year().unsigned_abs()),
                applies_to: &AppliesTo::texts(&fields.applies_to),
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
    pub fn finish(self) -> Finished {
        let Self { site, index, numbers, past, .. } = self;
        let past = past.map(|(saved, pages)| {
            let moved = |page: PageId| (numbers[page.index()], site.graph.citations(page).len() as u32);
            let moves = pages.into_iter().map(|page| page.map(moved)).collect();
            (saved, moves)
        });
        Finished { index, past }
    }
}

/// The index of a site before it is encoded.
pub struct Finished {
    index: Index,
    past: Option<(Saved, Moves)>,
}

impl Finished {
    /// Encodes the index. `is_there` says whether the output still has a file of the index, by its path in the site.
    pub fn update(self, is_there: &(dyn Fn(&str, &Entry) -> bool + Sync)) -> Update {
        self.index.update(self.past.map(|(saved, moves)| Past { saved, moves, is_there }))
    }

    /// The same as plain files.
    pub fn outputs(self) -> Outputs {
        self.index.outputs()
    }
}

/// The words that the search says to readers, by the names that its scripts know.
fn words(config: &Config) -> BTreeMap<&'static str, String> {
    let own = LABELS.iter().filter_map(|(name, _)| Some((name.strip_prefix("search_")?, *name)));
    let shared = ["applies_to", "article", "articles", "kind", "product"].into_iter().chain(Kind::ALL.map(Kind::word));
    own.chain(shared.map(|name| (name, name))).map(|(name, label)| (name, config.label(label).to_owned())).collect()
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
    AppliesTo::texts(&fields.applies_to).into_iter().for_each(&mut add);
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
