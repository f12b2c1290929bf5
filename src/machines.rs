//! What browsers and other programs are told about the site: the description of its search, the web manifest, `llms.txt`.

use std::fmt::Write as _;

use crate::code_index;
use crate::feeds::{absolute, xml_text};
use crate::site::Site;

/// The OpenSearch description: `icon` is relative to the site.
pub fn open_search(site: &Site, icon: &str) -> String {
    let config = &site.config;
    // The standard allows a short name of 16 characters.
    let name: String = config.title.chars().take(16).collect();
    let about = config.description.as_deref().unwrap_or(&config.title);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>{}</ShortName>\n\
         <Description>{}</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n\
         <Image type=\"image/svg+xml\">{}</Image>\n\
         <Url type=\"text/html\" template=\"{}?q={{searchTerms}}\"/>\n\
         </OpenSearchDescription>\n",
        escaped(name.trim()),
        escaped(about),
        escaped(&absolute(site, icon)),
        escaped(&absolute(site, "search/")),
    )
}

/// The web manifest: `icon` is relative to the site.
pub fn manifest(site: &Site, icon: &str) -> String {
    let config = &site.config;
    let base = config.base_url.path();
    let manifest = serde_json::json!({
        "name": config.title,
        "short_name": config.title,
        "description": config.description.as_deref().unwrap_or_default(),
        "lang": config.language,
        "start_url": base,
        "scope": base,
        "display": "minimal-ui",
        "icons": [{ "src": format!("{base}{icon}"), "sizes": "any", "type": "image/svg+xml" }],
    });
    format!("{manifest:#}\n")
}

/// `llms.txt`: what the site is, and the lists that lead to all of it.
pub fn llms(site: &Site) -> String {
    let config = &site.config;
    let mut out = format!("# {}\n", one_line(&config.title));
    if let Some(description) = &config.description {
        let _ = write!(out, "\n> {}\n", one_line(description));
    }
    let count = site.pages.iter().filter(|page| !page.is_index).count();
    let _ = write!(out, "\n{count} {}.", config.label(if count == 1 { "article" } else { "articles" }));
    if config.pages.text {
        let _ = write!(out, " {}", one_line(config.label("llms_text")));
    }
    let _ = write!(out, "\n\n## {}\n\n", one_line(config.label("llms_lists")));
    let mut item = |title: &str, url: &str| {
        let _ = writeln!(out, "- [{}]({})", one_line(title), absolute(site, url));
    };
    for taxonomy in site.taxonomies.iter() {
        item(&taxonomy.config.title, &taxonomy.url);
    }
    if !site.codes.groups.is_empty() {
        item(config.label("codes"), code_index::URL);
    }
    if config.sitemap {
        item(config.label("llms_sitemap"), "sitemap.xml");
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::html::escape_text(&mut out, &xml_text(text));
    out.replace('"', "&quot;")
}

/// `text` without what Markdown would read as more than a line of text.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '[', ']'], " ")
}
