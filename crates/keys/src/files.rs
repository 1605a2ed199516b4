//! Files of caches: where they are, and how they are written by several processes at once.

use etcetera::BaseStrategy;
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// Names another folder for caches.
pub const CACHE_VARIABLE: &str = "TABELLA_CACHE_DIR";

/// The folder that [`CACHE_VARIABLE`] names, else `tabella` in the user's cache folder; `None` for a user without one.
#[must_use]
pub fn cache_directory() -> Option<PathBuf> {
    match std::env::var_os(CACHE_VARIABLE) {
        Some(directory) if !directory.is_empty() => Some(PathBuf::from(directory)),
        _ => Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("tabella")),
    }
}

/// Writes the pieces one after the other as one file: under another name, flushed, renamed. A file of the name is always whole.
///
/// # Errors
/// Those of the operating system.
pub fn write<'a>(path: &Path, pieces: impl IntoIterator<Item = &'a [u8]>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    for piece in pieces {
        temporary.write_all(piece)?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    // The new name itself reaches the disk with its directory; where a directory cannot be opened, it does so later.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// How long a lock is waited for: longer than tables of the greatest circuits take.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// How often it is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Waits for the lock of this name, and holds it as long as the file is open; the operating system lets go of it when the process
/// ends, however it ends. Nobody but the owner can open the file, and so hold the lock.
///
/// # Errors
/// Those of the operating system; [`io::ErrorKind::TimedOut`] after ten minutes.
pub fn lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() > LONGEST_WAIT => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOOK_AGAIN),
        }
    }
}

/// Makes a folder that its owner alone can use, with all above it.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Whether somebody else than this user owns a folder or can write into it. Always false where the system has no such permissions,
/// and for a folder that is not there yet.
///
/// Who can write into the folder above can exchange this one: that is not looked at, as it holds for all that the user keeps there.
pub(crate) fn is_shared(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        fs::metadata(folder).is_ok_and(|data| !is_own(&data))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        false
    }
}

/// Opens a file for reading that this user alone can have written: a regular one, no link, owned by the user, and writable by nobody
/// else.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] for another one; those of the operating system.
pub(crate) fn open_own(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe in the place of the file would be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        let data = file.metadata()?;
        if !data.is_file() || !is_own(&data) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    Ok(file)
}

/// Whether this user owns it, and nobody else can write.
#[cfg(unix)]
fn is_own(data: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    data.uid() == rustix::process::geteuid().as_raw() && data.mode() & 0o022 == 0
}
