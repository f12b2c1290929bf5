//! `kbpress publish`: flags and the environment → what goes into which bucket, and what is said about it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::build::progress_bar;
use super::{Exit, Global, print, write};
use crate::publish::{self, Published, Request};

#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// Where it goes: `s3://BUCKET/FOLDER`, `gs://…`, `az://…` or `file:///…` [default: `bucket` of `[publish]` in site.toml]
    url: Option<String>,
    /// The folder of the output [default: `output_dir` of site.toml, `public`]
    #[arg(short, long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Print what would be sent and removed, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub(super) fn run(global: &Global, args: &PublishArgs) -> Result<Exit> {
    let config = match (&args.url, &args.output_dir) {
        (Some(_), Some(_)) => None,
        _ => match write::configuration(global)? {
            Some(config) => Some(config),
            None => return Ok(Exit::Usage),
        },
    };
    let of_config = config.as_ref().and_then(|config| config.publish.bucket.as_ref()).map(|bucket| bucket.value.as_str());
    let Some(bucket) = args.url.as_deref().or(of_config) else {
        return write::fail(
            "there is no bucket: name one, as `kbpress publish s3://BUCKET`, or with `bucket` of `[publish]` in site.toml",
        );
    };
    let of_config = || config.as_ref().map(|config| global.root.join(&config.output_dir)).unwrap_or_default();
    let output = args.output_dir.clone().unwrap_or_else(of_config);
    let options = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let request = Request { output: &output, bucket, dry_run: args.dry_run, options: options.collect() };
    let bar = progress_bar(global);
    let published = publish::publish(&request, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let Published { sent, removed, unchanged } = published?;
    if args.dry_run {
        let line = |mark: &str, path: &String| format!("{mark}\t{path}\n");
        let lines = sent.iter().map(|path| line("send", path)).chain(removed.iter().map(|path| line("remove", path)));
        print(&lines.collect::<String>())?;
    }
    if !global.quiet {
        let would = if args.dry_run { "would be " } else { "" };
        eprintln!("{} objects {would}sent, {} {would}removed, {unchanged} unchanged in {bucket}", sent.len(), removed.len());
    }
    Ok(Exit::Fine)
}
