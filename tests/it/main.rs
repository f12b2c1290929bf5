//! The one integration test: small sites through the real binary.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::wrong_self_convention,
    reason = "tests make and read the sites that they build, and end where something is missing"
)]

mod archive;
mod build;
mod changes;
mod check;
mod golden;
mod hosting;
mod import;
mod malformed;
#[cfg(feature = "publish")]
mod publish;
mod recipes;
mod scaffold;
mod schema;
mod serve;
mod support;
