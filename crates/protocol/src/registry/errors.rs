//! Why the registry did not do something. After each of these it is as it was before.

use super::{HistoryError, MAX_SIZE};
use core::fmt;

/// Why no citizen of a batch was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppendError {
    /// A batch without commitments.
    NoCommitments,
    /// The commitment is 0, which marks removed citizens.
    Zero {
        /// Position in the batch, from 0.
        position: u64,
    },
    /// The commitment stands in the registry already.
    Registered {
        /// Position in the batch, from 0.
        position: u64,
        /// The slot in which it stands.
        index: u64,
    },
    /// The commitment stands in the batch twice.
    Repeated {
        /// Position of the second one in the batch, from 0.
        position: u64,
        /// Position of the first one.
        earlier: u64,
    },
    /// More than [`MAX_SIZE`] slots.
    Full {
        /// Slots in use.
        size: u64,
        /// Commitments in the batch.
        added: u64,
    },
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommitments => f.write_str("there are no commitments to append"),
            Self::Zero { position } => write!(f, "commitment {position} of the batch is 0"),
            Self::Registered { position, index } => {
                write!(f, "commitment {position} of the batch is registered already, in slot {index}")
            }
            Self::Repeated { position, earlier } => {
                write!(f, "commitment {position} of the batch is the same as commitment {earlier}")
            }
            Self::Full { size, added } => {
                write!(
                    f,
                    "a registry has at most {MAX_SIZE} slots: {size} are in use, {added} more do not fit"
                )
            }
        }
    }
}

impl core::error::Error for AppendError {}

/// Why a citizen's commitment was not replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateError {
    /// There is no such slot.
    OutOfRange {
        /// The slot asked for.
        index: u64,
        /// Number of slots.
        size: u64,
    },
    /// The citizen in this slot was removed.
    Removed {
        /// The slot.
        index: u64,
    },
    /// The new commitment is 0: to remove a citizen, say so.
    Zero,
    /// The new commitment stands in the registry already.
    Duplicate {
        /// The slot in which it stands.
        index: u64,
    },
}

impl fmt::Display for UpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { index, size } => out_of_range(f, *index, *size),
            Self::Removed { index } => removed(f, *index),
            Self::Zero => f.write_str("the new commitment is 0"),
            Self::Duplicate { index } => {
                write!(f, "the new commitment is registered already, in slot {index}")
            }
        }
    }
}

impl core::error::Error for UpdateError {}

/// Why a citizen was not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoveError {
    /// There is no such slot.
    OutOfRange {
        /// The slot asked for.
        index: u64,
        /// Number of slots.
        size: u64,
    },
    /// The citizen in this slot was removed before.
    AlreadyRemoved {
        /// The slot.
        index: u64,
    },
}

impl fmt::Display for RemoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { index, size } => out_of_range(f, *index, *size),
            Self::AlreadyRemoved { index } => {
                write!(f, "the citizen in slot {index} has already been removed")
            }
        }
    }
}

impl core::error::Error for RemoveError {}

/// Why there is no membership path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupError {
    /// There is no such slot.
    OutOfRange {
        /// The slot asked for.
        index: u64,
        /// Number of slots.
        size: u64,
    },
    /// The citizen in this slot was removed.
    Removed {
        /// The slot.
        index: u64,
    },
    /// The commitment stands in no slot.
    NotRegistered,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { index, size } => out_of_range(f, *index, *size),
            Self::Removed { index } => removed(f, *index),
            Self::NotRegistered => f.write_str("the commitment is not registered"),
        }
    }
}

impl core::error::Error for LookupError {}

/// Why a tree and a history are not a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RestoreError {
    /// One commitment stands in two slots.
    Duplicate {
        /// The second slot.
        index: u64,
        /// The first slot.
        earlier: u64,
    },
    /// The tree has not the size of the last state.
    Size {
        /// Slots in the last state.
        expected: u64,
        /// Leaves of the tree.
        actual: u64,
    },
    /// The tree has not the root of the last state.
    Root {
        /// Number of the last state.
        sequence: u64,
    },
    /// The history contradicts itself.
    History(HistoryError),
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { index, earlier } => {
                write!(f, "slots {earlier} and {index} hold the same commitment")
            }
            Self::Size { expected, actual } => {
                write!(f, "the registry must have {expected} slots, found {actual}")
            }
            Self::Root { sequence } => {
                write!(f, "the tree does not have the root recorded for state {sequence}")
            }
            Self::History(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RestoreError {}

fn out_of_range(f: &mut fmt::Formatter<'_>, index: u64, size: u64) -> fmt::Result {
    write!(f, "there is no slot {index}: the registry has {size} slots, numbered from 0")
}

fn removed(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    write!(f, "the citizen in slot {index} has been removed")
}
