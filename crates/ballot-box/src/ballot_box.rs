//! Checks ballots, accepts them, closes.

use crate::{
    rejected::{RefusalCounters, RefusalCounts, Rejected},
    storage::{BallotStore, BoxState, StorageError, StoredBallot},
    verified::VerifiedBallot,
};
use core::fmt;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tabella_primitives::{Fr, digest::Digest, exec, rng::CryptoRng};
use tabella_protocol::{
    ballot::{CastBallot, CastInstance, EphemeralKey},
    election::Manifest,
    record::{Closing, Link, Receipt},
    statement::Nullifier,
};
use tabella_verifier::{PreparedVerifyingKey, Proof, VerifyingKey};

/// Why a ballot box was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The verifying key is not the one that the manifest names.
    WrongVerifyingKey {
        /// The key that the manifest names.
        expected: Digest,
        /// The key given.
        actual: Digest,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongVerifyingKey { expected, actual } => {
                write!(f, "the election names verifying key {expected}, this is {actual}")
            }
        }
    }
}

impl core::error::Error for OpenError {}

/// Why a ballot box was not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseError {
    /// The window is still open or to come: who voted later would be shut out.
    TooEarly {
        /// First second in which the box may be closed.
        closes_at: u64,
        /// When it was asked for.
        now: u64,
    },
    /// The store did not do it.
    Storage(StorageError),
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooEarly { closes_at, now } => write!(
                f,
                "the manifest keeps the box open until {closes_at}, now is {now} (seconds since 1970 UTC)"
            ),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CloseError {}

impl From<StorageError> for CloseError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// The ballot box of one election over a store. May be shared between threads.
#[derive(Debug)]
pub struct BallotBox<S> {
    pub(crate) store: S,
    key: PreparedVerifyingKey,
    /// Held from looking a nullifier up until its ballot is stored.
    accepting: Mutex<()>,
    refusals: RefusalCounters,
}

impl<S: BallotStore> BallotBox<S> {
    /// Opens the box over a store that knows its election.
    ///
    /// # Errors
    /// [`OpenError::WrongVerifyingKey`].
    pub fn open(store: S, key: VerifyingKey) -> Result<Self, OpenError> {
        let (expected, actual) = (*store.manifest().verifying_key(), key.digest());
        if expected != actual {
            return Err(OpenError::WrongVerifyingKey { expected, actual });
        }
        Ok(Self {
            store,
            key: key.prepare(),
            accepting: Mutex::new(()),
            refusals: RefusalCounters::default(),
        })
    }

    /// The election.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.store.manifest()
    }

    /// Where the ballots are kept.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Number of ballots, head of the hash chain, closed or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn state(&self) -> Result<BoxState, StorageError> {
        self.store.state()
    }

    /// The link after the last ballot. Publish it now and then: ballots before it cannot be dropped unseen any more.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn head(&self) -> Result<Link, StorageError> {
        Ok(self.store.state()?.head)
    }

    /// How often each kind of refusal came since the box was opened.
    #[must_use]
    pub fn refusals(&self) -> RefusalCounts {
        self.refusals.snapshot()
    }

    /// Reads a ballot file and checks it as [`Self::check`] does.
    ///
    /// # Errors
    /// [`Rejected`].
    pub fn check_json(&self, bytes: &[u8]) -> Result<VerifiedBallot, Rejected> {
        let ballot =
            CastBallot::from_json(bytes).map_err(|error| self.counted(Rejected::Malformed(error)))?;
        self.check(&ballot)
    }

    /// Checks a ballot in itself: election, circuit, registry root, choice, proof; of a secret ballot the points were decoded strictly,
    /// and what the proof must fit is computed from them. Changes nothing but the counts.
    ///
    /// # Errors
    /// [`Rejected`].
    pub fn check(&self, ballot: &CastBallot) -> Result<VerifiedBallot, Rejected> {
        let checked = self.decode(ballot).and_then(|(instance, proof)| {
            self.key.verify_inputs(&instance.public_inputs(), &proof).map_err(|_| Rejected::InvalidProof)
        });
        checked.map(|()| VerifiedBallot::new(ballot.clone())).map_err(|rejected| self.counted(rejected))
    }

    /// Checks many ballots as [`Self::check`] does, on all cores, the proofs in one batch. The answers come in the order
    /// of the ballots.
    pub fn check_batch(
        &self,
        ballots: &[CastBallot],
        rng: &mut impl CryptoRng,
    ) -> Vec<Result<VerifiedBallot, Rejected>> {
        let mut verdicts: Vec<Result<(), Rejected>> = Vec::with_capacity(ballots.len());
        let mut items: Vec<(Vec<Fr>, Proof)> = Vec::with_capacity(ballots.len());
        let mut positions = Vec::with_capacity(ballots.len());
        let decoded = exec::map_items(ballots, |ballot| self.decode(ballot));
        for (position, decoded) in decoded.into_iter().enumerate() {
            verdicts.push(decoded.map(|(instance, proof)| {
                items.push((instance.public_inputs(), proof));
                positions.push(position);
            }));
        }
        if let Err(invalid) = self.key.verify_batch(&items, rng) {
            for culprit in invalid.culprits {
                if let Some(verdict) = positions.get(culprit).and_then(|at| verdicts.get_mut(*at)) {
                    *verdict = Err(Rejected::InvalidProof);
                }
            }
        }
        verdicts
            .into_iter()
            .zip(ballots)
            .map(|(verdict, ballot)| match verdict {
                Ok(()) => Ok(VerifiedBallot::new(ballot.clone())),
                Err(rejected) => Err(self.counted(rejected)),
            })
            .collect()
    }

    /// Stores a ballot durably and gives its receipt. The same ballot sent again gets the same receipt, even after the
    /// window. `now`: seconds since 1970-01-01 00:00 UTC.
    ///
    /// # Errors
    /// [`Rejected`].
    pub fn accept(&self, ballot: VerifiedBallot, now: u64) -> Result<Receipt, Rejected> {
        let failed = Rejected::Storage(StorageError::Poisoned);
        self.accept_batch(vec![ballot], now).pop().unwrap_or(Err(failed))
    }

    /// Accepts many ballots as [`Self::accept`] does, with one durable write for all of them. The answers come in the order
    /// of the ballots.
    pub fn accept_batch(&self, ballots: Vec<VerifiedBallot>, now: u64) -> Vec<Result<Receipt, Rejected>> {
        let count = ballots.len();
        let answers =
            self.store_batch(ballots, now).unwrap_or_else(|error| vec![Err(Rejected::Storage(error)); count]);
        answers.into_iter().map(|answer| answer.map_err(|rejected| self.counted(rejected))).collect()
    }

    /// Closes the box for good, once its window is over. Closing again gives the same answer.
    ///
    /// # Errors
    /// [`CloseError`].
    pub fn close(&self, now: u64) -> Result<Closing, CloseError> {
        let _accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.store.state()?;
        let closed_at = match state.closed_at {
            Some(closed_at) => closed_at,
            None => {
                let closes_at = self.manifest().window().closes_at;
                if now < closes_at {
                    return Err(CloseError::TooEarly { closes_at, now });
                }
                self.store.close(now)?;
                now
            }
        };
        Ok(Closing { ballots: state.ballots, head: state.head, closed_at })
    }

    /// All that needs no pairing.
    fn decode(&self, ballot: &CastBallot) -> Result<(CastInstance, Proof), Rejected> {
        let instance = ballot.instance(self.manifest())?;
        let proof = Proof::from_bytes(ballot.proof()).map_err(Rejected::MalformedProof)?;
        Ok((instance, proof))
    }

    fn counted(&self, rejected: Rejected) -> Rejected {
        self.refusals.count(&rejected);
        rejected
    }

    fn store_batch(
        &self,
        ballots: Vec<VerifiedBallot>,
        now: u64,
    ) -> Result<Vec<Result<Receipt, Rejected>>, StorageError> {
        // The lock guards no data of its own: after a panic elsewhere the store's state is still the truth.
        let _accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.store.state()?;
        let (mut index, mut head) = (state.ballots, state.head);
        let mut fresh: Vec<StoredBallot> = Vec::new();
        let mut places: HashMap<Nullifier, usize> = HashMap::new();
        let mut keys: HashMap<EphemeralKey, u64> = HashMap::new();
        let mut answers = Vec::with_capacity(ballots.len());
        for ballot in ballots {
            if let Err(rejected) = self.check_election(&ballot) {
                answers.push(Err(rejected));
                continue;
            }
            let nullifier = ballot.ballot().nullifier();
            let in_batch = places.get(&nullifier).and_then(|place| fresh.get(*place));
            let earlier = match in_batch {
                Some(stored) => Some(stored.clone()),
                None => self.store.by_nullifier(&nullifier)?,
            };
            // The voter's own retry comes before the clock: she has voted already, and asks for what she was owed.
            if let Some(stored) = earlier.as_ref().filter(|stored| stored.digest == ballot.digest()) {
                answers.push(Ok(stored.receipt()));
                continue;
            }
            if let Err(rejected) = self.check_time(&state, now) {
                answers.push(Err(rejected));
                continue;
            }
            if let Some(stored) = earlier {
                answers.push(Err(Rejected::AlreadyVoted { index: stored.index }));
                continue;
            }
            if let Some(index) = self.copied(&ballot, &keys)? {
                answers.push(Err(Rejected::CopiedCiphertext { index }));
                continue;
            }
            let size = self.manifest().registry().size;
            if index >= size {
                answers.push(Err(Rejected::MoreBallotsThanPlaces { places: size }));
                continue;
            }
            let stored = StoredBallot::following(&head, index, ballot.into_ballot());
            answers.push(Ok(stored.receipt()));
            places.insert(nullifier, fresh.len());
            keys.extend(stored.ballot.ephemeral_key().map(|key| (key, index)));
            head = stored.link;
            index += 1;
            fresh.push(stored);
        }
        if !fresh.is_empty() {
            self.store.append(&fresh)?;
        }
        Ok(answers)
    }

    /// The index of a secret ballot that was encrypted with the same randomness, in the store or in this batch. Trustees open no sum with
    /// both: whoever cast them could keep all ballots from being counted.
    fn copied(
        &self,
        ballot: &VerifiedBallot,
        keys: &HashMap<EphemeralKey, u64>,
    ) -> Result<Option<u64>, StorageError> {
        let Some(key) = ballot.ballot().ephemeral_key() else { return Ok(None) };
        match keys.get(&key) {
            Some(index) => Ok(Some(*index)),
            None => self.store.by_ephemeral_key(&key),
        }
    }

    /// A ballot that another election's box verified means nothing here.
    fn check_election(&self, ballot: &VerifiedBallot) -> Result<(), Rejected> {
        let (expected, actual) = (self.manifest().id(), ballot.ballot().election());
        if expected == actual { Ok(()) } else { Err(Rejected::UnknownElection { expected, actual }) }
    }

    fn check_time(&self, state: &BoxState, now: u64) -> Result<(), Rejected> {
        let window = self.manifest().window();
        // Whoever comes after the window is told when it ended, not when somebody closed the box.
        if now >= window.closes_at {
            return Err(Rejected::Closed { closed_at: window.closes_at, now });
        }
        if let Some(closed_at) = state.closed_at {
            return Err(Rejected::Closed { closed_at, now });
        }
        if now < window.opens_at {
            return Err(Rejected::NotYetOpen { opens_at: window.opens_at, now });
        }
        Ok(())
    }
}
