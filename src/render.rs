//! Routes → bytes. A page is converted and rendered when its turn comes, and then forgotten: nothing here grows with the number of
//! pages but the summaries that lists share.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::HashMap;
use jiff::civil::Date;
use tera::{Context, Value};

use crate::article::{Article, Body};
use crate::code_index;
use crate::config::{self, Source};
use crate::content::{self, Asked, Content};
use crate::diagnostic::{Diagnostic, code};
use crate::feeds;
use crate::hosting;
use crate::kb;
use crate::link_lists;
use crate::load::Sources;
use crate::machines;
use crate::markdown;
use crate::permalink::OutPath;
use crate::resolve::{Destination, Files, Resolver};
use crate::routes::Route;
use crate::site::{PageId, Site};
use crate::theme::{SCRIPT, Theme, template_error};
use crate::view;
use day::Day;

mod article;
mod card;
mod codes;
mod day;
mod depends;
mod fields;
mod links;
mod lists;
mod onward;

pub use depends::{Dependencies, PARTS, Parts, SORTS};

/// Renders the routes of one site. It only borrows: all that takes time to make is in its [`Index`].
#[derive(Debug)]
pub struct Renderer<'a> {
    site: &'a Site,
    sources: &'a Sources,
    theme: &'a Theme,
    index: Arc<Index>,
    /// What lists say about each page, by [`PageId`]; empty where so few pages are rendered that it is made when it is needed.
    summaries: Vec<Value>,
}

/// What pages say about the places of other pages, made once for a site. It knows no page's words.
#[derive(Debug)]
pub struct Index {
    /// Files that are no pages.
    files: Files,
    /// What pages say about each term, by taxonomy and term.
    terms: Vec<Vec<Value>>,
    /// Index of the taxonomy of what articles apply to, where the site has one.
    applies_to: Option<usize>,
    /// The way down to the members of each section, by [`SectionId`].
    trails: Vec<Trail>,
    /// The way down to the articles of each product.
    product_trails: Vec<Trail>,
    /// Index of the taxonomy of products, where the site has one.
    products: Option<usize>,
    /// The dates of the articles.
    days: HashMap<Date, Day>,
    /// The page before and the page after each page.
    neighbours: Vec<(Option<PageId>, Option<PageId>)>,
}

/// The ancestors of a page.
#[derive(Debug, Clone)]
struct Trail {
    links: Vec<(String, String)>,
    value: Value,
    /// What search engines are told of the ancestors: those below the home page, which every page is below.
    json_ld: String,
}

impl Trail {
    fn new(links: Vec<(String, String)>) -> Self {
        let value = view::breadcrumbs(&borrow(&links));
        let json_ld = view::breadcrumb_list(&borrow(&links[1..]));
        Self { links, value, json_ld }
    }

    fn below(&self, title: &str, url: String) -> Self {
        let mut links = self.links.clone();
        links.push((title.to_owned(), url));
        Self::new(links)
    }
}

fn borrow(links: &[(String, String)]) -> Vec<view::Link<'_>> {
    links.iter().map(|(title, url)| view::Link { title, url }).collect()
}

/// Titles and URLs of the pages that lead to every article: of the taxonomies, of the codes, of the lists of links.
fn ways_in(site: &Site, url: &dyn Fn(&str) -> String) -> Vec<(String, String)> {
    let mut ways: Vec<(String, String)> =
        site.taxonomies.iter().map(|taxonomy| (taxonomy.config.title.clone(), url(&taxonomy.url))).collect();
    let others = [("codes", code_index::URL, site.codes.groups.is_empty()), ("links", link_lists::URL, site.link_lists.is_empty())];
    for (label, path, _) in others.into_iter().filter(|(.., none)| !none) {
        ways.push((site.config.label(label).to_owned(), url(path)));
    }
    ways
}

/// Values that every template has, put into the theme once.
///
/// # Errors
/// Where one of the templates of the shared parts fails.
pub fn prepare(theme: &mut Theme, site: &Site, sources: &Sources) -> Result<(), Diagnostic> {
    let config = &site.config;
    let base = config.base_url.path();
    let url = |path: &str| if path.contains("://") { path.to_owned() } else { format!("{base}{}", path.trim_start_matches('/')) };
    let feed = if config.feeds.enabled { url("atom.xml") } else { String::new() };
    let styles: Vec<String> = config.extra_css.iter().map(|path| url(&path.value)).collect();
    let scripts: Vec<String> = config.extra_js.iter().map(|path| url(&path.value)).collect();
    let nav: Vec<(String, String)> = if config.nav.is_empty() {
        let shown = site.taxonomies.iter().take(4);
        shown.map(|taxonomy| (taxonomy.config.title.clone(), url(&taxonomy.url))).collect()
    } else {
        config.nav.iter().map(|item| (item.title.clone(), url(&item.url.value))).collect()
    };
    let browse = ways_in(site, &url);
    let assets: BTreeMap<&str, String> = theme.assets.iter().map(|asset| (asset.name.as_str(), url(asset.out.as_str()))).collect();
    let labels: BTreeMap<&str, &str> = view::LABELS.iter().map(|(name, _)| (*name, config.label(name))).collect();
    let view = view::Site {
        title: &config.title,
        description: config.description.as_deref().unwrap_or_default(),
        language: &config.language,
        rtl: matches!(config.language.split('-').next(), Some("ar" | "fa" | "he" | "ur" | "yi")),
        author: config.author.as_deref().unwrap_or_default(),
        origin: config.base_url.origin(),
        base,
        feed: &feed,
        styles: &styles,
        scripts: &scripts,
        search: assets.get(SCRIPT).filter(|_| config.search.enabled).map_or("", String::as_str),
        footer: Value::none(),
        extra: Value::from_serializable(&config.extra),
    };
    let values = [
        ("site", Value::from_serializable(&view)),
        ("nav", Value::from_serializable(&borrow(&nav))),
        ("browse", Value::from_serializable(&borrow(&browse))),
        ("assets", Value::from_serializable(&assets)),
        ("labels", Value::from_serializable(&labels)),
    ];
    let global = theme.tera.global_context();
    for (name, value) in values {
        global.insert_value(name, value);
    }
    view::render_shared(&mut theme.tera).map_err(|error| template_error(code::TEMPLATE_RENDER, &error, sources))
}

impl Index {
    /// The index of `site`, whose output has `routes`.
    pub fn new(site: &Site, routes: &[(OutPath, Route)]) -> Self {
        let base = site.config.base_url.path();
        let home = Trail::new(vec![(site.config.label("home").to_owned(), base.to_owned())]);
        let url = |url: &str| format!("{base}{url}");
        let taxonomy_of = |source: &Source| site.taxonomies.iter().position(|taxonomy| taxonomy.config.source == *source);
        let mut index = Self {
            files: Files::of(routes),
            terms: site.taxonomies.iter().map(|taxonomy| lists::term_values(taxonomy, base)).collect(),
            applies_to: taxonomy_of(&Source::AppliesTo),
            trails: Vec::with_capacity(site.sections.len()),
            product_trails: Vec::new(),
            products: taxonomy_of(&Source::Products),
            days: day::days(site),
            neighbours: lists::neighbours(site),
        };
        for section in site.sections.iter() {
            // A section stands after those above it.
            let trail = match section.parent {
                None => home.clone(),
                Some(above) => index.trails[above.index()].below(&section.title, url(&section.url)),
            };
            index.trails.push(trail);
        }
        if let Some(products) = index.products {
            let taxonomy = &site.taxonomies[products];
            let above = home.below(&taxonomy.config.title, url(&taxonomy.url));
            index.product_trails = taxonomy.terms.iter().map(|term| above.below(&term.label, url(&term.url))).collect();
        }
        index
    }
}

impl<'a> Renderer<'a> {
    /// A renderer for all of `site`, whose output has `routes`; `theme` must be [`prepare`]d for it.
    ///
    /// # Errors
    /// Where the template of a list's item fails.
    pub fn new(
        site: &'a Site,
        sources: &'a Sources,
        theme: &'a Theme,
        routes: &[(OutPath, Route)],
    ) -> Result<Self, Box<Diagnostic>> {
        Self::with_index(site, sources, theme, Arc::new(Index::new(site, routes))).with_summaries()
    }

    /// The same with what lists say about each page, for where most lists are rendered. That is as large as the articles.
    ///
    /// # Errors
    /// Where the template of a list's item fails.
    pub fn with_summaries(&self) -> Result<Self, Box<Diagnostic>> {
        use rayon::prelude::*;
        let pages: Vec<PageId> = self.site.page_ids().collect();
        // All of them, so that of several failures it is always the first that is told.
        let made: Vec<Result<Value, Box<Diagnostic>>> = pages.par_iter().map(|page| self.make_summary(*page)).collect();
        let summaries = made.into_iter().collect::<Result<_, _>>()?;
        Ok(Self { summaries, index: Arc::clone(&self.index), ..*self })
    }

    /// A renderer for a few pages of `site`, ready at once.
    pub fn with_index(site: &'a Site, sources: &'a Sources, theme: &'a Theme, index: Arc<Index>) -> Self {
        Self { site, sources, theme, index, summaries: Vec::new() }
    }

    /// What lists say about a page. Where a preview makes it on demand and its template fails, the list that shows it fails too.
    fn summary_of(&self, page: PageId) -> Value {
        let made = self.summaries.get(page.index()).cloned();
        made.or_else(|| self.make_summary(page).ok()).unwrap_or_else(Value::none)
    }

    /// The article whose text the file of `route` shows, if it shows one.
    pub fn text_of(&self, route: Route) -> Option<PageId> {
        match route {
            Route::Page(page) => Some(page),
            Route::Section(section, 1) => self.site.sections[section.index()].index,
            _ => None,
        }
    }

    /// Whether what lists say about `page` can be made, for where it is made on demand.
    ///
    /// # Errors
    /// Where the template of a list's item fails.
    pub fn check_summary(&self, page: PageId) -> Result<(), Box<Diagnostic>> {
        self.make_summary(page).map(|_| ())
    }

    fn resolver(&self) -> Resolver<'_> {
        Resolver::new(self.site, &self.index.files)
    }

    /// The bytes of one route, and what the page of an article holds, for the search.
    ///
    /// # Errors
    /// A template that fails, at its place, or a file that cannot be read any more.
    pub fn render(&self, out: &OutPath, route: Route) -> anyhow::Result<Result<Rendered<'a>, Box<Diagnostic>>> {
        let text: Rendering = match route {
            Route::ThemeAsset(i) => return Ok(Ok(Rendered::bytes(self.theme.assets[i as usize].bytes.clone()))),
            Route::Asset(i) => return Ok(Ok(Rendered::bytes(crate::load::bytes(&self.site.assets[i as usize].file)?.into()))),
            Route::Static(i) => return Ok(Ok(Rendered::bytes(crate::load::bytes(&self.sources.statics[i as usize])?.into()))),
            Route::Sitemap(part) => Ok(feeds::sitemap(self.site, part).into()),
            Route::SitemapIndex => Ok(feeds::sitemap_index(self.site).into()),
            Route::Robots => Ok(feeds::robots(self.site).into()),
            Route::Host(file) => Ok(hosting::text(self.site, self.theme, file).into()),
            Route::Text(page) => Ok(self.plain_text(page).into()),
            Route::OpenSearch => Ok(machines::open_search(self.site, &self.icon()).into()),
            Route::Manifest => Ok(machines::manifest(self.site, &self.icon()).into()),
            Route::Llms => Ok(machines::llms(self.site).into()),
            Route::Page(page) => return Ok(self.page(page)),
            Route::Section(section, part) => return Ok(self.section_page(section, part)),
            Route::Taxonomy(taxonomy) => self.taxonomy(taxonomy as usize),
            Route::Term(term, part) => self.term(term, part),
            Route::Codes => self.code_index(),
            Route::CodeGroup(group) => self.code_group(group as usize),
            Route::Links => self.links_index(),
            Route::LinkList(list, part) => self.link_list(list, part),
            Route::Feed => self.site_feed(),
            Route::TermFeed(term) => self.term_feed(term),
            Route::Search => self.plain("search.html", self.site.config.label("search"), out),
            Route::NotFound => self.plain("404.html", self.site.config.label("not_found_title"), out),
            Route::Redirect(i) => self.redirect(i as usize),
        };
        Ok(text.map(|text| Rendered::bytes(text.into())))
    }

    /// The HTML and the text of a page's body.
    pub fn content(&self, page: PageId) -> Content {
        let article = self.site.article(page);
        let source = &self.sources.articles[self.site.page(page).source as usize];
        let config = &self.site.config;
        let body = match &article.body {
            Body::Markdown(range) => range.clone(),
            Body::KbText(segments) => segments.body.range(),
        };
        let events = match &article.body {
            Body::Markdown(range) => {
                let options = markdown::Options { title: &article.title, smart_punctuation: config.markdown.smart_punctuation };
                markdown::events(&source.text, range.clone(), options)
            }
            Body::KbText(segments) => kb::events(&source.text, segments),
        };
        let asked = RefCell::default();
        let context = content::Context {
            headings: &article.outline.headings,
            resolver: &PageLinks { renderer: self, page, file: self.sources.relative(source), asked: Some(&asked) },
            raw_html: match config.markdown.raw_html {
                config::RawHtml::Escape => content::RawHtml::Escape,
                config::RawHtml::Allow => content::RawHtml::Allow,
            },
            highlight: config.markdown.highlight,
            kb: matches!(article.body, Body::KbText(_)),
            search: config.search.enabled,
            length: body.len(),
        };
        let mut content = content::convert(events, &context);
        content.asked = asked.into_inner().each_once();
        content
    }

    fn template(&self, name: &str, context: &Context, page: Option<PageId>) -> Rendering {
        self.template_into(Vec::new(), name, context, page)
    }

    /// Renders a template into `out`, which may have room for it already.
    fn template_into(&self, mut out: Vec<u8>, name: &str, context: &Context, page: Option<PageId>) -> Rendering {
        match self.theme.tera.render_to(self.theme.full_name(name), context, &mut out) {
            Ok(()) => Ok(out),
            Err(error) => {
                let mut diagnostic = template_error(code::TEMPLATE_RENDER, &error, self.sources);
                if let Some(page) = page {
                    diagnostic.message = format!("{} (while rendering `{}`)", diagnostic.message, self.site.article(page).path);
                }
                Err(Box::new(diagnostic))
            }
        }
    }

    /// Renders a template with `page` and one value of its own.
    fn with_page<T: serde::Serialize>(
        &self,
        template: &str,
        view: &view::Page<'_>,
        (name, own): (&'static str, &T),
        page: Option<PageId>,
    ) -> Rendering {
        let context = view::context(view, name, own)
            .map_err(|error| Box::new(template_error(code::TEMPLATE_RENDER, &error, self.sources)))?;
        self.template_into(Vec::with_capacity(USUAL_SIZE), template, &context, page)
    }

    /// A page that has nothing of its own but its template.
    fn plain(&self, template: &str, title: &str, out: &OutPath) -> Rendering {
        let url = self.url(&out.url());
        let view = view::Page {
            title,
            url: &url,
            description: "",
            breadcrumbs: Value::none(),
            json_ld: Value::none(),
            noindex: true,
            extra: Value::none(),
            origin: self.site.config.base_url.origin(),
        };
        self.with_page(template, &view, ("own", &()), None)
    }

    fn redirect(&self, index: usize) -> Rendering {
        let target = &self.site.redirects[index].target;
        let is_absolute = target.contains("://");
        let path = target.trim_start_matches('/');
        let url = if is_absolute { target.to_string() } else { self.url(path) };
        let canonical = if is_absolute { target.to_string() } else { feeds::absolute(self.site, path) };
        let page = self.site.by_url.get(path);
        let title = page.map_or(self.site.config.title.as_str(), |page| self.site.article(*page).title.as_str());
        let context = self.lone("redirect", &view::Redirect { title, url: &url, canonical: &canonical })?;
        self.template("redirect.html", &context, None)
    }

    /// The context of a template that has no `page`.
    fn lone<T: serde::Serialize>(&self, name: &'static str, own: &T) -> Result<Context, Box<Diagnostic>> {
        view::lone_context(name, own).map_err(|error| Box::new(template_error(code::TEMPLATE_RENDER, &error, self.sources)))
    }

    /// Whether a template may look at what the built-in ones only print, and print as HTML that is made before.
    fn has_own_templates(&self) -> bool {
        !self.sources.templates.is_empty()
    }

    /// What nobody but such a template looks at: nothing where there is none.
    fn for_own_templates<T: Default>(&self, make: impl FnOnce() -> T) -> T {
        if self.has_own_templates() { make() } else { T::default() }
    }

    /// The URL of the site's icon, relative to the site.
    fn icon(&self) -> String {
        let icon = self.theme.assets.iter().find(|asset| asset.name == "favicon.svg");
        icon.map_or_else(String::new, |icon| icon.out.as_str().to_owned())
    }

    /// The root-relative URL of a URL that is relative to the site.
    fn url(&self, url: &str) -> String {
        // Not `format!`, which takes eight times as long: each page asks for a dozen.
        [self.site.config.base_url.path(), url].concat()
    }
}

/// Bytes that nearly every page fits into: room for them is taken once.
const USUAL_SIZE: usize = 16 << 10;

/// What a template makes.
type Rendering = Result<Vec<u8>, Box<Diagnostic>>;

/// One file of the output.
#[derive(Debug)]
pub struct Rendered<'a> {
    /// Its content.
    pub bytes: Cow<'a, [u8]>,
    /// The article that the page shows, and its converted body.
    pub content: Option<(PageId, Content)>,
}

impl<'a> Rendered<'a> {
    fn bytes(bytes: Cow<'a, [u8]>) -> Self {
        Self { bytes, content: None }
    }
}

/// Resolves the links of one page while its HTML is written.
struct PageLinks<'r, 'a> {
    renderer: &'r Renderer<'a>,
    page: PageId,
    file: &'r str,
    /// Notes what was asked.
    asked: Option<&'r RefCell<Asked>>,
}

impl content::Resolver for PageLinks<'_, '_> {
    fn article(&self, number: u32) -> content::Reference<'_> {
        if let Some(asked) = self.asked {
            asked.borrow_mut().numbers.push(number);
        }
        let site = self.renderer.site;
        if !site.config.articles.references {
            return content::Reference::Own;
        }
        match site.graph.page(number) {
            Some(page) if page == self.page => content::Reference::Own,
            Some(page) => content::Reference::Resolved {
                url: self.renderer.url(&site.page(page).url).into(),
                title: &site.article(page).title,
            },
            None if site.article(self.page).fields.number == Some(number) => content::Reference::Own,
            None => content::Reference::Wanted,
        }
    }

    fn link<'d>(&self, destination: &'d str) -> Cow<'d, str> {
        if let Some(asked) = self.asked {
            asked.borrow_mut().destinations.push(destination.into());
        }
        let resolver = self.renderer.resolver();
        let resolved: Destination<'_> = resolver.resolve(self.page, self.file, destination);
        resolver.href(&resolved).map_or(Cow::Borrowed(destination), Cow::Owned)
    }

    fn word(&self, name: &'static str) -> &str {
        self.renderer.site.config.label(name)
    }
}

/// The template that an article asks for, or the usual one for its kind.
fn template_of(article: &Article) -> &str {
    match &article.front.template {
        Some(template) if template.required => &template.name.value,
        _ if is_kb_article(article) => "article.html",
        _ => "page.html",
    }
}

/// Whether an article belongs to the knowledge base, whichever form its text has.
pub(crate) fn is_kb_article(article: &Article) -> bool {
    article.fields.number.is_some() || !article.fields.kinds.is_empty() || matches!(article.body, Body::KbText(_))
}
