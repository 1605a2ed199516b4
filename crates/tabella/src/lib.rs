//! Tabella: zero-knowledge digital identity and private voting.
//!
//! Citizens register the commitments of their identities. For an election the registry is frozen; every ballot carries a
//! proof that it comes from one of the registered citizens, without saying from which, and a nullifier, by which a second
//! ballot of the same citizen is recognised. The record of the election lets anybody redo every check.
//!
//! | who | does what |
//! | --- | --- |
//! | [`Citizen`] | keeps an identity, makes ballots that prove the right to vote and hide who votes |
//! | [`Registrar`] | keeps the registry of identity commitments and freezes it for an election |
//! | [`Election`] | what is asked, of whom, when, under which rules, with which key |
//! | [`BallotBox`] | checks and accepts ballots, gives receipts, exports the election record |
//! | [`Trustee`] | holds a share of the keys of secret ballots, opens their one sum together with others |
//! | [`Auditor`] | redoes every check of an election record and names the first fault |
//!
//! **The only keys that exist today are insecure development keys**: anybody can forge ballots with them, and whoever uses
//! them has to say so. The README below begins with an election in ten lines.
//!
#![cfg_attr(feature = "files", doc = include_str!("../../../README.md"))]

mod aggregates;
mod auditor;
mod citizen;
pub mod election;
#[cfg(feature = "files")]
pub mod keys;
mod registrar;
mod secret;
pub mod semaphore;
mod trustee;

pub use aggregates::{NotProved, ProvedTally, prove_sums, prove_tally};
pub use auditor::Auditor;
pub use citizen::{Citizen, VoteError};
pub use election::{Election, ElectionError};
pub use registrar::{NobodyRegistered, RegisterError, Registrar, freeze};
pub use secret::SealedVote;
pub use tabella_ballot_box::{BallotBox, MemoryBallotStore, Receipt, Rejected, VerifiedBallot};
pub use trustee::{HoldError, NotOpened, OpenedSum, Trustee, TrusteeError, hold_ceremony, open_sum};

/// What an election in ten lines needs.
pub mod prelude {
    #[cfg(feature = "files")]
    pub use crate::params::ParamsCache;
    pub use crate::{
        Auditor, BallotBox, Citizen, Election, Registrar, Trustee,
        ballot::Selection,
        ballot_box::RegistryLeaves,
        election::{Manifest, SecretBallots, Window},
        identity::RegistryLabel,
        protocol::trustee::OpeningPolicy,
    };
}

pub use tabella_audit as audit;
pub use tabella_ballot_box as ballot_box;
pub use tabella_circom as circom;
pub use tabella_circuits as circuits;
pub use tabella_params as params;
pub use tabella_primitives as primitives;
pub use tabella_protocol as protocol;
pub use tabella_protocol::{ballot, identity, record, registry, statement, tally};
pub use tabella_prover as prover;
#[cfg(feature = "files")]
pub use tabella_store as store;
pub use tabella_verifier as verifier;
