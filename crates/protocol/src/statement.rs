//! What is proved: which circuit, for which public values ([`MembershipInstance`]), by which secret values
//! ([`MembershipWitness`]).

use crate::{
    identity::IdentitySecret,
    registry::{MembershipPath, RegistryRoot},
    value::{SemaphoreValue, field_newtype},
};
use core::fmt;
use tabella_primitives::{Fr, edwards::Scalar, instance::PublicInputs};

field_newtype! {
    /// Public mark that one citizen has acted in one scope: `nf = H_2(hash(scope), s)` (Semaphore v4).
    ///
    /// Bytes: 32, big endian, an integer below the BN254 scalar modulus. Text: decimal.
    Nullifier
}

/// Names a circuit and its version. It travels in instance, ballot, proving key and verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CircuitId {
    /// Membership in a registry of depth at most 10.
    Membership10V1,
    /// Membership in a registry of depth at most 16.
    Membership16V1,
    /// Membership in a registry of depth at most 20.
    Membership20V1,
    /// Membership in a registry of depth at most 32.
    Membership32V1,
}

impl CircuitId {
    /// Every circuit.
    pub const ALL: [Self; 4] =
        [Self::Membership10V1, Self::Membership16V1, Self::Membership20V1, Self::Membership32V1];

    /// The name in files and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Membership10V1 => "membership-10-v1",
            Self::Membership16V1 => "membership-16-v1",
            Self::Membership20V1 => "membership-20-v1",
            Self::Membership32V1 => "membership-32-v1",
        }
    }

    /// The circuit of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.name() == name)
    }

    /// Greatest depth of the registries it serves.
    #[must_use]
    pub const fn max_depth(self) -> usize {
        match self {
            Self::Membership10V1 => 10,
            Self::Membership16V1 => 16,
            Self::Membership20V1 => 20,
            Self::Membership32V1 => 32,
        }
    }

    /// The smallest membership circuit for a registry of that depth, if there is one.
    #[must_use]
    pub fn membership_for_depth(depth: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|id| depth <= id.max_depth())
    }
}

impl fmt::Display for CircuitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Public values of the membership relation: "one of the citizens under `root` acts in `scope` and says `message`".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipInstance {
    /// The registry's root.
    pub root: RegistryRoot,
    /// The citizen's mark in the scope.
    pub nullifier: Nullifier,
    /// What is said; the proof is bound to it. Enters the circuit as [`SemaphoreValue::hash`].
    pub message: SemaphoreValue,
    /// What the nullifier is unique in. Enters the circuit as [`SemaphoreValue::hash`].
    pub scope: SemaphoreValue,
}

impl PublicInputs<4> for MembershipInstance {
    const FIELDS: [&'static str; 4] = ["root", "nullifier", "message", "scope"];

    fn public_inputs(&self) -> [Fr; 4] {
        [*self.root.as_field(), *self.nullifier.as_field(), self.message.hash(), self.scope.hash()]
    }
}

/// Secret values of the membership relation.
#[derive(Clone)]
pub struct MembershipWitness {
    /// The citizen's secret.
    pub secret: IdentitySecret,
    /// From the citizen's commitment to the root.
    pub path: MembershipPath,
}

impl fmt::Debug for MembershipWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MembershipWitness(..)")
    }
}

/// The membership relation in plain code, twin of the circuit (Tabella protocol, section 2.1):
/// `1 <= s < l; A = s B8; c = H_2(A); root = LeanIMTRoot(c, path); nullifier = H_2(scope, s)`.
///
/// The secret 0 belongs to no citizen: its public key is the identity, which anyone knows.
#[must_use]
pub fn membership_holds(instance: &MembershipInstance, witness: &MembershipWitness) -> bool {
    *witness.secret.expose_secret() != Scalar::default()
        && witness.path.root(&witness.secret.commitment()) == instance.root
        && witness.secret.nullifier(&instance.scope) == instance.nullifier
}
