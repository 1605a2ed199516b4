//! Why a site does not start.

use core::fmt;
use std::{io, path::PathBuf};
use tabella::{
    ElectionError, ballot_box::OpenError, election::ManifestFileError, protocol::wire::DecodeError,
    registry::SnapshotError, store::StoreError,
};

/// Why a site does not start: what is wrong, and with which file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSiteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong; behind a pointer, because some faults have much to say.
    pub fault: Box<SiteFault>,
}

/// What keeps a site from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteFault {
    /// It cannot be read or written.
    Io(io::ErrorKind),
    /// It is longer than such a file may be.
    TooLarge {
        /// Greatest length in bytes.
        limit: u64,
    },
    /// Not the description of a site.
    NotASite,
    /// The folder is that of a rehearsal and should be that of an election, or the other way round.
    OtherPurpose,
    /// A registry or ballot box does not open.
    Store(StoreError),
    /// Not an election.
    Manifest(ManifestFileError),
    /// Not a registry.
    Registry(SnapshotError),
    /// Not the record of a key ceremony.
    Ceremony(DecodeError),
    /// The registry is not the one that the election froze.
    OtherRegistry,
    /// Citizens have weights, which this server does not serve.
    Weighted,
    /// The key ceremony does not hold, or is not the election's.
    OtherCeremony,
    /// The election's key is not acceptable.
    Election(ElectionError),
    /// The ballot box has another key.
    BallotBox(OpenError),
    /// The ballot box is that of another election.
    OtherElection,
}

impl OpenSiteError {
    /// Puts the path on a fault.
    pub(crate) fn at<E: Into<SiteFault>>(path: impl Into<PathBuf>) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |fault| Self { path, fault: Box::new(fault.into()) }
    }
}

impl fmt::Display for OpenSiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &*self.fault {
            // It names its file itself.
            SiteFault::Store(error) => error.fmt(f),
            SiteFault::Io(kind) => write!(f, "{path}: {kind}"),
            SiteFault::TooLarge { limit } => write!(f, "{path} is larger than {limit} bytes"),
            SiteFault::NotASite => write!(f, "{path} is not the description of a site"),
            SiteFault::OtherPurpose => write!(
                f,
                "{path} is the folder of a site of another kind: a rehearsal and given elections do not share a folder"
            ),
            SiteFault::Manifest(error) => write!(f, "{path} is not an election: {error}"),
            SiteFault::Registry(error) => write!(f, "{path}: {error}"),
            SiteFault::Ceremony(error) => {
                write!(f, "{path} is not the record of a key ceremony: {error}")
            }
            SiteFault::OtherRegistry => write!(f, "{path} is not the registry that the election froze"),
            SiteFault::Weighted => {
                write!(f, "{path}: citizens of this election have weights, which this server does not serve")
            }
            SiteFault::OtherCeremony => {
                write!(f, "{path} is not the record of the key ceremony that the election names")
            }
            SiteFault::Election(error) => write!(f, "{path}: {error}"),
            SiteFault::BallotBox(error) => write!(f, "{path}: {error}"),
            SiteFault::OtherElection => write!(f, "{path} is the ballot box of another election"),
        }
    }
}

impl core::error::Error for OpenSiteError {}

impl From<io::Error> for SiteFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

macro_rules! fault_of {
    ($($error:ty => $variant:ident),* $(,)?) => {
        $(impl From<$error> for SiteFault {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

fault_of! {
    StoreError => Store,
    ManifestFileError => Manifest,
    SnapshotError => Registry,
    DecodeError => Ceremony,
    ElectionError => Election,
    OpenError => BallotBox,
}
