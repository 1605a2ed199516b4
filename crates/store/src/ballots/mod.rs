//! The durable ballot box: every accepted ballot is on the disk before its receipt is made.
//!
//! Ballots, the list of their nullifiers and the hash chain are written in one transaction, so a process that is killed at
//! any moment leaves whole ballots only, and all that were receipted. The list of nullifiers is a table whose key is the
//! nullifier: that one stands twice is impossible in the file, not just avoided in code. So it is with the ephemeral keys of secret ballots.
//!
//! Traps of redb, and what is done about them:
//!
//! - A commit is durable only with `Durability::Immediate`. That is redb's default, and nothing here changes it.
//! - With one-phase commits a torn commit is told from a finished one by a checksum that is no cryptographic hash, over
//!   bytes that voters choose. So commits have two phases here.
//! - A file that was changed by other hands may make redb panic. With [`Verification::Full`] redb checks the whole file
//!   first, and then every ballot is checked against the hash chain from the manifest on. A panic that comes nevertheless,
//!   or after a [`Verification::Quick`] open, is reported as damage.
//! - After a failed write or `fsync` nobody knows what is on the disk. The store then answers
//!   [`StorageError::Poisoned`] to everything until it is opened anew; voters whose receipt was lost send the same ballot
//!   again.

mod layout;
mod load;

use crate::{
    StoreError, StoreFault,
    file::{self, OpenFile},
};
use core::fmt;
use layout::AppendFault;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};
use tabella_ballot_box::{BallotStore, BoxState, StorageError, StoredBallot, storage::check_following};
use tabella_protocol::{ballot::EphemeralKey, election::Manifest, record::Link, statement::Nullifier};

/// Memory that redb may use for pages of the file, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// How much is checked when a store is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// The whole file, and every ballot against the hash chain. Time is linear: some seconds for a million ballots.
    #[default]
    Full,
    /// The header, the counts and the last ballot. For a box so large that opening it must be quick; verify it later with
    /// [`RedbBallotStore::verify`].
    Quick,
}

/// The ballots of one election in a file.
///
/// ```
/// use tabella_ballot_box::BallotStore;
/// use tabella_primitives::{Fr, digest::Digest};
/// use tabella_protocol::{
///     election::{FrozenRegistry, Manifest, Window},
///     registry::RegistryRoot,
/// };
/// use tabella_store::RedbBallotStore;
///
/// let manifest = Manifest::builder("Lunch", "Where do we eat?")
///     .options(["Canteen", "Park"])
///     .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
///     .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
///     .insecure_development_key(Digest::from_bytes([9; 32]))
///     .nonce([1; 32])
///     .build()?;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("lunch.box");
/// drop(RedbBallotStore::create(&path, manifest)?);
/// assert_eq!(RedbBallotStore::open(&path)?.state()?.ballots, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RedbBallotStore {
    database: OpenFile,
    manifest: Manifest,
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: BoxState,
    /// Set by a write that failed: what is on the disk is then unknown.
    poisoned: bool,
}

impl fmt::Debug for RedbBallotStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedbBallotStore({}, election {})", self.path.display(), self.manifest.id())
    }
}

impl RedbBallotStore {
    /// Makes an empty store for an election.
    ///
    /// # Errors
    /// [`StoreError`], [`StoreFault::Exists`] if there is such a file.
    pub fn create(path: impl AsRef<Path>, manifest: Manifest) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let database = file::create(path, CACHE_BYTES, |database| layout::write_new(database, &manifest))
            .map_err(StoreError::at(path))?;
        let state = BoxState { ballots: 0, head: Link::after_manifest(&manifest), closed_at: None };
        Ok(Self::over(database, manifest, path, state))
    }

    /// Opens a store and checks all of it.
    ///
    /// # Errors
    /// [`StoreError`] names the first thing that is wrong.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Verification::Full, |_| ())
    }

    /// Opens a store and checks as much of it as is asked for; `progress` is told the number of ballots checked.
    ///
    /// # Errors
    /// [`StoreError`] names the first thing that is wrong.
    pub fn open_with(
        path: impl AsRef<Path>,
        verification: Verification,
        progress: impl FnMut(u64),
    ) -> Result<Self, StoreError> {
        let path = path.as_ref();
        open_file(path, verification, progress)
            .map(|(database, manifest, state)| Self::over(database, manifest, path, state))
            .map_err(StoreError::at(path))
    }

    /// Checks every ballot: that it belongs here, continues the hash chain and is found by its nullifier. Proofs are the
    /// auditor's.
    ///
    /// # Errors
    /// [`StoreFault::DamagedBallot`] names the first bad ballot.
    pub fn verify(&self, progress: impl FnMut(u64)) -> Result<(), StoreError> {
        let fault = match self.lock() {
            Ok(inner) => file::guarded_with_progress(progress, |progress| {
                load::verify(&self.database, &self.manifest, &inner.state, progress)
            })
            .err(),
            Err(_) => Some(StoreFault::Unusable),
        };
        fault.map_or(Ok(()), |fault| Err(StoreError { path: self.path.clone(), fault }))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn over(database: OpenFile, manifest: Manifest, path: &Path, state: BoxState) -> Self {
        let inner = Mutex::new(Inner { state, poisoned: false });
        Self { database, manifest, path: path.to_path_buf(), inner }
    }

    /// The state, unless a write failed or a thread panicked while it wrote.
    fn lock(&self) -> Result<MutexGuard<'_, Inner>, StorageError> {
        let inner = self.inner.lock().map_err(|_| StorageError::Poisoned)?;
        if inner.poisoned { Err(StorageError::Poisoned) } else { Ok(inner) }
    }

    fn failure(&self, fault: StoreFault) -> StorageError {
        match fault {
            StoreFault::Unusable => StorageError::Poisoned,
            StoreFault::Io(_) | StoreFault::Locked => StorageError::Unavailable {
                reason: StoreError { path: self.path.clone(), fault }.to_string(),
            },
            fault => {
                StorageError::Corrupt { what: StoreError { path: self.path.clone(), fault }.to_string() }
            }
        }
    }
}

impl BallotStore for RedbBallotStore {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn state(&self) -> Result<BoxState, StorageError> {
        Ok(self.lock()?.state)
    }

    fn append(&self, ballots: &[StoredBallot]) -> Result<(), StorageError> {
        let mut inner = self.lock()?;
        check_following(&inner.state, ballots)?;
        let Some(last) = ballots.last() else { return Ok(()) };
        match file::guarded(|| layout::write_ballots(&self.database, ballots)) {
            Ok(()) => {
                inner.state.ballots = last.index.saturating_add(1);
                inner.state.head = last.link;
                Ok(())
            }
            Err(AppendFault::Nullifier { index }) => Err(StorageError::DuplicateNullifier { index }),
            Err(AppendFault::EphemeralKey { index }) => Err(StorageError::DuplicateCiphertext { index }),
            Err(AppendFault::Store(fault)) => {
                inner.poisoned = true;
                Err(self.failure(fault))
            }
        }
    }

    fn by_nullifier(&self, nullifier: &Nullifier) -> Result<Option<StoredBallot>, StorageError> {
        let _inner = self.lock()?;
        let kind = self.manifest.kind();
        file::guarded(|| load::by_nullifier(&self.database, kind, nullifier))
            .map_err(|fault| self.failure(fault))
    }

    fn by_ephemeral_key(&self, key: &EphemeralKey) -> Result<Option<u64>, StorageError> {
        let _inner = self.lock()?;
        file::guarded(|| load::by_ephemeral_key(&self.database, key)).map_err(|fault| self.failure(fault))
    }

    fn page(&self, from: u64, limit: usize) -> Result<Vec<StoredBallot>, StorageError> {
        // Readers see the last commit and need not wait for a writer, but after a failed write they must not answer.
        drop(self.lock()?);
        file::guarded(|| load::page(&self.database, self.manifest.kind(), from, limit))
            .map_err(|fault| self.failure(fault))
    }

    fn close(&self, now: u64) -> Result<(), StorageError> {
        let mut inner = self.lock()?;
        if let Some(closed_at) = inner.state.closed_at {
            return Err(StorageError::Closed { closed_at });
        }
        if let Err(fault) = file::guarded(|| layout::write_closed(&self.database, now)) {
            inner.poisoned = true;
            return Err(self.failure(fault));
        }
        inner.state.closed_at = Some(now);
        Ok(())
    }
}

fn open_file(
    path: &Path,
    verification: Verification,
    progress: impl FnMut(u64),
) -> Result<(OpenFile, Manifest, BoxState), StoreFault> {
    let full = verification == Verification::Full;
    file::guarded_with_progress(progress, |progress| {
        let database = file::open(path, CACHE_BYTES, full)?;
        let (manifest, closed_at) = load::header(&database)?;
        let state = load::state(&database, &manifest, closed_at)?;
        if full {
            load::verify(&database, &manifest, &state, progress)?;
        }
        Ok((database, manifest, state))
    })
}
