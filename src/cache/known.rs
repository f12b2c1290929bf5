//! What is known of the site's files, as bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::code::{Code, Input, code_enum, code_struct, put_text};
use crate::inputs::Inputs;
use crate::load::{File, Folder, Known, Learnt, Sources, Stamp, What};

code_struct!(Stamp { size, modified, changed, number });
code_struct!(File { stamp, hash, length });
code_enum!(What { Folder = 0, File = 1, Link = 2, Special = 3 });

/// The next build's [`Known`] as bytes.
pub(super) fn put(sources: &Sources, learnt: &Learnt, inputs: &Inputs) -> Vec<u8> {
    let settled = |stamp: &Stamp| if stamp.is_settled(learnt.began) { *stamp } else { Stamp::default() };
    let mut out = Vec::with_capacity(learnt.folders.len() * 64 + sources.articles.len() * 96);
    learnt.folders.len().put(&mut out);
    for (path, folder) in &learnt.folders {
        put_text(path, &mut out);
        settled(&folder.stamp).put(&mut out);
        folder.entries.put(&mut out);
    }
    (sources.articles.len() + sources.assets.len() + sources.statics.len()).put(&mut out);
    for (article, stamp) in sources.articles.iter().zip(&learnt.articles) {
        put_text(&article.path, &mut out);
        File { stamp: settled(stamp), hash: article.text.hash(), length: article.text.length() as u32 }.put(&mut out);
    }
    let copied = sources.assets.iter().zip(&inputs.assets).chain(sources.statics.iter().zip(&inputs.statics));
    for (disk, file) in copied {
        put_text(&disk.path, &mut out);
        File { stamp: settled(&file.stamp), ..*file }.put(&mut out);
    }
    out
}

/// What [`put`] wrote; `None` where it is something else.
pub(super) fn get(bytes: &[u8]) -> Option<Known> {
    let mut input = Input::new(bytes);
    let count = usize::get(&mut input)?;
    // Nothing is set aside for more than there can be.
    let mut folders = HashMap::with_capacity(count.min(bytes.len() / 8));
    for _ in 0..count {
        let path: Box<str> = Code::get(&mut input)?;
        let folder = Folder { stamp: Code::get(&mut input)?, entries: Code::get(&mut input)? };
        // A name that is a path would lead out of its folder.
        if folder.entries.iter().any(|(name, _)| name.contains(['/', '\\', '\0']) || matches!(&**name, "" | "." | "..")) {
            return None;
        }
        folders.insert(path, Arc::new(folder));
    }
    let count = usize::get(&mut input)?;
    let mut files = HashMap::with_capacity(count.min(bytes.len() / 40));
    for _ in 0..count {
        files.insert(Code::get(&mut input)?, File::get(&mut input)?);
    }
    input.is_empty().then_some(Known { folders, files })
}
