//! The parsed articles of an earlier build, found by path and by the hash of their text.

use std::sync::Arc;

use rayon::prelude::*;

use super::article;
use super::code::{Code, Input, put_text};
use super::file::Sealed;
use crate::article::Article;
use crate::load::Sources;
use crate::source::SourceFile;
use crate::text::Hash;

/// Articles that are encoded before they are handed to the disk.
const BATCH: usize = 8192;
/// Those of them that one thread encodes.
const PART: usize = 256;

/// The articles of an earlier build, still encoded.
#[derive(Default)]
pub struct Articles {
    file: Option<Sealed>,
    /// Sorted by path; where in the file the path and the article are.
    entries: Vec<Entry>,
}

struct Entry {
    path: std::ops::Range<usize>,
    hash: Hash,
    article: std::ops::Range<usize>,
}

impl Articles {
    pub(super) fn new(file: Sealed) -> Option<Self> {
        let content = file.content();
        let mut input = Input::new(content);
        let mut entries = Vec::new();
        while !input.is_empty() {
            let path = input.text()?.len();
            let path = input.at(content) - path..input.at(content);
            let hash = Hash::get(&mut input)?;
            let length = usize::get(&mut input)?;
            input.take(length)?;
            entries.push(Entry { path, hash, article: input.at(content) - length..input.at(content) });
        }
        let text = |range: &std::ops::Range<usize>| &content[range.clone()];
        entries.is_sorted_by(|a, b| text(&a.path) < text(&b.path)).then_some(Self { file: Some(file), entries })
    }

    /// The article of `file`, the one at `index` of all, if it was parsed from the same text.
    pub fn get(&self, index: usize, file: &SourceFile) -> Option<Article> {
        let mut input = Input::new(self.encoded(index, file)?);
        article::get(&mut input, &file.path, file.text.length()).filter(|_| input.is_empty())
    }

    fn encoded(&self, index: usize, file: &SourceFile) -> Option<&[u8]> {
        let content = self.file.as_ref()?.content();
        let place = |entry: &Entry| content[entry.path.clone()].cmp(file.path.as_bytes());
        // Most files are where they were among the others.
        let entry = match self.entries.get(index).filter(|entry| place(entry).is_eq()) {
            Some(entry) => entry,
            None => &self.entries[self.entries.binary_search_by(place).ok()?],
        };
        (entry.hash == file.text.hash()).then(|| &content[entry.article.clone()])
    }
}

impl std::fmt::Debug for Articles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Articles").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

/// The next build's [`Articles`], in parts; those that have not changed are copied as they are.
pub(super) fn put<'a>(
    sources: &'a Sources,
    articles: &'a [Option<Arc<Article>>],
    before: &'a Articles,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let batches = sources.articles.chunks(BATCH).zip(articles.chunks(BATCH)).enumerate();
    batches.flat_map(move |(batch, (files, articles))| {
        let parts: Vec<Vec<u8>> = files
            .par_chunks(PART)
            .zip(articles.par_chunks(PART))
            .enumerate()
            .map(|(part, (files, articles))| {
                let first = batch * BATCH + part * PART;
                let mut out = Vec::with_capacity(files.len() * 800);
                let mut encoded = Vec::new();
                for ((file, article), index) in files.iter().zip(articles).zip(first..) {
                    let Some(article) = article else { continue };
                    put_text(&file.path, &mut out);
                    file.text.hash().put(&mut out);
                    let bytes = before.encoded(index, file).unwrap_or_else(|| {
                        encoded.clear();
                        article::put(article, &mut encoded);
                        &encoded
                    });
                    bytes.len().put(&mut out);
                    out.extend_from_slice(bytes);
                }
                out
            })
            .collect();
        parts
    })
}
