//! Heading texts → ids that are unique in a page. Both body formats take their ids from here, so that a heading has the same anchor
//! whichever way the article was written.

use std::collections::HashMap;

/// The ids given out in one page so far.
#[derive(Debug, Default)]
pub struct Anchors {
    /// Each id in use, with the number to try first when the same slug comes again.
    used: HashMap<Box<str>, u32>,
}

impl Anchors {
    /// A new id for a heading with this text: its slug, with `-2`, `-3`, … where an earlier heading has it already.
    pub fn assign(&mut self, text: &str) -> Box<str> {
        let slug: Box<str> = slug(text).into();
        let Some(&next) = self.used.get(&slug) else {
            self.used.insert(slug.clone(), 2);
            return slug;
        };
        let mut number = next;
        loop {
            let id: Box<str> = format!("{slug}-{number}").into();
            number += 1;
            if !self.used.contains_key(&id) {
                self.used.insert(slug, number);
                self.used.insert(id.clone(), 2);
                return id;
            }
        }
    }
}

/// The ASCII letters and digits of `text` in lower case, each run of anything else a single `-`; `section` where none is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            slug.push(byte.to_ascii_lowercase() as char);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    if slug.is_empty() { "section".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn ids_are_unique_whatever_the_headings_are() {
        let mut anchors = Anchors::default();
        let texts = ["MORE INFORMATION", "More information!", "More Information 2", "more-information", "==", ""];
        let ids: Vec<_> = texts.iter().map(|text| anchors.assign(text)).collect();
        let expected =
            ["more-information", "more-information-2", "more-information-2-2", "more-information-3", "section", "section-2"];
        assert_eq!(ids.iter().map(AsRef::as_ref).collect::<Vec<_>>(), expected);
    }
}
