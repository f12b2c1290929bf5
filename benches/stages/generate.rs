//! A site of any size that looks like a knowledge base: the same number makes the same bytes everywhere. Of ten files nine are articles in the
//! plain-text form and one is a page in Markdown.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const WORDS: &str = "the a server message error service database registry client network driver printer when you start this that is \
    not cannot open file value key user computer system program window setup install following steps problem occurs because field \
    table record index query version update memory address port connection text list option dialog box button";
const PRODUCTS: [&str; 4] = ["Mail Server", "Print Server", "Data Base", "C Compiler"];
const SECTIONS: [&str; 4] = ["SYMPTOMS", "CAUSE", "RESOLUTION", "MORE INFORMATION"];
const FIRST: u64 = 100_000;

/// Writes a site of `count` files into `folder`.
pub(crate) fn site(folder: &Path, count: u64) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("site.toml"), "base_url = \"https://example.org/kb/\"\ntitle = \"Generated\"\n").unwrap();
    for i in 0..count {
        let number = FIRST + i;
        let (path, text) = if i % 10 == 9 {
            (format!("content/guide/{}/page-{number}.md", number / 1000), page(number, count))
        } else {
            (format!("content/kb/{}/Q{number}/README.md", number / 1000), article(number, count))
        };
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A plain-text article of some 3 KB: sections, wrapped paragraphs, steps, code, references, a trailer.
fn article(number: u64, count: u64) -> String {
    let mut random = Random(number);
    let product = random.of(&PRODUCTS);
    let title = random.sentence(7);
    let mut text = format!(
        "Article: Q{number}\nProduct(s): {product}\nVersion(s): 4.0,5.0\nOperating System(s): \nKeyword(s): kbusage\n\
         Last Modified: {:02}-AUG-{}\n\n{}\nThe information in this article applies to:\n\n- {product}, versions 4.0, 5.0\n{}\n\n",
        1 + random.below(28),
        1990 + random.below(12),
        "-".repeat(79),
        "-".repeat(79)
    );
    for section in SECTIONS {
        let _ = write!(text, "{section}\n{}\n\n{}\n", "=".repeat(section.len()), random.paragraph(60));
        match section {
            "SYMPTOMS" => {
                let _ = write!(text, "\n   Error {}\n\n", 1000 + random.below(9000));
            }
            "RESOLUTION" => {
                for step in 1..=4 {
                    let _ = write!(text, "\n{step}. {}\n", random.paragraph(12).trim_end());
                }
                text.push('\n');
            }
            "MORE INFORMATION" => {
                let _ = write!(text, "\n   int main(void) {{\n      return {};\n   }}\n\n", random.below(100));
                let cited = FIRST + random.below(count) / 10 * 10;
                let _ = write!(text, "For more information, see the following article:\n\n   Q{cited} {}\n\n", random.sentence(6));
            }
            _ => text.push('\n'),
        }
    }
    let _ = write!(
        text,
        "Additional query words: {}\n\n{}\nKeywords          : kbusage\nIssue type        : kbprb\n\n{}\n",
        random.sentence(3),
        "=".repeat(70),
        "=".repeat(77)
    );
    let body: String = text.lines().map(|line| format!("\t{line}\n")).collect();
    format!(
        "---\nlayout: page\ntitle: \"Q{number}: {title}\"\npermalink: /kb/{}/Q{number}/\n---\n\n## Q{number}: {title}\n\n\
         {{% raw %}}\n\n{body}\n{{% endraw %}}\n",
        number / 1000
    )
}

/// A page in Markdown of some 2 KB: headings, a list, a table, code, links.
fn page(number: u64, count: u64) -> String {
    let mut random = Random(number);
    let mut text = format!("---\ntitle: {}\ntags: [guide]\nupdated: 2024-01-31\n---\n\n", random.sentence(6));
    for section in 0..3 {
        let _ = write!(text, "## {}\n\n{}\n", random.sentence(4), random.paragraph(60));
        let _ = write!(text, "\n- {}\n- *{}*\n", random.sentence(8), random.sentence(5));
        let cited = FIRST + random.below(count) / 10 * 10;
        let _ = write!(text, "\nSee Q{cited} and [the list](/guide/).\n\n");
        if section == 1 {
            let _ =
                write!(text, "| {} | {} |\n|---|---|\n| {} | {} |\n\n", random.word(), random.word(), random.word(), random.word());
            text.push_str("```rust\nfn main() {\n    println!(\"{}\", 42);\n}\n```\n\n");
        }
    }
    text
}

/// A small generator of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    fn word(&mut self) -> &'static str {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        self.of(&words)
    }

    /// `words` words, the first with a capital.
    fn sentence(&mut self, words: usize) -> String {
        let mut text = (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ");
        text[..1].make_ascii_uppercase();
        text
    }

    /// Sentences of `words` words in all, wrapped at 80 columns.
    fn paragraph(&mut self, words: usize) -> String {
        let mut out = String::new();
        let mut column = 0;
        for _ in 0..words / 12 {
            for word in (self.sentence(12) + ".").split(' ') {
                if column > 0 && column + 1 + word.len() > 80 {
                    out.push('\n');
                    column = 0;
                } else if column > 0 {
                    out.push(' ');
                    column += 1;
                }
                out.push_str(word);
                column += word.len();
            }
        }
        out.push('\n');
        out
    }
}
