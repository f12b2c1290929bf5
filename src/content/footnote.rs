//! Footnotes: numbered in the order in which the text refers to them, wherever they were written, and shown at the end of the body.

use std::collections::HashMap;

use crate::html::attribute;

/// The footnotes of one body.
#[derive(Default)]
pub(super) struct Footnotes {
    all: Vec<Footnote>,
    by_label: HashMap<String, usize>,
    /// How many have a number.
    numbered: usize,
}

#[derive(Default)]
struct Footnote {
    html: String,
    references: usize,
    /// From 1; 0 before the first reference.
    number: usize,
}

impl Footnotes {
    /// The index of the footnote with this label.
    pub(super) fn index(&mut self, label: &str) -> usize {
        if let Some(index) = self.by_label.get(label) {
            return *index;
        }
        let index = self.all.len();
        self.all.push(Footnote::default());
        self.by_label.insert(label.to_owned(), index);
        index
    }

    /// Takes the text of a footnote, as HTML.
    pub(super) fn define(&mut self, index: usize, html: String) {
        self.all[index].html = html;
    }

    /// Appends a reference to the footnote with this label.
    pub(super) fn write_reference(&mut self, out: &mut String, label: &str) {
        let index = self.index(label);
        let footnote = &mut self.all[index];
        footnote.references += 1;
        if footnote.number == 0 {
            self.numbered += 1;
            footnote.number = self.numbered;
        }
        let number = footnote.number.to_string();
        out.push_str("<sup><a class=\"footnote\"");
        attribute(out, "id", &back_id(&number, footnote.references));
        attribute(out, "href", &format!("#fn:{number}"));
        out.push('>');
        out.push_str(&number);
        out.push_str("</a></sup>");
    }

    /// Appends the footnotes' section, with `back` as the name of the links to the text; those that nothing refers to come last, so that no text is lost.
    pub(super) fn write(&mut self, out: &mut String, back: &str) {
        self.all.retain(|footnote| footnote.references > 0 || !footnote.html.is_empty());
        if self.all.is_empty() {
            return;
        }
        self.all.sort_by_key(|footnote| if footnote.number == 0 { usize::MAX } else { footnote.number });
        out.push_str("<section class=\"footnotes\" role=\"doc-endnotes\"><ol>\n");
        for (index, footnote) in self.all.iter().enumerate() {
            write_footnote(out, footnote, &(index + 1).to_string(), back);
        }
        out.push_str("</ol></section>\n");
    }
}

/// One footnote, with the links back at the end of its last paragraph.
fn write_footnote(out: &mut String, footnote: &Footnote, number: &str, back: &str) {
    out.push_str("<li");
    attribute(out, "id", &format!("fn:{number}"));
    out.push('>');
    let html = footnote.html.trim_end();
    let text = html.strip_suffix("</p>").unwrap_or(html);
    out.push_str(text);
    for time in 1..=footnote.references {
        out.push_str(" <a class=\"back\"");
        attribute(out, "href", &format!("#{}", back_id(number, time)));
        out.push_str(" data-chrome");
        attribute(out, "aria-label", back);
        out.push_str(">↩</a>");
    }
    out.push_str(&html[text.len()..]);
    out.push_str("</li>\n");
}

/// The id of a reference to a footnote, the `time`th of them.
fn back_id(number: &str, time: usize) -> String {
    if time == 1 { format!("fnref:{number}") } else { format!("fnref:{number}-{time}") }
}
