use std::sync::Arc;

use super::{Format, Style, counts, render};
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

const TEXT: &str = "---\ntitle: x\n---\n\nSee [B](b.md).\n";

fn source(path: &str) -> Option<&'static str> {
    (path == "a.md").then_some(TEXT)
}

fn dead_link() -> Diagnostic {
    let at = TEXT.find("b.md").expect("it is there");
    Diagnostic::error(code::DEAD_LINK, "no page at `b.md`")
        .at(&Arc::from("a.md"), Span::new(at..at + 4))
        .help("did you mean `c.md`?")
}

fn rendered(diagnostics: &[Diagnostic], format: Format) -> String {
    render(diagnostics, &source, Style { format, color: false })
}

#[test]
fn a_person_sees_the_line_the_caret_and_the_help() {
    let expected = "error[dead-link]: no page at `b.md`
 --> a.md:5:9
  |
5 | See [B](b.md).
  |         ^^^^
  |
  = help: did you mean `c.md`?

";
    assert_eq!(rendered(&[dead_link(), dead_link()], Format::Human), expected);
    let colored = render(&[dead_link()], &source, Style { format: Format::Human, color: true });
    assert!(colored.contains("\u{1b}["));
}

#[test]
fn other_places_are_shown_with_their_words() {
    let first: Arc<str> = Arc::from("a.md");
    let problem = Diagnostic::error(code::PATH_COLLISION, "two pages at `/x/`").at(&Arc::from("z.md"), Span::new(0..3)).label(
        &first,
        Span::new(4..9),
        "the other page",
    );
    let expected = "error[path-collision]: two pages at `/x/`
 --> z.md
  |
 ::: a.md:2:1
  |
2 | title: x
  | ----- the other page

";
    assert_eq!(rendered(&[problem], Format::Human), expected);
}

#[test]
fn editors_and_programs_get_line_and_column() {
    let problems = [dead_link(), Diagnostic::warning(code::OUTPUT_REFUSED, "50 %\nis `\u{1b}` bad")];
    assert_eq!(
        rendered(&problems, Format::Short),
        "warning[output-refused]: 50 %\u{fffd}is `\u{fffd}` bad\na.md:5:9: error[dead-link]: no page at `b.md`\n"
    );
    assert_eq!(
        rendered(&problems, Format::Github),
        "::warning title=output-refused::50 %25%0Ais `\u{1b}` bad\n\
         ::error file=a.md,line=5,endLine=5,col=9,endColumn=13,title=dead-link::no page at `b.md`%0Adid you mean `c.md`?\n"
    );
    let json = rendered(&problems, Format::Json);
    assert_eq!(
        json.lines().nth(1),
        Some(
            r#"{"severity":"error","code":"dead-link","message":"no page at `b.md`","file":"a.md","line":5,"column":9,"end_line":5,"end_column":13,"help":"did you mean `c.md`?"}"#
        )
    );
    let sarif: serde_json::Value = serde_json::from_str(&rendered(&problems, Format::Sarif)).expect("it is JSON");
    assert_eq!(sarif["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startColumn"], 9);
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"], "dead-link");
}

#[test]
fn thousands_of_warnings_are_counted_and_do_not_hide_an_error() {
    let path: Arc<str> = Arc::from("a.md");
    let warning =
        |n: u32| Diagnostic::warning(code::UNRESOLVED_REFERENCE, format!("no article Q{n}")).at(&path, Span { start: 0, end: 1 });
    let mut problems: Vec<Diagnostic> = (10_000..20_412).map(warning).collect();
    problems.push(dead_link());
    let text = rendered(&problems, Format::Short);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 10 + 1 + 2);
    assert_eq!(lines[10], "a.md:5:9: error[dead-link]: no page at `b.md`");
    assert_eq!(lines[11..], ["… and 10,402 more:", "   10,402 × warning[unresolved-reference]"]);
    assert_eq!(counts(&problems), "1 error, 10,412 warnings");
    let errors: Vec<Diagnostic> = (0..60).map(|n| Diagnostic::error(code::DEAD_LINK, n.to_string())).collect();
    assert_eq!(rendered(&errors, Format::Short).lines().count(), 52);
}

#[test]
fn long_lines_and_places_outside_the_text_do_no_harm() {
    let long = format!("{}HERE{}\n", "é ".repeat(800), " word".repeat(400));
    let at = long.find("HERE").expect("it is there");
    let path: Arc<str> = Arc::from("a.md");
    let render = |start: usize, end: usize| {
        let problem = Diagnostic::error(code::DEAD_LINK, "x").at(&path, Span::new(start..end));
        super::render(&[problem], &|_| Some(&*long), Style::default())
    };
    let text = render(at, at + 4);
    assert!(text.contains("HERE") && text.contains("^^^^"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 200), "{text}");
    for (start, end) in [(1, 2), (1, 1), (long.len(), long.len() + 5), (long.len() + 9, long.len() + 9), (0, long.len())] {
        assert!(render(start, end).starts_with("error[dead-link]: x"));
    }
}
