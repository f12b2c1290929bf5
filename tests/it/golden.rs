//! `kbpress list --format json` against articles of the archive whose structure was checked by eye: every field of `golden.json`. The
//! archive is no part of the repository; where it does not lie beside it, the test says so and passes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::TestSite;

#[test]
fn the_fields_of_real_articles_are_those_that_a_reader_sees() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(golden) = std::fs::read(corpus.join("golden.json")) else {
        eprintln!("skipped: there is no corpus beside the repository");
        return;
    };
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let articles = golden["articles"].as_array().unwrap();
    let site = TestSite::new("");
    unpack(&corpus.join("kbarchive-half.tar.gz"), articles, &site.path("content"));
    let listed: Vec<Value> = serde_json::from_str(&site.run(&["list", "--format", "json"]).exits(0).stdout).unwrap();
    let mut wrong = Vec::new();
    for article in articles {
        let row = listed.iter().find(|row| row["id"] == article["id"]).unwrap_or(&Value::Null);
        for (field, expected, found) in compared(article, row) {
            if expected != found {
                wrong.push(format!("{} {field}\n  expected {expected}\n  found    {found}", text(&article["id"])));
            }
        }
    }
    assert!(wrong.is_empty(), "{} fields differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn unpack(archive: &Path, articles: &[Value], folder: &Path) {
    let files = articles.iter().map(|article| format!(".{}README.md", text(&article["permalink"])));
    let tar = Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(folder).args(files).status().unwrap();
    assert!(tar.success());
}

/// The name, the expected and the listed value of each field; what the golden file leaves open is left out.
fn compared(golden: &Value, row: &Value) -> Vec<(&'static str, Value, Value)> {
    let listed = |key: &str| row[key].clone();
    let kinds: Vec<&str> = words(&golden["issue_type"]).filter_map(kind).collect();
    let mut fields = vec![
        ("title", golden["title"].clone(), listed("title")),
        ("permalink", golden["permalink"].clone(), listed("url")),
        ("versions_raw", golden["versions_raw"].clone(), listed("versions_raw")),
        ("last_modified", golden["last_modified"].clone(), listed("updated")),
        ("applies_to", tree(&golden["applies_to"]), tree(&row["applies_to"])),
        ("keywords", all(&golden["keywords"]), all(&row["keywords"])),
        ("technology", golden["technology"].clone(), listed("technology")),
        ("hardware", all(&golden["hardware"]), all(&row["hardware"])),
        ("solution_type", words(&golden["solution_type"]).find_map(fix).into(), listed("fix_status")),
        ("query_words", all(&golden["query_words"]), all(&row["query_words"])),
        ("headings", golden["headings"].clone(), listed("headings")),
        ("xrefs", union(&golden["xrefs_resolved"], &golden["xrefs_unresolved"]), union(&row["references"], &row["wanted"])),
    ];
    // Such an article names no product; its part of the Programmer's Library stands for it.
    if golden["product"] != "See article" {
        fields.push(("product", golden["product"].clone(), row["products"][0].clone()));
    }
    if !golden["issue_type"].is_null() {
        fields.push(("issue_type", kinds.into(), listed("types")));
        fields.push(("issue_type stated", false.into(), listed("type_inferred")));
    }
    let certain = ["has_code", "has_table"].into_iter().filter(|key| !golden[key].is_null());
    fields.extend(certain.map(|key| (key, golden[key].clone(), listed(key))));
    fields
}

fn kind(name: &str) -> Option<&'static str> {
    let kinds = [("kbprb", "problem"), ("kbbug", "bug"), ("kbinfo", "information"), ("kbhowto", "how-to")];
    kinds.into_iter().find(|(tag, _)| *tag == name).map(|(_, kind)| kind)
}

fn fix(name: &str) -> Option<&'static str> {
    let fixes = [("kbfix", "fixed"), ("kbpending", "under-research"), ("kbnofix", "will-not-fix")];
    fixes.into_iter().find(|(tag, _)| *tag == name).map(|(_, fix)| fix)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn words(value: &Value) -> impl Iterator<Item = &str> {
    text(value).split([' ', '|']).filter(|word| !word.is_empty())
}

/// A list of words, or the words of a text.
fn all(value: &Value) -> Value {
    match value {
        Value::Array(_) => value.clone(),
        _ => words(value).collect(),
    }
}

/// Entries as texts and their children; a child may be a text alone.
fn tree(entries: &Value) -> Value {
    let entries = entries.as_array().map_or(&[][..], Vec::as_slice);
    entries.iter().map(|entry| Value::from(vec![entry.get("text").unwrap_or(entry).clone(), tree(&entry["children"])])).collect()
}

fn union(a: &Value, b: &Value) -> Value {
    let all: BTreeSet<&str> = [a, b].into_iter().filter_map(Value::as_array).flatten().map(text).collect();
    all.into_iter().collect()
}
