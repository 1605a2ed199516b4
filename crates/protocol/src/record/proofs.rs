//! Proofs of the sum and of the tally of secret ballots, as a record has them. A record may be without.
//!
//! They say once more, to whoever does not add up ballots and check shares, what an audit finds by itself: that these ballots have that
//! sum, batch by batch from the empty one on, and that the sum opens to these numbers.

use crate::{
    ballot::{
        BallotSize, BatchCommitment, BatchError, BatchSize, PROOF_BYTES, SealedDigest, SumDigest, SumInstance,
    },
    statement::{CircuitId, Relation},
    wire::{self, DecodeError},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    encoding,
};

/// Type and version of the JSON form of a proof of a sum.
pub const SUM_PROOF_FORMAT: &str = "tabella-sum-proof-v1";
/// Type and version of the JSON form of a proof of a tally.
pub const TALLY_PROOF_FORMAT: &str = "tabella-tally-proof-v1";
/// Greatest length in bytes of the JSON form of either.
pub const MAX_AGGREGATE_PROOF_BYTES: usize = 2 * 1024;

/// A proof that a batch of ballots was added to the sum of those before it, as it came from outside: nothing about it was verified.
///
/// The batches of a record are of one size. Batch n holds ballots `n size` to `n size + size - 1`, and the last one what is left.
#[derive(Clone, PartialEq, Eq)]
pub struct SumProof {
    /// Which batch, from 0.
    pub batch: u64,
    /// Size of the ballots.
    pub ballots: BallotSize,
    /// Size of the batch.
    pub size: BatchSize,
    /// Digest of the verifying key under which it holds.
    pub verifying_key: Digest,
    /// Fixes the ballots inside the circuit.
    pub commitment: BatchCommitment,
    /// Names the sum with the batch.
    pub after: SumDigest,
    /// The proof, undecoded.
    pub proof: [u8; PROOF_BYTES],
}

impl SumProof {
    /// The circuit.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.size.circuit(self.ballots)
    }

    /// The public values that the proof must fit: with the name of the sum before, and the digests of the batch's ballots.
    ///
    /// # Errors
    /// [`BatchError::TooMany`].
    pub fn instance(&self, before: SumDigest, digests: &[SealedDigest]) -> Result<SumInstance, BatchError> {
        SumInstance::of_digests(self.size, self.commitment, before, self.after, digests)
    }

    /// The proof in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// Decodes [`Self::to_json`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<SumProofFile>(bytes, MAX_AGGREGATE_PROOF_BYTES)?.try_into()
    }

    /// What enters the link of its entry.
    pub(super) fn absorb(&self, hasher: TaggedHasher) -> TaggedHasher {
        hasher
            .u64(self.batch)
            .bytes(self.circuit().name().as_bytes())
            .digest(&self.verifying_key)
            .fr(self.commitment.as_field())
            .fr(self.after.as_field())
            .bytes(&self.proof)
    }
}

impl fmt::Debug for SumProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SumProof")
            .field("batch", &self.batch)
            .field("circuit", &self.circuit())
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// A proof that a sum of secret ballots opens to the numbers of a tally, as it came from outside: nothing about it was verified.
#[derive(Clone, PartialEq, Eq)]
pub struct TallyProof {
    /// Size of the ballots.
    pub ballots: BallotSize,
    /// Digest of the verifying key under which it holds.
    pub verifying_key: Digest,
    /// The proof, undecoded.
    pub proof: [u8; PROOF_BYTES],
}

impl TallyProof {
    /// The circuit.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.ballots.tally_circuit()
    }

    /// The proof in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// Decodes [`Self::to_json`].
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<TallyProofFile>(bytes, MAX_AGGREGATE_PROOF_BYTES)?.try_into()
    }

    /// What enters the link of its entry.
    pub(super) fn absorb(&self, hasher: TaggedHasher) -> TaggedHasher {
        hasher.bytes(self.circuit().name().as_bytes()).digest(&self.verifying_key).bytes(&self.proof)
    }
}

impl fmt::Debug for TallyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TallyProof").field("circuit", &self.circuit()).finish_non_exhaustive()
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SumProofFile {
    format: String,
    batch: u64,
    circuit: String,
    verifying_key: String,
    commitment: String,
    after: String,
    proof: String,
}

impl TryFrom<SumProofFile> for SumProof {
    type Error = DecodeError;

    fn try_from(file: SumProofFile) -> Result<Self, DecodeError> {
        wire::expect_format(SUM_PROOF_FORMAT, &file.format)?;
        let Relation::Sum(ballots, size) = wire::circuit(&file.circuit)?.relation() else {
            return Err(DecodeError::UnknownCircuit { name: file.circuit });
        };
        Ok(Self {
            batch: file.batch,
            ballots,
            size,
            verifying_key: Digest::from_hex(&file.verifying_key).map_err(wire::in_field("verifying_key"))?,
            commitment: BatchCommitment::from_decimal(&file.commitment)
                .map_err(wire::in_field("commitment"))?,
            after: SumDigest::from_decimal(&file.after).map_err(wire::in_field("after"))?,
            proof: encoding::decode_hex(&file.proof).map_err(wire::in_field("proof"))?,
        })
    }
}

impl Serialize for SumProof {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SumProofFile {
            format: SUM_PROOF_FORMAT.to_string(),
            batch: self.batch,
            circuit: self.circuit().name().to_string(),
            verifying_key: self.verifying_key.to_string(),
            commitment: self.commitment.to_string(),
            after: self.after.to_string(),
            proof: encoding::encode_hex(&self.proof),
        }
        .serialize(serializer)
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TallyProofFile {
    format: String,
    circuit: String,
    verifying_key: String,
    proof: String,
}

impl TryFrom<TallyProofFile> for TallyProof {
    type Error = DecodeError;

    fn try_from(file: TallyProofFile) -> Result<Self, DecodeError> {
        wire::expect_format(TALLY_PROOF_FORMAT, &file.format)?;
        let Relation::Tally(ballots) = wire::circuit(&file.circuit)?.relation() else {
            return Err(DecodeError::UnknownCircuit { name: file.circuit });
        };
        Ok(Self {
            ballots,
            verifying_key: Digest::from_hex(&file.verifying_key).map_err(wire::in_field("verifying_key"))?,
            proof: encoding::decode_hex(&file.proof).map_err(wire::in_field("proof"))?,
        })
    }
}

impl Serialize for TallyProof {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TallyProofFile {
            format: TALLY_PROOF_FORMAT.to_string(),
            circuit: self.circuit().name().to_string(),
            verifying_key: self.verifying_key.to_string(),
            proof: encoding::encode_hex(&self.proof),
        }
        .serialize(serializer)
    }
}
