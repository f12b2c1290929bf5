//! Every file of the output and what makes it. The list is complete before anything is rendered, so collisions are found while the
//! published site is still untouched.

use std::borrow::Cow;
use std::sync::Arc;

use ahash::{HashMap, HashSet};

use crate::code_index;
use crate::diagnostic::{Diagnostic, code};
use crate::hosting;
use crate::link_lists::{self, LinkList};
use crate::load::Sources;
use crate::manifest;
use crate::permalink::OutPath;
use crate::render;
use crate::site::{PageId, SectionId, Site};
use crate::source::Span;
use crate::theme::Theme;

/// Most URLs that one sitemap may have; more need an index of sitemaps.
pub const SITEMAP_URLS: usize = 50_000;

/// Pages in one part of a section's list.
pub const SECTION_PAGES: usize = 200;

/// What makes one file of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// An article or a page.
    Page(PageId),
    /// One part of a section's list, from 1; the section's own page is its first part.
    Section(SectionId, u32),
    /// The list of a taxonomy's terms.
    Taxonomy(u32),
    /// One part of a term's list, from 1.
    Term(TermId, u32),
    /// A term's Atom feed.
    TermFeed(TermId),
    /// The groups of error codes.
    Codes,
    /// One group of error codes: index into [`CodeIndex::groups`](crate::code_index::CodeIndex::groups).
    CodeGroup(u32),
    /// The lists of links.
    Links,
    /// One part of a list of links, from 1.
    LinkList(LinkList, u32),
    /// The site's Atom feed.
    Feed,
    /// The page of search results.
    Search,
    /// What a host shows where there is no page.
    NotFound,
    /// The only sitemap, or one of several, from 0.
    Sitemap(u32),
    /// The index of several sitemaps.
    SitemapIndex,
    /// `robots.txt`.
    Robots,
    /// The plain-text copy of an article.
    Text(PageId),
    /// What a browser needs to offer the search among its own.
    OpenSearch,
    /// What a browser needs to offer the site as an application.
    Manifest,
    /// What language models are told about the site.
    Llms,
    /// An alias: index into [`Site::redirects`].
    Redirect(u32),
    /// An asset of the theme: index into [`Theme::assets`].
    ThemeAsset(u32),
    /// An asset of the content: index into [`Site::assets`].
    Asset(u32),
    /// A file of the static directory, by index.
    Static(u32),
    /// A file that the host reads.
    Host(hosting::File),
}

/// A term: its taxonomy and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermId {
    /// Index into [`Site::taxonomies`].
    pub taxonomy: u32,
    /// Index into [`Taxonomy::terms`](crate::taxonomy::Taxonomy::terms).
    pub term: u32,
}

/// All routes of the site, in the order in which they are made: pages first, then what lists them, then entry points.
pub fn routes(site: &Site, theme: &Theme, sources: &Sources) -> (Vec<(OutPath, Route)>, Vec<Diagnostic>) {
    let mut list = List { routes: Vec::with_capacity(site.pages.len() * 5 / 4), diagnostics: Vec::new() };
    for (i, asset) in theme.assets.iter().enumerate() {
        list.routes.push((asset.out.clone(), Route::ThemeAsset(i as u32)));
    }
    for (i, asset) in site.assets.iter().enumerate() {
        list.routes.push((asset.out.clone(), Route::Asset(i as u32)));
    }
    for (i, file) in sources.statics.iter().enumerate() {
        list.file(&file.relative, Route::Static(i as u32), &file.path);
    }
    for page in site.page_ids().filter(|page| !site.page(*page).is_index) {
        list.routes.push((site.page(page).out.clone(), Route::Page(page)));
    }
    list.sections(site);
    list.taxonomies(site);
    list.codes_and_links(site);
    for (i, redirect) in site.redirects.iter().enumerate() {
        list.routes.push((redirect.out.clone(), Route::Redirect(i as u32)));
    }
    list.entry_points(site);
    for file in hosting::files(&site.config, sources) {
        list.file(file.path(), Route::Host(file), file.path());
    }
    let collisions = collisions(&list.routes, site, sources);
    list.diagnostics.extend(collisions);
    (list.routes, list.diagnostics)
}

/// The URL of part `part` of the list at `url`, both relative to the site.
pub fn part_url(url: &str, part: u32) -> String {
    if part <= 1 { url.to_owned() } else { format!("{url}page/{part}/") }
}

/// How many parts a list of `items` has, at least one.
pub fn parts(items: usize, per_part: usize) -> u32 {
    items.div_ceil(per_part.max(1)).max(1) as u32
}

struct List {
    routes: Vec<(OutPath, Route)>,
    diagnostics: Vec<Diagnostic>,
}

impl List {
    fn file(&mut self, path: &str, route: Route, source: &str) {
        match OutPath::from_file(path) {
            Ok(out) => self.routes.push((out, route)),
            Err(why) => self.diagnostics.push(
                Diagnostic::error(code::FILE_NAME, format!("`{path}` cannot be a file of the site: {why}"))
                    .at(&Arc::from(source), Span::default())
                    .help("give it another name"),
            ),
        }
    }

    fn url(&mut self, url: &str, route: Route) {
        // Generated from slugs and numbers: always a good path.
        if let Ok(out) = OutPath::from_url(url) {
            self.routes.push((out, route));
        }
    }

    /// A section without a page of its own yields to a page or an alias that has its place.
    fn sections(&mut self, site: &Site) {
        let taken: HashSet<&str> =
            site.pages.iter().map(|page| page.out.as_str()).chain(site.redirects.iter().map(|r| r.out.as_str())).collect();
        for (i, section) in site.sections.iter().enumerate() {
            let id = SectionId(i as u32);
            let own = section.index.map(|page| &site.page(page).out);
            let Some(first) = own.cloned().or_else(|| OutPath::from_url(&section.url).ok()) else { continue };
            if own.is_none() && taken.contains(first.as_str()) {
                continue;
            }
            self.routes.push((first, Route::Section(id, 1)));
            // The home page shows what is worth showing, not a list of all pages.
            if id != SectionId::HOME {
                for part in 2..=parts(section.pages.len(), SECTION_PAGES) {
                    self.url(&part_url(&section.url, part), Route::Section(id, part));
                }
            }
        }
    }

    fn taxonomies(&mut self, site: &Site) {
        for (i, taxonomy) in site.taxonomies.iter().enumerate() {
            self.url(&taxonomy.url, Route::Taxonomy(i as u32));
            for (j, term) in taxonomy.terms.iter().enumerate() {
                let id = TermId { taxonomy: i as u32, term: j as u32 };
                for part in 1..=parts(term.pages.len(), taxonomy.config.paginate_by) {
                    self.url(&part_url(&term.url, part), Route::Term(id, part));
                }
                if taxonomy.config.feed {
                    self.url(&format!("{}atom.xml", term.url), Route::TermFeed(id));
                }
            }
        }
    }

    fn codes_and_links(&mut self, site: &Site) {
        let groups = &site.codes.groups;
        if !groups.is_empty() {
            self.url(code_index::URL, Route::Codes);
        }
        for (i, group) in groups.iter().enumerate() {
            self.url(&group.url, Route::CodeGroup(i as u32));
        }
        if site.link_lists.is_empty() {
            return;
        }
        self.url(link_lists::URL, Route::Links);
        for list in LinkList::ALL {
            let count = site.link_lists.count(list);
            let parts = if count == 0 { 0 } else { parts(count, list.per_part()) };
            for part in 1..=parts {
                self.url(&part_url(&list.url(), part), Route::LinkList(list, part));
            }
        }
    }

    fn entry_points(&mut self, site: &Site) {
        if site.config.feeds.enabled {
            self.url("atom.xml", Route::Feed);
        }
        if site.config.search.enabled {
            self.url("search/", Route::Search);
        }
        self.url("404.html", Route::NotFound);
        if site.config.sitemap {
            let urls = crate::feeds::sitemap_urls(site).count();
            if urls > SITEMAP_URLS {
                for part in 0..urls.div_ceil(SITEMAP_URLS) as u32 {
                    self.url(&format!("sitemap-{}.xml", part + 1), Route::Sitemap(part));
                }
                self.url("sitemap.xml", Route::SitemapIndex);
            } else {
                self.url("sitemap.xml", Route::Sitemap(0));
            }
        }
        self.url("robots.txt", Route::Robots);
        self.url("manifest.webmanifest", Route::Manifest);
        if site.config.search.enabled {
            self.url("opensearch.xml", Route::OpenSearch);
        }
        if site.config.pages.llms {
            self.url("llms.txt", Route::Llms);
        }
        let texts = site.page_ids().filter(|page| site.config.pages.text && render::is_kb_article(site.article(*page)));
        for page in texts.filter(|page| !site.page(*page).is_index && site.page(*page).out.as_str().ends_with("/index.html")) {
            self.url(&format!("{}index.txt", site.page(page).url), Route::Text(page));
        }
    }
}

/// The folder of the search index, whose files are known only when all pages are.
const SEARCH: &str = "search/";

/// Two routes that want one file on some file system, or a file where another needs a folder: errors that name both.
fn collisions(routes: &[(OutPath, Route)], site: &Site, sources: &Sources) -> Vec<Diagnostic> {
    let mut taken: HashMap<Cow<'_, str>, Route> = HashMap::with_capacity_and_hasher(routes.len(), ahash::RandomState::default());
    let mut diagnostics = Vec::new();
    let owner = |route| owner(route, site, sources);
    for (out, route) in routes {
        if let Some(other) = taken.insert(out.collision_key(), *route) {
            diagnostics.push(collision(owner(*route), owner(other), out.as_str(), "want the same file"));
        }
    }
    for (out, route) in routes {
        let key = out.collision_key();
        if site.config.search.enabled && key.starts_with(SEARCH) && *route != Route::Search {
            let index = (None, "the search index".to_owned());
            diagnostics.push(collision(owner(*route), index, out.as_str(), "want the same folder"));
        }
        if key.starts_with(manifest::RESERVED) {
            let own = (None, "what kbpress keeps for itself".to_owned());
            diagnostics.push(collision(owner(*route), own, out.as_str(), "want the same file"));
        }
        for (slash, _) in key.match_indices('/') {
            if let Some(other) = taken.get(&key[..slash]) {
                diagnostics.push(collision(owner(*route), owner(*other), &key[..slash], "need a folder and a file of one name"));
            }
        }
    }
    diagnostics
}

/// The source file that a route is made from, if it has one, and what to call the route.
fn owner(route: Route, site: &Site, sources: &Sources) -> (Option<String>, String) {
    let file = match route {
        Route::Page(page) => Some(sources.articles[site.page(page).source as usize].path.clone()),
        Route::Section(section, _) => {
            site.sections[section.index()].index.map(|page| sources.articles[site.page(page).source as usize].path.clone())
        }
        Route::Asset(i) => Some(site.assets[i as usize].file.path.clone()),
        Route::Static(i) => Some(sources.statics[i as usize].path.clone()),
        Route::Redirect(i) => site.redirects[i as usize].source.as_deref().map(str::to_owned),
        _ => None,
    };
    let name = match (route, &file) {
        (Route::Redirect(i), Some(file)) => format!("an alias in `{file}` (it leads to `{}`)", site.redirects[i as usize].target),
        (_, Some(file)) => format!("`{file}`"),
        (Route::Section(section, _), _) => format!("the list of the folder `{}`", site.sections[section.index()].folder),
        (Route::Taxonomy(taxonomy) | Route::Term(TermId { taxonomy, .. }, _) | Route::TermFeed(TermId { taxonomy, .. }), _) => {
            format!("the taxonomy `{}`", site.taxonomies[taxonomy as usize].config.name)
        }
        (Route::Redirect(i), None) => format!("the redirect to `{}` in `site.toml`", site.redirects[i as usize].target),
        _ => "a page that kbpress makes itself".to_owned(),
    };
    (file, name)
}

fn collision(a: (Option<String>, String), b: (Option<String>, String), out: &str, what: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(code::PATH_COLLISION, format!("{} and {} {what}: `{out}`", a.1, b.1))
        .help("give one of them another `permalink`, `slug` or file name");
    match a.0.or(b.0) {
        Some(file) => diagnostic.at(&Arc::from(file), Span::default()),
        None => diagnostic,
    }
}
