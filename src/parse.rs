//! One source file → one [`Article`]: front matter, form of the body, title, fields, outline. Knows no other file.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{AppliesTo, Article, Body, Fields};
use crate::codes;
use crate::config::{BodyFormat, Config, Schema};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::front_matter::{self, FrontMatter, decode_entities};
use crate::kb;
use crate::markdown;
use crate::reference::references;
use crate::source::{SourceFile, Span};
use crate::strings::Strings;

mod lint;

/// Largest article, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Parses every file, in parallel; the articles keep the order of the files.
pub fn parse_all(config: &Config, files: &[Arc<SourceFile>]) -> (Vec<Arc<Article>>, Vec<Diagnostic>) {
    parse_but(config, files, vec![None; files.len()])
}

/// The same, but for the files whose article is `known`; such a file must have no problems.
pub fn parse_but(
    config: &Config,
    files: &[Arc<SourceFile>],
    known: Vec<Option<Arc<Article>>>,
) -> (Vec<Arc<Article>>, Vec<Diagnostic>) {
    let site_keys = config.front_matter_keys();
    let parse = |(file, known): (&Arc<SourceFile>, Option<Arc<Article>>)| match known {
        Some(article) => (article, Vec::new()),
        None => {
            let (article, problems) = parse(config, &site_keys, file);
            (Arc::new(article), problems)
        }
    };
    let parsed: Vec<(Arc<Article>, Vec<Diagnostic>)> = files.par_iter().zip(known).map(parse).collect();
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
    let (mut split, mut diagnostics) = front_matter::split(&path, text);
    if text.len() > MAX_BYTES {
        let message = format!("the article has {} bytes, the limit is {MAX_BYTES}", text.len());
        let problem = Diagnostic::error(code::ARTICLE_LIMIT, message).at(&path, Span::default());
        diagnostics.push(problem.help("split the article, or offer the long part as a file next to it"));
        split.body = text.len()..text.len();
    }
    let front = match split.yaml.clone() {
        Some(yaml) => {
            let (front, problems) = front_matter::parse(&path, text, yaml, site_keys);
            diagnostics.extend(problems);
            front
        }
        None => FrontMatter::default(),
    };
    // A draft may lack what it needs until it is published.
    if !front.draft {
        diagnostics.extend(schema_violations(config, &path, text, split.yaml));
    }
    let segments = match config.articles.format {
        BodyFormat::Markdown => None,
        BodyFormat::Auto | BodyFormat::KbText => kb::segment(text, split.body.clone()),
    };
    let mut fields = segments.as_ref().map_or_else(Fields::default, |segments| kb::fields(text, segments));
    let first_heading = || segments.is_none().then(|| markdown::first_heading(text, split.body.clone())).flatten();
    let own_title = own_title(&front, first_heading);
    let has_title = own_title.is_some();
    let title = own_title.unwrap_or_else(|| fallback_title(&fields, &file.path));
    let (body, (mut outline, too_deep)) = match segments {
        Some(segments) => (Body::KbText(segments), (kb::outline(text, &segments), None)),
        None => {
            let options = markdown::Options { title: &title, smart_punctuation: config.markdown.smart_punctuation };
            (Body::Markdown(split.body.clone()), markdown::outline(text, split.body.clone(), options))
        }
    };
    if !config.articles.references {
        outline.references.clear();
    }
    // Sixty thousand outlines are held at once: what their lists grew by for nothing is given back.
    outline.headings.shrink_to_fit();
    outline.references.shrink_to_fit();
    outline.links.shrink_to_fit();
    outline.languages.shrink_to_fit();
    outline.html.shrink_to_fit();
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
    let article = Article { path, front, body, title, fields, outline };
    // Front matter that cannot be read may well have a title.
    let may_have_title = has_title || diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    diagnostics.extend(lint::lint(config, &article, text, may_have_title));
    diagnostics.extend(too_deep.map(|at| lint::too_deep(&article.path, at)));
    (article, diagnostics)
}

/// Where the front matter is not what the site's own rules ask for. The page of a folder is no article.
fn schema_violations(config: &Config, path: &Arc<str>, text: &str, yaml: Option<Range<usize>>) -> Vec<Diagnostic> {
    if config.schemas.is_empty() || path.ends_with("_index.md") {
        return Vec::new();
    }
    let relative = path.strip_prefix(config.content_dir.trim_end_matches('/')).unwrap_or(path).trim_start_matches('/');
    let schemas: Vec<&Schema> = config.schemas.iter().filter(|schema| schema.files.matches(relative)).collect();
    if schemas.is_empty() { Vec::new() } else { front_matter::violations(path, text, yaml, &schemas) }
}

/// The front matter's title, else the first heading.
fn own_title(front: &FrontMatter, first_heading: impl FnOnce() -> Option<String>) -> Option<String> {
    match &front.title {
        Some(title) => Some(decode_entities(&title.value).trim().to_owned()),
        None => first_heading(),
    }
}

/// The article's number, else the file's name.
fn fallback_title(fields: &Fields, path: &str) -> String {
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
