//! `tabella box export`: the election record of a closed box, of either kind.

use super::{open, storage_failure};
use crate::{
    commands::{
        election::{check_weights, danger, read_ceremony},
        registry::{read_registry, read_weights},
    },
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, counted, table, thousands},
    ui::{GOOD, STRONG, Ui, styled},
};
use clap::Args;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};
use tabella::{
    BallotBox,
    ballot_box::{ExportError, Exported, RegistryLeaves, Unopened},
    election::{ElectionKind, Manifest},
    registry::{Registry, RegistryRoot, WeightedRegistry},
    store::RedbBallotStore,
};

/// A record.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// The ballot box file
    #[arg(value_name = "BOX")]
    file: PathBuf,
    /// The record file to write
    #[arg(long, short)]
    out: PathBuf,
    /// Include the registry, so that its root can be rebuilt too
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// The list of weights that was published with the election, where citizens have weights
    #[arg(long, value_name = "FILE", requires = "registry")]
    weights: Option<PathBuf>,
    /// Secret ballots: the record of the trustees' key ceremony
    #[arg(long, value_name = "FILE")]
    ceremony: Option<PathBuf>,
    /// Overwrite the record if it is there
    #[arg(long)]
    force: bool,
}

/// The registry that goes into the record.
enum Leaves {
    Omitted,
    Plain(Registry),
    Weighted(WeightedRegistry),
}

pub(super) fn export(args: &ExportArgs, ui: &Ui) -> Result<Report, Failure> {
    let inputs = [Some(&args.file), args.registry.as_ref(), args.weights.as_ref(), args.ceremony.as_ref()];
    let inputs: Vec<&Path> = inputs.into_iter().flatten().map(PathBuf::as_path).collect();
    files::check_output(&args.out, Existing::from_force(args.force), &inputs)?;
    let ballot_box = open(&args.file, ui)?;
    match (ballot_box.manifest().kind(), &args.ceremony) {
        (ElectionKind::OpenBallots, Some(_)) => {
            Err(Failure::usage("--ceremony: ballots of this election are open"))
        }
        (ElectionKind::OpenBallots, None) => open_record(args, &ballot_box, ui),
        (ElectionKind::SecretBallots, Some(ceremony)) => secret_record(args, &ballot_box, ceremony, ui),
        (ElectionKind::SecretBallots, None) => {
            Err(Failure::usage("ballots of this election are secret: --ceremony is needed")
                .hint("the record of the trustees' key ceremony, with which the election was created"))
        }
    }
}

fn open_record(
    args: &ExportArgs,
    ballot_box: &BallotBox<RedbBallotStore>,
    ui: &Ui,
) -> Result<Report, Failure> {
    let leaves = match leaves(args, ballot_box.manifest(), ui)? {
        Leaves::Plain(registry) => registry.tree().leaves().to_vec(),
        Leaves::Omitted => Vec::new(),
        Leaves::Weighted(_) => {
            return Err(Failure::usage("--weights: every citizen of this election counts once"));
        }
    };
    let bar = ui.progress("writing the record", ballot_box.state().ok().map(|state| state.ballots));
    let exported =
        write(args, |to| ballot_box.write_record_with_progress(to, &leaves, |done| bar.set(done)))?;
    drop(bar);
    Ok(whole(args, ballot_box.manifest(), &exported, ""))
}

/// What trustees get; or, if there are too few ballots to open any sum, the whole record, which says so.
fn secret_record(
    args: &ExportArgs,
    ballot_box: &BallotBox<RedbBallotStore>,
    ceremony: &Path,
    ui: &Ui,
) -> Result<Report, Failure> {
    let manifest = ballot_box.manifest();
    if args.registry.is_some() {
        check_weights(manifest, args.weights.as_deref())?;
    }
    let ceremony = read_ceremony(ceremony)?;
    let leaves = leaves(args, manifest, ui)?;
    let registry = match &leaves {
        Leaves::Omitted => RegistryLeaves::Omitted,
        Leaves::Plain(registry) => RegistryLeaves::Plain(registry.tree().leaves()),
        Leaves::Weighted(registry) => RegistryLeaves::Weighted(registry.citizens()),
    };
    let _bar = ui.progress("writing the record", None);
    let ballots = ballot_box.state().map_err(|error| storage_failure(&args.file, &error))?.ballots;
    let least = manifest.secret().map_or(0, |secret| secret.policy.least_ballots());
    if ballots < least {
        let exported = write(args, |to| ballot_box.write_opened(to, registry, &ceremony, None))?;
        let text = format!(
            "{} in the box, and fewer than {} are not opened: the record is whole, without a result.\n",
            counted(ballots, "ballot"),
            thousands(least)
        );
        return Ok(whole(args, manifest, &exported, &text));
    }
    let unopened = write(args, |to| ballot_box.write_unopened(to, registry, &ceremony))?;
    Ok(waiting(args, manifest, &unopened))
}

/// The registry that the election froze, if it is to be included.
fn leaves(args: &ExportArgs, manifest: &Manifest, ui: &Ui) -> Result<Leaves, Failure> {
    let Some(path) = &args.registry else { return Ok(Leaves::Omitted) };
    let registry = read_registry(path, ui)?;
    let frozen = |root: Option<RegistryRoot>| {
        let other = format_args!("{} is not the registry that the election froze", path.display());
        if root == Some(manifest.registry().root) {
            Ok(())
        } else {
            Err(Failure::refused("other-registry", other))
        }
    };
    match &args.weights {
        None => frozen(registry.root()).map(|()| Leaves::Plain(registry)),
        Some(weights) => {
            let weighted = read_weights(weights, registry)?;
            frozen(Some(weighted.root())).map(|()| Leaves::Weighted(weighted))
        }
    }
}

/// Writes a record whole or not at all.
fn write<T>(
    args: &ExportArgs,
    fill: impl FnOnce(BufWriter<&mut File>) -> Result<T, ExportError>,
) -> Result<T, Failure> {
    let mut answer = None;
    let written = files::write_with(&args.out, Existing::from_force(args.force), Privacy::Public, |to| {
        let done = fill(BufWriter::new(to));
        let io = done.as_ref().map(|_| ()).map_err(|error| std::io::Error::other(error.to_string()));
        answer = Some(done);
        io
    });
    match (answer, written) {
        (Some(Ok(done)), Ok(())) => Ok(done),
        (Some(Err(error)), _) => Err(refused(args, error)),
        (_, Err(failure)) => Err(failure),
        (None, Ok(())) => Err(Failure::internal("the record was not written")),
    }
}

fn refused(args: &ExportArgs, error: ExportError) -> Failure {
    match error {
        ExportError::NotClosed => {
            Failure::refused("not-closed", format_args!("{}: {error}", args.file.display()))
        }
        ExportError::Storage(error) => storage_failure(&args.file, &error),
        ExportError::Ceremony(_) => {
            Failure::refused("ceremony-faulty", format_args!("{}{error}", ceremony(args)))
        }
        ExportError::OtherCeremony { .. } => {
            Failure::refused("other-ceremony", format_args!("{}{error}", ceremony(args)))
                .hint("give the record with which the election was created, as it was published with it")
        }
        other => Failure::storage(format_args!("cannot write {}: {other}", args.out.display())),
    }
}

/// The name of the ceremony's record, before what is wrong with it.
fn ceremony(args: &ExportArgs) -> String {
    args.ceremony.as_ref().map_or_else(String::new, |path| format!("{}: ", path.display()))
}

/// The report about a whole record.
fn whole(args: &ExportArgs, manifest: &Manifest, exported: &Exported, remark: &str) -> Report {
    let mut text = format!(
        "{}\n{}{remark}",
        styled(GOOD, format_args!("the election record is in {}", args.out.display())),
        table(&[("ballots", thousands(exported.tally.ballots)), ("digest", exported.digest.to_string())])
    );
    text.push_str("Publish the digest: who has it knows that a copy of the record is the same.\n");
    let json = json!({
        "path": args.out.display().to_string(),
        "whole": true,
        "ballots": exported.tally.ballots,
        "digest": exported.digest.to_string(),
        "tally": exported.tally,
    });
    report(manifest, text, json)
}

/// The report about a record that waits for its trustees.
fn waiting(args: &ExportArgs, manifest: &Manifest, unopened: &Unopened) -> Report {
    let parameters = unopened.ceremony.parameters();
    let (threshold, trustees) = (parameters.threshold(), unopened.ceremony.qualified().len());
    let text = format!(
        "{}\n{}{}\n",
        styled(GOOD, format_args!("the record is in {}, and not opened yet", args.out.display())),
        table(&[
            ("ballots", thousands(unopened.ballots)),
            ("trustees", format!("any {threshold} of {trustees} open their sum")),
        ]),
        styled(
            STRONG,
            "Give it to the trustees; publish the head of the closed box, which they compare (`tabella box status`)."
        )
    );
    let json = json!({
        "path": args.out.display().to_string(),
        "whole": false,
        "ballots": unopened.ballots,
        "threshold": threshold,
        "trustees": trustees,
        "digest": Value::Null,
        "tally": Value::Null,
    });
    report(manifest, text, json)
}

fn report(manifest: &Manifest, mut text: String, json: Value) -> Report {
    if let Some(danger) = danger(manifest) {
        text.push_str(&format!("{danger}\n"));
    }
    Report::new(json, text)
}
