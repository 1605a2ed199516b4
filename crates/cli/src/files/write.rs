//! Files that are written whole or not at all: beside their place, flushed, renamed.

use crate::error::Failure;
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};
use tempfile::{Builder, NamedTempFile};

/// What becomes of a file that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and the command fails.
    Keep,
    /// It is replaced (`--force`).
    Replace,
}

impl Existing {
    /// From a `--force` flag.
    pub(crate) const fn from_force(force: bool) -> Self {
        if force { Self::Replace } else { Self::Keep }
    }
}

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Everybody whom the umask allows.
    Public,
    /// The owner only (mode 0600).
    Secret,
}

/// Writes a JSON file with a line end.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T, existing: Existing) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(Failure::internal)?;
    text.push('\n');
    write(path, text.as_bytes(), existing, Privacy::Public)
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8], existing: Existing, privacy: Privacy) -> Result<(), Failure> {
    write_with(path, existing, privacy, |file| file.write_all(bytes))
}

/// Writes a file whole or not at all: a temporary file beside it, fsync, rename, fsync of the folder.
pub(crate) fn write_with(
    path: &Path,
    existing: Existing,
    privacy: Privacy,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    Staged::fill(path, existing, privacy, fill)?.place()
}

/// Writes files of which one is worth nothing without the others: all of them, or, if one cannot be written, none, with what was there
/// before back in its place. Only a crash between two renames can part them.
pub(crate) fn write_together(
    files: &[(&Path, &[u8])],
    existing: Existing,
    privacy: Privacy,
) -> Result<(), Failure> {
    let mut staged = Vec::new();
    for (path, bytes) in files {
        let file = Staged::fill(path, existing, privacy, |file| file.write_all(bytes))?;
        staged.push((Before::of(path, existing)?, file));
    }
    let mut placed: Vec<Before<'_>> = Vec::new();
    for (before, file) in staged {
        if let Err(failure) = file.place() {
            placed.into_iter().rev().for_each(Before::restore);
            return Err(failure);
        }
        placed.push(before);
    }
    Ok(())
}

/// A file that is whole and on the disk, but not in its place. It is gone when dropped.
struct Staged<'a> {
    file: NamedTempFile,
    path: &'a Path,
    existing: Existing,
}

impl<'a> Staged<'a> {
    fn fill(
        path: &'a Path,
        existing: Existing,
        privacy: Privacy,
        fill: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<Self, Failure> {
        check_name(path, existing)?;
        let mut builder = temporary();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = match privacy {
                Privacy::Public => 0o666,
                Privacy::Secret => 0o600,
            };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = privacy;
        let failed = |e: &io::Error| Failure::io("write", path, e);
        let mut file = builder.tempfile_in(folder_of(path)).map_err(|e| failed(&e))?;
        fill(file.as_file_mut()).and_then(|()| file.as_file().sync_all()).map_err(|e| failed(&e))?;
        Ok(Self { file, path, existing })
    }

    /// Gives the file its name.
    fn place(self) -> Result<(), Failure> {
        let Self { file, path, existing } = self;
        let failed = |e: &io::Error| Failure::io("write", path, e);
        match existing {
            // The rename itself refuses a file that came in the meantime.
            Existing::Keep => file.persist_noclobber(path).map_err(|e| match e.error.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => failed(&e.error),
            })?,
            Existing::Replace => file.persist(path).map_err(|e| failed(&e.error))?,
        };
        // The rename itself must survive a power cut too. Some systems cannot sync a folder: nothing is lost by trying.
        if let Ok(folder) = File::open(folder_of(path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// What was in a place before a file was written there.
struct Before<'a> {
    path: &'a Path,
    /// The old file by another name, which is gone when dropped; none if there was no file.
    old: Option<NamedTempFile<()>>,
}

impl<'a> Before<'a> {
    fn of(path: &'a Path, existing: Existing) -> Result<Self, Failure> {
        if existing == Existing::Keep || path.symlink_metadata().is_err() {
            return Ok(Self { path, old: None });
        }
        // Another name of the same file costs nothing; not every file system has that.
        let keep = |name: &Path| match fs::hard_link(path, name) {
            // Never from a pipe that came in the meantime, which would be waited for.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && path.is_file() => {
                fs::copy(path, name).map(|_copied| ())
            }
            linked => linked,
        };
        let old = temporary().make_in(folder_of(path), keep).map_err(|e| Failure::io("replace", path, &e))?;
        Ok(Self { path, old: Some(old) })
    }

    /// Undoes what was written. What cannot be undone stays: the failure that led here is the one to tell.
    fn restore(self) {
        match self.old {
            Some(old) => drop(old.persist(self.path)),
            None => drop(fs::remove_file(self.path)),
        }
    }
}

/// Fails early, before long work, if the file could not be written: one is there that may not be replaced, or its folder is missing
/// or takes no files.
pub(crate) fn check_free(path: &Path, existing: Existing) -> Result<(), Failure> {
    check_name(path, existing)?;
    // Nothing else tells for sure whether a folder takes files: permissions, quotas, systems that are read only.
    let probe = temporary().tempfile_in(folder_of(path));
    probe.map(drop).map_err(|e| Failure::io("write", path, &e))
}

/// Whether two paths name the same file, which need not be there.
pub(crate) fn same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let folder = folder_of(path);
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default())
    };
    place(one) == place(other)
}

/// Refuses outputs that would replace what the command reads.
pub(crate) fn check_not_read(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Failure> {
    for output in outputs {
        for input in inputs {
            // An input may be named through a link; the output's own name is what is replaced.
            let behind = input.canonicalize().unwrap_or_else(|_| input.to_path_buf());
            if same_place(output, input) || same_place(output, &behind) {
                return Err(Failure::usage(format_args!(
                    "{} is read and cannot be written as well",
                    output.display()
                )));
            }
        }
    }
    Ok(())
}

/// Whether the name may be given to a file: never instead of a folder, a link, a device or a pipe.
fn check_name(path: &Path, existing: Existing) -> Result<(), Failure> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let refused = |error| Err(Failure::io("write", path, &error));
    if found.is_dir() {
        refused(io::Error::from(io::ErrorKind::IsADirectory))
    } else if !found.is_file() {
        refused(io::Error::other("it is a link, a device or a pipe, which is never replaced"))
    } else if existing == Existing::Keep {
        Err(exists(path))
    } else {
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".tabella-");
    builder
}

fn exists(path: &Path) -> Failure {
    Failure::io("write", path, &io::Error::new(io::ErrorKind::AlreadyExists, "the file is already there"))
        .hint("choose another name, or overwrite it with --force")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn files_are_whole_private_and_never_overwritten_by_accident() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ключ é.json");
        write(&path, b"one", Existing::Keep, Privacy::Secret).unwrap();
        let refused = write(&path, b"two", Existing::Keep, Privacy::Secret).unwrap_err();
        assert_eq!((refused.exit(), refused.code()), (crate::error::EXIT_IO, "file-exists"));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", Existing::Replace, Privacy::Secret).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // A write that fails half-way leaves the old file and no temporary one.
        let failed = write_with(&path, Existing::Replace, Privacy::Secret, |file| {
            file.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(failed.unwrap_err().code(), "disk-full");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_but_a_file_is_replaced() {
        use std::os::unix::{fs::symlink, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), b"1").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        for name in ["link", "dangling", "socket"] {
            for existing in [Existing::Keep, Existing::Replace] {
                let refused = write(&at(name), b"2", existing, Privacy::Public).unwrap_err();
                assert_eq!((refused.exit(), refused.code()), (crate::error::EXIT_IO, "io"), "{name}");
                assert!(check_free(&at(name), existing).is_err());
            }
        }
        assert_eq!(fs::read(at("file")).unwrap(), b"1");
        // What is read is not written, under any name.
        for output in [at("file"), at("./file")] {
            assert_eq!(check_not_read(&[&output], &[&at("link")]).unwrap_err().code(), "usage");
            assert_eq!(check_not_read(&[&output], &[&at("file")]).unwrap_err().code(), "usage");
        }
        check_not_read(&[&at("other")], &[&at("file"), &at("dangling")]).unwrap();
    }

    #[test]
    fn files_that_belong_together_are_written_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (one, two) = (at("one"), at("two"));
        let pair = |content: &'static [u8]| [(one.as_path(), content), (two.as_path(), content)];
        write_together(&pair(b"1"), Existing::Keep, Privacy::Public).unwrap();
        let content = |path: &PathBuf| fs::read(path).ok();
        assert_eq!((content(&one), content(&two)), (Some(b"1".to_vec()), Some(b"1".to_vec())));
        // The second is there already: the first is not written.
        fs::remove_file(&one).unwrap();
        let refused = write_together(&pair(b"2"), Existing::Keep, Privacy::Public).unwrap_err();
        assert_eq!(
            (refused.code(), content(&one), content(&two)),
            ("file-exists", None, Some(b"1".to_vec()))
        );
        // Its folder is gone.
        let lost = [(one.as_path(), b"3".as_slice()), (&at("none/three"), b"3")];
        let refused = write_together(&lost, Existing::Replace, Privacy::Public).unwrap_err();
        assert_eq!((refused.code(), content(&one)), ("not-found", None));
        // The second cannot be renamed, which shows only when the first has been: one name for both.
        let twice = [(one.as_path(), b"4".as_slice()), (one.as_path(), b"5")];
        let refused = write_together(&twice, Existing::Keep, Privacy::Public).unwrap_err();
        assert_eq!((refused.code(), content(&one)), ("file-exists", None));
        write_together(&pair(b"6"), Existing::Replace, Privacy::Public).unwrap();
        assert_eq!((content(&one), content(&two)), (Some(b"6".to_vec()), Some(b"6".to_vec())));
        // No temporary file is left.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_was_replaced_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        for old in [Some(b"old"), None] {
            let _ = fs::remove_file(&path);
            if let Some(old) = old {
                fs::write(&path, old).unwrap();
            }
            let before = Before::of(&path, Existing::Replace).unwrap();
            write(&path, b"new", Existing::Replace, Privacy::Public).unwrap();
            before.restore();
            assert_eq!(fs::read(&path).ok(), old.map(|old| old.to_vec()));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), usize::from(old.is_some()));
        }
    }

    #[test]
    fn places_that_cannot_be_written_are_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), b"").unwrap();
        fs::create_dir(at("folder")).unwrap();
        let code = |name, existing| check_free(&at(name), existing).err().map(|failure| failure.code());
        assert_eq!(code("new", Existing::Keep), None);
        assert_eq!(code("file", Existing::Keep), Some("file-exists"));
        assert_eq!(code("file", Existing::Replace), None);
        assert_eq!(code("folder", Existing::Replace), Some("io"));
        assert_eq!(code("none/new", Existing::Keep), Some("not-found"));
        assert_eq!(code("file/new", Existing::Replace), Some("io"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let dotted = folder.path().join("folder").join("..").join("file");
        assert!(same_place(&dotted, &at("file")) && !same_place(&at("file"), &at("folder")));
    }
}
