//! What each file of the output is made from, as hashes, so that a build renders only what is made from something else than before.
//!
//! A page that shows another page as lists do depends on that page's [`Card`](super::card::Card); one that shows anything else of it, on all
//! of it: its own text decides what it is. So a new word in a list's items needs no change here, but a new *place* where other pages are
//! shown does. Rendering too much costs time, for equal files are not written; rendering too little would be wrong. A route that is
//! not known here is always rendered.

use super::article::Notice;
use super::codes::SENTENCES;
use super::lists::HOME_PAGES;
use super::{PageLinks, Renderer};
use crate::article::Article;
use crate::content::{Asked, Reference, Resolver as _};
use crate::digest::{self, Digest};
use crate::feeds;
use crate::permalink::OutPath;
use crate::routes::{Route, SECTION_PAGES, SITEMAP_URLS, TermId};
use crate::site::{PageId, SectionId};
use crate::text;

/// How many hashes a page has.
pub const PARTS: usize = 8;

/// What a file is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// A hash of all of it.
    pub all: u64,
    /// A hash of all but what its links lead to and its related articles: these two take the longest to find, and are as they were where
    /// [`Dependencies::world`] is.
    pub near: u64,
    /// The end of a hash for each sort of thing, in the order of [`SORTS`]: enough to say what has changed.
    pub sorts: [u16; PARTS],
}

/// The sorts of things that a file is made from, as `--explain` names them.
pub const SORTS: [&str; PARTS] = [
    "the program, the configuration, the templates or the navigation",
    "its own text",
    "its place in the site, or the notice above it",
    "its terms",
    "what its links and article numbers lead to",
    "the articles that cite it",
    "its related articles",
    "the pages before and after it, or in its list",
];

const SITE: usize = 0;
const TEXT: usize = 1;
const PLACE: usize = 2;
const TERMS: usize = 3;
const LINKS: usize = 4;
const CITATIONS: usize = 5;
const RELATED: usize = 6;
const LIST: usize = 7;

/// Finds what the files of one site are made from.
#[derive(Debug)]
pub struct Dependencies {
    site: u64,
    /// What there is to see of each page: its text and its place.
    faces: Vec<u64>,
    /// What lists show of each page.
    cards: Vec<u64>,
    /// The terms of each page, as pages show them.
    terms: Vec<u64>,
    /// The way down to each section.
    trails: Vec<u64>,
    /// All that is known of the articles before their bodies are converted: what lists over the whole site are made from.
    articles: u64,
    /// The same, and the place of every file: what is found by a link, and which articles are related, depends on nothing else.
    world: u64,
    /// The assets of the content and the static files.
    copied: (Vec<text::Hash>, Vec<text::Hash>),
}

/// The same, with the renderer whose site they are of.
struct Finder<'f, 'a> {
    renderer: &'f Renderer<'a>,
    known: &'f Dependencies,
}

impl Dependencies {
    /// For the site of `renderer`. `program` stands for everything that is not the site's files; `copied` are the hashes of the
    /// assets of the content and of the static files.
    pub fn new(
        renderer: &Renderer<'_>,
        routes: &[(OutPath, Route)],
        program: &text::Hash,
        copied: (Vec<text::Hash>, Vec<text::Hash>),
    ) -> Self {
        let (site, sources) = (renderer.site, renderer.sources);
        let mut shared = Digest::new();
        shared.add(program);
        for template in &sources.templates {
            shared.add(&template.path).add(template.text.hash());
        }
        for asset in &renderer.theme.assets {
            shared.add(asset.out.as_str());
        }
        // Pages lead to these where there are any.
        shared.add((site.codes.groups.is_empty(), site.link_lists.is_empty()));
        for taxonomy in site.taxonomies.iter() {
            shared.add(&taxonomy.config.title).add(&taxonomy.url);
        }
        let terms = terms(renderer);
        let pages = || site.page_ids().zip(&terms);
        let faces = pages().map(|(page, terms)| digest::of((own_text(renderer, page), &site.page(page).url, terms))).collect();
        // Its terms, because one of them is its kind, whose address a list may show.
        let cards = pages().map(|(page, terms)| digest::of((renderer.card(page), terms))).collect();
        let trails = renderer.index.trails.iter().map(|trail| digest::of(&trail.links)).collect();
        let articles = articles(renderer, &terms);
        let world = world(renderer, routes, articles);
        Self { site: shared.end(), articles, world, faces, cards, terms, trails, copied }
    }

    /// Whether it can be known what the file of `route` is made from; the few others are small and always rendered.
    pub fn know(route: Route) -> bool {
        !matches!(route, Route::OpenSearch | Route::Manifest | Route::Host(_) | Route::ThemeAsset(_))
    }

    /// What the file of `route` is made from by `renderer`, if its text asks for `asked`; `None` where it is to be rendered anyway.
    pub fn of(&self, renderer: &Renderer<'_>, route: Route, asked: &Asked) -> Option<Parts> {
        let finder = Finder { renderer, known: self };
        let mut parts = finder.near(route)?;
        let near = digest::of(parts);
        finder.add_far(route, asked, &mut parts);
        Some(Parts { all: digest::of(parts), near, sorts: parts.map(|part| part as u16) })
    }

    /// Whether that is `then`, which it was in the world of that time.
    pub fn are_still(&self, renderer: &Renderer<'_>, route: Route, asked: &Asked, (then, world): (&Parts, u64)) -> bool {
        let finder = Finder { renderer, known: self };
        let Some(mut parts) = finder.near(route).filter(|parts| digest::of(parts) == then.near) else { return false };
        world == self.world || {
            finder.add_far(route, asked, &mut parts);
            digest::of(parts) == then.all
        }
    }

    /// A hash of all that decides where links lead and which articles are related.
    pub fn world(&self) -> u64 {
        self.world
    }
}

impl Finder<'_, '_> {
    /// All but what links lead to and related articles.
    fn near(&self, route: Route) -> Option<[u64; PARTS]> {
        let mut parts = [0; PARTS];
        parts[SITE] = self.known.site;
        match route {
            Route::Page(page) => self.page(page, &mut parts)?,
            Route::Section(section, part) => self.section(section, part, &mut parts)?,
            Route::Taxonomy(taxonomy) => parts[TERMS] = self.all_terms(taxonomy as usize),
            Route::Term(term, part) => self.term(term, part, &mut parts),
            Route::TermFeed(term) => {
                let shown = self.renderer.site.taxonomies[term.taxonomy as usize].terms[term.term as usize].pages.iter().copied();
                parts[TERMS] = self.term_itself(term);
                parts[LIST] = self.newest(shown, self.renderer.site.config.feeds.limit);
            }
            Route::Feed => parts[LIST] = self.newest(self.members(), self.renderer.site.config.feeds.limit),
            Route::Sitemap(part) => {
                let mut urls = Digest::new();
                for (url, updated) in feeds::sitemap_urls(self.renderer.site).skip(part as usize * SITEMAP_URLS).take(SITEMAP_URLS)
                {
                    urls.add(url).add(updated);
                }
                parts[LIST] = urls.end();
            }
            Route::SitemapIndex => parts[LIST] = digest::of(feeds::sitemap_urls(self.renderer.site).count()),
            Route::Redirect(index) => {
                let target = &self.renderer.site.redirects[index as usize].target;
                let page = self.renderer.site.by_url.get(target.trim_start_matches('/'));
                parts[LINKS] = digest::of((target, page.map(|page| self.face(*page))));
            }
            Route::Search | Route::NotFound | Route::Robots => {}
            Route::Text(page) => parts[TEXT] = self.face(page),
            Route::CodeGroup(group) => {
                // Of some articles it shows sentences: their texts decide.
                let group = &self.renderer.site.codes.groups[group as usize];
                let mut digest = Digest::new();
                digest.add((&group.title, &group.decimals, &group.url));
                for entry in &group.codes {
                    let (shown, named) = entry.pages.split_at(SENTENCES.min(entry.pages.len()));
                    digest.add((&entry.code, self.faces_of(shown.iter().copied()), self.cards_of(named.iter().copied())));
                }
                parts[LIST] = digest.end();
            }
            Route::Codes | Route::Links | Route::LinkList(..) | Route::Llms => {
                parts[LIST] = self.known.articles;
            }
            Route::OpenSearch | Route::Manifest | Route::Host(_) | Route::ThemeAsset(_) => return None,
            Route::Asset(index) => parts[TEXT] = digest::of(self.known.copied.0[index as usize]),
            Route::Static(index) => parts[TEXT] = digest::of(self.known.copied.1[index as usize]),
        }
        Some(parts)
    }

    /// The rest.
    fn add_far(&self, route: Route, asked: &Asked, parts: &mut [u64; PARTS]) {
        match route {
            Route::Page(page) => {
                parts[LINKS] = self.links(page, asked);
                let mut digest = Digest::new();
                for related in self.renderer.site.graph.related(page) {
                    digest.add(self.card(related.page)).add(related.reason);
                }
                parts[RELATED] = digest.end();
            }
            Route::Section(section, _) => {
                if let Some(page) = self.renderer.site.sections[section.index()].index {
                    parts[LINKS] = self.links(page, asked);
                }
            }
            _ => {}
        }
    }

    fn face(&self, page: PageId) -> u64 {
        self.known.faces[page.index()]
    }

    /// What lists show of `page`.
    fn card(&self, page: PageId) -> u64 {
        self.known.cards[page.index()]
    }

    fn article(&self, page: PageId) -> &Article {
        self.renderer.site.article(page)
    }

    /// The pages that are no section's own.
    fn members(&self) -> impl Iterator<Item = PageId> {
        let site = self.renderer.site;
        site.page_ids().filter(|page| !site.page(*page).is_index)
    }

    fn page(&self, page: PageId, parts: &mut [u64; PARTS]) -> Option<()> {
        let Renderer { site, index, .. } = self.renderer;
        let article = self.article(page);
        if article.front.unlisted {
            // It stands in no term, so what is known of its terms is not here.
            return None;
        }
        parts[TEXT] = self.face(page);
        let notice = Notice::of(self.renderer, article);
        parts[PLACE] = digest::of((
            self.known.trails[site.page(page).section.index()],
            notice.as_ref().map(|notice| (notice.kind, &notice.text, &notice.link)),
        ));
        parts[TERMS] = self.known.terms[page.index()];
        let citations = site.graph.citations(page);
        let mut digest = Digest::new();
        digest.add(citations.len());
        for citation in citations.iter().take(super::article::SHOWN_CITATIONS) {
            digest.add(self.face(citation.from)).add(citation.heading);
        }
        parts[CITATIONS] = digest.end();
        let (previous, next) = index.neighbours[page.index()];
        parts[LIST] = digest::of((previous.map(|page| self.card(page)), next.map(|page| self.card(page))));
        Some(())
    }

    fn cards_of(&self, pages: impl Iterator<Item = PageId>) -> u64 {
        let mut digest = Digest::new();
        pages.for_each(|page| {
            digest.add(self.card(page));
        });
        digest.end()
    }

    fn faces_of(&self, pages: impl Iterator<Item = PageId>) -> u64 {
        let mut digest = Digest::new();
        pages.for_each(|page| {
            digest.add(self.face(page));
        });
        digest.end()
    }

    /// The answers to what the text of `page` asks, and how many articles it names in vain.
    fn links(&self, page: PageId, asked: &Asked) -> u64 {
        let source = &self.renderer.sources.articles[self.renderer.site.page(page).source as usize];
        let links = PageLinks { renderer: self.renderer, page, file: self.renderer.sources.relative(source), asked: None };
        let mut digest = Digest::new();
        for number in &asked.numbers {
            match links.article(*number) {
                Reference::Resolved { url, title } => digest.add((url, title)),
                Reference::Own => digest.add(1),
                Reference::Wanted => digest.add(2),
            };
        }
        for destination in &asked.destinations {
            digest.add(links.link(destination));
        }
        digest.add(self.renderer.wanted(self.article(page))).end()
    }

    fn section(&self, id: SectionId, part: u32, parts: &mut [u64; PARTS]) -> Option<()> {
        let site = self.renderer.site;
        let section = &site.sections[id.index()];
        if let Some(page) = section.index {
            parts[TEXT] = self.face(page);
        }
        parts[PLACE] = digest::of((self.known.trails[id.index()], &section.title, &section.url));
        let mut terms = Digest::new();
        let mut list = Digest::new();
        if id == SectionId::HOME {
            (0..site.taxonomies.len()).for_each(|taxonomy| {
                terms.add(self.all_terms(taxonomy));
            });
            let newest = feeds::newest(site, self.members(), HOME_PAGES);
            list.add(self.members().count()).add(self.cards_of(newest.into_iter()));
            for (count, page) in self.renderer.most_cited_pages() {
                list.add(count).add(self.card(page));
            }
        } else {
            for below in &section.subsections {
                let below = &site.sections[below.index()];
                terms.add((&below.title, &below.url, below.total));
            }
            list.add(section.pages.len()).add(self.part(&section.pages, part, SECTION_PAGES));
        }
        (parts[TERMS], parts[LIST]) = (terms.end(), list.end());
        Some(())
    }

    fn part(&self, pages: &[PageId], part: u32, per_part: usize) -> u64 {
        let start = (part as usize - 1).saturating_mul(per_part).min(pages.len());
        self.cards_of(pages[start..].iter().take(per_part).copied())
    }

    fn term(&self, id: TermId, part: u32, parts: &mut [u64; PARTS]) {
        let taxonomy = &self.renderer.site.taxonomies[id.taxonomy as usize];
        let pages = &taxonomy.terms[id.term as usize].pages;
        parts[TERMS] = self.term_itself(id);
        parts[LIST] = digest::of((pages.len(), self.part(pages, part, taxonomy.config.paginate_by)));
    }

    fn term_itself(&self, id: TermId) -> u64 {
        let term = &self.renderer.site.taxonomies[id.taxonomy as usize].terms[id.term as usize];
        digest::of((&term.label, &term.url))
    }

    /// The terms of a taxonomy with how many pages each has.
    fn all_terms(&self, taxonomy: usize) -> u64 {
        let mut digest = Digest::new();
        for term in &self.renderer.site.taxonomies[taxonomy].terms {
            digest.add((&term.name, &term.label, &term.url, term.pages.len()));
        }
        digest.end()
    }

    fn newest(&self, pages: impl Iterator<Item = PageId>, limit: usize) -> u64 {
        self.faces_of(feeds::newest(self.renderer.site, pages, limit).into_iter())
    }
}

/// Everything in the articles but places in their texts, the redirects, and the pages' terms with their counts.
fn articles(renderer: &Renderer<'_>, terms: &[u64]) -> u64 {
    let site = renderer.site;
    let mut digest = Digest::new();
    for (page, terms) in site.page_ids().zip(terms) {
        let (article, place) = (site.article(page), site.page(page));
        let (fields, front, outline) = (&article.fields, &article.front, &article.outline);
        digest.add((&place.url, place.is_index, place.section, &article.path, &article.title, terms));
        digest.add((fields.number, fields.updated, fields.fix, &fields.kinds, fields.kind_inferred));
        let lists = [&fields.codes, &fields.products, &fields.keywords, &fields.versions, &fields.series, &fields.query_words];
        lists.iter().for_each(|list| {
            digest.add(list.joined());
        });
        digest.add((front.unlisted, front.draft, &front.description, &front.summary, front.status.map(|status| status as u8)));
        digest.add(front.superseded_by.as_ref().map(|target| &target.value));
        outline.headings.iter().for_each(|heading| {
            digest.add((&heading.text, &heading.id));
        });
        outline.references.iter().for_each(|reference| {
            digest.add((reference.number, reference.heading));
        });
        outline.links.iter().for_each(|link| {
            digest.add((&link.destination, link.image));
        });
    }
    for redirect in site.redirects.iter() {
        digest.add((redirect.out.as_str(), &redirect.target, &redirect.source));
    }
    for taxonomy in site.taxonomies.iter() {
        for term in &taxonomy.terms {
            digest.add((&term.label, &term.url, term.pages.len()));
        }
    }
    digest.end()
}

/// All `articles`, and the places of all files.
fn world(renderer: &Renderer<'_>, routes: &[(OutPath, Route)], articles: u64) -> u64 {
    let mut digest = Digest::new();
    digest.add(articles);
    for (out, _) in routes {
        digest.add(out.as_str());
    }
    for asset in renderer.site.assets.iter() {
        digest.add(&asset.file.relative);
    }
    digest.end()
}

/// The text of a page and where it lies.
fn own_text<'r>(renderer: &'r Renderer<'_>, page: PageId) -> (text::Hash, &'r str) {
    let source = &renderer.sources.articles[renderer.site.page(page).source as usize];
    (source.text.hash(), &source.path)
}

/// What pages show of their terms. How many pages a term has is shown in lists only, unless the site's own templates do otherwise.
fn terms(renderer: &Renderer<'_>) -> Vec<u64> {
    let shows_counts = renderer.has_own_templates();
    let mut pages = vec![0u64; renderer.site.pages.len()];
    for taxonomy in renderer.site.taxonomies.iter() {
        let fullest = taxonomy.terms.iter().map(|term| term.pages.len()).max();
        for term in &taxonomy.terms {
            let count = shows_counts.then_some((term.pages.len(), fullest));
            let term_digest = digest::of((&term.name, &term.label, &term.url, count));
            for page in &term.pages {
                let known = &mut pages[page.index()];
                // Terms come in one order: which there are decides the sum.
                *known = (known.rotate_left(5) ^ term_digest).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            }
        }
    }
    pages
}
