//! What machines read: sitemaps, `robots.txt` and the entries of Atom feeds. Their addresses are absolute.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::routes::{SITEMAP_URLS, part_url};
use crate::site::{PageId, Site};

/// The URLs of the site that search engines may list, relative to it, with the day of the last change where it is known.
pub fn sitemap_urls(site: &Site) -> impl Iterator<Item = (&str, Option<jiff::civil::Date>)> {
    let pages = site.page_ids().filter(|page| {
        let front = &site.article(*page).front;
        !front.no_sitemap && !front.unlisted
    });
    let pages = pages.map(|page| (&*site.page(page).url, site.article(page).fields.updated));
    let terms = site.taxonomies.iter().flat_map(|taxonomy| {
        std::iter::once(taxonomy.url.as_str()).chain(taxonomy.terms.iter().map(|term| term.url.as_str())).map(|url| (url, None))
    });
    let has_codes = !site.codes.groups.is_empty();
    let codes =
        has_codes.then_some(crate::code_index::URL).into_iter().chain(site.codes.groups.iter().map(|group| group.url.as_str()));
    pages.chain(terms).chain(codes.map(|url| (url, None)))
}

/// Part `part`, from 0, of the sitemap.
pub fn sitemap(site: &Site, part: u32) -> String {
    let mut out = xml("urlset", "http://www.sitemaps.org/schemas/sitemap/0.9");
    for (url, updated) in sitemap_urls(site).skip(part as usize * SITEMAP_URLS).take(SITEMAP_URLS) {
        out.push_str("<url><loc>");
        out.push_str(&escape(&absolute(site, url)));
        out.push_str("</loc>");
        if let Some(date) = updated {
            let _ = write!(out, "<lastmod>{date}</lastmod>");
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    out
}

/// The index of the sitemaps of a site with more URLs than one may hold.
pub fn sitemap_index(site: &Site) -> String {
    let mut out = xml("sitemapindex", "http://www.sitemaps.org/schemas/sitemap/0.9");
    for part in 1..=sitemap_urls(site).count().div_ceil(SITEMAP_URLS) {
        let _ = writeln!(out, "<sitemap><loc>{}</loc></sitemap>", escape(&absolute(site, &format!("sitemap-{part}.xml"))));
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// `robots.txt`: everything may be read, and the sitemap is there.
pub fn robots(site: &Site) -> String {
    let mut out = "User-agent: *\nAllow: /\n".to_owned();
    if site.config.sitemap {
        let _ = writeln!(out, "Sitemap: {}", absolute(site, "sitemap.xml"));
    }
    out
}

/// The pages among `pages` that changed last, newest first; those of one day by URL, later ones first.
pub fn newest(site: &Site, pages: impl Iterator<Item = PageId>, limit: usize) -> Vec<PageId> {
    let mut dated: Vec<(jiff::civil::Date, PageId)> = pages
        .filter(|page| !site.article(*page).front.unlisted)
        .filter_map(|page| Some((site.article(page).fields.updated?, page)))
        .collect();
    let wanted = limit.min(dated.len());
    if wanted > 0 && wanted < dated.len() {
        dated.select_nth_unstable_by(wanted, |a, b| b.cmp(a));
    }
    dated.truncate(wanted);
    dated.sort_unstable_by(|a, b| b.cmp(a));
    dated.into_iter().map(|(_, page)| page).collect()
}

/// The absolute URL of `url`, which is relative to the site.
pub fn absolute(site: &Site, url: &str) -> String {
    site.config.base_url.join(url)
}

/// The absolute URL of the first part of a list.
pub fn absolute_part(site: &Site, url: &str, part: u32) -> String {
    absolute(site, &part_url(url, part))
}

/// `text` without the characters that XML forbids, even escaped.
pub fn xml_text(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { text.replace(forbidden, "\u{fffd}").into() } else { text.into() }
}

fn xml(root: &str, namespace: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">\n")
}

fn escape(url: &str) -> Cow<'_, str> {
    if !url.contains(['&', '\'']) {
        return Cow::Borrowed(url);
    }
    url.replace('&', "&amp;").replace('\'', "&apos;").into()
}
