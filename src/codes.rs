//! Error codes in running text: hexadecimal values, event ids, numbered errors, compiler and linker codes, each in one normal form, so
//! that `0x0000000A`, `0xa` and `0xA` are one code.

use std::ops::Range;

/// Letters that the compilers, linkers and tools of the archive put before a four- or five-digit message number.
const PREFIXES: [&str; 19] =
    ["A", "BC", "BK", "C", "CS", "CVT", "D", "EX", "L", "LNK", "M", "NM", "P", "PRJ", "R", "RC", "RW", "SB", "U"];

/// The codes of `text`, each with its bytes and its normal form: `0xA`, `Event 2410`, `Error 2410`, `LNK2001`.
pub fn codes(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !bytes[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let start = at;
            while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                at += 1;
            }
            // Only a word with a digit, or one of the two words that announce a number, can begin a code.
            let word = &bytes[start..at];
            if word.len() == 5 && (word.eq_ignore_ascii_case(b"event") || word.eq_ignore_ascii_case(b"error")) {
                if let Some((end, code)) = announced(text, word, at) {
                    at = end;
                    return Some((start..end, code));
                }
            } else if word[word.len() - 1].is_ascii_hexdigit()
                && word.len() >= 3
                && let Some(code) = single_word(&text[start..at])
            {
                return Some((start..at, code));
            }
        }
        None
    })
}

/// The codes of `text` in normal form, each once, in order of appearance.
pub fn distinct(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, code) in codes(text) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// `0x` and hexadecimal digits without leading zeros, in capitals.
fn hexadecimal(digits: &str) -> Option<String> {
    let significant = digits.trim_start_matches('0');
    if digits.is_empty() || significant.len() > 8 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some(format!("0x{}", if significant.is_empty() { "0".to_owned() } else { significant.to_ascii_uppercase() }))
}

fn single_word(word: &str) -> Option<String> {
    if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return hexadecimal(digits);
    }
    let bytes = word.as_bytes();
    // A status or a result code without its `0x`: C0000005, 80004005.
    if bytes.len() == 8 && (word[..3].eq_ignore_ascii_case("c00") || &word[..3] == "800") {
        return hexadecimal(word);
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let digits = bytes.len() - letters;
    if (1..=3).contains(&letters)
        && (4..=5).contains(&digits)
        && bytes[letters..].iter().all(u8::is_ascii_digit)
        && PREFIXES.contains(&&word[..letters])
        && (digits == 4 || letters > 1)
    {
        return Some(word.to_owned());
    }
    None
}

/// `Event ID: 2410`, `error 2410`, `error number 3006`, `Error code: 1069`: the number after the announcing word that ends at `end`.
fn announced(text: &str, word: &[u8], end: usize) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let is_event = word.eq_ignore_ascii_case(b"event");
    let mut at = skip(bytes, end, b" ");
    let between: &[&str] = if is_event { &["id"] } else { &["code", "number", "no", "message", "msg"] };
    let named = between.iter().find(|w| {
        text.get(at..at + w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w))
            && !bytes.get(at + w.len()).is_some_and(u8::is_ascii_alphanumeric)
    });
    match named {
        Some(name) => at += name.len(),
        None if is_event => return None,
        None => {}
    }
    at = skip(bytes, at, b" :#.\"");
    let digits = bytes[at..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let next = bytes.get(at + digits);
    if digits == 0 || digits > 5 || at > end + 16 || next.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
        return None;
    }
    let number = text[at..at + digits].trim_start_matches('0');
    if number.is_empty() {
        return None;
    }
    Some((at + digits, format!("{} {number}", if is_event { "Event" } else { "Error" })))
}

fn skip(bytes: &[u8], mut at: usize, what: &[u8]) -> usize {
    while bytes.get(at).is_some_and(|b| what.contains(b)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn every_spelling_has_one_normal_form() {
        assert_eq!(distinct("STOP 0x0000000A, 0xa; 0X0A"), ["0xA"]);
        assert_eq!(distinct("C0000005 c0000005 80004005"), ["0xC0000005", "0x80004005"]);
        assert_eq!(distinct("Event ID: 2410\nType: Error"), ["Event 2410"]);
        assert_eq!(distinct("Error 2410, error code: 02410, Error number 3006"), ["Error 2410", "Error 3006"]);
        assert_eq!(distinct("error LNK2001, fatal error C1001: x, R6003"), ["LNK2001", "C1001", "R6003"]);
    }

    #[test]
    fn other_numbers_are_no_codes() {
        assert_eq!(distinct("Q164177 MSVCRT40 version 4.0, WD97, error in 1997, event 12, W2000, 12345678, Error 0"), [""; 0]);
    }
}
