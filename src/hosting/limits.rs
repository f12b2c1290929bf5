//! What hosts allow, as their public documentation says, and whether a site keeps to it. Asked before anything is published: a host would
//! say so after minutes, or not at all.

use super::files::s3_rules;
use super::redirects::{Destination, rules};
use crate::config::{Host, Publish, Redirects};
use crate::diagnostic::{Diagnostic, code};
use crate::permalink::OutPath;
use crate::routes::Route;
use crate::site::Site;
use crate::theme::Theme;

/// What a host allows; `None` where it says nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Limits {
    files: Option<u64>,
    file_size: Option<u64>,
    total_size: Option<u64>,
    rules: Option<u64>,
    rules_size: Option<u64>,
    rule_length: Option<u64>,
    header_rules: Option<u64>,
}

const KB: u64 = 1000;
const MIB: u64 = 1 << 20;
const GB: u64 = 1_000_000_000;

/// What the public documentation of each host says:
///
/// - "GitHub Pages limits" (GitHub Docs): a published site is at most 1 GB.
/// - "Limits" (Cloudflare Pages, Platform): 25 MiB a file; 20,000 files on the free plan, 100,000 on others since January 2026. "Redirects"
///   (Configuration): 2,000 static redirects of 1,000 characters each; ours are all static. The 100 KB for all of them are what people found
///   who lost the rest without a word. "Headers" (Configuration): 100 rules.
/// - "Uploading objects" (Amazon S3 User Guide): 5 GB in one request, which is how we upload. "Configuring a webpage redirect": 50 routing
///   rules.
/// - Netlify names no number of files or bytes ("Redirects and rewrites" only advises against 10,000 rules and more), and a web server of
///   one's own has none.
fn of(host: Host) -> Limits {
    match host {
        Host::GithubPages => Limits { total_size: Some(GB), ..Limits::default() },
        Host::CloudflarePages => Limits {
            files: Some(20_000),
            file_size: Some(25 * MIB),
            rules: Some(2000),
            rules_size: Some(100 * KB),
            rule_length: Some(1000),
            header_rules: Some(100),
            ..Limits::default()
        },
        Host::S3 => Limits { file_size: Some(5 * GB), rules: Some(50), ..Limits::default() },
        Host::Netlify | Host::Nginx | Host::Apache | Host::Caddy => Limits::default(),
    }
}

fn name(host: Host) -> &'static str {
    Host::NAMES.into_iter().find(|(_, known)| *known == host).map_or("", |(name, _)| name)
}

/// Errors for what is known before anything is rendered: paths that the host refuses, and too many redirects.
pub fn paths_fit(site: &Site, theme: &Theme, routes: &[(OutPath, Route)]) -> Vec<Diagnostic> {
    let publish = &site.config.publish;
    let Some(host) = publish.host else { return Vec::new() };
    let mut diagnostics = Vec::new();
    for (out, _) in routes {
        diagnostics.extend(refused(host, out.as_str()).map(|why| {
            Diagnostic::error(code::HOST_LIMIT, format!("`{}` refuses the path `{}`: {why}", name(host), out.as_str()))
                .help("give the file another name or the page another `permalink`")
        }));
    }
    if publish.redirects == Redirects::Host {
        let rules = rules(site);
        let limits = of(host);
        let used = match host {
            Host::S3 => s3_rules(site, &rules).count(),
            _ => rules.iter().filter(|rule| matches!(rule.to, Destination::Moved(_))).count(),
        };
        let help = "leave redirects to the pages that stand at the old URLs: `redirects = \"pages\"`";
        diagnostics.extend(over(host, "redirects", used as u64, limits.rules, help));
        let text = super::files::redirects(site, &rules);
        diagnostics.extend(over(host, "bytes of `_redirects`", text.len() as u64, limits.rules_size, help));
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        diagnostics.extend(over(host, "characters in a line of `_redirects`", longest as u64, limits.rule_length, help));
    }
    // Each rule begins with its path.
    let headers = super::headers::text(site, theme).lines().filter(|line| !line.starts_with(' ')).count();
    let help = "fewer files of the theme have fewer rules; or give the host a `_headers` of your own in the static directory";
    if routes.iter().any(|(_, route)| *route == Route::Host(super::File::Headers)) {
        diagnostics.extend(over(host, "rules of `_headers`", headers as u64, of(host).header_rules, help));
    }
    diagnostics
}

/// Why a host refuses a path.
fn refused(host: Host, path: &str) -> Option<&'static str> {
    match host {
        // What a deployment to Netlify answers: "Deployed filenames cannot contain # or ? characters".
        Host::Netlify if path.contains(['#', '?']) => Some("it has a `#`"),
        // "Naming Amazon S3 objects" (User Guide): at most 1,024 bytes of UTF-8.
        Host::S3 if path.len() > 1024 => Some("it is longer than 1,024 bytes"),
        _ => None,
    }
}

/// Whether anything limits the files of a site.
pub fn limits_files(publish: &Publish) -> bool {
    let limits = publish.host.map(of).unwrap_or_default();
    let own = publish.limits;
    [own.files, own.file_size, own.total_size].iter().any(Option::is_some)
        || [limits.files, limits.file_size, limits.total_size].iter().any(Option::is_some)
}

/// Errors for the files of a site, by path and size, that break a limit: of the host, or of `site.toml`.
pub fn files_fit<'a>(publish: &Publish, files: impl Iterator<Item = (&'a str, u64)>) -> Vec<Diagnostic> {
    let limits = publish.host.map(of).unwrap_or_default();
    let own = |own: Option<usize>, of_host: Option<u64>| own.map(|own| own as u64).or(of_host);
    let (most_files, most_bytes) = (own(publish.limits.files, limits.files), own(publish.limits.total_size, limits.total_size));
    let most_in_one = own(publish.limits.file_size, limits.file_size);
    let (mut count, mut total, mut diagnostics) = (0, 0, Vec::new());
    let mut largest = ("", 0);
    for (path, size) in files {
        count += 1;
        total += size;
        if size > largest.1 {
            largest = (path, size);
        }
    }
    let host = publish.host;
    let named = |what: &str, used, most, help: &str| match host {
        Some(host) => over(host, what, used, most, help),
        None => over_own(what, used, most, help),
    };
    diagnostics.extend(named(
        "files",
        count,
        most_files,
        "fewer lists make fewer files: larger `paginate_by`, fewer `[[taxonomies]]`, no `compress`; or say what your plan allows: `max_files`",
    ));
    let what = format!("bytes in one file, `{}`,", largest.0);
    diagnostics.extend(named(
        &what,
        largest.1,
        most_in_one,
        "make the file smaller, or say what your plan allows: `max_file_size`",
    ));
    diagnostics.extend(named(
        "bytes in all",
        total,
        most_bytes,
        "`compress = []` leaves packed siblings out, `[search] exclude` makes the search smaller; or say what your plan allows: `max_total_size`",
    ));
    diagnostics
}

fn over(host: Host, what: &str, used: u64, most: Option<u64>, help: &str) -> Option<Diagnostic> {
    over_limit(&format!("`{}` allows", name(host)), what, used, most, help)
}

fn over_own(what: &str, used: u64, most: Option<u64>, help: &str) -> Option<Diagnostic> {
    over_limit("`[publish]` allows", what, used, most, help)
}

fn over_limit(who: &str, what: &str, used: u64, most: Option<u64>, help: &str) -> Option<Diagnostic> {
    let most = most.filter(|most| used > *most)?;
    let message = format!("{who} {} {what} and the site has {}: {} too many", grouped(most), grouped(used), grouped(used - most));
    Some(Diagnostic::error(code::HOST_LIMIT, message).help(help.to_owned()))
}

/// `1234567` → `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
