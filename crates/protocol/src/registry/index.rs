//! Where does a commitment stand? A hash table that holds slots only: the commitments lie in the tree already.

use core::{fmt, hash::BuildHasher};
use hashbrown::HashTable;
use std::hash::RandomState;
use tabella_primitives::Fr;

/// From a commitment to its slot in O(1), at five to ten bytes per citizen.
///
/// Keyed with a random key, because whoever registers chooses the commitment: with a known hash, a crowd of chosen
/// commitments would turn every look-up into a walk through all of them.
#[derive(Clone, Default)]
pub(super) struct SlotIndex {
    slots: HashTable<u32>,
    hasher: RandomState,
}

impl SlotIndex {
    /// Number of commitments that stand in it.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The slot of a commitment. `leaf` tells which commitment stands in a slot.
    pub(super) fn find<'a>(&self, commitment: &Fr, leaf: impl Fn(u32) -> &'a Fr) -> Option<u32> {
        self.slots.find(self.hasher.hash_one(commitment), |slot| leaf(*slot) == commitment).copied()
    }

    /// Makes room, so that so many [`insert`](Self::insert)s do not move the table.
    pub(super) fn reserve<'a>(&mut self, additional: usize, leaf: impl Fn(u32) -> &'a Fr) {
        self.slots.reserve(additional, |slot| self.hasher.hash_one(leaf(*slot)));
    }

    /// Adds a slot; answers the slot in which the same commitment stands already, if there is one.
    pub(super) fn insert<'a>(&mut self, slot: u32, leaf: impl Fn(u32) -> &'a Fr) -> Result<(), u32> {
        match self.find(leaf(slot), &leaf) {
            Some(earlier) => Err(earlier),
            None => {
                self.insert_new(slot, leaf);
                Ok(())
            }
        }
    }

    /// Adds a slot whose commitment is known to be in no other.
    pub(super) fn insert_new<'a>(&mut self, slot: u32, leaf: impl Fn(u32) -> &'a Fr) {
        let hash = self.hasher.hash_one(leaf(slot));
        self.slots.insert_unique(hash, slot, |slot| self.hasher.hash_one(leaf(*slot)));
    }

    /// Forgets a slot, which holds that commitment.
    pub(super) fn remove(&mut self, slot: u32, commitment: &Fr) {
        if let Ok(entry) = self.slots.find_entry(self.hasher.hash_one(commitment), |other| *other == slot) {
            entry.remove();
        }
    }
}

impl fmt::Debug for SlotIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotIndex({} slots)", self.slots.len())
    }
}
