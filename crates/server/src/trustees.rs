//! The trustees of a rehearsal's secret ballots: three, of whom any two open the sum, all of them in this server.
//!
//! Real trustees are people who hold their shares on machines of their own; who runs a rehearsal could open every ballot. Their secrets lie
//! in the election's folder, unencrypted, so that a restart does not lose the result: `trustees/<number>.secret`, the seed (32 bytes) and
//! the share of the keys, and `trustees/<number>.opened.json`, what the trustee has opened.

use crate::{files, folder::ElectionFolder};
use core::fmt;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tabella::{
    Auditor, HoldError, NotOpened, OpenedSum, Trustee, TrusteeError,
    audit::PublishedHead,
    ballot_box::Unopened,
    election::Manifest,
    open_sum,
    params::KeyPolicy,
    primitives::{cancel::CancelToken, progress::quietly, rng::CryptoRng},
    protocol::trustee::{
        CeremonyParameters, CeremonyRecord, KeyCeremony, KeyShare, OpeningLedger, TrusteeKeys, TrusteeSecret,
        hold_in_memory,
    },
};
use zeroize::Zeroizing;

/// Number of trustees.
const TRUSTEES: u8 = 3;
/// How many of them open the sum.
const THRESHOLD: u8 = 2;
/// Length of a trustee's seed in bytes.
const SEED: usize = 32;
/// Greatest length of what a trustee has opened, in bytes.
const MAX_LEDGER_BYTES: usize = 64 << 10;

/// The trustees after their ceremony. Secret: erased when dropped.
pub(crate) struct Rehearsed {
    members: Vec<(TrusteeSecret, KeyShare)>,
}

/// Why a rehearsal's sum was not opened.
#[derive(Debug)]
pub(crate) enum NotRehearsed {
    Io(PathBuf, io::ErrorKind),
    /// A file is not what it was.
    Damaged(PathBuf),
    Trustee(TrusteeError),
    NotOpened(NotOpened),
}

impl fmt::Display for NotRehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, kind) => write!(f, "{}: {kind}", path.display()),
            Self::Damaged(path) => write!(f, "{} is damaged", path.display()),
            Self::Trustee(error) => error.fmt(f),
            Self::NotOpened(error) => error.fmt(f),
        }
    }
}

impl Rehearsed {
    /// Holds a key ceremony for so many options.
    pub(crate) fn hold(
        options: u8,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, CeremonyRecord, KeyCeremony), HoldError> {
        let secrets: Vec<TrusteeSecret> = (0..TRUSTEES).map(|_| TrusteeSecret::generate(rng)).collect();
        let keys: Vec<TrusteeKeys> = secrets.iter().map(|secret| *secret.keys()).collect();
        let parameters =
            CeremonyParameters::convene(THRESHOLD, options, keys, rng).map_err(HoldError::Parameters)?;
        let held =
            hold_in_memory(parameters, &secrets, rng, |_, packages| packages).map_err(HoldError::Round)?;
        let record = held.record();
        let ceremony = record.verify().map_err(HoldError::Ceremony)?;
        // In one process nobody is excluded, so shares and secrets stand in one order.
        Ok((Self { members: secrets.into_iter().zip(held.shares).collect() }, record, ceremony))
    }

    /// Writes secrets and shares into the election's folder, for its owner alone to read.
    pub(crate) fn write(&self, folder: &ElectionFolder) -> io::Result<()> {
        let folder = folder.trustees();
        files::make_folder(&folder)?;
        for (number, (secret, share)) in (1..).zip(&self.members) {
            let share = share.expose_bytes();
            let mut bytes = Zeroizing::new(Vec::with_capacity(SEED + share.len()));
            bytes.extend_from_slice(secret.expose_seed());
            bytes.extend_from_slice(&share);
            files::write(&secret_file(&folder, number), &bytes)?;
        }
        Ok(())
    }
}

/// Whether the trustees of an election are here.
pub(crate) fn are_here(folder: &ElectionFolder) -> bool {
    folder.trustees().is_dir()
}

/// Each trustee checks the record and gives its share; together they open the sum. What a trustee opens is written down before its share
/// is used.
pub(crate) fn open(
    folder: &ElectionFolder,
    manifest: &Manifest,
    closing: PublishedHead,
    record: &[u8],
    unopened: &Unopened,
    rng: &mut impl CryptoRng,
) -> Result<OpenedSum, NotRehearsed> {
    let folder = folder.trustees();
    let report = Auditor::new(KeyPolicy::AllowInsecureDevelopmentKeys)
        .expect_election(manifest.id())
        .audit_unopened(record, rng)
        .map_err(|fault| NotRehearsed::Trustee(TrusteeError::Record(fault)))?;
    let mut shares = Vec::new();
    for number in 1..=TRUSTEES {
        let mut trustee = read(&folder, number)?;
        let share =
            trustee.open_audited(&report, manifest.id(), closing, rng).map_err(NotRehearsed::Trustee)?;
        let ledger = ledger_file(&folder, number);
        files::write(&ledger, trustee.ledger().to_json().as_bytes())
            .map_err(|error| NotRehearsed::Io(ledger, error.kind()))?;
        shares.push(share);
    }
    open_sum(manifest, unopened, shares, &CancelToken::new(), &mut quietly).map_err(NotRehearsed::NotOpened)
}

fn read(folder: &Path, number: u8) -> Result<Trustee, NotRehearsed> {
    let (secret_file, ledger_file) = (secret_file(folder, number), ledger_file(folder, number));
    let bytes = fs::read(&secret_file)
        .map(Zeroizing::new)
        .map_err(|error| NotRehearsed::Io(secret_file.clone(), error.kind()))?;
    let parts = bytes
        .split_first_chunk::<SEED>()
        .and_then(|(seed, share)| Some((TrusteeSecret::from_seed(seed), KeyShare::from_bytes(share).ok()?)));
    let (secret, share) = parts.ok_or(NotRehearsed::Damaged(secret_file))?;
    let ledger = match fs::metadata(&ledger_file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => OpeningLedger::new(),
        _ => files::read(&ledger_file, MAX_LEDGER_BYTES)
            .ok()
            .and_then(|bytes| OpeningLedger::from_json(&bytes).ok())
            .ok_or(NotRehearsed::Damaged(ledger_file))?,
    };
    Ok(Trustee::with_ledger(secret, share, ledger))
}

fn secret_file(folder: &Path, number: u8) -> PathBuf {
    folder.join(format!("{number}.secret"))
}

fn ledger_file(folder: &Path, number: u8) -> PathBuf {
    folder.join(format!("{number}.opened.json"))
}
