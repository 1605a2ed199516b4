//! What a voter gets for a ballot, to find it in the published record.

use super::{Link, RecordEntry, RecordError, RecordReader};
use crate::{
    ballot::{BallotDigest, TrackingCode},
    election::ElectionId,
    statement::Nullifier,
    wire::{self, DecodeError},
};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// The format of a receipt file.
pub const RECEIPT_FORMAT: &str = "tabella-receipt-v1";
/// Greatest size of a receipt file, in bytes.
pub const MAX_RECEIPT_BYTES: usize = 1024;

/// What a voter gets for an accepted ballot. The ballot was stored durably before the receipt was made.
///
/// Public in itself, but whoever holds it probably cast the ballot: it is the voter's to show or to hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The election.
    pub election: ElectionId,
    /// Index of the ballot in the box, from 0.
    pub index: u64,
    /// The ballot's name.
    pub ballot: BallotDigest,
    /// The voter's mark in the election.
    pub nullifier: Nullifier,
    /// The link after the ballot: it fixes the ballot and all ballots before it.
    pub link: Link,
}

/// Why a receipt and a record do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The record itself is at fault before the ballot comes.
    Record(RecordError),
    /// The record is of another election.
    OtherElection {
        /// The receipt's election.
        expected: ElectionId,
        /// The record's election.
        actual: ElectionId,
    },
    /// The record ends its ballots before this one: the ballot was dropped.
    Missing {
        /// Index that the receipt names.
        index: u64,
        /// Number of ballots in the record.
        ballots: u64,
    },
    /// Another ballot stands in this place.
    OtherBallot {
        /// Index that the receipt names.
        index: u64,
        /// The ballot in the record.
        actual: BallotDigest,
    },
    /// The ballot stands in its place, and has another nullifier than the receipt says: the receipt is wrong, for a ballot's name covers it.
    OtherNullifier {
        /// Index that the receipt names.
        index: u64,
        /// The ballot's nullifier.
        actual: Nullifier,
    },
    /// The ballot stands in its place, but what stands before it or its proof is not what it was.
    OtherLink {
        /// Index that the receipt names.
        index: u64,
        /// The link in the record.
        actual: Link,
    },
}

impl fmt::Display for ReceiptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => write!(f, "the record is at fault: {error}"),
            Self::OtherElection { expected, actual } => {
                write!(f, "the receipt is for election {expected}, the record is of election {actual}")
            }
            Self::Missing { index, ballots } => {
                write!(f, "ballot {index} of the receipt is not among the {ballots} ballots of the record")
            }
            Self::OtherBallot { index, actual } => {
                write!(f, "ballot {index} of the record is {actual}, not the one of the receipt")
            }
            Self::OtherNullifier { index, actual } => write!(
                f,
                "ballot {index} is the one of the receipt and has nullifier {actual}, the receipt says another: it was changed"
            ),
            Self::OtherLink { index, actual } => write!(
                f,
                "ballot {index} stands in the record, but the link after it is {actual}, not the one of the \
                 receipt: ballots before it, or its proof, were changed"
            ),
        }
    }
}

impl core::error::Error for ReceiptError {}

impl Receipt {
    /// Reads a receipt file.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::parse_json::<ReceiptFile>(bytes, MAX_RECEIPT_BYTES)?.try_into()
    }

    /// The receipt in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// What the voter wrote down before she cast the ballot.
    #[must_use]
    pub fn tracking_code(&self) -> TrackingCode {
        TrackingCode::of(&self.ballot)
    }

    /// Looks the ballot up in a record. The record is read as far as the ballot; that the rest of it is right, an audit
    /// says.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn check_in_record(&self, record: impl BufRead) -> Result<(), ReceiptError> {
        let mut reader = RecordReader::new(record);
        let mut ballots = 0;
        while let Some(linked) = reader.next_entry().map_err(ReceiptError::Record)? {
            match linked.entry {
                RecordEntry::Manifest(manifest) if manifest.id() != self.election => {
                    return Err(ReceiptError::OtherElection {
                        expected: self.election,
                        actual: manifest.id(),
                    });
                }
                RecordEntry::Manifest(_) => {}
                RecordEntry::Ballot { index, ballot } if index == self.index => {
                    let actual = ballot.digest();
                    if actual != self.ballot {
                        return Err(ReceiptError::OtherBallot { index, actual });
                    }
                    let actual = ballot.nullifier();
                    if actual != self.nullifier {
                        return Err(ReceiptError::OtherNullifier { index, actual });
                    }
                    if linked.link != self.link {
                        return Err(ReceiptError::OtherLink { index, actual: linked.link });
                    }
                    return Ok(());
                }
                RecordEntry::Ballot { index, .. } => ballots = index.saturating_add(1),
                _ => break,
            }
        }
        Err(ReceiptError::Missing { index: self.index, ballots })
    }
}

/// What came of looking for a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BallotSearch {
    /// The election of the record that was searched: in that of another election no ballot of hers can be.
    pub election: ElectionId,
    /// The ballot, if it is there.
    pub found: Option<FoundBallot>,
}

/// Where a ballot stands in a record, and whose it is: the voter compares the nullifier with her own, for machines of one attacker can show two
/// voters one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundBallot {
    /// Index of the ballot in the record, from 0.
    pub index: u64,
    /// The mark of the voter who cast it.
    pub nullifier: Nullifier,
}

/// Looks for the ballot with that tracking code: cast as recorded. The record is read as far as its ballots.
///
/// # Errors
/// [`RecordError`].
pub fn find_ballot(record: impl BufRead, code: &TrackingCode) -> Result<BallotSearch, RecordError> {
    let mut reader = RecordReader::new(record);
    let election = match reader.next_entry()?.map(|linked| linked.entry) {
        Some(RecordEntry::Manifest(manifest)) => manifest.id(),
        // The reader lets a record begin with nothing else.
        _ => return Err(RecordError::Truncated { entry: 0 }),
    };
    while let Some(RecordEntry::Ballot { index, ballot }) = reader.next_entry()?.map(|linked| linked.entry) {
        if ballot.tracking_code() == *code {
            let found = Some(FoundBallot { index, nullifier: ballot.nullifier() });
            return Ok(BallotSearch { election, found });
        }
    }
    Ok(BallotSearch { election, found: None })
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptFile {
    format: String,
    election: String,
    index: u64,
    ballot: String,
    nullifier: String,
    link: String,
}

impl TryFrom<ReceiptFile> for Receipt {
    type Error = DecodeError;

    fn try_from(file: ReceiptFile) -> Result<Self, DecodeError> {
        wire::expect_format(RECEIPT_FORMAT, &file.format)?;
        Ok(Self {
            election: ElectionId::from_hex(&file.election).map_err(wire::in_field("election"))?,
            index: file.index,
            ballot: BallotDigest::from_hex(&file.ballot).map_err(wire::in_field("ballot"))?,
            nullifier: Nullifier::from_decimal(&file.nullifier).map_err(wire::in_field("nullifier"))?,
            link: Link::from_hex(&file.link).map_err(wire::in_field("link"))?,
        })
    }
}

impl Serialize for Receipt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReceiptFile {
            format: RECEIPT_FORMAT.to_string(),
            election: self.election.to_string(),
            index: self.index,
            ballot: self.ballot.to_string(),
            nullifier: self.nullifier.to_string(),
            link: self.link.to_string(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Receipt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ReceiptFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
