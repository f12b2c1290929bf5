//! The two Liquid tags that a Markdown body may hold, `raw` and `comment`, taken out before Markdown reads it. Everything else in
//! `{% %}` or `{{ }}` is text: no template engine ever sees an article.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memmem};

/// `text` with the lines `{% raw %}` and `{% endraw %}` and all of `{% comment %}` … `{% endcomment %}` turned to spaces, byte for
/// byte, so that every offset still holds.
///
/// A tag counts only where it begins a line outside a code fence, and, for `raw`, stands alone on it: a guide that shows the tags in
/// a code block shows them to its readers. Within `raw` a comment is text, and so is one that is never closed.
pub fn blank_tags(text: &str) -> Cow<'_, str> {
    let ranges = if memmem::find(text.as_bytes(), b"{%").is_some() { tag_ranges(text) } else { Vec::new() };
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges {
        blanked.push_str(&text[done..range.start]);
        blanked.extend(text[range.clone()].bytes().map(|b| if matches!(b, b'\n' | b'\r') { char::from(b) } else { ' ' }));
        done = range.end;
    }
    blanked.push_str(&text[done..]);
    Cow::Owned(blanked)
}

/// The bytes to blank, in order.
fn tag_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut fence: Option<(u8, usize)> = None;
    let mut raw = false;
    let mut comments_end = true;
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let line = line_at(text, start);
        at += line.len();
        if let Some(open) = fence {
            if closes(open, line) {
                fence = None;
            }
            continue;
        }
        fence = opens(line);
        let Some((name, after)) = tag(line) else { continue };
        match name {
            "raw" | "endraw" if line[after..].trim().is_empty() => {
                raw = name == "raw";
                ranges.push(start..at);
            }
            "comment" if !raw && comments_end => match end_of_comment(text, start + after) {
                Some(end) => {
                    ranges.push(start..end);
                    at = end + line_at(text, end).len();
                }
                None => comments_end = false,
            },
            _ => {}
        }
    }
    ranges
}

/// The line that begins at `start`, its end included.
fn line_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    &rest[..memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |i| i + 1)]
}

/// The fence that a line opens: its character and length. Block quotes and items may stand before it.
fn opens(line: &str) -> Option<(u8, usize)> {
    let content =
        line.trim_start_matches([' ', '\t', '>', '-', '*', '+', '.', ')', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let first = *content.as_bytes().first().filter(|b| matches!(b, b'`' | b'~'))?;
    let length = content.bytes().take_while(|b| *b == first).count();
    (length >= 3 && !(first == b'`' && content[length..].contains('`'))).then_some((first, length))
}

/// Whether a line closes the fence.
fn closes((fence, length): (u8, usize), line: &str) -> bool {
    let content = line.trim_start_matches([' ', '\t', '>']).trim_end();
    content.len() >= length && content.bytes().all(|b| b == fence)
}

/// The name of the Liquid tag that begins a line, and where the tag ends in it. Four spaces make it code.
fn tag(line: &str) -> Option<(&str, usize)> {
    let content = line.trim_start_matches(' ');
    if line.len() - content.len() > 3 {
        return None;
    }
    let inside = content.strip_prefix("{%")?;
    let end = inside.find("%}")?;
    let name = inside[..end].trim_matches('-').trim();
    Some((name, line.len() - content.len() + 2 + end + 2))
}

/// Where the `{% endcomment %}` after `from` ends.
fn end_of_comment(text: &str, from: usize) -> Option<usize> {
    let blank = [' ', '\t', '-'];
    memmem::find_iter(&text.as_bytes()[from..], b"{%").find_map(|i| {
        let inside = &text[from + i + 2..];
        let rest = inside.trim_start_matches(blank).strip_prefix("endcomment")?.trim_start_matches(blank).strip_prefix("%}")?;
        Some(text.len() - rest.len())
    })
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::blank_tags;

    fn words(text: &str) -> String {
        let blanked = blank_tags(text);
        assert_eq!(blanked.len(), text.len());
        blanked.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn raw_markers_go_and_their_content_stays() {
        assert_eq!(words("a\n{% raw %}\n{{ b }} {% c %}\n{%- endraw -%}\nd"), "a {{ b }} {% c %} d");
        assert_eq!(words("see {% raw %} here\n    {% raw %}\n"), "see {% raw %} here {% raw %}");
    }

    #[test]
    fn comments_go() {
        assert_eq!(words("a\n{% comment %}\nb é\n\n# c\n{% endcomment %}\nd"), "a d");
        assert_eq!(words("{% comment %} a {% endcomment %} b\n{%comment%}c{%endcomment%}"), "b");
        assert_eq!(words("{% raw %}\n{% comment %}\na\n{% endcomment %}\n{% endraw %}"), "{% comment %} a {% endcomment %}");
    }

    #[test]
    fn fences_and_unclosed_comments_are_text() {
        let fenced = "```liquid\n{% raw %}\n{% comment %}\n```\n\n- ~~~~\n  {% endraw %}\n  ~~~\n  {% raw %}\n  ~~~~\n";
        assert!(matches!(blank_tags(fenced), Cow::Borrowed(_)));
        assert_eq!(words("{% comment %}\na\n{% endif %}"), "{% comment %} a {% endif %}");
    }

    #[test]
    fn offsets_and_line_ends_hold() {
        assert_eq!(blank_tags("{% raw %}\r\nä\r\n"), "         \r\nä\r\n");
    }
}
