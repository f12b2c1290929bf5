use std::borrow::Cow;

use super::{Content, Context, RawHtml, Reference, Resolver, convert};
use crate::article::Outline;
use crate::event::{AdmonitionKind, Event, ListKind, PreKind, Tag, TagEnd};
use crate::markdown::{self, Options};

mod hostile;

/// Knows two articles, and one page.
struct Archive;

impl Resolver for Archive {
    fn article(&self, number: u32) -> Reference<'_> {
        match number {
            152_734 | 154_512 => Reference::Resolved { url: Cow::Owned(format!("../Q{number}/")), title: "Error \"<b>\"" },
            164_177 => Reference::Own,
            _ => Reference::Wanted,
        }
    }

    fn link<'d>(&self, destination: &'d str) -> Cow<'d, str> {
        match destination.strip_prefix("other.md") {
            Some(rest) => Cow::Owned(format!("/other/{rest}")),
            None => Cow::Borrowed(destination),
        }
    }
}

fn context(outline: &Outline, raw_html: RawHtml) -> Context<'_, Archive> {
    Context { headings: &outline.headings, resolver: &Archive, raw_html, highlight: true, kb: false, search: true, length: 1 }
}

fn markdown(text: &str, raw_html: RawHtml) -> Content {
    let options = Options { title: "Title", smart_punctuation: false };
    let (outline, _) = markdown::outline(text, 0..text.len(), options);
    convert(markdown::events(text, 0..text.len(), options), &context(&outline, raw_html))
}

fn html(text: &str) -> String {
    markdown(text, RawHtml::Escape).html
}

fn kb(events: Vec<Event<'_>>) -> Content {
    let context = Context {
        headings: &[],
        resolver: &Archive,
        raw_html: RawHtml::Escape,
        highlight: true,
        kb: true,
        search: true,
        length: 1,
    };
    convert(events.into_iter().map(|event| (event, 0..0)), &context)
}

/// Each `tests/markdown/*.md` must give the `.html` next to it. With `BLESS=1` in the environment the `.html` is written instead.
#[test]
#[allow(clippy::disallowed_methods, reason = "test data")]
fn every_case_gives_its_html() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markdown");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "md"));
    cases.sort();
    assert!(cases.len() >= 10);
    for path in cases {
        let html = html(&std::fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("html");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &html).unwrap();
        }
        assert_eq!(html, std::fs::read_to_string(&expected).unwrap(), "{}", path.display());
    }
}

#[test]
fn kb_blocks_have_their_markup() {
    let paragraph =
        |indent, text| [Event::Start(Tag::Paragraph { indent }), Event::Text(Cow::Borrowed(text)), Event::End(TagEnd::Paragraph)];
    let mut events = Vec::from(paragraph(2, "see Q152734 and Q164177"));
    events.extend([
        Event::Start(Tag::Lines { indent: 0 }),
        Event::Text("a".into()),
        Event::HardBreak,
        Event::Text("b".into()),
        Event::End(TagEnd::Lines),
    ]);
    events.extend([Event::Start(Tag::List(ListKind::LowerAlpha(3))), Event::Start(Tag::Item { marker: None })]);
    events.extend(paragraph(0, "c"));
    events.extend([Event::End(TagEnd::Item), Event::End(TagEnd::List(ListKind::LowerAlpha(3)))]);
    events.extend([Event::Start(Tag::List(ListKind::Marked)), Event::Start(Tag::Item { marker: Some("1)".into()) })]);
    events.extend([Event::Text("d".into()), Event::End(TagEnd::Item), Event::End(TagEnd::List(ListKind::Marked))]);
    events.push(Event::Start(Tag::Admonition { kind: AdmonitionKind::Warning, labelled: true }));
    events.extend(paragraph(0, "WARNING: e"));
    events.push(Event::End(TagEnd::Admonition));
    events.extend([
        Event::Start(Tag::Preformatted { kind: PreKind::Table, language: None }),
        Event::Text("\n a  b\n".into()),
        Event::End(TagEnd::Preformatted),
    ]);
    let content = kb(events);
    assert_eq!(
        content.html,
        "<p class=\"in\">see <a class=\"ref\" href=\"../Q152734/\" title=\"Error &quot;&lt;b&gt;&quot;\">Q152734</a> and Q164177</p>
<p class=\"lines\">a<br>b</p>
<ol type=\"a\" start=\"3\">
<li><p>c</p></li>
</ol>
<ul class=\"marked\">
<li data-marker=\"1)\">d</li>
</ul>
<div class=\"note warning\" role=\"note\">
<p>WARNING: e</p>
</div>
<pre class=\"table\" tabindex=\"0\">

 a  b</pre>
"
    );
    assert!(content.has_table && !content.has_code);
    assert_eq!(content.description, "see Q152734 and Q164177 a b c WARNING: e");
}

#[test]
fn kb_text_links_urls_and_numbers_everywhere_but_in_code_spans() {
    let text = "at http://support.microsoft.com/?scid=kb;EN-US;q154512, (ftp://x/y) or http://<server>/: Q65416Hardware \"<\"";
    let linked = "at <a class=\"ref\" href=\"../Q154512/\" title=\"Error &quot;&lt;b&gt;&quot;\">http://support.microsoft.com/?scid=kb;EN-US;q154512</a>, \
        (<a href=\"ftp://x/y\">ftp://x/y</a>) or http://&lt;server&gt;/: \
        <span class=\"wanted\" title=\"not in this archive\">Q65416</span>Hardware \"&lt;\"";
    let preformatted = Tag::Preformatted { kind: PreKind::Text, language: None };
    let content = kb(vec![
        Event::Start(preformatted),
        Event::Text(text.into()),
        Event::End(TagEnd::Preformatted),
        Event::Code("Q152734".into()),
    ]);
    assert_eq!(content.html, format!("<pre class=\"text\" tabindex=\"0\">\n{linked}</pre>\n<code>Q152734</code>"));
}

#[test]
fn markdown_links_numbers_but_not_in_code_or_links() {
    assert!(html("Q152734").contains("href=\"../Q152734/\""));
    assert!(html("## Q152734 x").contains("<a class=\"ref\""));
    for text in ["`Q152734`", "    Q152734", "```\nQ152734\n```", "[Q152734](a)"] {
        assert!(!html(text).contains("class=\"ref\""), "{text}");
    }
}

#[test]
fn the_repeated_title_is_not_shown_again() {
    assert_eq!(html("# Title\n\na\n"), "<p>a</p>\n");
}

#[test]
fn raw_html_is_text_unless_the_site_allows_it() {
    let text = "a <b>c</b>\n\n<div>\nd\n</div>\n";
    assert_eq!(html(text), "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>&lt;div&gt;\nd\n&lt;/div&gt;</p>\n");
    assert_eq!(markdown(text, RawHtml::Allow).html, "<p>a <b>c</b></p>\n<div>\nd\n</div>\n");
}

#[test]
fn the_summary_ends_at_more() {
    assert_eq!(markdown("a\n\n<!-- more -->\n\nb\n", RawHtml::Escape).summary_html.as_deref(), Some("<p>a</p>"));
    assert_eq!(markdown("a <!-- more -->b\n", RawHtml::Escape).summary_html.as_deref(), Some("<p>a</p>"));
    assert_eq!(markdown("a\n", RawHtml::Escape).summary_html, None);
}

#[test]
fn images_from_elsewhere_become_links() {
    assert_eq!(html("![a](http://x/y.png)"), "<p><a href=\"http://x/y.png\">a</a></p>\n");
    assert_eq!(html("![a](//x/y.png)"), "<p><a href=\"//x/y.png\">a</a></p>\n");
    assert_eq!(html("[![a](http://x/y.png)](b)"), "<p><a href=\"b\">a</a></p>\n");
    assert_eq!(html("![a *b* `c`](y.png \"d\")"), "<p><img src=\"y.png\" alt=\"a b c\" title=\"d\" loading=\"lazy\"></p>\n");
}

#[test]
fn unknown_languages_are_reported_with_their_fence() {
    let text = "a\n\n```nonesuch\nb\n```\n\n```text\nc\n```\n";
    let content = markdown(text, RawHtml::Escape);
    assert_eq!(content.unknown_languages.len(), 1);
    assert_eq!(&*content.unknown_languages[0].0, "nonesuch");
    assert!(text[content.unknown_languages[0].1.range()].starts_with("```nonesuch"));
    assert!(content.has_code);
}

#[test]
fn search_text_has_every_word_apart() {
    let content = markdown(
        "a *b*c\nd\n\n- e\n- f\n\n## g `h`\n\n| i | j |\n|---|---|\n| k | l |\n\n```rust\nlet m;\n```\n\nn[^1]\n\n[^1]: o\n",
        RawHtml::Escape,
    );
    assert_eq!(content.text.lead.split_whitespace().collect::<Vec<_>>(), ["a", "bc", "d", "e", "f"]);
    assert_eq!(content.text.body.split_whitespace().collect::<Vec<_>>(), ["g", "h", "i", "j", "k", "l", "let", "m;", "n", "o"]);
    assert!(content.has_table);
}
