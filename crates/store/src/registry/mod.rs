//! The durable registry: a [`Registry`] whose every change is on the disk before it is answered.
//!
//! The file holds the history of states and all nodes of the tree, so that 1,000,000 citizens open without hashing
//! anything again. A batch, its nodes and its state are one transaction: after a crash the registry is in the state before
//! the batch or in that after it.

mod layout;
mod load;

use crate::{
    StoreError, StoreFault,
    file::{self, OpenFile},
};
use core::fmt;
use layout::{Dirty, META, NODES, STATES};
use redb::{Database, ReadableDatabase};
use std::path::{Path, PathBuf};
use tabella_protocol::{
    identity::IdentityCommitment,
    registry::{
        AppendError, ImportBatch, ImportError, OnProgress, Registry, RemoveError, UpdateError, quietly,
    },
};

/// Memory that redb may use for pages of the file, in bytes. The registry itself is in memory besides.
const CACHE_BYTES: usize = 32 << 20;

/// Why a change to a durable registry was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeError<E> {
    /// The registry refuses it. Nothing has changed.
    Refused(E),
    /// It could not be made durable. Open the store again to see whether it was.
    Store(StoreError),
}

impl<E: fmt::Display> fmt::Display for ChangeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for ChangeError<E> {}

/// A registry in a file.
///
/// ```
/// use tabella_protocol::identity::IdentityCommitment;
/// use tabella_store::registry::RegistryStore;
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("town.registry");
/// let mut store = RegistryStore::create(&path).unwrap();
/// store.append(IdentityCommitment::from_decimal("11").unwrap()).unwrap();
/// drop(store);
/// assert_eq!(RegistryStore::open(&path).unwrap().registry().citizen_count(), 1);
/// ```
pub struct RegistryStore {
    database: OpenFile,
    registry: Registry,
    path: PathBuf,
    /// Set by a write that failed: what is on the disk is then unknown.
    unusable: bool,
}

impl fmt::Debug for RegistryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryStore({}, {} slots)", self.path.display(), self.registry.size())
    }
}

impl RegistryStore {
    /// Makes a store for a registry without citizens.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreFault::Exists`] if there is such a file.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::create_with(path, Registry::new())
    }

    /// Makes a store for a registry that came from elsewhere, such as a Semaphore group.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreFault::Exists`] if there is such a file.
    pub fn create_with(path: impl AsRef<Path>, registry: Registry) -> Result<Self, StoreError> {
        let path = path.as_ref();
        file::create(path, CACHE_BYTES, |database| layout::write_new(database, &registry))
            .map(|database| Self { database, registry, path: path.to_path_buf(), unusable: false })
            .map_err(StoreError::at(path))
    }

    /// Opens a store and checks redb's checksums, the digest of every page and state, and the root.
    ///
    /// This finds damage of every kind. Who may have *rewritten* the file with fitting digests is found by
    /// [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`StoreError`] names the first thing that is wrong.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        open_file(path)
            .map(|(database, registry)| Self {
                database,
                registry,
                path: path.to_path_buf(),
                unusable: false,
            })
            .map_err(StoreError::at(path))
    }

    /// The registry.
    ///
    /// After a write that failed it is in the last state that is known to be durable (without citizens, if even that
    /// could not be read).
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Computes every node of the tree again: about one hash per citizen.
    ///
    /// # Errors
    /// [`StoreFault::Tree`] names the first wrong node.
    pub fn verify(&self, on_progress: OnProgress<'_>) -> Result<(), StoreError> {
        self.registry.tree().check(on_progress).map_err(|error| self.error(StoreFault::Tree(error)))
    }

    /// Appends one citizen and answers the slot.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn append(&mut self, commitment: IdentityCommitment) -> Result<u64, ChangeError<AppendError>> {
        let slot = self.registry.size();
        self.append_batch(&[commitment], &mut quietly)?;
        Ok(slot)
    }

    /// Appends citizens, all or none.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn append_batch(
        &mut self,
        commitments: &[IdentityCommitment],
        on_progress: OnProgress<'_>,
    ) -> Result<(), ChangeError<AppendError>> {
        let first = self.registry.size();
        self.change(Dirty::From(first), |registry| {
            registry.append_batch_with_progress(commitments, on_progress)
        })
    }

    /// Appends a list that was read from a file, all or none; answers the number of citizens.
    ///
    /// # Errors
    /// [`ChangeError`] names the line that is refused.
    pub fn import_batch(
        &mut self,
        batch: &ImportBatch,
        on_progress: OnProgress<'_>,
    ) -> Result<u64, ChangeError<ImportError>> {
        let first = self.registry.size();
        self.change(Dirty::From(first), |registry| registry.import_batch(batch, on_progress))
    }

    /// Gives the citizen in a slot another commitment.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn update(
        &mut self,
        index: u64,
        commitment: IdentityCommitment,
    ) -> Result<(), ChangeError<UpdateError>> {
        self.change(Dirty::At(index), |registry| registry.update(index, commitment))
    }

    /// Removes the citizen in a slot.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub fn remove(&mut self, index: u64) -> Result<(), ChangeError<RemoveError>> {
        self.change(Dirty::At(index), |registry| registry.remove(index))
    }

    fn change<T, E>(
        &mut self,
        dirty: Dirty,
        change: impl FnOnce(&mut Registry) -> Result<T, E>,
    ) -> Result<T, ChangeError<E>> {
        if self.unusable {
            return Err(ChangeError::Store(self.error(StoreFault::Unusable)));
        }
        let answer = change(&mut self.registry).map_err(ChangeError::Refused)?;
        let written = file::guarded(|| layout::write_change(&self.database, &self.registry, dirty));
        if let Err(fault) = written {
            self.unusable = true;
            // Nobody may be shown a root that is perhaps not on the disk.
            self.registry = file::guarded(|| read(&self.database)).unwrap_or_default();
            return Err(ChangeError::Store(self.error(fault)));
        }
        Ok(answer)
    }

    fn error(&self, fault: StoreFault) -> StoreError {
        StoreError { path: self.path.clone(), fault }
    }
}

fn open_file(path: &Path) -> Result<(OpenFile, Registry), StoreFault> {
    file::guarded(|| {
        let database = file::open(path, CACHE_BYTES, true)?;
        let registry = read(&database)?;
        Ok((database, registry))
    })
}

fn read(database: &Database) -> Result<Registry, StoreFault> {
    let transaction = database.begin_read()?;
    load::check_version(&transaction.open_table(META)?)?;
    load::registry(&transaction.open_table(STATES)?, &transaction.open_table(NODES)?)
}
