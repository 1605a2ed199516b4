//! Records of elections with secret ballots: honest ones, changed ones, and ones that a dishonest clerk wrote.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod aggregates;
mod clerk;
#[path = "../common/mod.rs"]
mod common;
mod fixture;
mod mutations;
mod opening;
