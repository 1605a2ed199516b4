//! Ballot: the choice ([`Selection`]), what is proved about it ([`BallotStatement`]), and both with the proof as they
//! travel to the ballot box ([`CastBallot`]).
//!
//! ```
//! use tabella_primitives::{Fr, digest::Digest};
//! use tabella_protocol::{
//!     ballot::{BallotStatement, CastBallot, PROOF_BYTES, Selection},
//!     election::{FrozenRegistry, Manifest, Window},
//!     registry::RegistryRoot,
//!     statement::Nullifier,
//! };
//!
//! let manifest = Manifest::builder("Lunch", "Where do we eat?")
//!     .options(["Canteen", "Park"])
//!     .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
//!     .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
//!     .insecure_development_key(Digest::from_bytes([9; 32]))
//!     .nonce([1; 32])
//!     .build()?;
//! let selection = Selection::from_labels(&manifest, ["Park"])?;
//! let statement = BallotStatement::new(&manifest, Nullifier::from_field(Fr::from(5)), selection)?;
//! // A prover makes the proof of `statement.instance()`.
//! let ballot = statement.into_ballot([0; PROOF_BYTES]);
//! assert_eq!(CastBallot::from_json(ballot.to_json().as_bytes())?, ballot);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cast;
mod digest;
mod fingerprint;
mod relation;
mod sealed;
#[cfg(test)]
mod sealed_tests;
mod selection;
mod statement;
mod sum;
#[cfg(test)]
mod sum_tests;
#[cfg(test)]
mod tests;

pub use cast::{BALLOT_FORMAT, CastBallot, MAX_BALLOT_BYTES, OpenBallot, PROOF_BYTES};
pub use digest::BallotDigest;
pub use relation::{BallotWitness, SealError, ballot_holds};
pub use sealed::{
    BallotSize, SealedBallot, SealedBallotError, SealedDigest, SealedElection, SealedElectionError,
    SealedElectionId, SealedInstance,
};
pub use selection::{Selection, SelectionError};
pub use statement::{BallotError, BallotStatement};
pub use sum::{
    BallotSum, BatchCommitment, BatchError, BatchSize, SumDigest, SumInstance, SumWitness, sum_holds,
};
