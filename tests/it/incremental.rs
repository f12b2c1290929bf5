//! Builds that remember: after whatever happened to a site, they leave the same bytes as a build that knows nothing, and write only
//! what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::support::{TestSite, kb_text, tree};

/// How often: a few times in the ordinary run, as often as promised where `KBPRESS_FULL` is set.
fn rounds(few: usize, full: usize) -> usize {
    if std::env::var_os("KBPRESS_FULL").is_some() { full } else { few }
}

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len())]
    }
}

/// A site on disk, and what was there before, for undoing.
struct Story {
    site: TestSite,
    files: BTreeMap<String, String>,
    undo: Vec<(String, Option<String>)>,
    numbers: Numbers,
}

const ARTICLES: u32 = 240;
const PAGES: usize = 60;
const WORDS: [&str; 24] = [
    "printer", "driver", "setup", "disk", "network", "error", "message", "memory", "update", "server", "client", "registry",
    "protocol", "record", "table", "query", "cursor", "window", "button", "folder", "password", "account", "cluster", "modem",
];
const KEYWORDS: [&str; 6] = ["kberrmsg", "kbsetup", "kbnetwork", "kbprint", "kbgraphxlink", "kbother"];
const PRODUCTS: [&str; 4] = ["Microsoft Word", "Microsoft Excel", "Windows NT", "Visual Basic"];

impl Story {
    fn new(seed: u64) -> Self {
        let mut story = Self { site: TestSite::new(""), files: BTreeMap::new(), undo: Vec::new(), numbers: Numbers(seed) };
        story.put("site.toml", Some(config("Test")));
        for number in 0..ARTICLES {
            let (path, text) = story.article(100_000 + number * 7);
            story.put(&path, Some(text));
        }
        for number in 0..PAGES {
            let text = story.page(number);
            story.put(&format!("content/guide/part{}/page{number}.md", number % 5), Some(text));
        }
        story.put("content/_index.md", Some("# Home\n\nSee Q100007 and [a page](guide/part0/page0.md).\n".to_owned()));
        story.put("content/guide/part1/_index.md", Some("---\ntitle: Part one\n---\nWords of Q100014.\n".to_owned()));
        story.put("content/guide/part0/picture.svg", Some("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_owned()));
        story.put("static/robots-extra.txt", Some("one\n".to_owned()));
        story.undo.clear();
        story
    }

    /// Writes or removes a file, and notes what was there.
    fn put(&mut self, path: &str, text: Option<String>) {
        let before = match &text {
            Some(text) => {
                self.site.write(path, text);
                self.files.insert(path.to_owned(), text.clone())
            }
            None => {
                self.site.remove(path);
                self.files.remove(path)
            }
        };
        self.undo.push((path.to_owned(), before));
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| format!("{} ", self.numbers.of(&WORDS))).collect()
    }

    fn number(&mut self) -> u32 {
        100_000 + 7 * self.numbers.below(ARTICLES as usize + 8) as u32
    }

    fn article(&mut self, number: u32) -> (String, String) {
        let mut body = format!("SYMPTOMS\n========\n\n{}fails with 0x8004{:04x}.\n\n", self.words(12), self.numbers.below(40));
        let (title, cited, other) = (self.words(4), self.number(), self.number());
        let _ = write!(
            body,
            "MORE INFORMATION\n================\n\nSee Q{cited} or http://support.microsoft.com/?id=kb;en-us;Q{other}.\n"
        );
        let text = kb_text(number, title.trim(), &body)
            .replace("kbtest", &format!("{} {}", self.numbers.of(&KEYWORDS), self.numbers.of(&KEYWORDS)))
            .replace("Test Product", self.numbers.of(&PRODUCTS))
            .replace("DEC-1999", self.numbers.of(&["DEC-1999", "JAN-2000", "JUN-2001"]));
        (format!("content/kb/{:03}/Q{number}/README.md", number / 1000), text)
    }

    fn page(&mut self, number: usize) -> String {
        let (title, text, linked, cited) = (self.words(3), self.words(20), self.numbers.below(PAGES), self.number());
        let extra = self.numbers.of(&[
            "",
            "weight: 3\n",
            "tags: [alpha, Beta]\n",
            "unlisted: true\n",
            "search: false\n",
            "description: Said before.\n",
            "date: 2001-02-03\n",
            "superseded_by: Q100021\n",
            "reviewed: 2023-01-01\nreview_in: 10 months\n",
            "status: deprecated\n",
            "draft: true\n",
        ]);
        format!(
            "---\ntitle: {title}{number}\n{extra}---\n\n## Part {number}\n\n{text}[there](../part{}/page{linked}.md#part-{linked}), \
             [up](/guide/part1/), ![picture](../part0/picture.svg), Q{cited}, [Q{cited} here](javascript:x).\n",
            linked % 5
        )
    }

    fn any(&mut self, start: &str) -> Option<String> {
        let paths: Vec<&String> = self.files.keys().filter(|path| path.starts_with(start)).collect();
        let at = self.numbers.below(paths.len());
        paths.get(at).map(|path| (*path).clone())
    }

    /// Something happens; says what.
    fn happen(&mut self) -> String {
        let kind = self.numbers.below(20);
        let start = self.numbers.of(&["content/kb/", "content/guide/"]);
        let Some(path) = self.any(start) else { return "nothing is left".to_owned() };
        let text = self.files[&path].clone();
        match kind {
            0..=3 => {
                let words = self.words(3);
                let new = text.replacen(self.numbers.of(&WORDS), words.trim(), 3) + "\n";
                self.put(&path, Some(new));
                format!("edit {path}")
            }
            4 | 5 => {
                let words = self.words(2);
                let new = text.replacen("title: ", &format!("title: {words}"), 1).replacen("\"Q", "Q", 1).replacen("\"\n", "\n", 1);
                self.put(&path, Some(if path.contains("/kb/") { text.replace(": printer", ": pointer") } else { new }));
                format!("retitle {path}")
            }
            6 => {
                let (from, to) = (self.numbers.of(&KEYWORDS), self.numbers.of(&KEYWORDS));
                self.put(&path, Some(text.replace(from, to)));
                format!("keyword {path}")
            }
            7 => {
                let (from, to) = (self.numbers.of(&PRODUCTS), self.numbers.of(&PRODUCTS));
                self.put(&path, Some(text.replace(from, to)));
                format!("product {path}")
            }
            8 if path.ends_with(".md") && !path.contains("_index") => {
                let new = path.replace(".md", "-moved.md").replace("README-moved", "README");
                let new = if new == path { path.replace("README.md", "index.md") } else { new };
                self.put(&path, None);
                self.put(&new, Some(text));
                format!("rename {path} to {new}")
            }
            9 => {
                self.put(&path, None);
                format!("delete {path}")
            }
            10 | 11 => {
                let number = self.number();
                let (path, text) = self.article(number);
                let other = path.replace("README", "index");
                if self.files.contains_key(&other) {
                    self.put(&other, None);
                }
                self.put(&path, Some(text));
                format!("write {path}")
            }
            12 => {
                let number = self.numbers.below(PAGES);
                let text = self.page(number);
                let path = format!("content/guide/part{}/page{number}.md", number % 5);
                let moved = path.replace(".md", "-moved.md");
                if self.files.contains_key(&moved) {
                    self.put(&moved, None);
                }
                self.put(&path, Some(text));
                format!("write {path}")
            }
            13 if path.contains("/guide/") && text.contains("draft: true\n") => {
                self.put(&path, Some(text.replacen("draft: true\n", "", 1)));
                format!("publish {path}")
            }
            13 if path.contains("/guide/") && path.ends_with(".md") => {
                self.put(&path, Some(text.replacen("---\n", "---\ndraft: true\n", 1)));
                format!("draft {path}")
            }
            14 => {
                let marker = self.numbers.below(3);
                let item = "{{ item.title }} {% if item.product %}{{ item.product.count }}{% endif %}\n";
                if self.files.contains_key("templates/item.html") {
                    self.put("templates/item.html", None);
                } else {
                    self.put("templates/item.html", Some(format!("<a href=\"{{{{ item.url }}}}\">{marker} {item}</a>")));
                }
                "template".to_owned()
            }
            15 => {
                let title = self.words(1);
                let packed = self.numbers.of(&["", "compress = [\"gz\"]\n", "compress = [\"gz\"]\ncompress_from = 4000\n"]);
                self.put("site.toml", Some(format!("{}[publish]\n{packed}", config(title.trim()))));
                "config".to_owned()
            }
            16 => {
                self.put("static/robots-extra.txt", Some(format!("{kind}{}\n", text.len())));
                self.put("content/guide/part0/picture.svg", Some(format!("<svg><!-- {} --></svg>", text.len())));
                "files that are copied".to_owned()
            }
            17 => {
                let (number, to) = (self.number(), self.number());
                self.put("content/guide/old.md", Some(format!("---\naliases: [/was/{number}/]\n---\n# Old\n\nNow Q{to}.\n")));
                "alias".to_owned()
            }
            _ => match self.undo.pop() {
                Some((path, before)) => {
                    match &before {
                        Some(text) => self.site.write(&path, text),
                        None => self.site.remove(&path),
                    }
                    match before {
                        Some(text) => self.files.insert(path.clone(), text),
                        None => self.files.remove(&path),
                    };
                    format!("undo {path}")
                }
                None => "nothing to undo".to_owned(),
            },
        }
    }

    /// Builds with all that is remembered and without; fails where the outputs differ.
    #[track_caller]
    fn compare(&self, what: &str) -> bool {
        let run = self.site.build();
        if self.site.path("clean").exists() {
            std::fs::remove_dir_all(self.site.path("clean")).unwrap();
        }
        let clean = self.site.run(&["build", "--format", "short", "--no-cache", "-o", "clean"]);
        // Where nothing has changed, nothing is said again.
        let said = if run.stderr.contains("nothing has changed") { problems(&clean.stderr) } else { problems(&run.stderr) };
        assert_eq!((run.code, said), (clean.code, problems(&clean.stderr)), "after: {what}\n{}", run.stderr);
        if run.code == 0 {
            assert_same(&run.tree(), &tree(&self.site.path("clean")), what);
        }
        run.code == 0
    }
}

/// What was said of the content.
fn problems(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.contains("]: ")).collect()
}

fn config(title: &str) -> String {
    format!("base_url = \"https://example.org/docs/\"\ntitle = \"{title}\"\n\n[links]\nunresolved-reference = \"allow\"\n")
}

#[track_caller]
fn assert_same(now: &BTreeMap<String, Vec<u8>>, clean: &BTreeMap<String, Vec<u8>>, what: &str) {
    let paths: BTreeSet<&String> = now.keys().chain(clean.keys()).collect();
    let different: Vec<&&String> = paths.iter().filter(|path| now.get(**path) != clean.get(**path)).collect();
    if let Some(first) = different.first() {
        let text = |tree: &BTreeMap<String, Vec<u8>>| tree.get(**first).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        panic!("after: {what}\ndifferent: {different:?}\nnow: {:?}\nclean: {:?}", text(now), text(clean));
    }
}

#[test]
fn incremental_equals_clean_after_random_operations() {
    let mut story = Story::new(0x9E37_79B9);
    assert!(story.compare("the first build"), "{}", story.site.build().stderr);
    let (mut happened, mut built, mut refused) = (0, 0, 0);
    let wanted = rounds(30, 1000);
    while happened < wanted {
        let mut what = String::new();
        // Several at once too: what belongs together must be found whatever came before.
        for _ in 0..=story.numbers.below(3) {
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
    let mut numbers = Numbers(0x51_7C_C1_B7);
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
