//! What only elections with secret ballots have: key ceremony, encrypted sum, shares.

use crate::{AuditOptions, Cause, Fault, OpeningReport, aggregates::AggregateCheck};
use std::collections::HashMap;
use tabella_primitives::{
    edwards::{Point, Scalar},
    elgamal::{Ciphertext, RunningSum},
    rng::CryptoRng,
};
use tabella_protocol::{
    ballot::{BallotError, BallotSum, EphemeralKey, SealedBallotError, SealedDigest, SecretBallot},
    election::{Manifest, SecretBallots},
    record::{SumProof, TallyProof},
    tally::Tally,
    trustee::{
        CeremonyParameters, CeremonyRecord, CombineError, DecryptionShare, DroppedShare, EncryptedSum,
        KeyCeremony, OpeningPolicy, Package, PackageError, Round, ShareFault, Verified, combine,
    },
};

/// What is known of ceremony, sum and shares after some entries.
pub(crate) struct SecretCheck<'a> {
    secret: SecretBallots,
    ephemeral_keys: HashMap<EphemeralKey, u64>,
    running: RunningSum,
    /// The ciphertexts themselves, for trustees.
    kept: Option<Vec<Ciphertext>>,
    parameters: Option<CeremonyParameters>,
    packages: Vec<Package>,
    last_package: u64,
    ceremony: Option<KeyCeremony>,
    sum: Option<EncryptedSum>,
    shares: Vec<DecryptionShare<Verified>>,
    aggregates: AggregateCheck<'a>,
}

impl<'a> SecretCheck<'a> {
    /// None for an election with open ballots.
    pub(crate) fn new(manifest: &Manifest, options: &'a AuditOptions) -> Option<Self> {
        let (secret, election) = manifest.secret().zip(manifest.sealed())?;
        Some(Self {
            secret: secret.clone(),
            ephemeral_keys: HashMap::new(),
            running: RunningSum::new(),
            kept: None,
            parameters: None,
            packages: Vec::new(),
            last_package: 0,
            ceremony: None,
            sum: None,
            shares: Vec::new(),
            aggregates: AggregateCheck::new(options, election.clone()),
        })
    }

    /// Keeps the ciphertexts.
    pub(crate) fn keep(&mut self) {
        self.kept = Some(Vec::new());
    }

    /// Adds a ballot to the sum. Its number of slots was compared with the election's.
    pub(crate) fn take_ballot(
        &mut self,
        entry: u64,
        ballot: &SecretBallot,
        digest: SealedDigest,
    ) -> Result<(), Fault> {
        let ciphertext = &ballot.sealed().ciphertext;
        if let Some(first) = ciphertext.points().first() {
            // Trustees open no sum in which one randomness stands twice.
            if let Some(earlier) = self.ephemeral_keys.insert(first.to_packed(), entry) {
                return Err(Fault::new(entry, Cause::RepeatedCiphertext { earlier }));
            }
        }
        self.running.add(ciphertext).map_err(|error| {
            Fault::new(entry, Cause::Ballot(BallotError::Sealed(SealedBallotError::Slots(error))))
        })?;
        self.aggregates.take_ballot(digest, &self.running);
        if let Some(kept) = &mut self.kept {
            kept.push(ciphertext.clone());
        }
        Ok(())
    }

    /// Least number of ballots whose sum is opened.
    pub(crate) const fn policy(&self) -> OpeningPolicy {
        self.secret.policy
    }

    pub(crate) fn take_parameters(&mut self, entry: u64, parameters: CeremonyParameters) {
        self.last_package = entry;
        self.parameters = Some(parameters);
    }

    /// Takes a package. Its signature is checked at once, so that a wrong one is named; the rest once all are there.
    pub(crate) fn take_package(&mut self, entry: u64, package: Package) -> Result<(), Fault> {
        self.last_package = entry;
        if let Some(parameters) = &self.parameters {
            package.verify(parameters).map_err(|error| Fault::new(entry, Cause::Package(error)))?;
        }
        if package.round() == Round::Decrypt {
            let error = PackageError::OtherRound { actual: package.round() };
            return Err(Fault::new(entry, Cause::Package(error)));
        }
        self.packages.push(package);
        Ok(())
    }

    /// Re-does the ceremony and compares it with the manifest, once.
    pub(crate) fn verify_ceremony(&mut self) -> Result<&KeyCeremony, Fault> {
        let fault = |cause| Fault::new(self.last_package, cause);
        if self.ceremony.is_none()
            && let Some(parameters) = self.parameters.take()
        {
            let record = CeremonyRecord::from_packages(parameters, core::mem::take(&mut self.packages));
            let ceremony = record.verify().map_err(|error| fault(Cause::Ceremony(error)))?;
            let (expected, actual) = (self.secret.ceremony, *ceremony.transcript());
            if expected != actual {
                return Err(fault(Cause::OtherCeremony { expected, actual }));
            }
            if *ceremony.key() != self.secret.key {
                return Err(Fault::new(0, Cause::OtherKeys));
            }
            self.ceremony = Some(ceremony);
        }
        // The reader lets nothing but a ceremony come before.
        self.ceremony.as_ref().ok_or_else(|| fault(Cause::OtherKeys))
    }

    /// Takes a share of the sum of so many ballots, each of which was verified.
    pub(crate) fn take_share(
        &mut self,
        entry: u64,
        share: &Package,
        manifest: &Manifest,
        ballots: u64,
    ) -> Result<(), Fault> {
        let fault = |cause| Fault::new(entry, cause);
        self.verify_ceremony()?;
        let least = self.secret.policy.least_ballots();
        if ballots < least {
            return Err(fault(Cause::OpenedTooFew { ballots, least }));
        }
        let Some(ceremony) = &self.ceremony else { return Ok(()) };
        if self.sum.is_none() {
            self.sum = self
                .running
                .finish()
                .map(|sum| EncryptedSum::of_sum(ceremony, manifest.id(), sum))
                .transpose()
                .map_err(|_| fault(Cause::OtherKeys))?;
        }
        // There are ballots, so there is a sum.
        let Some(sum) = &self.sum else { return Err(fault(Cause::DegenerateSum)) };
        if sum.sum().shared().is_identity() {
            return Err(fault(Cause::DegenerateSum));
        }
        let dropped = |dropped: DroppedShare| fault(Cause::Share(dropped));
        let share = DecryptionShare::from_package(ceremony, share).map_err(dropped)?;
        let share = share.verify(ceremony, sum).map_err(dropped)?;
        let trustee = share.trustee();
        if self.shares.iter().any(|earlier| earlier.trustee() == trustee) {
            return Err(dropped(DroppedShare { trustee, fault: ShareFault::Duplicate }));
        }
        self.shares.push(share);
        Ok(())
    }

    /// Compares the stated numbers with what the shares decrypt, and gives the result that follows from them.
    pub(crate) fn open(
        &mut self,
        entry: u64,
        stated: &Tally,
        manifest: &Manifest,
        ballots: u64,
    ) -> Result<Tally, Fault> {
        let fault = |cause| Fault::new(entry, cause);
        self.verify_ceremony()?;
        if ballots < self.secret.policy.least_ballots() {
            return Ok(Tally::not_opened(manifest, ballots));
        }
        let (Some(ceremony), Some(sum)) = (&self.ceremony, &self.sum) else {
            let threshold = self.ceremony.as_ref().map_or(0, |ceremony| ceremony.parameters().threshold());
            return Err(fault(Cause::Combine(CombineError::TooFew { shares: 0, threshold })));
        };
        let opened = combine(ceremony, sum, &self.shares).map_err(|error| fault(Cause::Combine(error)))?;
        let numbers: Vec<u64> = stated.counts.iter().map(|count| count.votes).collect();
        // A logarithm is found with effort and checked with one multiplication.
        let right = |number: &u64, point: &Point| Point::mul_base(&Scalar::from(*number)) == *point;
        let wrong = numbers.iter().zip(opened.points()).position(|(number, point)| !right(number, point));
        if let Some(option) = wrong {
            return Err(fault(Cause::WrongNumber { option }));
        }
        Tally::of_sum(manifest, ballots, &numbers)
            .map_err(|slots| fault(Cause::WrongNumber { option: slots.actual.min(slots.expected) }))
    }

    /// Takes the proof of the next batch.
    pub(crate) fn take_sum_proof(
        &mut self,
        entry: u64,
        proof: &SumProof,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        self.aggregates.take_sum(entry, proof, &self.running, rng)
    }

    /// Takes the proof of this tally, which was compared with the shares.
    pub(crate) fn take_tally_proof(
        &mut self,
        entry: u64,
        proof: &TallyProof,
        manifest: &Manifest,
        tally: &Tally,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        let opened = self.sum.as_ref().zip(manifest.sealed()).and_then(|(sum, election)| {
            // The ceremony has as many keys as the election has options.
            let sum = BallotSum::of_sum(election, sum.sum().clone()).ok()?;
            Some((sum, tally.counts.iter().map(|count| count.votes).collect()))
        });
        self.aggregates.take_tally(entry, proof, opened, rng)
    }

    /// Checks proofs of sums that wait.
    pub(crate) fn settle(&mut self, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        self.aggregates.settle(rng)
    }

    /// The record ends.
    pub(crate) fn finish(&mut self, entry: u64, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        self.aggregates.finish(entry, self.sum.is_some(), rng)
    }

    /// What is known of proofs of sum and tally.
    pub(crate) const fn aggregates(&self) -> &AggregateCheck<'a> {
        &self.aggregates
    }

    /// Who made the keys, and who opened the sum.
    pub(crate) fn report(&self) -> Option<OpeningReport> {
        let ceremony = self.ceremony.as_ref()?;
        Some(OpeningReport {
            threshold: ceremony.parameters().threshold(),
            trustees: ceremony.parameters().trustees().len(),
            qualified: ceremony.qualified().to_vec(),
            shares: self.shares.iter().map(DecryptionShare::trustee).collect(),
        })
    }

    /// The ceremony, once it was verified.
    pub(crate) const fn ceremony(&self) -> Option<&KeyCeremony> {
        self.ceremony.as_ref()
    }

    /// The ceremony, and the ciphertexts that were kept.
    pub(crate) fn into_parts(self) -> Option<(KeyCeremony, Vec<Ciphertext>)> {
        self.ceremony.zip(self.kept)
    }
}
