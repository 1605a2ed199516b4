//! The audit: one pass over a record, entry by entry.

use crate::{
    AuditOptions, AuditReport, Cause, Fault, Progress, PublishedHead, PublishedReceipt, REPORT_FORMAT, Stage,
    TrustedKey, UnopenedReport, Warning, fault::tally_difference, proofs::Proofs, registry::RegistryCheck,
    secret::SecretCheck,
};
use std::{collections::HashMap, io::BufRead};
use tabella_primitives::{digest::Digest, rng::CryptoRng};
use tabella_protocol::{
    ballot::{BallotError, CastBallot, CastInstance},
    election::{KeyProvenance, Manifest, Weighting, Window},
    record::{Closing, EntryKind, Link, LinkedEntry, RecordEntry, RecordError, RecordReader},
    statement::Nullifier,
    tally::{Tally, TallyCounter},
    trustee::KeyCeremony,
};

/// Re-does every check of a record, in one pass.
///
/// Memory: a batch of ballots, about 70 bytes for each ballot (its nullifier; for a secret one as much again, whose ephemeral key must
/// stand once too, and 32 for its digest, which proofs of the sum are about), and about 130 for each leaf if the record includes the registry. `rng` draws the coefficients of [batches](tabella_verifier::batch). `progress` is called every
/// few hundred ballots and after each part of the registry.
///
/// # Errors
/// The first [`Fault`], by the order of the entries: all entries before it are as they should be.
pub fn audit(
    record: impl BufRead,
    options: &AuditOptions,
    rng: &mut impl CryptoRng,
    progress: &mut dyn FnMut(Progress),
) -> Result<AuditReport, Fault> {
    let mut reader = RecordReader::new(record);
    let (manifest, link) = first_entry(&mut reader)?;
    let mut auditor = Auditor::new(manifest, link, options, progress)?;
    auditor.take_all(&mut reader, rng)?;
    auditor.finish()
}

/// Re-does every check of a record of secret ballots as far as trustees get it: up to the key ceremony, before it is opened.
///
/// As [`audit`], and all ciphertexts stay in memory: up to some hundred bytes for each ballot.
///
/// # Errors
/// The first [`Fault`], by the order of the entries.
pub fn audit_unopened(
    record: impl BufRead,
    options: &AuditOptions,
    rng: &mut impl CryptoRng,
    progress: &mut dyn FnMut(Progress),
) -> Result<UnopenedReport, Fault> {
    let mut reader = RecordReader::unopened(record);
    let (manifest, link) = first_entry(&mut reader)?;
    let mut auditor = Auditor::new(manifest, link, options, progress)?;
    if let Some(secret) = &mut auditor.secret {
        secret.keep();
    }
    auditor.take_all(&mut reader, rng)?;
    auditor.finish_unopened()
}

fn first_entry(reader: &mut RecordReader<impl BufRead>) -> Result<(Manifest, Link), Fault> {
    match reader.next_entry()? {
        Some(LinkedEntry { entry: RecordEntry::Manifest(manifest), link, .. }) => Ok((manifest, link)),
        // The reader lets a record begin with nothing else.
        _ => Err(RecordError::Truncated { entry: 0 }.into()),
    }
}

/// What is known after some entries.
struct Auditor<'a> {
    options: &'a AuditOptions,
    progress: &'a mut dyn FnMut(Progress),
    manifest: Manifest,
    entries: u64,
    nullifiers: HashMap<Nullifier, u64>,
    counter: TallyCounter,
    /// What only elections with secret ballots have.
    secret: Option<SecretCheck<'a>>,
    proofs: Proofs<'a, CastInstance>,
    /// Published heads and receipts that were not met yet, by ascending number of ballots.
    heads: &'a [PublishedHead],
    receipts: &'a [PublishedReceipt],
    closing: Option<Closing>,
    registry: RegistryCheck,
    citizens: Option<u64>,
    tally: Option<Tally>,
    digest: Option<Digest>,
}

impl<'a> Auditor<'a> {
    fn new(
        manifest: Manifest,
        link: Link,
        options: &'a AuditOptions,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self, Fault> {
        let key = check_manifest(&manifest, options)?;
        let mut auditor = Self {
            options,
            progress,
            entries: 1,
            nullifiers: HashMap::new(),
            counter: TallyCounter::new(&manifest),
            secret: SecretCheck::new(&manifest, options),
            proofs: Proofs::new(&key.key, options.proofs),
            heads: &options.heads,
            receipts: &options.receipts,
            closing: None,
            registry: RegistryCheck::default(),
            citizens: None,
            tally: None,
            digest: None,
            manifest,
        };
        auditor.check_heads(0, 0, &link)?;
        Ok(auditor)
    }

    fn take_all(
        &mut self,
        reader: &mut RecordReader<impl BufRead>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        loop {
            let step = match reader.next_entry() {
                Ok(Some(entry)) => self.take(entry, rng),
                Ok(None) => return Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(fault) = step {
                // A proof that still waits stands before this entry: if it is bad, it is the first fault.
                self.proofs.settle(rng)?;
                self.secret.as_mut().map_or(Ok(()), |secret| secret.settle(rng))?;
                return Err(fault);
            }
        }
    }

    fn take(&mut self, linked: LinkedEntry, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        let LinkedEntry { number, entry, link } = linked;
        self.entries = number + 1;
        let Some(secret) = &mut self.secret else { return self.take_common(number, entry, &link, rng) };
        match entry {
            RecordEntry::Ceremony(parameters) => secret.take_parameters(number, parameters),
            RecordEntry::Package(package) => secret.take_package(number, package)?,
            RecordEntry::Share(share) => {
                secret.take_share(number, &share, &self.manifest, self.proofs.verified())?;
                self.report(Stage::Opening);
            }
            RecordEntry::SumProof(proof) => {
                secret.take_sum_proof(number, &proof, rng)?;
                self.report(Stage::Aggregates);
            }
            RecordEntry::TallyProof(proof) => {
                // The reader lets no proof come before the result.
                if let Some(tally) = &self.tally {
                    secret.take_tally_proof(number, &proof, &self.manifest, tally, rng)?;
                }
                self.report(Stage::Aggregates);
            }
            entry => return self.take_common(number, entry, &link, rng),
        }
        Ok(())
    }

    fn take_common(
        &mut self,
        number: u64,
        entry: RecordEntry,
        link: &Link,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        match entry {
            RecordEntry::Ballot { index, ballot } => self.take_ballot(number, index, &ballot, link, rng),
            RecordEntry::Close(closing) => {
                self.proofs.settle(rng)?;
                self.report(Stage::Ballots);
                self.take_closing(number, closing)
            }
            RecordEntry::Registry(part) => {
                let weighting = self.manifest.secret().map_or(Weighting::Plain, |secret| secret.weighting);
                self.registry.add(number, &part, self.manifest.registry(), weighting)?;
                self.report(Stage::Registry);
                Ok(())
            }
            RecordEntry::Tally(tally) => self.take_tally(number, tally),
            RecordEntry::End { digest, .. } => {
                self.secret.as_mut().map_or(Ok(()), |secret| secret.finish(number, rng))?;
                self.digest = Some(digest);
                match self.options.record_digest {
                    Some(expected) if expected != digest => {
                        Err(Fault::new(number, Cause::WrongRecord { expected, actual: digest }))
                    }
                    _ => Ok(()),
                }
            }
            // The reader lets no second manifest and no unknown kind pass.
            other => Err(out_of_order(number, other.kind())),
        }
    }

    fn take_ballot(
        &mut self,
        number: u64,
        index: u64,
        ballot: &CastBallot,
        link: &Link,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Fault> {
        let fault = |cause| Fault::new(number, cause);
        let instance = ballot.instance(&self.manifest).map_err(|error| fault(Cause::Ballot(error)))?;
        if let Some(earlier) = self.nullifiers.insert(ballot.nullifier(), number) {
            return Err(fault(Cause::RepeatedNullifier { earlier }));
        }
        let places = self.manifest.registry().size;
        if index >= places {
            return Err(fault(Cause::TooManyBallots { places }));
        }
        self.check_receipts(number, index, ballot, link)?;
        self.check_heads(number, index + 1, link)?;
        match (ballot, &instance, &mut self.secret) {
            // `instance` has checked the choice, so the counter accepts it.
            (CastBallot::Open(ballot), ..) => self
                .counter
                .add(ballot.selection())
                .map_err(|error| fault(Cause::Ballot(BallotError::InvalidSelection(error.error))))?,
            (CastBallot::Secret(ballot), CastInstance::Secret(sealed), Some(secret)) => {
                secret.take_ballot(number, ballot, sealed.digest)?;
            }
            // `instance` has refused a secret ballot in an election with open ones.
            (CastBallot::Secret(_), ..) => {
                let expected = self.manifest.kind();
                return Err(fault(Cause::Ballot(BallotError::OtherKind { expected })));
            }
        }
        if self.proofs.push(number, instance, ballot.proof(), rng)? {
            self.report(Stage::Ballots);
        }
        Ok(())
    }

    /// Compares the ballot with the receipts that name its place.
    fn check_receipts(
        &mut self,
        number: u64,
        index: u64,
        ballot: &CastBallot,
        link: &Link,
    ) -> Result<(), Fault> {
        while let Some((receipt, rest)) = self.receipts.split_first().filter(|(r, _)| r.index == index) {
            let actual = ballot.digest();
            if receipt.ballot != actual {
                return Err(Fault::new(number, Cause::ReceiptBallot { expected: receipt.ballot, actual }));
            }
            let actual = ballot.nullifier();
            if receipt.nullifier != actual {
                let cause = Cause::ReceiptNullifier { expected: receipt.nullifier, actual };
                return Err(Fault::new(number, cause));
            }
            check_published(number, &receipt.link, link)?;
            self.receipts = rest;
        }
        Ok(())
    }

    /// Compares the link after so many ballots with the heads that were published then.
    fn check_heads(&mut self, number: u64, ballots: u64, link: &Link) -> Result<(), Fault> {
        while let Some((head, rest)) = self.heads.split_first().filter(|(h, _)| h.ballots == ballots) {
            check_published(number, &head.link, link)?;
            self.heads = rest;
        }
        Ok(())
    }

    /// The reader has compared number of ballots and head.
    fn take_closing(&mut self, number: u64, closing: Closing) -> Result<(), Fault> {
        let fault = |cause| Err(Fault::new(number, cause));
        let last_head = self.heads.last().map(|head| head.ballots);
        let last_receipt = self.receipts.last().map(|receipt| receipt.index.saturating_add(1));
        if let Some(expected) = last_head.max(last_receipt) {
            return fault(Cause::MissingBallots { expected, actual: closing.ballots });
        }
        let (opens_at, closed_at) = (self.manifest.window().opens_at, closing.closed_at);
        if closed_at < opens_at || closed_at > Window::MAX_TIME {
            return fault(Cause::ClosingTime { opens_at, closed_at });
        }
        self.closing = Some(closing);
        Ok(())
    }

    fn take_tally(&mut self, number: u64, stated: Tally) -> Result<(), Fault> {
        let ballots = self.proofs.verified();
        self.citizens = self.registry.finish(self.manifest.registry(), ballots)?;
        let counted = match &mut self.secret {
            None => self.counter.clone().finish(),
            Some(secret) => secret.open(number, &stated, &self.manifest, ballots)?,
        };
        match tally_difference(&stated, &counted) {
            Some(field) => {
                let cause = Cause::WrongTally { counted: Box::new(counted) };
                Err(Fault::in_field(number, field, cause))
            }
            None => {
                self.tally = Some(counted);
                Ok(())
            }
        }
    }

    fn report(&mut self, stage: Stage) {
        (self.progress)(Progress {
            stage,
            entries: self.entries,
            ballots: self.proofs.verified(),
            leaves: self.registry.leaves(),
        });
    }

    fn finish(mut self) -> Result<AuditReport, Fault> {
        self.report(Stage::Done);
        let (Some(closing), Some(tally), Some(record_digest)) =
            (self.closing, self.tally.take(), self.digest)
        else {
            // The reader ends in an error unless it has met all of them.
            return Err(RecordError::Truncated { entry: self.entries }.into());
        };
        let warnings = self.warnings(&closing, self.secret.as_ref().and_then(SecretCheck::ceremony));
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(AuditReport {
            format: REPORT_FORMAT,
            election: self.manifest.id(),
            ballots: closing.ballots,
            citizens: self.citizens,
            closed_at: closing.closed_at,
            head: closing.head,
            opening: self.secret.as_ref().and_then(SecretCheck::report),
            proofs: self.secret.as_ref().map(|secret| secret.aggregates().report()),
            tally,
            entries: self.entries,
            record_digest,
            heads_found: count(self.options.heads.len()),
            receipts_found: count(self.options.receipts.len()),
            warnings,
            manifest: self.manifest,
        })
    }

    fn finish_unopened(mut self) -> Result<UnopenedReport, Fault> {
        let last = self.entries.saturating_sub(1);
        let truncated = || Fault::from(RecordError::Truncated { entry: last + 1 });
        let (closing, mut secret) = self.closing.zip(self.secret.take()).ok_or_else(truncated)?;
        secret.verify_ceremony()?;
        let policy = secret.policy();
        let citizens = self.registry.finish(self.manifest.registry(), closing.ballots)?;
        let (ceremony, ciphertexts) = secret.into_parts().ok_or_else(truncated)?;
        self.citizens = citizens;
        self.report(Stage::Done);
        let warnings = self.warnings(&closing, Some(&ceremony));
        Ok(UnopenedReport {
            manifest: self.manifest,
            closing,
            citizens,
            ceremony,
            warnings,
            policy,
            ciphertexts,
        })
    }

    fn warnings(&self, closing: &Closing, ceremony: Option<&KeyCeremony>) -> Vec<Warning> {
        let closes_at = self.manifest.window().closes_at;
        let closed_at = closing.closed_at;
        let development = self.manifest.key_provenance() == KeyProvenance::InsecureDevelopment;
        let aggregates =
            self.secret.as_ref().is_some_and(|secret| secret.aggregates().is_insecure()) && !development;
        let warnings = [
            development.then_some(Warning::InsecureDevelopmentKey),
            aggregates.then_some(Warning::InsecureAggregateKey),
            self.citizens.is_none().then_some(Warning::RegistryNotIncluded),
            (closed_at < closes_at).then_some(Warning::ClosedEarly { closes_at, closed_at }),
            self.options
                .now
                .filter(|now| closed_at > *now)
                .map(|now| Warning::ClosedInFuture { closed_at, now }),
            ceremony
                .map(|ceremony| (ceremony.parameters().threshold(), ceremony.qualified().len()))
                .filter(|(threshold, trustees)| 2 * usize::from(*threshold) <= *trustees)
                .map(|(threshold, trustees)| Warning::TwoSumsPossible { threshold, trustees }),
            ceremony
                .filter(|ceremony| ceremony.parameters().threshold() == 1)
                .map(|_| Warning::AnyTrusteeAlone),
        ];
        warnings.into_iter().flatten().collect()
    }
}

/// Checks what the manifest's own form does not: election and key are those that the auditor expects.
fn check_manifest<'a>(manifest: &Manifest, options: &'a AuditOptions) -> Result<&'a TrustedKey, Fault> {
    let fault = |cause| Fault::new(0, cause);
    let actual = manifest.id();
    if let Some(expected) = options.election.filter(|expected| *expected != actual) {
        return Err(fault(Cause::WrongElection { expected, actual }));
    }
    let (circuit, digest) = (manifest.circuit(), *manifest.verifying_key());
    let key =
        options.trusted(circuit, &digest).ok_or_else(|| fault(Cause::UntrustedKey { circuit, digest }))?;
    let (expected, actual) = (key.provenance, manifest.key_provenance());
    if expected != actual {
        return Err(fault(Cause::WrongProvenance { expected, actual }));
    }
    key.expect_inputs(CastInstance::count(manifest.kind()))
        .map_err(|cause| Fault::in_field(0, "body.manifest.verifying_key", cause))?;
    Ok(key)
}

fn check_published(number: u64, expected: &Link, actual: &Link) -> Result<(), Fault> {
    if expected == actual {
        return Ok(());
    }
    Err(Fault::new(number, Cause::PublishedLink { expected: *expected, actual: *actual }))
}

fn out_of_order(entry: u64, kind: EntryKind) -> Fault {
    RecordError::OutOfOrder { entry, after: None, kind }.into()
}
