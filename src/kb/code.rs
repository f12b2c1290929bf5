//! A line → how much it looks like a program, a command or a listing; a run of lines → what kind of preformatted text it is.

use super::scan::Line;
use super::statement::begins_with_statement;
use crate::event::PreKind;

/// Bits for the bytes that [`score`] asks for, so that a line is read once for all of them: most have none but blanks.
const BLANK: u8 = 1;
const DOT: u8 = 2;
const SLASH: u8 = 4;
const BACKSLASH: u8 = 8;
const BRACKET: u8 = 16;
const EQUALS: u8 = 32;
/// The second byte of every operator.
const OPERATOR: u8 = 64;

/// The bits of each byte.
const SIGNS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' => BLANK,
            b'.' => DOT,
            b'/' => SLASH,
            b'\\' => BACKSLASH,
            b'(' => BRACKET,
            b'=' => EQUALS | OPERATOR,
            b'>' | b':' | b'&' | b'|' | b'<' => OPERATOR,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// 0 for prose, 1 for a hint, 2 and more for code.
pub(super) fn score(line: &[u8]) -> u32 {
    let Some((&first, &last)) = line.first().zip(line.last()) else { return 0 };
    let signs = line.iter().fold(0, |seen, byte| seen | SIGNS[usize::from(*byte)]);
    let has = |sign| signs & sign != 0;
    let mut score = 0;
    if begins_like_code(line, first) {
        score += 2;
    }
    score += u32::from(begins_with_statement(line));
    if matches!(last, b';' | b'{' | b'}') || has(SLASH) && ends_in_comment(line) {
        score += 2;
    }
    score += u32::from(has(OPERATOR) && line.windows(2).any(is_operator));
    score += 2 * u32::from(has(EQUALS) && is_assignment(line));
    score += u32::from(has(BRACKET) && is_call(line));
    score += 2 * u32::from(last == b'_' && line.ends_with(b" _"));
    score += u32::from(has(DOT) && has(BRACKET | EQUALS) && has_member(line));
    score += u32::from(!has(BLANK) && has(SLASH | BACKSLASH) && is_path(line));
    score
}

fn begins_like_code(line: &[u8], first: u8) -> bool {
    match first {
        b'/' => line.starts_with(b"//") || line.starts_with(b"/*"),
        b'*' => matches!(line.get(1), Some(b'/' | b' ')) || line.starts_with(b"** ") || line.starts_with(b"*--"),
        b'<' => line.starts_with(b"<%") || line.starts_with(b"<!--") || is_tag(line),
        b'%' => line.starts_with(b"%>"),
        b'#' => {
            let rest = line[1..].trim_ascii_start();
            ["include", "define", "if", "else", "endif", "pragma"].iter().any(|word| rest.starts_with(word.as_bytes()))
        }
        b'@' => line.starts_with(b"@echo"),
        b'&' => line.starts_with(b"&&"),
        b'\'' => line.get(1) == Some(&b' ') || !line[1..].contains(&b'\''),
        b';' | b'{' | b'}' | b')' | b'!' | b'>' => true,
        b'[' => line.ends_with(b"]") && line.len() <= 62,
        b'R' | b'r' => line.starts_with(b"REM ") || line.starts_with(b"rem "),
        b'H' => line.starts_with(b"HKEY_") || line.starts_with(b"HKLM") || line.starts_with(b"HKCU"),
        _ => line.get(1) == Some(&b':') && first.is_ascii_alphabetic() && line.contains(&b'>'),
    }
}

/// Whether `line` begins with a tag of HTML or a placeholder.
fn is_tag(line: &[u8]) -> bool {
    let name = line[1..].iter().find(|b| **b != b'/');
    name.is_some_and(u8::is_ascii_alphanumeric) && line.contains(&b'>')
}

/// Whether a comment of C ends a line of code.
fn ends_in_comment(line: &[u8]) -> bool {
    let code = match line.strip_suffix(b"*/") {
        Some(inner) => memchr::memmem::rfind(inner, b"/*").map(|at| &line[..at]),
        None => line.windows(3).position(|signs| signs == b" //").map(|at| &line[..at]),
    };
    code.is_some_and(|code| matches!(code.trim_ascii_end().last(), Some(b';' | b'{' | b'}')))
}

/// Two signs that are found together in programs only.
fn is_operator(pair: &[u8]) -> bool {
    SIGNS[usize::from(pair[1])] & OPERATOR != 0
        && matches!(pair, b"==" | b"!=" | b":=" | b"->" | b"::" | b"&&" | b"||" | b"+=" | b"<>" | b"<<" | b">>")
}

/// `name = value`, where `name` is one word.
fn is_assignment(line: &[u8]) -> bool {
    let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.$#%&![]()\"\\:".contains(b)).count();
    let rest = line[name..].trim_ascii_start();
    name > 0 && rest.first() == Some(&b'=') && !rest[1..].trim_ascii_start().is_empty()
}

/// `name(…)`, perhaps with a semicolon, and nothing else.
fn is_call(line: &[u8]) -> bool {
    let end = line.iter().rposition(|b| !matches!(b, b';' | b' ')).map_or(0, |last| last + 1);
    let Some(call) = line[..end].strip_suffix(b")") else { return false };
    let Some(bracket) = call.iter().position(|b| *b == b'(') else { return false };
    let (name, arguments) = (&call[..bracket], &call[bracket..]);
    !arguments.contains(&b')') && name.last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') && !name.contains(&b' ')
}

/// `object.member(` or `object.member =`.
fn has_member(line: &[u8]) -> bool {
    memchr::memchr_iter(b'.', line).any(|dot| {
        let rest = &line[dot + 1..];
        let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let after = &rest[name..];
        dot > 0
            && name > 0
            && line[dot - 1].is_ascii_alphanumeric()
            && (after.first() == Some(&b'(') || after.trim_ascii_start().first() == Some(&b'='))
    })
}

/// Whether a line of one word has two slashes or backslashes and is no address.
fn is_path(line: &[u8]) -> bool {
    line.iter().filter(|b| matches!(b, b'\\' | b'/')).count() >= 2 && !line.windows(3).any(|signs| signs == b"://")
}

/// What kind of preformatted text `lines` are; blank ones do not count.
pub(super) fn kind(text: &str, lines: &[Line]) -> PreKind {
    let mut left = lines.iter().filter(|line| !line.is_blank()).count();
    let all = left;
    let is_code = |sure: usize, hinted: usize| (sure > 0 && sure * 3 >= all) || (hinted * 5 >= all * 3 && (sure >= 1 || all >= 3));
    let (mut sure, mut hinted) = (0, 0);
    for line in lines.iter().filter(|line| !line.is_blank()) {
        // Most blocks are told before their last line.
        if is_code(sure, hinted) || !is_code(sure + left, hinted + left) {
            break;
        }
        let score = score(line.bytes(text));
        left -= 1;
        sure += usize::from(score >= 2);
        hinted += usize::from(score >= 1);
    }
    if is_code(sure, hinted) {
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
    // How many lines have text after two blanks in each column, and in that which most have it in.
    let (mut columns, mut same) = ([0u16; 128], 0u16);
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let content = line.bytes(text);
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
                same = same.max(*count);
            }
            run = 0;
        }
    }
    let same = usize::from(same);
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
            assert!(score(code.as_bytes()) >= 1, "{code}");
        }
        for prose in
            ["Click OK, and then close the window.", "For more information, see the manual.", "On the File menu, click Open."]
        {
            assert_eq!(score(prose.as_bytes()), 0, "{prose}");
        }
    }
}
