//! What this module is.

use tabella::{primitives::exec, prover::Kernel};
use wasm_bindgen::prelude::wasm_bindgen;

/// The version of the library.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The kernel that multiplies field elements, `relaxed` or `integer`.
#[wasm_bindgen]
pub fn kernel() -> String {
    Kernel::fastest().to_string()
}

/// Lets the browser's compilers see what proofs spend their time in, so that they are done with it when a key is there.
#[wasm_bindgen(js_name = warmUp)]
pub fn warm_up() {
    tabella::prover::warm_up(Kernel::fastest());
}

/// Threads that share the work.
#[wasm_bindgen]
pub fn threads() -> usize {
    exec::threads()
}
