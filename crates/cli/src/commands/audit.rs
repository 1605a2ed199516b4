//! `tabella audit`: redoes every check of an election record.

use crate::{
    commands::{
        election::{danger, too_few},
        receipt::{OTHER_ELECTION, other_election, read_receipt},
        tally::bars,
    },
    error::Failure,
    files,
    report::{Report, table, thousands},
    times,
    ui::{GOOD, Ui, WARNING, styled},
};
use clap::Args;
use serde_json::{Value, json};
use std::{
    io::BufReader,
    path::{Path, PathBuf},
};
use tabella::{
    Auditor,
    audit::{AggregateFault, AuditReport, Cause, Fault, PublishedHead, PublishedReceipt},
    election::{ElectionId, Manifest},
    params::{KeyPolicy, Provenance, verifying_key},
    primitives::{digest::Digest, rng},
    record::{Link, Receipt, RecordEntry, RecordError, RecordReader},
    statement::CircuitId,
    tally::{Outcome, Tally},
};

/// An audit.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// The election record
    record: PathBuf,
    /// The election that it must be, 64 hexadecimal digits
    #[arg(long)]
    election: Option<String>,
    /// The digest that the record must have, 64 hexadecimal digits
    #[arg(long)]
    digest: Option<String>,
    /// Receipts whose ballots must stand in the record
    #[arg(long = "receipt", value_name = "FILE")]
    receipts: Vec<PathBuf>,
    /// A published head of the ballot box that the record must pass through: the number of ballots and the head's 64
    /// hexadecimal digits, as `box status` shows them
    #[arg(long = "head", value_name = "BALLOTS:HEAD", value_parser = parse_head)]
    heads: Vec<PublishedHead>,
    /// The record of secret ballots that trustees have not opened yet: everything but the result
    #[arg(long, conflicts_with = "digest")]
    unopened: bool,
    /// Refuse records whose keys do not come from a ceremony
    #[arg(long)]
    ceremony_keys_only: bool,
    /// Refuse records of secret ballots without proofs of their sum, which is added up again in any case
    #[arg(long, conflicts_with = "unopened")]
    require_sum_proofs: bool,
    /// Refuse records of secret ballots that were opened without a proof of the tally; the trustees' shares are checked in any case
    #[arg(long, conflicts_with = "unopened")]
    require_tally_proof: bool,
    /// Check proofs one by one instead of in batches; slower, the verdict is the same
    #[arg(long)]
    one_by_one: bool,
}

pub(crate) fn run(args: &AuditArgs, ui: &Ui) -> Result<Report, Failure> {
    let policy = if args.ceremony_keys_only {
        KeyPolicy::CeremonyOnly
    } else {
        KeyPolicy::AllowInsecureDevelopmentKeys
    };
    let mut auditor = Auditor::new(policy).now(times::now());
    let mut expected = None;
    if let Some(text) = &args.election {
        let id = ElectionId::from_hex(text)
            .map_err(|cause| Failure::usage(format!("--election: {cause}")).hint(ELECTION_ID))?;
        expected = Some((id, None));
    }
    if let Some(text) = &args.digest {
        let digest = Digest::from_hex(text).map_err(|cause| Failure::usage(format!("--digest: {cause}")))?;
        auditor = auditor.expect_record(digest);
    }
    let mut receipts = Vec::new();
    for path in &args.receipts {
        let receipt = read_receipt(path)?;
        // The record of another election lacks every ballot, and is not at fault.
        let (election, _) = *expected.get_or_insert((receipt.election, Some(path)));
        if receipt.election != election {
            return Err(other_election(path, receipt.election, election));
        }
        let Receipt { index, ballot, nullifier, link, .. } = receipt;
        receipts.push(PublishedReceipt { index, ballot, nullifier, link });
    }
    if let Some((election, _)) = expected {
        auditor = auditor.expect_election(election);
    }
    auditor = auditor.expect_receipts(receipts).expect_heads(args.heads.iter().copied());
    if args.one_by_one {
        auditor = auditor.one_by_one();
    }
    if args.require_sum_proofs {
        auditor = auditor.require_sum_proofs();
    }
    if args.require_tally_proof {
        auditor = auditor.require_tally_proof();
    }
    let audited = if args.unopened {
        audit_unopened(&auditor, &args.record, ui)
    } else {
        audit_file(&auditor, &args.record, ui)
            .and_then(|report| Ok(Report::new(to_json(&report)?, describe(&report))))
    };
    audited.map_err(|failure| match expected {
        Some((_, Some(receipt))) if failure.code() == OTHER_ELECTION => {
            failure.hint(format!("{} is the receipt of a ballot in that other election", receipt.display()))
        }
        _ => failure,
    })
}

/// Reads `BALLOTS:HEAD`.
pub(crate) fn parse_head(text: &str) -> Result<PublishedHead, String> {
    let (ballots, link) = text.split_once(':').ok_or("it is not BALLOTS:HEAD, such as 12:0ab1..")?;
    let ballots = ballots.parse().map_err(|_| format!("{ballots:?} is no number of ballots"))?;
    let link = Link::from_hex(link).map_err(|cause| cause.to_string())?;
    Ok(PublishedHead { ballots, link })
}

/// Audits a file.
pub(crate) fn audit_file(auditor: &Auditor, path: &Path, ui: &Ui) -> Result<AuditReport, Failure> {
    let record = BufReader::new(files::open(path)?);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("auditing (ballots)", None);
    let audited = auditor.audit_with_progress(record, &mut rng, &mut |progress| bar.set(progress.ballots));
    drop(bar);
    audited.map_err(|fault| fault_failure(path, &fault))
}

/// Audits what trustees get, and tells what they compare.
fn audit_unopened(auditor: &Auditor, path: &Path, ui: &Ui) -> Result<Report, Failure> {
    let record = BufReader::new(files::open(path)?);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let bar = ui.progress("auditing", None);
    let audited = auditor.audit_unopened(record, &mut rng);
    drop(bar);
    let report = audited.map_err(|fault| unopened_failure(path, &fault, "audit it without --unopened"))?;
    let (manifest, closing, ceremony) = (&report.manifest, report.closing, &report.ceremony);
    let least = manifest.secret().map_or(0, |secret| secret.policy.least_ballots());
    let head = format!("{}:{}", closing.ballots, closing.head);
    let (threshold, trustees) = (ceremony.parameters().threshold(), ceremony.qualified().len());
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, "AUDIT PASSED: every ballot and the key ceremony hold; the sum is not opened yet"),
        table(&[
            ("election", format!("{} ({})", manifest.title(), manifest.id())),
            ("ballots", format!("{}, opened from {} on", thousands(closing.ballots), thousands(least))),
            ("closed", times::show(closing.closed_at)),
            ("closing head", head.clone()),
            ("trustees", format!("any {threshold} of {trustees} open the sum")),
            ("key ceremony", ceremony.transcript().to_string()),
        ])
    );
    for warning in &report.warnings {
        text.push_str(&format!("{}\n", styled(WARNING, format_args!("WARNING: {warning}"))));
    }
    let json = json!({
        "valid": true,
        "opened": false,
        "election": manifest.id().to_string(),
        "ballots": closing.ballots,
        "least_ballots": least,
        "closed_at": closing.closed_at,
        "published_head": head,
        "citizens": report.citizens,
        "threshold": threshold,
        "trustees": trustees,
        "key_ceremony": ceremony.transcript().to_string(),
        "warnings": report.warnings,
    });
    Ok(Report::new(json, text))
}

/// The first fault of a record that was taken for one that waits for its trustees; a whole record is called by its name.
/// What to do with one whose sum was opened is said by `hint`.
pub(crate) fn unopened_failure(path: &Path, fault: &Fault, hint: &'static str) -> Failure {
    let Some((manifest, tally)) = result_of(path) else {
        let failure = fault_failure(path, fault);
        return match fault.cause {
            Cause::Record(RecordError::Truncated { entry }) if entry > 0 => failure.hint(
                "the file was cut off before ballots and ceremony were all there: get it again from the clerk, who writes it with `tabella box export`",
            ),
            _ => failure,
        };
    };
    let whole = |what: &str| {
        Failure::refused("already-whole", format_args!("{}: the record is whole{what}", path.display()))
    };
    match (tally.outcome, too_few(&manifest, tally.ballots)) {
        (Outcome::NotOpened, Some(few)) => whole(&format!(": its {few}, and nobody gives shares"))
            .hint("`tabella audit` without --unopened checks it, and nothing else is left to do"),
        _ => whole(", with its result, and does not wait for its trustees").hint(hint),
    }
}

/// Manifest and result of a whole record; nothing else about it was checked. None of a pipe, which cannot be read again.
fn result_of(path: &Path) -> Option<(Manifest, Tally)> {
    if !path.is_file() {
        return None;
    }
    let (mut manifest, mut tally) = (None, None);
    for linked in RecordReader::new(BufReader::new(files::open(path).ok()?)) {
        match linked.ok()?.entry {
            RecordEntry::Manifest(first) => manifest = Some(first),
            RecordEntry::Tally(result) => tally = Some(result),
            RecordEntry::End { .. } => return manifest.zip(tally),
            _ => {}
        }
    }
    None
}

/// What `--election` takes where a record is looked at.
pub(crate) const ELECTION_ID: &str = "the election's identifier of 64 hexadecimal digits, and not its file: `tabella election show FILE` says it";

/// What to do where a record is not the one that the options tell of.
const PUBLISHED: &str = "compare what you gave with what was published, receipts one by one with `tabella receipt check`; if it is right, this is another record";

/// Why a verifying key is not trusted, if it is one of those that everybody has.
fn untrusted(circuit: CircuitId, digest: &Digest) -> Option<&'static str> {
    let pinned = verifying_key(circuit, KeyPolicy::AllowInsecureDevelopmentKeys).ok()?;
    (pinned.key().digest() == *digest && pinned.provenance() == Provenance::Development)
        .then_some("it is a development key; there are none from a ceremony yet")
}

/// The first fault of a record, as a failure.
pub(crate) fn fault_failure(path: &Path, fault: &Fault) -> Failure {
    if let Cause::Record(cause) = &fault.cause
        && let Some(failure) = files::no_record(path, cause)
    {
        return failure;
    }
    let data =
        json!({"fault": {"entry": fault.entry, "field": fault.field, "cause": fault.cause.to_string()}});
    let message = format!("{}: {fault}", path.display());
    let failure = match fault.cause {
        Cause::UntrustedKey { circuit, digest } => {
            Failure::refused("untrusted-key", message).maybe_hint(untrusted(circuit, &digest))
        }
        Cause::WrongElection { .. } => Failure::refused(OTHER_ELECTION, message).hint(PUBLISHED),
        Cause::WrongRecord { .. }
        | Cause::ReceiptBallot { .. }
        | Cause::ReceiptNullifier { .. }
        | Cause::PublishedLink { .. }
        | Cause::MissingBallots { .. } => Failure::refused("record-faulty", message).hint(PUBLISHED),
        Cause::Record(RecordError::Truncated { .. }) => Failure::refused("record-faulty", message)
            .hint("the record is not whole; of secret ballots that are not opened yet, --unopened audits what there is"),
        Cause::Aggregate(_, AggregateFault::Missing) => Failure::refused("record-faulty", message)
            .hint("the record has not all proofs that it should have or that were asked for; `tabella tally prove` makes them"),
        _ => Failure::refused("record-faulty", message)
            .hint("the record is not what it claims to be; the entry above is the first that is wrong"),
    };
    failure.with_data(data)
}

/// The report in JSON.
pub(crate) fn to_json(report: &AuditReport) -> Result<Value, Failure> {
    let mut json = serde_json::to_value(report).map_err(Failure::internal)?;
    if let Value::Object(members) = &mut json {
        members.insert("valid".into(), true.into());
    }
    Ok(json)
}

/// The report for people.
pub(crate) fn describe(report: &AuditReport) -> String {
    let window = report.manifest.window();
    let mut text = format!(
        "{}\n{}\n{report}\n\n{}",
        styled(GOOD, "AUDIT PASSED"),
        table(&[
            ("opened", times::show(window.opens_at)),
            ("to close", times::show(window.closes_at)),
            ("closed", times::show(report.closed_at)),
        ]),
        bars(&report.manifest, &report.tally)
    );
    if let Some(danger) = danger(&report.manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    text
}
