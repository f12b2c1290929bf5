//! The parsed articles of a site as bytes, each beside the hash of the text that it was parsed from.

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
/// Those of them that make one part of the file.
const PART: usize = 256;

/// For each of `files` its article, if it is there and was parsed from the same text.
pub(super) fn get(cached: &Sealed, files: &[Arc<SourceFile>]) -> Vec<Option<Arc<Article>>> {
    let parts: Vec<Vec<(usize, Arc<Article>)>> = (0..cached.len())
        .into_par_iter()
        .map_init(Vec::new, |buffer, part| {
            let mut found = Vec::with_capacity(PART);
            // What comes before the damage, if any, is right.
            let _ = cached.part(part, buffer).and_then(|bytes| decode(bytes, files, &mut found));
            found
        })
        .collect();
    let mut articles = vec![None; files.len()];
    for (index, article) in parts.into_iter().flatten() {
        articles[index] = Some(article);
    }
    articles
}

/// Adds the articles of one part to `found`, each with the index of its file; `None` where it is something else.
fn decode(bytes: &[u8], files: &[Arc<SourceFile>], found: &mut Vec<(usize, Arc<Article>)>) -> Option<()> {
    let mut input = Input::new(bytes);
    let mut next = 0;
    while !input.is_empty() {
        let path = input.text()?;
        let hash = Hash::get(&mut input)?;
        let length = usize::get(&mut input)?;
        let encoded = input.take(length)?;
        // Most files follow each other as they did.
        let index = match files.get(next).filter(|file| file.path == path) {
            Some(_) => Ok(next),
            None => files.binary_search_by(|file| file.path.as_str().cmp(path)),
        };
        let Ok(index) = index else { continue };
        next = index + 1;
        let text = &files[index].text;
        if text.hash() == hash {
            let mut encoded = Input::new(encoded);
            let article = article::get(&mut encoded, path, text.length());
            found.extend(article.filter(|_| encoded.is_empty()).map(|article| (index, Arc::new(article))));
        }
    }
    Some(())
}

/// The articles in parts; one that is `None` is left out.
pub(super) fn put<'a>(sources: &'a Sources, articles: &'a [Option<Arc<Article>>]) -> impl Iterator<Item = Vec<u8>> + 'a {
    let batches = sources.articles.chunks(BATCH).zip(articles.chunks(BATCH));
    batches.flat_map(|(files, articles)| {
        let parts = files.par_chunks(PART).zip(articles.par_chunks(PART)).map(|(files, articles)| {
            let mut out = Vec::with_capacity(files.len() * 800);
            let mut encoded = Vec::new();
            for (file, article) in files.iter().zip(articles) {
                let Some(article) = article else { continue };
                put_text(&file.path, &mut out);
                file.text.hash().put(&mut out);
                encoded.clear();
                article::put(article, &mut encoded);
                encoded.len().put(&mut out);
                out.extend_from_slice(&encoded);
            }
            out
        });
        parts.collect::<Vec<_>>()
    })
}
