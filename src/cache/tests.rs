//! What is sealed with the right key and holds nonsense all the same: it must be read without a panic, whatever it says.

use std::path::Path;
use std::sync::Arc;

use super::code::{Code, Input};
use super::file::Sealed;
use super::{articles, known, pages};
use crate::config;
use crate::content::Asked;
use crate::load::{Entries, Folder, Sources};
use crate::parse;
use crate::permalink::OutPath;
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

const KEY: [u8; 32] = [7; 32];

/// The file at `path` with these parts, written and read.
fn sealed(path: &Path, parts: impl IntoIterator<Item = Vec<u8>>) -> Option<Sealed> {
    super::file::write(path, &KEY, parts).expect("it can be written");
    super::file::read(path, &KEY)
}

#[test]
fn forged_articles_are_read_without_a_panic() {
    let config = config::parse(&Arc::from("site.toml"), "base_url = \"https://example.org/\"\ntitle = \"T\"\n", &[]).0;
    let file = Arc::new(SourceFile { path: "content/a.md".to_owned(), text: ARTICLE.into() });
    let sources = Sources { articles: vec![Arc::clone(&file)], ..Sources::default() };
    let (parsed, _) = parse::parse_all(&config, &sources.articles);
    let parsed: Vec<_> = parsed.into_iter().map(Some).collect();
    let bytes: Vec<u8> = articles::put(&sources, &parsed).flatten().collect();
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("articles");
    let read = |bytes: Vec<u8>, path: &Path| {
        let articles = sealed(path, [bytes]).map(|cached| articles::get(&cached, &sources.articles));
        articles.and_then(|mut articles| articles.pop().flatten())
    };
    assert_eq!(format!("{:?}", read(bytes.clone(), &path)), format!("{:?}", parsed[0]));
    let mut numbers = Numbers::new(5);
    for _ in 0..500 {
        let _ = read(damaged(&bytes, &mut numbers), &path);
    }
}

#[test]
fn forged_indexes_are_read_without_a_panic() {
    let mut numbers = Numbers::new(11);
    let index = crate::search::Index::new(crate::search::Options::default());
    for number in 0..40 {
        let body = format!("words and more words about printer {number}");
        index.add(number, &crate::search::Document { body: &body, applies_to: &["Word"], ..crate::search::Document::default() });
    }
    let parts: Vec<Vec<u8>> = index.update(None).saved.parts().collect();
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("search");
    let read = |parts: Vec<Vec<u8>>| sealed(&path, parts).and_then(|cached| Saved::read(&cached)).is_some();
    assert!(read(parts.clone()));
    for _ in 0..2000 {
        let mut parts = parts.clone();
        let at = numbers.below(parts.len());
        parts[at] = damaged(&parts[at], &mut numbers);
        let _ = read(parts);
    }
}

#[test]
fn forged_files_and_pages_are_read_without_a_panic() {
    let mut numbers = Numbers::new(13);
    let (key, path) = (crate::load::key("a"), OutPath::from_file("a").expect("it is a path"));
    let asked = Asked { numbers: vec![1, 300], destinations: vec!["b.md".into()] };
    let parts = Code::get(&mut Input::new(&[7; 64])).expect("any bytes are hashes");
    let page = pages::Page { parts, entry: crate::manifest::Entry::of(b"x"), asked };
    let pages_bytes = pages::encoded(&path, &page).into_vec();
    let pages = |files: Vec<u8>| pages::Pages::get([vec![3; 8], files]).and_then(|pages| pages.page("a"));
    assert_eq!(pages(pages_bytes.clone()), Some(page));
    let entries = Entries::new(vec![("b".to_owned(), crate::look::What::File)]);
    let stamp = crate::load::Stamp { size: 1, modified: 2, changed: 3, number: 4 };
    let folder = Folder { stamp, entries };
    let mut folders = Vec::new();
    super::table::put(key, &folder, &mut Vec::new(), &mut folders);
    let known = |folders: Vec<u8>| known::get([folders, Vec::new()]).and_then(|known| known.old_folder("a"));
    assert_eq!(known(folders.clone()), Some(folder));
    for _ in 0..2000 {
        let _ = known(damaged(&folders, &mut numbers));
        let _ = pages(damaged(&pages_bytes, &mut numbers));
    }
}

#[test]
fn a_damaged_file_is_not_believed() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("file");
    let parts = [b"one".to_vec(), Vec::new(), b"three".to_vec()];
    let whole = |path: &Path| super::file::read(path, &KEY).and_then(|cached| cached.all()).map(|parts| parts.concat());
    sealed(&path, parts).expect("it is sound");
    assert_eq!(whole(&path).as_deref(), Some(b"onethree".as_slice()));
    assert!(super::file::read(&path, &[8; 32]).is_none(), "another key");
    let bytes = std::fs::read(&path).expect("it is there");
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).expect("it can be written");
        assert_eq!(whole(&path), None, "byte {at}");
        std::fs::write(&path, &bytes[..at]).expect("it can be written");
        assert_eq!(whole(&path), None, "cut to {at}");
    }
}
