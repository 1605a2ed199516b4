//! Ballot box: check, accept, receipt.
//!
//! [`BallotBox::check`] looks at a ballot alone and changes nothing: election, circuit, registry root, choice, proof. What
//! passes is a [`VerifiedBallot`]; there is no other way to make one. [`BallotBox::accept`] looks at the state: is the
//! window open, is the nullifier fresh? What passes is stored durably in a [`BallotStore`], and only then there is a
//! [`Receipt`]. Of a secret ballot the ephemeral key must be fresh too. The same ballot sent again gets the same receipt; another choice under the same nullifier is refused.
//!
//! | module | what |
//! | --- | --- |
//! | [`storage`] | the trait behind which ballots are kept, and its duties |
//! | [`memory`] | ballots in memory, for tests and demonstrations |
//! | [`rejected`] | every reason to refuse a ballot, and how often each came |
//!
//! The clock is the caller's. This crate knows no secret, no prover, no circuit and no file.
#![warn(clippy::indexing_slicing)]

mod ballot_box;
mod export;
pub mod memory;
pub mod rejected;
mod secret_export;
pub mod storage;
mod verified;

pub use ballot_box::{BallotBox, CloseError, OpenError};
pub use export::{ExportError, Exported};
pub use memory::MemoryBallotStore;
pub use rejected::{Cause, RefusalCounts, Rejected};
pub use secret_export::{Opened, RegistryLeaves, Unopened};
pub use storage::{BallotStore, BoxState, StorageError, StoredBallot};
pub use tabella_protocol::record::Receipt;
pub use verified::VerifiedBallot;
