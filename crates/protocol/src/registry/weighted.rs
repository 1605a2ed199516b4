//! Leaves of registries in which citizens have weights.

use super::{MembershipPath, RegistryRoot};
use crate::identity::IdentityCommitment;
use tabella_primitives::{Fr, digest::tag_element, domain, poseidon};

/// The leaf of a citizen of weight w, 1 to 2^32 - 1: `H_3(tag, c, w)`.
///
/// Three inputs and a tag, so that no inner node of the tree can pose as a leaf, nor a leaf without weight as one with.
#[must_use]
pub fn weighted_leaf(commitment: &IdentityCommitment, weight: u32) -> Fr {
    poseidon::hash(&[tag_element(domain::WEIGHTED_LEAF), *commitment.as_field(), Fr::from(weight)])
}

impl MembershipPath {
    /// The root to which this path leads from a citizen of that weight, in a registry with weights.
    #[must_use]
    pub fn weighted_root(&self, commitment: &IdentityCommitment, weight: u32) -> RegistryRoot {
        self.root(&IdentityCommitment::from_field(weighted_leaf(commitment, weight)))
    }
}
