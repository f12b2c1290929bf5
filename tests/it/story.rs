//! A site to which things happen: a state machine whose every state is compared with a build that knows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::support::{TestSite, kb_text, tree};

/// The same numbers in every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    pub(crate) fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len())]
    }
}

/// A site on disk, and what was there before, for undoing.
pub(crate) struct Story {
    pub(crate) site: TestSite,
    files: BTreeMap<String, String>,
    undo: Vec<(String, Option<String>)>,
    pub(crate) numbers: Numbers,
    /// The numbers that articles have or may get.
    articles: Vec<u32>,
}

const ARTICLES: u32 = 240;
const PAGES: usize = 60;
pub(crate) const WORDS: [&str; 24] = [
    "printer", "driver", "setup", "disk", "network", "error", "message", "memory", "update", "server", "client", "registry",
    "protocol", "record", "table", "query", "cursor", "window", "button", "folder", "password", "account", "cluster", "modem",
];
const KEYWORDS: [&str; 6] = ["kberrmsg", "kbsetup", "kbnetwork", "kbprint", "kbgraphxlink", "kbother"];
const PRODUCTS: [&str; 4] = ["Microsoft Word", "Microsoft Excel", "Windows NT", "Visual Basic"];

impl Story {
    /// A small site of articles and pages.
    pub(crate) fn new(seed: u64) -> Self {
        // Some numbers have no article yet.
        let articles = (0..ARTICLES + 8).map(|number| 100_000 + number * 7).collect();
        let mut story = Self::on(TestSite::new(""), seed, articles);
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

    /// The articles of a site, in the same folders.
    pub(crate) fn of(archive: &Path, seed: u64) -> Self {
        let site = TestSite::large("");
        let mut files = tree(&archive.join("content"));
        files.retain(|path, _| path.ends_with(".md"));
        let number = |path: &String| path.strip_suffix("/README.md")?.rsplit_once("/Q")?.1.parse().ok();
        let mut story = Self::on(site, seed, files.keys().filter_map(number).collect());
        story.put("site.toml", Some(config("Test")));
        for (path, text) in files {
            story.put(&format!("content/{path}"), Some(String::from_utf8(text).unwrap()));
        }
        story.undo.clear();
        story
    }

    fn on(site: TestSite, seed: u64, articles: Vec<u32>) -> Self {
        Self { site, files: BTreeMap::new(), undo: Vec::new(), numbers: Numbers(seed), articles }
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
        let at = self.numbers.below(self.articles.len());
        self.articles[at]
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
    pub(crate) fn happen(&mut self) -> String {
        let kind = self.numbers.below(20);
        let start = self.numbers.of(&["content/kb/", "content/guide/"]);
        let Some(path) = self.any(start).or_else(|| self.any("content/")) else { return "nothing is left".to_owned() };
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
                let new = match text.split_once("\"\n").filter(|_| path.contains("/kb/")) {
                    Some((start, rest)) => format!("{start} {}\"\n{rest}", words.trim()),
                    None => text.replacen("title: ", &format!("title: {words}"), 1),
                };
                self.put(&path, Some(new));
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
    pub(crate) fn compare(&self, what: &str) -> bool {
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

pub(crate) fn config(title: &str) -> String {
    format!("base_url = \"https://example.org/docs/\"\ntitle = \"{title}\"\n\n[links]\nunresolved-reference = \"allow\"\n")
}

#[track_caller]
pub(crate) fn assert_same(now: &BTreeMap<String, Vec<u8>>, clean: &BTreeMap<String, Vec<u8>>, what: &str) {
    let paths: BTreeSet<&String> = now.keys().chain(clean.keys()).collect();
    let different: Vec<&&String> = paths.iter().filter(|path| now.get(**path) != clean.get(**path)).collect();
    if let Some(first) = different.first() {
        let text = |tree: &BTreeMap<String, Vec<u8>>| tree.get(**first).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        panic!("after: {what}\ndifferent: {different:?}\nnow: {:?}\nclean: {:?}", text(now), text(clean));
    }
}
