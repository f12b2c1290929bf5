//! The client's modules as they are published: several small source files become one file without comments.
//!
//! It knows only the shape of our own sources: comments and imports stand on lines of their own, and statements end with semicolons
//! or line ends, which are kept.

const BITS: &str = include_str!("../../static/search/bits.js");
const STEM: &str = include_str!("../../static/search/stem.js");
const TOKENIZE: &str = include_str!("../../static/search/tokenize.js");
const INDEX: &str = include_str!("../../static/search/index.js");
const CODES: &str = include_str!("../../static/search/codes.js");
const QUERY: &str = include_str!("../../static/search/query.js");
const RANK: &str = include_str!("../../static/search/rank.js");
const FITS: &str = include_str!("../../static/search/fits.js");
const MORE: &str = include_str!("../../static/search/more.js");
const CLIENT: &str = include_str!("../../static/search/client.js");
const UI: &str = include_str!("../../static/search/ui.js");
const PAGE: &str = include_str!("../../static/search/page.js");
const LOAD: &str = include_str!("../../static/search/load.js");

/// The search itself, without a user interface; it imports [`more`] from beside it by this file name.
pub(crate) fn client(more: &str) -> String {
    bundle(&[BITS, STEM, TOKENIZE, INDEX, CODES, QUERY, RANK, CLIENT]).replace("./more.js", &format!("./{more}"))
}

/// What the client needs for some queries only.
pub(crate) fn more() -> String {
    bundle(&[FITS, MORE])
}

/// The search box in the header.
pub(crate) fn ui() -> String {
    bundle(&[UI])
}

/// The results page.
pub(crate) fn page() -> String {
    bundle(&[PAGE])
}

/// The few lines that every page loads: they fetch the rest when a reader means to search.
pub fn loader() -> &'static str {
    LOAD
}

/// `sources` as one module, without what only people read.
pub fn module(sources: &[&str]) -> String {
    bundle(sources)
}

/// Which names cover what a reader runs, for the pages of articles.
pub fn fits() -> String {
    bundle(&[FITS])
}

/// One module out of several; only the last one keeps its exports.
fn bundle(sources: &[&str]) -> String {
    let mut out = String::new();
    for (number, source) in sources.iter().enumerate() {
        let inner = number + 1 < sources.len();
        let mut in_comment = false;
        for line in source.lines().map(str::trim) {
            let comment = in_comment || line.starts_with("//") || line.starts_with("/**");
            in_comment = (in_comment || line.starts_with("/**")) && !line.ends_with("*/");
            if comment || line.is_empty() || line.starts_with("import ") {
                continue;
            }
            out += if inner { line.strip_prefix("export ").unwrap_or(line) } else { line };
            out.push('\n');
        }
    }
    spaces_off(&out)
}

/// Leaves out the spaces beside punctuation, outside of strings, templates and regular expressions.
fn spaces_off(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    // What ends the literal at hand, and whether a character class of a regular expression is open.
    let (mut literal, mut class) = (None, false);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '\\');
    while let Some(c) = chars.next() {
        let before = out.trim_end_matches(' ').chars().next_back().unwrap_or('\n');
        if let Some(end) = literal {
            out.push(c);
            match c {
                '\\' => out.extend(chars.next()),
                '[' if end == '/' => class = true,
                ']' => class = false,
                _ if c == end && !class => literal = None,
                _ => {}
            }
            continue;
        }
        match c {
            '\'' | '"' | '`' => literal = Some(c),
            '/' if "(,=:[!&|?{};>\n".contains(before) || out.ends_with("return ") => literal = Some('/'),
            ' ' => {
                let after = chars.peek().copied().unwrap_or('\n');
                let signs = matches!((before, after), ('+', '+') | ('-', '-') | ('/', _) | (_, '/'));
                if !(signs || is_name(before) && is_name(after)) {
                    continue;
                }
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::bundle;

    #[test]
    fn a_bundle_is_one_module_without_comments() {
        let inner = "// Words.\nexport const A = 1;\n/**\n * Two.\n */\nexport function f() {\n  return A;\n}\n";
        let outer = "import { A, f } from './inner.js';\n\nexport const B = A + f();\n";
        assert_eq!(bundle(&[inner, outer]), "const A=1;\nfunction f(){\nreturn A;\n}\nexport const B=A+f();\n");
    }

    #[test]
    fn spaces_in_literals_stay() {
        let source =
            "const a = 'x + y' + `p ${q + 1} r`.replace(/[ /] +/g, \"- -\") - -b / c;\nfor (const x of [1, 2]) f(x => x in y);\n";
        let expected = "const a='x + y'+`p ${q + 1} r`.replace(/[ /] +/g,\"- -\")- -b / c;\nfor(const x of[1,2])f(x=>x in y);\n";
        assert_eq!(super::spaces_off(source), expected);
    }

    #[test]
    fn no_template_stands_in_a_template() {
        for source in [
            super::BITS,
            super::FITS,
            super::STEM,
            super::TOKENIZE,
            super::INDEX,
            super::CODES,
            super::QUERY,
            super::RANK,
            super::MORE,
            super::CLIENT,
        ]
        .into_iter()
        .chain([super::UI, super::PAGE, super::LOAD])
        {
            for line in source.lines() {
                let nested = line.split("${").skip(1).any(|rest| rest.split('}').next().is_some_and(|inner| inner.contains('`')));
                assert!(!nested, "the bundle cannot tell where this ends: {line}");
            }
        }
    }
}
