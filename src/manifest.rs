//! What a build wrote: the manifest in the output directory. It says which files are ours (only those are ever replaced or removed) and
//! from which inputs they came (so that a build with nothing changed can stop before it parses anything). It is read as untrusted data:
//! a wrong manifest may cost time, never correctness.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

/// Name of the manifest, at the top of the output directory.
pub const FILE_NAME: &str = ".kbpress-manifest";

/// First line of a manifest that this version understands.
const HEADER: &str = "kbpress manifest 1";

/// The size and the hash of one file of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Bytes.
    pub size: u64,
    /// First half of the BLAKE3 hash.
    pub hash: [u8; 16],
}

impl Entry {
    /// The entry of a file with this content.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 16];
        hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Self { size: bytes.len() as u64, hash }
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
    /// Files by their path in the output.
    pub entries: BTreeMap<Box<str>, Entry>,
}

impl Manifest {
    /// The manifest as text: one line a file, sorted by path.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.entries.len() * 72 + 200);
        let until = self.until.map_or_else(|| "-".to_owned(), |date| date.to_string());
        let _ = writeln!(out, "{HEADER}\n{}\n{until}\n{}", self.inputs, self.pages);
        for (path, entry) in &self.entries {
            push_hex(&mut out, &entry.hash);
            let _ = writeln!(out, " {} {path}", entry.size);
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
        let entries = lines.map(parse_line).collect::<Option<_>>()?;
        Some(Self { inputs, until, pages, entries })
    }
}

/// Formatting byte by byte would take longer than all else here.
fn push_hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xF] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
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
        assert_eq!(Manifest::parse(&manifest.to_text()), Some(manifest));
    }

    #[test]
    fn a_damaged_or_hostile_manifest_is_none() {
        let good = Manifest::default().to_text();
        for bad in [
            String::new(),
            good.replace("manifest 1", "manifest 2"),
            format!("{good}x\n"),
            format!("{good}{} 1 ../x\n", "0".repeat(32)),
            format!("{good}{} 1 /x\n", "0".repeat(32)),
            format!("{good}{} x y\n", "0".repeat(32)),
        ] {
            assert_eq!(Manifest::parse(&bad), None, "{bad}");
        }
    }
}
