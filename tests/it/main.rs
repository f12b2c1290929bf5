//! The one integration test: small sites through the real binary.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::wrong_self_convention,
    reason = "tests make and read the sites that they build, and end where something is missing"
)]

mod archive;
#[cfg(feature = "publish")]
mod bucket;
mod build;
mod changes;
mod check;
#[cfg(unix)]
mod crash;
mod golden;
mod hosting;
mod import;
mod incremental;
mod malformed;
#[cfg(unix)]
mod publish;
mod readers;
mod recipes;
mod scaffold;
mod schema;
mod serve;
mod story;
mod support;
