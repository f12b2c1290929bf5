//! A limit on how deeply one line can nest, applied before Markdown reads it: the parser walks all open quotations and lists for every line
//! that follows, so that a line of ten thousand `>` would make it slow.

use std::borrow::Cow;

/// Stands for a marker that is to be read as text. The reader of the events puts the original back.
pub(super) const TEXT: char = '\u{1}';

/// `text` with all but the first `limit` block markers (`>`, `-`, `1.` …) of each line replaced by [`TEXT`], byte for byte; and where the
/// first of these was.
pub(super) fn limited(text: Cow<'_, str>, limit: usize) -> (Cow<'_, str>, Option<usize>) {
    let mut excess = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.len() > limit
            && let Some(range) = excess_markers(line, limit)
        {
            excess.push(start + range.start..start + range.end);
        }
        start += line.len();
    }
    let Some(first) = excess.first().map(|range| range.start) else { return (text, None) };
    let mut limited = String::with_capacity(text.len());
    let mut done = 0;
    for range in excess {
        limited.push_str(&text[done..range.start]);
        limited.extend(std::iter::repeat_n(TEXT, range.len()));
        done = range.end;
    }
    limited.push_str(&text[done..]);
    (Cow::Owned(limited), Some(first))
}

/// The markers of a line beyond the first `limit`, with the blanks between them.
fn excess_markers(line: &str, limit: usize) -> Option<std::ops::Range<usize>> {
    let bytes = line.trim_end().as_bytes();
    let (mut at, mut count, mut start) = (0, 0, 0);
    while at < bytes.len() {
        let digits = bytes[at..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let blank_follows = |at: usize| bytes.get(at).is_none_or(|b| matches!(b, b' ' | b'\t'));
        let length = match bytes.get(at + digits) {
            Some(b' ' | b'\t') if digits == 0 => {
                at += 1;
                continue;
            }
            Some(b'>') if digits == 0 => 1,
            Some(b'-' | b'*' | b'+') if digits == 0 && blank_follows(at + 1) => 1,
            Some(b'.' | b')') if digits > 0 && blank_follows(at + digits + 1) => digits + 1,
            _ => break,
        };
        if count == limit {
            start = at;
        }
        count += 1;
        at += length;
    }
    // A line of nothing but bullets is a thematic break.
    (count > limit && at < bytes.len()).then_some(start..at)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::limited;

    fn cut(text: &str) -> String {
        limited(Cow::Borrowed(text), 2).0.replace('\u{1}', "#")
    }

    #[test]
    fn only_the_markers_beyond_the_limit_become_text() {
        assert_eq!(cut("> > a\n>>>> b\n- 1. * + c\n"), "> > a\n>>###b\n- 1. ####c\n");
        assert_eq!(limited(Cow::Borrowed("> > a\n>>>> b\n"), 2).1, Some(8));
        assert_eq!(cut("- - - -\n----\na > > > >\n-5 -5 -5 -5\n"), "- - - -\n----\na > > > >\n-5 -5 -5 -5\n");
    }
}
