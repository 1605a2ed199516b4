//! The election record of a closed box.

use crate::{
    ballot_box::BallotBox,
    storage::{BallotStore, BoxState, StorageError, StoredBallot},
};
use core::fmt;
use std::io::Write;
use tabella_primitives::{Fr, digest::Digest, elgamal::WrongSlots};
use tabella_protocol::{
    election::{ElectionKind, FrozenRegistry},
    record::{RecordWriter, WriteError},
    registry::{LeanImt, RegistryRoot},
    tally::{Tally, TallyCounter, TallyError},
    trustee::CeremonyError,
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
    /// The election is of another kind: open ballots are written by [`BallotBox::write_record`], secret ones by
    /// [`BallotBox::write_unopened`] and [`BallotBox::write_opened`].
    OtherKind {
        /// The election's kind.
        actual: ElectionKind,
    },
    /// The key ceremony does not hold.
    Ceremony(CeremonyError),
    /// The key ceremony is another one than the manifest's.
    OtherCeremony {
        /// Digest of the transcript of the manifest's.
        expected: Digest,
        /// Digest of the transcript of the one given.
        actual: Digest,
    },
    /// There are enough ballots, but no opening of their sum was given; or too few, and one was given.
    Opening {
        /// Number of ballots.
        ballots: u64,
        /// Least number whose sum is opened.
        least: u64,
    },
    /// A ballot, the keys or the opened numbers are not one for each option.
    Numbers(WrongSlots),
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
            Self::OtherKind { actual } => {
                write!(f, "the election has {}, whose record is written in another way", actual.name())
            }
            Self::Ceremony(error) => error.fmt(f),
            Self::OtherCeremony { expected, actual } => {
                write!(f, "the election's keys come from ceremony {expected}, this is ceremony {actual}")
            }
            Self::Opening { ballots, least } if ballots < least => {
                write!(f, "{ballots} ballots are not opened, the election asks for {least} at least")
            }
            Self::Opening { ballots, .. } => {
                write!(f, "the sum of the {ballots} ballots was not opened yet")
            }
            Self::Numbers(error) => write!(f, "not one for each option: {error}"),
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
pub(crate) fn expect_frozen(expected: &FrozenRegistry, leaves: &[Fr]) -> Result<(), ExportError> {
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
    /// Writes the election record of the closed box of an election with open ballots: manifest, ballots, closing, registry, result, digest.
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
        self.expect_kind(ElectionKind::OpenBallots)?;
        let state = self.store.state()?;
        let closed_at = state.closed_at.ok_or(ExportError::NotClosed)?;
        let manifest = self.manifest();
        expect_frozen(manifest.registry(), registry)?;
        let mut writer = RecordWriter::new(to, manifest)?;
        let mut counter = TallyCounter::new(manifest);
        self.write_ballots(&mut writer, &state, |stored, written| {
            // `expect_kind` has asked for open ballots.
            let ballot = stored.ballot.open().ok_or_else(|| foreign(stored.index))?;
            counter.add(ballot.selection())?;
            progress(written);
            Ok(())
        })?;
        writer.close(closed_at)?;
        writer.registry_leaves(registry)?;
        let tally = counter.finish();
        writer.tally(&tally)?;
        Ok(Exported { digest: writer.finish()?, tally })
    }

    /// Refuses to write the record of another kind of election.
    pub(crate) fn expect_kind(&self, expected: ElectionKind) -> Result<(), ExportError> {
        let actual = self.manifest().kind();
        if expected == actual { Ok(()) } else { Err(ExportError::OtherKind { actual }) }
    }

    /// Writes all ballots; each is shown to `each`, with the number of ballots written so far.
    pub(crate) fn write_ballots<W: Write>(
        &self,
        writer: &mut RecordWriter<W>,
        state: &BoxState,
        mut each: impl FnMut(&StoredBallot, u64) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
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
                // The chain is computed anew; a receipt fits the record only if the store kept what it was given.
                if writer.ballot(&stored.ballot)? != stored.link {
                    let what = format!("ballot {written} does not continue the hash chain");
                    return Err(StorageError::Corrupt { what }.into());
                }
                written += 1;
                each(&stored, written)?;
            }
        }
        Ok(())
    }

    /// Counts the open ballots of the closed box. The box counts nothing while it is open: a running count would tell voters
    /// how the election stands.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn tally(&self) -> Result<Tally, ExportError> {
        Ok(self.write_record(std::io::sink(), &[])?.tally)
    }
}

/// A ballot of another kind than the election.
pub(crate) fn foreign(index: u64) -> StorageError {
    StorageError::Corrupt { what: format!("ballot {index} is not of the election's kind") }
}

fn missing(index: u64) -> StorageError {
    StorageError::Corrupt { what: format!("ballot {index} is missing") }
}
