//! The name of a ballot.

use core::fmt;
use tabella_primitives::{digest::Digest, encoding::EncodingError};

/// Names a ballot: the tagged digest of election, registry root, nullifier and selection, without the proof.
///
/// Groth16 proofs can be re-randomised by anyone, so the same ballot can come with other proof bytes.
/// Bytes: 32. Text: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BallotDigest(Digest);

impl BallotDigest {
    /// Wraps a digest that is a ballot's name, as it stands in a file. Who has the ballot calls
    /// [`BallotStatement::digest`](super::BallotStatement::digest).
    #[must_use]
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub const fn as_digest(&self) -> &Digest {
        &self.0
    }

    /// Parses exactly 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`EncodingError::Length`] or [`EncodingError::InvalidDigit`].
    pub fn from_hex(text: &str) -> Result<Self, EncodingError> {
        Digest::from_hex(text).map(Self)
    }
}

impl fmt::Display for BallotDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BallotDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BallotDigest({self})")
    }
}
