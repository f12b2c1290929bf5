//! Each folder of `tests/malformed/` holds files that spoil a good site, and what a person is told about them (`expected.stderr`). The
//! site was published before; it must stand as it was. A new case is a new folder; `UPDATE_EXPECTED=1` writes what is printed now.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kbpress::diagnostic::code;

use crate::support::{TestSite, tree};

/// Codes that no file of a small site can bring about: a link or a special file cannot be checked out everywhere.
const WITHOUT_A_CASE: [&str; 2] = [code::UNSUPPORTED_FILE, code::ARTICLE_LIMIT];
/// Only other commands than `build` bring these about; `check`, `import` and `serve` have tests of their own.
const OF_OTHER_COMMANDS: [&str; 18] = [
    code::UNREADABLE,
    code::RETIRED_REFERENCE,
    code::ORPHAN,
    code::DEAD_EXTERNAL_LINK,
    code::MOVED_EXTERNAL_LINK,
    code::DUPLICATE_TITLE,
    code::NEAR_DUPLICATE,
    code::LONG_TITLE,
    code::TITLE_SERIES,
    code::NO_RESOLUTION,
    code::NO_ERROR_TEXT,
    code::REVIEW_DUE,
    code::IMPORT_UNMAPPED,
    code::IMPORT_REFUSED,
    code::OUTPUT_MISSING,
    code::OUTPUT_ALTERED,
    code::OUTPUT_EXTRA,
    code::OUTPUT_UNFINISHED,
];

#[test]
fn every_malformed_site_is_told_what_is_wrong_where_and_what_to_do() {
    let mut failures = Vec::new();
    let mut all = String::new();
    for case in cases() {
        let printed = printed(&case);
        let expected = case.join("expected.stderr");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &printed).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != printed {
            failures.push(format!("{}:\n{printed}", case.display()));
        }
        let problems = printed.matches("error[").count() + printed.matches("warning[").count();
        assert_eq!(printed.matches("= help: ").count(), problems, "a problem without a cure:\n{printed}");
        all.push_str(&printed);
    }
    assert!(failures.is_empty(), "these differ from their expected.stderr:\n\n{}", failures.join("\n"));
    for code in code::ALL.iter().filter(|code| !WITHOUT_A_CASE.contains(code) && !OF_OTHER_COMMANDS.contains(code)) {
        let article = folder("content/diagnostics").join(format!("{code}.md"));
        let (shown, told) = (messages(&fs::read_to_string(article).unwrap(), code), messages(&all, code));
        assert!(!told.is_empty(), "no case brings about {code}");
        assert!(shown.is_subset(&told), "the article about {code} shows {shown:?}, but what is printed is one of {told:#?}");
    }
}

/// The messages with this code in `text`, without what differs from site to site: names in backticks and numbers.
fn messages(text: &str, code: &str) -> BTreeSet<String> {
    let mark = format!("[{code}]: ");
    let message = |line: &str| {
        let (_, message) = line.split_once(&mark)?;
        let words: String = message.split('`').step_by(2).collect();
        Some(words.replace(|c: char| c.is_ascii_digit(), ""))
    };
    text.lines().filter_map(message).collect()
}

/// What a strict build says and how it ends, after a good build of a good site whose files those of `case` then join or replace.
fn printed(case: &Path) -> String {
    let site = TestSite::new("-- content/good.md --\n# Good\n");
    site.build().is_clean();
    for (path, bytes) in tree(case) {
        if path != "expected.stderr" {
            site.write(&path, bytes);
        }
    }
    let before = tree(&site.path("public"));
    let run = site.run(&["build", "--strict", "--color", "never"]);
    assert!(matches!(run.code, 1 | 2), "{} ends with {}:\n{}", case.display(), run.code, run.stderr);
    assert_eq!(run.tree(), before, "{} changed the published site", case.display());
    let checked = site.run(&["check", "--strict", "--verbose", "--color", "never"]);
    for error in run.stderr.lines().filter(|line| line.starts_with("error[")) {
        assert!(checked.stderr.contains(error), "{}: a check does not say {error}\n{}", case.display(), checked.stderr);
    }
    assert_eq!(checked.code, run.code, "{}: {}", case.display(), checked.stderr);
    let folder = fs::canonicalize(site.path("")).unwrap();
    format!("{}exit code {}\n", run.stderr.replace(folder.to_str().unwrap(), "SITE"), run.code)
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder("tests/malformed")).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
