//! `[publish]`: where the site goes, and what the host of it needs and allows.

use super::reader::{Reader, Section};
use super::sections::section;
use crate::source::Located;

/// Where the site goes, and what is made for its host.
#[derive(Debug, Clone, Default)]
pub struct Publish {
    /// Who serves the site; `None` where nothing is known of it.
    pub host: Option<Host>,
    /// Who leads readers from old URLs to new ones.
    pub redirects: Redirects,
    /// What becomes of the URL of a retired article.
    pub retired: Retired,
    /// What becomes of the URL of an article that another has taken the place of.
    pub superseded: Superseded,
    /// The forms in which text files are also written, in order, none twice.
    pub compress: Vec<Packing>,
    /// From how many bytes on a file has those forms.
    pub compress_from: usize,
    /// The limits of a plan that allows more, or less, than the host does by itself.
    pub limits: Limits,
    /// Where `kbpress publish` puts the site: `s3://bucket/folder`.
    pub bucket: Option<Located<String>>,
}

/// Who serves a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// GitHub Pages.
    GithubPages,
    /// Cloudflare Pages.
    CloudflarePages,
    /// Netlify.
    Netlify,
    /// A bucket of Amazon S3 or the like.
    S3,
    /// nginx.
    Nginx,
    /// Apache's web server.
    Apache,
    /// Caddy.
    Caddy,
}

impl Host {
    /// The hosts by their names in `site.toml`.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("github-pages", Self::GithubPages),
        ("cloudflare-pages", Self::CloudflarePages),
        ("netlify", Self::Netlify),
        ("s3", Self::S3),
        ("nginx", Self::Nginx),
        ("apache", Self::Apache),
        ("caddy", Self::Caddy),
    ];
}

/// Who leads readers from old URLs to new ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Redirects {
    /// The host, where it can; the pages stay for where it cannot.
    #[default]
    Host,
    /// The pages alone.
    Pages,
}

/// What becomes of the URL of a retired article.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Retired {
    /// The host says that it is gone (410).
    #[default]
    Gone,
    /// It is served like any other.
    Page,
}

/// What becomes of the URL of an article that another has taken the place of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Superseded {
    /// It leads to the other article.
    #[default]
    Redirect,
    /// It is served like any other.
    Page,
}

/// A form in which web servers pass files on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Packing {
    /// The forms by their file extensions.
    pub const NAMES: [(&'static str, Self); 2] = [("gz", Self::Gzip), ("br", Self::Brotli)];

    /// The extension that such a file has after its own.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Brotli => "br",
        }
    }
}

/// What a plan allows; `None` is what the host says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Files.
    pub files: Option<usize>,
    /// Bytes of one file.
    pub file_size: Option<usize>,
    /// Bytes of all files.
    pub total_size: Option<usize>,
}

/// Smaller files fit into a packet or two as they are.
const COMPRESS_FROM: usize = 1024;

pub(super) fn publish(reader: &mut Reader<'_>, top: &mut Section<'_>) -> Publish {
    const REDIRECTS: &[(&str, Redirects)] = &[("host", Redirects::Host), ("pages", Redirects::Pages)];
    const RETIRED: &[(&str, Retired)] = &[("gone", Retired::Gone), ("page", Retired::Page)];
    const SUPERSEDED: &[(&str, Superseded)] = &[("redirect", Superseded::Redirect), ("page", Superseded::Page)];
    const MOST: usize = 1 << 50;
    let table = top.table(reader, "publish");
    section(reader, "[publish]", table, |reader, section| Publish {
        host: section.optional_choice(reader, "host", &Host::NAMES),
        redirects: section.choice(reader, "redirects", REDIRECTS),
        retired: section.choice(reader, "retired", RETIRED),
        superseded: section.choice(reader, "superseded", SUPERSEDED),
        compress: packings(reader, section),
        compress_from: section.number(reader, "compress_from", 0..=MOST).unwrap_or(COMPRESS_FROM),
        limits: Limits {
            files: section.number(reader, "max_files", 1..=MOST),
            file_size: section.number(reader, "max_file_size", 1..=MOST),
            total_size: section.number(reader, "max_total_size", 1..=MOST),
        },
        bucket: section.string(reader, "bucket"),
    })
}

fn packings(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Vec<Packing> {
    let mut packings = Vec::new();
    for name in section.some_of(reader, "compress", &Packing::NAMES.map(|(name, _)| name)) {
        match Packing::NAMES.into_iter().find(|(n, _)| *n == name.value) {
            Some((_, packing)) if packings.contains(&packing) => {}
            Some((_, packing)) => packings.push(packing),
            None => {
                let message = format!("files cannot be packed as `{}`", name.value);
                reader.bad_value(name.span.range(), message, "`compress` takes `gz` and `br`: `compress = [\"gz\", \"br\"]`");
            }
        }
    }
    packings
}
