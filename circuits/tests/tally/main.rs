//! The tally circuit against its twin, its pinned shape, and trustees and operators who cheat.
//!
//! `TABELLA_UPDATE_SHAPES=1` rewrites `shapes/`; `TABELLA_FULL_TESTS=1` repeats the heavier tests at full size.
#![allow(clippy::as_conversions, clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod constraints;
mod proof;
mod samples;
mod shape;
mod twin;

/// Whether the heavier layers were asked for.
fn full() -> bool {
    std::env::var_os("TABELLA_FULL_TESTS").is_some()
}
