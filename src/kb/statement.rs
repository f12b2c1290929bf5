//! The words with which lines of programs begin: those of BASIC, C, SQL, FoxPro, batch files and assemblers, as the archive has them.

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

/// The bytes that may follow the first word of a statement.
const ENDS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b' ' | b'(' | b'.' | b'=' | b':' | b';');
        byte += 1;
    }
    table
};

/// Whether the first word of `line` is that of a statement.
pub(super) fn begins_with_statement(line: &[u8]) -> bool {
    let end = line.iter().position(|b| ENDS_WORD[usize::from(*b)]).unwrap_or(line.len());
    let (word, rest) = (&line[..end], line.get(end + 1..).unwrap_or_default());
    // BASIC numbers its lines.
    let statement =
        if word.iter().all(u8::is_ascii_digit) { rest.split(|b| matches!(b, b' ' | b'(')).next().unwrap_or(word) } else { word };
    if is_statement(statement) {
        return true;
    }
    match word {
        b"If" => has(line, b" Then"),
        b"For" => has(line, b" = ") && has(line, b" To "),
        b"Set" | b"Let" => has(line, b" = "),
        b"Next" => !rest.contains(&b' '),
        b"Case" => !has(rest, b"  ") && rest.iter().filter(|b| **b == b' ').count() <= 2,
        b"Print" | b"Close" | b"Open" | b"Put" | b"Get" | b"Input" => rest.contains(&b'#'),
        b"if" | b"for" | b"while" | b"switch" | b"return" => {
            rest.starts_with(b"(") || line.get(end) == Some(&b'(') || line.ends_with(b";")
        }
        b"cd" | b"copy" | b"set" | b"md" | b"del" | b"ren" | b"attrib" | b"extract" => {
            rest.iter().any(|b| matches!(b, b'\\' | b'=' | b':'))
        }
        _ => {
            let second = || rest.iter().position(|b| *b == b' ').map_or(line.len(), |blank| end + 1 + blank);
            beginning_like(line, &PAIRS, &PAIRS_FROM).iter().any(|pair| line.starts_with(pair.as_bytes())) && second() <= 18
        }
    }
}

/// Whether `part` is in `line`.
fn has<const LEN: usize>(line: &[u8], part: &[u8; LEN]) -> bool {
    line.windows(LEN).any(|bytes| bytes == part)
}

fn is_statement(word: &[u8]) -> bool {
    beginning_like(word, &STATEMENTS, &STATEMENTS_FROM).iter().any(|statement| statement.as_bytes() == word)
}

/// Those of `sorted` that begin with the same byte as `text`.
fn beginning_like<'w>(text: &[u8], sorted: &'w [&'w str], places: &[(u8, u8); 256]) -> &'w [&'w str] {
    let (from, to) = text.first().map_or((0, 0), |first| places[usize::from(*first)]);
    &sorted[usize::from(from)..usize::from(to)]
}

#[cfg(test)]
mod tests {
    use super::{PAIRS, STATEMENTS, is_statement};

    #[test]
    fn the_words_are_found() {
        assert!(STATEMENTS.is_sorted(), "{:?}", STATEMENTS.windows(2).find(|w| w[0] > w[1]));
        assert!(STATEMENTS.iter().all(|word| is_statement(word.as_bytes())));
        assert!(PAIRS.is_sorted() && PAIRS.iter().all(|pair| pair.contains(' ')));
    }
}
