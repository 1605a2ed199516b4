//! The registry, rebuilt from its leaves.

use crate::{Cause, Fault};
use std::collections::HashMap;
use tabella_primitives::Fr;
use tabella_protocol::{
    election::FrozenRegistry,
    record::RegistryPart,
    registry::{LeanImt, RegistryRoot},
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
    ) -> Result<(), Fault> {
        let fault = |cause| Fault::new(entry, cause);
        self.last_entry = entry;
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
        if actual > frozen.size || self.tree.insert_many(&part.leaves).is_err() {
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
