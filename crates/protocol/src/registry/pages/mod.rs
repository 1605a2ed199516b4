//! A frozen registry in pages: a wallet fetches one page of 4,096 leaves and what stands above the pages, and makes its own membership
//! path. Who serves them learns in which page the citizen stands, 1 of n/4096, and nothing more.
//!
//! Both forms are big endian, and no byte may follow:
//!
//! ```text
//! upper:  "tabella-upper-v1"  size (8)                          nodes (32 each): all of level 12, that is, the roots of the pages
//! page:   "tabella-page-v1\0"  number (4), number of leaves (4)  leaves (32 each): slots 4096 n, 4096 n + 1, ..; 0 where a citizen was removed
//! ```
//!
//! `size` is the number of slots, 1 to 2^32; there are `ceil(size / 4096)` nodes and as many pages, of which the last may be shorter. Page n
//! is a LeanIMT of its own, and its root is node n of level 12: where the tree has no sibling there is none in the page either. The nodes
//! are the leaves of another LeanIMT, whose root is the registry's. So a path is the path within the page, and then that of the page's root.
//!
//! The leaves are those of the tree. In a registry with weights they are [`weighted_leaf`](super::weighted_leaf)s, and a citizen looks for hers
//! with [`CheckedUpper::path_of_leaf`].
//!
//! ```
//! use tabella_protocol::{identity::IdentityCommitment, registry::{Registry, RegistryPage, RegistryUpper}};
//!
//! let citizens = ["11", "22", "33"].map(|text| IdentityCommitment::from_decimal(text).unwrap());
//! let mut registry = Registry::new();
//! registry.append_batch(&citizens).unwrap();
//! // The server writes ..
//! let upper = RegistryUpper::of(registry.tree()).unwrap().to_bytes();
//! let page = RegistryPage::of(registry.tree(), 0).unwrap().to_bytes();
//! // .. and the wallet reads, with root and size from the election's manifest.
//! let (root, size) = (registry.root().unwrap(), registry.size());
//! let upper = RegistryUpper::from_bytes(&upper)?.check(&root, size)?;
//! let path = upper.path_of(&RegistryPage::from_bytes(&page)?, &citizens[2])?;
//! assert_eq!(path.root(&citizens[2]), root);
//! # Ok::<(), tabella_protocol::registry::PagesError>(())
//! ```

mod error;
mod page;
#[cfg(test)]
mod tests;
mod upper;

pub use error::PagesError;
pub use page::RegistryPage;
pub use upper::{CheckedUpper, RegistryUpper};

use alloc::vec::Vec;
use tabella_primitives::{Fr, encoding::Canonical};

/// Leaves of a page; the last page of a registry may have fewer.
pub const PAGE_LEAVES: usize = 1 << PAGE_LEVELS;

/// Levels of a whole page above its leaves.
const PAGE_LEVELS: usize = 12;

/// Length of a field element in bytes.
const ELEMENT: usize = 32;

/// Pages of a registry with so many slots.
pub(super) const fn pages_of(size: u64) -> u64 {
    size.div_ceil(1 << PAGE_LEVELS)
}

/// Leaves of page `number` of a registry with so many slots; 0 beyond the last.
fn leaves_of(size: u64, number: u64) -> u64 {
    let before = number.saturating_mul(1 << PAGE_LEVELS);
    size.saturating_sub(before).min(1 << PAGE_LEVELS)
}

/// Takes the tag off.
fn after_tag<'a>(tag: &[u8; 16], what: &'static str, bytes: &'a [u8]) -> Result<&'a [u8], PagesError> {
    bytes.strip_prefix(tag.as_slice()).ok_or(PagesError::Format { expected: what })
}

/// Takes the first `N` bytes of a head off.
fn head<const N: usize>(what: &'static str, rest: &mut &[u8]) -> Result<[u8; N], PagesError> {
    let short =
        PagesError::Length { what, expected: u64::try_from(N).unwrap_or(u64::MAX), actual: length(rest) };
    crate::wire::take(rest).ok_or(short)
}

/// Decodes exactly so many field elements. Their number is compared with the length before there is room for them.
fn elements(what: &'static str, number: u64, bytes: &[u8]) -> Result<Vec<Fr>, PagesError> {
    let expected = number.saturating_mul(length(&[0; ELEMENT]));
    if length(bytes) != expected {
        return Err(PagesError::Length { what, expected, actual: length(bytes) });
    }
    (0..)
        .zip(bytes.chunks_exact(ELEMENT))
        .map(|(index, bytes)| {
            Fr::from_be_bytes(bytes).map_err(|error| PagesError::Element { what, index, error })
        })
        .collect()
}

/// Writes field elements.
fn put_elements(bytes: &mut Vec<u8>, elements: &[Fr]) {
    bytes.reserve_exact(ELEMENT * elements.len());
    elements.iter().for_each(|element| bytes.extend(Canonical::to_be_bytes(element)));
}

fn length(bytes: &[u8]) -> u64 {
    super::tree::count(bytes.len())
}
