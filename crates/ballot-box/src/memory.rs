//! Ballots in memory: gone with the process. For tests and demonstrations.

use crate::storage::{BallotStore, BoxState, StorageError, StoredBallot, check_following};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};
use tabella_protocol::{ballot::EphemeralKey, election::Manifest, record::Link, statement::Nullifier};

/// Ballots in memory. Not durable: a receipt from a box over it outlives nothing.
#[derive(Debug)]
pub struct MemoryBallotStore {
    manifest: Manifest,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    ballots: Vec<StoredBallot>,
    nullifiers: HashMap<Nullifier, u64>,
    ephemeral_keys: HashMap<EphemeralKey, u64>,
    closed_at: Option<u64>,
}

impl MemoryBallotStore {
    /// An empty store for an election.
    #[must_use]
    pub fn new(manifest: Manifest) -> Self {
        Self { manifest, inner: Mutex::default() }
    }

    fn lock(&self) -> Result<MutexGuard<'_, Inner>, StorageError> {
        self.inner.lock().map_err(|_| StorageError::Poisoned)
    }

    fn state_of(&self, inner: &Inner) -> BoxState {
        BoxState {
            ballots: count(inner.ballots.len()),
            head: inner.ballots.last().map_or_else(|| Link::after_manifest(&self.manifest), |b| b.link),
            closed_at: inner.closed_at,
        }
    }
}

impl BallotStore for MemoryBallotStore {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn state(&self) -> Result<BoxState, StorageError> {
        Ok(self.state_of(&*self.lock()?))
    }

    fn append(&self, ballots: &[StoredBallot]) -> Result<(), StorageError> {
        let mut inner = self.lock()?;
        check_following(&self.state_of(&inner), ballots)?;
        // All are looked up before any is put in: all or none.
        let mut fresh = HashMap::with_capacity(ballots.len());
        let mut keys = HashMap::new();
        for stored in ballots {
            let nullifier = stored.nullifier();
            let taken = inner.nullifiers.get(&nullifier).copied();
            if let Some(index) = taken.or_else(|| fresh.insert(nullifier, stored.index)) {
                return Err(StorageError::DuplicateNullifier { index });
            }
            let Some(key) = stored.ballot.ephemeral_key() else { continue };
            let taken = inner.ephemeral_keys.get(&key).copied();
            if let Some(index) = taken.or_else(|| keys.insert(key, stored.index)) {
                return Err(StorageError::DuplicateCiphertext { index });
            }
        }
        inner.nullifiers.extend(fresh);
        inner.ephemeral_keys.extend(keys);
        inner.ballots.extend_from_slice(ballots);
        Ok(())
    }

    fn by_nullifier(&self, nullifier: &Nullifier) -> Result<Option<StoredBallot>, StorageError> {
        let inner = self.lock()?;
        let index = inner.nullifiers.get(nullifier).and_then(|index| usize::try_from(*index).ok());
        Ok(index.and_then(|index| inner.ballots.get(index)).cloned())
    }

    fn by_ephemeral_key(&self, key: &EphemeralKey) -> Result<Option<u64>, StorageError> {
        Ok(self.lock()?.ephemeral_keys.get(key).copied())
    }

    fn page(&self, from: u64, limit: usize) -> Result<Vec<StoredBallot>, StorageError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.lock()?.ballots.iter().skip(from).take(limit).cloned().collect())
    }

    fn close(&self, now: u64) -> Result<(), StorageError> {
        let mut inner = self.lock()?;
        if let Some(closed_at) = inner.closed_at {
            return Err(StorageError::Closed { closed_at });
        }
        inner.closed_at = Some(now);
        Ok(())
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("a length in memory fits 64 bits")
}
