//! From the bytes of a key, ours or snarkjs', to a key that proves.

use crate::cache::{Found, KeyCache};
use core::fmt;
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};
use tabella_circom::{FileError, Zkey};
use tabella_primitives::digest::Digest;
use tabella_prover::{Kernel, KeyError, ProvingKey, TableSize, Tables, apart, tables::TablesError};

/// Which tables a key should have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The largest that are in the cache; none are computed. For a single proof, which takes less time than computing tables.
    #[default]
    Kept,
    /// Of this size: from the cache, else computed and kept there.
    Size(TableSize),
}

/// What is happening, for progress and warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyEvent {
    /// The key has too many points for tables of the size that was asked for: it goes without. To be shown.
    NoRoom {
        /// What was asked for.
        size: TableSize,
    },
    /// The key is met for the first time, and every check is made.
    Validating,
    /// Tables are computed: so many points of so many are done.
    Computing {
        /// Points that are done.
        done: usize,
        /// Points in all.
        total: usize,
    },
    /// Tables that were computed are in the cache.
    Kept {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        bytes: usize,
    },
    /// Tables in the cache were refused and will be replaced. To be shown: something damaged the file, or another version wrote it.
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: TablesError,
    },
    /// The cache cannot be read or written; the key works without. To be shown.
    NoCache {
        /// What was read or written.
        path: PathBuf,
        /// What the operating system says.
        kind: ErrorKind,
    },
    /// Somebody else owns the cache or can write into it: it is not used. To be shown.
    SharedCache {
        /// The folder.
        path: PathBuf,
    },
}

impl fmt::Display for KeyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom { size } => {
                write!(
                    f,
                    "tables that are {size} have no room for a second multiple of so many points: the key goes without"
                )
            }
            Self::Validating => f.write_str("checking the proving key (once)"),
            Self::Computing { .. } => f.write_str("computing the key's tables (once)"),
            Self::Kept { path, bytes } => {
                write!(f, "{} ({bytes} bytes) keeps the key's tables", path.display())
            }
            Self::Refused { path, cause } => {
                write!(
                    f,
                    "{} is not used and will be replaced when tables are asked for: {cause}",
                    path.display()
                )
            }
            Self::NoCache { path, kind } => {
                write!(f, "nothing is remembered of the key: {}: {kind}", path.display())
            }
            Self::SharedCache { path } => write!(
                f,
                "{} is not used, since somebody else owns it or can write into it: who can, can spoil proofs",
                path.display()
            ),
        }
    }
}

/// Why a key cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenKeyError {
    /// The bytes are not a key of ours that can be used.
    Own(KeyError),
    /// The bytes are not a key of snarkjs that can be used.
    Zkey(FileError),
}

impl fmt::Display for OpenKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(error) => error.fmt(f),
            Self::Zkey(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpenKeyError {}

/// Opens keys, with what a cache remembers of them.
///
/// Without a cache every key is validated each time, and tables, if asked for, are computed each time.
pub struct KeyOpener<'a> {
    cache: Option<KeyCache>,
    wanted: Wanted,
    kernel: Kernel,
    observer: Option<Observer<'a>>,
}

/// Hears what happens, from any thread.
type Observer<'a> = Box<dyn Fn(KeyEvent) + Sync + 'a>;

impl fmt::Debug for KeyOpener<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyOpener({:?}, {:?}, {})", self.cache, self.wanted, self.kernel)
    }
}

impl Default for KeyOpener<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> KeyOpener<'a> {
    /// Without a cache, for the fastest kernel.
    #[must_use]
    pub fn new() -> Self {
        Self { cache: None, wanted: Wanted::Kept, kernel: Kernel::fastest(), observer: None }
    }

    /// Remembers in this cache.
    #[must_use]
    pub fn with_cache(mut self, cache: KeyCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Which tables are wanted.
    #[must_use]
    pub const fn with_tables(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    /// Tables for another kernel than the fastest.
    #[must_use]
    pub const fn with_kernel(mut self, kernel: Kernel) -> Self {
        self.kernel = kernel;
        self
    }

    /// Calls `observer`, while tables are computed from any thread.
    #[must_use]
    pub fn on_event(mut self, observer: impl Fn(KeyEvent) + Sync + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Opens a key of ours ([`ProvingKey::to_bytes`]) or of snarkjs (`.zkey`). It is validated, unless the cache remembers that it was.
    ///
    /// # Errors
    /// [`OpenKeyError`].
    pub fn open(&self, file: &[u8]) -> Result<ProvingKey, OpenKeyError> {
        let name = ProvingKey::name_of(file);
        let cache = self.usable_cache();
        if cache.is_some_and(|cache| cache.is_validated(&name)) {
            return Ok(self.attach(cache, parse(file, true)?, &name));
        }
        self.say(KeyEvent::Validating);
        let key = parse(file, false)?;
        if let Some(cache) = cache
            && let Err(error) = cache.remember_validated(&name)
        {
            self.say(KeyEvent::NoCache { path: cache.directory().to_owned(), kind: error.kind() });
        }
        Ok(self.attach(cache, key, &name))
    }

    /// Opens a key whose hash the caller has compared with a trusted one, as that of a pinned file. Only its form is checked.
    ///
    /// # Errors
    /// [`OpenKeyError`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn open_trusted(&self, file: &[u8]) -> Result<ProvingKey, OpenKeyError> {
        let key = parse(file, true)?;
        Ok(self.add_tables(key, &ProvingKey::name_of(file)))
    }

    /// The key with the tables that are wanted, if there are any. `name` is that of the key's file.
    #[must_use]
    pub fn add_tables(&self, key: ProvingKey, name: &Digest) -> ProvingKey {
        self.attach(self.usable_cache(), key, name)
    }

    fn attach(&self, cache: Option<&KeyCache>, key: ProvingKey, name: &Digest) -> ProvingKey {
        match self.tables(cache, &key, name) {
            Some(tables) => key.with_tables(tables).expect("tables are made or checked for the key"),
            None => key,
        }
    }

    fn tables(&self, cache: Option<&KeyCache>, key: &ProvingKey, name: &Digest) -> Option<Tables> {
        match self.wanted {
            Wanted::Size(TableSize::None) => None,
            Wanted::Size(size) if !size.is_of_use_to(key) => {
                self.say(KeyEvent::NoRoom { size });
                None
            }
            Wanted::Kept => {
                let sizes = TableSize::ALL.into_iter().rev().filter(|size| *size != TableSize::None);
                { sizes }.find_map(|size| self.kept(cache?, key, name, size))
            }
            Wanted::Size(size) => {
                let Some(cache) = cache else { return Some(self.compute(key, size)) };
                if let Some(tables) = self.kept(cache, key, name, size) {
                    return Some(tables);
                }
                Some(self.compute_and_keep(cache, key, name, size))
            }
        }
    }

    /// Computes tables while no other process or thread makes the same ones, and keeps them.
    fn compute_and_keep(&self, cache: &KeyCache, key: &ProvingKey, name: &Digest, size: TableSize) -> Tables {
        let path = cache.tables_path(name, self.kernel, size);
        let no_cache = |path: &Path, kind| self.say(KeyEvent::NoCache { path: path.to_owned(), kind });
        let _lock = match cache.lock(name, self.kernel, size) {
            Ok(lock) => lock,
            Err(error) => {
                no_cache(cache.directory(), error.kind());
                return self.compute(key, size);
            }
        };
        // While the lock is held no task of the caller's pool may begin: it might want the lock too, and wait for its own thread.
        apart(|| {
            // Somebody else may have made them while this one waited for the lock.
            if let Found::Tables(tables) = cache.tables(key, name, self.kernel, size) {
                return *tables;
            }
            let tables = self.compute(key, size);
            let kept = tables.to_kept(name);
            match cache.keep(&path, &kept) {
                Ok(()) => self.say(KeyEvent::Kept { path, bytes: kept.bytes() }),
                Err(error) => no_cache(&path, error.kind()),
            }
            tables
        })
    }

    /// Tables from the cache.
    fn kept(&self, cache: &KeyCache, key: &ProvingKey, name: &Digest, size: TableSize) -> Option<Tables> {
        let path = || cache.tables_path(name, self.kernel, size);
        match cache.tables(key, name, self.kernel, size) {
            Found::Tables(tables) => return Some(*tables),
            Found::Nothing => {}
            Found::Refused(cause) => self.say(KeyEvent::Refused { path: path(), cause }),
            Found::Unreadable(kind) => self.say(KeyEvent::NoCache { path: path(), kind }),
        }
        None
    }

    fn compute(&self, key: &ProvingKey, size: TableSize) -> Tables {
        Tables::new(key, self.kernel, size, &|done, total| self.say(KeyEvent::Computing { done, total }))
    }

    /// The cache, unless others can write into it.
    fn usable_cache(&self) -> Option<&KeyCache> {
        self.cache.as_ref().filter(|cache| {
            let shared = cache.is_shared();
            if shared {
                self.say(KeyEvent::SharedCache { path: cache.directory().to_owned() });
            }
            !shared
        })
    }

    fn say(&self, event: KeyEvent) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}

fn parse(file: &[u8], trusted: bool) -> Result<ProvingKey, OpenKeyError> {
    if ProvingKey::is_magic(file) {
        let read =
            if trusted { ProvingKey::from_trusted_bytes_checked_by_hash } else { ProvingKey::from_bytes };
        return read(file).map_err(OpenKeyError::Own);
    }
    let read = if trusted { Zkey::from_trusted_bytes_checked_by_hash } else { Zkey::from_bytes };
    read(file).map(Zkey::into_key).map_err(OpenKeyError::Zkey)
}
