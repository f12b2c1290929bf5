//! A stanza that begins with a marker → its items.

use super::scan::Line;
use crate::event::ListKind;

/// How much further in than the first item of a stanza another one may begin, in columns.
const NESTING: u16 = 6;

/// The marker of an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marker {
    /// The kind of a list that begins with it.
    pub(super) kind: ListKind,
    /// Its place in such a list; 0 where places do not count.
    pub(super) number: u32,
    /// Its length in bytes, without the blanks after it.
    pub(super) len: u32,
    /// Whether a list that counts would show it otherwise.
    pub(super) odd: bool,
    /// The column that it stands at.
    pub(super) column: u16,
    /// The first byte of the text after it.
    pub(super) start: u32,
    /// The column of that byte.
    pub(super) indent: u16,
}

/// An item of a stanza: its marker and its lines, from `first` to before the next item's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) marker: Marker,
    pub(super) first: usize,
    /// The first line without the marker.
    pub(super) line: Line,
}

/// The marker that `line` begins with: `-`, `1.`, `a.`, `1)` or `(1)`, with text after it.
pub(super) fn marker(text: &str, line: &Line) -> Option<Marker> {
    let bytes = line.bytes(text);
    let digits = |from: usize| bytes[from..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let value = |from: usize, len: usize| bytes[from..from + len].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    let (kind, number, len) = match *bytes.first()? {
        b'-' => (ListKind::Bullet, 0, 1),
        b'(' => match digits(1) {
            count @ 1..=2 if bytes.get(1 + count) == Some(&b')') => (ListKind::Marked, 0, count + 2),
            _ => return None,
        },
        b'0'..=b'9' => match digits(0) {
            count @ 1..=3 if bytes.get(count) == Some(&b'.') => (ListKind::Decimal(value(0, count)), value(0, count), count + 1),
            count @ 1..=2 if bytes.get(count) == Some(&b')') => (ListKind::Marked, 0, count + 1),
            _ => return None,
        },
        letter @ b'a'..=b'z' if bytes.get(1) == Some(&b'.') => {
            let number = u32::from(letter - b'a') + 1;
            (ListKind::LowerAlpha(number), number, 2)
        }
        _ => return None,
    };
    let blanks = bytes[len..].iter().take_while(|b| **b == b' ').count();
    if blanks == 0 || len + blanks == bytes.len() {
        return None;
    }
    let odd = kind == ListKind::Marked || (bytes[0] == b'0' && len > 2);
    let indent = line.indent.saturating_add((len + blanks) as u16);
    let start = line.start + (len + blanks) as u32;
    Some(Marker { kind, number, len: len as u32, odd, column: line.indent, start, indent })
}

/// Whether `a` and `b` are the same kind of list, wherever they start.
pub(super) fn same_kind(a: ListKind, b: ListKind) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

/// The items of the stanza `lines[first..end]`, whose first line begins with a marker; an empty list where they are not items after all.
pub(super) fn items(text: &str, lines: &[Line], first: usize, end: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut gapped = 0;
    for (index, line) in lines.iter().enumerate().take(end).skip(first) {
        if let Some(marker) = marker(text, line).filter(|marker| continues(&items, marker)) {
            let line = line.from(text, marker.start, marker.indent);
            gapped += usize::from(line.gaps > 0);
            items.push(Item { marker, first: index, line });
            continue;
        }
        if items.last().is_none_or(|item| line.indent < item.marker.column) {
            return Vec::new();
        }
    }
    if items.len() > 1 && gapped * 2 > items.len() {
        return Vec::new();
    }
    items
}

/// Whether a line that begins with `marker` is another item and not text that happens to begin so (`95. If you …`).
fn continues(items: &[Item], marker: &Marker) -> bool {
    let Some(first) = items.first() else { return true };
    if marker.column > first.marker.column.saturating_add(NESTING) {
        return false;
    }
    match marker.kind {
        ListKind::Bullet => true,
        ListKind::Marked => marker.column == first.marker.column || marker.len <= 3,
        _ if marker.number == 1 => true,
        // The last item at this column, looking back no further than a list is likely to nest.
        _ => items.iter().rev().take(30).any(|item| {
            item.marker.column.abs_diff(marker.column) <= 1
                && same_kind(item.marker.kind, marker.kind)
                && marker.number == item.marker.number + 1
        }),
    }
}
