//! From an identity and a path to a proof that Semaphore's JavaScript and contracts take.

#[cfg(feature = "files")]
use crate::artifacts::{Artifact, ArtifactError, Artifacts};
use crate::{
    compact::{CompactKey, CompactKeyError},
    depth::Depth,
    witness::{Witness, WitnessError},
};
use core::fmt;
#[cfg(feature = "files")]
use tabella_keys::{KeyOpener, OpenKeyError};
use tabella_primitives::{exec, rng::CryptoRng};
use tabella_protocol::{identity::Identity, registry::MembershipPath, value::SemaphoreValue};
use tabella_prover::{Preparation, ProveError, Prover, ProvingKey};
use tabella_verifier::{InvalidProof, semaphore::SemaphoreProof};

/// A proving key of Semaphore's ceremony, ready for any number of proofs.
pub struct SemaphoreProver {
    depth: Depth,
    key: ProvingKey,
}

/// Why a key cannot be opened.
#[cfg(feature = "files")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The file is not the published one.
    Artifact(ArtifactError),
    /// The file cannot be read as a key.
    File(OpenKeyError),
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SemaphoreProveError {
    /// There is no witness.
    Witness(WitnessError),
    /// The prover failed.
    Prove(ProveError),
}

#[cfg(feature = "files")]
impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Artifact(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "files")]
impl core::error::Error for OpenError {}

#[cfg(feature = "files")]
impl From<OpenKeyError> for OpenError {
    fn from(error: OpenKeyError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for SemaphoreProveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Witness(error) => error.fmt(f),
            Self::Prove(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SemaphoreProveError {}

impl fmt::Debug for SemaphoreProver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SemaphoreProver(depth {})", self.depth)
    }
}

#[cfg(feature = "files")]
impl SemaphoreProver {
    /// Opens the key of a depth from a folder of published files, without tables.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(artifacts: &Artifacts, depth: Depth) -> Result<Self, OpenError> {
        Self::open_with(artifacts, depth, &KeyOpener::new())
    }

    /// Opens the key of a depth from a folder of published files, with the tables that the opener wants.
    ///
    /// The file is compared with its pin each time, whatever a cache remembers. What has that SHA-256 was validated before it was
    /// pinned, and is not again.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_with(artifacts: &Artifacts, depth: Depth, opener: &KeyOpener<'_>) -> Result<Self, OpenError> {
        let key = Artifact::proving_key(depth);
        Self::from_zkey(&artifacts.read_unchecked(key).map_err(OpenError::Artifact)?, depth, opener)
    }

    /// Opens the key of a depth from the bytes of its `.zkey`, with the tables that the opener wants.
    ///
    /// # Errors
    /// [`OpenError`]. Bytes other than the published file's are refused.
    pub fn from_zkey(bytes: &[u8], depth: Depth, opener: &KeyOpener<'_>) -> Result<Self, OpenError> {
        let compare = |bytes: &[u8]| Artifact::proving_key(depth).check(bytes).map_err(OpenError::Artifact);
        Ok(Self { depth, key: opener.open_pinned(bytes, compare)? })
    }
}

impl SemaphoreProver {
    /// Takes a key that is open already, which must be that of the depth: with any other there is no proof.
    #[must_use]
    pub const fn from_key(depth: Depth, key: ProvingKey) -> Self {
        Self { depth, key }
    }

    /// Opens the key of a depth from its compact bytes, without tables. Touches no files.
    ///
    /// # Errors
    /// [`CompactKeyError`]. Bytes other than those that are pinned are refused.
    pub fn from_compact(bytes: &[u8], depth: Depth) -> Result<Self, CompactKeyError> {
        Ok(Self { depth, key: CompactKey::of(depth).read(bytes)? })
    }

    /// The circuit's depth.
    #[must_use]
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// The key, for who wants to drive [`Prover`] with a [`Witness`].
    #[must_use]
    pub const fn key(&self) -> &ProvingKey {
        &self.key
    }

    /// Proves: "a member of the group to whose root `path` leads says `message` in `scope`".
    ///
    /// The same as `generateProof(identity, merkleProof, message, scope, depth)` of `@semaphore-protocol/core`, which verifies
    /// the outcome. The proof is verified here before it is handed out.
    ///
    /// # Errors
    /// [`SemaphoreProveError`].
    ///
    /// # Security
    /// `rng` must be unpredictable. The witness is erased when this returns, in any way; see also [`Witness::compute`].
    pub fn prove(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        message: SemaphoreValue,
        scope: SemaphoreValue,
        rng: &mut impl CryptoRng,
    ) -> Result<SemaphoreProof, SemaphoreProveError> {
        self.prove_by(identity, path, message, scope, &mut Prover::new(&self.key), rng)
    }

    /// [`prove`](Self::prove) with a prover of the caller's for [the key](Self::key), which may report progress, be cancelled or have a
    /// [preparation](Self::prepare).
    ///
    /// # Errors
    /// [`SemaphoreProveError`].
    pub fn prove_by(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        message: SemaphoreValue,
        scope: SemaphoreValue,
        prover: &mut Prover<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<SemaphoreProof, SemaphoreProveError> {
        let witness = self.witness(identity, path, [&message, &scope], prover)?;
        let (root, nullifier) = (*witness.root(), *witness.nullifier());
        let proved =
            prover.prove_assignment(witness.into_values(), rng).map_err(SemaphoreProveError::Prove)?;
        Ok(SemaphoreProof {
            depth: self.depth.into(),
            root,
            nullifier,
            message: *message.as_be_bytes(),
            scope: *scope.as_be_bytes(),
            proof: proved.proof,
        })
    }

    /// Multiplies what proofs of this identity, path and scope have in common, for [`Prover::with_preparation`]. Secret.
    ///
    /// # Errors
    /// [`SemaphoreProveError`].
    pub fn prepare(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        scope: SemaphoreValue,
        prover: &mut Prover<'_>,
    ) -> Result<Preparation, SemaphoreProveError> {
        // Any message: two wires depend on it alone.
        let witness = self.witness(identity, path, [&scope, &scope], prover)?;
        prover.prepare_assignment(witness.into_values()).map_err(SemaphoreProveError::Prove)
    }

    /// The witness, and at the same time what the prover wants for the key's first proof.
    fn witness(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        [message, scope]: [&SemaphoreValue; 2],
        prover: &Prover<'_>,
    ) -> Result<Witness, SemaphoreProveError> {
        let compute = || Witness::compute(self.depth, identity.secret(), path, message, scope);
        let witness = match prover.first_use() {
            None => compute(),
            Some(first_use) => exec::join(compute, first_use).0,
        };
        witness.map_err(SemaphoreProveError::Witness)
    }

    /// Verifies a proof of this depth, whoever made it.
    ///
    /// # Errors
    /// [`InvalidProof`]; a proof of another depth is not verified by this key.
    ///
    /// # Security
    /// A proof speaks of its own root and nullifier: whether the root is that of a group and the nullifier is new, the caller
    /// checks.
    pub fn verify(&self, proof: &SemaphoreProof) -> Result<(), InvalidProof> {
        let hash = |bytes: &[u8; 32]| SemaphoreValue::from_be_bytes(*bytes).hash();
        let inputs = [proof.root, proof.nullifier, hash(&proof.message), hash(&proof.scope)];
        self.key.prepared().verify_inputs(&inputs, &proof.proof)
    }
}
