//! One file of the cache: a header that says whose it is, a checksum, and bytes.
#![allow(clippy::disallowed_methods, reason = "this is the reader and writer of the cache")]

use std::fs;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::text::Hash;

/// The first bytes of a file that this version understands.
const MAGIC: &[u8; 16] = b"kbpress cache 1\n";
const HEADER: usize = MAGIC.len() + size_of::<Hash>();

/// A file that was found sound.
pub(crate) struct Sealed(Vec<u8>);

impl Sealed {
    /// What is in it.
    pub(crate) fn content(&self) -> &[u8] {
        &self.0[HEADER..]
    }
}

/// The content of the file at `path`, sealed with `key`; `None` where there is none, or it is another site's, another version's or
/// damaged.
pub(crate) fn read(path: &Path, key: &Hash) -> Option<Sealed> {
    // Nothing but a plain file: a pipe would never end.
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let content = bytes.get(HEADER..)?;
    let is_sound = bytes.starts_with(MAGIC) && blake3::keyed_hash(key, content) == *bytes.get(MAGIC.len()..HEADER)?;
    is_sound.then_some(Sealed(bytes))
}

/// Writes `parts`, one after another, as the content of the file at `path`.
///
/// # Errors
/// Where the disk fails; the file is as it was then.
pub(crate) fn write(path: &Path, key: &Hash, parts: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let staged = path.with_extension(format!("{}.new", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&staged)?;
        let mut hasher = blake3::Hasher::new_keyed(key);
        file.write_all(&[0; HEADER])?;
        for part in parts {
            hasher.update(&part);
            file.write_all(&part)?;
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[MAGIC.as_slice(), hasher.finalize().as_bytes()].concat())?;
        fs::rename(&staged, path)
    })();
    if written.is_err() {
        // What cannot be written may well not be there to be removed.
        let _ = fs::remove_file(&staged);
    }
    written
}
