//! The body of a KB text → events. Every word of the source comes out, in order and unchanged; only rules and white space may go.

use std::borrow::Cow;
use std::ops::Range;

use super::block::{
    Line, Shape, Wrap, is_citation, is_comment, is_rule, is_sentence, scan, shape_of_hanging, shape_of_line, shape_of_lines,
};
use super::code;
use super::list::{self, Marker};
use super::outline::heading_level;
use super::segment::Segments;
use crate::event::{AdmonitionKind, Event, ListKind, PreKind, Spanned, Tag, TagEnd};
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
    let events = Vec::with_capacity(lines.len() * 2 + 16);
    let mut writer = Writer { text, lines, events, open: Vec::new(), pending: None };
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
    writer.close_lists(0);
    writer.flush();
    writer.events
}

/// A list that is open, and its open item.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: ListKind,
    /// The number of the next item, if it is to continue the list.
    next: u32,
    /// The column of its markers.
    column: u16,
    /// Where its `Start` stands among the events.
    list: usize,
    /// Where the `Start` of its open item stands.
    item: usize,
}

impl Open {
    /// What is indented as far as this belongs to the open item. Numbered items have lost a column of it in the archive.
    fn content(&self) -> u16 {
        self.column.saturating_add(2)
    }
}

/// A block that is not yet among the events, because the next one may turn out to continue it.
#[derive(Debug, Clone, Copy)]
struct Block {
    first: usize,
    end: usize,
    /// The least indent of its lines.
    indent: u16,
    shape: Shape,
    /// Whether its kind was told from a part of it.
    merged: bool,
}

struct Writer<'a> {
    text: &'a str,
    lines: Vec<Line>,
    events: Vec<Spanned<'a>>,
    open: Vec<Open>,
    pending: Option<Block>,
}

impl<'a> Writer<'a> {
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

    fn heading(&mut self, at: usize, level: u8) {
        self.close_lists(0);
        self.flush();
        let span = self.span(at, at + 1);
        self.events.push((Event::Start(Tag::Heading { level, id: None }), span.clone()));
        self.push_text(at);
        self.events.push((Event::End(TagEnd::Heading(level)), span));
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
            self.lines[at - 1].text(self.text).ends_with(':')
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
            self.lines[item.first] = self.lines[item.first].from(self.text, item.marker.start, item.marker.indent);
            self.item_text(item.first, item_end, item.marker.indent);
        }
        !items.is_empty()
    }

    /// Begins an item, in the list that it continues or in a new one.
    fn open_item(&mut self, at: usize, marker: &Marker) {
        self.flush();
        let continues = |open: &Open| {
            list::same_kind(open.kind, marker.kind)
                && (marker.number == 0 && open.column == marker.column
                    || marker.number > 0 && open.next == marker.number && open.column.abs_diff(marker.column) <= 1)
        };
        while let Some(&top) = self.open.last() {
            if continues(&top) {
                break;
            }
            if top.column < marker.column && !(top.column + 1 == marker.column && self.open.len() > 1) {
                break;
            }
            self.close_list();
        }
        let written = self.lines[at].start as usize..(self.lines[at].start + marker.len) as usize;
        // After a word that ends in a hyphen the number is shown as written, for the two may be one word.
        let is_odd = marker.odd || marker.number > 0 && self.follows_hyphen(at);
        let shown = is_odd.then(|| Cow::Borrowed(&self.text[written.clone()]));
        let column = marker.column;
        let list = match self.open.last().copied() {
            Some(top) if continues(&top) => {
                self.end(top.item, TagEnd::Item);
                self.open.pop();
                top.list
            }
            _ => {
                self.events.push((Event::Start(Tag::List(marker.kind)), written.clone()));
                self.events.len() - 1
            }
        };
        let kind = match self.events[list].0 {
            Event::Start(Tag::List(kind)) => kind,
            _ => marker.kind,
        };
        let item = self.events.len();
        self.events.push((Event::Start(Tag::Item { marker: shown }), written));
        self.open.push(Open { kind, next: marker.number + 1, column, list, item });
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
            && !is_comment(lines[0].text(self.text))
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
        let mut outer = lines.iter().filter(|line| line.indent == indent).peekable();
        let mut sentences = 0;
        let mut all = 0;
        while let Some(line) = outer.next() {
            let content = line.text(self.text);
            if line.wide || line.gaps > 0 || is_rule(content) || is_comment(content) || code::score(content) >= 2 {
                return false;
            }
            all += 1;
            sentences += usize::from(is_sentence(self.text, std::slice::from_ref(line)) || content.ends_with([':', '.']));
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
        let (name, under) = (title.text(self.text), rule.text(self.text));
        title.indent == rule.indent
            && !title.wide
            && title.gaps == 0
            && !is_rule(name)
            && !name.ends_with('-')
            && under.len() >= 3
            && under.bytes().all(|b| matches!(b, b'-' | b'=') && b == under.as_bytes()[0])
    }

    /// A heading that is set in: not part of the outline, but strong.
    fn subheading(&mut self, at: usize) {
        self.flush();
        let indent = self.inset(self.lines[at].indent).min(255) as u8;
        let span = self.span(at, at + 1);
        self.events.push((Event::Start(Tag::Paragraph { indent }), span.clone()));
        self.strong(at);
        self.events.push((Event::End(TagEnd::Paragraph), span));
    }

    fn strong(&mut self, at: usize) {
        let span = self.span(at, at + 1);
        self.events.push((Event::Start(Tag::Strong), span.clone()));
        self.push_text(at);
        self.events.push((Event::End(TagEnd::Strong), span));
    }

    /// Adds a block, to the one before it where they belong together.
    fn add(&mut self, first: usize, end: usize, shape: Shape) {
        let block = Block { first, end, indent: self.least_indent(first, end), shape, merged: false };
        if let Some(mut before) = self.pending
            && let Some(kind) = self.joined(&before, &block)
        {
            before.end = end;
            before.indent = before.indent.min(block.indent);
            before.shape = Shape::Pre(kind);
            before.merged = true;
            self.pending = Some(before);
            return;
        }
        self.flush();
        self.pending = Some(block);
    }

    /// Whether `block` continues the preformatted block `before`, or is what shows it to be one; so that blank lines do not tear a
    /// listing apart.
    fn joined(&self, before: &Block, block: &Block) -> Option<PreKind> {
        let lines = &self.lines[block.first..block.end];
        let hinted = |lines: &[Line]| lines.iter().any(|line| !line.is_blank() && code::score(line.text(self.text)) >= 1);
        let set_in = block.indent > 0 && block.indent >= before.indent;
        match (before.shape, block.shape) {
            (Shape::Pre(kind), Shape::Pre(next)) => {
                let is_code = kind == PreKind::Code || next == PreKind::Code;
                let joins = set_in || kind == PreKind::Code && (next == PreKind::Code || block.indent >= before.indent);
                joins.then_some(if is_code { PreKind::Code } else { kind })
            }
            (Shape::Pre(PreKind::Code), Shape::Rule) => set_in.then_some(PreKind::Code),
            (Shape::Pre(PreKind::Code), _) => {
                let is_text = is_citation(lines[0].text(self.text)) || matches!(block.shape, Shape::Prose | Shape::Broken);
                let is_remark = lines.iter().all(|line| is_comment(line.text(self.text)));
                let joins = block.indent >= before.indent && (block.indent > 0 || hinted(lines));
                (joins && (!is_text || is_remark)).then_some(PreKind::Code)
            }
            (Shape::Short | Shape::Lines, Shape::Pre(PreKind::Code)) => {
                let earlier = &self.lines[before.first..before.end];
                let joins = set_in && before.indent > 0 && !is_citation(earlier[0].text(self.text)) && hinted(earlier);
                joins.then_some(PreKind::Code)
            }
            _ => None,
        }
    }

    /// Writes the block that is waiting.
    fn flush(&mut self) {
        let Some(block) = self.pending.take() else { return };
        let indent = self.inset(self.lines[block.first].indent.min(block.indent.saturating_add(1))).min(255) as u8;
        match block.shape {
            Shape::Prose | Shape::Short | Shape::Broken => self.paragraph(&block, indent),
            Shape::Lines => self.lines(&block, indent),
            Shape::Rule if !self.follows_hyphen(block.first) => self.events.push((Event::Rule, self.span(block.first, block.end))),
            Shape::Rule => self.preformatted(&block, PreKind::Text),
            Shape::Pre(_) if block.merged => {
                let kind = code::kind(self.text, &self.lines[block.first..block.end]);
                self.preformatted(&block, kind);
            }
            Shape::Pre(kind) => self.preformatted(&block, kind),
        }
    }

    fn paragraph(&mut self, block: &Block, indent: u8) {
        let span = self.span(block.first, block.end);
        let content = self.lines[block.first].text(self.text);
        let admonition = admonition(content);
        if let Some(kind) = admonition {
            self.events.push((Event::Start(Tag::Admonition { kind, labelled: true }), span.clone()));
        }
        self.events.push((Event::Start(Tag::Paragraph { indent }), span.clone()));
        if matches!(content, "Question:" | "Response:" | "Answer:" | "Problem:" | "Q:" | "A:") {
            self.strong(block.first);
        } else if block.shape == Shape::Broken {
            let wrap = Wrap::of(self.text, &self.lines[block.first..block.end]);
            self.push_lines(
                block,
                |text, line, next| if wrap.explains(text, line, next) { Event::SoftBreak } else { Event::HardBreak },
            );
        } else {
            self.push_lines(block, |_, _, _| Event::SoftBreak);
        }
        self.events.push((Event::End(TagEnd::Paragraph), span.clone()));
        if admonition.is_some() {
            self.events.push((Event::End(TagEnd::Admonition), span));
        }
    }

    fn lines(&mut self, block: &Block, indent: u8) {
        let span = self.span(block.first, block.end);
        self.events.push((Event::Start(Tag::Lines { indent }), span.clone()));
        self.push_lines(block, |_, _, _| Event::HardBreak);
        self.events.push((Event::End(TagEnd::Lines), span));
    }

    /// The text of each line, with what `between` makes of each break.
    fn push_lines(&mut self, block: &Block, between: impl Fn(&str, &Line, &Line) -> Event<'a>) {
        for at in block.first..block.end {
            self.push_text(at);
            if at + 1 == block.end {
                break;
            }
            let (line, next) = (self.lines[at], self.lines[at + 1]);
            let event = between(self.text, &line, &next);
            if event == Event::SoftBreak && is_hyphenated(line.text(self.text), next.text(self.text)) {
                continue;
            }
            self.events.push((event, line.end as usize..next.start as usize));
        }
    }

    fn preformatted(&mut self, block: &Block, kind: PreKind) {
        let span = self.span(block.first, block.end);
        let lines = &self.lines[block.first..block.end];
        let source = self.text;
        let blanks = |line: &Line| source[line.line as usize..line.start as usize].bytes().take_while(|b| *b == b' ').count();
        // Where the first line is that of an item, its column stands for the blanks that the marker takes.
        let is_item = |line: &Line| source[line.line as usize..line.start as usize].bytes().any(|b| b > b' ');
        let first_blanks = if is_item(&lines[0]) { usize::from(lines[0].indent) } else { blanks(&lines[0]) };
        let common = lines[1..].iter().filter(|line| !line.is_blank()).map(blanks).min().unwrap_or(first_blanks).min(first_blanks);
        let content = if let [line] = lines {
            Cow::Borrowed(line.text(source))
        } else {
            let mut content = String::with_capacity(span.len());
            for (index, line) in lines.iter().enumerate() {
                if index > 0 {
                    content.push('\n');
                    content.push_str(source.get(line.line as usize + common..line.end as usize).unwrap_or_default());
                } else if is_item(line) {
                    content.extend(std::iter::repeat_n(' ', first_blanks - common));
                    content.push_str(line.text(source));
                } else {
                    content.push_str(&source[line.line as usize + common..line.end as usize]);
                }
            }
            Cow::Owned(content)
        };
        self.events.push((Event::Start(Tag::Preformatted { kind, language: None }), span.clone()));
        self.events.push((Event::Text(content), span.clone()));
        self.events.push((Event::End(TagEnd::Preformatted), span));
    }

    /// Closes the lists whose items do not reach text that is indented as far as `indent`.
    fn close_lists(&mut self, indent: u16) {
        while self.open.last().is_some_and(|open| indent < open.content()) {
            self.close_list();
        }
    }

    fn close_list(&mut self) {
        self.flush();
        if let Some(open) = self.open.pop() {
            self.end(open.item, TagEnd::Item);
            self.end(open.list, TagEnd::List(open.kind));
        }
    }

    /// Ends what began with the event `start`, after the last event.
    fn end(&mut self, start: usize, tag: TagEnd) {
        let end = self.events.last().map_or(0, |(_, span)| span.end);
        let span = self.events[start].1.start..end;
        self.events[start].1 = span.clone();
        self.events.push((Event::End(tag), span));
    }

    fn push_text(&mut self, at: usize) {
        let line = self.lines[at];
        self.events.push((Event::Text(Cow::Borrowed(line.text(self.text))), line.start as usize..line.end as usize));
    }

    /// From the text of the line `first` to the end of the one before `end`.
    fn span(&self, first: usize, end: usize) -> Range<usize> {
        self.lines[first].start as usize..self.lines[end - 1].end as usize
    }

    fn least_indent(&self, first: usize, end: usize) -> u16 {
        self.lines[first..end].iter().map(|line| line.indent).min().unwrap_or(0)
    }

    /// How far `indent` is in from the container; a column too many in an item is the text after `1.`.
    fn inset(&self, indent: u16) -> u16 {
        match self.open.last() {
            None => indent,
            Some(open) => Some(indent.saturating_sub(open.content())).filter(|inset| *inset > 1).unwrap_or(0),
        }
    }

    /// Whether the last word before line `at` ends in a hyphen, so that what follows may be read as a part of it.
    fn follows_hyphen(&self, at: usize) -> bool {
        let before = self.lines[..at].iter().rev().find(|line| !line.is_blank());
        before.is_some_and(|line| ends_in_hyphen(line.text(self.text)))
    }
}

/// Whether a word was cut after its hyphen, between `line` and `next`.
fn is_hyphenated(line: &str, next: &str) -> bool {
    ends_in_hyphen(line) && next.starts_with(is_word)
}

fn ends_in_hyphen(line: &str) -> bool {
    line.strip_suffix('-').is_some_and(|rest| rest.ends_with(is_word))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The admonition that a paragraph beginning with `content` is.
fn admonition(content: &str) -> Option<AdmonitionKind> {
    let bytes = content.as_bytes();
    if !matches!(bytes.first(), Some(b'N' | b'I' | b'W' | b'C' | b'T')) {
        return None;
    }
    let colon = memchr::memchr(b':', &bytes[..bytes.len().min(16)])?;
    Some(match &content[..colon] {
        "NOTE" | "Note" | "NOTES" | "Notes" => AdmonitionKind::Note,
        "IMPORTANT" | "Important" | "IMPORTANT NOTE" => AdmonitionKind::Important,
        "WARNING" | "Warning" | "WARNINGS" => AdmonitionKind::Warning,
        "CAUTION" | "Caution" => AdmonitionKind::Caution,
        "TIP" | "Tip" | "TIPS" => AdmonitionKind::Tip,
        _ => return None,
    })
}
