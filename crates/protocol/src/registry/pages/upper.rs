//! What stands above the pages, and the membership paths it gives together with a page.

use super::{
    ELEMENT, PAGE_LEVELS, PagesError, RegistryPage, after_tag, elements, head, leaves_of, pages_of,
    put_elements,
};
use crate::{
    identity::IdentityCommitment,
    registry::{LeanImt, MAX_SIZE, MembershipPath, RegistryRoot, tree::count},
};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::Fr;

const TAG: &[u8; 16] = b"tabella-upper-v1";
const WHAT: &str = "the upper part";

/// What stands above the pages of a registry: its size, and the roots of the pages. Public. Unchecked until [`Self::check`].
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryUpper {
    size: u64,
    nodes: Vec<Fr>,
}

/// What stands above the pages of the registry that an election froze: root and size were compared. Public.
#[derive(Clone)]
pub struct CheckedUpper {
    size: u64,
    /// Its leaves are the roots of the pages.
    tree: LeanImt,
}

impl RegistryUpper {
    /// What stands above the pages of a tree; none if it has no leaves.
    #[must_use]
    pub fn of(tree: &LeanImt) -> Option<Self> {
        // Up to 4,096 leaves make one page, whose root is the tree's.
        let nodes = tree.level(PAGE_LEVELS).or_else(|| tree.level(tree.depth()))?;
        (!nodes.is_empty()).then(|| Self { size: tree.size(), nodes: nodes.to_vec() })
    }

    /// Number of slots, 1 to 2^32.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Number of pages, 1 to 2^20.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        pages_of(self.size)
    }

    /// Encodes it (see the [module](super) for the format).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TAG.len() + 8 + ELEMENT * self.nodes.len());
        bytes.extend(TAG);
        bytes.extend(self.size.to_be_bytes());
        put_elements(&mut bytes, &self.nodes);
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`PagesError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PagesError> {
        let mut rest = after_tag(TAG, WHAT, bytes)?;
        let size = u64::from_be_bytes(head(WHAT, &mut rest)?);
        if size == 0 || size > MAX_SIZE {
            return Err(PagesError::Size { size });
        }
        Ok(Self { size, nodes: elements(WHAT, pages_of(size), rest)? })
    }

    /// Compares size and root with those that the election froze: one hash per page.
    ///
    /// # Errors
    /// [`PagesError::OtherSize`], [`PagesError::OtherRoot`].
    pub fn check(self, root: &RegistryRoot, size: u64) -> Result<CheckedUpper, PagesError> {
        if self.size != size {
            return Err(PagesError::OtherSize { expected: size, actual: self.size });
        }
        let tree = tree_of(&self.nodes);
        let actual = RegistryRoot::from_field(tree.root());
        if actual != *root {
            return Err(PagesError::OtherRoot { expected: *root, actual });
        }
        Ok(CheckedUpper { size, tree })
    }
}

impl CheckedUpper {
    /// Number of slots, 1 to 2^32.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Number of pages, 1 to 2^20.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        pages_of(self.size)
    }

    /// The membership path of a citizen of a registry without weights, from the page in which she stands: one hash per leaf of the page.
    /// The path leads to the election's root.
    ///
    /// # Errors
    /// [`PagesError`]: the page is not the one that the election froze, or the citizen is not in it.
    pub fn path_of(
        &self,
        page: &RegistryPage,
        commitment: &IdentityCommitment,
    ) -> Result<MembershipPath, PagesError> {
        self.path_of_leaf(page, commitment.as_field())
    }

    /// As [`Self::path_of`], from the leaf itself: that of a citizen with a weight is [`weighted_leaf`](crate::registry::weighted_leaf).
    ///
    /// # Errors
    /// As [`Self::path_of`].
    pub fn path_of_leaf(&self, page: &RegistryPage, leaf: &Fr) -> Result<MembershipPath, PagesError> {
        let number = page.number();
        let no_such_page = PagesError::NoSuchPage { page: number, pages: self.pages() };
        let node = self.tree.leaf(number).ok_or_else(|| no_such_page.clone())?;
        let (expected, actual) = (leaves_of(self.size, number), count(page.leaves().len()));
        if expected != actual {
            return Err(PagesError::PageLength { page: number, expected, actual });
        }
        // Before anything that depends on who the citizen is: whoever serves pages shall learn nothing from what is refused.
        let tree = tree_of(page.leaves());
        if tree.root() != *node {
            return Err(PagesError::OtherPage { page: number });
        }
        let not_in_page = PagesError::NotInPage { page: number };
        // 0 stands where citizens were removed, and for nobody.
        let position =
            page.leaves().iter().position(|other| other == leaf).filter(|_| *leaf != Fr::default());
        let position = position.ok_or_else(|| not_in_page.clone())?;
        let within = tree.path(count(position)).map_err(|_| not_in_page)?;
        let above = self.tree.path(number).map_err(|_| no_such_page)?;
        let index = within.index() | above.index() << within.depth();
        Ok(MembershipPath::from_levels(index, [within.siblings(), above.siblings()].concat()))
    }
}

/// The tree of leaves of which there is at least one, and no more than a registry has.
fn tree_of(leaves: &[Fr]) -> LeanImt {
    let mut tree = LeanImt::new();
    tree.insert_many(leaves).expect("1 to 2^20 leaves");
    tree
}

impl fmt::Debug for RegistryUpper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryUpper({} slots, {} pages)", self.size, self.nodes.len())
    }
}

impl fmt::Debug for CheckedUpper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckedUpper({} slots, {} pages)", self.size, self.pages())
    }
}
