//! What a hostile or broken body may not do: run a script, load anything, panic, or take more than its share of time.

use std::time::{Duration, Instant};

use super::{Context, RawHtml, context, kb, markdown};
use crate::bare_url::urls;
use crate::event::{Event, PreKind, Tag, TagEnd};
use crate::html::is_foreign;
use crate::markdown::{Options, events, outline};

const VECTORS: &str = include_str!("../../../tests/vectors/xss.txt");

/// Where an author can put text in Markdown; `{}` is that place.
const PLACES: [&str; 30] = [
    "{}",
    "a {} b",
    "## {}",
    "{}\n===",
    "- {}",
    "1. [ ] {}",
    "> {}",
    "> [!WARNING]\n> {}",
    "`{}`",
    "    {}",
    "```\n{}\n```",
    "```{}\na\n```",
    "```rust\n{}\n```",
    "```html\n{}\n```",
    "[a]({})",
    "[a](<{}>)",
    "[a](b \"{}\")",
    "[{}](a)",
    "[a][b]\n\n[b]: {}",
    "[a][b]\n\n[b]: c '{}'",
    "![a]({})",
    "![{}](a)",
    "![a](b \"{}\")",
    "<{}>",
    "<a {}>",
    "| {} |\n|:-:|\n| {} |",
    "a[^1]\n\n[^1]: {}",
    "a[^{}]\n\n[^{}]: b",
    "{}\n: {}",
    "## a {#{}}",
];

const TAGS: &str = " a blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr img input li ol p pre section span strong sup table tbody td th thead tr ul ";
const ATTRIBUTES: &str = " alt aria-label aria-labelledby checked class data-chrome data-language data-marker disabled href id loading role src start tabindex title type ";

/// Reads HTML by a grammar that knows exactly what the writer writes; anything else is a hole.
fn assert_harmless(html: &str, input: &str) {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').unwrap_or_else(|| panic!("open tag in {html:?} from {input:?}")) + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let (name, mut attributes) = tag.trim_start_matches('/').split_once(' ').unwrap_or((tag.trim_start_matches('/'), ""));
        assert!(TAGS.contains(&format!(" {name} ")), "<{name}> in {html:?} from {input:?}");
        while !attributes.is_empty() {
            let length = attributes.find(['=', ' ']).unwrap_or(attributes.len());
            let name = &attributes[..length];
            assert!(ATTRIBUTES.contains(&format!(" {name} ")), "{name} in {html:?} from {input:?}");
            attributes = &attributes[length..];
            if let Some(quoted) = attributes.strip_prefix("=\"") {
                let (value, after) = quoted.split_once('"').unwrap_or_else(|| panic!("open quote in {html:?} from {input:?}"));
                check_value(
                    name,
                    &value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
                    input,
                );
                attributes = after;
            }
            attributes = attributes.strip_prefix(' ').unwrap_or(attributes);
        }
    }
}

fn check_value(name: &str, value: &str, input: &str) {
    // As browsers read it: without control characters and surrounding blanks.
    let url: String = value.chars().filter(|c| !c.is_control()).collect();
    let url = url.trim().to_ascii_lowercase();
    match name {
        "src" => assert!(!is_foreign(&url), "{url} from {input:?}"),
        "href" if is_foreign(&url) && !url.starts_with(['/', '\\']) => {
            let known = ["http:", "https:", "mailto:", "ftp:", "news:", "gopher:", "tel:"];
            assert!(known.iter().any(|scheme| url.starts_with(scheme)), "{url} from {input:?}");
        }
        "id" | "aria-labelledby" => assert!(!value.contains([' ', '"', '<', '>', '\'']), "{value} from {input:?}"),
        _ => {}
    }
}

#[test]
fn no_vector_does_harm_in_any_place_of_markdown() {
    let mut cases = 0;
    for vector in VECTORS.lines().filter(|line| !line.is_empty()) {
        for place in PLACES {
            let text = place.replace("{}", vector);
            let content = markdown(&text, RawHtml::Escape);
            assert_harmless(&content.html, &text);
            cases += 1;
        }
    }
    assert!(cases >= 3_000, "{cases}");
}

#[test]
fn no_vector_does_harm_in_any_place_of_a_kb_text() {
    for vector in VECTORS.lines().filter(|line| !line.is_empty()) {
        let text = |event: fn() -> Tag<'static>, end| vec![Event::Start(event()), Event::Text(vector.into()), Event::End(end)];
        let cases = [
            text(|| Tag::Paragraph { indent: 0 }, TagEnd::Paragraph),
            text(|| Tag::Heading { level: 2, id: None }, TagEnd::Heading(2)),
            text(|| Tag::Preformatted { kind: PreKind::Text, language: None }, TagEnd::Preformatted),
            vec![Event::Start(Tag::Item { marker: Some(vector.into()) }), Event::End(TagEnd::Item)],
            vec![Event::Code(vector.into()), Event::Html(vector.into())],
        ];
        for events in cases {
            assert_harmless(&kb(events).html, vector);
        }
    }
}

#[test]
fn bytes_that_were_changed_at_random_do_not_panic() {
    let seeds =
        VECTORS.to_owned() + include_str!("../../../tests/markdown/blocks.md") + include_str!("../../../tests/markdown/inlines.md");
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    const HOT: &[u8] = b"\n`*_[]()<>!#|:-~\\&{}%\r\t\0 ";
    for _ in 0..2_000 {
        let mut bytes: Vec<u8> = seeds.bytes().skip(next() % seeds.len()).take(next() % 400).collect();
        for _ in 0..next() % 20 {
            let (at, other) = (next() % (bytes.len() + 1), next() % 256);
            match next() % 3 {
                0 => bytes.insert(at, other as u8),
                1 if at < bytes.len() => bytes[at] = HOT[other % HOT.len()],
                _ => bytes.truncate(at.max(1)),
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let content = markdown(&text, RawHtml::Escape);
        assert_harmless(&content.html, &text);
        assert_eq!(urls(&text).filter(|range| text.get(range.clone()).is_none()).count(), 0);
    }
}

/// A kind of text, of a size.
type Family = fn(usize) -> String;

/// The least of three runs, so that a busy machine does not count.
fn time(text: &str) -> Duration {
    let run = || {
        let start = Instant::now();
        let (outline, _) = outline(text, 0..text.len(), Options::default());
        let context = Context { highlight: false, kb: true, ..context(&outline, RawHtml::Escape) };
        std::hint::black_box(super::convert(events(text, 0..text.len(), Options::default()), &context));
        start.elapsed()
    };
    run().min(run()).min(run())
}

#[test]
fn time_grows_with_the_length_whatever_the_text() {
    let families: [(&str, Family); 40] = [
        ("quotes", |n| "> ".repeat(n) + "a"),
        ("quotes, lazy", |n| ">".repeat(n / 2) + "a\n" + &"b\n".repeat(n / 2)),
        ("bullets", |n| "- ".repeat(n) + "a"),
        ("numbers", |n| "1. ".repeat(n) + "a"),
        ("stars", |n| "*a ".repeat(n)),
        ("strong", |n| "**a ".repeat(n) + &"b** ".repeat(n)),
        ("mixed emphasis", |n| "*_a ".repeat(n)),
        ("strike", |n| "~~a ".repeat(n)),
        ("brackets", |n| "[".repeat(n)),
        ("closed brackets", |n| "[".repeat(n) + &"]".repeat(n)),
        ("open links", |n| "[a](".repeat(n)),
        ("open destinations", |n| "[a](<b".repeat(n)),
        ("link titles", |n| "[a](b \"c".repeat(n)),
        ("images", |n| "![".repeat(n) + "a" + &"](b)".repeat(n)),
        ("backticks", |n| (0..n / 100).map(|i| "`".repeat(i % 200) + "a").collect()),
        ("html", |n| "<a ".repeat(n)),
        ("comments", |n| "<!--".repeat(n)),
        ("comment blocks", |n| "<!-- a\n".repeat(n)),
        ("comment ends", |n| "<!-- a -->\n".repeat(n)),
        ("instructions", |n| "<?".repeat(n)),
        ("cdata", |n| "<![CDATA[".repeat(n)),
        ("declarations", |n| "<!A".repeat(n)),
        ("entities", |n| "&#".repeat(n) + &"&amp".repeat(n)),
        ("tables", |n| "|".repeat(n) + "\n" + &"|-".repeat(n) + "\n"),
        ("cells", |n| "|a|b|\n|-|-|\n".to_owned() + &"|c\\||d|\n".repeat(n)),
        ("footnotes", |n| (0..n / 8).map(|i| format!("[^{i}]\n\n[^{i}]: a\n\n")).collect()),
        ("nested footnotes", |n| "[^1]: ".repeat(n) + "a"),
        ("definitions", |n| "a\n: b\n".repeat(n)),
        ("references", |n| (0..n / 8).map(|i| format!("[{i}]: b\n[{i}]\n\n")).collect()),
        ("same headings", |n| "## a\n".repeat(n)),
        ("heading attributes", |n| "# a {".to_owned() + &"#b ".repeat(n) + "}"),
        ("fences", |n| "```\n".repeat(n)),
        ("long fence", |n| "`".repeat(n) + "\na\n"),
        ("escapes", |n| "\\*".repeat(n)),
        ("hard breaks", |n| "a  \n".repeat(n)),
        ("liquid", |n| "{% comment %}".repeat(n)),
        ("liquid lines", |n| "{% comment %}\n".repeat(n)),
        ("numbers of articles", |n| "Q152734 ".repeat(n)),
        ("colons", |n| "a:".repeat(n) + &"mailto:x".repeat(n) + &"http:".repeat(n)),
        ("parentheses", |n| "http://a".to_owned() + &"(".repeat(n) + &")".repeat(n)),
    ];
    let mut failures = Vec::new();
    for (name, family) in families {
        // A busy machine can spoil one comparison, not three.
        let is_slow = || {
            let (once, twice) = (time(&family(4_000)), time(&family(8_000)));
            twice > Duration::from_millis(60) && twice.as_secs_f64() > 3.0 * once.as_secs_f64()
        };
        if (0..3).all(|_| is_slow()) {
            failures.push(name);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
