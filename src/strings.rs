//! A list of short texts in one piece of memory. An article has a dozen such lists, most of them with one or two items: as vectors of
//! strings they would take more memory than its text.

use std::fmt;

use serde::{Serialize, Serializer};

/// Stands between two items; a control character that no field holds.
const SEPARATOR: char = BYTE as char;
const BYTE: u8 = 0x1f;

/// An immutable list of texts, none of them empty.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Strings(Box<str>);

impl Strings {
    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let mut rest = &*self.0;
        let items = std::iter::from_fn(move || {
            let end = memchr::memchr(BYTE, rest.as_bytes()).unwrap_or(rest.len());
            let item = (!rest.is_empty()).then(|| &rest[..end])?;
            rest = rest.get(end + 1..).unwrap_or_default();
            Some(item)
        });
        items.filter(|item| !item.is_empty())
    }

    /// The first item.
    pub fn first(&self) -> Option<&str> {
        self.iter().next()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items as they are held.
    pub(crate) fn joined(&self) -> &str {
        &self.0
    }

    /// The list that [`Strings::joined`] gave.
    pub(crate) fn from_joined(joined: &str) -> Self {
        Self(joined.into())
    }

    /// The items with `between` between them.
    pub fn join(&self, between: &str) -> String {
        self.0.replace(SEPARATOR, between)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Strings {
    fn from_iter<I: IntoIterator<Item = S>>(items: I) -> Self {
        let mut all = String::new();
        for item in items {
            let item = item.as_ref();
            if item.is_empty() {
                continue;
            }
            if !all.is_empty() {
                // Most lists have one item; where there is a second, more may come.
                if all.len() + item.len() >= all.capacity() {
                    all.reserve(item.len() + 64);
                }
                all.push(SEPARATOR);
            }
            if !item.as_bytes().contains(&BYTE) {
                all.push_str(item);
            } else {
                all.extend(item.split(SEPARATOR));
            }
        }
        Self(all.into())
    }
}

impl<S: AsRef<str>> From<&[S]> for Strings {
    fn from(items: &[S]) -> Self {
        items.iter().collect()
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Strings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::Strings;

    #[test]
    fn items_come_back_in_order_and_empty_ones_do_not() {
        let list: Strings = ["4.0", "", "4.0 SP4"].iter().collect();
        assert_eq!(list.iter().collect::<Vec<_>>(), ["4.0", "4.0 SP4"]);
        assert_eq!((list.first(), list.join("; ").as_str(), list.is_empty()), (Some("4.0"), "4.0; 4.0 SP4", false));
        let list: Strings = ["a\u{1f}b", "\u{1f}", "c"].iter().collect();
        assert_eq!(list.iter().collect::<Vec<_>>(), ["ab", "c"]);
        assert!(Strings::default().is_empty() && Strings::default().first().is_none());
    }
}
