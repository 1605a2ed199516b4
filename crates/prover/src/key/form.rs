//! What keys have in different ways, as a number in the head of their bytes.

use super::{KeyError, ProvingKey, QuotientBasis};

/// The basis of the quotient, and whether C is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) basis: QuotientBasis,
    pub(super) knows_c: bool,
}

impl Form {
    /// The form of the keys that this crate makes; it is not written.
    pub(super) const USUAL: Self = Self { basis: QuotientBasis::Coefficients, knows_c: true };

    pub(super) fn of(key: &ProvingKey) -> Self {
        Self { basis: key.queries.h_basis, knows_c: key.matrices.knows_c() }
    }

    pub(super) fn to_number(self) -> u64 {
        u64::from(self.basis == QuotientBasis::OddCoset) + 2 * u64::from(!self.knows_c)
    }

    pub(super) fn from_number(value: u64) -> Result<Self, KeyError> {
        let (basis, knows_c) = match value {
            1 => (QuotientBasis::OddCoset, true),
            2 => (QuotientBasis::Coefficients, false),
            3 => (QuotientBasis::OddCoset, false),
            // 0 is the usual form, which has no number: every key has one encoding.
            _ => return Err(KeyError::Form { value }),
        };
        Ok(Self { basis, knows_c })
    }

    /// Bytes that the form takes in the head.
    pub(super) fn bytes(self) -> usize {
        if self == Self::USUAL { 0 } else { 8 }
    }

    /// Matrices that are written.
    pub(super) fn matrices(self) -> usize {
        2 + usize::from(self.knows_c)
    }
}
