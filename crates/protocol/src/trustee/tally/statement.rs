//! What is proved of a tally.

use crate::ballot::{BallotSize, BallotSum, SealedElection, SealedElectionId, SumDigest};
use alloc::vec::Vec;
use core::fmt;
use tabella_primitives::{
    Fr,
    challenge::CircuitChallenge,
    digest::tag_element,
    discrete_log::MAX_BOUND,
    domain,
    edwards::{Point, Scalar},
    elgamal::MAX_SLOTS,
    instance::PublicInputs,
    poseidon,
};

/// Bits of one number of a tally; none is above 2^40.
pub const TALLY_BITS: usize = 42;

/// Public values of the tally relation: the sum's name, and the numbers T_1..T_8, four in one field element of [`TALLY_BITS`] bits each, the first
/// lowest; 0 in slots without option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyInstance {
    /// Names election and sum.
    pub sum: SumDigest,
    /// The numbers, below 2^[`TALLY_BITS`].
    pub totals: [u64; MAX_SLOTS],
}

impl PublicInputs<3> for TallyInstance {
    const FIELDS: [&'static str; 3] = ["sum", "first", "second"];

    fn public_inputs(&self) -> [Fr; 3] {
        let base = Fr::from(1u64 << TALLY_BITS);
        let pack =
            |totals: &[u64]| totals.iter().rev().fold(Fr::from(0u64), |sum, t| sum * base + Fr::from(*t));
        let (first, second) = self.totals.split_at(MAX_SLOTS / 2);
        [*self.sum.as_field(), pack(first), pack(second)]
    }
}

/// Why there is nothing to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyStatementError {
    /// The sum is of another election.
    OtherElection {
        /// The election asked for.
        expected: SealedElectionId,
        /// The sum's.
        actual: SealedElectionId,
    },
    /// Another count of numbers than the election has options.
    Count {
        /// Number of options.
        expected: usize,
        /// Count of numbers.
        actual: usize,
    },
    /// A number above 2^40.
    TooLarge {
        /// Option, from 0.
        option: usize,
    },
    /// The randomness of the ballots adds up to 0: somebody arranged that.
    Degenerate,
}

impl fmt::Display for TallyStatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherElection { expected, actual } => {
                write!(f, "the sum is of election {actual}, not of {expected}")
            }
            Self::Count { expected, actual } => {
                write!(f, "{actual} numbers in the tally of {expected} options")
            }
            Self::TooLarge { option } => {
                write!(f, "the number of the option with index {option} is above 2^40")
            }
            Self::Degenerate => f.write_str("the randomness of the ballots adds up to nothing"),
        }
    }
}

impl core::error::Error for TallyStatementError {}

/// That these numbers are the decryption of this sum under the election's keys; true or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyStatement {
    election: SealedElection,
    sum: BallotSum,
    totals: Vec<u64>,
}

impl TallyStatement {
    /// The statement that a sum opens to these numbers, one for each option.
    ///
    /// # Errors
    /// [`TallyStatementError`].
    pub fn new(
        election: SealedElection,
        sum: BallotSum,
        totals: Vec<u64>,
    ) -> Result<Self, TallyStatementError> {
        let (expected, actual) = (election.id(), sum.election());
        if expected != actual {
            return Err(TallyStatementError::OtherElection { expected, actual });
        }
        let (expected, actual) = (sum.options(), totals.len());
        if expected != actual {
            return Err(TallyStatementError::Count { expected, actual });
        }
        if let Some(option) = totals.iter().position(|total| *total > MAX_BOUND) {
            return Err(TallyStatementError::TooLarge { option });
        }
        if sum.shared().is_identity() {
            return Err(TallyStatementError::Degenerate);
        }
        Ok(Self { election, sum, totals })
    }

    /// The election.
    #[must_use]
    pub const fn election(&self) -> &SealedElection {
        &self.election
    }

    /// The sum.
    #[must_use]
    pub const fn sum(&self) -> &BallotSum {
        &self.sum
    }

    /// The numbers T_1..T_k.
    #[must_use]
    pub fn totals(&self) -> &[u64] {
        &self.totals
    }

    /// The size of the circuit.
    #[must_use]
    pub const fn size(&self) -> BallotSize {
        self.election.size()
    }

    /// The public values.
    #[must_use]
    pub fn instance(&self) -> TallyInstance {
        let mut totals = [0; MAX_SLOTS];
        for (to, from) in totals.iter_mut().zip(&self.totals) {
            *to = *from;
        }
        TallyInstance { sum: self.sum.digest(), totals }
    }

    /// The coefficients c_1..c_N, one for each slot, after sum and numbers.
    #[must_use]
    pub fn coefficients(&self) -> Vec<CircuitChallenge> {
        let [sum, first, second] = self.instance().public_inputs();
        let tag = tag_element(domain::TALLY_COEFFICIENT);
        (1..)
            .take(self.size().slots())
            .map(|k: u64| CircuitChallenge::of_hash(&poseidon::hash(&[tag, sum, first, second, Fr::from(k)])))
            .collect()
    }

    /// The coefficients as scalars: those of options, and the sum of those of slots without option.
    pub(super) fn scalars(&self) -> (Vec<Scalar>, Scalar) {
        let mut scalars: Vec<Scalar> = self.coefficients().iter().map(CircuitChallenge::to_scalar).collect();
        let unused = scalars.split_off(self.totals.len()).into_iter().sum();
        (scalars, unused)
    }

    /// `sum_k c_k P_k` over points of the options, where slots without option have `filler`.
    pub(super) fn combine(&self, points: &[Point], filler: &Point) -> Point {
        let (mut scalars, unused) = self.scalars();
        scalars.push(unused);
        let points: Vec<Point> = points.iter().chain([filler]).copied().collect();
        Point::multi_mul_vartime(&points, &scalars)
    }

    /// `sum_k c_k Y_k`.
    #[must_use]
    pub fn combined_key(&self) -> Point {
        self.combine(self.election.key().points(), &Point::base())
    }

    /// `sum_k c_k D_k`, `D_k = B_k - T_k B8`.
    #[must_use]
    pub fn combined_image(&self) -> Point {
        let plain = |total: &u64| Point::base().mul_vartime(&Scalar::from(*total));
        let images: Vec<Point> =
            self.sum.bodies().iter().zip(&self.totals).map(|(body, total)| *body - plain(total)).collect();
        self.combine(&images, self.sum.shared())
    }
}
