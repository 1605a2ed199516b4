//! Files that are written whole or not at all: beside their place, flushed, renamed.

use crate::error::Failure;
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};
use tabella::keys::files::sync_folder;
use tempfile::{Builder, NamedTempFile};

/// What becomes of a file that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and the command fails.
    Keep,
    /// The same where the command has a flag to replace it, which is told.
    Unforced,
    /// It is replaced (`--force`).
    Replace,
}

impl Existing {
    /// From a `--force` flag.
    pub(crate) const fn from_force(force: bool) -> Self {
        if force { Self::Replace } else { Self::Unforced }
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
/// before back in its place.
///
/// The last one stands for all: an old one is taken away before the others are replaced, and the new one gets its name after them, each
/// step on the disk before the next. Whoever finds it finds those that belong to it, wherever a crash came between; at worst there is
/// none, and what was there before lies beside it as `.tabella-..`.
pub(crate) fn write_together(
    files: &[(&Path, &[u8])],
    existing: Existing,
    privacy: Privacy,
) -> Result<(), Failure> {
    let (mut staged, mut befores) = (Vec::new(), Vec::new());
    for (path, bytes) in files {
        staged.push(Staged::fill(path, existing, privacy, |file| file.write_all(bytes))?);
        befores.push(Before::of(path, existing)?);
    }
    let placed = place_together(staged, &mut befores);
    if placed.is_err() {
        befores.into_iter().rev().for_each(Before::restore);
    }
    placed
}

/// Gives the files their names, which takes what was there before out of its place.
fn place_together(staged: Vec<Staged<'_>>, befores: &mut [Before<'_>]) -> Result<(), Failure> {
    if let Some(last) = befores.last_mut() {
        last.take_away()?;
    }
    for (file, before) in staged.into_iter().zip(befores) {
        file.rename()?;
        before.changed = true;
        sync_folder_of(before.path)?;
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
        let mut file = builder.tempfile_in(folder_of(path)).map_err(|e| no_file("write", path, &e))?;
        let filled = fill(file.as_file_mut()).and_then(|()| file.as_file().sync_all());
        filled.map_err(|e| Failure::io("write", path, &e))?;
        Ok(Self { file, path, existing })
    }

    /// Gives the file its name, which is on the disk when this is done.
    fn place(self) -> Result<(), Failure> {
        let path = self.path;
        self.rename()?;
        sync_folder_of(path)
    }

    fn rename(self) -> Result<(), Failure> {
        let Self { file, path, existing } = self;
        let failed = |e: &io::Error| Failure::io("write", path, e);
        match existing {
            // The rename itself refuses a file that came in the meantime.
            Existing::Keep | Existing::Unforced => {
                file.persist_noclobber(path).map_err(|e| match e.error.kind() {
                    io::ErrorKind::AlreadyExists => exists(path, existing),
                    _ => failed(&e.error),
                })?
            }
            Existing::Replace => file.persist(path).map_err(|e| failed(&e.error))?,
        };
        Ok(())
    }
}

/// The names in a file's folder survive a power cut.
fn sync_folder_of(path: &Path) -> Result<(), Failure> {
    sync_folder(folder_of(path)).map_err(|e| Failure::io("write", path, &e))
}

/// What was in a place before a file was written there.
struct Before<'a> {
    path: &'a Path,
    /// The old file by another name, which is gone when dropped; none if there was no file.
    old: Option<NamedTempFile<()>>,
    /// Whether it is no longer what is in the place.
    changed: bool,
}

impl<'a> Before<'a> {
    fn of(path: &'a Path, existing: Existing) -> Result<Self, Failure> {
        if existing != Existing::Replace || path.symlink_metadata().is_err() {
            return Ok(Self { path, old: None, changed: false });
        }
        // Another name of the same file costs nothing; not every file system has that.
        let keep = |name: &Path| match fs::hard_link(path, name) {
            // Never from a pipe that came in the meantime, which would be waited for.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && path.is_file() => {
                fs::copy(path, name).map(|_copied| ())
            }
            linked => linked,
        };
        let old = temporary().make_in(folder_of(path), keep).map_err(|e| no_file("replace", path, &e))?;
        Ok(Self { path, old: Some(old), changed: false })
    }

    /// Removes what there was from its place.
    fn take_away(&mut self) -> Result<(), Failure> {
        if self.old.is_some() {
            fs::remove_file(self.path).map_err(|e| Failure::io("replace", self.path, &e))?;
            self.changed = true;
            sync_folder_of(self.path)?;
        }
        Ok(())
    }

    /// Undoes what was changed. What cannot be undone stays: the failure that led here is the one to tell.
    fn restore(self) {
        match self.old {
            _ if !self.changed => {}
            Some(old) => drop(old.persist(self.path)),
            None => drop(fs::remove_file(self.path)),
        }
    }
}

/// Fails early, before long work, if the file could not be written: one is there that may not be replaced, or its folder is missing
/// or takes no files.
fn check_free(path: &Path, existing: Existing) -> Result<(), Failure> {
    check_name(path, existing)?;
    // Nothing else tells for sure whether a folder takes files: permissions, quotas, systems that are read only.
    let probe = temporary().tempfile_in(folder_of(path));
    probe.map(drop).map_err(|e| no_file("write", path, &e))
}

/// The failure to make a file beside `path`: in words about `path`, since nobody asked for the other file.
fn no_file(action: &str, path: &Path, error: &io::Error) -> Failure {
    let folder = folder_of(path);
    if !folder.exists() {
        let missing = format!("the folder {} does not exist", folder.display());
        return Failure::io(action, path, &io::Error::new(io::ErrorKind::NotFound, missing))
            .hint("make the folder first, or name another one");
    }
    if !folder.is_dir() {
        let other = format!("{} is not a folder", folder.display());
        return Failure::io(action, path, &io::Error::new(io::ErrorKind::NotADirectory, other));
    }
    // Without the other file's name, which the message has.
    Failure::io(action, path, &error.kind().into())
}

/// Whether two paths name the same file, which need not be there.
pub(crate) fn same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let folder = folder_of(path);
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default())
    };
    place(one) == place(other)
}

/// Fails early, before long work, if an output would replace what the command reads, or could not be written.
pub(crate) fn check_output(output: &Path, existing: Existing, inputs: &[&Path]) -> Result<(), Failure> {
    // First of all: nobody shall be told to overwrite an input with --force.
    check_not_read(&[output], inputs)?;
    check_free(output, existing)
}

/// Refuses outputs that would replace what the command reads. A folder stands for the `.json` files in it.
pub(crate) fn check_not_read(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Failure> {
    for output in outputs {
        for input in inputs {
            // An input may be named through a link; the output's own name is what is replaced.
            let behind = input.canonicalize().unwrap_or_else(|_| input.to_path_buf());
            let in_folder = input.is_dir()
                && output.is_file()
                && output.extension().is_some_and(|extension| extension == "json")
                && folder_of(output).canonicalize().is_ok_and(|folder| folder == behind);
            if in_folder || same_place(output, input) || same_place(output, &behind) {
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
    } else if existing != Existing::Replace {
        Err(exists(path, existing))
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

fn exists(path: &Path, existing: Existing) -> Failure {
    Failure::io("write", path, &io::Error::new(io::ErrorKind::AlreadyExists, "the file is already there"))
        .hint(match existing {
            Existing::Unforced => "choose another name, or overwrite it with --force",
            Existing::Keep | Existing::Replace => "choose another name, or move it away",
        })
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
        // Only a command with --force speaks of it.
        assert_eq!(refused.hint_text(), Some("choose another name, or move it away"));
        let refused = write(&path, b"two", Existing::from_force(false), Privacy::Secret).unwrap_err();
        assert_eq!(refused.hint_text(), Some("choose another name, or overwrite it with --force"));
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
        // A folder is read by its .json files.
        fs::write(at("in.json"), b"1").unwrap();
        let folder = folder.path();
        assert_eq!(check_not_read(&[&at("in.json")], &[folder]).unwrap_err().code(), "usage");
        check_not_read(&[&at("file"), &at("new.json")], &[folder]).unwrap();
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
        let (lost, none) = (at("none/three"), at("none"));
        let said = format!("cannot write {}: the folder {} does not exist", lost.display(), none.display());
        assert_eq!(refused.message(), said);
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
            match old {
                Some(old) => fs::write(&path, old).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let mut before = Before::of(&path, Existing::Replace).unwrap();
            before.take_away().unwrap();
            assert!(!path.exists());
            write(&path, b"new", Existing::Replace, Privacy::Public).unwrap();
            before.changed = true;
            before.restore();
            assert_eq!(fs::read(&path).ok(), old.map(|old| old.to_vec()));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), usize::from(old.is_some()));
        }
    }

    /// The second of two files cannot get its name, which shows when the first has it: a folder came in the meantime.
    #[test]
    fn the_last_file_is_taken_away_first_and_comes_last() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (one, two) = (at("one"), at("two"));
        for path in [&one, &two] {
            fs::write(path, b"old").unwrap();
        }
        let stage = |path, bytes: &'static [u8]| {
            Staged::fill(path, Existing::Replace, Privacy::Public, |file| file.write_all(bytes)).unwrap()
        };
        let before = |path| Before::of(path, Existing::Replace).unwrap();
        let mut befores = [before(&one), before(&two)];
        let staged = vec![stage(&one, b"new"), stage(&two, b"new")];
        fs::remove_file(&one).unwrap();
        fs::create_dir(&one).unwrap();
        assert!(place_together(staged, &mut befores).is_err());
        // Nothing is there that does not belong to the others.
        assert!(!two.exists());
        assert_eq!(befores.each_ref().map(|before| before.changed), [false, true]);
        befores.into_iter().rev().for_each(Before::restore);
        assert!(one.is_dir() && fs::read(&two).unwrap() == b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn places_that_cannot_be_written_are_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), b"").unwrap();
        fs::create_dir(at("folder")).unwrap();
        let code = |name, existing| check_free(&at(name), existing).err().map(|failure| failure.code());
        let said = |name| check_free(&at(name), Existing::Keep).unwrap_err().message().to_owned();
        assert!(
            said("none/new")
                .ends_with(&format!("/none/new: the folder {} does not exist", at("none").display()))
        );
        assert!(said("file/new").ends_with(&format!("/file/new: {} is not a folder", at("file").display())));
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
