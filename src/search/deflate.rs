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
        self.compress_after(&[], bytes)
    }

    /// `bytes` as they go on after `before`, whose words they may refer to: a reader inflates both, one after the other.
    pub(crate) fn compress_after(&mut self, before: &[u8], bytes: &[u8]) -> Vec<u8> {
        self.0.reset();
        let mut out = Vec::with_capacity((before.len() + bytes.len()) / 2 + 64);
        if !before.is_empty() {
            self.run(before, &mut out, FlushCompress::Sync);
            out.clear();
        }
        self.run(bytes, &mut out, FlushCompress::Finish);
        out
    }

    fn run(&mut self, bytes: &[u8], out: &mut Vec<u8>, flush: FlushCompress) {
        let start = self.0.total_in();
        loop {
            let rest = &bytes[(self.0.total_in() - start) as usize..];
            let status = self.0.compress_vec(rest, out, flush);
            // A flush is complete when there is room left; compressing has no input that is wrong.
            let is_flushed = flush == FlushCompress::Sync && out.len() < out.capacity();
            if is_flushed || matches!(status, Ok(Status::StreamEnd) | Err(_)) {
                return;
            }
            out.reserve(bytes.len() / 2 + 64);
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

    #[test]
    fn a_block_goes_on_where_others_end() {
        let (before, text) = ("Microsoft Windows Error Message", "Error Message in Microsoft Windows\n".repeat(3));
        let mut deflate = Deflate::default();
        let block = deflate.compress_after(before.as_bytes(), text.as_bytes());
        let length = before.len() as u16;
        let stored = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), before.as_bytes(), &block].concat();
        let mut back = String::new();
        flate2::read::DeflateDecoder::new(&*stored).read_to_string(&mut back).unwrap();
        assert_eq!(back, format!("{before}{text}"));
        assert!(block.len() < deflate.compress(text.as_bytes()).len());
    }
}
