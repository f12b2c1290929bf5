//! A line → how much it looks like a program, a command or a listing; a run of lines → what kind of preformatted text it is.

use super::block::Line;
use crate::event::PreKind;

/// First words of statements, sorted. Words that begin English sentences too are in [`PAIRS`].
const STATEMENTS: [&str; 184] = [
    "ADD",
    "ALTER",
    "APPEND",
    "Attribute",
    "BEGIN",
    "BOOL",
    "BROWSE",
    "BYTE",
    "CALL",
    "CASE",
    "CHAIN",
    "CHAR",
    "CLEAR",
    "CLOSE",
    "CLS",
    "COLOR",
    "COMMON",
    "COPY",
    "CObject",
    "CREATE",
    "CString",
    "CWnd",
    "Call",
    "Const",
    "DATA",
    "DECLARE",
    "DEFINE",
    "DEFINT",
    "DELETE",
    "DEVICE",
    "DEVICEHIGH",
    "DIM",
    "DO",
    "DRAW",
    "DROP",
    "DWORD",
    "Debug",
    "Declare",
    "Dim",
    "ELSE",
    "ELSEIF",
    "END",
    "ENDCASE",
    "ENDDO",
    "ENDFOR",
    "ENDFUNC",
    "ENDIF",
    "ENDPROC",
    "ENDSCAN",
    "ENDWITH",
    "ERASE",
    "EXEC",
    "EXIT",
    "Else",
    "ElseIf",
    "FIELD",
    "FOR",
    "FROM",
    "FUNCTION",
    "FindWindow",
    "Function",
    "GET",
    "GO",
    "GOSUB",
    "GOTO",
    "GRANT",
    "GoTo",
    "HANDLE",
    "HRESULT",
    "HWND",
    "IDispatch",
    "IF",
    "INPUT",
    "INSERT",
    "INT",
    "KILL",
    "LINE",
    "LIST",
    "LOCAL",
    "LOCATE",
    "LONG",
    "LOOP",
    "LPARAMETERS",
    "LPCTSTR",
    "LPSTR",
    "LPVOID",
    "LRESULT",
    "LSET",
    "Loop",
    "MsgBox",
    "NET",
    "NEXT",
    "ON",
    "OPEN",
    "OTHERWISE",
    "PACK",
    "PALETTE",
    "PARAMETERS",
    "PLAY",
    "PRINT",
    "PRIVATE",
    "PROCEDURE",
    "PSET",
    "PUBLIC",
    "PUT",
    "Private",
    "Public",
    "RANDOMIZE",
    "READ",
    "REM",
    "REPLACE",
    "RESTORE",
    "RETURN",
    "ReDim",
    "SCAN",
    "SCREEN",
    "SEEK",
    "SELECT",
    "SET",
    "SHARED",
    "SHELL",
    "SKIP",
    "STORE",
    "SUB",
    "SWAP",
    "Static",
    "Sub",
    "TYPE",
    "UINT",
    "UPDATE",
    "USE",
    "VIEW",
    "VOID",
    "WAIT",
    "WEND",
    "WHERE",
    "WHILE",
    "WIDTH",
    "WINDOW",
    "WORD",
    "Wend",
    "ZAP",
    "afx_msg",
    "assume",
    "char",
    "class",
    "cmp",
    "const",
    "db",
    "double",
    "dw",
    "else",
    "endp",
    "enum",
    "extern",
    "float",
    "int",
    "je",
    "jmp",
    "jne",
    "jnz",
    "jz",
    "lea",
    "long",
    "mov",
    "namespace",
    "pop",
    "private",
    "public",
    "push",
    "ret",
    "return",
    "short",
    "static",
    "struct",
    "sub",
    "switch",
    "template",
    "typedef",
    "unsigned",
    "using",
    "virtual",
    "void",
    "xor",
];

/// First two words of statements whose first word alone says nothing, sorted.
const PAIRS: [&str; 30] = [
    "Case Else",
    "Do Until",
    "Do While",
    "End Enum",
    "End Function",
    "End If",
    "End Property",
    "End Select",
    "End Sub",
    "End Type",
    "End With",
    "Exit Do",
    "Exit For",
    "Exit Function",
    "Exit Sub",
    "For Each",
    "On Error",
    "Open For",
    "Option Base",
    "Option Compare",
    "Option Explicit",
    "Property Get",
    "Property Let",
    "Property Set",
    "Select Case",
    "VERSION 4",
    "VERSION 5",
    "net start",
    "net stop",
    "net use",
];

/// For each byte where in [`STATEMENTS`] the words stand that begin with it: most lines are prose, and most of them end here.
const STATEMENTS_FROM: [(u8, u8); 256] = places(&STATEMENTS);

/// The same for [`PAIRS`].
const PAIRS_FROM: [(u8, u8); 256] = places(&PAIRS);

/// For each byte the range of `sorted` that begins with it.
const fn places(sorted: &[&str]) -> [(u8, u8); 256] {
    let mut table = [(0, 0); 256];
    let mut at = 0;
    while at < sorted.len() {
        let first = sorted[at].as_bytes()[0] as usize;
        if table[first].1 == 0 {
            table[first].0 = at as u8;
        }
        at += 1;
        table[first].1 = at as u8;
    }
    table
}

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
    if bytes.iter().any(|b| matches!(b, b'=' | b'>' | b':' | b'&' | b'|' | b'<')) {
        score += u32::from(bytes.windows(2).any(is_operator));
        score += 2 * u32::from(is_assignment(bytes));
    }
    score += u32::from(is_call(line));
    score += 2 * u32::from(line.ends_with(" _"));
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

/// Whether the first word of `line` is that of a statement.
pub(super) fn begins_with_statement(line: &str) -> bool {
    let end = line.bytes().position(|b| matches!(b, b' ' | b'(' | b'.' | b'=' | b':' | b';')).unwrap_or(line.len());
    let (word, rest) = (&line[..end], line.get(end + 1..).unwrap_or(""));
    // BASIC numbers its lines.
    let statement = if word.bytes().all(|b| b.is_ascii_digit()) { rest.split([' ', '(']).next().unwrap_or(word) } else { word };
    if is_statement(statement) {
        return true;
    }
    match word {
        "If" => line.contains(" Then"),
        "For" => line.contains(" = ") && line.contains(" To "),
        "Set" | "Let" => line.contains(" = "),
        "Next" => !rest.contains(' '),
        "Case" => !rest.contains("  ") && rest.split(' ').count() <= 3,
        "Print" | "Close" | "Open" | "Put" | "Get" | "Input" => rest.contains('#'),
        "if" | "for" | "while" | "switch" | "return" => {
            rest.starts_with('(') || line[word.len()..].starts_with('(') || line.ends_with(';')
        }
        "cd" | "copy" | "set" | "md" | "del" | "ren" | "attrib" | "extract" => rest.contains(['\\', '=', ':']),
        _ => {
            beginning_like(line, &PAIRS, &PAIRS_FROM).iter().any(|pair| line.starts_with(pair))
                && rest.find(' ').map_or(line.len(), |at| word.len() + 1 + at) <= 18
        }
    }
}

fn is_statement(word: &str) -> bool {
    beginning_like(word, &STATEMENTS, &STATEMENTS_FROM).binary_search(&word).is_ok()
}

/// Those of `sorted` that begin with the same byte as `text`.
fn beginning_like<'w>(text: &str, sorted: &'w [&'w str], places: &[(u8, u8); 256]) -> &'w [&'w str] {
    let (from, to) = text.bytes().next().map_or((0, 0), |first| places[usize::from(first)]);
    &sorted[usize::from(from)..usize::from(to)]
}

/// Whether a comment of C ends a line of code.
fn ends_in_comment(line: &str) -> bool {
    let code = match line.strip_suffix("*/") {
        Some(inner) => inner.rfind("/*").map(|at| &line[..at]),
        None => line.find(" //").map(|at| &line[..at]),
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
    use super::{PAIRS, STATEMENTS, is_statement, score};

    #[test]
    fn code_scores_and_prose_does_not() {
        assert!(STATEMENTS.is_sorted(), "{:?}", STATEMENTS.windows(2).find(|w| w[0] > w[1]));
        assert!(STATEMENTS.iter().all(|word| is_statement(word)));
        assert!(PAIRS.is_sorted() && PAIRS.iter().all(|pair| pair.contains(' ')));
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
