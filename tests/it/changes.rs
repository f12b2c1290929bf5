//! `build --changed-list` and `kbpress diff`: what differs between two outputs.

use std::sync::atomic::{AtomicBool, Ordering};

use kbpress::build::Request;
use kbpress::timings::Timings;
use kbpress::write::Disk;
use kbpress::write::stop::Stop;
use serde_json::{Value, json};

use crate::support::TestSite;

/// A site without a search, whose files would change with every edit.
fn site() -> TestSite {
    let site = TestSite::new("-- content/a.md --\n# A\nOne.\n-- content/b.md --\n# B\nTwo.\n-- static/x y.txt --\nx\n");
    site.write("site.toml", "base_url = \"https://example.org/docs/\"\n[search]\nenabled = false\n[feeds]\nenabled = false\n");
    site
}

#[test]
fn a_build_lists_what_it_added_changed_and_removed() {
    let site = site();
    let list = |site: &TestSite, name: &str| {
        site.run(&["build", "--changed-list", name]).is_clean();
        std::fs::read_to_string(site.path(name)).unwrap()
    };
    let first = list(&site, "changes.txt");
    assert!(first.lines().all(|line| line.starts_with("A\thttps://example.org/docs/")), "{first}");
    assert!(
        first.contains("A\thttps://example.org/docs/a/\n") && first.contains("A\thttps://example.org/docs/x%20y.txt\n"),
        "{first}"
    );
    assert_eq!(list(&site, "changes.txt"), "");
    site.write("content/a.md", "# A\nAnother one.\n");
    site.remove("static/x y.txt");
    site.write("static/new.txt", "new\n");
    let changes: Value = serde_json::from_str(&list(&site, "out/changes.json")).unwrap();
    let url = |path: &str| format!("https://example.org/docs/{path}");
    assert_eq!(changes["added"], json!([url("new.txt")]));
    assert_eq!(changes["removed"], json!([url("x%20y.txt")]));
    assert!(changes["changed"].as_array().unwrap().contains(&json!(url("a/"))), "{changes}");
    assert!(!changes["changed"].as_array().unwrap().contains(&json!(url("b/"))), "{changes}");
}

#[test]
fn a_failed_build_lists_nothing() {
    let site = site();
    site.write("content/a.md", "---\ntitle: [\n---\n");
    site.run(&["build", "--changed-list", "changes.txt"]).exits(1);
    assert!(!site.path("changes.txt").exists());
}

/// Whoever asks a build to stop while it publishes waits; the list belongs to what it waits for.
#[test]
fn a_build_that_is_told_to_end_while_it_publishes_writes_its_list_first() {
    for round in 0..20 {
        let site = site();
        let (stop, list, page) = (Stop::default(), site.path("lists/changes.txt"), site.path("public/a/index.html"));
        let request = Request {
            root: site.path(""),
            changed_list: Some(list.clone()),
            disk: Disk::stopped_by(stop.clone()),
            ..Request::default()
        };
        let has_ended = AtomicBool::new(false);
        let is_listed = std::thread::scope(|scope| {
            let told = scope.spawn(|| {
                while !page.exists() && !has_ended.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                while stop.ask().is_none() {
                    std::hint::spin_loop();
                }
                // Nothing is written from here on.
                list.exists()
            });
            let outcome = kbpress::build::build(&request, &mut Timings::default(), &|_, _| ());
            has_ended.store(true, Ordering::Relaxed);
            assert!(outcome.is_ok_and(|outcome| outcome.done.is_some()), "round {round}");
            told.join().unwrap()
        });
        assert!(is_listed, "round {round}");
    }
}

#[test]
fn two_outputs_are_compared() {
    let site = site();
    site.run(&["build", "-o", "old"]).is_clean();
    site.write("content/c.md", "# C\nThree.\n");
    site.remove("static/x y.txt");
    site.run(&["build", "-o", "new"]).is_clean();
    let short = site.run(&["diff", "old", "new", "--format", "short"]).exits(0).stdout;
    assert!(short.contains("A\t/c/\n") && short.contains("D\t/x%20y.txt\n") && short.contains("M\t/\n"), "{short}");
    let json: Value = serde_json::from_str(&site.run(&["diff", "new", "old", "--format", "json"]).exits(0).stdout).unwrap();
    assert_eq!((&json["added"], &json["removed"][0]), (&json!(["/x%20y.txt"]), &json!("/c/")));
    assert!(site.run(&["diff", "old", "new"]).exits(0).stdout.contains("1 removed\n  /x%20y.txt\n"));
    assert_eq!(site.run(&["diff", "old", "old"]).exits(0).stdout, "nothing differs\n");
    site.run(&["diff", "old", "content"]).exits(2).says("no manifest");
}
