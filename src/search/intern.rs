//! Terms as numbers: an open-addressing table over one byte arena, because an allocation per term costs more than all the rest.

/// A free slot. Not 0: memory that comes zeroed is mapped by its first write to each page, which stops all threads for a moment.
const FREE: u32 = u32::MAX;

/// Slots of a new table: enough for the terms of most documents, and quickly cleared.
const SLOTS: usize = 1 << 10;

/// How many terms there can be. All that come later count as the last one: a site with so many words has more of noise than of language.
const MOST: u32 = (1 << 24) - 1;

/// Every distinct term, numbered in the order in which it was first seen.
pub(crate) struct Interner {
    arena: Vec<u8>,
    ends: Vec<u32>,
    /// The number of a term, and below it eight bits of its hash ([`slot`]); or [`FREE`]. Four bytes, because what fits into the
    /// processor's cache decides how long a search takes.
    slots: Vec<u32>,
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self { arena: Vec::new(), ends: Vec::new(), slots: vec![FREE; SLOTS] }
    }

    /// Forgets all terms. What many terms needed is given back, or clearing would stay as slow as they made it.
    pub(crate) fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
        self.slots.truncate(SLOTS);
        self.slots.fill(FREE);
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn term(&self, number: u32) -> &[u8] {
        &self.arena[self.start(number)..self.ends[number as usize] as usize]
    }

    fn start(&self, number: u32) -> usize {
        if number == 0 { 0 } else { self.ends[number as usize - 1] as usize }
    }

    /// A term that was a text.
    pub(crate) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.term(number)).unwrap_or_default()
    }

    /// The number of a term, if it has one.
    pub(crate) fn find(&self, term: &[u8]) -> Option<u32> {
        self.look(hash(term), term).ok()
    }

    /// The number of a term; a new one where it is new.
    pub(crate) fn number(&mut self, term: &[u8]) -> u32 {
        let hash = hash(term);
        match self.look(hash, term) {
            Ok(number) => number,
            Err(_) if self.ends.len() as u32 == MOST => MOST - 1,
            Err(free) => {
                self.arena.extend_from_slice(term);
                self.slots[free] = slot(hash, self.ends.len() as u32);
                self.ends.push(self.arena.len() as u32);
                if self.ends.len() * 2 > self.slots.len() {
                    self.grow();
                }
                self.ends.len() as u32 - 1
            }
        }
    }

    /// The number of a term, or the slot where it belongs.
    fn look(&self, hash: u64, term: &[u8]) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == FREE {
                return Err(at);
            }
            if is_likely(slot, hash) && self.term(slot >> 8) == term {
                return Ok(slot >> 8);
            }
            at = (at + 1) & mask;
        }
    }

    /// Appends the numbers of all `terms` to `numbers`, as [`Interner::number`] gives them. A large table lies outside the processor's
    /// cache and takes three reads a term, each of which waits for the one before; so each is done for several terms at once, and
    /// they wait together.
    pub(crate) fn number_all(&mut self, terms: &Self, numbers: &mut Vec<u32>) {
        const AT_ONCE: usize = 16;
        let count = terms.len() as u32;
        for first in (0..count).step_by(AT_ONCE) {
            let batch = first..count.min(first + AT_ONCE as u32);
            let (mut hashes, mut slots, mut starts, mut initials) =
                ([0; AT_ONCE], [FREE; AT_ONCE], [None; AT_ONCE], [None; AT_ONCE]);
            for (i, number) in batch.clone().enumerate() {
                hashes[i] = hash(terms.term(number));
                slots[i] = self.slots[hashes[i] as usize & (self.slots.len() - 1)];
            }
            for (i, slot) in slots.iter().enumerate() {
                starts[i] = is_likely(*slot, hashes[i]).then(|| self.start(*slot >> 8));
            }
            for (i, start) in starts.iter().enumerate() {
                initials[i] = start.and_then(|start| self.arena.get(start).copied());
            }
            for (i, number) in batch.enumerate() {
                let term = terms.term(number);
                let is_it = initials[i].is_some() && initials[i] == term.first().copied() && self.term(slots[i] >> 8) == term;
                numbers.push(if is_it { slots[i] >> 8 } else { self.number(term) });
            }
        }
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
            slots[at] = slot(hash, number);
        }
        self.slots = slots;
    }
}

/// What stands in the slot of the term with this hash and this number, which has 24 bits.
fn slot(hash: u64, number: u32) -> u32 {
    number << 8 | (hash >> 56) as u32
}

/// Whether a slot may well be that of a term with this hash.
fn is_likely(slot: u32, hash: u64) -> bool {
    slot != FREE && u64::from(slot & 0xff) == hash >> 56
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
