//! What search engines are told about a page, as JSON-LD that is safe inside `<script>`.

use tera::Value;

use super::Link;
use crate::html::any_byte;

/// What search engines are told about an article.
#[derive(Debug)]
pub struct Facts<'a> {
    /// As [`super::Article::heading`].
    pub heading: &'a str,
    /// As [`super::Article::number`].
    pub number: &'a str,
    /// `2001-08-08`, or empty.
    pub updated: &'a str,
}

/// A `TechArticle` and a [`breadcrumb_list`] as JSON-LD, safe inside `<script>`.
pub fn article_json_ld(facts: &Facts, breadcrumbs: &str) -> Value {
    let mut json = String::with_capacity(640);
    json.push_str(r#"{"@context":"https://schema.org","@graph":[{"@type":"TechArticle","headline":"#);
    push_json(&mut json, facts.heading);
    for (name, value) in [("identifier", facts.number), ("dateModified", facts.updated)] {
        if !value.is_empty() {
            json.push_str(",\"");
            json.push_str(name);
            json.push_str("\":");
            push_json(&mut json, value);
        }
    }
    json.push('}');
    if !breadcrumbs.is_empty() {
        json.push(',');
        json.push_str(breadcrumbs);
    }
    json.push_str("]}");
    Value::safe_string(&json)
}

/// A [`breadcrumb_list`] alone as JSON-LD, for pages that are no article; none where there are no breadcrumbs.
pub fn breadcrumbs_json_ld(breadcrumbs: &str) -> Value {
    if breadcrumbs.is_empty() {
        return Value::none();
    }
    Value::safe_string(&[r#"{"@context":"https://schema.org","@graph":["#, breadcrumbs, "]}"].concat())
}

/// A `BreadcrumbList`, to be made once per parent; empty where there are no `links`.
pub fn breadcrumb_list(links: &[Link]) -> String {
    let mut json = String::new();
    if links.is_empty() {
        return json;
    }
    json.push_str(r#"{"@type":"BreadcrumbList","itemListElement":["#);
    for (index, link) in links.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(r#"{"@type":"ListItem","position":"#);
        json.push_str(&(index + 1).to_string());
        json.push_str(r#","name":"#);
        push_json(&mut json, link.title);
        json.push_str(r#","item":"#);
        push_json(&mut json, link.url);
        json.push('}');
    }
    json.push_str("]}");
    json
}

/// One JSON string. `<`, `>` and `&` are escaped too, so that no text can end the script element.
fn push_json(json: &mut String, text: &str) {
    // The last byte begins U+2028 and U+2029.
    let is_special =
        |byte| (byte == b'"') | (byte == b'\\') | (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte < b' ') | (byte == 0xe2);
    json.push('"');
    if !any_byte(text, is_special) {
        json.push_str(text);
        json.push('"');
        return;
    }
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '<' | '>' | '&' | '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => {
                json.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    json.push(char::from_digit((character as u32 >> shift) & 15, 16).unwrap_or('0'));
                }
            }
            _ => json.push(character),
        }
    }
    json.push('"');
}
