//! `tabella ballot ..`: what becomes of a sealed ballot.

pub(crate) mod sealed_file;

use crate::{
    commands::{
        election::{danger, election_failure, is_weighted, read_manifest},
        identity::IdentityFile,
        vote,
        voter::{self, VoterArgs},
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    text::printable,
    ui::{GOOD, STRONG, Ui, styled},
};
use clap::{Args, Subcommand};
use sealed_file::{Decision, Sealed};
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{
    Election,
    ballot::{
        ChallengeError, ChallengedBallot, InvalidTrackingCode, MAX_CHALLENGED_BYTES, OpeningError,
        TrackingCode, VoterWeight, VoterWeightError,
    },
    election::Manifest,
    params::KeyPolicy,
};
use zeroize::Zeroizing;

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
    /// On another machine: check that a challenged ballot is yours and the one whose code was shown, and say what is in it
    Check(CheckArgs),
}

/// A challenged ballot and what its voter knows.
#[derive(Args, Debug)]
struct CheckArgs {
    /// The challenged ballot, as `ballot challenge` wrote it
    challenged: PathBuf,
    /// The election's manifest
    #[arg(long, value_name = "FILE")]
    election: PathBuf,
    /// The tracking code that was shown when the ballot was sealed
    #[arg(long, value_parser = parse_code)]
    code: TrackingCode,
    /// Needed where citizens have weights: yours, from the list that was published with the election and not from the machine that is
    /// challenged, for the ballot encrypts numbers times weight
    #[arg(long, value_name = "W")]
    weight: Option<u32>,
    #[command(flatten)]
    voter: VoterArgs,
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

/// Reads a tracking code as people type it: small letters are taken for capitals, and dashes may be missing or blanks.
pub(crate) fn parse_code(text: &str) -> Result<TrackingCode, String> {
    let digits: Vec<char> = text.to_ascii_uppercase().chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-").parse().map_err(|cause: InvalidTrackingCode| cause.to_string())
}

pub(crate) fn run(args: BallotArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        BallotCommand::Cast(args) => args.cast(ui),
        BallotCommand::Challenge(args) => args.challenge(ui),
        BallotCommand::Check(args) => args.check(ui),
    }
}

impl DecideArgs {
    /// Opens the sealed ballot; sees that the answer can be written.
    fn open(&self) -> Result<(Sealed<'_>, Existing), Failure> {
        let existing = Existing::from_force(self.force);
        let inputs = [self.identity.inputs(), vec![&self.sealed]].concat();
        files::check_output(&self.out, existing, &inputs)?;
        Ok((Sealed::open(&self.sealed)?, existing))
    }

    /// Proves the ballot and writes it; what was cast before is written again.
    fn cast(&self, ui: &Ui) -> Result<Report, Failure> {
        let (sealed, existing) = self.open()?;
        let undecided = match sealed {
            Sealed::Undecided(undecided) => undecided,
            Sealed::Challenged { code } => {
                return Err(sealed_file::already_challenged(format_args!(
                    "the ballot {code} was challenged: what was opened is never cast"
                )));
            }
            Sealed::Cast(ballot, manifest) => {
                ui.note("the ballot was cast before, and this is it again: compare its code with the one that you wrote down");
                return vote::write_ballot(&ballot, &join(manifest)?, &self.out, existing);
            }
        };
        let election = join(undecided.manifest().clone())?;
        let sealed = undecided.resume(&election, &self.identity.unlock(ui)?)?;
        // The proof may fail or be interrupted: nothing is decided before it is made.
        let mut lock = None;
        let cast = vote::cast(sealed, &election, &self.out, existing, ui, |ballot| {
            lock = Some(undecided.decide(Decision::Cast(ballot))?);
            Ok(())
        });
        cast.map_err(|failure| match lock {
            None => failure,
            Some(_) => failure.hint(
                "the ballot is cast and nothing is lost: run the same again, with another --out if need be",
            ),
        })
    }

    /// Opens the ballot, never to be cast.
    fn challenge(&self, ui: &Ui) -> Result<Report, Failure> {
        let (sealed, existing) = self.open()?;
        let undecided = sealed.for_challenge()?;
        let election = join(undecided.manifest().clone())?;
        let sealed = undecided.resume(&election, &self.identity.unlock(ui)?)?;
        let code = sealed.tracking_code();
        let challenged = Zeroizing::new(sealed.challenge().to_json());
        let _lock = undecided.decide(Decision::Challenge)?;
        files::write(&self.out, challenged.as_bytes(), existing, Privacy::Secret).map_err(|failure| {
            failure.hint("the ballot is challenged all the same, and never cast: seal another one")
        })?;
        Ok(challenge_report(&code, &election, &self.out))
    }
}

/// The election of a sealed ballot.
fn join(manifest: Manifest) -> Result<Election, Failure> {
    Election::join(manifest, KeyPolicy::AllowInsecureDevelopmentKeys).map_err(election_failure)
}

fn challenge_report(code: &TrackingCode, election: &Election, out: &Path) -> Report {
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, format_args!("the ballot is opened in {}, and will never be cast", out.display())),
        table(&[("tracking code", code.to_string())])
    );
    let (option, weight) = check_options(election.manifest());
    text.push_str(&format!(
        "Take the file to another machine: `tabella ballot check FILE --election ELECTION --code CODE --nullifier N{option}`, with the code that you wrote \
         down; N is your mark in this election, which `tabella identity nullifier` says there and which you do not take from this machine{weight}.\n\
         Show it to nobody: it has your mark in this election, by which your cast ballot is known, though not what it says.\n\
         To vote, seal another ballot.\n",
    ));
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

/// What `ballot check` takes beside code and nullifier, and what it is, in words.
pub(crate) fn check_options(manifest: &Manifest) -> (&'static str, &'static str) {
    if is_weighted(manifest) { (" --weight W", "; W is your weight in the published list") } else { ("", "") }
}

impl CheckArgs {
    /// What a challenged ballot says, and how often it counts.
    fn check(self, ui: &Ui) -> Result<Report, Failure> {
        let Self { challenged: path, election, code, weight, voter } = self;
        let limit = u64::try_from(MAX_CHALLENGED_BYTES).unwrap_or(u64::MAX);
        let challenged = ChallengedBallot::from_json(&files::read(&path, limit)?)
            .map_err(|cause| files::decode_failure(&path, "a challenged ballot", &cause))?;
        let manifest = read_manifest(&election)?;
        let voter = voter.nullifier(|| Ok(manifest.clone()), ui)?.ok_or_else(voter_missing)?;
        let weight = weight.map_or(VoterWeight::Once, VoterWeight::Known);
        let votes = challenged
            .check(&manifest, &voter, &code, weight)
            .map_err(|error| check_failure(&path, error))?;
        let factor = match weight {
            VoterWeight::Once => 1,
            VoterWeight::Known(weight) => u64::from(weight),
        };
        // Votes of 16 bits and weights of 32: the products are exact.
        let products: Vec<u64> = votes.iter().map(|votes| votes * factor).collect();
        let mut text = format!(
            "{}\n{}",
            styled(
                GOOD,
                "this is your ballot, the one with that code, and this is what was encrypted in it:"
            ),
            table(&[("nullifier", voter.to_string())])
        );
        for ((option, number), product) in manifest.options().iter().zip(votes).zip(&products) {
            let option = printable(option);
            text.push_str(&match weight {
                VoterWeight::Once => format!("  {number:>5} for {option}\n"),
                VoterWeight::Known(_) => format!("  {number:>5} x {factor} = {product} for {option}\n"),
            });
        }
        if let VoterWeight::Known(_) = weight {
            text.push_str(&format!(
                "each times the weight {factor}, which must be yours in the published list\n"
            ));
        }
        text.push_str(&format!(
            "{}\n",
            styled(STRONG, "If it is not what you asked for, the machine that made it cheats.")
        ));
        let json = json!({
            "valid": true,
            "election": manifest.id().to_string(),
            "tracking_code": code.to_string(),
            "nullifier": voter.to_string(),
            "options": manifest.options(),
            "numbers": votes,
            "weight": factor,
            "products": products,
        });
        Ok(Report::new(json, text))
    }
}

/// Nobody said whose ballot it must be.
fn voter_missing() -> Failure {
    Failure::usage(
        "--nullifier or --identity is needed: machines of one attacker could show you the ballot of another voter who wants the same, \
         and cast something else for you",
    )
    .hint("your nullifier in this election, as `tabella identity nullifier` says it on a machine that you trust")
}

/// Why a challenged ballot does not hold, as a failure.
fn check_failure(path: &Path, error: ChallengeError) -> Failure {
    let refused = |code| Failure::refused(code, format_args!("{}: {error}", path.display()));
    match error {
        ChallengeError::OtherKind { .. } => Failure::usage(error),
        ChallengeError::Voter(VoterWeightError::Missing) => Failure::usage(format_args!("--weight is needed: {error}"))
            .hint("yours, from the list that was published with the election: a machine that lies about it lies about the numbers"),
        ChallengeError::Voter(_) => Failure::usage(format_args!("--weight: {error}")),
        ChallengeError::OtherElection { .. } => refused("other-election")
            .hint("check it with the manifest of the election that you voted in"),
        ChallengeError::OtherCode { .. } => refused("other-code")
            .hint("if the code is the one that was shown, the machine that made the ballot cheats"),
        ChallengeError::OtherVoter { .. } => voter::other_voter(path, error),
        ChallengeError::Opening(OpeningError::OtherWeight { .. }) => refused("other-weight")
            .hint("if yours is the weight in the published list, the machine that made the ballot cheats"),
        _ => refused("wrong-opening").hint("the machine that made the ballot cheats"),
    }
}
