//! The citizen: keeps an identity, makes ballots.

use crate::Election;
use core::fmt;
use tabella_circuits::{BallotCircuitError, MembershipCircuit, MembershipCircuitError};
use tabella_primitives::{digest::Digest, rng::CryptoRng};
use tabella_protocol::{
    ballot::{BallotStatement, CastBallot, SealError, Selection, SelectionError},
    election::{ElectionKind, Manifest},
    identity::{Identity, IdentityCommitment, Registration, RegistryLabel},
    registry::{MembershipPath, Registry, RegistryRoot},
    statement::{MembershipInstance, MembershipWitness, Nullifier},
};
use tabella_prover::{Preparation, ProveError, Prover, ProvingKey};

/// Someone who may vote.
///
/// Holds the identity's secrets: printed as `Citizen(..)`, erased when dropped.
#[derive(Clone)]
pub struct Citizen {
    identity: Identity,
}

/// Why there is no ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoteError {
    /// The citizen is not in the registry.
    NotRegistered,
    /// The registry or path is in another state than the one that the election froze.
    OtherRegistry {
        /// The root that the election froze.
        expected: RegistryRoot,
        /// The root of the registry or path, `None` if there is nobody in it.
        actual: Option<RegistryRoot>,
    },
    /// The proving key does not belong to the verifying key that the election names.
    OtherKey,
    /// The rules do not allow this choice.
    Selection(SelectionError),
    /// The path or the identity do not fit the circuit.
    Circuit(MembershipCircuitError),
    /// The proof could not be made.
    Prove(ProveError),
    /// An open ballot for an election with secret ones, or the other way round.
    OtherKind {
        /// The election's kind.
        expected: ElectionKind,
    },
    /// The rules do not allow these numbers, or path and weight do not lead to the registry's root.
    Seal(SealError),
    /// Identity or numbers do not fit the circuit of secret ballots.
    BallotCircuit(BallotCircuitError),
}

impl fmt::Display for VoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered => f.write_str("this identity is not in the registry"),
            Self::OtherRegistry { expected, actual: Some(actual) } => {
                write!(f, "the registry has root {actual}, the election froze {expected}")
            }
            Self::OtherRegistry { expected, actual: None } => {
                write!(f, "the registry is empty, the election froze {expected}")
            }
            Self::OtherKey => {
                f.write_str("the proving key does not belong to the verifying key that the election names")
            }
            Self::Selection(error) => error.fmt(f),
            Self::Circuit(error) => error.fmt(f),
            Self::Prove(error) => error.fmt(f),
            Self::OtherKind { expected } => {
                write!(f, "the election has {}, this would be a ballot of another kind", expected.name())
            }
            Self::Seal(error) => error.fmt(f),
            Self::BallotCircuit(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for VoteError {}

impl Citizen {
    /// A citizen with a new identity.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_identity(Identity::generate(rng))
    }

    /// A citizen with an identity that exists.
    #[must_use]
    pub const fn from_identity(identity: Identity) -> Self {
        Self { identity }
    }

    /// The identity.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What the registrar stores.
    #[must_use]
    pub fn commitment(&self) -> IdentityCommitment {
        self.identity.commitment()
    }

    /// What the registrar of the registry with this label asks for: the commitment, with a proof that its key is the citizen's.
    #[must_use]
    pub fn registration(&self, registry: &RegistryLabel) -> Registration {
        self.identity.register(registry)
    }

    /// Makes a ballot with the whole registry at hand, so that nobody learns for whom a path was looked up.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn vote(
        &self,
        election: &Election,
        registry: &Registry,
        selection: Selection,
        key: &ProvingKey,
        rng: &mut impl CryptoRng,
    ) -> Result<CastBallot, VoteError> {
        let path = self.path(election, registry)?;
        self.vote_with_path(election, path, selection, key, rng)
    }

    /// The citizen's path in the registry that the election froze.
    pub(crate) fn path(&self, election: &Election, registry: &Registry) -> Result<MembershipPath, VoteError> {
        let expected = election.manifest().registry().root;
        let actual = registry.root();
        if actual != Some(expected) {
            return Err(VoteError::OtherRegistry { expected, actual });
        }
        registry.path_of(&self.commitment()).map_err(|_| VoteError::NotRegistered)
    }

    /// The citizen's mark in an election, which her ballots there have and no other: what she compares a ballot with that another machine
    /// shows her, or that she finds in a record. Whoever knows it knows which ballot is hers.
    #[must_use]
    pub fn nullifier(&self, manifest: &Manifest) -> Nullifier {
        match manifest.sealed() {
            Some(election) => election.nullifier(self.identity.secret()),
            None => self.identity.nullifier(&manifest.scope()),
        }
    }

    /// Makes a ballot with the citizen's membership path.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn vote_with_path(
        &self,
        election: &Election,
        path: MembershipPath,
        selection: Selection,
        key: &ProvingKey,
        rng: &mut impl CryptoRng,
    ) -> Result<CastBallot, VoteError> {
        self.vote_by(election, path, selection, &mut Prover::new(key), rng)
    }

    /// Makes a ballot with a prover of the caller's, which may report progress, be cancelled or have a [preparation](Self::prepare).
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn vote_by(
        &self,
        election: &Election,
        path: MembershipPath,
        selection: Selection,
        prover: &mut Prover<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<CastBallot, VoteError> {
        let manifest = election.manifest();
        self.check_open_vote(manifest, &path, prover.key())?;
        let statement = BallotStatement::new(manifest, self.nullifier(manifest), selection)
            .map_err(VoteError::Selection)?;
        let circuit = self.circuit(manifest, statement.instance(), path)?;
        let proved = prover.prove(&circuit, rng).map_err(VoteError::Prove)?;
        Ok(statement.into_ballot(proved.proof.to_bytes()).into())
    }

    /// Multiplies what every open ballot of hers in this election has in common, before she has chosen: with it
    /// ([`Prover::with_preparation`]) the proof takes less than half the time. Secret, like the identity.
    ///
    /// # Errors
    /// [`VoteError`].
    pub fn prepare(
        &self,
        election: &Election,
        path: MembershipPath,
        prover: &mut Prover<'_>,
    ) -> Result<Preparation, VoteError> {
        let manifest = election.manifest();
        self.check_open_vote(manifest, &path, prover.key())?;
        // The relation holds for any message, and the choice is nothing but the message.
        let (root, scope) = (manifest.registry().root, manifest.scope());
        let instance =
            MembershipInstance { root, nullifier: self.nullifier(manifest), message: scope, scope };
        let circuit = self.circuit(manifest, instance, path)?;
        prover.prepare(&circuit).map_err(VoteError::Prove)
    }

    fn check_open_vote(
        &self,
        manifest: &Manifest,
        path: &MembershipPath,
        key: &ProvingKey,
    ) -> Result<(), VoteError> {
        if manifest.kind() != ElectionKind::OpenBallots {
            return Err(VoteError::OtherKind { expected: manifest.kind() });
        }
        let (expected, actual) = (manifest.registry().root, path.root(&self.commitment()));
        if expected != actual {
            return Err(VoteError::OtherRegistry { expected, actual: Some(actual) });
        }
        check_key(key, manifest.verifying_key())
    }

    fn circuit(
        &self,
        manifest: &Manifest,
        instance: MembershipInstance,
        path: MembershipPath,
    ) -> Result<MembershipCircuit, VoteError> {
        let witness = MembershipWitness { secret: self.identity.secret().clone(), path };
        MembershipCircuit::new(manifest.circuit(), instance, witness).map_err(VoteError::Circuit)
    }
}

/// Whether the proving key belongs to the verifying key that the election names.
pub(crate) fn check_key(key: &ProvingKey, expected: &Digest) -> Result<(), VoteError> {
    if key.verifying_key().digest() == *expected { Ok(()) } else { Err(VoteError::OtherKey) }
}

impl fmt::Debug for Citizen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Citizen(..)")
    }
}
