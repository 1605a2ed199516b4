//! The name of an election.

use crate::value::SemaphoreValue;
use core::fmt;
use tabella_primitives::{digest::Digest, encoding::EncodingError};

/// Names one election: the tagged digest of every field of its manifest (protocol section 4).
///
/// Bytes: 32. Text: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElectionId(Digest);

impl ElectionId {
    /// Wraps a digest that is an election's name, as it stands in a file. Who has the manifest calls
    /// [`Manifest::id`](super::Manifest::id).
    #[must_use]
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub const fn as_digest(&self) -> &Digest {
        &self.0
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Parses exactly 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`EncodingError::Length`] or [`EncodingError::InvalidDigit`].
    pub fn from_hex(text: &str) -> Result<Self, EncodingError> {
        Digest::from_hex(text).map(Self)
    }

    /// The scope of this election: its 32 bytes as an integer. A nullifier can be neither replayed in another election
    /// nor linked with one.
    #[must_use]
    pub const fn scope(&self) -> SemaphoreValue {
        SemaphoreValue::from_be_bytes(*self.0.as_bytes())
    }
}

impl fmt::Display for ElectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ElectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ElectionId({self})")
    }
}
