//! Rules and headers in the words of each host.

use std::fmt::Write as _;

use serde_json::json;

use super::headers::hashed;
use super::redirects::{Destination, Rule};
use super::{IMMUTABLE, SECURITY};
use crate::config::{Host, Packing};
use crate::permalink::decode;
use crate::site::Site;
use crate::theme::Theme;

/// What is said in the first line of files that people include in files of their own.
const MADE_BY: &str = "# Made by kbpress: written anew with every build.";

/// `_redirects`: one rule a line. Netlify serves a file that exists unless it is told otherwise (`!`), and can serve a page as gone;
/// Cloudflare Pages always redirects and cannot say that something is gone.
pub(super) fn redirects(site: &Site, rules: &[Rule]) -> String {
    let is_netlify = site.config.publish.host == Some(Host::Netlify);
    let mut out = String::new();
    for rule in rules {
        let from = &rule.from;
        let _ = match &rule.to {
            Destination::Moved(to) if is_netlify => writeln!(out, "{from} {} 301!", url(to)),
            Destination::Moved(to) => writeln!(out, "{from} {} 301", url(to)),
            Destination::Gone if is_netlify => writeln!(out, "{from} {from} 410!"),
            Destination::Gone => Ok(()),
        };
    }
    out
}

/// `.htaccess`: Apache matches against the decoded path.
pub(super) fn htaccess(site: &Site, theme: &Theme, rules: &[Rule]) -> String {
    let base = site.config.base_url.path();
    let mut out = format!("{MADE_BY}\nErrorDocument 404 {base}404.html\n");
    for rule in rules {
        let from = pattern(&decode(&rule.from));
        let _ = match &rule.to {
            Destination::Moved(to) => writeln!(out, "RedirectMatch 301 \"^{from}$\" \"{}\"", url(to)),
            Destination::Gone => writeln!(out, "RedirectMatch 410 \"^{from}$\""),
        };
    }
    out.push_str("<IfModule mod_headers.c>\n");
    for (name, value) in SECURITY {
        let _ = writeln!(out, "Header always set {name} \"{value}\"");
    }
    let _ = writeln!(out, "Header set Cache-Control \"no-cache\"");
    // Where a packed form is sent, the path is that of the form.
    let _ = writeln!(out, "<If \"%{{REQUEST_URI}} =~ m#^({})(\\.gz|\\.br)?$#\">", hashed_pattern(site, theme));
    let _ = writeln!(out, "Header set Cache-Control \"{IMMUTABLE}\"\n</If>\n</IfModule>");
    let packings = &site.config.publish.compress;
    if packings.is_empty() {
        return out;
    }
    out.push_str("<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule \"^(.*/)?$\" \"$1index.html\"\n");
    for packing in [Packing::Brotli, Packing::Gzip].into_iter().filter(|packing| packings.contains(packing)) {
        let (name, extension) = (encoding(packing), packing.extension());
        let _ = writeln!(out, "RewriteCond \"%{{HTTP:Accept-Encoding}}\" \"{name}\"");
        let _ = writeln!(out, "RewriteCond \"%{{REQUEST_FILENAME}}.{extension}\" -s");
        let _ = writeln!(out, "RewriteRule \"^(.+)\\.(html|css|js|json|xml|txt|svg)$\" \"$1.$2.{extension}\" [QSA,L]");
    }
    let types = [
        ("html", "text/html"),
        ("css", "text/css"),
        ("js", "text/javascript"),
        ("json", "application/json"),
        ("xml", "application/xml"),
        ("txt", "text/plain"),
        ("svg", "image/svg+xml"),
    ];
    for packing in packings {
        let (name, extension) = (encoding(*packing), packing.extension());
        for (of, kind) in types {
            let _ = writeln!(out, "RewriteRule \"\\.{of}\\.{extension}$\" \"-\" [T={kind},E=no-gzip:1,E=no-brotli:1]");
        }
        let _ = writeln!(
            out,
            "<FilesMatch \"\\.{extension}$\">\nHeader set Content-Encoding {name}\nHeader append Vary Accept-Encoding"
        );
        out.push_str("</FilesMatch>\n");
    }
    out.push_str("</IfModule>\n");
    out
}

/// What belongs into nginx's `http`: where each path leads, and how long it may be kept.
pub(super) fn nginx_maps(site: &Site, theme: &Theme, rules: &[Rule]) -> String {
    let longest = rules.iter().map(|rule| decode(&rule.from).len()).max().unwrap_or_default();
    let mut out = format!("{MADE_BY} Include it in `http`.\n");
    // The tables are made for short names unless they are told otherwise.
    let _ = writeln!(out, "map_hash_bucket_size {};", (longest + 64).next_power_of_two());
    let _ = writeln!(out, "map_hash_max_size {};", (rules.len() * 4 + 2048).next_power_of_two());
    let (mut moved, mut gone) = (String::new(), String::new());
    for rule in rules {
        let from = nginx_text(&decode(&rule.from));
        let _ = match &rule.to {
            Destination::Moved(to) => writeln!(moved, "    {from} {};", nginx_text(&url(to))),
            Destination::Gone => writeln!(gone, "    {from} 1;"),
        };
    }
    let _ = write!(out, "map $uri $kbpress_moved {{\n    default \"\";\n{moved}}}\n");
    let _ = write!(out, "map $uri $kbpress_gone {{\n    default \"\";\n{gone}}}\n");
    let _ = writeln!(out, "map $uri $kbpress_cache {{\n    default \"no-cache\";");
    let _ = writeln!(out, "    \"~^({})$\" \"{IMMUTABLE}\";\n}}", hashed_pattern(site, theme));
    out
}

/// What belongs into nginx's `server`, after its `root`.
pub(super) fn nginx_server(site: &Site) -> String {
    let base = site.config.base_url.path();
    let mut out = format!("{MADE_BY} Include it in `server`, after `root`.\n");
    for (name, value) in SECURITY {
        let _ = writeln!(out, "add_header {name} \"{value}\" always;");
    }
    out.push_str("add_header Cache-Control $kbpress_cache;\n");
    for packing in &site.config.publish.compress {
        let _ = match packing {
            Packing::Gzip => writeln!(out, "gzip_static on;"),
            // A module of its own that not every nginx has.
            Packing::Brotli => writeln!(out, "# brotli_static on;"),
        };
    }
    let _ = writeln!(out, "error_page 404 {base}404.html;");
    out.push_str("if ($kbpress_moved) { return 301 $kbpress_moved; }\n");
    // The text of a retired article is still shown, but as one that is gone.
    out.push_str("error_page 410 @kbpress_gone;\nif ($kbpress_gone) { return 410; }\n");
    out.push_str("location @kbpress_gone { try_files $uri $uri/index.html =404; }\n");
    let _ = writeln!(out, "location ^~ {base}_host/ {{ return 404; }}");
    out
}

/// A snippet for a Caddyfile, after whose `root` stands `import kbpress`.
pub(super) fn caddy(site: &Site, theme: &Theme, rules: &[Rule]) -> String {
    let base = site.config.base_url.path();
    let mut out = format!("{MADE_BY} Import this file, and then `import kbpress` in your site, after `root`.\n(kbpress) {{\n");
    out.push_str("\theader {\n");
    for (name, value) in SECURITY {
        let _ = writeln!(out, "\t\t{name} \"{value}\"");
    }
    out.push_str("\t}\n");
    // Of two headers Caddy sets the one without a condition last, so both have one.
    let hashed = hashed_pattern(site, theme);
    let _ = writeln!(out, "\t@kbpress_hashed path_regexp ^({hashed})$\n\theader @kbpress_hashed Cache-Control \"{IMMUTABLE}\"");
    let _ = writeln!(
        out,
        "\t@kbpress_fresh {{\n\t\tnot path_regexp ^({hashed})$\n\t}}\n\theader @kbpress_fresh Cache-Control no-cache"
    );
    for rule in rules {
        let from = caddy_text(&decode(&rule.from));
        let _ = match &rule.to {
            Destination::Moved(to) => writeln!(out, "\tredir {from} {} 301", caddy_text(&url(to))),
            Destination::Gone => writeln!(out, "\terror {from} 410"),
        };
    }
    let _ = writeln!(out, "\terror {base}_host/* 404");
    // The text of a retired article is still shown, but as one that is gone.
    let _ = writeln!(out, "\thandle_errors {{\n\t\t@kbpress_missing expression {{err.status_code}} == 404");
    let _ = writeln!(out, "\t\trewrite @kbpress_missing {base}404.html\n\t\tfile_server\n\t}}");
    let packings: Vec<&str> = site.config.publish.compress.iter().map(|packing| caddy_packing(*packing)).collect();
    let _ = match packings.is_empty() {
        true => writeln!(out, "\tfile_server\n}}"),
        false => writeln!(out, "\tfile_server {{\n\t\tprecompressed {}\n\t}}\n}}", packings.join(" ")),
    };
    out
}

/// The website configuration of a bucket. Its rules go by the beginning of a key, so that one for `old/` would also lead what lies below
/// away: such a URL is left to its page. It cannot say that something is gone.
pub(super) fn s3_website(site: &Site, rules: &[Rule]) -> String {
    let base = site.config.base_url.path();
    let rules: Vec<serde_json::Value> = s3_rules(site, rules)
        .map(|(from, to)| {
            let redirect = match to.strip_prefix(base) {
                Some(key) => json!({ "HttpRedirectCode": "301", "ReplaceKeyWith": key }),
                None => away(to),
            };
            json!({ "Condition": { "KeyPrefixEquals": from }, "Redirect": redirect })
        })
        .collect();
    let mut website = json!({ "ErrorDocument": { "Key": "404.html" }, "IndexDocument": { "Suffix": "index.html" } });
    if !rules.is_empty() {
        website["RoutingRules"] = json!(rules);
    }
    format!("{website:#}\n")
}

/// The rules that a bucket can have: the beginning of the key, and where it leads.
pub(super) fn s3_rules<'a>(site: &'a Site, rules: &'a [Rule]) -> impl Iterator<Item = (String, &'a str)> {
    let base = site.config.base_url.path();
    rules.iter().filter_map(move |rule| {
        let Destination::Moved(to) = &rule.to else { return None };
        let from = decode(rule.from.strip_prefix(base)?).into_owned();
        let is_below = |url: &str| decode(url).strip_prefix(from.as_str()).is_some_and(|rest| !rest.is_empty());
        let has_below = site.pages.iter().any(|page| is_below(&page.url)) || site.redirects.iter().any(|r| is_below(&r.out.url()));
        (!has_below && !from.is_empty()).then_some((from, to.as_str()))
    })
}

fn away(url: &str) -> serde_json::Value {
    let (protocol, rest) = url.split_once("://").unwrap_or(("https", url));
    let (host, key) = rest.split_once('/').unwrap_or((rest, ""));
    json!({ "HttpRedirectCode": "301", "Protocol": protocol, "HostName": host, "ReplaceKeyWith": key })
}

/// A response headers policy of CloudFront: a bucket itself cannot send such headers.
pub(super) fn cloudfront_headers() -> String {
    let [(_, policy), (_, referrer), _] = SECURITY;
    let headers = json!({
        "Name": "kbpress",
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": { "Override": true, "ContentSecurityPolicy": policy },
            "ContentTypeOptions": { "Override": true },
            "ReferrerPolicy": { "Override": true, "ReferrerPolicy": referrer },
        },
    });
    format!("{headers:#}\n")
}

fn encoding(packing: Packing) -> &'static str {
    match packing {
        Packing::Gzip => "gzip",
        Packing::Brotli => "br",
    }
}

fn caddy_packing(packing: Packing) -> &'static str {
    match packing {
        Packing::Gzip => "gzip",
        Packing::Brotli => "br",
    }
}

/// A regular expression for the paths of hashed files.
fn hashed_pattern(site: &Site, theme: &Theme) -> String {
    let patterns = hashed(site, theme).into_iter().map(|path| match path.strip_suffix('*') {
        Some(folder) => format!("{}[^/]+", pattern(folder)),
        None => pattern(&path),
    });
    let mut patterns: Vec<String> = patterns.collect();
    if site.config.search.enabled {
        patterns.push(format!("{}search/[^/]+\\.(?:bin|js)", pattern(site.config.base_url.path())));
    }
    patterns.join("|")
}

/// A text as a regular expression for just this text.
fn pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A URL without the characters that mean something in the files of hosts: blanks, quotes, `$`, braces.
fn url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_control() || c.is_whitespace() || "\"\\$`{}<>".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn nginx_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Braces are placeholders, unless they are escaped.
fn caddy_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{").replace('}', "\\}");
    format!("\"{escaped}\"")
}
