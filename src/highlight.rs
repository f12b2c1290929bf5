//! Source code → HTML with classes. The giallo crate reads the grammars of VS Code; it hands out colours only, so the code is coloured with
//! one theme whose palette has one colour per meaning, and each colour is written as the class of that meaning. No colour reaches
//! a page: the style sheet has them.

use std::sync::OnceLock;

use giallo::{FontStyle, HighlightOptions, Registry, Style, ThemeVariant};

use crate::html;

/// Longer code than this, in bytes, stays plain.
const MAX_CODE: usize = 8_000;
/// Code with a longer line than this, in bytes, stays plain: the grammars are regular expressions.
const MAX_LINE: usize = 400;
/// Code with more brackets and comments open at once than this stays plain: each one costs the grammar more than the one before.
const MAX_OPEN: usize = 64;
/// The theme whose palette is read back.
const THEME: &str = "catppuccin-mocha";
/// Languages that are meant to be plain.
const PLAIN: [&str; 11] =
    ["text", "txt", "plain", "plaintext", "none", "console", "output", "kb-text", "kbtext", "kb", "nohighlight"];

/// Whether a fence may name this language: it is highlighted, or meant to be plain.
pub fn knows(language: &str) -> bool {
    is_plain(language) || registry().is_some_and(|registry| registry.contains_grammar(language))
}

/// Appends `code` as HTML, highlighted where its language is known and its size permits, else only escaped.
pub fn write(out: &mut String, language: &str, code: &str) {
    if !write_highlighted(out, language, code) {
        html::escape_text(out, code);
    }
}

fn write_highlighted(out: &mut String, language: &str, code: &str) -> bool {
    if is_plain(language) || !is_harmless(code) {
        return false;
    }
    let Some(registry) = registry() else { return false };
    let options = HighlightOptions::new(language, ThemeVariant::Single(THEME)).merge_whitespace(false);
    let Ok(highlighted) = registry.highlight(code, &options) else { return false };
    let group = Group::of(highlighted.language);
    for (number, line) in highlighted.tokens.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let mut open = "";
        let mut blanks = String::new();
        for token in line {
            if token.text.trim().is_empty() {
                blanks.push_str(&token.text);
                continue;
            }
            let class = match &token.style {
                ThemeVariant::Single(style) => class(style, &token.text, group),
                ThemeVariant::Dual { .. } => "",
            };
            if class != open {
                close(out, open);
            }
            out.push_str(&blanks);
            blanks.clear();
            if class != open && !class.is_empty() {
                out.push_str("<span class=\"");
                out.push_str(class);
                out.push_str("\">");
            }
            open = class;
            html::escape_text(out, &token.text);
        }
        close(out, open);
        out.push_str(&blanks);
    }
    true
}

/// Whether the code is one that people write. The limits are sizes and not a clock, so that the same code always gives the same HTML.
fn is_harmless(code: &str) -> bool {
    let mut open = 0usize;
    let mut before = 0;
    for (byte, after) in code.bytes().zip(code.bytes().skip(1).chain([0])) {
        match (byte, after) {
            (b'(' | b'[' | b'{', _) | (b'/', b'*') => open += 1,
            (b'<', _) if before != b'<' && after.is_ascii_alphabetic() => open += 1,
            (b')' | b']' | b'}' | b'>', _) | (b'*', b'/') => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_OPEN {
            return false;
        }
        before = byte;
    }
    code.len() <= MAX_CODE && code.split('\n').all(|line| line.len() <= MAX_LINE)
}

fn close(out: &mut String, class: &str) {
    if !class.is_empty() {
        out.push_str("</span>");
    }
}

fn is_plain(language: &str) -> bool {
    PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(language))
}

/// The grammars, unpacked when the first fence names a language (35 ms) and never again.
fn registry() -> Option<&'static Registry> {
    static REGISTRY: OnceLock<Option<Registry>> = OnceLock::new();
    REGISTRY.get_or_init(|| Registry::builtin().ok()).as_ref()
}

/// Languages that share a use of the colours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Program,
    Markup,
    Data,
    Diff,
    Prose,
}

impl Group {
    fn of(language: &str) -> Self {
        match language {
            "diff" => Self::Diff,
            "markdown" | "mdx" | "asciidoc" | "rst" => Self::Prose,
            "json" | "json5" | "jsonc" | "jsonl" | "yaml" | "toml" | "ini" | "css" | "scss" | "less" => Self::Data,
            "html" | "xml" | "xsl" | "vue" | "svelte" | "astro" | "php" | "erb" | "razor" | "handlebars" | "jinja" | "liquid"
            | "twig" => Self::Markup,
            _ => Self::Program,
        }
    }
}

/// The class for a token's style, empty where it is plain. Punctuation stays plain: it would double the size of a page.
fn class(style: &Style, text: &str, group: Group) -> &'static str {
    let italic = style.font_style.contains(FontStyle::ITALIC);
    let color = style.foreground.as_hex();
    match (color.as_str(), group) {
        ("#9399B2", _) if italic => "hl-comment",
        ("#A6E3A1", Group::Diff) => "hl-inserted",
        ("#F38BA8", Group::Diff) => "hl-deleted",
        ("#89B4FA", Group::Diff) => "hl-heading",
        ("#F38BA8" | "#FAB387" | "#F9E2AF", Group::Prose) if text.trim_start().starts_with('#') => "hl-heading",
        ("#F38BA8", Group::Prose) => "hl-constant",
        ("#89B4FA", Group::Markup) if !italic => "hl-tag",
        ("#89B4FA", Group::Data) if !italic => "hl-attribute",
        ("#89B4FA", _) => "hl-function",
        ("#A6E3A1" | "#B4BEFE", _) => "hl-string",
        ("#CBA6F7", _) => "hl-keyword",
        ("#FAB387", _) if italic => "hl-attribute",
        ("#FAB387", _) if text.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')) => {
            "hl-number"
        }
        ("#FAB387" | "#F38BA8" | "#F5C2E7", _) => "hl-constant",
        ("#F9E2AF", _) if italic => "hl-type",
        ("#F9E2AF", _) => "hl-attribute",
        ("#94E2D5" | "#89DCEB", _) => "hl-operator",
        ("#EBA0AC", _) => "hl-variable",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{knows, write};

    fn html(language: &str, code: &str) -> String {
        let mut out = String::new();
        write(&mut out, language, code);
        out
    }

    /// Pins the palette: should the theme of a later version change its colours, this says so.
    #[test]
    fn every_meaning_has_its_class() {
        for (language, code, expected) in [
            ("rust", "pub fn main() {}", "<span class=\"hl-keyword\">pub fn</span>"),
            ("rust", "let x: Option = 12; // <c>", "<span class=\"hl-comment\">// &lt;c&gt;</span>"),
            ("rust", "let x: Option = 12;", "<span class=\"hl-number\">12</span>"),
            ("rust", "let x: Option = 12;", "<span class=\"hl-type\">Option</span>"),
            ("rust", "bar(x)", "<span class=\"hl-function\">bar</span>"),
            ("rust", "true", "<span class=\"hl-constant\">true</span>"),
            ("rust", "a + b", "<span class=\"hl-operator\">+</span>"),
            ("rust", "fn f(x: u8) {}", "<span class=\"hl-variable\">x</span>"),
            ("python", "s = 'a'", "<span class=\"hl-string\">'a'</span>"),
            ("html", "<a href=\"x\">", "<span class=\"hl-tag\">a</span>"),
            ("html", "<a href=\"x\">", "<span class=\"hl-attribute\">href</span>"),
            ("json", "{\"a\": 1}", "<span class=\"hl-attribute\">a</span>"),
            ("diff", "-old\n+new\n", "<span class=\"hl-inserted\">new</span>"),
            ("diff", "-old\n+new\n", "<span class=\"hl-deleted\">old</span>"),
            ("markdown", "# Title", "<span class=\"hl-heading\"># Title</span>"),
        ] {
            let html = html(language, code);
            assert!(html.contains(expected), "{language}: {html}");
        }
    }

    #[test]
    fn plain_unknown_and_oversized_code_is_escaped() {
        assert_eq!(html("console", "a < b"), "a &lt; b");
        assert_eq!(html("no-such-language", "a < b"), "a &lt; b");
        for long in ["let x = 1;".repeat(300), "let x = 1;\n".repeat(3_000), "f((\n".repeat(100)] {
            assert_eq!(html("rust", &long), long);
        }
        assert!(knows("Rust") && knows("text") && knows("bash") && knows("c++") && !knows("no-such-language"));
    }

    #[test]
    fn the_text_is_never_changed() {
        for code in ["fn main() {\n    \"<&>\"\n}\n", "\n\n a\n", "", "\t/* x\n*/ y", "é\u{200b}\n"] {
            let html = html("rust", code);
            let mut text = String::new();
            let mut inside = false;
            for c in html.chars() {
                match c {
                    '<' => inside = true,
                    '>' => inside = false,
                    c if !inside => text.push(c),
                    _ => {}
                }
            }
            assert_eq!(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), code);
        }
    }
}
