//! What the destination of a link means: a page, a file of the site, a place in the same page, somewhere else, or nothing. The check
//! and the HTML writer ask the same function, so that what is checked is what is written.

use std::borrow::Cow;

use ahash::HashSet;

use crate::article::Article;
use crate::permalink::OutPath;
use crate::routes::Route;
use crate::site::{PageId, Site};

/// What a destination leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Another site, or a scheme such as `mailto:`: left as it is.
    External,
    /// A page, and a place in it.
    Page(PageId, &'a str),
    /// A file of the output that is no page of an article: its URL, and a place in it.
    File(String, &'a str),
    /// Nothing that the site has.
    Dead,
}

/// The files of the output that are not pages of articles: lists, assets, static files.
#[derive(Debug, Default)]
pub struct Files(HashSet<OutPath>);

impl Files {
    /// Those among `routes`.
    pub fn of(routes: &[(OutPath, Route)]) -> Self {
        Self(routes.iter().filter(|(_, route)| !matches!(route, Route::Page(_))).map(|(out, _)| out.clone()).collect())
    }
}

/// Looks destinations up for one site.
#[derive(Debug)]
pub struct Resolver<'a> {
    site: &'a Site,
    files: &'a Files,
}

impl<'a> Resolver<'a> {
    /// A resolver for `site` whose output also has `files`.
    pub fn new(site: &'a Site, files: &'a Files) -> Self {
        Self { site, files }
    }

    /// What `destination`, as written on `page`, leads to.
    ///
    /// A relative path is looked up from the source file first (as an editor or a code host shows it), then from the page's URL (as a
    /// browser would); `@/` begins at the content directory, `/` at the site.
    pub fn resolve<'d>(&self, page: PageId, relative_file: &str, destination: &'d str) -> Destination<'d> {
        if has_scheme(destination) || destination.starts_with("//") {
            return Destination::External;
        }
        let (path, fragment) = destination.split_once('#').unwrap_or((destination, ""));
        let path = path.split('?').next().unwrap_or(path);
        if path.is_empty() {
            return Destination::Page(page, fragment);
        }
        if let Some(file) = path.strip_prefix("@/") {
            return self.content_file(file, fragment).unwrap_or(Destination::Dead);
        }
        if let Some(rooted) = path.strip_prefix('/') {
            let own = self.site.config.base_url.path().trim_start_matches('/');
            let below = rooted.strip_prefix(own).filter(|_| !own.is_empty());
            return self.url(rooted, fragment).or_else(|| self.url(below?, fragment)).unwrap_or(Destination::Dead);
        }
        let folder = relative_file.rsplit_once('/').map_or("", |(folder, _)| folder);
        join(folder, path)
            .and_then(|file| self.content_file(&file, fragment))
            .or_else(|| {
                let url = &self.site.page(page).url;
                let directory = url.rsplit_once('/').map_or("", |(directory, _)| directory);
                self.url(&join(directory, path)?, fragment)
            })
            .unwrap_or(Destination::Dead)
    }

    /// The URL to write for `destination`, from the root of the host; `None` where it is to be written as it stands.
    pub fn href(&self, destination: &Destination<'_>) -> Option<String> {
        let (url, fragment): (Cow<'_, str>, &str) = match destination {
            Destination::External | Destination::Dead => return None,
            Destination::Page(page, fragment) => (Cow::Borrowed(&self.site.page(*page).url), fragment),
            Destination::File(url, fragment) => (Cow::Borrowed(url), fragment),
        };
        let hash = if fragment.is_empty() { "" } else { "#" };
        Some(format!("{}{url}{hash}{fragment}", self.site.config.base_url.path()))
    }

    /// A file of the content directory: an article or an asset.
    fn content_file<'d>(&self, file: &str, fragment: &'d str) -> Option<Destination<'d>> {
        let file = crate::permalink::decode(file);
        if let Some(&page) = self.site.by_file.get(file.as_ref()) {
            return Some(Destination::Page(page, fragment));
        }
        let asset = self.site.asset_by_file(&file)?;
        Some(Destination::File(asset.out.url(), fragment))
    }

    /// A file of the output, by its URL relative to the site, with or without the final slash.
    fn url<'d>(&self, url: &str, fragment: &'d str) -> Option<Destination<'d>> {
        // Nearly always it is written as the page has it.
        if let Some(&page) = self.site.by_url.get(url) {
            return Some(Destination::Page(page, fragment));
        }
        let out = OutPath::from_url(url).ok()?;
        if let Some(&page) = self.site.by_url.get(out.url().as_str()) {
            return Some(Destination::Page(page, fragment));
        }
        self.files.0.contains(&out).then(|| Destination::File(out.url(), fragment))
    }
}

/// Whether `fragment` is a place in the page of `article`: a heading's id, or the top.
pub fn has_anchor(article: &Article, fragment: &str) -> bool {
    fragment.is_empty() || fragment == "top" || fragment.starts_with(":~:") || {
        let wanted = crate::permalink::decode(fragment);
        article.outline.headings.iter().any(|heading| *heading.id == *wanted)
    }
}

fn has_scheme(destination: &str) -> bool {
    let scheme = destination.split(':').next().unwrap_or_default();
    scheme.len() < destination.len()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// `path` seen from `folder`, with `.` and `..` resolved; `None` where it leaves the root.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') || path.ends_with("/..") || path == ".." || path == "." { "/" } else { "" };
    Some(if parts.is_empty() { String::new() } else { parts.join("/") + slash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_never_leave_the_root() {
        assert_eq!(join("a/b", "../c/"), Some("a/c/".into()));
        assert_eq!(join("a", "./b.md"), Some("a/b.md".into()));
        assert_eq!(join("a", ".."), Some(String::new()));
        assert_eq!(join("a", "../../b"), None);
    }

    #[test]
    fn schemes_are_told_from_paths() {
        assert!(has_scheme("mailto:a@b") && has_scheme("https://x") && has_scheme("javascript:x"));
        assert!(!has_scheme("a/b:c") && !has_scheme("page#a:b") && !has_scheme("x"));
    }
}
