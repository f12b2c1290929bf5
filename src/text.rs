//! The text of a file, which may be read only when somebody looks at it: of sixty thousand articles a build after one edit needs a few.
//! This module reads no disk; [`load`](crate::load) hands it the reader.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// The text of a file: read, or known by its hash and read at the first look.
#[derive(Clone)]
pub struct Text {
    text: OnceLock<Box<str>>,
    hash: OnceLock<Hash>,
    unread: Option<Box<Unread>>,
}

#[derive(Clone)]
struct Unread {
    path: Box<str>,
    length: u32,
    reader: Arc<Reader>,
}

/// The text of the file at a path, which had so many bytes, or `None` where it cannot be read.
type Read = dyn Fn(&str, u32) -> Option<String> + Send + Sync;

/// Reads the texts that were left unread.
pub struct Reader {
    read: Box<Read>,
    is_stale: AtomicBool,
}

impl Reader {
    /// `read` gives the text of the file at a path, whose text had so many bytes, or `None` where it cannot.
    pub fn new(read: impl Fn(&str, u32) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { read: Box::new(read), is_stale: AtomicBool::new(false) }
    }

    /// Whether a text was not what it was known as: nothing that was made meanwhile may be used.
    pub fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("is_stale", &self.is_stale()).finish_non_exhaustive()
    }
}

impl Text {
    /// A text of `length` bytes with this `hash`, which `reader` reads from `path` at the first look.
    pub fn unread(path: &str, length: u32, hash: Hash, reader: &Arc<Reader>) -> Self {
        let unread = Unread { path: path.into(), length, reader: Arc::clone(reader) };
        Self { text: OnceLock::new(), hash: OnceLock::from(hash), unread: Some(Box::new(unread)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.text.get_or_init(|| self.unread.as_ref().map_or_else(Box::default, |unread| self.read(unread)))
    }

    /// Its hash; not read for it where it is known.
    pub fn hash(&self) -> Hash {
        *self.hash.get_or_init(|| *blake3::hash(self.as_str().as_bytes()).as_bytes())
    }

    /// Its bytes; not read for it where they are known.
    pub fn length(&self) -> usize {
        match (self.text.get(), &self.unread) {
            (None, Some(unread)) => unread.length as usize,
            _ => self.as_str().len(),
        }
    }

    /// Whether it is in memory.
    pub fn is_read(&self) -> bool {
        self.text.get().is_some()
    }

    fn read(&self, unread: &Unread) -> Box<str> {
        let text = (unread.reader.read)(&unread.path, unread.length);
        let known = self.hash.get();
        match text.filter(|text| known.is_some_and(|known| blake3::hash(text.as_bytes()) == *known)) {
            Some(text) => text.into(),
            None => {
                // Blanks of the same length: places in the text stay places until the build, which cannot use it, ends.
                unread.reader.is_stale.store(true, Ordering::Release);
                " ".repeat(unread.length as usize).into()
            }
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text: OnceLock::from(text.into_boxed_str()), hash: OnceLock::new(), unread: None }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.get() {
            Some(text) => fmt::Debug::fmt(text, f),
            None => f.write_str("(unread)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unread_text_is_read_at_the_first_look() {
        let hash = *blake3::hash(b"text").as_bytes();
        let reader = Arc::new(Reader::new(|path, _| (path == "a.md").then(|| "text".to_owned())));
        let text = Text::unread("a.md", 4, hash, &reader);
        assert_eq!((text.length(), text.hash(), text.is_read()), (4, hash, false));
        assert_eq!((text.as_str(), text.is_read(), reader.is_stale()), ("text", true, false));
    }

    #[test]
    fn a_text_that_is_not_what_it_was_is_blank_and_told() {
        let reader = Arc::new(Reader::new(|_, _| Some("other".to_owned())));
        let text = Text::unread("a.md", 4, *blake3::hash(b"text").as_bytes(), &reader);
        assert_eq!((text.as_str(), reader.is_stale()), ("    ", true));
    }
}
