//! What feeds and the pages at old addresses are given.

use serde::Serialize;

/// The page at an old address.
#[derive(Debug, Serialize)]
pub struct Redirect<'a> {
    /// The title of the page that moved.
    pub title: &'a str,
    /// Where it is now.
    pub url: &'a str,
    /// The same as an absolute URL.
    pub canonical: &'a str,
}

/// An Atom feed. Its texts must hold no character that XML forbids.
#[derive(Debug, Serialize)]
pub struct Feed<'a> {
    /// Title of the site, or of the term.
    pub title: &'a str,
    /// Absolute URL of the feed; its id too.
    pub url: &'a str,
    /// Absolute URL of the page that the feed is about.
    pub page: &'a str,
    /// RFC 3339: the newest of the entries.
    pub updated: &'a str,
    /// Never empty: the site's author, or its title.
    pub author: &'a str,
    /// Newest first.
    pub entries: Vec<FeedEntry<'a>>,
}

/// An entry of an Atom feed.
#[derive(Debug, Serialize)]
pub struct FeedEntry<'a> {
    /// Plain text.
    pub title: &'a str,
    /// Absolute URL; the entry's id too.
    pub url: &'a str,
    /// RFC 3339.
    pub updated: &'a str,
    /// RFC 3339, or empty.
    pub published: &'a str,
    /// Plain text, or empty.
    pub summary: &'a str,
    /// The text as HTML that is not marked as safe, because the feed carries it escaped; or empty.
    pub content: &'a str,
}
