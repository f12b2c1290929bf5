//! Pages that list others: home, sections, taxonomies, terms, and feeds.

use tera::Value;

use super::{Rendered, Renderer, Rendering};
use crate::config::Source;
use crate::content::Content;
use crate::diagnostic::Diagnostic;
use crate::feeds;
use crate::permalink::slug;
use crate::routes::{SECTION_PAGES, TermId, part_url, parts};
use crate::site::{PageId, SectionId, Site};
use crate::taxonomy::{Taxonomy, Term};
use crate::view;

/// A taxonomy with more terms than this groups them by initial letter.
const GROUP_ABOVE: usize = 60;
/// How many terms of a taxonomy, pages of a list and so on the home page shows.
const HOME_TERMS: usize = 12;
pub(super) const HOME_PAGES: usize = 8;
const MOST_EMPTY_YEARS: usize = 12;

/// What pages say about each term of `taxonomy`.
pub(super) fn term_values(taxonomy: &Taxonomy, base: &str) -> Vec<Value> {
    let fullest = taxonomy.terms.iter().map(|term| term.pages.len()).max().unwrap_or(1);
    taxonomy.terms.iter().map(|term| term_value(&term.label, &format!("{base}{}", term.url), term.pages.len(), fullest)).collect()
}

pub(super) fn term_value(title: &str, url: &str, count: usize, fullest: usize) -> Value {
    noted_term_value(title, "", url, count, fullest)
}

/// The same, with what else the term is called.
pub(super) fn noted_term_value(title: &str, note: &str, url: &str, count: usize, fullest: usize) -> Value {
    // Without a fullest term to compare with there is no bar.
    let share = if fullest == 0 { 0 } else { (count * 100).div_ceil(fullest).clamp(1, 100) as u8 };
    view::term(&view::TermLink { title, note, slug: &slug(title), url, link: view::link(title, url), count, share })
}

/// The pages before and after each page: in its product's list, or else in its section's.
pub(super) fn neighbours(site: &Site) -> Vec<(Option<PageId>, Option<PageId>)> {
    let mut neighbours = vec![(None, None); site.pages.len()];
    let mut enter = |pages: &[PageId], belongs: &dyn Fn(PageId) -> bool| {
        for (i, page) in pages.iter().enumerate().filter(|(_, page)| belongs(**page)) {
            let before = i.checked_sub(1).map(|i| pages[i]);
            neighbours[page.index()] = (before, pages.get(i + 1).copied());
        }
    };
    for section in site.sections.iter() {
        enter(&section.pages, &|_| true);
    }
    for taxonomy in site.taxonomies.iter().filter(|taxonomy| taxonomy.config.source == Source::Products) {
        for term in &taxonomy.terms {
            // An article of several products is read on in its first one.
            enter(&term.pages, &|page| {
                site.article(page).fields.products.first().is_some_and(|first| first.eq_ignore_ascii_case(&term.name))
            });
        }
    }
    neighbours
}

/// Where a part stands in its list, with the strings that the view borrows.
pub(super) struct Parts {
    number: u32,
    total: u32,
    per_part: usize,
    previous: String,
    next: String,
    steps: Vec<(u32, String)>,
}

impl Parts {
    pub(super) fn of(url: &str, number: u32, items: usize, per_part: usize) -> Self {
        let total = parts(items, per_part);
        let mut steps: Vec<(u32, String)> = Vec::new();
        for step in (1..=total).filter(|step| *step == 1 || *step == total || step.abs_diff(number) <= 2) {
            if steps.last().is_some_and(|(last, _)| last + 1 < step) {
                steps.push((0, String::new()));
            }
            steps.push((step, part_url(url, step)));
        }
        Self {
            number,
            total,
            per_part,
            previous: if number > 1 { part_url(url, number - 1) } else { String::new() },
            next: if number < total { part_url(url, number + 1) } else { String::new() },
            steps,
        }
    }

    /// The places of this part's items among `items`, from 0.
    pub(super) fn range(&self, items: usize) -> std::ops::Range<usize> {
        let start = self.start().min(items);
        start..(start + self.per_part).min(items)
    }

    fn start(&self) -> usize {
        (self.number as usize - 1) * self.per_part
    }

    pub(super) fn view(&self) -> view::Paginator<'_> {
        view::Paginator {
            number: self.number as usize,
            total: self.total as usize,
            start: self.start() + 1,
            previous: &self.previous,
            next: &self.next,
            steps: self.steps.iter().map(|(number, url)| view::Step { number: *number as usize, url }).collect(),
        }
    }
}

impl Renderer<'_> {
    fn page_values(&self, pages: &[PageId]) -> Vec<Value> {
        pages.iter().map(|page| self.summary_of(*page)).collect()
    }

    pub(super) fn part_values(&self, pages: &[PageId], part: &Parts) -> Vec<Value> {
        self.page_values(&pages[part.range(pages.len())])
    }

    /// A part of a section's list; the first part shows the text of the section's own page.
    pub(super) fn section_page(&self, id: SectionId, part: u32) -> Result<Rendered<'static>, Box<Diagnostic>> {
        let own_page = self.site.sections[id.index()].index.filter(|_| part == 1);
        let content = own_page.map(|page| self.content(page));
        let html = if id == SectionId::HOME { self.home(content.as_ref())? } else { self.section(id, part, content.as_ref())? };
        Ok(Rendered { bytes: html.into(), content: own_page.zip(content) })
    }

    fn section(&self, id: SectionId, part: u32, content: Option<&Content>) -> Rendering {
        let section = &self.site.sections[id.index()];
        let parts = Parts::of(&self.url(&section.url), part, section.pages.len(), SECTION_PAGES);
        let description = content.map_or("", |content| &content.description);
        let fullest = section.subsections.iter().map(|id| self.site.sections[id.index()].total).max().unwrap_or(1);
        let sections = section.subsections.iter().map(|id| &self.site.sections[id.index()]);
        let own = view::Section {
            heading: &section.title,
            content: section_text(content),
            sections: if part > 1 {
                Vec::new()
            } else {
                sections.map(|below| term_value(&below.title, &self.url(&below.url), below.total, fullest)).collect()
            },
            pages: self.part_values(&section.pages, &parts),
            paginator: parts.view(),
        };
        let url = self.url(&part_url(&section.url, part));
        let above = section.parent.map_or(&self.index.trails[0], |above| &self.index.trails[above.index()]);
        let title = titled(&section.title, part);
        let json_ld = view::breadcrumbs_json_ld(&above.json_ld);
        match section.index.map(|page| self.site.article(page)) {
            Some(article) => {
                let mut view = self.page_view(article, &url, description, &above.value, json_ld);
                view.title = &title;
                let template = article.front.template.as_ref().filter(|template| template.required);
                let template = template.map_or("section.html", |template| &template.name.value);
                self.with_page(template, &view, ("section", &own), section.index)
            }
            None => {
                self.with_page("section.html", &self.list_view(&title, &url, "", &above.value, json_ld), ("section", &own), None)
            }
        }
    }

    pub(super) fn list_view<'p>(
        &'p self,
        title: &'p str,
        url: &'p str,
        description: &'p str,
        breadcrumbs: &Value,
        json_ld: Value,
    ) -> view::Page<'p> {
        view::Page {
            title,
            url,
            description,
            breadcrumbs: breadcrumbs.clone(),
            json_ld,
            noindex: false,
            extra: Value::none(),
            origin: self.site.config.base_url.origin(),
        }
    }

    pub(super) fn taxonomy(&self, index: usize) -> Rendering {
        let taxonomy = &self.site.taxonomies[index];
        let values = &self.index.terms[index];
        let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
        for (term, value) in taxonomy.terms.iter().zip(values) {
            let title = if taxonomy.terms.len() > GROUP_ABOVE { initial(taxonomy, term) } else { String::new() };
            match groups.last_mut().filter(|(last, _)| *last == title) {
                Some((_, terms)) => terms.push(value.clone()),
                None => groups.push((title, vec![value.clone()])),
            }
        }
        let ids: Vec<String> = groups.iter().map(|(title, _)| format!("terms-{}", slug(title))).collect();
        let own = view::Taxonomy {
            heading: &taxonomy.config.title,
            description: "",
            groups: groups
                .iter()
                .zip(&ids)
                .map(|((title, terms), id)| view::TermGroup { title, id, terms: terms.clone() })
                .collect(),
        };
        let url = self.url(&taxonomy.url);
        let home = &self.index.trails[0];
        let json_ld = view::breadcrumbs_json_ld(&home.json_ld);
        self.with_page(
            "taxonomy.html",
            &self.list_view(&taxonomy.config.title, &url, "", &home.value, json_ld),
            ("taxonomy", &own),
            None,
        )
    }

    pub(super) fn term(&self, id: TermId, part: u32) -> Rendering {
        let taxonomy = &self.site.taxonomies[id.taxonomy as usize];
        let term = &taxonomy.terms[id.term as usize];
        let parts = Parts::of(&self.url(&term.url), part, term.pages.len(), taxonomy.config.paginate_by);
        let feed = if taxonomy.config.feed { self.url(&format!("{}atom.xml", term.url)) } else { String::new() };
        let own = view::Term {
            heading: &term.label,
            description: "",
            count: term.pages.len(),
            feed: &feed,
            terms: Vec::new(),
            pages: self.part_values(&term.pages, &parts),
            paginator: parts.view(),
        };
        let url = self.url(&part_url(&term.url, part));
        let title = titled(&format!("{}: {}", taxonomy.config.title, term.label), part);
        let trail = self.index.trails[0].below(&taxonomy.config.title, self.url(&taxonomy.url));
        let json_ld = view::breadcrumbs_json_ld(&trail.json_ld);
        self.with_page("term.html", &self.list_view(&title, &url, "", &trail.value, json_ld), ("term", &own), None)
    }

    fn home(&self, content: Option<&Content>) -> Rendering {
        let site = self.site;
        let index = site.sections[0].index;
        let description = site.config.description.as_deref().unwrap_or(content.map_or("", |content| &content.description));
        let heading = index.map_or(site.config.title.as_str(), |page| &site.article(page).title);
        let group_urls: Vec<String> = site.taxonomies.iter().map(|taxonomy| self.url(&taxonomy.url)).collect();
        let shown = |source: &Source| matches!(source, Source::Products | Source::Kinds);
        let groups = (0..site.taxonomies.len()).filter(|i| shown(&site.taxonomies[*i].config.source));
        let years = (0..site.taxonomies.len()).find(|i| site.taxonomies[*i].config.source == Source::Year);
        let own = view::Home {
            heading,
            description,
            content: section_text(content),
            count: site.pages.iter().filter(|page| !page.is_index).count(),
            groups: groups
                .map(|i| view::HomeGroup {
                    title: &site.taxonomies[i].config.title,
                    url: &group_urls[i],
                    terms: self.fullest_terms(i),
                    more: if site.taxonomies[i].terms.len() > HOME_TERMS { site.taxonomies[i].terms.len() } else { 0 },
                })
                .collect(),
            years: years.map_or_else(Vec::new, |i| self.years(i)),
            recent: self.page_values(&feeds::newest(site, site.page_ids().filter(|page| !site.page(*page).is_index), HOME_PAGES)),
            cited: self.most_cited(),
        };
        let url = self.url("");
        let view = self.list_view(&site.config.title, &url, description, &Value::none(), Value::none());
        let template = index.and_then(|page| site.article(page).front.template.as_ref()).filter(|template| template.required);
        self.with_page(template.map_or("home.html", |template| &template.name.value), &view, ("home", &own), index)
    }

    /// The terms of a taxonomy of years, and those between them that no article is of.
    fn years(&self, taxonomy: usize) -> Vec<Value> {
        let terms = &self.site.taxonomies[taxonomy].terms;
        let mut years: Vec<Value> = Vec::with_capacity(terms.len());
        let mut last: Option<i16> = None;
        for (term, value) in terms.iter().zip(&self.index.terms[taxonomy]) {
            let year = term.name.parse::<i16>().ok();
            if let (Some(last), Some(year)) = (last, year) {
                // A gap that is wider than the picture says nothing more.
                let empty = (last + 1..year).take(MOST_EMPTY_YEARS);
                years.extend(empty.map(|year| term_value(&year.to_string(), "", 0, 0)));
            }
            years.push(value.clone());
            last = year.or(last);
        }
        years
    }

    fn fullest_terms(&self, taxonomy: usize) -> Vec<Value> {
        let terms = &self.site.taxonomies[taxonomy].terms;
        let mut order: Vec<usize> = (0..terms.len()).collect();
        order.sort_by_key(|i| (std::cmp::Reverse(terms[*i].pages.len()), *i));
        order.into_iter().take(HOME_TERMS).map(|i| self.index.terms[taxonomy][i].clone()).collect()
    }

    fn most_cited(&self) -> Vec<view::Cited> {
        let cited = self.most_cited_pages().into_iter();
        cited.map(|(count, page)| view::Cited { page: self.page_link(page), count }).collect()
    }

    /// The articles that most articles cite, with how many do.
    pub(super) fn most_cited_pages(&self) -> Vec<(usize, PageId)> {
        let mut cited: Vec<(usize, PageId)> = self
            .site
            .page_ids()
            .map(|page| (self.site.graph.citations(page).len(), page))
            .filter(|(count, _)| *count > 0)
            .collect();
        cited.sort_by_key(|(count, page)| (std::cmp::Reverse(*count), *page));
        cited.truncate(HOME_PAGES);
        cited
    }

    pub(super) fn site_feed(&self) -> Rendering {
        let pages = self.site.page_ids().filter(|page| !self.site.page(*page).is_index);
        self.feed(&self.site.config.title, "atom.xml", "", feeds::newest(self.site, pages, self.site.config.feeds.limit))
    }

    pub(super) fn term_feed(&self, id: TermId) -> Rendering {
        let term = &self.site.taxonomies[id.taxonomy as usize].terms[id.term as usize];
        let pages = feeds::newest(self.site, term.pages.iter().copied(), self.site.config.feeds.limit);
        self.feed(&term.label, &format!("{}atom.xml", term.url), &term.url, pages)
    }

    fn feed(&self, title: &str, url: &str, page: &str, pages: Vec<PageId>) -> Rendering {
        struct Entry {
            title: String,
            url: String,
            updated: String,
            summary: String,
        }
        let entries: Vec<Entry> = pages
            .iter()
            .map(|page| {
                let article = self.site.article(*page);
                let summary = article.front.summary.as_deref().or(article.front.description.as_deref());
                Entry {
                    title: feeds::xml_text(&article.title).into_owned(),
                    url: feeds::absolute(self.site, &self.site.page(*page).url),
                    updated: article.fields.updated.map_or_else(String::new, timestamp),
                    summary: feeds::xml_text(&summary.map_or_else(|| self.content(*page).description, str::to_owned)).into_owned(),
                }
            })
            .collect();
        let config = &self.site.config;
        // A feed must say when it changed; one without entries never did.
        let updated = entries.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |entry| entry.updated.clone());
        let feed = view::Feed {
            title: &feeds::xml_text(title),
            url: &feeds::absolute(self.site, url),
            page: &feeds::absolute(self.site, page),
            updated: &updated,
            author: &feeds::xml_text(config.author.as_deref().unwrap_or(&config.title)),
            entries: entries
                .iter()
                .map(|entry| view::FeedEntry {
                    title: &entry.title,
                    url: &entry.url,
                    updated: &entry.updated,
                    published: "",
                    summary: &entry.summary,
                    content: "",
                })
                .collect(),
        };
        let context = self.lone("feed", &feed)?;
        self.template("atom.xml", &context, None)
    }
}

/// The text of a section's own page, or none.
fn section_text(content: Option<&Content>) -> Value {
    let html = content.map(|content| content.html.as_str()).filter(|html| !html.trim().is_empty());
    html.map_or_else(Value::none, view::html)
}

fn timestamp(date: jiff::civil::Date) -> String {
    format!("{date}T00:00:00Z")
}

/// The title of a part of a list: parts after the first say which they are.
pub(super) fn titled(title: &str, part: u32) -> String {
    if part == 1 { title.to_owned() } else { format!("{title} ({part})") }
}

/// The heading that a term stands under in a long list of terms.
fn initial(taxonomy: &Taxonomy, term: &Term) -> String {
    if taxonomy.config.source == Source::Number {
        // Ranges of a thousand, under their tens of thousands: `Q160000…` holds `Q160` to `Q169`.
        let ten_thousands = term.name.trim_start_matches('Q').parse().map_or(0, |thousand: u32| thousand / 10);
        return format!("Q{ten_thousands}0000…");
    }
    let first = term.label.chars().find(|c| c.is_alphanumeric()).unwrap_or('#');
    if first.is_alphabetic() { first.to_uppercase().collect() } else { "0–9".to_owned() }
}
