//! Proving keys, each compared with its pinned hash.

use crate::{failure::Failure, work::Work};
use tabella::{
    circom::Zkey,
    params::{KeyKind, manifest},
    prover::ProvingKey as ProverKey,
    semaphore::{Artifact, Depth, SemaphoreProver},
    statement::CircuitId,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A key with which Tabella's circuits are proved.
#[wasm_bindgen]
pub struct ProvingKey {
    pub(crate) key: ProverKey,
}

/// A key of Semaphore's ceremony.
#[wasm_bindgen]
pub struct SemaphoreKey {
    pub(crate) prover: SemaphoreProver,
}

#[wasm_bindgen]
impl ProvingKey {
    /// The key of a circuit. The bytes must have the hash that is pinned for it.
    ///
    /// # Errors
    /// `unknown-circuit`, `bad-key`.
    pub fn open(circuit: &str, bytes: &[u8], work: &Work) -> Result<Self, Failure> {
        work.stage("check");
        let unknown = || Failure::new("unknown-circuit", format_args!("{circuit:?} is no circuit of this version"));
        let id = CircuitId::from_name(circuit).ok_or_else(unknown)?;
        let manifest = manifest::Manifest::built_in();
        let entry = manifest.entry(id).ok_or_else(unknown)?;
        let (expected, actual) = (entry.proving_key.digest, KeyKind::Proving.digest(bytes));
        if expected != actual {
            let message = format_args!("this is not the proving key of {circuit}: its hash is {actual}, {expected} is pinned");
            return Err(Failure::new("bad-key", message));
        }
        let key = ProverKey::from_trusted_bytes_checked_by_hash(bytes).map_err(Failure::with("bad-key"))?;
        Ok(Self { key })
    }
}

#[wasm_bindgen]
impl SemaphoreKey {
    /// The key of a depth, 1 to 32: the published `.zkey`, by its pinned hash.
    ///
    /// # Errors
    /// `bad-depth`, `bad-key`.
    pub fn open(depth: u8, bytes: &[u8], work: &Work) -> Result<Self, Failure> {
        work.stage("check");
        let depth = Depth::new(depth).map_err(Failure::with("bad-depth"))?;
        Artifact::proving_key(depth).check(bytes).map_err(Failure::with("bad-key"))?;
        let key = Zkey::from_trusted_bytes_checked_by_hash(bytes).map_err(Failure::with("bad-key"))?;
        Ok(Self { prover: SemaphoreProver::from_key(depth, key.into_key()) })
    }
}
