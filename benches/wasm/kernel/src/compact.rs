//! Compact keys out of those of snarkjs.

use tabella_circom::Zkey;
use tabella_prover::ProvingKey;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A published `.zkey` in compact bytes. Whoever takes them compares them with their pin.
///
/// # Errors
/// If it is none.
#[wasm_bindgen]
pub fn compact_key(zkey: &[u8]) -> Result<Vec<u8>, JsError> {
    Ok(Zkey::from_trusted_bytes_checked_by_hash(zkey)?.into_key().to_compact_bytes())
}

/// The name of a key: the digest of its bytes.
#[wasm_bindgen]
pub fn key_name(bytes: &[u8]) -> String {
    ProvingKey::name_of(bytes).to_string()
}
