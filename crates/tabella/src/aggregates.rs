//! Proofs of the sum and of the tally of secret ballots, for those who do not add up ballots and check shares themselves: a contract, say.
//!
//! All that they are about is public, and whoever has the record can make them, but for the trustees' parts in that of the tally
//! ([`Trustee::prove_tally`]).

use crate::Trustee;
use core::fmt;
use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};
use tabella_circuits::{SumCircuit, TallyCircuit};
use tabella_primitives::{
    cancel::CancelToken,
    digest::Digest,
    progress::Progress,
    rng::{self, CryptoRng},
};
use tabella_protocol::{
    ballot::{BallotSum, BatchSize, SealedDigest},
    record::{DroppedPart, Provable, ProvableError, ProvableTally, SumProof, TallyPartError, TallyProof},
    trustee::TallyShare,
};
use tabella_prover::{ProveError, Prover, ProvingKey};
use tabella_verifier::Proof;

/// Greatest number of batches that are proved at once: one of 256 ballots takes some hundred megabytes.
const AT_ONCE: usize = 4;

/// Why sum or tally were not proved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotProved {
    /// There is nothing to prove of the record.
    Record(ProvableError),
    /// The proof of a batch that was there already is not of these ballots, or not under this key.
    OtherProof {
        /// Number of the batch, from 0.
        batch: u64,
    },
    /// A batch has no proof: the key is of another circuit, or the caller cancelled.
    Sum {
        /// Number of the batch, from 0.
        batch: u64,
        /// Why.
        error: ProveError,
    },
    /// The tally has no proof: the numbers are wrong, the key is of another circuit, or the caller cancelled.
    Tally(ProveError),
}

impl fmt::Display for NotProved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => error.fmt(f),
            Self::OtherProof { batch } => {
                write!(f, "the proof of batch {batch} is not of these ballots, or not under this key")
            }
            Self::Sum { batch, error } => write!(f, "batch {batch}: {error}"),
            Self::Tally(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NotProved {}

impl From<ProvableError> for NotProved {
    fn from(error: ProvableError) -> Self {
        Self::Record(error)
    }
}

/// Proves that the ballots of a record have their sum, in batches of that size, several at once. `key` is that of
/// `size.circuit(record.election().size())`.
///
/// `done` are proofs of the first batches from an earlier call, which are verified and kept. `on_batch` is given every new proof, in the order of the
/// batches: whoever writes them down loses little when the work is cut off. Of no ballots there is nothing to prove.
///
/// # Errors
/// [`NotProved`].
pub fn prove_sums(
    record: &Provable,
    size: BatchSize,
    key: &ProvingKey,
    done: Vec<SumProof>,
    cancel: &CancelToken,
    on_batch: &mut dyn FnMut(&SumProof, Progress),
) -> Result<Vec<SumProof>, NotProved> {
    let sums = record.sums(size)?;
    let job = Job { record, size, key, digest: key.verifying_key().digest(), sums: &sums, cancel };
    job.check(&done)?;
    let batches = sums.len().saturating_sub(1);
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(AT_ONCE);
    let (next, failed) = (AtomicUsize::new(done.len()), AtomicBool::new(false));
    let (send, receive) = mpsc::channel();
    let mut proofs = done;
    thread::scope(|scope| {
        for _ in 0..workers.min(batches.saturating_sub(proofs.len())) {
            let (job, next, failed, send) = (&job, &next, &failed, send.clone());
            scope.spawn(move || {
                while !failed.load(Ordering::Relaxed) {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch >= batches {
                        break;
                    }
                    let proved = job.prove(batch);
                    failed.fetch_or(proved.is_err(), Ordering::Relaxed);
                    // Nobody listens any more only if this thread's caller is gone.
                    drop(send.send((batch, proved)));
                }
            });
        }
        drop(send);
        // Batches are done in any order, and handed on in theirs.
        let mut waiting = BTreeMap::new();
        let mut fault = None;
        for (batch, proved) in receive {
            match proved {
                Ok(proof) => drop(waiting.insert(batch, proof)),
                Err(error) => fault = fault.or(Some(error)),
            }
            while let Some(proof) = waiting.remove(&proofs.len()) {
                let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                proofs.push(proof);
                let progress = Progress { done: count(proofs.len()), total: count(batches) };
                proofs.iter().next_back().into_iter().for_each(|proof| on_batch(proof, progress));
            }
        }
        fault.map_or(Ok(()), Err)
    })?;
    Ok(proofs)
}

/// What all batches have in common.
struct Job<'a> {
    record: &'a Provable,
    size: BatchSize,
    key: &'a ProvingKey,
    digest: Digest,
    /// Before the first batch, and after each.
    sums: &'a [BallotSum],
    cancel: &'a CancelToken,
}

impl Job<'_> {
    fn prove(&self, batch: usize) -> Result<SumProof, NotProved> {
        let number = u64::try_from(batch).unwrap_or(u64::MAX);
        let failed = |error| NotProved::Sum { batch: number, error };
        let no_such_batch = NotProved::Record(ProvableError::NoSuchBatch { batch: number });
        let before = self.sums.get(batch).ok_or(no_such_batch)?.clone();
        let witness = self.record.batch(self.size, number, before)?;
        let instance = witness.instance();
        // Nothing of it is secret; a proof needs its randomness nevertheless.
        let mut rng = rng::from_os().map_err(|_| failed(ProveError::RngUnavailable))?;
        let circuit = SumCircuit::new(instance, witness);
        let proved =
            Prover::new(self.key).cancelled_by(self.cancel).prove(&circuit, &mut rng).map_err(failed)?;
        Ok(SumProof {
            batch: number,
            ballots: self.record.election().size(),
            size: self.size,
            verifying_key: self.digest,
            commitment: instance.commitment,
            after: instance.after,
            proof: proved.proof.to_bytes(),
        })
    }

    /// Checks that proofs are those of the first batches under this key.
    fn check(&self, done: &[SumProof]) -> Result<(), NotProved> {
        let key = self.key.verifying_key().clone().prepare();
        let ballots = self.record.election().size();
        let digests: Vec<SealedDigest> = if done.is_empty() {
            Vec::new()
        } else {
            self.record.ballots().iter().map(|ballot| ballot.digest(ballots)).collect()
        };
        let batches = digests.chunks(self.size.places()).map(Some).chain(std::iter::repeat(None));
        for (((number, proof), digests), sums) in
            (0u64..).zip(done).zip(batches).zip(self.sums.windows(2).map(Some).chain(std::iter::repeat(None)))
        {
            let holds = || {
                let (digests, [before, after]) = digests.zip(sums.and_then(<[_]>::as_array::<2>))?;
                let instance = proof.instance(before.digest(), digests).ok()?;
                let decoded = Proof::from_bytes(&proof.proof).ok()?;
                let fits = proof.batch == number
                    && (proof.ballots, proof.size, proof.verifying_key) == (ballots, self.size, self.digest)
                    && proof.after == after.digest();
                (fits && key.verify(&instance, &decoded).is_ok()).then_some(())
            };
            holds().ok_or(NotProved::OtherProof { batch: number })?;
        }
        Ok(())
    }
}

/// A proof of a tally, and whose parts were of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProvedTally {
    /// The proof.
    pub proof: TallyProof,
    /// Parts that were dropped, with the reason.
    pub dropped: Vec<DroppedPart>,
}

/// Proves that a sum opens to the numbers of the result, by the parts of as many trustees as open it, at most
/// [`MAX_TALLY_SHARES`](tabella_protocol::trustee::MAX_TALLY_SHARES). `key` is that of `statement().size().tally_circuit()`.
///
/// # Errors
/// [`NotProved`].
pub fn prove_tally(
    tally: &ProvableTally,
    shares: impl IntoIterator<Item = TallyShare>,
    key: &ProvingKey,
    cancel: &CancelToken,
) -> Result<ProvedTally, NotProved> {
    let (witness, dropped) = tally.witness(shares)?;
    let statement = tally.statement();
    let mut rng = rng::from_os().map_err(|_| NotProved::Tally(ProveError::RngUnavailable))?;
    let circuit = TallyCircuit::new(statement.instance(), witness);
    let proved = Prover::new(key).cancelled_by(cancel).prove(&circuit, &mut rng).map_err(NotProved::Tally)?;
    let proof = TallyProof {
        ballots: statement.size(),
        verifying_key: key.verifying_key().digest(),
        proof: proved.proof.to_bytes(),
    };
    Ok(ProvedTally { proof, dropped })
}

impl Trustee {
    /// The trustee's part in the proof of a tally. It must have opened this very sum: its part shows nothing that its share does not show.
    ///
    /// # Errors
    /// [`TallyPartError`].
    pub fn prove_tally(
        &self,
        tally: &ProvableTally,
        rng: &mut impl CryptoRng,
    ) -> Result<TallyShare, TallyPartError> {
        tally.share(&self.share, &self.ledger, rng)
    }
}
