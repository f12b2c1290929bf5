//! The index as a whole, and the vectors that the client in JavaScript is held to as well.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Document, Index, Options, numbers, stem, tokenize};

const TOKENS: &str = include_str!("../../tests/vectors/tokens.json");
const STEMS: &str = include_str!("../../tests/vectors/stems.json");
const DOCUMENTS: &str = include_str!("../../tests/vectors/documents.json");
const INDEX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/index.json");

fn with_documents<T>(act: impl FnOnce(&[Document]) -> T) -> T {
    let values: Vec<Value> = serde_json::from_str(DOCUMENTS).unwrap();
    let text = |value: &'_ Value, name: &str| value[name].as_str().unwrap().to_owned();
    let texts: Vec<BTreeMap<&str, String>> = values
        .iter()
        .map(|v| {
            let names = ["url", "id", "title", "product", "kind", "query_words", "lead", "body", "meta"];
            names.into_iter().map(|name| (name, text(v, name))).collect()
        })
        .collect();
    let applies: Vec<Vec<&str>> =
        values.iter().map(|v| v["applies_to"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()).collect();
    let documents: Vec<Document> = values
        .iter()
        .zip(&texts)
        .zip(&applies)
        .map(|((v, texts), applies)| Document {
            origin: 0,
            url: &texts["url"],
            id: &texts["id"],
            title: &texts["title"],
            product: &texts["product"],
            kind: &texts["kind"],
            query_words: &texts["query_words"],
            lead: &texts["lead"],
            body: &texts["body"],
            meta: &texts["meta"],
            year: v["year"].as_u64().unwrap() as u16,
            applies_to: applies,
            codes: &[],
            boost: v["boost"].as_f64().unwrap() as f32,
            retired: v["retired"].as_bool().unwrap(),
            cited: v["cited"].as_u64().unwrap() as u32,
        })
        .collect();
    act(&documents)
}

fn options() -> Options {
    Options { synonyms: vec![vec!["wfw".into(), "windows for workgroups".into()]], ..Options::default() }
}

fn files(documents: &[Document]) -> BTreeMap<String, Vec<u8>> {
    let number = |d: &Document| d.id.trim_start_matches('Q').parse().ok();
    let keys: Vec<(&str, Option<u32>, &str)> = documents.iter().map(|d| (d.product, number(d), d.url)).collect();
    let index = Index::new(options());
    for (number, document) in numbers(&keys).into_iter().zip(documents) {
        index.add(number, document);
    }
    index.outputs().files.into_iter().collect()
}

#[test]
fn texts_have_the_terms_of_the_vectors() {
    let vectors: Vec<Value> = serde_json::from_str(TOKENS).unwrap();
    for vector in vectors {
        let mut tokens = Vec::new();
        let text = vector["text"].as_str().unwrap();
        tokenize(text, |kind, term, at| tokens.push(json!([kind as u8, at, std::str::from_utf8(term).unwrap()])));
        assert_eq!(Value::Array(tokens), vector["tokens"], "{text}");
    }
}

#[test]
fn words_have_the_stems_of_the_vectors() {
    let vectors: BTreeMap<String, String> = serde_json::from_str(STEMS).unwrap();
    for (word, expected) in vectors {
        assert_eq!(stem(&word), expected, "{word}");
    }
}

/// The JavaScript tests search this very index. `KBPRESS_UPDATE_VECTORS=1` writes it anew after a change of the format.
#[test]
fn the_index_of_the_vectors_is_what_the_client_is_tested_with() {
    let files = with_documents(files);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let binary: BTreeMap<&String, String> =
        files.iter().filter(|(path, _)| path.ends_with(".bin")).map(|(path, bytes)| (path, hex(bytes))).collect();
    let entry: Value = serde_json::from_slice(&files["search/index.json"]).unwrap();
    let vector = json!({ "format": entry["format"], "root": entry["root"], "pack": entry["pack"], "parts": entry["parts"], "files": binary });
    if std::env::var_os("KBPRESS_UPDATE_VECTORS").is_some() {
        std::fs::write(INDEX, serde_json::to_string_pretty(&vector).unwrap() + "\n").unwrap();
    }
    let known: Value = serde_json::from_str(&std::fs::read_to_string(INDEX).unwrap()).unwrap();
    assert_eq!(vector, known);
}

#[test]
fn a_small_site_has_one_index_file() {
    let files = with_documents(files);
    let binary: Vec<&String> = files.keys().filter(|path| path.ends_with(".bin")).collect();
    assert_eq!(binary.len(), 1, "{binary:?}");
}

#[test]
fn the_bytes_do_not_depend_on_order_or_threads() {
    let many: Vec<String> = (0..600).map(|i| format!("article {i} about printers number{} and event id {i}", i % 37)).collect();
    let urls: Vec<String> = (0..600).map(|i| format!("kb/{i}/")).collect();
    let outputs = |threads: usize, backwards: &[usize]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            use rayon::prelude::*;
            let index = Index::new(options());
            backwards.par_iter().for_each(|&i| {
                index.add(
                    i as u32,
                    &Document { url: &urls[i], title: &many[i], body: &many[(i + 1) % 600], boost: 1.0, ..Document::default() },
                );
            });
            index.outputs().files
        })
    };
    let forwards: Vec<usize> = (0..600).collect();
    let backwards: Vec<usize> = (0..600).rev().collect();
    assert_eq!(outputs(1, &forwards), outputs(2, &backwards));
}

#[test]
fn an_edit_leaves_most_files_alone() {
    let words = |i: usize| (0..40).map(|j| format!("w{}x{}", (i * 31 + j * 17) % 5003, j % 7)).collect::<Vec<_>>().join(" ");
    let build = |edited: Option<usize>| {
        let index = Index::new(options());
        for i in 0..4000 {
            let body = words(i) + if edited == Some(i) { " unheardof" } else { "" };
            index.add(
                i as u32,
                &Document {
                    url: &format!("kb/{i}/"),
                    title: &format!("Title {i}"),
                    body: &body,
                    boost: 1.0,
                    ..Document::default()
                },
            );
        }
        index.outputs().files.into_iter().map(|(path, _)| path).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, after) = (build(None), build(Some(2000)));
    assert!(before.len() > 100, "{}", before.len());
    let new = after.difference(&before).count();
    assert!(new <= 8, "one word in one document made {new} new files");
}

#[test]
fn an_empty_index_is_an_index() {
    let outputs = Index::new(options()).outputs();
    assert_eq!((outputs.summary.documents, outputs.summary.terms), (0, 0));
    assert!(outputs.files.iter().any(|(path, _)| path == "search/index.json"));
}

#[test]
fn numbers_follow_product_and_id_and_leave_room() {
    let numbers = numbers(&[("b", Some(20), "x"), ("a", Some(100), "x"), ("a", Some(9), "x"), ("", None, "about")]);
    assert_eq!(numbers, [80, 41, 40, 0]);
}
