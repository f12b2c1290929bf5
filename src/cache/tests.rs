//! What is sealed with the right key and holds nonsense all the same: it must be read without a panic, whatever it says.

use std::path::Path;
use std::sync::Arc;

use super::articles::{self, Articles};
use super::{known, pages};
use crate::config;
use crate::load::Sources;
use crate::parse;
use crate::search::Saved;
use crate::source::SourceFile;
use crate::testing::Numbers;

const ARTICLE: &str = "---\ntitle: A title\ntags: [a, b]\nextra: {x: [1, 1.5, -2, null, {y: true}]}\ndate: 2001-02-03\n---\n\
                       # A title\n\n## One\n\nSee Q123456 and [b](b.md).\n";

fn damaged(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len().max(1)).min(bytes.len());
        match numbers.below(4) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + numbers.below(9)).min(bytes.len()))),
            2 => bytes.insert(at, numbers.below(256) as u8),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = numbers.below(256) as u8),
        }
    }
    bytes
}

#[test]
fn forged_articles_are_read_without_a_panic() {
    let config = config::parse(&Arc::from("site.toml"), "base_url = \"https://example.org/\"\ntitle = \"T\"\n", &[]).0;
    let file = Arc::new(SourceFile { path: "content/a.md".to_owned(), text: ARTICLE.into() });
    let sources = Sources { articles: vec![Arc::clone(&file)], ..Sources::default() };
    let (parsed, _) = parse::parse_all(&config, &sources.articles);
    let parsed: Vec<_> = parsed.into_iter().map(Some).collect();
    let bytes: Vec<u8> = articles::put(&sources, &parsed, &Articles::default()).flatten().collect();
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("articles");
    let read = |bytes: Vec<u8>, path: &Path| {
        super::file::write(path, &[7; 32], [bytes]).expect("it can be written");
        super::file::read(path, &[7; 32]).and_then(Articles::new).and_then(|articles| articles.get(0, &file))
    };
    assert_eq!(format!("{:?}", read(bytes.clone(), &path)), format!("{:?}", parsed[0].as_deref()));
    let mut numbers = Numbers::new(5);
    for _ in 0..500 {
        let _ = read(damaged(&bytes, &mut numbers), &path);
    }
}

#[test]
fn forged_files_pages_and_indexes_are_read_without_a_panic() {
    let mut numbers = Numbers::new(11);
    let index = crate::search::Index::new(crate::search::Options::default());
    for number in 0..40 {
        let body = format!("words and more words about printer {number}");
        index.add(number, &crate::search::Document { body: &body, applies_to: &["Word"], ..crate::search::Document::default() });
    }
    let bytes: Vec<u8> = index.update(None).saved.parts().flatten().collect();
    assert!(Saved::get(&bytes).is_some());
    for _ in 0..2000 {
        let bytes = damaged(&bytes, &mut numbers);
        let _ = (Saved::get(&bytes).is_some(), known::get(&bytes).is_some(), pages::Pages::get(&bytes).is_some());
    }
}
