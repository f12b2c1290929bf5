//! Which article names which: references by number, what is wanted but not there, and which articles belong together. All of it is
//! computed from the outlines and fields, before any body is converted; inverted lists keep it far from comparing all pairs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ahash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::article::Article;
use crate::digest;
use crate::site::PageId;

/// A shared feature says something only if few articles share it.
const RARE: usize = 40;
/// One article in so many tells which features are common.
const SAMPLED: usize = 16;
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
    common: Common,
}

/// What articles have in common: groups of articles that share a feature.
#[derive(Debug, Default)]
struct Common {
    groups: Vec<Group>,
    /// The articles of all groups, group by group.
    members: Vec<PageId>,
    /// For each page, where in `shared` its own begin; one more at the end.
    starts: Vec<u32>,
    /// The features that a page shares, in its own order: each feature's place there, and its group.
    shared: Vec<(u16, u32)>,
}

#[derive(Debug)]
struct Group {
    members: Range<u32>,
    /// What it says for two articles to be in the group.
    score: f32,
}

/// A feature of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    /// Stands for the feature.
    key: u64,
    page: PageId,
    /// Its place among the article's features.
    place: u16,
    sort: u8,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// Which.
    pub page: PageId,
    /// The strongest thing that the two share: its place among [`features`].
    pub reason: u16,
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
    /// How much it says that two articles share a feature of each sort, before its rarity.
    const WEIGHTS: [f32; 4] = [2.0, 1.5, 1.0, 0.7];

    fn sort(self) -> u8 {
        match self {
            Self::Code(_) => 0,
            Self::Reference(_) => 1,
            Self::QueryWord(_) => 2,
            Self::Keyword(_) => 3,
        }
    }

    /// Should two features ever share one, then in every run.
    fn key(self) -> u64 {
        digest::of(self)
    }
}

/// The features by which `article` can be related to others.
pub fn features(article: &Article) -> impl Iterator<Item = Feature<'_>> {
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
    graph.common = Common::of(articles);
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
    graph.starts = starts(articles.len(), edges.iter().map(|(to, _)| *to));
    graph.citations = edges.into_iter().map(|(_, citation)| citation).collect();
}

impl Common {
    /// The rare features that articles share. Equal 64-bit keys of different features are too unlikely to matter for a suggestion.
    fn of(articles: &[Arc<Article>]) -> Self {
        let known = common_keys(articles);
        let mention = |page, (feature, place): (Feature<'_>, u16)| {
            let key = feature.key();
            (!known.contains(&key)).then(|| Mention { key, page, place, sort: feature.sort() })
        };
        let mention = &mention;
        let mut mentions: Vec<Mention> = articles
            .par_iter()
            .enumerate()
            .flat_map_iter(|(i, article)| features(article).zip(0..).filter_map(move |feature| mention(PageId(i as u32), feature)))
            .collect();
        mentions.par_sort_unstable();
        mentions.dedup_by_key(|mention| (mention.key, mention.page));
        let mut common = Self::default();
        let mut shared: Vec<(PageId, u16, u32)> = Vec::new();
        for group in mentions.chunk_by(|a, b| a.key == b.key).filter(|group| (2..=RARE).contains(&group.len())) {
            let start = common.members.len() as u32;
            common.members.extend(group.iter().map(|mention| mention.page));
            shared.extend(group.iter().map(|mention| (mention.page, mention.place, common.groups.len() as u32)));
            let score = Feature::WEIGHTS[usize::from(group[0].sort)] * (articles.len() as f32 / group.len() as f32).ln();
            common.groups.push(Group { members: start..common.members.len() as u32, score });
        }
        shared.par_sort_unstable();
        common.starts = starts(articles.len(), shared.iter().map(|(page, ..)| *page));
        common.shared = shared.into_iter().map(|(_, place, group)| (place, group)).collect();
        common
    }
}

/// Features that too many articles share to say anything, as far as some of the articles tell. Most of all mentions are of these: they
/// need be neither kept nor sorted.
fn common_keys(articles: &[Arc<Article>]) -> HashSet<u64> {
    // For each feature the last article that has it, and how many do.
    let mut counts: HashMap<u64, (usize, usize)> = HashMap::default();
    for (number, article) in (1..).zip(articles.iter().step_by(SAMPLED)) {
        for feature in features(article) {
            let (last, count) = counts.entry(feature.key()).or_default();
            *count += usize::from(*last != number);
            *last = number;
        }
    }
    counts.into_iter().filter(|(_, (_, count))| *count > RARE).map(|(key, _)| key).collect()
}

/// Where the items of each page begin in a list that is sorted by page; one more at the end.
fn starts(pages: usize, items: impl Iterator<Item = PageId>) -> Vec<u32> {
    let mut starts = vec![0u32; pages + 1];
    for page in items {
        starts[page.index() + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    starts
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
    pub fn related(&self, page: PageId) -> Vec<Related> {
        let Common { groups, members, starts, shared } = &self.common;
        let own = starts.get(page.index()..page.index() + 2).map_or(0..0, |range| range[0] as usize..range[1] as usize);
        let mut features: Vec<(&Group, u16)> =
            shared[own].iter().map(|(place, group)| (&groups[*group as usize], *place)).collect();
        features.sort_unstable_by(|(a, at), (b, bt)| b.score.total_cmp(&a.score).then(at.cmp(bt)));
        // A page and the index of a feature in one number: these are sorted far faster than pairs.
        let mut pairs: Vec<u64> = Vec::with_capacity(features.iter().map(|(group, _)| group.members.len()).sum());
        for (i, (Group { members: range, .. }, _)) in features.iter().enumerate() {
            let others = members[range.start as usize..range.end as usize].iter().filter(|other| **other != page);
            pairs.extend(others.map(|other| u64::from(other.0) << 32 | i as u64));
        }
        pairs.sort_unstable();
        let feature = |pair: u64| features[pair as u32 as usize];
        let mut best: Vec<(f32, Related)> = Vec::with_capacity(MOST_RELATED + 1);
        for pairs in pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
            let score: f32 = pairs.iter().map(|pair| feature(*pair).0.score).sum();
            // Groups come in the order of their pages: an equal one stands behind.
            let at = best.partition_point(|(other, _)| other.total_cmp(&score).is_ge());
            if at < MOST_RELATED {
                best.insert(at, (score, Related { page: PageId((pairs[0] >> 32) as u32), reason: feature(pairs[0]).1 }));
                best.truncate(MOST_RELATED);
            }
        }
        best.into_iter().map(|(_, related)| related).collect()
    }
}
