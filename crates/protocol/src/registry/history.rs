//! Every state a registry has been in: sequence number, root, size, and what brought it about.

use super::RegistryRoot;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// What led to a state of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Change {
    /// So many citizens were appended in one batch, at least 1.
    Appended {
        /// Number of citizens.
        count: u64,
    },
    /// The citizen in a slot got another commitment.
    Updated {
        /// The slot, from 0.
        index: u64,
    },
    /// The citizen in a slot was removed.
    Removed {
        /// The slot, from 0.
        index: u64,
    },
    /// A whole registry came from elsewhere; what happened before is not known here.
    Imported,
}

/// One state of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RootRecord {
    /// Number of the state: 1 after the first change, then one more with each.
    pub sequence: u64,
    /// The root; `None` where the only citizen there ever was has been removed.
    pub root: Option<RegistryRoot>,
    /// Number of slots, removed ones included.
    pub size: u64,
    /// What led to it.
    pub change: Change,
}

/// Where a list of states contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryError {
    /// A state does not bear the number after that of the one before it, or the first neither 1 nor an import.
    Sequence {
        /// Number that was due.
        expected: u64,
        /// Number found.
        actual: u64,
    },
    /// A change cannot have led from the size before to the size after it.
    Size {
        /// Number of the state.
        sequence: u64,
    },
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence { expected, actual } => {
                write!(f, "state {expected} of the registry is due, found state {actual}")
            }
            Self::Size { sequence } => {
                write!(
                    f,
                    "the size of the registry in state {sequence} does not follow from the state before"
                )
            }
        }
    }
}

impl core::error::Error for HistoryError {}

/// Greatest number of a state: every integer up to here survives JSON in JavaScript.
const MAX_SEQUENCE: u64 = (1 << 53) - 1;

/// All states of a registry, oldest first. Memory: one [`RootRecord`] per batch or single change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RootHistory {
    records: Vec<RootRecord>,
}

impl RootHistory {
    /// A history from its records, oldest first.
    ///
    /// # Errors
    /// [`HistoryError`] names the first record that does not follow from the one before it.
    pub fn from_records(records: Vec<RootRecord>) -> Result<Self, HistoryError> {
        let mut size = 0u64;
        let mut due = 1u64;
        for (position, record) in records.iter().enumerate() {
            let sequence = record.sequence;
            let first_import = position == 0 && record.change == Change::Imported && sequence > 0;
            if sequence > MAX_SEQUENCE || (sequence != due && !first_import) {
                return Err(HistoryError::Sequence { expected: due, actual: sequence });
            }
            let follows = match record.change {
                Change::Appended { count } => count > 0 && size.checked_add(count) == Some(record.size),
                Change::Updated { index } | Change::Removed { index } => record.size == size && index < size,
                Change::Imported => position == 0,
            };
            if !follows {
                return Err(HistoryError::Size { sequence });
            }
            size = record.size;
            due = sequence + 1;
        }
        Ok(Self { records })
    }

    /// Every state, oldest first.
    #[must_use]
    pub fn records(&self) -> &[RootRecord] {
        &self.records
    }

    /// The present state; `None` before the first change.
    #[must_use]
    pub fn latest(&self) -> Option<&RootRecord> {
        self.records.last()
    }

    /// Number of the present state; 0 before the first change.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.latest().map_or(0, |record| record.sequence)
    }

    /// The newest state with that root.
    #[must_use]
    pub fn find(&self, root: &RegistryRoot) -> Option<&RootRecord> {
        self.records.iter().rev().find(|record| record.root.as_ref() == Some(root))
    }

    pub(super) fn push(&mut self, root: Option<RegistryRoot>, size: u64, change: Change) {
        let sequence = self.sequence() + 1;
        self.records.push(RootRecord { sequence, root, size, change });
    }

    /// The history of a registry that came from elsewhere in that state.
    pub(super) fn imported(
        sequence: u64,
        root: Option<RegistryRoot>,
        size: u64,
    ) -> Result<Self, HistoryError> {
        Self::from_records(alloc::vec![RootRecord { sequence, root, size, change: Change::Imported }])
    }
}
