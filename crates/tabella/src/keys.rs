//! Keys of the circuits: the pinned ones, and the insecure development proving keys. Any proving key opened in
//! milliseconds, with its tables.

pub use tabella_keys::{
    CheckedKey, KeyCache, KeyEvent, KeyOpener, NoDirectory, OpenKeyError, Unusable, Wanted, files,
};

use tabella_circuits::CircuitLayout;
use tabella_params::{CacheError, CacheEvent, ParamsCache, cache::PinnedProvingKey};
use tabella_protocol::statement::CircuitId;

/// The proving key of a circuit: from the cache if it has the pinned hash, else made now.
///
/// Today every key is an **insecure development key**: whoever wants to can forge proofs with it.
///
/// # Errors
/// [`CacheError`].
pub fn proving_key(
    cache: &ParamsCache,
    circuit: CircuitId,
    observer: impl FnMut(CacheEvent),
) -> Result<PinnedProvingKey, CacheError> {
    cache.proving_key(circuit, &CircuitLayout(circuit), observer)
}
