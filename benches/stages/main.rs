//! `cargo bench`: how long the stages take over a generated site, and a whole build of it. `KBPRESS_BENCH_FILES` is the number of files, 5,000
//! where it is not set. Each stage runs five times; the fastest run counts, because everything that disturbs a run makes it slower.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "it makes and removes the sites that it builds")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use kbpress::build::{self, Outcome, Project, Request};
use kbpress::render::Renderer;
use kbpress::timings::Timings;
use kbpress::{load, parse};
use rayon::prelude::*;

mod generate;

const RUNS: usize = 5;

fn main() {
    let files = std::env::var("KBPRESS_BENCH_FILES").map_or(5000, |files| files.parse().expect("KBPRESS_BENCH_FILES is a number"));
    let folder = tempfile::tempdir().unwrap();
    generate::site(folder.path(), files);
    let request = Request { root: folder.path().to_owned(), today: jiff::civil::date(2024, 6, 1), ..Request::default() };
    println!("{files} files, {} threads; the fastest of {RUNS} runs", rayon::current_num_threads());

    let report = |stage: &str, time: Duration| {
        println!("{stage:<16}{:>9.1} ms{:>9.1} µs a file", time.as_secs_f64() * 1e3, time.as_secs_f64() * 1e6 / files as f64);
    };
    let project = prepared(&request);
    let config = &project.site.config;
    report("load", fastest(|| load::sources(&request.root, config).unwrap()));
    report("parse", fastest(|| parse::parse_all(config, &project.sources.articles)));
    report("prepare", fastest(|| prepared(&request)));
    let renderer =
        Renderer::new(&project.site, &project.sources, &project.theme, &project.routes).expect("the built-in templates render");
    let pages: Vec<_> = project.site.page_ids().collect();
    report("convert", fastest(|| pages.par_iter().map(|page| renderer.content(*page).html.len()).sum::<usize>()));
    report("render", fastest(|| project.routes.par_iter().map(|(out, route)| rendered(&renderer, out, *route)).sum::<usize>()));
    report("whole build", fastest(|| built(&request)));
    report("nothing changed", fastest(|| build::build(&request, &mut Timings::default(), &|_, _| ()).unwrap()));
}

fn fastest<T>(mut run: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let began = Instant::now();
        black_box(run());
        began.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

/// Everything up to the first byte of HTML.
fn prepared(request: &Request) -> Project {
    let mut outcome = Outcome::default();
    let config = build::configure(request, &mut outcome).unwrap().unwrap();
    let (sources, problems) = load::sources(&request.root, &config).unwrap();
    build::prepare(request, config, sources, problems, &mut Timings::default(), &mut outcome).unwrap().0
}

fn rendered(renderer: &Renderer<'_>, out: &kbpress::permalink::OutPath, route: kbpress::routes::Route) -> usize {
    renderer.render(out, route).unwrap().unwrap().bytes.len()
}

/// A build into a folder that is not there.
fn built(request: &Request) {
    let output: &Path = &request.root.join("public");
    if output.exists() {
        std::fs::remove_dir_all(output).unwrap();
    }
    let outcome = build::build(request, &mut Timings::default(), &|_, _| ()).unwrap();
    assert!(outcome.done.is_some(), "{:?}", outcome.diagnostics);
}
