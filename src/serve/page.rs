//! A page of the site → the page as the preview serves it: with the script that shows the next version. Only the bytes that go to the
//! browser are touched, never what is rendered.

use super::snapshot::{Found, Snapshot};
use crate::routes::Route;

/// What the script compares to see whether its page, or only the look of it, has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// Hash of the page without the addresses of its style sheets.
    pub page: String,
    /// The address and a hash of each style sheet, in order.
    pub styles: Vec<(String, String)>,
}

/// The version of `html` in `snapshot`.
pub(super) fn version(snapshot: &Snapshot, html: &[u8]) -> Version {
    let text = String::from_utf8_lossy(html);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&snapshot.files.to_le_bytes());
    let mut styles = Vec::new();
    let mut hashed = 0;
    for href in style_sheets(&text) {
        hasher.update(&text.as_bytes()[hashed..href.start]);
        hashed = href.end;
        let href = &text[href];
        styles.push((href.to_owned(), content_hash(snapshot, href)));
    }
    hasher.update(&text.as_bytes()[hashed..]);
    Version { page: short(&hasher.finalize()), styles }
}

/// The places of the addresses of style sheets in `html`.
fn style_sheets(html: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (start, _) in html.match_indices("<link ") {
        let Some(length) = html[start..].find('>') else { break };
        let tag = &html[start..start + length];
        if value(tag, " rel=").is_none_or(|rel| &tag[rel] != "stylesheet") {
            continue;
        }
        let Some(href) = value(tag, " href=") else { continue };
        found.push(start + href.start..start + href.end);
    }
    found
}

/// The place of the value of an attribute, with quotation marks or without, in the inside of a tag.
fn value(tag: &str, attribute: &str) -> Option<std::ops::Range<usize>> {
    let start = tag.find(attribute)? + attribute.len();
    let (start, end) = match tag[start..].strip_prefix('"') {
        Some(quoted) => (start + 1, start + 1 + quoted.find('"')?),
        None => (start, tag[start..].find(' ').map_or(tag.len(), |end| start + end)),
    };
    Some(start..end)
}

/// A hash of the file at `href`, or nothing where it is not the site's.
fn content_hash(snapshot: &Snapshot, href: &str) -> String {
    let path = href.split(['?', '#']).next().unwrap_or(href);
    let Found::File(out, route) = snapshot.find(path) else { return String::new() };
    match snapshot.render(&out, route) {
        Ok(Ok(bytes)) => short(&blake3::hash(&bytes)),
        _ => String::new(),
    }
}

fn short(hash: &blake3::Hash) -> String {
    hash.to_hex()[..16].to_owned()
}

/// `html` with the script in it, which knows by `version` what the page is, and by `note` what readers will not see.
pub(super) fn with_script(html: Vec<u8>, version: &Version, note: &str) -> Vec<u8> {
    let hashes: Vec<&str> = version.styles.iter().map(|(_, hash)| hash.as_str()).collect();
    let script = format!(
        "<script src=\"{}reload.js\" data-page=\"{}\" data-styles=\"{}\" data-note=\"{}\"></script>\n",
        super::RESERVED,
        version.page,
        hashes.join(" "),
        escape(note)
    );
    let at = memchr::memmem::rfind(&html, b"</body>").unwrap_or(html.len());
    let mut page = html;
    page.splice(at..at, script.into_bytes());
    page
}

/// What the writer should know about a page that is served before its time.
pub(super) fn note(snapshot: &Snapshot, route: Route) -> String {
    let page = match route {
        Route::Page(page) => Some(page),
        Route::Section(section, 1) => snapshot.site.sections[section.index()].index,
        _ => None,
    };
    let Some(front) = page.map(|page| &snapshot.site.article(page).front) else { return String::new() };
    let future = front.date.filter(|date| *date > snapshot.site.today).map(|date| format!("Not published before {date}"));
    let draft = front.draft.then(|| "Draft: not published".to_owned());
    draft.or(future).unwrap_or_default()
}

/// A page of the preview itself.
pub(super) fn own(title: &str, text: &str, page: &str) -> Vec<u8> {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{1}preview.css\">\n</head>\n\
         <body class=\"own\">\n<h1>{0}</h1>\n<pre>{2}</pre>\n</body>\n</html>\n",
        escape(title),
        super::RESERVED,
        escape(text)
    );
    // Its style sheet never changes: the script has nothing to compare but the page.
    with_script(html.into_bytes(), &Version { page: page.to_owned(), styles: Vec::new() }, "")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_found_in_the_text_of_a_page() {
        let html = "<link rel=\"icon\" href=\"x\"><link rel=\"stylesheet\" href=\"/a.css\">\n<link href=\"b.css\" rel=\"stylesheet\"><link rel=stylesheet href=/c.css><link rel=stylesheet href=\"d.css><link rel=\"stylesheet\"";
        let found: Vec<&str> = style_sheets(html).into_iter().map(|range| &html[range]).collect();
        assert_eq!(found, ["/a.css", "b.css", "/c.css"]);
    }

    #[test]
    fn the_script_stands_at_the_end_of_the_body_and_its_values_are_escaped() {
        let version = Version { page: "1".into(), styles: vec![("a".into(), "2".into()), ("b".into(), "3".into())] };
        let page = with_script(b"<body></body>x</body></html>".to_vec(), &version, "\"<");
        let page = String::from_utf8(page).expect("it is text");
        assert!(page.starts_with("<body></body>x<script src=\"/__kbpress/reload.js\""), "{page}");
        assert!(page.contains("data-styles=\"2 3\" data-note=\"&quot;&lt;\"></script>\n</body></html>"), "{page}");
        assert!(String::from_utf8(with_script(b"x".to_vec(), &version, "")).expect("it is text").starts_with("x<script"));
    }
}
