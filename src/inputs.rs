//! A hash over everything that a build depends on, so that the next build can tell that nothing has changed.

use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use crate::build::Request;
use crate::load::{self, Sources};
use crate::source::SourceFile;

/// The hash, in hexadecimal: of the program's version, the request, the configuration and every file, by path and content.
///
/// # Errors
/// Where a file that is to be copied cannot be read any more.
pub fn hash(request: &Request, sources: &Sources, configuration: &[Arc<SourceFile>]) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(env!("CARGO_PKG_VERSION"));
    add(&crate::theme::built_in_hash());
    let Request { overrides, drafts, future, expired, strict, .. } = request;
    add(&format!("{drafts} {future} {expired} {strict}"));
    for over in overrides.iter().filter(|over| over.key != "output_dir") {
        add(over.key);
        add(&over.value);
    }
    for file in configuration.iter().chain(&sources.templates) {
        add(&file.path);
        add(&file.text);
    }
    for (name, bytes) in &sources.theme_assets {
        add(name);
        add(blake3::hash(bytes).to_hex().as_str());
    }
    let copied: Vec<_> = sources.assets.iter().chain(sources.statics.iter()).collect();
    let hashes: Vec<blake3::Hash> = copied.par_iter().map(|file| Ok(blake3::hash(&load::bytes(file)?))).collect::<Result<_>>()?;
    for (file, hash) in copied.into_iter().zip(hashes) {
        add(&file.path);
        add(hash.to_hex().as_str());
    }
    let hashes: Vec<blake3::Hash> = sources.articles.par_iter().map(|file| blake3::hash(file.text.as_bytes())).collect();
    for (file, hash) in sources.articles.iter().zip(hashes) {
        add(&file.path);
        add(hash.to_hex().as_str());
    }
    Ok(hasher.finalize().to_hex().to_string())
}
