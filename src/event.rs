//! The one event stream. Both body formats, Markdown and the plain-text KB form, become a sequence of these events, so that heading
//! ids, links, cross references, search text and the HTML writer exist once. An event borrows from the source wherever it can.

use std::borrow::Cow;
use std::ops::Range;

/// An event and the bytes of the source file that it stands for.
pub type Spanned<'a> = (Event<'a>, Range<usize>);

/// What comes next in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A block or an inline span begins.
    Start(Tag<'a>),
    /// The innermost open block or span ends.
    End(TagEnd),
    /// Running text, with no mark-up in it; inside [`Tag::Preformatted`] it holds line breaks.
    Text(Cow<'a, str>),
    /// Inline code.
    Code(Cow<'a, str>),
    /// Raw HTML that the author wrote: escaped, cleaned or passed on as the site says. A block of it ends with a line break, HTML
    /// within a line does not.
    Html(Cow<'a, str>),
    /// A line break of the source that means nothing.
    SoftBreak,
    /// A line break that a reader must see.
    HardBreak,
    /// A thematic break.
    Rule,
    /// `[ ]` or `[x]` at the start of an item.
    TaskMarker(bool),
    /// A reference to the footnote with this label.
    FootnoteReference(Cow<'a, str>),
    /// `<!-- more -->`: the summary ends here.
    More,
}

/// The kinds of block and of inline span, with what only their start knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag<'a> {
    /// Running text. `indent` is how many columns it stands in from its container in a KB text (0 in Markdown).
    Paragraph {
        /// Columns, 0 to 255.
        indent: u8,
    },
    /// Lines whose breaks carry meaning, but that are not aligned in columns: event blocks, addresses, a label and its URL.
    Lines {
        /// Columns, 0 to 255.
        indent: u8,
    },
    /// A heading; the id is what the author asked for.
    Heading {
        /// 1 to 6.
        level: u8,
        /// `{#id}` in Markdown.
        id: Option<Cow<'a, str>>,
    },
    /// A list.
    List(ListKind),
    /// An item; `marker` is the marker as written where the list does not imply it (`1)`, `(a)`, a number out of sequence).
    Item {
        /// `None`: the marker follows from the list's kind, its start and the item's place.
        marker: Option<Cow<'a, str>>,
    },
    /// Text whose line breaks and spaces stand as written.
    Preformatted {
        /// What it looks like.
        kind: PreKind,
        /// The first word of a Markdown fence.
        language: Option<Cow<'a, str>>,
    },
    /// A note, warning or tip.
    Admonition {
        /// Which one.
        kind: AdmonitionKind,
        /// Whether the text itself begins with the word ("NOTE: …"), so that none is to be added.
        labelled: bool,
    },
    /// A quotation.
    BlockQuote,
    /// A Markdown table.
    Table(Vec<Alignment>),
    /// Its header row.
    TableHead,
    /// A row.
    TableRow,
    /// A cell.
    TableCell,
    /// A definition list.
    DefinitionList,
    /// A term of a definition list.
    DefinitionTerm,
    /// What the term means.
    DefinitionDetails,
    /// A footnote's text.
    FootnoteDefinition(Cow<'a, str>),
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck out.
    Strikethrough,
    /// A link, its destination as written.
    Link {
        /// Destination, as in the source.
        destination: Cow<'a, str>,
        /// Title, may be empty.
        title: Cow<'a, str>,
    },
    /// An image; the text inside is its alternative.
    Image {
        /// Destination, as in the source.
        destination: Cow<'a, str>,
        /// Title, may be empty.
        title: Cow<'a, str>,
    },
}

/// Which block or span ends: [`Tag`] without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the end of the tag of the same name")]
pub enum TagEnd {
    Paragraph,
    Lines,
    Heading(u8),
    List(ListKind),
    Item,
    Preformatted,
    Admonition,
    BlockQuote,
    Table,
    TableHead,
    TableRow,
    TableCell,
    DefinitionList,
    DefinitionTerm,
    DefinitionDetails,
    FootnoteDefinition,
    Emphasis,
    Strong,
    Strikethrough,
    Link,
    Image,
}

/// The kinds of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `-`.
    Bullet,
    /// `1.`, from this number.
    Decimal(u32),
    /// `a.`, from this letter (1 is `a`).
    LowerAlpha(u32),
    /// Markers that no list of HTML can count: each item shows its own.
    Marked,
}

/// What preformatted text looks like; it only decides the style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreKind {
    /// A program, a command, a listing.
    Code,
    /// Aligned columns.
    Table,
    /// Anything else that is laid out by hand.
    Text,
}

/// The kinds of admonition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of GitHub's alerts")]
pub enum AdmonitionKind {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

/// How a column of a Markdown table is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Alignment {
    None,
    Left,
    Center,
    Right,
}
