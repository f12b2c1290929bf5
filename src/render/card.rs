//! What lists are told of a page, before it is put into words. A list depends on the cards of its pages and not on their texts, so that
//! another word in an article makes no list anew. That this is all that a list shows is no promise but how it is made: a
//! [`view::Item`](crate::view::Item) is made from nothing else.

use jiff::civil::Date;

use super::Renderer;
use crate::article::Kind;
use crate::site::PageId;

/// What a summary is made from, besides the site and the page's terms.
#[derive(Debug, Hash)]
pub(super) struct Card<'a> {
    /// Relative to the site.
    pub(super) url: &'a str,
    pub(super) title: &'a str,
    pub(super) number: Option<u32>,
    pub(super) kind: Option<Kind>,
    pub(super) updated: Option<Date>,
    /// The file, which the message about a template that fails names.
    pub(super) path: &'a str,
}

impl Renderer<'_> {
    /// What lists are told of `page`.
    pub(super) fn card(&self, page: PageId) -> Card<'_> {
        let article = self.site.article(page);
        Card {
            url: &self.site.page(page).url,
            title: &article.title,
            number: article.fields.number,
            kind: article.fields.kinds.first().copied(),
            updated: article.fields.updated,
            path: &article.path,
        }
    }
}
