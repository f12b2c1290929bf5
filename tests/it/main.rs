//! The integration tests: one binary, a file for each part of what kbpress promises.

mod malformed;
