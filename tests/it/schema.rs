//! Rules for front matter in `site.toml`, and the JSON Schemas for editors.

use serde_json::Value;

use crate::support::TestSite;

const RULES: &str = "
-- site.toml --
base_url = \"https://e.org/\"
[[schema]]
files = [\"kb/**\"]
required = [\"products\", \"owner\"]
[schema.fields.products]
type = \"list\"
one_of = [\"Relay\", \"Harbor\"]
[schema.fields.owner]
pattern = \"team-[a-z]+\"
[schema.fields.checked]
type = \"date\"
";

#[test]
fn violations_are_shown_at_the_value() {
    let site = TestSite::new(RULES);
    site.write("content/kb/a.md", "---\ntitle: A\nproduct: [Relay, Harbour]\nowner: team-7\nchecked: soon\n---\ntext\n");
    site.write("content/kb/b.md", "---\ntitle: B\nproducts: []\n---\ntext\n");
    let run = site.run(&["build", "--format", "short"]).exits(1);
    for expected in [
        "content/kb/a.md:3:18: error[front-matter-schema]: `product` cannot be `Harbour` here",
        "content/kb/a.md:4:8: error[front-matter-schema]: `team-7` does not have the form that `owner` has here",
        "content/kb/a.md:5:10: error[front-matter-schema]: `checked` must be a date",
        "content/kb/b.md:3:1: error[front-matter-schema]: `products` is required here",
        "content/kb/b.md:2:1: error[front-matter-schema]: `owner` is required here",
    ] {
        assert!(run.stderr.contains(expected), "{expected}:\n{}", run.stderr);
    }
    assert_eq!(run.stderr.matches("front-matter-schema").count(), 5, "{}", run.stderr);
}

#[test]
fn other_files_drafts_and_pages_of_folders_are_left_alone() {
    let site = TestSite::new(RULES);
    site.write("content/a.md", "# A\n\ntext\n");
    site.write("content/kb/_index.md", "# KB\n");
    site.write("content/kb/draft.md", "---\ntitle: D\ndraft: true\n---\ntext\n");
    site.write("content/kb/b.md", "---\ntitle: B\nproducts: [Relay]\nowner: team-mail\nchecked: 2024-01-31\n---\ntext\n");
    site.build().is_clean();
}

#[test]
fn a_rule_can_warn_and_a_wrong_rule_is_an_error_of_the_configuration() {
    let site = TestSite::new(RULES);
    site.write("content/kb/a.md", "# A\n\ntext\n");
    let rules = "base_url = \"https://e.org/\"\n[[schema]]\nlevel = \"warning\"\nrequired = [\"owner\"]\n";
    site.write("site.toml", rules);
    site.build().exits(0).says("warning[front-matter-schema]");
    site.write("site.toml", format!("{rules}[schema.fields.owner]\npattern = \"(\"\nkind = \"x\"\n"));
    site.build().exits(2).says("is not a regular expression").says("unknown key `kind`");
}

/// Whether `value` is what `schema` asks for, as far as our schemas go.
fn fits(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    let types_fit = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => true,
    };
    types_fit
        && schema["anyOf"].as_array().is_none_or(|any| any.iter().any(|schema| fits(schema, value)))
        && schema["enum"].as_array().is_none_or(|all| all.contains(value))
        && value.as_array().is_none_or(|items| schema["items"].is_null() || items.iter().all(|item| fits(&schema["items"], item)))
        && value.as_object().is_none_or(|object| {
            object.iter().all(|(key, value)| match &schema["properties"][key] {
                Value::Null => {
                    schema["additionalProperties"] != false
                        && (!schema["additionalProperties"].is_object() || fits(&schema["additionalProperties"], value))
                }
                property => fits(property, value),
            }) && schema["required"].as_array().into_iter().flatten().all(|key| object.contains_key(key.as_str().unwrap()))
        })
}

#[test]
fn the_schema_of_site_toml_takes_what_the_program_takes() {
    let site = TestSite::new(RULES);
    let schema: Value = serde_json::from_str(&site.run(&["schema", "site"]).exits(0).stdout).unwrap();
    for file in ["site.toml", "starter/site.toml"] {
        let text = std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let value: Value = toml::from_str(&text).unwrap();
        assert!(fits(&schema, &value), "{file}");
    }
    let full = "base_url = \"x\"\n[search]\nsynonyms = [[\"a\", \"b\"]]\nboost = { \"a/**\" = 2 }\n[links]\nnear-duplicate = \"allow\"\n[extra]\nany = 1\n[redirects]\n\"/a/\" = \"/b/\"\n[[taxonomies]]\nname = \"x\"\npaginate_by = 5\n";
    assert!(fits(&schema, &toml::from_str(full).unwrap()));
    for wrong in [
        "titel = \"x\"",
        "[markdown]\nhighlite = true",
        "[[nav]]\ntitle = \"no url\"",
        "[links]\ndead-link = \"fatal\"",
        "[schema]",
        "[[schema]]\nfields.a.kind = 1",
    ] {
        assert!(!fits(&schema, &toml::from_str(wrong).unwrap()), "{wrong}");
    }
}

/// Every property of a schema, by its path, with what is said of it.
fn properties(schema: &Value, path: &str, found: &mut Vec<(String, String)>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}/{key}");
        found.push((path.clone(), property["description"].as_str().unwrap_or_default().to_owned()));
        properties(property, &path, found);
    }
    for inner in ["items", "additionalProperties"].map(|key| &schema[key]).into_iter().filter(|inner| inner.is_object()) {
        properties(inner, path, found);
    }
    for inner in schema["anyOf"].as_array().into_iter().flatten() {
        properties(inner, path, found);
    }
}

/// Whether a value is what draft 7 lets stand at a keyword; editors leave out a schema that is anything else.
fn is_schema(schema: &Value) -> bool {
    let all =
        |value: &Value, is: fn(&Value) -> bool| value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(is));
    schema.is_boolean()
        || schema.as_object().is_some_and(|keywords| {
            keywords.iter().all(|(keyword, value)| match keyword.as_str() {
                "$schema" | "title" | "description" => value.is_string(),
                "type" => value.is_string() || all(value, Value::is_string),
                "enum" | "required" => all(value, Value::is_string),
                "anyOf" => all(value, is_schema),
                "items" | "additionalProperties" => is_schema(value),
                "properties" => value.as_object().is_some_and(|properties| properties.values().all(is_schema)),
                "minimum" | "maximum" => value.is_number(),
                "pattern" => value.as_str().is_some_and(|pattern| regex::Regex::new(pattern).is_ok()),
                _ => false,
            })
        })
}

#[test]
fn every_property_of_the_schemas_is_described() {
    let site = TestSite::new("");
    for (of, least) in [("site", 200), ("front-matter", 50)] {
        let schema: Value = serde_json::from_str(&site.run(&["schema", of]).exits(0).stdout).unwrap();
        assert!(is_schema(&schema), "{schema:#}");
        let mut found = Vec::new();
        properties(&schema, "", &mut found);
        assert!(found.len() > least, "{found:?}");
        let missing: Vec<&str> = found.iter().filter(|(_, about)| about.len() < 5).map(|(path, _)| &**path).collect();
        assert!(missing.is_empty(), "without a description: {missing:?}");
        assert!(found.iter().all(|(_, about)| !about.contains("](") && !about.contains("| ")), "{found:#?}");
    }
    let schema: Value = serde_json::from_str(&site.run(&["schema", "site"]).exits(0).stdout).unwrap();
    let said = |pointer: &str| schema.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    assert_eq!(said("/properties/feeds/properties/limit/description"), "entries in a feed (default: `50`)");
    assert_eq!(said("/properties/nav/items/properties/url/description"), "a path from the site's root, or a whole URL");
    assert_eq!(said("/properties/links/properties/dead-link/description"), "a link leads to no page of the site");
    let packings = &schema["properties"]["publish"]["properties"]["compress"]["items"]["enum"];
    assert_eq!(*packings, serde_json::json!(["gz", "br"]));
}

#[test]
fn the_schema_of_front_matter_and_the_program_agree_on_every_key() {
    let site = TestSite::new("-- content/_index.md --\n# Home\n");
    let schema: Value = serde_json::from_str(&site.run(&["schema", "front-matter"]).exits(0).stdout).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    assert!(properties.len() > 50);
    let values = [
        "some text",
        "[one, two]",
        "true",
        "7",
        "2024-01-31",
        "Q164177",
        "how-to",
        "verified",
        "6 months",
        "{ boost: 2 }",
        "{ a: [b] }",
    ];
    for key in properties.keys() {
        let mut taken = 0;
        for value in values {
            let front: Value = serde_yaml_value(value);
            let fits = fits(&properties[key], &front) && pattern_fits(&properties[key], &front);
            site.write("content/x.md", format!("---\n{key}: {value}\n---\n# X\n\ntext\n"));
            let run = site.run(&["check", "--format", "short"]);
            let is_taken =
                !["front-matter-wrong-type", "front-matter-bad-date", "front-matter-bad-value", "front-matter-unknown-key"]
                    .iter()
                    .any(|code| run.stderr.contains(code));
            assert_eq!(fits, is_taken, "{key}: {value}\n{}", run.stderr);
            taken += usize::from(is_taken);
        }
        assert!(taken > 0, "{key}");
    }
}

/// What YAML makes of the values of the test.
fn serde_yaml_value(text: &str) -> Value {
    match text {
        "[one, two]" => serde_json::json!(["one", "two"]),
        "{ boost: 2 }" => serde_json::json!({ "boost": 2 }),
        "{ a: [b] }" => serde_json::json!({ "a": ["b"] }),
        _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}

/// The few patterns of the schema, by what they are for.
fn pattern_fits(schema: &Value, value: &Value) -> bool {
    let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) else { return true };
    match pattern {
        pattern if pattern.contains("A-Za-z") => text == "2024-01-31",
        pattern if pattern.contains("[Kk]") => text == "Q164177",
        _ => text == "6 months",
    }
}
