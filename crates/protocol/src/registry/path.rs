//! The siblings and the position that lead from one commitment to a root.

use super::RegistryRoot;
use crate::identity::IdentityCommitment;
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::{Fr, poseidon};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Greatest depth of a registry: 2^32 citizens.
pub const MAX_DEPTH: usize = 32;

/// A membership path of a LeanIMT, as Semaphore v4 has it.
///
/// Only levels at which the node has a sibling count: `siblings` are listed from the leaf upwards, and bit `i` of
/// `index` says whether our node is the right child (1) beside `siblings[i]`. In a tree that is not full, `index` is
/// therefore not always the leaf's position.
///
/// Secret towards everyone but its owner: a path names its citizen. Erased when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct MembershipPath {
    index: u64,
    siblings: Vec<Fr>,
}

/// Why parts are not a membership path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// More siblings than [`MAX_DEPTH`].
    TooDeep {
        /// Number of siblings given.
        depth: usize,
    },
    /// The index has bits beyond the last sibling.
    IndexOutOfRange {
        /// The index given.
        index: u64,
        /// Number of siblings given.
        depth: usize,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep { depth } => {
                write!(f, "a membership path has at most {MAX_DEPTH} siblings, found {depth}")
            }
            Self::IndexOutOfRange { index, depth } => {
                write!(f, "index {index} does not fit a membership path with {depth} siblings")
            }
        }
    }
}

impl core::error::Error for PathError {}

impl MembershipPath {
    /// A path from its parts. Siblings that make no path are erased.
    ///
    /// # Errors
    /// [`PathError::TooDeep`] or [`PathError::IndexOutOfRange`].
    pub fn from_parts(index: u64, siblings: Vec<Fr>) -> Result<Self, PathError> {
        let path = Self { index, siblings };
        let depth = path.depth();
        if depth > MAX_DEPTH {
            return Err(PathError::TooDeep { depth });
        }
        if index >> depth != 0 {
            return Err(PathError::IndexOutOfRange { index, depth });
        }
        Ok(path)
    }

    /// A path that a tree of at most [`MAX_DEPTH`] levels made.
    pub(super) fn from_levels(index: u64, siblings: Vec<Fr>) -> Self {
        Self::from_parts(index, siblings).expect("a tree has at most MAX_DEPTH levels above its leaves")
    }

    /// The bits that say left (0) or right (1), bit 0 beside the leaf.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The siblings, from the leaf upwards.
    #[must_use]
    pub fn siblings(&self) -> &[Fr] {
        &self.siblings
    }

    /// Number of siblings, 0 to [`MAX_DEPTH`].
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.siblings.len()
    }

    /// The root to which this path leads from a commitment: `H_2(left, right)` level by level.
    #[must_use]
    pub fn root(&self, commitment: &IdentityCommitment) -> RegistryRoot {
        let root = self.siblings.iter().enumerate().fold(*commitment.as_field(), |node, (level, sibling)| {
            if (self.index >> level) & 1 == 1 {
                poseidon::hash(&[*sibling, node])
            } else {
                poseidon::hash(&[node, *sibling])
            }
        });
        RegistryRoot::from_field(root)
    }
}

impl fmt::Debug for MembershipPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MembershipPath(depth {})", self.siblings.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_path_is_erased() {
        const fn is_erased_on_drop<T: ZeroizeOnDrop>(_: &T) {}
        let mut path = MembershipPath::from_parts(1, vec![Fr::from(5u64)]).unwrap();
        is_erased_on_drop(&path);
        path.zeroize();
        assert_eq!((path.index(), path.siblings()), (0, &[][..]));
    }
}
