//! What a trustee did wrong, and who.

use super::{Round, TrusteeIndex};
use crate::wire::DecodeError;
use core::fmt;
use tabella_primitives::knowledge::InvalidProof;

/// What a trustee did wrong in a key ceremony. Everyone who has the packages finds the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No package of this round before it was closed.
    Missing {
        /// The round.
        round: Round,
    },
    /// Two signed packages of one round that differ.
    Equivocation {
        /// The round.
        round: Round,
    },
    /// The signed body is not what the round asks for: cut, too long, or with a point off the curve, of small order or the identity.
    Malformed {
        /// The round.
        round: Round,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The package of round 1 is not the one whose hash was published in round 0.
    HashMismatch,
    /// Polynomials for another number of keys.
    WrongSlots {
        /// The number k of the ceremony.
        expected: u8,
        /// The number in the package.
        actual: u8,
    },
    /// Polynomials of another degree, which would raise or lower the threshold.
    WrongDegree {
        /// The degree t - 1 of the ceremony.
        expected: u8,
        /// The degree in the package.
        actual: u8,
    },
    /// The proof that the constant terms are known does not hold: a rogue key, or a proof from elsewhere.
    KnowledgeProof(InvalidProof),
    /// Two constant terms are equal. Who proves to know a constant term that another one proves to know shares it with them.
    EqualConstants {
        /// Who has the same; maybe the trustee itself.
        other: TrusteeIndex,
    },
    /// Shares are not dealt to each of the others once.
    WrongRecipients,
    /// The proof that the dealer made the ephemeral key does not hold. A copied key would make a complaint open another's share.
    EphemeralProof {
        /// For whom the share is.
        recipient: TrusteeIndex,
        /// What is wrong with the proof.
        error: InvalidProof,
    },
    /// The share does not open, or does not fit the commitments. The recipient complained, and is right.
    BadShare {
        /// For whom the share was.
        recipient: TrusteeIndex,
    },
    /// The share of which it complains is good, or there is none.
    FalseComplaint {
        /// Of whom it complains.
        against: TrusteeIndex,
    },
    /// The proof of a complaint does not hold: it opens the share in a wrong way.
    ComplaintProof {
        /// Of whom it complains.
        against: TrusteeIndex,
        /// What is wrong with the proof.
        error: InvalidProof,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { round } => write!(f, "no package of round `{round}`"),
            Self::Equivocation { round } => write!(f, "two different packages of round `{round}`"),
            Self::Malformed { round, error } => write!(f, "malformed package of round `{round}`: {error}"),
            Self::HashMismatch => f.write_str("what is revealed is not what was committed to"),
            Self::WrongSlots { expected, actual } => {
                write!(f, "polynomials for {actual} keys where there are {expected}")
            }
            Self::WrongDegree { expected, actual } => {
                write!(f, "polynomials of degree {actual} where {expected} is due")
            }
            Self::KnowledgeProof(error) => {
                write!(f, "the secrets behind the commitments are not proved to be known: {error}")
            }
            Self::EqualConstants { other } => write!(f, "a key contribution equal to one of trustee {other}"),
            Self::WrongRecipients => f.write_str("shares are not dealt to each of the others once"),
            Self::EphemeralProof { recipient, error } => {
                write!(f, "the ephemeral key for trustee {recipient} is not proved to be its own: {error}")
            }
            Self::BadShare { recipient } => write!(f, "the share for trustee {recipient} is bad"),
            Self::FalseComplaint { against } => {
                write!(f, "a complaint against trustee {against} that is not justified")
            }
            Self::ComplaintProof { against, error } => {
                write!(f, "a complaint against trustee {against} that opens the share wrongly: {error}")
            }
        }
    }
}

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// Who is excluded for it.
    pub culprit: TrusteeIndex,
    /// For what.
    pub fault: Fault,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trustee {}: {}", self.culprit, self.fault)
    }
}
