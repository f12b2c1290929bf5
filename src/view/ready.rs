//! HTML that is ready before a template runs: what nearly every page has, or many pages share. A template takes as long to look at one
//! value as this takes to write a link.

use tera::Value;
use tera::value::Key;

use super::{Item, Link, Page};
use crate::article::Heading;
use crate::html::{any_byte, attribute, escape_text};

/// Links one after the other, as safe HTML, to be made once per parent.
pub fn breadcrumbs(links: &[Link]) -> Value {
    let mut html = String::new();
    for Link { title, url } in links {
        push_link(&mut html, title, url);
    }
    Value::safe_string(&html)
}

/// A link as HTML, or a `<span>` where the URL is empty: what many pages show is made once, not once a page.
pub fn link(title: &str, url: &str) -> Value {
    let mut html = String::with_capacity(title.len() + url.len() + 16);
    push_link(&mut html, title, url);
    Value::safe_string(&html)
}

/// Appends what [`link`] makes.
pub fn push_link(html: &mut String, title: &str, url: &str) {
    html.push_str(if url.is_empty() { "<span" } else { "<a" });
    if !url.is_empty() {
        attribute(html, "href", url);
    }
    html.push('>');
    escape_text(html, title);
    html.push_str(if url.is_empty() { "</span>" } else { "</a>" });
}

/// Appends `text` as a template writes it, in a text or in an attribute: quotes become references too.
pub fn push_text(html: &mut String, text: &str) {
    let is_special = |byte| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == b'\'');
    if !any_byte(text, is_special) {
        html.push_str(text);
        return;
    }
    let mut bytes = Vec::with_capacity(text.len() + 16);
    // Writing into memory does not fail.
    let _ = tera::escape_html(text, &mut bytes);
    html.push_str(&String::from_utf8_lossy(&bytes));
}

/// What the `<head>` of a page says of it, as safe HTML.
pub(super) fn page_head(page: &Page) -> Value {
    let mut html = String::with_capacity(1024);
    if !page.description.is_empty() {
        push_parts(&mut html, "<meta name=description content=\"", &[page.description]);
    }
    if page.noindex {
        html.push_str("<meta name=robots content=noindex>\n");
    } else {
        push_parts(&mut html, "<link rel=canonical href=\"", &[page.origin, page.url]);
    }
    push_parts(&mut html, "<meta property=og:title content=\"", &[page.title]);
    Value::safe_string(html.trim_end())
}

/// Appends an element that ends with an attribute of these `parts`.
fn push_parts(html: &mut String, element: &'static str, parts: &[&str]) {
    html.push_str(element);
    parts.iter().for_each(|part| push_text(html, part));
    html.push_str("\">\n");
}

/// The items of a table of contents, as safe HTML: `<li>` with a link for each of `headings`, the deeper ones with the class `l3` to `l6`.
pub fn contents(headings: &[Heading]) -> Value {
    let mut html = String::with_capacity(headings.len() * 64);
    for heading in headings {
        html.push_str("<li");
        if heading.level > 2 {
            html.push_str(" class=l");
            html.push(char::from(b'0' + heading.level));
        }
        html.push_str("><a");
        attribute(&mut html, "href", &["#", &heading.id].concat());
        html.push('>');
        escape_text(&mut html, &heading.text);
        html.push_str("</a>");
    }
    Value::safe_string(&html)
}

/// What lists say about a page, as safe HTML.
pub fn item(item: &Item) -> Value {
    let mut html = String::with_capacity(item.url.len() + item.heading.len() + 128);
    html.push_str("<li><a href=\"");
    push_text(&mut html, item.url);
    html.push_str("\">");
    if !item.number.is_empty() {
        push_element(&mut html, "b", item.number);
        html.push(' ');
    }
    push_text(&mut html, item.heading);
    html.push_str("</a>");
    if let Some(kind) = field(&item.kind, "title").and_then(Value::as_str) {
        html.push(' ');
        push_element(&mut html, "i", kind);
    }
    if !item.updated.is_empty() {
        html.push(' ');
        push_element(&mut html, "time", item.updated);
    }
    Value::safe_string(&html)
}

fn push_element(html: &mut String, name: &'static str, text: &str) {
    html.push('<');
    html.push_str(name);
    html.push('>');
    push_text(html, text);
    html.push_str("</");
    html.push_str(name);
    html.push('>');
}

/// The safe HTML that each of `pages` is or has as `html`, a line each.
pub(super) fn items(pages: &[Value]) -> Value {
    let html = |page| field(page, "html").or(Some(page)).filter(|html| html.is_string() && html.is_safe());
    let mut items = String::with_capacity(pages.len() * 200);
    for page in pages {
        if !items.is_empty() {
            items.push('\n');
        }
        items.push_str(html(page).and_then(Value::as_str).unwrap_or_default());
    }
    Value::safe_string(&items)
}

/// What `value`, a map, has under `name`.
pub fn field<'v>(value: &'v Value, name: &'static str) -> Option<&'v Value> {
    value.as_map()?.get(&Key::from(name))
}
