//! A small site on disk, the real binary, and what came of it: so that a test reads like a story.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

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
        let site = Self { folder: Rc::new(tempfile::tempdir().unwrap()) };
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
