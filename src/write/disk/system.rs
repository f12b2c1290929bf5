//! What the operating systems offer for making, moving and flushing files, and what is done where they offer less.
#![allow(clippy::disallowed_methods, reason = "this is the writer")]

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

pub(super) fn files() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options
}

pub(super) fn directories() -> fs::DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder
}

/// Makes a file as [`files`] does, from the open folder `folder`.
#[cfg(unix)]
pub(super) fn file_at(folder: &fs::File, relative: &str) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags, openat};
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let opened = rustix::io::retry_on_intr(|| openat(folder, relative, flags, Mode::from_raw_mode(0o644)));
    Ok(opened?.into())
}

/// Makes a directory as [`directories`] does, from the open folder `folder`.
#[cfg(unix)]
pub(super) fn directory_at(folder: &fs::File, relative: &str) -> io::Result<()> {
    Ok(rustix::fs::mkdirat(folder, relative, rustix::fs::Mode::from_raw_mode(0o755))?)
}

#[cfg(not(unix))]
pub(super) fn file_at(_: &fs::File, _: &str) -> io::Result<fs::File> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
pub(super) fn directory_at(_: &fs::File, _: &str) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Lets new files and directories be readable for everybody, whatever the one who runs the program keeps private: a web server is
/// another user.
pub fn set_modes() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn renamed(from: &Path, to: &Path, flags: rustix::fs::RenameFlags) -> io::Result<()> {
    Ok(rustix::fs::renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, to, flags)?)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn swap(from: &Path, to: &Path) -> io::Result<()> {
    renamed(from, to, rustix::fs::RenameFlags::EXCHANGE)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Some file systems cannot rename with a condition: there the place is looked at first.
pub(super) fn exclusive_rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    match renamed(from, to, rustix::fs::RenameFlags::NOREPLACE) {
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {}
        other => return other,
    }
    if fs::symlink_metadata(to).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn sync(file: &fs::File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(file)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn sync(file: &fs::File) -> io::Result<()> {
    file.sync_all()
}
