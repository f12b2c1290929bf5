//! A hash of each file's terms and stems, for `tests/js/corpus.test.mjs`, which computes the same in JavaScript.
//!
//!     KBPRESS_CORPUS=content/kb cargo run --release --example search_tokens > tokens.txt

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use kbpress::search::{stem, tokenize};
use rayon::prelude::*;

fn main() {
    let corpus = std::env::var("KBPRESS_CORPUS").expect("KBPRESS_CORPUS names a folder of articles");
    let mut paths: Vec<_> = walkdir::WalkDir::new(corpus).into_iter().map(|entry| entry.unwrap().into_path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let lines: Vec<String> = paths
        .par_iter()
        .map(|path| {
            let mut hash = 0x811c_9dc5u32;
            let mut add =
                |bytes: &[u8]| bytes.iter().chain(&[0]).for_each(|&byte| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
            tokenize(&std::fs::read_to_string(path).unwrap(), |kind, term, at| {
                add(&[kind as u8]);
                add(&at.to_be_bytes());
                add(term);
                add(stem(std::str::from_utf8(term).unwrap()).as_bytes());
            });
            format!("{hash:08x} {}", path.display())
        })
        .collect();
    println!("{}", lines.join("\n"));
}
