//! Files of caches: where they are, and how they are written by several processes at once.

use core::fmt;
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
    sync_folder(folder)
}

/// The names in a folder are on the disk when this is done. Where a system cannot say so of a folder, they get there later.
///
/// # Errors
/// Those of the operating system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Folders that cannot be opened, as on Windows or without the right to list them, and file systems without this call.
        Err(error) if matches!(error.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        done => done,
    }
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
    match builder.create(folder) {
        // A link that leads nowhere, or a file.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(fs::metadata(folder).err().unwrap_or(io::ErrorKind::NotADirectory.into()))
        }
        done => done,
    }
}

/// Whether somebody else than this user owns a folder, or a link to it, or can write into it. Always false where the system has no such
/// permissions, and for a folder that is not there yet.
///
/// Who can write into the folder above can exchange this one: that is not looked at, as it holds for all that the user keeps there.
pub(crate) fn is_shared(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        // Nobody can write into a link, but its owner can make another one.
        let foreign_link =
            fs::symlink_metadata(folder).is_ok_and(|data| data.is_symlink() && !is_owned(&data));
        foreign_link || fs::metadata(folder).is_ok_and(|data| !is_own(&data))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        false
    }
}

/// Why a file of a cache is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// It is a link, which can lead to what belongs to anybody.
    Link,
    /// It is a folder, a pipe or a device.
    NotAFile,
    /// Somebody else owns it or can write to it.
    Shared,
    /// It cannot be read.
    System(io::ErrorKind),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => f.write_str("it is a link"),
            Self::NotAFile => f.write_str("it is not a file"),
            Self::Shared => f.write_str("somebody else owns it or can write to it"),
            Self::System(kind) => kind.fmt(f),
        }
    }
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        Self::System(error.kind())
    }
}

/// Opens a file for reading that this user alone can have written: a regular one, no link, owned by the user, and writable by nobody
/// else.
///
/// # Errors
/// [`Unusable`].
pub(crate) fn open_own(path: &Path) -> Result<File, Unusable> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(Unusable::Link);
    }
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A link may have come in the meantime, and a pipe in the place of the file would be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let data = file.metadata()?;
    if !data.is_file() {
        return Err(Unusable::NotAFile);
    }
    #[cfg(unix)]
    if !is_own(&data) {
        return Err(Unusable::Shared);
    }
    Ok(file)
}

/// Whether this user owns it, and nobody else can write.
#[cfg(unix)]
fn is_own(data: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    is_owned(data) && data.mode() & 0o022 == 0
}

/// Whether this user owns it.
#[cfg(unix)]
fn is_owned(data: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    data.uid() == rustix::process::geteuid().as_raw()
}
