//! `tabella box ..`: the clerk's ballot box, in one durable file.

mod accept;
mod export;

use crate::{
    commands::{
        election::{danger, election_failure, policy, read_manifest, too_few},
        registry::{open_failure, store_failure},
    },
    error::Failure,
    report::{Report, table, thousands},
    times,
    ui::{STRONG, Ui, styled},
};
use accept::{BallotsArgs, cast};
use clap::{Args, Subcommand};
use export::{ExportArgs, export};
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{
    BallotBox, Election,
    ballot_box::{BallotStore, CloseError, StorageError},
    election::ElectionKind,
    params::KeyPolicy,
    store::{RedbBallotStore, StoreFault},
};

/// The ballot box.
#[derive(Args, Debug)]
pub(crate) struct BoxArgs {
    #[command(subcommand)]
    command: BoxCommand,
}

#[derive(Debug, Subcommand)]
enum BoxCommand {
    /// Open an empty ballot box for an election
    Open {
        /// The ballot box file to make
        #[arg(value_name = "BOX")]
        file: PathBuf,
        /// The election's manifest
        #[arg(long, value_name = "FILE")]
        election: PathBuf,
        /// I know that anybody can forge ballots: there are no keys from a ceremony yet
        #[arg(long)]
        insecure_development_keys: bool,
    },
    /// Check ballots without accepting them
    Check(BallotsArgs),
    /// Check ballots and accept them; each accepted one gets a receipt
    Accept {
        #[command(flatten)]
        ballots: BallotsArgs,
        /// Write the receipts into this folder, as NAME.receipt.json for ballot NAME.json; no file is overwritten
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
        /// The present time (default: this machine's clock); for rehearsals
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
    },
    /// Show the state: open or closed, number of ballots, head of the hash chain
    Status {
        /// The ballot box file
        #[arg(value_name = "BOX")]
        file: PathBuf,
    },
    /// Close the box after its time; no ballot is accepted any more
    Close {
        /// The ballot box file
        #[arg(value_name = "BOX")]
        file: PathBuf,
        /// The present time (default: this machine's clock); for rehearsals
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
    },
    /// Write the election record of a closed box: everything that an auditor needs, or, of secret ballots, what trustees need to open them
    Export(ExportArgs),
}

pub(crate) fn run(args: BoxArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        BoxCommand::Open { file, election, insecure_development_keys } => {
            open_new(&file, &election, insecure_development_keys)
        }
        BoxCommand::Check(args) => cast(&args, None, ui),
        BoxCommand::Accept { ballots, receipts, at } => {
            let now = at.as_deref().map_or_else(|| Ok(times::now()), times::parse)?;
            cast(&ballots, Some((now, receipts.as_deref())), ui)
        }
        BoxCommand::Status { file } => status(&open(&file, ui)?, "ballot box"),
        BoxCommand::Close { file, at } => {
            let now = at.as_deref().map_or_else(|| Ok(times::now()), times::parse)?;
            let ballot_box = open(&file, ui)?;
            ballot_box.close(now).map_err(|error| match error {
                CloseError::Storage(error) => storage_failure(&file, &error),
                CloseError::TooEarly { closes_at, now } => Failure::refused(
                    "too-early",
                    format_args!(
                        "the manifest keeps the box open until {}, now is {}",
                        times::show(closes_at),
                        times::show(now)
                    ),
                ),
                other => Failure::refused("not-closed", other),
            })?;
            status(&ballot_box, "the ballot box is closed")
        }
        BoxCommand::Export(args) => export(&args, ui),
    }
}

fn open_new(file: &Path, election: &Path, insecure: bool) -> Result<Report, Failure> {
    let election = Election::join(read_manifest(election)?, policy(insecure)).map_err(election_failure)?;
    let store = RedbBallotStore::create(file, election.manifest().clone()).map_err(|e| store_failure(&e))?;
    let ballot_box = election.ballot_box(store).map_err(|cause| Failure::refused("untrusted-key", cause))?;
    status(&ballot_box, "the ballot box is open")
}

/// Opens a box that is there. Whether development keys are acceptable was decided when it was made.
pub(crate) fn open(file: &Path, ui: &Ui) -> Result<BallotBox<RedbBallotStore>, Failure> {
    let bar = ui.progress("checking the ballot box", None);
    let store =
        RedbBallotStore::open_with(file, Default::default(), |done| bar.set(done)).map_err(|error| {
            match error.fault {
                StoreFault::NotFound => store_failure(&error).hint("`tabella box open` makes a ballot box"),
                _ => open_failure(&error, "a ballot box"),
            }
        })?;
    drop(bar);
    let manifest = store.manifest().clone();
    let election =
        Election::join(manifest, KeyPolicy::AllowInsecureDevelopmentKeys).map_err(election_failure)?;
    election.ballot_box(store).map_err(|cause| Failure::refused("untrusted-key", cause))
}

/// The failure of the store behind a ballot box.
pub(crate) fn storage_failure(file: &Path, error: &StorageError) -> Failure {
    Failure::storage(format_args!("{}: {error}", file.display()))
}

fn status(ballot_box: &BallotBox<RedbBallotStore>, what: &str) -> Result<Report, Failure> {
    let state = ballot_box.state().map_err(Failure::storage)?;
    let manifest = ballot_box.manifest();
    let closed = state.closed_at.map_or_else(|| "no".to_owned(), times::show);
    let mut text = format!(
        "{}\n{}",
        styled(STRONG, what),
        table(&[
            ("election", format!("{} ({})", manifest.title(), manifest.id())),
            ("ballots", thousands(state.ballots)),
            ("head", state.head.to_string()),
            ("opens", times::show(manifest.window().opens_at)),
            ("closes", times::show(manifest.window().closes_at)),
            ("closed", closed),
        ])
    );
    // How it stands now, as `audit --head` and trustees take it.
    let head = format!("{}:{}", state.ballots, state.head);
    if state.closed_at.is_some() && manifest.kind() == ElectionKind::SecretBallots {
        let said = too_few(manifest, state.ballots).map_or_else(
            || "Trustees open the sum of these ballots and of no others.".to_owned(),
            |few| format!("{few}: there will be no result."),
        );
        text.push_str(&format!("Publish {head}\n{said}\n"));
    }
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "election": manifest.id().to_string(),
        "published_head": head,
        "ballots": state.ballots,
        "head": state.head.to_string(),
        "closed_at": state.closed_at,
        "insecure_development_key": danger(manifest).is_some(),
    });
    Ok(Report::new(json, text))
}
