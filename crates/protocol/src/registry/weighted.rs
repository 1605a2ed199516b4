//! Registries in which citizens have weights.

use super::{LeanImt, MembershipPath, Registry, RegistryRoot};
use crate::identity::IdentityCommitment;
use alloc::{vec, vec::Vec};
use core::fmt;
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

/// A state of a registry with a weight for each of its citizens: what an election with weights freezes.
///
/// Slots are those of the registry; where a citizen was removed the leaf is 0.
#[derive(Clone, Debug)]
pub struct WeightedRegistry {
    registry: Registry,
    /// Commitment and weight of each slot; 0 and 0 where a citizen was removed.
    citizens: Vec<(Fr, u32)>,
    tree: LeanImt,
}

/// Why weights are none for a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WeightsError {
    /// Nobody is in the registry.
    NobodyRegistered,
    /// A citizen who is not in the registry.
    NotRegistered {
        /// The citizen.
        commitment: IdentityCommitment,
    },
    /// A citizen twice.
    Repeated {
        /// The citizen.
        commitment: IdentityCommitment,
    },
    /// A weight of 0.
    ZeroWeight {
        /// The citizen.
        commitment: IdentityCommitment,
    },
    /// A citizen of the registry without a weight.
    Missing {
        /// The citizen.
        commitment: IdentityCommitment,
    },
}

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyRegistered => f.write_str("nobody is in the registry"),
            Self::NotRegistered { commitment } => {
                write!(f, "{commitment} has a weight and is not in the registry")
            }
            Self::Repeated { commitment } => write!(f, "{commitment} has two weights"),
            Self::ZeroWeight { commitment } => {
                write!(f, "{commitment} has weight 0; a weight is 1 to {}", u32::MAX)
            }
            Self::Missing { commitment } => write!(f, "{commitment} is in the registry and has no weight"),
        }
    }
}

impl core::error::Error for WeightsError {}

impl WeightedRegistry {
    /// Gives each citizen of a registry its weight; in any order.
    ///
    /// # Errors
    /// [`WeightsError`], unless each citizen has one weight, and nobody else has any.
    pub fn new(
        registry: Registry,
        weights: impl IntoIterator<Item = (IdentityCommitment, u32)>,
    ) -> Result<Self, WeightsError> {
        let mut citizens = vec![(Fr::from(0u64), 0u32); registry.tree().leaves().len()];
        for (commitment, weight) in weights {
            if weight == 0 {
                return Err(WeightsError::ZeroWeight { commitment });
            }
            let slot = registry.index_of(&commitment).and_then(|slot| usize::try_from(slot).ok());
            let place = slot.and_then(|slot| citizens.get_mut(slot));
            let place = place.ok_or(WeightsError::NotRegistered { commitment })?;
            if place.1 != 0 {
                return Err(WeightsError::Repeated { commitment });
            }
            *place = (*commitment.as_field(), weight);
        }
        let weight_of = |slot: &u64| usize::try_from(*slot).ok().and_then(|slot| citizens.get(slot));
        let missing =
            registry.citizens().find(|(slot, _)| weight_of(slot).is_none_or(|(_, weight)| *weight == 0));
        if let Some((_, commitment)) = missing {
            return Err(WeightsError::Missing { commitment });
        }
        let leaf = |(commitment, weight): &(Fr, u32)| match weight {
            0 => Fr::from(0u64),
            weight => weighted_leaf(&IdentityCommitment::from_field(*commitment), *weight),
        };
        let mut tree = LeanImt::new();
        let leaves: Vec<Fr> = citizens.iter().map(leaf).collect();
        // A registry has at most as many slots as a tree; without any there is nobody.
        tree.insert_many(&leaves).map_err(|_| WeightsError::NobodyRegistered)?;
        Ok(Self { registry, citizens, tree })
    }

    /// The root that an election freezes.
    #[must_use]
    pub fn root(&self) -> RegistryRoot {
        RegistryRoot::from_field(self.tree.root())
    }

    /// Number of slots, removed ones included.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The greatest weight, 0 if all citizens were removed.
    #[must_use]
    pub fn max_weight(&self) -> u32 {
        self.citizens.iter().map(|(_, weight)| *weight).max().unwrap_or(0)
    }

    /// Commitment and weight of each slot; 0 and 0 where a citizen was removed.
    #[must_use]
    pub fn citizens(&self) -> &[(Fr, u32)] {
        &self.citizens
    }

    /// The membership path of a citizen, with the weight; none for who is not registered.
    #[must_use]
    pub fn path_of(&self, commitment: &IdentityCommitment) -> Option<(MembershipPath, u32)> {
        let slot = self.registry.index_of(commitment)?;
        let (_, weight) = self.citizens.get(usize::try_from(slot).ok()?)?;
        Some((self.tree.path(slot).ok()?, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_citizen_has_one_weight() {
        let citizen = |n: u64| IdentityCommitment::from_field(Fr::from(n));
        let mut registry = Registry::new();
        registry.append_batch(&[citizen(5), citizen(6), citizen(7)]).unwrap();
        registry.remove(1).unwrap();
        let of = |weights: &[(u64, u32)]| {
            let weights = weights.iter().map(|(n, weight)| (citizen(*n), *weight));
            WeightedRegistry::new(registry.clone(), weights)
        };
        let weighted = of(&[(7, 9), (5, 2)]).unwrap();
        assert_eq!((weighted.size(), weighted.max_weight()), (3, 9));
        let zero = (Fr::from(0u64), 0);
        assert_eq!(weighted.citizens(), [(Fr::from(5u64), 2), zero, (Fr::from(7u64), 9)]);
        let mut tree = LeanImt::new();
        tree.insert_many(&[weighted_leaf(&citizen(5), 2), Fr::from(0u64), weighted_leaf(&citizen(7), 9)])
            .unwrap();
        assert_eq!(weighted.root(), RegistryRoot::from_field(tree.root()));
        let (path, weight) = weighted.path_of(&citizen(7)).unwrap();
        assert_eq!((path.weighted_root(&citizen(7), weight), weight), (weighted.root(), 9));
        assert!(weighted.path_of(&citizen(6)).is_none() && weighted.path_of(&citizen(8)).is_none());

        let refused = |weights| of(weights).map(|_| ()).unwrap_err();
        assert_eq!(refused(&[(5, 1)]), WeightsError::Missing { commitment: citizen(7) });
        assert_eq!(refused(&[(5, 1), (5, 2)]), WeightsError::Repeated { commitment: citizen(5) });
        assert_eq!(refused(&[(5, 1), (7, 0)]), WeightsError::ZeroWeight { commitment: citizen(7) });
        assert_eq!(refused(&[(5, 1), (6, 2)]), WeightsError::NotRegistered { commitment: citizen(6) });
        let nobody = WeightedRegistry::new(Registry::new(), []);
        assert_eq!(nobody.map(|_| ()), Err(WeightsError::NobodyRegistered));
    }
}
