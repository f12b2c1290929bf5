//! The Porter2 English stemmer over lower-case ASCII words. `static/search/stem.js` is its bit-identical twin.
//!
//! A word with anything but `a`–`z` in it (digits, other scripts) is its own stem.

/// The stem of a lower-case word; words of up to two letters and words with other characters come back unchanged.
pub fn stem(word: &str) -> String {
    if word.len() <= 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    if let Some((_, stem)) = EXCEPTIONS.iter().find(|(from, _)| *from == word) {
        return (*stem).to_owned();
    }
    let mut stem = Stem::new(word);
    stem.plurals();
    if !UNCHANGED_AFTER_PLURALS.contains(&stem.as_str()) {
        stem.past_and_gerund();
        stem.final_y();
        stem.derivations();
        stem.more_derivations();
        stem.endings();
        stem.final_e_or_l();
    }
    stem.word.iter().map(|&b| b.to_ascii_lowercase() as char).collect()
}

const EXCEPTIONS: [(&str, &str); 18] = [
    ("skis", "ski"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("idly", "idl"),
    ("gently", "gentl"),
    ("ugly", "ugli"),
    ("early", "earli"),
    ("only", "onli"),
    ("singly", "singl"),
    ("sky", "sky"),
    ("news", "news"),
    ("howe", "howe"),
    ("atlas", "atlas"),
    ("cosmos", "cosmos"),
    ("bias", "bias"),
    ("andes", "andes"),
];
const UNCHANGED_AFTER_PLURALS: [&str; 8] = ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];
const DERIVATIONS: [(&str, &str); 24] = [
    ("ization", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("entli", "ent"),
    ("ation", "ate"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
    ("bli", "ble"),
    ("ogi", "og"),
    ("li", ""),
];
const MORE_DERIVATIONS: [(&str, &str); 9] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("alize", "al"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ative", ""),
    ("ical", "ic"),
    ("ness", ""),
    ("ful", ""),
];
const ENDINGS: [&str; 18] = [
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al", "er",
    "ic",
];

/// A word on its way to its stem: `Y` marks a consonant y; `r1` and `r2` are where the regions begin.
struct Stem {
    word: Vec<u8>,
    r1: usize,
    r2: usize,
}

fn vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

impl Stem {
    fn new(word: &str) -> Self {
        let mut word = word.as_bytes().to_vec();
        for i in 0..word.len() {
            if word[i] == b'y' && (i == 0 || vowel(word[i - 1])) {
                word[i] = b'Y';
            }
        }
        let r1 = match ["gener", "commun", "arsen"].iter().find(|prefix| word.starts_with(prefix.as_bytes())) {
            Some(prefix) => prefix.len(),
            None => region(&word, 0),
        };
        let r2 = region(&word, r1);
        Self { word, r1, r2 }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.word).unwrap_or_default()
    }

    fn ends(&self, suffix: &str) -> bool {
        self.word.ends_with(suffix.as_bytes())
    }

    fn cut(&mut self, letters: usize) {
        self.word.truncate(self.word.len() - letters);
    }

    fn replace(&mut self, letters: usize, with: &str) {
        self.cut(letters);
        self.word.extend_from_slice(with.as_bytes());
    }

    fn vowel_before(&self, end: usize) -> bool {
        self.word[..end].iter().any(|&letter| vowel(letter))
    }

    fn short_syllable(&self, end: usize) -> bool {
        let word = &self.word[..end];
        match *word {
            [first, second] => vowel(first) && !vowel(second),
            [.., before, middle, last] => !vowel(before) && vowel(middle) && !vowel(last) && !matches!(last, b'w' | b'x' | b'Y'),
            _ => false,
        }
    }

    fn plurals(&mut self) {
        let length = self.word.len();
        if self.ends("sses") {
            self.cut(2);
        } else if self.ends("ied") || self.ends("ies") {
            self.cut(if length > 4 { 2 } else { 1 });
        } else if self.ends("s") && !self.ends("us") && !self.ends("ss") && self.vowel_before(length - 2) {
            self.cut(1);
        }
    }

    fn past_and_gerund(&mut self) {
        if let Some(suffix) = ["eedly", "eed"].into_iter().find(|suffix| self.ends(suffix)) {
            if self.word.len() - suffix.len() >= self.r1 {
                self.replace(suffix.len(), "ee");
            }
            return;
        }
        let Some(suffix) = ["ingly", "edly", "ing", "ed"].into_iter().find(|suffix| self.ends(suffix)) else { return };
        if !self.vowel_before(self.word.len() - suffix.len()) {
            return;
        }
        self.cut(suffix.len());
        let doubled = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"];
        if self.ends("at") || self.ends("bl") || self.ends("iz") {
            self.word.push(b'e');
        } else if doubled.iter().any(|pair| self.ends(pair)) {
            self.cut(1);
        } else if self.word.len() <= self.r1 && self.short_syllable(self.word.len()) {
            self.word.push(b'e');
        }
    }

    fn final_y(&mut self) {
        let length = self.word.len();
        if length > 2 && matches!(self.word[length - 1], b'y' | b'Y') && !vowel(self.word[length - 2]) {
            self.word[length - 1] = b'i';
        }
    }

    fn derivations(&mut self) {
        let Some((suffix, with)) = DERIVATIONS.iter().find(|(suffix, _)| self.ends(suffix)) else { return };
        let Some(at) = self.word.len().checked_sub(suffix.len()).filter(|&at| at >= self.r1) else { return };
        let before = if at == 0 { b' ' } else { self.word[at - 1] };
        let allowed = match *suffix {
            "ogi" => before == b'l',
            "li" => b"cdeghkmnrt".contains(&before),
            _ => true,
        };
        if allowed {
            self.replace(suffix.len(), with);
        }
    }

    fn more_derivations(&mut self) {
        let Some((suffix, with)) = MORE_DERIVATIONS.iter().find(|(suffix, _)| self.ends(suffix)) else { return };
        let at = self.word.len() - suffix.len();
        if at >= self.r1 && (*suffix != "ative" || at >= self.r2) {
            self.replace(suffix.len(), with);
        }
    }

    fn endings(&mut self) {
        let Some(suffix) = ENDINGS.iter().find(|suffix| self.ends(suffix)) else { return };
        let at = self.word.len() - suffix.len();
        let allowed = *suffix != "ion" || (at > 0 && matches!(self.word[at - 1], b's' | b't'));
        if at >= self.r2 && allowed {
            self.cut(suffix.len());
        }
    }

    fn final_e_or_l(&mut self) {
        let Some(at) = self.word.len().checked_sub(1) else { return };
        if self.ends("e") && (at >= self.r2 || (at >= self.r1 && !self.short_syllable(at))) || self.ends("ll") && at >= self.r2 {
            self.cut(1);
        }
    }
}

/// Where the region after the first consonant that follows a vowel begins, looking from `from`.
fn region(word: &[u8], from: usize) -> usize {
    (from + 1..word.len()).find(|&i| !vowel(word[i]) && vowel(word[i - 1])).map_or(word.len(), |i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn known_words_have_the_stems_of_the_published_algorithm() {
        for (word, expected) in [
            ("consistency", "consist"),
            ("knightly", "knight"),
            ("generously", "generous"),
            ("communication", "communic"),
            ("arsenal", "arsenal"),
            ("flies", "fli"),
            ("ties", "tie"),
            ("gas", "gas"),
            ("kiwis", "kiwi"),
            ("hopping", "hop"),
            ("hoping", "hope"),
            ("installed", "instal"),
            ("installation", "instal"),
            ("relational", "relat"),
            ("conditional", "condit"),
            ("say", "say"),
            ("cry", "cri"),
            ("by", "by"),
            ("youth", "youth"),
            ("bed", "bed"),
            ("agreed", "agre"),
            ("feed", "feed"),
            ("controlling", "control"),
            ("analogies", "analog"),
            ("nt4", "nt4"),
            ("proceeded", "proceed"),
            ("skies", "sky"),
            ("effective", "effect"),
            ("replacement", "replac"),
            ("ied", "ie"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}
