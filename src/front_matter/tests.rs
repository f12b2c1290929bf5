use std::sync::Arc;

use jiff::civil::date;
use serde_json::json;

use super::{FrontMatter, Period, Status, fast, parse, parse_yaml, split};
use crate::article::Kind;
use crate::diagnostic::Diagnostic;
use crate::source::{Located, line_column};
use crate::testing::{Numbers, mutations};

fn read(text: &str) -> (FrontMatter, Vec<Diagnostic>) {
    let path = Arc::from("a.md");
    let (parts, mut problems) = split(&path, text);
    let Some(yaml) = parts.yaml else { return (FrontMatter::default(), problems) };
    let (front, more) = parse(&path, text, yaml, &["team"]);
    problems.extend(more);
    (front, problems)
}

/// The front matter of a block without problems.
fn fine(block: &str) -> FrontMatter {
    let (front, problems) = read(&format!("---\n{block}\n---\n"));
    assert_eq!(problems, [], "{block}");
    front
}

/// `code line:column [underlined]` of every problem of a block.
fn problems(block: &str) -> Vec<String> {
    let text = format!("---\n{block}\n---\n");
    let place = |d: &Diagnostic| {
        let span = d.location.as_ref().unwrap().span;
        let at = line_column(&text, span.start as usize);
        format!("{} {}:{} [{}]", d.code, at.line, at.column, &text[span.range()])
    };
    read(&text).1.iter().map(place).collect()
}

/// What `split` finds: the YAML, the body, the code of the problem.
fn parts(text: &str) -> (Option<&str>, &str, Option<&'static str>) {
    let (parts, problems) = split(&Arc::from("a.md"), text);
    (parts.yaml.map(|yaml| &text[yaml]), &text[parts.body], problems.first().map(|p| p.code))
}

#[test]
fn a_file_is_split_at_its_fences_whatever_its_line_ends() {
    assert_eq!(parts("---\na: 1\n---\nbody\n"), (Some("a: 1\n"), "body\n", None));
    assert_eq!(parts("\u{feff}---\r\na: 1\r\n---\r\nbody"), (Some("a: 1\r\n"), "body", None));
    assert_eq!(parts("---\ra: 1\r---\rbody"), (Some("a: 1\r"), "body", None));
    assert_eq!(parts("--- \t\na: 1\n... \nbody"), (Some("a: 1\n"), "body", None));
    assert_eq!(parts("---\n---"), (Some(""), "", None));
    assert_eq!(parts("---\n---\n"), (Some(""), "", None));
}

#[test]
fn a_file_without_front_matter_is_all_body() {
    for text in ["", "text", "text\n---\na: 1\n---\n", " ---\na: 1\n---\n", "----\n", "\n---\n\ntext\n---\n", "\n\ntext", "\n"] {
        assert_eq!(parts(text), (None, text, None), "{text:?}");
    }
    assert_eq!(parts("\u{feff}text"), (None, "text", None));
}

#[test]
fn dashes_in_the_body_belong_to_the_body() {
    assert_eq!(parts("---\na: 1\n---\nx\n---\ny\n---\n"), (Some("a: 1\n"), "x\n---\ny\n---\n", None));
    assert_eq!(parts("---\na: \"---\"\nb: ---x\n---\n").0, Some("a: \"---\"\nb: ---x\n"));
}

#[test]
fn fences_that_do_not_work_are_reported() {
    assert_eq!(parts("---\na: 1\n"), (None, "a: 1\n", Some("front-matter-unterminated")));
    assert_eq!(parts("---"), (None, "", Some("front-matter-unterminated")));
    assert_eq!(parts("+++\na = 1\n+++\nbody"), (None, "body", Some("front-matter-not-yaml")));
    assert_eq!(parts("+++\na = 1\n"), (None, "a = 1\n", Some("front-matter-not-yaml")));
    assert_eq!(parts("\n \n---\ntitle: x\n---\n").2, Some("front-matter-not-first"));
}

#[test]
fn the_archives_block_takes_the_fast_path() {
    let text = "---\nlayout: page\ntitle: \"Q1: &quot;x&quot; #1 - a: b\"\npermalink: /kb/000/Q1/\n---\n";
    let front = fast::parse(text, 4..text.len() - 4).expect("it is simple");
    assert_eq!(front.title.as_ref().unwrap().value.as_ref(), "Q1: &quot;x&quot; #1 - a: b");
    let permalink = front.permalink.as_ref().unwrap();
    assert_eq!((&text[permalink.span.range()], permalink.value.as_ref()), ("/kb/000/Q1/", "/kb/000/Q1/"));
    assert!(front.template.is_none() && front.extra.is_empty());
}

#[test]
fn the_fast_path_and_the_library_agree_wherever_both_read() {
    const KEYS: [&str; 6] = ["layout", "title", "permalink", "slug", "draft", "titel"];
    const PIECES: [&str; 34] = [
        "page",
        "/kb/1/Q1/",
        "\"",
        "\"",
        "'",
        " ",
        ": ",
        " #",
        "#",
        "-",
        "- ",
        "é",
        "\t",
        "null",
        "~",
        "true",
        "No",
        "1",
        "0x1F",
        "1.5",
        "*a",
        "&a",
        "!t",
        "\\",
        "[",
        "]",
        "{",
        ",",
        "|",
        "%",
        "@",
        "Word",
        "&quot;",
        ".inf",
    ];
    let path = Arc::from("a.md");
    let mut numbers = Numbers::new(7);
    let mut fast_ones = 0;
    for _ in 0..60_000 {
        let mut block = String::new();
        for _ in 0..=numbers.below(3) {
            let value: String = match numbers.below(3) {
                0 => "page".to_owned(),
                1 => format!("\"{}{}\"", PIECES[numbers.below(PIECES.len())], PIECES[numbers.below(PIECES.len())]),
                _ => (0..=numbers.below(3)).map(|_| PIECES[numbers.below(PIECES.len())]).collect(),
            };
            let keys = 3 + numbers.below(4);
            let (key, end) = (KEYS[numbers.below(keys)], ["\n", "\r\n"][numbers.below(2)]);
            block.push_str(&format!("{key}: {value}{end}"));
        }
        if let Some(front) = fast::parse(&block, 0..block.len()) {
            fast_ones += 1;
            assert_eq!((front, Vec::new()), parse_yaml(&path, &block, 0..block.len(), &[]), "{block:?}");
        }
    }
    assert!(fast_ones > 2_000, "{fast_ones}");
}

#[test]
fn every_key_and_its_other_names_are_read() {
    let front = fine(
        "title: 'A: b'\nurl: /x/\nslug: y\nredirect_from: [/o1/, \"/o2/\"]\nredirect_to: /z/\nlayout: post\npublished: false\n\
         date: 2024-01-31\nlast_modified_at: 19-DEC-1999\nexpiryDate: 2030-01-01T00:00:00Z\nnav_order: -3\ndescription: d\nexcerpt: s\n\
         tags: a b\ncategories: [c d, e]\nkeywords: \"k1, k 2\"\ntaxonomies:\n  tags: [b, f]\n  area: [g]\nkb: Q164177\nproduct: Exchange\n\
         versions: [4.0, 4.10, '5.5']\nos: winnt, win95\napplies_to:\n  - One\n  - \"Two: x\"\ntype: [bug, kbprb]\ncodes: 0xA, C1001\n\
         related: Q1 Q2\nowner: me\nstatus: superseded\nsuperseded_by: Q3\nretired_on: 2020-02-29\nlast_reviewed_on: 2021-01-01\n\
         review_in: 6 months\nsearch: { boost: 2.5 }\nin_search_index: false\nsitemap: false\nunlisted: true\nteam: blue\n\
         extra:\n  deep: { a: [1, null] }\nsidebar: left",
    );
    let text = |l: &Option<Located<Box<str>>>| l.as_ref().map(|l| l.value.to_string()).unwrap_or_default();
    assert_eq!(
        [text(&front.title), text(&front.permalink), text(&front.slug), text(&front.redirect_to)],
        ["A: b", "/x/", "y", "/z/"]
    );
    assert_eq!(front.aliases.iter().map(|a| &*a.value).collect::<Vec<_>>(), ["/o1/", "/o2/"]);
    let template = front.template.as_ref().unwrap();
    assert_eq!((&*template.name.value, template.required, front.draft), ("post.html", false, true));
    assert_eq!((front.date, front.updated), (Some(date(2024, 1, 31)), Some(date(1999, 12, 19))));
    assert_eq!((front.expires, front.weight), (Some(date(2030, 1, 1)), Some(-3)));
    assert_eq!((front.description.as_deref(), front.summary.as_deref()), (Some("d"), Some("s")));
    assert_eq!(front.tags, ["a", "b", "f"].map(Box::from));
    assert_eq!(front.categories, ["c d", "e"].map(Box::from));
    assert_eq!(front.keywords, ["k1", "k 2"].map(Box::from));
    assert_eq!((front.terms("area"), front.terms("team"), front.terms("none")), (vec!["g"], vec!["blue"], vec![]));
    assert_eq!(front.number.as_ref().map(|n| n.value), Some(164_177));
    assert_eq!(front.products, ["Exchange"].map(Box::from));
    assert_eq!(front.versions, ["4.0", "4.10", "5.5"].map(Box::from));
    assert_eq!(front.os, ["winnt", "win95"].map(Box::from));
    assert_eq!(front.applies_to, ["One", "Two: x"].map(Box::from));
    assert_eq!(front.kinds, [Kind::Bug, Kind::Problem]);
    assert_eq!(front.codes, ["0xA", "C1001"].map(Box::from));
    assert_eq!(front.related.iter().map(|r| &*r.value).collect::<Vec<_>>(), ["Q1", "Q2"]);
    assert_eq!(
        (front.owner.as_deref(), front.status, text(&front.superseded_by)),
        (Some("me"), Some(Status::Superseded), "Q3".into())
    );
    assert_eq!((front.retired_on, front.reviewed), (Some(date(2020, 2, 29)), Some(date(2021, 1, 1))));
    assert_eq!(front.review_in, Some(Period { months: 6, days: 0 }));
    assert!(front.unsearchable && front.no_sitemap && front.unlisted);
    assert_eq!(front.boost, Some(2.5));
    assert_eq!(serde_json::to_value(&front.extra).unwrap(), json!({"deep": {"a": [1, null]}, "sidebar": "left", "team": "blue"}));
}

#[test]
fn values_may_be_empty_numbers_or_anchored() {
    assert_eq!(fine("title:\ndate:\ntags: []\naliases: ''"), FrontMatter::default());
    assert_eq!(&*fine("title: 2024").title.unwrap().value, "2024");
    assert_eq!(&*fine("title: 1.10").title.unwrap().value, "1.10");
    assert_eq!(&*fine("title: !!str x").title.unwrap().value, "x");
    assert_eq!(fine("tags: &t [a, b]\ncategories: *t").categories, ["a", "b"].map(Box::from));
    assert_eq!(&*fine("{title: x, slug: y}").title.unwrap().value, "x");
    assert_eq!(fine("# nothing"), FrontMatter::default());
    assert_eq!(&*fine("title: >-\n  two\n  lines\ndraft: true").title.unwrap().value, "two lines");
}

#[test]
fn layouts_of_jekyll_are_no_templates_of_ours() {
    assert!(fine("layout: page\nslug: x").template.is_none());
    assert_eq!(&*fine("template: page").template.as_ref().unwrap().name.value, "page.html");
    let own = fine("layout: kb/wide").template.clone().unwrap();
    assert_eq!((&*own.name.value, own.required), ("kb/wide.html", true));
    assert_eq!(&*fine("template: a.xml").template.as_ref().unwrap().name.value, "a.xml");
}

#[test]
fn each_problem_points_at_its_own_value() {
    assert_eq!(
        problems("title: [a]\ndraft: \"true\"\nweight: heavy  # kg\ntags:\n  - ok\n  - {a: 1}\ndate: 2024-13-01\ntilte: x"),
        [
            "front-matter-wrong-type 2:8 [[a]]",
            "front-matter-wrong-type 3:9 [true]",
            "front-matter-wrong-type 4:9 [heavy]",
            "front-matter-wrong-type 7:5 [{a: 1}]",
            "front-matter-bad-date 8:7 [2024-13-01]",
            "front-matter-unknown-key 9:1 [tilte]",
        ]
    );
    assert_eq!(problems("codes: [a, 'b, c', [d]]"), ["front-matter-wrong-type 2:8 [[a, 'b, c', [d]]]"]);
    assert_eq!(problems("search: {bost: 2}"), ["front-matter-bad-value 2:10 [bost]"]);
    assert_eq!(problems("updated: 2024-01-01\nlastmod: 2024-01-02"), ["front-matter-duplicate-key 3:1 [lastmod]"]);
    assert_eq!(problems("title: a\ntitle: b"), ["front-matter-duplicate-key 3:1 [title]"]);
    assert_eq!(problems("id: intro\ntype: docs\nstatus: done").len(), 3);
}

#[test]
fn syntax_errors_point_into_the_file_also_behind_other_letters() {
    assert_eq!(problems("title: é PRB: x"), ["front-matter-syntax 2:13 [:]"]);
    assert_eq!(problems("just text"), ["front-matter-syntax 2:1 [just text]"]);
    assert_eq!(problems("- a"), ["front-matter-syntax 2:1 [- a]"]);
    assert_eq!(problems("title: \"open")[0], "front-matter-syntax 2:8 [\"]");
    assert_eq!(problems("title: *x"), ["front-matter-syntax 2:8 [*]"]);
}

#[test]
fn bombs_meet_a_limit_quickly() {
    let aliases = |n: usize, of: &str| vec![format!("*{of}"); n].join(", ");
    let laughs = format!("a: &a [x, x]\nb: &b [{}]\nc: &c [{}]\nd: &d [{}]", aliases(40, "a"), aliases(40, "b"), aliases(40, "c"));
    let cases = [
        laughs,
        format!("a: {}{}", "[".repeat(5_000), "]".repeat(5_000)),
        format!("a: {}", "[".repeat(60_000)),
        format!("a:\n{}", (1..200).map(|n| format!("{}- \n", " ".repeat(n))).collect::<String>()),
        format!("a: {}", "- ".repeat(2_000)),
        format!("a: [{}]", "1,".repeat(20_000)),
        format!("a: {}", "x".repeat(70_000)),
        format!("a: {}", "? ".repeat(30_000)),
        "k: 1\n".repeat(13_000),
        (0..8_000).map(|n| format!("k{n}: 1\n")).collect(),
    ];
    for case in cases {
        let begin = std::time::Instant::now();
        let found = problems(&case);
        let time = begin.elapsed();
        assert!(time.as_millis() < 1_500, "{time:?} for {}", &case[..20]);
        println!("{time:?} {:.60} → {}", case, found.len());
    }
}

#[test]
fn mutated_files_never_panic_and_every_span_lies_in_the_text() {
    let seed = "---\ntitle: \"Q1: é\"\nurl: /x/ # c\naliases: [/a/, '/b/']\ntags:\n  - a\n  - \"b\"\ndate: 2024-01-31\nextra: &x {a: 1}\n\
                search: {boost: 2}\ntext: |\n  two\n  lines\nb: *x\n---\nbody\n---\n";
    mutations(seed, 6_000, |text| {
        let (front, problems) = read(text);
        let spans = problems.iter().filter_map(|p| p.location.as_ref()).map(|l| l.span);
        for span in spans.chain(front.title.iter().map(|t| t.span)).chain(front.aliases.iter().map(|a| a.span)) {
            assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
        }
    });
}
