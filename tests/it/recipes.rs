//! The recipes under `examples/ci`, the action and the workflows: their YAML can be read, and kbpress takes every command line in them.

use std::path::Path;

use crate::support::{TestSite, tree};

fn recipes() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut recipes = vec![("action.yml".to_owned(), std::fs::read_to_string(root.join("action.yml")).unwrap())];
    for folder in ["examples/ci", ".github/workflows"] {
        let files = tree(&root.join(folder)).into_iter();
        recipes.extend(files.map(|(path, text)| (format!("{folder}/{path}"), String::from_utf8(text).unwrap())));
    }
    for page in ["deploying.md", "publishing.md"] {
        let text = std::fs::read_to_string(root.join("content/guide").join(page)).unwrap();
        // Between the fences of code blocks; elsewhere a command is a word of a sentence.
        recipes.push((page.to_owned(), text.split("```").skip(1).step_by(2).collect()));
    }
    recipes
}

/// The arguments of each `kbpress` command in `text`.
fn commands(text: &str) -> Vec<Vec<String>> {
    const COMMANDS: [&str; 5] = ["build", "check", "publish", "diff", "serve"];
    let mut commands = Vec::new();
    for line in text.lines() {
        for (place, _) in line.match_indices("kbpress ") {
            let rest = &line[place + "kbpress ".len()..];
            let rest = rest.split(['`', '|', ';', '&', '>']).next().unwrap();
            let words: Vec<String> = rest.split_whitespace().map(|word| word.trim_matches(['"', ',', ')']).to_owned()).collect();
            if words.first().is_some_and(|word| COMMANDS.contains(&word.as_str())) {
                commands.push(words);
            }
        }
    }
    commands
}

#[test]
fn kbpress_takes_every_command_line_of_the_recipes() {
    let site = TestSite::new("");
    site.remove("site.toml");
    let mut seen = 0;
    for (path, text) in recipes() {
        for command in commands(&text) {
            let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            let run = site.run(&arguments);
            assert!(!run.stderr.contains("--help"), "{path}: kbpress {}\n{}", command.join(" "), run.stderr);
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} commands");
}

#[test]
fn the_recipes_are_yaml_and_toml() {
    for (path, text) in recipes() {
        if path.ends_with(".yml") {
            let value: Result<serde_yaml::Value, _> = serde_yaml::from_str(&text);
            assert!(value.as_ref().is_ok_and(serde_yaml::Value::is_mapping), "{path}: {value:?}");
        } else if path.ends_with(".toml") {
            let value: Result<toml::Table, _> = toml::from_str(&text);
            assert!(value.is_ok(), "{path}: {value:?}");
        }
    }
}
