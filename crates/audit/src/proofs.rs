//! Proofs that wait to be checked together.

use crate::{Cause, Fault, ProofChecks};
use tabella_primitives::{Fr, exec, rng::CryptoRng};
use tabella_protocol::ballot::{CastInstance, PROOF_BYTES};
use tabella_verifier::{DecodeError, InvalidProof, PreparedVerifyingKey, Proof};

/// Proofs that are checked together: enough that the fixed cost of a batch does not count, few enough that a bad one is
/// found soon and that they take well under a megabyte.
const BATCH: usize = 512;

/// What a proof is about, and how its fault is called.
pub(crate) trait Proven: Sync {
    /// The public values, in the order of the circuit.
    fn public_inputs(&self) -> Vec<Fr>;
    /// The proof is not made of points.
    fn malformed(&self, error: DecodeError) -> Cause;
    /// The proof proves nothing.
    fn invalid(&self, error: InvalidProof) -> Cause;
}

impl Proven for CastInstance {
    fn public_inputs(&self) -> Vec<Fr> {
        Self::public_inputs(self)
    }

    fn malformed(&self, error: DecodeError) -> Cause {
        Cause::MalformedProof(error)
    }

    fn invalid(&self, error: InvalidProof) -> Cause {
        Cause::InvalidProof(error)
    }
}

/// One proof that waits.
struct Waiting<P> {
    entry: u64,
    about: P,
    proof: [u8; PROOF_BYTES],
}

/// Proofs under one key that wait to be checked together, in the order of their entries.
pub(crate) struct Proofs<'a, P> {
    key: &'a PreparedVerifyingKey,
    capacity: usize,
    waiting: Vec<Waiting<P>>,
    verified: u64,
}

impl<'a, P: Proven> Proofs<'a, P> {
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
        about: P,
        proof: &[u8; PROOF_BYTES],
        rng: &mut impl CryptoRng,
    ) -> Result<bool, Fault> {
        self.waiting.push(Waiting { entry, about, proof: *proof });
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
                    .verify_inputs(&one.about.public_inputs(), &proof)
                    .map_err(|error| Fault::new(one.entry, one.about.invalid(error)))?;
            }
            waiting => self.settle_batch(waiting, rng)?,
        }
        self.verified += u64::try_from(self.waiting.len()).expect("at most a batch");
        self.waiting.clear();
        Ok(())
    }

    fn settle_batch(&self, waiting: &[Waiting<P>], rng: &mut impl CryptoRng) -> Result<(), Fault> {
        let decoded: Vec<Result<(Vec<Fr>, Proof), Fault>> =
            exec::map_items(waiting, |one| Ok((one.about.public_inputs(), one.decode()?)));
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
            let error = InvalidProof::NotSatisfied;
            let first = invalid.culprits.first().and_then(|culprit| waiting.get(*culprit));
            // A batch that fails has a culprit.
            return Err(first.map_or_else(
                || Fault::new(0, Cause::InvalidProof(error.clone())),
                |one| Fault::new(one.entry, one.about.invalid(error.clone())),
            ));
        }
        malformed.map_or(Ok(()), Err)
    }
}

impl<P: Proven> Waiting<P> {
    fn decode(&self) -> Result<Proof, Fault> {
        Proof::from_bytes(&self.proof).map_err(|error| Fault::new(self.entry, self.about.malformed(error)))
    }
}
