//! The committed verifying keys, and the policy under which they are handed out.

use crate::{KeyFile, KeyFileError, KeyKind, Manifest, Provenance, manifest::NotPinned};
use core::fmt;
use tabella_primitives::digest::Digest;
use tabella_protocol::statement::CircuitId;
use tabella_verifier::VerifyingKey;

/// Which keys a caller accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPolicy {
    /// Only keys from a ceremony. Real elections set this.
    CeremonyOnly,
    /// Development keys too, although anybody can forge proofs with them. For trying out.
    AllowInsecureDevelopmentKeys,
}

impl KeyPolicy {
    /// Whether keys of that provenance are accepted for a circuit.
    ///
    /// # Errors
    /// [`KeyRefused::InsecureDevelopmentKey`].
    pub const fn check(self, circuit: CircuitId, provenance: Provenance) -> Result<(), KeyRefused> {
        match (self, provenance) {
            (Self::CeremonyOnly, Provenance::Development) => {
                Err(KeyRefused::InsecureDevelopmentKey { circuit })
            }
            (Self::CeremonyOnly, Provenance::Ceremony { .. }) | (Self::AllowInsecureDevelopmentKeys, _) => {
                Ok(())
            }
        }
    }
}

/// Why a verifying key is not handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRefused {
    /// The policy wants a key from a ceremony, and there is only a development key.
    InsecureDevelopmentKey {
        /// The circuit.
        circuit: CircuitId,
    },
    /// The file is not a key file.
    File(KeyFileError),
    /// The file is not the pinned one.
    NotPinned(NotPinned),
    /// The key itself is refused.
    Key(tabella_verifier::KeyError),
}

impl fmt::Display for KeyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsecureDevelopmentKey { circuit } => write!(
                f,
                "the only key for {circuit} is an INSECURE DEVELOPMENT KEY: its secret is public, anybody can forge \
                 proofs with it, and a key from a ceremony is required here"
            ),
            Self::File(error) => error.fmt(f),
            Self::NotPinned(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for KeyRefused {}

/// A verifying key that has the pinned hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedVerifyingKey {
    key: VerifyingKey,
    digest: Digest,
    circuit: CircuitId,
    circuit_digest: Digest,
    provenance: Provenance,
}

impl PinnedVerifyingKey {
    /// Reads a key file from anywhere and accepts it only if it is the one that `manifest` names for the circuit.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_file(
        file: &[u8],
        circuit: CircuitId,
        manifest: &Manifest,
        policy: KeyPolicy,
    ) -> Result<Self, KeyRefused> {
        let entry = manifest.entry(circuit).map_err(KeyRefused::NotPinned)?;
        policy.check(circuit, entry.provenance)?;
        let file = KeyFile::read(file).map_err(KeyRefused::File)?;
        entry.check(KeyKind::Verifying, &file).map_err(KeyRefused::NotPinned)?;
        let key = VerifyingKey::from_bytes(file.key()).map_err(KeyRefused::Key)?;
        Ok(Self {
            key,
            digest: *file.digest(),
            circuit,
            circuit_digest: entry.circuit_digest,
            provenance: entry.provenance,
        })
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The key, by value.
    #[must_use]
    pub fn into_key(self) -> VerifyingKey {
        self.key
    }

    /// Its name: the digest of its bytes.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The circuit it is for.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.circuit
    }

    /// Digest of the circuit's constraint matrices.
    #[must_use]
    pub const fn circuit_digest(&self) -> &Digest {
        &self.circuit_digest
    }

    /// Where it comes from. To be shown in every report of what was verified with it.
    #[must_use]
    pub const fn provenance(&self) -> Provenance {
        self.provenance
    }
}

/// The committed key file of a circuit.
#[must_use]
pub const fn verifying_key_file(circuit: CircuitId) -> &'static [u8] {
    match circuit {
        CircuitId::Membership10V1 => include_bytes!("../keys/membership-10-v1.vk"),
        CircuitId::Membership16V1 => include_bytes!("../keys/membership-16-v1.vk"),
        CircuitId::Membership20V1 => include_bytes!("../keys/membership-20-v1.vk"),
        CircuitId::Membership32V1 => include_bytes!("../keys/membership-32-v1.vk"),
        CircuitId::Ballot2V1 => include_bytes!("../keys/ballot-2-v1.vk"),
        CircuitId::Ballot8V1 => include_bytes!("../keys/ballot-8-v1.vk"),
        CircuitId::Sum2Of64V1 => include_bytes!("../keys/sum-2-of-64-v1.vk"),
        CircuitId::Sum2Of256V1 => include_bytes!("../keys/sum-2-of-256-v1.vk"),
        CircuitId::Sum8Of64V1 => include_bytes!("../keys/sum-8-of-64-v1.vk"),
        CircuitId::Sum8Of256V1 => include_bytes!("../keys/sum-8-of-256-v1.vk"),
        CircuitId::Tally2V1 => include_bytes!("../keys/tally-2-v1.vk"),
        CircuitId::Tally8V1 => include_bytes!("../keys/tally-8-v1.vk"),
        // A new circuit without a committed key has no file: reading nothing is refused.
        _ => &[],
    }
}

/// The committed verifying key of a circuit.
///
/// # Errors
/// [`KeyRefused::InsecureDevelopmentKey`] if the policy does not accept it; the others only if this build is damaged.
pub fn verifying_key(circuit: CircuitId, policy: KeyPolicy) -> Result<PinnedVerifyingKey, KeyRefused> {
    PinnedVerifyingKey::from_file(verifying_key_file(circuit), circuit, Manifest::pinned(), policy)
}

#[cfg(test)]
mod tests;
