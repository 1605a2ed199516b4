//! What the proof on an open ballot proves.

use super::{BallotDigest, OpenBallot, PROOF_BYTES, SealedBallotError, Selection, SelectionError};
use crate::{
    election::{ElectionId, ElectionKind, Manifest},
    registry::RegistryRoot,
    statement::{CircuitId, MembershipInstance, Nullifier},
    value::SemaphoreValue,
};
use core::fmt;
use tabella_primitives::{digest::TaggedHasher, domain};

/// An open ballot without its proof: "one of the citizens under `registry_root` makes this choice in this election".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotStatement {
    pub(super) circuit: CircuitId,
    pub(super) election: ElectionId,
    pub(super) registry_root: RegistryRoot,
    pub(super) nullifier: Nullifier,
    pub(super) selection: Selection,
}

/// Why a ballot does not belong to an election. The proof was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BallotError {
    /// The ballot was cast for another election.
    UnknownElection {
        /// The election that checks.
        expected: ElectionId,
        /// The election that the ballot names.
        actual: ElectionId,
    },
    /// The ballot was proved with another circuit than the election's.
    UnknownCircuit {
        /// The election's circuit.
        expected: CircuitId,
        /// The circuit that the ballot names.
        actual: CircuitId,
    },
    /// The ballot was proved against another state of the registry than the one that the election froze.
    ForeignRegistryRoot {
        /// The root that the election froze.
        expected: RegistryRoot,
        /// The root that the ballot names.
        actual: RegistryRoot,
    },
    /// The rules do not allow this choice.
    InvalidSelection(SelectionError),
    /// An open ballot in an election with secret ones, or the other way round.
    OtherKind {
        /// The election's kind.
        expected: ElectionKind,
    },
    /// The secret ballot is none of the election's: its circuit knows the election under another name, or it has not one number for each
    /// option.
    Sealed(SealedBallotError),
}

impl fmt::Display for BallotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownElection { expected, actual } => {
                write!(f, "the ballot is for election {actual}, this is election {expected}")
            }
            Self::UnknownCircuit { expected, actual } => {
                write!(f, "the ballot is proved with circuit {actual}, the election uses {expected}")
            }
            Self::ForeignRegistryRoot { expected, actual } => write!(
                f,
                "the ballot is proved against registry root {actual}, the election froze {expected}"
            ),
            Self::OtherKind { expected } => {
                write!(f, "the election has {}, this is a ballot of another kind", expected.name())
            }
            Self::Sealed(error) => error.fmt(f),
            Self::InvalidSelection(error) => write!(f, "the rules do not allow this choice: {error}"),
        }
    }
}

impl core::error::Error for BallotError {}

impl BallotStatement {
    /// What a citizen with this nullifier proves to make this choice.
    /// The nullifier is `secret.nullifier(&manifest.scope())`.
    ///
    /// # Errors
    /// [`SelectionError`] if the rules do not allow the choice.
    pub fn new(
        manifest: &Manifest,
        nullifier: Nullifier,
        selection: Selection,
    ) -> Result<Self, SelectionError> {
        selection.check(manifest.rules(), manifest.options().len())?;
        Ok(Self {
            circuit: manifest.circuit(),
            election: manifest.id(),
            registry_root: manifest.registry().root,
            nullifier,
            selection,
        })
    }

    /// The circuit.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.circuit
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> ElectionId {
        self.election
    }

    /// The registry root against which membership is proved.
    #[must_use]
    pub const fn registry_root(&self) -> RegistryRoot {
        self.registry_root
    }

    /// The voter's mark in this election.
    #[must_use]
    pub const fn nullifier(&self) -> Nullifier {
        self.nullifier
    }

    /// The choice.
    #[must_use]
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the proof is bound to: the tagged digest of election and choice (protocol section 4).
    #[must_use]
    pub fn message(&self) -> SemaphoreValue {
        let digest = TaggedHasher::new(domain::OPEN_SELECTION)
            .digest(self.election.as_digest())
            .bytes(&self.selection.to_bytes())
            .finish();
        SemaphoreValue::from_be_bytes(*digest.as_bytes())
    }

    /// The public values of the membership statement: an ordinary Semaphore v4 statement.
    #[must_use]
    pub fn instance(&self) -> MembershipInstance {
        MembershipInstance {
            root: self.registry_root,
            nullifier: self.nullifier,
            message: self.message(),
            scope: self.election.scope(),
        }
    }

    /// The ballot's name: the tagged digest of all this, circuit included.
    #[must_use]
    pub fn digest(&self) -> BallotDigest {
        BallotDigest::from_digest(
            TaggedHasher::new(domain::BALLOT)
                .bytes(self.circuit.name().as_bytes())
                .digest(self.election.as_digest())
                .bytes(&self.registry_root.to_bytes())
                .bytes(&self.nullifier.to_bytes())
                .bytes(&self.selection.to_bytes())
                .finish(),
        )
    }

    /// Checks that this is a ballot of that election.
    ///
    /// # Errors
    /// [`BallotError`].
    pub fn check(&self, manifest: &Manifest) -> Result<(), BallotError> {
        if self.election != manifest.id() {
            return Err(BallotError::UnknownElection { expected: manifest.id(), actual: self.election });
        }
        if manifest.kind() != ElectionKind::OpenBallots {
            return Err(BallotError::OtherKind { expected: manifest.kind() });
        }
        if self.circuit != manifest.circuit() {
            return Err(BallotError::UnknownCircuit { expected: manifest.circuit(), actual: self.circuit });
        }
        let expected = manifest.registry().root;
        if self.registry_root != expected {
            return Err(BallotError::ForeignRegistryRoot { expected, actual: self.registry_root });
        }
        self.selection
            .check(manifest.rules(), manifest.options().len())
            .map_err(BallotError::InvalidSelection)
    }

    /// Puts the proof on the ballot: 256 bytes as the verifier decodes them.
    #[must_use]
    pub const fn into_ballot(self, proof: [u8; PROOF_BYTES]) -> OpenBallot {
        OpenBallot { statement: self, proof }
    }
}
