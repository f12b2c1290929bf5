//! JSON Schemas for editors, made from what reads the files: the table of front matter keys and the keys that the configuration asks for.
//! What a key of the configuration means is said once, in the guide, and taken from there.

use serde_json::{Map, Value, json};

use crate::config;
use crate::explain;
use crate::front_matter::{KEYS, KINDS, STATES, Takes};
use crate::labels::LABELS;

mod guide;

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of an article's front matter. Other keys are allowed: they are for templates.
pub fn front_matter() -> Value {
    let mut properties = Map::new();
    for key in KEYS {
        let mut own = value_of(key.takes);
        own["description"] = key.about.into();
        for other in key.others {
            let mut property = own.clone();
            property["description"] = format!("{} (another name for `{}`)", key.about, key.name).into();
            properties.insert((*other).to_owned(), property);
        }
        properties.insert(key.name.to_owned(), own);
    }
    json!({ "$schema": DRAFT, "title": "Front matter of kbpress", "type": "object", "properties": properties })
}

fn value_of(takes: Takes) -> Value {
    let text = json!(["string", "number", "boolean", "null"]);
    let one_or_more = |item: Value| json!({ "anyOf": [item, { "type": "array", "items": item }, { "type": "null" }] });
    match takes {
        Takes::Text => json!({ "type": text }),
        Takes::Texts => one_or_more(json!({ "type": ["string", "number", "boolean"] })),
        Takes::Flag => json!({ "type": ["boolean", "null"] }),
        Takes::Number => json!({ "type": ["integer", "null"] }),
        Takes::Date => {
            json!({ "type": ["string", "null"], "pattern": r"^\s*(\d{4}-\d{2}-\d{2}([Tt ].*)?|\d{1,2}-[A-Za-z]{3}-\d{4})\s*$" })
        }
        Takes::Id => json!({ "type": ["string", "integer", "null"], "pattern": r"^\s*([Qq]|[Kk][Bb])?\d{1,9}\s*$" }),
        Takes::Kinds => one_or_more(json!({ "enum": KINDS.map(|(name, _)| name) })),
        Takes::State => json!({ "enum": STATES.map(|(name, _)| name) }),
        Takes::Period => {
            json!({ "type": ["string", "integer", "null"], "pattern": "^[0-9]+ *(d|days?|w|weeks?|m|months?|y|years?)?$" })
        }
        Takes::Search => json!({ "anyOf": [
            { "type": ["boolean", "null"] },
            {
                "type": "object",
                "properties": {
                    "boost": {
                        "type": "number", "minimum": 0.1, "maximum": 10,
                        "description": "How much more, or below 1 less, the page counts in a search",
                    },
                },
                "additionalProperties": false,
            },
        ] }),
        Takes::Terms => json!({ "type": ["object", "null"], "additionalProperties": one_or_more(json!({ "type": "string" })) }),
        Takes::Mapping => json!({ "type": ["object", "null"] }),
    }
}

/// The schema of `site.toml`.
pub fn site() -> Value {
    let mut root = json!({
        "$schema": DRAFT, "title": "site.toml of kbpress", "type": "object", "properties": {}, "additionalProperties": false,
    });
    for key in config::keys() {
        let table = table_of(&mut root, key.section);
        // From now on its keys are known, so that others are slips.
        table["additionalProperties"] = false.into();
        if !table["properties"].is_object() {
            table["properties"] = json!({});
        }
        table["properties"][key.key] = property_of(&key.takes);
        if key.required {
            match &mut table["required"] {
                Value::Array(required) => required.push(key.key.into()),
                absent => *absent = json!([key.key]),
            }
        }
    }
    describe(&mut root, &[]);
    root
}

/// Adds to each property below `path`, the names of tables, what the guide says of it.
fn describe(node: &mut Value, path: &[&str]) {
    let Some(properties) = node.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (key, property) in properties {
        let path: &[&str] = &[path, &[key.as_str()]].concat();
        let about = match path {
            ["labels", word] => LABELS.iter().find(|(name, _)| name == word).map(|(_, english)| format!("In English: `{english}`")),
            ["links", code] => explain::meaning(code).map(str::to_owned),
            _ => guide::about(path),
        };
        if let Some(about) = about {
            property["description"] = about.into();
        }
        describe(property, path);
        for inner in ["items", "additionalProperties"] {
            if let Some(inner) = property.get_mut(inner) {
                describe(inner, path);
            }
        }
    }
}

/// The schema of the table `[a.b]` or `[[a]]`; `*` is any key.
fn table_of<'s>(root: &'s mut Value, section: &str) -> &'s mut Value {
    let mut at = root;
    for part in section.trim_matches(['[', ']']).split('.').filter(|part| !part.is_empty()) {
        at = match part {
            "*" => &mut at["additionalProperties"],
            _ => &mut at["properties"][part],
        };
        if !at.is_object() {
            *at = json!({ "type": "object" });
        }
        if at["type"] == "array" {
            at = &mut at["items"];
        }
    }
    at
}

fn property_of(takes: &config::Takes) -> Value {
    use config::Takes;
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    match takes {
        Takes::Text => json!({ "type": "string" }),
        Takes::Groups => json!({ "type": "array", "items": texts }),
        Takes::Texts => texts,
        Takes::SomeOf(names) => json!({ "type": "array", "items": { "enum": names } }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Takes::OneOf(names) => json!({ "enum": names }),
        Takes::Table => json!({ "type": "object" }),
        Takes::Tables => json!({ "type": "array", "items": { "type": "object" } }),
    }
}
