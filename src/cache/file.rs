//! One file of the cache: a header that says whose it is, parts, and a list of their lengths and checksums. A part is read, checked and
//! decoded by itself: the whole of a large file is never in memory, and each thread uses the memory of one part again and again.
#![allow(clippy::disallowed_methods, reason = "this is the reader and writer of the cache")]

use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Mutex;

use crate::text::Hash;

/// The first bytes of a file that this version understands.
const MAGIC: &[u8; 16] = b"kbpress cache 2\n";
/// The seal of the list and its length in bytes follow.
const HEADER: usize = MAGIC.len() + size_of::<Hash>() + size_of::<u64>();
/// What the list says of each part: its length and its hash.
const LISTED: usize = size_of::<u64>() + size_of::<Hash>();

/// A file whose list of parts was found sound.
#[derive(Debug)]
pub(crate) struct Sealed {
    file: Mutex<fs::File>,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    start: u64,
    length: usize,
    hash: Hash,
}

impl Sealed {
    /// How many parts there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Bytes of all parts.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(|part| part.length).sum()
    }

    /// A part, read into `buffer`, which grows as needed; `None` where it is damaged or there is none.
    pub(crate) fn part<'b>(&self, index: usize, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
        let length = self.parts.get(index)?.length;
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let bytes = &mut buffer[..length];
        self.read(index, bytes)?;
        Some(bytes)
    }

    /// All parts.
    pub(crate) fn all(&self) -> Option<Vec<Vec<u8>>> {
        let parts = self.parts.iter().enumerate().map(|(index, part)| {
            let mut bytes = vec![0; part.length];
            self.read(index, &mut bytes)?;
            Some(bytes)
        });
        parts.collect()
    }

    fn read(&self, index: usize, bytes: &mut [u8]) -> Option<()> {
        let Part { start, hash, .. } = &self.parts[index];
        {
            let mut file = self.file.lock().ok()?;
            file.seek(SeekFrom::Start(*start)).ok()?;
            file.read_exact(bytes).ok()?;
        }
        (blake3::hash(bytes) == *hash).then_some(())
    }
}

/// The file at `path`, sealed with `key`; `None` where there is none, or it is another site's, another version's or damaged.
pub(crate) fn read(path: &Path, key: &Hash) -> Option<Sealed> {
    // Nothing but a plain file: a pipe would never end.
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let mut file = fs::File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut header = [0; HEADER];
    file.read_exact(&mut header).ok()?;
    let (seal, length) = header.strip_prefix(MAGIC)?.split_first_chunk::<{ size_of::<Hash>() }>()?;
    let length = u64::from_le_bytes(length.try_into().ok()?);
    let end = size.checked_sub(length).filter(|end| *end >= HEADER as u64)?;
    let mut list = vec![0; usize::try_from(length).ok()?];
    file.seek(SeekFrom::Start(end)).ok()?;
    file.read_exact(&mut list).ok()?;
    let mut start = HEADER as u64;
    let mut parts = Vec::with_capacity(list.len() / LISTED);
    for listed in list.chunks(LISTED) {
        let (length, hash) = listed.split_first_chunk()?;
        let length = u64::from_le_bytes(*length);
        parts.push(Part { start, length: usize::try_from(length).ok()?, hash: hash.try_into().ok()? });
        start = start.checked_add(length)?;
    }
    let is_sound = start == end && blake3::keyed_hash(key, &list) == *seal;
    is_sound.then(|| Sealed { file: Mutex::new(file), parts })
}

/// Writes the file at `path` with these parts.
///
/// # Errors
/// Where the disk fails; the file is as it was then.
pub(crate) fn write(path: &Path, key: &Hash, parts: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let staged = path.with_extension(format!("{}.new", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&staged)?;
        let mut list = Vec::new();
        file.write_all(&[0; HEADER])?;
        for part in parts {
            list.extend((part.len() as u64).to_le_bytes());
            list.extend(blake3::hash(&part).as_bytes());
            file.write_all(&part)?;
        }
        file.write_all(&list)?;
        file.seek(SeekFrom::Start(0))?;
        let seal = blake3::keyed_hash(key, &list);
        file.write_all(&[MAGIC.as_slice(), seal.as_bytes(), &(list.len() as u64).to_le_bytes()].concat())?;
        fs::rename(&staged, path)
    })();
    if written.is_err() {
        // What cannot be written may well not be there to be removed.
        let _ = fs::remove_file(&staged);
    }
    written
}
