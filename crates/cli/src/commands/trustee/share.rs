//! `tabella trustee share`: a trustee checks a closed election and gives its share of the sum, once.

use super::{folder::write_once, secret::TrusteeFile, state::StateFile};
use crate::{
    commands::audit::{ELECTION_ID, parse_head, unopened_failure},
    error::Failure,
    files::{self, Existing},
    report::{Report, table, thousands},
    times,
    ui::{GOOD, Ui, styled, warning_lines},
};
use clap::Args;
use serde_json::json;
use std::{
    io::BufReader,
    path::{Path, PathBuf},
};
use tabella::{
    Auditor, Trustee, TrusteeError,
    audit::{NotAuthorised, PublishedHead},
    election::ElectionId,
    params::KeyPolicy,
    primitives::rng,
    protocol::trustee::{CeremonyParameters, Participant, Refusal, TrusteeSecret},
    record::{RecordEntry, RecordReader},
};

/// A share to give.
#[derive(Args, Debug)]
pub(super) struct ShareArgs {
    #[command(flatten)]
    trustee: TrusteeFile,
    /// The record of the closed election that is not opened yet
    record: PathBuf,
    /// The election that is to be opened, 64 hexadecimal digits: from where it was published, not from whoever sent the record
    #[arg(long)]
    election: String,
    /// How its ballot box was closed: the number of ballots and the head's 64 hexadecimal digits, as `box status` shows them; from where it
    /// was published
    #[arg(long, value_name = "BALLOTS:HEAD", value_parser = parse_head)]
    head: PublishedHead,
    /// The share file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Where this machine remembers the ceremony (default: beside the trustee's secret)
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Refuse records whose keys do not come from a ceremony
    #[arg(long)]
    ceremony_keys_only: bool,
}

pub(super) fn run(args: &ShareArgs, ui: &Ui) -> Result<Report, Failure> {
    let election = ElectionId::from_hex(&args.election)
        .map_err(|cause| Failure::usage(format!("--election: {cause}")).hint(ELECTION_ID))?;
    let mut inputs = args.trustee.inputs();
    inputs.push(&args.record);
    files::check_not_read(&[&args.out], &inputs)?;
    let me = args.trustee.open(ui)?;
    let Holder { state, mut participant, mut trustee } =
        holder(&me, args.state.as_deref(), &args.trustee.trustee, &args.record)?;
    let auditor = Auditor::new(policy(args.ceremony_keys_only)).now(times::now());
    let record = BufReader::new(files::open(&args.record)?);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("checking every ballot", None);
    let audited = auditor.audit_unopened(record, &mut rng);
    drop(bar);
    let report = audited.map_err(|fault| {
        unopened_failure(
            &args.record,
            &fault,
            "its sum is opened; shares are of the record without it, as `tabella box export` wrote it",
        )
    })?;
    let given =
        trustee.open_audited(&report, election, args.head, &mut rng).map_err(|error| open_failure(&error))?;
    // While nothing is done yet.
    ui.say(&warning_lines(&report.warnings))?;
    let share = participant.opened(trustee.ledger().clone(), given);
    // What was opened is on the disk before anybody sees the share.
    state.write(&participant, &me, Existing::Replace)?;
    write_once(&args.out, &share.to_json())?;
    let rows = [
        ("election", election.to_string()),
        ("ballots", thousands(args.head.ballots)),
        ("trustee", share.sender().to_string()),
        ("file", args.out.display().to_string()),
    ];
    let text = format!(
        "{}\n{}Send the file to whoever opens the sum. This trustee opens nothing else with these keys.\n",
        styled(GOOD, "every ballot was checked, and the share of their sum was made"),
        table(&rows)
    );
    let json = json!({
        "election": election.to_string(),
        "ballots": args.head.ballots,
        "trustee": share.sender(),
        "path": args.out.display().to_string(),
        "warnings": report.warnings,
    });
    Ok(Report::new(json, text))
}

/// A trustee whose ceremony is done, with what it remembers; nobody else has the state file while this lives.
pub(super) struct Holder {
    pub(super) state: StateFile,
    pub(super) participant: Participant,
    pub(super) trustee: Trustee,
}

/// The trustee `me`, whose secret is at `secret`, as it stands after the ceremony of a record.
pub(super) fn holder(
    me: &TrusteeSecret,
    state: Option<&Path>,
    secret: &Path,
    record: &Path,
) -> Result<Holder, Failure> {
    let parameters = parameters_of(record)?;
    if parameters.index_of(me.keys()).is_none() {
        return Err(Failure::refused(
            "not-registered",
            format_args!(
                "{} is of a ceremony in which the trustee of {} is not",
                record.display(),
                secret.display()
            ),
        )
        .hint(
            "give the secret with which this trustee came forward, or the record of this trustee's election",
        ));
    }
    let state = StateFile::take(state, secret, parameters.session())?;
    let participant = state.read(me)?.ok_or_else(|| {
        Failure::refused("no-share", format_args!("{} is not there", state.path().display()))
            .hint("it is where this trustee's share of the keys is kept; name it with --state")
    })?;
    let share = participant.key_share().cloned().ok_or_else(|| {
        Failure::refused("no-share", "this trustee holds no share of the keys: the ceremony is not done")
            .hint("go on with `tabella trustee next`")
    })?;
    let trustee = Trustee::with_ledger(me.clone(), share, participant.ledger().clone());
    Ok(Holder { state, participant, trustee })
}

/// Which keys a command accepts.
pub(super) const fn policy(ceremony_keys_only: bool) -> KeyPolicy {
    if ceremony_keys_only { KeyPolicy::CeremonyOnly } else { KeyPolicy::AllowInsecureDevelopmentKeys }
}

/// The parameters of the ceremony in a record of which nothing was verified: they say which state to open.
fn parameters_of(path: &Path) -> Result<CeremonyParameters, Failure> {
    let mut reader = RecordReader::unopened(BufReader::new(files::open(path)?));
    while let Some(linked) = reader.next_entry().map_err(|error| files::record_failure(path, &error))? {
        if let RecordEntry::Ceremony(parameters) = linked.entry {
            return Ok(parameters);
        }
    }
    Err(Failure::bad_input(
        "malformed-record",
        format_args!("{}: the record has no key ceremony: its ballots are open", path.display()),
    ))
}

fn open_failure(error: &TrusteeError) -> Failure {
    let refused = |code| Failure::refused(code, format_args!("no share is given: {error}"));
    match error {
        TrusteeError::Refused(NotAuthorised::OtherElection { .. }) => refused("other-election").hint(
            "compare --election with what was published; if it is right, ask the clerk for the record of that election",
        ),
        TrusteeError::Refused(NotAuthorised::OtherNumber { .. } | NotAuthorised::OtherHead { .. }) => {
            refused("other-head").hint(
                "compare --head with what was published; if it is right, ask the clerk for the record of that closing",
            )
        }
        TrusteeError::Refused(NotAuthorised::Refused(
            Refusal::OtherSum { .. } | Refusal::OtherElection { .. },
        )) => refused("already-opened")
            .hint("two sums under one key give away the ballots by which they differ; each election needs a ceremony of its own"),
        TrusteeError::Refused(NotAuthorised::Refused(Refusal::TooFewBallots { .. })) => {
            refused("too-few-ballots")
        }
        TrusteeError::Decrypt(_) => refused("other-ceremony"),
        _ => refused("not-opened"),
    }
}
