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

/// Threads that share the work.
#[wasm_bindgen]
pub fn threads() -> usize {
    exec::threads()
}
