//! `tabella trustee part`: a trustee who opened a sum gives its part in the proof of the tally.

use super::{
    folder::write_once,
    secret::TrusteeFile,
    share::{Holder, holder},
};
use crate::{
    commands::tally::unprovable,
    error::{FILE_EXISTS, Failure},
    files,
    report::{Report, table},
    ui::{GOOD, Ui, styled},
};
use clap::Args;
use serde_json::json;
use std::{io::BufReader, path::PathBuf};
use tabella::{
    primitives::rng,
    protocol::trustee::Refusal,
    record::{Provable, RecordReader, TallyPartError},
};

/// A part to give.
#[derive(Args, Debug)]
pub(super) struct PartArgs {
    #[command(flatten)]
    trustee: TrusteeFile,
    /// The record of the election, opened
    record: PathBuf,
    /// The file to write, for `tabella tally prove --part`
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Where this machine remembers the ceremony (default: beside the trustee's secret)
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

pub(super) fn run(args: &PartArgs, ui: &Ui) -> Result<Report, Failure> {
    let mut inputs = args.trustee.inputs();
    inputs.push(&args.record);
    files::check_not_read(&[&args.out], &inputs)?;
    let me = args.trustee.open(ui)?;
    let Holder { state: _locked, trustee, .. } =
        holder(&me, args.state.as_deref(), &args.trustee.trustee, &args.record)?;
    let reader = RecordReader::new(BufReader::new(files::open(&args.record)?));
    let provable = Provable::read(reader).map_err(|error| unprovable(&args.record, &error))?;
    let tally = provable.tally().map_err(|error| unprovable(&args.record, &error))?;
    let mut rng = rng::from_os().map_err(Failure::internal)?;
    // Of a sum that it has not opened the ledger gives no part.
    let part = trustee.prove_tally(&tally, &mut rng).map_err(|error| {
        let failure = Failure::refused(
            "not-opened",
            format_args!("{}: no part is given: {error}", args.record.display()),
        );
        match error {
            TallyPartError::Refused(Refusal::NotOpened { .. }) => {
                let openers: Vec<String> = tally.openers().map(|trustee| trustee.to_string()).collect();
                failure.hint(format!(
                    "parts come from trustees whose shares are in the record: {}",
                    openers.join(", ")
                ))
            }
            _ => failure,
        }
    })?;
    write_once(&args.out, &part.to_json()).map_err(|failure| match failure.code() {
        FILE_EXISTS => failure.hint("if it is this trustee's part for this record it is as good as a new one; else name another file with --out"),
        _ => failure,
    })?;
    let election = provable.manifest().id();
    let rows = [
        ("election", election.to_string()),
        ("trustee", part.trustee().to_string()),
        ("file", args.out.display().to_string()),
    ];
    let text = format!(
        "{}\n{}Send the file to whoever proves the tally. It shows no more than the share does.\n",
        styled(GOOD, "the part in the proof of the tally was made"),
        table(&rows)
    );
    let json = json!({
        "election": election.to_string(),
        "trustee": part.trustee(),
        "path": args.out.display().to_string(),
    });
    Ok(Report::new(json, text))
}
