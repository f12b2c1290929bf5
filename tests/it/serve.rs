//! `kbpress serve`: who may ask, what is answered, and how a preview follows its files.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::{TestSite, tree};

/// How long anything may take here; the machine that tests run on may be busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// A preview of a test site, ended when it is dropped.
struct Preview {
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
}

/// What came back: status, head, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Preview {
    fn of(site: &TestSite, args: &[&str]) -> Self {
        let mut preview = Self::starting(site, args);
        eventually("the site is read", || preview.get("/docs/").status == 200);
        assert!(preview.child.try_wait().unwrap().is_none());
        preview
    }

    /// A preview that may not have read its site yet.
    fn starting(site: &TestSite, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kbpress"));
        command.arg("serve").args(args).current_dir(site.path("."));
        if !args.contains(&"-p") {
            command.args(["-p", "0"]);
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let address = first.strip_prefix("serving http://").and_then(|rest| rest.split('/').next()).map(|a| a.parse().unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                heard.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { child, address: address.unwrap_or_else(|| panic!("{first}")), said }
    }

    /// Sends `request` as it is, and reads until the other side closes.
    fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn ask(&self, target: &str, headers: &str) -> Answer {
        let host = self.address;
        self.raw(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").as_bytes())
    }

    fn get(&self, target: &str) -> Answer {
        self.ask(target, "")
    }

    fn state(&self, path: &str) -> String {
        self.get(&format!("/__kbpress/state?path={path}")).body
    }

    /// Waits until the page at `target` holds `text`.
    #[track_caller]
    fn shows(&self, target: &str, text: &str) {
        eventually(text, || self.get(target).body.contains(text));
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        assert!(!self.said().contains("panicked"), "{}", self.said());
    }
}

#[track_caller]
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn site() -> TestSite {
    TestSite::new(
        "
-- content/_index.md --
# Home
-- content/guide/_index.md --
# Guide
-- content/guide/a.md --
---
title: First
tags: [x]
---
The text of the first page, with a [link](b.md).
-- content/guide/b.md --
# Second
Text.
-- content/guide/version.md --
---
permalink: /guide/v1.0/
---
# Version
-- content/guide/pic.png --
not really
-- static/extra.css --
body { color: red }
",
    )
}

#[test]
fn pages_are_what_build_makes_but_for_the_script() {
    let site = site();
    let built = site.build().is_clean();
    let preview = Preview::of(&site, &[]);
    for (url, file) in [("/docs/", "index.html"), ("/docs/guide/a/", "guide/a/index.html"), ("/docs/nope", "404.html")] {
        let page = preview.get(url);
        let (before, rest) =
            page.body.split_once("<script src=\"/__kbpress/reload.js\"").unwrap_or_else(|| panic!("{}", page.body));
        assert_eq!(format!("{before}{}", rest.split_once("</script>\n").unwrap().1), built.file(file), "{url}");
        assert!(page.head.contains("Content-Type: text/html; charset=utf-8"), "{}", page.head);
    }
    assert_eq!(preview.get("/docs/nope").status, 404);
    for (url, kind) in [
        ("/docs/guide/pic.png", "image/png"),
        ("/docs/extra.css", "text/css; charset=utf-8"),
        ("/docs/atom.xml", "application/xml"),
        ("/docs/robots.txt", "text/plain; charset=utf-8"),
    ] {
        let file = preview.get(url);
        assert_eq!(file.body, built.file(url.trim_start_matches("/docs/")), "{url}");
        assert!(file.head.contains(&format!("Content-Type: {kind}\r\n")), "{url}: {}", file.head);
    }
    let plain = Preview::of(&site, &["--no-reload"]);
    assert_eq!(plain.get("/docs/guide/a/").body, built.file("guide/a/index.html"));
}

#[test]
fn paths_without_their_slash_are_redirected_within_the_site() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    for (from, to) in [
        ("/", "/docs/"),
        ("/docs", "/docs/"),
        ("/docs/guide", "/docs/guide/"),
        ("/docs/guide/a?x=1", "/docs/guide/a/?x=1"),
        ("/docs/guide/v1.0", "/docs/guide/v1.0/"),
    ] {
        let answer = preview.get(from);
        assert_eq!(answer.status, 302, "{from}");
        assert!(answer.head.contains(&format!("\r\nLocation: {to}\r\n")), "{from}: {}", answer.head);
    }
    assert_eq!(preview.get("/docs/guide/a/index.html").status, 200);
    for nothing in ["//example.org", "//example.org/..", "/docs//example.org", "/other/", "/docsguide/a/"] {
        assert_eq!(preview.get(nothing).status, 404, "{nothing}");
    }
}

#[test]
fn only_this_machine_by_its_own_name_is_answered() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let port = preview.address.port();
    let with_host = |host: &str| preview.raw(format!("GET /docs/ HTTP/1.1\r\nConnection: close\r\n{host}\r\n").as_bytes()).status;
    for host in ["localhost", "LocalHost", "127.0.0.1", "[::1]"] {
        assert_eq!(with_host(&format!("Host: {host}:{port}\r\n")), 200, "{host}");
    }
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "0.0.0.0", "", "localhost:1", "a@localhost"]
    {
        assert_eq!(with_host(&format!("Host: {host}:{port}\r\n")), 403, "{host}");
    }
    assert_eq!(with_host(""), 403);
    assert_eq!(with_host("Host: localhost\r\n"), 403);
    assert_eq!(with_host(&format!("Host: localhost:{port}\r\nHost: localhost:{port}\r\n")), 403);
}

#[test]
fn pages_of_other_sites_are_refused_and_nothing_is_shared_with_them() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let port = preview.address.port();
    let status = |target: &str, headers: &str| preview.ask(target, headers).status;
    for headers in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Sec-Fetch-Site: strange\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: document\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://localhost:1\r\n",
    ] {
        assert_eq!(status("/docs/", headers), 403, "{headers}");
        assert_eq!(status("/__kbpress/state?path=%2F", headers), 403, "{headers}");
    }
    assert_eq!(status("/docs/", "Sec-Fetch-Site: same-origin\r\n"), 200);
    assert_eq!(status("/docs/", "Sec-Fetch-Site: none\r\n"), 200);
    assert_eq!(status("/docs/", &format!("Origin: http://localhost:{port}\r\n")), 200);
    // A link to the preview, in a mail or on a page, opens it.
    let navigation = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    assert_eq!(status("/docs/", navigation), 200);
    assert_eq!(status("/__kbpress/state?path=%2F", navigation), 403);
    for target in ["/docs/", "/docs/nope", "/__kbpress/state?path=%2F", "/__kbpress/reload.js", "/docs/guide/pic.png"] {
        let head = preview.get(target).head;
        assert!(!head.to_lowercase().contains("access-control"), "{head}");
        let policy = "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'\r\n";
        assert!(head.contains(policy), "{head}");
    }
}

#[test]
fn three_hundred_hostile_targets_lead_nowhere() {
    let site = site();
    site.write("secret.txt", "SECRET");
    site.write("content/.hidden/secret.md", "SECRET");
    let preview = Preview::of(&site, &[]);
    let ups = [
        "../",
        "..\\",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%2f",
        "..%5c",
        ".%2e/",
        "%252e%252e%252f",
        "..;/",
        "....//",
        "%c0%ae%c0%ae/",
        "..%00/",
    ];
    let files = ["secret.txt", "site.toml", "content/guide/a.md", "etc/passwd", ".hidden/secret.md", "content/.hidden/secret.md"];
    let mut targets: Vec<String> = Vec::new();
    for up in ups {
        for file in files {
            for depth in [1, 3, 9] {
                targets.push(format!("/docs/{}{file}", up.repeat(depth)));
            }
            targets.push(format!("/{}{file}", up.repeat(6)));
        }
    }
    for odd in [
        "/docs/%00",
        "/docs/guide/a/%00",
        "/docs/C:/Windows/win.ini",
        "/docs/C%3A%5CWindows",
        "/docs/con",
        "/docs/nul.txt",
        "/docs/%",
        "/docs/%zz",
        "/docs/%e0%80",
        "/docs/\\\\host\\share",
        "/docs/file:///etc/passwd",
        "/docs/./a",
        "/docs/guide/./a/",
        "/docs/guide//a/",
        "/docs/guide/a/%2f",
        "/docs/~root/",
        "/docs/guide/a%0d%0aX-Evil:1",
        "/__kbpress/",
        "/__kbpress/../docs/",
        "/__kbpress/explain/../../x",
        "/__kbpress/explain/%2e%2e",
        "/__kbpress/nothing",
        "/docs/*",
        "/*",
        "/docs/?../../secret.txt",
        "/docs/guide/a/index.html/x",
    ] {
        targets.push(odd.to_owned());
    }
    assert!(targets.len() >= 300, "{}", targets.len());
    for target in &targets {
        let answer = preview.get(target);
        assert!(matches!(answer.status, 200 | 302 | 400 | 404), "{target}: {} {}", answer.status, answer.head);
        assert!(!answer.body.contains("SECRET") && !answer.body.contains("root:") && !answer.body.contains("base_url"), "{target}");
        assert!(!answer.head.contains("X-Evil"), "{target}");
        if answer.status == 302 {
            assert!(answer.head.contains("\r\nLocation: /docs/"), "{target}: {}", answer.head);
        }
        let state = preview.state(&target.replace('%', "%25").replace(['?', '#'], "%3F").replace('\\', "%5C"));
        assert!(!state.contains("SECRET"), "{target}");
    }
    assert_eq!(preview.get("/docs/guide/a/").status, 200);
}

#[test]
fn what_is_no_request_gets_a_status_and_the_connection_is_closed() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let host = preview.address;
    for (request, status) in [
        (format!("POST /docs/ HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("DELETE /docs/ HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("CONNECT x:1 HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("GET /docs/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello"), 413),
        (format!("GET /docs/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 413),
        (format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "a".repeat(5000)), 414),
        (format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "a".repeat(20_000)), 431),
        (format!("GET / HTTP/9.9\r\nHost: {host}\r\n\r\n"), 505),
        ("\0\u{1}\u{2}\r\n\r\n".to_owned(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505),
    ] {
        assert_eq!(preview.raw(request.as_bytes()).status, status, "{request:.60?}");
    }
    assert_eq!(preview.raw(b"GET /\xff\xfe HTTP/1.1\r\n\r\n").status, 400);
    let head = preview.raw(format!("HEAD /docs/guide/a/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
    assert!(head.status == 200 && head.body.is_empty() && head.head.contains("Content-Length: "), "{}", head.head);
}

#[test]
fn one_connection_carries_several_requests() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let host = preview.address;
    let one = format!("GET /docs/robots.txt HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let last = format!("GET /docs/robots.txt HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let answer = preview.raw(format!("{one}{one}{last}").as_bytes());
    assert_eq!((answer.head + &answer.body).matches("HTTP/1.1 200 OK").count(), 3);
}

#[test]
fn slow_and_half_open_connections_keep_nobody_out() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let open: Vec<TcpStream> = (0..400)
        .map(|i| {
            let mut stream = TcpStream::connect(preview.address).unwrap();
            let begun: &[u8] = [b"".as_slice(), b"G", b"GET /docs/ HTTP/1.1\r\n", b"GET /docs/ HTTP/1.1\r\nHost: x\r\nA"][i % 4];
            let _ = stream.write_all(begun);
            stream
        })
        .collect();
    let began = Instant::now();
    for _ in 0..5 {
        assert_eq!(preview.get("/docs/guide/a/").status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    drop(open);
    assert_eq!(preview.get("/docs/guide/a/").status, 200);
}

#[test]
fn eight_listeners_do_not_block_each_other() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let request = format!("GET /__kbpress/events HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
    let mut listeners: Vec<BufReader<TcpStream>> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(preview.address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            BufReader::new(stream)
        })
        .collect();
    let mut hear = |listener: &mut BufReader<TcpStream>| {
        let mut line = String::new();
        while !line.starts_with("data: ") {
            line.clear();
            assert!(listener.read_line(&mut line).unwrap() > 0);
        }
        line
    };
    let before: Vec<String> = listeners.iter_mut().map(&mut hear).collect();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(preview.get("/docs/guide/a/").status, 200)));
        }
    });
    site.write("content/guide/b.md", "# Second\nIt is another text.\n");
    let after: Vec<String> = listeners.iter_mut().map(&mut hear).collect();
    assert!(before.iter().zip(&after).all(|(before, after)| before != after), "{before:?} {after:?}");
}

#[test]
fn an_edit_shows_in_the_page_and_in_what_lists_and_names_it() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    site.write("content/guide/a.md", "---\ntitle: First\ntags: [x]\n---\nIt is another text.\n");
    preview.shows("/docs/guide/a/", "It is another text.");
    site.write("content/guide/a.md", "---\ntitle: Renamed\ntags: [x]\n---\nIt is another text.\n");
    preview.shows("/docs/guide/a/", "Renamed");
    preview.shows("/docs/guide/", "Renamed");
    site.write("content/guide/a.md", "---\ntitle: Renamed\ntags: [y]\n---\nIt is another text.\n");
    preview.shows("/docs/tags/y/", "Renamed");
    eventually("the old term is gone", || preview.get("/docs/tags/x/").status == 404);
}

#[test]
fn files_that_are_made_renamed_and_removed_come_and_go() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    site.write("content/new/deep/page.md", "# New\nIt is here.\n");
    preview.shows("/docs/new/deep/page/", "It is here.");
    std::fs::rename(site.path("content/new"), site.path("content/moved")).unwrap();
    preview.shows("/docs/moved/deep/page/", "It is here.");
    eventually("the old place is empty", || preview.get("/docs/new/deep/page/").status == 404);
    site.write("content/moved/deep/page.md", "# New\nIt is followed.\n");
    preview.shows("/docs/moved/deep/page/", "It is followed.");
    std::fs::remove_dir_all(site.path("content/moved")).unwrap();
    eventually("it is gone", || preview.get("/docs/moved/deep/page/").status == 404);
    // As editors save: a new file in the place of the old one.
    site.write("content/guide/b.md.tmp", "# Second\nSaved by renaming.\n");
    std::fs::rename(site.path("content/guide/b.md.tmp"), site.path("content/guide/b.md")).unwrap();
    preview.shows("/docs/guide/b/", "Saved by renaming.");
    site.write("content/guide/pic.png", "another picture");
    preview.shows("/docs/guide/pic.png", "another picture");
}

#[test]
fn templates_static_files_and_the_configuration_are_followed() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    site.write("templates/page.html", "{% extends \"kbpress/page.html\" %}{% block footer %}my own footer{% endblock %}");
    preview.shows("/docs/guide/a/", "my own footer");
    site.write("templates/page.html", "{% extends \"kbpress/page.html\" %}{% block footer %}another footer{% endblock %}");
    preview.shows("/docs/guide/a/", "another footer");
    site.write("static/extra.css", "body { color: blue }");
    preview.shows("/docs/extra.css", "blue");
    site.write("static/kbpress.css", "body { color: green }");
    eventually("the theme's style sheet is replaced", || {
        let page = preview.get("/docs/guide/a/").body;
        let href = page.split("href=\"").find_map(|part| part.split('"').next().filter(|href| href.contains("/assets/kbpress.")));
        href.is_some_and(|href| preview.get(href).body.contains("green"))
    });
    site.write("site.toml", "base_url = \"https://example.org/docs/\"\ntitle = \"Another title\"\ncontent_dir = \"texts\"\n");
    site.write("texts/only.md", "# Only\n");
    preview.shows("/docs/only/", "Another title");
    site.write("texts/only.md", "# Only\nIt is followed there too.\n");
    preview.shows("/docs/only/", "It is followed there too.");
}

#[test]
fn a_mistake_keeps_the_last_good_pages_and_is_forgotten_when_it_is_mended() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    let good = "---\ntitle: First\ndate: 2020-01-01\n---\n";
    let broken: [(&str, &str, &str, &str); 5] = [
        ("content/guide/a.md", "---\ntitle: First\ndate: [no, date]\n---\nbroken\n", "front-matter", "content/guide/a.md:3"),
        ("templates/page.html", "one\n{{ oops\n", "template-syntax", "templates/page.html:2"),
        ("content/guide/b.md", "---\npermalink: /guide/a/\n---\nbroken\n", "path-collision", "content/guide/"),
        ("site.toml", "base_url = \"https://example.org/docs/\"\ntitle = 3\n", "config-wrong-type", "site.toml:2"),
        ("content/guide/b.md", "---\ntitle: \"open\nbroken\n", "front-matter", "content/guide/b.md:"),
    ];
    for cycle in 0..30 {
        let (file, text, code, place) = broken[cycle % broken.len()];
        let before = std::fs::read(site.path(file)).ok();
        site.write(file, text);
        eventually(&format!("{code} is said in cycle {cycle}"), || {
            let state = preview.state("%2Fdocs%2Fguide%2Fa%2F");
            state.contains(&format!("\"code\":\"{code}")) && state.contains(place)
        });
        let page = preview.get("/docs/guide/a/");
        assert!(page.status == 200 && !page.body.contains("broken"), "{cycle}: {}", page.body);
        match before {
            Some(before) => site.write(file, before),
            None => site.remove(file),
        }
        eventually(&format!("nothing is wrong after cycle {cycle}"), || preview.state("%2Fdocs%2F").contains("\"problems\":[]"));
        site.write("content/guide/a.md", format!("{good}The text of cycle {cycle}.\n"));
        preview.shows("/docs/guide/a/", &format!("The text of cycle {cycle}."));
    }
    assert!(preview.said().contains("error[front-matter"), "{}", preview.said());
}

#[test]
fn a_page_whose_template_fails_says_so_and_others_are_shown() {
    let site = site();
    let preview = Preview::of(&site, &[]);
    site.write("templates/page.html", "one\n{{ doc.heading + 1 }}<b>\n");
    eventually("the page fails", || preview.get("/docs/guide/a/").status == 500);
    let page = preview.get("/docs/guide/a/").body;
    assert!(page.contains("templates/page.html:2") && page.contains("&lt;b&gt;") && page.contains("reload.js"), "{page}");
    let state = preview.state("%2Fdocs%2Fguide%2Fa%2F");
    assert!(state.contains("\"page\":\"\"") && state.contains("template-render"), "{state}");
    assert_eq!(preview.get("/docs/").status, 200);
}

#[test]
fn a_site_that_begins_with_mistakes_is_shown_as_far_as_it_goes() {
    let site = site();
    site.write("content/bad.md", "---\ndate: nonsense\n---\n# Bad\n");
    let preview = Preview::of(&site, &[]);
    assert!(preview.state("%2Fdocs%2F").contains("front-matter-bad-date"));
    assert_eq!(preview.get("/docs/guide/a/").status, 200);
    site.write("content/bad.md", "# Good\n");
    eventually("all is well", || preview.state("%2Fdocs%2F").contains("\"problems\":[]"));
    assert_eq!(preview.get("/docs/bad/").status, 200);
}

#[test]
fn drafts_and_pages_of_the_future_are_shown_and_marked() {
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
",
    );
    let preview = Preview::of(&site, &[]);
    assert!(preview.get("/docs/draft/").body.contains("data-note=\"Draft: not published\""));
    assert!(preview.get("/docs/future/").body.contains("data-note=\"Not published before 2099-01-01\""));
}

#[test]
fn a_busy_port_is_an_error_where_it_was_asked_for() {
    let site = site();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    site.run(&["serve", "-p", &port]).exits(3).says("cannot listen on 127.0.0.1:");
}

#[test]
fn the_usual_port_gives_way_to_the_next_free_one() {
    let site = site();
    // Whoever holds it, it is taken.
    let _taken = TcpListener::bind("127.0.0.1:1111");
    let mut command = Command::new(env!("CARGO_BIN_EXE_kbpress"));
    let mut child = command.arg("serve").current_dir(site.path(".")).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let port = first.split(':').nth(2).and_then(|rest| rest.split('/').next()).and_then(|port| port.parse::<u16>().ok());
    assert!(port.is_some_and(|port| (1112..=1211).contains(&port)), "{first}");
}

#[test]
fn a_configuration_that_cannot_be_used_ends_it_at_once() {
    TestSite::new("-- site.toml --\ntitle = \"x\"\n").run(&["serve", "-p", "0"]).exits(2).says("config-missing-key");
}

#[test]
fn a_page_waits_while_the_site_is_read() {
    let site = site();
    for i in 0..3000 {
        site.write(&format!("content/many/{i}.md"), format!("# Page {i}\n\nText.\n"));
    }
    let preview = Preview::starting(&site, &[]);
    let early = preview.get("/docs/many/17/");
    // On a fast machine the site may be there already.
    if early.status != 200 {
        assert!(
            early.status == 503 && early.body.contains("data-page=\"waiting\"") && early.head.contains("Retry-After: 1"),
            "{}",
            early.body
        );
    }
    preview.shows("/docs/many/17/", "Page 17");
}

#[test]
fn a_checkout_converges() {
    checkout(700, 3);
}

#[test]
#[ignore = "takes a quarter of a minute; `./test --full` runs it"]
fn a_checkout_of_20_000_files_converges() {
    checkout(20_000, 3);
}

/// So many files come, change and go several times while the preview runs: in the end it shows what is there.
fn checkout(files: usize, rounds: usize) {
    let site = site();
    let preview = Preview::of(&site, &[]);
    for round in 0..rounds {
        for i in 0..files {
            site.write(&format!("content/many/{}/{i}.md", i % 7), format!("# Page {i}\n\nRound {round}.\n"));
        }
        std::fs::remove_dir_all(site.path(&format!("content/many/{round}"))).unwrap();
    }
    let (last, removed) = (format!("Round {}.", rounds - 1), rounds - 1);
    preview.shows(&format!("/docs/many/{}/{}/", (files - 1) % 7, files - 1), &last);
    eventually("what was removed is gone", || preview.get(&format!("/docs/many/{removed}/{removed}/")).status == 404);
    for i in (0..files).filter(|i| i % 7 != removed) {
        preview.shows(&format!("/docs/many/{}/{i}/", i % 7), &last);
    }
    for i in (removed..files).step_by(7) {
        assert_eq!(preview.get(&format!("/docs/many/{removed}/{i}/")).status, 404, "{i}");
    }
    // It has come to rest, and still listens.
    site.write("content/many/0/0.md", "# Page 0\n\nAfterwards.\n");
    preview.shows("/docs/many/0/0/", "Afterwards.");
}

#[test]
fn polling_sees_what_events_do() {
    let site = site();
    let preview = Preview::of(&site, &["--poll"]);
    // A file's time must differ from what it was at the first look.
    std::thread::sleep(Duration::from_millis(400));
    site.write("content/guide/a.md", "# First\nSeen by looking.\n");
    preview.shows("/docs/guide/a/", "Seen by looking.");
    site.write("content/late.md", "# Late\n");
    preview.shows("/docs/late/", "Late");
    site.remove("content/late.md");
    eventually("it is gone", || preview.get("/docs/late/").status == 404);
}

#[test]
fn nothing_is_written_anywhere() {
    let site = site();
    let before = tree(&site.path("."));
    let preview = Preview::of(&site, &[]);
    for path in ["/docs/", "/docs/guide/a/", "/docs/nope", "/__kbpress/reload.js"] {
        preview.get(path);
    }
    drop(preview);
    assert_eq!(tree(&site.path(".")), before);
}

#[test]
fn the_search_knows_the_last_change() {
    let site = site();
    let built = site.build().is_clean();
    let preview = Preview::of(&site, &[]);
    assert_eq!(preview.get("/docs/search/index.json").body, built.file("search/index.json"));
    site.write("content/guide/a.md", "---\ntitle: First\ntags: [x]\n---\nSomething else entirely.\n");
    preview.shows("/docs/guide/a/", "Something else");
    let built = site.build().is_clean();
    eventually("the index is of the new text", || preview.get("/docs/search/index.json").body == built.file("search/index.json"));
    for (file, bytes) in built.tree().iter().filter(|(file, _)| file.starts_with("search/") && file.ends_with(".js")) {
        assert_eq!(preview.get(&format!("/docs/{file}")).body.as_bytes(), bytes, "{file}");
    }
    assert_eq!(preview.get("/docs/search/nothing.bin").status, 404);
}

#[test]
fn a_problem_leads_to_its_article_and_to_the_editor() {
    let site = site();
    let preview = Preview::of(&site, &["--editor-url", "edit://open?file={path}&line={line}&column={column}"]);
    assert!(preview.get("/__kbpress/explain/dead-link").body.contains("SYMPTOMS"));
    assert_eq!(preview.get("/__kbpress/explain/nothing").status, 404);
    site.write("content/guide/a.md", "---\ntitle: First\ndate: <b>\n---\n");
    eventually("the place is a link", || {
        let state = preview.state("%2Fdocs%2F");
        state.contains("\"editor\":\"edit://open?file=/") && state.contains("/content/guide/a.md&line=3&column=7\"")
    });
}
