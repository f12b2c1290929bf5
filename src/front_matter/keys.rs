//! Keys and JSON values → [`FrontMatter`], with the place of each value that is not what its key takes.

use std::collections::{BTreeMap, btree_map};
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::places::{Places, plain};
use super::table::{KEYS, KINDS, STATES, canonical};
use super::{FrontMatter, Keys, Period, Status, TemplateName, parse_date};
use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::{Located, Span};

const DATE_HELP: &str = "write it as `2024-01-31`, `2024-01-31T10:00:00Z` or `31-JAN-2024`";

pub(super) fn read(
    path: &Arc<str>,
    text: &str,
    yaml: Range<usize>,
    site_keys: &[&str],
    mapping: Vec<(String, Value)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> FrontMatter {
    if mapping.is_empty() {
        return FrontMatter::default();
    }
    let mut reader =
        Reader { path, text, places: Places::new(text, yaml), diagnostics, front: FrontMatter::default(), keys: Keys::default() };
    let mut given: BTreeMap<&'static str, String> = BTreeMap::new();
    for (name, value) in mapping {
        let Some(canonical) = canonical(&name) else {
            reader.unknown(name, value, site_keys);
            continue;
        };
        match given.entry(canonical) {
            btree_map::Entry::Vacant(entry) => {
                entry.insert(name.clone());
            }
            btree_map::Entry::Occupied(first) => {
                reader.both(first.get(), &name);
                continue;
            }
        }
        // A key without a value, as archetypes leave it, is no key.
        if !value.is_null() {
            reader.known(canonical, Entry { name: &name, value });
        }
    }
    let Reader { mut front, keys, .. } = reader;
    front.keys = (keys != Keys::default()).then(|| Box::new(keys));
    front
}

/// A key as written and its value.
struct Entry<'n> {
    name: &'n str,
    value: Value,
}

struct Reader<'a> {
    path: &'a Arc<str>,
    text: &'a str,
    places: Places<'a>,
    diagnostics: &'a mut Vec<Diagnostic>,
    front: FrontMatter,
    keys: Keys,
}

impl Reader<'_> {
    fn known(&mut self, canonical: &str, entry: Entry<'_>) {
        match canonical {
            "title" => self.front.title = self.text(&entry),
            "permalink" => self.front.permalink = self.text(&entry),
            "slug" => self.keys.slug = self.text(&entry),
            "aliases" => self.keys.aliases = self.texts(&entry, whole),
            "redirect_to" => self.keys.redirect_to = self.text(&entry),
            "template" => self.keys.template = self.template(&entry),
            "draft" => self.keys.draft |= self.flag(&entry).unwrap_or(false),
            "published" => self.keys.draft |= !self.flag(&entry).unwrap_or(true),
            "date" => self.keys.date = self.date(&entry),
            "updated" => self.keys.updated = self.date(&entry),
            "expires" => self.keys.expires = self.date(&entry),
            "weight" => self.keys.weight = self.number(&entry),
            "description" => self.keys.description = self.text(&entry).map(|t| t.value),
            "summary" => self.keys.summary = self.text(&entry).map(|t| t.value),
            "tags" => {
                let terms = self.terms(&entry);
                append(&mut self.keys.tags, terms);
            }
            "categories" => {
                let terms = self.terms(&entry);
                append(&mut self.keys.categories, terms);
            }
            "keywords" => {
                let terms = self.terms(&entry);
                append(&mut self.keys.keywords, terms);
            }
            "taxonomies" => self.taxonomies(entry),
            "id" => self.id(entry),
            "products" => self.keys.products = values(self.texts(&entry, whole)),
            "versions" => self.keys.versions = values(self.texts(&entry, at_commas)),
            "os" => self.keys.os = values(self.texts(&entry, at_commas)),
            "applies_to" => self.keys.applies_to = values(self.texts(&entry, whole)),
            "type" => self.kinds(entry),
            "codes" => self.keys.codes = values(self.texts(&entry, at_commas)),
            "related" => self.keys.related = self.texts(&entry, at_commas_or_blanks),
            "owner" => self.keys.owner = self.text(&entry).map(|t| t.value),
            "status" => self.status(&entry),
            "superseded_by" => self.keys.superseded_by = self.text(&entry),
            "retired_on" => self.keys.retired_on = self.date(&entry),
            "reviewed" => self.keys.reviewed = self.date(&entry),
            "review_in" => self.keys.review_in = self.period(&entry),
            "search" => self.search(&entry),
            "in_search_index" => self.keys.unsearchable |= !self.flag(&entry).unwrap_or(true),
            "sitemap" => self.keys.no_sitemap = !self.flag(&entry).unwrap_or(true),
            "unlisted" => self.keys.unlisted = self.flag(&entry).unwrap_or(false),
            "extra" => match entry.value {
                Value::Object(extra) => self.keys.extra.extend(extra),
                _ => self.wrong_type(&entry, "a mapping"),
            },
            _ => {}
        }
    }

    fn unknown(&mut self, name: String, value: Value, site_keys: &[&str]) {
        let known = KEYS.iter().flat_map(|key| std::iter::once(key.name).chain(key.others.iter().copied()));
        if !site_keys.contains(&&*name)
            && let Some(near) = nearest(&name, known)
        {
            let problem =
                Diagnostic::warning(code::FRONT_MATTER_UNKNOWN_KEY, format!("the key `{name}` has no meaning of its own"));
            let help = format!("did you mean `{near}`? a key for your templates can stand under `extra:`");
            self.push(problem.help(help), self.places.key(&name));
        }
        self.keys.extra.entry(name).or_insert(value);
    }

    fn both(&mut self, first: &str, second: &str) {
        let problem = Diagnostic::warning(
            code::FRONT_MATTER_DUPLICATE_KEY,
            format!("`{second}` is another name for `{first}`, which is there too"),
        );
        let label = Span::new(self.places.key(first));
        self.push(problem.label(self.path, label, "this one counts").help("keep one of them"), self.places.key(second));
    }

    fn push(&mut self, problem: Diagnostic, place: Range<usize>) {
        self.diagnostics.push(problem.at(self.path, Span::new(place)));
    }

    fn wrong_type(&mut self, entry: &Entry<'_>, wanted: &str) {
        self.wrong_type_at(entry, &entry.value, wanted, self.places.value(entry.name));
    }

    fn wrong_type_at(&mut self, entry: &Entry<'_>, value: &Value, wanted: &str, place: Range<usize>) {
        let found = match value {
            Value::Null => "nothing",
            Value::Bool(_) => "`true` or `false`",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "a mapping",
        };
        let problem = Diagnostic::error(code::FRONT_MATTER_WRONG_TYPE, format!("`{}` takes {wanted}, not {found}", entry.name));
        let problem = match (wanted, value) {
            ("`true` or `false`", Value::String(s)) if matches!(&**s, "true" | "false") => problem.help("remove the quotes"),
            ("`true` or `false`", Value::String(s)) if matches!(&*s.to_ascii_lowercase(), "yes" | "no" | "on" | "off") => {
                problem.help("YAML 1.2 knows only `true` and `false`")
            }
            ("a text", Value::Object(_)) => problem.help("put a text that contains `: ` in quotes"),
            ("a text", _) => problem.help("write one text, in quotes if it has special characters"),
            ("`true` or `false`", _) => problem.help(format!("write `{}: true` or `{}: false`", entry.name, entry.name)),
            ("a whole number", _) => problem.help(format!("write digits only: `{}: 10`", entry.name)),
            ("an article number", _) => problem.help("an article number is `164177` or `Q164177`"),
            ("a date", _) => problem.help(DATE_HELP),
            ("a mapping" | "a mapping of lists", _) => {
                problem.help("write its keys on the lines below, each indented by two blanks")
            }
            ("a list of texts" | "a text or a list of texts", _) => {
                problem.help(format!("write `{}: [one, two]`, or lines that begin with `- `", entry.name))
            }
            _ => problem.help("`search: false` hides the page, `search: { boost: 2 }` lifts it"),
        };
        self.push(problem, place);
    }

    fn bad_value(&mut self, problem: String, help: &str, place: Range<usize>) {
        self.push(Diagnostic::error(code::FRONT_MATTER_BAD_VALUE, problem).help(help.to_owned()), place);
    }

    /// A text, or a number or flag as it is written.
    fn text(&mut self, entry: &Entry<'_>) -> Option<Located<Box<str>>> {
        let place = self.places.value(entry.name);
        match scalar(&entry.value, plain(self.text, place.clone())) {
            Some(text) => Some(Located::new(text, Span::new(place))),
            None => {
                self.wrong_type(entry, "a text");
                None
            }
        }
    }

    /// The texts of a list, or those that `split` makes of one text.
    fn texts(&mut self, entry: &Entry<'_>, split: fn(&str) -> Vec<&str>) -> Vec<Located<Box<str>>> {
        match &entry.value {
            Value::Array(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let place = self.places.item(entry.name, index);
                    match scalar(item, plain(self.text, place.clone())) {
                        Some(text) if text.is_empty() => {}
                        Some(text) => texts.push(Located::new(text, Span::new(place))),
                        None => self.wrong_type_at(entry, item, "a list of texts", place),
                    }
                }
                texts
            }
            Value::Object(_) => {
                self.wrong_type(entry, "a text or a list of texts");
                Vec::new()
            }
            _ => {
                let Some(text) = self.text(entry) else { return Vec::new() };
                split(&text.value).into_iter().map(|part| Located::new(part.into(), text.span)).collect()
            }
        }
    }

    fn terms(&mut self, entry: &Entry<'_>) -> Vec<Box<str>> {
        values(self.texts(entry, at_commas_or_blanks))
    }

    fn flag(&mut self, entry: &Entry<'_>) -> Option<bool> {
        let flag = entry.value.as_bool();
        if flag.is_none() {
            self.wrong_type(entry, "`true` or `false`");
        }
        flag
    }

    fn number(&mut self, entry: &Entry<'_>) -> Option<i64> {
        let number = entry.value.as_i64();
        if number.is_none() {
            self.wrong_type(entry, "a whole number");
        }
        number
    }

    fn date(&mut self, entry: &Entry<'_>) -> Option<Date> {
        let place = self.places.value(entry.name);
        let Some(text) = scalar(&entry.value, plain(self.text, place.clone())) else {
            self.wrong_type(entry, "a date");
            return None;
        };
        let date = parse_date(&text);
        if date.is_none() {
            let problem = Diagnostic::error(code::FRONT_MATTER_BAD_DATE, format!("`{text}` is not a date")).help(DATE_HELP);
            self.push(problem, place);
        }
        date
    }

    fn template(&mut self, entry: &Entry<'_>) -> Option<TemplateName> {
        let name = self.text(entry)?;
        let of_jekyll = entry.name == "layout" && matches!(&*name.value, "post" | "default");
        // `page` is what a page has anyway, and `null` and `none` are Jekyll's words for no layout.
        if name.value.is_empty() || (entry.name == "layout" && matches!(&*name.value, "page" | "null" | "none")) {
            return None;
        }
        let file = if name.value.rsplit('/').next().is_some_and(|f| f.contains('.')) {
            name.value
        } else {
            format!("{}.html", name.value).into()
        };
        Some(TemplateName { name: Located::new(file, name.span), required: !of_jekyll })
    }

    fn taxonomies(&mut self, entry: Entry<'_>) {
        let Value::Object(taxonomies) = entry.value else {
            self.wrong_type(&entry, "a mapping of lists");
            return;
        };
        for (name, value) in taxonomies {
            let terms = match &value {
                Value::Null => continue,
                Value::String(text) => at_commas_or_blanks(text).into_iter().map(Box::from).collect(),
                Value::Array(items) if items.iter().all(|item| scalar(item, None).is_some()) => {
                    items.iter().filter_map(|item| scalar(item, None)).collect()
                }
                _ => {
                    let place = self.places.inner(entry.name, &name);
                    self.wrong_type_at(&Entry { name: &name, value: Value::Null }, &value, "a list of texts", place);
                    continue;
                }
            };
            match &*name {
                "tags" => append(&mut self.keys.tags, terms),
                "categories" => append(&mut self.keys.categories, terms),
                "keywords" => append(&mut self.keys.keywords, terms),
                _ => append(self.keys.taxonomies.entry(name).or_default(), terms),
            }
        }
    }

    /// An article number; another generator's id, which is any text, is kept for templates.
    fn id(&mut self, entry: Entry<'_>) {
        let place = self.places.value(entry.name);
        let number = match &entry.value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => {
                let upper = text.trim().to_ascii_uppercase();
                let digits = upper.strip_prefix("KB").or_else(|| upper.strip_prefix('Q')).unwrap_or(&upper);
                if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
            }
            _ => {
                self.wrong_type(&entry, "an article number");
                return;
            }
        };
        if let Some(number) = number.and_then(|n| u32::try_from(n).ok()).filter(|n| (1..1_000_000_000).contains(n)) {
            self.keys.number = Some(Located::new(number, Span::new(place)));
            return;
        }
        let text = scalar(&entry.value, None).unwrap_or_default();
        let problem = Diagnostic::warning(code::FRONT_MATTER_BAD_VALUE, format!("`{text}` is not an article number"));
        self.push(problem.help("an article number is `164177` or `Q164177`"), place);
        self.keys.extra.insert(entry.name.to_owned(), entry.value);
    }

    /// The kinds; Hugo's `type`, which is any text, is kept for templates.
    fn kinds(&mut self, entry: Entry<'_>) {
        for name in self.texts(&entry, at_commas) {
            let lower = name.value.to_ascii_lowercase().replace(' ', "-");
            let Some((_, kind)) = KINDS.into_iter().find(|(kind, _)| *kind == lower) else {
                let problem =
                    Diagnostic::warning(code::FRONT_MATTER_BAD_VALUE, format!("`{}` is not a type of article", name.value));
                self.push(problem.help("the types are `problem`, `bug`, `information` and `how-to`"), name.span.range());
                self.keys.extra.insert(entry.name.to_owned(), entry.value.clone());
                continue;
            };
            if !self.keys.kinds.contains(&kind) {
                self.keys.kinds.push(kind);
            }
        }
    }

    fn status(&mut self, entry: &Entry<'_>) {
        let Some(text) = self.text(entry) else { return };
        let Some((_, status)) = STATES.into_iter().find(|(state, _)| *state == &*text.value) else {
            let help = "the states are `draft`, `verified`, `deprecated`, `retired` and `superseded`";
            self.bad_value(format!("`{}` is not a state of an article", text.value), help, text.span.range());
            return;
        };
        self.keys.draft |= status == Status::Draft;
        self.keys.status = Some(status);
    }

    /// `90 days`, `6 months`, `1 year`, or a number of days.
    fn period(&mut self, entry: &Entry<'_>) -> Option<Period> {
        const HELP: &str = "write `90 days`, `26 weeks`, `6 months` or `1 year`";
        let text = self.text(entry)?;
        let digits = text.value.len() - text.value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.value.split_at(digits);
        let number: Option<u32> = number.parse().ok().filter(|n| (1..=36_500).contains(n));
        let period = number.and_then(|n| match unit.trim() {
            "" | "d" | "day" | "days" => Some(Period { months: 0, days: n }),
            "w" | "week" | "weeks" => Some(Period { months: 0, days: n * 7 }),
            "m" | "month" | "months" => Some(Period { months: n, days: 0 }),
            "y" | "year" | "years" => Some(Period { months: n * 12, days: 0 }),
            _ => None,
        });
        if period.is_none() {
            self.bad_value(format!("`{}` is not a length of time", text.value), HELP, text.span.range());
        }
        period
    }

    fn search(&mut self, entry: &Entry<'_>) {
        let settings = match &entry.value {
            Value::Bool(found) => {
                self.keys.unsearchable |= !found;
                return;
            }
            Value::Object(settings) => settings,
            _ => {
                self.wrong_type(entry, "`true`, `false` or `{ boost: 2 }`");
                return;
            }
        };
        for (name, value) in settings {
            let place = self.places.inner(entry.name, name);
            if name != "boost" {
                self.bad_value(format!("`search` has no setting `{name}`"), "it has `boost`, a number from 0.1 to 10", place);
                continue;
            }
            self.keys.boost = value.as_f64().map(|boost| boost as f32).filter(|boost| (0.1..=10.0).contains(boost));
            if self.keys.boost.is_none() {
                self.bad_value("`boost` must be a number from 0.1 to 10".to_owned(), "1 is what every page has", place);
            }
        }
    }
}

/// A value as text; a number or a flag as `written`, if that is known.
fn scalar(value: &Value, written: Option<&str>) -> Option<Box<str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(_) | Value::Bool(_) => Some(written.map_or_else(|| value.to_string().into(), Box::from)),
        Value::Null => Some(Box::default()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn values(located: Vec<Located<Box<str>>>) -> Vec<Box<str>> {
    located.into_iter().map(|l| l.value).collect()
}

/// Adds the terms that are not there yet.
fn append(terms: &mut Vec<Box<str>>, more: Vec<Box<str>>) {
    for term in more {
        if !term.is_empty() && !terms.contains(&term) {
            terms.push(term);
        }
    }
}

fn whole(text: &str) -> Vec<&str> {
    if text.trim().is_empty() { Vec::new() } else { vec![text.trim()] }
}

fn at_commas(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// At commas if there are any, else at blanks, as Jekyll does.
fn at_commas_or_blanks(text: &str) -> Vec<&str> {
    if text.contains(',') { at_commas(text) } else { text.split_whitespace().collect() }
}
