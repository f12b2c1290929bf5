//! One parsed file: what every later stage knows about it without reading its body again. A Markdown body and a plain-text KB body
//! meet here and are one thing from here on. Nothing here knows any other file.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use crate::front_matter::FrontMatter;
use crate::kb;
use crate::source::{Located, Span};
use crate::strings::Strings;

/// One article or page, parsed but not yet placed in the site.
#[derive(Debug)]
pub struct Article {
    /// Path as in [`SourceFile::path`](crate::source::SourceFile::path).
    pub path: Arc<str>,
    /// What stands between the `---` lines.
    pub front: FrontMatter,
    /// Where the text is, and in which form.
    pub body: Body,
    /// The title as readers see it, without markup, with its number where it has one: `Q164177: XFOR: Error 2410 …`.
    pub title: String,
    /// The knowledge-base fields, from the front matter or from the header and trailer of a KB text.
    pub fields: Fields,
    /// Headings, references and links of the body.
    pub outline: Outline,
}

impl Article {
    /// The title without the article's number.
    pub fn heading(&self) -> &str {
        heading(&self.title, self.fields.number)
    }

    /// `Q164177`, or empty.
    pub fn number(&self) -> String {
        self.fields.number.map_or_else(String::new, numbered)
    }
}

/// `Q164177`, without the machinery of `format!`: each page writes a dozen.
pub fn numbered(number: u32) -> String {
    "Q".to_owned() + &number.to_string()
}

/// The title of the article with this number without the number.
pub fn heading(title: &str, number: Option<u32>) -> &str {
    let Some(number) = number else { return title };
    let rest = title.strip_prefix(['Q', 'q']).and_then(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (rest[..digits].parse() == Ok(number)).then(|| &rest[digits..])
    });
    rest.map_or(title, |rest| rest.trim_start_matches([':', ' ', '-']))
}

/// The body of an article: byte ranges of the source file.
#[derive(Debug)]
pub enum Body {
    /// Markdown in this range.
    Markdown(Range<usize>),
    /// The old plain-text form, cut into its segments.
    KbText(kb::Segments),
}

/// What a knowledge base knows about an article besides its text. Empty where nothing is known.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Fields {
    /// `164177` for Q164177.
    pub number: Option<u32>,
    /// Product lines: `Microsoft Exchange`.
    pub products: Strings,
    /// Versions without their platform: `4.0`, `5.5`, `4.0 SP4`.
    pub versions: Strings,
    /// Operating systems: `winnt` of `winnt:4.0`, or the field of that name.
    pub os: Strings,
    /// What the article applies to, as written.
    pub applies_to: Box<[AppliesTo]>,
    /// Keywords, without group and owner tags' meaning: as written.
    pub keywords: Strings,
    /// Technology tags, as written.
    pub technology: Strings,
    /// Hardware: `x86`, `ALPHA`.
    pub hardware: Strings,
    /// Problem, bug, information, how-to.
    pub kinds: Vec<Kind>,
    /// The kinds were concluded from the title or the sections, not stated.
    pub kind_inferred: bool,
    /// What became of a bug.
    pub fix: Option<FixStatus>,
    /// Title series, peeled from the title in order: `XFOR`, `PRB`.
    pub series: Strings,
    /// Words that the authors gave for searching.
    pub query_words: Strings,
    /// Last change.
    pub updated: Option<Date>,
    /// Error codes, event ids and message numbers in the text, normalised, each once, in order of appearance.
    pub codes: Strings,
}

/// An entry of "The information in this article applies to".
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AppliesTo {
    /// As written, less the bullet and surrounding blanks; may be empty where only the nested entries speak.
    pub text: Box<str>,
    /// Entries nested below ("included with:").
    pub children: Box<[AppliesTo]>,
}

impl AppliesTo {
    /// The texts of all entries of a tree, each before those below it.
    pub fn texts(entries: &[Self]) -> Vec<&str> {
        let mut texts = Vec::with_capacity(entries.len());
        for entry in entries {
            texts.push(&*entry.text);
            texts.extend(Self::texts(&entry.children));
        }
        texts
    }
}

/// The last day on which a review of the article still holds; `None` where it was never reviewed or is to hold for good.
pub fn review_due(front: &FrontMatter) -> Option<Date> {
    let (reviewed, period) = (front.reviewed?, front.review_in?);
    let span = jiff::Span::new().try_months(period.months).ok()?.try_days(period.days).ok()?;
    reviewed.checked_add(span).ok()
}

/// What sort of article it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something goes wrong (`kbprb`).
    Problem,
    /// Something goes wrong and the product is to blame (`kbbug`).
    Bug,
    /// Background (`kbinfo`).
    Information,
    /// A task and its steps (`kbhowto`).
    HowTo,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Problem, Self::Bug, Self::Information, Self::HowTo];

    /// What articles call it, and English readers see.
    pub fn label(self) -> &'static str {
        match self {
            Self::Problem => "Problem",
            Self::Bug => "Bug",
            Self::Information => "Information",
            Self::HowTo => "How-to",
        }
    }

    /// Its name among the words of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Problem => "kind_problem",
            Self::Bug => "kind_bug",
            Self::Information => "kind_information",
            Self::HowTo => "kind_how_to",
        }
    }

    /// What other programs see: `how-to`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Bug => "bug",
            Self::Information => "information",
            Self::HowTo => "how-to",
        }
    }
}

/// What became of a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixStatus {
    /// `kbfix`.
    Fixed,
    /// `kbpending`.
    UnderResearch,
    /// `kbnofix`.
    WillNotFix,
}

impl FixStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fixed, Self::UnderResearch, Self::WillNotFix];

    /// What articles call it, and English readers see.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fixed => "Fixed",
            Self::UnderResearch => "Under research",
            Self::WillNotFix => "Will not be fixed",
        }
    }

    /// Its name among the words of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fix_fixed",
            Self::UnderResearch => "fix_under_research",
            Self::WillNotFix => "fix_will_not_fix",
        }
    }

    /// What other programs see: `will-not-fix`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::UnderResearch => "under-research",
            Self::WillNotFix => "will-not-fix",
        }
    }
}

/// The structure of a body, known before any body is converted, so that links can be checked and resolved.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outline {
    /// In document order; the converter meets the same headings in the same order.
    pub headings: Vec<Heading>,
    /// Article numbers in the text, in document order, self-references included.
    pub references: Vec<Reference>,
    /// Links and images of a Markdown body, in document order.
    pub links: Vec<LinkUse>,
    /// The languages that code blocks of a Markdown body name, in document order.
    pub languages: Vec<Located<Box<str>>>,
    /// HTML tags of a Markdown body, in document order.
    pub html: Vec<Span>,
}

/// A heading with its place in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Plain text.
    pub text: Box<str>,
    /// Unique in the page.
    pub id: Box<str>,
    /// The heading's line.
    pub span: Span,
}

/// An article number in running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// `164177` for Q164177.
    pub number: u32,
    /// The number as written, `Q` included.
    pub span: Span,
    /// Index of the heading that it stands under.
    pub heading: Option<u16>,
}

/// A link or an image of a Markdown body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkUse {
    /// Destination as written.
    pub destination: Box<str>,
    /// The whole link.
    pub span: Span,
    /// Whether it is an image.
    pub image: bool,
}
