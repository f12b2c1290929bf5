//! Builds that remember: after whatever happened to a site, they leave the same bytes as a build that knows nothing, and write only
//! what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::story::{Numbers, Story, WORDS, assert_same, config};
use crate::support::{TestSite, kb_text, tree};

/// How often: a few times in the ordinary run, as often as promised where `KBPRESS_FULL` is set.
fn rounds(few: usize, full: usize) -> usize {
    if std::env::var_os("KBPRESS_FULL").is_some() { full } else { few }
}

#[test]
fn incremental_equals_clean_after_random_operations() {
    // Several at once too: what belongs together must be found whatever came before.
    live(Story::new(0x9E37_79B9), rounds(30, 1000), 4);
}

/// The same with all articles of the archive, in ten steps.
#[test]
#[ignore = "takes minutes; `./test --full` runs it, and says where the archive is"]
fn the_archive_is_built_alike_after_random_operations() {
    let archive = std::env::var_os("KBPRESS_ARCHIVE").expect("KBPRESS_ARCHIVE names a folder with the archive's articles");
    live(Story::of(archive.as_ref(), 0x85EB_CA6B), 100, 19);
}

/// Lets `wanted` things happen, up to `most` at once, and compares after each time.
#[track_caller]
fn live(mut story: Story, wanted: usize, most: usize) {
    assert!(story.compare("the first build"), "{}", story.site.build().stderr);
    let (mut happened, mut built, mut refused) = (0, 0, 0);
    while happened < wanted {
        let mut what = String::new();
        for _ in 0..=story.numbers.below(most - 1) {
            let _ = write!(what, "\n  {}", story.happen());
            happened += 1;
        }
        *(if story.compare(&what) { &mut built } else { &mut refused }) += 1;
    }
    assert!(built > refused, "{refused} of the sites were refused");
}

/// A site of five articles, of which the second cites the first and the third is by the same product.
fn five() -> TestSite {
    let site = TestSite::new("");
    site.write("site.toml", config("Test"));
    for (number, title, body) in [
        (100_001, "Alpha fails", "SYMPTOMS\n========\n\nIt fails.\n"),
        (100_002, "Beta fails", "SYMPTOMS\n========\n\nAs in Q100001.\n"),
        (100_003, "Gamma fails", "SYMPTOMS\n========\n\nOften.\n"),
        (100_004, "Delta fails", "SYMPTOMS\n========\n\nSeldom.\n"),
        (100_005, "Epsilon fails", "SYMPTOMS\n========\n\nNever.\n"),
    ] {
        // Articles with a rare keyword in common would be related.
        site.write(&article(number), kb_text(number, title, body).replace("kbtest", &format!("kbtest{number}")));
    }
    site.build().is_clean();
    site
}

fn article(number: u32) -> String {
    format!("content/kb/100/Q{number}/README.md")
}

impl TestSite {
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(path, text.replace(from, to));
    }

    /// The files of the output that the next build writes; what belongs to the search is one name.
    fn written(&self) -> Vec<String> {
        use std::os::unix::fs::MetadataExt as _;
        let files = || -> BTreeMap<String, (u64, i64)> {
            let paths = tree(&self.path("public")).into_keys().filter(|path| path != ".kbpress-manifest");
            paths
                .map(|path| {
                    let metadata = std::fs::metadata(self.path("public").join(&path)).unwrap();
                    (path, (metadata.ino(), metadata.mtime_nsec()))
                })
                .collect()
        };
        let before = files();
        self.build().exits(0);
        let after = files().into_iter().filter(|(path, file)| before.get(path) != Some(file));
        let names = after.map(|(path, _)| if path.starts_with("search/") { "search".to_owned() } else { path });
        names.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

#[test]
fn an_edited_body_writes_its_own_page_the_feed_and_the_search() {
    let site = five();
    site.edit(&article(100_004), "Seldom.", "Seldom, or never.");
    assert_eq!(site.written(), ["atom.xml", "kb/100/Q100004/index.html", "search"]);
}

#[test]
fn a_new_title_is_written_where_it_is_shown() {
    let site = five();
    site.edit(&article(100_001), "Alpha fails", "Alpha breaks");
    let written = site.written();
    // Its own page, the one that cites it (and comes after it), and the lists.
    for path in ["kb/100/Q100001/index.html", "kb/100/Q100002/index.html", "kb/100/index.html", "products/test-product/index.html"]
    {
        assert!(written.iter().any(|written| written == path), "{path} is not in {written:?}");
    }
    assert!(!written.iter().any(|path| path.contains("Q100004") || path.contains("Q100005")), "{written:?}");
}

#[test]
fn a_new_keyword_is_written_where_its_term_is() {
    let site = five();
    site.edit(&article(100_005), "kbtest100005", "kbprint");
    let written = site.written();
    let expected = ["kb/100/Q100005/index.html", "keywords/index.html", "keywords/kbprint/index.html", "search", "sitemap.xml"];
    assert_eq!(written, expected);
}

#[test]
fn a_template_writes_what_is_made_with_it() {
    let site = five();
    site.write("templates/404.html", "Nothing is here.\n");
    assert_eq!(site.written(), ["404.html"]);
}

#[test]
fn nothing_changed_writes_nothing() {
    let site = five();
    assert!(site.written().is_empty());
    // A fresh checkout: the times of all files are new.
    for number in 100_001..=100_005 {
        let text = std::fs::read(site.path(&article(number))).unwrap();
        site.remove(&article(number));
        site.write(&article(number), text);
    }
    assert!(site.written().is_empty());
    assert!(site.build().stderr.contains("nothing has changed"));
}

#[test]
fn a_build_says_why_a_page_was_made_anew() {
    let site = five();
    let explain = |site: &TestSite, path: &str| site.run(&["build", "--explain", path]).exits(0).stdout;
    assert!(explain(&site, "kb/100/Q100002/").contains("was kept"));
    site.edit(&article(100_001), "Alpha fails", "Alpha breaks");
    let why = explain(&site, "/kb/100/Q100002/index.html");
    assert!(why.contains("what its links and article numbers lead to") && !why.contains("its own text"), "{why}");
    site.edit(&article(100_001), "It fails.", "It broke.");
    assert!(explain(&site, "kb/100/Q100001/").contains("its own text"));
    assert!(explain(&site, "kb/100/Q100009/").contains("no file of the site"));
}

/// Lists and neighbours show no text.
#[test]
fn an_edited_body_makes_no_list_and_no_neighbour_anew() {
    for path in ["kb/100/", "products/test-product/", "", "kb/100/Q100003/", "kb/100/Q100005/"] {
        let site = five();
        site.edit(&article(100_004), "Seldom.", "Seldom, or never.");
        let why = site.run(&["build", "--explain", path]).exits(0).stdout;
        assert!(why.contains("was kept"), "{why}");
        site.edit(&article(100_004), "Delta fails", "Delta breaks");
        let why = site.run(&["build", "--explain", path]).exits(0).stdout;
        assert!(why.contains("the pages before and after it, or in its list"), "{why}");
    }
}

#[test]
fn a_link_follows_what_comes_to_stand_where_it_leads() {
    let site = TestSite::new("");
    site.write("site.toml", config("Test"));
    site.write("content/s/a.md", "---\ntitle: A\n---\n[file](files/x.txt) and [page](b.md)\n");
    let links = |file: &str, page: &str| {
        let html = site.build().exits(0).file("s/a/index.html");
        assert!(html.contains(&format!("href=\"{file}\">file")) && html.contains(&format!("href=\"{page}\">page")), "{html}");
    };
    let base = "/docs/";
    links("files/x.txt", "b.md");
    site.write("content/s/files/x.txt", "x");
    links(&format!("{base}s/files/x.txt"), "b.md");
    site.write("content/s/b.md", "---\ntitle: B\n---\nB.\n");
    links(&format!("{base}s/files/x.txt"), &format!("{base}s/b/"));
    std::fs::remove_dir_all(site.path("content/s/files")).unwrap();
    links("files/x.txt", &format!("{base}s/b/"));
}

#[test]
fn a_page_that_is_gone_from_the_output_is_made_again() {
    let site = five();
    let page = "public/kb/100/Q100004/index.html";
    let good = std::fs::read(site.path(page)).unwrap();
    site.remove(page);
    site.edit(&article(100_001), "It fails.", "It broke.");
    site.build().exits(0);
    assert_eq!(std::fs::read(site.path(page)).unwrap(), good);
}

#[test]
fn packed_pages_are_kept_with_all_their_packed_forms() {
    let site = five();
    let config = std::fs::read_to_string(site.path("site.toml")).unwrap();
    let packed = |forms: &str| site.write("site.toml", format!("{config}[publish]\ncompress = {forms}\n"));
    let explain = || site.run(&["build", "--explain", "kb/100/Q100002/"]).exits(0).stdout;
    packed("[\"gz\"]");
    site.build().exits(0);
    site.edit(&article(100_004), "Seldom.", "Often.");
    assert!(explain().contains("was kept"));
    let good = site.build().tree();
    assert!(good.contains_key("kb/100/Q100002/index.html.gz") && !good.contains_key("kb/100/Q100002/index.html.br"));
    site.remove("public/kb/100/Q100002/index.html.gz");
    assert!(explain().contains("the output did not have it as it was"));
    assert_same(&site.build().tree(), &good, "a packed page was removed");
    packed("[\"gz\", \"br\"]");
    assert!(site.build().exits(0).tree().contains_key("kb/100/Q100002/index.html.br"));
}

#[test]
fn the_cache_is_left_out_and_removed_when_asked() {
    let site = TestSite::new("-- content/a.md --\n# A\n");
    site.run(&["build", "--no-cache"]).is_clean();
    assert!(!site.path(".kbpress").exists());
    site.build().is_clean();
    site.write("content/a.md", "# B\n");
    site.build().is_clean();
    assert!(site.path(".kbpress/cache/CACHEDIR.TAG").exists());
    site.run(&["clean"]).exits(0);
    assert!(!site.path(".kbpress").exists() && !site.path("public").exists());
}

/// Nobody can make a cache for a site with a secret: here it is made with another one.
#[test]
fn a_cache_of_another_secret_is_not_believed() {
    let site = five();
    let explain = |secret: &str| {
        let run = site.run_with(&["build", "--explain", "kb/100/Q100002/"], &[("KBPRESS_CACHE_KEY", secret)]);
        run.exits(0).stdout
    };
    assert!(explain("one").contains("the cache does not know it"));
    assert!(explain("one").contains("was kept"));
    assert!(explain("two").contains("the cache does not know it"));
}

/// To write all of it would take longer than to make again what it lacks.
#[test]
fn a_cache_that_is_nearly_right_stays_as_it_is() {
    // Of the fourth, the pages, an edit touches more: the neighbours and the lists.
    const FILES: [&str; 3] = ["files", "articles", "search"];
    let site = TestSite::new("");
    site.write("site.toml", config("Test"));
    let article = |number: u32, word: &str| {
        let path = format!("content/kb/{:03}/Q{number}/README.md", number / 1000);
        site.write(&path, kb_text(number, &format!("Title {number}"), &format!("SYMPTOMS\n========\n\nThe {word} fails.\n")));
    };
    (0..600).for_each(|number| article(100_000 + number, "printer"));
    // What was written just now may change again without a new time, so that it is not yet known.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    site.build().exits(0);
    let cache = || FILES.map(|name| std::fs::read(site.path(&format!(".kbpress/cache/{name}"))).unwrap());
    let check = |what: &str| {
        let run = site.build().exits(0);
        site.run(&["build", "--no-cache", "-o", "clean"]).exits(0);
        assert_same(&run.tree(), &tree(&site.path("clean")), what);
        run
    };
    let before = cache();
    let lasting = |now: [Vec<u8>; 3]| -> Vec<&str> {
        FILES.into_iter().zip(before.iter().zip(now)).filter(|(_, (before, now))| *before == now).map(|(name, _)| name).collect()
    };
    article(100_300, "modem");
    check("one edit");
    article(100_400, "modem");
    check("another edit");
    assert_eq!(lasting(cache()), FILES, "two of 600 are little");
    assert!(check("nothing").stderr.contains("nothing has changed"));
    (0..30).for_each(|number| article(100_000 + number, "modem"));
    check("thirty edits");
    assert_eq!(lasting(cache()), [""; 0], "thirty of 600 are much");
}

#[test]
fn a_damaged_cache_changes_nothing() {
    const NAMES: [&str; 4] = ["files", "articles", "pages", "search"];
    let site = five();
    let mut numbers = Numbers::new(0x51_7C_C1_B7);
    for round in 0..rounds(24, 2000) {
        let name = numbers.of(&NAMES);
        let path = format!(".kbpress/cache/{name}");
        let mut bytes = std::fs::read(site.path(&path)).unwrap();
        let at = numbers.below(bytes.len());
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << numbers.below(8),
            2 => drop(bytes.drain(at..(at + 1 + numbers.below(40)).min(bytes.len()))),
            3 => bytes.splice(at..at, (0..numbers.below(90)).map(|i| i as u8)).for_each(drop),
            4 => bytes = std::fs::read(site.path(&format!(".kbpress/cache/{}", numbers.of(&NAMES)))).unwrap(),
            _ => bytes.rotate_left(at),
        }
        site.write(&path, bytes);
        let word = numbers.of(&WORDS);
        let text = kb_text(100_003, "Gamma fails", &format!("SYMPTOMS\n========\n\nOften {word} {}.\n", round % 7));
        site.write(&article(100_003), text);
        let run = site.build().exits(0);
        let clean = site.run(&["build", "--no-cache", "-o", "clean"]).exits(0);
        assert_same(&run.tree(), &tree(&site.path("clean")), &format!("damage {round} to {name}\n{}", clean.stderr));
    }
}
