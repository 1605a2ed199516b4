//! `tabella tally`: counts an election record; [`prove`]: proves what the trustees opened.

mod prove;
mod unprovable;

pub(crate) use unprovable::unprovable;

use crate::{
    commands::election::danger,
    error::Failure,
    files,
    report::Report,
    text::printable,
    ui::{GOOD, STRONG, Ui, styled},
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{
    io::BufReader,
    path::{Path, PathBuf},
};
use tabella::{
    election::{ElectionKind, Manifest},
    record::{RecordEntry, RecordError, RecordReader},
    tally::{Outcome, Tally, TallyCounter},
};

/// Why the record of secret ballots has no end.
pub(crate) const NOT_OPENED: &str = "the trustees have not opened the sum yet (`tabella trustee open` writes the whole record), or the end of the record is missing";

/// A count, or a proof of one.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct TallyArgs {
    #[command(subcommand)]
    command: Option<TallyCommand>,
    /// The election record
    #[arg(required = true)]
    record: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum TallyCommand {
    /// Prove the sum of secret ballots, and with trustees' parts the tally, for those who have no ballots; write the record with the
    /// proofs
    Prove(prove::ProveArgs),
}

pub(crate) fn run(args: &TallyArgs, ui: &Ui) -> Result<Report, Failure> {
    match (&args.command, &args.record) {
        (Some(TallyCommand::Prove(args)), _) => prove::run(args, ui),
        (None, Some(record)) => tally(record, ui),
        (None, None) => Err(Failure::usage("the record is missing")),
    }
}

fn tally(record: &Path, ui: &Ui) -> Result<Report, Failure> {
    let (manifest, tally) = count(record, ui)?;
    // The question stands in the explanation.
    let mut text = format!("{}\n{}", styled(STRONG, manifest.title()), bars(&manifest, &tally));
    text.push_str(&format!("\n{}", tally.explain(&manifest)));
    text.push_str(match (manifest.kind(), tally.outcome) {
        (ElectionKind::OpenBallots, _) => {
            "\nThis counts the ballots; `tabella audit` also checks every proof.\n"
        }
        (ElectionKind::SecretBallots, Outcome::NotOpened) => {
            "\nThis is what the record states; there are no shares to compare, and `tabella audit` checks every ballot.\n"
        }
        (ElectionKind::SecretBallots, _) => {
            "\nThis is what the record states; `tabella audit` compares it with the trustees' shares.\n"
        }
    });
    if let Some(danger) = danger(&manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let json = json!({
        "election": manifest.id().to_string(),
        "tally": tally,
        "options": manifest.options(),
        "insecure_development_key": danger(&manifest).is_some(),
    });
    Ok(Report::new(json, text))
}

/// Counts the ballots of a record and compares with the tally that it claims; of secret ballots gives what it claims.
fn count(path: &Path, ui: &Ui) -> Result<(Manifest, Tally), Failure> {
    let faulty = |cause: &dyn std::fmt::Display| {
        Failure::bad_input("malformed-record", format_args!("{}: {cause}", path.display()))
    };
    let bar = ui.progress("counting", None);
    let mut reader = RecordReader::new(BufReader::new(files::open(path)?));
    let mut election: Option<(Manifest, TallyCounter)> = None;
    let (mut claimed, mut waits) = (None, false);
    loop {
        let linked = match reader.next_entry() {
            Ok(Some(linked)) => linked,
            Ok(None) => break,
            // Nothing else tells a record that waits for its trustees from one that was cut off.
            Err(error @ RecordError::Truncated { .. }) if waits => {
                return Err(Failure::refused("not-opened", format_args!("{}: {error}", path.display()))
                    .hint(NOT_OPENED));
            }
            Err(error) => return Err(files::record_failure(path, &error)),
        };
        waits = matches!(linked.entry, RecordEntry::Package(_) | RecordEntry::Share(_));
        bar.step();
        match (linked.entry, &mut election) {
            (RecordEntry::Manifest(manifest), None) => {
                let counter = TallyCounter::new(&manifest);
                election = Some((manifest, counter));
            }
            (RecordEntry::Ballot { ballot, .. }, Some((_, counter))) => {
                // A secret ballot is counted by nobody: the trustees' shares say what the sum is, and the audit checks them.
                if let Some(ballot) = ballot.open() {
                    counter.add(ballot.selection()).map_err(|error| faulty(&error))?;
                }
            }
            (RecordEntry::Tally(tally), _) => claimed = Some(tally),
            _ => {}
        }
    }
    let (manifest, counter) = election.ok_or_else(|| faulty(&"the record has no manifest"))?;
    let tally = counter.finish();
    match claimed {
        Some(claimed) if manifest.kind() == ElectionKind::SecretBallots => Ok((manifest, claimed)),
        Some(claimed) if claimed != tally => Err(Failure::refused(
            "wrong-tally",
            format_args!("{}: the record claims another result than its ballots give", path.display()),
        )),
        _ => Ok((manifest, tally)),
    }
}

/// A bar chart of the votes.
pub(crate) fn bars(manifest: &Manifest, tally: &Tally) -> String {
    const WIDTH: u64 = 40;
    let most = tally.counts.iter().map(|count| count.votes).max().unwrap_or(0).max(1);
    let labels: Vec<String> = manifest.options().iter().map(|label| printable(label)).collect();
    let label_width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (index, (label, count)) in labels.iter().zip(&tally.counts).enumerate() {
        let length = usize::try_from(count.votes.saturating_mul(WIDTH) / most).unwrap_or(0);
        let bar = "█".repeat(length);
        let won = tally.winners.iter().any(|winner| usize::from(*winner) == index);
        let bar = if won { styled(GOOD, bar) } else { bar };
        let mark = if won { " *" } else { "" };
        text.push_str(&format!("  {label:<label_width$}  {bar} {}{mark}\n", count.votes));
    }
    text
}
