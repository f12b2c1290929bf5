//! Parsed articles as bytes.

use std::ops::Range;
use std::sync::Arc;

use super::code::{Code, Input, code_enum, code_struct, put_text};
use crate::article::{AppliesTo, Article, Body, Fields, FixStatus, Heading, Kind, LinkUse, Outline, Reference};
use crate::front_matter::{FrontMatter, Keys, Period, Status, TemplateName};
use crate::kb::Segments;

/// Appends `article`, without its path.
pub(crate) fn put(article: &Article, out: &mut Vec<u8>) {
    let Article { path: _, front, body, title, fields, outline } = article;
    front.put(out);
    body.put(out);
    put_text(title, out);
    fields.put(out);
    outline.put(out);
}

/// Takes an article off the start of `input`; its file has `length` bytes, in which all its places must lie.
pub(crate) fn get(input: &mut Input<'_>, path: &str, length: usize) -> Option<Article> {
    let article = Article {
        path: Arc::from(path),
        front: Code::get(input)?,
        body: Code::get(input)?,
        title: Code::get(input)?,
        fields: Code::get(input)?,
        outline: Code::get(input)?,
    };
    let ends = match &article.body {
        Body::Markdown(range) => range.start <= range.end && range.end <= length,
        Body::KbText(segments) => {
            [segments.header, segments.preamble, segments.applies_to, segments.body, segments.query_words, segments.trailer]
                .iter()
                .all(|span| span.end as usize <= length)
        }
    };
    (ends && article.outline.references.iter().all(|reference| reference.span.end as usize <= length)).then_some(article)
}

impl Code for Range<usize> {
    fn put(&self, out: &mut Vec<u8>) {
        self.start.put(out);
        self.end.put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some(usize::get(input)?..usize::get(input)?)
    }
}

impl Code for Body {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Markdown(range) => {
                out.push(0);
                range.put(out);
            }
            Self::KbText(segments) => {
                out.push(1);
                segments.put(out);
            }
        }
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        match u8::get(input)? {
            0 => Range::get(input).map(Self::Markdown),
            1 => Segments::get(input).map(Self::KbText),
            _ => None,
        }
    }
}

impl Code for FrontMatter {
    fn put(&self, out: &mut Vec<u8>) {
        self.title.put(out);
        self.permalink.put(out);
        self.keys().put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some(Self::from_parts(Code::get(input)?, Code::get(input)?, Code::get(input)?))
    }
}

code_struct!(Keys {
    slug,
    aliases,
    redirect_to,
    template,
    draft,
    date,
    updated,
    expires,
    weight,
    description,
    summary,
    tags,
    categories,
    keywords,
    taxonomies,
    number,
    products,
    versions,
    os,
    applies_to,
    kinds,
    codes,
    related,
    owner,
    status,
    superseded_by,
    retired_on,
    reviewed,
    review_in,
    unsearchable,
    boost,
    no_sitemap,
    unlisted,
    extra,
});
code_struct!(TemplateName { name, required });
code_struct!(Period { months, days });
code_struct!(Fields {
    number,
    products,
    versions,
    os,
    applies_to,
    keywords,
    technology,
    hardware,
    kinds,
    kind_inferred,
    fix,
    series,
    query_words,
    updated,
    codes,
});
code_struct!(AppliesTo { text, children });
code_struct!(Outline { headings, references, links, languages, html });
code_struct!(Heading { level, text, id, span });
code_struct!(Reference { number, span, heading });
code_struct!(LinkUse { destination, span, image });
code_struct!(Segments { header, preamble, applies_to, body, query_words, trailer, tabbed });
code_enum!(Kind { Problem = 0, Bug = 1, Information = 2, HowTo = 3 });
code_enum!(FixStatus { Fixed = 0, UnderResearch = 1, WillNotFix = 2 });
code_enum!(Status { Draft = 0, Verified = 1, Deprecated = 2, Retired = 3, Superseded = 4 });
