//! Trustees: t of n people who open the sum of secret ballots together, and whoever puts their shares together.

use crate::Auditor;
use core::fmt;
use std::io::BufRead;
use tabella_audit::{Fault, NotAuthorised, PublishedHead, UnopenedReport};
use tabella_ballot_box::{Opened, Unopened};
use tabella_primitives::{
    cancel::CancelToken,
    discrete_log::{DiscreteLogError, DiscreteLogTable},
    progress::OnProgress,
    rng::CryptoRng,
};
use tabella_protocol::{
    election::{ElectionId, Manifest},
    trustee::{
        CeremonyError, CeremonyParameters, CeremonyRecord, CombineError, DecryptError, DroppedShare,
        KeyCeremony, KeyShare, OpeningLedger, Package, ParametersError, RoundError, ShareCollector,
        TrusteeIndex, TrusteeKeys, TrusteeSecret, hold_in_memory,
    },
};

/// Greatest memory of the table of logarithms, in bytes.
const TABLE_BYTES: usize = 16 << 20;

/// Someone who holds a share of the keys under which ballots are encrypted.
///
/// Holds secrets: printed as `Trustee(..)`, erased when dropped. Keys, share and ledger are kept together: a trustee who forgets what it
/// opened could be made to open a second sum.
pub struct Trustee {
    secret: TrusteeSecret,
    pub(crate) share: KeyShare,
    pub(crate) ledger: OpeningLedger,
}

/// Why there is no ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldError {
    /// There can be no ceremony with these numbers.
    Parameters(ParametersError),
    /// A round failed.
    Round(RoundError),
    /// The ceremony does not hold.
    Ceremony(CeremonyError),
}

impl fmt::Display for HoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameters(error) => error.fmt(f),
            Self::Round(error) => error.fmt(f),
            Self::Ceremony(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for HoldError {}

/// Why a trustee gives no share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrusteeError {
    /// The record does not hold.
    Record(Fault),
    /// The trustee does not open this sum.
    Refused(NotAuthorised),
    /// The share of the key belongs to another ceremony.
    Decrypt(DecryptError),
}

impl fmt::Display for TrusteeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(fault) => write!(f, "the record does not hold: {fault}"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Decrypt(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for TrusteeError {}

/// Takes n trustees through a whole key ceremony in this process, for demonstrations and tests: whoever runs it has all secrets at once.
/// Real ceremonies go by files between n machines ([`tabella_protocol::trustee`]).
///
/// # Errors
/// [`HoldError`].
pub fn hold_ceremony(
    threshold: u8,
    trustees: u8,
    options: u8,
    rng: &mut impl CryptoRng,
) -> Result<(Vec<Trustee>, CeremonyRecord, KeyCeremony), HoldError> {
    let secrets: Vec<TrusteeSecret> = (0..trustees).map(|_| TrusteeSecret::generate(rng)).collect();
    let keys: Vec<TrusteeKeys> = secrets.iter().map(|secret| *secret.keys()).collect();
    let parameters =
        CeremonyParameters::convene(threshold, options, keys, rng).map_err(HoldError::Parameters)?;
    let held = hold_in_memory(parameters, &secrets, rng, |_, packages| packages).map_err(HoldError::Round)?;
    let record = held.record();
    let ceremony = record.verify().map_err(HoldError::Ceremony)?;
    // In one process nobody is excluded, so shares and secrets stand in one order.
    let trustees =
        secrets.into_iter().zip(held.shares).map(|(secret, share)| Trustee::new(secret, share)).collect();
    Ok((trustees, record, ceremony))
}

impl Trustee {
    /// A trustee after a ceremony, who has opened nothing yet.
    #[must_use]
    pub fn new(secret: TrusteeSecret, share: KeyShare) -> Self {
        Self::with_ledger(secret, share, OpeningLedger::new())
    }

    /// A trustee with the ledger that it kept.
    #[must_use]
    pub const fn with_ledger(secret: TrusteeSecret, share: KeyShare, ledger: OpeningLedger) -> Self {
        Self { secret, share, ledger }
    }

    /// The trustee's number in its ceremony.
    #[must_use]
    pub fn index(&self) -> TrusteeIndex {
        self.share.trustee()
    }

    /// What the trustee opened: write it down before a share leaves the trustee.
    #[must_use]
    pub const fn ledger(&self) -> &OpeningLedger {
        &self.ledger
    }

    /// Redoes every check of the unopened record, adds up its ballots, and gives the trustee's share of the sum, if its ledger and the
    /// manifest's policy allow that.
    ///
    /// `election` and `closing` are what was published of the election: see [`UnopenedReport::authorise`](tabella_audit::UnopenedReport::authorise).
    ///
    /// # Errors
    /// [`TrusteeError`].
    pub fn open(
        &mut self,
        auditor: &Auditor,
        election: ElectionId,
        closing: PublishedHead,
        record: impl BufRead,
        rng: &mut impl CryptoRng,
    ) -> Result<Package, TrusteeError> {
        let report = auditor.audit_unopened(record, rng).map_err(TrusteeError::Record)?;
        self.open_audited(&report, election, closing, rng)
    }

    /// The second half of [`Self::open`]: gives the share of a record that was checked with [`Auditor::audit_unopened`], whose warnings may be read
    /// before.
    ///
    /// # Errors
    /// [`TrusteeError::Refused`], [`TrusteeError::Decrypt`].
    pub fn open_audited(
        &mut self,
        report: &UnopenedReport,
        election: ElectionId,
        closing: PublishedHead,
        rng: &mut impl CryptoRng,
    ) -> Result<Package, TrusteeError> {
        let authorised = report
            .authorise(election, closing, &mut self.ledger, self.share.trustee())
            .map_err(TrusteeError::Refused)?;
        self.share.decrypt(&self.secret, &report.ceremony, &authorised, rng).map_err(TrusteeError::Decrypt)
    }
}

impl fmt::Debug for Trustee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trustee(..)")
    }
}

/// The opened sum of secret ballots, and whose shares were of no use.
#[derive(Clone, Debug)]
pub struct OpenedSum {
    /// The good shares.
    pub shares: Vec<Package>,
    /// The numbers, one for each option.
    pub numbers: Vec<u64>,
    /// Shares that were dropped, with the reason.
    pub dropped: Vec<DroppedShare>,
    /// Trustees who gave no good share.
    pub missing: Vec<TrusteeIndex>,
}

impl OpenedSum {
    /// What [`BallotBox::write_opened`](tabella_ballot_box::BallotBox::write_opened) takes.
    #[must_use]
    pub fn as_opened(&self) -> Opened<'_> {
        Opened { shares: &self.shares, numbers: &self.numbers }
    }
}

/// Why a sum is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotOpened {
    /// There are fewer ballots than the election opens.
    TooFewBallots {
        /// Number of ballots.
        ballots: u64,
    },
    /// There are too few good shares.
    Shares {
        /// What is missing.
        error: CombineError,
        /// Shares that were dropped, with the reason.
        dropped: Vec<DroppedShare>,
        /// Trustees who gave no good share.
        missing: Vec<TrusteeIndex>,
    },
    /// The numbers were not found: weights are not what the manifest says, or the caller cancelled.
    Numbers(DiscreteLogError),
}

impl fmt::Display for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewBallots { ballots } => {
                write!(f, "{ballots} ballots are fewer than the election opens")
            }
            Self::Shares { error, dropped, .. } => {
                error.fmt(f)?;
                dropped.iter().try_for_each(|dropped| write!(f, "; {dropped}"))
            }
            Self::Numbers(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NotOpened {}

/// Puts trustees' shares together: keeps the good ones, names the others, and finds the numbers of the sum.
///
/// # Errors
/// [`NotOpened`].
pub fn open_sum(
    manifest: &Manifest,
    unopened: &Unopened,
    shares: impl IntoIterator<Item = Package>,
    cancel: &CancelToken,
    on_progress: OnProgress<'_>,
) -> Result<OpenedSum, NotOpened> {
    let ballots = unopened.ballots;
    let sum = unopened.sum.as_ref().ok_or(NotOpened::TooFewBallots { ballots })?;
    let mut collector = ShareCollector::new(&unopened.ceremony, sum);
    let good: Vec<Package> = shares.into_iter().filter(|share| collector.add(share) == Ok(true)).collect();
    let dropped = collector.dropped().to_vec();
    let missing = collector.missing();
    let opened = match collector.combine() {
        Ok(opened) => opened,
        Err(error) => return Err(NotOpened::Shares { error, dropped, missing }),
    };
    let bound = manifest.greatest_sum(ballots).ok_or(NotOpened::TooFewBallots { ballots })?;
    let table = DiscreteLogTable::new(bound, TABLE_BYTES, cancel, on_progress).map_err(NotOpened::Numbers)?;
    let numbers = opened.numbers(&table, cancel, on_progress).map_err(NotOpened::Numbers)?;
    Ok(OpenedSum { shares: good, numbers, dropped, missing })
}
