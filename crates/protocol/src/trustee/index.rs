//! The number of a trustee.

use core::{fmt, num::NonZeroU8};
use serde::{Deserialize, Serialize};
use tabella_primitives::edwards::Scalar;

/// Greatest number of trustees.
pub const MAX_TRUSTEES: u8 = 20;

/// The number of a trustee, from 1 to [`MAX_TRUSTEES`]: its place in the list, and where the polynomials are evaluated for it.
///
/// Never 0, where a polynomial's value is the secret itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct TrusteeIndex(NonZeroU8);

/// No trustee has such a number: it is 0, or above [`MAX_TRUSTEES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIndex(pub u8);

impl fmt::Display for InvalidIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trustees are numbered from 1 to {MAX_TRUSTEES}; {} is none of them", self.0)
    }
}

impl core::error::Error for InvalidIndex {}

impl TrusteeIndex {
    /// The trustee of that number.
    ///
    /// # Errors
    /// [`InvalidIndex`].
    pub const fn new(number: u8) -> Result<Self, InvalidIndex> {
        match NonZeroU8::new(number) {
            Some(index) if number <= MAX_TRUSTEES => Ok(Self(index)),
            _ => Err(InvalidIndex(number)),
        }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0.get()
    }

    /// The place in a list that begins with trustee 1.
    #[must_use]
    pub(super) fn place(self) -> usize {
        usize::from(self.get()) - 1
    }

    /// Where polynomials are evaluated for this trustee.
    #[must_use]
    pub(super) fn scalar(self) -> Scalar {
        Scalar::from(self.get())
    }
}

/// Several trustees' numbers, with commas.
pub(super) struct Numbers<'a>(pub(super) &'a [TrusteeIndex]);

impl fmt::Display for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, trustee) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{trustee}")?;
        }
        Ok(())
    }
}

impl TryFrom<u8> for TrusteeIndex {
    type Error = InvalidIndex;

    fn try_from(number: u8) -> Result<Self, InvalidIndex> {
        Self::new(number)
    }
}

impl From<TrusteeIndex> for u8 {
    fn from(index: TrusteeIndex) -> Self {
        index.get()
    }
}

impl fmt::Display for TrusteeIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TrusteeIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrusteeIndex({self})")
    }
}
