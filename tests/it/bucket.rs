//! `kbpress publish`: an output in a bucket. A folder stands for the bucket here; `tests/s3/publish.py` does the same with a real server.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{TestSite, tree};

fn site(pages: usize) -> TestSite {
    let site = TestSite::new("-- content/_index.md --\n# Home\n");
    for i in 0..pages {
        write_page(&site, i, "first", pages);
    }
    site
}

/// A page that leads to the next one.
fn write_page(site: &TestSite, i: usize, text: &str, pages: usize) {
    let next = (i + 1) % pages;
    site.write(&format!("content/p/{i}.md"), format!("# Page {i}\nThe {text} text. [Next]({next}.md)\n"));
}

fn bucket(site: &TestSite) -> String {
    std::fs::create_dir_all(site.path("bucket/docs")).unwrap();
    format!("file://{}/docs", site.path("bucket").display())
}

#[test]
fn a_bucket_gets_the_whole_output_and_then_only_what_changed() {
    let site = site(5);
    let url = bucket(&site);
    let built = site.build().is_clean().tree();
    site.run(&["publish", &url]).is_clean().says(&format!("{} objects sent, 0 removed, 0 unchanged", built.len() - 1));
    assert_eq!(tree(&site.path("bucket/docs")), built);
    site.run(&["publish", &url]).is_clean().says(" 0 objects sent, 0 removed".trim_start());
    let before = site.path("bucket/docs").join("assets");
    let assets: BTreeSet<_> = tree(&before).into_keys().collect();
    write_page(&site, 3, "second", 5);
    site.remove("content/p/4.md");
    site.write("content/p/3.md", "# Page 3\nThe second text.\n");
    let after = site.build().is_clean().tree();
    let changed: BTreeSet<&String> =
        after.keys().filter(|path| built.get(*path) != after.get(*path) && !path.starts_with(".kbpress")).collect();
    let removed: BTreeSet<&String> = built.keys().filter(|path| !after.contains_key(*path)).collect();
    let plan = site.run(&["publish", &url, "--dry-run"]).is_clean().stdout;
    let listed =
        |mark: &str| plan.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(listed("send\t").iter().collect::<BTreeSet<_>>(), changed);
    assert_eq!(listed("remove\t").iter().collect::<BTreeSet<_>>(), removed);
    assert_eq!(tree(&site.path("bucket/docs")), built, "a dry run changes nothing");
    site.run(&["publish", &url]).is_clean();
    assert_eq!(tree(&site.path("bucket/docs")), after);
    assert_eq!(tree(&before).into_keys().collect::<BTreeSet<_>>(), assets);
}

#[test]
fn objects_of_others_stay() {
    let site = site(2);
    let url = bucket(&site);
    site.build().is_clean();
    site.write("bucket/docs/report/theirs.html", "theirs");
    site.run(&["publish", &url]).is_clean();
    site.remove("content/p/1.md");
    site.write("content/p/0.md", "# Page 0\nText.\n");
    site.build().is_clean();
    site.run(&["publish", &url]).is_clean();
    assert!(site.path("bucket/docs/report/theirs.html").exists() && !site.path("bucket/docs/p/1/index.html").exists());
}

#[test]
fn an_output_that_was_changed_is_not_published() {
    let site = site(2);
    let url = bucket(&site);
    site.run(&["publish", &url]).exits(3).says("has no manifest");
    site.build().is_clean();
    site.write("public/p/1/index.html", "somebody else's");
    site.run(&["publish", &url]).exits(3).says("was changed since it was built");
    site.run(&["publish"]).exits(2).says("there is no bucket");
    site.run(&["publish", "gopher://x/y"]).exits(3);
}

#[test]
fn a_publication_that_is_killed_leaves_no_page_that_leads_nowhere_and_the_next_one_finishes_it() {
    let site = site(150);
    let url = bucket(&site);
    for instant in 0..20 {
        // Every other time a part of the site is gone, so that pages come and go.
        let pages = if instant % 2 == 0 { 150 } else { 90 };
        for i in 0..150 {
            let _ = std::fs::remove_file(site.path(&format!("content/p/{i}.md")));
        }
        (0..pages).for_each(|i| write_page(&site, i, &format!("{instant}th"), pages));
        let built = site.build().is_clean().tree();
        let mut child = Command::new(env!("CARGO_BIN_EXE_kbpress"))
            .args(["publish", &url])
            .current_dir(site.path(""))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(4 + instant * 6));
        child.kill().unwrap();
        child.wait().unwrap();
        leads_nowhere_dead(&site.path("bucket/docs"));
        if instant % 3 == 2 {
            site.run(&["publish", &url]).is_clean();
            assert_eq!(published(&site.path("bucket/docs")), built, "after instant {instant}");
        }
    }
}

#[test]
fn what_a_killed_run_had_removed_is_sent_again() {
    let site = site(3);
    let url = bucket(&site);
    site.build().is_clean();
    site.run(&["publish", &url]).is_clean();
    let full = tree(&site.path("bucket/docs"));
    // A run that was to remove a page, and was ended when it had: the journal is there and the page is not.
    let manifest = String::from_utf8(full[".kbpress-manifest"].clone()).unwrap();
    let smaller: String =
        manifest.lines().filter(|line| !line.ends_with(" p/2/index.html")).map(|line| format!("{line}\n")).collect();
    std::thread::sleep(Duration::from_millis(1100));
    site.write("bucket/docs/.kbpress-journal", format!("{manifest}---- to be sent ----\n{smaller}"));
    site.remove("bucket/docs/p/2/index.html");
    site.run(&["publish", &url]).is_clean().says("1 objects sent");
    assert_eq!(tree(&site.path("bucket/docs")), full);
}

/// The files of a bucket without those that the store itself leaves where a write is ended.
fn published(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    tree(folder).into_iter().filter(|(path, _)| !path.contains('#')).collect()
}

/// Fails where a page that can be reached from the home page has a link or loads a file that is not there.
fn leads_nowhere_dead(folder: &Path) {
    let files = published(folder);
    let mut open: Vec<String> = files.contains_key("index.html").then(|| "index.html".to_owned()).into_iter().collect();
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let html = String::from_utf8_lossy(&files[&path]).into_owned();
        for part in html.split(" href=\"/docs/").chain(html.split(" src=\"/docs/").skip(1)).skip(1) {
            let target = part.split(['"', '#', '?']).next().unwrap();
            let file = if target.is_empty() || target.ends_with('/') { format!("{target}index.html") } else { target.to_owned() };
            assert!(files.contains_key(&file), "{path} leads to {file}, which is not there");
            if file.ends_with(".html") && seen.insert(file.clone()) {
                open.push(file);
            }
        }
    }
}
