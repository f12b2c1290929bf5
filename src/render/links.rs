//! The pages about links: what is wanted, what is cited most, what nobody cites, where old addresses lead.

use tera::Value;

use super::lists::{Parts, term_value};
use super::{Renderer, Rendering};
use crate::link_lists::{self, LinkList};
use crate::routes::part_url;
use crate::site::PageId;
use crate::view;

/// How many of the articles that link are named in a row; the rest are counted.
const SHOWN: usize = 6;

/// The names of a list's title and description among the labels.
fn labels(list: LinkList) -> (&'static str, &'static str) {
    match list {
        LinkList::Wanted => ("links_wanted", "links_wanted_about"),
        LinkList::Cited => ("most_cited", "links_cited_about"),
        LinkList::Orphans => ("links_orphans", "links_orphans_about"),
        LinkList::DeadEnds => ("links_dead_ends", "links_dead_ends_about"),
        LinkList::Redirects => ("links_redirects", "links_redirects_about"),
    }
}

impl Renderer<'_> {
    /// The lists, with the number of their rows.
    pub(super) fn links_index(&self) -> Rendering {
        let (config, lists) = (&self.site.config, &self.site.link_lists);
        let shown = LinkList::ALL.into_iter().filter(|list| lists.count(*list) > 0);
        let terms = shown.map(|list| term_value(config.label(labels(list).0), &self.url(&list.url()), lists.count(list), 0));
        let own = view::Taxonomy {
            heading: config.label("links"),
            description: "",
            groups: vec![view::TermGroup { title: "", id: "", terms: terms.collect() }],
        };
        let url = self.url(link_lists::URL);
        let view = self.list_view(own.heading, &url, "", &self.index.trails[0].value, Value::none());
        self.with_page("taxonomy.html", &view, ("taxonomy", &own), None)
    }

    /// One part of a list.
    pub(super) fn link_list(&self, list: LinkList, part: u32) -> Rendering {
        let lists = &self.site.link_lists;
        let (name, about) = labels(list);
        let (heading, description) = (self.site.config.label(name), self.site.config.label(about));
        let count = lists.count(list);
        let parts = Parts::of(&self.url(&list.url()), part, count, list.per_part());
        let url = self.url(&part_url(&list.url(), part));
        let trail = self.index.trails[0].below(self.site.config.label("links"), self.url(link_lists::URL));
        let json_ld = view::breadcrumbs_json_ld(&trail.json_ld);
        let title = super::lists::titled(heading, part);
        let view = self.list_view(&title, &url, description, &trail.value, json_ld);
        if let LinkList::Orphans | LinkList::DeadEnds = list {
            let pages = if list == LinkList::Orphans { &lists.orphans } else { &lists.dead_ends };
            let own = view::Term {
                heading,
                description,
                count,
                feed: "",
                terms: Vec::new(),
                pages: self.part_values(pages, &parts),
                paginator: parts.view(),
            };
            return self.with_page("term.html", &view, ("term", &own), None);
        }
        let rows = parts.range(count).map(|i| match list {
            LinkList::Wanted => self.wanted_row(lists.wanted[i]),
            LinkList::Cited => self.cited_row(lists.cited[i]),
            _ => self.redirect_row(i),
        });
        let own = view::LinkList { heading, description, count, rows: rows.collect(), paginator: parts.view() };
        self.with_page("links.html", &view, ("list", &own), None)
    }

    fn wanted_row(&self, number: u32) -> view::LinkRow {
        let pages = self.site.graph.wanted().get(&number).map_or(&[][..], Vec::as_slice);
        let shown = pages.iter().take(SHOWN).map(|page| self.page_link(*page));
        view::LinkRow { title: format!("Q{number}"), url: String::new(), count: pages.len(), pages: shown.collect() }
    }

    fn cited_row(&self, page: PageId) -> view::LinkRow {
        let citations = self.site.graph.citations(page);
        view::LinkRow {
            title: self.site.article(page).title.clone(),
            url: self.url(&self.site.page(page).url),
            count: citations.len(),
            pages: Vec::new(),
        }
    }

    fn redirect_row(&self, index: usize) -> view::LinkRow {
        let redirect = &self.site.redirects[index];
        let (title, url) = self.link_to(&redirect.target);
        let target = view::PageLink { url: &url, number: "", heading: &title };
        let old = self.url(&redirect.out.url());
        view::LinkRow { title: old.clone(), url: old, count: 0, pages: vec![view::page_link(&target)] }
    }
}
