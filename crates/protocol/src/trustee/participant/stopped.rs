//! Why a participant takes no step.

use super::{Differences, Late};
use crate::trustee::{Blame, CeremonyError, Round, RoundError, TrusteeIndex, index::Numbers};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::digest::Digest;

/// A participant that takes no step. It is as before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub error: ParticipantError,
    /// Who was excluded for what, in the rounds that are closed.
    pub blames: Vec<Blame>,
    /// Packages that came after their round was closed, ascending.
    pub late: Vec<Late>,
    /// How others' views differ, if they do and that is why.
    pub differences: Option<Differences>,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        self.late.iter().try_for_each(|late| write!(f, "; {late}"))
    }
}

impl core::error::Error for Stopped {}

/// Why a participant takes no step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantError {
    /// The step is not possible.
    Round(RoundError),
    /// There is a package of this trustee that it does not remember: what it remembers is an old copy, or the step was taken elsewhere. Whoever
    /// went on would say two things in one round.
    Forgotten {
        /// The round of the package.
        round: Round,
    },
    /// Packages with which a round was closed are no longer there.
    Gone {
        /// The round.
        round: Round,
        /// Whose packages are missing.
        trustees: Vec<TrusteeIndex>,
    },
    /// A trustee signed two different packages of a round that was closed with one of them: others may have seen both. The two prove it.
    Equivocation {
        /// The round.
        round: Round,
        /// Who signed both.
        trustee: TrusteeIndex,
        /// Digests of the package with which the round was closed here, and of the other one.
        packages: [Digest; 2],
    },
}

impl ParticipantError {
    /// Who is to blame, if somebody is.
    #[must_use]
    pub fn culprits(&self) -> &[TrusteeIndex] {
        match self {
            Self::Round(error) => error.culprits(),
            Self::Equivocation { trustee, .. } => core::slice::from_ref(trustee),
            Self::Forgotten { .. } | Self::Gone { .. } => &[],
        }
    }
}

impl From<RoundError> for ParticipantError {
    fn from(error: RoundError) -> Self {
        Self::Round(error)
    }
}

impl From<CeremonyError> for ParticipantError {
    fn from(error: CeremonyError) -> Self {
        Self::Round(RoundError::Ceremony(error))
    }
}

impl fmt::Display for ParticipantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Round(error) => error.fmt(f),
            Self::Forgotten { round } => write!(
                f,
                "there is a package of round `{round}` by this trustee that it does not remember: its state is lost or an old copy, or the step was taken elsewhere"
            ),
            Self::Gone { round, trustees } => {
                let trustees = Numbers(trustees);
                write!(f, "packages with which round `{round}` was closed are gone: of trustees {trustees}")
            }
            Self::Equivocation { round, trustee, packages: [first, second] } => write!(
                f,
                "trustee {trustee} signed two different packages of round `{round}`: {first} and {second}"
            ),
        }
    }
}

impl core::error::Error for ParticipantError {}
