//! Sums of secret ballots, made batch by batch, and what is proved about each batch (protocol section 5).
//!
//! ```text
//! sum = H_5(tag, election, A.x, A.y, H(B_1..B_N))          names a sum
//! q = H_2(tag, tree(e_1..e_n))                             fixes a batch: e_i is a ballot's digest, 0 in places without ballot
//! gamma = keccak256(tag, q, before, after, digests) mod 2^128         P = sum_i gamma^i e_i
//! ```
//!
//! Whoever verifies a proof knows the digests of the ballots that were accepted, in their order, and the name of the sum before. Of the ballots
//! themselves she needs nothing.

use super::{
    BallotSize, SealedBallot, SealedBallotError, SealedDigest, SealedElection, SealedElectionId,
    fingerprint::{challenge, fingerprint},
};
use crate::{statement::CircuitId, value::field_newtype};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::{
    Fr,
    digest::{TaggedHasher, tag_element},
    domain,
    edwards::Point,
    elgamal::{CiphertextSum, RunningSum, WrongSlots},
    instance::PublicInputs,
    poseidon,
};

field_newtype! {
    /// Names a sum of secret ballots: `H_5(tag, election, A.x, A.y, H(B_1..B_N))`; slots without option enter as (0, 0).
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    SumDigest
}

field_newtype! {
    /// Fixes the ballots of a batch: `H_2(tag, tree)`, where the tree hashes their digests by sixteens, 0 in places without ballot.
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    BatchCommitment
}

/// How many ballots one proof of a sum adds at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BatchSize {
    /// 64.
    Small,
    /// 256.
    Large,
}

impl BatchSize {
    /// Both sizes.
    pub const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// Number of places n.
    #[must_use]
    pub const fn places(self) -> usize {
        match self {
            Self::Small => 64,
            Self::Large => 256,
        }
    }

    /// The circuit that adds so many ballots of that size.
    #[must_use]
    pub const fn circuit(self, ballots: BallotSize) -> CircuitId {
        match (ballots, self) {
            (BallotSize::Two, Self::Small) => CircuitId::Sum2Of64V1,
            (BallotSize::Two, Self::Large) => CircuitId::Sum2Of256V1,
            (BallotSize::Eight, Self::Small) => CircuitId::Sum8Of64V1,
            (BallotSize::Eight, Self::Large) => CircuitId::Sum8Of256V1,
        }
    }

    /// Commits to the ballots of a batch by their digests: entries e_1, e_2, .., 0 where there is none.
    ///
    /// # Errors
    /// [`BatchError::TooMany`].
    pub fn commit(self, digests: &[SealedDigest]) -> Result<BatchCommitment, BatchError> {
        self.check(digests.len())?;
        let groups = (0..self.places() / 16).map(|group| {
            let mut inputs = [Fr::from(0u64); 16];
            for (to, from) in inputs.iter_mut().zip(digests.iter().skip(16 * group)) {
                *to = *from.as_field();
            }
            poseidon::hash(&inputs)
        });
        let mut inputs = [Fr::from(0u64); 16];
        for (to, from) in inputs.iter_mut().zip(groups) {
            *to = from;
        }
        let tree = match self {
            Self::Small => {
                let [a, b, c, d, ..] = inputs;
                poseidon::hash(&[a, b, c, d])
            }
            Self::Large => poseidon::hash(&inputs),
        };
        Ok(BatchCommitment::from_field(poseidon::hash(&[tag_element(domain::SEALED_BATCH), tree])))
    }

    fn check(self, actual: usize) -> Result<(), BatchError> {
        let places = self.places();
        if actual > places { Err(BatchError::TooMany { places, actual }) } else { Ok(()) }
    }
}

/// More ballots than a batch has places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchError {
    /// More ballots than places.
    TooMany {
        /// Number of places.
        places: usize,
        /// Number of ballots.
        actual: usize,
    },
    /// A ballot is none of the election whose sum this is.
    Ballot {
        /// Its position, from 0.
        position: usize,
        /// What is wrong.
        error: SealedBallotError,
    },
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { places, actual } => {
                write!(f, "{actual} ballots in a batch that has {places} places")
            }
            Self::Ballot { position, error } => write!(f, "ballot {position}: {error}"),
        }
    }
}

impl core::error::Error for BatchError {}

/// The sum `(A, B_1..B_k)` of ballots of one election; of none to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotSum {
    election: SealedElectionId,
    size: BallotSize,
    sum: CiphertextSum,
}

impl BallotSum {
    /// The sum of no ballots.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "an election has 2 to 8 options")]
    pub fn none(election: &SealedElection) -> Self {
        let sum = CiphertextSum::none(election.parameters().options());
        let sum = sum.expect("an election has 2 to 8 options");
        Self { election: election.id(), size: election.size(), sum }
    }

    /// What was added up elsewhere, of ballots of this election.
    ///
    /// # Errors
    /// [`WrongSlots`] unless the sum has as many slots as the election has options.
    pub fn of_sum(election: &SealedElection, sum: CiphertextSum) -> Result<Self, WrongSlots> {
        let (expected, actual) = (election.parameters().options(), sum.slots());
        if expected != actual {
            return Err(WrongSlots { expected, actual });
        }
        Ok(Self { election: election.id(), size: election.size(), sum })
    }

    /// The sum with more ballots.
    ///
    /// # Errors
    /// [`BatchError::Ballot`] if one is of another election or has another number of options.
    pub fn with(&self, ballots: &[SealedBallot]) -> Result<Self, BatchError> {
        let mut running = RunningSum::from_sum(&self.sum);
        for (position, ballot) in ballots.iter().enumerate() {
            ballot
                .check(self.election, self.options())
                .and_then(|()| running.add(&ballot.ciphertext).map_err(SealedBallotError::Slots))
                .map_err(|error| BatchError::Ballot { position, error })?;
        }
        let sum = running.finish().unwrap_or_else(|| self.sum.clone());
        Ok(Self { election: self.election, size: self.size, sum })
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> SealedElectionId {
        self.election
    }

    /// The size of the ballots' circuit.
    #[must_use]
    pub const fn size(&self) -> BallotSize {
        self.size
    }

    /// Number of options k.
    #[must_use]
    pub fn options(&self) -> usize {
        self.sum.slots()
    }

    /// A, then B_1..B_k.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        self.sum.points()
    }

    /// A, the sum of all C_0; the identity in the sum of no ballots.
    #[must_use]
    pub fn shared(&self) -> &Point {
        self.sum.shared()
    }

    /// B_1..B_k.
    #[must_use]
    pub fn bodies(&self) -> &[Point] {
        self.sum.bodies()
    }

    /// The sum's name.
    #[must_use]
    pub fn digest(&self) -> SumDigest {
        let mut points = self.points().iter().map(Point::to_xy);
        let (x, y) = points.next().unwrap_or_default();
        SumDigest::from_field(poseidon::hash(&[
            tag_element(domain::SEALED_SUM),
            *self.election.as_field(),
            x,
            y,
            self.size.hash_points(points),
        ]))
    }
}

/// Public values of the sum relation.
///
/// A verifier takes them from [`SumInstance::of_digests`]: digests of ballots that she accepted, and the name of the sum that was proved
/// before, [`BallotSum::none`] at first. Only commitment and `after` come with the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumInstance {
    /// Fixes the ballots inside the circuit.
    pub commitment: BatchCommitment,
    /// `keccak256(tag, commitment, before, after, digests) mod 2^128`.
    pub gamma: u128,
    /// `sum_i gamma^i d_i` over the digests of the ballots, i from 1.
    pub fingerprint: Fr,
    /// The sum before the batch.
    pub before: SumDigest,
    /// The sum with the batch.
    pub after: SumDigest,
}

impl PublicInputs<5> for SumInstance {
    const FIELDS: [&'static str; 5] = ["commitment", "gamma", "fingerprint", "before", "after"];

    fn public_inputs(&self) -> [Fr; 5] {
        let gamma = Fr::from(self.gamma);
        let [commitment, before, after] =
            [self.commitment.as_field(), self.before.as_field(), self.after.as_field()];
        [*commitment, gamma, self.fingerprint, *before, *after]
    }
}

impl SumInstance {
    /// The public values for ballots with these digests, in this order.
    ///
    /// # Errors
    /// [`BatchError::TooMany`].
    pub fn of_digests(
        batch: BatchSize,
        commitment: BatchCommitment,
        before: SumDigest,
        after: SumDigest,
        digests: &[SealedDigest],
    ) -> Result<Self, BatchError> {
        batch.check(digests.len())?;
        let start = TaggedHasher::new(domain::SEALED_BATCH_CHALLENGE)
            .fr(commitment.as_field())
            .fr(before.as_field())
            .fr(after.as_field());
        let gamma = challenge(digests.iter().fold(start, |hasher, digest| hasher.fr(digest.as_field())));
        let fingerprint = fingerprint(digests.iter().map(|digest| *digest.as_field()), gamma);
        Ok(Self { commitment, gamma, fingerprint, before, after })
    }
}

/// What one batch adds, all of it public: the sum before, and the ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumWitness {
    batch: BatchSize,
    before: BallotSum,
    after: BallotSum,
    ballots: Vec<SealedBallot>,
}

impl SumWitness {
    /// A batch of ballots, at most as many as it has places.
    ///
    /// # Errors
    /// [`BatchError`].
    pub fn new(batch: BatchSize, before: BallotSum, ballots: Vec<SealedBallot>) -> Result<Self, BatchError> {
        batch.check(ballots.len())?;
        let after = before.with(&ballots)?;
        Ok(Self { batch, before, after, ballots })
    }

    /// The batch's size.
    #[must_use]
    pub const fn batch(&self) -> BatchSize {
        self.batch
    }

    /// The sum before.
    #[must_use]
    pub const fn before(&self) -> &BallotSum {
        &self.before
    }

    /// The sum with the batch.
    #[must_use]
    pub const fn after(&self) -> &BallotSum {
        &self.after
    }

    /// The ballots.
    #[must_use]
    pub fn ballots(&self) -> &[SealedBallot] {
        &self.ballots
    }

    /// The digests of the ballots.
    #[must_use]
    pub fn digests(&self) -> Vec<SealedDigest> {
        self.ballots.iter().map(|ballot| ballot.digest(self.before.size)).collect()
    }

    /// The commitment to the ballots.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the batch was checked to fit")]
    pub fn commitment(&self) -> BatchCommitment {
        self.batch.commit(&self.digests()).expect("the batch was checked to fit")
    }

    /// The public values that are proved of this batch.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the batch was checked to fit")]
    pub fn instance(&self) -> SumInstance {
        let (before, after) = (self.before.digest(), self.after.digest());
        SumInstance::of_digests(self.batch, self.commitment(), before, after, &self.digests())
            .expect("the batch was checked to fit")
    }
}

/// The sum relation in plain code, twin of the circuit (`docs/relations/sum.md`).
#[must_use]
pub fn sum_holds(instance: &SumInstance, witness: &SumWitness) -> bool {
    let digests = witness.digests();
    let entries = digests.iter().map(|digest| *digest.as_field());
    instance.commitment == witness.commitment()
        && instance.fingerprint == fingerprint(entries, instance.gamma)
        && instance.before == witness.before.digest()
        && instance.after == witness.after.digest()
}
