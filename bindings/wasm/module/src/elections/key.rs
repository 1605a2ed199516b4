//! Proving keys of Tabella's circuits, each compared with its pinned hash.

use crate::{failure::Failure, work::Work};
use tabella::{
    params::{KeyKind, Manifest, ManifestEntry},
    prover::ProvingKey as ProverKey,
    statement::CircuitId,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A key with which Tabella's circuits are proved.
#[wasm_bindgen]
pub struct ProvingKey {
    pub(crate) key: ProverKey,
}

fn entry(circuit: &str) -> Result<&'static ManifestEntry, Failure> {
    let unknown =
        || Failure::new("unknown-circuit", format_args!("{circuit:?} is no circuit of this version"));
    let id = CircuitId::from_name(circuit).ok_or_else(unknown)?;
    Manifest::pinned().entry(id).map_err(|_| unknown())
}

#[wasm_bindgen]
impl ProvingKey {
    /// The key of a circuit, compact or whole. The bytes must have the hash that is pinned for it.
    ///
    /// # Errors
    /// `unknown-circuit`, `bad-key`.
    pub fn open(circuit: &str, bytes: &[u8], work: &Work) -> Result<Self, Failure> {
        work.stage("check");
        let entry = entry(circuit)?;
        let key = if ProverKey::is_magic(bytes) {
            let (expected, actual) = (entry.proving_key.digest, KeyKind::Proving.digest(bytes));
            if expected != actual {
                let message = format_args!("the key of {circuit} has hash {expected}, this one {actual}");
                return Err(Failure::new("bad-key", message));
            }
            ProverKey::from_trusted_bytes_checked_by_hash(bytes)
        } else {
            entry.check_compact_key(bytes).map_err(Failure::with("bad-key"))?;
            ProverKey::from_trusted_compact_bytes_checked_by_hash(bytes)
        };
        Ok(Self { key: key.map_err(Failure::with("bad-key"))? })
    }
}
