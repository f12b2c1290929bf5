//! The template tags in the Markdown of Jekyll and Hugo: those that only mark code or lead to another page become Markdown, the others are
//! reported and stay as they are.

use std::sync::Arc;

use super::From;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

/// A tag: `{% highlight ruby %}`, `{{< ref "a.md" >}}`.
struct Tag<'t> {
    /// Where it is.
    start: usize,
    end: usize,
    /// What stands in it.
    words: &'t str,
    /// Whether it prints a value: `{{ page.title }}`.
    is_value: bool,
}

/// The text from `body` on with its tags converted; those that cannot be are reported.
pub(super) fn converted(path: &Arc<str>, text: &str, body: usize, from: From, diagnostics: &mut Vec<Diagnostic>) -> String {
    let mut out = String::with_capacity(text.len() - body);
    let (mut at, mut is_raw) = (body, false);
    while let Some(tag) = next_tag(text, at, from) {
        out.push_str(&text[at..tag.start]);
        at = tag.end;
        let as_written = &text[tag.start..tag.end];
        let mut words = tag.words.split_whitespace();
        let (name, argument) = (words.next().unwrap_or_default(), words.next());
        match (name, argument) {
            ("raw" | "endraw", _) if !tag.is_value => {
                is_raw = name == "raw";
                out.push_str(as_written);
            }
            _ if is_raw => out.push_str(as_written),
            ("comment" | "endcomment", _) if !tag.is_value => out.push_str(as_written),
            ("highlight", language) if !tag.is_value => {
                on_its_own_line(&mut out);
                out.push_str("```");
                out.push_str(language.unwrap_or("text"));
                if !text[at..].starts_with(['\n', '\r']) {
                    out.push('\n');
                }
            }
            ("endhighlight" | "/highlight", _) if !tag.is_value => {
                on_its_own_line(&mut out);
                out.push_str("```");
                if !text[at..].starts_with(['\n', '\r']) {
                    out.push('\n');
                }
            }
            ("ref" | "relref", Some(target)) if from == From::Hugo => {
                let target = target.trim_matches(['"', '`', '\'']);
                let is_file = target.split('#').next().is_some_and(super::other::is_markdown);
                match (target.strip_prefix('/'), is_file) {
                    (Some(file), true) => {
                        out.push_str("@/");
                        out.push_str(file);
                    }
                    _ => out.push_str(target),
                }
            }
            ("link", Some(target)) if from == From::Jekyll && !tag.is_value => {
                out.push_str("@/");
                out.push_str(target.trim_start_matches(['/', '_']));
            }
            ("post_url", Some(target)) if from == From::Jekyll && !tag.is_value => {
                out.push_str("@/posts/");
                out.push_str(target);
                out.push_str(".md");
            }
            // The base of all addresses is added where links are written.
            ("site.baseurl" | "site.url", None) if from == From::Jekyll && tag.is_value => {}
            _ => {
                out.push_str(as_written);
                let message = format!("the tag `{}` has no counterpart", as_written.lines().next().unwrap_or_default());
                let problem = Diagnostic::warning(code::IMPORT_UNMAPPED, message).at(path, Span::new(tag.start..tag.end));
                diagnostics.push(problem.help("it stays in the text and is shown as it is; write in Markdown what it made"));
            }
        }
    }
    out.push_str(&text[at..]);
    out.replace("\r\n", "\n")
}

fn on_its_own_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// The first tag at `from` or behind it. Hugo's are `{{< … >}}` and `{{% … %}}`, Jekyll's `{% … %}` and `{{ … }}`.
fn next_tag(text: &str, at: usize, from: From) -> Option<Tag<'_>> {
    let marks: &[(&str, &str, bool)] = match from {
        From::Hugo => &[("{{<", ">}}", false), ("{{%", "%}}", false)],
        _ => &[("{%", "%}", false), ("{{", "}}", true)],
    };
    let found = marks.iter().filter_map(|mark| {
        let start = at + text[at..].find(mark.0)?;
        let inner = start + mark.0.len();
        let end = inner + text[inner..].find(mark.1)?;
        Some((start, inner, end, mark))
    });
    let (start, inner, end, mark) = found.min_by_key(|(start, ..)| *start)?;
    let words = text[inner..end].trim_matches(|c: char| c.is_whitespace() || c == '-');
    Some(Tag { start, end: end + mark.1.len(), words, is_value: mark.2 })
}
