//! Files → a tar archive, packed or not, that takes its name only when it is whole. Owner, mode and time are the same for all files, so that
//! the same site makes the same bytes.
#![allow(clippy::disallowed_methods, reason = "this writes the archive")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::GzBuilder;
use flate2::write::GzEncoder;

use super::{Sink, Target};

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// As gzip.
    Gzip,
    /// As Zstandard.
    Zstd,
}

/// For pages of text the higher levels cost several times the time and save a few hundredths.
const GZIP_LEVEL: u32 = 4;
const ZSTD_LEVEL: i32 = 3;
/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// An archive that is being written. Dropping it without [`Archive::finish`] removes what there is of it.
pub(super) struct Archive {
    builder: tar::Builder<Packer>,
    file: Temporary,
    time: u64,
}

impl Archive {
    /// Begins an archive beside the place of `target`.
    pub(super) fn create(target: &Target) -> Result<Self> {
        let file = Temporary::beside(&target.path)?;
        let out = File::create(&file.path).with_context(|| file.failure())?;
        let out = BufWriter::with_capacity(BUFFER, out);
        let packer = match target.compression {
            Compression::None => Packer::None(out),
            // No name and no time: they would differ from one build to the next.
            Compression::Gzip => Packer::Gzip(GzBuilder::new().write(out, flate2::Compression::new(GZIP_LEVEL))),
            Compression::Zstd => Packer::Zstd(zstd::Encoder::new(out, ZSTD_LEVEL).context("cannot start the compression")?),
        };
        Ok(Self { builder: tar::Builder::new(packer), file, time: target.time })
    }

    /// Ends the archive and gives it its name.
    pub(super) fn finish(self) -> Result<()> {
        let Self { builder, file, .. } = self;
        let packed = builder.into_inner().and_then(Packer::finish);
        packed.with_context(|| file.failure())?;
        file.take_place()
    }
}

impl Sink for Archive {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.time);
        self.builder.append_data(&mut header, path, bytes).with_context(|| self.file.failure())
    }
}

/// Writes a file that is wholly old or wholly new at every moment.
///
/// # Errors
/// Where the disk fails.
pub fn write_whole(place: &Path, bytes: &[u8]) -> Result<()> {
    let file = Temporary::beside(place)?;
    fs::write(&file.path, bytes).with_context(|| file.failure())?;
    file.take_place()
}

/// A file under another name than it is to have, removed when it is dropped.
struct Temporary {
    path: PathBuf,
    place: PathBuf,
}

impl Temporary {
    /// A name beside `place`, whose folder is made where it is missing.
    fn beside(place: &Path) -> Result<Self> {
        let name = place.file_name().with_context(|| format!("`{}` has no name", place.display()))?;
        anyhow::ensure!(!place.is_dir(), "`{}` is a folder", place.display());
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
        }
        let path = place.with_file_name(format!(".{}.kbpress-{}", name.to_string_lossy(), std::process::id()));
        Ok(Self { path, place: place.to_owned() })
    }

    fn take_place(self) -> Result<()> {
        fs::rename(&self.path, &self.place).with_context(|| format!("cannot write `{}`", self.place.display()))
    }

    fn failure(&self) -> String {
        format!("cannot write `{}`", self.path.display())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing can be done where this fails, and nothing is to be done once it has its name.
        let _ = fs::remove_file(&self.path);
    }
}

/// What packs the archive on its way to the disk.
enum Packer {
    None(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Packer {
    fn finish(self) -> io::Result<()> {
        let mut out = match self {
            Self::None(out) => out,
            Self::Gzip(packer) => packer.finish()?,
            Self::Zstd(packer) => packer.finish()?,
        };
        out.flush()?;
        // An archive is handed on at once: it is on the disk before it has its name.
        out.get_ref().sync_all()
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::None(out) => out.write(bytes),
            Self::Gzip(packer) => packer.write(bytes),
            Self::Zstd(packer) => packer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::None(out) => out.flush(),
            Self::Gzip(packer) => packer.flush(),
            Self::Zstd(packer) => packer.flush(),
        }
    }
}
