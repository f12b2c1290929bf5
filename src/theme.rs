//! Templates and theme assets: the built-in ones, embedded in the binary, with the site's own on top. A site's file replaces the
//! built-in one of the same name; a template may also extend it as `kbpress/NAME`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::HashMap;
use include_dir::{Dir, include_dir};
use tera::{ErrorKind, ReportError, Tera};

use crate::config::Config;
use crate::diagnostic::{Diagnostic, code};
use crate::labels::LABELS;
use crate::load::Sources;
use crate::permalink::OutPath;
use crate::search;
use crate::source::{SourceFile, Span};
use crate::view;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// The script of every page: comforts of reading, and what fetches the search when a reader means to use it.
pub const SCRIPT: &str = "reader.js";

/// The search's own modules, which the index publishes beside itself.
const SEARCH: &str = "search/";

/// The prefix under which the built-in templates can be named.
const BUILT_IN: &str = "kbpress/";

/// How the built-in templates begin to write a word of the interface.
const WORD: &str = "{{ labels.";

/// Compiled templates, and the assets that the pages load.
#[derive(Debug)]
pub struct Theme {
    /// Ready to render; site-wide values are put into its global context by the renderer.
    pub tera: Tera,
    /// Assets with their content-hashed places in the output.
    pub assets: Vec<Asset>,
    /// The full names of the built-in templates that the site does not replace, by their short ones.
    built_in: HashMap<String, String>,
}

impl Theme {
    /// What `tera` calls the template `name`. It would find it by the short name too, but not as fast.
    pub fn full_name<'n>(&'n self, name: &'n str) -> &'n str {
        self.built_in.get(name).map_or(name, String::as_str)
    }
}

/// A file that pages load: a style sheet, a script, an icon.
#[derive(Debug)]
pub struct Asset {
    /// Name below `static/`: `kbpress.css`.
    pub name: String,
    /// Where it goes: `assets/kbpress.1f2e3d4c.css`.
    pub out: OutPath,
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
}

/// The theme of a site: the built-in one with the site's own templates and assets on top.
pub fn theme(sources: &Sources, config: &Config) -> (Theme, Vec<Diagnostic>) {
    let has_search = config.search.enabled;
    let (tera, diagnostics) = compile(sources, config);
    let files = embedded(&STATIC).into_iter().filter(|(name, _)| !name.starts_with(SEARCH));
    let mut assets: BTreeMap<String, Cow<'static, [u8]>> = files
        .map(|(name, bytes)| {
            let own = sources.theme_assets.get(&name).map(|own| Cow::Owned(own.clone()));
            (name, own.unwrap_or(Cow::Borrowed(bytes)))
        })
        .collect();
    let search_style = assets.remove("search.css").filter(|_| has_search);
    let fits = asset("fits.js".to_owned(), search::fits().into_bytes().into());
    if let (Some(reader), Some(fits)) = (assets.get_mut(SCRIPT), &fits) {
        let source = String::from_utf8_lossy(reader);
        let loader = if has_search { search::loader() } else { "" };
        let (words, module) = (script_words(config), search::module(&[&source, loader]));
        let fits = fits.out.as_str().trim_start_matches("assets/");
        *reader = format!("const WORDS={words},FITS=\"./{fits}\";\n{module}").into_bytes().into();
    }
    // One style sheet is all that a page waits for.
    if let (Some(style), Some(main)) = (search_style, assets.get_mut("kbpress.css")) {
        main.to_mut().extend_from_slice(&style);
    }
    let assets = assets.into_iter().filter_map(|(name, bytes)| asset(name, bytes)).chain(fits).collect();
    let names = embedded(&TEMPLATES).into_iter().map(|(name, _)| name);
    let built_in = names.filter(|name| tera.get_template_names().all(|own| own != name));
    let built_in = built_in.map(|name| (name.clone(), format!("{BUILT_IN}{name}"))).collect();
    (Theme { tera, assets, built_in }, diagnostics)
}

/// The labels that the script needs, as a value of JavaScript.
fn script_words(config: &Config) -> serde_json::Value {
    let words = LABELS.iter().filter_map(|(name, _)| Some((name.strip_prefix("script_")?, config.label(name))));
    words.map(|(name, text)| (name.to_owned(), text.into())).collect::<serde_json::Map<_, _>>().into()
}

/// A hash over the built-in templates and assets, in hexadecimal: another theme makes another site.
pub fn built_in_hash() -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in embedded(&TEMPLATES).into_iter().chain(embedded(&STATIC)) {
        hasher.update(name.as_bytes());
        hasher.update(blake3::hash(bytes).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Whether `name`, below `static/`, is an asset of the built-in theme.
pub fn is_built_in_asset(name: &str) -> bool {
    STATIC.get_file(name).is_some()
}

/// The asset `name` with this content, under its content-hashed name.
pub fn asset(name: String, bytes: Cow<'static, [u8]>) -> Option<Asset> {
    let hash = blake3::hash(&bytes).to_hex();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let out = OutPath::from_file(&format!("assets/{stem}.{}.{extension}", &hash[..8])).ok()?;
    Some(Asset { name, out, bytes })
}

fn embedded<'d>(directory: &'d Dir<'d>) -> Vec<(String, &'d [u8])> {
    let mut files: Vec<_> =
        directory.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents())).collect();
    for below in directory.dirs() {
        files.extend(embedded(below));
    }
    files.sort();
    files
}

fn compile(sources: &Sources, config: &Config) -> (Tera, Vec<Diagnostic>) {
    let separator = config.label("thousands_separator");
    let own: Vec<(&str, &SourceFile)> = sources.templates.iter().map(|file| (sources.template_name(file), &**file)).collect();
    let mut diagnostics = Vec::new();
    let broken: Vec<&str> = own
        .iter()
        .filter_map(|(name, file)| {
            // Alone, a template may lack its parent; only its own syntax is judged here, so that every broken one is reported.
            let error = empty(separator).add_raw_template(name, &file.text).err()?;
            let ErrorKind::SyntaxError(report) = error.kind() else { return None };
            diagnostics.push(located(code::TEMPLATE_SYNTAX, report, &file.path, &file.text));
            Some(*name)
        })
        .collect();
    let mut tera = empty(separator);
    let built_in = embedded(&TEMPLATES);
    let built_in =
        built_in.iter().map(|(name, bytes)| (format!("{BUILT_IN}{name}"), with_words(&String::from_utf8_lossy(bytes), config)));
    let good =
        own.iter().filter(|(name, _)| !broken.contains(name)).map(|(name, file)| ((*name).to_owned(), file.text.to_string()));
    if let Err(error) = tera.add_raw_templates(built_in.clone().chain(good)) {
        diagnostics.extend(unfit(&error, sources));
        tera = empty(separator);
        // The built-in templates alone always compile: a test builds a site with them.
        let _ = tera.add_raw_templates(built_in);
    }
    (tera, diagnostics)
}

/// A built-in template with the words of the interface in it, and what the site is called: they are the same on every page, and a look at
/// one takes as long as anything else that a template does. A site's own templates stay as they are, because problems are shown at their
/// places.
fn with_words(template: &str, config: &Config) -> String {
    let mut template = template.to_owned();
    for (value, word) in [("{{ site.title }}", &config.title), ("{{ site.language }}", &config.language)] {
        // A word may look like a part of a template.
        if !word.contains('{') {
            let mut escaped = String::with_capacity(word.len());
            view::push_text(&mut escaped, word);
            template = template.replace(value, &escaped);
        }
    }
    let mut text = String::with_capacity(template.len() + 512);
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once(WORD) {
        text.push_str(before);
        let found = after.split_once(" }}").and_then(|(name, after)| {
            let (name, _) = LABELS.iter().find(|(label, _)| *label == name)?;
            Some((config.label(name), after)).filter(|(word, _)| !word.contains('{'))
        });
        match found {
            Some((word, after)) => {
                view::push_text(&mut text, word);
                rest = after;
            }
            None => {
                text.push_str(WORD);
                rest = after;
            }
        }
    }
    text + rest
}

fn empty(separator: &str) -> Tera {
    let mut tera = Tera::new();
    // Fails only on an instance that has templates already.
    let _ = tera.set_fallback_prefixes([BUILT_IN]);
    view::register(&mut tera, separator);
    tera
}

/// What went wrong in a template, at its place where Tera names one of the site's own.
pub fn template_error(code: &'static str, error: &tera::Error, sources: &Sources) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => match own(report.filename(), sources) {
            Some(file) => located(code, report, &file.path, &file.text),
            None => Diagnostic::error(code, format!("template `{}`: {}", report.filename(), one_line(report.message()))).help(HELP),
        },
        other => Diagnostic::error(code, one_line(&other.to_string())).help(HELP),
    }
}

const HELP: &str = "the template guide lists what each template is given; `kbpress explain template-syntax` has the rest";

/// Why templates that can each be read do not fit together: parents, filters, components and the like that do not exist.
fn unfit(error: &tera::Error, sources: &Sources) -> Vec<Diagnostic> {
    let at_start = |name: &str| {
        let problem = template_error(code::TEMPLATE_SYNTAX, error, sources);
        vec![match own(name, sources) {
            Some(file) => problem.at(&Arc::from(file.path.as_str()), Span::default()),
            None => problem,
        }]
    };
    match error.kind() {
        ErrorKind::MissingParent { current: name, .. }
        | ErrorKind::CircularExtend { tpl: name, .. }
        | ErrorKind::CircularInclude { tpl: name, .. } => at_start(name),
        ErrorKind::Msg(reports) => reports.split("\n\n").map(|report| reported(report, sources)).collect(),
        _ => at_start(""),
    }
}

/// One of Tera's reports as text: `error: MESSAGE`, and in the next line `--> FILE:LINE:COLUMN`.
fn reported(report: &str, sources: &Sources) -> Diagnostic {
    let mut lines = report.lines();
    let message = lines.next().unwrap_or_default();
    let problem = Diagnostic::error(code::TEMPLATE_SYNTAX, one_line(message.trim_start_matches("error: "))).help(HELP);
    let mut place = || {
        let mut parts = lines.next()?.trim().strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, line, name) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
        let file = own(name, sources)?;
        let before: usize = file.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let column: usize = file.text[before..].chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
        Some((file, before + column))
    };
    match place() {
        Some((file, offset)) => problem.at(&Arc::from(file.path.as_str()), Span::new(offset..offset)),
        None => problem,
    }
}

/// The site's own template of this name.
fn own<'s>(name: &str, sources: &'s Sources) -> Option<&'s SourceFile> {
    sources.templates.iter().map(|file| &**file).find(|file| sources.template_name(file) == name)
}

fn located(code: &'static str, report: &ReportError, path: &str, text: &str) -> Diagnostic {
    let range = &report.span().range;
    let path: Arc<str> = path.into();
    Diagnostic::error(code, one_line(report.message()))
        .at(&path, Span::new(range.start.min(text.len())..range.end.min(text.len())))
        .help(HELP)
}

/// Tera's messages are sentences; ours begin small and end without a full stop.
fn one_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut chars = line.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
