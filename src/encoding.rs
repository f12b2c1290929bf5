//! The bytes of a file → text. UTF-8, or what the site says its old files are in.

use std::sync::Arc;

use crate::config::Encoding;
use crate::diagnostic::{Diagnostic, code};
use crate::source::{Span, line_column};

/// What Windows-1252 has at 0x80 to 0x9F; the five values that it leaves open are the control characters of Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of the file at `path`. Bytes that are not UTF-8 are read as `fallback`; without one they are a problem, and each becomes
/// U+FFFD.
pub fn decode(path: &Arc<str>, bytes: Vec<u8>, fallback: Option<Encoding>) -> (String, Option<Diagnostic>) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error,
    };
    let offset = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    if let Some(Encoding::Windows1252) = fallback {
        return (bytes.into_iter().map(windows_1252).collect(), None);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let line = line_column(&text, offset).line;
    let help = match bytes.get(..2) {
        Some([0xFF, 0xFE] | [0xFE, 0xFF]) => "the file is UTF-16: save it as UTF-8",
        _ => {
            "save the file as UTF-8; if all old files are Western European, set `encoding_fallback = \"windows-1252\"` under `[articles]`"
        }
    };
    let problem = Diagnostic::error(code::NOT_UTF8, format!("byte {offset} (0x{:02X}, line {line}) is not UTF-8", bytes[offset]))
        .at(path, Span::new(offset..offset + '\u{fffd}'.len_utf8()))
        .help(help);
    (text, Some(problem))
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::decode;
    use crate::config::Encoding;

    #[test]
    fn bytes_that_are_not_utf8_are_named_by_offset_and_line() {
        let (text, problem) = decode(&Arc::from("a.md"), b"one\ncaf\xe9 two".to_vec(), None);
        let problem = problem.expect("there is one");
        assert_eq!(problem.message, "byte 7 (0xE9, line 2) is not UTF-8");
        assert_eq!(&text[problem.location.expect("it has a place").span.range()], "\u{fffd}");
    }

    #[test]
    fn old_files_are_read_as_the_site_says() {
        let bytes = b"\x93caf\xe9\x94 \x80 \x81".to_vec();
        let (text, problem) = decode(&Arc::from("a.md"), bytes, Some(Encoding::Windows1252));
        assert_eq!((text.as_str(), problem), ("“café” € \u{81}", None));
        let (text, _) = decode(&Arc::from("a.md"), "“é”".into(), Some(Encoding::Windows1252));
        assert_eq!(text, "“é”");
    }
}
