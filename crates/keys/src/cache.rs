//! A folder that remembers which keys were validated, and keeps their tables.
//!
//! | file | says |
//! | --- | --- |
//! | `<name of key>.validated` | the key of this name passed every check, by today's [rules](KeyCache::rules) |
//! | `<name of key>-<form>-<size>.tables` | its [`Tables`](tabella_prover::Tables) of a size, in the form of a kernel |
//!
//! The name of a key is the hash of its file ([`ProvingKey::name_of`]). Files are written whole or not at all, and one that is
//! damaged or of another version is made anew. See [the crate](crate) for what that is worth.

use crate::{
    files::{self, Unusable, cache_directory},
    map::Mapped,
};
use core::fmt;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};
use tabella_circom::Zkey;
use tabella_primitives::digest::Digest;
use tabella_prover::{
    Kernel, ProvingKey, TableSize,
    tables::{KeptTables, TablesError, WholeTables},
};

/// A folder for what is remembered of keys. It is made, for its owner alone, when something is first kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCache {
    directory: PathBuf,
}

/// The user has no folder for caches, and [`CACHE_VARIABLE`](files::CACHE_VARIABLE) is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDirectory;

impl fmt::Display for NoDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no home directory for a cache of keys; set {}", files::CACHE_VARIABLE)
    }
}

impl core::error::Error for NoDirectory {}

/// What lies in the cache in place of tables.
pub(crate) enum Found {
    Whole(WholeTables),
    Nothing,
    Refused(TablesError),
    Unusable(Unusable),
}

impl KeyCache {
    /// The folder `keys` in [`cache_directory`].
    ///
    /// # Errors
    /// [`NoDirectory`].
    pub fn open_default() -> Result<Self, NoDirectory> {
        cache_directory().map(|directory| Self::at(directory.join("keys"))).ok_or(NoDirectory)
    }

    /// A cache in this folder.
    #[must_use]
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The folder.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether somebody else owns the folder or can write into it: then it is not used.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        files::is_shared(&self.directory)
    }

    /// The rules by which keys are validated today: `p.c`, with [`ProvingKey::VALIDATION`] of the crate that checks every key and
    /// [`Zkey::VALIDATION`] of the one that checks the files of snarkjs. A key that was validated by others is validated anew.
    #[must_use]
    pub fn rules() -> String {
        format!("{}.{}", ProvingKey::VALIDATION, Zkey::VALIDATION)
    }

    /// Where it is said that a key was validated.
    #[must_use]
    pub fn validated_path(&self, key_name: &Digest) -> PathBuf {
        self.directory.join(format!("{key_name}.validated"))
    }

    /// Where the tables of a key are, or would be.
    #[must_use]
    pub fn tables_path(&self, key_name: &Digest, kernel: Kernel, size: TableSize) -> PathBuf {
        self.directory.join(format!("{key_name}-{}-{size}.tables", kernel.form()))
    }

    /// Whether the key of this name passed every check that today's rules ask for.
    #[must_use]
    pub fn is_validated(&self, key_name: &Digest) -> bool {
        let expected = validation(key_name);
        let mut found = Vec::new();
        // One byte more shows that the file is too long.
        let limit = u64::try_from(expected.len()).unwrap_or(u64::MAX).saturating_add(1);
        // What cannot be read says nothing: the key is validated, and the file replaced.
        let file = files::open_own(&self.validated_path(key_name)).ok();
        let read = file.and_then(|file| file.take(limit).read_to_end(&mut found).ok());
        read.is_some() && found == expected.as_bytes()
    }

    /// Remembers that the key of this name passed every check.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn remember_validated(&self, key_name: &Digest) -> io::Result<()> {
        files::create_private(&self.directory)?;
        files::write(&self.validated_path(key_name), [validation(key_name).as_bytes()])
    }

    /// The tables of a key: every byte of them is read.
    pub(crate) fn tables(&self, key_name: &Digest, kernel: Kernel, size: TableSize) -> Found {
        let mapped = files::open_own(&self.tables_path(key_name, kernel, size)).and_then(|file| {
            // What cannot be mapped, since it is empty, is cut off.
            if file.metadata()?.len() == 0 { Ok(None) } else { Ok(Some(Mapped::of(&file)?)) }
        });
        let bytes: tabella_prover::tables::SharedBytes = match mapped {
            Ok(Some(mapped)) => Arc::new(mapped),
            Ok(None) => Arc::new([]),
            // Not even its folder is there.
            Err(Unusable::System(io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)) => {
                return Found::Nothing;
            }
            Err(cause) => return Found::Unusable(cause),
        };
        match WholeTables::read(bytes) {
            Ok(tables) => Found::Whole(tables),
            Err(error) => Found::Refused(error),
        }
    }

    /// Waits until no other process makes these tables.
    pub(crate) fn lock(&self, key_name: &Digest, kernel: Kernel, size: TableSize) -> io::Result<File> {
        files::create_private(&self.directory)?;
        files::lock(&self.tables_path(key_name, kernel, size).with_extension("lock"))
    }

    /// Keeps tables.
    pub(crate) fn keep(&self, path: &Path, tables: &KeptTables<'_>) -> io::Result<()> {
        files::write(path, tables.pieces())
    }
}

/// What the file says of a validated key.
fn validation(key_name: &Digest) -> String {
    format!("tabella: key {key_name} was validated by rules {}\n", KeyCache::rules())
}
