//! Error codes in running text: hexadecimal values, event ids, numbered errors, compiler and linker codes, each in one normal form, so
//! that `0x0000000A`, `0xa` and `0xA` are one code.

use std::ops::Range;

/// Letters that the compilers, linkers and tools of the archive put before a four- or five-digit message number.
const PREFIXES: [&str; 19] =
    ["A", "BC", "BK", "C", "CS", "CVT", "D", "EX", "L", "LNK", "M", "NM", "P", "PRJ", "R", "RC", "RW", "SB", "U"];

/// The codes of `text`, each with its bytes and its normal form: `0xA`, `Event 2410`, `Error 2410`, `LNK2001`.
///
/// Every code has a digit, and digits are rare in prose: the scan stops only at the first digit of a word.
pub fn codes(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(digit) = next_digit(bytes, at) {
            let start = digit - bytes[at..digit].iter().rev().take_while(|b| is_word(**b)).count();
            at = digit + bytes[digit..].iter().take_while(|b| is_word(**b)).count();
            let found = if at - start <= 5 && bytes[start..at].iter().all(u8::is_ascii_digit) {
                announced(text, start, at)
            } else {
                single_word(&text[start..at]).map(|code| (start..at, code))
            };
            if found.is_some() {
                return found;
            }
        }
        None
    })
}

/// Where the next digit is: blocks are looked at as a whole, which the compiler makes vector instructions of, then eight bytes at once.
fn next_digit(bytes: &[u8], mut at: usize) -> Option<usize> {
    const BLOCK: usize = 16;
    while let Some(block) = bytes[at..].first_chunk::<BLOCK>() {
        if block.iter().fold(false, |seen, b| seen | b.is_ascii_digit()) {
            let digits = block.as_chunks().0.iter().map(|eight| digits(u64::from_le_bytes(*eight)));
            let (half, found) = digits.enumerate().find(|(_, digits)| *digits != 0)?;
            return Some(at + half * 8 + found.trailing_zeros() as usize / 8);
        }
        at += BLOCK;
    }
    Some(at + bytes[at..].iter().position(u8::is_ascii_digit)?)
}

/// The highest bit of each of eight bytes, where that is a digit: what is left of one is less than ten.
fn digits(eight: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xFF;
    const LOW: u64 = EACH * 0x7F;
    let rest = eight ^ (EACH * b'0' as u64);
    let others = ((rest & LOW) + EACH * (0x80 - 10)) | rest;
    !others & !LOW
}

/// The bytes of words.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte as usize] = u8::is_ascii_alphanumeric(&byte) || byte == b'_';
        byte += 1;
    }
    table
};

fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
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
    let mut code = String::with_capacity(2 + significant.len().max(1));
    code.push_str("0x");
    code.push_str(if significant.is_empty() { "0" } else { significant });
    code[2..].make_ascii_uppercase();
    Some(code)
}

fn single_word(word: &str) -> Option<String> {
    let bytes = word.as_bytes();
    if let [b'0', b'x' | b'X', ..] = bytes {
        return hexadecimal(&word[2..]);
    }
    // A status or a result code without its `0x`: C0000005, 80004005.
    if bytes.len() == 8 && matches!(bytes, [b'c' | b'C', b'0', b'0', ..] | [b'8', b'0', b'0', ..]) {
        return hexadecimal(word);
    }
    if !(5..=8).contains(&bytes.len()) {
        return None;
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

/// `Event ID: 2410`, `error 2410`, `Error number 3006`, `error code: 1069`: what the words before the number at `start..end` announce.
fn announced(text: &str, start: usize, end: usize) -> Option<(Range<usize>, String)> {
    let mut before = &text.as_bytes()[..start];
    while let [rest @ .., b' ' | b':' | b'#' | b'.' | b'"'] = before {
        before = rest;
    }
    // A number far behind, or glued to a word, belongs to something else.
    if !(1..=6).contains(&(start - before.len())) {
        return None;
    }
    // Most numbers end here: the words below end in one of these letters.
    if !matches!(before.last()? | 0x20, b'r' | b'd' | b'e' | b'o' | b'g') {
        return None;
    }
    let before = &text[..before.len()];
    let digits = text[start..end].trim_start_matches('0');
    if digits.is_empty() {
        return None;
    }
    let (kind, announcing) = match last_word(before) {
        word if word.eq_ignore_ascii_case("error") => ("Error", before),
        word if word.eq_ignore_ascii_case("id") => ("Event", before[..before.len() - word.len()].trim_end_matches(' ')),
        word if ["code", "number", "no", "message", "msg"].iter().any(|name| word.eq_ignore_ascii_case(name)) => {
            ("Error", before[..before.len() - word.len()].trim_end_matches(' '))
        }
        _ => return None,
    };
    if !last_word(announcing).eq_ignore_ascii_case(kind) {
        return None;
    }
    Some((announcing.len() - kind.len()..end, format!("{kind} {digits}")))
}

/// The word that `text` ends with; empty where it ends with none.
fn last_word(text: &str) -> &str {
    let letters = text.bytes().rev().take(8).take_while(|b| is_word(*b)).count();
    &text[text.len() - letters..]
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
    fn a_digit_is_found_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..40 {
                let mut bytes = [b'/'; 40];
                bytes[place] = byte;
                assert_eq!(super::next_digit(&bytes, 0), byte.is_ascii_digit().then_some(place), "{byte} at {place}");
            }
        }
    }

    #[test]
    fn other_numbers_are_no_codes() {
        assert_eq!(distinct("Q164177 MSVCRT40 version 4.0, WD97, error in 1997, event 12, W2000, 12345678, Error 0"), [""; 0]);
    }
}
