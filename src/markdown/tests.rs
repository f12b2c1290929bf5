use super::{MAX_DEPTH, Options, events, first_heading, outline};
use crate::event::{Event, Tag};

fn debug(text: &str) -> String {
    format!("{:?}", events(text, 0..text.len(), Options::default()).into_iter().map(|(event, _)| event).collect::<Vec<_>>())
}

fn ids(text: &str) -> Vec<(u8, String, String)> {
    let (outline, _) = outline(text, 0..text.len(), Options::default());
    outline.headings.into_iter().map(|h| (h.level, h.text.into(), h.id.into())).collect()
}

#[test]
fn spans_count_from_the_start_of_the_file() {
    let text = "---\ntitle: é\n---\n## Für *Q123456*\n\nSee Q164177, [b](c.md) and `Q100000`.\n";
    let start = text.find("##").unwrap();
    let (outline, _) = outline(text, start..text.len(), Options::default());
    assert_eq!(&text[outline.headings[0].span.range()], "## Für *Q123456*\n");
    let found: Vec<_> = outline.references.iter().map(|r| (&text[r.span.range()], r.number, r.heading)).collect();
    assert_eq!(found, [("Q123456", 123_456, Some(0)), ("Q164177", 164_177, Some(0))]);
    assert_eq!(&text[outline.links[0].span.range()], "[b](c.md)");
    assert_eq!(&*outline.links[0].destination, "c.md");
}

#[test]
fn spans_hold_where_liquid_tags_were_blanked() {
    let text = "{% raw %}\nSee Q164177\n{% endraw %}\n{% comment %}\nQ100001\n{% endcomment %}\n";
    let (outline, _) = outline(text, 0..text.len(), Options::default());
    assert_eq!(outline.references.len(), 1);
    assert_eq!(&text[outline.references[0].span.range()], "Q164177");
}

#[test]
fn references_in_code_links_and_images_do_not_count() {
    let text = "`Q100001` [Q100002](a) ![Q100003](b)\n\n    Q100004\n\n```\nQ100005\n```\n\n[Q100006] and a_Q100007\n";
    let numbers: Vec<_> = outline(text, 0..text.len(), Options::default()).0.references.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [100_006]);
}

#[test]
fn adjacent_text_is_one_event_that_borrows() {
    let text = "a [b] c_d * e! f\n\n```\nx\ny\n```\n";
    for (event, span) in events(text, 0..text.len(), Options::default()) {
        if let Event::Text(words) = event {
            assert!(matches!(words, std::borrow::Cow::Borrowed(_)), "{words}");
            assert_eq!(&text[span], words);
        }
    }
    assert_eq!(debug("a [b] c").matches("Text").count(), 1);
}

#[test]
fn heading_ids_are_unique_and_explicit_ones_come_first() {
    assert_eq!(
        ids("## A\n\n## A\n\n## B {#a}\n\n## *C* `d` {#x.y .class onclick=alert(1)}\n\n## E {#\"'}\n"),
        [
            (2, "A".into(), "a-2".into()),
            (2, "A".into(), "a-3".into()),
            (2, "B".into(), "a".into()),
            (2, "C d".into(), "x.y".into()),
            (2, "E".into(), "e".into()),
        ]
    );
}

#[test]
fn a_body_has_no_level_1_heading() {
    assert_eq!(ids("# A\n\n## B\n\n###### C\n").into_iter().map(|h| h.0).collect::<Vec<_>>(), [2, 3, 6]);
    assert_eq!(ids("## A\n\n### B\n").into_iter().map(|h| h.0).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_heading_that_repeats_the_title_is_dropped() {
    let options = Options { title: "Q1: \"A\" & __b", smart_punctuation: false };
    for heading in ["## Q1: &quot;A&quot;  &amp; &#95;&#95;b", "# Q1: \"A\" & \\_\\_b", "Q1: \"A\" & \\_\\_b\n=="] {
        let text = format!("{heading}\n\n## C\n");
        let (outline, _) = outline(&text, 0..text.len(), options);
        assert_eq!(outline.headings.len(), 1, "{heading}");
        assert_eq!((outline.headings[0].level, &*outline.headings[0].text), (2, "C"));
    }
    let later = "a\n\n## Q1: \"A\" & \\_\\_b\n";
    assert_eq!(outline(later, 0..later.len(), options).0.headings.len(), 1);
}

#[test]
fn the_first_heading_names_an_untitled_page() {
    assert_eq!(first_heading("a\n\n# *B* `c`\n\n# D", 0..16).as_deref(), Some("B c"));
    assert_eq!(first_heading("a", 0..1), None);
    assert_eq!(first_heading("#", 0..1), None);
}

#[test]
fn comments_vanish_and_more_is_an_event() {
    assert_eq!(debug("a <!-- b --> c"), debug("a <!----> c"));
    let more = debug("a\n<!-- more -->\nb\n");
    assert!(more.contains("More") && !more.contains("Html"), "{more}");
    let block = debug("<!-- a\n\nb --> <b>c</b> <!-- d -->\n\ne\n");
    assert_eq!(block, "[Html(\" <b>c</b> \\n\"), Start(Paragraph { indent: 0 }), Text(\"e\"), End(Paragraph)]");
    assert!(!debug("<!--> a").contains("-->"));
}

#[test]
fn line_ends_make_no_difference() {
    let text = "## A\n\nb\nc  \nd\n\n- e\n- f\n\n```rust\ng\n\nh\n```\n\n| i |\n|---|\n| j |\n\n<div>\nk\n</div>\n";
    assert_eq!(debug(text), debug(&text.replace('\n', "\r\n")));
}

#[test]
fn fences_name_one_language() {
    for (info, language) in
        [("rust", "Some(\"rust\")"), ("rust,ignore x", "Some(\"rust\")"), ("rust {1}", "Some(\"rust\")"), ("", "None")]
    {
        assert!(debug(&format!("```{info}\na\n```\n")).contains(&format!("language: {language}")), "{info}");
    }
}

#[test]
fn smart_punctuation_is_a_choice() {
    let text = "\"a\" -- b...";
    let smart = events(text, 0..text.len(), Options { smart_punctuation: true, title: "" });
    let words: String = smart.iter().filter_map(|(e, _)| if let Event::Text(t) = e { Some(&**t) } else { None }).collect();
    assert_eq!(words, "“a” – b…");
    assert!(debug(text).contains("\\\"a\\\" -- b..."));
}

#[test]
fn nesting_has_a_bottom_and_text_survives_it() {
    for text in [
        "> ".repeat(500) + "deep",
        "- ".repeat(500) + "deep",
        "*a **b ".repeat(500) + "deep" + &"** *".repeat(500),
        "![".repeat(400) + "deep" + &"](b)".repeat(400),
    ] {
        let events = events(&text, 0..text.len(), Options::default());
        let (mut depth, mut deepest) = (0usize, 0);
        let mut deep = false;
        for (event, _) in &events {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(words) => deep |= words.contains("deep"),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert_eq!(depth, 0);
        assert!(deep && deepest <= MAX_DEPTH + 4, "{deepest}");
    }
}

#[test]
fn lists_are_dropped_whole() {
    let text = "- ".repeat(100) + "deep";
    let events = events(&text, 0..text.len(), Options::default());
    let count = |wanted: fn(&Tag<'_>) -> bool| events.iter().filter(|(e, _)| matches!(e, Event::Start(tag) if wanted(tag))).count();
    assert_eq!(count(|t| matches!(t, Tag::List(_))), count(|t| matches!(t, Tag::Item { .. })));
}
