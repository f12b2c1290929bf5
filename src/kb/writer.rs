//! Blocks of a body → events: lists are opened and closed as the columns of their items ask, and parts of one listing are put together.

use std::borrow::Cow;
use std::ops::Range;

use super::block::{Shape, Wrap, is_citation, is_comment};
use super::code;
use super::list::{self, Marker};
use super::scan::Line;
use crate::event::{AdmonitionKind, Event, ListKind, PreKind, Spanned, Tag, TagEnd};

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

/// Takes blocks in, writes events.
pub(super) struct Writer<'a> {
    /// The source.
    pub(super) text: &'a str,
    /// The lines of the part of it that is read.
    pub(super) lines: Vec<Line>,
    events: Vec<Spanned<'a>>,
    /// From the outermost to the innermost.
    open: Vec<Open>,
    pending: Option<Block>,
}

impl<'a> Writer<'a> {
    /// A writer of events for these lines of `text`.
    pub(super) fn new(text: &'a str, lines: Vec<Line>) -> Self {
        let events = Vec::with_capacity(lines.len() * 2 + 16);
        Self { text, lines, events, open: Vec::new(), pending: None }
    }

    /// The events of all blocks, the last one included.
    pub(super) fn finish(mut self) -> Vec<Spanned<'a>> {
        self.close_lists(0);
        self.flush();
        self.events
    }

    pub(super) fn heading(&mut self, at: usize, level: u8) {
        self.close_lists(0);
        self.flush();
        let span = self.span(at, at + 1);
        self.events.push((Event::Start(Tag::Heading { level, id: None }), span.clone()));
        self.push_text(at);
        self.events.push((Event::End(TagEnd::Heading(level)), span));
    }

    /// Begins an item, in the list that it continues or in a new one.
    pub(super) fn open_item(&mut self, at: usize, marker: &Marker) {
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

    /// A heading that is set in: not part of the outline, but strong.
    pub(super) fn subheading(&mut self, at: usize) {
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
    pub(super) fn add(&mut self, first: usize, end: usize, shape: Shape) {
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
        let hinted = |lines: &[Line]| lines.iter().any(|line| !line.is_blank() && code::score(line.bytes(self.text)) >= 1);
        let set_in = block.indent > 0 && block.indent >= before.indent;
        match (before.shape, block.shape) {
            (Shape::Pre(kind), Shape::Pre(next)) => {
                let is_code = kind == PreKind::Code || next == PreKind::Code;
                let joins = set_in || kind == PreKind::Code && (next == PreKind::Code || block.indent >= before.indent);
                joins.then_some(if is_code { PreKind::Code } else { kind })
            }
            (Shape::Pre(PreKind::Code), Shape::Rule) => set_in.then_some(PreKind::Code),
            (Shape::Pre(PreKind::Code), _) => {
                let is_text = is_citation(lines[0].bytes(self.text)) || matches!(block.shape, Shape::Prose | Shape::Broken);
                let is_remark = lines.iter().all(|line| is_comment(line.bytes(self.text)));
                let joins = block.indent >= before.indent && (block.indent > 0 || hinted(lines));
                (joins && (!is_text || is_remark)).then_some(PreKind::Code)
            }
            (Shape::Short | Shape::Lines, Shape::Pre(PreKind::Code)) => {
                let earlier = &self.lines[before.first..before.end];
                let joins = set_in && before.indent > 0 && !is_citation(earlier[0].bytes(self.text)) && hinted(earlier);
                joins.then_some(PreKind::Code)
            }
            _ => None,
        }
    }

    /// Writes the block that is waiting.
    pub(super) fn flush(&mut self) {
        let Some(block) = self.pending.take() else { return };
        let indent = self.inset(block.indent).min(255) as u8;
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
        let mut rest = *block;
        if matches!(content, "Question:" | "Response:" | "Answer:" | "Problem:" | "Q:" | "A:") {
            self.strong(block.first);
            rest.first += 1;
            if rest.first < rest.end {
                self.events.push((Event::HardBreak, span.clone()));
            }
        }
        let wrap = (block.shape == Shape::Broken).then(|| Wrap::of(self.text, &self.lines[block.first..block.end]));
        self.push_lines(&rest, |text, line, next| {
            let is_broken = wrap.is_some_and(|wrap| !wrap.explains(text, line, next));
            if is_broken { Event::HardBreak } else { Event::SoftBreak }
        });
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
            if line.bytes(self.text).last() == Some(&b'-')
                && matches!(event, Event::SoftBreak)
                && is_hyphenated(line.text(self.text), next.text(self.text))
            {
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
    pub(super) fn close_lists(&mut self, indent: u16) {
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

    pub(super) fn least_indent(&self, first: usize, end: usize) -> u16 {
        self.lines[first..end].iter().map(|line| line.indent).min().unwrap_or(0)
    }

    /// How far `indent` is in from the container; a column too many in an item is the text after `1.`.
    pub(super) fn inset(&self, indent: u16) -> u16 {
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
    let colon = bytes.iter().take(16).position(|b| *b == b':')?;
    Some(match &content[..colon] {
        "NOTE" | "Note" | "NOTES" | "Notes" => AdmonitionKind::Note,
        "IMPORTANT" | "Important" | "IMPORTANT NOTE" => AdmonitionKind::Important,
        "WARNING" | "Warning" | "WARNINGS" => AdmonitionKind::Warning,
        "CAUTION" | "Caution" => AdmonitionKind::Caution,
        "TIP" | "Tip" | "TIPS" => AdmonitionKind::Tip,
        _ => return None,
    })
}
