//! A line → how much it looks like a program, a command or a listing; a run of lines → what kind of preformatted text it is.

use super::block::Line;
use super::statement::begins_with_statement;
use crate::event::PreKind;

/// 0 for prose, 1 for a hint, 2 and more for code.
pub(super) fn score(line: &str) -> u32 {
    let bytes = line.as_bytes();
    let Some((&first, &last)) = bytes.first().zip(bytes.last()) else { return 0 };
    let mut score = 0;
    if begins_like_code(line, first) {
        score += 2;
    }
    if begins_with_statement(line) {
        score += 1;
    }
    if matches!(last, b';' | b'{' | b'}') || ends_in_comment(line) {
        score += 2;
    }
    if memchr::memchr3(b'=', b'>', b':', bytes).or_else(|| memchr::memchr3(b'&', b'|', b'<', bytes)).is_some() {
        score += u32::from(bytes.windows(2).any(|pair| !pair[0].is_ascii_alphanumeric() && is_operator(pair)));
        score += 2 * u32::from(is_assignment(bytes));
    }
    score += u32::from(is_call(line));
    score += 2 * u32::from(last == b'_' && line.ends_with(" _"));
    score += u32::from(has_member(bytes));
    score += u32::from(is_path(bytes));
    score
}

fn begins_like_code(line: &str, first: u8) -> bool {
    match first {
        b'/' => line.starts_with("//") || line.starts_with("/*"),
        b'*' => line.starts_with("*/") || line.starts_with("* ") || line.starts_with("** ") || line.starts_with("*--"),
        b'<' => line.starts_with("<%") || line.starts_with("<!--") || is_tag(line),
        b'%' => line.starts_with("%>"),
        b'#' => {
            ["include", "define", "if", "else", "endif", "pragma"].iter().any(|word| line[1..].trim_ascii_start().starts_with(word))
        }
        b'@' => line.starts_with("@echo"),
        b'&' => line.starts_with("&&"),
        b'\'' => line.bytes().filter(|b| *b == b'\'').count() == 1 || line.starts_with("' "),
        b';' | b'{' | b'}' | b')' | b'!' | b'>' => true,
        b'[' => line.ends_with(']') && line.len() <= 62,
        b'R' | b'r' => line.starts_with("REM ") || line.starts_with("rem "),
        b'H' => line.starts_with("HKEY_") || line.starts_with("HKLM") || line.starts_with("HKCU"),
        _ => line.as_bytes().get(1) == Some(&b':') && first.is_ascii_alphabetic() && line.contains('>'),
    }
}

/// Whether `line` begins with a tag of HTML or a placeholder.
fn is_tag(line: &str) -> bool {
    let name = line[1..].trim_start_matches('/');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && line.contains('>')
}

/// Whether a comment of C ends a line of code.
fn ends_in_comment(line: &str) -> bool {
    let code = match line.strip_suffix("*/") {
        Some(inner) => inner.rfind("/*").map(|at| &line[..at]),
        None => {
            let bytes = line.as_bytes();
            let mut slashes = memchr::memchr_iter(b'/', bytes);
            let comment = slashes.find(|&at| at > 0 && bytes[at - 1] == b' ' && bytes.get(at + 1) == Some(&b'/'));
            comment.map(|at| &line[..at - 1])
        }
    };
    code.is_some_and(|code| code.trim_ascii_end().ends_with([';', '{', '}']))
}

/// Two signs that are found together in programs only.
fn is_operator(pair: &[u8]) -> bool {
    matches!(pair, b"==" | b"!=" | b":=" | b"->" | b"::" | b"&&" | b"||" | b"+=" | b"<>" | b"<<" | b">>")
}

/// `name = value`, where `name` is one word.
fn is_assignment(bytes: &[u8]) -> bool {
    let name = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.$#%&![]()\"\\:".contains(b)).count();
    let rest = bytes[name..].trim_ascii_start();
    name > 0 && rest.first() == Some(&b'=') && !rest[1..].trim_ascii_start().is_empty()
}

/// `name(…)`, perhaps with a semicolon, and nothing else.
fn is_call(line: &str) -> bool {
    let Some(open) = line.trim_end_matches([';', ' ']).strip_suffix(')') else { return false };
    let Some((name, arguments)) = open.split_once('(') else { return false };
    !arguments.contains(')') && name.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && !name.contains(' ')
}

/// `object.member(` or `object.member =`.
fn has_member(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'.', bytes).any(|dot| {
        let rest = &bytes[dot + 1..];
        let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let after = &rest[name..];
        dot > 0
            && name > 0
            && bytes[dot - 1].is_ascii_alphanumeric()
            && (after.first() == Some(&b'(') || after.trim_ascii_start().first() == Some(&b'='))
    })
}

/// One word with two slashes or backslashes in it.
fn is_path(bytes: &[u8]) -> bool {
    !bytes.contains(&b' ')
        && bytes.iter().filter(|b| matches!(b, b'\\' | b'/')).count() >= 2
        && memchr::memmem::find(bytes, b"://").is_none()
}

/// What kind of preformatted text `lines` are; blank ones do not count.
pub(super) fn kind(text: &str, lines: &[Line]) -> PreKind {
    let (mut all, mut sure, mut hinted) = (0usize, 0usize, 0usize);
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let score = score(line.text(text));
        all += 1;
        sure += usize::from(score >= 2);
        hinted += usize::from(score >= 1);
    }
    if (sure > 0 && sure * 3 >= all) || (hinted * 5 >= all * 3 && (sure >= 1 || all >= 3)) {
        PreKind::Code
    } else if is_table(text, lines) {
        PreKind::Table
    } else {
        PreKind::Text
    }
}

/// Whether columns can be seen: rules between them, bars, or blanks at the same place in most lines.
fn is_table(text: &str, lines: &[Line]) -> bool {
    let (mut all, mut bars, mut gapped, mut ruled) = (0usize, 0usize, false, false);
    let mut columns = [0u16; 128];
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let content = line.text(text).as_bytes();
        if content.iter().all(|b| matches!(b, b'-' | b'=' | b'_' | b'+' | b'|' | b' ')) {
            if memchr::memmem::find(content, b"- -").is_some()
                || memchr::memmem::find(content, b"-  -").is_some()
                || memchr::memmem::find(content, b"-+-").is_some()
            {
                return true;
            }
            ruled = true;
            continue;
        }
        all += 1;
        bars += usize::from(memchr::memchr_iter(b'|', content).nth(1).is_some());
        if line.gaps == 0 && !line.wide {
            continue;
        }
        gapped = true;
        let mut run = 0;
        for (at, byte) in content.iter().enumerate() {
            if *byte == b' ' {
                run += 1;
                continue;
            }
            if run >= 2
                && let Some(count) = columns.get_mut(at + usize::from(line.indent))
            {
                *count = count.saturating_add(1);
            }
            run = 0;
        }
    }
    let same = columns.iter().copied().max().map_or(0, usize::from);
    (bars > 0 && bars * 2 >= all) || (ruled && gapped) || (same >= 2 && same * 5 >= all * 3)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn code_scores_and_prose_does_not() {
        for code in
            ["x = y + 1", "printf(\"%d\\n\", i);", "' a comment", "Dim s As String = 1", "#include <stdio.h>", "If a Then b = 1"]
        {
            assert!(score(code) >= 1, "{code}");
        }
        for prose in
            ["Click OK, and then close the window.", "For more information, see the manual.", "On the File menu, click Open."]
        {
            assert_eq!(score(prose), 0, "{prose}");
        }
    }
}
