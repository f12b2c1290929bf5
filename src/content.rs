//! Events → [`Content`]: the HTML of a body, its summary, its text for the search. Links and article numbers are resolved while the HTML is
//! written, through a [`Resolver`], so that there is no second pass; what a link means is the resolver's business, and what may
//! stand in a page is [`crate::html`]'s.

use std::borrow::Cow;

use crate::article::Heading;
use crate::event::Spanned;
use crate::labels;
use crate::source::Span;

mod block;
mod footnote;
mod linked;
mod search_text;

pub use search_text::SearchText;

/// What an article number leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'r> {
    /// An article of this site.
    Resolved {
        /// Its URL, as the page that is written has to spell it.
        url: Cow<'r, str>,
        /// Its title.
        title: &'r str,
    },
    /// The very article that holds the number.
    Own,
    /// No article of this site.
    Wanted,
}

/// Answers where links lead, for the one page that is converted.
pub trait Resolver {
    /// What the article number leads to.
    fn article(&self, number: u32) -> Reference<'_>;

    /// The URL for a destination as the author wrote it (`other.md#part`, `@/kb/a.md`, `/kb/164/`), or the destination unchanged.
    fn link<'d>(&self, destination: &'d str) -> Cow<'d, str>;

    /// A word of the interface by its name in [`LABELS`](crate::labels::LABELS).
    fn word(&self, name: &'static str) -> &str {
        labels::english(name)
    }
}

/// What becomes of HTML in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawHtml {
    /// It is shown as text.
    #[default]
    Escape,
    /// It is passed on, unchanged and unchecked: the site's owner trusts all writers.
    Allow,
}

/// What a conversion needs besides the events.
#[derive(Debug)]
pub struct Context<'c, R> {
    /// The headings of the body's outline, in the order of the events.
    pub headings: &'c [Heading],
    /// Answers where links lead.
    pub resolver: &'c R,
    /// What becomes of HTML in the body.
    pub raw_html: RawHtml,
    /// Whether fenced code is highlighted.
    pub highlight: bool,
    /// Whether the body is a KB text: bare URLs become links, and so do numbers in preformatted text.
    pub kb: bool,
    /// Whether [`Content::text`] is wanted.
    pub search: bool,
    /// About how many bytes the body has.
    pub length: usize,
}

/// A converted body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Content {
    /// The body as HTML, without the page's title.
    pub html: String,
    /// The part before `<!-- more -->`, where the body has that.
    pub summary_html: Option<String>,
    /// Whether a block of code is in it.
    pub has_code: bool,
    /// Whether a table is in it, marked up or aligned by hand.
    pub has_table: bool,
    /// What the search index reads.
    pub text: SearchText,
    /// The first prose of the body: at most 150 characters, whole words.
    pub description: String,
    /// Languages that fences name and nobody knows, with the fence.
    pub unknown_languages: Vec<(Box<str>, Span)>,
    /// What was asked of the [`Resolver`], where that one keeps count.
    pub asked: Asked,
}

/// What a body names of the rest of the site: all that its HTML depends on besides its own text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Article numbers.
    pub numbers: Vec<u32>,
    /// Destinations of links and images as written.
    pub destinations: Vec<Box<str>>,
}

impl Asked {
    /// The same with each number and each destination once, in their order.
    #[must_use]
    pub fn each_once(mut self) -> Self {
        self.numbers.sort_unstable();
        self.numbers.dedup();
        self.destinations.sort_unstable();
        self.destinations.dedup();
        self
    }
}

/// Converts a body. Never fails; what cannot be a link stays text.
pub fn convert<'e, R: Resolver>(events: impl IntoIterator<Item = Spanned<'e>>, context: &Context<'_, R>) -> Content {
    let mut writer = block::Writer::new(context);
    for (event, span) in events {
        writer.event(event, span);
    }
    writer.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]
mod tests;
