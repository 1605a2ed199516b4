//! What can be wrong with proofs of sum and tally.

use core::fmt;
use tabella_primitives::digest::Digest;
use tabella_protocol::{
    ballot::{BatchCommitment, SumDigest},
    statement::CircuitId,
    trustee::TallyStatementError,
};
use tabella_verifier::{DecodeError, InvalidProof};

/// Which proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aggregate {
    /// That a batch of ballots was added to the sum.
    Sum {
        /// Number of the batch, from 0.
        batch: u64,
    },
    /// That the sum opens to the result's numbers.
    Tally,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AggregateFault {
    /// It is of a circuit for other ballots, or for batches of another size than the first.
    OtherCircuit {
        /// Its circuit.
        actual: CircuitId,
    },
    /// It is under another key than the proof of the first batch.
    OtherKey {
        /// The key of the first.
        expected: Digest,
        /// Its key.
        actual: Digest,
    },
    /// There is no such batch: the ballots end before.
    NoSuchBatch {
        /// Number of ballots.
        ballots: usize,
    },
    /// It is about other ballots than those of the record, or in another order.
    OtherBallots {
        /// The commitment to the record's ballots.
        expected: BatchCommitment,
        /// The commitment that stands there.
        actual: BatchCommitment,
    },
    /// The ballots up to here have another sum.
    OtherSum {
        /// The name of their sum.
        expected: SumDigest,
        /// The name that stands there.
        actual: SumDigest,
    },
    /// Nothing was opened, so that there is nothing to prove.
    NothingOpened,
    /// Sum and numbers make no statement.
    NoStatement(TallyStatementError),
    /// The proof is not made of points.
    MalformedProof(DecodeError),
    /// The proof proves nothing.
    InvalidProof(InvalidProof),
    /// It is not there, though others are or the auditor asks for it.
    Missing,
}

impl AggregateFault {
    /// Where in an entry this stands.
    pub(super) const fn field(&self) -> &'static str {
        match self {
            Self::OtherCircuit { .. } => "body.circuit",
            Self::OtherKey { .. } => "body.verifying_key",
            Self::NoSuchBatch { .. } => "body.batch",
            Self::OtherBallots { .. } => "body.commitment",
            Self::OtherSum { .. } => "body.after",
            Self::MalformedProof(_) | Self::InvalidProof(_) => "body.proof",
            Self::NothingOpened | Self::NoStatement(_) => "body",
            Self::Missing => "",
        }
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum { batch } => write!(f, "proof of the sum, batch {batch}"),
            Self::Tally => f.write_str("proof of the tally"),
        }
    }
}

impl fmt::Display for AggregateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCircuit { actual } => write!(f, "circuit {actual} is not the one that fits here"),
            Self::OtherKey { expected, actual } => {
                write!(f, "the first batch is proved under verifying key {expected}, this one under {actual}")
            }
            Self::NoSuchBatch { ballots } => {
                write!(f, "there are {ballots} ballots, none of them in this batch")
            }
            Self::OtherBallots { expected, actual } => {
                write!(f, "the record's ballots have commitment {expected}, the proof is about {actual}")
            }
            Self::OtherSum { expected, actual } => {
                write!(f, "the ballots up to here have the sum {expected}, the proof says {actual}")
            }
            Self::NothingOpened => f.write_str("nothing was opened"),
            Self::NoStatement(error) => error.fmt(f),
            Self::MalformedProof(error) => error.fmt(f),
            Self::InvalidProof(error) => error.fmt(f),
            Self::Missing => f.write_str("it is missing"),
        }
    }
}
