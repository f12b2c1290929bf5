//! The articles about diagnostics, embedded in the binary: code → text for a terminal.

use include_dir::{Dir, include_dir};

use crate::diagnostic::{code, nearest};
use crate::front_matter;

static ARTICLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/content/diagnostics");

/// The article about a code as plain text, or `None` if there is no such code.
pub fn explain(code: &str) -> Option<String> {
    let (title, body) = article(code)?;
    let mut text = format!("{title}\n{}\n", "=".repeat(title.chars().count()));
    let mut in_example = false;
    for line in body.lines() {
        if line.starts_with("```") {
            in_example = !in_example;
        } else if in_example && !line.is_empty() {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        } else {
            text.push_str(line.strip_prefix("## ").unwrap_or(line));
            text.push('\n');
        }
    }
    Some(text)
}

/// Every code with the title of its article.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    code::ALL.iter().filter_map(|code| Some((*code, article(code)?.0)))
}

/// What to say about a code that does not exist: the nearest one, or where the list is.
pub fn unknown(code: &str) -> String {
    match nearest(code, code::ALL.iter().copied()) {
        Some(near) => format!("there is no diagnostic `{code}`; did you mean `{near}`?"),
        None => format!("there is no diagnostic `{code}`; `kbpress explain` lists them"),
    }
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

    use super::{ARTICLES, codes, explain, unknown};
    use crate::diagnostic::code;
    use crate::front_matter;

    #[test]
    fn every_code_has_its_article_and_every_article_its_code() {
        let files = ARTICLES.files().filter_map(|file| file.path().file_stem()?.to_str());
        let articles: BTreeSet<&str> = files.filter(|name| *name != "_index").collect();
        let all: BTreeSet<&str> = code::ALL.iter().copied().collect();
        assert_eq!(articles, all);
        assert_eq!(all.len(), code::ALL.len(), "a code is there twice");
        assert_eq!(codes().count(), code::ALL.len());
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
        let text = explain("dead-link").expect("it exists");
        assert!(text.starts_with("dead-link: "), "{text}");
        assert!(text.contains("\nSYMPTOMS\n") && text.contains("\n    error[dead-link]") && !text.contains("```"), "{text}");
        assert_eq!(explain("_index"), None);
        assert_eq!(explain("../x"), None);
        assert_eq!(unknown("dead-lnik"), "there is no diagnostic `dead-lnik`; did you mean `dead-link`?");
        assert_eq!(unknown("foo"), "there is no diagnostic `foo`; `kbpress explain` lists them");
    }
}
