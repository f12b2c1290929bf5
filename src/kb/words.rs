//! The words of lines → whether they are sentences. Every article's lines come by here, so an automaton reads them without a branch: each
//! byte has a word of 32 bits in which every state finds the one that follows it with a shift (a "shift-based DFA").

use super::scan::Line;

/// How many lines of a stanza are read to tell whether they are sentences.
const SAMPLE: usize = 4;

/// Whether `lines` read like sentences: four words or more, most of them in plain letters, perhaps in brackets or quotes or before
/// punctuation.
pub(super) fn is_sentence(text: &str, lines: &[Line]) -> bool {
    // How many words ended as what, by `STATES`; blanks that follow blanks end nothing.
    let mut ended = [0u64; STATES.len()];
    for line in lines.iter().take(SAMPLE) {
        let mut state = BEFORE;
        for piece in line.bytes(text).chunks(COUNTED) {
            let mut counts = 0u64;
            for &byte in piece {
                let next = NEXT[usize::from(byte)];
                counts += u64::from(next >> BLANK) << (2 * (state & LAST));
                if byte == b'\t' && state & LAST == BEFORE {
                    counts += 1 << (2 * OTHER);
                }
                // Of what it is to shift by, the processor looks at five bits only.
                state = next.wrapping_shr(state);
            }
            for (ended, state) in ended.iter_mut().zip(STATES) {
                *ended += counts >> (2 * state) & COUNTED as u64;
            }
        }
        ended[((state & LAST) / WIDTH) as usize] += 1;
    }
    let [_, opened, letters, closed, other] = ended;
    let all = opened + letters + closed + other;
    all >= 4 && (letters + closed) * 5 >= all * 3
}

/// Bits that a state takes in the word of a byte.
const WIDTH: u32 = 5;
/// The bits that say which state it is.
const LAST: u32 = (1 << WIDTH) - 1;
/// Bytes whose blanks can be counted in twice as many bits.
const COUNTED: usize = (1 << (2 * WIDTH)) - 1;

// How much of a word has been read, and what it is so far: where the state that follows is found.
const BEFORE: u32 = 0;
const OPENED: u32 = WIDTH;
const LETTERS: u32 = 2 * WIDTH;
const CLOSED: u32 = 3 * WIDTH;
const OTHER: u32 = 4 * WIDTH;
const STATES: [u32; 5] = [BEFORE, OPENED, LETTERS, CLOSED, OTHER];

/// The bit of a byte that ends a word; nothing but a blank does.
const BLANK: u32 = 31;

/// For each byte the states that follow those of [`STATES`].
const NEXT: [u32; 256] = {
    const B: u32 = BEFORE;
    const P: u32 = OPENED;
    const L: u32 = LETTERS;
    const C: u32 = CLOSED;
    const O: u32 = OTHER;
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (blank, next) = match byte as u8 {
            b' ' | b'\t' => (1, [B, B, B, B, B]),
            b'a'..=b'z' => (0, [L, L, L, O, O]),
            b'A'..=b'Z' => (0, [L, L, O, O, O]),
            b'-' => (0, [O, O, L, O, O]),
            b'\'' => (0, [P, O, L, C, O]),
            b'(' => (0, [P, O, O, O, O]),
            b'"' => (0, [P, O, C, C, O]),
            b'.' | b',' | b';' | b':' | b'?' | b'!' | b')' => (0, [O, O, C, C, O]),
            _ => (0, [O, O, O, O, O]),
        };
        table[byte] = blank << BLANK;
        let mut state = 0;
        while state < STATES.len() {
            table[byte] |= next[state] << STATES[state];
            state += 1;
        }
        byte += 1;
    }
    table
};
