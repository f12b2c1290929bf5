//! What is promised where a build does not come to its end: killed at any moment, without room on the disk, or without the permission to
//! write. Every file is wholly old or wholly new, what can be reached from the home page finds all that it refers to, and the next build
//! makes the site that a build from nothing makes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kbpress::write::Disk;
use kbpress::write::disk::FaultKind;

use crate::support::{Random, TestSite, build, kbpress, leftovers, tree};

type Tree = BTreeMap<String, Vec<u8>>;

/// A site that was published in its first version and is written in its second.
struct Edited {
    site: TestSite,
    old: Tree,
    new: Tree,
}

impl Edited {
    fn new(pages: u32) -> Self {
        let text = "-- static/style.css --\none\n";
        let site = if pages > 1000 { TestSite::large(text) } else { TestSite::new(text) };
        site.articles(pages, 1);
        build(&site, Disk::default()).unwrap().unwrap();
        let old = tree(&site.path("public"));
        site.articles(pages, 2);
        site.write("static/style.css", "two\n");
        site.write("content/more/new.md", "# New\n\nSee [Q](../kb/100/Q100003/README.md).\n");
        std::fs::rename(site.path("public"), site.path("old")).unwrap();
        build(&site, Disk::default()).unwrap().unwrap();
        let new = tree(&site.path("public"));
        assert_ne!(old, new);
        Self { site, old, new }
    }

    /// Publishes the first version again; the second is still what is written.
    fn publish_old(&self) {
        let public = self.site.path("public");
        if public.exists() {
            std::fs::remove_dir_all(&public).unwrap();
        }
        for (path, bytes) in &self.old {
            self.site.write(&format!("public/{path}"), bytes);
        }
    }

    /// Fails unless every file is of the first or the second version and the home page leads nowhere where nothing is.
    #[track_caller]
    fn holds_together(&self, when: &str) {
        let found = tree(&self.site.path("public"));
        for (path, bytes) in found.iter().filter(|(path, _)| !path.starts_with(".kbpress-")) {
            let is_whole = self.old.get(path) == Some(bytes) || self.new.get(path) == Some(bytes);
            assert!(is_whole, "{when}: {path} is neither old nor new");
        }
        let mut seen: BTreeSet<String> = BTreeSet::from(["index.html".to_owned()]);
        let mut open: Vec<String> = seen.iter().cloned().collect();
        while let Some(page) = open.pop() {
            let Some(bytes) = found.get(&page) else { panic!("{when}: {page} is referred to and is not there") };
            if page.ends_with(".html") {
                let new: Vec<String> = references(&String::from_utf8_lossy(bytes)).filter(|file| !seen.contains(file)).collect();
                seen.extend(new.iter().cloned());
                open.extend(new);
            }
        }
        assert!(seen.len() > self.old.len() / 2, "{when}: only {} files can be reached", seen.len());
        // The entry of the search names one file, and that names the others.
        let entry = found.get("search/index.json");
        let version = if entry == self.new.get("search/index.json") { &self.new } else { &self.old };
        assert_eq!(entry, version.get("search/index.json"), "{when}");
        for path in version.keys().filter(|path| path.starts_with("search/")) {
            assert!(found.contains_key(path), "{when}: the search has lost {path}");
        }
    }

    /// Builds to the end and fails unless all is as if nothing had happened.
    #[track_caller]
    fn is_mended(&self, when: &str) {
        build(&self.site, Disk::default()).unwrap_or_else(|e| panic!("{when}: {e:#}")).unwrap_or_else(|e| panic!("{when}: {e:?}"));
        let found = tree(&self.site.path("public"));
        assert!(found == self.new, "{when}: the site is not that of a clean build: {:?}", difference(&found, &self.new));
        assert_eq!(leftovers(&self.site.path("")), 0, "{when}");
        let folders =
            |root: &Path| walkdir::WalkDir::new(root).into_iter().filter(|e| e.as_ref().unwrap().file_type().is_dir()).count();
        let expected: BTreeSet<&Path> = self.new.keys().flat_map(|path| Path::new(path).ancestors().skip(1)).collect();
        assert_eq!(folders(&self.site.path("public")), expected.len(), "{when}: empty folders are left");
    }
}

/// The files of the site that a page refers to.
fn references(html: &str) -> impl Iterator<Item = String> {
    let values = ["href=\"/docs/", "src=\"/docs/"].into_iter().flat_map(move |start| {
        html.match_indices(start).map(move |(at, _)| html[at + start.len()..].split('"').next().unwrap_or_default())
    });
    values.map(|url| {
        let path = url.split(['#', '?']).next().unwrap_or_default();
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
    })
}

fn difference(a: &Tree, b: &Tree) -> Vec<String> {
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    paths.into_iter().filter(|path| a.get(*path) != b.get(*path)).cloned().collect()
}

/// Every `stride`th operation of a rebuild.
fn operations(edited: &Edited, stride: usize) -> impl Iterator<Item = usize> {
    edited.publish_old();
    let disk = Disk::failing(usize::MAX, FaultKind::Crash);
    build(&edited.site, disk.clone()).unwrap().unwrap();
    assert!(disk.operations() > edited.new.len() / 3);
    (0..=disk.operations()).step_by(stride)
}

fn crashes(pages: u32, stride: usize) {
    let edited = Edited::new(pages);
    for at in operations(&edited, stride) {
        edited.publish_old();
        let is_done = build(&edited.site, Disk::failing(at, FaultKind::Crash)).is_ok();
        let when = format!("a crash in operation {at}{}", if is_done { ", after the end" } else { "" });
        edited.holds_together(&when);
        edited.is_mended(&when);
    }
}

#[test]
fn p2_a_rebuild_may_end_at_any_operation() {
    crashes(12, 1);
}

#[test]
fn p2_a_rebuild_of_200_pages_may_end_at_some_operations() {
    crashes(200, 41);
}

#[test]
#[ignore = "takes minutes; `./test --full` runs it"]
fn p2_a_rebuild_of_200_pages_may_end_at_any_operation() {
    crashes(200, 1);
}

#[test]
fn p2_a_build_that_mends_may_end_at_any_operation_too() {
    let edited = Edited::new(12);
    let all: Vec<usize> = operations(&edited, 1).collect();
    let mut random = Random::new(2);
    for first in all.iter().step_by(4) {
        edited.publish_old();
        drop(build(&edited.site, Disk::failing(*first, FaultKind::Crash)));
        let second = all[random.below(all.len())];
        drop(build(&edited.site, Disk::failing(second, FaultKind::Crash)));
        let when = format!("crashes in operations {first} and {second}");
        edited.holds_together(&when);
        edited.is_mended(&when);
    }
}

#[test]
fn p2_after_a_crash_the_site_may_go_on_to_a_third_version() {
    let edited = Edited::new(12);
    for at in operations(&edited, 5) {
        edited.publish_old();
        drop(build(&edited.site, Disk::failing(at, FaultKind::Crash)));
        edited.site.write("content/more/other.md", "# Other\n");
        std::fs::rename(edited.site.path("content/more/new.md"), edited.site.path("new.md")).unwrap();
        build(&edited.site, Disk::default()).unwrap().unwrap();
        let there = tree(&edited.site.path("public"));
        std::fs::remove_dir_all(edited.site.path("public")).unwrap();
        build(&edited.site, Disk::default()).unwrap().unwrap();
        assert_eq!(difference(&there, &tree(&edited.site.path("public"))), [""; 0], "a crash in operation {at}");
        edited.site.remove("content/more/other.md");
        std::fs::rename(edited.site.path("new.md"), edited.site.path("content/more/new.md")).unwrap();
    }
}

#[test]
fn p2_a_first_build_may_end_at_any_operation() {
    let site = TestSite::new("");
    site.articles(12, 1);
    let disk = Disk::failing(usize::MAX, FaultKind::Crash);
    build(&site, disk.clone()).unwrap().unwrap();
    let new = tree(&site.path("public"));
    for at in 0..disk.operations() {
        std::fs::remove_dir_all(site.path("public")).unwrap();
        drop(build(&site, Disk::failing(at, FaultKind::Crash)));
        assert!(!site.path("public").exists() || tree(&site.path("public")) == new, "operation {at}");
        build(&site, Disk::default()).unwrap().unwrap();
        assert!(tree(&site.path("public")) == new, "operation {at}");
        assert_eq!(leftovers(&site.path("")), 0, "operation {at}");
    }
}

#[test]
fn p3_a_refused_operation_leaves_the_old_site_or_does_not_matter() {
    let edited = Edited::new(12);
    for kind in [FaultKind::Denied, FaultKind::Full] {
        for at in operations(&edited, 1) {
            edited.publish_old();
            let built = build(&edited.site, Disk::failing(at, kind));
            let when = format!("{kind:?} in operation {at}");
            let found = tree(&edited.site.path("public"));
            match &built {
                Ok(Ok(_)) => assert!(found == edited.new, "{when}: {:?}", difference(&found, &edited.new)),
                Ok(Err(codes)) => panic!("{when}: {codes:?}"),
                Err(error) => {
                    let said = format!("{error:#}");
                    assert!(
                        said.contains('/') && said.contains(if kind == FaultKind::Full { "space" } else { "denied" }),
                        "{when}: {said}"
                    );
                    // The very last step takes the journal away, when the new site is there.
                    let is_published =
                        found.contains_key(".kbpress-journal") && found[".kbpress-manifest"] == edited.new[".kbpress-manifest"];
                    assert!(found == edited.old || is_published, "{when}: {:?}", difference(&found, &edited.old));
                }
            }
            if kind == FaultKind::Full {
                assert_eq!(leftovers(&edited.site.path("")), 0, "{when}");
            }
            edited.is_mended(&when);
        }
    }
}

/// Runs a script as root of a name space of its own, where it may mount; `None` where the system does not let us.
fn with_mounts(script: &str, args: &[&str]) -> Option<std::process::Output> {
    let is_allowed =
        Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !is_allowed {
        // Not `eprintln!`, which is kept from the one who runs the tests.
        let _ = std::io::stderr()
            .write_all(b"left out: a real small disk, because nothing can be mounted here; the made-up one is tested\n");
        return None;
    }
    Some(Command::new("unshare").args(["-rm", "sh", "-euc", script, env!("CARGO_BIN_EXE_kbpress")]).args(args).output().unwrap())
}

#[test]
fn p3_a_full_disk_of_20_sizes_keeps_the_old_site() {
    let edited = Edited::new(60);
    edited.publish_old();
    // The old site and so many kilobytes of room; then a build of the new one, as the mounted disk is seen from within only.
    let script = r#"
        site=$1 room=$2; cd "$site"; mkdir -p disk; mount -t tmpfs -o size=64m tmpfs disk
        cp -a public disk/site; cp -a disk/site before
        free=$(($(stat -f -c '%a * %S' disk) / 1024))
        head -c $(((free - room) * 1024)) /dev/zero > disk/filler
        code=0; "$0" build -q -o disk/site 2> said || code=$?
        diff -r before disk/site > /dev/null && echo "$code same" || echo "$code other"
        ls -A disk | tr '\n' ' '; cat said
        rm disk/filler; "$0" build -q -o disk/site; diff -r new disk/site; rm -r before
    "#;
    let new = edited.site.path("new");
    edited.site.run(&["build", "-q", "-o", "new"]).exits(0);
    let (mut full, mut enough) = (0, 0);
    for room in (0..20).map(|i| i * i * 4) {
        let Some(output) = with_mounts(script, &[edited.site.path("").to_str().unwrap(), &room.to_string()]) else { return };
        let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{room} KB: {said} {failed}");
        let mut lines = said.lines();
        match lines.next() {
            Some("3 same") => {
                full += 1;
                assert!(
                    said.contains("\nfiller site ") && said.contains("No space left") && said.contains("/disk/"),
                    "{room} KB: {said}"
                );
            }
            Some("0 other") => enough += 1,
            other => panic!("{room} KB: {other:?} {said} {failed}"),
        }
    }
    assert!(full >= 5 && enough >= 1, "{full} were full, {enough} were not");
    assert!(new.exists());
}

#[test]
fn p3_a_disk_that_cannot_be_written_keeps_the_old_site() {
    let edited = Edited::new(12);
    edited.publish_old();
    let script = r#"
        cd "$1"; mkdir -p disk; mount -t tmpfs tmpfs disk; cp -a public disk/site; mount -o remount,ro disk
        code=0; "$0" build -q -o disk/site 2> said || code=$?
        diff -r public disk/site && echo "$code same"; ls -A disk | tr '\n' ' '; cat said
    "#;
    let Some(output) = with_mounts(script, &[edited.site.path("").to_str().unwrap()]) else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("3 same\nsite ") && said.contains("/disk/") && said.contains("Read-only file system"), "{said}");
}

#[test]
fn a_mounted_folder_is_filled_in_place() {
    let edited = Edited::new(12);
    let script = r#"
        cd "$1"; mkdir -p disk; mount -t tmpfs tmpfs disk
        "$0" build -q -o disk; "$0" build -o disk 2>&1 | grep 'nothing has changed'; "$0" build -q -o other; diff -r disk other && ls -A disk
    "#;
    let Some(output) = with_mounts(script, &[edited.site.path("").to_str().unwrap()]) else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(".kbpress-manifest") && !said.contains("staging") && !said.contains("lock"), "{said}");
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn p2_the_program_may_be_killed() {
    kills(150, 5);
}

#[test]
#[ignore = "takes minutes; `./test --full` runs it"]
fn p2_the_program_may_be_killed_at_25_moments_on_5000_pages() {
    kills(5000, 25);
}

/// Kills a rebuild at this many random moments.
fn kills(pages: u32, number: usize) {
    let edited = Edited::new(pages);
    let mut random = Random::new(7);
    edited.publish_old();
    let began = Instant::now();
    assert!(kbpress(&edited.site, &["build", "-q"]).stderr(Stdio::null()).status().unwrap().success());
    let whole = began.elapsed();
    let mut killed = 0;
    for _ in 0..number {
        edited.publish_old();
        let mut builder = kbpress(&edited.site, &["build", "-q"]).stderr(Stdio::null()).spawn().unwrap();
        let after = whole.mul_f64(random.below(1000) as f64 / 1000.0);
        std::thread::sleep(after);
        // The moments in which the site is changed are few: half of the kills wait for them.
        let wait = Instant::now();
        while random.below(2) == 0
            && !edited.site.path("public/.kbpress-journal").exists()
            && wait.elapsed() < Duration::from_secs(60)
        {
            if builder.try_wait().unwrap().is_some() {
                break;
            }
        }
        builder.kill().unwrap();
        killed += usize::from(builder.wait().unwrap().code().is_none());
        let when = format!("killed after {after:?}");
        edited.holds_together(&when);
        edited.is_mended(&when);
    }
    assert!(killed > number / 4, "only {killed} were killed before their end");
}
