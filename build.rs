//! Gives the program a name for what it makes: a hash over its own sources. What a cache or an output of other sources says is not
//! believed, even where the version has not changed.
#![allow(clippy::disallowed_methods, reason = "reads the program's own sources")]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for place in ["src", "templates", "static", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={place}");
        let mut files = Vec::new();
        find(Path::new(place), &mut files);
        files.sort();
        for file in files {
            file.to_string_lossy().replace('\\', "/").hash(&mut hasher);
            // A file that cannot be read cannot be compiled either.
            std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
        }
    }
    println!("cargo:rustc-env=KBPRESS_SOURCES={:016x}", hasher.finish());
}

fn find(place: &Path, files: &mut Vec<PathBuf>) {
    match std::fs::read_dir(place) {
        Ok(entries) => entries.flatten().for_each(|entry| find(&entry.path(), files)),
        Err(_) => files.push(place.to_owned()),
    }
}
