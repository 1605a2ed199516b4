//! `tabella trustee open`: from shares to the result, by anybody who has the unopened record.

use super::{
    folder::{Content, content_of},
    names::{Names, NamesArgs},
    share::policy,
};
use crate::{
    commands::{audit::unopened_failure, election::danger, tally::bars},
    error::{EXIT_IO, FILE_EXISTS, Failure},
    files::{self, Existing, Privacy},
    report::{Report, table, thousands},
    text::printable,
    ui::{BAD, GOOD, Ui, styled},
};
use clap::Args;
use serde_json::{Value, json};
use std::{
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
};
use tabella::{
    Auditor, NotOpened, OpenedSum,
    audit::UnopenedReport,
    ballot_box::Unopened,
    open_sum,
    primitives::{cancel::CancelToken, digest::Digest, rng},
    protocol::trustee::{DroppedShare, Package, Round, SessionId, TrusteeIndex},
    record::{RecordWriter, WriteError},
    tally::Tally,
};

/// A sum to open.
#[derive(Args, Debug)]
pub(super) struct OpenArgs {
    /// The record of the closed election that is not opened yet
    record: PathBuf,
    /// Trustees' shares, or folders of them (every .json file in them); none if there are fewer ballots than the election opens
    shares: Vec<PathBuf>,
    /// The whole election record to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    names: NamesArgs,
    /// Refuse records whose keys do not come from a ceremony
    #[arg(long)]
    ceremony_keys_only: bool,
}

/// Shares that were given, with where they lie, and files that are none.
#[derive(Default)]
struct Given {
    shares: Vec<(PathBuf, Package)>,
    unreadable: Vec<(PathBuf, String)>,
}

pub(super) fn run(args: &OpenArgs, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(args.force);
    let mut inputs: Vec<&Path> = args.shares.iter().chain(args.names.paths()).map(PathBuf::as_path).collect();
    inputs.push(&args.record);
    files::check_output(&args.out, existing, &inputs).map_err(|failure| match failure.code() {
        FILE_EXISTS => failure.hint(
            "if the sum was opened into it, it stands as it is, and shares that come later change nothing; else choose another name, or overwrite it with --force",
        ),
        _ => failure,
    })?;
    let mut given = read_shares(&args.shares, ui)?;
    let bar = ui.progress("checking every ballot", None);
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    let auditor = Auditor::new(policy(args.ceremony_keys_only));
    let report =
        auditor.audit_unopened(BufReader::new(files::open(&args.record)?), &mut rng).map_err(|fault| {
            unopened_failure(&args.record, &fault, "its sum is opened; nothing is left to do but to audit it")
        })?;
    drop(bar);
    given.keep(report.ceremony.session());
    let names = args.names.read(report.ceremony.parameters(), ui)?;
    let opened = open(&report, &given, &names, ui)?;
    let (digest, tally) = write(args, existing, &report, opened.as_ref(), ui)?;
    Ok(describe(args, &report, opened.as_ref(), &given, &names, digest, &tally))
}

impl Given {
    /// Sets the shares aside that are of other ceremonies, whose trustees have other numbers.
    fn keep(&mut self, session: &SessionId) {
        let of_it = |(_, share): &(PathBuf, Package)| share.session() == session;
        let (kept, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.shares).into_iter().partition(of_it);
        self.shares = kept;
        let cause = || "a share of another ceremony".to_owned();
        self.unreadable.extend(others.into_iter().map(|(path, _)| (path, cause())));
    }
}

fn read_shares(paths: &[PathBuf], ui: &Ui) -> Result<Given, Failure> {
    let mut given = Given::default();
    if paths.is_empty() {
        return Ok(given);
    }
    for path in files::json_files(paths, "no-shares", "share", ui)? {
        match content_of(&path) {
            Ok(Content::Package(package)) if package.round() == Round::Decrypt => {
                given.shares.push((path, package));
            }
            Ok(other) if paths.contains(&path) => {
                given.unreadable.push((path, format!("no share: it is {}", other.what())));
            }
            // What else lies in the folder of a ceremony.
            Ok(_) => {}
            Err(failure) if failure.exit() == EXIT_IO && paths.contains(&path) => return Err(failure),
            Err(failure) => given.unreadable.push((path, failure.message().to_owned())),
        }
    }
    Ok(given)
}

/// Opens the sum; none if there are fewer ballots than the election opens.
fn open(
    report: &UnopenedReport,
    given: &Given,
    names: &Names,
    ui: &Ui,
) -> Result<Option<OpenedSum>, Failure> {
    let sum = report.sum().map_err(Failure::internal)?;
    if sum.is_none() {
        return Ok(None);
    }
    let unopened = Unopened { ballots: report.closing.ballots, ceremony: report.ceremony.clone(), sum };
    let bar = ui.progress("looking for the numbers", Some(1000));
    let shares = given.shares.iter().map(|(_, share)| share.clone());
    let opened = open_sum(&report.manifest, &unopened, shares, &CancelToken::new(), &mut |progress| {
        bar.fraction(progress.done, progress.total);
    });
    drop(bar);
    opened.map(Some).map_err(|error| match &error {
        NotOpened::Shares { error: cause, dropped, missing } => {
            let mut message = format!("{cause}");
            for dropped in dropped {
                message.push_str(&format!("; {}: {}", names.show(dropped.trustee), dropped.fault));
            }
            for (path, cause) in &given.unreadable {
                message.push_str(&format!("; {}: {cause}", path.display()));
            }
            message.push_str(&format!("; no good share of {}", names.list(missing)));
            Failure::refused("too-few-shares", message)
                .hint("ask those who are missing for their shares")
                .with_data(shares_json(dropped, missing, given, names))
        }
        _ => Failure::refused("not-opened", error),
    })
}

fn write(
    args: &OpenArgs,
    existing: Existing,
    report: &UnopenedReport,
    opened: Option<&OpenedSum>,
    ui: &Ui,
) -> Result<(Digest, Tally), Failure> {
    let (manifest, ballots) = (&report.manifest, report.closing.ballots);
    let tally = match opened {
        Some(opened) => Tally::of_sum(manifest, ballots, &opened.numbers).map_err(Failure::internal)?,
        None => Tally::not_opened(manifest, ballots),
    };
    let bar = ui.progress("writing the record", None);
    let record = BufReader::new(files::open(&args.record)?);
    let mut digest = None;
    files::write_with(&args.out, existing, Privacy::Public, |file| {
        let other = |error: WriteError| std::io::Error::other(error);
        let mut writer = RecordWriter::resume(BufWriter::new(file), record).map_err(std::io::Error::other)?;
        if let Some(opened) = opened {
            writer.shares(&opened.shares).map_err(other)?;
        }
        writer.tally(&tally).map_err(other)?;
        digest = Some(writer.finish().map_err(other)?);
        Ok(())
    })?;
    drop(bar);
    let digest = digest.ok_or_else(|| Failure::internal("the record was not written"))?;
    Ok((digest, tally))
}

fn shares_json(dropped: &[DroppedShare], missing: &[TrusteeIndex], given: &Given, names: &Names) -> Value {
    let one = |dropped: &DroppedShare| {
        let mut json = names.json(dropped.trustee);
        if let Value::Object(members) = &mut json {
            members.insert("fault".into(), dropped.fault.to_string().into());
            members.insert("to_blame".into(), dropped.culprit().is_some().into());
        }
        json
    };
    let unreadable =
        |(path, cause): &(PathBuf, String)| json!({"file": path.display().to_string(), "cause": cause});
    json!({
        "dropped": dropped.iter().map(one).collect::<Value>(),
        "unreadable": given.unreadable.iter().map(unreadable).collect::<Value>(),
        "missing": names.json_list(missing),
    })
}

fn describe(
    args: &OpenArgs,
    report: &UnopenedReport,
    opened: Option<&OpenedSum>,
    given: &Given,
    names: &Names,
    digest: Digest,
    tally: &Tally,
) -> Report {
    let manifest = &report.manifest;
    let mut text = format!(
        "{}\n{}",
        styled(GOOD, format_args!("the election record is in {}", args.out.display())),
        table(&[("ballots", thousands(report.closing.ballots)), ("digest", digest.to_string())])
    );
    let (dropped, missing) =
        opened.map_or((&[][..], &[][..]), |opened| (opened.dropped.as_slice(), opened.missing.as_slice()));
    for dropped in dropped {
        let (who, fault) = (names.show(dropped.trustee), printable(&dropped.fault.to_string()));
        text.push_str(&format!("{} {who}: {fault}\n", styled(BAD, "dropped:")));
    }
    for (path, cause) in &given.unreadable {
        let line = printable(&format!("{}: {cause}", path.display()));
        text.push_str(&format!("{} {line}\n", styled(BAD, "dropped:")));
    }
    if !missing.is_empty() {
        text.push_str(&format!("no good share of {}\n", names.list(missing)));
    }
    text.push_str(&format!("\n{}\n{}", bars(manifest, tally), tally.explain(manifest)));
    text.push_str("\nPublish the digest: who has it knows that a copy of the record is the same.\n");
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    let mut json = shares_json(dropped, missing, given, names);
    if let Value::Object(members) = &mut json {
        members.insert("path".into(), args.out.display().to_string().into());
        members.insert("election".into(), manifest.id().to_string().into());
        members.insert("ballots".into(), report.closing.ballots.into());
        members.insert("digest".into(), digest.to_string().into());
        members.insert("opened".into(), opened.is_some().into());
        members.insert("tally".into(), json!(tally));
        members.insert("options".into(), json!(manifest.options()));
        members.insert("insecure_development_key".into(), danger(manifest).is_some().into());
    }
    Report::new(json, text)
}
