//! The one integration test: small sites through the real binary.
#![allow(clippy::disallowed_methods, reason = "tests make and read the sites that they build")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may, in what they share too")]

mod build;
mod check;
mod golden;
mod import;
mod malformed;
mod scaffold;
mod schema;
mod support;
