//! One state of the site, from which pages are rendered: immutable, complete, and cheap to make from the one before. What a request
//! names is looked up among the routes; no path is ever made from it.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;

use crate::build::Project;
use crate::diagnostic::Diagnostic;
use crate::load::Sources;
use crate::permalink::OutPath;
use crate::render::{Index, Renderer};
use crate::routes::Route;
use crate::site::Site;
use crate::theme::Theme;

/// A site that can be rendered, page by page, by any number of threads.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// What it was read from.
    pub sources: Sources,
    /// The placed and linked site.
    pub site: Site,
    /// Compiled templates and assets.
    pub theme: Arc<Theme>,
    /// What pages say about other pages.
    pub index: Arc<Index>,
    routes: Arc<HashMap<OutPath, Route>>,
    /// Grows when a file that is copied as it is has another content, since no page's text tells.
    pub files: u64,
}

/// What a request's path leads to.
#[derive(Debug)]
pub(super) enum Found {
    /// A file of the site.
    File(OutPath, Route),
    /// The same page under its proper path.
    Redirect(String),
    /// Nothing.
    Nothing,
}

impl Snapshot {
    /// A snapshot of `project`.
    pub(super) fn new(project: Project, files: u64) -> Self {
        let Project { sources, site, theme, routes } = project;
        let index = Arc::new(Index::new(&site, &routes));
        Self { sources, site, theme: Arc::new(theme), index, routes: Arc::new(routes.into_iter().collect()), files }
    }

    /// The same site with other `sources` of the same files.
    pub(super) fn with_sources(&self, sources: Sources, files: u64) -> Self {
        let (theme, routes) = (Arc::clone(&self.theme), Arc::clone(&self.routes));
        Self { sources, site: self.site.clone(), theme, index: Arc::clone(&self.index), routes, files }
    }

    /// The renderer that `build` uses.
    pub(super) fn renderer(&self) -> Renderer<'_> {
        Renderer::with_index(&self.site, &self.sources, &self.theme, Arc::clone(&self.index))
    }

    /// The path of the site below its host: `/docs/`.
    pub(super) fn base(&self) -> &str {
        self.site.config.base_url.path()
    }

    /// What the path of a URL, percent-encoded as in a request, leads to.
    pub(super) fn find(&self, path: &str) -> Found {
        let base = self.base();
        let Some(below) = path.strip_prefix(base) else {
            let is_above = path == "/" || path == base.trim_end_matches('/');
            return if is_above { Found::Redirect(base.to_owned()) } else { Found::Nothing };
        };
        if below.starts_with('/') {
            return Found::Nothing;
        }
        match OutPath::from_url(below).ok().and_then(|out| self.route(out)) {
            Some((out, route)) => {
                let is_folder = below.is_empty() || below.ends_with('/') || !out.as_str().ends_with("/index.html");
                if is_folder || crate::permalink::decode(below) == out.as_str() {
                    Found::File(out, route)
                } else {
                    Found::Redirect(format!("{base}{}", out.url()))
                }
            }
            // A folder whose name has a dot in it: `v1.0`.
            None => match OutPath::from_url(&format!("{below}/")).ok().and_then(|out| self.route(out)) {
                Some((out, _)) => Found::Redirect(format!("{base}{}", out.url())),
                None => Found::Nothing,
            },
        }
    }

    fn route(&self, out: OutPath) -> Option<(OutPath, Route)> {
        // The theme's assets change their names with their content, and may be newer than the routes.
        if let Some(i) = self.theme.assets.iter().position(|asset| asset.out == out) {
            return Some((out, Route::ThemeAsset(i as u32)));
        }
        let route = *self.routes.get(&out).filter(|route| !matches!(route, Route::ThemeAsset(_)))?;
        Some((out, route))
    }

    /// The file of a route, to the byte what `build` writes.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub(super) fn render(&self, out: &OutPath, route: Route) -> Result<Result<Vec<u8>, Box<Diagnostic>>> {
        Ok(self.renderer().render(out, route)?.map(|rendered| rendered.bytes.into_owned()))
    }

    /// The page for what the site does not have.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub(super) fn not_found(&self) -> Result<Result<Vec<u8>, Box<Diagnostic>>> {
        match OutPath::from_file("404.html") {
            Ok(out) => self.render(&out, Route::NotFound),
            Err(_) => Ok(Ok(Vec::new())),
        }
    }

    /// The text of a source file, for a report.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        text(&self.sources, path)
    }
}

/// The text of the article or template that diagnostics call `path`.
pub(super) fn text<'s>(sources: &'s Sources, path: &str) -> Option<&'s str> {
    let article = sources.articles.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|i| &sources.articles[i]);
    article.or_else(|| sources.templates.iter().find(|file| file.path == path)).map(|file| file.text.as_str())
}
