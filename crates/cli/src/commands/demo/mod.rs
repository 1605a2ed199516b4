//! `tabella demo`: a whole anonymous election on this machine, told so that a layman follows.

mod fraud;
mod proofs;
mod secret;
mod town;

use crate::{
    commands::{audit::audit_file, election::danger, tally::bars},
    error::Failure,
    report::{Report, thousands},
    ui::{BAD, FAINT, GOOD, STRONG, Ui, styled},
};
use clap::Args;
use fraud::Attempt;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};
use tabella::{Auditor, audit::AuditReport, params::KeyPolicy};
use town::Town;

/// The demonstration.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Number of registered citizens
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    citizens: u64,
    /// Number of citizens who vote
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    voters: u64,
    /// Secret ballots and five trustees, of whom one is absent and one lies
    #[arg(long)]
    secret: bool,
    /// Prove sum and tally too, for those who have no ballots
    #[arg(long, requires = "secret")]
    prove: bool,
    /// Leave the files in this new folder (default: a new folder among the temporary files)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &DemoArgs, ui: &Ui) -> Result<Report, Failure> {
    if args.voters > args.citizens {
        return Err(Failure::usage(format_args!(
            "--voters {} is more than the {} citizens",
            args.voters, args.citizens
        )));
    }
    if args.secret {
        return secret::run(args, ui);
    }
    let started = Instant::now();
    let folder = folder(args.dir.as_deref())?;
    ui.say(&heading(1, "Registration"))?;
    let mut town = Town::register(&folder, args.citizens, ui)?;
    ui.say(&format!(
        "{} citizens made an identity each, on their own devices. The registrar got {} commitments, numbers that\n\
         tell nothing of the secret behind them, each with a signature that proves that somebody has this secret, and\n\
         keeps them in a tree whose root stands for all of them:\n  {}",
        thousands(args.citizens),
        thousands(args.citizens),
        styled(FAINT, town.root()),
    ))?;

    ui.say(&heading(2, "The election"))?;
    town.create_election(ui)?;
    let manifest = town.election().manifest().clone();
    ui.say(&format!("\"{}\"", manifest.question()))?;
    ui.say("The clerk published the question, the rules and the root of the registry. From now on nobody can be\nadded to those who may vote here.")?;
    if let Some(danger) = danger(&manifest) {
        ui.say(&danger)?;
    }

    ui.say(&heading(3, "Voting"))?;
    let first = Instant::now();
    town.vote(args.voters, ui)?;
    ui.say(&format!(
        "{} citizens made a ballot each ({:.2} s per ballot, with the proof). A ballot shows the choice and a proof that\n\
         its maker is registered; it does not show who that is. The box checked every proof and gave {} receipts.",
        thousands(args.voters),
        first.elapsed().as_secs_f64() / to_float(args.voters),
        thousands(town.receipts()),
    ))?;

    ui.say(&heading(4, "Attempts at fraud"))?;
    let attempts = fraud::all(&town, ui)?;
    for attempt in &attempts {
        ui.say(&tell(attempt))?;
    }

    ui.say(&heading(5, "Closing and counting"))?;
    let record = town.close_and_export(ui)?;
    let report = audited(&record, ui)?;
    ui.say(&format!("{}\n{}", bars(&manifest, &report.tally), report.tally.explain(&manifest)))?;

    ui.say(&heading(6, "Audit"))?;
    town.check_receipts(&record)?;
    ui.say(&format!(
        "Anybody can take the published record and redo everything: {} proofs, {} commitments, the chain of hashes\n\
         and the count. {} Every voter can find the own ballot by its receipt; all {} were found.",
        thousands(report.ballots),
        thousands(args.citizens),
        styled(GOOD, "Nothing is wrong."),
        thousands(town.receipts()),
    ))?;
    let fault = fraud::tamper(&record, &folder.join("record-tampered.jsonl"), ui)?;
    ui.say(&format!(
        "Then somebody changes one vote in a copy of the record. The audit finds it:\n  {}",
        styled(BAD, &fault)
    ))?;
    let seconds = started.elapsed().as_secs_f64();
    finish(&folder, seconds, args, &attempts, &report, &fault)
}

fn finish(
    folder: &Path,
    seconds: f64,
    args: &DemoArgs,
    attempts: &[Attempt],
    report: &AuditReport,
    fault: &str,
) -> Result<Report, Failure> {
    let mut text = left_behind(seconds, folder, &FILES);
    if let Some(danger) = danger(&report.manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let attempts: Vec<Value> = attempts
        .iter()
        .map(|a| json!({"attempt": a.name, "refused": true, "code": a.code, "cause": a.cause}))
        .collect();
    let json = json!({
        "path": folder.display().to_string(),
        "citizens": args.citizens,
        "voters": args.voters,
        "accepted": report.ballots,
        "attempts": attempts,
        "tally": report.tally,
        "options": report.manifest.options(),
        "audit": {"valid": true, "digest": report.record_digest.to_string(), "warnings": report.warnings},
        "tampered_record": {"valid": false, "fault": fault},
        "insecure_development_key": danger(&report.manifest).is_some(),
        "seconds": seconds,
    });
    Ok(Report::new(json, text))
}

/// What the demonstration leaves behind.
const FILES: [(&str, &str); 7] = [
    ("town.registry", "the registrar's registry"),
    ("registry.json", "the registry as it was frozen and published"),
    ("election.json", "the election's manifest"),
    ("ballots/", "the ballots as they were sent"),
    ("town.box", "the clerk's ballot box"),
    ("record.jsonl", "the election record"),
    ("record-tampered.jsonl", "the record with one vote changed"),
];

/// The end of the report: which files there are, and what to do with them.
fn left_behind(seconds: f64, folder: &Path, files: &[(&str, &str)]) -> String {
    format!(
        "\n{}\nEverything is in {}:\n{}Try: tabella audit {}\n\
         It warns of a box that closed in the future: nobody waited here for the closing time, it was made up.\n",
        styled(STRONG, format_args!("Done in {seconds:.1} seconds.")),
        folder.display(),
        files.iter().map(|(name, what)| format!("  {name:<24} {what}\n")).collect::<String>(),
        folder.join("record.jsonl").display()
    )
}

fn heading(number: u8, text: &str) -> String {
    format!("\n{}", styled(STRONG, format_args!("{number}. {text}")))
}

fn tell(attempt: &Attempt) -> String {
    format!("- {}\n  {} {}", attempt.story, styled(GOOD, "refused:"), attempt.cause)
}

fn audited(record: &Path, ui: &Ui) -> Result<AuditReport, Failure> {
    audit_file(&Auditor::new(KeyPolicy::AllowInsecureDevelopmentKeys), record, ui)
}

/// A new folder for the files.
fn folder(dir: Option<&Path>) -> Result<PathBuf, Failure> {
    match dir {
        Some(path) => {
            std::fs::create_dir(path).map_err(|e| {
                Failure::io("make the folder", path, &e).hint("name a folder that is not there yet")
            })?;
            Ok(path.to_owned())
        }
        None => tempfile::Builder::new()
            .prefix("tabella-demo-")
            .tempdir()
            .map(tempfile::TempDir::keep)
            .map_err(|e| Failure::io("make a folder in", &std::env::temp_dir(), &e)),
    }
}

/// For a mean that is printed with two digits.
fn to_float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_is_listed() {
        let text = left_behind(1.0, Path::new("town"), &[&secret::FILES[..], &proofs::FILES].concat());
        for name in ["record.jsonl ", "part-*.json ", "record-proved.jsonl "] {
            assert!(text.contains(&format!("\n  {name}")), "{text}");
        }
        assert!(text.contains("Try: tabella audit town") && text.contains("it was made up"), "{text}");
    }
}
