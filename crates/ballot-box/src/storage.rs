//! Where accepted ballots are kept.

use core::fmt;
use tabella_protocol::{
    ballot::{BallotDigest, CastBallot, EphemeralKey},
    election::Manifest,
    record::{Link, Receipt},
    statement::Nullifier,
};

/// An accepted ballot with its place in the hash chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBallot {
    /// Index in the box, from 0.
    pub index: u64,
    /// The ballot as it was verified.
    pub ballot: CastBallot,
    /// The ballot's name.
    pub digest: BallotDigest,
    /// The link after it.
    pub link: Link,
}

impl StoredBallot {
    /// The ballot that follows on a link, at this index.
    #[must_use]
    pub fn following(link: &Link, index: u64, ballot: CastBallot) -> Self {
        let digest = ballot.digest();
        Self { index, digest, link: link.after_ballot(index, &digest, ballot.proof()), ballot }
    }

    /// The voter's mark in the election.
    #[must_use]
    pub const fn nullifier(&self) -> Nullifier {
        self.ballot.nullifier()
    }

    /// What its voter gets.
    #[must_use]
    pub const fn receipt(&self) -> Receipt {
        Receipt {
            election: self.ballot.election(),
            index: self.index,
            ballot: self.digest,
            nullifier: self.nullifier(),
            link: self.link,
        }
    }
}

/// How a box stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxState {
    /// Number of accepted ballots.
    pub ballots: u64,
    /// Link after the last of them; after the manifest if there is none.
    pub head: Link,
    /// When the box was closed, in seconds since 1970-01-01 00:00 UTC, if it was.
    pub closed_at: Option<u64>,
}

/// Why a store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageError {
    /// The medium failed. Whether the last write is on it is unknown.
    Unavailable {
        /// What the store says.
        reason: String,
    },
    /// What is stored cannot be right.
    Corrupt {
        /// What was found.
        what: String,
    },
    /// An earlier write failed, so what is on the medium is unknown: the store must be opened anew.
    Poisoned,
    /// The nullifier already stands at this index.
    DuplicateNullifier {
        /// Index of the ballot, from 0.
        index: u64,
    },
    /// The ballot at this index was encrypted with the same randomness.
    DuplicateCiphertext {
        /// Index of the ballot, from 0.
        index: u64,
    },
    /// The ballots do not follow on the last one: someone else wrote in between.
    Conflict {
        /// Index that would follow.
        expected: u64,
        /// Index given.
        actual: u64,
    },
    /// The box is closed.
    Closed {
        /// When, in seconds since 1970-01-01 00:00 UTC.
        closed_at: u64,
    },
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable { reason } => write!(f, "the store failed: {reason}"),
            Self::Corrupt { what } => write!(f, "the store is corrupt: {what}"),
            Self::Poisoned => f.write_str(
                "an earlier write failed; the store must be opened anew to learn what was written",
            ),
            Self::DuplicateNullifier { index } => write!(f, "the nullifier already stands at index {index}"),
            Self::DuplicateCiphertext { index } => {
                write!(f, "the ballot at index {index} was encrypted with the same randomness")
            }
            Self::Conflict { expected, actual } => {
                write!(f, "ballot {actual} does not follow on the last one; {expected} would")
            }
            Self::Closed { closed_at } => write!(f, "the box was closed at {closed_at}"),
        }
    }
}

impl core::error::Error for StorageError {}

/// Where the accepted ballots of one election are kept.
///
/// Duties: [`append`](Self::append) and [`close`](Self::close) are atomic, and durable when they return: whatever happens
/// to process or machine afterwards, all of it is there, and before, nothing of it is. A nullifier stands at most
/// once, and so does the ephemeral key of a secret ballot, guarded by the store itself. After a failed write the store answers
/// [`StorageError::Poisoned`] rather than a guess.
pub trait BallotStore: Send + Sync {
    /// The election.
    fn manifest(&self) -> &Manifest;

    /// How the box stands.
    ///
    /// # Errors
    /// [`StorageError`].
    fn state(&self) -> Result<BoxState, StorageError>;

    /// Appends ballots that follow on the last one: all or none.
    ///
    /// # Errors
    /// [`StorageError`]; then none is stored, unless it is [`StorageError::Unavailable`], which leaves that unknown.
    fn append(&self, ballots: &[StoredBallot]) -> Result<(), StorageError>;

    /// The ballot with that nullifier, if there is one.
    ///
    /// # Errors
    /// [`StorageError`].
    fn by_nullifier(&self, nullifier: &Nullifier) -> Result<Option<StoredBallot>, StorageError>;

    /// The index of the secret ballot with that ephemeral key, if there is one.
    ///
    /// # Errors
    /// [`StorageError`].
    fn by_ephemeral_key(&self, key: &EphemeralKey) -> Result<Option<u64>, StorageError>;

    /// At most `limit` ballots from an index on, in order; fewer only at the end.
    ///
    /// # Errors
    /// [`StorageError`].
    fn page(&self, from: u64, limit: usize) -> Result<Vec<StoredBallot>, StorageError>;

    /// Closes the box for good.
    ///
    /// # Errors
    /// [`StorageError::Closed`] if it is closed already, or another [`StorageError`].
    fn close(&self, now: u64) -> Result<(), StorageError>;

    /// The ballot at an index, if there is one.
    ///
    /// # Errors
    /// [`StorageError`].
    fn by_index(&self, index: u64) -> Result<Option<StoredBallot>, StorageError> {
        Ok(self.page(index, 1)?.into_iter().next())
    }
}

impl<S: BallotStore + ?Sized> BallotStore for Box<S> {
    fn manifest(&self) -> &Manifest {
        (**self).manifest()
    }

    fn state(&self) -> Result<BoxState, StorageError> {
        (**self).state()
    }

    fn append(&self, ballots: &[StoredBallot]) -> Result<(), StorageError> {
        (**self).append(ballots)
    }

    fn by_nullifier(&self, nullifier: &Nullifier) -> Result<Option<StoredBallot>, StorageError> {
        (**self).by_nullifier(nullifier)
    }

    fn by_ephemeral_key(&self, key: &EphemeralKey) -> Result<Option<u64>, StorageError> {
        (**self).by_ephemeral_key(key)
    }

    fn page(&self, from: u64, limit: usize) -> Result<Vec<StoredBallot>, StorageError> {
        (**self).page(from, limit)
    }

    fn close(&self, now: u64) -> Result<(), StorageError> {
        (**self).close(now)
    }
}

/// Checks that ballots follow on a state, as every store must before it appends them.
///
/// # Errors
/// [`StorageError::Closed`], [`StorageError::Conflict`] or [`StorageError::Corrupt`].
pub fn check_following(state: &BoxState, ballots: &[StoredBallot]) -> Result<(), StorageError> {
    if let Some(closed_at) = state.closed_at {
        return Err(StorageError::Closed { closed_at });
    }
    let (mut expected, mut link) = (state.ballots, state.head);
    for stored in ballots {
        if stored.index != expected {
            return Err(StorageError::Conflict { expected, actual: stored.index });
        }
        link = link.after_ballot(expected, &stored.digest, stored.ballot.proof());
        if stored.link != link {
            return Err(StorageError::Corrupt {
                what: format!("ballot {expected} does not continue the hash chain"),
            });
        }
        expected += 1;
    }
    Ok(())
}
