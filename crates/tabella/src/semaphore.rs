//! Proofs of Semaphore v4 with the keys of its ceremony: made here, they verify in Semaphore's JavaScript and contracts, and
//! its proofs verify here.
//!
//! ```no_run
//! use tabella::{identity::Identity, protocol::value::SemaphoreValue, registry::Registry, semaphore::*};
//!
//! let mut rng = tabella::primitives::rng::from_os()?;
//! let (identity, mut group) = (Identity::generate(&mut rng), Registry::new());
//! group.append(identity.commitment())?;
//!
//! let artifacts = Artifacts::open("node_modules/@zk-kit/semaphore-artifacts");
//! let prover = SemaphoreProver::open(&artifacts, Depth::new(20)?)?;
//! let (message, scope) = (SemaphoreValue::from_text("yes")?, SemaphoreValue::from_text("lunch")?);
//! let path = group.path_of(&identity.commitment())?;
//! let proof = prover.prove(&identity, &path, message, scope, &mut rng)?;
//! println!("{}", proof.to_json()); // what `verifyProof` of @semaphore-protocol/core takes
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The files are those of the npm package `@zk-kit/semaphore-artifacts` 4.13.0, pinned by SHA-256; any other is refused. Who
//! only verifies needs none of them: the 32 verifying keys (depths 1 to 32) are here, in the canonical bytes of
//! [`VerifyingKey`]; a test compares each with the JSON that was published.

#[cfg(feature = "files")]
pub use tabella_semaphore::OpenError;
pub use tabella_semaphore::{
    Artifact, ArtifactError, ArtifactKind, Artifacts, CompactKey, CompactKeyError, Depth, NoSuchDepth,
    SemaphoreProveError, SemaphoreProver, Witness, WitnessError,
};
pub use tabella_verifier::semaphore::*;

use tabella_verifier::VerifyingKey;

/// Greatest depth for which Semaphore publishes a key.
pub const MAX_DEPTH: u8 = 32;
/// Bytes of one key with four public inputs.
const KEY_BYTES: usize = 772;
/// The keys for depths 1, 2, .. 32, one after the other.
const KEYS: &[u8] = include_bytes!("../data/semaphore-v4-verifying-keys.bin");

/// Semaphore's verifying key for a maximum depth, 1 to 32.
#[must_use]
pub fn verifying_key(depth: u8) -> Option<VerifyingKey> {
    let index = usize::from(depth.checked_sub(1)?);
    let start = index.checked_mul(KEY_BYTES)?;
    let bytes = KEYS.get(start..start.checked_add(KEY_BYTES)?)?;
    VerifyingKey::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_verifier::snarkjs;

    #[test]
    fn every_key_is_the_published_one() {
        let file = tabella_testkit::semaphore_vector("verification_keys.json");
        let published: Vec<VerifyingKey> = (1..=MAX_DEPTH)
            .map(|depth| snarkjs::key_from_json(&file["keys"][depth.to_string()].to_string()).unwrap())
            .collect();
        if std::env::var_os("TABELLA_REGENERATE").is_some() {
            let bytes: Vec<u8> = published.iter().flat_map(VerifyingKey::to_bytes).collect();
            std::fs::write(
                concat!(env!("CARGO_MANIFEST_DIR"), "/data/semaphore-v4-verifying-keys.bin"),
                bytes,
            )
            .unwrap();
            return;
        }
        assert_eq!(KEYS.len(), KEY_BYTES * usize::from(MAX_DEPTH));
        for (depth, key) in (1..=MAX_DEPTH).zip(published) {
            assert_eq!(verifying_key(depth), Some(key), "depth {depth}");
        }
        assert_eq!(verifying_key(0), None);
        assert_eq!(verifying_key(33), None);
    }
}
