//! The keys of Semaphore's ceremony in compact bytes, for browsers: a third as long as the published files, pinned here by length and
//! digest.
//!
//! [`ProvingKey::to_compact_bytes`] of a published `.zkey` gives them, `tabella groth16 export compact` writes them, and
//! `cargo xtask test --only semaphore-peer` makes them again and compares. Nothing here touches files.

use crate::depth::Depth;
use core::fmt;
use tabella_primitives::{digest::Digest, exec};
use tabella_prover::{KeyError, ProvingKey};

/// The pins: depth, length in bytes and digest of each key.
const PINS: &str = include_str!("../data/compact_keys.txt");

/// The key of one circuit in compact bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompactKey {
    /// Of which circuit.
    pub depth: Depth,
}

/// Why bytes are not the compact key of a circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompactKeyError {
    /// They have another length.
    Length {
        /// Of which circuit.
        depth: Depth,
        /// Length of the key in bytes.
        expected: u64,
        /// Length that was given.
        actual: u64,
    },
    /// They have the right length and another content.
    Digest {
        /// Of which circuit.
        depth: Depth,
        /// Digest of the key.
        expected: Digest,
        /// Digest of what was given.
        actual: Digest,
    },
    /// They have the right digest and cannot be read: another version of this library wrote them.
    Key(KeyError),
}

impl fmt::Display for CompactKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { depth, expected, actual } => write!(
                f,
                "this is not the compact key of Semaphore's depth {depth}: it should have {expected} bytes and has {actual}"
            ),
            Self::Digest { depth, expected, actual } => write!(
                f,
                "this is not the compact key of Semaphore's depth {depth}: its digest should be {expected}, it is {actual}"
            ),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CompactKeyError {}

impl CompactKey {
    /// The key of a circuit.
    #[must_use]
    pub const fn of(depth: Depth) -> Self {
        Self { depth }
    }

    /// Length in bytes and digest ([`ProvingKey::name_of`]).
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "every key has its pin; a test reads them all")]
    pub fn pin(self) -> (u64, Digest) {
        let depth = self.depth.to_string();
        PINS.lines()
            .find_map(|line| {
                let mut fields = line.split(' ');
                if fields.next() != Some(&depth) {
                    return None;
                }
                Some((fields.next()?.parse().ok()?, Digest::from_hex(fields.next()?).ok()?))
            })
            .expect("every key has its pin")
    }

    /// Reads the key, if these are its bytes.
    ///
    /// # Errors
    /// [`CompactKeyError`].
    pub fn read(self, bytes: &[u8]) -> Result<ProvingKey, CompactKeyError> {
        let (depth, (length, expected)) = (self.depth, self.pin());
        let actual = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if actual != length {
            return Err(CompactKeyError::Length { depth, expected: length, actual });
        }
        // Read while it is hashed, and handed out if these are the bytes.
        let (actual, key) = exec::join(
            || ProvingKey::name_of(bytes),
            || ProvingKey::from_trusted_compact_bytes_checked_by_hash(bytes),
        );
        if actual != expected {
            return Err(CompactKeyError::Digest { depth, expected, actual });
        }
        key.map_err(CompactKeyError::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_pinned_and_no_two_are_alike() {
        let mut pins: Vec<_> = Depth::all().map(|depth| CompactKey::of(depth).pin()).collect();
        assert_eq!(PINS.lines().filter(|line| !line.starts_with('#')).count(), pins.len());
        assert!(pins.is_sorted_by(|(one, _), (next, _)| one < next), "a deeper circuit has a longer key");
        pins.sort_unstable_by_key(|(_, digest)| *digest.as_bytes());
        pins.dedup_by_key(|(_, digest)| *digest);
        assert_eq!(pins.len(), 32);
    }

    #[test]
    fn other_bytes_are_refused() {
        let depth = Depth::new(20).unwrap();
        let key = CompactKey::of(depth);
        let (expected, digest) = key.pin();
        let short = CompactKeyError::Length { depth, expected, actual: 5 };
        assert_eq!(key.read(b"short"), Err(short));
        let zeros = vec![0; usize::try_from(expected).unwrap()];
        let actual = ProvingKey::name_of(&zeros);
        assert_eq!(key.read(&zeros), Err(CompactKeyError::Digest { depth, expected: digest, actual }));
    }
}
