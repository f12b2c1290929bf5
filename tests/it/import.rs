//! `kbpress import`: old text files and the folders of other generators.

use crate::support::{Random, TestSite, tree};

const OLD: &str = "DOCUMENT:Q10022  07-SEP-2001  [word97]\r\nTITLE   :Word: \"How\" to Print\r\nPRODUCT :Microsoft Word 97\r\nPROD/VER::97\r\nOPER/SYS:\r\nKEYWORDS:kbprint\r\n\r\n======================================================================\r\n-------------------------------------------------------------------------------\r\nThe information in this article applies to:\r\n\r\n - Microsoft Word 97 for Windows \r\n-------------------------------------------------------------------------------\r\n\r\nSYMPTOMS\r\n========\r\n\r\nIt does not print, says \"caf\u{e9}\".\r\n\r\n1. Look at\r\n   the cable.\r\n\r\nAdditional query words:\r\n\r\n======================================================================\r\nKeywords          : kbprint \r\nTechnology        : kbWordSearch\r\nVersion           : :97\r\n\r\n=============================================================================\r\n\r\nTHE INFORMATION PROVIDED IN THE MICROSOFT KNOWLEDGE BASE IS\r\nPROVIDED \"AS IS\".\r\n\r\nCopyright Microsoft Corporation 2001.";

/// The same article as the public archive has it, but for the spelling of characters.
const CONVERTED: &str = "---\nlayout: page\ntitle: \"Q10022: Word: \\\"How\\\" to Print\"\npermalink: /kb/010/Q10022/\n---\n\n## Q10022: Word: \"How\" to Print\n\n{% raw %}\n\n\tArticle: Q10022\n\tProduct(s): Microsoft Word 97\n\tVersion(s): 97\n\tOperating System(s): \n\tKeyword(s): kbprint\n\tLast Modified: 07-SEP-2001\n\t\n\t-------------------------------------------------------------------------------\n\tThe information in this article applies to:\n\t\n\t- Microsoft Word 97 for Windows \n\t-------------------------------------------------------------------------------\n\t\n\tSYMPTOMS\n\t========\n\t\n\tIt does not print, says \"caf\u{e9}\".\n\t\n\t1. Look at\n\t  the cable.\n\t\n\tAdditional query words:\n\t\n\t======================================================================\n\tKeywords          : kbprint \n\tTechnology        : kbWordSearch\n\tVersion           : :97\n\t\n\t=============================================================================\n\t\n\n{% endraw %}\n";

/// The bytes of `text` in the encoding of the old files.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn an_old_text_file_becomes_the_article_of_the_archive() {
    let site = TestSite::new("");
    site.write("old/010/Q10022.TXT", windows_1252(OLD));
    site.run(&["import", "old"]).exits(0).says("1 files made");
    assert_eq!(std::fs::read_to_string(site.path("content/kb/010/Q10022/README.md")).unwrap(), CONVERTED);
    let run = site.build().is_clean();
    assert!(run.file("kb/010/Q10022/index.html").contains("caf\u{e9}"));
}

#[test]
fn an_import_can_be_repeated_and_keeps_what_was_edited() {
    let site = TestSite::new("");
    site.write("old/Q10022.TXT", windows_1252(OLD));
    site.run(&["import", "old"]).exits(0);
    site.run(&["import", "old"]).exits(0).says("0 files made, 1 were there already");
    site.write("content/kb/010/Q10022/README.md", "edited");
    let before = tree(&site.path("content"));
    site.run(&["import", "old", "--format", "short"]).exits(1).says("old/Q10022.TXT:").says("error[import-refused]");
    assert_eq!(tree(&site.path("content")), before);
}

#[test]
fn a_file_without_the_header_is_named_and_the_others_come_in() {
    let site = TestSite::new("");
    site.write("old/Q10022.TXT", windows_1252(OLD));
    site.write("old/notes.txt", "Some notes\n");
    site.run(&["import", "old"]).exits(1).says("import-refused").says("old/notes.txt").says("1 files made");
    site.run(&["import", "nowhere"]).exits(3).says("nowhere");
}

#[test]
fn a_jekyll_site_comes_in_with_its_addresses() {
    let site = TestSite::new(
        "
-- old/_config.yml --
title: Old
-- old/_layouts/default.html --
<html>{{ content }}</html>
-- old/index.md --
---
layout: default
title: Home
---
See [a post]({% post_url 2020-01-31-hello %}) and [another]({{ site.baseurl }}/docs/).
-- old/_posts/2020-01-31-hello.md --
---
title: Hello
---
{% highlight ruby %}
puts 1
{% endhighlight %}

{% include video.html id=1 %}
-- old/_drafts/soon.md --
---
title: Soon
---
Text
-- old/docs/index.markdown --
---
title: Docs
---
Text
-- old/images/a.png --
png
",
    );
    let run = site.run(&["import", "old", "--format", "short"]).exits(0);
    let run = run.says("old/_posts/2020-01-31-hello.md:8:1: warning[import-unmapped]: the tag `{% include video.html id=1 %}`");
    let run = run.says("old/_config.yml: warning").says("old/_layouts/default.html: warning");
    assert_eq!(run.stderr.matches("import-unmapped").count(), 3, "{}", run.stderr);
    let run = site.build().exits(0);
    assert!(run.file("2020/01/31/hello.html").contains("/posts/hello/"), "the old address leads to the new one");
    let post = std::fs::read_to_string(site.path("content/posts/2020-01-31-hello.md")).unwrap();
    assert!(post.contains("```ruby\nputs 1\n```\n") && post.contains("date: 2020-01-31\n"), "{post}");
    assert!(run.file("index.html").contains("/docs/posts/hello/"));
    assert!(run.has("images/a.png") && run.has("docs/index.html") && !run.has("drafts/soon/index.html"));
}

#[test]
fn a_hugo_site_comes_in_with_its_front_matter_as_yaml() {
    let site = TestSite::new(
        "
-- old/hugo.toml --
title = \"Old\"
-- old/themes/x/layouts/index.html --
<html></html>
-- old/content/_index.md --
+++
title = \"Home\"
+++
See [the guide]({{< ref \"/guide/a.md\" >}}).
-- old/content/guide/a.md --
+++
title = \"A: one\"
date = 2020-01-31T10:00:00Z
tags = [\"x\", \"y\"]
weight = 3
[params]
any = true
+++

{{< highlight go >}}
x := 1
{{< /highlight >}}

{{< youtube 12345 >}}

What `{{ stays }}` is text.
-- old/content/guide/pic.png --
png
-- old/static/humans.txt --
User-agent: *
",
    );
    let run = site.run(&["import", "old", "--format", "short"]).exits(0);
    let run = run.says("old/content/guide/a.md:14:1: warning[import-unmapped]: the tag `{{< youtube 12345 >}}`");
    assert!(!run.stderr.contains("stays"), "{}", run.stderr);
    let article = std::fs::read_to_string(site.path("content/guide/a.md")).unwrap();
    assert!(
        article.starts_with("---\n") && article.contains("2020-01-31T10:00:00Z") && article.contains("```go\nx := 1\n```\n"),
        "{article}"
    );
    let run = site.build().exits(0);
    assert!(!run.stderr.contains("error") && run.file("guide/a/index.html").contains("A: one"), "{}", run.stderr);
    assert!(run.file("index.html").contains("/docs/guide/a/"));
    assert!(run.has("guide/pic.png") && run.has("humans.txt"));
}

#[test]
fn control_characters_in_old_texts_are_told_of_and_the_article_builds() {
    let site = TestSite::new("");
    let odd = OLD.replace("\"How\"", "\u{7}\u{7f}\\ \"\t\u{81}").replace("the cable", "the \u{1b}[1mcable\u{0}");
    site.write("old/Q10022.TXT", windows_1252(&odd));
    let run = site.run(&["import", "old", "--format", "short"]).exits(0);
    let run = run.says("Q10022.TXT:2:16: warning[import-unmapped]: the text has 4 control characters, the first is U+0007");
    assert_eq!(run.stderr.matches("import-unmapped").count(), 1, "{}", run.stderr);
    let text = std::fs::read_to_string(site.path("content/kb/010/Q10022/README.md")).unwrap();
    assert!(text.contains(r#"title: "Q10022: Word: \u0007\u007F\\ \"	ü to Print""#), "{text}");
    site.build().exits(0);
}

#[test]
fn lines_of_an_old_text_may_end_as_on_a_macintosh() {
    let site = TestSite::new("");
    site.write("old/Q10022.TXT", windows_1252(&OLD.replace("\r\n", "\r")));
    site.run(&["import", "old"]).exits(0).says("1 files made");
    assert_eq!(std::fs::read_to_string(site.path("content/kb/010/Q10022/README.md")).unwrap(), CONVERTED);
}

#[test]
fn front_matter_in_any_of_hugos_forms_comes_in() {
    let site = TestSite::new("-- old/hugo.toml --\n");
    site.write("old/content/json.md", "{\n  \"title\": \"From: JSON\",\n  \"tags\": [\"x\", \"y\"]\n}\n\nText of json\n");
    site.write("old/content/braces.md", "---\n{title: \"In: braces\", weight: 3}\n---\nText of braces\n");
    site.write("old/content/toml.md", "+++\ntitle = \"From: \\u0007 TOML\"\n+++\nText of toml\n");
    site.write("old/content/plain.md", "{{< note >}} no front matter\n");
    site.run(&["import", "old", "--format", "short"]).exits(0);
    let run = site.build().exits(0);
    for (page, title) in [("json", "From: JSON"), ("braces", "In: braces"), ("toml", "TOML")] {
        let html = run.file(&format!("{page}/index.html"));
        assert!(html.contains(title) && html.contains(&format!("Text of {page}")) && !html.contains("title:"), "{page}: {html}");
    }
}

#[test]
fn front_matter_that_cannot_be_read_is_kept_as_code_and_told_of() {
    for (from, name, text, place) in [
        ("jekyll", "_posts/2020-01-31-a.md", "---\ntitle: A: b: c\nlost: no\n---\nText\n", "a.md:2:9"),
        ("jekyll", "docs/a.md", "---\n\ttitle: A\nlost: no\n---\nText\n", "a.md:2:1"),
        ("jekyll", "docs/a.md", "---\ntitle: \"A \u{7}\"\nlost: no\n---\nText\n", "a.md:2:11"),
        ("jekyll", "docs/a.md", "---\ntitle: A\nlost: no\nText\n", "a.md:1:1"),
        ("hugo", "content/a.md", "+++\ntitle = A\nlost = \"no\"\n+++\nText\n", "a.md:2:9"),
        ("hugo", "content/a.md", "{ \"title\": \"A\", \"lost\": no }\nText\n", "a.md:1:1"),
    ] {
        let site = TestSite::new("");
        site.write(&format!("old/{name}"), text);
        let run = site.run(&["import", "old", "--from", from, "--format", "short"]).exits(0);
        assert!(run.stderr.contains(&format!("{place}: warning[import-unmapped]")), "{place}:\n{}", run.stderr);
        let run = site.build().exits(0);
        let pages = run.tree();
        let holds = |word: &str| {
            pages.iter().any(|(path, bytes)| path.contains("a/index.html") && String::from_utf8_lossy(bytes).contains(word))
        };
        assert!(holds("lost") && holds("Text"), "{text}");
    }
}

#[test]
fn what_jekyll_reads_from_a_name_is_added_whatever_the_name_and_the_front_matter() {
    let site = TestSite::new("-- old/_config.yml --\n");
    site.write("old/_posts/2020-01-31-what? #1 100%.md", "---\n\"date\": 2020-02-01\ntitle: Odd\n---\nText\n");
    site.write("old/_posts/2020-01-31-braces.md", "---\n{title: Braces}\n---\nText\n");
    site.write("old/_posts/2020-01-31-indented.md", "---\n  title: Indented\n---\nText\n");
    site.write("old/_posts/2020-01-31-pattern.md", "---\ntitle: P\npermalink: /:year/:title/\n---\nText\n");
    let run = site.run(&["import", "old", "--format", "short"]).exits(0);
    let run = run.says("indented.md:1:1: warning[import-unmapped]: the front matter takes no more lines");
    let run = run.says("pattern.md:3:12: warning[import-unmapped]: the permalink `/:year/:title/` is a pattern");
    assert_eq!(run.stderr.matches("import-unmapped").count(), 3, "{}", run.stderr);
    site.remove("content/posts/2020-01-31-pattern.md");
    let run = site.build().exits(0);
    assert!(run.has("posts/braces/index.html") && run.has("posts/what-sharp-1-100/index.html"), "{:?}", run.tree().keys());
}

#[test]
fn whatever_is_imported_can_be_read() {
    const PIECES: [&str; 28] = [
        "---",
        "+++",
        "...",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        ":",
        ": ",
        "- ",
        "#",
        "&a ",
        "*a ",
        "!x ",
        "| ",
        "> ",
        "\n",
        "\n",
        "\t",
        "  ",
        "title",
        "date",
        "=",
        "2020-01-31",
        "\u{7}",
        "\u{85}",
    ];
    let mut random = Random::new(7);
    let (jekyll, hugo) = (TestSite::new("-- old/_config.yml --\n"), TestSite::new("-- old/hugo.toml --\n"));
    for number in 0..400 {
        let mark = ["---", "+++", "{ \"a\": "][random.below(3)];
        let mut text = format!("{mark}\n");
        (0..random.below(30)).for_each(|_| text.push_str(PIECES[random.below(PIECES.len())]));
        text.push_str(&format!("\n{mark}\nThe word kept{number}.\n"));
        jekyll.write(&format!("old/_posts/2020-01-31-n{number}.md"), &text);
        hugo.write(&format!("old/content/n{number}.md"), &text);
    }
    for site in [&jekyll, &hugo] {
        site.run(&["import", "old", "--format", "short"]);
        for (path, bytes) in tree(&site.path("content")) {
            let path = path.as_str().into();
            let text = String::from_utf8(bytes).unwrap();
            let (split, mut problems) = kbpress::front_matter::split(&path, &text);
            problems.extend(split.yaml.map(|yaml| kbpress::front_matter::parse(&path, &text, yaml, &[]).1).unwrap_or_default());
            let broken = ["front-matter-syntax", "front-matter-limit", "front-matter-unterminated", "front-matter-not-yaml"];
            let problem = problems.iter().find(|problem| broken.contains(&problem.code));
            assert!(problem.is_none(), "{problem:?} in {text:?}");
            let number = path.trim_end_matches(".md").rsplit('n').next().unwrap();
            assert!(text.contains(&format!("The word kept{number}.")), "{text:?}");
        }
    }
}
