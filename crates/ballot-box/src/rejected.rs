//! Every reason to refuse a ballot, and how often each came.

use crate::storage::StorageError;
use core::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};
use tabella_protocol::{
    ballot::{BallotError, SealedBallotError, SelectionError},
    election::{ElectionId, ElectionKind},
    registry::RegistryRoot,
    statement::CircuitId,
    wire,
};
use tabella_verifier as verifier;

/// Why a ballot was refused. Nothing changed, and the voter may send a better one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejected {
    /// Not a ballot file: wrong form, a number that is not canonical, too many bytes.
    Malformed(wire::DecodeError),
    /// The ballot was cast for another election.
    UnknownElection {
        /// The box's election.
        expected: ElectionId,
        /// The ballot's election.
        actual: ElectionId,
    },
    /// The ballot was proved with another circuit than the election's.
    UnknownCircuit {
        /// The election's circuit.
        expected: CircuitId,
        /// The ballot's circuit.
        actual: CircuitId,
    },
    /// The ballot was proved against another registry root than the one that the election froze.
    ForeignRegistryRoot {
        /// The root that the election froze.
        expected: RegistryRoot,
        /// The ballot's root.
        actual: RegistryRoot,
    },
    /// The rules do not allow this choice.
    InvalidSelection(SelectionError),
    /// An open ballot for an election with secret ones, or the other way round.
    OtherKind {
        /// The election's kind.
        expected: ElectionKind,
    },
    /// The secret ballot is none of the election's.
    Sealed(SealedBallotError),
    /// The proof's bytes are not the canonical form of three points of the right groups.
    MalformedProof(verifier::DecodeError),
    /// The proof does not verify for this election, registry, nullifier and choice.
    InvalidProof,
    /// Too early.
    NotYetOpen {
        /// First second in which ballots are accepted.
        opens_at: u64,
        /// When the ballot came.
        now: u64,
    },
    /// Too late, or the box was closed.
    Closed {
        /// First second in which ballots are no longer accepted.
        closed_at: u64,
        /// When the ballot came.
        now: u64,
    },
    /// Another choice under this nullifier was already accepted.
    AlreadyVoted {
        /// Index of that ballot in the box, from 0.
        index: u64,
    },
    /// A secret ballot with the same ephemeral key was already accepted: copied, or made together with it.
    CopiedCiphertext {
        /// Index of that ballot in the box, from 0.
        index: u64,
    },
    /// Every place of the registry has its ballot already, so this one, whatever it proves, stands for nobody: a proof
    /// was forged, or the manifest names a registry that is smaller than the one behind its root.
    MoreBallotsThanPlaces {
        /// Places in the registry.
        places: u64,
    },
    /// The store did not do what was asked. Only after [`StorageError::Unavailable`] it is unknown whether the ballot is
    /// stored; whoever sends it again learns that.
    Storage(StorageError),
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "not a ballot: {error}"),
            Self::UnknownElection { expected, actual } => {
                write!(f, "the ballot is for election {actual}, this is election {expected}")
            }
            Self::UnknownCircuit { expected, actual } => {
                write!(f, "the ballot is proved with circuit {actual}, the election uses {expected}")
            }
            Self::ForeignRegistryRoot { expected, actual } => write!(
                f,
                "the ballot is proved against registry root {actual}, the election froze {expected}"
            ),
            Self::InvalidSelection(error) => write!(f, "the rules do not allow this choice: {error}"),
            Self::OtherKind { expected } => {
                write!(f, "the election has {}, this is a ballot of another kind", expected.name())
            }
            Self::Sealed(error) => error.fmt(f),
            Self::MalformedProof(error) => write!(f, "the proof cannot be decoded: {error}"),
            Self::InvalidProof => {
                f.write_str("the proof does not verify for this election, registry, nullifier and choice")
            }
            Self::NotYetOpen { opens_at, now } => {
                write!(f, "the ballot came at {now}, the box opens at {opens_at} (seconds since 1970 UTC)")
            }
            Self::Closed { closed_at, now } if now < closed_at => {
                write!(
                    f,
                    "the ballot came at {now} to a box that is closed, as of {closed_at} (seconds since 1970 UTC)"
                )
            }
            Self::Closed { closed_at, now } => {
                write!(f, "the ballot came at {now}, voting ended at {closed_at} (seconds since 1970 UTC)")
            }
            Self::AlreadyVoted { index } => {
                write!(f, "this voter already cast another ballot, it stands at index {index}")
            }
            Self::CopiedCiphertext { index } => {
                write!(f, "the ballot at index {index} was encrypted with the same randomness; encrypt anew")
            }
            Self::MoreBallotsThanPlaces { places } => {
                write!(f, "the registry has {places} places, and that many ballots were accepted already")
            }
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Rejected {}

impl From<BallotError> for Rejected {
    fn from(error: BallotError) -> Self {
        match error {
            BallotError::UnknownElection { expected, actual } => Self::UnknownElection { expected, actual },
            BallotError::UnknownCircuit { expected, actual } => Self::UnknownCircuit { expected, actual },
            BallotError::ForeignRegistryRoot { expected, actual } => {
                Self::ForeignRegistryRoot { expected, actual }
            }
            BallotError::InvalidSelection(error) => Self::InvalidSelection(error),
            BallotError::OtherKind { expected } => Self::OtherKind { expected },
            BallotError::Sealed(error) => Self::Sealed(error),
            // A reason this version does not know is still a refusal.
            _ => Self::InvalidProof,
        }
    }
}

/// The kinds of refusal, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// [`Rejected::Malformed`].
    Malformed,
    /// [`Rejected::UnknownElection`].
    UnknownElection,
    /// [`Rejected::UnknownCircuit`].
    UnknownCircuit,
    /// [`Rejected::ForeignRegistryRoot`].
    ForeignRegistryRoot,
    /// [`Rejected::InvalidSelection`].
    InvalidSelection,
    /// [`Rejected::OtherKind`].
    OtherKind,
    /// [`Rejected::Sealed`].
    Sealed,
    /// [`Rejected::MalformedProof`].
    MalformedProof,
    /// [`Rejected::InvalidProof`].
    InvalidProof,
    /// [`Rejected::NotYetOpen`].
    NotYetOpen,
    /// [`Rejected::Closed`].
    Closed,
    /// [`Rejected::AlreadyVoted`].
    AlreadyVoted,
    /// [`Rejected::CopiedCiphertext`].
    CopiedCiphertext,
    /// [`Rejected::MoreBallotsThanPlaces`].
    MoreBallotsThanPlaces,
    /// [`Rejected::Storage`].
    Storage,
}

impl Cause {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Malformed,
        Self::UnknownElection,
        Self::UnknownCircuit,
        Self::ForeignRegistryRoot,
        Self::InvalidSelection,
        Self::OtherKind,
        Self::Sealed,
        Self::MalformedProof,
        Self::InvalidProof,
        Self::NotYetOpen,
        Self::Closed,
        Self::AlreadyVoted,
        Self::CopiedCiphertext,
        Self::MoreBallotsThanPlaces,
        Self::Storage,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownElection => "unknown-election",
            Self::UnknownCircuit => "unknown-circuit",
            Self::ForeignRegistryRoot => "foreign-registry-root",
            Self::InvalidSelection => "invalid-selection",
            Self::OtherKind => "other-kind",
            Self::Sealed => "other-sealed-election",
            Self::MalformedProof => "malformed-proof",
            Self::InvalidProof => "invalid-proof",
            Self::NotYetOpen => "not-yet-open",
            Self::Closed => "closed",
            Self::AlreadyVoted => "already-voted",
            Self::CopiedCiphertext => "copied-ciphertext",
            Self::MoreBallotsThanPlaces => "more-ballots-than-places",
            Self::Storage => "storage",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Rejected {
    /// The kind of refusal.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Malformed(_) => Cause::Malformed,
            Self::UnknownElection { .. } => Cause::UnknownElection,
            Self::UnknownCircuit { .. } => Cause::UnknownCircuit,
            Self::ForeignRegistryRoot { .. } => Cause::ForeignRegistryRoot,
            Self::InvalidSelection(_) => Cause::InvalidSelection,
            Self::OtherKind { .. } => Cause::OtherKind,
            Self::Sealed(_) => Cause::Sealed,
            Self::MalformedProof(_) => Cause::MalformedProof,
            Self::InvalidProof => Cause::InvalidProof,
            Self::NotYetOpen { .. } => Cause::NotYetOpen,
            Self::Closed { .. } => Cause::Closed,
            Self::AlreadyVoted { .. } => Cause::AlreadyVoted,
            Self::CopiedCiphertext { .. } => Cause::CopiedCiphertext,
            Self::MoreBallotsThanPlaces { .. } => Cause::MoreBallotsThanPlaces,
            Self::Storage(_) => Cause::Storage,
        }
    }
}

/// How often each kind of refusal came since the box was opened.
#[derive(Debug, Default)]
pub(crate) struct RefusalCounters([AtomicU64; Cause::ALL.len()]);

impl RefusalCounters {
    pub(crate) fn count(&self, rejected: &Rejected) {
        let cause = rejected.cause();
        if let Some((_, counter)) = Cause::ALL.iter().zip(&self.0).find(|(c, _)| **c == cause) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn snapshot(&self) -> RefusalCounts {
        let mut counts = RefusalCounts::default();
        for (to, from) in counts.0.iter_mut().zip(&self.0) {
            *to = from.load(Ordering::Relaxed);
        }
        counts
    }
}

/// How often each kind of refusal came since the box was opened, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusalCounts([u64; Cause::ALL.len()]);

impl RefusalCounts {
    /// Refusals of one kind.
    #[must_use]
    pub fn of(&self, cause: Cause) -> u64 {
        self.iter().find(|(c, _)| *c == cause).map_or(0, |(_, count)| count)
    }

    /// All refusals.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every kind with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Cause, u64)> + '_ {
        Cause::ALL.into_iter().zip(self.0)
    }
}
