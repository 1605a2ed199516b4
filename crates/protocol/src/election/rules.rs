//! How the answer is found: voting method, abstention, seats, threshold, quorum and ties, in one declarative type.
//!
//! Integers only. Shares are compared by cross-multiplication in 128 bits, so there is no rounding and no overflow.

use super::Weighting;
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::digest::TaggedHasher;

/// What a voter may write on the ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Method {
    /// Exactly one option.
    SingleChoice,
    /// From `min` to `max` different options, each with one vote.
    Approval {
        /// Least number of options on a ballot that is no abstention; at least 1.
        min: u16,
        /// Greatest number of options on a ballot; at least `min`, at most the number of options.
        max: u16,
    },
    /// From 0 to `max` points for each option. Secret ballots only.
    Score {
        /// Greatest number of points for one option; at least 1.
        max: u16,
    },
    /// At most `points` in all, spread over the options as the voter likes (cumulative voting). Secret ballots only.
    Budget {
        /// Number of points; at least 1.
        points: u16,
    },
    /// v votes for an option cost v^2 credits, of which there are `credits` in all. Secret ballots only.
    Quadratic {
        /// Number of credits; at least 1.
        credits: u32,
    },
    /// An order of all k options: k - 1 points for the first, k - 2 for the next, 0 for the last. Secret ballots only.
    Borda,
}

impl Method {
    /// The name in messages, as in files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SingleChoice => "single-choice",
            Self::Approval { .. } => "approval",
            Self::Score { .. } => "score",
            Self::Budget { .. } => "budget",
            Self::Quadratic { .. } => "quadratic",
            Self::Borda => "borda",
        }
    }
}

/// Whether a ballot without any option is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Abstention {
    /// Valid: it counts for the quorum, and for the threshold if that says so.
    Allowed,
    /// Refused by the ballot box.
    Refused,
}

/// How many votes an option needs to win at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Threshold {
    /// One vote.
    None,
    /// A share of the ballots.
    Share {
        /// Numerator of the share, 1 to `denominator`.
        numerator: u32,
        /// Denominator of the share.
        denominator: u32,
        /// Whether the share itself suffices.
        comparison: Comparison,
        /// Share of which ballots.
        of: ThresholdBase,
    },
}

/// How votes are compared with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Strictly more than the share, as in "more than half".
    MoreThan,
    /// The share itself suffices, as in "at least two thirds".
    AtLeast,
}

/// Which ballots a threshold is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdBase {
    /// All valid ballots, abstentions included.
    AllBallots,
    /// Valid ballots that chose something.
    BallotsWithChoice,
}

/// How many ballots the election needs to be valid at all. Abstentions count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Quorum {
    /// None needed.
    None,
    /// This many ballots, 1 to the size of the registry.
    Ballots {
        /// Number of ballots.
        count: u64,
    },
    /// A share of the registry.
    RegistryShare {
        /// Hundredths of a percent of the registry's size, 1 to 10,000.
        basis_points: u16,
    },
}

/// What happens when more options have equally many votes than there are seats left for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TieRule {
    /// The seats they compete for stay empty. The tally names them.
    NoWinner,
    /// All of them win, even if there are more winners than seats.
    AllWin,
    /// The one that stands earlier in the manifest wins.
    OrderOfOptions,
}

/// How the answer is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What a voter may write on the ballot.
    pub method: Method,
    /// Whether a ballot without any option is valid.
    pub abstention: Abstention,
    /// Number of winners, 1 to the number of options.
    pub seats: u16,
    /// How many votes an option needs to win at all.
    pub threshold: Threshold,
    /// How many ballots the election needs to be valid at all.
    pub quorum: Quorum,
    /// What happens with equally many votes.
    pub ties: TieRule,
}

/// Why rules make no sense for an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RulesError {
    /// `method.approval`: not `1 <= min <= max <= number of options`.
    ApprovalBounds {
        /// Least number of options on a ballot.
        min: u16,
        /// Greatest number of options on a ballot.
        max: u16,
        /// Number of options in the election.
        options: usize,
    },
    /// `method`: one that needs numbers beside the options, which open ballots do not have.
    SecretBallotsOnly {
        /// The method's name.
        method: &'static str,
    },
    /// `seats`: not from 1 to the number of options.
    Seats {
        /// Number of seats given.
        seats: u16,
        /// Number of options in the election.
        options: usize,
    },
    /// `threshold.share`: not a share above 0 and at most 1.
    ThresholdShare {
        /// Numerator given.
        numerator: u32,
        /// Denominator given.
        denominator: u32,
    },
    /// `threshold.share`: no option can have more than all ballots.
    ThresholdOutOfReach,
    /// `threshold.share` of secret ballots that a sum does not tell: with another method than single choice or approval, with weights, or of
    /// ballots that chose something where abstention is allowed.
    ThresholdUnknown,
    /// `quorum.ballots`: not from 1 to the size of the registry.
    QuorumBallots {
        /// Number of ballots given.
        count: u64,
        /// Number of places in the registry.
        registry_size: u64,
    },
    /// `quorum.registry-share`: not from 1 to 10,000 basis points.
    QuorumShare {
        /// Basis points given.
        basis_points: u16,
    },
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApprovalBounds { min, max, options } => write!(
                f,
                "`rules.method.approval`: from {min} to {max} options is not possible among {options}; \
                 1 <= min <= max <= number of options"
            ),
            Self::SecretBallotsOnly { method } => {
                write!(f, "`rules.method`: {method} is for secret ballots, this election has open ones")
            }
            Self::Seats { seats, options } => {
                write!(
                    f,
                    "`rules.seats`: {seats} seats for {options} options; 1 <= seats <= number of options"
                )
            }
            Self::ThresholdShare { numerator, denominator } => write!(
                f,
                "`rules.threshold.share`: {numerator}/{denominator} is not a share above 0 and at most 1"
            ),
            Self::ThresholdOutOfReach => {
                f.write_str("`rules.threshold.share`: no option can have more than all ballots")
            }
            Self::ThresholdUnknown => f.write_str(
                "`rules.threshold.share`: secret ballots tell this share only for single choice and approval without weights, \
                 and of ballots with a choice only where abstention is refused",
            ),
            Self::QuorumBallots { count, registry_size } => write!(
                f,
                "`rules.quorum.ballots`: {count} ballots from a registry of {registry_size}; \
                 1 <= count <= size of the registry"
            ),
            Self::QuorumShare { basis_points } => {
                write!(f, "`rules.quorum.registry-share`: {basis_points} basis points is not from 1 to 10000")
            }
        }
    }
}

impl core::error::Error for RulesError {}

impl Rules {
    /// One option per ballot, one winner, abstention allowed, no threshold, no quorum; a tie has no winner.
    #[must_use]
    pub const fn single_choice() -> Self {
        Self {
            method: Method::SingleChoice,
            abstention: Abstention::Allowed,
            seats: 1,
            threshold: Threshold::None,
            quorum: Quorum::None,
            ties: TieRule::NoWinner,
        }
    }

    /// From `min` to `max` options per ballot, otherwise as [`Self::single_choice`].
    #[must_use]
    pub const fn approval(min: u16, max: u16) -> Self {
        Self { method: Method::Approval { min, max }, ..Self::single_choice() }
    }

    /// Checks that the rules make sense for so many options and citizens.
    ///
    /// # Errors
    /// [`RulesError`], naming the field.
    pub fn check(&self, options: usize, registry_size: u64) -> Result<(), RulesError> {
        match self.method {
            Method::SingleChoice => {}
            Method::Approval { min, max } => check_approval(min, max, options)?,
            Method::Score { .. } | Method::Budget { .. } | Method::Quadratic { .. } | Method::Borda => {
                return Err(RulesError::SecretBallotsOnly { method: self.method.name() });
            }
        }
        self.check_result(options, registry_size)
    }

    /// Checks what stands behind the method for secret ballots; the method itself is
    /// [`SealedRules::lower`](super::SealedRules::lower)'s.
    ///
    /// # Errors
    /// [`RulesError`], naming the field.
    pub(super) fn check_secret(
        &self,
        weighting: Weighting,
        options: usize,
        registry_size: u64,
    ) -> Result<(), RulesError> {
        if let Threshold::Share { of, .. } = self.threshold {
            let one_each = matches!(self.method, Method::SingleChoice | Method::Approval { .. });
            let counted = of == ThresholdBase::AllBallots || self.abstention == Abstention::Refused;
            if !one_each || weighting != Weighting::Plain || !counted {
                return Err(RulesError::ThresholdUnknown);
            }
        }
        self.check_result(options, registry_size)
    }

    /// Seats, threshold and quorum.
    fn check_result(&self, options: usize, registry_size: u64) -> Result<(), RulesError> {
        if self.seats == 0 || usize::from(self.seats) > options {
            return Err(RulesError::Seats { seats: self.seats, options });
        }
        if let Threshold::Share { numerator, denominator, comparison, .. } = self.threshold {
            if numerator == 0 || numerator > denominator {
                return Err(RulesError::ThresholdShare { numerator, denominator });
            }
            if numerator == denominator && comparison == Comparison::MoreThan {
                return Err(RulesError::ThresholdOutOfReach);
            }
        }
        match self.quorum {
            Quorum::None => Ok(()),
            Quorum::Ballots { count } if count == 0 || count > registry_size => {
                Err(RulesError::QuorumBallots { count, registry_size })
            }
            Quorum::RegistryShare { basis_points } if basis_points == 0 || basis_points > 10_000 => {
                Err(RulesError::QuorumShare { basis_points })
            }
            Quorum::Ballots { .. } | Quorum::RegistryShare { .. } => Ok(()),
        }
    }

    /// Absorbs every field, each in a fixed number of parts given its discriminant.
    pub(super) fn absorb(&self, hasher: TaggedHasher) -> TaggedHasher {
        let hasher = match self.method {
            Method::SingleChoice => hasher.u64(0),
            Method::Approval { min, max } => hasher.u64(1).u64(min.into()).u64(max.into()),
            Method::Score { max } => hasher.u64(2).u64(max.into()),
            Method::Budget { points } => hasher.u64(3).u64(points.into()),
            Method::Quadratic { credits } => hasher.u64(4).u64(credits.into()),
            Method::Borda => hasher.u64(5),
        };
        let hasher = hasher
            .u64(match self.abstention {
                Abstention::Refused => 0,
                Abstention::Allowed => 1,
            })
            .u64(self.seats.into());
        let hasher = match self.threshold {
            Threshold::None => hasher.u64(0),
            Threshold::Share { numerator, denominator, comparison, of } => hasher
                .u64(1)
                .u64(numerator.into())
                .u64(denominator.into())
                .u64(match comparison {
                    Comparison::MoreThan => 0,
                    Comparison::AtLeast => 1,
                })
                .u64(match of {
                    ThresholdBase::AllBallots => 0,
                    ThresholdBase::BallotsWithChoice => 1,
                }),
        };
        let hasher = match self.quorum {
            Quorum::None => hasher.u64(0),
            Quorum::Ballots { count } => hasher.u64(1).u64(count),
            Quorum::RegistryShare { basis_points } => hasher.u64(2).u64(basis_points.into()),
        };
        hasher.u64(match self.ties {
            TieRule::NoWinner => 0,
            TieRule::AllWin => 1,
            TieRule::OrderOfOptions => 2,
        })
    }
}

/// Whether from `min` to `max` of `options` different options can be chosen.
pub(super) fn check_approval(min: u16, max: u16, options: usize) -> Result<(), RulesError> {
    if min == 0 || min > max || usize::from(max) > options {
        return Err(RulesError::ApprovalBounds { min, max, options });
    }
    Ok(())
}

impl Threshold {
    /// Whether so many votes suffice, given all ballots and the abstentions among them.
    #[must_use]
    pub fn is_met(&self, votes: u64, ballots: u64, abstentions: u64) -> bool {
        match *self {
            Self::None => votes > 0,
            Self::Share { numerator, denominator, comparison, of } => {
                let base = match of {
                    ThresholdBase::AllBallots => ballots,
                    ThresholdBase::BallotsWithChoice => ballots.saturating_sub(abstentions),
                };
                // votes / base against numerator / denominator; 64 + 32 bits fit 128.
                let have = u128::from(votes) * u128::from(denominator);
                let need = u128::from(base) * u128::from(numerator);
                votes > 0
                    && match comparison {
                        Comparison::MoreThan => have > need,
                        Comparison::AtLeast => have >= need,
                    }
            }
        }
    }
}

impl Quorum {
    /// Least number of ballots, given the size of the registry; a share is rounded up.
    #[must_use]
    pub fn required(&self, registry_size: u64) -> u64 {
        match *self {
            Self::None => 0,
            Self::Ballots { count } => count,
            Self::RegistryShare { basis_points } => {
                let exact = (u128::from(registry_size) * u128::from(basis_points)).div_ceil(10_000);
                u64::try_from(exact).unwrap_or(u64::MAX)
            }
        }
    }
}
