//! Where a key comes from, and what it is worth.

use core::fmt;
use tabella_primitives::digest::Digest;

/// The seed of all development keys. Public: who knows it, and you do, forges proofs with those keys.
pub const INSECURE_DEVELOPMENT_SEED: [u8; 32] = *b"tabella insecure development key";

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// Made from a public seed: **anybody can forge proofs** with it.
    Development,
    /// Made in a ceremony: proofs are sound if one of its contributors was honest.
    Ceremony {
        /// Digest of the ceremony's transcript.
        transcript: Digest,
    },
}

impl Provenance {
    /// Whether proofs under such a key can be forged by anybody.
    #[must_use]
    pub const fn is_insecure(&self) -> bool {
        matches!(self, Self::Development)
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Development => f.write_str("INSECURE DEVELOPMENT KEY: anybody can forge proofs with it"),
            Self::Ceremony { transcript } => write!(f, "ceremony {transcript}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_danger_is_shown() {
        assert!(Provenance::Development.to_string().contains("INSECURE DEVELOPMENT KEY"));
        assert!(Provenance::Development.is_insecure());
        let ceremony = Provenance::Ceremony { transcript: Digest::from_bytes([0xab; 32]) };
        assert_eq!(ceremony.to_string(), format!("ceremony {}", "ab".repeat(32)));
        assert!(!ceremony.is_insecure());
    }
}
