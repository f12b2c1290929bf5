//! The articles about diagnostics, embedded in the binary: code → text for a terminal.

use std::fmt::Write;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{code, nearest};
use crate::front_matter;

static ARTICLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/content/diagnostics");

/// The article about a code as plain text; without a code, the list of all codes.
///
/// # Errors
/// There is no such code: what to say about it, with the nearest one.
pub fn explain(code: Option<&str>) -> Result<String, String> {
    let Some(code) = code else { return Ok(list()) };
    let Some((title, body)) = article(code) else {
        return Err(match nearest(code, code::ALL.iter().copied()) {
            Some(near) => format!("there is no diagnostic `{code}`; did you mean `{near}`?"),
            None => format!("there is no diagnostic `{code}`; `kbpress explain` lists them"),
        });
    };
    let mut text = format!("{title}\n{}\n\n", "=".repeat(title.chars().count()));
    let mut in_example = false;
    for line in body.lines() {
        if line.starts_with("```") {
            in_example = !in_example;
            continue;
        }
        if in_example && !line.is_empty() {
            text.push_str("    ");
        }
        text.push_str(if in_example { line } else { line.strip_prefix("## ").unwrap_or(line) });
        text.push('\n');
    }
    Ok(text)
}

/// Every code and what it means, a line each.
fn list() -> String {
    let width = code::ALL.iter().map(|code| code.len()).max().unwrap_or_default();
    let mut text = String::new();
    for code in code::ALL {
        let _ = writeln!(text, "{code:width$}  {}", meaning(code).unwrap_or_default());
    }
    text
}

/// What a code means, as a phrase.
pub fn meaning(code: &str) -> Option<&'static str> {
    Some(article(code)?.0.split_once(": ")?.1)
}

/// The title and the body of the article about a code.
fn article(code: &str) -> Option<(&'static str, &'static str)> {
    if !code::ALL.contains(&code) {
        return None;
    }
    let text = ARTICLES.get_file(format!("{code}.md"))?.contents_utf8()?;
    let path = code.into();
    let yaml = front_matter::split(&path, text).0;
    let title = front_matter::parse(&path, text, yaml.yaml?, &[]).0.title?;
    Some((&text[title.span.range()], text[yaml.body].trim_start()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::{ARTICLES, explain};
    use crate::diagnostic::code;
    use crate::front_matter;

    #[test]
    fn every_code_has_its_article_and_every_article_its_code() {
        let files = ARTICLES.files().filter_map(|file| file.path().file_stem()?.to_str());
        let articles: BTreeSet<&str> = files.filter(|name| *name != "_index").collect();
        let all: BTreeSet<&str> = code::ALL.iter().copied().collect();
        assert_eq!(articles, all);
        assert_eq!(all.len(), code::ALL.len(), "a code is there twice");
    }

    #[test]
    fn every_article_has_its_sections_and_a_clean_front_matter() {
        for file in ARTICLES.files() {
            let (name, text) = (file.path().display().to_string(), file.contents_utf8().expect("it is text"));
            let path: Arc<str> = Arc::from(name.as_str());
            let (parts, problems) = front_matter::split(&path, text);
            assert_eq!(problems, []);
            let (front, problems) = front_matter::parse(&path, text, parts.yaml.expect("it has front matter"), &[]);
            assert_eq!(problems, [], "{name}");
            if name == "_index.md" {
                continue;
            }
            let body = &text[parts.body];
            let at: Vec<Option<usize>> = ["## SYMPTOMS", "## CAUSE", "## RESOLUTION"].iter().map(|s| body.find(s)).collect();
            assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{name}: {at:?}");
            let title = front.title.as_ref().map(|t| &*t.value).unwrap_or_default();
            let code = name.trim_end_matches(".md");
            assert!(title.starts_with(&format!("{code}: ")), "{name}: {title}");
            assert!(body.contains(&format!("[{code}]")), "{name} shows no message");
            assert_eq!(front.kinds, [crate::article::Kind::Problem], "{name}");
        }
    }

    #[test]
    fn an_article_reads_well_in_a_terminal() {
        let text = explain(Some("dead-link")).expect("it exists");
        assert!(text.starts_with("dead-link: a link leads to no page of the site\n====="), "{text}");
        assert!(text.contains("\nSYMPTOMS\n") && text.contains("\n    warning[dead-link]") && !text.contains("```"), "{text}");
        let unknown = |code| explain(Some(code)).expect_err("it does not exist");
        assert_eq!(unknown("dead-lnik"), "there is no diagnostic `dead-lnik`; did you mean `dead-link`?");
        for code in ["foo", "_index", "../x", ""] {
            assert_eq!(unknown(code), format!("there is no diagnostic `{code}`; `kbpress explain` lists them"));
        }
    }

    #[test]
    fn the_list_has_a_line_for_each_code() {
        let list = explain(None).expect("it is always there");
        assert_eq!(list.lines().count(), code::ALL.len());
        assert!(list.lines().all(|line| line.split_once("  ").is_some_and(|(_, meaning)| !meaning.trim().is_empty())), "{list}");
    }
}
