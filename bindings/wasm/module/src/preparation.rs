//! What is multiplied before the voter has chosen.

use tabella::prover::Preparation as ProverPreparation;
use wasm_bindgen::prelude::wasm_bindgen;

/// What all proofs of one citizen in one scope have in common. Secret, erased when freed.
#[wasm_bindgen]
pub struct Preparation {
    pub(crate) preparation: ProverPreparation,
}
