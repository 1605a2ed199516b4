//! `tabella box ..`: the clerk's ballot box, in one durable file.

use crate::{
    commands::{
        election::{danger, election_failure, policy, read_manifest},
        registry::{read_registry, store_failure},
    },
    error::{EXIT_IO, FILE_EXISTS, Failure},
    files::{self, Existing, Privacy},
    report::{Report, table, thousands},
    text::printable,
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
        /// Write the receipts into this folder, as NAME.receipt.json for ballot NAME.json; no file is overwritten
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
    /// Where the receipt is, or why it could not be written; nothing if none was asked for.
    kept: Option<Result<PathBuf, Failure>>,
}

/// Why a ballot file was not accepted.
struct Refusal {
    code: &'static str,
    cause: String,
    /// Nothing was found wrong with the ballot: a file or the store could not be read or written.
    machine: bool,
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
        let kept = match (&verdict, accept) {
            // A failure is reported at the end: the ballots that follow are not its business.
            (Ok(Some(receipt)), Some((_, Some(folder)))) => Some(keep_receipt(folder, &file, receipt)),
            _ => None,
        };
        answers.push(Answer { file, verdict, kept });
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
    let bytes = files::read(file, files::BALLOT).map_err(|failure| Refusal {
        code: failure.code(),
        cause: failure.message().to_owned(),
        machine: failure.exit() == EXIT_IO,
    })?;
    let verified = ballot_box.check_json(&bytes).map_err(refusal)?;
    now.map(|now| ballot_box.accept(verified, now)).transpose().map_err(refusal)
}

fn refusal(rejected: Rejected) -> Refusal {
    Refusal {
        code: rejected.cause().name(),
        cause: rejected.to_string(),
        machine: matches!(rejected, Rejected::Storage(_)),
    }
}

/// Writes a receipt beside those of others: as NAME.receipt.json, or, if another receipt has that name, as
/// NAME.DIGEST.receipt.json with the first 16 digits of the ballot's digest. The same ballot sent again gets the same
/// receipt, so that nothing is written.
fn keep_receipt(folder: &Path, ballot: &Path, receipt: &Receipt) -> Result<PathBuf, Failure> {
    let content = receipt.to_json();
    let digest = receipt.ballot.to_string();
    let endings =
        [".receipt.json".to_owned(), format!(".{}.receipt.json", digest.get(..16).unwrap_or(&digest))];
    let mut taken = None;
    for ending in endings {
        // Not as text: two names that are not UTF-8 must stay two.
        let mut name = ballot.file_stem().unwrap_or_default().to_os_string();
        name.push(ending);
        let path = folder.join(name);
        match files::write(&path, content.as_bytes(), Existing::Keep, Privacy::Secret) {
            Ok(()) => return Ok(path),
            Err(failure) if failure.code() == FILE_EXISTS => {
                if files::read(&path, files::SMALL).is_ok_and(|there| there == content.as_bytes()) {
                    return Ok(path);
                }
                taken = Some(path);
            }
            Err(failure) => return Err(failure),
        }
    }
    let taken = taken.unwrap_or_default();
    Err(Failure::unwritten(FILE_EXISTS, format_args!("another file is already at {}", taken.display())))
}

fn summary(
    manifest: &tabella::election::Manifest,
    answers: &[Answer],
    accepting: bool,
) -> Result<Report, Failure> {
    let done = if accepting { "accepted" } else { "valid" };
    let mut text = String::new();
    let mut list = Vec::new();
    let (mut refused, mut failed) = (0_usize, 0_usize);
    for Answer { file, verdict, kept } in answers {
        let name = file.display().to_string();
        let shown = printable(&name);
        match verdict {
            Ok(receipt) => {
                let place =
                    receipt.map_or_else(String::new, |receipt| format!(" at index {}", receipt.index));
                text.push_str(&format!("{} {shown}{place}\n", styled(GOOD, done)));
                let mut entry = json!({"file": name, "accepted": true, "receipt": receipt});
                let (key, value) = match kept {
                    None => ("receipt_file", Value::Null),
                    Some(Ok(path)) => ("receipt_file", path.display().to_string().into()),
                    Some(Err(failure)) => {
                        text.push_str(&format!("  {} {}\n", styled(BAD, "no receipt:"), failure.message()));
                        ("receipt_failure", failure.message().into())
                    }
                };
                if let Value::Object(members) = &mut entry {
                    members.insert(key.into(), value);
                }
                list.push(entry);
            }
            Err(Refusal { code, cause, machine }) => {
                let (count, word) =
                    if *machine { (&mut failed, "failed") } else { (&mut refused, "refused") };
                *count += 1;
                text.push_str(&format!("{} {shown}: {}\n", styled(BAD, word), printable(cause)));
                list.push(json!({"file": name, "accepted": false, "code": code, "cause": cause}));
            }
        }
    }
    let good = answers.len() - refused - failed;
    text.push_str(&format!("{good} {done}, {refused} refused"));
    text.push_str(&if failed == 0 { "\n".to_owned() } else { format!(", {failed} failed\n") });
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({done: good, "refused": refused, "failed": failed, "ballots": Value::from(list)});
    match failure(answers) {
        None => Ok(Report::new(json, text)),
        Some(failure) => Err(failure.with_data(json).with_text(text)),
    }
}

/// What the exit code says of all answers: first that the machine failed, for then a verdict is missing.
fn failure(answers: &[Answer]) -> Option<Failure> {
    let bad = || answers.iter().filter_map(|answer| Some((&answer.file, answer.verdict.as_ref().err()?)));
    if let Some((file, Refusal { code, cause, .. })) = bad().find(|(_, refusal)| refusal.machine) {
        return Some(
            Failure::unwritten(code, format_args!("{}: {cause}", file.display()))
                .hint("nothing was found wrong with the ballot: mend the cause and send it again"),
        );
    }
    for answer in answers {
        if let Some(Err(failure)) = &answer.kept {
            let message = format!(
                "{} was accepted, but its receipt was not written: {}",
                answer.file.display(),
                failure.message()
            );
            return Some(
                Failure::unwritten("receipt-not-written", message)
                    .hint("accept the same ballot again: it gets the same receipt"),
            );
        }
    }
    let refused = bad().count();
    match bad().next() {
        None => None,
        Some((_, Refusal { code, cause, .. })) if answers.len() == 1 => Some(Failure::refused(code, cause)),
        Some(_) => Some(Failure::refused("ballots-refused", format_args!("{refused} ballots were refused"))),
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
                "path": out.display().to_string(),
                "ballots": exported.tally.ballots,
                "digest": exported.digest.to_string(),
                "tally": exported.tally,
            });
            Ok(Report::new(json, text))
        }
        (_, Some(ExportError::NotClosed), _) => Err(Failure::refused("not-closed", ExportError::NotClosed)),
        (_, Some(ExportError::Storage(error)), _) => Err(storage_failure(file, &error)),
        (_, Some(error @ ExportError::OtherKind { .. }), _) => Err(Failure::refused("other-kind", error)
            .hint("the record of secret ballots holds what their trustees say, for whom there are no commands yet")),
        (Err(failure), _, _) => Err(failure),
        _ => Err(Failure::internal("the record was not written")),
    }
}
