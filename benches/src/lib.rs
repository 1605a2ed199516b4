//! What the benches of Tabella share: statements that hold, keys, and distinct proofs.
//!
//! Everything here is made from fixed seeds, so that two runs measure the same work. See `docs/benchmarks.md`.

mod proofs;
mod statements;

pub use proofs::{ArkKey, ProofPool, ark_proof, ark_verifying_key};
pub use statements::{circuit, commitments, development_key, statement};

use criterion::Criterion;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::time::Duration;

/// A generator of this seed: benches measure, they protect nothing.
#[must_use]
pub fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Criterion for work below a millisecond.
#[must_use]
pub fn quick() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .sample_size(50)
}

/// Criterion for work that takes milliseconds to seconds.
#[must_use]
pub fn slow() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(5))
        .sample_size(10)
}
