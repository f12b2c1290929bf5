//! What a build wrote: the manifest in the output directory. It says which files are ours (only those are ever replaced or removed) and
//! from which inputs they came (so that a build with nothing changed can stop before it parses anything). It is read as untrusted data:
//! a wrong manifest may cost time, never correctness.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

/// Name of the manifest, at the top of the output directory.
pub const FILE_NAME: &str = ".kbpress-manifest";

/// Name of the journal: while it is there, a build is changing the output, or was ended while it did.
pub const JOURNAL_NAME: &str = ".kbpress-journal";

/// What the names of our own files at the top of the output begin with; no page can have such a name.
pub const RESERVED: &str = ".kbpress-";

/// First line of a manifest that this version understands.
const HEADER: &str = "kbpress manifest 3";
/// First line of a journal that this version understands.
const JOURNAL_HEADER: &str = "kbpress journal 2";

/// The size and the hash of one file of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Bytes.
    pub size: u64,
    /// The XXH3 hash of 128 bits. It guards against chance: whoever can alter a file of the output can alter the manifest too.
    pub hash: [u8; 16],
}

impl Entry {
    /// The entry of a file with this content.
    pub fn of(bytes: &[u8]) -> Self {
        Self { size: bytes.len() as u64, hash: xxh3_128(bytes).to_be_bytes() }
    }
}

/// The files of an output and the inputs that they came from.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// A hash over everything that the build read.
    pub inputs: String,
    /// The first day on which the same inputs give another output (an article is due or expires); `None` where there is none.
    pub until: Option<Date>,
    /// Pages of the site, for the summary of a build that had nothing to do.
    pub pages: usize,
    /// How many warnings of each code the build had, which one with nothing to do must not keep to itself.
    pub warnings: BTreeMap<Box<str>, usize>,
    /// Files by their path in the output.
    pub entries: BTreeMap<Box<str>, Entry>,
}

impl Manifest {
    /// The manifest as text: one line a file, sorted by path.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.entries.len() * 72 + 200);
        let until = self.until.map_or_else(|| "-".to_owned(), |date| date.to_string());
        let _ = writeln!(out, "{HEADER}\n{}\n{until}\n{}", self.inputs, self.pages);
        let warnings: Vec<String> = self.warnings.iter().map(|(code, count)| format!("{code}={count}")).collect();
        let _ = writeln!(out, "{}", warnings.join(" "));
        for (path, entry) in &self.entries {
            push_line(&mut out, path, entry);
        }
        out
    }

    /// The manifest in `text`; `None` where it is not one, or another version's, or damaged in any line.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != HEADER {
            return None;
        }
        let inputs = lines.next()?.to_owned();
        let until = match lines.next()? {
            "-" => None,
            date => Some(date.parse().ok()?),
        };
        let pages = lines.next()?.parse().ok()?;
        let warnings = lines.next()?.split_terminator(' ').map(parse_count).collect::<Option<_>>()?;
        let lines: Vec<&str> = lines.collect();
        let entries: Vec<(Box<str>, Entry)> = lines.par_iter().map(|line| parse_line(line)).collect::<Option<_>>()?;
        let entries = entries.into_iter().collect();
        Some(Self { inputs, until, pages, warnings, entries })
    }
}

/// A journal: the files that a build is about to put into the output, or has put there, as text. A path may come more than once.
pub fn journal_text<'a>(entries: impl IntoIterator<Item = (&'a str, Entry)>) -> String {
    let mut out = format!("{JOURNAL_HEADER}\n");
    for (path, entry) in entries {
        push_line(&mut out, path, &entry);
    }
    out
}

/// The journal in `text`; `None` where it is not one, or another version's, or damaged in any line.
pub fn parse_journal(text: &str) -> Option<Vec<(Box<str>, Entry)>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next()? != JOURNAL_HEADER {
        return None;
    }
    lines.map(parse_line).collect()
}

fn push_line(out: &mut String, path: &str, entry: &Entry) {
    // Formatting byte by byte would take longer than all else here.
    for byte in entry.hash {
        for digit in [byte >> 4, byte & 0xF] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    let _ = writeln!(out, " {} {path}", entry.size);
}

fn parse_count(text: &str) -> Option<(Box<str>, usize)> {
    let (code, count) = text.split_once('=')?;
    // It is printed as it is.
    let is_code = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_code.then_some((code.into(), count.parse().ok()?))
}

fn parse_line(line: &str) -> Option<(Box<str>, Entry)> {
    let (hex, rest) = line.split_once(' ')?;
    let (size, path) = rest.split_once(' ')?;
    // A path of a hostile manifest must not name a file outside the output.
    crate::permalink::OutPath::from_file(path).ok()?;
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    let mut hash = [0; 16];
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
    }
    Some((path.into(), Entry { size: size.parse().ok()?, hash }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let mut manifest =
            Manifest { inputs: "abc".into(), until: Some(jiff::civil::date(2026, 12, 1)), pages: 1, ..Manifest::default() };
        manifest.entries.insert("a b/index.html".into(), Entry::of(b"x"));
        manifest.entries.insert("index.html".into(), Entry::of(b""));
        manifest.warnings.insert("dead-link".into(), 3);
        manifest.warnings.insert("no-title".into(), 1);
        assert_eq!(Manifest::parse(&manifest.to_text()), Some(manifest));
    }

    #[test]
    fn a_journal_may_name_a_path_twice() {
        let entries = [("a", Entry::of(b"x")), ("a", Entry::of(b"y"))];
        let read = parse_journal(&journal_text(entries)).unwrap();
        assert_eq!(read.iter().map(|(path, entry)| (&**path, *entry)).collect::<Vec<_>>(), entries);
        assert_eq!(parse_journal(&journal_text([("../a", Entry::of(b""))])), None);
        assert_eq!(parse_journal(""), None);
    }

    #[test]
    fn a_damaged_or_hostile_manifest_is_none() {
        let good = Manifest::default().to_text();
        for bad in [
            String::new(),
            good.replace("manifest 3", "manifest 2"),
            format!("{good}x\n"),
            format!("{good}{} 1 ../x\n", "0".repeat(32)),
            format!("{good}{} 1 /x\n", "0".repeat(32)),
            format!("{good}{} x y\n", "0".repeat(32)),
        ] {
            assert_eq!(Manifest::parse(&bad), None, "{bad}");
        }
    }
}
