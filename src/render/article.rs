//! The pages of articles: an article of the knowledge base, or a page of prose.

use tera::Value;

use super::card::Card;
use super::onward::reason;
use super::{Rendered, Renderer, Rendering, Trail, fields, is_kb_article, template_of};
use crate::article::{Article, Body, heading, numbered, review_due};
use crate::config::UrlTemplate;
use crate::content::Content;
use crate::diagnostic::Diagnostic;
use crate::front_matter::Status;
use crate::kb;
use crate::labels;
use crate::site::PageId;
use crate::view;

/// How many of the articles that name an article are shown; the rest are counted.
pub(super) const SHOWN_CITATIONS: usize = 40;

impl<'a> Renderer<'a> {
    /// The page of an article or a page of prose that is no section.
    pub(super) fn page(&self, page: PageId) -> Result<Rendered<'a>, Box<Diagnostic>> {
        let content = self.content(page);
        let article = self.site.article(page);
        let html = if is_kb_article(article) { self.article(page, &content)? } else { self.prose(page, &content)? };
        Ok(Rendered { bytes: html.into(), content: Some((page, content)) })
    }

    fn article(&self, page: PageId, content: &Content) -> Rendering {
        let article = self.site.article(page);
        let source = &self.sources.articles[self.site.page(page).source as usize].text;
        let trail = self.trail(page);
        let url = self.url(&self.site.page(page).url);
        let number = article.number();
        let updated = article.fields.updated.map(|date| self.day(date));
        let product = self.first_product(article);
        let facts =
            view::Facts { heading: self.heading(article), number: &number, updated: updated.as_ref().map_or("", |day| &day.iso) };
        let query_words = article.fields.query_words.join(" ");
        let (record, preamble): (String, Vec<&str>) = match &article.body {
            Body::KbText(segments) => {
                let preamble = source[segments.preamble.range()].lines().map(str::trim).filter(|line| !line.is_empty());
                (record(article, &number, source, segments), preamble.collect())
            }
            Body::Markdown(_) => (String::new(), Vec::new()),
        };
        let citations = self.site.graph.citations(page);
        let sentences: Vec<String> =
            citations.iter().take(SHOWN_CITATIONS).map(|citation| self.citing_sentence(citation.from, article)).collect();
        let related = self.site.graph.related(page);
        let reasons: Vec<String> = related.iter().map(|related| reason(&self.site.config, article, related.reason)).collect();
        let related: Vec<(PageId, &str)> =
            related.iter().map(|related| related.page).zip(reasons.iter().map(String::as_str)).collect();
        let rows = fields::rows(self, article);
        let banner = Notice::of(self, article);
        let config = &self.site.config;
        let edit_url = self.filled(config.edit_url.as_ref(), page);
        let report_url = self.filled(config.report_url.as_ref(), page);
        let neighbours = self.index.neighbours[page.index()];
        let (previous, next) = self.neighbour_links(self.for_own_templates(|| neighbours));
        let source_url = if config.pages.text { format!("{url}index.txt") } else { String::new() };
        let own = view::Article {
            number: &number,
            heading: self.heading(article),
            format: if matches!(article.body, Body::KbText(_)) { "kb-text" } else { "markdown" },
            product,
            kind: fields::kind(self, article.fields.kinds.first().copied()),
            updated: updated.as_ref().map_or_else(Value::none, |day| day.value.clone()),
            banner: banner.as_ref().map(Notice::view),
            toc: toc(article, 4),
            preamble,
            content: view::html(&["<div data-kb-body>", &content.html, "</div>"].concat()),
            applies_to: self.for_own_templates(|| fields::applies_to(self, &article.fields.applies_to)),
            fields: self.for_own_templates(|| rows.iter().map(fields::Row::view).collect()),
            fields_html: fields::html(self, &article.fields.applies_to, &rows),
            query_words: &query_words,
            record: &record,
            referenced_by: citations
                .iter()
                .take(SHOWN_CITATIONS)
                .zip(&sentences)
                .map(|(citation, sentence)| view::Citation {
                    link: self.link(citation.from),
                    section: citation
                        .heading
                        .and_then(|heading| self.site.article(citation.from).outline.headings.get(usize::from(heading)))
                        .map_or("", |heading| &heading.text),
                    sentence,
                })
                .collect(),
            referenced_by_count: citations.len(),
            related: self.for_own_templates(|| {
                related.iter().map(|(page, reason)| view::Related { link: self.link(*page), reason }).collect()
            }),
            related_html: self.related_html(&related),
            wanted: self.wanted(article),
            previous,
            next,
            sequence_html: self.sequence_html(neighbours),
            source_url: &source_url,
            edit_url: &edit_url,
            report_url: &report_url,
        };
        let view = self.page_view(article, &url, &content.description, &trail.value, view::article_json_ld(&facts, &trail.json_ld));
        self.with_page(template_of(article), &view, ("article", &own), Some(page))
    }

    fn prose(&self, page: PageId, content: &Content) -> Rendering {
        let article = self.site.article(page);
        let trail = self.trail(page);
        let url = self.url(&self.site.page(page).url);
        let updated = article.fields.updated.map(|date| self.day(date));
        let banner = Notice::of(self, article);
        let config = &self.site.config;
        let edit_url = self.filled(config.edit_url.as_ref(), page);
        let report_url = self.filled(config.report_url.as_ref(), page);
        let (previous, next) = self.neighbour_links(self.index.neighbours[page.index()]);
        let own = view::Doc {
            heading: &article.title,
            updated: updated.as_ref().map_or_else(Value::none, |day| day.value.clone()),
            banner: banner.as_ref().map(Notice::view),
            toc: toc(article, 3),
            content: view::html(&content.html),
            previous,
            next,
            edit_url: &edit_url,
            report_url: &report_url,
        };
        let view = self.page_view(article, &url, &content.description, &trail.value, view::breadcrumbs_json_ld(&trail.json_ld));
        self.with_page(template_of(article), &view, ("doc", &own), Some(page))
    }

    /// An address of the site's owner with what is known of `page`; empty where there is none.
    fn filled(&self, template: Option<&UrlTemplate>, page: PageId) -> String {
        let Some(template) = template else { return String::new() };
        let article = self.site.article(page);
        template.fill(|field| match field {
            "number" => article.number(),
            "path" => article.path.to_string(),
            "title" => article.heading().to_owned(),
            "updated" => article.fields.updated.map_or_else(String::new, |date| date.to_string()),
            "version" => article.fields.versions.join(", "),
            _ => crate::feeds::absolute(self.site, &self.site.page(page).url),
        })
    }

    /// The plain-text copy of an article: its title, and the text as it was written without the archive's wrapping.
    pub(super) fn plain_text(&self, page: PageId) -> String {
        let article = self.site.article(page);
        let source = &self.sources.articles[self.site.page(page).source as usize].text;
        let text = match &article.body {
            Body::Markdown(range) => source[range.clone()].trim(),
            Body::KbText(segments) => {
                source[segments.header.range().start..segments.trailer.range().end.max(segments.body.range().end)].trim_end()
            }
        };
        let mut out = String::with_capacity(text.len() + article.title.len() + 4);
        out.push_str(&article.title);
        out.push_str("\n\n");
        for line in text.lines() {
            out.push_str(line.strip_prefix('\t').unwrap_or(line).trim_end());
            out.push('\n');
        }
        out
    }

    /// What every page of an article has.
    pub(super) fn page_view<'p>(
        &'p self,
        article: &'p Article,
        url: &'p str,
        described: &'p str,
        breadcrumbs: &Value,
        json_ld: Value,
    ) -> view::Page<'p> {
        let front = &article.front;
        view::Page {
            title: &article.title,
            url,
            description: front.description.as_deref().or(front.summary.as_deref()).unwrap_or(described),
            breadcrumbs: breadcrumbs.clone(),
            json_ld,
            noindex: front.unlisted,
            extra: if front.extra.is_empty() { Value::none() } else { Value::from_serializable(&front.extra) },
            origin: self.site.config.base_url.origin(),
        }
    }

    /// The way to a page: by its product where it has one, else by its folders.
    fn trail(&self, page: PageId) -> &Trail {
        let by_product = || {
            let products = self.index.products?;
            let product = self.site.article(page).fields.products.first()?;
            self.index.product_trails.get(self.site.taxonomies[products].position(product)?)
        };
        by_product().unwrap_or_else(|| &self.index.trails[self.site.page(page).section.index()])
    }

    /// The heading of an article; one that has nothing but a number is said to have no title.
    pub(super) fn heading<'t>(&'t self, article: &'t Article) -> &'t str {
        self.heading_of(&article.title, article.fields.number)
    }

    fn heading_of<'t>(&'t self, title: &'t str, number: Option<u32>) -> &'t str {
        Some(heading(title, number)).filter(|heading| !heading.is_empty()).unwrap_or_else(|| self.site.config.label("untitled"))
    }

    pub(super) fn first_product(&self, article: &Article) -> Value {
        let product = || {
            let products = self.index.products?;
            let position = self.site.taxonomies[products].position(article.fields.products.first()?)?;
            Some(self.index.terms[products][position].clone())
        };
        product().unwrap_or_else(Value::none)
    }

    /// A link to `page` with its title.
    pub(super) fn link(&self, page: PageId) -> Value {
        view::link(&self.site.article(page).title, &self.url(&self.site.page(page).url))
    }

    /// Where `page` is, for a page that leads there.
    pub(super) fn page_link(&self, page: PageId) -> Value {
        let article = self.site.article(page);
        let (url, number) = (self.url(&self.site.page(page).url), article.number());
        view::page_link(&view::PageLink { url: &url, number: &number, heading: self.heading(article) })
    }

    /// What lists say about a page.
    pub(super) fn make_summary(&self, page: PageId) -> Result<Value, Box<Diagnostic>> {
        let Card { url, title, number, kind, updated, path: _ } = self.card(page);
        let url = self.url(url);
        let id = number.map_or_else(String::new, numbered);
        let updated = updated.map(|date| self.day(date));
        let mut item = view::Item {
            url: &url,
            title,
            heading: self.heading_of(title, number),
            number: &id,
            kind: fields::kind(self, kind),
            updated: updated.as_ref().map_or("", |day| &day.iso),
            html: Value::none(),
        };
        item.html = view::item(&item);
        if !self.has_own_templates() {
            return Ok(item.html);
        }
        let context = self.lone("item", &item)?;
        let html = self.template("item.html", &context, Some(page))?;
        let html = view::html(String::from_utf8_lossy(&html).trim_end());
        Ok(view::summary(&view::Summary { url: &url, title, html }))
    }

    /// How many numbers in the text belong to no article.
    pub(super) fn wanted(&self, article: &Article) -> usize {
        let mut numbers: Vec<u32> = article.outline.references.iter().map(|reference| reference.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| self.site.graph.page(*number).is_none() && article.fields.number != Some(*number));
        numbers.len()
    }
}

/// The headings of an article that has at least so many: fewer can be seen without a table of contents.
fn toc(article: &Article, least: usize) -> Value {
    let headings = &article.outline.headings;
    if headings.len() < least { Value::none() } else { view::contents(headings) }
}

/// The header and the trailer as written, a line a field. Left out is what says nothing new: fields without a value, those that the
/// trailer repeats, and the number and the product, which stand in the title and among the fields as they are written.
fn record(article: &Article, number: &str, source: &str, segments: &kb::Segments) -> String {
    let product = article.fields.products.first();
    let fields: Vec<(&str, &str)> = kb::raw_fields(source, segments).collect();
    let mut out = String::with_capacity(400);
    for (i, (label, value)) in fields.iter().enumerate() {
        let is_shown = *value == number || Some(*value) == product;
        if value.is_empty() || is_shown || fields[i + 1..].iter().any(|(_, later)| later == value) {
            continue;
        }
        out.push_str(label);
        out.push_str(": ");
        out.push_str(value);
        out.push('\n');
    }
    out
}

/// What a reader must know before the text.
pub(super) struct Notice {
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) link: Option<(String, String)>,
}

impl Notice {
    pub(super) fn of(renderer: &Renderer<'_>, article: &Article) -> Option<Self> {
        let (config, front) = (&renderer.site.config, &article.front);
        let notice = |kind, name| Self { kind, text: config.label(name).to_owned(), link: None };
        let dated = |kind, name, date| {
            let text = labels::fill(config.label(name), &[("date", &renderer.day(date).text)]);
            Self { kind, text, link: None }
        };
        let successor = front.superseded_by.as_ref().map(|target| renderer.link_to(&target.value));
        if front.draft {
            return Some(notice("draft", "notice_draft"));
        }
        if successor.is_some() || front.status == Some(Status::Superseded) {
            return Some(Self { link: successor, ..notice("superseded", "notice_superseded") });
        }
        if let Some(date) = front.retired_on {
            return Some(dated("retired", "notice_retired_on", date));
        }
        match front.status {
            Some(Status::Retired) => return Some(notice("retired", "notice_retired")),
            Some(Status::Deprecated) => return Some(notice("deprecated", "notice_deprecated")),
            _ => {}
        }
        let due = review_due(front).filter(|due| *due < renderer.site.today)?;
        Some(dated("review", "notice_review", due))
    }

    pub(super) fn view(&self) -> view::Banner<'_> {
        let link = self.link.as_ref().map(|(title, url)| view::Link { title, url });
        view::Banner { kind: self.kind, text: &self.text, link }
    }
}

impl Renderer<'_> {
    /// Title and URL of what a front matter names by number, path or URL.
    pub(super) fn link_to(&self, target: &str) -> (String, String) {
        match self.site.named(target) {
            Some(page) => (self.site.article(page).title.clone(), self.url(&self.site.page(page).url)),
            None if target.contains("://") => (target.to_owned(), target.to_owned()),
            None => (target.to_owned(), self.url(target.trim_start_matches('/'))),
        }
    }
}
