//! `kbpress init`, `new`, `clean`, `list`, `completions` and `man`: what they make, and what they never touch.

use crate::support::{TestSite, tree};

#[test]
fn the_starter_site_builds_and_checks_without_a_word() {
    let site = TestSite::new("");
    site.run(&["init", "fresh"]).exits(0);
    assert!(site.path("fresh/.github/workflows/pages.yml").exists());
    site.run(&["build", "-r", "fresh", "--strict"]).is_clean();
    site.run(&["check", "-r", "fresh", "--strict"]).is_clean().says("no problems");
    site.run(&["check", "-r", "fresh", "--strict", "--drafts"]).is_clean();
    assert!(site.path("fresh/public/errors/2410/index.html").exists());
    assert!(!site.path("fresh/public/kb/harbor/quota/index.html").exists());
    let list = site.run(&["list", "-r", "fresh", "--drafts", "--format", "json"]).stdout;
    for status in ["draft", "retired", "superseded", "verified"] {
        assert!(list.contains(&format!("\"status\":\"{status}\"")), "{status}");
    }
}

#[test]
fn init_overwrites_nothing() {
    let site = TestSite::new("-- content/_index.md --\nmine\n");
    let before = tree(&site.path(""));
    site.run(&["init"]).exits(2).says("--force");
    assert_eq!(tree(&site.path("")), before);
    site.run(&["init", "--force"]).exits(0).says("kept: content/_index.md");
    let after = tree(&site.path(""));
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes));
    assert!(after.contains_key("content/guide/writing.md"));
}

#[test]
fn a_new_article_has_its_title_its_number_and_its_day() {
    let site = TestSite::new(
        "-- content/kb/Q100041.md --\n# Q100041: Old\n\ntext\n-- content/kb/d.md --\n---\ntitle: D\nid: Q100050\ndraft: true\n---\ntext\n",
    );
    let run = site.run(&["new", "kb/", "--number", "next", "--kind", "problem", "--title", "He said \"no\": {{ date }}"]).exits(0);
    assert_eq!(run.stdout, "content/kb/Q100051.md\n");
    let text = std::fs::read_to_string(site.path("content/kb/Q100051.md")).unwrap();
    assert!(text.starts_with("---\ntitle: \"He said \\\"no\\\": {{ date }}\"\nid: Q100051\ntype: problem\n"), "{text}");
    assert!(text.contains("date: 2023-11-14\n") && text.contains("## RESOLUTION"));
    for kind in ["page", "how-to", "information", "bug"] {
        site.run(&["new", &format!("content/new/{kind}"), "-k", kind]).exits(0);
        let text = std::fs::read_to_string(site.path(&format!("content/new/{kind}.md"))).unwrap();
        assert!(!text.contains("{{") && !text.contains("id:"), "{text}");
    }
    site.run(&["check", "--drafts", "--format", "short"]).exits(0);
}

#[test]
fn a_title_may_hold_any_character() {
    let site = TestSite::new("-- content/_index.md --\n# Home\n");
    for (n, title) in ["A \"quoted\" \\ title: #1", "a bell \u{7} and \u{7f}\u{9b}", "{{ date }} 'x' | &a *b", "two\nlines\tand é"]
        .iter()
        .enumerate()
    {
        site.run(&["new", &format!("a{n}.md"), "-t", title]).exits(0);
        let run = site.run(&["list", "--drafts", "--format", "json"]).exits(0);
        let rows: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let titles: Vec<&str> = rows.as_array().unwrap().iter().filter_map(|row| row["title"].as_str()).collect();
        assert!(titles.contains(title), "{title:?} is not in {titles:?}");
    }
}

#[test]
fn the_sites_own_archetypes_win() {
    let site = TestSite::new("-- archetypes/problem.md --\n---\ntitle: {{ title }}\nown: true\n---\n");
    site.run(&["new", "a", "-k", "problem"]).exits(0);
    assert_eq!(std::fs::read_to_string(site.path("content/a.md")).unwrap(), "---\ntitle: \"A\"\nown: true\n---\n");
    site.run(&["new", "b", "-k", "../../etc/passwd"]).exits(2).says("no archetype");
}

#[test]
fn p40_new_never_overwrites_and_never_escapes() {
    let site = TestSite::new("-- content/a.md --\nmine\n");
    std::os::unix::fs::symlink(site.path(""), site.path("content/link")).unwrap();
    let before = tree(&site.path(""));
    for path in ["a", "a.md", "content/a.md", "../x", "/tmp/kbpress-escape", "b/../../x", "b\\..\\x", "link/x", "a.md/x", "", "x/"]
    {
        let run = site.run(&["new", path]);
        assert!(run.code == 2 || run.code == 3, "{path}: {}", run.stderr);
    }
    assert_eq!(tree(&site.path("")), before);
    assert!(!std::path::Path::new("/tmp/kbpress-escape.md").exists());
}

#[test]
fn clean_removes_what_was_written_and_nothing_else() {
    let site = TestSite::new("-- content/a.md --\n# A\n\ntext\n-- content/b/c.md --\n# C\n\ntext\n");
    site.build().is_clean();
    site.write("public/mine.txt", "mine");
    site.write("public/b/c/index.html", "changed by hand");
    let before = tree(&site.path("content"));
    site.run(&["clean"]).exits(0).says("b/c/index.html");
    let left: Vec<String> = tree(&site.path("public")).into_keys().collect();
    assert_eq!(left, ["b/c/index.html", "mine.txt"]);
    assert_eq!(tree(&site.path("content")), before);
    site.run(&["clean"]).exits(2).says("was not written by kbpress");
    site.run(&["clean", "-o", "nowhere"]).exits(0);
}

#[test]
fn clean_does_not_follow_links_out_of_the_output() {
    let site = TestSite::new("-- content/b/c.md --\n# C\n\ntext\n");
    site.build().is_clean();
    std::fs::rename(site.path("public/b"), site.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(site.path("elsewhere"), site.path("public/b")).unwrap();
    let before = tree(&site.path("elsewhere"));
    site.run(&["clean"]).exits(0);
    assert_eq!(tree(&site.path("elsewhere")), before);
}

#[test]
fn lists_can_be_narrowed() {
    let site = TestSite::new(
        "
-- content/a.md --
---
title: A
reviewed: 2020-01-01
review_in: 1 year
---
See [B](b.md), Q200001 and Q200002.
-- content/b.md --
# B

See Q200002.
",
    );
    assert!(site.run(&["list", "--orphans"]).stdout.trim_end().ends_with(" A"));
    assert!(site.run(&["list", "--stale"]).stdout.trim_end().ends_with(" A"));
    let wanted = site.run(&["list", "--wanted", "--format", "csv"]).stdout;
    assert_eq!(wanted, "id,count,named_by\nQ200002,2,content/a.md; content/b.md\nQ200001,1,content/a.md\n");
    site.run(&["list", "--wanted", "--stale"]).exits(2);
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let site = TestSite::new("");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = site.run(&["completions", shell]).exits(0).stdout;
        assert!(text.contains("write-baseline"), "{shell}");
    }
    let page = site.run(&["man"]).exits(0).stdout;
    assert!(page.contains(".TH kbpress") && page.contains("KBPRESS CHECK") && page.contains("write\\-baseline"), "{page}");
}
