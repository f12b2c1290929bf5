//! Slugs, URLs and output paths. [`OutPath`] is the only way to name a file of the output: whatever a permalink, a slug, an alias, an
//! asset or a term says, a value of this type lies inside the output directory and can be made on every platform.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Longest part of a path, in bytes: what the common file systems take.
const MAX_PART: usize = 255;
/// Longest path, in bytes; leaves room for the output directory below the usual limit of 4,096.
const MAX_PATH: usize = 1024;
/// Device names that Windows reserves in every folder, with any extension.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3",
    "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A file of the output: relative, parts separated by `/`, never empty, never leaving the output directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPath(Box<str>);

/// Why a text is not a path that the output may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadPath {
    /// It has `..`, `.`, an empty part, a backslash, a control character or a drive letter, or cannot be decoded.
    Unsafe(&'static str),
    /// It is fine on this machine, but a host or a reader's machine refuses such a name.
    NotPortable(&'static str),
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsafe(why) | Self::NotPortable(why) => f.write_str(why),
        }
    }
}

impl OutPath {
    /// The file that serves the URL path `url` (with or without a leading `/`, percent-encoding allowed): a path that ends in `/` or
    /// whose last part has no dot is a directory with an `index.html`.
    ///
    /// # Errors
    /// [`BadPath`] where the path could leave the output directory or cannot be made everywhere.
    pub fn from_url(url: &str) -> Result<Self, BadPath> {
        if url.contains(['#', '?']) {
            return Err(BadPath::Unsafe("a path of a URL ends before `#` and `?`"));
        }
        let decoded = percent_decode(url)?;
        let path = decoded.strip_prefix('/').unwrap_or(&decoded);
        let last = path.rsplit('/').next().unwrap_or_default();
        if path.is_empty() {
            return Self::from_file("index.html");
        }
        if last.is_empty() {
            return Self::from_file(&[path, "index.html"].concat());
        }
        if last.contains('.') { Self::from_file(path) } else { Self::from_file(&format!("{path}/index.html")) }
    }

    /// The file at `path`, to the letter.
    ///
    /// # Errors
    /// As [`OutPath::from_url`].
    pub fn from_file(path: &str) -> Result<Self, BadPath> {
        if path.len() > MAX_PATH {
            return Err(BadPath::Unsafe("it is longer than 1,024 bytes"));
        }
        for part in path.split('/') {
            check_part(part)?;
        }
        Ok(Self(path.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL path that serves the file, relative to the site, percent-encoded; `index.html` is left out.
    pub fn url(&self) -> String {
        let path = match self.0.strip_suffix("index.html") {
            Some(directory) if directory.is_empty() || directory.ends_with('/') => directory,
            _ => &self.0,
        };
        encode_path(path).into_owned()
    }

    /// A key that is equal for paths that some file system would take for one: case folded and composed (NFC).
    pub fn collision_key(&self) -> Cow<'_, str> {
        if self.0.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            return Cow::Borrowed(&self.0);
        }
        if self.0.is_ascii() {
            return Cow::Owned(self.0.to_ascii_lowercase());
        }
        Cow::Owned(self.0.nfc().collect::<String>().to_lowercase().nfc().collect())
    }
}

fn check_part(part: &str) -> Result<(), BadPath> {
    // Nearly every name; what is said of others below is not true of these.
    if part.len() <= MAX_PART && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') && !part.is_empty() {
        return check_device(part);
    }
    if part.is_empty() {
        return Err(BadPath::Unsafe("it has an empty part (`//`)"));
    }
    if part == "." || part == ".." {
        return Err(BadPath::Unsafe("it has a `.` or `..` part"));
    }
    if part.len() > MAX_PART {
        return Err(BadPath::Unsafe("a part of it is longer than 255 bytes"));
    }
    if part.chars().any(|c| c.is_control() || c == '\\') {
        return Err(BadPath::Unsafe("it has a control character or a backslash"));
    }
    let bytes = part.as_bytes();
    if bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return Err(BadPath::Unsafe("it begins with a drive letter"));
    }
    if part.contains(['<', '>', ':', '"', '|', '?', '*']) {
        return Err(BadPath::NotPortable("it has one of the characters `< > : \" | ? *`, which Windows refuses in file names"));
    }
    if part.ends_with(['.', ' ']) {
        return Err(BadPath::NotPortable("a part of it ends in a dot or a blank, which Windows drops"));
    }
    check_device(part)
}

fn check_device(part: &str) -> Result<(), BadPath> {
    let stem = &part[..memchr::memchr(b'.', part.as_bytes()).unwrap_or(part.len())];
    if DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return Err(BadPath::NotPortable("a part of it is a device name of Windows (`con`, `nul`, `com1` …)"));
    }
    Ok(())
}

/// `text` with its percent-encoding undone; as it is where it is not well-formed.
pub fn decode(text: &str) -> Cow<'_, str> {
    percent_decode(text).unwrap_or(Cow::Borrowed(text))
}

fn percent_decode(text: &str) -> Result<Cow<'_, str>, BadPath> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(BadPath::Unsafe("it has a `%` that no two hexadecimal digits follow"));
        };
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| BadPath::Unsafe("its percent-encoded bytes are not UTF-8"))
}

/// `path` with every byte that a URL path cannot hold percent-encoded; `/` stays.
pub fn encode_path(path: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&b);
    if path.bytes().all(plain) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(out)
}

/// `text` as a part of a URL: lower case, letters and digits kept in any script, everything else one `-`. Names that differ only in
/// `+` or `#` stay apart (`C`, `C++`, `C#`). Empty where nothing is left.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc() {
        let word = match c {
            '+' => Some("plus"),
            '#' => Some("sharp"),
            _ => None,
        };
        if word.is_none() && !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if (gap || word.is_some()) && !out.is_empty() {
            out.push('-');
        }
        gap = false;
        match word {
            Some(word) => {
                out.push_str(word);
                gap = true;
            }
            None => out.extend(c.to_lowercase()),
        }
    }
    // Leaves room for a suffix and an extension below the limit of a path's part.
    let mut end = out.len().min(120);
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// The URL part for a folder or a file's stem: its slug, but an article number (`Q164177`) keeps its case.
pub fn path_part(name: &str) -> String {
    let number = name.strip_prefix(['Q', 'q']).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if number { name.to_owned() } else { slug(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Option<String> {
        OutPath::from_url(text).ok().map(|path| path.as_str().to_owned())
    }

    #[test]
    fn permalinks_are_honoured_to_the_letter() {
        assert_eq!(url("/kb/164/Q164177/").as_deref(), Some("kb/164/Q164177/index.html"));
        assert_eq!(url("/").as_deref(), Some("index.html"));
        assert_eq!(url("/about").as_deref(), Some("about/index.html"));
        assert_eq!(url("/feed.xml").as_deref(), Some("feed.xml"));
        assert_eq!(url("/caf%C3%A9/").as_deref(), Some("café/index.html"));
        assert_eq!(url("/c%23/").as_deref(), Some("c#/index.html"));
        assert_eq!(OutPath::from_url("/café/").map(|p| p.url()).as_deref(), Ok("caf%C3%A9/"));
    }

    #[test]
    fn nothing_leaves_the_output() {
        for bad in [
            "/../x/",
            "/a/../../x",
            "..",
            "/%2e%2e/x/",
            "/a/%2E%2e/",
            "/..%2fx",
            "/a\\..\\x/",
            "/a%5c..%5cx",
            "//etc/passwd",
            "/a//b/",
            "/a/./b/",
            "/C:/x",
            "/a%00b/",
            "/a\nb/",
            "/%zz/",
            "/%ff/",
            "/nul/",
            "/Con.html",
            "/a./",
            "/a /",
            "/a?b/",
            "/a%3Fb/",
            "/a/#b",
            "/#",
            "/a:b/",
        ] {
            assert_eq!(url(bad), None, "{bad:?}");
        }
        assert_eq!(url(&format!("/{}/", "x".repeat(300))), None);
        assert_eq!(url(&"/abc".repeat(300)), None);
    }

    #[test]
    fn slugs_keep_names_apart() {
        assert_eq!(slug("Visual C++ 32-bit Edition"), "visual-c-plus-plus-32-bit-edition");
        assert_eq!(slug("C#"), "c-sharp");
        assert_eq!(slug("Árvíztűrő  tükör!"), "árvíztűrő-tükör");
        assert_eq!(slug("--"), "");
        assert_eq!(path_part("Q164177"), "Q164177");
        assert_eq!(path_part("Read Me"), "read-me");
    }
}
