//! Diagnostics → what is printed, in the form that was asked for. The same problems always give the same text. Nothing here writes to a
//! terminal or a file.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::source::{LineColumn, line_column};

mod human;
mod machine;

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For a terminal: excerpt, caret, help.
    #[default]
    Human,
    /// `file:line:column: severity[code]: message`, as editors read it.
    Short,
    /// JSON Lines: an object for each problem.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// SARIF 2.1.0, one JSON document.
    Sarif,
}

impl Format {
    /// All formats by their names on the command line.
    pub const NAMES: [(&'static str, Self); 5] =
        [("human", Self::Human), ("short", Self::Short), ("json", Self::Json), ("github", Self::Github), ("sarif", Self::Sarif)];

    /// Whether the text is for a program, and so belongs to standard output.
    pub fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Github | Self::Sarif)
    }
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// How each problem is printed.
    pub format: Format,
    /// Whether to use colours ([`Format::Human`] only).
    pub color: bool,
}

/// Most problems that are printed for people; the others are counted.
const MAX_PRINTED: usize = 50;
/// Most warnings of one code among them.
const MAX_OF_ONE_WARNING: usize = 10;

/// The problems as text, each once, sorted by path and offset. `source` is the text of the file at a path, if it is at hand: without it
/// a problem has no line and no excerpt.
///
/// People get 50 problems, errors before warnings and at most 10 warnings of one code, then the counts of the others; programs get all
/// of them.
pub fn render<'s>(diagnostics: &[Diagnostic], source: &dyn Fn(&str) -> Option<&'s str>, style: Style) -> String {
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by(|a, b| a.reading_order(b));
    all.dedup();
    match style.format {
        Format::Json => machine::json_lines(&all, source),
        Format::Github => machine::github(&all, source),
        Format::Sarif => machine::sarif(&all, source),
        Format::Human | Format::Short => {
            let printed = selection(&all);
            let mut text = String::new();
            for diagnostic in &printed {
                if style.format == Format::Human {
                    human::write(&mut text, diagnostic, source, style.color);
                } else {
                    short(&mut text, diagnostic, source);
                }
            }
            more(&mut text, &all, &printed);
            text
        }
    }
}

/// How many errors and warnings there are: `2 errors, 10,412 warnings`; empty if there is none.
pub fn counts(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let words = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let words: Vec<String> = words.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| number_of(n, word)).collect();
    words.join(", ")
}

/// The problems to print, in their order: errors first if there is no room for all.
fn selection<'d>(all: &[&'d Diagnostic]) -> Vec<&'d Diagnostic> {
    let errors = all.iter().filter(|d| d.severity == Severity::Error).count();
    let mut room = MAX_PRINTED.saturating_sub(errors);
    let mut of_code: BTreeMap<&str, usize> = BTreeMap::new();
    let mut room_for_errors = MAX_PRINTED;
    let mut printed = Vec::new();
    for diagnostic in all {
        let room = match diagnostic.severity {
            Severity::Error => &mut room_for_errors,
            Severity::Warning => {
                let count = of_code.entry(diagnostic.code).or_default();
                *count += 1;
                if *count > MAX_OF_ONE_WARNING {
                    continue;
                }
                &mut room
            }
        };
        if *room > 0 {
            *room -= 1;
            printed.push(*diagnostic);
        }
    }
    printed
}

/// The counts of what is not printed.
fn more(text: &mut String, all: &[&Diagnostic], printed: &[&Diagnostic]) {
    if all.len() == printed.len() {
        return;
    }
    let mut counts: BTreeMap<(Severity, &str), isize> = BTreeMap::new();
    for diagnostic in all {
        *counts.entry((diagnostic.severity, diagnostic.code)).or_default() += 1;
    }
    for diagnostic in printed {
        *counts.entry((diagnostic.severity, diagnostic.code)).or_default() -= 1;
    }
    let _ = writeln!(text, "… and {} more:", thousands(all.len() - printed.len()));
    for ((severity, code), count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(text, "{:>9} × {}[{code}]", thousands(count.unsigned_abs()), severity.name());
    }
}

fn short<'s>(text: &mut String, diagnostic: &Diagnostic, source: &dyn Fn(&str) -> Option<&'s str>) {
    if let Some(location) = &diagnostic.location {
        let _ = write!(text, "{}:", printable(&location.path));
        if let Some((at, _)) = lines(location, source) {
            let _ = write!(text, "{}:{}:", at.line, at.column);
        }
        text.push(' ');
    }
    let _ = writeln!(text, "{}[{}]: {}", diagnostic.severity.name(), diagnostic.code, printable(&diagnostic.message));
}

/// The first and the last line and column of a place.
fn lines<'s>(location: &Location, source: &dyn Fn(&str) -> Option<&'s str>) -> Option<(LineColumn, LineColumn)> {
    let text = source(&location.path)?;
    Some((line_column(text, location.span.start as usize), line_column(text, location.span.end as usize)))
}

/// Text from a file or a name on one line, without characters that could change the terminal or the reading direction.
fn printable(text: &str) -> String {
    let is_plain =
        |c: char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect()
}

fn number_of(count: usize, word: &str) -> String {
    format!("{} {word}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// `1234567` → `1,234,567`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
