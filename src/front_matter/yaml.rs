//! The only user of the YAML library: the block between the `---` lines → keys and JSON values, within limits that no article needs and
//! no bomb passes. Tags are ignored; anchors and aliases are followed.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::Value;

use super::places::Places;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

/// Largest block, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// Most values, those that aliases repeat counted each time.
const MAX_NODES: usize = 10_000;
/// Deepest nesting of lists and mappings.
const MAX_DEPTH: usize = 32;

/// The keys and values of the block in their order; of a key that is there twice the first one counts.
pub(super) fn mapping(path: &Arc<str>, text: &str, yaml: Range<usize>) -> (Vec<(String, Value)>, Vec<Diagnostic>) {
    let block = &text[yaml.clone()];
    let whole = Span::new(yaml.start..yaml.start);
    if block.len() > MAX_BYTES {
        let message = format!("the front matter has {} bytes, the limit is {MAX_BYTES}", block.len());
        return (Vec::new(), vec![limit(message).at(path, whole)]);
    }
    if let Some(offset) = too_deep(block) {
        let message = format!("the front matter is nested deeper than {MAX_DEPTH} levels");
        let at = yaml.start + offset;
        return (Vec::new(), vec![limit(message).at(path, Span::new(at..at + 1))]);
    }
    let state = State::default();
    let result = Node { state: &state, depth: 0 }.deserialize(serde_yaml::Deserializer::from_str(block));
    let mut diagnostics = duplicates(path, text, yaml.clone(), state.duplicates.into_inner());
    match result {
        Ok(Yaml::Mapping(entries)) => return (entries, diagnostics),
        Ok(Yaml::Value(Value::Null)) => {}
        Ok(Yaml::Value(value)) => {
            let found = if value.is_array() { "a list" } else { "one value" };
            let message = format!("the front matter is {found}, not lines of `key: value`");
            let help = "each line needs a key, a colon and a blank: `title: My article`";
            let start = yaml.start + (block.len() - block.trim_start().len());
            let line = text[start..yaml.end].lines().next().unwrap_or_default().trim_end().len();
            let problem = Diagnostic::error(code::FRONT_MATTER_SYNTAX, message).help(help);
            diagnostics.push(problem.at(path, Span::new(start..start + line)));
        }
        Err(error) => diagnostics.push(problem(&error, state.limit.get(), path, text, yaml)),
    }
    (Vec::new(), diagnostics)
}

fn limit(message: String) -> Diagnostic {
    Diagnostic::error(code::FRONT_MATTER_LIMIT, message)
        .help("move long or structured data into the text, or into `[extra]` of `site.toml`")
}

/// Where the brackets in the block are nested deeper than allowed, whether or not they mean anything there: the library needs time in
/// the square of their depth.
fn too_deep(block: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in block.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(offset);
        }
    }
    None
}

fn problem(
    error: &serde_yaml::Error,
    exceeded: Option<&'static str>,
    path: &Arc<str>,
    text: &str,
    yaml: Range<usize>,
) -> Diagnostic {
    let block = &text[yaml.clone()];
    let message = plain_message(&error.to_string());
    // The library counts characters.
    let offset = error.location().and_then(|l| block.char_indices().nth(l.index())).map_or(block.len(), |(offset, _)| offset);
    // The library does not say where a character is that must not be there at all.
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let offset = if message.contains("control characters") { block.find(is_control).unwrap_or(offset) } else { offset };
    // What is missing at the end of a line is shown there, not at the start of the next.
    let offset = if block[offset..].trim().is_empty() { block.trim_end().len() } else { offset };
    // The library stops behind a colon that it does not want.
    let offset = if message.contains("mapping values") && block[..offset].ends_with(':') { offset - 1 } else { offset };
    let width = block[offset..].chars().next().filter(|c| !c.is_control()).map_or(0, char::len_utf8);
    let span = Span::new(yaml.start + offset..yaml.start + offset + width);
    if let Some(name) = exceeded {
        return limit(name.to_owned()).at(path, Span::new(yaml.start..yaml.start));
    }
    if message.contains("recursion limit") || message.contains("repetition limit") {
        return limit(format!("the front matter passes a limit: {message}")).at(path, span);
    }
    let line = block[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let is_indented_key = block[line..offset].starts_with([' ', '\t']) && !block[line..offset].trim().contains(' ');
    let help = match &*message {
        m if m.contains("mapping values are not allowed") && is_indented_key => "all keys begin in the same column",
        m if m.contains("mapping values are not allowed") => {
            "a value that contains `: ` must be in quotes: `title: \"PRB: It fails\"`"
        }
        m if m.contains("cannot start any token") => {
            "put a value that begins with `@`, `` ` `` or `%` in quotes, and indent with blanks, not tabs"
        }
        m if m.contains("anchor") || m.contains("alias") => "a value that begins with `*` or `&` must be in quotes",
        m if m.contains("quoted scalar") => {
            "close the quotes; inside double quotes write `\\\"` for a quote and `\\\\` for a backslash"
        }
        m if m.contains("control characters") => "remove the character",
        m if m.contains("flow ") => "close the list with `]` or the mapping with `}`",
        m if m.contains("more than one document") => {
            "a line that begins with `---` ends the front matter only if nothing follows it"
        }
        _ => "each line is `key: value`; put a value with special characters in quotes",
    };
    let begin = context(&error.to_string(), block).map(|at| yaml.start + at).filter(|at| *at < span.start as usize);
    let problem = Diagnostic::error(code::FRONT_MATTER_SYNTAX, message).help(help);
    match begin {
        // The end of the block says nothing about where a quote is missing.
        Some(at) if problem.message.contains("end of stream") => problem.at(path, Span::new(at..at + 1)),
        Some(at) => problem.at(path, span).label(path, Span::new(at..at + 1), "it begins here"),
        None => problem.at(path, span),
    }
}

/// Where the quoted text or the list in brackets begins that the library's message is about: the message ends in its line and column.
fn context(message: &str, block: &str) -> Option<usize> {
    let (_, context) = message.split_once(", while ")?;
    if !context.contains("quoted scalar") && !context.contains("flow ") {
        return None;
    }
    let (line, column) = context.rsplit_once(" at line ")?.1.split_once(" column ")?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let start = block.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum::<usize>();
    let offset = block[start..].char_indices().nth(column.checked_sub(1)?)?.0;
    block[start + offset..].starts_with(['"', '\'', '[', '{']).then_some(start + offset)
}

/// The library's message without positions, which are those of the block, not of the file.
fn plain_message(message: &str) -> String {
    let mut plain = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find(" at line ").or_else(|| rest.find(" at position ")) {
        plain.push_str(&rest[..at]);
        rest = rest[at..].trim_start_matches(" at line ").trim_start_matches(" at position ");
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        rest = rest.strip_prefix(" column ").unwrap_or(rest).trim_start_matches(|c: char| c.is_ascii_digit());
    }
    plain.push_str(rest);
    plain.replace("deserializing from YAML containing more than one document is not supported", "there is more than one document")
}

fn duplicates(path: &Arc<str>, text: &str, yaml: Range<usize>, mut keys: Vec<(usize, String)>) -> Vec<Diagnostic> {
    if keys.is_empty() {
        return Vec::new();
    }
    keys.sort();
    keys.dedup();
    let places = Places::new(text, yaml.clone());
    let mut diagnostics = Vec::with_capacity(keys.len());
    for (depth, key) in keys {
        let problem =
            Diagnostic::error(code::FRONT_MATTER_DUPLICATE_KEY, format!("the key `{key}` is there twice")).help("keep one of them");
        let mut found = places.all(&key).map(|place| place.key.clone());
        let problem = match (depth, found.next(), found.next()) {
            (0, Some(first), Some(second)) => problem.at(path, Span::new(second)).label(path, Span::new(first), "the first one"),
            _ => problem.at(path, Span::new(yaml.start..yaml.start)),
        };
        diagnostics.push(problem);
    }
    diagnostics
}

/// What has been met so far.
#[derive(Default)]
struct State {
    nodes: Cell<usize>,
    limit: Cell<Option<&'static str>>,
    /// Keys that stand twice in a mapping, with the mapping's depth.
    duplicates: RefCell<Vec<(usize, String)>>,
}

/// A value of the block; the outermost mapping keeps its order.
enum Yaml {
    Mapping(Vec<(String, Value)>),
    Value(Value),
}

impl Yaml {
    fn into_json(self) -> Value {
        match self {
            Self::Mapping(entries) => Value::Object(entries.into_iter().collect()),
            Self::Value(value) => value,
        }
    }
}

/// Reads one value at this depth of nesting.
#[derive(Clone, Copy)]
struct Node<'s> {
    state: &'s State,
    depth: usize,
}

impl Node<'_> {
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.exceeds("the front matter is nested deeper than 32 levels"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn exceeds<E: Error>(self, limit: &'static str) -> E {
        self.state.limit.set(Some(limit));
        E::custom(limit)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Yaml;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        self.state.nodes.set(self.state.nodes.get() + 1);
        if self.state.nodes.get() > MAX_NODES {
            return Err(self.exceeds("the front matter has more than 10000 values"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.to_string().into()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.to_string().into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(Yaml::Value(serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Value(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Value(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Value(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Yaml, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item.into_json());
        }
        Ok(Yaml::Value(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Yaml, A::Error> {
        let inner = self.inner()?;
        let mut mapping: Vec<(String, Value)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = entries.next_key_seed(inner)? {
            let key = match key.into_json() {
                Value::String(key) => key,
                Value::Null => "null".to_owned(),
                key @ (Value::Bool(_) | Value::Number(_)) => key.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(A::Error::custom("a key is a list or a mapping; keys must be words"));
                }
            };
            let value = entries.next_value_seed(inner)?.into_json();
            if seen.insert(key.clone()) {
                mapping.push((key, value));
            } else {
                self.state.duplicates.borrow_mut().push((self.depth, key));
            }
        }
        Ok(Yaml::Mapping(mapping))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Yaml, A::Error> {
        let inner = self.inner()?;
        let (_, value) = tagged.variant_seed(Tag)?;
        value.newtype_variant_seed(inner)
    }
}

/// A tag's name, of no interest.
struct Tag;

impl<'de> DeserializeSeed<'de> for Tag {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_ignored_any(serde::de::IgnoredAny).map(drop)
    }
}
