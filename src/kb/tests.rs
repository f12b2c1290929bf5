//! Each `tests/kb/NAME.txt` is a KB text, `NAME.expected` what the parser makes of it. `KBPRESS_BLESS=1 cargo test` writes the latter.
//! A test over the archive itself runs only where `KBPRESS_CORPUS` names its `content` folder.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::product_and_versions;
use super::{Segments, events, fields, outline, preamble_events, raw_fields, segment};
use crate::event::{Event, ListKind, Spanned, Tag};
use crate::source::Span;

#[test]
fn every_sample_has_the_expected_structure() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kb");
    let mut samples = files(&folder, "txt");
    samples.sort();
    assert!(!samples.is_empty());
    for path in samples {
        let text = std::fs::read_to_string(&path).unwrap();
        let found = describe(&text);
        let expected = path.with_extension("expected");
        if std::env::var_os("KBPRESS_BLESS").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(found, expected, "{}", path.display());
        // Line ends are no part of the text.
        assert_eq!(describe(&text.replace('\n', "\r\n")), expected, "{} with CRLF", path.display());
        for length in 0..text.len() {
            hold(&text[..text.floor_char_boundary(length)]);
        }
    }
}

#[test]
fn what_is_no_kb_text_is_left_to_markdown() {
    for text in [
        "",
        "\n\n",
        "# A heading\n\nArticle about Q12345.\n",
        "Article: about something\n",
        "{% raw %}\n",
        "Text\n\nArticle: Q12345\n",
    ] {
        assert!(segment(text, 0..text.len()).is_none(), "{text:?}");
    }
}

#[test]
fn a_number_after_a_cut_word_is_shown_as_written() {
    let text = "Article: Q1\n\nSee the half-\n\n1. One\n\n2. Two\n";
    let found = describe(text);
    assert!(found.contains("item [1.]\n") && found.contains("item\n"), "{found}");
}

#[test]
fn long_stanzas_take_linear_time() {
    for line in [
        "1. a:\n",
        "- a\n",
        "  - a:\n- b:\n",
        "a:\n1. b\n",
        "x = 1;\n\n",
        "Aaa aaa aaa aaa.\n  bbb\n",
        "=====\n",
        "a\n=====\n",
        "Q123456\n",
    ] {
        let text = format!("Article: Q1\n\n{}", line.repeat(400_000 / line.len()));
        let start = std::time::Instant::now();
        hold(&text);
        assert!(start.elapsed().as_secs() < 20, "{line:?} took {:?}", start.elapsed());
    }
}

/// A line for each thing that the parser finds in `text`.
fn describe(text: &str) -> String {
    let Some(segments) = segment(text, 0..text.len()) else { return "no KB text\n".to_owned() };
    let mut out = String::new();
    for (label, value) in raw_fields(text, &segments) {
        writeln!(out, "{label} = {value}").unwrap();
    }
    let fields = fields(text, &segments);
    let updated = fields.updated.map(|date| date.to_string()).unwrap_or_default();
    writeln!(out, "versions {:?} os {:?} updated {updated}", fields.versions, fields.os).unwrap();
    writeln!(out, "keywords {:?} query words {:?}", fields.keywords, fields.query_words).unwrap();
    for entry in &fields.applies_to {
        let (product, versions) = product_and_versions(&entry.text);
        writeln!(out, "applies to {product:?} {versions:?}").unwrap();
        for child in &entry.children {
            let (product, versions) = product_and_versions(&child.text);
            writeln!(out, "  applies to {product:?} {versions:?}").unwrap();
        }
    }
    let outline = outline(text, &segments);
    for heading in &outline.headings {
        writeln!(out, "h{} #{} {}", heading.level, heading.id, heading.text).unwrap();
    }
    for reference in &outline.references {
        writeln!(out, "Q{} under {:?}", reference.number, reference.heading).unwrap();
    }
    writeln!(out, "--- preamble").unwrap();
    describe_events(&preamble_events(text, &segments), &mut out);
    writeln!(out, "--- body").unwrap();
    describe_events(&events(text, &segments), &mut out);
    out
}

/// A line for each block, indented as it is nested, with its text; `~` is a soft break.
fn describe_events(events: &[Spanned], out: &mut String) {
    let mut depth = 0;
    for (event, _) in events {
        let margin = "  ".repeat(depth);
        match event {
            Event::Start(tag) => {
                let name = match tag {
                    Tag::Paragraph { indent } => format!("p +{indent}"),
                    Tag::Lines { indent } => format!("lines +{indent}"),
                    Tag::Heading { level, .. } => format!("h{level}"),
                    Tag::List(ListKind::Decimal(start)) => format!("list {start}."),
                    Tag::List(ListKind::LowerAlpha(start)) => format!("list {start} (letters)"),
                    Tag::List(kind) => format!("list {kind:?}"),
                    Tag::Item { marker: Some(marker) } => format!("item [{marker}]"),
                    Tag::Item { marker: None } => "item".to_owned(),
                    Tag::Preformatted { kind, .. } => format!("pre {kind:?}"),
                    Tag::Admonition { kind, .. } => format!("admonition {kind:?}"),
                    other => format!("{other:?}"),
                };
                writeln!(out, "{margin}{name}").unwrap();
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => text.split('\n').for_each(|line| writeln!(out, "{margin}|{line}").unwrap()),
            Event::SoftBreak => writeln!(out, "{margin}~").unwrap(),
            other => writeln!(out, "{margin}{other:?}").unwrap(),
        }
    }
}

/// Checks what holds for any text: nothing panics, the segments tile it, events nest, headings agree, no letter is lost.
fn hold(text: &str) {
    let Some(segments) = segment(text, 0..text.len()) else { return };
    let Segments { header, preamble, applies_to, body, query_words, trailer, .. } = segments;
    let parts = [header, preamble, applies_to, body, query_words, trailer];
    assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
    fields(text, &segments);
    let outline = outline(text, &segments);
    check_events(text, preamble, &preamble_events(text, &segments), &[]);
    let headings: Vec<_> = outline.headings.iter().map(|heading| (heading.level, &*heading.text)).collect();
    check_events(text, body, &events(text, &segments), &headings);
}

fn check_events(text: &str, span: Span, events: &[Spanned], headings: &[(u8, &str)]) {
    let mut depth = 0usize;
    let mut found = String::new();
    let mut met = Vec::new();
    for (index, (event, range)) in events.iter().enumerate() {
        assert!(text.get(range.clone()).is_some() && span.range().start <= range.start && range.end <= span.range().end);
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                if let Some((Event::Text(text), _)) = events.get(index + 1) {
                    met.push((*level, &**text));
                }
                depth += 1;
            }
            Event::Start(Tag::Item { .. }) => {
                found.extend(text[range.clone()].chars().next().filter(|c| c.is_alphabetic()));
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.checked_sub(1).expect("an end has its start"),
            Event::Text(text) => found.extend(text.chars().filter(|c| c.is_alphabetic())),
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert_eq!(met, headings);
    assert_eq!(found, text[span.range()].chars().filter(|c| c.is_alphabetic()).collect::<String>());
}

#[test]
#[ignore = "reads the archive that KBPRESS_CORPUS names"]
fn the_archive_keeps_every_letter_whole_or_damaged() {
    let corpus = PathBuf::from(std::env::var_os("KBPRESS_CORPUS").expect("KBPRESS_CORPUS is set"));
    for folder in files(&corpus.join("kb"), "").into_iter().flat_map(|folder| files(&folder, "")) {
        let text = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let start = text.find("\n---\n").map_or(0, |at| at + 5);
        assert!(segment(&text, start..text.len()).is_some(), "{}", folder.display());
        hold(&text[start..]);
        // Bytes that shape a text, put where they do not belong.
        let mut bytes = text.as_bytes()[start..].to_vec();
        let mut random = text.len() as u64 | 1;
        for _ in 0..20 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (random >> 33) as usize % bytes.len();
            bytes[at] = b"\n\n\t -=:1.a)\r&<\xE9"[(random >> 20) as usize % 15];
        }
        hold(&String::from_utf8_lossy(&bytes));
    }
}

/// The files of `folder` that end in `.extension`.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().unwrap_or_default() == extension).collect()
}
