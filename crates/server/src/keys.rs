//! Proving keys for wallets: taken from the user's cache or made on first demand, then kept in memory.

use crate::{api_error::ApiError, blocking::blocking, event::Event};
use axum::body::Bytes;
use std::path::Path;
use tabella::{
    keys::proving_key,
    params::{CacheEvent, Manifest, ParamsCache},
    primitives::digest::Digest,
    protocol::statement::{CircuitId, Relation},
};
use tokio::sync::{Mutex, OnceCell};

/// The keys of all circuits with which voters prove.
pub(crate) struct Keys {
    cache: ParamsCache,
    kept: Vec<(CircuitId, OnceCell<ServedKey>)>,
    /// Making a key takes all cores; two at once would take twice the memory.
    making: Mutex<()>,
}

/// A proving key in its compact bytes.
#[derive(Clone, Debug)]
pub(crate) struct ServedKey {
    pub(crate) bytes: Bytes,
    /// The digest that is pinned for them.
    pub(crate) digest: Digest,
}

impl Keys {
    /// Keys from the user's cache; in the site's folder for users without one.
    pub(crate) fn open(data: &Path) -> Self {
        let cache = ParamsCache::open_default().unwrap_or_else(|_| ParamsCache::open(data.join("keys")));
        let voters = |circuit: &CircuitId| {
            matches!(circuit.relation(), Relation::Membership { .. } | Relation::Ballot(_))
        };
        // Those of sums and tallies are no voter's business, and some of them take hundreds of megabytes.
        let kept = CircuitId::ALL.into_iter().filter(voters).map(|circuit| (circuit, OnceCell::new()));
        Self { cache, kept: kept.collect(), making: Mutex::new(()) }
    }

    /// The key of a circuit.
    pub(crate) async fn get(
        &self,
        name: &str,
        observer: &(dyn Fn(&Event) + Sync),
    ) -> Result<ServedKey, ApiError> {
        let unknown = || ApiError::not_found("unknown-circuit", "voters prove with no such circuit");
        let found = self.kept.iter().find(|(circuit, _)| circuit.name() == name);
        let (circuit, cell) = found.ok_or_else(unknown)?;
        let served = cell.get_or_try_init(|| async {
            let _one = self.making.lock().await;
            observer(&Event::PreparingKey { circuit: circuit.name() });
            let (cache, circuit) = (self.cache.clone(), *circuit);
            blocking(move || prepare(&cache, circuit)).await
        });
        served.await.cloned()
    }
}

fn prepare(cache: &ParamsCache, circuit: CircuitId) -> Result<ServedKey, ApiError> {
    let pinned = Manifest::pinned().entry(circuit).map_err(ApiError::internal)?;
    // Damaged files are made anew, and a cache that keeps nothing costs time only.
    let key = proving_key(cache, circuit, |_: CacheEvent| ()).map_err(ApiError::internal)?.key;
    let bytes = key.to_compact_bytes();
    pinned.check_compact_key(&bytes).map_err(ApiError::internal)?;
    Ok(ServedKey { bytes: bytes.into(), digest: pinned.compact_key.digest })
}
