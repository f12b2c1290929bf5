//! `site.toml` → [`Config`]. All problems of the file are found at once, each at its own place; a value that cannot be used is
//! replaced by its default, so that the later stages can go on. Nothing here reads the disk or the environment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use globset::GlobSet;
use toml::de::DeTable;

use crate::diagnostic::{Diagnostic, Severity, code, nearest};
use crate::labels;
use crate::source::{Located, Span, line_column};

mod base_url;
mod publish;
mod reader;
mod schema;
mod sections;
mod taxonomy;
mod url_template;

pub use base_url::BaseUrl;
pub use publish::{Host, Limits, Packing, Publish, Redirects, Retired, Superseded};
pub use reader::{KeyUse, Takes};
use reader::{Reader, Section};
pub use schema::{Field, FieldType, Schema};
pub use taxonomy::{Source, Taxonomy};
pub use url_template::UrlTemplate;

/// The top-level keys with a string value: those that the environment and flags can replace.
const OVERRIDABLE: [&str; 9] =
    ["base_url", "title", "description", "language", "author", "output_dir", "content_dir", "templates_dir", "static_dir"];

/// What `site.toml` says, with the default wherever it says nothing.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the site will be published.
    pub base_url: BaseUrl,
    /// The site's name; the host of `base_url` where none is given.
    pub title: String,
    /// One sentence about the site.
    pub description: Option<String>,
    /// A BCP 47 tag: `en`, `pt-BR`.
    pub language: String,
    /// Who writes, for feeds and metadata.
    pub author: Option<String>,
    /// Where the site is written, from the folder of `site.toml` unless absolute.
    pub output_dir: String,
    /// Where the articles are; may lie anywhere.
    pub content_dir: String,
    /// Where templates are that replace or extend those of the theme; need not exist.
    pub templates_dir: String,
    /// Where files are that are copied as they are; need not exist.
    pub static_dir: String,
    /// Style sheets after the theme's own: paths in `static_dir`.
    pub extra_css: Vec<Located<String>>,
    /// Scripts after the theme's own: paths in `static_dir`.
    pub extra_js: Vec<Located<String>>,
    /// What in `content_dir` is not content.
    pub ignored_content: Globs,
    /// `[build]`.
    pub build: Build,
    /// `[markdown]`.
    pub markdown: Markdown,
    /// `[articles]`.
    pub articles: Articles,
    /// `[[taxonomies]]`, in order.
    pub taxonomies: Vec<Taxonomy>,
    /// `[search]`.
    pub search: Search,
    /// `[feeds]`.
    pub feeds: Feeds,
    /// `[sitemap]`: whether `sitemap.xml` is written.
    pub sitemap: bool,
    /// `[links]`: how bad a problem is, by its code; without an entry as the problem itself says.
    pub links: BTreeMap<&'static str, Level>,
    /// `[[schema]]`: what the front matter of some files must be.
    pub schemas: Vec<Schema>,
    /// `[external]`: how links to other sites are checked.
    pub external: External,
    /// `[publish]`: where the site goes.
    pub publish: Publish,
    /// `[[nav]]`: the links at the top of each page.
    pub nav: Vec<NavItem>,
    /// `[redirects]`: old path → new path or URL, in the order of the old paths.
    pub redirects: Vec<(Located<String>, Located<String>)>,
    /// Where an article can be edited.
    pub edit_url: Option<UrlTemplate>,
    /// Where a problem with an article can be reported.
    pub report_url: Option<UrlTemplate>,
    /// `[pages]`: what is made besides the pages of articles.
    pub pages: Pages,
    /// `[labels]`: the site's own words of the interface, by their names in [`LABELS`](crate::labels::LABELS).
    pub labels: BTreeMap<&'static str, String>,
    /// `[extra]`: anything, for templates.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// What a build takes in; the flags of the command line can only add to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Build {
    /// Pages marked as drafts too.
    pub drafts: bool,
    /// Pages dated in the future too.
    pub future: bool,
    /// Pages that have expired too.
    pub expired: bool,
    /// Every warning is an error.
    pub strict: bool,
}

/// What is made besides the pages of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// The index of error codes.
    pub codes: bool,
    /// Wanted articles, orphans and so on.
    pub links: bool,
    /// A plain-text copy beside each article.
    pub text: bool,
    /// `llms.txt`.
    pub llms: bool,
}

/// How Markdown becomes HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markdown {
    /// Curly quotes, dashes and ellipses for typed ones.
    pub smart_punctuation: bool,
    /// Colours in code blocks.
    pub highlight: bool,
    /// What becomes of HTML tags in the text.
    pub raw_html: RawHtml,
}

/// What becomes of HTML tags in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawHtml {
    /// They are shown as text.
    Escape,
    /// They are passed on as they are: only for a site whose writers are all trusted.
    Allow,
}

/// How article files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Articles {
    /// Which form a body has.
    pub format: BodyFormat,
    /// Whether article numbers in the text (`Q123456`) become links.
    pub references: bool,
    /// How a file that is not UTF-8 is read; `None` makes it an error.
    pub encoding_fallback: Option<Encoding>,
}

/// Which form the body of an article has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFormat {
    /// The plain-text form where its header is found, else Markdown.
    Auto,
    /// Always Markdown.
    Markdown,
    /// Always the plain-text form.
    KbText,
}

/// An encoding older than UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Western European, as Windows wrote it.
    Windows1252,
}

/// What the search knows besides the pages.
#[derive(Debug, Clone)]
pub struct Search {
    /// Whether there is a search at all.
    pub enabled: bool,
    /// Groups of words that mean the same, lower case.
    pub synonyms: Vec<Vec<String>>,
    /// Source files that are not found, by their path in `content_dir`.
    pub exclude: Globs,
    /// How much more (or, below 1, less) the pages of a glob count; 0.1 to 10.
    pub boost: Vec<(Globs, f32)>,
}

/// Atom feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feeds {
    /// Whether the site has any.
    pub enabled: bool,
    /// Entries in a feed, 1 to 1,000.
    pub limit: usize,
}

/// How bad a problem is to the site's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The site is not built.
    Error,
    /// It is reported.
    Warning,
    /// It is not a problem.
    Allow,
}

/// How links to other sites are checked.
#[derive(Debug, Clone)]
pub struct External {
    /// Statuses of failures that are none here, 400 to 999.
    pub accept: Vec<u16>,
    /// URLs that are not asked for.
    pub exclude: Globs,
    /// Whether addresses of the local network may be asked.
    pub private: bool,
    /// Seconds after which an answer is not waited for, 1 to 600.
    pub timeout: usize,
    /// Requests to one host at the same time, 1 to 16.
    pub per_host: usize,
    /// Days for which an answer holds, 0 to 3650.
    pub cache_days: usize,
}

/// A link at the top of each page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Its words.
    pub title: String,
    /// A path of the site, or a URL.
    pub url: Located<String>,
}

/// A set of patterns for paths with `/` between their parts; `*` stays within a part, `**` does not.
#[derive(Debug, Clone, Default)]
pub struct Globs(GlobSet);

impl Globs {
    /// The set that covers every path.
    pub fn all() -> Self {
        let all = globset::Glob::new("**").map(|glob| GlobSet::builder().add(glob).build());
        Self(all.ok().and_then(Result::ok).unwrap_or_default())
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the patterns covers the whole of `path`.
    pub fn matches(&self, path: &str) -> bool {
        !self.0.is_empty() && self.0.is_match(path)
    }
}

/// A value from the command line or the environment that stands in for one of `site.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The key: `base_url`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Where it comes from, for messages: `--base-url`, `KBPRESS_BASE_URL`.
    pub origin: String,
}

impl Config {
    /// Front matter keys that the site gives a meaning to, besides the built-in ones.
    pub fn front_matter_keys(&self) -> Vec<&str> {
        self.taxonomies.iter().flat_map(|t| [Some(t.name.as_str()), t.source.front_matter_key()]).flatten().collect()
    }

    /// A word of the interface: the site's own, or the English one.
    ///
    /// A name that is not in [`LABELS`](crate::labels::LABELS) is its own label.
    pub fn label(&self, name: &'static str) -> &str {
        self.labels.get(name).map_or_else(|| labels::english(name), String::as_str)
    }

    /// A code, or a range of them, as readers see it: `Event 2410` in the words of the site.
    pub fn code<'c>(&self, code: &'c str) -> Cow<'c, str> {
        let named = [("Event ", "code_event"), ("Error ", "code_error")];
        let named = named.into_iter().find_map(|(name, label)| Some((code.strip_prefix(name)?, label)));
        named.map_or(Cow::Borrowed(code), |(number, label)| labels::fill(self.label(label), &[("number", number)]).into())
    }

    /// How bad a problem with this code is, which would by itself be as bad as `severity`; `None` if it is none. An error stays one:
    /// the stages after it may rely on what it forbids.
    pub fn severity(&self, code: &str, severity: Severity) -> Option<Severity> {
        match self.links.get(code) {
            _ if severity == Severity::Error => Some(Severity::Error),
            None => Some(severity),
            Some(Level::Error) => Some(Severity::Error),
            Some(Level::Warning) => Some(Severity::Warning),
            Some(Level::Allow) => None,
        }
    }
}

/// The values that environment variables `KBPRESS_<KEY>` give to the top-level string keys, and warnings for slips of such names.
pub fn environment(variables: impl IntoIterator<Item = (String, String)>) -> (Vec<Override>, Vec<Diagnostic>) {
    let (mut overrides, mut diagnostics) = (Vec::new(), Vec::new());
    for (origin, value) in variables {
        let Some(key) = origin.strip_prefix("KBPRESS_").map(str::to_ascii_lowercase) else { continue };
        match OVERRIDABLE.into_iter().find(|k| *k == key) {
            Some(key) => overrides.push(Override { key, value, origin }),
            None => diagnostics.extend(nearest(&key, OVERRIDABLE).map(|near| {
                Diagnostic::warning(code::CONFIG_UNKNOWN_KEY, format!("the environment variable `{origin}` means nothing"))
                    .help(format!("did you mean `KBPRESS_{}`?", near.to_ascii_uppercase()))
            })),
        }
    }
    overrides.sort_by(|a, b| a.key.cmp(b.key));
    diagnostics.sort_by(|a: &Diagnostic, b| a.message.cmp(&b.message));
    (overrides, diagnostics)
}

/// Reads `site.toml`; the last override of a key wins over the file.
pub fn parse(path: &Arc<str>, text: &str, overrides: &[Override]) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader::new(path);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut diagnostics: Vec<Diagnostic> = errors.iter().map(|error| syntax_problem(path, text, error)).collect();
        crate::diagnostic::sort(&mut diagnostics);
        // One slip makes several errors in its line; the first one names it.
        let line = |d: &Diagnostic| d.location.as_ref().map(|l| line_column(text, l.span.start as usize).line);
        diagnostics.dedup_by_key(|d| line(d));
        // What was recovered is read without a word: after a syntax error its other problems may not be real.
        let config = config(&mut Reader::new(path), document.get_ref(), overrides);
        return (config, diagnostics);
    }
    let config = config(&mut reader, document.get_ref(), overrides);
    let mut diagnostics = reader.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    (config, diagnostics)
}

/// Every key that `site.toml` may have, as the code that reads it asks for it.
pub fn keys() -> Vec<KeyUse> {
    // Lists of tables are only looked into where there is one.
    const SAMPLE: &str = "[[nav]]\n[[taxonomies]]\n[[schema]]\nfields.any = {}\n";
    let path = Arc::from("site.toml");
    let mut reader = Reader::new(&path);
    reader.asked = Some(Vec::new());
    let (document, _) = DeTable::parse_recoverable(SAMPLE);
    config(&mut reader, document.get_ref(), &[]);
    reader.asked.unwrap_or_default()
}

fn syntax_problem(path: &Arc<str>, text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let message = error.message().lines().next().unwrap_or("cannot be read").trim_end_matches('.').to_owned();
    let problem = Diagnostic::error(code::CONFIG_SYNTAX, message);
    let span = span.start.min(text.len())..span.end.min(text.len());
    problem.at(path, Span::new(span)).help("`site.toml` is TOML: `key = \"value\"`, tables begin with `[name]`")
}

fn config(reader: &mut Reader<'_>, table: &DeTable<'_>, overrides: &[Override]) -> Config {
    let mut top = Section::new("", table);
    let mut texts = BTreeMap::new();
    for key in OVERRIDABLE {
        let mut text = top.string(reader, key).map(|text| Text { value: text.value, span: Some(text.span), origin: None });
        if let Some(over) = overrides.iter().rev().find(|o| o.key == key) {
            text = Some(Text { value: over.value.clone(), span: None, origin: Some(over.origin.clone()) });
        }
        if let Some(text) = text {
            texts.insert(key, text);
        }
    }
    let base_url = base_url(reader, texts.remove("base_url"), table);
    let title = texts.remove("title").map(|text| text.value).filter(|title| !title.trim().is_empty());
    let pages = sections::pages(reader, &mut top);
    let labels = sections::labels(reader, &mut top);
    let config = Config {
        title: title.unwrap_or_else(|| base_url.host().to_owned()),
        base_url,
        description: texts.remove("description").map(|t| t.value),
        language: checked(
            reader,
            "language",
            texts.remove("language"),
            "en",
            is_language,
            "is not a language tag like `en` or `pt-BR`",
        ),
        author: texts.remove("author").map(|t| t.value),
        output_dir: directory(reader, "output_dir", texts.remove("output_dir"), "public"),
        content_dir: directory(reader, "content_dir", texts.remove("content_dir"), "content"),
        templates_dir: directory(reader, "templates_dir", texts.remove("templates_dir"), "templates"),
        static_dir: directory(reader, "static_dir", texts.remove("static_dir"), "static"),
        extra_css: top.strings(reader, "extra_css"),
        extra_js: top.strings(reader, "extra_js"),
        ignored_content: sections::globs(reader, &mut top, "ignored_content"),
        build: sections::build(reader, &mut top),
        markdown: sections::markdown(reader, &mut top),
        articles: sections::articles(reader, &mut top),
        taxonomies: taxonomy::taxonomies(reader, &mut top, pages, &labels),
        search: sections::search(reader, &mut top),
        feeds: sections::feeds(reader, &mut top),
        sitemap: sections::sitemap(reader, &mut top),
        links: sections::links(reader, &mut top),
        schemas: sections::schemas(reader, &mut top),
        external: sections::external(reader, &mut top),
        publish: publish::publish(reader, &mut top),
        nav: sections::nav(reader, &mut top),
        redirects: sections::redirects(reader, &mut top),
        edit_url: url_template::url_template(reader, &mut top, "edit_url"),
        report_url: url_template::url_template(reader, &mut top, "report_url"),
        pages,
        labels,
        extra: top.table(reader, "extra").map(sections::json_table).unwrap_or_default(),
    };
    top.finish(reader);
    config
}

/// A top-level string: from the file, or from outside.
struct Text {
    value: String,
    span: Option<Span>,
    origin: Option<String>,
}

fn bad_text(reader: &mut Reader<'_>, key: &str, text: &Text, why: &str, help: &str) {
    match (&text.origin, text.span) {
        (None, Some(span)) => reader.bad_value(span.range(), format!("`{key}` {why}"), help),
        (origin, _) => {
            let origin = origin.as_deref().unwrap_or(key);
            let problem = Diagnostic::error(code::CONFIG_BAD_VALUE, format!("`{}` of `{origin}` {why}", text.value));
            reader.diagnostics.push(problem.help(help.to_owned()));
        }
    }
}

fn base_url(reader: &mut Reader<'_>, text: Option<Text>, table: &DeTable<'_>) -> BaseUrl {
    const HELP: &str = "write the address of the published site, like `base_url = \"https://example.org/kb/\"`";
    match text {
        // A slip of the key is reported as such.
        None if table.keys().any(|key| nearest(key.get_ref(), ["base_url"]).is_some()) => {}
        None => reader.missing_key("base_url", 0..0, HELP),
        Some(text) => match BaseUrl::parse(&text.value) {
            Ok(url) => return url,
            Err(why) => bad_text(reader, "base_url", &text, why, HELP),
        },
    }
    BaseUrl::parse("http://localhost/").expect("the address is valid")
}

fn checked(reader: &mut Reader<'_>, key: &str, text: Option<Text>, default: &str, valid: fn(&str) -> bool, why: &str) -> String {
    match text {
        Some(text) if valid(&text.value) => return text.value,
        Some(text) => bad_text(reader, key, &text, why, &format!("without `{key}` it is `{default}`")),
        None => {}
    }
    default.to_owned()
}

fn directory(reader: &mut Reader<'_>, key: &str, text: Option<Text>, default: &str) -> String {
    checked(reader, key, text, default, |path| !path.is_empty() && !path.contains('\0'), "is not the path of a folder")
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts.next().is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
