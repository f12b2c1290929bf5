//! What is known of the site's files, as bytes.

use ahash::HashMap;

use super::code::{Code, Input, code_struct};
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

/// The next build's [`Known`] as bytes.
pub(super) fn put(sources: &Sources, learnt: &Learnt, inputs: &Inputs) -> Vec<u8> {
    let settled = |stamp: &Stamp| if stamp.is_settled(learnt.began) { *stamp } else { Stamp::default() };
    let mut out = Vec::with_capacity(learnt.folders.len() * 56 + sources.articles.len() * 76);
    learnt.folders.len().put(&mut out);
    for (key, folder) in &learnt.folders {
        key.to_le_bytes().put(&mut out);
        Folder { stamp: settled(&folder.stamp), entries: folder.entries.clone() }.put(&mut out);
    }
    (sources.articles.len() + sources.assets.len() + sources.statics.len()).put(&mut out);
    let mut file = |path: &str, file: File| {
        key(path).to_le_bytes().put(&mut out);
        File { stamp: settled(&file.stamp), ..file }.put(&mut out);
    };
    for (article, stamp) in sources.articles.iter().zip(&learnt.articles) {
        file(&article.path, File { stamp: *stamp, hash: article.text.hash(), length: article.text.length() as u32 });
    }
    let copied = sources.assets.iter().zip(&inputs.assets).chain(sources.statics.iter().zip(&inputs.statics));
    copied.for_each(|(disk, known)| file(&disk.path, *known));
    out
}

/// What [`put`] wrote; `None` where it is something else.
pub(super) fn get(bytes: &[u8]) -> Option<Known> {
    let mut input = Input::new(bytes);
    let folders = map(&mut input, bytes.len() / 41)?;
    let files = map(&mut input, bytes.len() / 73)?;
    input.is_empty().then_some(Known { folders, files })
}

/// Values by keys; there can be no more than `most`.
fn map<T: Code>(input: &mut Input<'_>, most: usize) -> Option<HashMap<u64, T>> {
    let count = usize::get(input).filter(|count| *count <= most)?;
    let mut map = HashMap::with_capacity_and_hasher(count, ahash::RandomState::default());
    for _ in 0..count {
        map.insert(u64::from_le_bytes(Code::get(input)?), T::get(input)?);
    }
    Some(map)
}
