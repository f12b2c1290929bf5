//! HTML entities in titles: the archive's titles were written for HTML (`&quot;`, `&#92;`).

use std::borrow::Cow;

/// The named entities that titles use.
const NAMED: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("middot", '·'),
];

/// Decodes each entity once: `&amp;lt;` becomes `&lt;`. What is not a known entity, or would be a control character, stays as written.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut decoded = String::with_capacity(text.len());
    decoded.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest) {
            Some((character, length)) => {
                decoded.push(character);
                rest = &rest[length..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character and the length of the entity at the start of `text`, which begins with `&`.
fn entity(text: &str) -> Option<(char, usize)> {
    // No entity that is known here is longer than `&#x10FFFF;`.
    let end = text.as_bytes().iter().take(11).position(|b| *b == b';')?;
    let name = &text[1..end];
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            char::from_u32(value).filter(|c| !c.is_control())?
        }
        None => NAMED.iter().find(|(n, _)| *n == name)?.1,
    };
    Some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::decode_entities;

    #[test]
    fn entities_are_decoded_once() {
        for (text, decoded) in [
            ("&quot;%1&quot; &amp; &gt;&lt; &#92;&#91;&#93;&#36;&#42;&#95;&#124;", "\"%1\" & >< \\[]$*_|"),
            ("&amp;lt;", "&lt;"),
            ("&#x1F980; &#xe9;", "🦀 é"),
            (
                "a & b &; &nosuch; &#; &#x; &#0; &#10; &#xD800; &#99999999; &#+65; &",
                "a & b &; &nosuch; &#; &#x; &#0; &#10; &#xD800; &#99999999; &#+65; &",
            ),
            ("&&amp;&é;", "&&&é;"),
            ("plain", "plain"),
        ] {
            assert_eq!(decode_entities(text), decoded);
        }
    }
}
