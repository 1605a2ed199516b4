//! A ballot of either kind, as it travels to the ballot box.

use super::{
    BallotDigest, BallotError, OpenBallot, SECRET_BALLOT_FORMAT, SealedInstance, SecretBallot, TrackingCode,
};
use crate::{
    election::{ElectionId, ElectionKind, Manifest},
    statement::{CircuitId, MembershipInstance, Nullifier},
    wire::{self, DecodeError},
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use tabella_primitives::{Fr, edwards::Point, instance::PublicInputs};

/// Greatest size of a ballot file, in bytes.
pub const MAX_BALLOT_BYTES: usize = 4 * 1024;
/// Size of a proof, in bytes: eight coordinates of 32.
pub const PROOF_BYTES: usize = 256;

/// A ballot with its proof, as it came from outside: nothing about it was verified.
///
/// Becomes a verified ballot in a ballot box only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CastBallot {
    /// Shows what was chosen and hides who chose it.
    Open(OpenBallot),
    /// Hides both.
    Secret(SecretBallot),
}

/// The public values of the proof on a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CastInstance {
    /// Of an open ballot.
    Open(MembershipInstance),
    /// Of a secret ballot.
    Secret(SealedInstance),
}

impl CastInstance {
    /// Number of public inputs of a kind of election.
    #[must_use]
    pub const fn count(kind: ElectionKind) -> usize {
        match kind {
            ElectionKind::OpenBallots => MembershipInstance::FIELDS.len(),
            ElectionKind::SecretBallots => SealedInstance::FIELDS.len(),
        }
    }

    /// The values, in the order of the circuit.
    #[must_use]
    pub fn public_inputs(&self) -> Vec<Fr> {
        match self {
            Self::Open(instance) => instance.public_inputs().to_vec(),
            Self::Secret(instance) => instance.public_inputs().to_vec(),
        }
    }
}

/// The point C_0 of a secret ballot, packed. Two ballots with one were encrypted with one randomness: together they say how they differ,
/// and trustees open no sum with both.
pub type EphemeralKey = [u8; Point::PACKED_LEN];

impl CastBallot {
    /// What kind of ballot it is.
    #[must_use]
    pub const fn kind(&self) -> ElectionKind {
        match self {
            Self::Open(_) => ElectionKind::OpenBallots,
            Self::Secret(_) => ElectionKind::SecretBallots,
        }
    }

    /// The open ballot, if it is one.
    #[must_use]
    pub const fn open(&self) -> Option<&OpenBallot> {
        match self {
            Self::Open(ballot) => Some(ballot),
            Self::Secret(_) => None,
        }
    }

    /// The secret ballot, if it is one.
    #[must_use]
    pub const fn secret(&self) -> Option<&SecretBallot> {
        match self {
            Self::Open(_) => None,
            Self::Secret(ballot) => Some(ballot),
        }
    }

    /// The election for which it was cast.
    #[must_use]
    pub const fn election(&self) -> ElectionId {
        match self {
            Self::Open(ballot) => ballot.statement().election(),
            Self::Secret(ballot) => ballot.election(),
        }
    }

    /// The circuit with which it was proved.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        match self {
            Self::Open(ballot) => ballot.statement().circuit(),
            Self::Secret(ballot) => ballot.circuit(),
        }
    }

    /// The proof, undecoded.
    #[must_use]
    pub const fn proof(&self) -> &[u8; PROOF_BYTES] {
        match self {
            Self::Open(ballot) => ballot.proof(),
            Self::Secret(ballot) => ballot.proof(),
        }
    }

    /// The voter's mark in the election.
    #[must_use]
    pub const fn nullifier(&self) -> Nullifier {
        match self {
            Self::Open(ballot) => ballot.nullifier(),
            Self::Secret(ballot) => ballot.sealed().nullifier,
        }
    }

    /// The second mark of a secret ballot that no other of the election may have.
    #[must_use]
    pub fn ephemeral_key(&self) -> Option<EphemeralKey> {
        self.secret().and_then(|ballot| ballot.sealed().ciphertext.points().first()).map(Point::to_packed)
    }

    /// The ballot's name, which its proof does not enter.
    #[must_use]
    pub fn digest(&self) -> BallotDigest {
        match self {
            Self::Open(ballot) => ballot.digest(),
            Self::Secret(ballot) => ballot.digest(),
        }
    }

    /// What the voter compares with the record.
    #[must_use]
    pub fn tracking_code(&self) -> TrackingCode {
        TrackingCode::of(&self.digest())
    }

    /// Checks everything but the proof, and gives the public values that the proof must fit, computed from ballot and manifest alone.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn instance(&self, manifest: &Manifest) -> Result<CastInstance, BallotError> {
        match self {
            Self::Open(ballot) => ballot.instance(manifest).map(CastInstance::Open),
            Self::Secret(ballot) => ballot.instance(manifest).map(CastInstance::Secret),
        }
    }

    /// Reads a ballot file of either kind.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        let named: Named = wire::parse_json(bytes, MAX_BALLOT_BYTES)?;
        if named.format == SECRET_BALLOT_FORMAT {
            SecretBallot::from_json(bytes).map(Self::Secret)
        } else {
            OpenBallot::from_json(bytes).map(Self::Open)
        }
    }

    /// The ballot in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// The compact form of its kind ([`OpenBallot::to_bytes`], [`SecretBallot::to_bytes`]).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Open(ballot) => ballot.to_bytes(),
            Self::Secret(ballot) => ballot.to_bytes(),
        }
    }

    /// Decodes [`Self::to_bytes`] of a ballot of that kind.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(kind: ElectionKind, bytes: &[u8]) -> Result<Self, DecodeError> {
        match kind {
            ElectionKind::OpenBallots => OpenBallot::from_bytes(bytes).map(Self::Open),
            ElectionKind::SecretBallots => SecretBallot::from_bytes(bytes).map(Self::Secret),
        }
    }
}

/// What tells the kinds apart before one of them is read strictly.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    format: String,
}

impl From<OpenBallot> for CastBallot {
    fn from(ballot: OpenBallot) -> Self {
        Self::Open(ballot)
    }
}

impl From<SecretBallot> for CastBallot {
    fn from(ballot: SecretBallot) -> Self {
        Self::Secret(ballot)
    }
}

impl Serialize for CastBallot {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Open(ballot) => ballot.serialize(serializer),
            Self::Secret(ballot) => ballot.serialize(serializer),
        }
    }
}
