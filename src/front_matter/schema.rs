//! The rules of a site's owner against the values of one front matter. The values are read once more for it, as written: what they mean to
//! kbpress does not matter here.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::places::{Places, plain};
use super::table::canonical;
use super::{parse_date, yaml};
use crate::config::{Field, FieldType, Schema};
use crate::diagnostic::{Diagnostic, Severity, code, nearest};
use crate::source::Span;

/// Where the front matter at `yaml` in `text` breaks the rules of `schemas`.
pub fn violations(path: &Arc<str>, text: &str, yaml: Option<Range<usize>>, schemas: &[&Schema]) -> Vec<Diagnostic> {
    let block = yaml.unwrap_or(0..0);
    // What cannot be read is reported where it is read for its meaning.
    let (mapping, _) = yaml::mapping(path, text, block.clone());
    let front = Front { path, text, places: Places::new(text, block.clone()), start: block.start, mapping };
    let mut diagnostics = Vec::new();
    for schema in schemas {
        let before = diagnostics.len();
        for key in &schema.required {
            diagnostics.extend(front.missing(key));
        }
        for field in &schema.fields {
            diagnostics.extend(front.field(field));
        }
        diagnostics[before..].iter_mut().for_each(|problem| problem.severity = schema.severity);
    }
    diagnostics
}

struct Front<'a> {
    path: &'a Arc<str>,
    text: &'a str,
    places: Places<'a>,
    start: usize,
    mapping: Vec<(String, Value)>,
}

impl Front<'_> {
    /// The key as it is written, and its value; any name of a key will do.
    fn get(&self, key: &str) -> Option<(&str, &Value)> {
        let is_it = |name: &str| name == key || (canonical(name).is_some() && canonical(name) == canonical(key));
        self.mapping.iter().find(|(name, value)| is_it(name) && !value.is_null()).map(|(name, value)| (name.as_str(), value))
    }

    fn missing(&self, key: &str) -> Option<Diagnostic> {
        let is_empty = |value: &Value| match value {
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        let place = match self.get(key) {
            Some((_, value)) if !is_empty(value) => return None,
            Some((name, _)) => self.places.key(name),
            None => self.start..self.start,
        };
        let problem = self.problem(format!("`{key}` is required here"), place);
        Some(problem.help(format!("add a line `{key}: …` to the front matter")))
    }

    fn field(&self, field: &Field) -> Vec<Diagnostic> {
        let Some((name, value)) = self.get(&field.name) else { return Vec::new() };
        if let Some(problem) = field.takes.and_then(|takes| self.wrong_type(name, value, takes)) {
            return vec![problem];
        }
        match value {
            Value::Array(items) => {
                let places = items.iter().enumerate().map(|(index, item)| (item, self.places.item(name, index)));
                places.filter_map(|(item, place)| self.value(field, name, item, place)).collect()
            }
            _ => self.value(field, name, value, self.places.value(name)).into_iter().collect(),
        }
    }

    fn wrong_type(&self, name: &str, value: &Value, takes: FieldType) -> Option<Diagnostic> {
        let place = self.places.value(name);
        let (is_right, wanted) = match takes {
            FieldType::Text => (matches!(value, Value::String(_) | Value::Number(_)), "a text"),
            FieldType::List => (value.is_array(), "a list: `[one, two]`"),
            FieldType::Date => (value.as_str().is_some_and(|text| parse_date(text).is_some()), "a date: `2024-01-31`"),
            FieldType::Number => (value.is_number(), "a number"),
            FieldType::Flag => (value.is_boolean(), "`true` or `false`"),
        };
        (!is_right)
            .then(|| self.problem(format!("`{name}` must be {wanted}"), place).help("`[[schema]]` in `site.toml` asks for it"))
    }

    /// What is wrong with one value, or one item of a list.
    fn value(&self, field: &Field, name: &str, value: &Value, place: Range<usize>) -> Option<Diagnostic> {
        let text = match value {
            Value::String(text) => text.clone(),
            // A version stays as it is written: `4.10` is not 4.1.
            _ => plain(self.text, place.clone()).map_or_else(|| value.to_string(), str::to_owned),
        };
        if !field.one_of.is_empty() && !field.one_of.contains(&text) {
            let near = nearest(&text, field.one_of.iter().map(String::as_str));
            let help = near
                .map_or_else(|| format!("it is one of `{}`", field.one_of.join("`, `")), |near| format!("did you mean `{near}`?"));
            return Some(self.problem(format!("`{name}` cannot be `{text}` here"), place).help(help));
        }
        let pattern = field.pattern.as_ref().filter(|pattern| !pattern.is_match(&text))?;
        let pattern = pattern.as_str().trim_start_matches("^(?:").trim_end_matches(")$");
        let help = format!("the pattern is `{pattern}`");
        Some(self.problem(format!("`{text}` does not have the form that `{name}` has here"), place).help(help))
    }

    fn problem(&self, message: String, place: Range<usize>) -> Diagnostic {
        let problem = Diagnostic { severity: Severity::Error, ..Diagnostic::error(code::FRONT_MATTER_SCHEMA, message) };
        problem.at(self.path, Span::new(place))
    }
}
