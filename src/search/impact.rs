//! How much a term says about a document: BM25F over five fields, squeezed into eight levels.
//!
//! Averages are constants and not measured, so that an edit changes the levels of the edited article only.

/// Where a term stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    QueryWords,
    Lead,
    Body,
    Meta,
}

pub(crate) const FIELDS: usize = 5;
/// What one occurrence is worth, by field.
const WEIGHTS: [f32; FIELDS] = [7.0, 4.0, 1.6, 1.0, 0.3];
/// How strongly a long field dilutes it.
const DILUTION: [f32; FIELDS] = [0.4, 0.4, 0.5, 0.6, 0.3];
/// The usual length of each field, in terms.
const USUAL: [f32; FIELDS] = [9.0, 3.3, 47.0, 183.0, 26.0];
const SATURATION: f32 = 1.2;

/// Where one level ends and the next begins: below 4 for terms that are not in the title, from 4 for those that are.
const BODY_STEPS: [f32; 3] = [0.40, 0.60, 0.75];
const TITLE_STEPS: [f32; 3] = [0.86, 0.90, 0.94];
/// What a reader of the index takes a level for, in 255ths.
pub(crate) const LEVELS: [u8; 8] = [77, 130, 173, 212, 213, 225, 235, 243];
/// Levels from here on say that the term is in the title.
pub(crate) const TITLE_LEVEL: u8 = 4;

/// The multipliers that a document's field lengths give its term frequencies.
pub(crate) fn dilution(lengths: &[u32; FIELDS]) -> [f32; FIELDS] {
    std::array::from_fn(|f| WEIGHTS[f] / (1.0 - DILUTION[f] + DILUTION[f] * lengths[f] as f32 / USUAL[f]))
}

/// The level, 0 to 7, of a term with these frequencies.
pub(crate) fn level(frequencies: &[u16; FIELDS], dilution: &[f32; FIELDS]) -> u8 {
    let weighted: f32 = frequencies.iter().zip(dilution).map(|(&tf, factor)| f32::from(tf) * factor).sum();
    let impact = weighted / (SATURATION + weighted);
    let in_title = frequencies[Field::Title as usize] > 0;
    let steps = if in_title { &TITLE_STEPS } else { &BODY_STEPS };
    let step = steps.iter().filter(|&&step| impact >= step).count() as u8;
    if in_title { TITLE_LEVEL + step } else { step }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, dilution, level};

    #[test]
    fn a_title_word_outranks_any_number_of_body_words() {
        let usual = dilution(&[9, 3, 47, 183, 26]);
        let title = level(&[1, 0, 0, 0, 0], &usual);
        let body = level(&[0, 0, 3, 40, 2], &usual);
        assert!(title >= 4 && body < 4);
        assert!(level(&[1; FIELDS], &usual) > title);
    }
}
