//! The integration tests: one binary, a file for each part of what kbpress promises.
#![allow(clippy::disallowed_methods, reason = "tests make and read the sites that they build")]

mod malformed;
