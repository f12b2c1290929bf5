//! `[[schema]]`: rules of the site's owner for the front matter of some files.

use regex::Regex;
use toml::de::DeTable;

use super::Globs;
use super::reader::{Reader, Section};
use super::sections::{globs, section};
use crate::diagnostic::Severity;

/// What the front matter of some files must be.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The files, by their path in the content directory.
    pub files: Globs,
    /// Keys that must be there.
    pub required: Vec<String>,
    /// Rules for the values of keys, sorted by key.
    pub fields: Vec<Field>,
    /// How bad it is to break the rules.
    pub severity: Severity,
}

/// A rule for the value of one key; every item of a list must keep it.
#[derive(Debug, Clone)]
pub struct Field {
    /// The key.
    pub name: String,
    /// What the value must be.
    pub takes: Option<FieldType>,
    /// The texts that it may be; any if there are none.
    pub one_of: Vec<String>,
    /// What the whole of the text must match.
    pub pattern: Option<Regex>,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text or a number.
    Text,
    /// A list.
    List,
    /// A date.
    Date,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
}

impl FieldType {
    /// The types by their names in `site.toml`.
    pub const NAMES: [(&'static str, Self); 5] =
        [("text", Self::Text), ("list", Self::List), ("date", Self::Date), ("number", Self::Number), ("flag", Self::Flag)];
}

/// Reads one schema.
pub(super) fn schema(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Schema {
    const LEVELS: &[(&str, Severity)] = &[("error", Severity::Error), ("warning", Severity::Warning)];
    let has_files = section.contains("files");
    let files = globs(reader, section, "files");
    let files = if has_files { files } else { Globs::all() };
    let required = section.strings(reader, "required").into_iter().map(|key| key.value).collect();
    let severity = section.choice(reader, "level", LEVELS);
    let fields = section.table(reader, "fields").map(|table| fields(reader, table)).unwrap_or_default();
    Schema { files, required, fields, severity }
}

fn fields(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<Field> {
    let mut fields = Vec::with_capacity(table.len());
    for (name, value) in table {
        let Some(rules) = value.get_ref().as_table() else {
            reader.wrong_type(name.get_ref(), value, "a table");
            continue;
        };
        fields.push(section(reader, "[schema.fields.*]", Some(rules), |reader, section| Field {
            name: name.get_ref().clone().into_owned(),
            takes: section.optional_choice(reader, "type", &FieldType::NAMES),
            one_of: section.strings(reader, "one_of").into_iter().map(|text| text.value).collect(),
            pattern: pattern(reader, section),
        }));
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    fields
}

fn pattern(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<Regex> {
    let text = section.string(reader, "pattern")?;
    match Regex::new(&format!("^(?:{})$", text.value)) {
        Ok(regex) => Some(regex),
        Err(_) => {
            let message = format!("`{}` is not a regular expression", text.value);
            reader.bad_value(text.span.range(), message, "patterns look like `[a-z]+-[0-9]+`; the whole value must match");
            None
        }
    }
}
