//! The tree itself: zk-kit's LeanIMT over field elements, without any rule about who may stand in it.

use super::{
    MAX_DEPTH, MembershipPath, OnProgress,
    hashing::{append_parents, first_wrong_parent, parent_at, parents_at},
};
use alloc::{vec, vec::Vec};
use core::fmt;
use tabella_primitives::{
    Fr,
    progress::{Meter, quietly},
};

/// Greatest number of leaves: 2^[`MAX_DEPTH`].
pub const MAX_SIZE: u64 = 1 << MAX_DEPTH;

/// A lean incremental Merkle tree [zk-kit LeanIMT]: the raw structure under a [`Registry`](super::Registry).
///
/// `node(l + 1, i) = H_2(node(l, 2i), node(l, 2i + 1))`, or `node(l, 2i)` where there is no right child. The depth is
/// `ceil(log2(size))` and grows with the size; there are no zero subtrees. Memory: 32 bytes per node, at most
/// `2 size + depth` nodes.
///
/// It accepts what the JavaScript structure accepts: leaves of 0, doubles, any field element. Whoever wants a registry
/// of citizens wants [`Registry`](super::Registry), which refuses them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeanImt {
    /// `levels[0]` are the leaves, the last level is the root alone. Never empty; an empty tree is `[[]]`.
    levels: Vec<Vec<Fr>>,
}

/// Why the raw tree did not do something. The tree is unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeError {
    /// A batch without leaves.
    NoLeaves,
    /// More than [`MAX_SIZE`] leaves.
    Full {
        /// Leaves in the tree.
        size: u64,
        /// Leaves to be added.
        added: u64,
    },
    /// There is no leaf at this index.
    IndexOutOfRange {
        /// The index asked for, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// A batch names this index twice.
    RepeatedIndex {
        /// The index, from 0.
        index: u64,
    },
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLeaves => f.write_str("there are no leaves to add"),
            Self::Full { size, added } => {
                write!(f, "a tree holds at most {MAX_SIZE} leaves: it has {size}, {added} more do not fit")
            }
            Self::IndexOutOfRange { index, size } => {
                write!(f, "there is no leaf at index {index}: the tree has {size} leaves")
            }
            Self::RepeatedIndex { index } => write!(f, "index {index} is named twice in one batch"),
        }
    }
}

impl core::error::Error for TreeError {}

/// The first place at which levels of nodes are not a LeanIMT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InconsistentTree {
    /// The number of levels does not fit the number of leaves.
    Levels {
        /// Levels that so many leaves make.
        expected: usize,
        /// Levels found.
        actual: usize,
    },
    /// A level has the wrong number of nodes.
    LevelLength {
        /// The level; 0 are the leaves.
        level: usize,
        /// Nodes that the level must have.
        expected: usize,
        /// Nodes found.
        actual: usize,
    },
    /// A node does not follow from its children.
    Node {
        /// The node's level, at least 1.
        level: usize,
        /// The node's position in its level, from 0.
        index: usize,
    },
    /// More than [`MAX_SIZE`] leaves.
    TooManyLeaves {
        /// Leaves found.
        actual: usize,
    },
}

impl fmt::Display for InconsistentTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Levels { expected, actual } => {
                write!(f, "so many leaves make {expected} levels, found {actual}")
            }
            Self::LevelLength { level, expected, actual } => {
                write!(f, "level {level} must have {expected} nodes, found {actual}")
            }
            Self::Node { level, index } => {
                write!(f, "node {index} of level {level} does not follow from its children")
            }
            Self::TooManyLeaves { actual } => {
                write!(f, "a tree holds at most {MAX_SIZE} leaves, found {actual}")
            }
        }
    }
}

impl core::error::Error for InconsistentTree {}

impl Default for LeanImt {
    fn default() -> Self {
        Self::new()
    }
}

impl LeanImt {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self { levels: vec![Vec::new()] }
    }

    /// A tree from all its nodes, leaves first, every node checked against its children.
    ///
    /// # Errors
    /// [`InconsistentTree`] names the first wrong level or node.
    pub fn from_levels(levels: Vec<Vec<Fr>>) -> Result<Self, InconsistentTree> {
        let tree = Self::from_levels_unchecked(levels)?;
        tree.check(&mut quietly)?;
        Ok(tree)
    }

    /// A tree from all its nodes, leaves first; only the *number* of nodes is checked.
    ///
    /// For a caller who knows by other means that the nodes are those of a tree, and for whom `size` hashes are too slow.
    ///
    /// # Errors
    /// [`InconsistentTree`], except [`InconsistentTree::Node`].
    pub fn from_levels_unchecked(levels: Vec<Vec<Fr>>) -> Result<Self, InconsistentTree> {
        let size = levels.first().map_or(0, Vec::len);
        if count(size) > MAX_SIZE {
            return Err(InconsistentTree::TooManyLeaves { actual: size });
        }
        let expected = depth_of(size) + 1;
        if levels.len() != expected {
            return Err(InconsistentTree::Levels { expected, actual: levels.len() });
        }
        for (level, nodes) in levels.iter().enumerate() {
            let expected = level_length(size, level);
            if nodes.len() != expected {
                return Err(InconsistentTree::LevelLength { level, expected, actual: nodes.len() });
            }
        }
        Ok(Self { levels })
    }

    /// Computes every node again.
    ///
    /// # Errors
    /// [`InconsistentTree::Node`] names the lowest wrong node. Only a tree of
    /// [`from_levels_unchecked`](Self::from_levels_unchecked) can have one.
    pub fn check(&self, on_progress: OnProgress<'_>) -> Result<(), InconsistentTree> {
        let inner = self.levels.iter().skip(1).map(Vec::len).sum();
        let mut meter = Meter::new(inner, on_progress);
        for (level, (children, parents)) in self.levels.iter().zip(self.levels.iter().skip(1)).enumerate() {
            if let Some(index) = first_wrong_parent(children, parents, &mut meter) {
                return Err(InconsistentTree::Node { level: level + 1, index });
            }
        }
        Ok(())
    }

    /// Adds one leaf on the right: at most `depth` hashes.
    ///
    /// # Errors
    /// [`TreeError::Full`].
    pub fn insert(&mut self, leaf: Fr) -> Result<(), TreeError> {
        self.check_room(1)?;
        self.extend(core::iter::once(leaf), &mut quietly);
        Ok(())
    }

    /// Adds leaves on the right, level by level on all cores (feature `parallel`): about one hash per leaf.
    ///
    /// # Errors
    /// [`TreeError::NoLeaves`] (as in JavaScript) or [`TreeError::Full`].
    pub fn insert_many(&mut self, leaves: &[Fr]) -> Result<(), TreeError> {
        if leaves.is_empty() {
            return Err(TreeError::NoLeaves);
        }
        self.check_room(leaves.len())?;
        self.extend(leaves.iter().copied(), &mut quietly);
        Ok(())
    }

    pub(super) fn check_room(&self, added: usize) -> Result<(), TreeError> {
        let (size, added) = (self.size(), count(added));
        if MAX_SIZE - size < added {
            return Err(TreeError::Full { size, added });
        }
        Ok(())
    }

    /// Adds leaves for which there is room.
    pub(super) fn extend(&mut self, leaves: impl ExactSizeIterator<Item = Fr>, on_progress: OnProgress<'_>) {
        let (leaf_level, _) = self.split_mut();
        let old_size = leaf_level.len();
        leaf_level.reserve(leaves.len());
        leaf_level.extend(leaves);
        let (size, depth) = (leaf_level.len(), depth_of(leaf_level.len()));
        self.levels.resize(depth + 1, Vec::new());
        // The first node to be hashed again at level l is that above the first new leaf: old_size >> l.
        let work = (1..=depth).map(|level| level_length(size, level) - (old_size >> level)).sum();
        let mut meter = Meter::new(work, on_progress);
        let mut first_new = old_size;
        let (mut children, inner) = self.split_mut();
        for parents in inner {
            first_new >>= 1;
            parents.truncate(first_new);
            let dirty = children.get(2 * first_new..).expect("no new node lies beyond its children");
            append_parents(dirty, parents, &mut meter);
            children = parents;
        }
    }

    /// Puts another leaf in a place: at most `depth` hashes.
    ///
    /// # Errors
    /// [`TreeError::IndexOutOfRange`].
    pub fn update(&mut self, index: u64, leaf: Fr) -> Result<(), TreeError> {
        let mut position = self.position(index)?;
        let mut node = leaf;
        for nodes in &mut self.levels {
            *node_mut(nodes, position) = node;
            position >>= 1;
            node = parent_at(position, nodes);
        }
        Ok(())
    }

    /// Puts other leaves in their places; each node above them is hashed once, on all cores.
    ///
    /// # Errors
    /// [`TreeError::IndexOutOfRange`] or [`TreeError::RepeatedIndex`]; the tree is then unchanged.
    pub fn update_many(&mut self, updates: &[(u64, Fr)]) -> Result<(), TreeError> {
        let mut positions =
            updates.iter().map(|(index, _)| self.position(*index)).collect::<Result<Vec<_>, _>>()?;
        positions.sort_unstable();
        let twice = positions.iter().zip(positions.iter().skip(1)).find(|(a, b)| a == b);
        if let Some((position, _)) = twice {
            return Err(TreeError::RepeatedIndex { index: count(*position) });
        }
        for (index, leaf) in updates {
            let position = self.position(*index)?;
            *node_mut(self.split_mut().0, position) = *leaf;
        }
        let (mut children, inner) = self.split_mut();
        for parents in inner {
            positions.iter_mut().for_each(|position| *position >>= 1);
            positions.dedup();
            for (position, node) in positions.iter().zip(parents_at(&positions, children)) {
                *node_mut(parents, *position) = node;
            }
            children = parents;
        }
        Ok(())
    }

    /// The path from a leaf to the root, in O(depth).
    ///
    /// # Errors
    /// [`TreeError::IndexOutOfRange`].
    pub fn path(&self, index: u64) -> Result<MembershipPath, TreeError> {
        let mut position = self.position(index)?;
        let (mut bits, mut siblings) = (0u64, Vec::with_capacity(self.depth()));
        for nodes in self.levels.iter().take(self.depth()) {
            // A node without sibling is its own parent: the level does not count.
            if let Some(sibling) = nodes.get(position ^ 1) {
                bits |= u64::from(position & 1 == 1) << siblings.len();
                siblings.push(*sibling);
            }
            position >>= 1;
        }
        Ok(MembershipPath::from_levels(bits, siblings))
    }

    /// The root; 0 for an empty tree, as in JavaScript, and also where the only leaf is 0.
    #[must_use]
    pub fn root(&self) -> Fr {
        self.levels.last().and_then(|nodes| nodes.first()).copied().unwrap_or_default()
    }

    /// Levels above the leaves: `ceil(log2(size))`, 0 to [`MAX_DEPTH`].
    #[must_use]
    pub fn depth(&self) -> usize {
        self.levels.len() - 1
    }

    /// Number of leaves, 0 to [`MAX_SIZE`].
    #[must_use]
    pub fn size(&self) -> u64 {
        count(self.leaves().len())
    }

    /// All leaves, by index.
    #[must_use]
    pub fn leaves(&self) -> &[Fr] {
        self.level(0).unwrap_or_default()
    }

    /// The leaf at an index, from 0.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<&Fr> {
        self.leaves().get(usize::try_from(index).ok()?)
    }

    /// All nodes of one level, from 0 (leaves) to [`depth`](Self::depth) (root).
    #[must_use]
    pub fn level(&self, level: usize) -> Option<&[Fr]> {
        self.levels.get(level).map(Vec::as_slice)
    }

    /// The leaves and the levels above them.
    fn split_mut(&mut self) -> (&mut Vec<Fr>, &mut [Vec<Fr>]) {
        self.levels.split_first_mut().expect("there is always a level of leaves")
    }

    fn position(&self, index: u64) -> Result<usize, TreeError> {
        usize::try_from(index)
            .ok()
            .filter(|position| *position < self.leaves().len())
            .ok_or(TreeError::IndexOutOfRange { index, size: self.size() })
    }
}

fn node_mut(nodes: &mut [Fr], position: usize) -> &mut Fr {
    nodes.get_mut(position).expect("a leaf in range and its ancestors exist")
}

/// A length in memory as a number of things.
pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).expect("a length in memory fits 64 bits")
}

/// `ceil(log2(size))`, 0 for an empty tree.
#[must_use]
pub(super) fn depth_of(size: usize) -> usize {
    let bits = size.saturating_sub(1).checked_ilog2().map_or(0, |log| log + 1);
    usize::try_from(bits).expect("at most 64")
}

/// Nodes of one level above so many leaves: `ceil(size / 2^level)`.
#[must_use]
pub(super) fn level_length(size: usize, level: usize) -> usize {
    (size >> level) + usize::from(size & ((1 << level) - 1) != 0)
}
