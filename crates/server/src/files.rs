//! Files of a site: read with a limit, written whole or not at all.

use crate::open_error::{OpenSiteError, SiteFault};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::Path,
};
use tabella::keys::files::sync_folder;
use tempfile::NamedTempFile;

/// Reads a whole file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, OpenSiteError> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(OpenSiteError::at(path))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(OpenSiteError::at(path)(SiteFault::TooLarge { limit }))
    }
}

/// Writes a file whole or not at all: under another name, flushed, renamed. Its owner alone can read it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |to| to.write_all(bytes))
}

/// As [`write`], by a function.
pub(crate) fn write_with<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    let mut to = BufWriter::new(&mut file);
    let filled = fill(&mut to)?;
    to.flush()?;
    drop(to);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)?;
    Ok(filled)
}

/// Makes a folder that its owner alone can use, with all above it, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
