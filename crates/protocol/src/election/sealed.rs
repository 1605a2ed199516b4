//! Rules of secret ballots, and the few numbers to which every method is lowered: the circuit knows those alone.

use super::{Abstention, Method, RulesError, rules::check_approval};
use crate::registry::MAX_SIZE;
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{Fr, discrete_log::MAX_BOUND, elgamal::MAX_SLOTS};

/// Bits of one number on a ballot.
pub const VOTE_BITS: usize = 16;
/// Bits of the sum of at most eight numbers of [`VOTE_BITS`].
pub const SUM_BITS: usize = 19;
/// Bits of the sum of at most eight squares of such numbers.
pub const CREDIT_BITS: usize = 35;
/// Bits of a weight.
pub const WEIGHT_BITS: usize = 32;
/// Bits of what is encrypted, weight times number. An opening needs two ballots at least and is found up to 2^40.
pub const MESSAGE_BITS: usize = 39;

/// Whether every citizen counts once, or as often as the registry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Weighting {
    /// Every citizen once; leaves of the registry are identity commitments.
    Plain,
    /// As often as the leaf says (`registry::weighted_leaf`).
    Weighted {
        /// Greatest weight in the registry; at least 1.
        max_weight: u32,
    },
}

/// What a voter may write on a secret ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedRules {
    /// What the numbers on the ballot may be.
    pub method: Method,
    /// Whether a ballot with nothing but zeros is valid.
    pub abstention: Abstention,
    /// Whether citizens have weights.
    pub weighting: Weighting,
}

/// Why rules make no sense for an election with secret ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealedRulesError {
    /// Fewer than 2 or more than eight options.
    NumberOfOptions {
        /// Number of options.
        options: usize,
    },
    /// No citizen, or more than a registry holds.
    NumberOfCitizens {
        /// Number of places in the registry.
        citizens: u64,
    },
    /// What open ballots refuse as well.
    Method(RulesError),
    /// A bound of the method is 0: nobody could vote.
    NoPoints {
        /// The method's name.
        method: &'static str,
    },
    /// The greatest weight is 0.
    NoWeight,
    /// `max * max_weight` does not fit [`MESSAGE_BITS`] bits.
    NumberTooLarge {
        /// Greatest number for one option.
        max: u32,
        /// Greatest weight.
        max_weight: u32,
    },
    /// `citizens * max * max_weight` is above 2^40: a sum that large could not be opened.
    SumTooLarge {
        /// Number of places in the registry.
        citizens: u64,
        /// Greatest number for one option.
        max: u32,
        /// Greatest weight.
        max_weight: u32,
    },
}

impl fmt::Display for SealedRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberOfOptions { options } => {
                write!(f, "{options} options; an election with secret ballots has 2 to {MAX_SLOTS}")
            }
            Self::NumberOfCitizens { citizens } => {
                write!(f, "{citizens} citizens; a registry has 1 to {MAX_SIZE}")
            }
            Self::Method(error) => error.fmt(f),
            Self::NoPoints { method } => write!(f, "`rules.method.{method}`: the bound is 0"),
            Self::NoWeight => f.write_str("`rules.weighting.weighted`: the greatest weight is 0"),
            Self::NumberTooLarge { max, max_weight } => {
                write!(
                    f,
                    "{max} votes of weight {max_weight}: one ballot may give an option less than 2^{MESSAGE_BITS}"
                )
            }
            Self::SumTooLarge { citizens, max, max_weight } => write!(
                f,
                "{citizens} citizens with {max} votes of weight {max_weight} each: a sum above 2^40 cannot be opened"
            ),
        }
    }
}

impl core::error::Error for SealedRulesError {}

/// Why numbers are no valid ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VotesError {
    /// Another count of numbers than the election has options.
    Count {
        /// Number of options.
        expected: usize,
        /// Count of numbers.
        actual: usize,
    },
    /// A number above the bound.
    TooMany {
        /// Option, from 0.
        option: usize,
        /// Greatest number allowed.
        max: u32,
    },
    /// The sum is not within its bounds.
    Sum {
        /// Least sum.
        min: u32,
        /// Greatest sum.
        max: u32,
    },
    /// The squares cost more than there is.
    Credits {
        /// Credits there are.
        credits: u64,
    },
    /// Not every place of the order is given to one option.
    NoOrder,
    /// Nothing but zeros, and the rules do not allow to abstain.
    AbstentionRefused,
}

impl fmt::Display for VotesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { expected, actual } => {
                write!(f, "{actual} numbers on a ballot with {expected} options")
            }
            Self::TooMany { option, max } => {
                write!(f, "the number of the option with index {option} is above {max}")
            }
            Self::Sum { min, max } => write!(f, "the sum of the numbers is not from {min} to {max}"),
            Self::Credits { credits } => write!(f, "the squares of the numbers sum to more than {credits}"),
            Self::NoOrder => f.write_str("the numbers are no order of the options"),
            Self::AbstentionRefused => {
                f.write_str("nothing but zeros, and the rules do not allow to abstain")
            }
        }
    }
}

impl core::error::Error for VotesError {}

/// What every method comes down to.
///
/// Numbers v_1..v_k are valid if all are 0 and abstention is allowed, or if
///
/// ```text
/// 0 <= v_j <= max       min_sum <= sum v_j <= max_sum       sum v_j^2 <= credits
/// and, for an order, v_1..v_k are 0..k-1 in some order
/// ```
///
/// Slots beyond the k-th hold 0. The circuit takes these numbers from one field element, [`Self::word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleParameters {
    options: u8,
    max: u16,
    min_sum: u32,
    max_sum: u32,
    credits: u64,
    abstention: bool,
    order: bool,
    weighted: bool,
}

impl SealedRules {
    /// Rules without weights that refuse abstention.
    #[must_use]
    pub const fn plain(method: Method) -> Self {
        Self { method, abstention: Abstention::Refused, weighting: Weighting::Plain }
    }

    /// Checks the rules for so many options and citizens, and lowers them.
    ///
    /// # Errors
    /// [`SealedRulesError`], naming what does not fit.
    pub fn lower(&self, options: usize, citizens: u64) -> Result<RuleParameters, SealedRulesError> {
        let count = u8::try_from(options).ok().filter(|k| *k >= 2 && options <= MAX_SLOTS);
        let count = count.ok_or(SealedRulesError::NumberOfOptions { options })?;
        if citizens == 0 || citizens > MAX_SIZE {
            return Err(SealedRulesError::NumberOfCitizens { citizens });
        }
        let k = u32::from(count);
        let not_zero = |bound: u32| match bound {
            0 => Err(SealedRulesError::NoPoints { method: self.method.name() }),
            bound => Ok(bound),
        };
        // Greatest number, least and greatest sum, credits where squares are limited.
        let (max, min_sum, max_sum, credits) = match self.method {
            Method::SingleChoice => (1, 1, 1, None),
            Method::Approval { min, max } => {
                check_approval(min, max, options).map_err(SealedRulesError::Method)?;
                (1, min.into(), max.into(), None)
            }
            Method::Score { max } => {
                let max = not_zero(max.into())?;
                (max, 1, k * max, None)
            }
            Method::Budget { points } => {
                let points = not_zero(points.into())?;
                (points, 1, points, None)
            }
            Method::Quadratic { credits } => {
                let max = not_zero(credits)?.isqrt();
                (max, 1, k * max, Some(u64::from(credits)))
            }
            Method::Borda => (k - 1, k * (k - 1) / 2, k * (k - 1) / 2, None),
        };
        let (weighted, max_weight) = match self.weighting {
            Weighting::Plain => (false, 1),
            Weighting::Weighted { max_weight: 0 } => return Err(SealedRulesError::NoWeight),
            Weighting::Weighted { max_weight } => (true, max_weight),
        };
        let message = u64::from(max) * u64::from(max_weight);
        if u128::from(citizens) * u128::from(message) > u128::from(MAX_BOUND) {
            return Err(SealedRulesError::SumTooLarge { citizens, max, max_weight });
        }
        if message >> MESSAGE_BITS != 0 {
            return Err(SealedRulesError::NumberTooLarge { max, max_weight });
        }
        Ok(RuleParameters {
            options: count,
            // A square root of 32 bits and every other bound has 16 bits.
            max: u16::try_from(max).unwrap_or(u16::MAX),
            min_sum,
            max_sum,
            credits: credits.unwrap_or(u64::from(k) * u64::from(max).pow(2)),
            abstention: self.abstention == Abstention::Allowed,
            order: self.method == Method::Borda,
            weighted,
        })
    }
}

impl RuleParameters {
    /// Number of options k, 2 to 8.
    #[must_use]
    pub fn options(&self) -> usize {
        self.options.into()
    }

    /// Greatest number for one option.
    #[must_use]
    pub const fn max(&self) -> u16 {
        self.max
    }

    /// Whether citizens have weights.
    #[must_use]
    pub const fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// Checks the numbers on a ballot, one for each option.
    ///
    /// # Errors
    /// [`VotesError`], the first that applies.
    pub fn check(&self, votes: &[u64]) -> Result<(), VotesError> {
        let expected = self.options();
        if votes.len() != expected {
            return Err(VotesError::Count { expected, actual: votes.len() });
        }
        let max = u64::from(self.max);
        if let Some(option) = votes.iter().position(|vote| *vote > max) {
            return Err(VotesError::TooMany { option, max: self.max.into() });
        }
        // Eight numbers of 16 bits: nothing wraps from here on.
        let sum: u64 = votes.iter().sum();
        if sum == 0 && self.abstention {
            return Ok(());
        }
        if sum == 0 {
            return Err(VotesError::AbstentionRefused);
        }
        if sum < self.min_sum.into() || sum > self.max_sum.into() {
            return Err(VotesError::Sum { min: self.min_sum, max: self.max_sum });
        }
        if votes.iter().map(|vote| vote * vote).sum::<u64>() > self.credits {
            return Err(VotesError::Credits { credits: self.credits });
        }
        // Of an order the numbers are below eight.
        let places = votes.iter().fold(0u64, |places, vote| places | 1 << (vote & 63));
        if self.order && places != (1 << expected) - 1 {
            return Err(VotesError::NoOrder);
        }
        Ok(())
    }

    /// Whether all numbers are 0 and that is allowed.
    #[must_use]
    pub fn is_abstention(&self, votes: &[u64]) -> bool {
        self.abstention && votes.iter().all(|vote| *vote == 0)
    }

    /// All parameters in one integer of [`Self::WORD_BITS`] bits, from the lowest bit: one bit for each of eight slots, set if an
    /// option uses it; max ([`VOTE_BITS`]); `min_sum`, `max_sum` ([`SUM_BITS`] each); credits ([`CREDIT_BITS`]); abstention
    /// allowed; order; weighted.
    #[must_use]
    pub fn word(&self) -> u128 {
        let fields = [
            (MAX_SLOTS, (1u64 << self.options) - 1),
            (VOTE_BITS, self.max.into()),
            (SUM_BITS, self.min_sum.into()),
            (SUM_BITS, self.max_sum.into()),
            (CREDIT_BITS, self.credits),
            (1, self.abstention.into()),
            (1, self.order.into()),
            (1, self.weighted.into()),
        ];
        fields.iter().rev().fold(0, |word, (bits, value)| (word << bits) | u128::from(*value))
    }

    /// Number of bits of [`Self::word`].
    pub const WORD_BITS: usize = MAX_SLOTS + VOTE_BITS + 2 * SUM_BITS + CREDIT_BITS + 3;

    /// [`Self::word`] as it enters the hash.
    #[must_use]
    pub fn to_field(&self) -> Fr {
        Fr::from(self.word())
    }
}
