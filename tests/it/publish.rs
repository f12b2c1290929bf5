//! What is promised about the output: whose files are replaced, which folders are refused, one build at a time, how a build ends that is
//! told to, and what the published files are.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kbpress::write::{self, Disk, Options};

use crate::support::{Random, TestSite, build, kbpress, leftovers, tree};

#[test]
fn a_file_may_take_the_place_of_a_folder_of_ours_and_the_other_way_round() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- content/b/c.md --\n# C\n-- static/d --\nfile\n-- static/e/f --\nfile\n");
    site.build().is_clean();
    for file in ["content/a.md", "content/b/c.md", "static/d", "static/e/f"] {
        site.remove(file);
    }
    std::fs::remove_dir(site.path("static/e")).unwrap();
    site.write("static/a", "a file where a folder was");
    site.write("static/b", "another");
    site.write("content/d/x.md", "# D\n");
    site.write("static/e", "another");
    let run = site.build().is_clean();
    assert_eq!(run.file("a"), "a file where a folder was");
    assert!(run.has("d/x/index.html") && run.file("e") == "another" && run.file("b") == "another");
    assert_eq!(run.tree(), clean(&site));
}

#[test]
fn a_folder_of_ours_with_somebodys_file_in_it_is_in_the_way() {
    let site = TestSite::new("-- content/a/b.md --\n# A\n");
    site.build().is_clean();
    site.remove("content/a/b.md");
    site.write("static/a", "a file where a folder was");
    site.write("public/a/mine", "mine");
    let before = tree(&site.path("public"));
    let run = site.build().exits(1).says("error[foreign-file]").says("public/a/mine");
    assert_eq!(run.tree(), before);
    assert_eq!(site.run(&["build", "--adopt"]).exits(1).tree(), before);
}

#[test]
fn a_page_that_somebody_changed_is_theirs() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- content/b.md --\n# B\n");
    site.build().is_clean();
    site.write("public/a/index.html", "changed");
    let run = site.build().exits(1).says("error[foreign-file]").says("was changed by somebody since kbpress wrote it");
    assert_eq!(run.file("a/index.html"), "changed");
    // Where no page must go there any more, it stays and is in nobody's way.
    site.remove("content/a.md");
    let run = site.build().is_clean();
    assert_eq!(run.file("a/index.html"), "changed");
    site.write("content/a.md", "# A\n");
    site.build().exits(1).says("error[foreign-file]");
    let run = site.run(&["build", "--adopt"]).is_clean();
    assert_eq!(run.tree(), clean(&site));
}

#[test]
fn a_file_of_the_same_size_and_an_old_time_is_found_out() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let run = site.build().is_clean();
    let page = run.file("a/index.html");
    let before = std::fs::metadata(site.path("public/a/index.html")).unwrap().modified().unwrap();
    site.write("public/a/index.html", page.replace("<h1", "<h2"));
    let file = std::fs::File::options().write(true).open(site.path("public/a/index.html")).unwrap();
    file.set_modified(before).unwrap();
    site.build().exits(1).says("error[foreign-file]");
}

#[test]
fn a_folder_behind_a_link_is_not_written_to() {
    let site = TestSite::new("-- content/a/b.md --\n# B\n-- elsewhere/mine --\nmine\n");
    site.build().is_clean();
    std::fs::remove_dir_all(site.path("public/a")).unwrap();
    symlink(site.path("elsewhere"), site.path("public/a")).unwrap();
    let before = tree(&site.path("elsewhere"));
    for args in [&["build"][..], &["build", "--adopt"]] {
        site.run(args).exits(1).says("error[foreign-file]");
        assert_eq!(tree(&site.path("elsewhere")), before);
    }
}

#[test]
fn adopting_a_folder_overwrites_what_is_in_the_way_and_keeps_the_rest() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- public/a/index.html --\nold\n-- public/CNAME --\nexample.org\n");
    site.build().exits(2).says("error[output-refused]");
    let run = site.run(&["build", "--adopt"]).is_clean();
    assert!(run.file("a/index.html").contains("<h1"));
    assert_eq!(run.file("CNAME"), "example.org\n");
    site.build().is_clean().says("nothing has changed");
    site.remove("content/a.md");
    let run = site.build().is_clean();
    assert!(!run.has("a") && run.has("CNAME"));
}

#[test]
fn the_site_may_be_published_through_a_link_and_into_an_empty_folder() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    std::fs::create_dir(site.path("www")).unwrap();
    symlink(site.path("www"), site.path("public")).unwrap();
    site.build().is_clean();
    assert!(site.path("www/a/index.html").exists() && site.path("public").is_symlink());
    assert_eq!(leftovers(&site.path("")), 0);
}

#[test]
fn a_damaged_manifest_is_refused_and_can_be_adopted() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let before = site.build().is_clean().tree();
    site.write("public/.kbpress-manifest", "nonsense");
    site.build().exits(2).says("is damaged");
    site.run(&["check", "--output"]).exits(2).says("is damaged");
    let run = site.run(&["build", "--adopt"]).is_clean().says(" 0 files written");
    assert_eq!(run.tree(), before);
}

#[test]
fn names_of_our_own_files_are_taken() {
    let site = TestSite::new("-- content/a.md --\n---\npermalink: /.kbpress-manifest/\n---\n# A\n");
    site.build().exits(1).says("error[path-collision]").says("what kbpress keeps for itself");
}

#[test]
fn p5_dangerous_output_folders_are_refused() {
    let site = TestSite::new(
        "-- content/a.md --\n# A\n-- static/x --\nx\n-- templates/x.html --\nx\n-- home/me/keep --\nx\n-- in/.git/x --\nx\n",
    );
    let at = |path: &str| site.path(path).to_str().unwrap().to_owned();
    for (link, to) in
        [("to-root", "/"), ("to-site", "."), ("to-content", "content"), ("to-home", "home/me"), ("to-nothing", "gone")]
    {
        symlink(to, site.path(link)).unwrap();
    }
    let relative = [
        "",
        ".",
        "./",
        "./.",
        "..",
        "../",
        "../..",
        "content",
        "content/",
        "./content",
        "content/.",
        "content/../content",
        "content/new",
        "public/..",
        "public/../content",
        "gone/../..",
        "static",
        "static/x",
        "static/new/deep",
        "templates",
        "templates/new",
        "site.toml",
        "content/a.md",
        "home",
        "home/me",
        "home/me/",
        "home/me/../me",
        "to-root",
        "to-site",
        "to-content",
        "to-content/new",
        "to-home",
        "to-nothing",
        ".git",
        ".git/new",
        "in/.git/new",
        ".kbpress/new",
    ];
    let absolute = [
        "/",
        "//",
        "/.",
        "/..",
        "/../..",
        "/tmp",
        "/tmp/",
        "/tmp/../tmp",
        "/etc",
        "/etc/new",
        "/usr",
        "/usr/lib/new",
        "/var",
        "/home",
        "/root",
        "/dev",
        "/dev/null",
        "/proc",
        "/proc/self/new",
        "/sys",
        "/bin",
        "/boot/new",
    ];
    let ours = ["", "/content", "/home/me", "/home"].map(|path| at(path.trim_start_matches('/')));
    let paths: Vec<&str> = relative.into_iter().chain(absolute).chain(ours.iter().map(String::as_str)).collect();
    assert!(paths.len() >= 40);
    let before = tree(&site.path(""));
    let home = at("home/me");
    for path in paths {
        for adopt in [&[][..], &["--adopt"]] {
            let run = site.run_with(&[&["build", "-o", path], adopt].concat(), &[("HOME", &home)]);
            assert_eq!(run.code, 2, "{path:?} {adopt:?}: {}", run.stderr);
            assert!(path.is_empty() || run.stderr.contains("error[output-refused]"), "{path:?}: {}", run.stderr);
        }
    }
    assert_eq!(tree(&site.path("")), before);
    // The folder beside the site is as good as any.
    site.run(&["build", "-r", "content/..", "-o", "out/of/the/way"]).exits(0);
}

#[test]
fn p6_a_build_ends_at_once_where_another_one_writes() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    let before = site.build().is_clean().tree();
    let target = write::open(&site.path("public"), &[], Options::default()).unwrap().unwrap();
    let holder = format!("process {} since ", std::process::id());
    let run = site.build().exits(4).says("is being written by another build").says(&holder);
    site.run(&["clean"]).exits(4).says(&holder);
    assert_eq!(run.tree(), before);
    drop(target);
    site.build().exits(0);
    assert_eq!(leftovers(&site.path("")), 0);
}

#[test]
fn p6_of_eight_builds_at_once_one_wins() {
    let site = TestSite::new("");
    site.articles(400, 1);
    let mut builders: Vec<Child> = (0..8).map(|_| kbpress(&site, &["build"]).stderr(Stdio::null()).spawn().unwrap()).collect();
    let mut codes: Vec<Option<i32>> = builders.iter_mut().map(|builder| builder.wait().unwrap().code()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [&[Some(0)][..], &[Some(4); 7]].concat());
    assert_eq!(tree(&site.path("public")), clean(&site));
    assert_eq!(leftovers(&site.path("")), 0);
}

#[test]
fn p6_the_lock_of_a_dead_process_keeps_nobody_out_and_is_not_followed() {
    let site = TestSite::new("-- content/a.md --\n# A\n-- mine --\nmine\n");
    site.write(".public.kbpress-lock", "process 1 since the beginning\n");
    site.build().is_clean();
    assert_eq!(leftovers(&site.path("")), 0);
    symlink(site.path("mine"), site.path(".public.kbpress-lock")).unwrap();
    site.build().exits(3).says(".public.kbpress-lock");
    assert_eq!(std::fs::read_to_string(site.path("mine")).unwrap(), "mine\n");
}

#[test]
fn p7_a_build_that_is_told_to_end_leaves_the_site_and_nothing_else() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let site = TestSite::new("");
        site.articles(20, 1);
        let before = site.build().exits(0).tree();
        site.articles(400, 2);
        let mut builder = kbpress(&site, &["build"]).stderr(Stdio::null()).spawn().unwrap();
        let staging = site.path(".public.kbpress-staging/40");
        let began = Instant::now();
        while !staging.exists() && builder.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").arg(format!("-{signal}")).arg(builder.id().to_string()).status().unwrap().success());
        assert_eq!(builder.wait().unwrap().code(), Some(code));
        assert_eq!(leftovers(&site.path("")), 0);
        let after = tree(&site.path("public"));
        assert!(after == before || after == clean(&site));
    }
}

#[test]
fn p8_check_finds_what_is_not_as_it_was_published() {
    let site = TestSite::new("");
    for page in ["missing", "cut", "longer", "altered", "linked"] {
        site.write(&format!("content/{page}.md"), format!("# {page}\n"));
    }
    let run = site.build().is_clean();
    site.run(&["check", "--output"]).exits(0).says("all as they were published");
    let page = |name: &str| format!("public/{name}/index.html");
    site.remove(&page("missing"));
    site.write(&page("cut"), &run.file("cut/index.html")[..100]);
    site.write(&page("longer"), run.file("longer/index.html") + "\n");
    site.write(&page("altered"), run.file("altered/index.html").replace("<h1", "<h2"));
    site.remove(&page("linked"));
    symlink("/etc/hostname", site.path(&page("linked"))).unwrap();
    site.write("public/CNAME", "example.org");
    site.write("public/.kbpress-journal", "kbpress journal 2\n");
    let before = tree(&site.path("public"));
    for args in [&["check", "--output", "--format", "short"][..], &["check", "--format", "short", "--output", "public"]] {
        let run = site.run(args).exits(1);
        let said = |text: &str| assert!(run.stderr.lines().any(|line| line.contains(text)), "{text}: {}", run.stderr);
        said("error[output-unfinished]");
        for (code, path, what) in [
            ("error[output-missing]", "missing", "is missing"),
            ("error[output-altered]", "cut", "is cut off: it has 100 bytes instead of"),
            ("error[output-altered]", "longer", "was altered: it has"),
            ("error[output-altered]", "altered", "was altered"),
            ("error[output-altered]", "linked", "is not a file any more"),
            ("warning[output-extra]", "CNAME", "was not written by kbpress"),
        ] {
            let is_told = |line: &str| line.contains(code) && line.contains(path) && line.contains(what);
            assert!(run.stderr.lines().any(is_told), "{code} {path}: {}", run.stderr);
        }
        assert_eq!(run.stderr.matches("[output-").count(), 7, "{}", run.stderr);
    }
    assert_eq!(tree(&site.path("public")), before);
    site.run(&["check", "--output", "nowhere"]).exits(2).says("has no manifest");
}

#[test]
fn p9_files_are_readable_for_all_and_no_links_under_any_umask() {
    let site = TestSite::new("-- content/a/b.md --\n# B\n-- static/run.sh --\nx\n");
    for (i, umask) in ["000", "022", "027", "077", "777"].into_iter().enumerate() {
        site.write("static/new/x", umask);
        if i == 3 {
            std::fs::remove_dir_all(site.path("public")).unwrap();
        }
        let script = format!("umask {umask}; exec \"$0\" build -q");
        assert!(
            Command::new("sh")
                .args(["-c", &script, env!("CARGO_BIN_EXE_kbpress")])
                .current_dir(site.path(""))
                .status()
                .unwrap()
                .success()
        );
        for entry in walkdir::WalkDir::new(site.path("public")) {
            let entry = entry.unwrap();
            let found = entry.path().symlink_metadata().unwrap();
            let mode = if found.is_dir() { 0o755 } else { 0o644 };
            assert!(found.is_dir() || found.is_file());
            assert_eq!(found.mode() & 0o7777, mode, "{} under {umask}", entry.path().display());
        }
    }
}

#[test]
fn p28_the_bytes_are_the_same_in_twelve_environments() {
    let files = |site: &TestSite, is_backward: bool| {
        let mut numbers: Vec<u32> = (100_000..100_030).collect();
        if is_backward {
            numbers.reverse();
        }
        for number in numbers {
            site.article(number, 1);
        }
        site.write("content/über/ä.md", "---\ntags: [x, Ü, ä]\n---\n# Ä\n\n[Q](../kb/100/Q100003/README.md)\n");
    };
    let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
    let environments = [
        ("1", "UTC", "C", "022", "0"),
        ("2", "UTC", "C", "022", "0"),
        ("8", "UTC", "C", "022", "0"),
        ("1", "Asia/Tokyo", "C", "022", "0"),
        ("2", "America/Lima", "tr_TR.UTF-8", "022", "0"),
        ("2", "UTC", "de_DE.UTF-8", "077", "0"),
        ("3", "UTC", "C.UTF-8", "000", "0"),
        ("2", "UTC", "C", "027", "4000000000"),
        ("1", "Pacific/Apia", "ja_JP.UTF-8", "077", "1700000000"),
        ("8", "Asia/Kolkata", "POSIX", "002", "86399"),
        ("2", "UTC", "C", "022", "86400"),
        ("5", "Europe/Berlin", "", "022", "1"),
    ];
    for (i, (threads, zone, language, umask, clock)) in environments.into_iter().enumerate() {
        let site = TestSite::new("");
        files(&site, i % 2 == 1);
        let root = site.path(if i % 3 == 0 { "moved to another folder" } else { "m" });
        std::fs::create_dir(&root).unwrap();
        for part in ["content", "site.toml"] {
            std::fs::rename(site.path(part), root.join(part)).unwrap();
        }
        let script = format!("umask {umask}; exec \"$0\" build -q -j {threads}");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_kbpress")]).current_dir(&root);
        command.envs([("TZ", zone), ("LANG", language), ("LC_ALL", language), ("SOURCE_DATE_EPOCH", clock)]);
        assert!(command.status().unwrap().success());
        let built = tree(&root.join("public"));
        assert_eq!(*first.get_or_insert_with(|| built.clone()), built, "environment {i}");
    }
}

#[test]
fn warnings_are_not_forgotten_where_nothing_has_changed() {
    let site = TestSite::new("-- content/a.md --\n# A\n\n[gone](gone.md) and [gone](b.md)\n");
    site.build().exits(0).says("dead-link");
    site.build().exits(0).says("nothing has changed").says("2 warnings").says("2 dead-link");
}

#[test]
fn p4_foreign_files_survive_random_histories() {
    histories(20);
}

#[test]
#[ignore = "takes minutes; `./test --full` runs it"]
fn p4_foreign_files_survive_500_random_histories() {
    histories(500);
}

/// Plays this many histories of a site that somebody else writes into too, with builds that fail at any moment among them.
fn histories(number: u64) {
    for seed in 0..number {
        let mut random = Random::new(seed);
        let site = TestSite::new("-- site.toml --\nbase_url = \"https://example.org/\"\n[search]\nenabled = false\n");
        let mut foreign: BTreeMap<String, String> = BTreeMap::new();
        build(&site, Disk::default()).unwrap().unwrap();
        for step in 0..12 {
            let name = ["a", "b", "c", "d/e", "d/f"][random.below(5)];
            match random.below(8) {
                0 | 1 => site.write(&format!("content/{name}.md"), format!("# {name} {step}\n")),
                2 => drop(std::fs::remove_file(site.path(&format!("content/{name}.md")))),
                3 => {
                    let place =
                        ["mine", "a/index.html", "a/mine", "b/index.html", "d/mine", "d/e/index.html", "new/mine"][random.below(7)];
                    let path = site.path("public").join(place);
                    // What is ours and changed becomes theirs; a page in the place of their folder cannot be made.
                    if std::fs::create_dir_all(path.parent().unwrap()).is_ok()
                        && std::fs::write(&path, format!("mine {step}")).is_ok()
                    {
                        foreign.insert(place.to_owned(), format!("mine {step}"));
                    }
                }
                4 => {
                    let kind = [write::disk::FaultKind::Crash, write::disk::FaultKind::Full, write::disk::FaultKind::Denied]
                        [random.below(3)];
                    drop(build(&site, Disk::failing(random.below(40), kind)));
                }
                5 => drop(write::clean::clean(&site.path("public"), &Disk::default())),
                _ => drop(build(&site, Disk::default())),
            }
            for (place, text) in &foreign {
                let there = std::fs::read_to_string(site.path("public").join(place));
                assert_eq!(there.ok().as_ref(), Some(text), "history {seed}, step {step}: {place}");
            }
        }
    }
}

/// What the site is when it is built from nothing.
fn clean(site: &TestSite) -> BTreeMap<String, Vec<u8>> {
    let other = tempfile::tempdir().unwrap();
    let output = other.path().join("public");
    site.run(&["build", "-q", "-o", output.to_str().unwrap()]).exits(0);
    tree(Path::new(&output))
}
