//! What a build would refuse about its output, said before there is a build: nothing is locked and nothing changes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::standing::{Before, Standing, holds};
use super::{Diagnostic, Entry, OutPath, Refused, Route, Written, foreign, refuse, what_stands};

/// An output as a build would find it.
#[derive(Debug)]
pub struct Foreseen {
    output: PathBuf,
    before: Option<Before>,
}

/// What a route makes; `None` where that cannot be said.
pub type Bytes<'a> = dyn Fn(&OutPath, Route) -> Result<Option<Vec<u8>>> + 'a;

/// Looks at `output` as [`super::open`] does.
///
/// # Errors
/// As there.
pub fn foresee(output: &Path, inputs: &[&Path]) -> Result<Result<Foreseen, Refused>> {
    let output = match refuse::resolve(output, inputs) {
        Ok(output) => output,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(what_stands(&output, false)?.map(|before| Foreseen { output, before }))
}

impl Foreseen {
    /// Errors for everything that is not ours and stands where one of `routes` must go. `bytes` is asked only where
    /// somebody has changed a file of ours.
    ///
    /// # Errors
    /// Where the disk cannot be read, or those of `bytes`.
    pub fn in_the_way(&self, routes: &[(OutPath, Route)], bytes: &Bytes<'_>) -> Result<Vec<Diagnostic>> {
        let Some(before) = &self.before else { return Ok(Vec::new()) };
        let entry = Entry::of(&[]);
        let mut files = Vec::with_capacity(routes.len());
        for (out, route) in routes {
            let would_be_written = match before.standing(out.as_str()) {
                // Whether it would be made anew does not matter: it may be.
                Some(Standing::Ours(_)) => false,
                Some(Standing::Missing) | None => true,
                Some(Standing::Foreign) => bytes(out, *route)?.is_some_and(|bytes| !holds(&self.output.join(out.as_str()), &bytes)),
            };
            files.push((out.clone(), Written { entry, staged: would_be_written.then_some(0) }));
        }
        foreign::in_the_way(&self.output, before, false, &files)
    }
}
