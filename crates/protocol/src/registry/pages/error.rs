//! Why pages give no membership path.

use crate::registry::{MAX_SIZE, RegistryRoot};
use core::fmt;
use tabella_primitives::encoding::EncodingError;

/// Why pages of a registry were refused, or gave no membership path. Nothing in it is secret but, to the server, the number of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagesError {
    /// The bytes begin with another tag: something else, or another version.
    Format {
        /// What was expected.
        expected: &'static str,
    },
    /// What follows the tag, or the head, has the wrong length.
    Length {
        /// What has it.
        what: &'static str,
        /// Bytes that must be there.
        expected: u64,
        /// Bytes that are there.
        actual: u64,
    },
    /// A field element is not in its canonical form.
    Element {
        /// In what.
        what: &'static str,
        /// Its index there, from 0.
        index: u64,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// No registry has so many slots.
    Size {
        /// The number of slots named.
        size: u64,
    },
    /// A page names more leaves than a page has, or none.
    Leaves {
        /// The number named.
        leaves: u64,
    },
    /// The registry has another number of slots than the election froze.
    OtherSize {
        /// The election's.
        expected: u64,
        /// That of what was fetched.
        actual: u64,
    },
    /// The nodes do not lead to the root that the election froze.
    OtherRoot {
        /// The election's.
        expected: RegistryRoot,
        /// That of what was fetched.
        actual: RegistryRoot,
    },
    /// The registry has no such page.
    NoSuchPage {
        /// The number of the page, from 0.
        page: u64,
        /// Number of pages.
        pages: u64,
    },
    /// The page has not as many leaves as it must in a registry of this size.
    PageLength {
        /// The number of the page, from 0.
        page: u64,
        /// Leaves it must have.
        expected: u64,
        /// Leaves it has.
        actual: u64,
    },
    /// The leaves of the page do not make its node.
    OtherPage {
        /// The number of the page, from 0.
        page: u64,
    },
    /// The citizen is not in this page.
    NotInPage {
        /// The number of the page, from 0.
        page: u64,
    },
}

impl fmt::Display for PagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { expected } => write!(f, "this is not {expected} of a registry"),
            Self::Length { what, expected, actual } => {
                write!(f, "{what} of a registry: expected {expected} bytes here, found {actual}")
            }
            Self::Element { what, index, error } => {
                write!(f, "{what} of a registry, element {index}: {error}")
            }
            Self::Size { size } => write!(f, "a registry has 1 to {MAX_SIZE} slots, not {size}"),
            Self::Leaves { leaves } => {
                write!(f, "a page of a registry has 1 to {} leaves, not {leaves}", super::PAGE_LEAVES)
            }
            Self::OtherSize { expected, actual } => {
                write!(f, "the registry has {actual} slots, the election froze {expected}")
            }
            Self::OtherRoot { expected, actual } => {
                write!(f, "the registry has root {actual}, the election froze {expected}")
            }
            Self::NoSuchPage { page, pages } => {
                write!(f, "there is no page {page}: the registry has {pages} pages")
            }
            Self::PageLength { page, expected, actual } => {
                write!(f, "page {page} of the registry must have {expected} leaves, found {actual}")
            }
            Self::OtherPage { page } => {
                write!(f, "page {page} of the registry is not the one that the election froze")
            }
            Self::NotInPage { page } => {
                write!(f, "this identity is not in page {page} of the registry")
            }
        }
    }
}

impl core::error::Error for PagesError {}
