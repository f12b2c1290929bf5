//! Each folder of `tests/malformed/` is a site with something wrong in it and what a person is told about it (`expected.stderr`). A new
//! case is a new folder; `UPDATE_EXPECTED=1` writes what is printed now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kbpress::report::Style;
use kbpress::{config, encoding, front_matter, report};

#[test]
fn every_malformed_site_is_told_what_is_wrong_where_and_what_to_do() {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/malformed");
    let mut failures = Vec::new();
    for case in entries(&cases) {
        let printed = printed(&case);
        let expected = case.join("expected.stderr");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &printed).expect("the folder can be written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != printed {
            failures.push(format!("{}:\n{printed}", case.display()));
        }
        assert!(!printed.is_empty(), "{} has nothing wrong", case.display());
    }
    assert!(failures.is_empty(), "these differ from their expected.stderr:\n\n{}", failures.join("\n"));
}

/// What is printed about the site's configuration and front matter.
fn printed(site: &Path) -> String {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut read = |file: &Path, problems: &mut Vec<_>| {
        let name = file.strip_prefix(site).expect("it lies in the site").to_string_lossy().replace('\\', "/");
        let path: Arc<str> = Arc::from(name.as_str());
        let (text, problem) = encoding::decode(&path, fs::read(file).expect("it can be read"), None);
        problems.extend(problem);
        texts.insert(name, text.clone());
        (path, text)
    };
    let (path, text) = read(&site.join("site.toml"), &mut problems);
    let (config, more) = config::parse(&path, &text, &[]);
    problems.extend(more);
    for file in files(&site.join("content")) {
        let (path, text) = read(&file, &mut problems);
        let (parts, more) = front_matter::split(&path, &text);
        problems.extend(more);
        if let Some(yaml) = parts.yaml {
            problems.extend(front_matter::parse(&path, &text, yaml, &config.front_matter_keys()).1);
        }
    }
    for problem in &problems {
        assert!(problem.help.is_some(), "no cure for {problem:?}");
    }
    report::render(&problems, &|path| texts.get(path).map(String::as_str), Style::default())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    entries(folder).into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("it can be read").path());
    let mut entries: Vec<PathBuf> = entries.collect();
    entries.sort();
    entries
}
