//! `tabella box ..`: the clerk's ballot box, in one durable file.

use crate::{
    commands::{
        election::{danger, election_failure, policy, read_manifest},
        registry::{read_registry, store_failure},
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table, thousands},
    times,
    ui::{BAD, GOOD, STRONG, Ui, styled},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    BallotBox, Election, Receipt, Rejected,
    ballot_box::{BallotStore, CloseError, ExportError, StorageError},
    params::KeyPolicy,
    primitives::Fr,
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
        /// Write the receipts into this folder, as NAME.receipt.json beside ballot NAME.json
        #[arg(long, value_name = "DIR")]
        receipts: Option<PathBuf>,
        /// The present time (default: this machine's clock); for rehearsals
        #[arg(long, value_name = "TIME")]
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
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Write the election record of a closed box: everything that an auditor needs
    Export {
        /// The ballot box file
        #[arg(value_name = "BOX")]
        file: PathBuf,
        /// The record file to write
        #[arg(long, short)]
        out: PathBuf,
        /// Include the registry, so that its root can be rebuilt too
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
        /// Overwrite the record if it is there
        #[arg(long)]
        force: bool,
    },
}

/// Ballot files.
#[derive(Args, Debug)]
struct BallotsArgs {
    /// The ballot box file
    #[arg(value_name = "BOX")]
    file: PathBuf,
    /// Ballot files, or folders of them (every .json file in them)
    #[arg(required = true)]
    ballots: Vec<PathBuf>,
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
                other => Failure::refused("too-early", other),
            })?;
            status(&ballot_box, "the ballot box is closed")
        }
        BoxCommand::Export { file, out, registry, force } => {
            export(&file, &out, registry.as_deref(), Existing::from_force(force), ui)
        }
    }
}

fn open_new(file: &Path, election: &Path, insecure: bool) -> Result<Report, Failure> {
    let election = Election::join(read_manifest(election)?, policy(insecure)).map_err(election_failure)?;
    let store = RedbBallotStore::create(file, election.manifest().clone()).map_err(|e| store_failure(&e))?;
    let ballot_box = election.ballot_box(store).map_err(|cause| Failure::refused("untrusted-key", cause))?;
    status(&ballot_box, "the ballot box is open")
}

/// Opens a box that is there. Whether development keys are acceptable was decided when it was made.
fn open(file: &Path, ui: &Ui) -> Result<BallotBox<RedbBallotStore>, Failure> {
    let bar = ui.progress("checking the ballot box", None);
    let store =
        RedbBallotStore::open_with(file, Default::default(), |done| bar.set(done)).map_err(|error| {
            match error.fault {
                StoreFault::NotFound => store_failure(&error).hint("`tabella box open` makes a ballot box"),
                _ => store_failure(&error),
            }
        })?;
    drop(bar);
    let manifest = store.manifest().clone();
    let election =
        Election::join(manifest, KeyPolicy::AllowInsecureDevelopmentKeys).map_err(election_failure)?;
    election.ballot_box(store).map_err(|cause| Failure::refused("untrusted-key", cause))
}

fn storage_failure(file: &Path, error: &StorageError) -> Failure {
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
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "election": manifest.id().to_string(),
        "ballots": state.ballots,
        "head": state.head.to_string(),
        "closed_at": state.closed_at,
        "insecure_development_key": danger(manifest).is_some(),
    });
    Ok(Report::new(json, text))
}

/// What became of one ballot file.
struct Answer {
    file: PathBuf,
    verdict: Result<Option<Receipt>, Refusal>,
}

/// Why a ballot file was not accepted.
struct Refusal {
    code: &'static str,
    cause: String,
}

/// Checks ballots, and accepts them if a time is given. Exit code 1 if any was refused.
fn cast(args: &BallotsArgs, accept: Option<(u64, Option<&Path>)>, ui: &Ui) -> Result<Report, Failure> {
    let ballots = files::json_files(&args.ballots, "no-ballots", "ballot", ui)?;
    let ballot_box = open(&args.file, ui)?;
    if let Some((_, Some(folder))) = accept {
        std::fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
    }
    let bar = ui.progress("checking ballots", u64::try_from(ballots.len()).ok());
    let mut answers = Vec::with_capacity(ballots.len());
    for file in ballots {
        let verdict = cast_one(&ballot_box, &file, accept.map(|(now, _)| now));
        if let (Ok(Some(receipt)), Some((_, Some(folder)))) = (&verdict, accept) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let path = folder.join(format!("{name}.receipt.json"));
            // The same ballot sent again gets the same receipt, so that writing it again changes nothing.
            files::write(&path, receipt.to_json().as_bytes(), Existing::Replace, Privacy::Secret)?;
        }
        answers.push(Answer { file, verdict });
        bar.step();
    }
    drop(bar);
    summary(ballot_box.manifest(), &answers, accept.is_some())
}

fn cast_one(
    ballot_box: &BallotBox<RedbBallotStore>,
    file: &Path,
    now: Option<u64>,
) -> Result<Option<Receipt>, Refusal> {
    let bytes = files::read(file, files::BALLOT)
        .map_err(|failure| Refusal { code: failure.code(), cause: failure.message().to_owned() })?;
    let verified = ballot_box.check_json(&bytes).map_err(refusal)?;
    now.map(|now| ballot_box.accept(verified, now)).transpose().map_err(refusal)
}

fn refusal(rejected: Rejected) -> Refusal {
    Refusal { code: rejected.cause().name(), cause: rejected.to_string() }
}

fn summary(
    manifest: &tabella::election::Manifest,
    answers: &[Answer],
    accepting: bool,
) -> Result<Report, Failure> {
    let done = if accepting { "accepted" } else { "valid" };
    let mut text = String::new();
    let mut list = Vec::new();
    let mut refused = Vec::new();
    for Answer { file, verdict } in answers {
        let shown = file.display().to_string();
        match verdict {
            Ok(receipt) => {
                let place =
                    receipt.map_or_else(String::new, |receipt| format!(" at index {}", receipt.index));
                text.push_str(&format!("{} {shown}{place}\n", styled(GOOD, done)));
                list.push(json!({"file": shown, "accepted": true, "receipt": receipt}));
            }
            Err(Refusal { code, cause }) => {
                text.push_str(&format!("{} {shown}: {cause}\n", styled(BAD, "refused")));
                list.push(json!({"file": shown, "accepted": false, "code": code, "cause": cause}));
                refused.push((*code, cause.clone()));
            }
        }
    }
    let good = answers.len() - refused.len();
    text.push_str(&format!("{good} {done}, {} refused\n", refused.len()));
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({done: good, "refused": refused.len(), "ballots": Value::from(list)});
    match refused.as_slice() {
        [] => Ok(Report::new(json, text)),
        [(code, cause)] if answers.len() == 1 => {
            Err(Failure::refused(code, cause).with_data(json).with_text(text))
        }
        many => Err(Failure::refused("ballots-refused", format_args!("{} ballots were refused", many.len()))
            .with_data(json)
            .with_text(text)),
    }
}

fn export(
    file: &Path,
    out: &Path,
    registry: Option<&Path>,
    existing: Existing,
    ui: &Ui,
) -> Result<Report, Failure> {
    files::check_free(out, existing)?;
    let ballot_box = open(file, ui)?;
    let leaves: Vec<Fr> = match registry {
        None => Vec::new(),
        Some(path) => {
            let registry = read_registry(path, ui)?;
            let expected = ballot_box.manifest().registry().root;
            if registry.root() != Some(expected) {
                return Err(Failure::refused(
                    "other-registry",
                    format_args!("{} is not the registry that the election froze", path.display()),
                ));
            }
            registry.tree().leaves().to_vec()
        }
    };
    let bar = ui.progress("writing the record", ballot_box.state().ok().map(|state| state.ballots));
    let mut exported = None;
    let mut failed = None;
    let written = files::write_with(out, existing, Privacy::Public, |to| {
        match ballot_box
            .write_record_with_progress(std::io::BufWriter::new(to), &leaves, |done| bar.set(done))
        {
            Ok(done) => {
                exported = Some(done);
                Ok(())
            }
            Err(error) => {
                let io = std::io::Error::other(error.to_string());
                failed = Some(error);
                Err(io)
            }
        }
    });
    drop(bar);
    match (written, failed, exported) {
        (Ok(()), None, Some(exported)) => {
            let mut text = format!(
                "{}\n{}",
                styled(GOOD, format_args!("the election record is in {}", out.display())),
                table(&[
                    ("ballots", thousands(exported.tally.ballots)),
                    ("digest", exported.digest.to_string())
                ])
            );
            text.push_str("Publish the digest: who has it knows that a copy of the record is the same.\n");
            if let Some(danger) = danger(ballot_box.manifest()) {
                text.push_str(&format!("{danger}\n"));
            }
            let json = json!({
                "path": out,
                "ballots": exported.tally.ballots,
                "digest": exported.digest.to_string(),
                "tally": exported.tally,
            });
            Ok(Report::new(json, text))
        }
        (_, Some(ExportError::NotClosed), _) => Err(Failure::refused("not-closed", ExportError::NotClosed)),
        (_, Some(ExportError::Storage(error)), _) => Err(storage_failure(file, &error)),
        (Err(failure), _, _) => Err(failure),
        _ => Err(Failure::internal("the record was not written")),
    }
}
