//! `[[taxonomies]]`: the ways in which readers can browse all articles.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Pages;
use super::reader::{Reader, Section};
use crate::labels;

/// One way to browse: terms, each with a list of its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    /// The first part of its URLs: `products`.
    pub name: String,
    /// What readers see.
    pub title: String,
    /// Where its terms come from.
    pub source: Source,
    /// Pages of a list, 1 to 10,000.
    pub paginate_by: usize,
    /// Whether each term has an Atom feed.
    pub feed: bool,
}

/// The field of an article that a taxonomy's terms come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `Fields::products`.
    Products,
    /// `Fields::versions`.
    Versions,
    /// `Fields::os`.
    Os,
    /// `Fields::applies_to`.
    AppliesTo,
    /// `Fields::kinds`.
    Kinds,
    /// `Fields::keywords`.
    Keywords,
    /// `Fields::technology`.
    Technology,
    /// `Fields::series`.
    Series,
    /// `Fields::fix`.
    FixStatus,
    /// `Fields::codes`.
    Codes,
    /// The year of the last change.
    Year,
    /// The article number, in ranges of 1,000.
    Number,
    /// The first letter of the title.
    Letter,
    /// The front matter's tags.
    Tags,
    /// The front matter's categories.
    Categories,
    /// Any other key of the front matter.
    Key(String),
}

/// The sources that have a name of their own.
const SOURCES: [(&str, Source); 15] = [
    ("products", Source::Products),
    ("versions", Source::Versions),
    ("os", Source::Os),
    ("applies_to", Source::AppliesTo),
    ("kinds", Source::Kinds),
    ("keywords", Source::Keywords),
    ("technology", Source::Technology),
    ("series", Source::Series),
    ("fix_status", Source::FixStatus),
    ("codes", Source::Codes),
    ("year", Source::Year),
    ("number", Source::Number),
    ("letter", Source::Letter),
    ("tags", Source::Tags),
    ("categories", Source::Categories),
];

/// What a site has that says nothing: name, the label of its title, source.
const DEFAULTS: [(&str, &str, Source); 8] = [
    ("products", "taxonomy_products", Source::Products),
    ("types", "taxonomy_types", Source::Kinds),
    ("keywords", "taxonomy_keywords", Source::Keywords),
    ("applies-to", "taxonomy_applies_to", Source::AppliesTo),
    ("years", "taxonomy_years", Source::Year),
    ("numbers", "taxonomy_numbers", Source::Number),
    ("titles", "taxonomy_titles", Source::Letter),
    ("tags", "taxonomy_tags", Source::Tags),
];

const DEFAULT_PAGINATE_BY: usize = 200;

impl Source {
    /// The key of the front matter that has no other meaning than this source.
    pub fn front_matter_key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The source of this name; any other name is a key of the front matter.
    fn named(name: &str) -> Self {
        SOURCES.into_iter().find(|(n, _)| *n == name).map_or_else(|| Self::Key(name.to_owned()), |(_, source)| source)
    }
}

/// The site's own words, by the names of labels.
type Labels = BTreeMap<&'static str, String>;

/// The taxonomies of the file, or the default ones where it does not speak of any.
pub(super) fn taxonomies(reader: &mut Reader<'_>, top: &mut Section<'_>, pages: Pages, labels: &Labels) -> Vec<Taxonomy> {
    let Some(tables) = top.tables(reader, "taxonomies") else {
        let default = |(name, title, source): (&str, &'static str, Source)| Taxonomy {
            name: name.to_owned(),
            title: label(labels, title),
            source,
            paginate_by: DEFAULT_PAGINATE_BY,
            feed: false,
        };
        return DEFAULTS.into_iter().map(default).collect();
    };
    let mut taxonomies: Vec<Taxonomy> = Vec::with_capacity(tables.len());
    for (span, table) in tables {
        let mut section = Section::new("[[taxonomies]]", table);
        let taxonomy = taxonomy(reader, &mut section, span, pages, labels, &taxonomies);
        section.finish(reader);
        taxonomies.extend(taxonomy);
    }
    taxonomies
}

fn taxonomy(
    reader: &mut Reader<'_>,
    section: &mut Section<'_>,
    span: Range<usize>,
    pages: Pages,
    labels: &Labels,
    earlier: &[Taxonomy],
) -> Option<Taxonomy> {
    let name = section.required(reader, "name", span, "the first part of its URLs, like `name = \"products\"`");
    let title = section.string(reader, "title").map(|title| title.value);
    let source = section.string(reader, "source").map(|source| source.value);
    let paginate_by = section.number(reader, "paginate_by", 1..=10_000).unwrap_or(DEFAULT_PAGINATE_BY);
    let feed = section.flag(reader, "feed", false);
    let name = name?;
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if name.value.is_empty() || !name.value.bytes().all(allowed) {
        let message = format!("`{}` cannot be the first part of a URL", name.value);
        reader.bad_value(name.span.range(), message, "a taxonomy's name has lower-case letters, digits, `-` and `_`");
        return None;
    }
    let name_text = name.value;
    if earlier.iter().any(|t| t.name == name_text) {
        let message = format!("there is another taxonomy `{name_text}` above");
        reader.bad_value(name.span.range(), message, "give each taxonomy a name of its own");
        return None;
    }
    if let Some((key, _)) =
        [("codes", pages.codes), ("links", pages.links)].into_iter().find(|(key, made)| *made && *key == name_text)
    {
        let message = format!("`/{key}/` is a part of every site already");
        let help = format!("leave the taxonomy out, or turn that part off with `{key} = false` under `[pages]`");
        reader.bad_value(name.span.range(), message, &help);
        return None;
    }
    let default = DEFAULTS.into_iter().find(|(n, ..)| *n == name_text);
    let source = match (source, &default) {
        (Some(source), _) => Source::named(&source),
        (None, Some((.., source))) => source.clone(),
        (None, None) => Source::named(&name_text),
    };
    let title = title.or_else(|| default.map(|(_, title, _)| label(labels, title))).unwrap_or_else(|| title_of(&name_text));
    Some(Taxonomy { name: name_text, title, source, paginate_by, feed })
}

fn label(labels: &Labels, name: &'static str) -> String {
    labels.get(name).map_or_else(|| labels::english(name).to_owned(), String::clone)
}

/// `error-codes` → `Error codes`.
fn title_of(name: &str) -> String {
    let mut title = name.replace(['-', '_'], " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
