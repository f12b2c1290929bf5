//! The index of error codes: its groups, and a page for each group with the articles and the sentences that name a code.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tera::Value;

use super::{Renderer, Rendering, lists};
use crate::article::Body;
use crate::code_index::{self, Entry, Family};
use crate::codes;
use crate::sentence;
use crate::site::PageId;
use crate::view;

/// Articles of a code that are shown with title and sentence; the others are shown by their numbers.
pub(super) const SENTENCES: usize = 20;

/// A page with more codes than this does not begin with a list of them.
const JUMPS: usize = 120;

/// An article that names a code, and the sentence in which it does; empty where there is none.
type Use = (PageId, String);

impl Renderer<'_> {
    /// The groups of codes, by family.
    pub(super) fn code_index(&self) -> Rendering {
        let groups = &self.site.codes.groups;
        let fullest = groups.iter().map(|group| group.codes.len()).max().unwrap_or(1);
        let families = [Family::Hexadecimal, Family::Event, Family::Error, Family::Message, Family::Other];
        let label = |family: Family| {
            self.site.config.label(match family {
                Family::Hexadecimal => "codes_hexadecimal",
                Family::Event => "codes_event",
                Family::Error => "codes_error",
                Family::Message => "codes_message",
                Family::Other => "codes_other",
            })
        };
        let own = view::Taxonomy {
            heading: self.site.config.label("codes"),
            description: "",
            groups: families
                .into_iter()
                .zip(["hexadecimal", "events", "errors", "messages", "other"])
                .map(|(family, id)| view::TermGroup {
                    title: label(family),
                    id,
                    terms: groups
                        .iter()
                        .filter(|group| group.family == family)
                        .map(|group| {
                            let title = self.site.config.code(&group.title);
                            lists::noted_term_value(&title, &group.decimals, &self.url(&group.url), group.codes.len(), fullest)
                        })
                        .collect(),
                })
                .filter(|group| !group.terms.is_empty())
                .collect(),
        };
        let url = self.url(code_index::URL);
        let view = self.list_view(own.heading, &url, "", &self.index.trails[0].value, Value::none());
        self.with_page("taxonomy.html", &view, ("taxonomy", &own), None)
    }

    /// The codes of one group.
    pub(super) fn code_group(&self, index: usize) -> Rendering {
        let group = &self.site.codes.groups[index];
        let config = &self.site.config;
        let heading = config.code(&group.title);
        let titles: Vec<Cow<'_, str>> = group.codes.iter().map(|entry| config.code(&entry.code)).collect();
        let named: Vec<(String, Vec<Use>)> = group.codes.iter().map(|entry| self.uses(entry)).collect();
        let own = view::CodeGroup {
            heading: &heading,
            jumps: group.codes.len() <= JUMPS,
            codes: group
                .codes
                .iter()
                .zip(&titles)
                .zip(&named)
                .map(|((entry, code), (name, uses))| {
                    let others = &entry.pages[SENTENCES.min(entry.pages.len())..];
                    view::Code {
                        code,
                        id: code_index::anchor(&entry.code),
                        name,
                        spellings: code_index::spellings(&entry.code),
                        articles: self.for_own_templates(|| self.code_uses(uses)),
                        articles_html: self.with_sentences(uses),
                        others: self.for_own_templates(|| self.page_links(others)),
                        others_html: self.numbers(others),
                    }
                })
                .collect(),
        };
        let url = self.url(&group.url);
        let label = config.label("codes");
        let trail = self.index.trails[0].below(label, self.url(code_index::URL));
        let json_ld = view::breadcrumbs_json_ld(&trail.json_ld);
        let title = format!("{label}: {heading}");
        self.with_page("codes.html", &self.list_view(&title, &url, "", &trail.value, json_ld), ("group", &own), None)
    }

    /// What articles call a code, and where they name it.
    fn uses(&self, entry: &Entry) -> (String, Vec<Use>) {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut uses = Vec::with_capacity(entry.pages.len());
        for page in entry.pages.iter().take(SENTENCES) {
            let mut sentence = String::new();
            let text = self.text(*page);
            if let Some((place, _)) = codes::codes(text).find(|(_, code)| *code == *entry.code) {
                if let Some(name) = sentence::name_beside(text, place.clone()) {
                    *names.entry(name).or_default() += 1;
                }
                sentence = sentence::around(text, place);
            }
            uses.push((*page, sentence));
        }
        let most = names.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
        (most.map_or_else(String::new, |(name, _)| (*name).to_owned()), uses)
    }

    fn code_uses<'u>(&self, uses: &'u [Use]) -> Vec<view::CodeUse<'u>> {
        uses.iter().map(|(page, sentence)| view::CodeUse { link: self.link(*page), sentence }).collect()
    }

    fn page_links(&self, pages: &[PageId]) -> Vec<Value> {
        pages.iter().map(|page| self.page_link(*page)).collect()
    }

    /// The articles that name a code as the items of a list, each with its sentence below it, as safe HTML.
    fn with_sentences(&self, uses: &[Use]) -> Value {
        let items = uses.iter().map(|(page, sentence)| (*page, Some(sentence.as_str()).filter(|sentence| !sentence.is_empty())));
        view::html(&self.noted_links(items))
    }

    /// Links to `pages` by their numbers, as safe HTML; none where there are none.
    fn numbers(&self, pages: &[PageId]) -> Value {
        let mut html = String::with_capacity(pages.len() * 64);
        for page in pages {
            self.push_numbered_link(&mut html, *page, "", "");
            html.push(' ');
        }
        view::some_html(&html)
    }

    /// The text of an article as it was written, its front matter aside.
    pub(super) fn text(&self, page: PageId) -> &str {
        let text = &self.sources.articles[self.site.page(page).source as usize].text;
        match &self.site.article(page).body {
            Body::Markdown(range) => &text[range.clone()],
            Body::KbText(segments) => &text[segments.body.range()],
        }
    }
}
