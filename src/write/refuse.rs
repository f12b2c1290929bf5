//! Which directories are no output, whatever anybody asks for: a slip of one character must not cost somebody's files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// Why an output directory is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub String);

/// Directories of the system that are no output themselves; folders in them may be.
const SYSTEM: [&str; 19] = [
    "/Applications",
    "/Library",
    "/System",
    "/Users",
    "/Volumes",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/local",
    "/usr/share",
    "/var",
    "/var/lib",
    "/var/tmp",
];

/// Directories of the system in which no output is either.
const SYSTEM_WHOLE: [&str; 13] =
    ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr/bin", "/usr/lib", "/usr/sbin"];

/// Memory that looks like a directory of devices.
const SHARED_MEMORY: &str = "/dev/shm";

/// Folders of programs: what is in them is not for a web server.
const OF_PROGRAMS: [&str; 4] = [".git", ".hg", ".svn", ".kbpress"];

/// The real path of `output`, all links resolved; it need not exist. `inputs` are what the site is read from, the site's folder first.
///
/// # Errors
/// Why it must not be written to.
pub(super) fn resolve(output: &Path, inputs: &[&Path]) -> Result<PathBuf, Refused> {
    let shown = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    let shown = shown.display();
    let real = real(output).ok_or_else(|| Refused(format!("`{shown}` cannot be an output directory")))?;
    let refuse = |why: String| Err(Refused(format!("`{shown}` {why}")));
    if real.file_name().is_none() {
        return refuse("cannot be an output directory".to_owned());
    }
    if fs::metadata(&real).is_ok_and(|found| !found.is_dir()) {
        return refuse("is a file".to_owned());
    }
    let is_system = SYSTEM.iter().any(|system| real == Path::new(system));
    let is_in_system = SYSTEM_WHOLE.iter().any(|system| real.starts_with(system));
    let is_in_memory = real.starts_with(SHARED_MEMORY) && real != Path::new(SHARED_MEMORY);
    if is_system || is_in_system && !is_in_memory {
        return refuse("belongs to the system".to_owned());
    }
    if let Some(name) = real.iter().find(|part| OF_PROGRAMS.iter().any(|name| part.eq_ignore_ascii_case(name))) {
        return refuse(format!("lies in a folder `{}`", name.display()));
    }
    let resolved = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    if std::env::home_dir().is_some_and(|home| !home.as_os_str().is_empty() && resolved(&home).starts_with(&real)) {
        return refuse("is or contains your home directory".to_owned());
    }
    for (i, input) in inputs.iter().enumerate() {
        let input = resolved(input);
        if input.starts_with(&real) {
            return refuse(format!("is or contains `{}`, which the site is read from", input.display()));
        }
        // The output may lie in the site's folder, not in one that is read.
        if i > 0 && real.starts_with(&input) {
            return refuse(format!("lies in `{}`, which the site is read from", input.display()));
        }
    }
    Ok(real)
}

/// `path` with all links resolved as far as it exists; `None` where what does not exist is left by `..`, or a link leads nowhere.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    for known in path.ancestors() {
        match fs::canonicalize(known) {
            Ok(mut real) => {
                for part in path.strip_prefix(known).ok()?.components() {
                    match part {
                        Component::Normal(name) => real.push(name),
                        _ => return None,
                    }
                }
                return Some(real);
            }
            Err(e) if e.kind() == ErrorKind::NotFound && fs::symlink_metadata(known).is_err() => {}
            Err(_) => return None,
        }
    }
    None
}
