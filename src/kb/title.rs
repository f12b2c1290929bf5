//! A title → the series that it names before its colons, and the kind of article that follows from them.

use crate::article::{Heading, Kind};

/// Names before a colon that are a series although they are not written like a code.
const NAMES: [&str; 42] = [
    "AoE II", "Err Msg", "ErrMsg", "Error Message", "HOW TO", "Howto", "How To", "Mac Adm", "Mac Srv", "Mac Wkst", "PC Adm", "PC DB",
    "PC DirSync", "PC Dispatch", "PC Ext", "PC Forms", "PC Gen", "PC MMTA", "PC Rmt", "PC Sched", "PC WRmt", "PC WSPlus", "PC Win",
    "PC WinRmt", "PC Wkst", "MS Mail", "Sched", "Gen", "Doc", "Bug", "Fix", "Info", "Sample", "File", "Prb", "DocErr", "XFOR MSMI",
    "Dirsync", "Win Cln", "DS Mail", "WinRmt", "OS2 Wkst",
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
        if after.starts_with([':', '\\', '/']) || !(NAMES.contains(&name) || is_code(name)) {
            break;
        }
        found.push(name);
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

/// The kind of an article that states none: from the series of its title, else from its sections, else from the keywords and the
/// text of a Programmer's Library article. `body` is the text of the body.
pub fn infer_kind(title: &str, headings: &[Heading], keywords: &[String], body: &str) -> Option<Kind> {
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
    let is_bug_list = |keyword: &String| keyword.starts_with("buglist") || keyword.starts_with("fixlist");
    let confirmed = || memchr::memmem::find(body.as_bytes(), b"Microsoft has confirmed this to be a").is_some();
    (keywords.iter().any(is_bug_list) || confirmed()).then_some(Kind::Bug)
}
