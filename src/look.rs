//! Looks at files and opens them from an open folder: for each of tens of thousands of files the system then goes through one or two
//! names instead of all that lead to the folder.
#![allow(clippy::disallowed_methods, reason = "the reader and the writer look through this")]

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::load::Stamp;

/// From so many looks on it is worth to open a folder.
pub const WORTH_OPENING: usize = 8;

/// A folder from which files are looked at.
#[derive(Debug)]
pub struct View {
    path: PathBuf,
    /// Where it can be opened and the platform can look from there.
    handle: Option<File>,
}

/// What stands at a path. Links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// A plain file.
    pub is_file: bool,
    /// Size, times and number.
    pub stamp: Stamp,
}

/// A folder that was opened to see what is in it.
#[derive(Debug)]
pub struct Entered {
    /// From there.
    pub view: View,
    /// Of the folder, before its names were read.
    pub stamp: Stamp,
    /// The names in it and what they stand for, in no order.
    pub names: Vec<(String, What)>,
}

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A folder.
    Folder,
    /// A plain file.
    File,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Special,
}

impl From<fs::FileType> for What {
    fn from(kind: fs::FileType) -> Self {
        if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Special
        }
    }
}

impl View {
    /// From the folder at `path`.
    pub fn from(path: PathBuf) -> Self {
        let handle = if cfg!(unix) { File::open(&path).ok() } else { None };
        Self { path, handle }
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stands at `relative`.
    ///
    /// # Errors
    /// Where nothing does, or the system does not tell.
    pub fn look(&self, relative: &str) -> io::Result<Seen> {
        #[cfg(unix)]
        if let Some(handle) = &self.handle {
            return look_from(handle, relative);
        }
        Ok(Seen::of(&fs::symlink_metadata(self.path.join(relative))?))
    }

    /// Opens the file at `relative` to read it. Where the platform can look from here, a link in its place is not followed.
    ///
    /// # Errors
    /// Where there is none, or the system refuses.
    pub fn open(&self, relative: &str) -> io::Result<File> {
        #[cfg(unix)]
        if let Some(handle) = &self.handle {
            return open_from(handle, relative, rustix::fs::OFlags::empty());
        }
        File::open(self.path.join(relative))
    }

    /// Opens the folder at `relative`, or this one where that is empty, and reads the names in it.
    ///
    /// # Errors
    /// Where it cannot be read, or a name is not UTF-8.
    pub fn enter(&self, relative: &str) -> io::Result<Entered> {
        let path = self.path.join(relative);
        #[cfg(unix)]
        if let Some(handle) = &self.handle {
            let relative = if relative.is_empty() { "." } else { relative };
            let handle = open_from(handle, relative, rustix::fs::OFlags::DIRECTORY)?;
            let stamp = Seen::of_open(&handle)?.stamp;
            #[cfg(any(target_os = "linux", target_os = "android"))]
            let names = names_from(&handle)?;
            #[cfg(not(any(target_os = "linux", target_os = "android")))]
            let names = names_at(&path)?;
            return Ok(Entered { view: Self { path, handle: Some(handle) }, stamp, names });
        }
        let stamp = Stamp::of(&fs::symlink_metadata(&path)?);
        let names = names_at(&path)?;
        Ok(Entered { view: Self { path, handle: None }, stamp, names })
    }
}

fn names_at(path: &Path) -> io::Result<Vec<(String, What)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| not_text(&name))?;
        names.push((name, What::from(entry.file_type()?)));
    }
    Ok(names)
}

fn not_text(name: &std::ffi::OsStr) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the name of `{}` is not UTF-8", name.display()))
}

/// The standard library takes 32 KiB of memory for each folder, and most folders of a large site hold one file.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn names_from(folder: &File) -> io::Result<Vec<(String, What)>> {
    use rustix::fs::{FileType, RawDir};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut buffer = [std::mem::MaybeUninit::<u8>::uninit(); 4096];
    let mut entries = RawDir::new(folder, &mut buffer);
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") {
            continue;
        }
        let name = std::str::from_utf8(name).map_err(|_| not_text(OsStr::from_bytes(name)))?;
        let kind = match entry.file_type() {
            // Some file systems do not tell.
            FileType::Unknown => rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
                .map(|found| FileType::from_raw_mode(found.st_mode))?,
            known => known,
        };
        let what = match kind {
            FileType::Directory => What::Folder,
            FileType::RegularFile => What::File,
            FileType::Symlink => What::Link,
            _ => What::Special,
        };
        names.push((name.to_owned(), what));
    }
    Ok(names)
}

#[cfg(unix)]
fn look_from(handle: &File, relative: &str) -> io::Result<Seen> {
    Ok(Seen::from(rustix::fs::statat(handle, relative, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?))
}

#[cfg(unix)]
fn open_from(handle: &File, relative: &str, more: rustix::fs::OFlags) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | more;
    Ok(rustix::io::retry_on_intr(|| openat(handle, relative, flags, Mode::empty()))?.into())
}

#[cfg(unix)]
impl From<rustix::fs::Stat> for Seen {
    fn from(found: rustix::fs::Stat) -> Self {
        use rustix::fs::FileType;
        let stamp = Stamp {
            size: u64::try_from(found.st_size).unwrap_or_default(),
            modified: nanoseconds(found.st_mtime, found.st_mtime_nsec),
            changed: nanoseconds(found.st_ctime, found.st_ctime_nsec),
            number: found.st_ino,
        };
        Self { is_file: FileType::from_raw_mode(found.st_mode) == FileType::RegularFile, stamp }
    }
}

/// As a [`Stamp`] has it: 0 where it is out of range. The types of the numbers differ from system to system.
#[cfg(unix)]
fn nanoseconds(seconds: impl TryInto<u64>, more: impl TryInto<u64>) -> u64 {
    let (seconds, more) = (seconds.try_into().ok(), more.try_into().ok());
    seconds.and_then(|seconds: u64| seconds.checked_mul(1_000_000_000)?.checked_add(more?)).unwrap_or_default()
}

impl Seen {
    /// What the metadata of a file or a folder say.
    pub fn of(metadata: &fs::Metadata) -> Self {
        Self { is_file: metadata.is_file(), stamp: Stamp::of(metadata) }
    }

    /// What is seen of an open file or folder.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn of_open(file: &File) -> io::Result<Self> {
        #[cfg(unix)]
        return Ok(Self::from(rustix::fs::fstat(file)?));
        #[cfg(not(unix))]
        Ok(Self::of(&file.metadata()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_from_a_folder_sees_what_a_look_at_the_path_sees() {
        let folder = tempfile::tempdir().expect("there is room");
        fs::create_dir(folder.path().join("below")).expect("it can be made");
        fs::write(folder.path().join("below/file"), "text").expect("it can be written");
        let view = View::from(folder.path().to_owned());
        for path in ["below", "below/file"] {
            let metadata = fs::symlink_metadata(folder.path().join(path)).expect("it is there");
            assert_eq!(view.look(path).expect("it is there"), Seen::of(&metadata), "{path}");
        }
        assert_eq!(view.enter("").expect("it is a folder").names, [("below".to_owned(), What::Folder)]);
        let below = view.enter("below").expect("it is a folder");
        assert_eq!(below.names, [("file".to_owned(), What::File)]);
        assert_eq!(below.stamp, view.look("below").expect("it is there").stamp);
        let file = below.view.open("file").expect("it is there");
        assert_eq!(Seen::of_open(&file).expect("it is open"), view.look("below/file").expect("it is there"));
        assert_eq!(view.enter("below/file").map_err(|error| error.kind()).err(), Some(io::ErrorKind::NotADirectory));
        assert_eq!(view.look("other").map_err(|error| error.kind()), Err(io::ErrorKind::NotFound));
        assert_eq!(view.look("below/file/x").map_err(|error| error.kind()), Err(io::ErrorKind::NotADirectory));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_has_come_into_the_place_of_a_file_or_a_folder_is_not_followed() {
        let folder = tempfile::tempdir().expect("there is room");
        fs::create_dir(folder.path().join("folder")).expect("it can be made");
        fs::write(folder.path().join("file"), "text").expect("it can be written");
        for name in ["folder", "file"] {
            std::os::unix::fs::symlink(name, folder.path().join(format!("to-{name}"))).expect("it can be made");
        }
        let view = View::from(folder.path().to_owned());
        assert!(view.open("file").is_ok() && view.open("to-file").is_err());
        assert!(view.enter("folder").is_ok() && view.enter("to-folder").is_err());
    }
}
