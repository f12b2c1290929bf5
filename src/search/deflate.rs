//! Raw deflate at the highest level, with one state for many small blocks: making a state takes longer than compressing one.

use flate2::{Compress, Compression, FlushCompress, Status};

/// A compressor that is used again and again.
pub(crate) struct Deflate(Compress);

impl Default for Deflate {
    fn default() -> Self {
        Self(Compress::new(Compression::best(), false))
    }
}

impl Deflate {
    /// `bytes`, compressed on their own.
    pub(crate) fn compress(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.reset();
        let room = bytes.len() / 2 + 64;
        let mut out = Vec::with_capacity(room);
        loop {
            let rest = &bytes[self.0.total_in() as usize..];
            match self.0.compress_vec(rest, &mut out, FlushCompress::Finish) {
                Ok(Status::Ok | Status::BufError) => out.reserve(room),
                // Compressing has no input that is wrong.
                Ok(Status::StreamEnd) | Err(_) => return out,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::Deflate;

    #[test]
    fn every_block_comes_back() {
        let mut deflate = Deflate::default();
        let noise: Vec<u8> = (0..9_999u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for block in [&b""[..], b"a", &noise, &[7; 100_000], b"a"] {
            let mut back = Vec::new();
            flate2::read::DeflateDecoder::new(&*deflate.compress(block)).read_to_end(&mut back).unwrap();
            assert_eq!(back, block);
        }
    }
}
