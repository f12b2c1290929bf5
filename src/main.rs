//! The `kbpress` command.

fn main() -> std::process::ExitCode {
    kbpress::cli::run()
}
