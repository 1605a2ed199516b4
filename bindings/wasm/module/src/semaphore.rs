//! Semaphore v4: keys of its ceremony, and proofs.

use crate::{
    failure::Failure,
    identity::Identity,
    preparation::Preparation,
    registry::MembershipPath,
    work::{Work, generator},
};
use std::sync::OnceLock;
use tabella::{
    circom::Zkey,
    protocol::value::SemaphoreValue,
    semaphore::{
        Artifact, Depth, MAX_DEPTH, SemaphoreProof, SemaphoreProveError, SemaphoreProver, verifying_key,
    },
    verifier::PreparedVerifyingKey,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// A key of Semaphore's ceremony.
#[wasm_bindgen]
pub struct SemaphoreKey {
    prover: SemaphoreProver,
}

/// The verifying keys of depths 1, 2, .., each prepared when it is first wanted.
static PREPARED: [OnceLock<PreparedVerifyingKey>; 32] = [const { OnceLock::new() }; 32];
const _: () = assert!(MAX_DEPTH == 32);

/// The place of a depth's key.
fn place(depth: u8) -> Option<&'static OnceLock<PreparedVerifyingKey>> {
    PREPARED.get(usize::from(depth).checked_sub(1)?)
}

fn value(text: &str) -> Result<SemaphoreValue, Failure> {
    SemaphoreValue::from_text(text).map_err(Failure::with("bad-value"))
}

impl From<SemaphoreProveError> for Failure {
    fn from(error: SemaphoreProveError) -> Self {
        match error {
            SemaphoreProveError::Prove(error) => error.into(),
            other => Self::new("not-proved", other),
        }
    }
}

#[wasm_bindgen]
impl SemaphoreKey {
    /// The key of a depth, 1 to 32: compact, or the published `.zkey`, by its pinned hash.
    ///
    /// # Errors
    /// `bad-depth`, `bad-key`.
    pub fn open(depth: u8, bytes: &[u8], work: &Work) -> Result<Self, Failure> {
        work.stage("check");
        let depth = Depth::new(depth.into()).map_err(Failure::with("bad-depth"))?;
        if bytes.starts_with(b"zkey") {
            Artifact::proving_key(depth).check(bytes).map_err(Failure::with("bad-key"))?;
            let key = Zkey::from_trusted_bytes_checked_by_hash(bytes).map_err(Failure::with("bad-key"))?;
            return Ok(Self { prover: SemaphoreProver::from_key(depth, key.into_key()) });
        }
        Ok(Self { prover: SemaphoreProver::from_compact(bytes, depth).map_err(Failure::with("bad-key"))? })
    }

    /// Multiplies what proofs of this citizen in this scope have in common.
    ///
    /// # Errors
    /// `bad-value`, `bad-path`, `cancelled`, `not-proved`.
    pub fn prepare(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        scope: &str,
        work: &Work,
    ) -> Result<Preparation, Failure> {
        let prover = &mut work.prover(self.prover.key());
        let (path, identity) = (path.of(identity)?, identity.citizen.identity());
        Ok(Preparation { preparation: self.prover.prepare(identity, path, value(scope)?, prover)? })
    }

    /// Proves that a member of the group says `message` in `scope`: the JSON that Semaphore's `verifyProof` takes.
    ///
    /// # Errors
    /// `bad-value`, `bad-path`, `other-key`, `cancelled`, `not-proved`.
    pub fn prove(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        message: &str,
        scope: &str,
        preparation: Option<Preparation>,
        work: &Work,
    ) -> Result<String, Failure> {
        let mut prover = work.prover(self.prover.key());
        if let Some(Preparation { preparation }) = &preparation {
            prover = prover.with_preparation(preparation);
        }
        let (message, scope) = (value(message)?, value(scope)?);
        let (path, identity) = (path.of(identity)?, identity.citizen.identity());
        let proof = self.prover.prove_by(identity, path, message, scope, &mut prover, &mut generator()?)?;
        // The prover looked at the proof with the key of its depth, which was compared by its hash.
        if let Some(place) = place(proof.depth) {
            place.get_or_init(|| self.prover.key().prepared().clone());
        }
        Ok(proof.to_json())
    }
}

/// Whether a proof verifies under the key of its depth. Whether its root is that of a group and its nullifier is new, the caller checks.
///
/// # Errors
/// `bad-proof` if it is no proof at all.
#[wasm_bindgen(js_name = verifySemaphoreProof)]
pub fn verify_semaphore_proof(proof: &str) -> Result<bool, Failure> {
    let proof = SemaphoreProof::from_json(proof).map_err(Failure::with("bad-proof"))?;
    let unknown = || Failure::new("bad-proof", "there is no such depth");
    let place = place(proof.depth).ok_or_else(unknown)?;
    let key = match place.get() {
        Some(key) => key,
        None => {
            let key = verifying_key(proof.depth).ok_or_else(unknown)?;
            place.get_or_init(|| key.prepare())
        }
    };
    let hash = |bytes: &[u8; 32]| SemaphoreValue::from_be_bytes(*bytes).hash();
    let inputs = [proof.root, proof.nullifier, hash(&proof.message), hash(&proof.scope)];
    Ok(key.verify_inputs(&inputs, &proof.proof).is_ok())
}
