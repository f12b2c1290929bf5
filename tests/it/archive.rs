//! `kbpress build --tar`: the site as one archive.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kbpress::archive::{self, Target};
use kbpress::build::Request;
use kbpress::timings::Timings;
use kbpress::write::Disk;
use kbpress::write::disk::FaultKind;
use kbpress::write::whole::{Whole, write_whole};

use crate::support::{TestSite, kb_text, kbpress, leftovers};

/// Pages in several folders, an asset, a static file, an alias, a name that is too long for the oldest form of archives.
fn site() -> TestSite {
    let site = TestSite::new(
        "
-- content/a.md --
---
title: A
aliases: [/old/]
---
See [B](sub/b.md).
-- content/sub/b.md --
# B
![a picture](pic.png)
-- content/sub/pic.png --
not really
-- static/robots.md --
# No page
",
    );
    site.write("content/kb/164/Q164177/README.md", kb_text(164_177, "Error", "SYMPTOMS\n========\n\nIt fails.\n"));
    site.write(&format!("content/{}/c.md", "long-name-".repeat(11)), "# C\n");
    for i in 0..600 {
        site.write(&format!("content/many/{i}.md"), format!("# Page {i}\nText about number {i}.\n"));
    }
    site
}

/// The files of a tar with their content, and the head of each.
fn unpack(bytes: &[u8]) -> (BTreeMap<String, Vec<u8>>, Vec<[u64; 4]>) {
    let (mut files, mut heads) = (BTreeMap::new(), Vec::new());
    for entry in tar::Archive::new(bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let head = entry.header();
        heads.push([u64::from(head.mode().unwrap()), head.mtime().unwrap(), head.uid().unwrap(), head.gid().unwrap()]);
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(files.insert(path, content), None);
    }
    (files, heads)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn an_archive_holds_what_a_build_writes_byte_for_byte() {
    let site = site();
    let built = site.build().is_clean().tree();
    site.run(&["build", "--tar", "site.tar"]).is_clean().says("files in site.tar");
    let (files, heads) = unpack(&read(&site.path("site.tar")));
    assert_eq!(files, built);
    assert!(heads.iter().all(|head| *head == [0o644, 1_700_000_000, 0, 0]));
}

#[test]
fn packed_archives_hold_the_same() {
    let site = site();
    for name in ["site.tar", "site.tar.gz", "site.tgz", "site.tar.zst"] {
        site.run(&["build", "--tar", name]).is_clean();
    }
    let plain = read(&site.path("site.tar"));
    let mut gzip = Vec::new();
    flate2::read::GzDecoder::new(read(&site.path("site.tar.gz")).as_slice()).read_to_end(&mut gzip).unwrap();
    assert_eq!(gzip, plain);
    assert_eq!(read(&site.path("site.tgz")), read(&site.path("site.tar.gz")));
    assert_eq!(zstd::decode_all(read(&site.path("site.tar.zst")).as_slice()).unwrap(), plain);
}

#[test]
fn threads_hours_and_folders_do_not_change_an_archive() {
    let (one, other) = (site(), site());
    one.run_with(&["build", "--tar", "site.tar.gz", "-j", "1"], &[("TZ", "Asia/Tokyo")]).is_clean();
    other.run(&["build", "--tar", "deep/er/site.tar.gz", "-j", "7"]).is_clean();
    assert_eq!(read(&one.path("site.tar.gz")), read(&other.path("deep/er/site.tar.gz")));
}

#[test]
fn an_archive_leaves_the_output_folder_alone() {
    let site = site();
    site.run(&["build", "--tar", "site.tar"]).is_clean();
    assert!(!site.path("public").exists());
}

#[test]
fn a_failed_build_leaves_the_archive_as_it_was_and_nothing_beside_it() {
    let site = site();
    site.run(&["build", "--tar", "out/site.tar"]).is_clean();
    let before = read(&site.path("out/site.tar"));
    site.write("templates/page.html", "{{ page.nothing.at_all }}");
    site.run(&["build", "--tar", "out/site.tar"]).exits(1);
    assert_eq!(read(&site.path("out/site.tar")), before);
    assert_eq!(std::fs::read_dir(site.path("out")).unwrap().count(), 1);
}

#[test]
fn the_name_says_how_an_archive_is_packed() {
    let site = site();
    site.run(&["build", "--tar", "site.zip"]).exits(2).says("ends in none of `.tar`");
    site.run(&["build", "--tar", "site.tar", "-o", "x"]).exits(2);
}

/// Builds the archive in this process, onto `disk`.
fn build(site: &TestSite, name: &str, disk: Disk) -> anyhow::Result<()> {
    let target = Target::named(&site.path(name), 1_700_000_000).unwrap();
    let today = jiff::civil::date(2023, 11, 14);
    let request = Request { root: site.path(""), today, disk, ..Request::default() };
    archive::build(&request, &target, &mut Timings::default(), &|_, _| ()).map(|outcome| assert!(outcome.done.is_some()))
}

#[test]
fn an_archive_is_wholly_old_or_wholly_new_whatever_operation_fails() {
    // More than is written at once.
    let site = TestSite::new("-- static/long.txt --\nlong\n");
    site.write("static/long.txt", (0..40_000).map(|n: u32| n.wrapping_mul(2_654_435_761).to_string()).collect::<String>());
    for name in ["site.tar", "deep/er/site.tar.gz"] {
        let place = site.path(name);
        build(&site, name, Disk::default()).unwrap();
        let new = read(&place);
        let counted = Disk::failing(usize::MAX, FaultKind::Crash);
        build(&site, name, counted.clone()).unwrap();
        let operations = counted.operations();
        assert!(operations > 6, "{name}: {operations}");
        for kind in [FaultKind::Crash, FaultKind::Full, FaultKind::Denied] {
            for at in 0..=operations {
                let when = format!("{name}: {kind:?} at {at} of {operations}");
                let old = at.is_multiple_of(2).then_some(&b"the old archive"[..]);
                let _ = std::fs::remove_file(&place);
                old.inspect(|old| site.write(name, old));
                let ended = build(&site, name, Disk::failing(at, kind));
                let there = std::fs::read(&place).ok();
                if ended.is_ok() {
                    assert!(there.as_deref() == Some(&new), "{when}");
                    continue;
                }
                assert!(there.as_deref() == old || there.as_deref() == Some(&new), "{when}");
                // A process that has ended tidies nothing up, and what must not be removed stays.
                assert!(kind != FaultKind::Full || leftovers(&site.path("")) == 0, "{when}");
                build(&site, name, Disk::default()).unwrap();
                assert!(read(&place) == new, "{when}");
                assert_eq!(leftovers(&site.path("")), 0, "{when}");
            }
        }
    }
}

#[test]
fn a_list_of_changes_is_wholly_old_or_wholly_new() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("out/changes.txt");
    for kind in [FaultKind::Crash, FaultKind::Full, FaultKind::Denied] {
        for at in 0..12 {
            let _ = std::fs::remove_dir_all(folder.path().join("out"));
            write_whole(&Disk::default(), &place, b"old").unwrap();
            let ended = write_whole(&Disk::failing(at, kind), &place, b"new and longer");
            let there = read(&place);
            assert!(there == b"new and longer" || (ended.is_err() && there == b"old"), "{kind:?} at {at}: {there:?}");
            write_whole(&Disk::default(), &place, b"third").unwrap();
            assert_eq!((read(&place), leftovers(folder.path())), (b"third".to_vec(), 0), "{kind:?} at {at}");
        }
    }
}

#[test]
fn two_processes_do_not_write_the_same_archive() {
    let site = site();
    let held = Whole::begin(&Disk::default(), &site.path("site.tar")).unwrap();
    site.run(&["build", "--tar", "site.tar"]).exits(4).says("is being written by another build");
    drop(held);
    site.run(&["build", "--tar", "site.tar"]).is_clean();
    assert_eq!(leftovers(&site.path("")), 0);
}

#[test]
fn a_build_of_an_archive_that_is_told_to_end_leaves_the_old_one_and_nothing_else() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let site = TestSite::new("-- site.tar --\nold\n");
        site.articles(2000, 1);
        let mut builder = kbpress(&site, &["build", "--tar", "site.tar"]).stderr(Stdio::null()).spawn().unwrap();
        let staged = site.path(".site.tar.kbpress-new");
        let began = Instant::now();
        while !std::fs::metadata(&staged).is_ok_and(|found| found.len() > 0) && builder.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").arg(format!("-{signal}")).arg(builder.id().to_string()).status().unwrap().success());
        assert_eq!(builder.wait().unwrap().code(), Some(code));
        assert_eq!(leftovers(&site.path("")), 0);
        assert_eq!(read(&site.path("site.tar")), b"old\n");
    }
}
