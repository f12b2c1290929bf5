//! The tables of `site.toml`, one function each: from the top level to the section's own struct.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSetBuilder};
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, Section, Value};
use super::schema::{self, Schema};
use super::{Articles, BodyFormat, Build, Encoding, External, Feeds, Globs, Level, Markdown, NavItem, Pages, RawHtml, Search};
use crate::diagnostic::code;
use crate::labels::LABELS;
use crate::source::{Located, Span};

/// Reads a section that may be absent: an absent one is an empty one.
pub(super) fn section<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    table: Option<&DeTable<'_>>,
    read: impl FnOnce(&mut Reader<'_>, &mut Section<'_>) -> T,
) -> T {
    let empty = DeTable::new();
    let mut section = Section::new(name, table.unwrap_or(&empty));
    let value = read(reader, &mut section);
    section.finish(reader);
    value
}

pub(super) fn build(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Build {
    let table = top.table(reader, "build");
    section(reader, "[build]", table, |reader, section| Build {
        drafts: section.flag(reader, "drafts", false),
        future: section.flag(reader, "future", false),
        expired: section.flag(reader, "expired", false),
        strict: section.flag(reader, "strict", false),
    })
}

pub(super) fn markdown(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Markdown {
    let table = top.table(reader, "markdown");
    section(reader, "[markdown]", table, |reader, section| Markdown {
        smart_punctuation: section.flag(reader, "smart_punctuation", false),
        highlight: section.flag(reader, "highlight", true),
        raw_html: section.choice(reader, "raw_html", &[("escape", RawHtml::Escape), ("allow", RawHtml::Allow)]),
    })
}

pub(super) fn articles(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Articles {
    const FORMATS: &[(&str, BodyFormat)] =
        &[("auto", BodyFormat::Auto), ("markdown", BodyFormat::Markdown), ("kb-text", BodyFormat::KbText)];
    let table = top.table(reader, "articles");
    section(reader, "[articles]", table, |reader, section| Articles {
        format: section.choice(reader, "format", FORMATS),
        references: section.flag(reader, "references", true),
        encoding_fallback: section.choice(
            reader,
            "encoding_fallback",
            &[("none", None), ("windows-1252", Some(Encoding::Windows1252))],
        ),
    })
}

pub(super) fn search(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Search {
    let table = top.table(reader, "search");
    section(reader, "[search]", table, |reader, section| Search {
        enabled: section.flag(reader, "enabled", true),
        synonyms: section.groups(reader, "synonyms").map(|value| synonyms(reader, value)).unwrap_or_default(),
        exclude: globs(reader, section, "exclude"),
        boost: section.table(reader, "boost").map(|table| boosts(reader, table)).unwrap_or_default(),
    })
}

fn synonyms(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Vec<String>> {
    let Some(groups) = value.get_ref().as_array() else {
        reader.wrong_type("synonyms", value, "a list of groups like `[\"BSOD\", \"blue screen\"]`");
        return Vec::new();
    };
    let mut all = Vec::with_capacity(groups.len());
    for group in groups {
        let words = reader.string_list("synonyms", group);
        if group.get_ref().is_array() && words.len() < 2 {
            reader.bad_value(
                group.span(),
                "a group of `synonyms` needs two words at least".to_owned(),
                "a group is the words that mean the same: `[\"BSOD\", \"blue screen\"]`",
            );
            continue;
        }
        all.push(words.into_iter().map(|word| word.value.to_lowercase()).collect());
    }
    all
}

fn boosts(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<(Globs, f32)> {
    let mut boosts = Vec::with_capacity(table.len());
    for (pattern, value) in table {
        let factor = match value.get_ref() {
            DeValue::Integer(n) => n.as_str().parse::<f32>().ok(),
            DeValue::Float(n) => n.as_str().parse::<f32>().ok(),
            _ => {
                reader.wrong_type(pattern.get_ref(), value, "a number");
                continue;
            }
        };
        let Some(factor) = factor.filter(|f| (0.1..=10.0).contains(f)) else {
            reader.bad_value(
                value.span(),
                "a boost must be from 0.1 to 10".to_owned(),
                "1 is what every page has; to hide pages, use `exclude`",
            );
            continue;
        };
        let pattern = Located::new(pattern.get_ref().clone().into_owned(), Span::new(pattern.span()));
        boosts.push((compile(reader, &[pattern]), factor));
    }
    boosts
}

pub(super) fn feeds(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Feeds {
    let table = top.table(reader, "feeds");
    section(reader, "[feeds]", table, |reader, section| Feeds {
        enabled: section.flag(reader, "enabled", true),
        limit: section.number(reader, "limit", 1..=1000).unwrap_or(50),
    })
}

pub(super) fn sitemap(reader: &mut Reader<'_>, top: &mut Section<'_>) -> bool {
    let table = top.table(reader, "sitemap");
    section(reader, "[sitemap]", table, |reader, section| section.flag(reader, "enabled", true))
}

/// The rules of `[[schema]]`.
pub(super) fn schemas(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Vec<Schema> {
    let tables = top.tables(reader, "schema").unwrap_or_default();
    tables.into_iter().map(|(_, table)| section(reader, "[[schema]]", Some(table), schema::schema)).collect()
}

pub(super) fn links(reader: &mut Reader<'_>, top: &mut Section<'_>) -> BTreeMap<&'static str, Level> {
    const LEVELS: &[(&str, Level)] = &[("error", Level::Error), ("warning", Level::Warning), ("allow", Level::Allow)];
    let table = top.table(reader, "links");
    section(reader, "[links]", table, |reader, section| {
        let level = |code: &&'static str| section.optional_choice(reader, code, LEVELS).map(|level| (*code, level));
        code::ALL.iter().filter(|code| !code.starts_with("config-")).filter_map(level).collect()
    })
}

pub(super) fn pages(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Pages {
    let table = top.table(reader, "pages");
    section(reader, "[pages]", table, |reader, section| Pages {
        codes: section.flag(reader, "codes", true),
        links: section.flag(reader, "links", true),
        text: section.flag(reader, "text", false),
        llms: section.flag(reader, "llms", true),
    })
}

pub(super) fn labels(reader: &mut Reader<'_>, top: &mut Section<'_>) -> BTreeMap<&'static str, String> {
    let table = top.table(reader, "labels");
    section(reader, "[labels]", table, |reader, section| {
        let own = LABELS.iter().filter_map(|(name, _)| Some((*name, section.string(reader, name)?.value)));
        own.collect()
    })
}

pub(super) fn external(reader: &mut Reader<'_>, top: &mut Section<'_>) -> External {
    let table = top.table(reader, "external");
    section(reader, "[external]", table, |reader, section| External {
        accept: section.strings(reader, "accept").into_iter().filter_map(|status| http_status(reader, &status)).collect(),
        exclude: globs(reader, section, "exclude"),
        private: section.flag(reader, "private", false),
        timeout: section.number(reader, "timeout", 1..=600).unwrap_or(20),
        per_host: section.number(reader, "per_host", 1..=16).unwrap_or(2),
        cache_days: section.number(reader, "cache_days", 0..=3650).unwrap_or(14),
    })
}

fn http_status(reader: &mut Reader<'_>, text: &Located<String>) -> Option<u16> {
    let status = text.value.parse().ok().filter(|status| (400..=999).contains(status));
    if status.is_none() {
        let message = format!("`{}` is not the status of a failure", text.value);
        reader.bad_value(text.span.range(), message, "a status is a number from 400 on: `accept = [\"410\"]`");
    }
    status
}

pub(super) fn nav(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Vec<NavItem> {
    let mut items = Vec::new();
    for (span, table) in top.tables(reader, "nav").unwrap_or_default() {
        let item = section(reader, "[[nav]]", Some(table), |reader, section| {
            let title = section.required(reader, "title", span.clone(), "the words of the link");
            let url = section.required(reader, "url", span.clone(), "a path of the site like `/kb/`, or a URL");
            Some(NavItem { title: title?.value, url: url? })
        });
        items.extend(item);
    }
    items
}

pub(super) fn redirects(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Vec<(Located<String>, Located<String>)> {
    let mut redirects = Vec::new();
    for (old, new) in top.table(reader, "redirects").into_iter().flatten() {
        let DeValue::String(target) = new.get_ref() else {
            reader.wrong_type(old.get_ref(), new, "a string");
            continue;
        };
        if !old.get_ref().starts_with('/') {
            let message = format!("the old path `{}` does not begin with `/`", old.get_ref());
            reader.bad_value(old.span(), message, "old paths are written from the site's root: `\"/old/page/\" = \"/new/page/\"`");
            continue;
        }
        let old = Located::new(old.get_ref().clone().into_owned(), Span::new(old.span()));
        redirects.push((old, Located::new(target.clone().into_owned(), Span::new(new.span()))));
    }
    redirects
}

/// The patterns at `key` as one set.
pub(super) fn globs(reader: &mut Reader<'_>, section: &mut Section<'_>, key: &'static str) -> Globs {
    let patterns = section.strings(reader, key);
    compile(reader, &patterns)
}

/// The patterns as one set; those that cannot be read are noted and left out.
fn compile(reader: &mut Reader<'_>, patterns: &[Located<String>]) -> Globs {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        match GlobBuilder::new(&pattern.value).literal_separator(true).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                let message = format!("`{}` is not a pattern: {}", pattern.value, error.kind());
                reader.bad_value(pattern.span.range(), message, "patterns look like `drafts/**` or `**/*.tmp`");
            }
        }
    }
    Globs(set.build().unwrap_or_default())
}

pub(super) fn json_table(table: &DeTable<'_>) -> serde_json::Map<String, serde_json::Value> {
    table.iter().map(|(key, value)| (key.get_ref().clone().into_owned(), json(value.get_ref()))).collect()
}

/// A value for templates; dates and numbers that JSON lacks become text.
fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(s) => s.as_ref().into(),
        DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(number) => number.into(),
            Err(_) => n.as_str().into(),
        },
        DeValue::Float(n) => {
            let number = n.as_str().parse().ok().and_then(serde_json::Number::from_f64);
            number.map_or_else(|| n.as_str().into(), serde_json::Value::Number)
        }
        DeValue::Boolean(b) => (*b).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => json_table(table).into(),
    }
}
