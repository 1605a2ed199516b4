//! `tabella box check` and `tabella box accept`.

use super::open;
use crate::{
    commands::election::danger,
    error::{EXIT_IO, FILE_EXISTS, Failure},
    files::{self, Existing, OwnFile, Privacy},
    report::{Report, counted},
    text::printable,
    times,
    ui::{BAD, GOOD, STRONG, Ui, styled},
};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{BallotBox, Receipt, Rejected, election::Manifest, store::RedbBallotStore};

/// Ballot files.
#[derive(Args, Debug)]
pub(super) struct BallotsArgs {
    /// The ballot box file
    #[arg(value_name = "BOX")]
    file: PathBuf,
    /// Ballot files, or folders of them (every .json file in them)
    #[arg(required = true)]
    ballots: Vec<PathBuf>,
}

/// What became of one ballot file.
struct Answer {
    file: PathBuf,
    /// The receipt, if ballots are accepted.
    verdict: Result<Option<Accepted>, Refusal>,
    /// Where the receipt is, or why it could not be written; nothing if none was asked for.
    kept: Option<Result<PathBuf, Failure>>,
}

/// A ballot that stands in the box.
struct Accepted {
    receipt: Receipt,
    /// Whether it was not there before.
    is_new: bool,
}

/// Why a ballot file was not accepted.
struct Refusal {
    code: &'static str,
    cause: String,
    /// Whether the cause says which file it is.
    names_file: bool,
    hint: Option<&'static str>,
    /// Nothing was found wrong with the ballot: a file or the store could not be read or written.
    machine: bool,
}

/// What is said of a ballot that the box had already.
const BEFORE: &str = "accepted before";

/// Checks ballots, and accepts them if a time is given. Exit code 1 if any was refused.
pub(super) fn cast(
    args: &BallotsArgs,
    accept: Option<(u64, Option<&Path>)>,
    ui: &Ui,
) -> Result<Report, Failure> {
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
            (Ok(Some(accepted)), Some((_, Some(folder)))) => {
                Some(keep_receipt(folder, &file, &accepted.receipt))
            }
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
) -> Result<Option<Accepted>, Refusal> {
    let bytes = files::read(file, files::BALLOT).map_err(|failure| Refusal {
        code: failure.code(),
        cause: failure.message().to_owned(),
        names_file: true,
        hint: None,
        machine: failure.exit() == EXIT_IO,
    })?;
    let verified = ballot_box.check_json(&bytes).map_err(|rejected| refusal(rejected, &bytes))?;
    let Some(now) = now else { return Ok(None) };
    // Nobody else has the box open: what comes after the ballots of now is new.
    let state = ballot_box.state().map_err(|error| refusal(Rejected::Storage(error), &bytes))?;
    let receipt = ballot_box.accept(verified, now).map_err(|rejected| refusal(rejected, &bytes))?;
    Ok(Some(Accepted { receipt, is_new: receipt.index >= state.ballots }))
}

/// Why the box did not take the ballot of these bytes.
fn refusal(rejected: Rejected, bytes: &[u8]) -> Refusal {
    // A ballot may be wrong too; what is none of it is something else.
    let other =
        OwnFile::of(bytes).filter(|own| matches!(rejected, Rejected::Malformed(_)) && own.what != "a ballot");
    let cause = match (&rejected, other) {
        (_, Some(own)) => format!("not a ballot: it is {}", own.what),
        (Rejected::NotYetOpen { opens_at, now }, _) => {
            format!("the ballot came at {}, the box opens at {}", times::show(*now), times::show(*opens_at))
        }
        (Rejected::Closed { closed_at, now }, _) if now < closed_at => {
            let (now, closed_at) = (times::show(*now), times::show(*closed_at));
            format!("the ballot came at {now} to a box that is closed, as of {closed_at}")
        }
        (Rejected::Closed { closed_at, now }, _) => {
            format!("the ballot came at {}, voting ended at {}", times::show(*now), times::show(*closed_at))
        }
        (rejected, None) => rejected.to_string(),
    };
    Refusal {
        code: rejected.cause().name(),
        cause,
        names_file: false,
        hint: other.and_then(|own| own.hint),
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

fn summary(manifest: &Manifest, answers: &[Answer], accepting: bool) -> Result<Report, Failure> {
    let done = if accepting { "accepted" } else { "valid" };
    let mut text = String::new();
    let mut list = Vec::new();
    let (mut before, mut refused, mut failed) = (0_usize, 0_usize, 0_usize);
    for Answer { file, verdict, kept } in answers {
        let name = file.display().to_string();
        let shown = printable(&name);
        match verdict {
            Ok(accepted) => {
                let receipt = accepted.as_ref().map(|accepted| accepted.receipt);
                let is_new = accepted.as_ref().map(|accepted| accepted.is_new);
                let word = if is_new == Some(false) { BEFORE } else { done };
                before += usize::from(is_new == Some(false));
                let place =
                    receipt.map_or_else(String::new, |receipt| format!(" at index {}", receipt.index));
                text.push_str(&format!("{} {shown}{place}\n", styled(GOOD, word)));
                let code = receipt.map(|receipt| receipt.tracking_code().to_string());
                let mut entry = json!({
                    "file": name, "accepted": true, "new": is_new, "receipt": receipt, "tracking_code": code,
                });
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
            Err(refusal @ Refusal { code, cause, hint, machine, .. }) => {
                let (count, word) =
                    if *machine { (&mut failed, "failed") } else { (&mut refused, "refused") };
                *count += 1;
                text.push_str(&format!("{} {}\n", styled(BAD, word), refusal.with_file(file)));
                // Of one file the failure gives it.
                if let Some(hint) = hint.filter(|_| answers.len() > 1) {
                    text.push_str(&format!("  {} {hint}\n", styled(STRONG, "hint:")));
                }
                list.push(
                    json!({"file": name, "accepted": false, "code": code, "cause": cause, "hint": hint}),
                );
            }
        }
    }
    let good = answers.len() - before - refused - failed;
    text.push_str(&format!("{good} {done}, "));
    if before > 0 {
        text.push_str(&format!("{before} {BEFORE}, "));
    }
    text.push_str(&format!("{refused} refused"));
    text.push_str(&if failed == 0 { "\n".to_owned() } else { format!(", {failed} failed\n") });
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let mut json = json!({done: good, "refused": refused, "failed": failed, "ballots": Value::from(list)});
    if accepting && let Value::Object(members) = &mut json {
        members.insert("accepted_before".into(), before.into());
    }
    match failure(answers) {
        None => Ok(Report::new(json, text)),
        Some(failure) => Err(failure.with_data(json).with_text(text)),
    }
}

impl Refusal {
    /// The cause, with the name of the file once.
    fn with_file(&self, file: &Path) -> String {
        let cause = printable(&self.cause);
        if self.names_file { cause } else { format!("{}: {cause}", printable(&file.display().to_string())) }
    }
}

/// What the exit code says of all answers: first that the machine failed, for then a verdict is missing.
fn failure(answers: &[Answer]) -> Option<Failure> {
    let bad = || answers.iter().filter_map(|answer| Some((&answer.file, answer.verdict.as_ref().err()?)));
    if let Some((file, refusal)) = bad().find(|(_, refusal)| refusal.machine) {
        return Some(Failure::unwritten(refusal.code, refusal.with_file(file)).hint(match refusal.code {
            "not-found" => {
                "no ballot was looked at there: name a file, or a folder with ballots, that is there"
            }
            _ => "nothing was found wrong with the ballot: mend the cause and send it again",
        }));
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
        Some((_, Refusal { code, cause, hint, .. })) if answers.len() == 1 => {
            Some(Failure::refused(code, cause).maybe_hint(*hint))
        }
        Some(_) => {
            let refused = counted(u64::try_from(refused).unwrap_or(u64::MAX), "file");
            Some(Failure::refused("ballots-refused", format_args!("refused: {refused}")))
        }
    }
}
