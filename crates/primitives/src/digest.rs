//! Tagged Keccak-256 digests, for everything that is hashed outside circuits.
//!
//! Keccak-256 because a contract recomputes it for 30 gas and six more per word. The encoding is injective: the tag
//! and each part go in behind their length, so no two different sequences of parts meet in one input.

use crate::{Fr, encoding::Canonical};
use core::fmt;
use sha3::{Digest as _, Keccak256};

/// A 32-byte digest. Shown and parsed as 64 lower-case hexadecimal digits without prefix.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Wraps 32 bytes that are a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses exactly 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`EncodingError::Length`](crate::encoding::EncodingError::Length) or
    /// [`EncodingError::InvalidDigit`](crate::encoding::EncodingError::InvalidDigit).
    pub fn from_hex(text: &str) -> Result<Self, crate::encoding::EncodingError> {
        crate::encoding::decode_hex(text).map(Self)
    }

    /// The first 31 bytes as an integer, big endian: a field element without a reduction.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "248 bits are below r")]
    pub fn to_field(&self) -> Fr {
        let mut bytes = self.0;
        bytes.rotate_right(1);
        bytes[0] = 0;
        Fr::from_be_bytes(&bytes).expect("248 bits are below r")
    }
}

/// A tag of [`crate::domain`] as a field element, for hashes in circuits: `keccak256(len(tag) || tag) >> 8`.
#[must_use]
pub fn tag_element(tag: &'static str) -> Fr {
    TaggedHasher::new(tag).finish().to_field()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Builds a [`Digest`]: `keccak256(len(tag) || tag || len(part_1) || part_1 || ..)`, lengths as 8 bytes big endian.
///
/// ```
/// use tabella_primitives::{digest::TaggedHasher, domain};
/// let a = TaggedHasher::new(domain::BALLOT).bytes(b"ab").bytes(b"c").finish();
/// let b = TaggedHasher::new(domain::BALLOT).bytes(b"a").bytes(b"bc").finish();
/// assert_ne!(a, b);
/// ```
#[derive(Clone)]
pub struct TaggedHasher(Keccak256);

impl fmt::Debug for TaggedHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaggedHasher(..)")
    }
}

impl TaggedHasher {
    /// Starts with a tag of [`crate::domain`].
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self(Keccak256::new()).bytes(tag.as_bytes())
    }

    /// Absorbs a byte string behind its length.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "a length in memory fits 64 bits")]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        let len = u64::try_from(bytes.len()).expect("a length in memory fits 64 bits");
        self.0.update(len.to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// Absorbs an integer as 8 bytes big endian.
    #[must_use]
    pub fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Absorbs a field element as its canonical 32 bytes.
    #[must_use]
    pub fn fr(self, value: &Fr) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Absorbs another digest.
    #[must_use]
    pub fn digest(self, value: &Digest) -> Self {
        self.bytes(value.as_bytes())
    }

    /// The digest of all that was absorbed.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// Plain Keccak-256 as Ethereum uses it, for values whose input Semaphore or the EVM fixes.
#[must_use]
pub fn keccak256(bytes: &[u8]) -> [u8; 32] {
    Keccak256::digest(bytes).into()
}
