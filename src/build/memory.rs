//! What a build remembers of the one before it, and keeps for the next.

use std::io;
use std::sync::Arc;

use ahash::HashSet;

use super::Project;
use super::pages::Staged;
use crate::article::Article;
use crate::cache::{self, Cache};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::inputs::Inputs;
use crate::load::Sources;
use crate::parse;

/// The cache, and what has been learnt since it was written.
pub(super) struct Memory {
    pub(super) cache: Option<Cache>,
    pub(super) inputs: Inputs,
    /// Where the cache is to have them, the articles that had no problems, one for each of [`Sources::articles`].
    pub(super) parsed: Vec<Option<Arc<Article>>>,
}

impl Memory {
    /// Parses what was not parsed before, and adds the problems to `diagnostics`.
    pub(super) fn parse(&mut self, config: &Config, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Vec<Arc<Article>> {
        let Some(cache) = &self.cache else {
            let (articles, problems) = parse::parse_all(config, &sources.articles);
            diagnostics.extend(problems);
            return articles;
        };
        let mut known = cache.articles(&sources.articles);
        // An article whose file is not UTF-8 has a problem that only reading it finds.
        let damaged = paths(diagnostics);
        if !damaged.is_empty() {
            let files = sources.articles.iter().zip(&mut known);
            files.filter(|(file, _)| damaged.contains(file.path.as_str())).for_each(|(_, article)| *article = None);
        }
        let news = known.iter().filter(|article| article.is_none()).count();
        let (articles, problems) = parse::parse_but(config, &sources.articles, known);
        diagnostics.extend(problems);
        if cache::is_worth_writing(news, articles.len()) {
            let blamed = paths(diagnostics);
            self.parsed = articles.iter().map(|article| (!blamed.contains(&article.path)).then(|| Arc::clone(article))).collect();
        }
        articles
    }

    /// Keeps for the next build what this one has parsed and rendered.
    ///
    /// # Errors
    /// Where the disk fails.
    pub(super) fn keep(&mut self, project: &Project, staged: &mut Staged) -> io::Result<()> {
        let Some(cache) = &self.cache else { return Ok(()) };
        if !staged.pages.is_empty() {
            cache.keep_pages(staged.world, &std::mem::take(&mut staged.pages))?;
        }
        let parsed = std::mem::take(&mut self.parsed);
        if parsed.is_empty() { Ok(()) } else { cache.keep_articles(&project.sources, &parsed) }
    }
}

/// The files that have problems.
pub(super) fn paths(diagnostics: &[Diagnostic]) -> HashSet<Arc<str>> {
    diagnostics.iter().filter_map(|problem| Some(Arc::clone(&problem.location.as_ref()?.path))).collect()
}
