//! The words of lines → whether they are sentences. A table says what each byte makes of the word that it stands in.

use super::scan::Line;

/// How many lines of a stanza are read to tell whether they are sentences.
const SAMPLE: usize = 4;

/// Whether `lines` read like sentences: four words or more, most of them in plain letters, perhaps in brackets or quotes or before
/// punctuation.
pub(super) fn is_sentence(text: &str, lines: &[Line]) -> bool {
    // How many words ended as what, by `Word`; blanks that follow blanks end nothing.
    let mut ended = [0usize; 5];
    for line in lines.iter().take(SAMPLE) {
        let mut state = Word::None;
        for &byte in line.bytes(text) {
            let next = NEXT[usize::from(byte)][state as usize];
            // Nothing but a blank ends a word.
            if next == Word::None {
                let end = if byte == b'\t' && state == Word::None { Word::Other } else { state };
                ended[end as usize] += 1;
            }
            state = next;
        }
        ended[state as usize] += 1;
    }
    let all: usize = ended[Word::Opened as usize..].iter().sum();
    let plain = ended[Word::Letters as usize] + ended[Word::Closed as usize];
    all >= 4 && plain * 5 >= all * 3
}

/// How much of a word has been read, and what it is so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    Opened,
    Letters,
    Closed,
    Other,
}

/// What a word becomes with a byte more, by byte and [`Word`].
const NEXT: [[Word; 5]; 256] = {
    use Word::{Closed as C, Letters as L, None as N, Opened as P, Other as O};
    let mut table = [[O; 5]; 256];
    let mut byte = 0;
    while byte < 256 {
        // Not begun, opened, in letters, closed, other.
        table[byte] = match byte as u8 {
            b' ' | b'\t' => [N, N, N, N, N],
            b'a'..=b'z' => [L, L, L, O, O],
            b'A'..=b'Z' => [L, L, O, O, O],
            b'-' => [O, O, L, O, O],
            b'\'' => [P, O, L, C, O],
            b'(' => [P, O, O, O, O],
            b'"' => [P, O, C, C, O],
            b'.' | b',' | b';' | b':' | b'?' | b'!' | b')' => [O, O, C, C, O],
            _ => [O, O, O, O, O],
        };
        byte += 1;
    }
    table
};
