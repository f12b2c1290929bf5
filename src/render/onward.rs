//! The ways on from an article: to those before and after it, to those that have something in common with it or name it.

use std::borrow::Cow;

use tera::Value;

use super::Renderer;
use crate::article::{Article, numbered};
use crate::config::Config;
use crate::kb;
use crate::labels;
use crate::links::{Feature, features};
use crate::sentence;
use crate::site::PageId;
use crate::view;

/// The page before and the page after a page.
pub(super) type Neighbours = (Option<PageId>, Option<PageId>);

impl Renderer<'_> {
    /// Links to the pages before and after a page, or none.
    pub(super) fn neighbour_links(&self, (previous, next): Neighbours) -> (Value, Value) {
        let link = |page: Option<PageId>| page.map_or_else(Value::none, |page| self.page_link(page));
        (link(previous), link(next))
    }

    /// The same as safe HTML, or none.
    pub(super) fn sequence_html(&self, (previous, next): Neighbours) -> Value {
        let mut html = String::with_capacity(256);
        if let Some(page) = previous {
            self.push_numbered_link(&mut html, page, " rel=prev", self.site.config.label("previous"));
        }
        if let Some(page) = next {
            self.push_numbered_link(&mut html, page, " rel=next", self.site.config.label("next"));
        }
        view::some_html(&html)
    }

    /// Appends a link to `page` that shows its number, or its heading where it has none, after `label`.
    pub(super) fn push_numbered_link(&self, html: &mut String, page: PageId, attributes: &'static str, label: &str) {
        let article = self.site.article(page);
        html.push_str("<a href=\"");
        view::push_text(html, self.site.config.base_url.path());
        view::push_text(html, &self.site.page(page).url);
        html.push('"');
        html.push_str(attributes);
        html.push('>');
        if !label.is_empty() {
            html.push_str("<small>");
            view::push_text(html, label);
            html.push_str("</small>");
        }
        match article.fields.number {
            Some(number) => html.push_str(&numbered(number)),
            None => view::push_text(html, self.heading(article)),
        }
        html.push_str("</a>");
    }

    /// The related articles and what this one has in common with them, as the items of a list, as safe HTML; none where there are none.
    pub(super) fn related_html(&self, related: &[(PageId, &str)]) -> Value {
        let html = self.noted_links(related.iter().map(|(page, reason)| (*page, Some(*reason))));
        view::some_html(&html)
    }

    /// Links to pages, each with a note where there is one, as the items of a list.
    pub(super) fn noted_links<'n>(&self, pages: impl ExactSizeIterator<Item = (PageId, Option<&'n str>)>) -> String {
        let mut html = String::with_capacity(pages.len() * 200);
        for (page, note) in pages {
            html.push_str(if html.is_empty() { "<li>" } else { "\n<li>" });
            view::push_link(&mut html, &self.site.article(page).title, &self.url(&self.site.page(page).url));
            if let Some(note) = note {
                html.push_str("<p>");
                view::push_text(&mut html, note);
            }
        }
        html
    }

    /// The sentence in which the article `from` names `cited`, or empty where it only stands in a list.
    pub(super) fn citing_sentence(&self, from: PageId, cited: &Article) -> String {
        let citing = self.site.article(from);
        let Some(reference) = citing.outline.references.iter().find(|reference| Some(reference.number) == cited.fields.number)
        else {
            return String::new();
        };
        let text = &self.sources.articles[self.site.page(from).source as usize].text;
        let sentence = sentence::around(text, reference.span.range());
        // A line that only repeats number and title says nothing that the link does not.
        let is_prose = sentence.ends_with(['.', '…', ':'])
            && sentence.split(' ').filter(|word| word.starts_with(char::is_lowercase)).count() > 4;
        if is_prose && !is_see_also(&sentence) { sentence } else { String::new() }
    }
}

/// Whether a sentence is the archive's formula for "see also".
fn is_see_also(sentence: &str) -> bool {
    let sentence = sentence.to_ascii_lowercase();
    sentence.contains("see the following article") || sentence.contains("article-id:")
}

/// What a related article has in common with this one.
pub(super) fn reason(config: &Config, article: &Article, place: u16) -> String {
    // While a preview is being updated an article may have lost it.
    let Some(feature) = features(article).nth(usize::from(place)) else { return String::new() };
    let (name, what) = match feature {
        Feature::Code(code) => ("reason_code", config.code(code)),
        Feature::Reference(number) => ("reason_reference", numbered(number).into()),
        Feature::Keyword(keyword) => ("reason_keyword", kb::keyword_label(keyword).unwrap_or(Cow::Borrowed(keyword))),
        Feature::QueryWord(word) => ("reason_word", Cow::Borrowed(word)),
    };
    labels::fill(config.label(name), &[("what", &what)])
}
