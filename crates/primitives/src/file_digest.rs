//! Digests of large files: BLAKE3, which hashes gigabytes a second, for what no contract recomputes.

use crate::digest::Digest;

/// BLAKE3 [O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020] in its mode for deriving keys, with the tag as context, of the parts
/// one after the other. With the feature `parallel` on all threads of the caller's pool.
///
/// Where parts end is not hashed: they are pieces of one file.
///
/// ```
/// use tabella_primitives::{domain, file_digest::file_digest};
/// let digest = file_digest(domain::PROVING_KEY, &[b"one file"]);
/// assert_eq!(digest, file_digest(domain::PROVING_KEY, &[b"one", b" file"]));
/// assert_ne!(digest, file_digest(domain::KEY_TABLES, &[b"one file"]));
/// ```
#[must_use]
pub fn file_digest(tag: &'static str, parts: &[&[u8]]) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key(tag);
    for part in parts {
        #[cfg(feature = "parallel")]
        hasher.update_rayon(part);
        #[cfg(not(feature = "parallel"))]
        hasher.update(part);
    }
    Digest::from_bytes(hasher.finalize().into())
}
