//! Ballot: the choice, what is proved about it, and both with the proof as they travel to the ballot box ([`CastBallot`]).
//!
//! | | open | secret |
//! | --- | --- | --- |
//! | choice | [`Selection`] | numbers in a [`BallotWitness`] |
//! | without proof | [`BallotStatement`] | [`SealedBallot`] |
//! | with proof | [`OpenBallot`] | [`SecretBallot`] |
//!
//! Whoever challenges a wallet gets a [`ChallengedBallot`], with an [`Opening`], which is not cast then. A voter finds her ballot in the record by
//! its [`TrackingCode`].
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
//! let ballot = CastBallot::from(statement.into_ballot([0; PROOF_BYTES]));
//! assert_eq!(CastBallot::from_json(ballot.to_json().as_bytes())?, ballot);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cast;
mod challenged;
mod digest;
mod fingerprint;
#[cfg(feature = "std")]
mod kept;
mod open;
mod opening;
mod relation;
mod sealed;
#[cfg(test)]
mod sealed_tests;
mod secret;
#[cfg(test)]
mod secret_tests;
mod selection;
mod statement;
mod sum;
#[cfg(test)]
mod sum_tests;
#[cfg(test)]
mod tests;
mod tracking;
mod voter_weight;

pub use cast::{CastBallot, CastInstance, EphemeralKey, MAX_BALLOT_BYTES, PROOF_BYTES};
pub use challenged::{CHALLENGED_FORMAT, ChallengeError, ChallengedBallot, MAX_CHALLENGED_BYTES};
pub use digest::BallotDigest;
#[cfg(feature = "std")]
pub use kept::{KeptBallot, MAX_KEPT_FILE_BYTES, NotKept};
pub use open::{BALLOT_FORMAT, OpenBallot};
pub use opening::{MAX_OPENING_BYTES, OPENING_FORMAT, Opening, OpeningError};
pub use relation::{BallotWitness, SealError, ballot_holds};
pub use sealed::{
    BallotSize, SealedBallot, SealedBallotError, SealedDigest, SealedElection, SealedElectionError,
    SealedElectionId, SealedInstance,
};
pub use secret::{SECRET_BALLOT_FORMAT, SecretBallot};
pub use selection::{Selection, SelectionError};
pub use statement::{BallotError, BallotStatement};
pub use sum::{
    BallotSum, BatchCommitment, BatchError, BatchSize, SumDigest, SumInstance, SumWitness, sum_holds,
};
pub use tracking::{InvalidTrackingCode, TrackingCode};
pub use voter_weight::{VoterWeight, VoterWeightError};
