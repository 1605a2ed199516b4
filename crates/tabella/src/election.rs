//! Elections: everything of [`tabella_protocol::election`], and [`Election`], a manifest whose key was checked.

pub use tabella_protocol::election::*;

use core::fmt;
use tabella_ballot_box::{BallotBox, BallotStore, MemoryBallotStore, OpenError};
use tabella_params::{KeyPolicy, KeyRefused, PinnedVerifyingKey, Provenance, verifying_key};
use tabella_primitives::{digest::Digest, rng::CryptoRng};

/// A manifest together with the pinned verifying key that it names.
#[derive(Clone, Debug)]
pub struct Election {
    manifest: Manifest,
    key: PinnedVerifyingKey,
}

/// Why a manifest makes no election.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ElectionError {
    /// There is no circuit for a registry of this depth, or for secret ballots with so many options.
    NoCircuit {
        /// Depth of the registry, in levels.
        depth: u8,
    },
    /// The key is not one that the caller accepts.
    Key(KeyRefused),
    /// The manifest names another verifying key than the pinned one of its circuit.
    OtherVerifyingKey {
        /// The pinned key.
        expected: Digest,
        /// The manifest's.
        actual: Digest,
    },
    /// The manifest says that its key comes from a ceremony, and it does not; or the other way round.
    OtherProvenance {
        /// What the manifest says.
        claimed: KeyProvenance,
    },
    /// The manifest itself is faulty.
    Manifest(ManifestError),
}

impl fmt::Display for ElectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCircuit { depth } => {
                write!(f, "there is no circuit for so many options and a registry of depth {depth}")
            }
            Self::Key(error) => error.fmt(f),
            Self::OtherVerifyingKey { expected, actual } => {
                write!(
                    f,
                    "the manifest names verifying key {actual}, the pinned key of its circuit is {expected}"
                )
            }
            Self::OtherProvenance { claimed } => {
                write!(f, "the manifest says that its key is of kind {claimed}, which it is not")
            }
            Self::Manifest(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ElectionError {}

impl Election {
    /// Creates an election over a frozen registry: chooses the smallest circuit and its pinned key, draws the nonce. A draft with
    /// [`ManifestBuilder::secret`] makes one with secret ballots.
    ///
    /// # Errors
    /// [`ElectionError`]; with [`KeyPolicy::CeremonyOnly`] always, until there are keys from a ceremony.
    pub fn create(
        draft: ManifestBuilder,
        registry: FrozenRegistry,
        policy: KeyPolicy,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, ElectionError> {
        let depth = registry.depth;
        let draft = draft.registry(registry);
        let circuit = draft.smallest_circuit().ok_or(ElectionError::NoCircuit { depth })?;
        let key = verifying_key(circuit, policy).map_err(ElectionError::Key)?;
        let manifest = draft
            .circuit(circuit)
            .verifying_key(*key.digest(), provenance(&key))
            .random_nonce(rng)
            .build()
            .map_err(ElectionError::Manifest)?;
        Ok(Self { manifest, key })
    }

    /// Takes part in an election whose manifest someone else made.
    ///
    /// # Errors
    /// [`ElectionError`] if its key is not the pinned one, or not of a kind that the caller accepts.
    pub fn join(manifest: Manifest, policy: KeyPolicy) -> Result<Self, ElectionError> {
        let key = verifying_key(manifest.circuit(), policy).map_err(ElectionError::Key)?;
        let (expected, actual) = (*key.digest(), *manifest.verifying_key());
        if expected != actual {
            return Err(ElectionError::OtherVerifyingKey { expected, actual });
        }
        if manifest.key_provenance() != provenance(&key) {
            return Err(ElectionError::OtherProvenance { claimed: manifest.key_provenance() });
        }
        Ok(Self { manifest, key })
    }

    /// What is asked, of whom, when, under which rules.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The verifying key.
    #[must_use]
    pub const fn verifying_key(&self) -> &PinnedVerifyingKey {
        &self.key
    }

    /// Where the key comes from. To be shown in every report.
    #[must_use]
    pub const fn provenance(&self) -> Provenance {
        self.key.provenance()
    }

    /// A ballot box in memory, gone with the process.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn memory_ballot_box(&self) -> Result<BallotBox<MemoryBallotStore>, OpenError> {
        self.ballot_box(MemoryBallotStore::new(self.manifest.clone()))
    }

    /// A ballot box over a store of this election.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn ballot_box<S: BallotStore>(&self, store: S) -> Result<BallotBox<S>, OpenError> {
        BallotBox::open(store, self.key.key().clone())
    }
}

fn provenance(key: &PinnedVerifyingKey) -> KeyProvenance {
    match key.provenance() {
        Provenance::Ceremony { .. } => KeyProvenance::Ceremony,
        _ => KeyProvenance::InsecureDevelopment,
    }
}
