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
    pub(super) fn page_links(&self, (previous, next): Neighbours) -> (Value, Value) {
        let link = |page: Option<PageId>| page.map_or_else(Value::none, |page| self.page_link(page));
        (link(previous), link(next))
    }

    /// The same as safe HTML, or none.
    pub(super) fn sequence_html(&self, (previous, next): Neighbours) -> Value {
        let mut html = String::with_capacity(256);
        for (page, rel, label) in [(previous, "prev", "previous"), (next, "next", "next")] {
            let Some(page) = page else { continue };
            let article = self.site.article(page);
            let number = article.number();
            html.push_str("<a href=\"");
            view::push_text(&mut html, &self.url(&self.site.page(page).url));
            html.push_str("\" rel=");
            html.push_str(rel);
            html.push_str("><small>");
            view::push_text(&mut html, self.site.config.label(label));
            html.push_str("</small>");
            view::push_text(&mut html, if number.is_empty() { self.heading(article) } else { &number });
            html.push_str("</a>");
        }
        if html.is_empty() { Value::none() } else { view::html(&html) }
    }

    /// The related articles and what this one has in common with them, as the items of a list, as safe HTML; none where there are none.
    pub(super) fn related_html(&self, related: &[(PageId, &str)]) -> Value {
        let mut html = String::with_capacity(related.len() * 200);
        for (page, reason) in related {
            html.push_str(if html.is_empty() { "<li>" } else { "\n<li>" });
            view::push_link(&mut html, &self.site.article(*page).title, &self.url(&self.site.page(*page).url));
            html.push_str("<p>");
            view::push_text(&mut html, reason);
        }
        if html.is_empty() { Value::none() } else { view::html(&html) }
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
