//! Parsed articles → a [`Site`]: every page has its place, every folder its section, every term its list, every route its file.
//! Plain data, made once; nothing later changes it.

use std::sync::Arc;

use ahash::{HashMap, HashSet};
use jiff::civil::Date;

use crate::article::Article;
use crate::beside::beside;
use crate::code_index::{self, CodeIndex};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, code};
use crate::link_lists::{self, LinkLists};
use crate::links::{self, Graph};
use crate::load::{DiskFile, Sources};
use crate::permalink::{BadPath, OutPath, path_part};
use crate::source::{Located, Span};
use crate::taxonomy::{self, Taxonomy};

/// A page of the site: an index into [`Site::pages`] and, for the same page, into [`Site::articles`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

impl PageId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A section of the site: an index into [`Site::sections`]; the home section is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

impl SectionId {
    /// The section of the content directory itself.
    pub const HOME: Self = Self(0);

    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where one article stands in the site.
#[derive(Debug)]
pub struct Page {
    /// URL relative to the site, percent-encoded: `kb/164/Q164177/`.
    pub url: Box<str>,
    /// The file that serves it.
    pub out: OutPath,
    /// The section whose list it stands in, or whose own page it is.
    pub section: SectionId,
    /// Whether it is the page of `section` itself, not a member.
    pub is_index: bool,
    /// Index of its file in [`Sources::articles`].
    pub source: u32,
}

/// A folder of the content directory.
#[derive(Debug)]
pub struct Section {
    /// Folder relative to the content directory, `/` between parts; empty for home.
    pub folder: Box<str>,
    /// Title of its page, or the folder's name.
    pub title: String,
    /// URL relative to the site.
    pub url: Box<str>,
    /// The article that is its page, where the writer gave one.
    pub index: Option<PageId>,
    /// The section above; home has none.
    pub parent: Option<SectionId>,
    /// Sections right below, sorted by folder.
    pub subsections: Vec<SectionId>,
    /// Its members, sorted as lists show them.
    pub pages: Vec<PageId>,
    /// Members of this section and of all below.
    pub total: usize,
}

/// A page that only leads to another.
#[derive(Debug)]
pub struct Redirect {
    /// The file that is made.
    pub out: OutPath,
    /// Where it leads: relative to the site, or absolute.
    pub target: Box<str>,
    /// The file that asks for it; `None` for `site.toml`.
    pub source: Option<Arc<str>>,
}

/// A file that is copied to the output as it is.
#[derive(Debug)]
pub struct Copied {
    /// Where it goes.
    pub out: OutPath,
    /// What is copied.
    pub file: DiskFile,
}

/// The whole site, placed and linked, before any body is converted. A clone shares everything, so that `serve` can put one changed
/// article into a site that pages are being rendered from.
#[derive(Debug, Clone)]
pub struct Site {
    /// What `site.toml` says.
    pub config: Arc<Config>,
    /// The articles, by [`PageId`]; sorted by output path, so that an id says where in the site a page is.
    pub articles: Vec<Arc<Article>>,
    /// Their places, by [`PageId`].
    pub pages: Arc<[Page]>,
    /// The folders, by [`SectionId`].
    pub sections: Arc<[Section]>,
    /// Terms and their pages.
    pub taxonomies: Arc<[Taxonomy]>,
    /// Error codes and the articles that name them; empty where the site does not want their pages.
    pub codes: Arc<CodeIndex>,
    /// References between articles.
    pub graph: Arc<Graph>,
    /// What the references say about the whole site.
    pub link_lists: Arc<LinkLists>,
    /// Aliases and pages that only redirect.
    pub redirects: Arc<[Redirect]>,
    /// Assets next to pages.
    pub assets: Arc<[Copied]>,
    /// Pages by URL, as links name them: relative to the site, without `index.html`.
    pub by_url: Arc<HashMap<Box<str>, PageId>>,
    /// Pages by their file relative to the content directory.
    pub by_file: Arc<HashMap<Box<str>, PageId>>,
    /// The day of the build.
    pub today: Date,
}

impl Site {
    /// The article of `page`.
    pub fn article(&self, page: PageId) -> &Article {
        &self.articles[page.index()]
    }

    /// The place of `page`.
    pub fn page(&self, page: PageId) -> &Page {
        &self.pages[page.index()]
    }

    /// The asset that lies at `file`, relative to the content directory.
    pub fn asset_by_file(&self, file: &str) -> Option<&Copied> {
        let found = self.assets.binary_search_by(|asset| asset.file.relative.as_str().cmp(file));
        found.ok().map(|i| &self.assets[i])
    }

    /// The page that front matter calls `target`: by its article's number, its URL or its file in the content directory.
    pub fn named(&self, target: &str) -> Option<PageId> {
        let target = target.trim();
        let number = crate::reference::references(target).next().filter(|(place, _)| *place == (0..target.len()));
        let number = number.map(|(_, number)| number).or_else(|| target.parse().ok());
        number
            .and_then(|number| self.graph.page(number))
            .or_else(|| self.by_url.get(target.trim_start_matches('/')).copied())
            .or_else(|| self.by_file.get(target.trim_start_matches("@/")).copied())
    }

    /// Ids of all pages, in order.
    pub fn page_ids(&self) -> impl Iterator<Item = PageId> + use<> {
        (0..self.pages.len() as u32).map(PageId)
    }
}

/// An article and what is known of its place before the folders are.
struct Placed {
    article: Arc<Article>,
    source: u32,
    relative: Box<str>,
    url_is_explicit: bool,
    out: OutPath,
}

/// Places `articles` (each with the index of its file) and finds collisions. Drafts and the like are already left out.
pub fn assemble(
    config: Arc<Config>,
    sources: &Sources,
    articles: Vec<(u32, Arc<Article>)>,
    today: Date,
) -> (Site, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (mut placed, redirecting) = place(sources, articles, &mut diagnostics);
    placed.sort_by(|a, b| a.out.cmp(&b.out).then_with(|| a.relative.cmp(&b.relative)));
    let mut sections = Folders::of(&placed);
    let mut pages = Vec::with_capacity(placed.len());
    let mut articles = Vec::with_capacity(placed.len());
    let mut by_file = HashMap::with_capacity_and_hasher(placed.len(), ahash::RandomState::default());
    let mut by_url = HashMap::with_capacity_and_hasher(placed.len(), ahash::RandomState::default());
    for (i, placed) in placed.into_iter().enumerate() {
        let id = PageId(i as u32);
        let (section, is_index) = sections.enter(&placed, id);
        let url: Box<str> = placed.out.url().into();
        by_url.entry(url.clone()).or_insert(id);
        by_file.insert(placed.relative, id);
        pages.push(Page { url, out: placed.out, section, is_index, source: placed.source });
        articles.push(placed.article);
    }
    let places = places(&pages, &articles);
    let redirects = redirects(&config, &articles, &pages, redirecting, &mut diagnostics);
    let linked = || {
        let graph = links::graph(&articles);
        let lists = config.pages.links.then(|| link_lists::link_lists(&articles, &graph, &redirects));
        (graph, lists.unwrap_or_default())
    };
    let listed = || {
        let codes = config.pages.codes.then(|| code_index::index(&articles));
        let sections = sections.finish(&pages, &articles, &places);
        (sections, taxonomy::taxonomies(&config, &articles, &places), codes.unwrap_or_default())
    };
    let ((graph, link_lists), (sections, taxonomies, codes)) = beside(linked, listed);
    let assets = copied_assets(sources, &by_file, &pages, &mut diagnostics);
    let site = Site {
        config,
        articles,
        pages: pages.into(),
        sections: sections.into(),
        taxonomies: taxonomies.into(),
        codes: Arc::new(codes),
        graph: Arc::new(graph),
        link_lists: Arc::new(link_lists),
        redirects: redirects.into(),
        assets: assets.into(),
        by_url: Arc::new(by_url),
        by_file: Arc::new(by_file),
        today,
    };
    diagnostics.extend(duplicate_numbers(&site));
    (site, diagnostics)
}

/// Gives each article its output path. Articles that only redirect come back apart.
fn place(sources: &Sources, articles: Vec<(u32, Arc<Article>)>, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Placed>, Vec<Redirect>) {
    let mut placed = Vec::with_capacity(articles.len());
    let mut redirecting = Vec::new();
    for (source, article) in articles {
        let relative: Box<str> = sources.articles[source as usize].path[sources.content_prefix..].into();
        let explicit = article.front.permalink.clone();
        if let Some(slug) = article.front.slug.as_ref().filter(|slug| explicit.is_none() && slug.value.contains('/')) {
            diagnostics.push(long_slug(&article.path, slug));
            continue;
        }
        let url = explicit.as_ref().map_or_else(
            || default_url(&relative, article.front.slug.as_ref().map(|slug| &*slug.value)),
            |permalink| permalink.value.to_string(),
        );
        let span = explicit.as_ref().or(article.front.slug.as_ref()).map_or(Span::default(), |wanted| wanted.span);
        let out = match OutPath::from_url(&url) {
            Ok(out) => out,
            Err(why) => {
                diagnostics.push(bad_path(&article.path, span, &url, &why));
                continue;
            }
        };
        match &article.front.redirect_to {
            Some(target) => {
                redirecting.push(Redirect { out, target: target.value.clone(), source: Some(Arc::clone(&article.path)) })
            }
            None => placed.push(Placed { article, source, relative, url_is_explicit: explicit.is_some(), out }),
        }
    }
    (placed, redirecting)
}

fn bad_path(path: &Arc<str>, span: Span, url: &str, why: &BadPath) -> Diagnostic {
    let code = if matches!(why, BadPath::NotPortable(_)) { code::FILE_NAME } else { code::BAD_PERMALINK };
    Diagnostic::error(code, format!("`{url}` cannot be the path of a page: {why}"))
        .at(path, span)
        .help("use letters, digits, `-` and `/`, as in `permalink: /guide/install/`")
}

fn long_slug(path: &Arc<str>, slug: &Located<Box<str>>) -> Diagnostic {
    Diagnostic::error(code::BAD_PERMALINK, format!("`{}` cannot be a slug: it has a `/`", slug.value))
        .at(path, slug.span)
        .help("a slug is the last part of the page's URL; the whole path can be given as `permalink: /guide/install/`")
}

/// The URL that follows from the file's place: `guide/Read Me.md` is `guide/read-me/`, and a folder's `README.md`, `index.md` or
/// `_index.md` is the folder itself.
fn default_url(relative: &str, slug: Option<&str>) -> String {
    let (folder, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    let mut parts: Vec<String> = folder.split('/').filter(|part| !part.is_empty()).map(url_part).collect();
    if !is_folder_page(name) {
        parts.push(url_part(stem(name)));
    }
    if let Some(slug) = slug {
        parts.pop();
        parts.push(slug.to_owned());
    }
    parts.into_iter().map(|part| part + "/").collect()
}

/// A folder's or file's name in a URL; one that has no letter or digit stays as it is, so that the path's check names it.
fn url_part(name: &str) -> String {
    let part = path_part(name);
    if part.is_empty() { name.to_owned() } else { part }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn is_folder_page(name: &str) -> bool {
    matches!(stem(name), "README" | "readme" | "index" | "_index")
}

/// The folders of the content directory while pages are entered into them.
struct Folders {
    by_folder: HashMap<Box<str>, SectionId>,
    sections: Vec<Section>,
    /// Folders that hold another article than their own page, or a folder that does: these are sections, the others leaves.
    branching: HashSet<Box<str>>,
}

impl Folders {
    fn of(placed: &[Placed]) -> Self {
        let mut branching = HashSet::default();
        for page in placed {
            let (folder, name) = page.relative.rsplit_once('/').unwrap_or(("", &page.relative));
            // A page makes its folder a section; a folder's own page does so for the folder above.
            let mut holder = if is_folder_page(name) && name != "_index.md" { parent_folder(folder) } else { Some(folder) };
            while let Some(folder) = holder {
                if !branching.insert(folder.into()) {
                    break;
                }
                holder = parent_folder(folder);
            }
        }
        let home = Section {
            folder: "".into(),
            title: String::new(),
            url: "".into(),
            index: None,
            parent: None,
            subsections: Vec::new(),
            pages: Vec::new(),
            total: 0,
        };
        Self { by_folder: HashMap::from_iter([("".into(), SectionId::HOME)]), sections: vec![home], branching }
    }

    /// Enters a page; says its section and whether it is that section's own page.
    fn enter(&mut self, placed: &Placed, id: PageId) -> (SectionId, bool) {
        let (folder, name) = placed.relative.rsplit_once('/').unwrap_or(("", &placed.relative));
        if !is_folder_page(name) {
            let section = self.section(folder);
            self.sections[section.index()].pages.push(id);
            return (section, false);
        }
        if folder.is_empty() || self.branching.contains(folder) {
            let section = self.section(folder);
            if self.sections[section.index()].index.is_none() {
                self.sections[section.index()].index = Some(id);
                if placed.url_is_explicit {
                    self.sections[section.index()].url = placed.out.url().into();
                }
                return (section, true);
            }
            self.sections[section.index()].pages.push(id);
            return (section, false);
        }
        let section = self.section(parent_folder(folder).unwrap_or(""));
        self.sections[section.index()].pages.push(id);
        (section, false)
    }

    /// The section of `folder`, made where it is not there yet, with those above it.
    fn section(&mut self, folder: &str) -> SectionId {
        if let Some(&id) = self.by_folder.get(folder) {
            return id;
        }
        let parent = self.section(parent_folder(folder).unwrap_or(""));
        let id = SectionId(self.sections.len() as u32);
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let url: String = folder.split('/').map(|part| url_part(part) + "/").collect();
        self.sections.push(Section {
            folder: folder.into(),
            title: name.replace(['-', '_'], " "),
            url: crate::permalink::encode_path(&url).into(),
            index: None,
            parent: Some(parent),
            subsections: Vec::new(),
            pages: Vec::new(),
            total: 0,
        });
        self.sections[parent.index()].subsections.push(id);
        self.by_folder.insert(folder.into(), id);
        id
    }

    /// The finished sections: titled by their pages, members sorted, totals summed.
    fn finish(self, pages: &[Page], articles: &[Arc<Article>], places: &[u32]) -> Vec<Section> {
        let mut sections = self.sections;
        let folders: Vec<Box<str>> = sections.iter().map(|section| section.folder.clone()).collect();
        for section in &mut sections {
            if let Some(index) = section.index {
                section.title.clone_from(&articles[index.index()].title);
                section.url.clone_from(&pages[index.index()].url);
            }
            section.subsections.sort_by(|a, b| folders[a.index()].cmp(&folders[b.index()]));
            section.pages.sort_unstable_by_key(|page| places[page.index()]);
            section.total = section.pages.len();
        }
        // A section is made after those above it, so sums flow up from the end.
        for i in (1..sections.len()).rev() {
            if let Some(parent) = sections[i].parent {
                sections[parent.index()].total += sections[i].total;
            }
        }
        sections
    }
}

/// The place of each page in the order of lists: by weight where a writer gave one, then by article number, then by URL. An article that
/// is added is added at the end, so that the pages of a long list stay as they are.
fn places(pages: &[Page], articles: &[Arc<Article>]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..pages.len()).collect();
    order.sort_by_cached_key(|&page| {
        let article = &articles[page];
        (article.front.weight.unwrap_or(i64::MAX), article.fields.number.unwrap_or(u32::MAX), &pages[page].url)
    });
    let mut places = vec![0; pages.len()];
    for (page, place) in order.into_iter().zip(0..) {
        places[page] = place;
    }
    places
}

fn parent_folder(folder: &str) -> Option<&str> {
    if folder.is_empty() { None } else { Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent)) }
}

/// Aliases of pages, pages that only redirect, and what `site.toml` redirects.
fn redirects(
    config: &Config,
    articles: &[Arc<Article>],
    pages: &[Page],
    mut redirects: Vec<Redirect>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    for (article, page) in articles.iter().zip(pages) {
        for alias in &article.front.aliases {
            match OutPath::from_url(&alias.value) {
                Ok(out) => redirects.push(Redirect { out, target: page.url.clone(), source: Some(Arc::clone(&article.path)) }),
                Err(why) => diagnostics.push(bad_path(&article.path, alias.span, &alias.value, &why)),
            }
        }
    }
    let file: Arc<str> = crate::load::CONFIG_FILE.into();
    for (old, new) in &config.redirects {
        match OutPath::from_url(&old.value) {
            Ok(out) => redirects.push(Redirect { out, target: new.value.as_str().into(), source: None }),
            Err(why) => diagnostics.push(bad_path(&file, old.span, &old.value, &why)),
        }
    }
    redirects
}

/// An asset goes next to the page of its folder; in a folder without a page, where the folder's URL is.
fn copied_assets(
    sources: &Sources,
    by_file: &HashMap<Box<str>, PageId>,
    pages: &[Page],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Copied> {
    let mut copied = Vec::with_capacity(sources.assets.len());
    for file in sources.assets.iter() {
        let (folder, name) = file.relative.rsplit_once('/').unwrap_or(("", &file.relative));
        let page = ["index.md", "README.md", "_index.md"].iter().find_map(|page| {
            let path = if folder.is_empty() { (*page).to_owned() } else { format!("{folder}/{page}") };
            by_file.get(path.as_str())
        });
        let directory = match page {
            Some(page) => {
                pages[page.index()].out.as_str().rsplit_once('/').map_or(String::new(), |(directory, _)| format!("{directory}/"))
            }
            None => folder.split('/').filter(|part| !part.is_empty()).map(|part| url_part(part) + "/").collect(),
        };
        match OutPath::from_file(&format!("{directory}{name}")) {
            Ok(out) => copied.push(Copied { out, file: file.clone() }),
            Err(why) => diagnostics.push(bad_path(&file.path.as_str().into(), Span::default(), &file.relative, &why)),
        }
    }
    copied
}

fn duplicate_numbers(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for page in site.page_ids() {
        let article = site.article(page);
        let Some(first) = article.fields.number.and_then(|number| site.graph.page(number)).filter(|first| *first != page) else {
            continue;
        };
        let other = &site.article(first).path;
        diagnostics.push(
            Diagnostic::error(code::DUPLICATE_NUMBER, format!("`{other}` has the same article number"))
                .at(&article.path, Span::default())
                .help("give one of them another number: references lead to one article only"),
        );
    }
    diagnostics
}
