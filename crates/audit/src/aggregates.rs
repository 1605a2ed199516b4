//! Proofs of sum and tally that a record may have. The audit has added up the ballots and checked the shares by itself: it compares, and
//! verifies the proofs besides. None of them spares it anything.

use crate::{
    Aggregate, AggregateFault, AggregateReport, AuditOptions, Cause, Fault, SumProofReport, TrustedKey,
    proofs::{Proofs, Proven},
};
use tabella_primitives::{Fr, digest::Digest, elgamal::RunningSum, instance::PublicInputs, rng::CryptoRng};
use tabella_protocol::{
    ballot::{BallotSum, BatchSize, SealedDigest, SealedElection, SumDigest, SumInstance},
    election::KeyProvenance,
    record::{SumProof, TallyProof},
    statement::CircuitId,
    trustee::{TallyInstance, TallyStatement},
};
use tabella_verifier::{DecodeError, InvalidProof, Proof};

/// After so many ballots the sum is named: every batch ends at a multiple of it, or with the last ballot.
const STEP: usize = BatchSize::Small.places();

/// What proofs of sum and tally are compared with.
pub(crate) struct AggregateCheck<'a> {
    options: &'a AuditOptions,
    election: SealedElection,
    digests: Vec<SealedDigest>,
    /// Of the sums of 0, [`STEP`], 2 [`STEP`], .. ballots.
    names: Vec<SumDigest>,
    batches: Option<Batches<'a>>,
    tally: Option<&'a TrustedKey>,
}

/// The proofs of the sum so far.
struct Batches<'a> {
    size: BatchSize,
    key: &'a TrustedKey,
    count: u64,
    proofs: Proofs<'a, Batch>,
}

/// What the proof of one batch is about.
struct Batch {
    number: u64,
    instance: SumInstance,
}

impl Proven for Batch {
    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.public_inputs().to_vec()
    }

    fn malformed(&self, error: DecodeError) -> Cause {
        Cause::Aggregate(Aggregate::Sum { batch: self.number }, AggregateFault::MalformedProof(error))
    }

    fn invalid(&self, error: InvalidProof) -> Cause {
        Cause::Aggregate(Aggregate::Sum { batch: self.number }, AggregateFault::InvalidProof(error))
    }
}

impl<'a> AggregateCheck<'a> {
    pub(crate) fn new(options: &'a AuditOptions, election: SealedElection) -> Self {
        let names = vec![BallotSum::none(&election).digest()];
        Self { options, election, digests: Vec::new(), names, batches: None, tally: None }
    }

    /// Takes a ballot that was added to the sum.
    pub(crate) fn take_ballot(&mut self, digest: SealedDigest, running: &RunningSum) {
        self.digests.push(digest);
        if self.digests.len().is_multiple_of(STEP) {
            self.names.extend(self.name(running));
        }
    }

    /// The name of the sum so far; none of no ballots.
    fn name(&self, running: &RunningSum) -> Option<SumDigest> {
        // Every ballot was compared with the election's number of options.
        BallotSum::of_sum(&self.election, running.finish()?).ok().map(|sum| sum.digest())
    }

    /// The name of the sum of the first so many ballots, which end a batch.
    fn name_after(&self, count: usize, running: &RunningSum) -> Option<SumDigest> {
        if count.is_multiple_of(STEP) { self.names.get(count / STEP).copied() } else { self.name(running) }
    }

    /// Takes the proof of the next batch; `running` is the sum of all ballots.
    pub(crate) fn take_sum(
        &mut self,
        entry: u64,
        proof: &SumProof,
        running: &RunningSum,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        let about = Aggregate::Sum { batch: proof.batch };
        let fault = |fault| Fault::new(entry, Cause::Aggregate(about, fault));
        let circuit = proof.circuit();
        if proof.ballots != self.election.size()
            || self.batches.as_ref().is_some_and(|batches| batches.size != proof.size)
        {
            return Err(fault(AggregateFault::OtherCircuit { actual: circuit }));
        }
        let key = match &self.batches {
            None => trusted(self.options, entry, circuit, proof.verifying_key, SumInstance::FIELDS.len())?,
            Some(batches) if batches.key.digest != proof.verifying_key => {
                let (expected, actual) = (batches.key.digest, proof.verifying_key);
                return Err(fault(AggregateFault::OtherKey { expected, actual }));
            }
            Some(batches) => batches.key,
        };
        let places = proof.size.places();
        let start = usize::try_from(proof.batch).ok().and_then(|batch| batch.checked_mul(places));
        let ballots = start
            .and_then(|start| self.digests.get(start..))
            .filter(|rest| !rest.is_empty())
            .ok_or_else(|| fault(AggregateFault::NoSuchBatch { ballots: self.digests.len() }))?;
        let ballots = ballots.get(..places).unwrap_or(ballots);
        let start = start.unwrap_or_default();
        let no_such_batch = || fault(AggregateFault::NoSuchBatch { ballots: self.digests.len() });
        let expected = proof.size.commit(ballots).map_err(|_| no_such_batch())?;
        if expected != proof.commitment {
            let actual = proof.commitment;
            return Err(fault(AggregateFault::OtherBallots { expected, actual }));
        }
        let before = self.name_after(start, running).ok_or_else(no_such_batch)?;
        let expected = self.name_after(start + ballots.len(), running).ok_or_else(no_such_batch)?;
        if expected != proof.after {
            return Err(fault(AggregateFault::OtherSum { expected, actual: proof.after }));
        }
        let instance = proof.instance(before, ballots).map_err(|_| no_such_batch())?;
        let batches = self.batches.get_or_insert_with(|| Batches {
            size: proof.size,
            key,
            count: 0,
            proofs: Proofs::new(&key.key, self.options.proofs),
        });
        batches.count += 1;
        batches.proofs.push(entry, Batch { number: proof.batch, instance }, &proof.proof, rng)?;
        Ok(())
    }

    /// Takes the proof that the sum of all ballots opens to these numbers; `opened` is none if there are no shares.
    pub(crate) fn take_tally(
        &mut self,
        entry: u64,
        proof: &TallyProof,
        opened: Option<(BallotSum, Vec<u64>)>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        self.complete(entry, rng)?;
        let fault = |fault| Fault::new(entry, Cause::Aggregate(Aggregate::Tally, fault));
        let (sum, numbers) = opened.ok_or_else(|| fault(AggregateFault::NothingOpened))?;
        let circuit = proof.circuit();
        if proof.ballots != self.election.size() {
            return Err(fault(AggregateFault::OtherCircuit { actual: circuit }));
        }
        let fields = TallyInstance::FIELDS.len();
        let key = trusted(self.options, entry, circuit, proof.verifying_key, fields)?;
        let statement = TallyStatement::new(self.election.clone(), sum, numbers)
            .map_err(|error| fault(AggregateFault::NoStatement(error)))?;
        let decoded =
            Proof::from_bytes(&proof.proof).map_err(|error| fault(AggregateFault::MalformedProof(error)))?;
        key.key
            .verify_inputs(&statement.instance().public_inputs(), &decoded)
            .map_err(|error| fault(AggregateFault::InvalidProof(error)))?;
        self.tally = Some(key);
        Ok(())
    }

    /// Checks proofs that wait.
    pub(crate) fn settle(&mut self, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        self.batches.as_mut().map_or(Ok(()), |batches| batches.proofs.settle(rng))
    }

    /// Checks proofs that wait, and that there is one for each batch if there is any.
    fn complete(&mut self, entry: u64, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        self.settle(rng)?;
        let Some(batches) = &self.batches else { return Ok(()) };
        let needed = self.digests.len().div_ceil(batches.size.places());
        if usize::try_from(batches.count) == Ok(needed) {
            return Ok(());
        }
        let about = Aggregate::Sum { batch: batches.count };
        Err(Fault::new(entry, Cause::Aggregate(about, AggregateFault::Missing)))
    }

    /// The record ends: what was begun, and what the auditor asks for, must be there. Nobody proves the sum of no ballots, or a tally
    /// that was not `opened`.
    pub(crate) fn finish(&mut self, entry: u64, opened: bool, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        self.complete(entry, rng)?;
        let missing = |about| Err(Fault::new(entry, Cause::Aggregate(about, AggregateFault::Missing)));
        if self.options.sum_proofs && self.batches.is_none() && !self.digests.is_empty() {
            return missing(Aggregate::Sum { batch: 0 });
        }
        if self.options.tally_proof && self.tally.is_none() && opened {
            return missing(Aggregate::Tally);
        }
        Ok(())
    }

    /// Which proofs there were.
    pub(crate) fn report(&self) -> AggregateReport {
        AggregateReport {
            sum: self
                .batches
                .as_ref()
                .map(|batches| SumProofReport { circuit: batches.key.circuit, batches: batches.count }),
            tally: self.tally.map(|key| key.circuit),
        }
    }

    /// Whether one of the proofs holds under a key whose secrets are known to everybody.
    pub(crate) fn is_insecure(&self) -> bool {
        let keys = [self.batches.as_ref().map(|batches| batches.key), self.tally];
        keys.into_iter().flatten().any(|key| key.provenance == KeyProvenance::InsecureDevelopment)
    }
}

/// The auditor's key of that digest for that circuit, which has so many public inputs.
fn trusted(
    options: &AuditOptions,
    entry: u64,
    circuit: CircuitId,
    digest: Digest,
    inputs: usize,
) -> Result<&TrustedKey, Fault> {
    let fault = |cause| Fault::in_field(entry, "body.verifying_key", cause);
    let key =
        options.trusted(circuit, &digest).ok_or_else(|| fault(Cause::UntrustedKey { circuit, digest }))?;
    key.expect_inputs(inputs).map_err(fault)?;
    Ok(key)
}
