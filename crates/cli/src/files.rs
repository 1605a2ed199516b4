//! Files: read with a limit, [written](write()) whole or not at all.

mod own;
mod write;

pub(crate) use own::OwnFile;
pub(crate) use write::{
    Existing, Privacy, check_not_read, check_output, same_place, write, write_json, write_together,
    write_with,
};

use crate::{error::Failure, ui::Ui};
use serde::de::DeserializeOwned;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};
use tabella::{protocol::wire::DecodeError, record::RecordError};
use zeroize::Zeroizing;

/// Largest small JSON file: identity, path, manifest, receipt, proof (bytes).
pub(crate) const SMALL: u64 = 1 << 20;
/// Largest ballot file (bytes).
pub(crate) const BALLOT: u64 = 64 << 10;

/// Reads a whole file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let file = open(path)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large from one that just fits; the rest is never read.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| Failure::io("read", path, &e))?;
    match u64::try_from(bytes.len()) {
        Ok(len) if len <= limit => Ok(bytes),
        _ => Err(Failure::bad_input(
            "file-too-large",
            format_args!("{} is larger than the {limit} bytes such a file may have", path.display()),
        )),
    }
}

/// Reads a whole file of at most `limit` bytes that holds secrets: no copy of them stays in memory.
pub(crate) fn read_secret(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut file = open(path)?;
    let too_large = || {
        Failure::bad_input(
            "file-too-large",
            format_args!("{} is larger than the {limit} bytes such a file may have", path.display()),
        )
    };
    let mut bytes = Zeroizing::new(Vec::<u8>::new());
    let mut chunk = Zeroizing::new([0u8; 1 << 14]);
    // Room for all of a file at once; a pipe has no length, and grows by copies that are erased.
    let room = file.metadata().map_or(0, |data| if data.is_file() { data.len() } else { 0 });
    if room > limit {
        return Err(too_large());
    }
    bytes.reserve_exact(usize::try_from(room).map_err(|_| too_large())?);
    loop {
        let length = file.read(chunk.as_mut_slice()).map_err(|e| Failure::io("read", path, &e))?;
        let Some(read) = chunk.get(..length).filter(|read| !read.is_empty()) else { return Ok(bytes) };
        if u64::try_from(bytes.len() + length).map_or(true, |length| length > limit) {
            return Err(too_large());
        }
        if bytes.len() + length > bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * (bytes.len() + length)));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        bytes.extend_from_slice(read);
    }
}

/// Opens a file for reading. What is no regular file is refused: a folder cannot be read, a pipe without a writer waits
/// for ever, a device may never end. The user's own pipes (`/dev/stdin`, `/dev/fd/..` of a shell's `<(..)`) are read.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let failed = |e: io::Error| Failure::io("open", path, &e);
    // Before it is opened, for opening a pipe waits already; and again after, for it may have been exchanged.
    check_kind(path, &fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    check_kind(path, &file.metadata().map_err(failed)?)?;
    Ok(file)
}

fn check_kind(path: &Path, metadata: &fs::Metadata) -> Result<(), Failure> {
    if metadata.is_dir() {
        return Err(Failure::io("read", path, &io::Error::from(io::ErrorKind::IsADirectory)));
    }
    if metadata.is_file() || path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") {
        return Ok(());
    }
    let cause = io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe, a socket or a device, not a file");
    Err(Failure::io("read", path, &cause))
}

/// Whether others than its owner may read or change a file that should be secret. Always false where the system has no
/// such permissions.
pub(crate) fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Files as given, and the `.json` files of folders, in the order of their names. In a folder only regular files are taken;
/// a note names the others. `code` and `what` ("ballot") are for the failure if there are none.
pub(crate) fn json_files(
    paths: &[PathBuf],
    code: &'static str,
    what: &str,
    ui: &Ui,
) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(path).map_err(|e| Failure::io("read", path, &e))? {
            let entry = entry.map_err(|e| Failure::io("read", path, &e))?;
            let kind = entry.file_type();
            let entry = entry.path();
            if entry.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            // Links are skipped too: a folder that others fill must not lead out of itself.
            if kind.is_ok_and(|kind| kind.is_file()) {
                found.push(entry);
            } else {
                ui.note(&format!("{} is skipped: it is not a regular file", entry.display()));
            }
        }
        found.sort();
        files.append(&mut found);
    }
    if files.is_empty() {
        let folders: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let folders = folders.join(", ");
        return Err(Failure::bad_input(code, format_args!("there is no {what} file (.json) in {folders}")));
    }
    Ok(files)
}

/// Reads UTF-8 text.
pub(crate) fn read_text(path: &Path, limit: u64, what: &str) -> Result<String, Failure> {
    String::from_utf8(read(path, limit)?).map_err(|e| Failure::malformed(path, what, e.utf8_error()))
}

/// Reads a JSON file as a type; `what` names it in the error ("a ballot").
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, limit: u64, what: &str) -> Result<T, Failure> {
    serde_json::from_slice(&read(path, limit)?).map_err(|e| {
        if e.is_eof() {
            Failure::bad_input(
                "truncated-file",
                format_args!("{} is not {what}: the file ends too early ({e})", path.display()),
            )
        } else {
            not_this(path, what, e)
        }
    })
}

/// The failure of a file that is something else, or wrong.
pub(crate) fn not_this(path: &Path, what: &str, cause: impl fmt::Display) -> Failure {
    match OwnFile::instead_of(what, path) {
        None => Failure::malformed(path, what, cause),
        Some(own) => Failure::malformed(path, what, format_args!("it is {}", own.what)).maybe_hint(own.hint),
    }
}

/// The failure of an election record that cannot be read: a file of another kind is told as what it is.
pub(crate) fn record_failure(path: &Path, cause: &RecordError) -> Failure {
    no_record(path, cause).unwrap_or_else(|| {
        Failure::bad_input("malformed-record", format_args!("{}: {cause}", path.display()))
    })
}

/// The failure of a file of another kind that was taken for an election record; none if it is no other of ours.
pub(crate) fn no_record(path: &Path, cause: &RecordError) -> Option<Failure> {
    let at_first = matches!(
        cause,
        RecordError::Malformed { entry: 0, .. }
            | RecordError::NotText { entry: 0 }
            | RecordError::Truncated { entry: 0 }
            | RecordError::Oversized { entry: 0, .. }
    );
    let other = at_first && OwnFile::instead_of("an election record", path).is_some();
    other.then(|| not_this(path, "an election record", cause))
}

/// The failure of one of Tabella's own decoders: a file that ends too early is told from one that is wrong.
pub(crate) fn decode_failure(path: &Path, what: &str, cause: &DecodeError) -> Failure {
    match cause {
        DecodeError::Oversized { .. } if OwnFile::instead_of(what, path).is_none() => {
            Failure::bad_input("file-too-large", format_args!("{} is not {what}: {cause}", path.display()))
        }
        DecodeError::Json { reason, .. } if reason.starts_with("EOF") => Failure::bad_input(
            "truncated-file",
            format_args!("{} is not {what}: the file ends too early ({cause})", path.display()),
        ),
        _ => not_this(path, what, cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_exact() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, [0; 10]).unwrap();
        assert_eq!(read(&path, 10).unwrap().len(), 10);
        assert_eq!(read(&path, 9).unwrap_err().code(), "file-too-large");
        assert_eq!(read_secret(&path, 10).unwrap().as_slice(), &[0; 10]);
        assert_eq!(read_secret(&path, 9).unwrap_err().code(), "file-too-large");
        assert_eq!(read(folder.path(), 9).unwrap_err().exit(), crate::error::EXIT_IO);
        assert_eq!(read(&folder.path().join("none"), 9).unwrap_err().code(), "not-found");
    }
}
