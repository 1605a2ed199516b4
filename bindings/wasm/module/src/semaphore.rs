//! Proofs of Semaphore v4.

use crate::{
    election::Preparation,
    failure::Failure,
    identity::Identity,
    key::SemaphoreKey,
    registry::MembershipPath,
    work::{Work, generator},
};
use tabella::{
    protocol::value::SemaphoreValue,
    semaphore::{SemaphoreProof, SemaphoreProveError, verifying_key},
};
use wasm_bindgen::prelude::wasm_bindgen;

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
    /// Multiplies what proofs of this citizen in this scope have in common.
    ///
    /// # Errors
    /// `bad-value`, `cancelled`, `not-proved`.
    pub fn prepare(
        &self,
        identity: &Identity,
        path: &MembershipPath,
        scope: &str,
        work: &Work,
    ) -> Result<Preparation, Failure> {
        let prover = &mut work.prover(self.prover.key());
        let identity = identity.citizen.identity();
        Ok(Preparation { preparation: self.prover.prepare(identity, &path.path, value(scope)?, prover)? })
    }

    /// Proves that a member of the group says `message` in `scope`: the JSON that Semaphore's `verifyProof` takes.
    ///
    /// # Errors
    /// `bad-value`, `other-key`, `cancelled`, `not-proved`.
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
        let identity = identity.citizen.identity();
        let proof =
            self.prover.prove_by(identity, &path.path, message, scope, &mut prover, &mut generator()?)?;
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
    let key =
        verifying_key(proof.depth).ok_or_else(|| Failure::new("bad-proof", "there is no such depth"))?;
    let hash = |bytes: &[u8; 32]| SemaphoreValue::from_be_bytes(*bytes).hash();
    let inputs = [proof.root, proof.nullifier, hash(&proof.message), hash(&proof.scope)];
    Ok(key.prepare().verify_inputs(&inputs, &proof.proof).is_ok())
}
