//! One folder of one bucket: objects by their path in the site, with the content type and the cache rule that their names ask for.

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Attribute, AttributeValue, Attributes, ObjectStore, ObjectStoreExt as _, PutOptions, PutPayload};

use super::Step;
use crate::hosting;
use crate::serve::media_type;

/// Requests at the same time.
const PARALLEL: usize = 24;

/// A folder of a bucket.
pub(super) struct Store {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    /// Folders on the disk keep no content types.
    has_attributes: bool,
}

/// When an object was last changed, by the clock of the store.
pub(super) type Time = i64;

impl Store {
    /// Opens the folder at `url`. Nothing of `options` is ever printed: keys are among them.
    pub(super) fn open(url: &str, options: &[(String, String)]) -> Result<Self> {
        // Where a provider is there already, it is this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let parsed = reqwest::Url::parse(url).with_context(|| format!("`{url}` is no URL like `s3://bucket/folder`"))?;
        let has_attributes = parsed.scheme() != "file";
        let options = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (store, prefix) = object_store::parse_url_opts(&parsed, options).with_context(|| format!("cannot open `{url}`"))?;
        Ok(Self { store, prefix, has_attributes })
    }

    fn place(&self, path: &str) -> Result<Path> {
        let place = if self.prefix.as_ref().is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) };
        Path::parse(&place).with_context(|| format!("`{place}` cannot be the name of an object"))
    }

    /// An object and when it was changed; `None` where there is none.
    pub(super) async fn get(&self, path: &str) -> Result<Option<(Vec<u8>, Time)>> {
        let found = match self.store.get(&self.place(path)?).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.with_context(|| format!("cannot read `{path}` in the bucket"))?,
        };
        let time = found.meta.last_modified.timestamp();
        let bytes = found.bytes().await.with_context(|| format!("cannot read `{path}` in the bucket"))?;
        Ok(Some((bytes.to_vec(), time)))
    }

    /// All objects of the folder, and when each was changed.
    pub(super) async fn list(&self) -> Result<Vec<(String, Time)>> {
        let all: Vec<_> = self.store.list(Some(&self.prefix)).try_collect().await.context("cannot list the bucket")?;
        let skipped = if self.prefix.as_ref().is_empty() { 0 } else { self.prefix.as_ref().len() + 1 };
        let name = |path: &Path| path.as_ref().get(skipped..).unwrap_or_default().to_owned();
        Ok(all.into_iter().map(|object| (name(&object.location), object.last_modified.timestamp())).collect())
    }

    /// Puts an object into its place.
    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let attributes = if self.has_attributes { attributes(path) } else { Attributes::new() };
        let options = PutOptions { attributes, ..PutOptions::default() };
        let place = self.place(path)?;
        let put = self.store.put_opts(&place, PutPayload::from(bytes), options).await;
        put.map(|_| ()).with_context(|| format!("cannot write `{path}` in the bucket"))
    }

    /// Sends the objects of a step, several at a time; `count` is told how many are done.
    pub(super) async fn send(&self, step: &Step<'_>, read: impl Fn(&str) -> Result<Vec<u8>>, count: impl Fn(usize)) -> Result<()> {
        let puts = futures::stream::iter(&step.paths).map(|path| async { self.put(path, read(path)?).await });
        let mut done = 0;
        let mut puts = puts.buffer_unordered(PARALLEL);
        while let Some(put) = puts.next().await {
            put?;
            done += 1;
            count(done);
        }
        Ok(())
    }

    /// Removes objects; one that is not there is fine.
    pub(super) async fn remove(&self, paths: &[&str]) -> Result<()> {
        let removals = futures::stream::iter(paths).map(|path| async move {
            match self.store.delete(&self.place(path)?).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error).with_context(|| format!("cannot remove `{path}` in the bucket")),
            }
        });
        removals.buffer_unordered(PARALLEL).try_collect::<Vec<()>>().await.map(|_| ())
    }
}

/// What a browser and a CDN are told of an object.
fn attributes(path: &str) -> Attributes {
    let cache = if hosting::is_hashed(path) { hosting::IMMUTABLE } else { "no-cache" };
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, AttributeValue::from(media_type(path)));
    attributes.insert(Attribute::CacheControl, AttributeValue::from(cache));
    attributes
}
