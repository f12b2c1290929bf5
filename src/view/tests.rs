#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use include_dir::{Dir, include_dir};

use super::*;
use crate::article::Heading;
use crate::source::Span;

static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates");

fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEMPLATES.files().map(|file| (file.path().to_str().unwrap(), file.contents_utf8().unwrap()))
}

/// The built-in templates below these of a site.
fn theme(own: &[(&str, &str)]) -> Tera {
    let mut tera = Tera::new();
    tera.set_fallback_prefixes(["kbpress/"]).unwrap();
    register(&mut tera, ",");
    let built_in = templates().map(|(name, text)| (format!("kbpress/{name}"), text));
    let own = own.iter().map(|(name, text)| (name.to_string(), *text));
    tera.add_raw_templates(built_in.chain(own).collect::<Vec<_>>()).unwrap();
    let site = Site {
        title: "Site",
        description: "",
        language: "en",
        rtl: false,
        author: "",
        origin: "https://example.org",
        base: "/",
        feed: "/atom.xml",
        styles: &[],
        scripts: &[],
        search: "/assets/search.js",
        footer: Value::none(),
        extra: Value::none(),
    };
    let nav = ["Products", "Types", "Keywords", "Years", "Codes"].map(|title| Link { title, url: "/terms/" });
    let assets = ["kbpress.css", "theme.js", "reader.js", "favicon.svg"]
        .map(|name| (name, format!("/{}", name.replace('.', ".0123456789."))));
    let global = tera.global_context();
    global.insert("site", &site);
    global.insert("nav", &nav);
    global.insert("browse", &nav);
    global.insert("assets", &BTreeMap::from(assets));
    global.insert("labels", &LABELS.iter().copied().collect::<BTreeMap<_, _>>());
    render_shared(&mut tera).unwrap();
    tera
}

fn page(title: &str) -> Page<'_> {
    Page {
        title,
        url: "/x/",
        description: "",
        breadcrumbs: breadcrumbs(&[Link { title: "Home", url: "/" }]),
        json_ld: Value::none(),
        noindex: false,
        extra: Value::none(),
        origin: "https://example.org",
    }
}

fn some_term(title: &str) -> Value {
    term(&TermLink { title, note: "", slug: "problem", url: "/terms/x/", link: link(title, "/terms/x/"), count: 1234, share: 40 })
}

fn some_summary() -> Value {
    summary(&Summary { url: "/kb/100/Q100000/", title: "Q100000: XADM: Some Title", html: html("<li>An item</li>") })
}

fn empty_article() -> Article<'static> {
    Article {
        number: "",
        heading: "",
        format: "markdown",
        product: Value::none(),
        kind: Value::none(),
        updated: Value::none(),
        banner: None,
        toc: Value::none(),
        preamble: vec![],
        content: html("<div data-kb-body></div>"),
        applies_to: vec![],
        fields: vec![],
        fields_html: Value::none(),
        query_words: "",
        record: "",
        referenced_by: vec![],
        referenced_by_count: 0,
        related: vec![],
        related_html: Value::none(),
        wanted: 0,
        previous: Value::none(),
        next: Value::none(),
        sequence_html: Value::none(),
        source_url: "",
        edit_url: "",
        report_url: "",
    }
}

/// An article with what most articles of the archive have.
fn usual_article(content: Value, terms: &[Value]) -> Article<'static> {
    let cited = || link("Q100000: XADM: Some Title", "/kb/100/Q100000/");
    let heading = |text: &str| Heading { level: 2, text: text.into(), id: text.to_lowercase().into(), span: Span::default() };
    Article {
        number: "Q164177",
        heading: "XFOR: Error 2410 When Message Is Sent",
        format: "kb-text",
        product: terms[0].clone(),
        kind: terms[1].clone(),
        updated: Value::from_serializable(&Day { iso: "2001-08-08", text: "8 August 2001" }),
        toc: contents(&["SYMPTOMS", "CAUSE", "RESOLUTION", "STATUS"].map(heading)),
        content,
        fields_html: html(
            "<dt>Applies to</dt><dd><ul><li><a href=\"/applies-to/x/\">Microsoft Exchange Server, version 4.0</a></ul>\n<dt>Product<dd>\
             <a href=\"/terms/x/\"></a>\n<dt>Versions<dd><a href=\"/terms/x/\"></a>\n<dt>Keywords<dd><a href=\"/terms/x/\"></a>",
        ),
        query_words: "xfor 2410",
        record: "Article: Q164177\nProduct(s): Microsoft Exchange\nVersion(s): 4.0,5.0\nOperating System(s): \nKeyword(s): kbusage\n\
                 Last Modified: 08-AUG-2001\nKeywords          : kbusage\nTechnology        : kbExchangeSearch\nVersion           : winnt:4.0,5.0",
        referenced_by: vec![Citation { link: cited(), section: "MORE INFORMATION", sentence: "See also Q164177." }],
        referenced_by_count: 1,
        related_html: html(&"<li><a href=\"/kb/100/Q100000/\">Q100000: XADM: Some Title</a><p>same error 2410\n".repeat(3)),
        sequence_html: html(&"<a href=\"/kb/100/Q100000/\" rel=prev><small>Previous</small>Q100000</a>".repeat(2)),
        ..empty_article()
    }
}

#[test]
fn every_template_renders_with_only_what_must_be() {
    let tera = theme(&[]);
    let render = |name: &str, context: TeraResult<Context>| tera.render(name, &context.unwrap()).unwrap();
    let page = page("T");
    render("article.html", context(&page, "article", &empty_article()));
    let doc = Doc {
        heading: "",
        updated: Value::none(),
        banner: None,
        toc: Value::none(),
        content: html(""),
        previous: Value::none(),
        next: Value::none(),
        edit_url: "",
        report_url: "",
    };
    render("page.html", context(&page, "doc", &doc));
    let home = Home {
        heading: "",
        description: "",
        content: Value::none(),
        count: 0,
        groups: vec![],
        years: vec![],
        recent: vec![],
        cited: vec![],
    };
    render("home.html", context(&page, "home", &home));
    let section = Section { heading: "", content: Value::none(), sections: vec![], pages: vec![], paginator: Paginator::default() };
    render("section.html", context(&page, "section", &section));
    render("taxonomy.html", context(&page, "taxonomy", &Taxonomy { heading: "", description: "", groups: vec![] }));
    let term =
        Term { heading: "", description: "", count: 0, feed: "", terms: vec![], pages: vec![], paginator: Paginator::default() };
    render("term.html", context(&page, "term", &term));
    render("search.html", context(&page, "search", &()));
    render("404.html", context(&page, "missing", &()));
    let feed = Feed { title: "", url: "", page: "", updated: "", author: "", entries: vec![] };
    assert!(render("atom.xml", lone_context("feed", &feed)).starts_with("<?xml"));
    let redirect = Redirect { title: "", url: "/new/", canonical: "" };
    assert!(render("redirect.html", lone_context("redirect", &redirect)).contains("0;url=/new/"));
}

#[test]
fn lists_show_numbers_counts_and_the_current_part() {
    let step = |number, url| Step { number, url };
    let term = Term {
        heading: "Microsoft Exchange",
        description: "",
        count: 6400,
        feed: "/products/exchange/atom.xml",
        terms: vec![some_term("4.0")],
        pages: vec![some_summary()],
        paginator: Paginator {
            number: 2,
            total: 64,
            start: 101,
            previous: "/p/",
            next: "/p/3/",
            steps: vec![step(1, "/p/"), step(2, "/p/2/"), step(3, "/p/3/"), step(0, ""), step(64, "/p/64/")],
        },
    };
    let html = theme(&[]).render("term.html", &context(&page("T"), "term", &term).unwrap()).unwrap();
    for part in [
        "6,400 articles",
        "<rect width=\"40\"",
        "start=101",
        "<a href=\"/p/2/\" aria-current=\"page\">2</a>",
        "<span>…</span>",
        "<link rel=\"prev\" href=\"/p/\">",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(!html.contains("Microsoft Exchange</span>"));
}

#[test]
fn markup_in_values_is_escaped() {
    let hostile = "\"><script>alert(1)</script>";
    let article = Article { heading: hostile, number: hostile, query_words: hostile, record: hostile, ..empty_article() };
    let facts = Facts { heading: "</script><script>", number: hostile, updated: "" };
    let page = Page { description: hostile, json_ld: article_json_ld(&facts, ""), ..page(hostile) };
    let html = theme(&[]).render("article.html", &context(&page, "article", &article).unwrap()).unwrap();
    assert!(!html.contains("<script>"), "{html}");
}

#[test]
fn a_template_of_the_site_extends_the_built_in_one() {
    let own = "{% extends \"kbpress/article.html\" %}{% block after_text %}OWN{% endblock %}";
    let tera = theme(&[("article.html", own)]);
    let html = tera.render("article.html", &context(&page("T"), "article", &empty_article()).unwrap()).unwrap();
    assert!(html.contains("OWN") && html.contains("<article"));
}

/// The texts of the files below `folder` of the repository whose names end in `ending`, those of tests aside.
#[allow(clippy::disallowed_methods, reason = "test data")]
fn texts_below(folder: &str, ending: &str) -> String {
    let files = walkdir::WalkDir::new(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let files = files.into_iter().map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
    let files = files
        .filter(|path| path.to_str().unwrap().ends_with(ending) && !path.ends_with("labels.rs") && !path.ends_with("tests.rs"));
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn each_label_is_used_and_each_word_used_is_a_label() {
    let text: String = templates().map(|(_, text)| text).collect();
    let (code, scripts) = (texts_below("src", ".rs"), texts_below("static", ".js"));
    for (name, _) in LABELS {
        let in_reader = |name: &str| [format!("WORDS.{name}"), format!("\"{name}\"")].iter().any(|use_| scripts.contains(use_));
        let by_script = name.strip_prefix("script_").is_some_and(in_reader)
            || name.strip_prefix("search_").is_some_and(|name| scripts.contains(&format!("'{name}'")));
        assert!(by_script || text.contains(&format!("labels.{name}")) || code.contains(&format!("\"{name}\"")), "{name}");
    }
    let is_label = |name: &str| LABELS.iter().any(|(label, _)| *label == name);
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    for used in text.split("labels.").skip(1) {
        assert!(is_label(&word(used)), "{}", word(used));
    }
    for used in scripts.split("WORDS.").skip(1) {
        assert!(is_label(&format!("script_{}", word(used))), "{}", word(used));
    }
    for used in scripts.split(" say('").chain(scripts.split("(say('")).skip(1).map(word) {
        assert!(used.is_empty() || is_label(&used) || is_label(&format!("search_{used}")), "{used}");
    }
}

#[test]
fn templates_hold_no_inline_script_or_style() {
    for (name, text) in templates() {
        for bad in ["style=", "<style", "<script>", "onclick", "onload", "javascript:"] {
            assert!(!text.contains(bad), "{name} has {bad}");
        }
    }
}

#[test]
fn json_ld_is_json_and_cannot_end_its_element() {
    let facts = Facts { heading: "a \"b\" \\ </script> \u{2028}", number: "Q1", updated: "2001-08-08" };
    let value = article_json_ld(&facts, &breadcrumb_list(&[Link { title: "Products & more", url: "/products/" }]));
    let json = value.as_str().unwrap();
    assert!(!json.contains(['<', '>', '&', '\u{2028}']));
    let parsed: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(parsed["@graph"][0]["headline"], facts.heading);
    assert_eq!(parsed["@graph"][1]["itemListElement"][0]["name"], "Products & more");
}

#[test]
fn numbers_are_grouped_by_thousands() {
    assert_eq!([0, 999, 1000, 60335, 1234567].map(|n| grouped(n, ",")), ["0", "999", "1,000", "60,335", "1,234,567"]);
}

#[test]
fn the_frame_of_an_article_is_small() {
    let tera = theme(&[]);
    let empty = tera.render("article.html", &context(&page(""), "article", &empty_article()).unwrap()).unwrap();
    let terms = ["", "", "", "", ""].map(some_term);
    let usual = usual_article(html("<div data-kb-body></div>"), &terms);
    let usual = tera.render("article.html", &context(&page(""), "article", &usual).unwrap()).unwrap();
    assert!(empty.len() < 2000, "{}", empty.len());
    assert!(usual.len() < 5000, "{}", usual.len());
}

#[test]
fn each_type_of_article_has_a_colour() {
    let css = include_str!("../../static/kbpress.css");
    for kind in crate::article::Kind::ALL {
        let named = |rule: &str| rule.split(',').any(|part| part.trim() == format!(".{}", kind.name()));
        assert!(css.lines().filter_map(|line| line.split_once('{')).any(|(rule, _)| named(rule)), "{}", kind.name());
    }
}

/// `cargo test --release --lib an_article_renders -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn an_article_renders_within_15_microseconds() {
    let tera = theme(&[]);
    let text = format!("<div data-kb-body>{}</div>", "<p>Some text of an article.</p>\n".repeat(80));
    let links =
        [Link { title: "Products", url: "/products/" }, Link { title: "Microsoft Exchange", url: "/products/microsoft-exchange/" }];
    let terms = ["Microsoft Exchange", "Problem", "4.0", "Fixed", "kbusage"].map(some_term);
    let (crumbs, list) = (breadcrumbs(&links), breadcrumb_list(&links));
    let facts = Facts { heading: "XFOR: Error 2410", number: "Q164177", updated: "2001-08-08" };
    let (mut made, mut rendered, mut out) = (Duration::MAX, Duration::MAX, Vec::new());
    for _ in 0..20_000 {
        let start = Instant::now();
        let page = Page {
            title: "Q164177: XFOR: Error 2410 When Message Is Sent",
            description: "When you send a message, error 2410 is returned, and the message is not delivered.",
            breadcrumbs: crumbs.clone(),
            json_ld: article_json_ld(&facts, &list),
            ..page("")
        };
        let context = context(&page, "article", &usual_article(html(&text), &terms)).unwrap();
        let middle = Instant::now();
        out.clear();
        tera.render_to("article.html", &context, &mut out).unwrap();
        rendered = rendered.min(middle.elapsed());
        made = made.min(middle - start);
    }
    println!("at best: context {made:?}, template {rendered:?}; {} bytes, {} of them text", out.len(), text.len());
    assert!(rendered < Duration::from_micros(15));
}
