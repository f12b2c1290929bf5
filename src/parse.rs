//! One source file → one [`Article`]: front matter, form of the body, title, fields, outline. Knows no other file.

use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{AppliesTo, Article, Body, Fields};
use crate::codes;
use crate::config::{BodyFormat, Config};
use crate::diagnostic::{Diagnostic, code};
use crate::front_matter::{self, FrontMatter, decode_entities};
use crate::kb;
use crate::markdown;
use crate::reference::references;
use crate::source::{SourceFile, Span};
use crate::strings::Strings;

/// Parses every file, in parallel; the articles keep the order of the files.
pub fn parse_all(config: &Config, files: &[SourceFile]) -> (Vec<Article>, Vec<Diagnostic>) {
    let site_keys = config.front_matter_keys();
    let parsed: Vec<(Article, Vec<Diagnostic>)> = files.par_iter().map(|file| parse(config, &site_keys, file)).collect();
    let mut articles = Vec::with_capacity(parsed.len());
    let mut diagnostics = Vec::new();
    for (article, problems) in parsed {
        articles.push(article);
        diagnostics.extend(problems);
    }
    (articles, diagnostics)
}

/// Parses one file. `site_keys` are the front matter keys that the site's configuration adds.
pub fn parse(config: &Config, site_keys: &[&str], file: &SourceFile) -> (Article, Vec<Diagnostic>) {
    let path: Arc<str> = file.path.as_str().into();
    let text = file.text.as_str();
    let (split, mut diagnostics) = front_matter::split(&path, text);
    let front = match split.yaml {
        Some(yaml) => {
            let (front, problems) = front_matter::parse(&path, text, yaml, site_keys);
            diagnostics.extend(problems);
            front
        }
        None => FrontMatter::default(),
    };
    let segments = match config.articles.format {
        BodyFormat::Markdown => None,
        BodyFormat::Auto | BodyFormat::KbText => kb::segment(text, split.body.clone()),
    };
    let mut fields = segments.as_ref().map_or_else(Fields::default, |segments| kb::fields(text, segments));
    let first_heading = || segments.is_none().then(|| markdown::first_heading(text, split.body.clone())).flatten();
    let title = title(&front, first_heading, &fields, &file.path);
    let (body, mut outline) = match segments {
        Some(segments) => (Body::KbText(segments), kb::outline(text, &segments)),
        None => {
            let options = markdown::Options { title: &title, smart_punctuation: config.markdown.smart_punctuation };
            (Body::Markdown(split.body.clone()), markdown::outline(text, split.body.clone(), options))
        }
    };
    // Sixty thousand outlines are held at once: what their lists grew by for nothing is given back.
    outline.headings.shrink_to_fit();
    outline.references.shrink_to_fit();
    outline.links.shrink_to_fit();
    fill_from_front_matter(&mut fields, &front);
    number_from_name(&mut fields, &title, &file.path);
    fields.series = kb::series(without_number(&title)).iter().collect();
    if fields.number.is_some() || matches!(body, Body::KbText(_)) {
        if fields.kinds.is_empty() {
            fields.kinds.extend(kb::infer_kind(
                without_number(&title),
                &outline.headings,
                &fields.keywords,
                &text[split.body.clone()],
            ));
            fields.kind_inferred = !fields.kinds.is_empty();
        }
        if fields.codes.is_empty() {
            fields.codes = codes::distinct(&text[split.body.clone()]).iter().collect();
        }
    }
    if config.articles.format == BodyFormat::KbText && matches!(body, Body::Markdown(_)) {
        diagnostics.push(
            Diagnostic::error(code::KB_HEADER, "the text does not begin with the header of a plain-text article")
                .at(&path, Span::new(split.body.start..split.body.start))
                .help("begin it with `Article: Q123456` and `Last Modified: 19-DEC-1999`, or set `format = \"auto\"` under `[articles]`"),
        );
    }
    let article = Article { path, front, body, title, fields, outline };
    lint(&article, text, &mut diagnostics);
    (article, diagnostics)
}

/// The front matter's title, else the first heading, else the article's number, else the file's name.
fn title(front: &FrontMatter, first_heading: impl FnOnce() -> Option<String>, fields: &Fields, path: &str) -> String {
    if let Some(title) = &front.title {
        return decode_entities(&title.value).trim().to_owned();
    }
    if let Some(heading) = first_heading() {
        return heading;
    }
    fields.number.map_or_else(|| name_of(path).replace(['-', '_'], " "), |number| format!("Q{number}"))
}

/// The name that a file's page would have: its stem, or its folder's for a folder's own page.
fn name_of(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem {
        "README" | "readme" | "index" | "_index" if !folder.is_empty() => folder.rsplit('/').next().unwrap_or(folder),
        _ => stem,
    }
}

/// What the front matter states wins over what the text says.
fn fill_from_front_matter(fields: &mut Fields, front: &FrontMatter) {
    let replace = |field: &mut Strings, stated: &[Box<str>]| {
        if !stated.is_empty() {
            *field = stated.into();
        }
    };
    replace(&mut fields.products, &front.products);
    replace(&mut fields.versions, &front.versions);
    replace(&mut fields.os, &front.os);
    replace(&mut fields.keywords, &front.keywords);
    replace(&mut fields.codes, &front.codes);
    if !front.applies_to.is_empty() {
        fields.applies_to = front.applies_to.iter().map(|text| AppliesTo { text: text.clone(), ..AppliesTo::default() }).collect();
    }
    if !front.kinds.is_empty() {
        fields.kinds.clone_from(&front.kinds);
        fields.kind_inferred = false;
    }
    if let Some(number) = &front.number {
        fields.number = Some(number.value);
    }
    fields.updated = front.updated.or(front.date).or(fields.updated);
}

/// An article without a stated number has the one that its title, its file or its folder begins with.
fn number_from_name(fields: &mut Fields, title: &str, path: &str) {
    if fields.number.is_none() {
        fields.number = leading_number(title).or_else(|| leading_number(name_of(path)));
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let (range, number) = references(text).next()?;
    (range.start == 0 && text.starts_with('Q')).then_some(number)
}

/// `title` without the number that it begins with.
fn without_number(title: &str) -> &str {
    match references(title).next() {
        Some((range, _)) if range.start == 0 => title[range.end..].trim_start_matches([':', ' ']),
        _ => title,
    }
}

/// Problems of an article that can be seen without knowing another.
fn lint(article: &Article, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    let start = match &article.body {
        Body::Markdown(range) => range.start,
        Body::KbText(_) => text.len(),
    };
    let is_empty = match &article.body {
        Body::Markdown(range) => text[range.clone()].trim().is_empty(),
        Body::KbText(segments) => text[segments.body.range()].trim().is_empty(),
    };
    if is_empty && article.front.redirect_to.is_none() {
        diagnostics.push(
            Diagnostic::warning(code::EMPTY_ARTICLE, "the article has no text")
                .at(&article.path, Span::new(start.min(text.len())..start.min(text.len())))
                .help("write its text, or mark it `draft: true`"),
        );
    }
    if let (Some(number), Some(other)) = (article.fields.number, leading_number(&article.title))
        && number != other
    {
        let span = article.front.title.as_ref().map_or(Span::default(), |title| title.span);
        diagnostics.push(
            Diagnostic::warning(code::KB_HEADER, format!("the title says Q{other}, the article says Q{number}"))
                .at(&article.path, span)
                .help("make the numbers of the title, the front matter and the `Article:` line equal"),
        );
    }
}
