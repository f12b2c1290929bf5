//! An old knowledge-base text file (`DOCUMENT:Q10022  07-SEP-2001  [word97]`) → the article that an archive of them has: the header in its
//! later form, the text as it stands, without the legal notice at the end.
//!
//! One blank at the start of each line is dropped, as the public archive has it, so that an article comes out the same from either. Where
//! that archive spells characters beyond ASCII as numbers (`<A0>`), the characters themselves are written: that is what readers look for.

use crate::front_matter::quoted;
use crate::load::DiskFile;
use crate::source::{SourceFile, with_line_feeds};

/// The fields before the first rule, in order.
const LABELS: [&str; 6] = ["DOCUMENT", "TITLE", "PRODUCT", "PROD/VER", "OPER/SYS", "KEYWORDS"];

/// Whether the file's name is one of such a file.
pub(super) fn may_be(file: &DiskFile) -> bool {
    file.relative.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("txt"))
}

/// The path in the content directory and the text of the article, or what is wrong and at which byte.
pub(super) fn article(file: &SourceFile) -> Result<(String, String), (String, usize)> {
    let text = &file.text;
    let (fields, body) = header(text)?;
    let (id, date) = document(&fields[0]).ok_or_else(|| ("the first line is not `DOCUMENT:Q123456  31-DEC-1999`".to_owned(), 0))?;
    let number: u32 = id[1..].parse().map_err(|_| (format!("`{id}` is not an article number"), 0))?;
    let folder = format!("{:03}/{id}", number / 1000);
    let title = format!("{id}: {}", fields[1]);
    let mut out =
        format!("---\nlayout: page\ntitle: {}\npermalink: /kb/{folder}/\n---\n\n## {title}\n\n{{% raw %}}\n\n", quoted(&title));
    let versions = fields[3].strip_prefix(':').unwrap_or(&fields[3]);
    let header = [
        format!("Article: {id}"),
        format!("Product(s): {}", fields[2]),
        format!("Version(s): {versions}"),
        format!("Operating System(s): {}", fields[4]),
        format!("Keyword(s): {}", fields[5]),
        format!("Last Modified: {date}"),
        String::new(),
    ];
    for line in header.iter().map(String::as_str).chain(without_notice(body)) {
        out.push('\t');
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("\n{% endraw %}\n");
    Ok((format!("kb/{folder}/README.md"), out))
}

/// The text with lines that end as they do today, and the letters for the five bytes that windows-1252 leaves open: files that have them
/// were written under MS-DOS. Every character stays at its place.
pub(super) fn readable(text: &str) -> String {
    const LETTERS: [(char, char); 5] = [('\u{81}', 'ü'), ('\u{8d}', 'ì'), ('\u{8f}', 'Å'), ('\u{90}', 'É'), ('\u{9d}', '¥')];
    let letter = |c: char| LETTERS.iter().find(|(byte, _)| *byte == c).map(|(_, letter)| *letter);
    with_line_feeds(text).chars().map(|c| letter(c).unwrap_or(c)).collect()
}

/// The values of [`LABELS`], and the text after the first rule.
fn header(text: &str) -> Result<([String; 6], &str), (String, usize)> {
    let mut values: [String; 6] = std::array::from_fn(|_| String::new());
    let mut offset = 0;
    let mut current = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if let Some((label, value)) = line.split_once(':')
            && let Some(found) = LABELS.iter().position(|known| *known == label.trim_end())
        {
            current = Some(found);
            values[found] = value.to_owned();
        } else if line.len() >= 60 && line.bytes().all(|byte| byte == b'=') {
            return Ok((values, &text[offset..]));
        } else if index == 0 {
            break;
        } else if line.trim().is_empty() {
            // Some files have no rule below their keywords.
            if current == Some(LABELS.len() - 1) && !text[offset..].trim_start().starts_with("====") {
                return Ok((values, &text[offset..]));
            }
        } else if let Some(current) = current {
            // A long value goes on in the next line.
            let value = &mut values[current];
            if !value.ends_with(' ') && !line.starts_with(' ') {
                value.push(' ');
            }
            value.push_str(line);
        } else {
            return Err((format!("`{line}` is not a field of the header"), start));
        }
    }
    Err(("the file does not begin with the header of an article: `DOCUMENT:Q123456  31-DEC-1999`".to_owned(), 0))
}

/// `Q10022  07-SEP-2001  [word97]` → number and date.
fn document(value: &str) -> Option<(&str, &str)> {
    let mut words = value.split_whitespace();
    let (id, date) = (words.next()?, words.next()?);
    let digits = id.strip_prefix('Q')?;
    let is_number = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && crate::front_matter::parse_date(date).is_some()).then_some((id, date))
}

/// The lines of the body, each without the first of its leading blanks, up to the rule above the legal notice.
fn without_notice(body: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = body.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let is_rule = |line: &&str| line.len() >= 75 && line.bytes().all(|byte| byte == b'=');
    let has_notice =
        |from: usize| lines[from..].iter().any(|line| line.starts_with("THE INFORMATION PROVIDED IN THE MICROSOFT KNOWLEDGE BASE"));
    if let Some(rule) = lines.iter().rposition(is_rule).filter(|rule| has_notice(*rule)) {
        lines.truncate(rule + 1);
    }
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    lines.push("");
    let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or_default();
    lines.into_iter().skip(first).map(|line| line.strip_prefix(' ').unwrap_or(line)).collect()
}
