//! Markdown → the event stream and the outline. pulldown-cmark reads; what is particular to kbpress is decided here, so that the
//! converter sees the same stream whatever a body was written in: Liquid tags and HTML comments are gone, adjacent text is one
//! event, a heading that repeats the page's title is dropped, a body never holds a level-1 heading, nesting has a bottom.
//!
//! Nothing here resolves a link or writes HTML.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, LinkType, Parser};

use crate::anchor::Anchors;
use crate::article::{Heading, LinkUse, Outline, Reference};
use crate::event::{AdmonitionKind, Alignment, Event, ListKind, PreKind, Spanned, Tag, TagEnd};
use crate::liquid::blank_tags;
use crate::reference::references;
use crate::source::{Located, Span};

mod nesting;

/// How many blocks and spans may be open at once; deeper ones lose their mark-up and keep their text.
pub const MAX_DEPTH: usize = 64;

/// What besides the text decides the events. [`events`] and [`outline`] of one body must be given the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'t> {
    /// The page's title: a first heading that only repeats it is left out.
    pub title: &'t str,
    /// Curly quotes, dashes and ellipses for their plain spellings.
    pub smart_punctuation: bool,
}

/// The events of the Markdown in `text[range]`; their spans count from the start of `text`.
pub fn events<'a>(text: &'a str, range: Range<usize>, options: Options<'_>) -> Vec<Spanned<'a>> {
    read(text, range, options).0
}

/// The events, and where the first mark-up is that lies too deep to be one.
fn read<'a>(text: &'a str, range: Range<usize>, options: Options<'_>) -> (Vec<Spanned<'a>>, Option<usize>) {
    let (source, too_deep) = nesting::limited(blank_tags(&text[range.clone()]), MAX_DEPTH);
    let too_deep = too_deep.map(|at| at + range.start);
    let (events, open) = (Vec::new(), Vec::new());
    let mut reader = Reader { text, base: range.start, events, open, depth: 0, too_deep, preformatted: false, html: None };
    for (event, span) in Parser::new_ext(&source, parser_options(options)).into_offset_iter() {
        reader.event(&source, event, span.start + range.start..span.end + range.start);
    }
    let Reader { mut events, too_deep, .. } = reader;
    drop_repeated_title(&mut events, options.title);
    lower_headings(&mut events);
    (events, too_deep)
}

/// The headings, the references and the links of the Markdown in `text[range]`; and where the first mark-up is that was dropped, because it
/// lies deeper than [`MAX_DEPTH`].
pub fn outline(text: &str, range: Range<usize>, options: Options<'_>) -> (Outline, Option<usize>) {
    let (events, too_deep) = read(text, range, options);
    let mut outline = Outline::default();
    let mut anchors = Anchors::default();
    let mut asked: Vec<Option<Box<str>>> = Vec::new();
    for (event, _) in &events {
        if let Event::Start(Tag::Heading { id, .. }) = event {
            asked.push(id.as_deref().map(|id| anchors.reserve(id)));
        }
    }
    let mut heading: Option<String> = None;
    let mut no_references = 0;
    for (event, span) in &events {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                outline.headings.push(Heading { level: *level, text: "".into(), id: "".into(), span: Span::new(span.clone()) });
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => {
                let index = outline.headings.len() - 1;
                let text = heading.take().unwrap_or_default();
                let last = &mut outline.headings[index];
                last.id = asked[index].take().unwrap_or_else(|| anchors.assign(&text));
                last.text = text.trim().into();
            }
            Event::Start(Tag::Preformatted { language, .. }) => {
                no_references += 1;
                outline.languages.extend(language.as_ref().map(|language| named_language(text, span.clone(), language)));
            }
            // An end tag says no more than its start tag.
            Event::Html(html) if !html.starts_with("</") => outline.html.push(Span::new(first_line(text, span.clone()))),
            Event::Start(tag @ (Tag::Link { destination, .. } | Tag::Image { destination, .. })) => {
                no_references += 1;
                outline.links.push(LinkUse {
                    destination: destination.as_ref().into(),
                    span: Span::new(span.clone()),
                    image: matches!(tag, Tag::Image { .. }),
                });
            }
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::Preformatted) => no_references -= 1,
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(words);
                }
                if no_references == 0 && matches!(event, Event::Text(_)) {
                    let under = outline.headings.len().checked_sub(1).and_then(|i| u16::try_from(i).ok());
                    outline.references.extend(references(words).map(|(at, number)| {
                        let exact = words.len() == span.len();
                        let place = if exact { span.start + at.start..span.start + at.end } else { span.clone() };
                        Reference { number, span: Span::new(place), heading: under }
                    }));
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(heading) = &mut heading {
                    heading.push(' ');
                }
            }
            _ => {}
        }
    }
    (outline, too_deep)
}

/// The language of the code block at `block`, where its fence names it.
fn named_language(text: &str, block: Range<usize>, language: &str) -> Located<Box<str>> {
    let fence = first_line(text, block);
    let found = text[fence.clone()].find(language).map(|at| fence.start + at..fence.start + at + language.len());
    Located::new(language.into(), Span::new(found.unwrap_or(fence)))
}

/// The first line of `range`, without its end.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let length = text[range.clone()].find(['\n', '\r']).unwrap_or(range.len());
    range.start..range.start + length
}

/// The text of the first heading of the Markdown in `text[range]`: the title of a page whose front matter has none.
pub fn first_heading(text: &str, range: Range<usize>) -> Option<String> {
    let events = events(text, range, Options::default());
    let start = events.iter().position(|(event, _)| matches!(event, Event::Start(Tag::Heading { .. })))?;
    let heading = heading_text(&events[start..]);
    (!heading.is_empty()).then_some(heading)
}

fn parser_options(options: Options<'_>) -> pulldown_cmark::Options {
    use pulldown_cmark::Options as Parse;
    let mut parse = Parse::ENABLE_TABLES
        | Parse::ENABLE_FOOTNOTES
        | Parse::ENABLE_STRIKETHROUGH
        | Parse::ENABLE_TASKLISTS
        | Parse::ENABLE_DEFINITION_LIST
        | Parse::ENABLE_HEADING_ATTRIBUTES
        | Parse::ENABLE_GFM;
    parse.set(Parse::ENABLE_SMART_PUNCTUATION, options.smart_punctuation);
    parse
}

/// Turns pulldown-cmark's events into ours, one at a time.
struct Reader<'a> {
    text: &'a str,
    base: usize,
    events: Vec<Spanned<'a>>,
    /// For each open tag of the parser, whether it was passed on.
    open: Vec<bool>,
    /// How many of them were.
    depth: usize,
    /// Where the first of those is that were not passed on because of their depth.
    too_deep: Option<usize>,
    preformatted: bool,
    /// The HTML block that is being read.
    html: Option<(String, Range<usize>)>,
}

impl<'a> Reader<'a> {
    fn event(&mut self, source: &str, event: pulldown_cmark::Event<'_>, span: Range<usize>) {
        use pulldown_cmark::{Event as From, Tag as FromTag, TagEnd as FromEnd};
        match event {
            From::Start(FromTag::HtmlBlock) => self.html = Some((String::new(), span)),
            From::End(FromEnd::HtmlBlock) => self.end_of_html(),
            From::Start(tag) => self.start(source, tag, span),
            From::End(tag) => self.end(tag, span),
            From::Text(words) => {
                let words = self.borrow(source, words);
                self.push_text(words, span);
            }
            From::Html(html) | From::InlineHtml(html) => match &mut self.html {
                Some((block, _)) => block.push_str(&html),
                None if html.starts_with("<!--") => {
                    if is_more(&html) {
                        self.events.push((Event::More, span));
                    }
                }
                None => {
                    let html = self.borrow(source, html);
                    self.events.push((Event::Html(html), span));
                }
            },
            From::Code(code) => {
                let code = self.borrow(source, code);
                self.events.push((Event::Code(code), span));
            }
            From::InlineMath(words) | From::DisplayMath(words) => {
                let words = self.borrow(source, words);
                self.push_text(words, span);
            }
            From::FootnoteReference(label) => {
                let label = self.borrow(source, label);
                self.events.push((Event::FootnoteReference(label), span));
            }
            From::SoftBreak => self.events.push((Event::SoftBreak, span)),
            From::HardBreak => self.events.push((Event::HardBreak, span)),
            From::Rule => self.events.push((Event::Rule, span)),
            From::TaskListMarker(done) => self.events.push((Event::TaskMarker(done), span)),
        }
    }

    /// The same text borrowed from the file, where it stands there; `source` is the body as the parser saw it.
    fn borrow(&self, source: &str, words: CowStr<'_>) -> Cow<'a, str> {
        if let CowStr::Borrowed(words) = words {
            let offset = (words.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
            let place = self.base.wrapping_add(offset)..self.base.wrapping_add(offset).wrapping_add(words.len());
            if offset < source.len()
                && let Some(original) = self.text.get(place)
                && (original == words || words.contains(nesting::TEXT))
            {
                return Cow::Borrowed(original);
            }
        }
        Cow::Owned(words.into_string())
    }

    /// Appends text, to the former event if it continues it in the file: the parser cuts at every character that might have been
    /// mark-up.
    fn push_text(&mut self, words: Cow<'a, str>, span: Range<usize>) {
        if let Some((Event::Text(last), last_span)) = self.events.last_mut() {
            let verbatim = matches!((&*last, &words), (Cow::Borrowed(a), Cow::Borrowed(b)) if a.len() == last_span.len() && b.len() == span.len());
            if verbatim && last_span.end == span.start {
                *last = Cow::Borrowed(&self.text[last_span.start..span.end]);
                last_span.end = span.end;
                return;
            }
            if self.preformatted {
                last.to_mut().push_str(&words);
                last_span.end = span.end;
                return;
            }
        }
        self.events.push((Event::Text(words), span));
    }

    fn start(&mut self, source: &str, tag: pulldown_cmark::Tag<'_>, span: Range<usize>) {
        use pulldown_cmark::Tag as From;
        let tag = match tag {
            From::Paragraph => Some(Tag::Paragraph { indent: 0 }),
            From::Heading { level, id, .. } => {
                let id = id.filter(|id| is_heading_id(id)).map(|id| self.borrow(source, id));
                Some(Tag::Heading { level: level as u8, id })
            }
            From::BlockQuote(None) => Some(Tag::BlockQuote),
            From::BlockQuote(Some(kind)) => Some(Tag::Admonition { kind: admonition(kind), labelled: false }),
            From::CodeBlock(kind) => {
                self.preformatted = true;
                Some(Tag::Preformatted { kind: PreKind::Code, language: self.language(source, kind) })
            }
            From::List(start) => Some(Tag::List(list_kind(start))),
            From::Item => Some(Tag::Item { marker: None }),
            From::FootnoteDefinition(label) => Some(Tag::FootnoteDefinition(self.borrow(source, label))),
            From::DefinitionList => Some(Tag::DefinitionList),
            From::DefinitionListTitle => Some(Tag::DefinitionTerm),
            From::DefinitionListDefinition => Some(Tag::DefinitionDetails),
            From::Table(columns) => Some(Tag::Table(columns.into_iter().map(alignment).collect())),
            From::TableHead => Some(Tag::TableHead),
            From::TableRow => Some(Tag::TableRow),
            From::TableCell => Some(Tag::TableCell),
            From::Emphasis => Some(Tag::Emphasis),
            From::Strong => Some(Tag::Strong),
            From::Strikethrough => Some(Tag::Strikethrough),
            From::Link { link_type, dest_url, title, .. } => {
                let destination = match link_type {
                    LinkType::Email => Cow::Owned(format!("mailto:{dest_url}")),
                    _ => self.borrow(source, dest_url),
                };
                Some(Tag::Link { destination, title: self.borrow(source, title) })
            }
            From::Image { dest_url, title, .. } => {
                Some(Tag::Image { destination: self.borrow(source, dest_url), title: self.borrow(source, title) })
            }
            From::Superscript | From::Subscript | From::MetadataBlock(_) | From::HtmlBlock => None,
        };
        if tag.as_ref().is_some_and(|tag| self.depth + room(tag) > MAX_DEPTH) {
            self.too_deep = Some(self.too_deep.map_or(span.start, |first| first.min(span.start)));
        }
        let tag = tag.filter(|tag| self.depth + room(tag) <= MAX_DEPTH);
        self.open.push(tag.is_some());
        if let Some(tag) = tag {
            self.depth += 1;
            self.events.push((Event::Start(tag), span));
        }
    }

    fn end(&mut self, tag: pulldown_cmark::TagEnd, span: Range<usize>) {
        use pulldown_cmark::TagEnd as From;
        if !self.open.pop().unwrap_or(false) {
            return;
        }
        self.depth -= 1;
        let tag = match tag {
            From::Paragraph => TagEnd::Paragraph,
            From::Heading(level) => TagEnd::Heading(level as u8),
            From::BlockQuote(None) => TagEnd::BlockQuote,
            From::BlockQuote(Some(_)) => TagEnd::Admonition,
            From::CodeBlock => {
                self.preformatted = false;
                TagEnd::Preformatted
            }
            From::List(ordered) => TagEnd::List(if ordered { ListKind::Decimal(1) } else { ListKind::Bullet }),
            From::Item => TagEnd::Item,
            From::FootnoteDefinition => TagEnd::FootnoteDefinition,
            From::DefinitionList => TagEnd::DefinitionList,
            From::DefinitionListTitle => TagEnd::DefinitionTerm,
            From::DefinitionListDefinition => TagEnd::DefinitionDetails,
            From::Table => TagEnd::Table,
            From::TableHead => TagEnd::TableHead,
            From::TableRow => TagEnd::TableRow,
            From::TableCell => TagEnd::TableCell,
            From::Emphasis => TagEnd::Emphasis,
            From::Strong => TagEnd::Strong,
            From::Strikethrough => TagEnd::Strikethrough,
            From::Link => TagEnd::Link,
            From::Image => TagEnd::Image,
            From::Superscript | From::Subscript | From::MetadataBlock(_) | From::HtmlBlock => return,
        };
        self.events.push((Event::End(tag), span));
    }

    /// The first word of a fence's info string: `rust` of `rust,ignore`.
    fn language(&self, source: &str, kind: CodeBlockKind<'_>) -> Option<Cow<'a, str>> {
        let CodeBlockKind::Fenced(info) = kind else { return None };
        let info = self.borrow(source, info);
        let length = info.find(|c: char| c.is_whitespace() || c == ',' || c == '{').unwrap_or(info.len());
        match info {
            _ if length == 0 => None,
            Cow::Borrowed(info) => Some(Cow::Borrowed(&info[..length])),
            Cow::Owned(mut info) => {
                info.truncate(length);
                Some(Cow::Owned(info))
            }
        }
    }

    /// Passes on what a block of HTML holds besides comments.
    fn end_of_html(&mut self) {
        let Some((block, span)) = self.html.take() else { return };
        let mut rest = block.as_str();
        loop {
            let comment = rest.find("<!--");
            let before = &rest[..comment.unwrap_or(rest.len())];
            if !before.trim().is_empty() {
                let mut html = before.to_owned();
                if !html.ends_with('\n') {
                    html.push('\n');
                }
                self.events.push((Event::Html(Cow::Owned(html)), span.clone()));
            }
            let Some(start) = comment else { return };
            let inside = &rest[start + 4..];
            // `<!-->` and `<!--->` are whole comments.
            let empty = [">", "->"].iter().find(|end| inside.starts_with(**end)).map(|end| end.len());
            let end = empty.or_else(|| inside.find("-->").map(|i| i + 3)).unwrap_or(inside.len());
            if is_more(&rest[start..start + 4 + end]) {
                self.events.push((Event::More, span.clone()));
            }
            rest = &inside[end..];
        }
    }
}

/// How many levels a tag needs. Text blocks always fit; a list, which is nothing without its items, asks for theirs too.
fn room(tag: &Tag<'_>) -> usize {
    match tag {
        Tag::List(_) | Tag::DefinitionList => 2,
        Tag::BlockQuote | Tag::Admonition { .. } | Tag::Item { .. } | Tag::DefinitionTerm | Tag::DefinitionDetails => 1,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => 1,
        _ => 0,
    }
}

fn is_more(comment: &str) -> bool {
    comment.strip_prefix("<!--").and_then(|c| c.strip_suffix("-->")).is_some_and(|c| c.trim() == "more")
}

/// Whether an author may ask for this id: nothing that needs escaping, and not what the footnotes use.
fn is_heading_id(id: &str) -> bool {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-'));
    plain && !id.is_empty() && !id.starts_with("fn:") && !id.starts_with("fnref:")
}

fn admonition(kind: BlockQuoteKind) -> AdmonitionKind {
    match kind {
        BlockQuoteKind::Note => AdmonitionKind::Note,
        BlockQuoteKind::Tip => AdmonitionKind::Tip,
        BlockQuoteKind::Important => AdmonitionKind::Important,
        BlockQuoteKind::Warning => AdmonitionKind::Warning,
        BlockQuoteKind::Caution => AdmonitionKind::Caution,
    }
}

fn list_kind(start: Option<u64>) -> ListKind {
    start.map_or(ListKind::Bullet, |start| ListKind::Decimal(u32::try_from(start).unwrap_or(1)))
}

fn alignment(from: pulldown_cmark::Alignment) -> Alignment {
    match from {
        pulldown_cmark::Alignment::None => Alignment::None,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}

/// The plain text of the heading whose start is the first of `events`.
fn heading_text(events: &[Spanned<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Heading(_)) => break,
            _ => {}
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Removes a first block that is a heading of level 1 or 2 and says what the page's title says.
fn drop_repeated_title(events: &mut Vec<Spanned<'_>>, title: &str) {
    let is_title = matches!(events.first(), Some((Event::Start(Tag::Heading { level: 1 | 2, .. }), _)))
        && heading_text(events).split_whitespace().eq(title.split_whitespace());
    let end = events.iter().position(|(event, _)| matches!(event, Event::End(TagEnd::Heading(_))));
    if let (true, Some(end)) = (is_title, end) {
        events.drain(..=end);
    }
}

/// Moves all headings one level down where one has level 1, which belongs to the page's title.
fn lower_headings(events: &mut [Spanned<'_>]) {
    if !events.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Heading { level: 1, .. }))) {
        return;
    }
    for (event, _) in events {
        if let Event::Start(Tag::Heading { level, .. }) | Event::End(TagEnd::Heading(level)) = event {
            *level = (*level + 1).min(6);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]
mod tests;
