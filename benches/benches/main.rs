//! All suites in one program: optimising it as a whole takes minutes, and this way it is done once.
//! `cargo bench -- prove/` runs those whose names begin so.
#![allow(missing_docs, reason = "criterion's macros make public items")]

mod audit;
mod ballot;
mod batch_verify;
mod hash;
mod outcome;
mod prove;
mod registry;
mod trustees;
mod verify;
mod witness;

use criterion::criterion_main;

criterion_main!(
    hash::benches,
    registry::batches,
    registry::slots,
    witness::benches,
    prove::benches,
    ballot::benches,
    verify::benches,
    batch_verify::benches,
    audit::benches,
    trustees::sums,
    trustees::ceremonies,
    outcome::benches
);
