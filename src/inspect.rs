//! `kbpress check`: the line of passes up to the first byte that a build would write, and the opinions that only a check has. Nothing is
//! written.

use std::cell::OnceCell;

use anyhow::Result;
use rayon::prelude::*;

use crate::archive;
use crate::build::{self, Outcome, Project, Request};
use crate::diagnostic::Diagnostic;
use crate::hosting;
use crate::lint;
use crate::load;
use crate::render::Renderer;
use crate::timings::Timings;
use crate::write::foresee::Foreseen;

/// Checks a site. The project is `None` where the configuration cannot be used.
///
/// # Errors
/// Where the disk cannot be read; what is wrong with the content is in the outcome.
pub fn inspect(request: &Request, timings: &mut Timings) -> Result<(Outcome, Option<Project>)> {
    let mut outcome = Outcome::default();
    let Some(config) = timings.stage("configure", || build::configure(request, &mut outcome))? else { return Ok((outcome, None)) };
    let output = timings.stage("open", || build::foresee(request, &config, &mut outcome))?;
    let (sources, problems) = timings.stage("load", || load::sources(&request.root, &config))?;
    let (project, _) = build::prepare(request, config, sources, problems, timings, &mut outcome)?;
    let mut problems = timings.stage("lint", || lint::lint(&project));
    if hosting::limits_files(&project.site.config.publish) {
        problems.extend(timings.stage("render", || archive::rehearse(&project))?);
    } else if !project.sources.templates.is_empty() {
        // The theme's own templates hold for any page; those of a site may fail on a single one.
        problems.extend(timings.stage("render", || render(&project))?);
    }
    if let Some(output) = output {
        problems.extend(timings.stage("compare", || in_the_way(&project, &output))?);
    }
    add(&project, problems, &mut outcome);
    Ok((outcome, Some(project)))
}

/// Adds problems to the outcome, each as bad as the site says.
pub fn add(project: &Project, problems: Vec<Diagnostic>, outcome: &mut Outcome) {
    outcome.diagnostics.extend(problems.into_iter().filter_map(|mut problem| {
        problem.severity = project.site.config.severity(problem.code, problem.severity)?;
        Some(problem)
    }));
    crate::diagnostic::sort(&mut outcome.diagnostics);
}

/// Errors for what stands in the output and is not ours.
fn in_the_way(project: &Project, output: &Foreseen) -> Result<Vec<Diagnostic>> {
    let Project { sources, site, theme, routes } = project;
    let renderer = OnceCell::new();
    output.in_the_way(routes, &|out, route| {
        // A template that fails is reported of its own.
        let Some(renderer) = renderer.get_or_init(|| Renderer::new(site, sources, theme, routes).ok()) else { return Ok(None) };
        Ok(renderer.render(out, route)?.ok().map(|page| page.bytes.into_owned()))
    })
}

/// Renders every page for its problems.
fn render(project: &Project) -> Result<Vec<Diagnostic>> {
    let Project { sources, site, theme, routes } = project;
    let renderer = match Renderer::new(site, sources, theme, routes) {
        Ok(renderer) => renderer,
        Err(problem) => return Ok(vec![*problem]),
    };
    let rendered: Vec<Result<Option<Diagnostic>>> =
        routes.par_iter().map(|(out, route)| Ok(renderer.render(out, *route)?.err().map(|problem| *problem))).collect();
    rendered.into_iter().filter_map(Result::transpose).collect()
}
