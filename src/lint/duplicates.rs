//! Articles that are there twice: under the same title, or with almost the same text. Texts are compared by sketches of their runs of
//! words, and only with those whose sketches share a part, so that the time grows with the number of articles and not with its square.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::{is_active, title_span};
use crate::article::{Article, Body};
use crate::build::Project;
use crate::diagnostic::{Diagnostic, code};
use crate::site::{PageId, Site};
use crate::source::Span;

/// Words in a run.
const RUN: usize = 5;
/// Shorter texts, in runs, are too short to say that they are the same.
const MIN_RUNS: usize = 40;
/// Numbers in a sketch: the least of the runs' hashes in each of as many classes.
const SKETCH: usize = 64;
/// Numbers of a sketch that two texts must share in one place to be compared.
const BAND: usize = 8;
/// The part of their runs, in hundredths, that two texts share at least if they are almost the same.
const SIMILAR: usize = 90;

type Sketch = [u32; SKETCH];

/// The articles that have the title of an earlier one, whatever its case.
pub(super) fn titles(site: &Site) -> Vec<Diagnostic> {
    let mut first: HashMap<String, PageId> = HashMap::new();
    let mut diagnostics = Vec::new();
    let pages = site.page_ids().filter(|page| !site.page(*page).is_index && is_active(site, site.article(*page)));
    for page in pages {
        let article = site.article(page);
        let title = article.heading().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let original = *first.entry(title).or_insert(page);
        if original == page {
            continue;
        }
        let original = site.article(original);
        diagnostics.push(
            Diagnostic::warning(code::DUPLICATE_TITLE, format!("`{}` has the same title", original.path))
                .at(&article.path, title_span(article))
                .help("say in the title what makes this article another one, or merge the two"),
        );
    }
    diagnostics
}

/// The articles whose text is almost that of an earlier one.
pub(super) fn bodies(project: &Project) -> Vec<Diagnostic> {
    let site = &project.site;
    let pages: Vec<PageId> = site.page_ids().collect();
    let sketches: Vec<Option<Sketch>> = pages
        .par_iter()
        .map(|page| Some(*page).filter(|page| is_active(site, site.article(*page))).and_then(|page| sketch(body(project, page))))
        .collect();
    let candidates = candidates(&sketches);
    let found: Vec<Option<(PageId, PageId)>> = candidates
        .into_par_iter()
        .map(|(page, others)| {
            let runs = distinct_runs(body(project, PageId(page)));
            let same = others.into_iter().find(|other| shared(&runs, &distinct_runs(body(project, PageId(*other)))) >= SIMILAR)?;
            Some((PageId(page), PageId(same)))
        })
        .collect();
    let report = |(page, original): (PageId, PageId)| {
        let (article, original) = (site.article(page), site.article(original));
        Diagnostic::warning(code::NEAR_DUPLICATE, format!("`{}` has almost the same text", original.path))
            .at(&article.path, Span::default())
            .help("keep one of them, and give it the other's address as an alias")
    };
    found.into_iter().flatten().map(report).collect()
}

fn body(project: &Project, page: PageId) -> &str {
    let article: &Article = project.site.article(page);
    let text = &project.sources.articles[project.site.page(page).source as usize].text;
    match &article.body {
        Body::Markdown(range) => &text[range.clone()],
        Body::KbText(segments) => &text[segments.body.range()],
    }
}

/// The hashes of all runs of [`RUN`] words in `text`; case and everything between the words do not matter.
fn runs(text: &str, mut each: impl FnMut(u64)) {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    const OLDEST: u64 = BASE.wrapping_pow(RUN as u32);
    let mut last = [0u64; RUN];
    let (mut count, mut run, mut word) = (0usize, 0u64, 0u64);
    for byte in text.bytes().chain([b' ']) {
        if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            word =
                ((if word == 0 { 0xCBF2_9CE4_8422_2325 } else { word }) ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
        } else if word != 0 {
            let slot = &mut last[count % RUN];
            run = run.wrapping_mul(BASE).wrapping_add(word).wrapping_sub(slot.wrapping_mul(OLDEST));
            *slot = word;
            word = 0;
            count += 1;
            if count >= RUN {
                each(mixed(run));
            }
        }
    }
}

/// Spreads the bits of a hash.
fn mixed(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
}

fn sketch(text: &str) -> Option<Sketch> {
    let mut sketch = [u32::MAX; SKETCH];
    let mut count = 0;
    runs(text, |hash| {
        count += 1;
        let least = &mut sketch[(hash >> 58) as usize];
        *least = (*least).min(hash as u32);
    });
    (count >= MIN_RUNS).then_some(sketch)
}

/// For each text that may be like an earlier one, those earlier ones; at most as many as a sketch has parts.
fn candidates(sketches: &[Option<Sketch>]) -> Vec<(u32, BTreeSet<u32>)> {
    let mut first: HashMap<(u8, u64), u32> = HashMap::new();
    let mut found = Vec::new();
    for (page, sketch) in sketches.iter().enumerate() {
        let Some(sketch) = sketch else { continue };
        let page = page as u32;
        let mut earlier = BTreeSet::new();
        for (number, band) in sketch.chunks(BAND).enumerate() {
            let key = band.iter().fold(0, |hash, part| mixed(hash ^ u64::from(*part)));
            let other = *first.entry((number as u8, key)).or_insert(page);
            if other != page && resemble(sketches[other as usize].as_ref(), sketch) {
                earlier.insert(other);
            }
        }
        if !earlier.is_empty() {
            found.push((page, earlier));
        }
    }
    found
}

/// Whether two sketches leave it open that their texts are similar.
fn resemble(a: Option<&Sketch>, b: &Sketch) -> bool {
    let Some(a) = a else { return false };
    let (mut both, mut equal) = (0, 0);
    for (a, b) in a.iter().zip(b) {
        both += usize::from(*a != u32::MAX || *b != u32::MAX);
        equal += usize::from(a == b && *a != u32::MAX);
    }
    equal * 100 >= both * (SIMILAR - 15)
}

fn distinct_runs(text: &str) -> Vec<u64> {
    let mut all = Vec::new();
    runs(text, |hash| all.push(hash));
    all.sort_unstable();
    all.dedup();
    all
}

/// The part of the runs of either text, in hundredths, that both have.
fn shared(a: &[u64], b: &[u64]) -> usize {
    let both = a.iter().filter(|hash| b.binary_search(hash).is_ok()).count();
    100 * both / (a.len() + b.len() - both).max(1)
}

#[cfg(test)]
mod tests {
    use super::{distinct_runs, shared, sketch};

    #[test]
    fn case_and_line_breaks_do_not_matter_and_words_do() {
        let words: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
        let (one, two) = (distinct_runs(&words.join(" ")), distinct_runs(&words.join("\n\t").to_uppercase()));
        assert_eq!(shared(&one, &two), 100);
        let mut changed = words.clone();
        changed[100] = "other".into();
        assert_eq!(shared(&one, &distinct_runs(&changed.join(" "))), 95);
    }

    #[test]
    fn short_texts_have_no_sketch() {
        assert_eq!(sketch("see another article"), None);
    }
}
