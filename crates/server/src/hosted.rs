//! One election of a site: what is published of it, and its ballot box.

use crate::{
    api_error::ApiError,
    files,
    folder::ElectionFolder,
    open_error::{OpenSiteError, SiteFault},
    published::Published,
    trustees::Rehearsed,
};
use axum::body::Bytes;
use serde::Serialize;
use std::{
    fs, io,
    path::Path,
    sync::{Mutex, PoisonError, RwLock},
};
use tabella::{
    BallotBox, Receipt,
    ballot_box::{BallotStore, StorageError},
    election::{ElectionKind, Manifest},
    params::KeyPolicy,
    protocol::trustee::CeremonyRecord,
    registry::{Registry, RegistryPage, RegistryUpper},
    store::RedbBallotStore,
};

/// One election of a site. Holds no secrets: a rehearsal's trustees stay on the disk until they are needed.
pub(crate) struct Hosted {
    pub(crate) folder: ElectionFolder,
    pub(crate) ballot_box: BallotBox<RedbBallotStore>,
    pub(crate) registry: Registry,
    pub(crate) ceremony: Option<CeremonyRecord>,
    manifest_file: Bytes,
    upper: Bytes,
    /// Held by those who accept ballots, and alone by whoever closes before the time.
    accepting: RwLock<()>,
    /// Held by whoever closes and writes records.
    pub(crate) settling: Mutex<()>,
}

/// How an election stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct State {
    state: Stage,
    pub(crate) ballots: u64,
    head: String,
    closed_at: Option<u64>,
}

/// How far an election is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// It does not take ballots yet.
    Planned,
    /// It takes ballots.
    Open,
    /// It takes no more ballots, and there is no record with a result yet.
    Closed,
    /// The record can be fetched.
    Finished,
}

impl State {
    pub(crate) const fn stage(&self) -> Stage {
        self.state
    }
}

impl Hosted {
    /// Makes the folder of a new election, whole or not at all, and opens it. `elections` is the folder of all of them.
    pub(crate) fn create(
        elections: &Path,
        published: Published,
        trustees: Option<&Rehearsed>,
    ) -> Result<Self, OpenSiteError> {
        let manifest = published.election.manifest();
        let place = elections.join(manifest.id().to_string());
        let at = |error: io::Error| OpenSiteError::at(&place)(error);
        // Under another name until nothing is missing: a crash leaves no half election.
        let new = tempfile::Builder::new().prefix(NEW).tempdir_in(elections).map_err(at)?;
        let folder = ElectionFolder::new(new.path().to_path_buf());
        published.write(&folder).map_err(at)?;
        trustees.map_or(Ok(()), |trustees| trustees.write(&folder)).map_err(at)?;
        drop(RedbBallotStore::create(folder.ballots(), manifest.clone()).map_err(OpenSiteError::at(&place))?);
        fs::rename(new.keep(), &place).map_err(at)?;
        tabella::keys::files::sync_folder(elections).map_err(at)?;
        Self::over(ElectionFolder::new(place), published)
    }

    /// Opens the folder of an election.
    pub(crate) fn open(folder: ElectionFolder, keys: KeyPolicy) -> Result<Self, OpenSiteError> {
        let published = Published::read(&folder, keys)?;
        Self::over(folder, published)
    }

    fn over(folder: ElectionFolder, published: Published) -> Result<Self, OpenSiteError> {
        let Published { manifest_file, election, registry, ceremony } = published;
        let path = folder.ballots();
        let store = RedbBallotStore::open(&path).map_err(OpenSiteError::at(&path))?;
        if store.manifest().id() != election.manifest().id() {
            return Err(OpenSiteError::at(path)(SiteFault::OtherElection));
        }
        let ballot_box = election.ballot_box(store).map_err(OpenSiteError::at(path))?;
        let upper = RegistryUpper::of(registry.tree()).map_or_else(Vec::new, |upper| upper.to_bytes());
        Ok(Self {
            folder,
            ballot_box,
            registry,
            ceremony,
            manifest_file: manifest_file.into(),
            upper: upper.into(),
            accepting: RwLock::new(()),
            settling: Mutex::new(()),
        })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        self.ballot_box.manifest()
    }

    /// The manifest, byte for byte as it was published.
    pub(crate) fn manifest_file(&self) -> Bytes {
        self.manifest_file.clone()
    }

    /// What stands above the pages of the registry.
    pub(crate) fn upper(&self) -> Bytes {
        self.upper.clone()
    }

    /// One page of the registry.
    pub(crate) fn page(&self, number: u64) -> Option<Vec<u8>> {
        RegistryPage::of(self.registry.tree(), number).map(|page| page.to_bytes())
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.manifest().kind() == ElectionKind::SecretBallots
    }

    /// How the election stands.
    pub(crate) fn state(&self, now: u64) -> Result<State, StorageError> {
        let state = self.ballot_box.state()?;
        let window = self.manifest().window();
        let stage = if self.folder.record().is_file() {
            Stage::Finished
        } else if state.closed_at.is_some() || now >= window.closes_at {
            Stage::Closed
        } else if now < window.opens_at {
            Stage::Planned
        } else {
            Stage::Open
        };
        Ok(State {
            state: stage,
            ballots: state.ballots,
            head: state.head.to_string(),
            closed_at: state.closed_at,
        })
    }

    /// Checks a ballot and stores it; the receipt is given when it is on the disk.
    pub(crate) fn accept(&self, ballot: &[u8], now: u64) -> Result<Receipt, ApiError> {
        let verified = self.ballot_box.check_json(ballot)?;
        let _accepting = self.accepting.read().unwrap_or_else(PoisonError::into_inner);
        Ok(self.ballot_box.accept(verified, now)?)
    }

    /// Closes the box now, even before its time: a rehearsal's clerk may, and the audit says that it was done.
    pub(crate) fn close_early(&self, now: u64) -> Result<(), StorageError> {
        let _alone = self.accepting.write().unwrap_or_else(PoisonError::into_inner);
        if self.ballot_box.state()?.closed_at.is_some() {
            return Ok(());
        }
        self.ballot_box.store().close(now.max(self.manifest().window().opens_at))
    }
}

/// How the folders of elections begin that are being made.
pub(crate) const NEW: &str = ".new-";

/// Opens every election in a folder, in the order of their beginning.
pub(crate) fn open_all(elections: &Path, keys: KeyPolicy) -> Result<Vec<Hosted>, OpenSiteError> {
    let at = |error: io::Error| OpenSiteError::at(elections)(error);
    files::make_folder(elections).map_err(at)?;
    let mut hosted = Vec::new();
    for entry in fs::read_dir(elections).map_err(at)? {
        let path = entry.map_err(at)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            hosted.push(Hosted::open(ElectionFolder::new(path), keys)?);
        }
    }
    hosted.sort_by_key(|hosted| (hosted.manifest().window().opens_at, hosted.manifest().id().to_string()));
    Ok(hosted)
}
