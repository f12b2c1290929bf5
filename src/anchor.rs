//! Heading text → the id that a link can name. Ids are unique within a page and depend on nothing but its headings.

use ahash::HashMap;

/// The ids that a page has given out so far.
#[derive(Debug, Default)]
pub struct Anchors {
    /// Each id with the last number that was appended to it, so that many equal headings stay cheap.
    taken: HashMap<Box<str>, u32>,
}

impl Anchors {
    /// The id of a heading with this text: its slug, with `-2`, `-3` and so on where the page already has it.
    pub fn assign(&mut self, text: &str) -> Box<str> {
        self.unique(slug(text))
    }

    /// Takes an id that the author asked for; a repeated one is numbered like any other.
    pub fn reserve(&mut self, id: &str) -> Box<str> {
        self.unique(id.to_owned())
    }

    fn unique(&mut self, id: String) -> Box<str> {
        let Some(last) = self.taken.get(id.as_str()) else {
            self.taken.insert(id.clone().into_boxed_str(), 1);
            return id.into_boxed_str();
        };
        let mut number = *last;
        let candidate = loop {
            number += 1;
            let candidate = format!("{id}-{number}").into_boxed_str();
            if !self.taken.contains_key(&candidate) {
                break candidate;
            }
        };
        self.taken.insert(id.into_boxed_str(), number);
        self.taken.insert(candidate.clone(), 1);
        candidate
    }
}

/// Letters and digits in lower case, everything between them a single `-`; `section` where nothing is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            slug.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() {
        slug.push_str("section");
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn ids_are_readable_and_unique() {
        let mut anchors = Anchors::default();
        assert_eq!(&*anchors.reserve("more"), "more");
        for (text, id) in [
            ("MORE INFORMATION", "more-information"),
            ("  What's new?! ", "what-s-new"),
            ("More information", "more-information-2"),
            ("More", "more-2"),
            ("more-2", "more-2-2"),
            ("***", "section"),
            ("Überblick İ", "überblick-i"),
            ("", "section-2"),
        ] {
            assert_eq!(&*anchors.assign(text), id, "{text:?}");
        }
    }
}
