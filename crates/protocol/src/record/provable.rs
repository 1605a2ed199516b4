//! What proofs of sum and tally are about, read out of a record.

use super::{RecordEntry, RecordError, RecordReader, TallyProof};
use crate::{
    ballot::{BallotSum, BatchError, BatchSize, SealedBallot, SealedBallotError, SealedElection, SumWitness},
    election::Manifest,
    tally::Tally,
    trustee::{
        AuthorisedSum, CeremonyError, CeremonyParameters, CeremonyRecord, DecryptionShare, DroppedShare,
        EncryptedSum, KeyCeremony, KeyShare, OpeningLedger, Package, Refusal, TallyShare, TallyShareError,
        TallyStatement, TallyStatementError, TallyWitness, TallyWitnessError, TrusteeIndex, Verified,
    },
};
use alloc::vec::Vec;
use core::fmt;
use std::io::BufRead;
use tabella_primitives::{digest::Digest, elgamal::RunningSum, rng::CryptoRng};

/// Ballots, shares and result of a record, for whoever proves sum and tally. It is no audit: what is wrong is met when it is proved, or not at
/// all.
///
/// Memory: all ciphertexts, some hundred bytes for each ballot.
#[derive(Clone, Debug)]
pub struct Provable {
    manifest: Manifest,
    election: SealedElection,
    ballots: Vec<SealedBallot>,
    ceremony: Option<CeremonyRecord>,
    shares: Vec<Package>,
    tally: Option<Tally>,
    tally_proof: Option<TallyProof>,
}

/// A trustee's part in the proof of a tally that was dropped. Parts are not signed: anybody could have made it in the trustee's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DroppedPart {
    /// Which of the parts that were given it is, from 0.
    pub place: usize,
    /// What is wrong with it.
    pub error: TallyShareError,
}

impl fmt::Display for DroppedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Why there is nothing to prove of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProvableError {
    /// It is no record.
    Record(RecordError),
    /// The election has open ballots, which everybody counts.
    OpenBallots,
    /// A ballot is none of the election.
    Ballot {
        /// Its index, from 0.
        index: u64,
        /// What is wrong.
        error: SealedBallotError,
    },
    /// There is no such batch of ballots.
    NoSuchBatch {
        /// Its number, from 0.
        batch: u64,
    },
    /// The sum was not opened: there are too few ballots, or no shares yet.
    NotOpened,
    /// The key ceremony does not hold.
    Ceremony(CeremonyError),
    /// The key ceremony is another one than the manifest's.
    OtherCeremony {
        /// Digest of the transcript by the manifest.
        expected: Digest,
        /// Digest of the transcript in the record.
        actual: Digest,
    },
    /// A decryption share does not hold.
    Share(DroppedShare),
    /// Sum and numbers make no statement.
    Statement(TallyStatementError),
    /// The trustees' parts in the proof do not suffice.
    Witness {
        /// Why.
        error: TallyWitnessError,
        /// Parts that were dropped, with the reason.
        dropped: Vec<DroppedPart>,
    },
}

impl fmt::Display for ProvableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => error.fmt(f),
            Self::OpenBallots => f.write_str(
                "the election has open ballots: everybody counts them, and nothing is to be proved",
            ),
            Self::Ballot { index, error } => write!(f, "ballot {index}: {error}"),
            Self::NoSuchBatch { batch } => write!(f, "there is no batch {batch} of ballots"),
            Self::NotOpened => f.write_str("the sum of this record was not opened"),
            Self::Ceremony(error) => error.fmt(f),
            Self::OtherCeremony { expected, actual } => {
                write!(f, "the election's keys come from ceremony {expected}, this is ceremony {actual}")
            }
            Self::Share(error) => error.fmt(f),
            Self::Statement(error) => error.fmt(f),
            Self::Witness { error, dropped } => {
                error.fmt(f)?;
                dropped.iter().try_for_each(|dropped| write!(f, "; {dropped}"))
            }
        }
    }
}

impl core::error::Error for ProvableError {}

impl From<RecordError> for ProvableError {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl Provable {
    /// Reads a record to its end. One that is not opened ([`RecordReader::unopened`]) is enough for the sum.
    ///
    /// # Errors
    /// [`ProvableError::Record`]; [`ProvableError::OpenBallots`].
    pub fn read(mut reader: RecordReader<impl BufRead>) -> Result<Self, ProvableError> {
        let manifest = match reader.next_entry()?.map(|linked| linked.entry) {
            Some(RecordEntry::Manifest(manifest)) => manifest,
            // The reader lets a record begin with nothing else.
            _ => return Err(RecordError::Truncated { entry: 0 }.into()),
        };
        let election = manifest.sealed().ok_or(ProvableError::OpenBallots)?.clone();
        let (mut ballots, mut packages, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        let (mut parameters, mut tally, mut tally_proof) = (None::<CeremonyParameters>, None, None);
        while let Some(linked) = reader.next_entry()? {
            match linked.entry {
                RecordEntry::Ballot { ballot, .. } => {
                    let ballot = ballot.secret().ok_or(ProvableError::OpenBallots)?;
                    ballots.push(ballot.sealed().clone());
                }
                RecordEntry::Ceremony(ceremony) => parameters = Some(ceremony),
                RecordEntry::Package(package) => packages.push(package),
                RecordEntry::Share(share) => shares.push(share),
                RecordEntry::Tally(result) => tally = Some(result),
                RecordEntry::TallyProof(proof) => tally_proof = Some(proof),
                _ => {}
            }
        }
        let ceremony = parameters.map(|parameters| CeremonyRecord::from_packages(parameters, packages));
        Ok(Self { manifest, election, ballots, ceremony, shares, tally, tally_proof })
    }

    /// The election.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What the circuits know of the election.
    #[must_use]
    pub const fn election(&self) -> &SealedElection {
        &self.election
    }

    /// The ballots, in the order in which they were accepted.
    #[must_use]
    pub fn ballots(&self) -> &[SealedBallot] {
        &self.ballots
    }

    /// The proof of the tally that the record has already; nothing about it was verified.
    #[must_use]
    pub const fn tally_proof(&self) -> Option<&TallyProof> {
        self.tally_proof.as_ref()
    }

    /// The sum before the first batch of that size, and after each.
    ///
    /// # Errors
    /// [`ProvableError::Ballot`].
    pub fn sums(&self, size: BatchSize) -> Result<Vec<BallotSum>, ProvableError> {
        let mut sums = Vec::with_capacity(self.ballots.len() / size.places() + 2);
        let mut sum = BallotSum::none(&self.election);
        for (batch, ballots) in (0u64..).zip(self.ballots.chunks(size.places())) {
            let next = sum.with(ballots).map_err(|error| at(size, batch, &error))?;
            sums.push(core::mem::replace(&mut sum, next));
        }
        sums.push(sum);
        Ok(sums)
    }

    /// A batch, added to the sum before it.
    ///
    /// # Errors
    /// [`ProvableError::NoSuchBatch`], [`ProvableError::Ballot`].
    pub fn batch(&self, size: BatchSize, batch: u64, before: BallotSum) -> Result<SumWitness, ProvableError> {
        let ballots = usize::try_from(batch)
            .ok()
            .and_then(|number| self.ballots.chunks(size.places()).nth(number))
            .ok_or(ProvableError::NoSuchBatch { batch })?;
        SumWitness::new(size, before, ballots.to_vec()).map_err(|error| at(size, batch, &error))
    }

    /// The opened sum, after ceremony and shares were verified.
    ///
    /// # Errors
    /// [`ProvableError`].
    pub fn tally(&self) -> Result<ProvableTally, ProvableError> {
        let (Some(tally), Some(record)) = (&self.tally, &self.ceremony) else {
            return Err(ProvableError::NotOpened);
        };
        if self.shares.is_empty() {
            return Err(ProvableError::NotOpened);
        }
        let ceremony = record.verify().map_err(ProvableError::Ceremony)?;
        let expected = self.manifest.secret().ok_or(ProvableError::OpenBallots)?.ceremony;
        let actual = *ceremony.transcript();
        if expected != actual {
            return Err(ProvableError::OtherCeremony { expected, actual });
        }
        let mut running = RunningSum::new();
        for (index, ballot) in (0u64..).zip(&self.ballots) {
            running
                .add(&ballot.ciphertext)
                .map_err(|error| ProvableError::Ballot { index, error: SealedBallotError::Slots(error) })?;
        }
        let sum = running.finish().ok_or(ProvableError::NotOpened)?;
        let slots = |error| ProvableError::Ballot { index: 0, error: SealedBallotError::Slots(error) };
        let ballots = BallotSum::of_sum(&self.election, sum.clone()).map_err(slots)?;
        let sum = EncryptedSum::of_sum(&ceremony, self.manifest.id(), sum).map_err(slots)?;
        let shares = self
            .shares
            .iter()
            .map(|share| DecryptionShare::from_package(&ceremony, share)?.verify(&ceremony, &sum))
            .collect::<Result<_, _>>()
            .map_err(ProvableError::Share)?;
        let totals = tally.counts.iter().map(|count| count.votes).collect();
        let statement =
            TallyStatement::new(self.election.clone(), ballots, totals).map_err(ProvableError::Statement)?;
        Ok(ProvableTally { ceremony, sum, shares, statement })
    }
}

fn at(size: BatchSize, batch: u64, error: &BatchError) -> ProvableError {
    match error {
        BatchError::Ballot { position, error } => {
            let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
            let index = batch.saturating_mul(count(size.places())).saturating_add(count(*position));
            ProvableError::Ballot { index, error: *error }
        }
        BatchError::TooMany { .. } => ProvableError::NoSuchBatch { batch },
    }
}

/// An opened sum, for trustees' parts in the proof of the tally, and for whoever puts them together.
#[derive(Clone, Debug)]
pub struct ProvableTally {
    ceremony: KeyCeremony,
    sum: EncryptedSum,
    shares: Vec<DecryptionShare<Verified>>,
    statement: TallyStatement,
}

impl ProvableTally {
    /// What is proved: that the sum opens to the result's numbers; true or not.
    #[must_use]
    pub const fn statement(&self) -> &TallyStatement {
        &self.statement
    }

    /// How many trustees' parts it takes.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.ceremony.parameters().threshold()
    }

    /// The trustees whose shares opened the sum, in the order of the record.
    pub fn openers(&self) -> impl Iterator<Item = TrusteeIndex> {
        self.shares.iter().map(DecryptionShare::trustee)
    }

    /// Authorises the sum for a trustee who has opened it.
    fn authorise(&self, key: &KeyShare, ledger: &OpeningLedger) -> Result<AuthorisedSum, Refusal> {
        ledger.authorise_again(&self.ceremony, key.trustee(), self.sum.clone())
    }

    /// A trustee's part in the proof. The trustee must have opened this very sum: nothing new is opened.
    ///
    /// # Errors
    /// [`TallyPartError`].
    pub fn share(
        &self,
        key: &KeyShare,
        ledger: &OpeningLedger,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<TallyShare, TallyPartError> {
        let authorised = self.authorise(key, ledger).map_err(TallyPartError::Refused)?;
        key.prove_tally(&self.ceremony, &authorised, &self.statement, rng).map_err(TallyPartError::Share)
    }

    /// Puts trustees' parts together, and names those that were dropped: parts that do not hold, of trustees without a share in the record, or second
    /// ones of a trustee. The same part once more changes nothing.
    ///
    /// # Errors
    /// [`ProvableError::Witness`]: fewer good ones than the threshold, or a threshold for which there is no circuit.
    pub fn witness(
        &self,
        shares: impl IntoIterator<Item = TallyShare>,
    ) -> Result<(TallyWitness, Vec<DroppedPart>), ProvableError> {
        let (mut good, mut dropped) = (Vec::<(TallyShare, DecryptionShare<Verified>)>::new(), Vec::new());
        for (place, share) in shares.into_iter().enumerate() {
            let trustee = share.trustee();
            let first = good.iter().find(|(good, _)| good.trustee() == trustee);
            if first.is_some_and(|(first, _)| *first == share) {
                continue;
            }
            let second = first.is_some();
            let decryption = self.shares.iter().find(|decryption| decryption.trustee() == trustee);
            let verified = decryption.ok_or(TallyShareError::OtherShare { trustee }).and_then(|decryption| {
                share.verify(&self.ceremony, &self.statement, decryption)?;
                if second {
                    return Err(TallyShareError::Duplicate { trustee });
                }
                Ok((share, decryption.clone()))
            });
            match verified {
                Ok(pair) => good.push(pair),
                Err(error) => dropped.push(DroppedPart { place, error }),
            }
        }
        match TallyWitness::new(self.statement.clone(), &self.ceremony, &good) {
            Ok(witness) => Ok((witness, dropped)),
            Err(error) => Err(ProvableError::Witness { error, dropped }),
        }
    }
}

/// Why a trustee gives no part in the proof of a tally.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyPartError {
    /// The trustee has not opened this sum.
    Refused(Refusal),
    /// The share of the key belongs to another ceremony.
    Share(TallyShareError),
}

impl fmt::Display for TallyPartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Share(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for TallyPartError {}
