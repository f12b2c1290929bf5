//! The plain text of a body, gathered while its HTML is written: what the search index reads, and the page's description.

/// How much of the first section counts as its lead, in bytes.
const LEAD: usize = 1_200;
/// The longest description, in characters.
const DESCRIPTION: usize = 150;

/// Plain words of a body, separated by white space.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// The first section (SYMPTOMS, SUMMARY or what precedes the first heading), about 1,200 bytes of it at most.
    pub lead: String,
    /// Everything else, headings and code included.
    pub body: String,
}

/// Gathers the text.
#[derive(Debug, Default)]
pub(super) struct Gatherer {
    text: SearchText,
    /// Whether the text is gathered, not only the description.
    is_wanted: bool,
    in_body: bool,
    description: String,
}

impl Gatherer {
    /// For a body of about `length` bytes; where it is 0 only the description is gathered.
    pub(super) fn new(length: usize) -> Self {
        let text = SearchText { lead: String::with_capacity(LEAD.min(length)), body: String::with_capacity(length) };
        Self { text, is_wanted: length > 0, in_body: false, description: String::with_capacity(5 * DESCRIPTION) }
    }

    /// A heading begins: after the first section all text is body, and headings always are.
    pub(super) fn heading(&mut self, text: impl FnOnce(&mut String)) {
        if !self.is_wanted {
            return;
        }
        self.in_body |= !self.text.lead.trim_ascii().is_empty();
        text(&mut self.text.body);
        self.text.body.push(' ');
    }

    /// Words; `prose` where they may serve as a description.
    pub(super) fn words(&mut self, words: &str, prose: bool) {
        if prose && self.description.len() < 4 * DESCRIPTION {
            self.description.push_str(words);
        }
        if !self.is_wanted {
            return;
        }
        if self.in_body {
            self.text.body.push_str(words);
            return;
        }
        if self.text.lead.len() + words.len() <= LEAD {
            self.text.lead.push_str(words);
            return;
        }
        let room = LEAD.saturating_sub(self.text.lead.len());
        let cut = words
            .char_indices()
            .take_while(|(at, _)| *at <= room)
            .filter(|(_, c)| c.is_whitespace())
            .last()
            .map_or(0, |(at, _)| at);
        self.text.lead.push_str(&words[..cut]);
        self.text.body.push_str(&words[cut..]);
        self.in_body = true;
    }

    /// What came before and what comes are not one word.
    pub(super) fn gap(&mut self) {
        let text = if self.in_body { &mut self.text.body } else { &mut self.text.lead };
        for text in [text, &mut self.description] {
            if text.as_bytes().last().is_some_and(|last| *last != b' ') {
                text.push(' ');
            }
        }
    }

    /// The text and the description.
    pub(super) fn finish(self) -> (SearchText, String) {
        (self.text, shortened(&self.description))
    }
}

/// The first words of `text`, single spaces between them, an ellipsis where more would follow.
fn shortened(text: &str) -> String {
    // White space to Unicode, but none to `split_ascii_whitespace`.
    const VERTICAL_TAB: u8 = 0x0b;
    let room = text.len().min(2 * DESCRIPTION);
    if text.is_ascii() && !text.as_bytes().contains(&VERTICAL_TAB) {
        return first_of(text.split_ascii_whitespace(), str::len, room);
    }
    first_of(text.split_whitespace(), |word| word.chars().count(), room)
}

/// The first of `words`, whose lengths in characters `length_of` gives; `room` is about how many bytes they take.
fn first_of<'w>(words: impl Iterator<Item = &'w str>, length_of: impl Fn(&str) -> usize, room: usize) -> String {
    let mut short = String::with_capacity(room);
    let mut length = 0;
    for word in words {
        let word_length = length_of(word);
        if length > 0 && length + 1 + word_length > DESCRIPTION - 2 {
            short.push_str(" …");
            return short;
        }
        if length > 0 {
            short.push(' ');
            length += 1;
        }
        if word_length > DESCRIPTION {
            short.extend(word.chars().take(DESCRIPTION - 1));
            short.push('…');
            return short;
        }
        short.push_str(word);
        length += word_length;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{Gatherer, shortened};

    #[test]
    fn the_lead_is_the_first_section() {
        let mut gatherer = Gatherer::new(1);
        gatherer.heading(|t| t.push_str("SYMPTOMS"));
        gatherer.words("It fails.", true);
        gatherer.gap();
        gatherer.heading(|t| t.push_str("CAUSE"));
        gatherer.words("Nobody knows.", true);
        let (text, description) = gatherer.finish();
        assert_eq!(text.lead, "It fails. ");
        assert_eq!(text.body, "SYMPTOMS CAUSE Nobody knows.");
        assert_eq!(description, "It fails. Nobody knows.");
    }

    #[test]
    fn a_long_first_section_overflows_into_the_body() {
        let mut gatherer = Gatherer::new(1);
        gatherer.words(&"wörd ".repeat(300), false);
        let (text, _) = gatherer.finish();
        assert!(text.lead.len() <= 1_200 && text.lead.len() > 1_190);
        assert!(text.lead.ends_with("wörd") && text.body.starts_with(" wörd"));
    }

    #[test]
    fn a_description_ends_at_a_word() {
        assert_eq!(shortened(" a \n b "), "a b");
        let long = shortened(&"word ".repeat(100));
        assert!(long.ends_with("word …") && long.chars().count() <= 150);
        assert_eq!(shortened(&"x".repeat(500)).chars().count(), 150);
    }
}
