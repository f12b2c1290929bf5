//! Which files of the output are as they were, and the rendering of the others.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use rayon::prelude::*;

use super::memory::Memory;
use super::{Project, Request, WithSiblings};
use crate::beside::beside;
use crate::cache::{self, Cache, Page, Pages, encoded};
use crate::config::Config;
use crate::content::Asked;
use crate::diagnostic::Diagnostic;
use crate::indexing::{Finished, Indexing};
use crate::permalink::OutPath;
use crate::render::{Dependencies, Parts, Renderer, SORTS};
use crate::routes::Route;
use crate::search::Saved;
use crate::text::Hash;
use crate::write::disk::Near;
use crate::write::{Target, Written};

/// Where fewer files than one in so many are rendered, what lists say of a page is made when it is asked for.
const FEW: usize = 16;

/// A file, and what it was made from as the cache wants it.
type Rendered = (WithSiblings, Option<Box<[u8]>>);

/// What the build before has left of its pages.
pub(super) struct Past {
    pages: Pages,
    search: Option<Saved>,
}

impl Past {
    /// Reads it; nothing where there is no cache.
    pub(super) fn read(cache: Option<&Cache>, config: &Config) -> Self {
        let (pages, search) = rayon::join(
            || cache.map(Cache::pages).unwrap_or_default(),
            || cache.filter(|_| config.search.enabled).and_then(Cache::search),
        );
        Self { pages, search }
    }
}

/// Staged files, and what goes with them.
pub(super) struct Staged {
    pub(super) files: Vec<(OutPath, Written)>,
    /// What the files were made from, as the cache wants it; empty where the cache stays as it is.
    pub(super) pages: Vec<Box<[u8]>>,
    /// [`Dependencies::world`], for the cache.
    pub(super) world: u64,
    /// Few files were rendered.
    pub(super) is_nearly_all_kept: bool,
    /// What the pages put into the search index, where the site has one.
    pub(super) index: Option<Finished>,
    /// Why the file that was asked for was rendered, or kept.
    pub(super) explained: Option<String>,
}

/// Stages every route: those that were made from the same are kept, the others are rendered. All templates' failures, if there are any.
pub(super) fn render(
    request: &Request,
    project: &Project,
    target: &Target,
    memory: &Memory,
    past: Past,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Result<Staged, Vec<Diagnostic>>> {
    let Project { sources, site, theme, routes } = project;
    let cache = memory.cache.as_ref();
    let Past { pages: past, search } = past;
    let renderer = Renderer::with_index(site, sources, theme, std::sync::Arc::new(crate::render::Index::new(site, routes)));
    let hashes = |files: &[crate::load::File]| files.iter().map(|file| file.hash).collect::<Vec<Hash>>();
    let copied = (hashes(&memory.inputs.assets), hashes(&memory.inputs.statics));
    let (indexing, dependencies) = beside(
        || site.config.search.enabled.then(|| Indexing::since(site, sources, search)),
        || Dependencies::new(&renderer, routes, &memory.inputs.program, copied),
    );
    let publish = &site.config.publish;
    let kept = |(out, route): &(OutPath, Route)| {
        let page = past.page(out.as_str())?;
        let files = super::kept(publish, target, out, &page.entry)?;
        dependencies.are_still(&renderer, *route, &page.asked, (&page.parts, past.world)).then_some(files)
    };
    let kept: Vec<Option<WithSiblings>> = routes.par_iter().map(kept).collect();
    let stale = kept.iter().filter(|kept| kept.is_none()).count();
    let shared = if stale > routes.len() / FEW {
        renderer.with_summaries().map(Some)
    } else {
        let stale = routes.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
        let mut pages = stale.filter_map(|((_, route), _)| renderer.text_of(*route));
        pages.try_for_each(|page| renderer.check_summary(page)).map(|()| None)
    };
    let shared = match shared {
        Ok(shared) => shared,
        Err(problem) => return Ok(Err(vec![*problem])),
    };
    // Whether the cache is told what the files were made from.
    let unknown = routes.iter().zip(&kept).filter(|((_, route), kept)| kept.is_none() && Dependencies::know(*route)).count();
    let is_told = cache.is_some() && cache::is_worth_writing(unknown, routes.len());
    let done = AtomicUsize::new(0);
    let file = |renderer: &Renderer<'_>, near: &mut Near<'_>, (out, route): &(OutPath, Route), kept: &Option<WithSiblings>| {
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, routes.len());
        if let Some(files) = kept {
            if let (Some(indexing), Some(page)) = (&indexing, renderer.text_of(*route))
                && indexing.lacks(page)
            {
                indexing.add(page, &renderer.content(page));
            }
            let known = is_told.then(|| past.page(out.as_str())).flatten().map(|page| encoded(out, &page));
            return Ok(Ok((files.clone(), known)));
        }
        let page = match renderer.render(out, *route)? {
            Ok(page) => page,
            Err(problem) => return Ok(Err(problem)),
        };
        if let (Some(indexing), Some((page, content))) = (&indexing, &page.content) {
            indexing.add(*page, content);
        }
        let files = super::stage(publish, (target, near), out, &page.bytes)?;
        let known = is_told.then(|| {
            let asked = page.content.map(|(_, content)| content.asked).unwrap_or_default();
            // Where only the output was missing, nothing needs to be found again.
            let then = past.page(out.as_str()).filter(|then| then.asked == asked);
            let then = then.filter(|then| dependencies.are_still(renderer, *route, &asked, (&then.parts, past.world)));
            let parts = then.map(|then| then.parts).or_else(|| dependencies.of(renderer, *route, &asked))?;
            Some(encoded(out, &Page { parts, entry: files.0.entry, asked }))
        });
        Ok(Ok((files, known.flatten())))
    };
    // Pages stand before what lists them. The lists are made first, so that what they share is gone when the cache is made.
    let first_list = routes.iter().rposition(|(_, route)| matches!(route, Route::Page(_))).map_or(0, |last_page| last_page + 1);
    let all = |renderer: &Renderer<'_>, range: Range<usize>| -> Result<Vec<Result<Rendered, Box<Diagnostic>>>> {
        // A disk that fails ends the build at once.
        let files = routes[range.clone()].par_iter().zip(&kept[range]);
        files.map_init(|| target.near(), |near, (route, kept)| file(renderer, near, route, kept)).collect()
    };
    let lists = all(shared.as_ref().unwrap_or(&renderer), first_list..routes.len())?;
    drop(shared);
    let mut rendered = all(&renderer, 0..first_list)?;
    rendered.extend(lists);
    let (mut files, mut pages, mut problems) = (Vec::with_capacity(rendered.len()), Vec::new(), Vec::new());
    for ((out, _), result) in routes.iter().zip(rendered) {
        match result {
            Ok(((written, siblings), page)) => {
                files.push((out.clone(), written));
                files.extend(siblings);
                pages.extend(page);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let explained = request
        .explain
        .as_ref()
        .map(|asked| explain(asked, project, &past, &kept, |route, asked| dependencies.of(&renderer, route, asked)));
    let is_nearly_all_kept = stale <= routes.len() / FEW;
    if is_nearly_all_kept {
        // As the site.
        std::mem::forget((past, renderer, kept));
    }
    Ok(Ok(Staged {
        files,
        pages,
        world: dependencies.world(),
        is_nearly_all_kept,
        index: indexing.map(Indexing::finish),
        explained,
    }))
}

/// Why the file at `asked` was rendered, or kept.
fn explain(
    asked: &OutPath,
    project: &Project,
    past: &Pages,
    kept: &[Option<WithSiblings>],
    parts_of: impl Fn(Route, &Asked) -> Option<Parts>,
) -> String {
    let path = asked.as_str();
    let Some(index) = project.routes.iter().position(|(out, _)| out == asked) else {
        let known = if path.starts_with("search/") {
            "belongs to the search index, if it is there at all"
        } else {
            "is no file of the site"
        };
        return format!("{path} {known}");
    };
    if kept[index].is_some() {
        return format!("{path} was kept: everything that it is made from is as it was");
    }
    let Some(page) = past.page(path) else { return format!("{path} was rendered: the cache does not know it") };
    let Some(parts) = parts_of(project.routes[index].1, &page.asked) else {
        return format!("{path} was rendered: it always is");
    };
    let changed = parts.sorts.iter().zip(page.parts.sorts).zip(SORTS).filter(|((now, then), _)| **now != *then);
    let changed: Vec<String> = changed.map(|(_, sort)| format!("  {sort}\n")).collect();
    if changed.is_empty() {
        return format!("{path} was rendered: the output did not have it as it was");
    }
    format!("{path} was rendered, because these have changed:\n{}", changed.concat())
}
