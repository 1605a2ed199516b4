//! What only a rehearsal has: a registry to which anybody adds themselves, and elections that anybody starts.

use crate::{
    api_error::ApiError, hosted::Hosted, open_error::OpenSiteError, published::Published, trustees::Rehearsed,
};
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tabella::{
    Election,
    election::{Manifest, ManifestBuilder, SecretBallots, Window},
    freeze,
    identity::{Registration, RegistryLabel},
    params::KeyPolicy,
    primitives::rng::{self, CryptoRng},
    protocol::trustee::OpeningPolicy,
    registry::{AppendError, Registry},
    store::registry::{ChangeError, RegistryStore},
};

/// Most slots of a rehearsal's registry: anybody may fill them.
const MAX_REGISTERED: u64 = 100_000;
/// Longest time that a rehearsal's election may be open, in minutes: a week.
const MAX_MINUTES: u64 = 7 * 24 * 60;
/// Fewest ballots whose sum is opened: of one ballot it would be the ballot.
const LEAST_BALLOTS: u64 = 2;

/// A rehearsal's registry. Holds no secrets.
pub(crate) struct Rehearsal {
    label: RegistryLabel,
    registry: Mutex<RegistryStore>,
}

/// An election that somebody wants to start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    title: String,
    question: String,
    options: Vec<String>,
    minutes: u64,
    kind: Kind,
}

/// What becomes of the choices on ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Open,
    Secret,
}

impl Rehearsal {
    /// Opens the registry in this file, or makes it.
    pub(crate) fn open(file: &Path, label: RegistryLabel) -> Result<Self, OpenSiteError> {
        let opened = if file.exists() { RegistryStore::open(file) } else { RegistryStore::create(file) };
        let registry = Mutex::new(opened.map_err(OpenSiteError::at(file))?);
        Ok(Self { label, registry })
    }

    /// The label for which citizens register.
    pub(crate) const fn label(&self) -> &RegistryLabel {
        &self.label
    }

    /// Number of slots in the registry.
    pub(crate) fn size(&self) -> u64 {
        self.lock().registry().size()
    }

    /// A store that a thread panicked over says itself whether it can go on.
    fn lock(&self) -> MutexGuard<'_, RegistryStore> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a registration and adds its citizen; answers the slot, once it is on the disk.
    pub(crate) fn register(&self, registration: &[u8]) -> Result<u64, ApiError> {
        let bad = |error: &dyn core::fmt::Display| ApiError::unprocessable("bad-registration", error);
        let registration = Registration::from_json(registration).map_err(|error| bad(&error))?;
        let commitment = registration.verify(&self.label).map_err(|error| bad(&error))?;
        let mut store = self.lock();
        if store.registry().size() >= MAX_REGISTERED {
            let message = format_args!("a rehearsal's registry has at most {MAX_REGISTERED} slots");
            return Err(ApiError::conflict("registry-full", message));
        }
        store.append(commitment).map_err(|error| match error {
            ChangeError::Refused(AppendError::Registered { index, .. }) => ApiError::conflict(
                "already-registered",
                format_args!("this identity is registered already, in slot {index}"),
            ),
            ChangeError::Refused(error) => bad(&error),
            ChangeError::Store(error) => ApiError::storage(error),
        })
    }

    /// Starts an election over the registry as it is now. `elections` is the folder of all elections.
    pub(crate) fn start(&self, elections: &Path, draft: Draft, now: u64) -> Result<Hosted, ApiError> {
        if draft.minutes == 0 || draft.minutes > MAX_MINUTES {
            let message = format_args!("an election here is open for 1 to {MAX_MINUTES} minutes");
            return Err(ApiError::unprocessable("bad-election", message));
        }
        let registry = self.lock().registry().clone();
        let mut rng = rng::from_os().map_err(ApiError::internal)?;
        let (published, trustees) = publish(draft, registry, now, &mut rng)?;
        Hosted::create(elections, published, trustees.as_ref()).map_err(ApiError::storage)
    }
}

/// Makes the manifest, and holds the key ceremony where ballots are secret.
fn publish(
    draft: Draft,
    registry: Registry,
    now: u64,
    rng: &mut impl CryptoRng,
) -> Result<(Published, Option<Rehearsed>), ApiError> {
    let bad = |error: &dyn core::fmt::Display| ApiError::unprocessable("bad-election", error);
    let frozen = freeze(&registry).map_err(|error| ApiError::conflict("nobody-registered", error))?;
    let Draft { title, question, options, minutes, kind } = draft;
    // The ceremony refuses more options than there may be.
    let slots = u8::try_from(options.len()).unwrap_or(u8::MAX);
    let window = Window { opens_at: now, closes_at: now + 60 * minutes };
    let builder: ManifestBuilder = Manifest::builder(title, question).options(options).window(window);
    let policy = KeyPolicy::AllowInsecureDevelopmentKeys;
    let create =
        |builder, rng: &mut _| Election::create(builder, frozen, policy, rng).map_err(|error| bad(&error));
    let (election, ceremony, trustees) = match kind {
        Kind::Open => (create(builder, rng)?, None, None),
        Kind::Secret => {
            let least = OpeningPolicy::new(LEAST_BALLOTS).ok_or_else(ApiError::bug)?;
            let (trustees, record, ceremony) = Rehearsed::hold(slots, rng).map_err(|error| bad(&error))?;
            let builder = builder.secret(SecretBallots::new(&ceremony, least));
            (create(builder, rng)?, Some(record), Some(trustees))
        }
    };
    let manifest_file = election.manifest().to_json_pretty().into_bytes();
    Ok((Published { manifest_file, election, registry, ceremony }, trustees))
}
