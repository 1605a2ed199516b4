//! Reads a record, entry by entry, and checks its form and its links.

use super::{EntryError, EntryKind, Link, MAX_LINE_BYTES, RecordEntry, entry::ParsedLine, record_digest};
use crate::{
    election::{ElectionId, ElectionKind},
    trustee::{MAX_CEREMONY_PACKAGES, Package, Round, TrusteeIndex},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use std::io::{self, BufRead, Read};
use tabella_primitives::digest::Digest;

/// Why a file is not a whole record. Every variant says where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// The source could not be read.
    Io {
        /// Number of the entry, from 0.
        entry: u64,
        /// The kind of failure.
        kind: io::ErrorKind,
        /// What the system says.
        reason: String,
    },
    /// The line is longer than any entry; the rest of it was not read.
    Oversized {
        /// Number of the entry, from 0.
        entry: u64,
        /// Greatest length, in bytes.
        limit: usize,
    },
    /// The line is not UTF-8.
    NotText {
        /// Number of the entry, from 0.
        entry: u64,
    },
    /// The file ends before the record does: within this line, or before it.
    Truncated {
        /// Number of the entry, from 0.
        entry: u64,
    },
    /// Something follows the last entry.
    TrailingData {
        /// Number of entries of the record.
        entries: u64,
    },
    /// The line is not an entry.
    Malformed {
        /// Number of the entry, from 0.
        entry: u64,
        /// What is wrong with it.
        error: EntryError,
    },
    /// The entry has another number than its place.
    WrongNumber {
        /// Number of the entry, from 0.
        entry: u64,
        /// Number that it gives itself.
        actual: u64,
    },
    /// An entry of this kind cannot stand here.
    OutOfOrder {
        /// Number of the entry, from 0.
        entry: u64,
        /// Kind of the entry before it; none for the first.
        after: Option<EntryKind>,
        /// Its kind.
        kind: EntryKind,
    },
    /// The link does not follow from the entries up to here: something was changed, moved, put in or taken out.
    BrokenLink {
        /// Number of the entry, from 0.
        entry: u64,
        /// The link that follows.
        expected: Link,
        /// The link that stands there.
        actual: Link,
    },
    /// The ballot has another index than its place.
    WrongBallotIndex {
        /// Number of the entry, from 0.
        entry: u64,
        /// Index that follows from the place.
        expected: u64,
        /// Index that stands there.
        actual: u64,
    },
    /// The closing entry gives another number of ballots or another head than there are before it.
    WrongClosing {
        /// Number of the entry, from 0.
        entry: u64,
        /// Number of ballots before it.
        ballots: u64,
        /// Link of the last of them.
        head: Link,
    },
    /// The leaves of the registry do not continue where the last ones ended.
    WrongLeafPosition {
        /// Number of the entry, from 0.
        entry: u64,
        /// Position that follows.
        expected: u64,
        /// Position that stands there.
        actual: u64,
    },
    /// The last entry gives another number of entries or another digest.
    WrongDigest {
        /// Number of the entry, from 0.
        entry: u64,
        /// The record's digest.
        expected: Digest,
        /// The digest that stands there.
        actual: Digest,
    },
    /// More packages than any key ceremony has.
    TooManyPackages {
        /// Number of the entry, from 0.
        entry: u64,
    },
    /// A package or share stands twice, or not in the order of round, sender and digest.
    PackageOrder {
        /// Number of the entry, from 0.
        entry: u64,
    },
    /// A proof of a sum is of another batch than its place.
    WrongBatch {
        /// Number of the entry, from 0.
        entry: u64,
        /// Batch that follows from the place.
        expected: u64,
        /// Batch that stands there.
        actual: u64,
    },
    /// An earlier call already found a fault; nothing after it means anything.
    AlreadyFailed,
}

impl RecordError {
    /// Number of the entry with the fault, from 0.
    #[must_use]
    pub const fn entry(&self) -> Option<u64> {
        match self {
            Self::Io { entry, .. }
            | Self::Oversized { entry, .. }
            | Self::NotText { entry }
            | Self::Truncated { entry }
            | Self::Malformed { entry, .. }
            | Self::WrongNumber { entry, .. }
            | Self::OutOfOrder { entry, .. }
            | Self::BrokenLink { entry, .. }
            | Self::WrongBallotIndex { entry, .. }
            | Self::WrongClosing { entry, .. }
            | Self::WrongLeafPosition { entry, .. }
            | Self::TooManyPackages { entry }
            | Self::PackageOrder { entry }
            | Self::WrongBatch { entry, .. }
            | Self::WrongDigest { entry, .. } => Some(*entry),
            Self::TrailingData { entries } => Some(*entries),
            Self::AlreadyFailed => None,
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            Some(entry) => write!(f, "entry {entry} (line {}): ", entry.saturating_add(1))?,
            None => f.write_str("record: ")?,
        }
        match self {
            Self::Io { reason, .. } => write!(f, "cannot be read: {reason}"),
            Self::Oversized { limit, .. } => write!(f, "oversized: longer than {limit} bytes"),
            Self::NotText { .. } => f.write_str("is not UTF-8 text"),
            Self::Truncated { .. } => f.write_str("the record is cut off here"),
            Self::TrailingData { .. } => f.write_str("something follows the end of the record"),
            Self::Malformed { error, .. } => error.fmt(f),
            Self::WrongNumber { actual, .. } => write!(f, "is numbered {actual}"),
            Self::OutOfOrder { after: Some(after), kind, .. } => {
                write!(f, "a {kind} entry cannot follow a {after} entry")
            }
            Self::OutOfOrder { after: None, kind, .. } => {
                write!(f, "a record begins with its manifest, not with a {kind} entry")
            }
            Self::BrokenLink { expected, actual, .. } => write!(
                f,
                "the hash chain breaks: link {expected} follows from the entries up to here, {actual} stands there; \
                 an entry was changed, moved, put in or taken out"
            ),
            Self::WrongBallotIndex { expected, actual, .. } => {
                write!(f, "ballot {expected} is numbered {actual}")
            }
            Self::WrongClosing { ballots, head, .. } => {
                write!(f, "the box closes with {ballots} ballots and head {head}, the entry says otherwise")
            }
            Self::WrongLeafPosition { expected, actual, .. } => {
                write!(f, "leaf {expected} of the registry is numbered {actual}")
            }
            Self::WrongDigest { expected, actual, .. } => {
                write!(f, "the record's digest is {expected}, the entry says {actual}")
            }
            Self::TooManyPackages { .. } => f.write_str("there are more packages than any key ceremony has"),
            Self::PackageOrder { .. } => f.write_str(
                "the package stands here a second time, or not in the order of round, sender and digest",
            ),
            Self::WrongBatch { expected, actual, .. } => {
                write!(f, "the proof of batch {expected} is numbered {actual}")
            }
            Self::AlreadyFailed => f.write_str("reading went on after a fault"),
        }
    }
}

impl core::error::Error for RecordError {}

/// An entry whose form, place and link were checked. Its meaning was not: proofs, rules and result are the auditor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedEntry {
    /// Number of the entry, from 0.
    pub number: u64,
    /// The entry.
    pub entry: RecordEntry,
    /// The link after it.
    pub link: Link,
}

/// Reads a record, entry by entry. Memory: one line, at most [`MAX_LINE_BYTES`].
///
/// As an iterator it ends after the last entry; a record that is cut off ends in [`RecordError::Truncated`].
#[derive(Debug)]
pub struct RecordReader<R: BufRead> {
    from: R,
    line: Vec<u8>,
    election: Option<ElectionId>,
    entries: u64,
    ballots: u64,
    leaves: u64,
    head: Link,
    last: Option<EntryKind>,
    /// Of the election; of no meaning before the manifest.
    kind: ElectionKind,
    packages: usize,
    /// Proofs of batches so far.
    batches: u64,
    /// Where the last package or share stands among others.
    order: Option<(Round, TrusteeIndex, Digest)>,
    /// Whether the record may end before shares and tally.
    unopened: bool,
    failed: bool,
}

impl<R: BufRead> RecordReader<R> {
    /// Reads from the beginning of a record.
    pub const fn new(from: R) -> Self {
        Self {
            from,
            line: Vec::new(),
            election: None,
            entries: 0,
            ballots: 0,
            leaves: 0,
            head: Link::GENESIS,
            last: None,
            kind: ElectionKind::OpenBallots,
            packages: 0,
            batches: 0,
            order: None,
            unopened: false,
            failed: false,
        }
    }

    /// Reads the record of secret ballots as trustees get it: it ends after the key ceremony, and what they give continues it.
    pub fn unopened(from: R) -> Self {
        Self { unopened: true, ..Self::new(from) }
    }

    /// The next entry; none after the last.
    ///
    /// # Errors
    /// [`RecordError`]. Nothing is read after a fault.
    pub fn next_entry(&mut self) -> Result<Option<LinkedEntry>, RecordError> {
        if self.failed {
            return Err(RecordError::AlreadyFailed);
        }
        let result = self.read_entry();
        self.failed = result.is_err();
        result
    }

    fn read_entry(&mut self) -> Result<Option<LinkedEntry>, RecordError> {
        let number = self.entries;
        let ended = if self.unopened {
            self.last == Some(EntryKind::Package)
        } else {
            self.last == Some(EntryKind::End)
        };
        if !self.read_line(ended)? {
            return Ok(None);
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| RecordError::NotText { entry: number })?;
        let ParsedLine { number: actual, entry, link } =
            RecordEntry::from_line(line).map_err(|error| RecordError::Malformed { entry: number, error })?;
        if actual != number {
            return Err(RecordError::WrongNumber { entry: number, actual });
        }
        self.check_place(&entry)?;
        let election = match (&entry, self.election) {
            (RecordEntry::Manifest(manifest), None) => manifest.id(),
            (_, Some(election)) => election,
            // `check_place` lets nothing but a manifest come first.
            (_, None) => {
                return Err(RecordError::OutOfOrder { entry: number, after: None, kind: entry.kind() });
            }
        };
        let expected = self.head.next(number, entry.kind(), &entry.digest(&election));
        if link != expected {
            return Err(RecordError::BrokenLink { entry: number, expected, actual: link });
        }
        self.check_counts(&entry, &election)?;
        self.election = Some(election);
        self.head = link;
        self.last = Some(entry.kind());
        self.entries += 1;
        Ok(Some(LinkedEntry { number, entry, link }))
    }

    /// Reads a line into the buffer, without its end; false at the end of the record.
    fn read_line(&mut self, ended: bool) -> Result<bool, RecordError> {
        let entry = self.entries;
        self.line.clear();
        // One byte more than a line may have is enough to know that it has too many.
        let limit = u64::try_from(MAX_LINE_BYTES).expect("a small constant") + 1;
        let read = (&mut self.from)
            .take(if ended && !self.unopened { 1 } else { limit })
            .read_until(b'\n', &mut self.line)
            .map_err(|error| RecordError::Io { entry, kind: error.kind(), reason: error.to_string() })?;
        match (ended, read, self.line.pop()) {
            (true, 0, _) => Ok(false),
            (true, _, _) if !self.unopened => Err(RecordError::TrailingData { entries: entry }),
            (_, _, Some(b'\n')) => Ok(true),
            (_, _, _) if read > MAX_LINE_BYTES => {
                Err(RecordError::Oversized { entry, limit: MAX_LINE_BYTES })
            }
            _ => Err(RecordError::Truncated { entry }),
        }
    }

    /// Checks that an entry of this kind can stand here.
    fn check_place(&self, entry: &RecordEntry) -> Result<(), RecordError> {
        let election = match entry {
            RecordEntry::Manifest(manifest) => manifest.kind(),
            _ => self.kind,
        };
        let fits = entry.kind().may_follow(self.last, election);
        if fits {
            return Ok(());
        }
        Err(RecordError::OutOfOrder { entry: self.entries, after: self.last, kind: entry.kind() })
    }

    /// Checks what an entry says about the entries before it.
    fn check_counts(&mut self, entry: &RecordEntry, election: &ElectionId) -> Result<(), RecordError> {
        let number = self.entries;
        match entry {
            RecordEntry::Ballot { index, .. } => {
                let expected = self.ballots;
                if *index != expected {
                    return Err(RecordError::WrongBallotIndex { entry: number, expected, actual: *index });
                }
                self.ballots += 1;
            }
            RecordEntry::Close(closing) => {
                let (ballots, head) = (self.ballots, self.head);
                if closing.ballots != ballots || closing.head != head {
                    return Err(RecordError::WrongClosing { entry: number, ballots, head });
                }
            }
            RecordEntry::Registry(part) => {
                let expected = self.leaves;
                if part.first != expected {
                    return Err(RecordError::WrongLeafPosition {
                        entry: number,
                        expected,
                        actual: part.first,
                    });
                }
                self.leaves += u64::try_from(part.leaves.len()).expect("at most MAX_LEAVES_PER_ENTRY");
            }
            RecordEntry::End { entries, digest } => {
                let expected = record_digest(election, number, &self.head);
                if *entries != number || *digest != expected {
                    return Err(RecordError::WrongDigest { entry: number, expected, actual: *digest });
                }
            }
            RecordEntry::Package(package) => {
                self.packages += 1;
                if self.packages > MAX_CEREMONY_PACKAGES {
                    return Err(RecordError::TooManyPackages { entry: number });
                }
                self.check_order(package)?;
            }
            RecordEntry::Share(share) => self.check_order(share)?,
            RecordEntry::Manifest(manifest) => self.kind = manifest.kind(),
            RecordEntry::SumProof(proof) => {
                let expected = self.batches;
                if proof.batch != expected {
                    return Err(RecordError::WrongBatch { entry: number, expected, actual: proof.batch });
                }
                self.batches += 1;
            }
            RecordEntry::Ceremony(_) | RecordEntry::Tally(_) | RecordEntry::TallyProof(_) => {}
        }
        Ok(())
    }
}

impl<R: BufRead> RecordReader<R> {
    /// Packages and shares stand in one order, none twice.
    fn check_order(&mut self, package: &Package) -> Result<(), RecordError> {
        let order = Some(package.order());
        if order <= self.order {
            return Err(RecordError::PackageOrder { entry: self.entries });
        }
        self.order = order;
        Ok(())
    }
}

impl<R: BufRead> Iterator for RecordReader<R> {
    type Item = Result<LinkedEntry, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.next_entry().transpose()
    }
}
