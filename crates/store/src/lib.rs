//! The embedded durable store of registries and ballot boxes.
//!
//! One file per registry or ballot box, written with [redb](https://docs.rs/redb). Why redb: it is written in Rust alone
//! (a build needs no C compiler), keeps everything in a single file, and a commit is atomic and on the disk (`fsync`)
//! before it returns; a process that is killed leaves the state of the last commit. It locks the file, so that two
//! processes cannot write one registry.
//!
//! What redb does not do is checked here. Its own checksums are verified only when a file is repaired, and in 2026 it
//! mended several faults around repair and files that grow; version 4.6 is the least that is used. It may panic on a file
//! that was changed by other hands, so it verifies its checksums on open, and a panic while a file is read is
//! [`StoreFault::Damaged`]. Every page of a
//! registry therefore carries a digest of ours, states are hash-linked, and what was read must end in the recorded root.
//! After a write that failed, a store answers no further writes until it is opened again: what a disk did with a failed
//! `fsync` nobody knows.
#![warn(clippy::indexing_slicing)]

pub mod ballots;
mod error;
mod file;
pub mod registry;
mod transaction;

pub use ballots::RedbBallotStore;
pub use error::{BallotProblem, StoreError, StoreFault};
