//! Why a store did not do something.

use core::fmt;
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};
use tabella_protocol::{
    ballot::BallotError,
    election::ManifestFileError,
    registry::{HistoryError, InconsistentTree, RestoreError},
    wire::DecodeError,
};

/// What went wrong with which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// The store's file.
    pub path: PathBuf,
    /// What went wrong.
    pub fault: StoreFault,
}

/// What can go wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreFault {
    /// There is no such file.
    NotFound,
    /// There is such a file already, and a new store was to be made.
    Exists,
    /// Another process, or another part of this one, has the store open.
    Locked,
    /// The file is no store of this kind. The making of one that was interrupted also ends so: nothing was in it.
    NotAStore,
    /// The store has a format version that this program does not know.
    Version {
        /// Version of the file.
        found: u32,
        /// Version of this program.
        expected: u32,
    },
    /// The database under the store is damaged.
    Damaged {
        /// What redb says of it.
        message: String,
    },
    /// A page of nodes is missing, too long, too short, or not what was written.
    DamagedPage {
        /// Level of the tree, 0 are the leaves.
        level: u64,
        /// Number of the page in its level, from 0.
        page: u64,
    },
    /// A state of the history is not what was written.
    DamagedState {
        /// Number of the state.
        sequence: u64,
    },
    /// The nodes are not those of a tree.
    Tree(InconsistentTree),
    /// The states contradict each other.
    History(HistoryError),
    /// Tree and states contradict each other.
    Contents(RestoreError),
    /// The manifest of the election is not what was written.
    Manifest(ManifestFileError),
    /// A ballot is missing, or not what was written.
    DamagedBallot {
        /// Index of the ballot in the box, from 0.
        index: u64,
        /// What is wrong with it.
        problem: BallotProblem,
    },
    /// Reading or writing failed.
    Io(ErrorKind),
    /// A write failed earlier: open the store again.
    Unusable,
}

/// What is wrong with a stored ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BallotProblem {
    /// It is missing, though there are later ones.
    Missing,
    /// Its bytes are no ballot.
    Undecodable(DecodeError),
    /// It is a ballot of another election, or the rules do not allow its choice.
    Foreign(BallotError),
    /// Its link does not follow from the ballots up to it.
    BrokenLink,
    /// The list of nullifiers does not lead to it, or leads to more ballots than there are.
    NullifierIndex,
    /// The list of ephemeral keys does not lead to it, or leads to more ballots than there are.
    EphemeralKeyIndex,
}

impl fmt::Display for BallotProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Undecodable(error) => write!(f, "cannot be decoded: {error}"),
            Self::Foreign(error) => write!(f, "does not belong here: {error}"),
            Self::BrokenLink => f.write_str("does not continue the hash chain"),
            Self::EphemeralKeyIndex => f.write_str("and the list of ephemeral keys contradict each other"),
            Self::NullifierIndex => f.write_str("and the list of nullifiers contradict each other"),
        }
    }
}

impl StoreError {
    pub(crate) fn at(path: &Path) -> impl Fn(StoreFault) -> Self {
        move |fault| Self { path: path.to_path_buf(), fault }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.fault)
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such file"),
            Self::Exists => f.write_str("the file exists already"),
            Self::Locked => f.write_str("the store is open elsewhere"),
            Self::NotAStore => f.write_str(
                "not a store of Tabella, or one of another kind (registry or ballot box), or its beginning is damaged",
            ),
            Self::Version { found, expected } => {
                write!(f, "the store has format version {found}, this program reads version {expected}")
            }
            Self::Damaged { message } => write!(f, "the store is damaged: {message}"),
            Self::DamagedPage { level, page } => {
                write!(f, "the store is damaged: page {page} of level {level} is not what was written")
            }
            Self::DamagedState { sequence } => {
                write!(f, "the store is damaged: state {sequence} is not what was written")
            }
            Self::Tree(error) => write!(f, "the store is damaged: {error}"),
            Self::History(error) => write!(f, "the store is damaged: {error}"),
            Self::Contents(error) => write!(f, "the store is damaged: {error}"),
            Self::Manifest(error) => write!(f, "the store is damaged: {error}"),
            Self::DamagedBallot { index, problem } => {
                write!(f, "the store is damaged: ballot {index} {problem}")
            }
            Self::Io(kind) => write!(f, "reading or writing failed: {kind}"),
            Self::Unusable => f.write_str("an earlier write failed: open the store again"),
        }
    }
}

impl core::error::Error for StoreError {}

impl From<std::io::Error> for StoreFault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::AlreadyExists => Self::Exists,
            kind => Self::Io(kind),
        }
    }
}

impl From<redb::Error> for StoreFault {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::Locked,
            // redb says so of a file that does not start as its files do.
            redb::Error::Io(error) if error.kind() == ErrorKind::InvalidData => Self::NotAStore,
            redb::Error::Io(error) => error.into(),
            redb::Error::PreviousIo => Self::Unusable,
            redb::Error::TableDoesNotExist(_) => Self::NotAStore,
            other => Self::Damaged { message: other.to_string() },
        }
    }
}

macro_rules! from_redb {
    ($($error:ident)*) => { $(
        impl From<redb::$error> for StoreFault {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        }
    )* };
}
from_redb!(CommitError DatabaseError StorageError TableError TransactionError);
