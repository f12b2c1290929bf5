//! Typed reading of a parsed TOML table: every value that is asked for has its type checked at its own place, and [`Section::finish`]
//! reports what was never asked for. The keys that a section knows are exactly those that were read, so the two cannot drift apart.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::{Located, Span};

/// A value with its place in `site.toml`.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// Collects the problems of one file.
pub(super) struct Reader<'p> {
    path: &'p Arc<str>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Every key that was asked for, if that is of interest.
    pub(super) asked: Option<Vec<KeyUse>>,
}

/// A key of `site.toml` that some part of the configuration asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// `[search]`, or empty for the top level.
    pub section: &'static str,
    /// Its name.
    pub key: &'static str,
    /// What value it takes.
    pub takes: Takes,
    /// Whether its table must have it.
    pub required: bool,
}

/// What value a key of `site.toml` takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A list of some of these strings.
    SomeOf(Vec<String>),
    /// A list of lists of strings.
    Groups,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(usize, usize),
    /// One of these strings.
    OneOf(Vec<String>),
    /// A table.
    Table,
    /// A list of tables.
    Tables,
}

/// One table of the file, and which of its keys have been asked for.
pub(super) struct Section<'t> {
    /// `[search]`, or empty for the top level.
    name: &'static str,
    table: &'t DeTable<'t>,
    known: Vec<&'static str>,
}

impl<'p> Reader<'p> {
    pub(super) fn new(path: &'p Arc<str>) -> Self {
        Self { path, diagnostics: Vec::new(), asked: None }
    }

    /// Notes that a part of the configuration asks for a key; what is said last of a key counts.
    fn ask(&mut self, section: &'static str, key: &'static str, takes: impl FnOnce() -> Takes) {
        let Some(asked) = &mut self.asked else { return };
        let takes = takes();
        match asked.iter_mut().find(|known| (known.section, known.key) == (section, key)) {
            Some(known) => known.takes = takes,
            None => asked.push(KeyUse { section, key, takes, required: false }),
        }
    }

    /// Notes that the value at `span` cannot be used.
    pub(super) fn bad_value(&mut self, span: Range<usize>, message: String, help: &str) {
        let problem = Diagnostic::error(code::CONFIG_BAD_VALUE, message).at(self.path, Span::new(span));
        self.diagnostics.push(problem.help(help.to_owned()));
    }

    /// Notes that the table at `span` lacks `key`.
    pub(super) fn missing_key(&mut self, key: &str, span: Range<usize>, help: &str) {
        let problem = Diagnostic::error(code::CONFIG_MISSING_KEY, format!("`{key}` is missing"));
        self.diagnostics.push(problem.at(self.path, Span::new(span)).help(help.to_owned()));
    }

    /// Notes that the value of `key` is of another type than `wanted`.
    pub(super) fn wrong_type(&mut self, key: &str, value: &Value<'_>, wanted: &str) {
        let found = type_name(value.get_ref());
        let message = format!("`{key}` takes {wanted}, not {found}");
        let problem = Diagnostic::error(code::CONFIG_WRONG_TYPE, message).at(self.path, Span::new(value.span()));
        self.diagnostics.push(match (wanted, value.get_ref()) {
            ("`true` or `false`", DeValue::String(s)) if matches!(&**s, "true" | "false") => problem.help("remove the quotes"),
            ("a string", DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)) => problem.help("put the value in quotes"),
            ("a list of strings", DeValue::String(_)) => problem.help("put the value in brackets: `[\"…\"]`"),
            ("a table", _) => problem.help(format!("write its keys on the lines below a line `[{key}]`")),
            ("a list of tables", _) => problem.help(format!("write the keys of each on the lines below a line `[[{key}]]`")),
            _ => problem.help(format!("write {wanted}")),
        });
    }

    /// The strings of a list; those of another type are noted and left out.
    pub(super) fn string_list(&mut self, key: &str, value: &Value<'_>) -> Vec<Located<String>> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of strings");
            return Vec::new();
        };
        let mut strings = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref() {
                DeValue::String(s) => strings.push(Located::new(s.clone().into_owned(), Span::new(item.span()))),
                _ => self.wrong_type(key, item, "a list of strings"),
            }
        }
        strings
    }
}

impl<'t> Section<'t> {
    pub(super) fn new(name: &'static str, table: &'t DeTable<'t>) -> Self {
        Self { name, table, known: Vec::new() }
    }

    /// The value of `key`, of any type; from now on the key is known.
    fn value(&mut self, key: &'static str) -> Option<&'t Value<'t>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// The string at `key`.
    pub(super) fn string(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Located<String>> {
        reader.ask(self.name, key, || Takes::Text);
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(s) => Some(Located::new(s.clone().into_owned(), Span::new(value.span()))),
            _ => {
                reader.wrong_type(key, value, "a string");
                None
            }
        }
    }

    /// The list of lists of strings at `key`, unread.
    pub(super) fn groups(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'t Value<'t>> {
        reader.ask(self.name, key, || Takes::Groups);
        self.value(key)
    }

    /// Whether `key` is there.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The string at `key`, which the table at `span` must have.
    pub(super) fn required(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        span: Range<usize>,
        help: &str,
    ) -> Option<Located<String>> {
        if !self.contains(key) {
            reader.missing_key(key, span, help);
        }
        let value = self.string(reader, key);
        if let Some(known) = reader.asked.iter_mut().flatten().find(|known| (known.section, known.key) == (self.name, key)) {
            known.required = true;
        }
        value
    }

    /// The flag at `key`, or `default`.
    pub(super) fn flag(&mut self, reader: &mut Reader<'_>, key: &'static str, default: bool) -> bool {
        reader.ask(self.name, key, || Takes::Flag);
        let Some(value) = self.value(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            reader.wrong_type(key, value, "`true` or `false`");
            default
        })
    }

    /// The whole number at `key` if it lies in `allowed`.
    pub(super) fn number(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
    ) -> Option<usize> {
        reader.ask(self.name, key, || Takes::Number(*allowed.start(), *allowed.end()));
        let value = self.value(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            reader.wrong_type(key, value, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|n| usize::try_from(n).ok());
        let number = number.filter(|n| allowed.contains(n));
        if number.is_none() {
            let message = format!("`{key}` must be from {} to {}", allowed.start(), allowed.end());
            reader.bad_value(value.span(), message, &format!("without `{key}` the default is used"));
        }
        number
    }

    /// The strings at `key`, or none.
    pub(super) fn strings(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Vec<Located<String>> {
        reader.ask(self.name, key, || Takes::Texts);
        self.value(key).map(|value| reader.string_list(key, value)).unwrap_or_default()
    }

    /// The same for a list of which each should be one of `names`; the caller checks them.
    pub(super) fn some_of(&mut self, reader: &mut Reader<'_>, key: &'static str, names: &[&str]) -> Vec<Located<String>> {
        let strings = self.strings(reader, key);
        reader.ask(self.name, key, || Takes::SomeOf(names.iter().map(|name| (*name).to_owned()).collect()));
        strings
    }

    /// The one of `choices` whose name is the string at `key`, or the first.
    pub(super) fn choice<T: Copy>(&mut self, reader: &mut Reader<'_>, key: &'static str, choices: &[(&str, T)]) -> T {
        self.optional_choice(reader, key, choices).unwrap_or(choices[0].1)
    }

    /// The one of `choices` whose name is the string at `key`.
    pub(super) fn optional_choice<T: Copy>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let name = self.string(reader, key);
        reader.ask(self.name, key, || Takes::OneOf(choices.iter().map(|(name, _)| (*name).to_owned()).collect()));
        let name = name?;
        if let Some(&(_, chosen)) = choices.iter().find(|(n, _)| *n == name.value) {
            return Some(chosen);
        }
        let names: Vec<String> = choices.iter().map(|(n, _)| format!("\"{n}\"")).collect();
        let message = format!("`{key}` cannot be `{}`", name.value);
        reader.bad_value(name.span.range(), message, &format!("it is one of {}", names.join(", ")));
        None
    }

    /// The table at `key`.
    pub(super) fn table(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'t DeTable<'t>> {
        reader.ask(self.name, key, || Takes::Table);
        let value = self.value(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            reader.wrong_type(key, value, "a table");
        }
        table
    }

    /// The tables of the list at `key` (`[[key]]`), each with its place; `None` where the key is absent.
    pub(super) fn tables(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Vec<(Range<usize>, &'t DeTable<'t>)>> {
        reader.ask(self.name, key, || Takes::Tables);
        let value = self.value(key)?;
        let Some(items) = value.get_ref().as_array() else {
            reader.wrong_type(key, value, "a list of tables");
            return Some(Vec::new());
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref().as_table() {
                Some(table) => tables.push((item.span(), table)),
                None => reader.wrong_type(key, item, "a list of tables"),
            }
        }
        Some(tables)
    }

    /// Reports the keys that were never asked for, each with the nearest known one.
    pub(super) fn finish(self, reader: &mut Reader<'_>) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let place = if self.name.is_empty() { String::new() } else { format!(" in `{}`", self.name) };
            let help = match nearest(name, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.name.is_empty() => "values for templates belong into `[extra]`".to_owned(),
                None => {
                    let mut known = self.known.clone();
                    known.sort_unstable();
                    format!("the keys here are `{}`", known.join("`, `"))
                }
            };
            let problem = Diagnostic::error(code::CONFIG_UNKNOWN_KEY, format!("unknown key `{name}`{place}"));
            reader.diagnostics.push(problem.at(reader.path, Span::new(key.span())).help(help));
        }
    }
}

/// What a value is, for a person.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
