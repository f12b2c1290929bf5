//! The HTML writer: one event at a time, into one string. The mark-up that it writes is the contract with the style sheet; the
//! cases under `tests/markdown/` show all of it.

use std::borrow::Cow;
use std::ops::Range;

use super::footnote::Footnotes;
use super::linked::write_linked;
use super::search_text::Gatherer;
use super::{Content, Context, RawHtml, Resolver};
use crate::event::{AdmonitionKind, Alignment, Event, ListKind, PreKind, Tag, TagEnd};
use crate::highlight;
use crate::html::{attribute, escape_text, is_foreign, safe_url};
use crate::source::Span;

/// What is being written, and where in it.
pub(super) struct Writer<'c, R> {
    context: &'c Context<'c, R>,
    out: String,
    text: Gatherer,
    content: Content,
    /// Open blocks and spans.
    depth: usize,
    /// Open paragraphs, headings and cells: what holds running text.
    prose: usize,
    headings: usize,
    /// The level of the last heading as it was written; the page's title is 1.
    level: u8,
    /// Index of the heading that is open.
    heading: Option<usize>,
    heading_text: String,
    /// Where in `out` the content of the heading begins.
    heading_start: usize,
    /// For each open link of the events, whether an `<a>` was written.
    links: Vec<bool>,
    image: Option<Image>,
    preformatted: bool,
    /// The fence that is gathered to be highlighted.
    fence: Option<Fence>,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    footnotes: Footnotes,
    /// Footnote texts are gathered while the output before them waits here.
    waiting: Vec<(usize, String)>,
    scratch: String,
}

struct Image {
    destination: String,
    title: String,
    alternative: String,
    /// Images within this one's alternative text.
    nested: usize,
}

struct Fence {
    language: String,
    code: String,
}

impl<'c, R: Resolver> Writer<'c, R> {
    pub(super) fn new(context: &'c Context<'c, R>) -> Self {
        Self {
            context,
            out: String::with_capacity(context.length + context.length / 4),
            text: Gatherer::new(if context.search { context.length } else { 0 }),
            content: Content::default(),
            depth: 0,
            prose: 0,
            headings: 0,
            level: 1,
            heading: None,
            heading_text: String::new(),
            heading_start: 0,
            links: Vec::new(),
            image: None,
            preformatted: false,
            fence: None,
            columns: Vec::new(),
            column: 0,
            in_head: false,
            footnotes: Footnotes::default(),
            waiting: Vec::new(),
            scratch: String::new(),
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => {
                self.start(tag, span);
                self.depth += 1;
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(tag);
            }
            Event::Text(text) => self.running_text(&text),
            Event::Code(code) => {
                self.gather(&code);
                if let Some(image) = &mut self.image {
                    image.alternative.push_str(&code);
                } else {
                    self.out.push_str("<code>");
                    escape_text(&mut self.out, &code);
                    self.out.push_str("</code>");
                }
            }
            Event::Html(html) => self.raw_html(&html),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskMarker(done) => {
                self.out.push_str(if done {
                    "<input type=\"checkbox\" disabled checked> "
                } else {
                    "<input type=\"checkbox\" disabled> "
                });
            }
            Event::FootnoteReference(label) if self.image.is_none() => self.footnotes.write_reference(&mut self.out, &label),
            Event::FootnoteReference(_) => {}
            Event::More => self.end_of_summary(),
        }
    }

    pub(super) fn finish(mut self) -> Content {
        self.footnotes.write(&mut self.out, self.context.resolver.word("back"));
        (self.content.text, self.content.description) = self.text.finish();
        self.content.html = self.out;
        self.content
    }

    fn running_text(&mut self, text: &str) {
        if let Some(fence) = &mut self.fence {
            fence.code.push_str(text);
            self.text.words(text, false);
            return;
        }
        self.gather(text);
        if let Some(image) = &mut self.image {
            image.alternative.push_str(text);
        } else if self.links.contains(&true) || (self.preformatted && !self.context.kb) {
            escape_text(&mut self.out, text);
        } else {
            write_linked(&mut self.out, self.context.resolver, self.context.kb, text);
        }
    }

    fn gather(&mut self, text: &str) {
        if self.heading.is_some() {
            self.heading_text.push_str(text);
        } else {
            self.text.words(text, self.prose > 0);
        }
    }

    fn line_break(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            image.alternative.push(' ');
        } else {
            self.out.push_str(html);
        }
        if self.heading.is_some() {
            self.heading_text.push(' ');
        } else {
            self.text.gap();
        }
    }

    fn raw_html(&mut self, html: &str) {
        if self.image.is_some() {
            return;
        }
        if self.context.raw_html == RawHtml::Allow {
            self.out.push_str(html);
            return;
        }
        self.gather(html);
        if html.ends_with('\n') {
            self.out.push_str("<p>");
            escape_text(&mut self.out, html.trim_end());
            self.out.push_str("</p>\n");
        } else {
            escape_text(&mut self.out, html);
        }
    }

    fn end_of_summary(&mut self) {
        let in_paragraph = self.depth == 1 && self.prose == 1 && self.heading.is_none();
        if self.content.summary_html.is_some() || !self.waiting.is_empty() || !(self.depth == 0 || in_paragraph) {
            return;
        }
        let mut summary = self.out.trim_end().to_owned();
        if in_paragraph {
            summary.push_str("</p>");
        }
        self.content.summary_html = Some(summary);
    }

    fn start(&mut self, tag: Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Paragraph { indent } => self.start_prose(if indent == 0 { "<p>" } else { "<p class=\"in\">" }),
            Tag::Lines { indent } => self.start_prose(if indent == 0 { "<p class=\"lines\">" } else { "<p class=\"lines in\">" }),
            Tag::Heading { level, .. } => self.start_heading(level),
            Tag::List(kind) => self.start_list(kind),
            Tag::Item { marker } => {
                self.out.push_str("<li");
                if let Some(marker) = marker {
                    attribute(&mut self.out, "data-marker", &marker);
                }
                self.out.push('>');
            }
            Tag::Preformatted { kind, language } => self.start_preformatted(kind, language, span),
            Tag::Admonition { kind, labelled } => self.start_admonition(kind, labelled),
            Tag::BlockQuote => self.out.push_str("<blockquote>\n"),
            Tag::Table(columns) => {
                self.content.has_table = true;
                self.columns = columns;
                self.out.push_str("<div class=\"table\" tabindex=\"0\" role=\"group\"");
                attribute(&mut self.out, "aria-label", self.context.resolver.word("table"));
                self.out.push_str("><table>\n");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionTerm => self.start_prose("<dt>"),
            Tag::DefinitionDetails => self.out.push_str("<dd>"),
            Tag::FootnoteDefinition(label) => {
                let index = self.footnotes.index(&label);
                self.waiting.push((index, std::mem::take(&mut self.out)));
            }
            Tag::Emphasis => self.span("<em>"),
            Tag::Strong => self.span("<strong>"),
            Tag::Strikethrough => self.span("<del>"),
            Tag::Link { destination, title } => self.start_link(&destination, &title),
            Tag::Image { destination, title } => self.start_image(&destination, &title),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Lines => self.end_prose("</p>\n"),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::List(ListKind::Decimal(_) | ListKind::LowerAlpha(_)) => self.out.push_str("</ol>\n"),
            TagEnd::List(ListKind::Bullet | ListKind::Marked) => self.out.push_str("</ul>\n"),
            TagEnd::Item => {
                self.trim_line_end();
                self.out.push_str("</li>\n");
                self.text.gap();
            }
            TagEnd::Preformatted => self.end_preformatted(),
            TagEnd::Admonition => self.out.push_str("</div>\n"),
            TagEnd::BlockQuote => self.out.push_str("</blockquote>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.column += 1;
                self.end_prose(if self.in_head { "</th>" } else { "</td>" });
            }
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionTerm => self.end_prose("</dt>\n"),
            TagEnd::DefinitionDetails => {
                self.trim_line_end();
                self.out.push_str("</dd>\n");
                self.text.gap();
            }
            TagEnd::FootnoteDefinition => {
                if let Some((index, before)) = self.waiting.pop() {
                    self.footnotes.define(index, std::mem::replace(&mut self.out, before));
                }
            }
            TagEnd::Emphasis => self.span("</em>"),
            TagEnd::Strong => self.span("</strong>"),
            TagEnd::Strikethrough => self.span("</del>"),
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.out.push_str("</a>");
                }
            }
            TagEnd::Image => self.end_image(),
        }
    }

    /// Mark-up within text; an image's alternative has none.
    fn span(&mut self, html: &str) {
        if self.image.is_none() {
            self.out.push_str(html);
        }
    }

    fn start_prose(&mut self, html: &str) {
        self.prose += 1;
        self.out.push_str(html);
    }

    fn end_prose(&mut self, html: &str) {
        self.prose = self.prose.saturating_sub(1);
        self.out.push_str(html);
        self.text.gap();
    }

    /// An item ends right after its last block.
    fn trim_line_end(&mut self) {
        if self.out.ends_with('\n') {
            self.out.pop();
        }
    }

    fn start_heading(&mut self, level: u8) {
        self.prose += 1;
        self.heading = Some(self.headings);
        // A screen reader's user takes a level that is left out for a section that was missed.
        self.level = level.clamp(1, self.level + 1).min(6);
        self.out.push_str("<h");
        self.out.push(heading_digit(self.level));
        if let Some(heading) = self.context.headings.get(self.headings) {
            attribute(&mut self.out, "id", &heading.id);
        }
        self.out.push('>');
        self.heading_start = self.out.len();
        self.headings += 1;
        self.heading_text.clear();
    }

    fn end_heading(&mut self) {
        self.prose = self.prose.saturating_sub(1);
        let named = self.heading.take().and_then(|index| self.context.headings.get(index));
        self.out.push_str("</h");
        self.out.push(heading_digit(self.level));
        self.out.push('>');
        // The permalink stands after its heading and is called like it: within it, it would be read as a part of it.
        if let Some(heading) = named.filter(|_| self.out[self.heading_start..].len() > "</h2>".len()) {
            self.scratch.clear();
            self.scratch.push('#');
            self.scratch.push_str(&heading.id);
            self.out.push_str("<a");
            attribute(&mut self.out, "href", &self.scratch);
            attribute(&mut self.out, "aria-labelledby", &heading.id);
            self.out.push_str("></a>");
        }
        self.out.push('\n');
        let text = &self.heading_text;
        self.text.heading(|body| body.push_str(text));
    }

    fn start_list(&mut self, kind: ListKind) {
        // A tight item's text has no end of its own.
        if self.depth > 0 && !self.out.ends_with(['\n', '>']) {
            self.out.push('\n');
            self.text.gap();
        }
        let (html, start) = match kind {
            ListKind::Bullet => ("<ul", 1),
            ListKind::Marked => ("<ul class=\"marked\"", 1),
            ListKind::Decimal(start) => ("<ol", start),
            ListKind::LowerAlpha(start) => ("<ol type=\"a\"", start),
        };
        self.out.push_str(html);
        if start != 1 {
            attribute(&mut self.out, "start", &start.to_string());
        }
        self.out.push_str(">\n");
    }

    fn start_preformatted(&mut self, kind: PreKind, language: Option<Cow<'_, str>>, span: Range<usize>) {
        self.preformatted = true;
        self.content.has_code |= kind == PreKind::Code;
        self.content.has_table |= kind == PreKind::Table;
        self.out.push_str(match kind {
            PreKind::Code => "<pre class=\"code\"",
            PreKind::Table => "<pre class=\"table\"",
            PreKind::Text => "<pre class=\"text\"",
        });
        if let Some(language) = &language {
            attribute(&mut self.out, "data-language", language);
        }
        self.out.push_str(" tabindex=\"0\">");
        if self.context.kb {
            // The parser of HTML drops a line break right after the tag; this one is there to be dropped.
            self.out.push('\n');
            return;
        }
        self.out.push_str("<code>");
        if let Some(language) = language
            && self.context.highlight
        {
            if !highlight::knows(&language) {
                self.content.unknown_languages.push((language.as_ref().into(), Span::new(span)));
            }
            self.fence = Some(Fence { language: language.into_owned(), code: String::new() });
        }
    }

    fn end_preformatted(&mut self) {
        self.preformatted = false;
        if let Some(fence) = self.fence.take() {
            highlight::write(&mut self.out, &fence.language, fence.code.trim_end_matches('\n'));
        }
        self.trim_line_end();
        self.out.push_str(if self.context.kb { "</pre>\n" } else { "</code></pre>\n" });
        self.text.gap();
    }

    fn start_admonition(&mut self, kind: AdmonitionKind, labelled: bool) {
        let (html, title) = match kind {
            AdmonitionKind::Note => ("<div class=\"note\" role=\"note\">\n", "note"),
            AdmonitionKind::Tip => ("<div class=\"note tip\" role=\"note\">\n", "tip"),
            AdmonitionKind::Important => ("<div class=\"note important\" role=\"note\">\n", "important"),
            AdmonitionKind::Warning => ("<div class=\"note warning\" role=\"note\">\n", "warning"),
            AdmonitionKind::Caution => ("<div class=\"note caution\" role=\"note\">\n", "caution"),
        };
        self.out.push_str(html);
        if !labelled {
            self.out.push_str("<p class=\"title\">");
            escape_text(&mut self.out, self.context.resolver.word(title));
            self.out.push_str("</p>\n");
        }
    }

    fn start_cell(&mut self) {
        self.out.push_str(if self.in_head { "<th" } else { "<td" });
        self.start_prose(match self.columns.get(self.column) {
            Some(Alignment::Left) => " class=\"left\">",
            Some(Alignment::Center) => " class=\"center\">",
            Some(Alignment::Right) => " class=\"right\">",
            Some(Alignment::None) | None => ">",
        });
    }

    fn start_link(&mut self, destination: &str, title: &str) {
        let resolved = self.context.resolver.link(destination);
        let target = if self.image.is_some() || self.links.contains(&true) { None } else { safe_url(&resolved) };
        self.links.push(target.is_some());
        if let Some(target) = target {
            self.out.push_str("<a");
            attribute(&mut self.out, "href", &target);
            if !title.is_empty() {
                attribute(&mut self.out, "title", title);
            }
            self.out.push('>');
        }
    }

    fn start_image(&mut self, destination: &str, title: &str) {
        match &mut self.image {
            Some(image) => image.nested += 1,
            None => {
                self.image = Some(Image {
                    destination: destination.to_owned(),
                    title: title.to_owned(),
                    alternative: String::new(),
                    nested: 0,
                });
            }
        }
    }

    /// An image of this site is shown. One from elsewhere, which no page may load, becomes a link to it; one that must not be
    /// linked either leaves its alternative text.
    fn end_image(&mut self) {
        if let Some(image) = &mut self.image
            && image.nested > 0
        {
            image.nested -= 1;
            return;
        }
        let Some(image) = self.image.take() else { return };
        let resolved = self.context.resolver.link(&image.destination);
        match safe_url(&resolved) {
            Some(url) if !is_foreign(&url) => {
                self.out.push_str("<img");
                attribute(&mut self.out, "src", &url);
                attribute(&mut self.out, "alt", &image.alternative);
                if !image.title.is_empty() {
                    attribute(&mut self.out, "title", &image.title);
                }
                self.out.push_str(" loading=\"lazy\">");
            }
            Some(url) if !self.links.contains(&true) => {
                self.out.push_str("<a");
                attribute(&mut self.out, "href", &url);
                self.out.push('>');
                escape_text(&mut self.out, if image.alternative.is_empty() { &url } else { &image.alternative });
                self.out.push_str("</a>");
            }
            _ => escape_text(&mut self.out, &image.alternative),
        }
    }
}

fn heading_digit(level: u8) -> char {
    char::from(b'0' + level)
}
