//! Known problems, so that an archive with ten thousand of them fails only on new ones: a text file with a line for each file, code and
//! message. Lines and columns are not in it, so that an edit elsewhere in a file changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;

/// First line of a baseline that this version understands.
const HEADER: &str =
    "# kbpress baseline 1: problems that are known, as `count code hash path`; `kbpress check --write-baseline` makes it anew";

/// How often each problem is known.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Baseline(BTreeMap<Key, usize>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: String,
    code: String,
    /// The first 16 hexadecimal digits of the message's BLAKE3 hash.
    hash: String,
}

impl Key {
    fn of(diagnostic: &Diagnostic) -> Self {
        // A line is one line whatever the name of the file.
        let path =
            diagnostic.location.as_ref().map_or_else(String::new, |location| location.path.replace(['\n', '\r'], "\u{fffd}"));
        let hash = blake3::hash(diagnostic.message.as_bytes()).to_hex()[..16].to_owned();
        Self { path, code: diagnostic.code.to_owned(), hash }
    }
}

impl Baseline {
    /// The baseline in which all of `diagnostics` are known.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut known = BTreeMap::new();
        for diagnostic in diagnostics {
            *known.entry(Key::of(diagnostic)).or_default() += 1;
        }
        Self(known)
    }

    /// The baseline as text, sorted by path: a change of one file changes its lines only.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (Key { path, code, hash }, count) in &self.0 {
            let _ = writeln!(text, "{count} {code} {hash} {path}");
        }
        text
    }

    /// The baseline in `text`.
    ///
    /// # Errors
    /// The number of the first line, from 1, that does not belong into one.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut known = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut parts = line.splitn(4, ' ');
            let count = parts.next().and_then(|count| count.parse::<usize>().ok());
            let (Some(count), Some(code), Some(hash), Some(path)) = (count, parts.next(), parts.next(), parts.next()) else {
                return Err(number + 1);
            };
            *known.entry(Key { path: path.to_owned(), code: code.to_owned(), hash: hash.to_owned() }).or_default() += count;
        }
        Ok(Self(known))
    }

    /// Removes the known problems from `diagnostics`, of equal ones the first; says how many were removed and how many of the known
    /// ones are no longer there.
    pub fn subtract(mut self, diagnostics: &mut Vec<Diagnostic>) -> (usize, usize) {
        let before = diagnostics.len();
        diagnostics.retain(|diagnostic| match self.0.get_mut(&Key::of(diagnostic)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        (before - diagnostics.len(), self.0.values().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::Baseline;
    use crate::diagnostic::{Diagnostic, code};
    use crate::source::Span;

    fn problem(path: &str, at: usize) -> Diagnostic {
        Diagnostic::warning(code::DEAD_LINK, "no page").at(&path.into(), Span::new(at..at))
    }

    #[test]
    fn a_known_problem_may_move_and_a_further_one_is_new() {
        let known = Baseline::of(&[problem("a b.md", 1), problem("c.md", 2)]);
        let known = Baseline::parse(&known.to_text()).expect("it was just written");
        let mut now = vec![problem("a b.md", 9), problem("a b.md", 20)];
        assert_eq!(known.subtract(&mut now), (1, 1));
        assert_eq!(now, [problem("a b.md", 20)]);
    }

    #[test]
    fn a_damaged_line_is_named() {
        assert_eq!(Baseline::parse("# x\n1 dead-link abc a.md\nwhat\n"), Err(3));
    }
}
