//! `kbpress build`: where pages come to stand, what becomes of bad content, what a second build does.

use crate::support::{TestSite, kb_text};

#[test]
fn pages_stand_where_their_files_do() {
    let run = TestSite::new(
        "
-- content/_index.md --
# Home
-- content/guide/Read Me.md --
# Read me
-- content/guide/install/index.md --
# Install
-- content/about.md --
---
title: About
slug: who
---
Text
",
    )
    .build()
    .is_clean();
    for path in
        ["index.html", "guide/index.html", "guide/read-me/index.html", "guide/install/index.html", "who/index.html", "404.html"]
    {
        assert!(run.has(path), "{path}");
    }
}

#[test]
fn a_permalink_is_honoured_to_the_letter() {
    let site = TestSite::new("");
    site.write("content/kb/164/Q164177/README.md", kb_text(164_177, "Error", "SYMPTOMS\n========\n\nIt fails.\n"));
    site.write("content/x.md", "---\ntitle: X\npermalink: /A/b.html\n---\ntext\n");
    let run = site.build().is_clean();
    assert!(run.has("kb/164/Q164177/index.html") && run.has("A/b.html"));
}

#[test]
fn an_article_that_is_only_a_number_says_that_it_has_no_title() {
    let site = TestSite::new("");
    site.write("content/Q900003.md", "Article: Q900003\nLast Modified: 19-DEC-1999\n\nIt fails.\n");
    let page = site.build().file("Q900003/index.html");
    assert!(page.contains("<b>Q900003:</b> Untitled</h1>"), "{page}");
}

#[test]
fn the_summary_says_once_what_the_search_weighs() {
    let run = TestSite::new("-- content/a.md --\n# A\n").run(&["build"]).exits(0);
    assert_eq!(run.stderr.matches("search: 1 pages").count(), 1, "{}", run.stderr);
}

#[test]
fn links_lead_to_pages_from_the_root_of_the_host() {
    let run = TestSite::new(
        "
-- content/a.md --
# A
See [B](sub/b.md#part), [again](@/sub/b.md) and [outside](https://example.com/).
-- content/sub/b.md --
# B
## Part
![a picture](pic.png) [A](../a.md) [A](/a/)
-- content/sub/pic.png --
not really
",
    )
    .build()
    .is_clean();
    let a = run.file("a/index.html");
    assert!(
        a.contains("href=\"/docs/sub/b/#part\"")
            && a.contains("href=\"/docs/sub/b/\"")
            && a.contains("href=\"https://example.com/\"")
    );
    let b = run.file("sub/b/index.html");
    assert!(b.contains("src=\"/docs/sub/pic.png\""), "{b}");
    assert_eq!(b.matches("href=\"/docs/a/\"").count(), 2);
    assert!(run.has("sub/pic.png"));
}

#[test]
fn dead_links_and_anchors_name_their_line() {
    TestSite::new(
        "
-- content/a.md --
# A

See [B](b.md).
And [C](c.md#nowhere).
-- content/c.md --
# C
",
    )
    .build()
    .exits(0)
    .says("content/a.md:3:5: warning[dead-link]")
    .says("content/a.md:4:5: warning[dead-anchor]");
}

#[test]
fn warnings_fail_a_strict_build_and_leave_the_site_alone() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let before = site.build().is_clean().tree();
    site.write("content/a.md", "# A\n[gone](gone.md)\n");
    let run = site.run(&["build", "--strict"]).exits(1);
    assert_eq!(run.tree(), before);
}

#[test]
fn two_sources_of_one_file_are_an_error_that_names_both() {
    TestSite::new(
        "
-- content/a.md --
---
permalink: /same/
---
A
-- content/b.md --
---
permalink: /Same/
---
B
",
    )
    .build()
    .exits(1)
    .says("error[path-collision]")
    .says("content/a.md")
    .says("content/b.md");
}

#[test]
fn the_folder_of_the_search_index_is_taken() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- content/search/tips.md --\n# Tips\n");
    site.build().exits(1).says("content/search/tips.md").says("error[path-collision]").says("the search index");
    site.write("site.toml", "base_url = \"https://example.org/\"\n[search]\nenabled = false\n");
    site.build().exits(0);
}

#[test]
fn article_numbers_become_links_and_the_target_says_who_refers_to_it() {
    let site = TestSite::new("");
    let body = "MORE INFORMATION\n================\n\nFor more information, see the following article:\n\n  Q100002 Other\n\nand Q199999.\n";
    site.write("content/kb/100/Q100001/README.md", kb_text(100_001, "One", body));
    site.write("content/kb/100/Q100002/README.md", kb_text(100_002, "Other", "SUMMARY\n=======\n\nText.\n"));
    let run = site.build().exits(0).says("warning[unresolved-reference]");
    let one = run.file("kb/100/Q100001/index.html");
    assert!(one.contains("href=\"/docs/kb/100/Q100002/\""), "{one}");
    assert!(one.contains("class=\"wanted\""), "{one}");
    let other = run.file("kb/100/Q100002/index.html");
    assert!(other.contains("Referenced by") && other.contains("/docs/kb/100/Q100001/"), "{other}");
}

#[test]
fn a_site_without_references_leaves_numbers_alone() {
    let run = TestSite::new(
        "
-- site.toml --
base_url = \"https://example.org/\"
[articles]
references = false
-- content/a.md --
# Q100001: A
See Q100002 and Q199999.
-- content/b.md --
# Q100002: B
Text.
",
    )
    .build()
    .is_clean();
    assert!(run.file("a/index.html").contains("See Q100002 and Q199999."));
    assert!(!run.file("b/index.html").contains("Referenced by"));
}

#[test]
fn drafts_and_pages_of_the_future_wait() {
    let site = TestSite::new(
        "
-- content/draft.md --
---
draft: true
---
# Draft
-- content/future.md --
---
date: 2099-01-01
---
# Future
-- content/past.md --
---
expires: 2001-01-01
---
# Past
",
    );
    let run = site.build().is_clean();
    assert!(!run.has("draft/index.html") && !run.has("future/index.html") && !run.has("past/index.html"));
    let run = site.run(&["build", "-D", "--future", "--expired"]).exits(0);
    assert!(run.has("draft/index.html") && run.has("future/index.html") && run.has("past/index.html"));
}

#[test]
fn a_second_build_has_nothing_to_do_and_an_edit_rewrites_what_depends_on_it() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- content/b.md --\n# B\n");
    // The text of a page is in the search index too, which is then another one.
    site.write("site.toml", "base_url = \"https://example.org/docs/\"\n[search]\nenabled = false\n");
    site.build().is_clean();
    site.build().is_clean().says("nothing has changed");
    site.write("content/a.md", "# A\nmore\n");
    site.build().is_clean().says("1 files written");
}

#[test]
fn what_is_no_longer_made_is_removed_and_foreign_files_stay() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- content/b.md --\n# B\n");
    site.build().is_clean();
    site.write("public/CNAME", "example.org");
    site.remove("content/b.md");
    let run = site.build().is_clean();
    assert!(!run.has("b") && run.has("a/index.html"));
    assert_eq!(run.file("CNAME"), "example.org");
}

#[test]
fn a_file_of_somebody_else_is_never_overwritten() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    site.build().is_clean();
    site.write("public/b/index.html", "mine");
    site.write("content/b.md", "# B\n");
    let run = site.build().exits(1).says("error[foreign-file]");
    assert_eq!(run.file("b/index.html"), "mine");
}

#[test]
fn a_folder_that_kbpress_did_not_write_is_refused() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- public/mine.txt --\nmine\n");
    let run = site.build().exits(2).says("error[output-refused]");
    assert_eq!(run.file("mine.txt"), "mine\n");
    for bad in ["/", ".", "content", "content/x", "..", "templates"] {
        site.run(&["build", "-o", bad]).exits(2);
    }
}

#[test]
fn two_builds_are_equal_with_one_thread_and_two_and_from_another_folder() {
    let sites = [0, 1].map(|_| {
        let site = TestSite::new("-- content/a.md --\n# A\n[b](b.md)\n-- content/b.md --\n---\ntags: [x, y]\n---\n# B\n");
        for number in 100_000..100_020 {
            let body = format!("SYMPTOMS\n========\n\nError 0x1E, see Q{}.\n", number + 1);
            site.write(&format!("content/kb/100/Q{number}/README.md"), kb_text(number, "T", &body));
        }
        site
    });
    let one = sites[0].run(&["build", "-j", "1"]).exits(0).tree();
    let two = sites[1].run(&["build", "-j", "2"]).exits(0).tree();
    assert_eq!(one, two);
}

#[test]
fn a_template_of_the_site_replaces_or_extends_the_built_in_one() {
    let site = TestSite::new(
        "
-- content/a.md --
# A
-- content/b.md --
---
template: special
---
# B
-- templates/page.html --
{% extends \"kbpress/page.html\" %}{% block footer %}my own footer{% endblock %}
-- templates/special.html --
special {{ doc.heading }}
",
    );
    let run = site.build().is_clean();
    assert!(run.file("a/index.html").contains("my own footer"));
    assert!(run.file("b/index.html").starts_with("special B"));
}

#[test]
fn templates_of_the_site_are_given_what_the_built_in_ones_print() {
    let article = |number: u32| {
        format!(
            "---\ntitle: Title {number}\nid: Q{number}\nproducts: Exchange\nkeywords: [kbwidget]\n\
             applies_to: [\"Exchange Server 5.5\", \"Bob's \\\"Tools\\\" & more\"]\n---\nError 0x8004{number:04}.\n"
        )
    };
    let labels = "[labels]\nproduct = \"L'article <b>\"\nprevious = \"\\\"<\\\"\"\nreason_keyword = \"'{what}' & more\"\n";
    let site = TestSite::new(&format!("-- site.toml --\nbase_url = \"https://example.org/docs/\"\ntitle = \"Test\"\n{labels}"));
    for number in 1001..1004 {
        site.write(&format!("content/{number}.md"), article(number));
    }
    let plain = site.build().is_clean().file("1002/index.html");
    site.write("templates/404.html", "Nothing is here.\n");
    assert_eq!(site.build().is_clean().file("1002/index.html"), plain);
    site.write(
        "templates/article.html",
        "<dt>{{ labels.applies_to }}</dt><dd>{{ <applies_to entries={article.applies_to} /> -}}
{% for field in article.fields %}
<dt>{{ field.label }}<dd>{% for term in field.terms %}{% if not loop.first %} {% endif %}{{ term.link }}{% endfor %}{% endfor -%}
{% for item in article.related %}
<li>{{ item.link }}<p>{{ item.reason }}{% endfor %}
{% if article.previous and article.next -%}
<a href=\"{{ article.previous.url }}\" rel=prev><small>{{ labels.previous }}</small>{{ article.previous.number }}</a>
{%- endif -%}
{% if article.next and article.previous -%}
<a href=\"{{ article.next.url }}\" rel=next><small>{{ labels.next }}</small>{{ article.next.number }}</a>
{%- endif %}
===
{{ article.fields_html }}
{{ article.related_html }}
{{ article.sequence_html }}",
    );
    let own = site.build().is_clean().file("1002/index.html");
    let (pieces, html) = own.split_once("\n===\n").unwrap_or_else(|| panic!("{own}"));
    assert_eq!(pieces, html);
    assert!(
        ["L&#39;article &lt;b&gt;", "Bob's", "0x8004", "&#39; &amp; more", "&quot;&lt;&quot;", "Q1003"]
            .iter()
            .all(|part| html.contains(part)),
        "{html}"
    );
}

#[test]
fn a_broken_template_is_an_error_at_its_line_and_the_site_stays() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let before = site.build().is_clean().tree();
    site.write("templates/page.html", "one\n{{ oops\n");
    let run = site.build().exits(1).says("templates/page.html:2").says("template-syntax");
    assert_eq!(run.tree(), before);
    site.write("templates/page.html", "one\n{{ doc.heading | upper | nonsense }}\n");
    let run = site.build().exits(1);
    assert_eq!(run.tree(), before);
    site.write("templates/page.html", "one\n{{ doc.heading + 1 }}\n");
    let run = site.build().exits(1).says("templates/page.html:2").says("template-render").says("content/a.md");
    assert_eq!(run.tree(), before);
}

#[test]
fn text_that_looks_like_a_template_is_text() {
    let run = TestSite::new("-- content/a.md --\n# A\n{{ site.title }} {% include \"x\" %} {# no #}\n").build().is_clean();
    assert!(
        run.file("a/index.html").contains("{{ site.title }} {% include &quot;x&quot; %} {# no #}")
            || run.file("a/index.html").contains("{{ site.title }} {% include \"x\" %} {# no #}")
    );
}

#[test]
fn aliases_lead_to_the_page() {
    let run = TestSite::new("-- content/a.md --\n---\naliases: [/old/, /older.html]\n---\n# A\n").build().is_clean();
    for path in ["old/index.html", "older.html"] {
        let html = run.file(path);
        assert!(html.contains("url=/docs/a/") && html.contains("https://example.org/docs/a/"), "{html}");
    }
}

#[test]
fn redirects_that_go_round_are_an_error() {
    let site = TestSite::new("-- content/a.md --\n---\nredirect_to: /b/\n---\n-- content/b.md --\n---\nredirect_to: /a/\n---\n");
    site.build().exits(1).says("error[redirect-loop]").says("content/a.md").says("content/b.md");
}

#[test]
fn terms_have_lists_in_parts() {
    let site = TestSite::new(
        "-- site.toml --\nbase_url = \"https://example.org/\"\n[[taxonomies]]\nname = \"tags\"\npaginate_by = 2\nfeed = true\n",
    );
    for i in 0..5 {
        site.write(
            &format!("content/{i}.md"),
            format!("---\ntitle: Page {i}\ntags: [\"C++\"]\ndate: 2020-01-0{}\n---\ntext\n", i + 1),
        );
    }
    let run = site.build().is_clean();
    assert!(run.file("tags/index.html").contains("/tags/c-plus-plus/"));
    assert!(run.file("tags/c-plus-plus/page/3/index.html").contains("Page 4"));
    assert!(!run.has("tags/c-plus-plus/page/4/index.html"));
    let feed = run.file("tags/c-plus-plus/atom.xml");
    assert!(feed.contains("<title>Page 4</title>") && feed.contains("https://example.org/4/"), "{feed}");
}

#[test]
fn the_environment_and_flags_override_the_configuration() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let run = site.run_with(&["build", "-o", "out"], &[("KBPRESS_BASE_URL", "https://other.example/sub/")]).exits(0);
    assert!(!run.has("index.html"));
    let html = std::fs::read_to_string(site.path("out/a/index.html")).unwrap();
    assert!(html.contains("https://other.example/sub/a/"), "{html}");
}

#[cfg(unix)]
#[test]
fn links_in_the_content_are_refused_and_unreadable_files_stop_the_build() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    std::os::unix::fs::symlink("/etc/hostname", site.path("content/link.md")).unwrap();
    site.build().exits(1).says("content/link.md").says("error[unsupported-file]");
}
