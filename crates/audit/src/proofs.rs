//! Proofs that wait to be checked together.

use crate::{Cause, Fault, ProofChecks};
use rayon::prelude::*;
use tabella_primitives::{Fr, rng::CryptoRng};
use tabella_protocol::ballot::{CastInstance, PROOF_BYTES};
use tabella_verifier::{InvalidProof, PreparedVerifyingKey, Proof};

/// Proofs that are checked together: enough that the fixed cost of a batch does not count, few enough that a bad one is
/// found soon and that they take well under a megabyte.
const BATCH: usize = 512;

/// One proof that waits.
struct Waiting {
    entry: u64,
    instance: CastInstance,
    proof: [u8; PROOF_BYTES],
}

/// Proofs that wait to be checked together, in the order of their entries.
pub(crate) struct Proofs<'a> {
    key: &'a PreparedVerifyingKey,
    capacity: usize,
    waiting: Vec<Waiting>,
    verified: u64,
}

impl<'a> Proofs<'a> {
    pub(crate) fn new(key: &'a PreparedVerifyingKey, checks: ProofChecks) -> Self {
        let capacity = match checks {
            ProofChecks::Batches => BATCH,
            ProofChecks::OneByOne => 1,
        };
        Self { key, capacity, waiting: Vec::with_capacity(capacity), verified: 0 }
    }

    /// Number of proofs that were verified.
    pub(crate) const fn verified(&self) -> u64 {
        self.verified
    }

    /// Takes a proof, and checks those that wait if they are many; tells whether it did.
    pub(crate) fn push(
        &mut self,
        entry: u64,
        instance: CastInstance,
        proof: &[u8; PROOF_BYTES],
        rng: &mut impl CryptoRng,
    ) -> Result<bool, Fault> {
        self.waiting.push(Waiting { entry, instance, proof: *proof });
        let full = self.waiting.len() >= self.capacity;
        if full {
            self.settle(rng)?;
        }
        Ok(full)
    }

    /// Checks all proofs that wait.
    pub(crate) fn settle(&mut self, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        match self.waiting.as_slice() {
            [] => {}
            [one] => {
                let proof = one.decode()?;
                self.key
                    .verify_inputs(&one.instance.public_inputs(), &proof)
                    .map_err(|error| Fault::new(one.entry, Cause::InvalidProof(error)))?;
            }
            waiting => self.settle_batch(waiting, rng)?,
        }
        self.verified += u64::try_from(self.waiting.len()).expect("at most a batch");
        self.waiting.clear();
        Ok(())
    }

    fn settle_batch(&self, waiting: &[Waiting], rng: &mut impl CryptoRng) -> Result<(), Fault> {
        let decoded: Vec<Result<(Vec<Fr>, Proof), Fault>> =
            waiting.par_iter().map(|one| Ok((one.instance.public_inputs(), one.decode()?))).collect();
        // Those after the first malformed one do not matter: an earlier fault comes first.
        let mut malformed = None;
        let mut items = Vec::with_capacity(decoded.len());
        for item in decoded {
            match item {
                Ok(item) => items.push(item),
                Err(fault) => {
                    malformed = Some(fault);
                    break;
                }
            }
        }
        if let Err(invalid) = self.key.verify_batch(&items, rng) {
            let first = invalid.culprits.first().and_then(|culprit| waiting.get(*culprit));
            let entry = first.map(|one| one.entry).unwrap_or_default();
            return Err(Fault::new(entry, Cause::InvalidProof(InvalidProof::NotSatisfied)));
        }
        malformed.map_or(Ok(()), Err)
    }
}

impl Waiting {
    fn decode(&self) -> Result<Proof, Fault> {
        Proof::from_bytes(&self.proof).map_err(|error| Fault::new(self.entry, Cause::MalformedProof(error)))
    }
}
