//! `[publish]`: what is made for the host of a site.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::support::{Run, TestSite};

const ARTICLES: &str = "
-- content/a.md --
---
title: A
aliases: [/old/, \"/o l$d{/\"]
---
A
-- content/b.md --
---
title: B
superseded_by: /a/
aliases: [/b-was-here/]
---
B
-- content/c.md --
---
title: C
status: retired
---
C
-- content/later.md --
---
title: Later
retired_on: 2099-01-01
---
Not yet.
-- content/d.md --
---
title: D
redirect_to: https://example.com/d
---
-- content/e.md --
# E
";

/// The site that `[publish]` of this text makes, with a redirect in `site.toml` too.
fn built(publish: &str) -> Run {
    let site = TestSite::new(ARTICLES);
    let config =
        format!("base_url = \"https://example.org/docs/\"\n[publish]\n{publish}\n[redirects]\n\"/r.html\" = \"/old/#part\"\n");
    site.write("site.toml", config);
    site.build().is_clean()
}

#[test]
fn netlify_and_cloudflare_get_one_line_for_each_redirect_that_leads_straight_to_its_end() {
    let netlify = built("host = \"netlify\"").file("_redirects");
    let expected = "\
/docs/b-was-here/ /docs/a/ 301!
/docs/b/ /docs/a/ 301!
/docs/c/ /docs/c/ 410!
/docs/d/ https://example.com/d 301!
/docs/o%20l$d%7B/ /docs/a/ 301!
/docs/old/ /docs/a/ 301!
/docs/r.html /docs/a/ 301!
";
    assert_eq!(netlify, expected);
    let cloudflare = built("host = \"cloudflare-pages\"").file("_redirects");
    assert_eq!(cloudflare, expected.replace("/docs/c/ /docs/c/ 410!\n", "").replace('!', ""));
}

#[test]
fn pages_keep_their_urls_where_the_owner_says_so() {
    let run = built("host = \"netlify\"\nretired = \"page\"\nsuperseded = \"page\"");
    let redirects = run.file("_redirects");
    assert!(!redirects.contains("410") && !redirects.contains("/docs/b/ /docs/a/"), "{redirects}");
    assert!(redirects.contains("/docs/b-was-here/ /docs/b/ 301!"), "{redirects}");
    assert!(!built("host = \"netlify\"\nredirects = \"pages\"").has("_redirects"));
}

#[test]
fn headers_send_the_policy_and_keep_only_hashed_names_for_ever() {
    let run = built("host = \"netlify\"");
    let headers = run.file("_headers");
    assert!(headers.starts_with("/docs/*\n  Content-Security-Policy: default-src 'none'; script-src 'self'"), "{headers}");
    assert!(headers.contains("/docs/search/s/*\n  Cache-Control: public, max-age=31536000, immutable\n"), "{headers}");
    for line in headers.lines().filter(|line| line.starts_with("/docs/assets/")) {
        assert!(run.has(line.strip_prefix("/docs/").unwrap()), "{line}");
    }
    assert!(headers.contains("/docs/assets/kbpress."), "{headers}");
}

#[test]
fn github_pages_gets_its_domain_and_runs_no_jekyll() {
    let run = built("host = \"github-pages\"");
    assert_eq!((run.file(".nojekyll").as_str(), run.file("CNAME").as_str()), ("", "example.org\n"));
    let site = TestSite::new("-- content/a.md --\n# A\n");
    site.write("site.toml", "base_url = \"https://me.github.io/kb/\"\n[publish]\nhost = \"github-pages\"\n");
    assert!(!site.build().is_clean().has("CNAME"));
}

#[test]
fn a_file_of_the_owner_wins() {
    let site = TestSite::new("-- static/CNAME --\nother.example\n-- content/a.md --\n# A\n");
    site.write("site.toml", "base_url = \"https://example.org/\"\n[publish]\nhost = \"github-pages\"\n");
    assert_eq!(site.build().is_clean().file("CNAME"), "other.example\n");
}

#[test]
fn a_bucket_gets_rules_that_do_not_lead_other_pages_away() {
    let site = TestSite::new(
        "
-- content/a.md --
---
title: A
aliases: [/old/, /part/]
---
A
-- content/part/x.md --
# X
-- content/d.md --
---
title: D
redirect_to: http://example.com/d/e
---
",
    );
    site.write("site.toml", "base_url = \"https://example.org/docs/\"\n[publish]\nhost = \"s3\"\n");
    let website: Value = serde_json::from_str(&site.build().is_clean().file("_host/s3-website.json")).unwrap();
    let rules = json!([
        { "Condition": { "KeyPrefixEquals": "d/" },
          "Redirect": { "HttpRedirectCode": "301", "Protocol": "http", "HostName": "example.com", "ReplaceKeyWith": "d/e" } },
        { "Condition": { "KeyPrefixEquals": "old/" }, "Redirect": { "HttpRedirectCode": "301", "ReplaceKeyWith": "a/" } },
    ]);
    assert_eq!(website["RoutingRules"], rules);
}

#[test]
fn text_files_of_some_size_have_packed_siblings_that_the_next_build_keeps_and_removes() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- static/small.txt --\nsmall\n");
    let config = "base_url = \"https://example.org/\"\n[publish]\ncompress = [\"gz\", \"br\"]\n";
    site.write("site.toml", config);
    let first = site.build().is_clean().tree();
    let page = &first["a/index.html"];
    let mut gzip = Vec::new();
    flate2::read::GzDecoder::new(first["a/index.html.gz"].as_slice()).read_to_end(&mut gzip).unwrap();
    assert_eq!(&gzip, page);
    let mut brotli = Vec::new();
    brotli::BrotliDecompress(&mut first["a/index.html.br"].as_slice(), &mut brotli).unwrap();
    assert_eq!(&brotli, page);
    assert!(!first.contains_key("small.txt.gz") && !first.keys().any(|path| path.ends_with(".png.gz")));
    assert!(first.keys().filter(|path| path.ends_with(".br")).all(|path| first[path].len() < first[&path[..path.len() - 3]].len()));
    // An edit packs the page anew; without `compress` the siblings are gone.
    site.write("content/a.md", "# A\nAnother text.\n");
    assert_ne!(site.build().is_clean().tree()["a/index.html.gz"], first["a/index.html.gz"]);
    site.write("site.toml", "base_url = \"https://example.org/\"\n");
    assert!(site.build().is_clean().tree().keys().all(|path| !path.ends_with(".gz") && !path.ends_with(".br")));
}

#[test]
fn an_archive_has_what_the_host_wants_too() {
    let site = TestSite::new(ARTICLES);
    site.write("site.toml", "base_url = \"https://example.org/\"\n[publish]\nhost = \"caddy\"\ncompress = [\"gz\"]\n");
    let built = site.build().is_clean().tree();
    site.run(&["build", "--tar", "site.tar"]).is_clean();
    let archive = std::fs::read(site.path("site.tar")).unwrap();
    let mut names: Vec<String> = tar::Archive::new(archive.as_slice())
        .entries()
        .unwrap()
        .map(|e| e.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, built.keys().cloned().collect::<Vec<_>>());
    assert!(built.contains_key("_host/Caddyfile") && built.contains_key("index.html.gz"));
}

#[test]
fn too_many_files_are_refused_before_anything_is_published() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    site.write("site.toml", "base_url = \"https://example.org/\"\n[publish]\nhost = \"cloudflare-pages\"\nmax_files = 3\n");
    let run = site.build().exits(1).says("error[host-limit]: `cloudflare-pages` allows 3 files and the site has").says("too many");
    assert!(!run.has("index.html"));
    site.run(&["build", "--tar", "site.tar"]).exits(1).says("host-limit");
    assert!(!site.path("site.tar").exists());
}

#[test]
fn a_redirect_that_is_too_long_for_the_host_is_refused() {
    let site = TestSite::new("");
    let long = vec!["a-long-part".repeat(10); 6].join("/");
    site.write("content/a.md", format!("---\ntitle: A\npermalink: /{long}/\naliases: [/old/{long}/]\n---\nText\n"));
    site.write("site.toml", "base_url = \"https://example.org/\"\n[publish]\nhost = \"cloudflare-pages\"\n");
    let run = site.build().exits(1);
    let run = run.says("`cloudflare-pages` allows 1,000 characters in a line of `_redirects` and the site has 1,3");
    assert!(!run.has("index.html"));
    site.write("site.toml", "base_url = \"https://example.org/\"\n[publish]\nhost = \"cloudflare-pages\"\nredirects = \"pages\"\n");
    site.build().is_clean();
}
