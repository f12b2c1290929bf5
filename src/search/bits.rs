//! Bits of the index files: plain and truncated binary numbers, gamma codes, binary interpolative coding of sorted document lists,
//! and a prefix code for the letters of terms. The reader is `static/search/bits.js`.

/// A bit stream, most significant bit first.
#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    used: u32,
}

impl BitWriter {
    /// The low `width` bits of `value`; width 0 to 32.
    pub(crate) fn write(&mut self, value: u32, width: u32) {
        self.pending = (self.pending << width) | u64::from(value);
        self.used += width;
        while self.used >= 8 {
            self.used -= 8;
            self.bytes.push((self.pending >> self.used) as u8);
        }
        self.pending &= (1 << self.used) - 1;
    }

    /// A number of at least 1, in about twice its own length.
    pub(crate) fn gamma(&mut self, value: u32) {
        let length = value.ilog2();
        self.write(0, length);
        self.write(value, length + 1);
    }

    /// A number below `range`, in the fewest bits that tell `range` numbers apart.
    pub(crate) fn truncated(&mut self, value: u32, range: u32) {
        let length = range.ilog2();
        let short = ((1u64 << (length + 1)) - u64::from(range)) as u32;
        if value < short {
            self.write(value, length);
        } else {
            self.write(value + short, length + 1);
        }
    }

    /// Rising numbers, all in `low..=high`.
    pub(crate) fn interpolative(&mut self, sorted: &[u32], low: u32, high: u32) {
        if sorted.is_empty() || (high - low) as usize == sorted.len() - 1 {
            return;
        }
        let middle = sorted.len() / 2;
        let value = sorted[middle];
        let least = low + middle as u32;
        let most = high - (sorted.len() - 1 - middle) as u32;
        self.truncated(value - least, most - least + 1);
        if middle > 0 {
            self.interpolative(&sorted[..middle], low, value - 1);
        }
        if middle + 1 < sorted.len() {
            self.interpolative(&sorted[middle + 1..], value + 1, high);
        }
    }

    /// The bytes, the last one filled up with zeros.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let rest = (8 - self.used % 8) % 8;
        self.write(0, rest);
        self.bytes
    }
}

/// After the last letter of a term.
const END: usize = 256;
/// Before a byte that the code has no word for, which follows in 8 bits.
const ESCAPE: usize = 257;
const SYMBOLS: usize = 258;
/// No code word is longer.
const LONGEST: usize = 15;

/// A canonical prefix code over the bytes of terms.
pub(crate) struct Letters {
    lengths: [u8; SYMBOLS],
    words: [u32; SYMBOLS],
}

impl Letters {
    /// The code for how often each byte occurs. Frequencies are rounded to powers of two, so that an edit does not change the code.
    pub(crate) fn from_counts(bytes: &[u64; 256], terms: u64) -> Self {
        let mut weights = [0u64; SYMBOLS];
        let total = bytes.iter().sum::<u64>() + terms;
        for (weight, &count) in weights.iter_mut().zip(bytes) {
            *weight = if count * 8192 > total { rounded(count, total) } else { 0 };
        }
        weights[END] = rounded(terms.max(1), total.max(1));
        weights[ESCAPE] = 1;
        let lengths = huffman_lengths(&weights);
        Self { lengths, words: canonical(&lengths) }
    }

    /// One term's letters and its end.
    pub(crate) fn write(&self, out: &mut BitWriter, suffix: &[u8]) {
        for &byte in suffix {
            let symbol = byte as usize;
            if self.lengths[symbol] > 0 {
                out.write(self.words[symbol], u32::from(self.lengths[symbol]));
            } else {
                out.write(self.words[ESCAPE], u32::from(self.lengths[ESCAPE]));
                out.write(u32::from(byte), 8);
            }
        }
        out.write(self.words[END], u32::from(self.lengths[END]));
    }

    /// For each length from 1 to 15 how many symbols have it, then the symbols in code order; the end is 0, the escape 1.
    pub(crate) fn table(&self) -> Vec<u8> {
        let mut counts = vec![0; LONGEST];
        let mut symbols = Vec::new();
        for (symbol, length) in in_code_order(&self.lengths) {
            counts[length as usize - 1] += 1;
            symbols.push(if symbol >= END { (symbol - END) as u8 } else { symbol as u8 });
        }
        counts.extend(symbols);
        counts
    }
}

fn rounded(count: u64, total: u64) -> u64 {
    1 << (16 - (total as f64 / count as f64).log2().round().clamp(0.0, 16.0) as u32)
}

fn in_code_order(lengths: &[u8; SYMBOLS]) -> Vec<(usize, u8)> {
    let mut order: Vec<(usize, u8)> = lengths.iter().copied().enumerate().filter(|&(_, length)| length > 0).collect();
    order.sort_by_key(|&(symbol, length)| (length, symbol));
    order
}

fn canonical(lengths: &[u8; SYMBOLS]) -> [u32; SYMBOLS] {
    let mut words = [0; SYMBOLS];
    let (mut next, mut before) = (0u32, 0);
    for (symbol, length) in in_code_order(lengths) {
        next <<= length - before;
        words[symbol] = next;
        next += 1;
        before = length;
    }
    words
}

/// Code lengths by repeatedly joining the two lightest trees; ties go to the lower symbol. Weights span 16 bits, so no word is longer
/// than 15 bits once the weights below the lightest two are flattened by `rounded`.
fn huffman_lengths(weights: &[u64; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut floor = 1;
    loop {
        let mut trees: Vec<(u64, Vec<usize>)> = Vec::new();
        for (symbol, &weight) in weights.iter().enumerate().filter(|&(_, &weight)| weight > 0) {
            trees.push((weight.max(floor), vec![symbol]));
        }
        let mut lengths = [0u8; SYMBOLS];
        while trees.len() > 1 {
            trees.sort_by(|a, b| b.0.cmp(&a.0).then(b.1[0].cmp(&a.1[0])));
            let (Some(first), Some(second)) = (trees.pop(), trees.pop()) else { break };
            let symbols: Vec<usize> = [first.1, second.1].concat();
            for &symbol in &symbols {
                lengths[symbol] += 1;
            }
            trees.push((first.0 + second.0, symbols));
        }
        if lengths.iter().all(|&length| usize::from(length) <= LONGEST) {
            return lengths;
        }
        floor *= 2;
    }
}

#[cfg(test)]
pub(crate) mod reader {
    //! The decoder, for the tests.

    pub(crate) struct BitReader<'a> {
        pub(crate) bytes: &'a [u8],
        pub(crate) at: usize,
    }

    impl BitReader<'_> {
        pub(crate) fn read(&mut self, width: u32) -> u32 {
            let mut value = 0;
            for _ in 0..width {
                value = value << 1 | u32::from(self.bytes[self.at / 8] >> (7 - self.at % 8) & 1);
                self.at += 1;
            }
            value
        }

        pub(crate) fn gamma(&mut self) -> u32 {
            let mut length = 0;
            while self.read(1) == 0 {
                length += 1;
            }
            1 << length | self.read(length)
        }

        pub(crate) fn truncated(&mut self, range: u32) -> u32 {
            let length = range.ilog2();
            let short = ((1u64 << (length + 1)) - u64::from(range)) as u32;
            let value = self.read(length);
            if value < short { value } else { (value << 1 | self.read(1)) - short }
        }

        pub(crate) fn interpolative(&mut self, out: &mut [u32], low: u32, high: u32) {
            if out.is_empty() {
                return;
            }
            if (high - low) as usize == out.len() - 1 {
                for (i, value) in out.iter_mut().enumerate() {
                    *value = low + i as u32;
                }
                return;
            }
            let middle = out.len() / 2;
            let least = low + middle as u32;
            let most = high - (out.len() - 1 - middle) as u32;
            let value = least + self.truncated(most - least + 1);
            out[middle] = value;
            let (left, right) = out.split_at_mut(middle);
            if !left.is_empty() {
                self.interpolative(left, low, value - 1);
            }
            if right.len() > 1 {
                self.interpolative(&mut right[1..], value + 1, high);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reader::BitReader;
    use super::{BitWriter, Letters};

    #[test]
    fn numbers_and_lists_come_back_as_they_were_written() {
        let mut state = 12345u64;
        let mut random = |below: u32| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) % u64::from(below)) as u32
        };
        for _ in 0..300 {
            let capacity = 1 + random(70_000);
            let wanted = 1 + random(capacity.min(400));
            let mut list: Vec<u32> = (0..wanted).map(|_| random(capacity)).collect();
            list.sort_unstable();
            list.dedup();
            let number = 1 + random(100_000);
            let mut writer = BitWriter::default();
            writer.gamma(list.len() as u32);
            writer.interpolative(&list, 0, capacity - 1);
            writer.gamma(number);
            writer.truncated(number - 1, number);
            let bytes = writer.finish();
            let mut reader = BitReader { bytes: &bytes, at: 0 };
            let mut back = vec![0; reader.gamma() as usize];
            reader.interpolative(&mut back, 0, capacity - 1);
            assert_eq!(back, list);
            assert_eq!(reader.gamma(), number);
            assert_eq!(reader.truncated(number), number - 1);
        }
    }

    #[test]
    fn letters_form_a_complete_prefix_code() {
        let mut counts = [0u64; 256];
        for (i, count) in counts.iter_mut().enumerate().skip(40).take(80) {
            *count = 1u64 << (i % 20);
        }
        let letters = Letters::from_counts(&counts, 900);
        let kraft: f64 = letters.lengths.iter().filter(|&&length| length > 0).map(|&length| 0.5f64.powi(length.into())).sum();
        assert!((kraft - 1.0).abs() < 1e-9, "{kraft}");
        assert!(letters.lengths.iter().all(|&length| length <= 15));
    }
}
