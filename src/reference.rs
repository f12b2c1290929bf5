//! Article numbers in running text: `Q164177`. One scanner for both body formats and for front matter, so that a number is a
//! reference everywhere or nowhere.

use std::ops::Range;

/// Ends of file names that look like a number: `Q244599.exe` is a download, not an article.
const FILE_NAME_ENDS: [&str; 8] = ["exe", "txt", "cab", "zip", "htm", "asp", "hlp", "dll"];

/// The article numbers of `text`, each with its bytes (`Q` included) and its value.
///
/// A number is `Q` or `q` and five or six digits, not inside a word, a path or a file name. A title may be glued to it
/// (`Q65416Hardware Compatibility List`), as in many of the old articles.
pub fn references(text: &str) -> impl Iterator<Item = (Range<usize>, u32)> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'Q', b'q', bytes).filter_map(move |start| {
        if start > 0 && is_part_of_name(bytes[start - 1]) {
            return None;
        }
        let digits = bytes[start + 1..].iter().take(7).take_while(|b| b.is_ascii_digit()).count();
        if !(5..=6).contains(&digits) {
            return None;
        }
        let end = start + 1 + digits;
        if !may_follow(&bytes[end..]) {
            return None;
        }
        let number = text[start + 1..end].parse().ok()?;
        Some((start..end, number))
    })
}

fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\' | b'/' | b'.')
}

/// Whether a number may end before `rest`: not before a letter, unless a whole word is glued to it; not before a file name's end.
fn may_follow(rest: &[u8]) -> bool {
    match rest.first() {
        None => true,
        Some(b'.') => {
            let word = rest[1..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            !FILE_NAME_ENDS.iter().any(|end| rest[1..=word].eq_ignore_ascii_case(end.as_bytes()))
        }
        Some(b) if b.is_ascii_alphabetic() => rest.len() >= 3 && rest[..3].iter().all(u8::is_ascii_alphabetic),
        Some(b) => !(b.is_ascii_digit() || *b == b'_'),
    }
}

#[cfg(test)]
mod tests {
    use super::references;

    fn numbers(text: &str) -> Vec<u32> {
        references(text).map(|(_, n)| n).collect()
    }

    #[test]
    fn finds_numbers_in_every_form_of_the_archive() {
        assert_eq!(numbers("see Q164177, [Q10022] and q 12345; Q65416Hardware List."), [164_177, 10_022, 65_416]);
        assert_eq!(numbers("kb;EN-US;q154512 Q123456."), [154_512, 123_456]);
    }

    #[test]
    fn leaves_file_names_paths_and_words_alone() {
        assert_eq!(numbers("Q244599.exe Q244599a.exe /Q164177 EQ12345 Q1234 Q1234567 Q123456_x"), [0u32; 0]);
    }
}
