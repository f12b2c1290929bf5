//! A small site on disk, the real binary, and what came of it: so that a test reads like a story.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use kbpress::build::Request;
use kbpress::timings::Timings;
use kbpress::write::{Counts, Disk};

/// A site in a temporary folder.
pub(crate) struct TestSite {
    folder: Rc<tempfile::TempDir>,
}

/// What a run of the binary said and left behind.
pub(crate) struct Run {
    /// Exit code.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    output: PathBuf,
    /// Keeps the folder until the last run in it is looked at.
    _folder: Rc<tempfile::TempDir>,
}

impl TestSite {
    /// A site of the files in `text`: each begins with a line `-- path --`. Without a `site.toml` there it has a plain one.
    pub(crate) fn new(text: &str) -> Self {
        // Every first build waits for the disk, and memory has nothing to wait for.
        Self::within(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(), text)
    }

    /// The same on a disk, for a site that may be too large for that.
    pub(crate) fn large(text: &str) -> Self {
        Self::within(tempfile::tempdir().unwrap(), text)
    }

    fn within(folder: tempfile::TempDir, text: &str) -> Self {
        let site = Self { folder: Rc::new(folder) };
        site.write("site.toml", "base_url = \"https://example.org/docs/\"\ntitle = \"Test\"\n");
        std::fs::create_dir(site.path("content")).unwrap();
        let mut file: Option<(&str, String)> = None;
        for line in text.trim_start_matches('\n').split_inclusive('\n') {
            let path = line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --"));
            match (path, &mut file) {
                (Some(path), _) => {
                    if let Some((path, text)) = file.replace((path, String::new())) {
                        site.write(path, &text);
                    }
                }
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => panic!("the first line names a file: {line:?}"),
            }
        }
        if let Some((path, text)) = file {
            site.write(path, &text);
        }
        site
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.path(path)).unwrap();
    }

    /// Runs the binary in the site's folder.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// The same with environment variables.
    pub(crate) fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kbpress"));
        command.args(args).current_dir(self.folder.path());
        command.env_remove("NO_COLOR").env("SOURCE_DATE_EPOCH", "1700000000").envs(variables.iter().copied());
        let output = command.output().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            output: self.path("public"),
            _folder: Rc::clone(&self.folder),
        }
    }

    /// An article that refers to two others, says in which `version` it is and comes with another title in another version.
    pub(crate) fn article(&self, number: u32, version: u32) {
        let body = format!(
            "SYMPTOMS\n========\n\nError 0x{number:08X} of version {version}, see Q{} and Q{}.\n",
            number + 1,
            number + 7 * version
        );
        let folder = number / 1000;
        self.write(
            &format!("content/kb/{folder}/Q{number}/README.md"),
            kb_text(number, &format!("Title {version} of {number}"), &body),
        );
    }

    /// So many articles. In version 2 a third of those of version 1 is another, some are new and some are gone.
    pub(crate) fn articles(&self, count: u32, version: u32) {
        for number in 100_000..100_000 + count {
            let is_there = number % 10 != version;
            if is_there {
                self.article(number, if number % 3 == 0 { version } else { 1 });
            } else {
                let _ = std::fs::remove_dir_all(self.path(&format!("content/kb/100/Q{number}")));
            }
        }
    }

    /// Builds the site.
    pub(crate) fn build(&self) -> Run {
        self.run(&["build", "--format", "short"])
    }
}

impl Run {
    /// Fails unless the run was fine and had nothing to say about the content.
    #[track_caller]
    pub(crate) fn is_clean(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        assert!(!self.stderr.contains("warning"), "{}", self.stderr);
        self
    }

    /// Fails unless the run ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.stderr);
        self
    }

    /// Fails unless the problems that were printed hold `text`.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is not in:\n{}", self.stderr);
        self
    }

    /// The text of a file of the output.
    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> String {
        std::fs::read_to_string(self.output.join(path)).unwrap_or_else(|e| panic!("{path}: {e}\n{}", self.stderr))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.output.join(path).exists()
    }

    /// Every file of the output with its content.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.output)
    }
}

/// The binary, to be run in the site's folder.
pub(crate) fn kbpress(site: &TestSite, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kbpress"));
    command.args(args).current_dir(site.path("")).env("SOURCE_DATE_EPOCH", "1700000000");
    command
}

/// Builds the site in this process, onto `disk`. The codes of the errors in its content, if there are any.
pub(crate) fn build(site: &TestSite, disk: Disk) -> anyhow::Result<Result<Counts, Vec<&'static str>>> {
    let today = jiff::civil::date(2023, 11, 14);
    let request = Request { root: site.path(""), today, disk, ..Request::default() };
    let outcome = kbpress::build::build(&request, &mut Timings::default(), &|_, _| ())?;
    Ok(outcome.done.map(|done| done.counts).ok_or_else(|| outcome.diagnostics.iter().map(|problem| problem.code).collect()))
}

/// How many of our own working files are left in a folder.
pub(crate) fn leftovers(folder: &Path) -> usize {
    let is_left =
        |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.contains(".kbpress-") && !name.ends_with("-manifest"));
    walkdir::WalkDir::new(folder).into_iter().filter(|entry| is_left(entry.as_ref().unwrap().file_name())).count()
}

/// Numbers that look random and are the same each time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66D)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Every file below `folder` with its content.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// An article in the old plain-text form with this body, lines indented by a tab as the archive has them.
pub(crate) fn kb_text(number: u32, title: &str, body: &str) -> String {
    let header = format!(
        "Article: Q{number}\nProduct(s): Test Product\nVersion(s): 1.0\nOperating System(s): \nKeyword(s): kbtest\nLast Modified: 19-DEC-1999\n\n"
    );
    let text: String = format!("{header}{body}").lines().map(|line| format!("\t{line}\n")).collect();
    let folder = number / 1000;
    format!(
        "---\nlayout: page\ntitle: \"Q{number}: {title}\"\npermalink: /kb/{folder:03}/Q{number}/\n---\n\n## Q{number}: {title}\n\n{{% raw %}}\n\n{text}\n{{% endraw %}}\n"
    )
}
