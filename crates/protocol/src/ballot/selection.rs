//! The choice on a ballot.

use crate::{
    election::{Abstention, MAX_OPTIONS, Manifest, Method, Rules},
    wire::DecodeError,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};

/// The options a voter chose: their numbers from 0, strictly ascending; none for an abstention.
///
/// A value of this type has its one form, but was not necessarily checked against the rules of an election: see
/// [`Self::check`]. Bytes: the count, then each number, two bytes big endian each. JSON: an array of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection(Vec<u16>);

/// Why a choice is not allowed on a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectionError {
    /// The election has no option of that number.
    NoSuchOption {
        /// Number of the option, from 0.
        index: u16,
        /// Number of options in the election.
        options: usize,
    },
    /// The election has no option with that label.
    NoSuchLabel {
        /// The label, at most the first 64 characters.
        label: String,
    },
    /// The same option twice.
    Repeated {
        /// Number of the option, from 0.
        index: u16,
    },
    /// Fewer options than the rules ask for.
    TooFew {
        /// Least number of options.
        min: usize,
        /// Number of options chosen.
        actual: usize,
    },
    /// More options than the rules allow.
    TooMany {
        /// Greatest number of options.
        max: usize,
        /// Number of options chosen.
        actual: usize,
    },
    /// No option at all, and the rules do not allow to abstain.
    AbstentionRefused,
    /// The rules ask for numbers, which open ballots do not have.
    SecretBallotsOnly {
        /// The method's name.
        method: &'static str,
    },
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchOption { index, options } => {
                write!(f, "there is no option with index {index}; the election has {options}, counted from 0")
            }
            Self::NoSuchLabel { label } => write!(f, "there is no option {label:?}"),
            Self::Repeated { index } => write!(f, "the option with index {index} is chosen twice"),
            Self::TooFew { min, actual } => {
                write!(f, "options chosen: {actual}; the rules ask for at least {min}")
            }
            Self::TooMany { max, actual } => {
                write!(f, "options chosen: {actual}; the rules allow at most {max}")
            }
            Self::AbstentionRefused => {
                f.write_str("no option is chosen, and the rules do not allow to abstain")
            }
            Self::SecretBallotsOnly { method } => {
                write!(f, "the rules, {method}, are for secret ballots")
            }
        }
    }
}

impl core::error::Error for SelectionError {}

impl Selection {
    /// The choice of no option.
    #[must_use]
    pub const fn abstention() -> Self {
        Self(Vec::new())
    }

    /// The options with these numbers, from 0, in any order, checked against the election.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn from_indices(
        manifest: &Manifest,
        indices: impl IntoIterator<Item = u16>,
    ) -> Result<Self, SelectionError> {
        // One more than there can be is enough to know that there are too many.
        let mut sorted: Vec<u16> = indices.into_iter().take(MAX_OPTIONS + 1).collect();
        sorted.sort_unstable();
        if let Some(index) =
            sorted.iter().zip(sorted.iter().skip(1)).find_map(|(a, b)| (a == b).then_some(*a))
        {
            return Err(SelectionError::Repeated { index });
        }
        let selection = Self(sorted);
        selection.check(manifest.rules(), manifest.options().len())?;
        Ok(selection)
    }

    /// The options with these labels, in any order, checked against the election.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn from_labels<L: AsRef<str>>(
        manifest: &Manifest,
        labels: impl IntoIterator<Item = L>,
    ) -> Result<Self, SelectionError> {
        let indices: Vec<u16> = labels
            .into_iter()
            .map(|label| {
                let label = label.as_ref();
                manifest
                    .options()
                    .iter()
                    .position(|option| option == label)
                    .and_then(|index| u16::try_from(index).ok())
                    .ok_or_else(|| SelectionError::NoSuchLabel { label: label.chars().take(64).collect() })
            })
            .collect::<Result<_, _>>()?;
        Self::from_indices(manifest, indices)
    }

    /// Checks the choice against rules and number of options.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn check(&self, rules: &Rules, options: usize) -> Result<(), SelectionError> {
        let actual = self.0.len();
        // Ascending, so the last one is the greatest.
        if let Some(index) = self.0.last().copied().filter(|index| usize::from(*index) >= options) {
            return Err(SelectionError::NoSuchOption { index, options });
        }
        if actual == 0 {
            return match rules.abstention {
                Abstention::Allowed => Ok(()),
                Abstention::Refused => Err(SelectionError::AbstentionRefused),
            };
        }
        let (min, max) = match rules.method {
            Method::SingleChoice => (1, 1),
            Method::Approval { min, max } => (usize::from(min), usize::from(max)),
            Method::Score { .. } | Method::Budget { .. } | Method::Quadratic { .. } | Method::Borda => {
                return Err(SelectionError::SecretBallotsOnly { method: rules.method.name() });
            }
        };
        if actual < min {
            return Err(SelectionError::TooFew { min, actual });
        }
        if actual > max {
            return Err(SelectionError::TooMany { max, actual });
        }
        Ok(())
    }

    /// The numbers of the options, from 0, strictly ascending.
    #[must_use]
    pub fn indices(&self) -> &[u16] {
        &self.0
    }

    /// Whether no option is chosen.
    #[must_use]
    pub const fn is_abstention(&self) -> bool {
        self.0.is_empty()
    }

    /// The count, then each number: two bytes big endian each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = u16::try_from(self.0.len()).expect("at most MAX_OPTIONS");
        core::iter::once(&count).chain(&self.0).flat_map(|number| number.to_be_bytes()).collect()
    }

    /// Decodes [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::SelectionNotCanonical`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut numbers = bytes.chunks_exact(2).map(|pair| match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => unreachable!("chunks of two"),
        });
        let count = numbers.next().map_or(0, usize::from);
        let expected = 2 + 2 * count;
        if bytes.len() != expected {
            return Err(DecodeError::Length { expected, actual: bytes.len() });
        }
        Self::from_canonical(numbers.collect())
    }

    /// Wraps numbers that must already be strictly ascending.
    pub(crate) fn from_canonical(indices: Vec<u16>) -> Result<Self, DecodeError> {
        let ascending = indices.iter().zip(indices.iter().skip(1)).all(|(a, b)| a < b);
        if !ascending || indices.len() > MAX_OPTIONS {
            return Err(DecodeError::SelectionNotCanonical);
        }
        Ok(Self(indices))
    }
}

impl Serialize for Selection {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Selection {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_canonical(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
