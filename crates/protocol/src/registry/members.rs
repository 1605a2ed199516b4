//! The registry with its rules: who may stand in the tree, and once only.

use super::{
    Change, HistoryError, LeanImt, MAX_SIZE, MembershipPath, OnProgress, RegistryRoot, RootHistory,
    errors::{AppendError, LookupError, RemoveError, RestoreError, UpdateError},
    index::SlotIndex,
    quietly,
    tree::count,
};
use crate::identity::IdentityCommitment;
use tabella_primitives::Fr;

/// The registry of citizens: a [`LeanImt`] of identity commitments, each at most once, with the history of its roots.
///
/// A citizen's *slot* is the position of the commitment in the tree, from 0. A removed citizen leaves a 0 in the slot,
/// which nobody gets again. A removed commitment may be appended once more and then stands in a new slot; as its
/// nullifiers are the same as before, that is no second vote in any election.
///
/// Memory: about 75 bytes per citizen. Every change that fails leaves the registry as it was.
///
/// ```
/// use tabella_protocol::{identity::IdentityCommitment, registry::Registry};
///
/// let citizens = ["11", "22", "33"].map(|text| IdentityCommitment::from_decimal(text).unwrap());
/// let mut registry = Registry::new();
/// registry.append_batch(&citizens).unwrap();
/// let path = registry.path_of(&citizens[1]).unwrap();
/// assert_eq!(Some(path.root(&citizens[1])), registry.root());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    tree: LeanImt,
    index: SlotIndex,
    history: RootHistory,
}

impl PartialEq for Registry {
    fn eq(&self, other: &Self) -> bool {
        // The index follows from the tree.
        self.tree == other.tree && self.history == other.history
    }
}

impl Eq for Registry {}

impl Registry {
    /// A registry without citizens.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A registry from a tree (0 = removed) and its history, oldest first.
    ///
    /// # Errors
    /// [`RestoreError`] if a commitment stands in two slots or the last state of the history is not the tree's.
    pub fn from_parts(tree: LeanImt, history: RootHistory) -> Result<Self, RestoreError> {
        let mut registry = Self { tree, index: SlotIndex::default(), history };
        let (size, root) = registry.history.latest().map_or((0, None), |state| (state.size, state.root));
        if size != registry.tree.size() {
            return Err(RestoreError::Size { expected: size, actual: registry.tree.size() });
        }
        if root != registry.root() {
            return Err(RestoreError::Root { sequence: registry.history.sequence() });
        }
        registry.index_leaves()?;
        Ok(registry)
    }

    /// A registry from a tree that came from elsewhere in its state `sequence`.
    pub(super) fn imported(tree: LeanImt, sequence: u64) -> Result<Self, RestoreError> {
        let history = if tree.size() == 0 && sequence == 0 {
            RootHistory::default()
        } else {
            let root = root_of(&tree);
            RootHistory::imported(sequence, root, tree.size())
                .map_err(|error: HistoryError| RestoreError::History(error))?
        };
        Self::from_parts(tree, history)
    }

    fn index_leaves(&mut self) -> Result<(), RestoreError> {
        let leaves = self.tree.leaves();
        let leaf = |slot: u32| at(leaves, slot);
        self.index.reserve(leaves.iter().filter(|leaf| !is_zero(leaf)).count(), leaf);
        for (slot, _) in leaves.iter().enumerate().filter(|(_, leaf)| !is_zero(leaf)) {
            let slot = u32::try_from(slot).expect("a tree has at most 2^32 leaves");
            self.index.insert(slot, leaf).map_err(|earlier| RestoreError::Duplicate {
                index: u64::from(slot),
                earlier: u64::from(earlier),
            })?;
        }
        Ok(())
    }

    /// Appends one citizen and answers the slot.
    ///
    /// # Errors
    /// [`AppendError`]; the position it names is 0.
    pub fn append(&mut self, commitment: IdentityCommitment) -> Result<u64, AppendError> {
        let slot = self.size();
        self.append_batch(&[commitment])?;
        Ok(slot)
    }

    /// Appends citizens, all or none, on all cores (feature `parallel`).
    ///
    /// # Errors
    /// [`AppendError`] names the first position of the batch that is refused.
    pub fn append_batch(&mut self, commitments: &[IdentityCommitment]) -> Result<(), AppendError> {
        self.append_batch_with_progress(commitments, &mut quietly)
    }

    /// [`append_batch`](Self::append_batch) with a progress bar.
    ///
    /// # Errors
    /// As [`append_batch`](Self::append_batch).
    pub fn append_batch_with_progress(
        &mut self,
        commitments: &[IdentityCommitment],
        on_progress: OnProgress<'_>,
    ) -> Result<(), AppendError> {
        let size = self.size();
        let added = count(commitments.len());
        if added == 0 {
            return Err(AppendError::NoCommitments);
        }
        if added > MAX_SIZE - size {
            return Err(AppendError::Full { size, added });
        }
        if let Err((accepted, error)) = index_batch(&mut self.index, self.tree.leaves(), commitments) {
            for (slot, commitment) in (size..).zip(commitments.iter().take(accepted)) {
                self.index.remove(slot_number(slot), commitment.as_field());
            }
            return Err(error);
        }
        self.tree.extend(commitments.iter().map(|commitment| *commitment.as_field()), on_progress);
        self.record(Change::Appended { count: added });
        Ok(())
    }

    /// Gives the citizen in a slot another commitment.
    ///
    /// # Errors
    /// [`UpdateError`]: no such slot, removed, commitment 0, or a commitment that is registered already.
    pub fn update(&mut self, index: u64, commitment: IdentityCommitment) -> Result<(), UpdateError> {
        let old = *self.tree.leaf(index).ok_or(UpdateError::OutOfRange { index, size: self.size() })?;
        if is_zero(&old) {
            return Err(UpdateError::Removed { index });
        }
        if is_zero(commitment.as_field()) {
            return Err(UpdateError::Zero);
        }
        if let Some(standing) = self.index_of(&commitment) {
            return Err(UpdateError::Duplicate { index: standing });
        }
        self.replace(index, &old, *commitment.as_field());
        let leaves = self.tree.leaves();
        self.index.insert_new(slot_number(index), |slot| at(leaves, slot));
        self.record(Change::Updated { index });
        Ok(())
    }

    /// Removes the citizen in a slot: the leaf becomes 0, the slot is never used again.
    ///
    /// # Errors
    /// [`RemoveError`]: no such slot, or removed before.
    pub fn remove(&mut self, index: u64) -> Result<(), RemoveError> {
        let old = *self.tree.leaf(index).ok_or(RemoveError::OutOfRange { index, size: self.size() })?;
        if is_zero(&old) {
            return Err(RemoveError::AlreadyRemoved { index });
        }
        self.replace(index, &old, Fr::default());
        self.record(Change::Removed { index });
        Ok(())
    }

    /// Takes the old leaf out of the index and puts the new one into the tree.
    fn replace(&mut self, index: u64, old: &Fr, new: Fr) {
        self.index.remove(slot_number(index), old);
        self.tree.update(index, new).expect("the caller has read the leaf in this slot");
    }

    fn record(&mut self, change: Change) {
        self.history.push(self.root(), self.size(), change);
    }

    /// The membership path of the citizen in a slot, in O(depth).
    ///
    /// # Errors
    /// [`LookupError::OutOfRange`] or [`LookupError::Removed`].
    pub fn path(&self, index: u64) -> Result<MembershipPath, LookupError> {
        let out_of_range = LookupError::OutOfRange { index, size: self.size() };
        match self.tree.leaf(index) {
            None => Err(out_of_range),
            Some(leaf) if is_zero(leaf) => Err(LookupError::Removed { index }),
            Some(_) => self.tree.path(index).map_err(|_| out_of_range),
        }
    }

    /// The membership path of a commitment, in O(depth).
    ///
    /// # Errors
    /// [`LookupError::NotRegistered`].
    pub fn path_of(&self, commitment: &IdentityCommitment) -> Result<MembershipPath, LookupError> {
        self.path(self.index_of(commitment).ok_or(LookupError::NotRegistered)?)
    }

    /// The slot of a commitment, in O(1).
    #[must_use]
    pub fn index_of(&self, commitment: &IdentityCommitment) -> Option<u64> {
        let leaves = self.tree.leaves();
        self.index.find(commitment.as_field(), |slot| at(leaves, slot)).map(u64::from)
    }

    /// Whether a commitment is registered, in O(1).
    #[must_use]
    pub fn contains(&self, commitment: &IdentityCommitment) -> bool {
        self.index_of(commitment).is_some()
    }

    /// The commitment in a slot; `None` where there is no such slot or its citizen was removed.
    #[must_use]
    pub fn commitment(&self, index: u64) -> Option<IdentityCommitment> {
        self.tree.leaf(index).filter(|leaf| !is_zero(leaf)).copied().map(IdentityCommitment::from_field)
    }

    /// All citizens with their slots, in the order of the slots.
    pub fn citizens(&self) -> impl Iterator<Item = (u64, IdentityCommitment)> {
        (0..)
            .zip(self.tree.leaves())
            .filter(|(_, leaf)| !is_zero(leaf))
            .map(|(slot, leaf)| (slot, IdentityCommitment::from_field(*leaf)))
    }

    /// The present root; `None` while there is nobody under it: an empty registry, or one whose only slot was emptied.
    ///
    /// A registry of several slots, all emptied, has a root other than 0: ask [`citizen_count`](Self::citizen_count).
    #[must_use]
    pub fn root(&self) -> Option<RegistryRoot> {
        root_of(&self.tree)
    }

    /// Depth of the tree: `ceil(log2(size))`.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.tree.depth()
    }

    /// Number of slots, removed ones included.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Number of citizens: slots that were not removed.
    #[must_use]
    pub fn citizen_count(&self) -> u64 {
        count(self.index.len())
    }

    /// Every state the registry has been in.
    #[must_use]
    pub const fn history(&self) -> &RootHistory {
        &self.history
    }

    /// The tree.
    #[must_use]
    pub const fn tree(&self) -> &LeanImt {
        &self.tree
    }
}

/// Puts a batch behind the leaves into the index; on refusal answers how many of the batch are in it by then.
fn index_batch(
    index: &mut SlotIndex,
    leaves: &[Fr],
    commitments: &[IdentityCommitment],
) -> Result<(), (usize, AppendError)> {
    let size = leaves.len();
    let leaf = |slot: u32| {
        let slot = usize::try_from(slot).expect("a slot of a tree in memory");
        match slot.checked_sub(size) {
            None => leaves.get(slot),
            Some(position) => commitments.get(position).map(IdentityCommitment::as_field),
        }
        .expect("the index holds slots of the tree and of the batch only")
    };
    index.reserve(commitments.len(), leaf);
    for (position, commitment) in commitments.iter().enumerate() {
        let place = count(position);
        if is_zero(commitment.as_field()) {
            return Err((position, AppendError::Zero { position: place }));
        }
        let slot = u32::try_from(size + position).expect("checked by the caller: at most 2^32 slots");
        index.insert(slot, leaf).map_err(|earlier| {
            let earlier = u64::from(earlier);
            let error = match earlier.checked_sub(count(size)) {
                None => AppendError::Registered { position: place, index: earlier },
                Some(earlier) => AppendError::Repeated { position: place, earlier },
            };
            (position, error)
        })?;
    }
    Ok(())
}

fn root_of(tree: &LeanImt) -> Option<RegistryRoot> {
    Some(RegistryRoot::from_field(tree.root())).filter(|root| !root.is_zero())
}

fn is_zero(leaf: &Fr) -> bool {
    *leaf == Fr::default()
}

fn at(leaves: &[Fr], slot: u32) -> &Fr {
    usize::try_from(slot)
        .ok()
        .and_then(|slot| leaves.get(slot))
        .expect("the index holds slots of the tree only")
}

fn slot_number(index: u64) -> u32 {
    u32::try_from(index).expect("a tree has at most 2^32 leaves")
}
