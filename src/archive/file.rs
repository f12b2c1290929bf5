//! Files → a tar archive, packed or not, that takes its name only when it is whole. Owner, mode and time are the same for all files, so that
//! the same site makes the same bytes.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::GzBuilder;
use flate2::write::GzEncoder;

use super::{Sink, Target};
use crate::write::Disk;
use crate::write::whole::Whole;

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
    place: PathBuf,
    time: u64,
}

impl Archive {
    /// Begins an archive beside the place of `target`.
    pub(super) fn create(target: &Target, disk: &Disk) -> Result<Self> {
        let out = BufWriter::with_capacity(BUFFER, Whole::begin(disk, &target.path)?);
        let packer = match target.compression {
            Compression::None => Packer::None(out),
            // No name and no time: they would differ from one build to the next.
            Compression::Gzip => Packer::Gzip(GzBuilder::new().write(out, flate2::Compression::new(GZIP_LEVEL))),
            Compression::Zstd => Packer::Zstd(zstd::Encoder::new(out, ZSTD_LEVEL).context("cannot start the compression")?),
        };
        Ok(Self { builder: tar::Builder::new(packer), place: target.path.clone(), time: target.time })
    }

    /// Ends the archive and gives it its name.
    pub(super) fn finish(self) -> Result<()> {
        let Self { builder, place, .. } = self;
        let packed = builder.into_inner().and_then(Packer::finish);
        packed.with_context(|| failure(&place))?.finish()
    }
}

fn failure(place: &Path) -> String {
    format!("cannot write `{}`", place.display())
}

impl Sink for Archive {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.time);
        self.builder.append_data(&mut header, path, bytes).with_context(|| failure(&self.place))
    }
}

/// What packs the archive on its way to the disk.
enum Packer {
    None(BufWriter<Whole>),
    Gzip(GzEncoder<BufWriter<Whole>>),
    Zstd(zstd::Encoder<'static, BufWriter<Whole>>),
}

impl Packer {
    fn finish(self) -> io::Result<Whole> {
        let out = match self {
            Self::None(out) => out,
            Self::Gzip(packer) => packer.finish()?,
            Self::Zstd(packer) => packer.finish()?,
        };
        out.into_inner().map_err(io::IntoInnerError::into_error)
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
