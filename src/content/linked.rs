//! Running text → HTML with its article numbers and, in KB texts, its bare URLs as links. Links wrap characters and never change one.

use super::{Reference, Resolver};
use crate::bare_url::urls;
use crate::html::{any_byte, attribute, escape_text, safe_url};
use crate::reference::references;

/// Appends `text` with links on its article numbers, and on its URLs if `bare_urls` says so.
pub(super) fn write_linked<R: Resolver>(out: &mut String, resolver: &R, bare_urls: bool, text: &str) {
    // Each URL has a colon, each number begins with a letter, and some signs must be escaped: most lines have nothing of that.
    let is_sign = |byte| (byte == b':') | (byte | 0x20 == b'q') | (byte == b'&') | (byte == b'<') | (byte == b'>');
    if !any_byte(text, is_sign) {
        out.push_str(text);
        return;
    }
    let mut done = 0;
    if bare_urls {
        for url in urls(text) {
            write_numbers(out, resolver, &text[done..url.start]);
            write_url(out, resolver, &text[url.clone()]);
            done = url.end;
        }
    }
    write_numbers(out, resolver, &text[done..]);
}

fn write_numbers<R: Resolver>(out: &mut String, resolver: &R, text: &str) {
    let mut done = 0;
    for (range, number) in references(text) {
        let reference = resolver.article(number);
        if reference == Reference::Own {
            continue;
        }
        escape_text(out, &text[done..range.start]);
        done = range.end;
        match reference {
            Reference::Resolved { url, title } => link_to_article(out, &url, title, &text[range]),
            _ => {
                out.push_str("<span class=\"wanted\"");
                attribute(out, "title", resolver.word("wanted_here"));
                out.push('>');
                escape_text(out, &text[range]);
                out.push_str("</span>");
            }
        }
    }
    escape_text(out, &text[done..]);
}

/// A URL that names an article of the site leads there, any other to where it says.
fn write_url<R: Resolver>(out: &mut String, resolver: &R, url: &str) {
    for (_, number) in references(url) {
        if let Reference::Resolved { url: target, title } = resolver.article(number) {
            link_to_article(out, &target, title, url);
            return;
        }
    }
    let Some(target) = safe_url(url) else {
        escape_text(out, url);
        return;
    };
    out.push_str("<a");
    attribute(out, "href", &target);
    out.push('>');
    escape_text(out, url);
    out.push_str("</a>");
}

fn link_to_article(out: &mut String, url: &str, title: &str, text: &str) {
    out.push_str("<a class=\"ref\"");
    attribute(out, "href", url);
    attribute(out, "title", title);
    out.push('>');
    escape_text(out, text);
    out.push_str("</a>");
}
