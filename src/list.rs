//! `kbpress list`: the articles as data for other programs and for people, one row each.

use std::fmt::Write as _;

use rayon::prelude::*;
use serde::Serialize;

use crate::article::{AppliesTo, Article, Body};
use crate::build::Project;
use crate::diagnostic::Diagnostic;
use crate::front_matter::Status;
use crate::kb;
use crate::render::Renderer;
use crate::site::PageId;
use crate::strings::Strings;

mod links;

pub use links::{redirects, wanted};

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// Comma-separated values with a header line.
    Csv,
    /// An array of objects.
    Json,
}

/// One article. The names are those of the JSON output.
#[derive(Debug, Serialize)]
pub struct Row {
    /// `Q164177`, or empty.
    id: String,
    /// Title without the number.
    title: String,
    /// Below `base_url`: `/kb/164/Q164177/`.
    url: String,
    /// Source file.
    file: String,
    products: Strings,
    versions: Strings,
    /// The version field as written.
    versions_raw: String,
    os: Strings,
    applies_to: Vec<AppliesToRow>,
    keywords: Strings,
    technology: Strings,
    hardware: Strings,
    /// `2001-08-08`, or null.
    updated: Option<String>,
    /// `problem`, `bug`, `information`, `how-to`; the first of several; or null.
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    types: Vec<&'static str>,
    type_inferred: bool,
    /// `fixed`, `under-research`, `will-not-fix`, or null.
    fix_status: Option<&'static str>,
    series: Strings,
    query_words: Strings,
    /// Level and text.
    headings: Vec<(u8, String)>,
    /// Numbers in the text that the site has, each once, in order.
    references: Vec<String>,
    /// Numbers in the text that the site does not have.
    wanted: Vec<String>,
    codes: Strings,
    has_code: bool,
    has_table: bool,
    /// `draft`, `verified`, `deprecated`, `retired`, `superseded`, or `published`.
    status: &'static str,
    /// How many articles name this one.
    cited_by: usize,
}

#[derive(Debug, Serialize)]
struct AppliesToRow {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<AppliesToRow>,
}

/// All articles and pages that are no section, in the order of their ids.
pub fn pages(project: &Project) -> Vec<PageId> {
    project.site.page_ids().filter(|page| !project.site.page(*page).is_index).collect()
}

/// The rows of `pages`.
///
/// # Errors
/// Where the template of a list's item fails.
pub fn rows(project: &Project, pages: &[PageId]) -> Result<Vec<Row>, Box<Diagnostic>> {
    let Project { sources, site, theme, routes } = project;
    let renderer = Renderer::new(site, sources, theme, routes)?;
    Ok(pages.par_iter().map(|page| row(project, &renderer, *page)).collect())
}

fn row(project: &Project, renderer: &Renderer<'_>, page: PageId) -> Row {
    let site = &project.site;
    let article = site.article(page);
    let fields = &article.fields;
    let source = &project.sources.articles[site.page(page).source as usize];
    let content = renderer.content(page);
    let (references, wanted) = references(project, article);
    Row {
        id: article.number(),
        title: article.heading().to_owned(),
        url: format!("/{}", site.page(page).url),
        file: source.path.clone(),
        products: fields.products.clone(),
        versions: fields.versions.clone(),
        versions_raw: match &article.body {
            Body::KbText(segments) => versions_as_written(&source.text, segments),
            Body::Markdown(_) => fields.versions.join(","),
        },
        os: fields.os.clone(),
        applies_to: fields.applies_to.iter().map(applies_to).collect(),
        keywords: fields.keywords.clone(),
        technology: fields.technology.clone(),
        hardware: fields.hardware.clone(),
        updated: fields.updated.map(|date| date.to_string()),
        kind: fields.kinds.first().map(|kind| kind.name()),
        types: fields.kinds.iter().map(|kind| kind.name()).collect(),
        type_inferred: fields.kind_inferred,
        fix_status: fields.fix.map(crate::article::FixStatus::name),
        series: fields.series.clone(),
        query_words: fields.query_words.clone(),
        headings: article.outline.headings.iter().map(|heading| (heading.level, heading.text.to_string())).collect(),
        references,
        wanted,
        codes: fields.codes.clone(),
        has_code: content.has_code,
        has_table: content.has_table,
        status: status(article),
        cited_by: site.graph.citations(page).len(),
    }
}

/// The numbers that an article names, apart: those that the site has and those that it does not.
fn references(project: &Project, article: &Article) -> (Vec<String>, Vec<String>) {
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    for reference in article.outline.references.iter().filter(|reference| Some(reference.number) != article.fields.number) {
        let list = if project.site.graph.page(reference.number).is_some() { &mut found } else { &mut wanted };
        let id = format!("Q{}", reference.number);
        if !list.contains(&id) {
            list.push(id);
        }
    }
    (found, wanted)
}

/// The version field of the trailer, else of the header, as written, less the colon after a platform that is not named.
fn versions_as_written(text: &str, segments: &kb::Segments) -> String {
    let fields: Vec<(&str, &str)> = kb::raw_fields(text, segments).collect();
    let field = |name: &str| fields.iter().find(|(label, _)| *label == name).map(|(_, value)| value.trim());
    field("Version").or_else(|| field("Version(s)")).unwrap_or_default().trim_start_matches(':').to_owned()
}

fn applies_to(entry: &AppliesTo) -> AppliesToRow {
    AppliesToRow { text: entry.text.to_string(), children: entry.children.iter().map(applies_to).collect() }
}

fn status(article: &Article) -> &'static str {
    let front = &article.front;
    match front.status {
        _ if front.draft => "draft",
        Some(Status::Draft) => "draft",
        Some(Status::Verified) => "verified",
        Some(Status::Deprecated) => "deprecated",
        Some(Status::Superseded) => "superseded",
        Some(Status::Retired) => "retired",
        None if front.superseded_by.is_some() => "superseded",
        None if front.retired_on.is_some() => "retired",
        None => "published",
    }
}

/// The rows as text; ends with a line break.
///
/// # Errors
/// Where a row cannot be serialised.
pub fn print(rows: &[Row], format: Format) -> anyhow::Result<String> {
    match format {
        Format::Json => Ok(serde_json::to_string(rows)? + "\n"),
        Format::Csv => Ok(csv(rows)),
        Format::Table => Ok(table(rows)),
    }
}

const COLUMNS: [&str; 9] = ["id", "title", "url", "products", "type", "fix_status", "updated", "status", "cited_by"];

fn cells(row: &Row) -> [String; 9] {
    [
        row.id.clone(),
        row.title.clone(),
        row.url.clone(),
        row.products.join("; "),
        row.types.join("; "),
        row.fix_status.unwrap_or_default().to_owned(),
        row.updated.clone().unwrap_or_default(),
        row.status.to_owned(),
        row.cited_by.to_string(),
    ]
}

/// RFC 4180, but for its line ends.
fn csv(rows: &[Row]) -> String {
    let mut out = COLUMNS.join(",") + "\n";
    for row in rows {
        let _ = writeln!(out, "{}", cells(row).map(quoted).join(","));
    }
    out
}

fn quoted(cell: String) -> String {
    if cell.contains(['"', ',', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

fn table(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let updated = row.updated.as_deref().unwrap_or("-");
        let _ = writeln!(out, "{:<8} {updated:<10} {:<11} {}", or_dash(&row.id), row.kind.unwrap_or("-"), row.title);
    }
    out
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}
