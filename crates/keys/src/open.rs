//! From the bytes of a key, ours or snarkjs', to a key that proves.

use crate::{
    cache::{Found, KeyCache},
    files::Unusable,
};
use core::fmt;
use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    slice,
};
use tabella_circom::{FileError, Zkey};
use tabella_primitives::{digest::Digest, exec};
use tabella_prover::{
    Kernel, KeyError, ProvingKey, TableSize, Tables,
    matrices::Matrices,
    tables::{TablesError, WholeTables},
};

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
    /// Tables in the cache cannot be read and will be replaced. To be shown.
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: Unusable,
    },
    /// The cache cannot be written: the key is open, and next time everything is done again. To be shown; said once for each key.
    NoCache {
        /// What was written.
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
            Self::Refused { path, cause } => not_used(f, path, cause),
            Self::Unusable { path, cause } => not_used(f, path, cause),
            Self::NoCache { path, kind } => write!(
                f,
                "{} cannot be written ({kind}): what is done for the key now is done again each time; choose another folder for the cache",
                path.display()
            ),
            Self::SharedCache { path } => write!(
                f,
                "{} is not used, since somebody else owns it or can write into it: who can, can spoil proofs",
                path.display()
            ),
        }
    }
}

fn not_used(f: &mut fmt::Formatter<'_>, path: &Path, cause: &dyn fmt::Display) -> fmt::Result {
    write!(f, "{} is not used and will be replaced when tables are asked for: {cause}", path.display())
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

    /// Opens a key of ours ([`ProvingKey::to_bytes`], [`ProvingKey::to_compact_bytes`]) or of snarkjs (`.zkey`). It is validated, unless the cache remembers that it was.
    ///
    /// # Errors
    /// [`OpenKeyError`].
    pub fn open(&self, file: &[u8]) -> Result<ProvingKey, OpenKeyError> {
        self.check(file).map(CheckedKey::with_tables)
    }

    /// [`Self::open`] without its last step: no tables are computed yet, so that who has a witness can look whether it belongs to the
    /// key before they are.
    ///
    /// # Errors
    /// [`OpenKeyError`].
    pub fn check(&self, file: &[u8]) -> Result<CheckedKey<'_, 'a>, OpenKeyError> {
        let name = ProvingKey::name_of(file);
        let store = self.store();
        if store.as_ref().is_some_and(|store| store.cache.is_validated(&name)) {
            return self.beside(store, name, || parse(file, true));
        }
        self.say(KeyEvent::Validating);
        let mut checked = self.beside(store, name, || parse(file, false))?;
        if let Some(store) = &mut checked.store {
            let remembered = store.cache.remember_validated(&name);
            remembered.unwrap_or_else(|e| self.no_cache(store, store.cache.directory(), &e));
        }
        Ok(checked)
    }

    /// Opens a key that is pinned: `compare` answers whether the file has the trusted hash, and only the form of one that has is
    /// checked.
    ///
    /// # Errors
    /// Those of `compare`, and [`OpenKeyError`].
    ///
    /// # Security
    /// With a key from an untrusted source proofs can betray the witness.
    pub fn open_pinned<E: From<OpenKeyError> + Send>(
        &self,
        file: &[u8],
        compare: impl FnOnce(&[u8]) -> Result<(), E> + Send,
    ) -> Result<ProvingKey, E> {
        let read = || {
            compare(file)?;
            Ok(parse(file, true)?)
        };
        self.beside(self.store(), ProvingKey::name_of(file), read).map(CheckedKey::with_tables)
    }

    /// The key with the tables that are wanted, if there are any. `name` is that of the key's file.
    #[must_use]
    pub fn add_tables(&self, key: ProvingKey, name: &Digest) -> ProvingKey {
        let store = self.store();
        let kept = self.first_kept(store.as_ref(), name, self.sizes().iter());
        CheckedKey { opener: self, store, key, name: *name, kept }.with_tables()
    }

    /// Reads a key while another thread looks for its tables: that takes longer, and needs no more than the key's name.
    fn beside<'o, E: Send>(
        &'o self,
        store: Option<Store<'o>>,
        name: Digest,
        read: impl FnOnce() -> Result<ProvingKey, E> + Send,
    ) -> Result<CheckedKey<'o, 'a>, E> {
        let (key, kept) = exec::join(read, || self.first_kept(store.as_ref(), &name, self.sizes().iter()));
        Ok(CheckedKey { opener: self, key: key?, store, name, kept })
    }

    /// The sizes that tables can have, the best first.
    fn sizes(&self) -> &[TableSize] {
        match &self.wanted {
            Wanted::Kept => &[TableSize::Large, TableSize::Small],
            Wanted::Size(TableSize::None) => &[],
            Wanted::Size(size) => slice::from_ref(size),
        }
    }

    /// The first of these sizes of which the cache has tables that are whole.
    fn first_kept<'s>(
        &self,
        store: Option<&Store<'_>>,
        name: &Digest,
        mut sizes: impl Iterator<Item = &'s TableSize>,
    ) -> Option<Kept> {
        let cache = store?.cache;
        sizes.find_map(|&size| {
            let path = || cache.tables_path(name, self.kernel, size);
            match cache.tables(name, self.kernel, size) {
                Found::Whole(tables) => return Some(Kept { size, tables }),
                Found::Nothing => {}
                Found::Refused(cause) => self.say(KeyEvent::Refused { path: path(), cause }),
                Found::Unusable(cause) => self.say(KeyEvent::Unusable { path: path(), cause }),
            }
            None
        })
    }

    /// Computes tables while no other process or thread makes the same ones, and keeps them.
    fn compute_and_keep(
        &self,
        store: &mut Store<'_>,
        key: &ProvingKey,
        name: &Digest,
        size: TableSize,
    ) -> Tables {
        let cache = store.cache;
        let lock = if store.is_writable { Some(cache.lock(name, self.kernel, size)) } else { None };
        let _lock = match lock {
            Some(Ok(lock)) => lock,
            Some(Err(error)) => {
                self.no_cache(store, cache.directory(), &error);
                return self.compute(key, size);
            }
            None => return self.compute(key, size),
        };
        // While the lock is held no task of the caller's pool may begin: it might want the lock too, and wait for its own thread.
        exec::apart(|| {
            // Somebody else may have made them while this one waited for the lock.
            if let Found::Whole(tables) = cache.tables(name, self.kernel, size)
                && let Ok(tables) = tables.for_key(key, name, self.kernel, size)
            {
                return tables;
            }
            let tables = self.compute(key, size);
            let path = cache.tables_path(name, self.kernel, size);
            let kept = tables.to_kept(name);
            match cache.keep(&path, &kept) {
                Ok(()) => self.say(KeyEvent::Kept { path, bytes: kept.bytes() }),
                Err(error) => self.no_cache(store, &path, &error),
            }
            tables
        })
    }

    fn compute(&self, key: &ProvingKey, size: TableSize) -> Tables {
        Tables::new(key, self.kernel, size, &|done, total| self.say(KeyEvent::Computing { done, total }))
    }

    /// The cache, unless others can write into it.
    fn store(&self) -> Option<Store<'_>> {
        let cache = self.cache.as_ref()?;
        if cache.is_shared() {
            self.say(KeyEvent::SharedCache { path: cache.directory().to_owned() });
            return None;
        }
        Some(Store { cache, is_writable: true })
    }

    /// Something cannot be kept: nothing more is tried.
    fn no_cache(&self, store: &mut Store<'_>, path: &Path, error: &io::Error) {
        store.is_writable = false;
        self.say(KeyEvent::NoCache { path: path.to_owned(), kind: error.kind() });
    }

    fn say(&self, event: KeyEvent) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}

/// A cache while a key is opened.
struct Store<'c> {
    cache: &'c KeyCache,
    /// Nothing that was to be kept has failed yet.
    is_writable: bool,
}

/// Tables in the cache that are whole; whether they are the key's is not known yet.
struct Kept {
    size: TableSize,
    tables: WholeTables,
}

/// A key that passed every check, without its tables: [`KeyOpener::check`] makes it.
pub struct CheckedKey<'o, 'a> {
    opener: &'o KeyOpener<'a>,
    store: Option<Store<'o>>,
    key: ProvingKey,
    name: Digest,
    /// The best of the cache.
    kept: Option<Kept>,
}

impl fmt::Debug for CheckedKey<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedKey({:?})", self.key)
    }
}

impl CheckedKey<'_, '_> {
    /// The key. It proves, without tables.
    #[must_use]
    pub const fn key(&self) -> &ProvingKey {
        &self.key
    }

    /// The same with the constraints of its circuit: see [`ProvingKey::with_constraints`].
    ///
    /// # Errors
    /// [`KeyError`] if they are of another circuit.
    pub fn with_constraints(self, constraints: Matrices) -> Result<Self, KeyError> {
        Ok(Self { key: self.key.with_constraints(constraints)?, ..self })
    }

    /// The key with the tables that its opener wants, from the cache or computed now, if there are any.
    #[must_use]
    pub fn with_tables(mut self) -> ProvingKey {
        match self.tables() {
            Some(tables) => self.key.with_tables(tables).expect("tables are made or checked for the key"),
            None => self.key,
        }
    }

    fn tables(&mut self) -> Option<Tables> {
        let opener = self.opener;
        match opener.wanted {
            Wanted::Size(TableSize::None) => None,
            Wanted::Size(size) if !size.is_of_use_to(&self.key) => {
                opener.say(KeyEvent::NoRoom { size });
                None
            }
            Wanted::Kept => self.kept(),
            Wanted::Size(size) => {
                let kept = self.kept();
                let Self { store, key, name, .. } = self;
                kept.or_else(|| match store {
                    Some(store) => Some(opener.compute_and_keep(store, key, name, size)),
                    None => Some(opener.compute(key, size)),
                })
            }
        }
    }

    /// Tables from the cache.
    fn kept(&mut self) -> Option<Tables> {
        let Self { opener, store, key, name, kept } = self;
        loop {
            let Kept { size, tables } = kept.take()?;
            match tables.for_key(key, name, opener.kernel, size) {
                Ok(tables) => return Some(tables),
                Err(cause) => {
                    let path = store.as_ref()?.cache.tables_path(name, opener.kernel, size);
                    opener.say(KeyEvent::Refused { path, cause });
                }
            }
            let smaller = opener.sizes().iter().skip_while(|looked| **looked != size).skip(1);
            *kept = opener.first_kept(store.as_ref(), name, smaller);
        }
    }
}

fn parse(file: &[u8], trusted: bool) -> Result<ProvingKey, OpenKeyError> {
    let own = match (ProvingKey::is_magic(file), ProvingKey::is_compact_magic(file), trusted) {
        (true, _, false) => ProvingKey::from_bytes(file),
        (true, _, true) => ProvingKey::from_trusted_bytes_checked_by_hash(file),
        (false, true, false) => ProvingKey::from_compact_bytes(file),
        (false, true, true) => ProvingKey::from_trusted_compact_bytes_checked_by_hash(file),
        (false, false, _) => {
            let read = if trusted { Zkey::from_trusted_bytes_checked_by_hash } else { Zkey::from_bytes };
            return read(file).map(Zkey::into_key).map_err(OpenKeyError::Zkey);
        }
    };
    own.map_err(OpenKeyError::Own)
}
