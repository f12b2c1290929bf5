//! `edit_url` and `report_url`: addresses with places that each article fills.

use super::reader::{Reader, Section};
use crate::diagnostic::nearest;

/// What an article can fill in.
const FIELDS: [&str; 6] = ["number", "path", "title", "updated", "url", "version"];

/// An address with places such as `{path}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate {
    /// Text, then for each field the text after it.
    start: String,
    fields: Vec<(&'static str, String)>,
}

impl UrlTemplate {
    /// The address with the value of each field, percent-encoded; in a path the slashes stay.
    pub fn fill(&self, value: impl Fn(&'static str) -> String) -> String {
        let mut url = self.start.clone();
        for (field, text) in &self.fields {
            encode(&mut url, &value(field), *field == "path");
            url.push_str(text);
        }
        url
    }
}

fn encode(url: &mut String, value: &str, keep_slashes: bool) {
    use std::fmt::Write as _;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keep_slashes && byte == b'/') {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

/// The address at `key`.
pub(super) fn url_template(reader: &mut Reader<'_>, top: &mut Section<'_>, key: &'static str) -> Option<UrlTemplate> {
    const HELP: &str = "write an address like `https://example.org/edit/{path}` or `mailto:kb@example.org?subject={number}`";
    let text = top.string(reader, key)?;
    let span = text.span.range();
    if !["https://", "http://", "mailto:"].iter().any(|scheme| text.value.starts_with(scheme)) {
        reader.bad_value(span, format!("`{key}` is not an address that begins with `https://`, `http://` or `mailto:`"), HELP);
        return None;
    }
    if text.value.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>')) {
        reader.bad_value(span, format!("`{key}` holds a character that no address may have"), "write a blank as `%20`");
        return None;
    }
    let mut parts = text.value.split('{');
    let mut template = UrlTemplate { start: parts.next().unwrap_or_default().to_owned(), fields: Vec::new() };
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
            let help = match nearest(name, FIELDS) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None => format!("an article fills in `{{{}}}`", FIELDS.join("}`, `{")),
            };
            reader.bad_value(span, format!("`{key}` has `{{{name}}}`, which no article fills in"), &help);
            return None;
        };
        template.fields.push((field, rest.to_owned()));
    }
    Some(template)
}
