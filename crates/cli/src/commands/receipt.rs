//! `tabella receipt check`: is my ballot in the record?

use crate::{
    commands::{
        ballot::parse_code,
        ballot_box::{self, storage_failure},
        election::read_manifest,
        registry::is_store,
        voter::{self, VoterArgs},
    },
    error::Failure,
    files,
    report::{Report, table},
    ui::{GOOD, Ui, styled},
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{
    io::BufReader,
    path::{Path, PathBuf},
};
use tabella::{
    ballot::{CastBallot, TrackingCode},
    ballot_box::{BallotStore, StoredBallot},
    election::{ElectionId, Manifest},
    record::{FoundBallot, Receipt, ReceiptError, RecordError, find_ballot},
};

/// Receipts.
#[derive(Args, Debug)]
pub(crate) struct ReceiptArgs {
    #[command(subcommand)]
    command: ReceiptCommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptCommand {
    /// Look a ballot up in an election record, or in a ballot box
    Check {
        /// The receipt; or the tracking code, or the ballot as it was handed in
        receipt: PathBuf,
        /// The election record, opened or not; or the ballot box
        record: PathBuf,
        /// The election's manifest, to compute your nullifier with --identity, and to compare with the record's
        #[arg(long, value_name = "FILE")]
        election: Option<PathBuf>,
        #[command(flatten)]
        voter: VoterArgs,
    },
}

/// By what a voter looks for her ballot.
struct Sought {
    code: TrackingCode,
    /// In which election's record or box it is looked for; a code does not say it.
    election: Option<ElectionId>,
    /// Place and chain are compared too.
    receipt: Option<Receipt>,
}

/// Ballots that are read at a time.
const PAGE: usize = 1024;

pub(crate) fn run(args: ReceiptArgs, ui: &Ui) -> Result<Report, Failure> {
    let ReceiptCommand::Check { receipt, record, election, voter } = args.command;
    let mut sought = Sought::read(&receipt)?;
    let manifest = election.as_deref().map(read_manifest).transpose()?;
    sought.expect(&receipt, manifest.as_ref().map(Manifest::id))?;
    let needed = || {
        Failure::usage("--election is needed with --identity: a voter has another nullifier in each election")
    };
    let voter = voter.nullifier(|| manifest.ok_or_else(needed), ui)?;
    let (place, found) = match is_store(&record)? {
        true => ("in the ballot box", sought.in_box(&record, ui)?),
        false => ("in the record", sought.in_record(&record, ui)?),
    };
    let code = sought.code.to_string();
    let found = found.ok_or_else(|| {
        let message = format_args!("the ballot with code {code} is not in {}", record.display());
        Failure::refused("not-in-record", message)
            .hint("a ballot that was challenged, or that the box did not accept, is in no record")
    })?;
    let nullifier = found.nullifier.to_string();
    if let Some(expected) = voter.filter(|expected| *expected != found.nullifier) {
        let cause = format_args!(
            "the ballot with code {code} has nullifier {nullifier}, and the voter's is {expected}: it is another's ballot"
        );
        return Err(voter::other_voter(&record, cause));
    }
    let rows = [
        ("index", found.index.to_string()),
        ("tracking code", code.clone()),
        ("nullifier", nullifier.clone()),
    ];
    let text = match voter {
        Some(_) => {
            format!(
                "{}\n{}",
                styled(GOOD, format_args!("your ballot stands {place}, as it was cast")),
                table(&rows)
            )
        }
        None => format!(
            "{}\n{}It is yours if the nullifier is: give --nullifier, as `tabella identity nullifier` says it on a machine that you trust.\n",
            styled(GOOD, format_args!("the ballot stands {place}, as it was cast")),
            table(&rows)
        ),
    };
    let json = json!({
        "found": true,
        "index": found.index,
        "ballot": sought.receipt.map(|receipt| receipt.ballot.to_string()),
        "tracking_code": code,
        "nullifier": nullifier,
        "yours": voter.map(|_| true),
    });
    Ok(Report::new(json, text))
}

impl Sought {
    /// From a tracking code, a receipt, or a ballot.
    fn read(path: &Path) -> Result<Self, Failure> {
        let as_code = path.to_str().map(parse_code);
        if let Some(Ok(code)) = as_code {
            return Ok(Self { code, election: None, receipt: None });
        }
        let bytes = files::read(path, files::SMALL).map_err(|failure| match (failure.code(), as_code) {
            ("not-found", Some(Err(cause))) => failure.hint(format!("it is also {cause}")),
            _ => failure,
        })?;
        if let Ok(ballot) = CastBallot::from_json(&bytes) {
            return Ok(Self {
                code: ballot.tracking_code(),
                election: Some(ballot.election()),
                receipt: None,
            });
        }
        let receipt = receipt_of(path, &bytes)?;
        let (code, election) = (receipt.tracking_code(), Some(receipt.election));
        Ok(Self { code, election, receipt: Some(receipt) })
    }

    /// Looks in records and boxes of that election alone, which is the one of what was read from `path`.
    fn expect(&mut self, path: &Path, election: Option<ElectionId>) -> Result<(), Failure> {
        if let Some(expected) = election {
            self.check_election(expected).map_err(|sought| other_election(path, sought, expected))?;
            self.election = election;
        }
        Ok(())
    }

    /// Whether it is looked for in that election; else the other one in which it is.
    fn check_election(&self, actual: ElectionId) -> Result<(), ElectionId> {
        self.election.filter(|expected| *expected != actual).map_or(Ok(()), Err)
    }

    /// Refuses the record or box of another election.
    fn check_place(&self, place: &Path, actual: ElectionId) -> Result<(), Failure> {
        self.check_election(actual).map_err(|expected| other_election(place, actual, expected))
    }

    /// The ballot in a record.
    fn in_record(&self, path: &Path, ui: &Ui) -> Result<Option<FoundBallot>, Failure> {
        let record = BufReader::new(files::open(path)?);
        let _bar = ui.progress("reading the record", None);
        let malformed = |cause: &RecordError| files::record_failure(path, cause);
        let Some(receipt) = &self.receipt else {
            let search = find_ballot(record, &self.code).map_err(|error| malformed(&error))?;
            self.check_place(path, search.election)?;
            return Ok(search.found);
        };
        match receipt.check_in_record(record) {
            Ok(()) => Ok(Some(found_by(receipt))),
            Err(ReceiptError::Record(cause)) => Err(malformed(&cause)),
            Err(ReceiptError::OtherElection { expected, actual }) => {
                Err(other_election(path, actual, expected))
            }
            Err(error) => {
                Err(Failure::refused("not-in-record", format_args!("{}: {error}", path.display())).hint(KEEP))
            }
        }
    }

    /// The ballot in a ballot box.
    fn in_box(&self, path: &Path, ui: &Ui) -> Result<Option<FoundBallot>, Failure> {
        let ballot_box = ballot_box::open(path, ui)?;
        self.check_place(path, ballot_box.manifest().id())?;
        let mut from = 0;
        loop {
            let page = ballot_box.store().page(from, PAGE).map_err(|error| storage_failure(path, &error))?;
            let Some(last) = page.last() else { return Ok(None) };
            if let Some(stored) = page.iter().find(|stored| stored.ballot.tracking_code() == self.code) {
                self.compare(path, stored)?;
                return Ok(Some(found_by(&stored.receipt())));
            }
            from = last.index.saturating_add(1);
        }
    }

    /// Whether the ballot stands in the box as the receipt says.
    fn compare(&self, path: &Path, stored: &StoredBallot) -> Result<(), Failure> {
        let (Some(said), actual) = (self.receipt, stored.receipt()) else { return Ok(()) };
        if said == actual {
            return Ok(());
        }
        let (index, code) = (actual.index, self.code);
        let difference = if said.index != index {
            format!("the receipt says index {}", said.index)
        } else if said.link != actual.link {
            format!("the link after it is {}, the receipt says {}", actual.link, said.link)
        } else if said.ballot == actual.ballot {
            format!("has nullifier {}, the receipt says another: it was changed", actual.nullifier)
        } else {
            format!("is {}, the receipt says another", actual.ballot)
        };
        let message = format_args!(
            "{}: the ballot with code {code} stands at index {index}, and {difference}",
            path.display()
        );
        Err(Failure::refused("not-in-record", message).hint(KEEP))
    }
}

/// What to do where receipt and ballot differ.
const KEEP: &str = "either the receipt was changed or what the clerk has: keep both, and ask the clerk; a receipt is not signed, and alone proves nothing to others";

/// Code of the failure that something is of another election.
pub(crate) const OTHER_ELECTION: &str = "other-election";

/// A file of another election than the expected one.
pub(crate) fn other_election(path: &Path, actual: ElectionId, expected: ElectionId) -> Failure {
    Failure::refused(
        OTHER_ELECTION,
        format_args!("{} is of election {actual}, not of {expected}", path.display()),
    )
    .hint("receipt, record and --election must be of one election: take those of yours")
}

const fn found_by(receipt: &Receipt) -> FoundBallot {
    FoundBallot { index: receipt.index, nullifier: receipt.nullifier }
}

/// Reads a receipt file.
pub(crate) fn read_receipt(path: &Path) -> Result<Receipt, Failure> {
    receipt_of(path, &files::read(path, files::SMALL)?)
}

fn receipt_of(path: &Path, bytes: &[u8]) -> Result<Receipt, Failure> {
    Receipt::from_json(bytes).map_err(|cause| files::decode_failure(path, "a receipt", &cause))
}
