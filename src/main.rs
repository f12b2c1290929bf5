//! The `kbpress` command.

/// A site is a million small values made by all processors at once, which the allocators of most systems, and above all that of the
/// static builds, are slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kbpress::cli::run()
}
