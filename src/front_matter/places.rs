//! Where the keys and values of a front matter are. The YAML library does not tell, so the lines are searched for the way in which
//! people write them; where that is not sure, a place is that of the whole value or of the block.

use std::ops::Range;

/// The top-level keys of a block, in order.
pub(super) struct Places<'t> {
    text: &'t str,
    block: Range<usize>,
    places: Vec<(&'t str, Place)>,
}

/// One key: bytes of the file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The key, without quotes and colon.
    pub(super) key: Range<usize>,
    /// Its value: the rest of the line, else the lines below that belong to it; empty where there is none.
    pub(super) value: Range<usize>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str, block: Range<usize>) -> Self {
        let mut places: Vec<(&str, Place)> = Vec::new();
        let mut indent = None;
        for line in lines(text, block.clone()) {
            let content = &text[line.clone()];
            let blanks = content.len() - content.trim_start_matches(' ').len();
            let content = content[blanks..].trim_end();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let start = line.start + blanks;
            let end = start + content.len();
            if *indent.get_or_insert(blanks) == blanks
                && let Some((key, after)) = key_of(content)
            {
                let value = start + after + (content[after..].len() - content[after..].trim_start().len())..end;
                let value = without_comment(text, value);
                let key_start = start + usize::from(content.starts_with(['"', '\'']));
                places.push((key, Place { key: key_start..key_start + key.len(), value }));
            } else if let Some((_, place)) = places.last_mut() {
                let first = if place.value.is_empty() { start } else { place.value.start };
                place.value = first..end;
            }
        }
        Self { text, block, places }
    }

    /// The places of a key, which may be there more than once.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(move |(name, _)| *name == key).map(|(_, place)| place)
    }

    /// Where the key is, or the start of the block.
    pub(super) fn key(&self, key: &str) -> Range<usize> {
        self.all(key).next().map_or(self.block.start..self.block.start, |place| place.key.clone())
    }

    /// Where the value of the key is, or the key if it has none. A value of many lines is shown by its first.
    pub(super) fn value(&self, key: &str) -> Range<usize> {
        let Some(place) = self.all(key).next() else { return self.key(key) };
        if place.value.is_empty() {
            return place.key.clone();
        }
        first_line(self.text, unquoted(self.text, place.value.clone()))
    }

    /// Where item `index` of the list at the key is, or the value if that is not sure.
    pub(super) fn item(&self, key: &str, index: usize) -> Range<usize> {
        let Some(place) = self.all(key).next() else { return self.key(key) };
        items(self.text, place.value.clone()).and_then(|items| items.into_iter().nth(index)).unwrap_or_else(|| self.value(key))
    }

    /// Where the word `name` begins a mapping's entry inside the value at the key, or the value.
    pub(super) fn inner(&self, key: &str, name: &str) -> Range<usize> {
        let Some(place) = self.all(key).next() else { return self.key(key) };
        let value = &self.text[place.value.clone()];
        let found = value.match_indices(name).find(|(at, _)| {
            let before = value[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
            before && value[at + name.len()..].trim_start_matches(['"', '\'']).starts_with(':')
        });
        found.map_or_else(|| self.value(key), |(at, _)| place.value.start + at..place.value.start + at + name.len())
    }
}

/// The text of a plain value or item as written, or `None` if it is quoted or more than a word: so that the version `4.10` is not 4.1.
pub(super) fn plain(text: &str, place: Range<usize>) -> Option<&str> {
    let value = &text[place];
    let simple = !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'));
    simple.then_some(value)
}

/// The lines of the block without their ends, which may be LF, CRLF or CR.
fn lines(text: &str, block: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = block.start;
    std::iter::from_fn(move || {
        if at >= block.end {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', &text.as_bytes()[at..block.end]).map_or(block.end, |i| at + i);
        let line = at..end;
        at = end + 1;
        Some(line)
    })
}

/// The key at the start of a line and the offset behind its colon.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let (key, after) = match line.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = line[1..].find(quote)? + 1;
            (&line[1..end], end + 1)
        }
        '-' | '[' | '{' | '?' | '|' | '>' | '&' | '*' | '!' => return None,
        _ => {
            let end = line
                .match_indices(':')
                .map(|(at, _)| at)
                .find(|at| matches!(line.as_bytes().get(at + 1), None | Some(b' ' | b'\t')))?;
            (line[..end].trim_end(), end)
        }
    };
    let colon = after + line[after..].find(|c: char| c != ' ').filter(|at| line[after + at..].starts_with(':'))?;
    Some((key, colon + 1))
}

/// Without the ` # comment` at the end of a plain value.
fn without_comment(text: &str, value: Range<usize>) -> Range<usize> {
    let content = &text[value.clone()];
    if content.starts_with('#') {
        return value.start..value.start;
    }
    if content.starts_with(['"', '\'', '[', '{']) {
        return value;
    }
    let end = content.find(" #").unwrap_or(content.len());
    value.start..value.start + content[..end].trim_end().len()
}

fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let end = text[range.clone()].find(['\n', '\r']).map_or(range.end, |at| range.start + at);
    range.start..end
}

/// Without the quotes around a value of one line.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    for quote in ['"', '\''] {
        if value.len() >= 2 && value.starts_with(quote) && value[1..].find(quote) == Some(value.len() - 2) {
            return range.start + 1..range.end - 1;
        }
    }
    range
}

/// The items of a list, as lines with `- ` or between brackets in one line; `None` where it is neither or not sure.
fn items(text: &str, value: Range<usize>) -> Option<Vec<Range<usize>>> {
    let content = &text[value.clone()];
    if let Some(inner) = content.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?;
        if inner.contains(['[', ']', '{', '}', '\n', '\r', '\\', '#']) {
            return None;
        }
        return Some(split_commas(text, value.start + 1..value.end - 1));
    }
    let mut items = Vec::new();
    let mut indent = None;
    for line in lines(text, value.clone()) {
        let content = text[line.clone()].trim_end();
        let trimmed = content.trim_start_matches(' ');
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        // The range of a value begins at its first dash, not at the line's start.
        let start = line.start + content.len() - trimmed.len();
        let column = start - text[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let item = trimmed.strip_prefix("- ")?;
        if *indent.get_or_insert(column) != column {
            return None;
        }
        let at = start + trimmed.len() - item.trim_start().len();
        items.push(unquoted(text, without_comment(text, at..start + trimmed.len())));
    }
    Some(items)
}

fn split_commas(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let (mut start, mut quote) = (range.start, None);
    let mut push = |from: usize, to: usize| {
        let item = &text[from..to];
        let at = from + item.len() - item.trim_start().len();
        if !item.trim().is_empty() {
            items.push(unquoted(text, at..at + item.trim().len()));
        }
    };
    for (offset, c) in text[range.clone()].char_indices() {
        let at = range.start + offset;
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None, ',') => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(start, range.end);
    items
}
