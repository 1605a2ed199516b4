//! Files of caches: where they are, and how they are written by several processes at once.

use etcetera::BaseStrategy;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
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

/// Waits for the lock of this name, and holds it as long as the file is open; the operating system lets go of it when the process
/// ends, however it ends.
///
/// # Errors
/// Those of the operating system.
pub fn lock(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    file.lock()?;
    Ok(file)
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

/// Whether others than its owner can write into a folder. Always false where the system has no such permissions.
pub(crate) fn is_shared(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(folder).is_ok_and(|data| data.permissions().mode() & 0o022 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        false
    }
}
