//! The files of the index under their names, and beside them the code and the entry file.

use serde_json::json;

use super::{FORMAT, Made, Options, root, script};
use crate::manifest::Entry;

/// An index that is smaller than this is published as one file.
const ONE_FILE: usize = 64 * 1024;

/// Files under names that follow from their place in the index and their content: what a browser kept of an earlier build can only be
/// taken for the same place's new content, and that for one change in sixteen million.
pub(super) struct Files<'f> {
    files: Vec<(String, Made)>,
    is_there: &'f (dyn Fn(&str, &Entry) -> bool + Sync),
}

impl<'f> Files<'f> {
    /// No files; `is_there` says whether the output has a file with this content.
    pub(super) fn new(is_there: &'f (dyn Fn(&str, &Entry) -> bool + Sync)) -> Self {
        Self { files: Vec::new(), is_there }
    }

    /// Whether the output has the file with this content.
    pub(super) fn is_there(&self, folder: &str, separator: &str, entry: &Entry) -> bool {
        (self.is_there)(&format!("search/{}", path(folder, separator, entry)), entry)
    }

    /// The same for a title block.
    pub(super) fn is_title_there(&self, block: usize, entry: &Entry) -> bool {
        (self.is_there)(&format!("search/{}", block_path(block, entry)), entry)
    }

    /// Adds the file of a folder that has the keys from `separator` on. The client makes the first half of its name from the separator,
    /// so that the root has the second one only.
    pub(super) fn add(&mut self, folder: &str, separator: String, made: Made) -> (root::Entry, Entry) {
        let entry = made.entry();
        self.files.push((path(folder, &separator, &entry), made));
        (root::Entry { separator, hash: name(&entry) }, entry)
    }

    /// Adds a title block.
    pub(super) fn add_title(&mut self, block: usize, made: Made) -> ([u8; 3], Entry) {
        let entry = made.entry();
        self.files.push((block_path(block, &entry), made));
        (name(&entry), entry)
    }

    /// Adds a file that has a name of its own, and gives the whole of it.
    pub(super) fn add_named(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let name = format!("{name}.{}.bin", hex(&hash(&bytes)));
        self.files.push((name.clone(), Made::New(bytes)));
        name
    }

    /// Whether all files are published as one.
    pub(super) fn are_few(&self) -> bool {
        self.files.iter().map(|(_, made)| made.len()).sum::<usize>() < ONE_FILE
    }

    /// All files with their paths in the site: the code, the entry file, and the index, as one file where it is small.
    pub(super) fn finish(mut self, root: &str, options: &Options) -> Vec<(String, Made)> {
        let mut outputs = Vec::with_capacity(self.files.len() + 5);
        let mut entry = json!({ "format": FORMAT, "root": root });
        if !options.words.is_empty() {
            entry["words"] = json!(options.words);
        }
        let named = |name: &str, source: &str| format!("{name}.{}.js", hex(&hash(source.as_bytes())));
        let more = script::more();
        let client = script::client(&named("more", &more));
        for (name, source) in [("client", client), ("ui", script::ui()), ("page", script::page()), ("more", more)] {
            let path = format!("search/{}", named(name, &source));
            if name != "more" {
                entry[name] = json!(path);
            }
            outputs.push((path, Made::New(source.into_bytes())));
        }
        if self.are_few() {
            let mut all = Vec::new();
            let mut parts = serde_json::Map::new();
            for (name, made) in self.files.drain(..) {
                parts.insert(name, json!([all.len(), made.len()]));
                if let Made::New(bytes) = made {
                    all.extend(bytes);
                }
            }
            entry["parts"] = json!(parts);
            entry["pack"] = json!(self.add_named("index", all));
        }
        outputs.push(("search/index.json".to_owned(), Made::New((entry.to_string() + "\n").into_bytes())));
        outputs.extend(self.files.into_iter().map(|(name, made)| (format!("search/{name}"), made)));
        outputs
    }
}

fn path(folder: &str, separator: &str, entry: &Entry) -> String {
    format!("{folder}/{:x}-{}.bin", place(separator), hex(&name(entry)))
}

fn block_path(block: usize, entry: &Entry) -> String {
    format!("t/{block}-{}.bin", hex(&name(entry)))
}

/// The part of a file's name that comes from its content.
fn name(entry: &Entry) -> [u8; 3] {
    [entry.hash[0], entry.hash[1], entry.hash[2]]
}

fn hash(bytes: &[u8]) -> [u8; 3] {
    name(&Entry::of(bytes))
}

/// A separator as a number (FNV-1a), for file names.
fn place(separator: &str) -> u32 {
    separator.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
