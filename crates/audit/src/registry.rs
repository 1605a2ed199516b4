//! The registry, rebuilt from its leaves.

use crate::{Cause, Fault};
use std::{borrow::Cow, collections::HashMap};
use tabella_primitives::Fr;
use tabella_protocol::{
    election::{FrozenRegistry, Weighting},
    identity::IdentityCommitment,
    record::RegistryPart,
    registry::{LeanImt, RegistryRoot, weighted_leaf},
};

/// The registry, rebuilt from its leaves: about 130 bytes for each.
#[derive(Default)]
pub(crate) struct RegistryCheck {
    tree: LeanImt,
    places: HashMap<Fr, u64>,
    last_entry: u64,
}

impl RegistryCheck {
    /// Number of leaves so far.
    pub(crate) fn leaves(&self) -> u64 {
        self.tree.size()
    }

    /// Adds leaves. The reader has checked that they follow the ones before.
    pub(crate) fn add(
        &mut self,
        entry: u64,
        part: &RegistryPart,
        frozen: &FrozenRegistry,
        weighting: Weighting,
    ) -> Result<(), Fault> {
        let fault = |cause| Fault::new(entry, cause);
        self.last_entry = entry;
        let leaves = match weighting {
            Weighting::Weighted { max_weight } => Cow::Owned(weigh(entry, part, max_weight)?),
            _ if part.weights.is_empty() => Cow::Borrowed(&part.leaves),
            _ => return Err(fault(Cause::RegistryWeights)),
        };
        for (place, leaf) in (part.first..).zip(&part.leaves) {
            // 0 stands where a citizen was removed.
            if *leaf == Fr::default() {
                continue;
            }
            if let Some(earlier) = self.places.insert(*leaf, place) {
                return Err(fault(Cause::RepeatedCommitment { earlier, later: place }));
            }
        }
        let added = u64::try_from(part.leaves.len()).unwrap_or(u64::MAX);
        let actual = self.leaves().saturating_add(added);
        // Refused before it is hashed. The manifest's size is at most that of a tree, so there is room.
        if actual > frozen.size || self.tree.insert_many(&leaves).is_err() {
            return Err(fault(Cause::RegistrySize { expected: frozen.size, actual }));
        }
        Ok(())
    }

    /// Compares with the manifest and gives the number of citizens; nothing to compare if the record has no leaves.
    pub(crate) fn finish(&self, frozen: &FrozenRegistry, ballots: u64) -> Result<Option<u64>, Fault> {
        let actual = self.leaves();
        if actual == 0 {
            return Ok(None);
        }
        let fault = |cause| Err(Fault::new(self.last_entry, cause));
        if actual != frozen.size {
            return fault(Cause::RegistrySize { expected: frozen.size, actual });
        }
        // The depth follows from the size, and the manifest's was checked against it.
        let root = RegistryRoot::from_field(self.tree.root());
        if root != frozen.root {
            return fault(Cause::RegistryRoot { expected: frozen.root, actual: root });
        }
        let citizens = u64::try_from(self.places.len()).unwrap_or(u64::MAX);
        if ballots > citizens {
            return fault(Cause::MoreBallotsThanCitizens { ballots, citizens });
        }
        Ok(Some(citizens))
    }
}

/// The leaves of citizens with weights; 0 where one was removed.
fn weigh(entry: u64, part: &RegistryPart, max_weight: u32) -> Result<Vec<Fr>, Fault> {
    if part.weights.len() != part.leaves.len() {
        return Err(Fault::new(entry, Cause::RegistryWeights));
    }
    let weighed = (part.first..).zip(part.leaves.iter().zip(&part.weights));
    weighed
        .map(|(place, (leaf, weight))| match (*leaf == Fr::default(), *weight) {
            (true, 0) => Ok(*leaf),
            (false, 1..) if *weight <= max_weight => {
                Ok(weighted_leaf(&IdentityCommitment::from_field(*leaf), *weight))
            }
            _ => Err(Fault::new(entry, Cause::Weight { place, weight: *weight, max_weight })),
        })
        .collect()
}
