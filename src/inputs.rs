//! A hash over everything that a build depends on, so that the next build can tell that nothing has changed.

use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use crate::build::Request;
use crate::cache;
use crate::load::{self, DiskFile, File, Known, Sources};
use crate::source::SourceFile;
use crate::text::Hash;

/// Everything that a build depends on, in one hash, and the hashes of the files that are copied as they are.
#[derive(Debug)]
pub struct Inputs {
    /// Of the program, the request, the configuration and every file, by path and content; in hexadecimal.
    pub hash: String,
    /// Of the program and the configuration alone.
    pub program: Hash,
    /// What is known of each of [`Sources::assets`].
    pub assets: Vec<File>,
    /// What is known of each of [`Sources::statics`].
    pub statics: Vec<File>,
    /// How many of these were not known as they are.
    pub news: usize,
}

/// Hashes everything that a build depends on. A file of `known` that has not changed is not read.
///
/// # Errors
/// Where a file that is to be copied cannot be read any more.
pub fn hash(request: &Request, sources: &Sources, configuration: &[Arc<SourceFile>], known: &Known) -> Result<Inputs> {
    let mut hasher = blake3::Hasher::new();
    let program = cache::program(request, configuration);
    hasher.update(&program);
    let Request { drafts, future, expired, strict, .. } = request;
    let mut add = |text: &str, hash: &Hash| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
        hasher.update(hash);
    };
    add(&format!("{drafts} {future} {expired} {strict}"), &Hash::default());
    for template in &sources.templates {
        add(&template.path, &template.text.hash());
    }
    for (name, bytes) in &sources.theme_assets {
        add(name, blake3::hash(bytes).as_bytes());
    }
    let copied = |files: &[DiskFile]| files.par_iter().map(|file| load::copied(file, known)).collect::<Result<Vec<File>>>();
    let (assets, statics) = (copied(&sources.assets)?, copied(&sources.statics)?);
    for (file, known) in sources.assets.iter().zip(&assets).chain(sources.statics.iter().zip(&statics)) {
        add(&file.path, &known.hash);
    }
    let copied = sources.assets.iter().zip(&assets).chain(sources.statics.iter().zip(&statics));
    let news = copied.filter(|(file, found)| known.file(&file.path, &found.stamp).is_none()).count();
    let hashes: Vec<Hash> = sources.articles.par_iter().map(|file| file.text.hash()).collect();
    for (file, hash) in sources.articles.iter().zip(&hashes) {
        add(&file.path, hash);
    }
    Ok(Inputs { news, program, hash: hasher.finalize().to_hex().to_string(), assets, statics })
}
