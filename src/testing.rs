//! Help for tests: deterministic damage to a good input.

/// A small generator of numbers (xorshift), the same in every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Starts from `seed`, which must not be 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Calls `check` with `count` damaged copies of `seed`: characters replaced, removed, inserted, parts cut, doubled and moved.
pub(crate) fn mutations(seed: &str, count: usize, mut check: impl FnMut(&str)) {
    const PIECES: [&str; 40] = [
        "\"", "'", "\n", "\r", "\r\n", ":", ": ", "- ", "[", "]", "{", "}", "[[", "---", "...", "+++", "#", " #", "\t", "&a ",
        "*a", "!", "!!str ", "|", ">", "%", "@", "`", "=", ",", "\\", "\0", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}", "é", "🦀",
        "0x", "1e999",
    ];
    let mut numbers = Numbers::new(0x9E37_79B9_7F4A_7C15);
    for _ in 0..count {
        let mut chars: Vec<char> = seed.chars().collect();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(chars.len() + 1);
            let end = (at + numbers.below(12)).min(chars.len());
            match numbers.below(4) {
                0 => drop(chars.drain(at..end)),
                1 => {
                    let copy: Vec<char> = chars[at..end].to_vec();
                    let to = numbers.below(chars.len() + 1);
                    chars.splice(to..to, copy);
                }
                2 => chars.truncate(at.max(1)),
                _ => drop(chars.splice(at..at, PIECES[numbers.below(PIECES.len())].chars())),
            }
        }
        check(&chars.iter().collect::<String>());
    }
}
