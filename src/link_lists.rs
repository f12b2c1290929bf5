//! What the references between articles say about the whole site: which articles are wanted, which nobody cites, which are cited most,
//! and which are cited but lead no further.

use std::sync::Arc;

use crate::article::Article;
use crate::links::Graph;
use crate::site::{PageId, Redirect};

/// Where the lists are, relative to the site.
pub const URL: &str = "links/";

/// Rows in one part of a list of links.
pub const ROWS: usize = 200;

/// Pages in one part of a list of pages.
pub const PAGES: usize = 500;

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkList {
    /// Numbers that articles name and the site does not hold.
    Wanted,
    /// Articles that others cite.
    Cited,
    /// Articles that nobody cites.
    Orphans,
    /// Articles that are cited and cite none themselves.
    DeadEnds,
    /// Old addresses.
    Redirects,
}

impl LinkList {
    /// All lists, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Wanted, Self::Cited, Self::Orphans, Self::DeadEnds, Self::Redirects];

    /// URL relative to the site.
    pub fn url(self) -> String {
        format!(
            "{URL}{}/",
            match self {
                Self::Wanted => "wanted",
                Self::Cited => "most-cited",
                Self::Orphans => "orphans",
                Self::DeadEnds => "dead-ends",
                Self::Redirects => "redirects",
            }
        )
    }

    /// Rows in one part of the list.
    pub fn per_part(self) -> usize {
        if matches!(self, Self::Orphans | Self::DeadEnds) { PAGES } else { ROWS }
    }
}

/// The lists of a site; all empty where the site does not want their pages, or has no articles with numbers.
#[derive(Debug, Default)]
pub struct LinkLists {
    /// The most wanted numbers first.
    pub wanted: Vec<u32>,
    /// The most cited first.
    pub cited: Vec<PageId>,
    /// In the order of their ids.
    pub orphans: Vec<PageId>,
    /// In the order of their ids.
    pub dead_ends: Vec<PageId>,
    /// How many old addresses there are.
    pub redirects: usize,
}

impl LinkLists {
    /// How many rows `list` has.
    pub fn count(&self, list: LinkList) -> usize {
        match list {
            LinkList::Wanted => self.wanted.len(),
            LinkList::Cited => self.cited.len(),
            LinkList::Orphans => self.orphans.len(),
            LinkList::DeadEnds => self.dead_ends.len(),
            LinkList::Redirects => self.redirects,
        }
    }

    /// Whether there is nothing to list.
    pub fn is_empty(&self) -> bool {
        LinkList::ALL.iter().all(|list| self.count(*list) == 0)
    }
}

/// The lists of `articles`, whose page ids are their indices.
pub fn link_lists(articles: &[Arc<Article>], graph: &Graph, redirects: &[Redirect]) -> LinkLists {
    let mut lists = LinkLists::default();
    let numbered = |article: &Arc<Article>| article.fields.number.is_some() && !article.front.unlisted;
    if !articles.iter().any(numbered) {
        return lists;
    }
    for (i, article) in articles.iter().enumerate().filter(|(_, article)| numbered(article)) {
        let page = PageId(i as u32);
        let leads_on = || {
            let targets = article.outline.references.iter().filter_map(|reference| graph.page(reference.number));
            targets.into_iter().any(|target| target != page)
        };
        match graph.citations(page).len() {
            0 => lists.orphans.push(page),
            _ => {
                lists.cited.push(page);
                if !leads_on() {
                    lists.dead_ends.push(page);
                }
            }
        }
    }
    lists.cited.sort_by_key(|page| (std::cmp::Reverse(graph.citations(*page).len()), *page));
    lists.wanted = graph.wanted().keys().copied().collect();
    lists.wanted.sort_by_key(|number| (std::cmp::Reverse(graph.wanted()[number].len()), *number));
    lists.redirects = redirects.len();
    lists
}
