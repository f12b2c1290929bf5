//! The `kbpress` command.

/// A site is millions of small values made by all processors at once; the allocator of the static builds, musl's, would let them wait for
/// each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kbpress::cli::run()
}
