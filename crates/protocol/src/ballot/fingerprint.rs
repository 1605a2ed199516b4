//! Fingerprints: the value of a polynomial at a point that is drawn after its coefficients are fixed.

use tabella_primitives::{Fr, digest::TaggedHasher};

/// The point: the last 16 bytes of the digest of all that was absorbed, big endian.
pub(super) fn challenge(hasher: TaggedHasher) -> u128 {
    let digest = hasher.finish();
    let [.., low] = digest.as_bytes().as_chunks::<16>().0 else { return 0 };
    u128::from_be_bytes(*low)
}

/// `sum_i gamma^i m_i`, i from 1, by Horner's rule.
pub(super) fn fingerprint(elements: impl DoubleEndedIterator<Item = Fr>, gamma: u128) -> Fr {
    let gamma = Fr::from(gamma);
    elements.rev().fold(Fr::from(0u64), |sum, element| (sum + element) * gamma)
}
