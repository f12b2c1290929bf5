//! A title → the series that it names before its colons, and the kind of article that follows from them.

use crate::article::{Heading, Kind};
use crate::strings::Strings;

/// Names before a colon that are a series although they are not written like a code.
const NAMES: [&str; 21] = [
    "AoE II",
    "Bug",
    "Dirsync",
    "Doc",
    "Doc Err",
    "DocErr",
    "Err Msg",
    "ErrMsg",
    "Error Message",
    "File",
    "Fix",
    "HOW TO",
    "How To",
    "Howto",
    "Info",
    "MS Mail",
    "Prb",
    "STOP Msg",
    "Sample",
    "Sched",
    "Win Cln",
];

/// Words that are written in capitals before a colon, but that name a thing and no series.
const NOT_SERIES: [&str; 8] = ["DOS", "MS-DOS", "LPT1", "COM1", "WARNING", "NOTE", "ERROR", "STOP"];

/// The series that `title` names, in order: `PC Win` and `Err Msg` for `PC Win: Err Msg: Cannot …`. A number before them
/// (`Q164177: `) is passed over.
pub fn series(title: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = without_number(title);
    while let Some((name, after)) = rest.split_once(':') {
        let name = name.trim_ascii();
        // A time, a path and a C++ scope have a colon too, but no blank after it; the archive forgets the blank only after a code.
        if after.starts_with([':', '\\', '/']) {
            break;
        }
        // `Windows Err Msg` is one of the error messages.
        match name.len().checked_sub("Err Msg".len()) {
            Some(at) if name.ends_with(" Err Msg") => found.push(&name[at..]),
            _ if NAMES.contains(&name) || is_code(name) || is_mail_series(name) => found.push(name),
            _ => break,
        }
        rest = after.trim_ascii_start();
    }
    found
}

fn without_number(title: &str) -> &str {
    let Some((number, rest)) = title.split_once(": ") else { return title };
    let is_number = number.strip_prefix('Q').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if is_number { rest } else { title }
}

/// Whether `name` is two to eight capitals and digits, a letter first: `XADM`, `WD97`, `FS2000`.
fn is_code(name: &str) -> bool {
    let bytes = name.as_bytes();
    (2..=8).contains(&bytes.len())
        && bytes[0].is_ascii_uppercase()
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !NOT_SERIES.contains(&name)
}

/// Whether `name` is a series of Microsoft Mail: `PC WRmt`, `Mac Srv`.
fn is_mail_series(name: &str) -> bool {
    let Some(part) = name.strip_prefix("PC ").or_else(|| name.strip_prefix("Mac ")) else { return false };
    (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The kind of an article that states none: from the series of its title, else from its sections, else from the keywords and the
/// text of a Programmer's Library article. `body` is the text of the body.
pub fn infer_kind(title: &str, headings: &[Heading], keywords: &Strings, body: &str) -> Option<Kind> {
    let from_title = series(title).into_iter().find_map(|name| match name.to_ascii_uppercase().as_str() {
        "PRB" | "ERR MSG" | "ERRMSG" | "ERROR MESSAGE" | "UNCONF" => Some(Kind::Problem),
        "BUG" | "FIX" => Some(Kind::Bug),
        "INFO" | "INF" | "DOC" | "DOCERR" | "SAMPLE" | "FILE" => Some(Kind::Information),
        "HOWTO" | "HOW TO" => Some(Kind::HowTo),
        _ => None,
    });
    if from_title.is_some() {
        return from_title;
    }
    let has = |name: &str| headings.iter().any(|heading| heading.level == 2 && heading.text.starts_with(name));
    if has("SYMPTOM") {
        return Some(Kind::Problem);
    }
    if has("SUMMARY") {
        return Some(Kind::Information);
    }
    let is_bug_list = |keyword: &str| keyword.starts_with("buglist") || keyword.starts_with("fixlist");
    let confirmed = || memchr::memmem::find(body.as_bytes(), b"Microsoft has confirmed this to be a").is_some();
    (keywords.iter().any(is_bug_list) || confirmed()).then_some(Kind::Bug)
}
