//! The `kbpress` command.

fn main() {}
