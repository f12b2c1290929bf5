//! The body of a KB text → events. Every word of the source comes out, in order and unchanged; only rules and white space may go.

use super::block::{Shape, is_comment, is_rule, shape_of_hanging, shape_of_line, shape_of_lines};
use super::code;
use super::list;
use super::outline::heading_level;
use super::scan::{Line, scan};
use super::segment::Segments;
use super::words::is_sentence;
use super::writer::Writer;
use crate::event::Spanned;
use crate::source::Span;

/// The body as events. Its headings are those of [`super::outline`], in the same order.
pub fn events<'a>(text: &'a str, segments: &Segments) -> Vec<Spanned<'a>> {
    parse(text, segments.body, segments.tabbed, Headings::Allowed)
}

/// What stands between the header and the applies-to block, as events; it has no headings.
pub fn preamble_events<'a>(text: &'a str, segments: &Segments) -> Vec<Spanned<'a>> {
    parse(text, segments.preamble, segments.tabbed, Headings::None)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Headings {
    Allowed,
    None,
}

fn parse(text: &str, span: Span, tabbed: bool, headings: Headings) -> Vec<Spanned<'_>> {
    let lines = scan(text, span, tabbed);
    let mut writer = Writer::new(text, lines);
    let count = writer.lines.len();
    let mut at = 0;
    while at < count {
        if writer.lines[at].is_blank() {
            at += 1;
            continue;
        }
        if headings == Headings::Allowed
            && let Some(level) = writer.heading_at(at)
        {
            writer.heading(at, level);
            at += 2;
            continue;
        }
        let first = at;
        at += 1;
        while at < count && !writer.lines[at].is_blank() && (headings == Headings::None || writer.heading_at(at).is_none()) {
            at += 1;
        }
        writer.stanza(first, at);
    }
    writer.finish()
}

impl Writer<'_> {
    /// The level of the heading that line `at` is.
    fn heading_at(&self, at: usize) -> Option<u8> {
        let rule = self.lines.get(at + 1).filter(|rule| rule.indent == 0 && !rule.is_blank())?;
        if !matches!(self.text.as_bytes()[rule.start as usize], b'=' | b'-') || self.lines[at].indent > 0 {
            return None;
        }
        let whole = |line: &Line| &self.text[line.line as usize..line.end as usize];
        let before = at.checked_sub(1).map_or("", |before| whole(&self.lines[before]));
        heading_level(before, whole(&self.lines[at]), whole(rule), self.lines.get(at + 2).map_or("", whole))
    }

    /// Lines without a blank one between them.
    fn stanza(&mut self, first: usize, end: usize) {
        if list::marker(self.text, &self.lines[first]).is_some() {
            if !self.items(first, end) {
                self.block(first, end);
            }
            return;
        }
        // A list may follow on the line that introduces it.
        let introduced = (first + 1..end).find(|&at| {
            self.lines[at - 1].bytes(self.text).last() == Some(&b':')
                && list::marker(self.text, &self.lines[at]).is_some_and(|marker| marker.number <= 1)
        });
        match introduced {
            Some(at) if !list::items(self.text, &self.lines, at, end).is_empty() => {
                self.block(first, at);
                self.items(at, end);
            }
            _ => self.block(first, end),
        }
    }

    /// Lines that begin with a marker, as items; false, and nothing done, where they are none.
    fn items(&mut self, first: usize, end: usize) -> bool {
        let items = list::items(self.text, &self.lines, first, end);
        for (index, item) in items.iter().enumerate() {
            let item_end = items.get(index + 1).map_or(end, |next| next.first);
            self.open_item(item.first, &item.marker);
            self.lines[item.first] = item.line;
            self.item_text(item.first, item_end, item.marker.indent);
        }
        !items.is_empty()
    }

    /// The lines of an item: its first paragraph, whose first line stands at the column `indent`, and what else there is.
    fn item_text(&mut self, first: usize, end: usize, indent: u16) {
        let mut rest = first + 1;
        if rest < end && self.lines[rest].indent <= indent.saturating_add(1) {
            let hanging = self.lines[rest].indent;
            while rest < end && self.lines[rest].indent == hanging {
                rest += 1;
            }
        }
        let lines = &self.lines[first..rest];
        let shape = if lines.len() == 1 {
            if lines[0].wide && !is_sentence(self.text, lines) { Shape::Pre(code::kind(self.text, lines)) } else { Shape::Prose }
        } else {
            shape_of_hanging(self.text, lines).unwrap_or_else(|| Shape::Pre(code::kind(self.text, lines)))
        };
        self.add(first, rest, shape);
        self.flush();
        if rest < end {
            self.block(rest, end);
        }
    }

    /// Lines that are not items.
    fn block(&mut self, first: usize, end: usize) {
        let indent = self.least_indent(first, end);
        self.close_lists(indent);
        let inset = self.inset(indent);
        let lines = &self.lines[first..end];
        if let [line] = lines {
            let shape = shape_of_line(self.text, line, inset);
            return self.add(first, end, shape);
        }
        if let [title, rule] = lines
            && self.is_underlined(title, rule)
        {
            return self.subheading(first);
        }
        if lines.iter().all(|line| line.indent == indent) {
            let shape = shape_of_lines(self.text, lines, inset == 0);
            return self.add(first, end, shape);
        }
        let rest = lines[1].indent;
        if lines[1..].iter().all(|line| line.indent == rest)
            && lines[0].indent.abs_diff(rest) <= 8
            && is_sentence(self.text, lines)
            && !is_comment(lines[0].bytes(self.text))
            && shape_of_hanging(self.text, lines) == Some(Shape::Prose)
        {
            return self.add(first, end, Shape::Prose);
        }
        if self.is_text_with_insets(first, end, indent) {
            return self.insets(first, end, indent);
        }
        let shape = Shape::Pre(code::kind(self.text, lines));
        self.add(first, end, shape);
    }

    /// Whether the lines at the least indent are sentences, so that those further in can stand apart from them.
    fn is_text_with_insets(&self, first: usize, end: usize, indent: u16) -> bool {
        let lines = &self.lines[first..end];
        let mut sentences = 0;
        let mut all = 0;
        for line in lines.iter().filter(|line| line.indent == indent) {
            let content = line.bytes(self.text);
            if line.wide || line.gaps > 0 || is_rule(content) || is_comment(content) || code::score(content) >= 2 {
                return false;
            }
            all += 1;
            sentences +=
                usize::from(is_sentence(self.text, std::slice::from_ref(line)) || matches!(content.last(), Some(b':' | b'.')));
        }
        sentences * 3 >= all * 2
    }

    /// Sentences at `indent` and, each a block, what is set in between them. A wide line that stands in by a little begins a
    /// paragraph, as in the Programmer's Library.
    fn insets(&mut self, first: usize, end: usize, indent: u16) {
        let mut at = first;
        while at < end {
            let start = at;
            let is_inset = self.lines[at].indent > indent;
            at += 1;
            while at < end && (self.lines[at].indent > indent) == is_inset {
                at += 1;
            }
            let mut hanging = false;
            if is_inset && at - start == 1 && at < end {
                let mut stop = at;
                while stop < end && self.lines[stop].indent == indent {
                    stop += 1;
                }
                let paragraph = &self.lines[start..stop];
                let is_paragraph = paragraph[0].indent - indent <= 5 && is_sentence(self.text, paragraph);
                if is_paragraph && shape_of_hanging(self.text, paragraph) == Some(Shape::Prose) {
                    hanging = true;
                    at = stop;
                }
            }
            let lines = &self.lines[start..at];
            let shape = if hanging {
                Shape::Prose
            } else if let [line] = lines {
                shape_of_line(self.text, line, self.inset(line.indent))
            } else if lines.iter().all(|line| line.indent == lines[0].indent) {
                shape_of_lines(self.text, lines, !is_inset)
            } else {
                Shape::Pre(code::kind(self.text, lines))
            };
            self.add(start, at, shape);
        }
    }

    /// Whether `rule` underlines `title`, both set in.
    fn is_underlined(&self, title: &Line, rule: &Line) -> bool {
        let (name, under) = (title.bytes(self.text), rule.bytes(self.text));
        title.indent == rule.indent
            && !title.wide
            && title.gaps == 0
            && !is_rule(name)
            && name.last() != Some(&b'-')
            && under.len() >= 3
            && under.iter().all(|b| matches!(b, b'-' | b'=') && *b == under[0])
    }
}
