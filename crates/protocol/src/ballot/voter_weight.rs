//! What a voter who challenges a machine says about her own weight.

use crate::election::Weighting;
use core::fmt;

/// How often the voter counts, as she knows it from the list that was published with the election, and never from the machine that she
/// challenges.
///
/// A ballot encrypts numbers times weight. A machine that also chose the weight could open 1 vote of weight 3 as 3 votes of weight 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoterWeight {
    /// Once, as everybody in an election without weights.
    Once,
    /// So many times, from 1 to the greatest weight of the election.
    Known(u32),
}

/// Why a voter cannot have the weight that she is said to have. It says nothing about the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoterWeightError {
    /// Citizens of the election have weights, and the voter's is not given.
    Missing,
    /// Citizens of the election have no weights.
    NoWeights,
    /// No citizen of the election has that weight.
    OutOfRange {
        /// The greatest weight of the election.
        max: u32,
        /// The weight given.
        actual: u32,
    },
}

impl fmt::Display for VoterWeightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str(
                "citizens of this election have weights: without the voter's weight nobody can tell her numbers, \
                 for the ballot encrypts numbers times weight",
            ),
            Self::NoWeights => f.write_str("citizens of this election have no weights: each counts once"),
            Self::OutOfRange { max, actual } => {
                write!(f, "weights of this election are from 1 to {max}, and not {actual}")
            }
        }
    }
}

impl core::error::Error for VoterWeightError {}

impl VoterWeight {
    /// The factor, 1 for [`Once`](Self::Once), if citizens of an election with this weighting can have it.
    ///
    /// # Errors
    /// [`VoterWeightError`].
    pub const fn factor(self, weighting: Weighting) -> Result<u32, VoterWeightError> {
        match (weighting, self) {
            (Weighting::Plain, Self::Once) => Ok(1),
            (Weighting::Plain, Self::Known(_)) => Err(VoterWeightError::NoWeights),
            (Weighting::Weighted { .. }, Self::Once) => Err(VoterWeightError::Missing),
            (Weighting::Weighted { max_weight }, Self::Known(weight)) => {
                if 1 <= weight && weight <= max_weight {
                    Ok(weight)
                } else {
                    Err(VoterWeightError::OutOfRange { max: max_weight, actual: weight })
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_fits_its_election() {
        let (plain, weighted) = (Weighting::Plain, Weighting::Weighted { max_weight: 9 });
        assert_eq!(VoterWeight::Once.factor(plain), Ok(1));
        assert_eq!(VoterWeight::Once.factor(weighted), Err(VoterWeightError::Missing));
        for weight in [1, 2, 9] {
            assert_eq!(VoterWeight::Known(weight).factor(weighted), Ok(weight));
            assert_eq!(VoterWeight::Known(weight).factor(plain), Err(VoterWeightError::NoWeights));
        }
        for actual in [0, 10, u32::MAX] {
            let error = VoterWeightError::OutOfRange { max: 9, actual };
            assert_eq!(VoterWeight::Known(actual).factor(weighted), Err(error));
        }
    }
}
