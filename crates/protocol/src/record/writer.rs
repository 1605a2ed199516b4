//! Writes a record, entry by entry.

use super::{
    Closing, EntryKind, Link, LinkedEntry, MAX_LEAVES_PER_ENTRY, MAX_LINE_BYTES, RecordEntry, RecordError,
    RecordReader, RegistryPart, SumProof, TallyProof, record_digest,
};
use crate::{
    ballot::CastBallot,
    election::{ElectionId, ElectionKind, Manifest},
    tally::Tally,
    trustee::{CeremonyRecord, Package},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use std::io::{self, BufRead, Write};
use tabella_primitives::{Fr, digest::Digest};

/// Why a record could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The destination refused the bytes.
    Io {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// What the system says.
        reason: String,
    },
    /// An entry of this kind cannot come now.
    OutOfOrder {
        /// The kind of the entry before it; none for the first.
        after: Option<EntryKind>,
        /// Its kind.
        kind: EntryKind,
    },
    /// The line is longer than any reader accepts.
    Oversized {
        /// Greatest length, in bytes.
        limit: usize,
        /// Length of the line, in bytes.
        actual: usize,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { reason, .. } => write!(f, "the record could not be written: {reason}"),
            Self::OutOfOrder { after: Some(after), kind } => {
                write!(f, "a {kind} entry cannot follow a {after} entry")
            }
            Self::OutOfOrder { after: None, kind } => {
                write!(f, "a record does not begin with a {kind} entry")
            }
            Self::Oversized { limit, actual } => {
                write!(f, "the entry has {actual} bytes where at most {limit} are possible")
            }
        }
    }
}

impl core::error::Error for WriteError {}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io { kind: error.kind(), reason: error.to_string() }
    }
}

/// Why a record could not be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResumeError {
    /// What was to be continued is no record.
    Read(RecordError),
    /// It could not be written.
    Write(WriteError),
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ResumeError {}

/// Writes a record, entry by entry, in the order of the [module](super).
#[derive(Debug)]
pub struct RecordWriter<W: Write> {
    to: W,
    election: ElectionId,
    entries: u64,
    ballots: u64,
    leaves: u64,
    head: Link,
    kind: ElectionKind,
    last: Option<EntryKind>,
}

impl<W: Write> RecordWriter<W> {
    /// Starts a record with its manifest.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn new(to: W, manifest: &Manifest) -> Result<Self, WriteError> {
        let mut writer = Self {
            to,
            election: manifest.id(),
            entries: 0,
            ballots: 0,
            leaves: 0,
            head: Link::GENESIS,
            kind: manifest.kind(),
            last: None,
        };
        writer.write(&RecordEntry::Manifest(manifest.clone()))?;
        Ok(writer)
    }

    /// Copies a record that was [paused](Self::pause), to continue it where it ended. Form and links are checked; whether what it says is
    /// right is the audit's to say.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub fn resume(to: W, paused: impl BufRead) -> Result<Self, ResumeError> {
        let mut reader = RecordReader::unopened(paused);
        let mut next = || reader.next_entry().map_err(ResumeError::Read);
        let Some(LinkedEntry { entry: RecordEntry::Manifest(manifest), .. }) = next()? else {
            // The reader lets a record begin with nothing else.
            return Err(ResumeError::Read(RecordError::Truncated { entry: 0 }));
        };
        let mut writer = Self::new(to, &manifest).map_err(ResumeError::Write)?;
        while let Some(LinkedEntry { entry, .. }) = next()? {
            writer.write(&entry).map_err(ResumeError::Write)?;
        }
        Ok(writer)
    }

    /// Appends the next ballot and gives the link after it.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn ballot(&mut self, ballot: &CastBallot) -> Result<Link, WriteError> {
        self.write(&RecordEntry::Ballot { index: self.ballots, ballot: ballot.clone() })?;
        Ok(self.head)
    }

    /// Appends the closing of the ballot box.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn close(&mut self, closed_at: u64) -> Result<Closing, WriteError> {
        let closing = Closing { ballots: self.ballots, head: self.head, closed_at };
        self.write(&RecordEntry::Close(closing))?;
        Ok(closing)
    }

    /// Appends leaves of the registry, in as many entries as they need.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn registry_leaves(&mut self, leaves: &[Fr]) -> Result<(), WriteError> {
        for part in leaves.chunks(MAX_LEAVES_PER_ENTRY) {
            self.registry_part(part.to_vec(), Vec::new())?;
        }
        Ok(())
    }

    /// Appends the commitments and weights of a registry in which citizens have weights, in as many entries as they need.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn weighted_registry(&mut self, citizens: &[(Fr, u32)]) -> Result<(), WriteError> {
        for part in citizens.chunks(MAX_LEAVES_PER_ENTRY) {
            let (leaves, weights) = part.iter().copied().unzip();
            self.registry_part(leaves, weights)?;
        }
        Ok(())
    }

    fn registry_part(&mut self, leaves: Vec<Fr>, weights: Vec<u32>) -> Result<(), WriteError> {
        self.write(&RecordEntry::Registry(RegistryPart { first: self.leaves, leaves, weights }))
    }

    /// Appends a key ceremony: parameters, then all packages.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn ceremony(&mut self, ceremony: &CeremonyRecord) -> Result<(), WriteError> {
        self.write(&RecordEntry::Ceremony(ceremony.parameters().clone()))?;
        for package in ceremony.packages() {
            self.write(&RecordEntry::Package(package.clone()))?;
        }
        Ok(())
    }

    /// Appends trustees' shares, put in the order of their trustees.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn shares(&mut self, shares: &[Package]) -> Result<(), WriteError> {
        let mut shares: Vec<&Package> = shares.iter().collect();
        shares.sort_by_key(|share| share.order());
        for share in shares {
            self.write(&RecordEntry::Share(share.clone()))?;
        }
        Ok(())
    }

    /// Ends a record of secret ballots before it is opened: what trustees get. It is no whole record.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn pause(mut self) -> Result<(), WriteError> {
        match self.last {
            Some(EntryKind::Package) => Ok(self.to.flush()?),
            after => Err(WriteError::OutOfOrder { after, kind: EntryKind::Share }),
        }
    }

    /// Appends the result.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn tally(&mut self, tally: &Tally) -> Result<(), WriteError> {
        self.write(&RecordEntry::Tally(tally.clone()))
    }

    /// Appends proofs that batches of ballots were added, in the order of the batches.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn sum_proofs(&mut self, proofs: &[SumProof]) -> Result<(), WriteError> {
        proofs.iter().try_for_each(|proof| self.write(&RecordEntry::SumProof(proof.clone())))
    }

    /// Appends a proof that the sum opens to the result's numbers.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn tally_proof(&mut self, proof: &TallyProof) -> Result<(), WriteError> {
        self.write(&RecordEntry::TallyProof(proof.clone()))
    }

    /// Appends the last entry, flushes, and gives the record's digest.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn finish(mut self) -> Result<Digest, WriteError> {
        let digest = record_digest(&self.election, self.entries, &self.head);
        self.write(&RecordEntry::End { entries: self.entries, digest })?;
        self.to.flush()?;
        Ok(digest)
    }

    fn write(&mut self, entry: &RecordEntry) -> Result<(), WriteError> {
        let kind = entry.kind();
        if !kind.may_follow(self.last, self.kind) {
            return Err(WriteError::OutOfOrder { after: self.last, kind });
        }
        let link = self.head.next(self.entries, kind, &entry.digest(&self.election));
        let mut line = entry.to_line(self.entries, &link);
        if line.len() > MAX_LINE_BYTES {
            return Err(WriteError::Oversized { limit: MAX_LINE_BYTES, actual: line.len() });
        }
        line.push('\n');
        self.to.write_all(line.as_bytes())?;
        match entry {
            RecordEntry::Ballot { .. } => self.ballots += 1,
            RecordEntry::Registry(part) => {
                self.leaves += u64::try_from(part.leaves.len()).expect("at most MAX_LEAVES_PER_ENTRY");
            }
            _ => {}
        }
        self.entries += 1;
        self.head = link;
        self.last = Some(kind);
        Ok(())
    }
}

/// Why no proofs were added to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddProofsError {
    /// The record that was given is none.
    Read(RecordError),
    /// The record could not be written.
    Write(WriteError),
}

impl fmt::Display for AddProofsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AddProofsError {}

impl From<RecordError> for AddProofsError {
    fn from(error: RecordError) -> Self {
        Self::Read(error)
    }
}

impl From<WriteError> for AddProofsError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

/// Copies a whole record of secret ballots, with these proofs and no others before its end, and gives the copy's digest. All other entries
/// are as they were. Memory: one line.
///
/// # Errors
/// [`AddProofsError`]. Whether the proofs hold is the audit's to say.
pub fn add_proofs(
    record: impl BufRead,
    to: impl Write,
    sums: &[SumProof],
    tally: Option<&TallyProof>,
) -> Result<Digest, AddProofsError> {
    let mut reader = RecordReader::new(record);
    let mut writer = match reader.next_entry()? {
        Some(LinkedEntry { entry: RecordEntry::Manifest(manifest), .. }) => RecordWriter::new(to, &manifest)?,
        // The reader lets a record begin with nothing else.
        _ => return Err(RecordError::Truncated { entry: 0 }.into()),
    };
    while let Some(linked) = reader.next_entry()? {
        match linked.entry {
            RecordEntry::SumProof(_) | RecordEntry::TallyProof(_) | RecordEntry::End { .. } => {}
            entry => writer.write(&entry)?,
        }
    }
    writer.sum_proofs(sums)?;
    if let Some(tally) = tally {
        writer.tally_proof(tally)?;
    }
    Ok(writer.finish()?)
}
