//! What hosts send with the site's files: the policy under which the theme works, and how long each file may be kept.

use super::SECURITY;
use crate::site::Site;
use crate::theme::Theme;

/// The policy that every page keeps.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// How long a file may be kept whose name changes with its content.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Folders of the search index in which every name changes with the content.
const HASHED_FOLDERS: [&str; 5] = ["f", "m", "s", "t", "w"];

/// Whether the name of a file of the output changes with its content: `assets/kbpress.1f2e3d4c.css`, `search/s/1f2e3d.bin`.
pub fn is_hashed(path: &str) -> bool {
    // A packed sibling is as lasting as its file.
    let path = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".br")).unwrap_or(path);
    if let Some(name) = path.strip_prefix("search/") {
        return name.ends_with(".bin") || name.ends_with(".js");
    }
    let mut parts = path.strip_prefix("assets/").unwrap_or_default().rsplit('.');
    parts.next();
    parts.next().is_some_and(|hash| hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The paths of hashed files from the root of the host: those of the theme, and the folders of the search with a `*` at the end.
pub(super) fn hashed(site: &Site, theme: &Theme) -> Vec<String> {
    let base = site.config.base_url.path();
    let mut paths: Vec<String> = theme.assets.iter().map(|asset| format!("{base}{}", asset.out.url())).collect();
    if site.config.search.enabled {
        paths.extend(HASHED_FOLDERS.iter().map(|folder| format!("{base}search/{folder}/*")));
    }
    paths
}

/// `_headers`. No path has two rules for one header: hosts would send both.
pub(super) fn text(site: &Site, theme: &Theme) -> String {
    let mut out = format!("{}*\n", site.config.base_url.path());
    for (name, value) in SECURITY {
        out.push_str(&format!("  {name}: {value}\n"));
    }
    for path in hashed(site, theme) {
        out.push_str(&format!("{path}\n  Cache-Control: {IMMUTABLE}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_that_follow_from_the_content_are_lasting() {
        for path in ["assets/kbpress.1f2e3d4c.css", "assets/a/b.00000000.js.gz", "search/s/a1b2c3.bin", "search/client.a1b2c3.js"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in ["assets/logo.png", "assets/a.b.c", "search/index.json", "search/index.html", "kb/a.1f2e3d4c.css", "index.html"]
        {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
