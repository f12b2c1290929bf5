//! Terms as numbers: an open-addressing table over one byte arena, because an allocation per term costs more than all the rest.

/// A free slot. Not 0: memory that comes zeroed is mapped by its first write to each page, which stops all threads for a moment.
const FREE: u64 = u64::MAX;

/// Every distinct term, numbered in the order in which it was first seen.
pub(crate) struct Interner {
    arena: Vec<u8>,
    ends: Vec<u32>,
    /// Upper half: part of the hash; lower half: the number; or [`FREE`].
    slots: Vec<u64>,
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self { arena: Vec::new(), ends: Vec::new(), slots: vec![FREE; 1 << 14] }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn term(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.arena[start..self.ends[number] as usize]
    }

    /// A term that was a text.
    pub(crate) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.term(number)).unwrap_or_default()
    }

    /// The number of a term; a new one where it is new.
    pub(crate) fn number(&mut self, term: &[u8]) -> u32 {
        let hash = hash(term);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == FREE {
                break;
            }
            if slot >> 32 == hash >> 32 && self.term(slot as u32) == term {
                return slot as u32;
            }
            at = (at + 1) & mask;
        }
        self.arena.extend_from_slice(term);
        self.slots[at] = hash >> 32 << 32 | self.ends.len() as u64;
        self.ends.push(self.arena.len() as u32);
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        self.ends.len() as u32 - 1
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![FREE; mask + 1];
        for number in 0..self.ends.len() as u32 {
            let hash = hash(self.term(number));
            let mut at = hash as usize & mask;
            while slots[at] != FREE {
                at = (at + 1) & mask;
            }
            slots[at] = hash >> 32 << 32 | u64::from(number);
        }
        self.slots = slots;
    }
}

/// A quick hash of a short word, eight bytes at a time. Nothing that is written depends on it.
fn hash(term: &[u8]) -> u64 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = term.len() as u64 ^ MIX;
    let mut chunks = term.chunks_exact(8);
    let mut mix = |word: u64| {
        let product = u128::from(state ^ word) * u128::from(MIX);
        state = product as u64 ^ (product >> 64) as u64;
    };
    for chunk in &mut chunks {
        mix(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    }
    let rest = chunks.remainder();
    let mut word = 0;
    for &byte in rest {
        word = word << 8 | u64::from(byte);
    }
    mix(word ^ MIX);
    state
}
