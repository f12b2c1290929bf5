//! What a build remembers of the one before it, and keeps for the next.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Project;
use super::pages::Staged;
use crate::article::Article;
use crate::cache::{self, Articles, Cache};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::inputs::Inputs;
use crate::load::Sources;
use crate::parse;
use crate::source::SourceFile;

/// The cache, and what has been learnt since it was written.
pub(super) struct Memory {
    pub(super) cache: Option<Cache>,
    pub(super) inputs: Inputs,
    /// What the cache is to be given, where enough of the articles are new.
    pub(super) news: Option<News>,
}

/// The articles of a build, some of which the cache has.
pub(super) struct News {
    /// Those that had no problems, one for each of [`Sources::articles`].
    parsed: Vec<Option<Arc<Article>>>,
    before: Articles,
}

impl Memory {
    /// Parses what was not parsed before, and adds the problems to `diagnostics`.
    pub(super) fn parse(&mut self, config: &Config, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Vec<Arc<Article>> {
        let Some(cache) = &self.cache else {
            let (articles, problems) = parse::parse_all(config, &sources.articles);
            diagnostics.extend(problems);
            return articles;
        };
        let before = cache.articles();
        // An article whose file is not UTF-8 has a problem that only reading it finds.
        let damaged: HashSet<Arc<str>> = paths(diagnostics);
        let fresh = AtomicUsize::new(0);
        let known = |index: usize, file: &SourceFile| {
            let known = before.get(index, file).filter(|_| damaged.is_empty() || !damaged.contains(file.path.as_str()));
            fresh.fetch_add(usize::from(known.is_none()), Ordering::Relaxed);
            known
        };
        let (articles, problems) = parse::parse_but(config, &sources.articles, known);
        diagnostics.extend(problems);
        let blamed = paths(diagnostics);
        if cache::is_worth_writing(fresh.into_inner(), articles.len()) {
            let parsed = articles.iter().map(|article| (!blamed.contains(&article.path)).then(|| Arc::clone(article))).collect();
            self.news = Some(News { parsed, before });
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
        let Some(News { parsed, before }) = self.news.take() else { return Ok(()) };
        cache.keep_articles(&project.sources, &parsed, &before)
    }
}

/// The files that have problems.
fn paths(diagnostics: &[Diagnostic]) -> HashSet<Arc<str>> {
    diagnostics.iter().filter_map(|problem| Some(Arc::clone(&problem.location.as_ref()?.path))).collect()
}
