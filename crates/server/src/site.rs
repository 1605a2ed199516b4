//! A site: its elections, and, in a rehearsal, its registry.

use crate::{
    api_error::ApiError,
    clock,
    event::{Event, Observer},
    files,
    folder::ElectionFolder,
    hosted::{Hosted, NEW, open_all},
    keys::Keys,
    open_error::{OpenSiteError, SiteFault},
    published::Published,
    rehearsal::{Draft, Rehearsal},
    settings::{Purpose, Settings},
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread,
};
use tabella::{
    identity::{InvalidLabel, RegistryLabel},
    params::KeyPolicy,
    primitives::{
        encoding,
        rng::{self, CryptoRng},
    },
};
use tokio::sync::Semaphore;

/// Type and version of the description of a site.
const FORMAT: &str = "tabella-site-v1";
/// Greatest length of the description, in bytes.
const MAX_SITE_BYTES: usize = 4096;
/// Most elections of a rehearsal: anybody may start them.
const MAX_ELECTIONS: usize = 256;

/// A site. Holds no secrets.
pub(crate) struct Site {
    pub(crate) settings: Settings,
    pub(crate) keys: Keys,
    /// None where elections were given.
    pub(crate) rehearsal: Option<Rehearsal>,
    /// Proofs are verified by no more threads than there are cores.
    pub(crate) verifiers: Arc<Semaphore>,
    pub(crate) observer: Observer,
    elections_folder: PathBuf,
    starting: Mutex<()>,
    /// In the order of their beginning.
    elections: RwLock<Vec<Arc<Hosted>>>,
}

/// The description of a site in its folder.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    format: String,
    /// A rehearsal's: for which registry citizens register.
    registry: Option<String>,
}

impl Site {
    /// Opens a site, or makes it.
    pub(crate) fn open(settings: Settings, observer: Observer) -> Result<Self, OpenSiteError> {
        let data = settings.data.clone();
        files::make_folder(&data).map_err(OpenSiteError::at(&data))?;
        let label = label(&data, &settings.purpose)?;
        let rehearsal =
            label.map(|label| Rehearsal::open(&data.join("registry.store"), label)).transpose()?;
        let policy = match &settings.purpose {
            Purpose::Rehearsal => KeyPolicy::AllowInsecureDevelopmentKeys,
            Purpose::Elections { keys, .. } => *keys,
        };
        let elections_folder = data.join("elections");
        let mut elections = open_all(&elections_folder, policy)?;
        if let Purpose::Elections { folders, keys } = &settings.purpose {
            for folder in folders {
                let published = Published::read(&ElectionFolder::new(folder.clone()), *keys)?;
                let id = published.election.manifest().id();
                if elections.iter().all(|hosted| hosted.manifest().id() != id) {
                    elections.push(Hosted::create(&elections_folder, published, None)?);
                }
            }
        }
        remove_halves(&elections_folder);
        Ok(Self {
            keys: Keys::open(&data),
            rehearsal,
            verifiers: Arc::new(Semaphore::new(usize::try_from(verifiers()).unwrap_or(1))),
            observer,
            elections_folder,
            starting: Mutex::default(),
            elections: RwLock::new(elections.into_iter().map(Arc::new).collect()),
            settings,
        })
    }

    /// Every election, in the order of their beginning.
    pub(crate) fn elections(&self) -> Vec<Arc<Hosted>> {
        self.elections.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The election of that name.
    pub(crate) fn election(&self, id: &str) -> Result<Arc<Hosted>, ApiError> {
        let found = self.elections().into_iter().find(|hosted| hosted.manifest().id().to_string() == id);
        found.ok_or_else(|| ApiError::not_found("unknown-election", "there is no such election here"))
    }

    /// The registry of a rehearsal.
    pub(crate) fn rehearsal(&self) -> Result<&Rehearsal, ApiError> {
        self.rehearsal
            .as_ref()
            .ok_or_else(|| ApiError::not_found("not-a-rehearsal", "this site is not a rehearsal"))
    }

    /// Starts an election in a rehearsal.
    pub(crate) fn start(&self, draft: Draft) -> Result<Arc<Hosted>, ApiError> {
        let rehearsal = self.rehearsal()?;
        // One after the other, so that they are counted.
        let _alone = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.elections().len() >= MAX_ELECTIONS {
            let message = format_args!("a rehearsal has at most {MAX_ELECTIONS} elections");
            return Err(ApiError::conflict("too-many-elections", message));
        }
        let hosted = Arc::new(rehearsal.start(&self.elections_folder, draft, clock::now())?);
        self.elections.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&hosted));
        Ok(hosted)
    }

    /// Waits for the ballots that came before: they are in time, however long they waited for a verifier.
    pub(crate) async fn drained(&self) {
        // An error means that there are no verifiers any more.
        drop(self.verifiers.acquire_many(verifiers()).await);
    }

    /// Whether there is a box to be closed.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        self.elections().iter().any(|hosted| hosted.is_due(now))
    }

    /// Closes the boxes whose time is over, and writes their records.
    pub(crate) fn settle_all(&self) {
        for hosted in self.elections() {
            self.settle(&hosted).unwrap_or_default();
        }
    }

    /// Closes one box if its time is over, and writes its record; whoever runs the site is told if that fails.
    pub(crate) fn settle(&self, hosted: &Hosted) -> Result<(), ApiError> {
        hosted.settle(clock::now()).map_err(|error| {
            let (election, cause) = (hosted.manifest().id().to_string(), error.to_string());
            (self.observer)(&Event::NotSettled { election, cause: cause.clone() });
            ApiError::internal(cause)
        })
    }
}

/// Proofs that are verified at a time.
fn verifiers() -> u32 {
    thread::available_parallelism().ok().and_then(|cores| u32::try_from(cores.get()).ok()).unwrap_or(1)
}

/// The label of a rehearsal's registry; none for given elections. Made with the site, so that registrations for one rehearsal are of no use
/// in another.
fn label(data: &Path, purpose: &Purpose) -> Result<Option<RegistryLabel>, OpenSiteError> {
    let path = data.join("site.json");
    let at = |fault: SiteFault| OpenSiteError::at(&path)(fault);
    let rehearsed = matches!(purpose, Purpose::Rehearsal);
    if path.exists() {
        let bytes = files::read(&path, MAX_SITE_BYTES)?;
        let file: SiteFile = serde_json::from_slice(&bytes).map_err(|_| at(SiteFault::NotASite))?;
        if file.format != FORMAT {
            return Err(at(SiteFault::NotASite));
        }
        if file.registry.is_some() != rehearsed {
            return Err(OpenSiteError::at(data)(SiteFault::OtherPurpose));
        }
        return labelled(file.registry).map_err(|_| at(SiteFault::NotASite));
    }
    let unavailable = |_| at(SiteFault::Io(std::io::ErrorKind::Other));
    let random = random(&mut rng::from_os().map_err(unavailable)?);
    let text = format!("Tabella rehearsal {}", encoding::encode_hex(&random));
    let file = SiteFile { format: FORMAT.to_owned(), registry: rehearsed.then_some(text) };
    let bytes = serde_json::to_vec(&file).map_err(|_| at(SiteFault::NotASite))?;
    files::write(&path, &bytes).map_err(OpenSiteError::at(&path))?;
    labelled(file.registry).map_err(|_| at(SiteFault::NotASite))
}

fn labelled(text: Option<String>) -> Result<Option<RegistryLabel>, InvalidLabel> {
    text.map(RegistryLabel::new).transpose()
}

fn random(rng: &mut impl CryptoRng) -> [u8; 4] {
    let mut bytes = [0; 4];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Removes what a crash left of elections that were being made. Nobody has seen them; that they cannot be removed does no harm.
fn remove_halves(elections: &Path) {
    let entries = fs::read_dir(elections).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(NEW)) {
        drop(fs::remove_dir_all(entry.path()));
    }
}
