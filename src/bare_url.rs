//! URLs that stand in plain text without any mark-up, as in the old articles. Only finds them; nothing here decides what they link to.

use std::ops::Range;

/// The URLs of `text`, in order: `http`, `https`, `ftp`, `gopher`, `news` and `mailto`.
///
/// A URL ends before a blank, a quote or `<` (what follows is a placeholder); punctuation at its end belongs to the sentence, and so
/// does a closing parenthesis that nothing in the URL opens.
pub fn urls(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut done = 0;
    memchr::memchr_iter(b':', text.as_bytes()).filter_map(move |colon| {
        let range = (colon >= done).then(|| url_around(text, colon)).flatten()?;
        done = range.end;
        Some(range)
    })
}

/// The URL whose scheme ends at this colon.
fn url_around(text: &str, colon: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let letters = bytes[..colon].iter().rev().take(8).take_while(|b| b.is_ascii_alphanumeric()).count();
    let start = colon - letters;
    let scheme = &bytes[start..colon];
    let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
    let after = &bytes[colon + 1..];
    let slashes = after.starts_with(b"//");
    let known = match slashes {
        true => is("http") || is("https") || is("ftp") || is("gopher") || is("news"),
        false => is("mailto") || is("news"),
    };
    let host = if slashes { &after[2..] } else { after };
    if !known || !host.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let belongs = |b: &&u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'`') && (slashes || **b != b':');
    let length = after.iter().take_while(belongs).count();
    let url = without_punctuation(&text[start..colon + 1 + length]);
    let address = &url.as_bytes()[letters + 1..];
    let complete = slashes || address.contains(if is("mailto") { &b'@' } else { &b'.' });
    complete.then(|| start..start + url.len())
}

/// The URL without the punctuation of the sentence around it.
fn without_punctuation(url: &str) -> &str {
    let count = |byte: u8| url.bytes().filter(|b| *b == byte).count();
    let mut unopened = count(b')').saturating_sub(count(b'('));
    let mut end = url.len();
    for byte in url.bytes().rev() {
        match byte {
            b')' if unopened > 0 => unopened -= 1,
            b'.' | b',' | b';' | b':' | b'\'' | b'!' | b'?' | b']' | b'}' | b'*' => {}
            _ => break,
        }
        end -= 1;
    }
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::urls;

    fn found(text: &str) -> Vec<&str> {
        urls(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_urls_in_sentences() {
        assert_eq!(
            found("(http://www.microsoft.com/a.htm). See ftp://x/y, or HTTPS://z?"),
            ["http://www.microsoft.com/a.htm", "ftp://x/y", "HTTPS://z"]
        );
        assert_eq!(
            found("mailto:a@b.c; news:comp.os.x gopher://g/ news://n/x"),
            ["mailto:a@b.c", "news:comp.os.x", "gopher://g/", "news://n/x"]
        );
        assert_eq!(found("http://x/a_(b) (http://x/a_(b))"), ["http://x/a_(b)", "http://x/a_(b)"]);
        assert_eq!(found("see \"http://a.b/c:80/d\"'"), ["http://a.b/c:80/d"]);
    }

    #[test]
    fn stops_at_placeholders_and_leaves_other_colons() {
        assert_eq!(found("http://<server>/x http://a/<b>"), ["http://a/"]);
        assert_eq!(found("NOTE: good news:none mailto:x c:\\a xhttp://a std::b http:// javascript:alert(1)"), [""; 0]);
    }
}
