//! The only place that writes HTML characters: text, attributes and URLs. Everything that comes from an author passes one of these
//! functions, so that no other module has to know what must be escaped or which URLs a page may hold.

use std::borrow::Cow;

/// Schemes that a link may have. All others (`javascript:`, `data:`, `vbscript:`, `file:` …) are refused.
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "ftp", "news", "gopher", "tel"];

/// Whether `is_wanted` holds for a byte of `text`, for texts that rarely have one. Blocks are looked at as a whole: the compiler makes
/// vector instructions of them where `is_wanted` has no branch, so `|` and not `||`.
pub(crate) fn any_byte(text: &str, is_wanted: impl Fn(u8) -> bool) -> bool {
    const BLOCK: usize = 16;
    let in_block = |block: &[u8; BLOCK]| block.iter().fold(false, |seen, byte| seen | is_wanted(*byte));
    let (blocks, rest) = text.as_bytes().as_chunks();
    blocks.iter().any(in_block)
        || match text.as_bytes().last_chunk() {
            // The last block overlaps the one before it.
            Some(last) => !rest.is_empty() && in_block(last),
            None => rest.iter().any(|byte| is_wanted(*byte)),
        }
}

/// Appends `text` as character data: `&`, `<` and `>` become references, everything else stands.
pub fn escape_text(out: &mut String, text: &str) {
    if !any_byte(text, |byte| (byte == b'&') | (byte == b'<') | (byte == b'>')) {
        out.push_str(text);
        return;
    }
    push_with_references(out, text, memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes()));
}

/// Appends `text` with references for the bytes at `places`, which are in order.
fn push_with_references(out: &mut String, text: &str, places: impl Iterator<Item = usize>) {
    let mut done = 0;
    for at in places {
        out.push_str(&text[done..at]);
        out.push_str(match text.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Appends ` name="value"`. The one function that writes an attribute whose value is not a literal of this crate.
pub fn attribute(out: &mut String, name: &'static str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    let is_special = |byte| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
    if any_byte(value, is_special) {
        let special = value.bytes().enumerate().filter(|(_, byte)| is_special(*byte));
        push_with_references(out, value, special.map(|(at, _)| at));
    } else {
        out.push_str(value);
    }
    out.push('"');
}

/// The URL as a link may hold it, or `None` where it must not be a link at all.
///
/// Surrounding blanks go, blanks inside become `%20`. Control characters, which browsers drop silently (`java\nscript:`), and schemes that are
/// not on the list are refused. A URL without a scheme is relative and allowed.
pub fn safe_url(url: &str) -> Option<Cow<'_, str>> {
    let url = url.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if url.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return None;
    }
    if let Some(scheme) = scheme(url)
        && !SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return None;
    }
    Some(if url.contains(' ') { Cow::Owned(url.replace(' ', "%20")) } else { Cow::Borrowed(url) })
}

/// Whether a browser would leave the site for this URL: it has a scheme, or starts with two slashes of either kind.
pub fn is_foreign(url: &str) -> bool {
    let mut start = url.bytes().take(2);
    scheme(url).is_some() || (start.len() == 2 && start.all(|b| b == b'/' || b == b'\\'))
}

/// What stands before a colon that no `/`, `?` or `#` precedes. Deliberately wider than the standard's grammar: what could be read
/// as a scheme by some browser is one here.
fn scheme(url: &str) -> Option<&str> {
    let end = url.bytes().position(|b| matches!(b, b':' | b'/' | b'?' | b'#' | b'\\'))?;
    (url.as_bytes()[end] == b':').then(|| &url[..end])
}

#[cfg(test)]
mod tests {
    use super::{attribute, escape_text, is_foreign, safe_url};

    #[test]
    fn escapes_text_and_attributes() {
        let mut out = String::new();
        escape_text(&mut out, "a < b && c > \"d\"");
        assert_eq!(out, "a &lt; b &amp;&amp; c &gt; \"d\"");
        out.clear();
        attribute(&mut out, "title", "\"><script>'x' & é");
        assert_eq!(out, " title=\"&quot;&gt;&lt;script&gt;'x' &amp; é\"");
    }

    #[test]
    fn allows_ordinary_urls() {
        for url in
            ["http://a/b?c=d#e", "HTTPS://a", "mailto:a@b.c", "ftp://a", "news:a.b", "../a/", "/a", "#a", "", "a/b:c", "?a:b"]
        {
            assert_eq!(safe_url(url).as_deref(), Some(url));
        }
        assert_eq!(safe_url(" a b ").as_deref(), Some("a%20b"));
    }

    #[test]
    fn refuses_every_disguise_of_a_script() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "\0javascript:alert(1)",
            "\u{a0}javascript:alert(1)",
            "\u{feff}javascript:alert(1)",
            "javascript\u{200b}:alert(1)",
            "vbscript:x",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
            "blob:x",
            "view-source:javascript:alert(1)",
            "feed:javascript:alert(1)",
            ":javascript:alert(1)",
            "livescript:x",
            "jar:x",
        ] {
            assert_eq!(safe_url(url), None, "{url:?}");
        }
    }

    #[test]
    fn knows_what_leaves_the_site() {
        for url in ["http://a", "//a", "\\\\a", "/\\a", "https:a"] {
            assert!(is_foreign(url), "{url}");
        }
        for url in ["a", "/a", "../a", "#a", "", "/"] {
            assert!(!is_foreign(url), "{url}");
        }
    }
}
