//! Reads a file of the content directory while its folder is open: an article's text, or where it is if it is known already.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use super::stamp::Stamp;
use super::walk::Place;
use super::{DiskFile, File, Known, Sources, bytes_as_seen};
use crate::config::Encoding;
use crate::diagnostic::Diagnostic;
use crate::encoding;
use crate::look::Seen;
use crate::source::SourceFile;
use crate::text::{Reader, Text};

/// What was made of a file of the content directory.
pub(super) enum Read {
    /// `is_news`: it was not known with this stamp.
    Article {
        article: Arc<SourceFile>,
        problem: Option<Box<Diagnostic>>,
        stamp: Stamp,
        is_news: bool,
    },
    Asset(DiskFile),
}

impl Read {
    /// As the user knows it.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Article { article, .. } => &article.path,
            Self::Asset(asset) => &asset.path,
        }
    }
}

fn is_article(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
}

/// Reads an article; where its text is as in `old`, it is the one that is there. One of `known` that has not changed is left to its reader.
pub(super) fn read_article(
    place: Place<'_>,
    fallback: Option<Encoding>,
    old: &Sources,
    known: Option<(&Known, &Arc<Reader>)>,
) -> Result<Read> {
    if !is_article(&place.relative) {
        return Ok(Read::Asset(place.into_file()));
    }
    let context = || format!("cannot read `{}`", place.path);
    let old_file = known.and_then(|(known, reader)| Some((known.old_file(&place.path)?, reader)));
    if let Some((File { stamp, hash, length }, reader)) = old_file
        && stamp.still_holds(&place.look().with_context(context)?.stamp)
    {
        let text = Text::unread(&place.path, length, hash, reader);
        let article = Arc::new(SourceFile { path: place.path, text });
        return Ok(Read::Article { article, problem: None, stamp, is_news: false });
    }
    let file = place.open().with_context(context)?;
    // Before it is read: what is written meanwhile has another stamp.
    let mut stamp = Seen::of_open(&file).with_context(context)?.stamp;
    let bytes = bytes_as_seen(file, stamp.size).with_context(context)?;
    let path = place.path;
    let (text, problem) = encoding::decode(&Arc::from(path.as_str()), bytes, fallback);
    let problem = problem.map(Box::new);
    if u32::try_from(text.len()).is_err() {
        bail!("`{path}` is larger than 4 GiB");
    }
    if problem.is_some() {
        // It is to be reported again by the next build.
        stamp = Stamp::default();
    } else if let Some((File { hash, .. }, reader)) = old_file
        && hash == *blake3::hash(text.as_bytes()).as_bytes()
    {
        // A fresh checkout: only its stamp is new. Nearly all of these texts are not looked at, so they are not held.
        let text = Text::unread(&path, text.len() as u32, hash, reader);
        return Ok(Read::Article { article: Arc::new(SourceFile { path, text }), problem, stamp, is_news: true });
    }
    let before = old.articles.binary_search_by(|other| other.path.cmp(&path)).ok().map(|i| &old.articles[i]);
    let article = match before.filter(|before| *before.text == *text) {
        Some(before) => Arc::clone(before),
        None => Arc::new(SourceFile { path, text: text.into() }),
    };
    Ok(Read::Article { article, problem, stamp, is_news: true })
}
