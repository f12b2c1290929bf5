//! `kbpress build --tar`: the site as one archive.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use crate::support::{TestSite, kb_text};

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
