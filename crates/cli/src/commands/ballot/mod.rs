//! `tabella ballot ..`: what becomes of a sealed ballot.

pub(crate) mod sealed_file;

use crate::{
    commands::{
        election::{danger, election_failure, read_manifest},
        identity::IdentityFile,
        vote,
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    text::printable,
    ui::{GOOD, STRONG, Ui, styled},
};
use clap::{Args, Subcommand};
use sealed_file::{State, Undecided};
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{
    Election,
    ballot::{ChallengeError, ChallengedBallot, MAX_CHALLENGED_BYTES, TrackingCode},
    params::KeyPolicy,
};

/// Sealed ballots.
#[derive(Args, Debug)]
pub(crate) struct BallotArgs {
    #[command(subcommand)]
    command: BallotCommand,
}

#[derive(Debug, Subcommand)]
enum BallotCommand {
    /// Cast a sealed ballot: prove it and write the ballot that is handed in. It is not opened any more
    Cast(DecideArgs),
    /// Challenge the machine that sealed a ballot: open the ballot, to see on another machine what is in it. It is never cast; seal anew to vote
    Challenge(DecideArgs),
    /// On another machine: check that a challenged ballot is the one whose code was shown, and say what is in it
    Check {
        /// The challenged ballot, as `ballot challenge` wrote it
        challenged: PathBuf,
        /// The election's manifest
        #[arg(long, value_name = "FILE")]
        election: PathBuf,
        /// The tracking code that was shown when the ballot was sealed
        #[arg(long, value_parser = parse_code)]
        code: TrackingCode,
    },
}

/// A sealed ballot and where it goes.
#[derive(Args, Debug)]
struct DecideArgs {
    #[command(flatten)]
    identity: IdentityFile,
    /// The sealed ballot, as `vote --seal` wrote it
    sealed: PathBuf,
    /// The file to write
    #[arg(long, short)]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

/// Reads a tracking code; small letters are taken for capitals.
pub(crate) fn parse_code(text: &str) -> Result<TrackingCode, String> {
    text.to_ascii_uppercase().parse().map_err(|cause: tabella::ballot::InvalidTrackingCode| cause.to_string())
}

pub(crate) fn run(args: BallotArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        BallotCommand::Cast(args) => {
            let (undecided, election, existing) = args.open()?;
            let sealed = undecided.resume(&election, &args.identity.unlock(ui)?)?;
            // The proof may fail or be interrupted: nothing is decided before it is made.
            let mut lock = None;
            vote::cast(sealed, &election, &args.out, existing, ui, || {
                lock = Some(undecided.decide(State::Cast)?);
                Ok(())
            })
        }
        BallotCommand::Challenge(args) => {
            let (undecided, election, existing) = args.open()?;
            let sealed = undecided.resume(&election, &args.identity.unlock(ui)?)?;
            let code = sealed.tracking_code();
            let challenged = sealed.challenge();
            let _lock = undecided.decide(State::Challenged)?;
            files::write(&args.out, challenged.to_json().as_bytes(), existing, Privacy::Secret)?;
            Ok(challenge_report(&code, &election, &args.out))
        }
        BallotCommand::Check { challenged, election, code } => check(&challenged, &election, &code),
    }
}

impl DecideArgs {
    /// Opens the sealed ballot, and its election; sees that the answer can be written.
    fn open(&self) -> Result<(Undecided<'_>, Election, Existing), Failure> {
        let existing = Existing::from_force(self.force);
        files::check_free(&self.out, existing)?;
        files::check_not_read(&[&self.out], &[&self.sealed])?;
        let undecided = Undecided::open(&self.sealed)?;
        let election = Election::join(undecided.manifest().clone(), KeyPolicy::AllowInsecureDevelopmentKeys)
            .map_err(election_failure)?;
        Ok((undecided, election, existing))
    }
}

fn challenge_report(code: &TrackingCode, election: &Election, out: &Path) -> Report {
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, format_args!("the ballot is opened in {}, and will never be cast", out.display())),
        table(&[("tracking code", code.to_string())])
    );
    text.push_str(
        "Take the file to another machine: `tabella ballot check FILE --election ELECTION --code CODE`, with the code that you wrote down.\n\
         Show it to nobody: it has your mark in this election, by which your cast ballot is known, though not what it says.\n\
         To vote, seal another ballot.\n",
    );
    if let Some(danger) = danger(election.manifest()) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "path": out.display().to_string(),
        "election": election.manifest().id().to_string(),
        "state": "challenged",
        "tracking_code": code.to_string(),
        "insecure_development_key": election.provenance().is_insecure(),
    });
    Report::new(json, text)
}

fn check(path: &Path, election: &Path, code: &TrackingCode) -> Result<Report, Failure> {
    let limit = u64::try_from(MAX_CHALLENGED_BYTES).unwrap_or(u64::MAX);
    let challenged = ChallengedBallot::from_json(&files::read(path, limit)?)
        .map_err(|cause| files::decode_failure(path, "a challenged ballot", &cause))?;
    let manifest = read_manifest(election)?;
    let (votes, weight) = challenged.check(&manifest, code).map_err(|error| match error {
        ChallengeError::OtherKind { .. } => Failure::usage(error),
        ChallengeError::OtherCode { .. } => {
            Failure::refused("other-code", format_args!("{}: {error}", path.display()))
                .hint("if the code is the one that was shown, the machine that made the ballot cheats")
        }
        _ => Failure::refused("wrong-opening", format_args!("{}: {error}", path.display()))
            .hint("if this is the election that you voted in, the machine that made the ballot cheats"),
    })?;
    let mut text = format!(
        "{}\n",
        styled(GOOD, "this is the ballot with that code, and this is what was encrypted in it:")
    );
    for (option, number) in manifest.options().iter().zip(votes) {
        text.push_str(&format!("  {number:>5}  {}\n", printable(option)));
    }
    if weight != 1 {
        text.push_str(&format!("each times the weight {weight}\n"));
    }
    text.push_str(&format!(
        "{}\n",
        styled(STRONG, "If it is not what you asked for, the machine that made it cheats.")
    ));
    let json = json!({
        "valid": true,
        "election": manifest.id().to_string(),
        "tracking_code": code.to_string(),
        "options": manifest.options(),
        "numbers": votes,
        "weight": weight,
    });
    Ok(Report::new(json, text))
}
