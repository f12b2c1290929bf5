//! Text files in the forms in which web servers pass them on: `index.html.gz` and `index.html.br` beside `index.html`, for servers that send such
//! files as they are. The same bytes make the same bytes.

use std::collections::HashSet;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::GzBuilder;

use crate::config::{Packing, Publish};
use crate::diagnostic::{Diagnostic, code};
use crate::permalink::OutPath;
use crate::routes::Route;

/// Extensions of files that are text, and so become smaller.
const TEXT: [&str; 12] = ["css", "csv", "htm", "html", "js", "json", "map", "mjs", "svg", "txt", "webmanifest", "xml"];

/// Every file is packed once and sent often; the levels above cost several times as much and save little.
const GZIP_LEVEL: u32 = 9;
const BROTLI_QUALITY: i32 = 9;
/// Bytes of the window of Brotli, as a power of two: more than any page has.
const BROTLI_WINDOW: i32 = 22;

/// The siblings of the file at `path` with this content, as the site wants them. One that is no smaller is left out.
///
/// # Errors
/// Never for content in memory; the packers are written for streams that can fail.
pub fn of(publish: &Publish, path: &OutPath, bytes: &[u8]) -> Result<Vec<(OutPath, Vec<u8>)>> {
    let mut siblings = Vec::new();
    for packing in packings(publish, path, bytes.len() as u64) {
        let packed = pack(*packing, bytes).with_context(|| format!("cannot pack `{}`", path.as_str()))?;
        if packed.len() < bytes.len() {
            siblings.push((sibling(path, *packing)?, packed));
        }
    }
    Ok(siblings)
}

/// Where the siblings of the file at `path` with a content of `size` bytes stand, if none of them is left out.
pub fn places(publish: &Publish, path: &OutPath, size: u64) -> Vec<OutPath> {
    packings(publish, path, size).iter().filter_map(|packing| sibling(path, *packing).ok()).collect()
}

/// The forms in which the site wants the file at `path`.
fn packings<'p>(publish: &'p Publish, path: &OutPath, size: u64) -> &'p [Packing] {
    let is_packed = size >= publish.compress_from as u64 && is_text(path.as_str());
    if is_packed { &publish.compress } else { &[] }
}

/// Errors for files that stand where the sibling of another goes.
pub fn collisions(publish: &Publish, routes: &[(OutPath, Route)]) -> Vec<Diagnostic> {
    if publish.compress.is_empty() {
        return Vec::new();
    }
    let taken: HashSet<_> = routes.iter().map(|(out, _)| out.collision_key()).collect();
    let mut diagnostics = Vec::new();
    for (out, _) in routes.iter().filter(|(out, _)| is_text(out.as_str())) {
        for packing in &publish.compress {
            let Ok(sibling) = sibling(out, *packing) else { continue };
            if taken.contains(&sibling.collision_key()) {
                let message = format!("`{}` stands where the packed form of `{}` goes", sibling.as_str(), out.as_str());
                let help = format!("give it another name, or leave `\"{}\"` out of `compress`", packing.extension());
                diagnostics.push(Diagnostic::error(code::PATH_COLLISION, message).help(help));
            }
        }
    }
    diagnostics
}

fn is_text(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| TEXT.iter().any(|text| extension.eq_ignore_ascii_case(text)))
}

fn sibling(path: &OutPath, packing: Packing) -> Result<OutPath> {
    let sibling = format!("{}.{}", path.as_str(), packing.extension());
    OutPath::from_file(&sibling).map_err(|why| anyhow::anyhow!("`{sibling}`: {why}"))
}

fn pack(packing: Packing, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let packed = Vec::with_capacity(bytes.len() / 3);
    match packing {
        Packing::Gzip => {
            // No name and no time: they would differ from one build to the next.
            let mut packer = GzBuilder::new().write(packed, flate2::Compression::new(GZIP_LEVEL));
            packer.write_all(bytes)?;
            packer.finish()
        }
        Packing::Brotli => {
            let params = brotli::enc::BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                lgwin: BROTLI_WINDOW,
                size_hint: bytes.len(),
                ..Default::default()
            };
            let (mut from, mut packed) = (bytes, packed);
            brotli::BrotliCompress(&mut from, &mut packed, &params)?;
            Ok(packed)
        }
    }
}
