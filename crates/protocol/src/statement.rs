//! What is proved: which circuit ([`CircuitId`]) of which [`Relation`], and the membership relation itself: for which public
//! values ([`MembershipInstance`]), by which secret values ([`MembershipWitness`]).

use crate::{
    ballot::{BallotSize, BatchSize, SealedInstance, SumInstance},
    identity::IdentitySecret,
    registry::{MAX_DEPTH, MembershipPath, RegistryRoot},
    trustee::TallyInstance,
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
    /// Secret ballots with at most 2 options.
    Ballot2V1,
    /// Secret ballots with at most 8 options.
    Ballot8V1,
    /// The sum of at most 64 secret ballots of at most 2 options.
    Sum2Of64V1,
    /// The sum of at most 256 secret ballots of at most 2 options.
    Sum2Of256V1,
    /// The sum of at most 64 secret ballots of at most 8 options.
    Sum8Of64V1,
    /// The sum of at most 256 secret ballots of at most 8 options.
    Sum8Of256V1,
    /// The tally of secret ballots of at most 2 options.
    Tally2V1,
    /// The tally of secret ballots of at most 8 options.
    Tally8V1,
}

/// The relation that a circuit states, with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Membership in a registry: [`membership_holds`].
    Membership {
        /// Greatest depth of the registry.
        max_depth: usize,
    },
    /// A secret ballot: [`ballot_holds`](crate::ballot::ballot_holds).
    Ballot(BallotSize),
    /// The sum of a batch of secret ballots: [`sum_holds`](crate::ballot::sum_holds).
    Sum(BallotSize, BatchSize),
    /// The decryption of a sum of secret ballots: [`tally_holds`](crate::trustee::tally_holds).
    Tally(BallotSize),
}

impl CircuitId {
    /// Every circuit of every relation.
    pub const ALL: [Self; 12] = [
        Self::Membership10V1,
        Self::Membership16V1,
        Self::Membership20V1,
        Self::Membership32V1,
        Self::Ballot2V1,
        Self::Ballot8V1,
        Self::Sum2Of64V1,
        Self::Sum2Of256V1,
        Self::Sum8Of64V1,
        Self::Sum8Of256V1,
        Self::Tally2V1,
        Self::Tally8V1,
    ];

    /// The circuits of the membership relation, the smallest first.
    pub const MEMBERSHIP: [Self; 4] =
        [Self::Membership10V1, Self::Membership16V1, Self::Membership20V1, Self::Membership32V1];

    /// The name in files and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Membership10V1 => "membership-10-v1",
            Self::Membership16V1 => "membership-16-v1",
            Self::Membership20V1 => "membership-20-v1",
            Self::Membership32V1 => "membership-32-v1",
            Self::Ballot2V1 => "ballot-2-v1",
            Self::Ballot8V1 => "ballot-8-v1",
            Self::Sum2Of64V1 => "sum-2-of-64-v1",
            Self::Sum2Of256V1 => "sum-2-of-256-v1",
            Self::Sum8Of64V1 => "sum-8-of-64-v1",
            Self::Sum8Of256V1 => "sum-8-of-256-v1",
            Self::Tally2V1 => "tally-2-v1",
            Self::Tally8V1 => "tally-8-v1",
        }
    }

    /// The circuit of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.name() == name)
    }

    /// What it states.
    #[must_use]
    pub const fn relation(self) -> Relation {
        match self {
            Self::Membership10V1 => Relation::Membership { max_depth: 10 },
            Self::Membership16V1 => Relation::Membership { max_depth: 16 },
            Self::Membership20V1 => Relation::Membership { max_depth: 20 },
            Self::Membership32V1 => Relation::Membership { max_depth: MAX_DEPTH },
            Self::Ballot2V1 => Relation::Ballot(BallotSize::Two),
            Self::Ballot8V1 => Relation::Ballot(BallotSize::Eight),
            Self::Sum2Of64V1 => Relation::Sum(BallotSize::Two, BatchSize::Small),
            Self::Sum2Of256V1 => Relation::Sum(BallotSize::Two, BatchSize::Large),
            Self::Sum8Of64V1 => Relation::Sum(BallotSize::Eight, BatchSize::Small),
            Self::Sum8Of256V1 => Relation::Sum(BallotSize::Eight, BatchSize::Large),
            Self::Tally2V1 => Relation::Tally(BallotSize::Two),
            Self::Tally8V1 => Relation::Tally(BallotSize::Eight),
        }
    }

    /// Greatest depth of the registries that it serves, if it is about a citizen in one.
    #[must_use]
    pub const fn max_depth(self) -> Option<usize> {
        match self.relation() {
            Relation::Membership { max_depth } => Some(max_depth),
            Relation::Ballot(_) => Some(MAX_DEPTH),
            Relation::Sum(..) | Relation::Tally(_) => None,
        }
    }

    /// Names of its public inputs, in their order.
    #[must_use]
    pub const fn public_inputs(self) -> &'static [&'static str] {
        match self.relation() {
            Relation::Membership { .. } => &MembershipInstance::FIELDS,
            Relation::Ballot(_) => &SealedInstance::FIELDS,
            Relation::Sum(..) => &SumInstance::FIELDS,
            Relation::Tally(_) => &TallyInstance::FIELDS,
        }
    }

    /// The smallest membership circuit for a registry of that depth, if there is one.
    #[must_use]
    pub fn membership_for_depth(depth: usize) -> Option<Self> {
        Self::MEMBERSHIP.into_iter().find(|id| id.max_depth().is_some_and(|max_depth| depth <= max_depth))
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};

    #[test]
    fn every_circuit_has_one_name_and_the_relation_that_its_name_says() {
        for id in CircuitId::ALL {
            assert_eq!(CircuitId::from_name(id.name()), Some(id));
            let expected = match id.relation() {
                Relation::Membership { max_depth } => format!("membership-{max_depth}-v1"),
                Relation::Ballot(size) => {
                    assert_eq!(size.circuit(), id);
                    format!("ballot-{}-v1", size.slots())
                }
                Relation::Sum(size, batch) => {
                    assert_eq!(batch.circuit(size), id);
                    format!("sum-{}-of-{}-v1", size.slots(), batch.places())
                }
                Relation::Tally(size) => {
                    assert_eq!(size.tally_circuit(), id);
                    format!("tally-{}-v1", size.slots())
                }
            };
            assert_eq!(id.name(), expected);
        }
        assert_eq!(CircuitId::from_name("membership-11-v1"), None);
    }

    #[test]
    fn membership_circuits_are_all_of_that_relation_the_smallest_first() {
        let of_relation = |id: &CircuitId| matches!(id.relation(), Relation::Membership { .. });
        let all: Vec<_> = CircuitId::ALL.into_iter().filter(of_relation).collect();
        assert_eq!(all, CircuitId::MEMBERSHIP);
        assert!(CircuitId::MEMBERSHIP.is_sorted_by_key(|id| id.max_depth()));
        let chosen = |depth| CircuitId::membership_for_depth(depth);
        assert_eq!([chosen(10), chosen(11)], [CircuitId::MEMBERSHIP[0], CircuitId::MEMBERSHIP[1]].map(Some));
        assert_eq!([chosen(32), chosen(33)], [Some(CircuitId::Membership32V1), None]);
    }
}
