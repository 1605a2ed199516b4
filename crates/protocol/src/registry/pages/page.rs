//! One page: up to 4,096 leaves.

use super::{ELEMENT, PAGE_LEAVES, PagesError, after_tag, elements, head, put_elements};
use crate::registry::{LeanImt, tree::count};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::Fr;

const TAG: &[u8; 16] = b"tabella-page-v1\0";
const WHAT: &str = "a page";

/// One page of a registry, as a wallet fetches it. Unchecked until [`CheckedUpper`](super::CheckedUpper) has compared it with its node.
///
/// Public; but whoever learns which page somebody looked at knows in which 4,096 slots to look for them.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryPage {
    pub(super) number: u64,
    pub(super) leaves: Vec<Fr>,
}

impl RegistryPage {
    /// The page of that number, from 0; none beyond the last.
    #[must_use]
    pub fn of(tree: &LeanImt, number: u64) -> Option<Self> {
        let leaves = tree.leaves().chunks(PAGE_LEAVES).nth(usize::try_from(number).ok()?)?;
        Some(Self { number, leaves: leaves.to_vec() })
    }

    /// The number of the page in which a slot is.
    #[must_use]
    pub fn number_of_slot(slot: u64) -> u64 {
        slot / count(PAGE_LEAVES)
    }

    /// The number of the page, from 0.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The leaves, 1 to [`PAGE_LEAVES`]; 0 where a citizen was removed.
    #[must_use]
    pub fn leaves(&self) -> &[Fr] {
        &self.leaves
    }

    /// Encodes the page (see the [module](super) for the format).
    ///
    /// # Panics
    /// Never: a registry has at most 2^20 pages.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TAG.len() + 8 + ELEMENT * self.leaves.len());
        bytes.extend(TAG);
        bytes.extend(u32::try_from(self.number).expect("at most 2^20 pages").to_be_bytes());
        bytes.extend(u32::try_from(self.leaves.len()).expect("at most 4096 leaves").to_be_bytes());
        put_elements(&mut bytes, &self.leaves);
        bytes
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`PagesError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PagesError> {
        let mut rest = after_tag(TAG, WHAT, bytes)?;
        let number = u64::from(u32::from_be_bytes(head(WHAT, &mut rest)?));
        let leaves = u64::from(u32::from_be_bytes(head(WHAT, &mut rest)?));
        if leaves == 0 || leaves > count(PAGE_LEAVES) {
            return Err(PagesError::Leaves { leaves });
        }
        Ok(Self { number, leaves: elements(WHAT, leaves, rest)? })
    }
}

impl fmt::Debug for RegistryPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegistryPage(number {}, {} leaves)", self.number, self.leaves.len())
    }
}
