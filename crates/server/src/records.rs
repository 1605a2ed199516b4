//! Closing boxes and writing records, once it is time.

use crate::{
    files,
    hosted::Hosted,
    trustees::{self, NotRehearsed},
};
use core::fmt;
use std::{
    io::{self, Write},
    sync::PoisonError,
};
use tabella::{
    audit::PublishedHead,
    ballot_box::{BoxState, CloseError, ExportError, RegistryLeaves, StorageError, Unopened},
    primitives::rng::{self, RngUnavailable},
    protocol::trustee::CeremonyRecord,
};

/// Why a box was not closed, or its record not written.
#[derive(Debug)]
pub(crate) enum NotSettled {
    Storage(StorageError),
    Close(CloseError),
    Io(io::Error),
    Export(ExportError),
    Rng(RngUnavailable),
    Trustees(NotRehearsed),
    NoCeremony,
}

impl fmt::Display for NotSettled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => error.fmt(f),
            Self::Close(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the record was not written: {error}"),
            Self::Export(error) => error.fmt(f),
            Self::Rng(error) => error.fmt(f),
            Self::Trustees(error) => error.fmt(f),
            Self::NoCeremony => f.write_str("the record of the key ceremony is missing"),
        }
    }
}

macro_rules! from {
    ($($error:ty => $variant:ident),* $(,)?) => {
        $(impl From<$error> for NotSettled {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from! {
    StorageError => Storage,
    CloseError => Close,
    io::Error => Io,
    ExportError => Export,
    RngUnavailable => Rng,
    NotRehearsed => Trustees,
}

impl Hosted {
    /// Whether its box is to be closed.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now >= self.manifest().window().closes_at
            && self.ballot_box.state().is_ok_and(|state| state.closed_at.is_none())
    }

    /// Closes the box if its time is over, and writes what can be written of the record then. Does nothing before, and nothing twice.
    pub(crate) fn settle(&self, now: u64) -> Result<(), NotSettled> {
        let _alone = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        if self.folder.record().is_file() {
            return Ok(());
        }
        let mut state = self.ballot_box.state()?;
        if state.closed_at.is_none() {
            if now < self.manifest().window().closes_at {
                return Ok(());
            }
            self.ballot_box.close(now)?;
            state = self.ballot_box.state()?;
        }
        match (self.is_secret(), &self.ceremony) {
            (false, _) => self.write_open_record(),
            (true, Some(ceremony)) => self.write_secret_record(ceremony, &state),
            (true, None) => Err(NotSettled::NoCeremony),
        }
    }

    fn write_open_record(&self) -> Result<(), NotSettled> {
        files::write_with(&self.folder.record(), |to| {
            self.ballot_box
                .write_record(to, self.registry.tree().leaves())
                .map(drop)
                .map_err(NotSettled::from)
        })
    }

    /// The record for trustees; and, if there are too few ballots to open or the trustees are here, the whole one.
    fn write_secret_record(&self, ceremony: &CeremonyRecord, state: &BoxState) -> Result<(), NotSettled> {
        let leaves = RegistryLeaves::Plain(self.registry.tree().leaves());
        let unopened_file = self.folder.unopened_record();
        let here = trustees::are_here(&self.folder);
        if unopened_file.is_file() && !here {
            // It waits for trustees who are elsewhere.
            return Ok(());
        }
        let mut record = Vec::new();
        let unopened: Unopened = self.ballot_box.write_unopened(&mut record, leaves, ceremony)?;
        files::write(&unopened_file, &record)?;
        let whole = |opened| {
            files::write_with(&self.folder.record(), |to: &mut dyn Write| {
                self.ballot_box.write_opened(to, leaves, ceremony, opened).map(drop).map_err(NotSettled::from)
            })
        };
        if unopened.sum.is_none() {
            return whole(None);
        }
        if !here {
            return Ok(());
        }
        let closing = PublishedHead { ballots: state.ballots, link: state.head };
        let mut rng = rng::from_os()?;
        let opened = trustees::open(&self.folder, self.manifest(), closing, &record, &unopened, &mut rng)?;
        whole(Some(opened.as_opened()))
    }
}
