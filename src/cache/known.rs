//! What is known of the site's files, as bytes.

use super::code::{Code, Input, code_struct};
use super::table::{self, Table};
use crate::inputs::Inputs;
use crate::load::{Entries, File, Folder, Known, Learnt, Sources, Stamp, key};

code_struct!(File { stamp, hash, length });
code_struct!(Folder { stamp, entries });

/// In full: a time takes most of its eight bytes.
impl Code for Stamp {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { size, modified, changed, number } = self;
        [size, modified, changed, number].iter().for_each(|value| out.extend(value.to_le_bytes()));
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let mut next = || Some(u64::from_le_bytes(Code::get(input)?));
        Some(Self { size: next()?, modified: next()?, changed: next()?, number: next()? })
    }
}

impl Code for Entries {
    fn put(&self, out: &mut Vec<u8>) {
        super::code::put_text(self.joined(), out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Self::from_joined(input.text()?)
    }
}

/// The next build's [`Known`] as bytes: a table of the folders, one of the files.
pub(super) fn put(sources: &Sources, learnt: &Learnt, inputs: &Inputs) -> [Vec<u8>; 2] {
    let settled = |stamp: &Stamp| if stamp.is_settled(learnt.began) { *stamp } else { Stamp::default() };
    let mut folders = Vec::with_capacity(learnt.folders.len() * 57);
    let mut encoded = Vec::new();
    for (key, folder) in &learnt.folders {
        let folder = Folder { stamp: settled(&folder.stamp), entries: folder.entries.clone() };
        table::put(*key, &folder, &mut encoded, &mut folders);
    }
    let mut files = Vec::with_capacity(sources.articles.len() * 77);
    let mut file = |path: &str, file: File| {
        let file = File { stamp: settled(&file.stamp), ..file };
        table::put(key(path), &file, &mut encoded, &mut files);
    };
    for (article, stamp) in sources.articles.iter().zip(&learnt.articles) {
        file(&article.path, File { stamp: *stamp, hash: article.text.hash(), length: article.text.length() as u32 });
    }
    let copied = sources.assets.iter().zip(&inputs.assets).chain(sources.statics.iter().zip(&inputs.statics));
    copied.for_each(|(disk, known)| file(&disk.path, *known));
    [folders, files]
}

/// What [`put`] wrote; `None` where it is something else.
pub(super) fn get([folders, files]: [Vec<u8>; 2]) -> Option<Known> {
    Some(Known { folders: Table::new(folders)?, files: Table::new(files)? })
}
