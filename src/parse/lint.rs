//! Problems of an article that can be seen without knowing another.

use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;

use crate::article::{Article, Body};
use crate::config::{BodyFormat, Config, RawHtml};
use crate::diagnostic::{Diagnostic, code};
use crate::highlight;
use crate::kb;
use crate::markdown;
use crate::source::Span;

/// The label of an article's number.
static ARTICLE: LazyLock<Finder> = LazyLock::new(|| Finder::new("Article:"));

/// The problems of `article`, which was read from `text`. `has_title` says whether its title is its own, or may be.
pub(super) fn lint(config: &Config, article: &Article, text: &str, has_title: bool) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if article.front.redirect_to.is_none() {
        diagnostics.extend(no_title(config, article, has_title));
        diagnostics.extend(empty(article, text));
    }
    diagnostics.extend(no_header(config, article));
    diagnostics.extend(two_numbers(article));
    diagnostics.extend(two_headers(article, text));
    diagnostics.extend(bad_date(article, text));
    diagnostics.extend(raw_html(config, article));
    diagnostics.extend(unknown_languages(config, article));
    diagnostics
}

fn no_title(config: &Config, article: &Article, has_title: bool) -> Option<Diagnostic> {
    // The home page goes by the title of the site.
    let is_home =
        article.path.strip_prefix(config.content_dir.as_str()).is_some_and(|path| path.trim_start_matches('/') == "_index.md");
    if has_title || is_home {
        return None;
    }
    let problem = Diagnostic::warning(code::NO_TITLE, "the article has no title, its file name is used");
    Some(problem.at(&article.path, Span::default()).help("begin it with a heading, or give it a `title` in the front matter"))
}

fn empty(article: &Article, text: &str) -> Option<Diagnostic> {
    let body = match &article.body {
        Body::Markdown(range) => range.clone(),
        Body::KbText(segments) => segments.body.range(),
    };
    // The page of a folder has the list of the folder's articles.
    if !text[body.clone()].trim().is_empty() || article.path.ends_with("_index.md") {
        return None;
    }
    let start = match &article.body {
        Body::Markdown(range) => range.start.min(text.len()),
        Body::KbText(_) => text.len(),
    };
    let problem = Diagnostic::warning(code::EMPTY_ARTICLE, "the article has no text");
    Some(problem.at(&article.path, Span::new(start..start)).help("write its text, or mark it `draft: true`"))
}

fn no_header(config: &Config, article: &Article) -> Option<Diagnostic> {
    let Body::Markdown(body) = &article.body else { return None };
    if config.articles.format != BodyFormat::KbText {
        return None;
    }
    Some(
        Diagnostic::error(code::KB_HEADER, "the text does not begin with the header of a plain-text article")
            .at(&article.path, Span::new(body.start..body.start))
            .help(
                "begin it with `Article: Q123456` and `Last Modified: 19-DEC-1999`, or set `format = \"auto\"` under `[articles]`",
            ),
    )
}

fn two_numbers(article: &Article) -> Option<Diagnostic> {
    let (number, other) = (article.fields.number?, super::leading_number(&article.title)?);
    if number == other {
        return None;
    }
    let span = article.front.title.as_ref().map_or(Span::default(), |title| title.span);
    Some(
        Diagnostic::warning(code::KB_HEADER, format!("the title says Q{other}, the article says Q{number}"))
            .at(&article.path, span)
            .help("make the numbers of the title, the front matter and the `Article:` line equal"),
    )
}

/// A second `Article:` line in the header: two texts in one file, or a slip of the hand.
fn two_headers(article: &Article, text: &str) -> Option<Diagnostic> {
    let Body::KbText(segments) = &article.body else { return None };
    let header = segments.header.range();
    // Nearly every header has the word just once.
    let second = header.start + ARTICLE.find_iter(text[header.clone()].as_bytes()).nth(1)?;
    let line = text[..second].rfind('\n').map_or(0, |end| end + 1);
    if !text[line..second].trim().is_empty() {
        return None;
    }
    let end = text[second..].find(['\r', '\n']).map_or(text.len(), |end| second + end);
    Some(
        Diagnostic::warning(code::KB_HEADER, "the header has a second `Article:` line, which counts")
            .at(&article.path, Span::new(second..end))
            .help("keep the line with the article's own number; a second article needs a file of its own"),
    )
}

/// Mark-up that lies deeper than anything that is meant.
pub(super) fn too_deep(path: &Arc<str>, at: usize) -> Diagnostic {
    let message =
        format!("quotations, lists and the like nest more than {} deep: the mark-up from here on is dropped", markdown::MAX_DEPTH);
    Diagnostic::warning(code::DEEP_NESTING, message)
        .at(path, Span::new(at..at + 1))
        .help("let the list or the quotation begin anew further out; put a text that only looks like one into a code block")
}

/// A date in the header that cannot be read, where nothing else says when the article was changed.
fn bad_date(article: &Article, text: &str) -> Option<Diagnostic> {
    let Body::KbText(segments) = &article.body else { return None };
    if article.fields.updated.is_some() {
        return None;
    }
    let (_, value) = kb::raw_fields(text, segments).find(|(label, value)| *label == "Last Modified" && !value.is_empty())?;
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    Some(
        Diagnostic::warning(code::KB_HEADER, format!("`{value}` is not a date"))
            .at(&article.path, Span::new(start..start + value.len()))
            .help("write it as `19-DEC-1999`"),
    )
}

fn raw_html<'a>(config: &Config, article: &'a Article) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let is_shown = config.markdown.raw_html == RawHtml::Escape;
    article.outline.html.iter().filter(move |_| is_shown).map(|span| {
        Diagnostic::warning(code::RAW_HTML, "raw HTML is shown as text").at(&article.path, *span).help(
            "use Markdown, put a tag that is meant to be read into backticks, or set `raw_html = \"allow\"` under `[markdown]`",
        )
    })
}

fn unknown_languages<'a>(config: &Config, article: &'a Article) -> impl Iterator<Item = Diagnostic> + use<'a> {
    let is_highlighted = config.markdown.highlight;
    let unknown = move |language: &str| is_highlighted && !highlight::knows(language);
    article.outline.languages.iter().filter(move |language| unknown(&language.value)).map(|language| {
        Diagnostic::warning(code::UNKNOWN_LANGUAGE, format!("`{}` is not a language that can be highlighted", language.value))
            .at(&article.path, language.span)
            .help("correct the name, or write `text` for what is no language")
    })
}
