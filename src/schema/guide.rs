//! The guide to `site.toml` → what each key means, for the schema. The guide is the one place that says it, so that the two cannot differ.

/// The page of the guide. Each table of the configuration has a heading with its name and a table of its keys: key, default, meaning.
const GUIDE: &str = include_str!("../../content/guide/site-toml.md");

/// The heading of the keys outside of all tables.
const TOP: &str = "At the top";

/// What the key or table at `path` means, with its default; `["search", "enabled"]`, `["schema", "fields", "type"]`.
pub(super) fn about(path: &[&str]) -> Option<String> {
    match path {
        [] => None,
        [name] => {
            row(TOP, name).or_else(|| first_paragraph(section(&format!("[{name}]")).or_else(|| section(&format!("[[{name}]]")))?))
        }
        [table, "fields"] => row(&format!("[[{table}]]"), "fields.KEY"),
        [table, "fields", key] => row(&format!("[[{table}]]"), &format!("fields.KEY.{key}")),
        [table, key] => row(&format!("[{table}]"), key).or_else(|| row(&format!("[[{table}]]"), key)),
        _ => None,
    }
}

/// The text below a heading, up to the next.
fn section(heading: &str) -> Option<&'static str> {
    let text = GUIDE.split("\n## ").skip(1).find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))?;
    Some(text.trim())
}

fn first_paragraph(section: &str) -> Option<String> {
    let paragraph = section.split("\n\n").find(|block| !block.starts_with(['|', '`']))?;
    Some(without_links(&paragraph.replace('\n', " ")))
}

/// The row of a key in the table of a section, as a sentence or two.
fn row(heading: &str, key: &str) -> Option<String> {
    let rows = section(heading)?.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect::<Vec<_>>()).find_map(|cells| {
        // An empty cell may have lost one of its blanks.
        let [keys, .., meaning] = cells.as_slice() else { return None };
        keys.split(", ").find(|named| named.trim_matches('`') == key)?;
        let default = cells[1].trim_matches([' ', '|']);
        let meaning = without_links(meaning.trim_start_matches(['|', ' ']));
        Some(if default.is_empty() || cells.len() < 3 {
            meaning
        } else {
            format!("{meaning} (default: {})", without_links(default))
        })
    })
}

/// `[publishing](@/guide/publishing.md)` → `publishing`.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, words, after)) = rest.split_once('[').and_then(|(before, link)| {
        let (words, after) = link.split_once("](")?;
        Some((before, words, after.split_once(')')?.1)).filter(|_| !words.contains(['[', '`', '"']))
    }) {
        out.push_str(before);
        out.push_str(words);
        rest = after;
    }
    out + rest
}
