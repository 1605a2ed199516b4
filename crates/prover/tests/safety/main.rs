//! What the prover owes a citizen: nothing half-done, nothing without randomness, nothing left in memory.
//!
//! `TABELLA_FULL_TESTS=1` repeats the heavier tests at full size.
#![allow(clippy::as_conversions, clippy::unwrap_used, reason = "tests")]

mod cancellation;
#[cfg(target_os = "linux")]
mod erasure;
mod preparation;
mod randomness;
mod support;

/// Whether the heavier layers were asked for.
fn full() -> bool {
    std::env::var_os("TABELLA_FULL_TESTS").is_some()
}
