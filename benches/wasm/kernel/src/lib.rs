//! This prover and arkworks' in one WASM module, so that both are measured in the same page, with the same flags.
//!
//! Nothing here takes times: JavaScript does, around each call.

// arkworks' prover on keys of snarkjs, as in the comparison of native provers.
#[path = "../../../peers/src/odd_coset.rs"]
pub mod odd_coset;
mod products;
mod provers;
mod self_test;

pub use products::Products;
pub use provers::Provers;
pub use self_test::self_test;

use tabella_lanes::Kernel;
use wasm_bindgen::prelude::wasm_bindgen;

/// Names of the kernels that this module can run here, the fastest first, separated by blanks.
#[wasm_bindgen]
pub fn kernels() -> String {
    let names: Vec<_> = Kernel::available().into_iter().map(Kernel::name).collect();
    names.join(" ")
}
