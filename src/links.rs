//! Which article names which: references by number, what is wanted but not there, and which articles belong together. All of it is
//! computed from the outlines and fields, before any body is converted; inverted lists keep it far from comparing all pairs.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::{HashMap, RandomState};
use rayon::prelude::*;

use crate::article::Article;
use crate::site::PageId;

/// A shared feature says something only if few articles share it.
const RARE: usize = 40;
/// How many related articles are offered.
const MOST_RELATED: usize = 3;

/// The references between the articles of a site.
#[derive(Debug, Default)]
pub struct Graph {
    by_number: HashMap<u32, PageId>,
    /// For each page, where in `citations` its own begin; one more at the end.
    starts: Vec<u32>,
    citations: Vec<Citation>,
    wanted: BTreeMap<u32, Vec<PageId>>,
    features: HashMap<u64, Box<[PageId]>>,
}

/// That another article names this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// The article that names.
    pub from: PageId,
    /// The heading there that the first mention stands under, as an index into its outline.
    pub heading: Option<u16>,
}

/// An article that belongs to another, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Related<'a> {
    /// Which.
    pub page: PageId,
    /// The strongest thing that the two share.
    pub reason: Feature<'a>,
}

/// Something that two articles can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature<'a> {
    /// The same error code.
    Code(&'a str),
    /// Both name this article.
    Reference(u32),
    /// The same keyword.
    Keyword(&'a str),
    /// The same word that the authors gave for searching.
    QueryWord(&'a str),
}

impl Feature<'_> {
    /// How much it says that two articles share such a feature, before its rarity.
    fn weight(self) -> f32 {
        match self {
            Self::Code(_) => 2.0,
            Self::Reference(_) => 1.5,
            Self::QueryWord(_) => 1.0,
            Self::Keyword(_) => 0.7,
        }
    }

    fn key(self) -> u64 {
        // Made without random keys: should two features ever share one, then in every run.
        const KEYS: RandomState = RandomState::with_seeds(1, 2, 3, 4);
        KEYS.hash_one(self)
    }
}

/// The features by which `article` can be related to others.
fn features(article: &Article) -> impl Iterator<Item = Feature<'_>> {
    let fields = &article.fields;
    let codes = fields.codes.iter().map(Feature::Code);
    let keywords = fields.keywords.iter().map(Feature::Keyword);
    let words = fields.query_words.iter().filter(|word| word.len() > 3).map(Feature::QueryWord);
    let references = article.outline.references.iter().map(|reference| Feature::Reference(reference.number));
    codes.chain(references).chain(keywords).chain(words)
}

/// The graph of `articles`, whose page ids are their indices.
pub fn graph(articles: &[Arc<Article>]) -> Graph {
    let mut graph = Graph::default();
    for (page, article) in numbered(articles) {
        if let Some(number) = article.fields.number {
            // The first of two articles with one number keeps it; `check` names both.
            graph.by_number.entry(number).or_insert(page);
        }
    }
    cite(articles, &mut graph);
    graph.features = shared_features(articles);
    graph
}

fn numbered(articles: &[Arc<Article>]) -> impl Iterator<Item = (PageId, &Article)> {
    articles.iter().enumerate().map(|(i, article)| (PageId(i as u32), &**article))
}

fn cite(articles: &[Arc<Article>], graph: &mut Graph) {
    let mut edges: Vec<(PageId, Citation)> = Vec::new();
    for (from, article) in numbered(articles) {
        let mut seen: Vec<u32> = Vec::new();
        for reference in &article.outline.references {
            if seen.contains(&reference.number) || article.fields.number == Some(reference.number) {
                continue;
            }
            seen.push(reference.number);
            match graph.by_number.get(&reference.number) {
                Some(&to) if to != from => edges.push((to, Citation { from, heading: reference.heading })),
                Some(_) => {}
                None => graph.wanted.entry(reference.number).or_default().push(from),
            }
        }
    }
    edges.sort_unstable();
    let mut starts = vec![0u32; articles.len() + 1];
    for (to, _) in &edges {
        starts[to.index() + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    graph.starts = starts;
    graph.citations = edges.into_iter().map(|(_, citation)| citation).collect();
}

/// The articles that share each rare feature. Equal 64-bit keys of different features are too unlikely to matter for a suggestion.
fn shared_features(articles: &[Arc<Article>]) -> HashMap<u64, Box<[PageId]>> {
    let mut pairs: Vec<(u64, PageId)> = articles
        .par_iter()
        .enumerate()
        .flat_map_iter(|(i, article)| features(article).map(move |feature| (feature.key(), PageId(i as u32))))
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| (2..=RARE).contains(&group.len()))
        .map(|group| (group[0].0, group.iter().map(|(_, page)| *page).collect()))
        .collect()
}

impl Graph {
    /// The page of the article with this number.
    pub fn page(&self, number: u32) -> Option<PageId> {
        self.by_number.get(&number).copied()
    }

    /// The articles that name `page`, in the order of their ids, each once.
    pub fn citations(&self, page: PageId) -> &[Citation] {
        let range = self.starts.get(page.index()..page.index() + 2);
        range.map_or(&[], |r| &self.citations[r[0] as usize..r[1] as usize])
    }

    /// Numbers that articles name and the site does not hold, with the articles that name them.
    pub fn wanted(&self) -> &BTreeMap<u32, Vec<PageId>> {
        &self.wanted
    }

    /// The articles most related to `page`, best first; equal ones in the order of their ids.
    pub fn related<'a>(&self, page: PageId, article: &'a Article, total: usize) -> Vec<Related<'a>> {
        let mut shared: Vec<(PageId, f32, Feature<'a>)> = Vec::new();
        let mut seen: Vec<u64> = Vec::new();
        for feature in features(article) {
            let key = feature.key();
            let Some(members) = self.features.get(&key) else { continue };
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let score = feature.weight() * (total as f32 / members.len() as f32).ln();
            shared.extend(members.iter().filter(|other| **other != page).map(|other| (*other, score, feature)));
        }
        shared.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut scored: Vec<(f32, Related<'a>)> = shared
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| (group.iter().map(|(_, score, _)| score).sum(), Related { page: group[0].0, reason: group[0].2 }))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.page.cmp(&b.1.page)));
        scored.truncate(MOST_RELATED);
        scored.into_iter().map(|(_, related)| related).collect()
    }
}
