//! `kbpress check`: what it finds, what it does not, in which forms it says so, and what it leaves alone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::support::{TestSite, kb_text, tree};

/// A site that nothing can be said against.
const CLEAN: &str = "
-- site.toml --
base_url = \"https://example.org/\"
title = \"Test\"
-- content/_index.md --
Begin with [the guide](guide.md).
-- content/guide.md --
---
title: Guide
aliases: [/old/]
---
See [the article](kb/a.md#symptoms), [an asset](data.txt) and Q100001.
-- content/data.txt --
data
-- content/kb/_index.md --
---
title: KB
---
-- content/kb/a.md --
---
title: \"PRB: Relay stops with error 2410\"
id: Q100001
type: problem
related: [Q100002, /guide/]
---

## SYMPTOMS

Relay stops with the error message \"queue full\".

## RESOLUTION

```toml
free = \"disk\"
```
-- content/kb/b.md --
---
title: Watch the queue
id: Q100002
type: how-to
reviewed: 2023-06-01
review_in: 1 year
---

See Q100001.
";

fn codes(json: &str) -> Vec<String> {
    json.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_clean_site_has_no_problems_and_nothing_is_written() {
    let site = TestSite::new(CLEAN);
    let before = tree(&site.path(""));
    site.run(&["check", "--strict"]).is_clean().says("no problems");
    assert_eq!(tree(&site.path("")), before);
}

#[test]
fn every_planted_defect_is_found_and_nothing_else() {
    let site = TestSite::new(CLEAN);
    let mut planted: Vec<(&str, usize)> = Vec::new();
    let long: String = (0..60).map(|n| format!("word{n} ")).collect();
    for n in 0..16 {
        let mut plant = |code: &'static str, front: &str, body: &str| {
            let number = 110_000 + planted.len();
            site.write(
                &format!("content/kb/{code}-{n}.md"),
                format!("---\ntitle: \"{code} {n}\"\nid: Q{number}\n{front}---\n\n{body}\n"),
            );
            planted.push((code, number));
        };
        plant("dead-link", "", "[x](nowhere.md)");
        plant("dead-anchor", "", "[x](a.md#nowhere)");
        plant("missing-asset", "", "![x](nowhere.png)");
        plant("unresolved-reference", "", "See Q999999.");
        plant("unknown-target", "superseded_by: Q999999\n", "Text");
        plant("retired-reference", "", "See Q130000.");
        plant("raw-html", "", "A <span>tag</span> here");
        plant("unknown-language", "", "```klingon\nQapla'\n```");
        plant("empty-article", "", "");
        plant("title-series", "type: how-to\n", "Text");
        plant("no-resolution", "type: problem\n", "## SYMPTOMS\n\nIt stops.");
        plant(
            "no-error-text",
            "type: problem\n",
            "## SYMPTOMS\n\nAn error message is shown.\n\n## CAUSE\n\nX\n\n## STATUS\n\nOpen",
        );
        plant("review-due", "reviewed: 2020-01-01\nreview_in: 1 year\n", "Text");
        plant("orphan", "unlisted: true\n", "Text");
        plant("front-matter-unknown-key", "titel: x\n", "Text");
        plant("duplicate-title", "", "Text");
    }
    for n in 0..16 {
        let file = format!("content/kb/title-series-{n}.md");
        let text = std::fs::read_to_string(site.path(&file)).unwrap();
        site.write(&file, text.replace("title: \"", "title: \"BUG: "));
        let file = format!("content/kb/duplicate-title-{n}.md");
        let text = std::fs::read_to_string(site.path(&file)).unwrap();
        site.write(&file, text.replace(&format!("duplicate-title {n}"), "watch the  Queue"));
        site.write(&format!("content/long-{n}.md"), format!("# {n} {}\n\nText\n", "a title ".repeat(20)));
        site.write(&format!("content/copy-{n}.md"), format!("# Copy {n}\n\n{long}{long}\n"));
        site.write(&format!("content/untitled-{n}.md"), format!("Text {n}\n"));
    }
    site.write("content/kb/retired.md", "---\ntitle: Old\nid: Q130000\nstatus: retired\n---\nText\n");
    let run = site.run(&["check", "--format", "json"]).exits(0);
    let found = codes(&run.stdout);
    let mut wanted: Vec<String> = planted.iter().map(|(code, _)| (*code).to_owned()).collect();
    wanted.extend(["long-title", "no-title"].iter().flat_map(|code| std::iter::repeat_n((*code).to_owned(), 16)));
    // Of sixteen equal texts the first is no copy.
    wanted.extend(std::iter::repeat_n("near-duplicate".to_owned(), 15));
    let sorted = |mut codes: Vec<String>| {
        codes.sort();
        codes
    };
    assert!(wanted.len() > 200);
    assert_eq!(sorted(found), sorted(wanted), "{}", run.stdout);
    site.run(&["check", "--strict"]).exits(1);
}

#[test]
fn what_a_build_refuses_a_check_refuses_in_the_same_words() {
    let site = TestSite::new(
        "
-- content/a.md --
---
title: A
permalink: /same/
date: yesterday
---
text
-- content/b.md --
---
title: B
permalink: /same/
---
text
-- content/c.md --
---
title: C
aliases: [/d/]
template: nowhere
---
text
",
    );
    let problems = |command| {
        let run = site.run(&[command, "--format", "json"]).exits(1);
        run.stdout
    };
    assert_eq!(problems("check"), problems("build"));
    assert!(problems("check").lines().count() >= 3);
}

#[test]
fn what_a_build_refuses_about_its_output_a_check_refuses_and_leaves_alone() {
    let refused = |spoil: &dyn Fn(&TestSite), code: i32, message: &str| {
        let site = TestSite::new("-- content/a.md --\n# A\n\nText\n-- content/b/c.md --\n# C\n\nText\n");
        site.build().is_clean();
        spoil(&site);
        let before = tree(&site.path(""));
        let check = site.run(&["check", "--format", "short"]).exits(code).says(message);
        assert_eq!(tree(&site.path("")), before);
        let build = site.run(&["build", "--format", "short"]).exits(code).says(message);
        let errors = |text: &str| text.lines().filter(|line| line.contains("error[")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(errors(&check.stderr), errors(&build.stderr));
    };
    let toml = |more: &str| format!("base_url = \"https://example.org/docs/\"\ntitle = \"Test\"\n{more}");
    refused(&|site| site.write("site.toml", toml("").replace("title", "output_dir = \"content\"\ntitle")), 2, "output-refused");
    refused(&|site| site.remove("public/.kbpress-manifest"), 2, "is not empty");
    refused(&|site| site.write("public/.kbpress-manifest", "x"), 2, "is damaged");
    refused(
        &|site| {
            site.write("public/b/d/index.html", "mine");
            site.write("content/b/d.md", "# D\n\nText\n");
        },
        1,
        "was not written by kbpress",
    );
    refused(&|site| site.write("public/a/index.html", "mine"), 1, "was changed by somebody");
    refused(&|site| site.write("site.toml", toml("[publish]\nmax_files = 3\n")), 1, "host-limit");
    refused(&|site| site.write("site.toml", toml("[publish]\nmax_file_size = 900\n")), 1, "host-limit");
    // What is put back as it was, and what is in nobody's way, is fine.
    let site = TestSite::new("-- content/a.md --\n# A\n\nText\n");
    let page = site.build().is_clean().file("a/index.html");
    site.write("public/a/index.html", page);
    site.write("public/mine", "mine");
    site.run(&["check"]).is_clean();
}

#[test]
fn a_template_that_fails_on_one_page_is_found() {
    let site = TestSite::new(CLEAN);
    site.write("templates/odd.html", "{{ page.no.such.thing }}");
    site.write("content/odd.md", "---\ntitle: Odd\ntemplate: odd\n---\ntext\n");
    let run = site.run(&["check", "--format", "json"]).exits(1);
    assert_eq!(codes(&run.stdout), ["template-render"], "{}", run.stdout);
}

#[test]
fn levels_are_those_of_the_site_and_an_error_stays_one() {
    let site = TestSite::new(CLEAN);
    site.write(
        "site.toml",
        "base_url = \"https://e.org/\"\n[links]\nraw-html = \"error\"\nlong-title = \"allow\"\norphan = \"warning\"\nbad-permalink = \"allow\"\n",
    );
    site.write("content/long.md", format!("# {}\n\nA <b>tag</b> and [a guide](guide.md)\n", "a title ".repeat(20)));
    let run = site.run(&["check", "--format", "short"]).exits(1);
    let run = run.says("content/long.md:3:3: error[raw-html]").says("content/long.md:1:1: warning[orphan]");
    assert!(!run.stderr.contains("long-title"));
    site.write("content/long.md", "---\ntitle: x\npermalink: /../x/\n---\n[x](guide.md)\n");
    site.run(&["check", "--format", "short"]).exits(1).says("error[bad-permalink]");
}

#[test]
fn a_baseline_knows_problems_wherever_they_move_and_new_ones_fail() {
    let site = TestSite::new(CLEAN);
    site.write("content/x.md", "# X\n\n[a](no.md)\n");
    site.run(&["check", "--strict"]).exits(1);
    site.run(&["check", "--baseline", "known.txt"]).exits(2).says("--write-baseline");
    site.run(&["check", "--strict", "--baseline", "known.txt", "--write-baseline"]).exits(0);
    site.run(&["check", "--strict", "--baseline", "known.txt"]).exits(0).says("1 known");
    site.write("content/x.md", "# X\n\nMoved\n\nfurther down [a](no.md)\n");
    site.run(&["check", "--strict", "--baseline", "known.txt"]).exits(0);
    site.write("content/x.md", "# X\n\n[a](no.md)\n\n[a](no.md)\n");
    site.run(&["check", "--strict", "--baseline", "known.txt", "--format", "short"])
        .exits(1)
        .says("content/x.md:5:1: warning[dead-link]");
    site.write("content/x.md", "# X\n\n[a](guide.md)\n");
    site.run(&["check", "--strict", "--baseline", "known.txt"]).exits(0).says("1 of the baseline are gone");
    site.write("known.txt", "nonsense\n");
    site.run(&["check", "--baseline", "known.txt"]).exits(2).says("line 1");
}

#[test]
fn sarif_has_the_shape_that_code_hosts_read() {
    let site = TestSite::new(CLEAN);
    site.write("content/x.md", "# X\n\n[a](no.md) and <b>html</b>\n");
    let run = site.run(&["check", "--format", "sarif"]).exits(0);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["version"], "2.1.0");
    assert!(document["$schema"].as_str().unwrap().contains("sarif"));
    let [run] = &document["runs"].as_array().unwrap()[..] else { panic!("one run") };
    assert_eq!(run["tool"]["driver"]["name"], "kbpress");
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "content/x.md");
        let region = &physical["region"];
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[key].as_u64().unwrap() >= 1, "{key}");
        }
    }
}

#[test]
fn json_lines_say_where_and_what_to_do() {
    let site = TestSite::new(CLEAN);
    site.write("content/x.md", "# X\n\n[a](gide.md)\n");
    let run = site.run(&["check", "--format", "json"]).exits(0);
    let problem: Value = serde_json::from_str(run.stdout.trim()).unwrap();
    let expected = serde_json::json!({
        "severity": "warning", "code": "dead-link", "message": "there is no page `gide.md`", "file": "content/x.md",
        "line": 3, "column": 1, "end_line": 3, "end_column": 13, "help": "did you mean `guide.md`?",
    });
    assert_eq!(problem, expected);
    let run = site.run(&["check", "--format", "github"]).exits(0);
    assert!(run.stdout.starts_with("::warning file=content/x.md,line=3,"), "{}", run.stdout);
}

/// Answers requests on a port of this machine, each by its path.
fn serve(answer: fn(&str) -> String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                line.clear();
            }
            let head = answer(first.trim_end());
            let _ = write!(stream, "HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    port
}

#[test]
fn external_links_are_asked_for_politely_and_once() {
    let port = serve(|request| {
        let reply = match request.split(' ').nth(1).unwrap() {
            "/fine" if request.starts_with("HEAD") => "200 OK",
            "/no-head" if request.starts_with("GET") => "200 OK",
            "/no-head" => "405 Method Not Allowed",
            "/gone" => "404 Not Found",
            "/odd" => "410 Gone",
            "/refuses" => "403 Forbidden",
            "/moved" => "301 Moved\r\nlocation: /fine",
            "/elsewhere" => "302 Found\r\nlocation: /fine",
            "/loop" => "301 Moved\r\nlocation: /loop",
            _ => "500 What",
        };
        reply.to_owned()
    });
    let site = TestSite::new(CLEAN);
    let site_toml = "base_url = \"https://e.org/\"\n[external]\nprivate = true\naccept = [\"410\"]\nexclude = [\"**/excluded\"]\n";
    site.write("site.toml", site_toml);
    let names = ["fine", "no-head", "gone", "odd", "refuses", "moved", "elsewhere", "loop", "excluded"];
    let links: String = names.iter().map(|name| format!("[{name}](http://127.0.0.1:{port}/{name}#part)\n")).collect();
    site.write("content/x.md", format!("# X\n\n{links}"));
    let variables = [("http_proxy", ""), ("HTTP_PROXY", ""), ("ALL_PROXY", ""), ("all_proxy", "")];
    let run = site.run_with(&["check", "--external", "--format", "short"], &variables).exits(0);
    for expected in [
        "x.md:5:1: warning[dead-external-link]".to_owned(),
        "status 404".to_owned(),
        format!("`http://127.0.0.1:{port}/moved` has moved for good"),
        "redirects too often".to_owned(),
    ] {
        assert!(run.stderr.contains(&expected), "{expected}:\n{}", run.stderr);
    }
    assert_eq!(run.stderr.matches("warning[").count(), 3, "{}", run.stderr);
    // What was found out holds for some days: nobody is asked again.
    let cache = std::fs::read_to_string(site.path(".kbpress/external-links")).unwrap();
    site.write(
        ".kbpress/external-links",
        cache.replace("/fine\tfine", "/fine\trefused").replace("\trefused\t\n", "\trefused\t418\n"),
    );
    site.run_with(&["check", "--external", "--format", "short"], &variables).says("status 418");
}

#[test]
fn bare_urls_in_plain_text_articles_are_links_too() {
    let port = serve(|request| if request.contains("/gone") { "404 Not Found" } else { "200 OK" }.to_owned());
    let site = TestSite::new("-- content/_index.md --\n# Home\n");
    site.write("site.toml", "base_url = \"https://e.org/\"\n[external]\nprivate = true\n");
    let host = format!("http://127.0.0.1:{port}");
    let body = format!(
        "SUMMARY\n=======\n\nSee ({host}/gone?a=1#part), {host}/fine and\n{host}/gone?id=Q100002 for more.\n\n   {host}/gone.c   1\n   {host}/gone.h   2\n"
    );
    site.write("content/kb/100/Q100001/README.md", kb_text(100_001, "Links", &body));
    site.write("content/kb/100/Q100002/README.md", kb_text(100_002, "Target", "SUMMARY\n=======\n\nText.\n"));
    let variables = [("http_proxy", ""), ("HTTP_PROXY", ""), ("ALL_PROXY", ""), ("all_proxy", "")];
    let run = site.run_with(&["check", "--external", "--format", "short"], &variables).exits(0);
    let dead: Vec<&str> = run.stderr.lines().filter(|line| line.contains("dead-external-link")).collect();
    let places: Vec<String> =
        [(21, 7), (24, 5), (25, 5)].iter().map(|(line, column)| format!("Q100001/README.md:{line}:{column}: ")).collect();
    assert!(dead.len() == 3 && dead.iter().zip(&places).all(|(line, place)| line.contains(place)), "{dead:#?}\n{}", run.stderr);
    assert!(dead[0].contains("/gone?a=1` answers with status 404"), "{dead:#?}");
}

#[test]
fn addresses_of_the_local_network_are_never_asked() {
    let port = serve(|_| panic!("nobody may ask"));
    let site = TestSite::new(CLEAN);
    site.write(
        "content/x.md",
        format!("# X\n\n[a](http://127.0.0.1:{port}/) [b](http://localhost:{port}/) [c](http://169.254.169.254/)\n"),
    );
    let run = site.run(&["check", "--external", "--format", "short"]).exits(0);
    assert_eq!(run.stderr.matches("was not asked").count(), 3, "{}", run.stderr);
}
