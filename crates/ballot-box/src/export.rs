//! The election record of a closed box.

use crate::{
    ballot_box::BallotBox,
    storage::{BallotStore, StorageError},
};
use core::fmt;
use std::io::Write;
use tabella_primitives::{Fr, digest::Digest};
use tabella_protocol::{
    election::FrozenRegistry,
    record::{RecordWriter, WriteError},
    registry::{LeanImt, RegistryRoot},
    tally::{Tally, TallyCounter, TallyError},
};

/// Ballots that are held in memory at a time.
const PAGE: usize = 1024;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The record's digest.
    pub digest: Digest,
    /// The result.
    pub tally: Tally,
}

/// Why a record was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportError {
    /// The box is still open.
    NotClosed,
    /// The store did not give the ballots.
    Storage(StorageError),
    /// The record could not be written.
    Write(WriteError),
    /// A stored ballot breaks the rules: the store is corrupt.
    Tally(TallyError),
    /// The leaves given are not the registry that the election froze; nothing was written.
    OtherRegistry {
        /// The root and size that the election froze.
        expected: FrozenRegistry,
        /// Root of the leaves given.
        root: RegistryRoot,
        /// Number of leaves given.
        size: usize,
    },
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotClosed => f.write_str("the ballot box is still open; close it first"),
            Self::Storage(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
            Self::Tally(error) => error.fmt(f),
            Self::OtherRegistry { expected, root, size } => write!(
                f,
                "the registry given has {size} places and root {root}, the election froze {} places with root {}",
                expected.size, expected.root
            ),
        }
    }
}

impl core::error::Error for ExportError {}

impl From<StorageError> for ExportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<WriteError> for ExportError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<TallyError> for ExportError {
    fn from(error: TallyError) -> Self {
        Self::Tally(error)
    }
}

/// Refuses leaves that are not the frozen registry: the audit would refuse the record.
fn expect_frozen(expected: &FrozenRegistry, leaves: &[Fr]) -> Result<(), ExportError> {
    if leaves.is_empty() {
        return Ok(());
    }
    let mut tree = LeanImt::new();
    // A list that makes no tree has the root 0, which no election freezes.
    let root = RegistryRoot::from_field(tree.insert_many(leaves).map_or(Fr::default(), |()| tree.root()));
    let size = leaves.len();
    if root == expected.root && u64::try_from(size) == Ok(expected.size) {
        Ok(())
    } else {
        Err(ExportError::OtherRegistry { expected: *expected, root, size })
    }
}

impl<S: BallotStore> BallotBox<S> {
    /// Writes the election record of the closed box: manifest, ballots, closing, registry, result, digest.
    /// `registry` are the leaves in the registry's order; none leaves them out.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn write_record(&self, to: impl Write, registry: &[Fr]) -> Result<Exported, ExportError> {
        self.write_record_with_progress(to, registry, |_| ())
    }

    /// As [`Self::write_record`]; `progress` is told how many ballots are written.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn write_record_with_progress(
        &self,
        to: impl Write,
        registry: &[Fr],
        mut progress: impl FnMut(u64),
    ) -> Result<Exported, ExportError> {
        let state = self.store.state()?;
        let closed_at = state.closed_at.ok_or(ExportError::NotClosed)?;
        let manifest = self.manifest();
        expect_frozen(manifest.registry(), registry)?;
        let mut writer = RecordWriter::new(to, manifest)?;
        let mut counter = TallyCounter::new(manifest);
        let mut written = 0;
        while written < state.ballots {
            let page = self.store.page(written, PAGE)?;
            if page.is_empty() {
                return Err(missing(written).into());
            }
            for stored in page {
                if stored.index != written {
                    return Err(missing(written).into());
                }
                counter.add(stored.ballot.selection())?;
                // The chain is computed anew; a receipt fits the record only if the store kept what it was given.
                if writer.ballot(&stored.ballot)? != stored.link {
                    let what = format!("ballot {written} does not continue the hash chain");
                    return Err(StorageError::Corrupt { what }.into());
                }
                written += 1;
                progress(written);
            }
        }
        writer.close(closed_at)?;
        writer.registry_leaves(registry)?;
        let tally = counter.finish();
        writer.tally(&tally)?;
        Ok(Exported { digest: writer.finish()?, tally })
    }

    /// Counts the ballots of the closed box. The box counts nothing while it is open: a running count would tell voters
    /// how the election stands.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn tally(&self) -> Result<Tally, ExportError> {
        Ok(self.write_record(std::io::sink(), &[])?.tally)
    }
}

fn missing(index: u64) -> StorageError {
    StorageError::Corrupt { what: format!("ballot {index} is missing") }
}
