//! `tabella trustee verify`: redoes every check of a ceremony.

use super::{
    ceremony_warnings,
    names::{Names, NamesArgs},
    secret::{keys_json, point_json},
};
use crate::{
    error::Failure,
    files,
    report::{Report, table},
    ui::{GOOD, Ui, styled, warning_lines},
};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tabella::{
    primitives::digest::Digest,
    protocol::trustee::{CeremonyRecord, KeyCeremony, MAX_CEREMONY_BYTES, TrusteeIndex},
};

/// A ceremony to check.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// The record of the ceremony: `ceremony.json` in its folder
    ceremony: PathBuf,
    /// The transcript that it must have, 64 hexadecimal digits, as trustees or an election publish it
    #[arg(long)]
    transcript: Option<String>,
    #[command(flatten)]
    names: NamesArgs,
}

pub(super) fn run(args: &VerifyArgs, ui: &Ui) -> Result<Report, Failure> {
    let expected = args
        .transcript
        .as_deref()
        .map(|text| Digest::from_hex(text).map_err(|cause| Failure::usage(format!("--transcript: {cause}"))))
        .transpose()?;
    let record = read_record(&args.ceremony)?;
    let names = args.names.read(record.parameters(), ui)?;
    let bar = ui.progress("checking the ceremony", None);
    let ceremony = record.verify().map_err(|error| {
        Failure::refused("ceremony-faulty", format_args!("{}: {error}", args.ceremony.display()))
            .with_data(json!({"culprits": names.json_list(error.culprits())}))
    })?;
    drop(bar);
    if let Some(expected) = expected.filter(|expected| expected != ceremony.transcript()) {
        return Err(Failure::refused(
            "other-transcript",
            format_args!("the transcript is {}, not {expected}", ceremony.transcript()),
        )
        .hint("the file is the record of another ceremony: ask the trustees which of the two is theirs"));
    }
    let text =
        format!("{}\n{}", styled(GOOD, "every check of the ceremony holds"), describe(&ceremony, &names));
    Ok(Report::new(to_json(&ceremony, &names), text))
}

/// Reads the record of a ceremony, unchecked.
fn read_record(path: &Path) -> Result<CeremonyRecord, Failure> {
    let limit = u64::try_from(MAX_CEREMONY_BYTES).unwrap_or(u64::MAX);
    let bytes = files::read(path, limit).map_err(|failure| match failure.code() {
        "not-found" => {
            failure.hint("the last step of `tabella trustee next` writes it when the ceremony is done")
        }
        _ => failure,
    })?;
    CeremonyRecord::from_json(&bytes)
        .map_err(|cause| files::decode_failure(path, "the record of a key ceremony", &cause))
}

/// What came out of a ceremony, for people.
pub(super) fn describe(ceremony: &KeyCeremony, names: &Names) -> String {
    let parameters = ceremony.parameters();
    let (holders, all) = (ceremony.qualified().len(), parameters.indices().count());
    let excluded = match all - holders {
        0 => String::new(),
        excluded => format!(" who hold shares; {excluded} of {all} excluded"),
    };
    let mut text = table(&[
        ("session", ceremony.session().to_string()),
        ("transcript", ceremony.transcript().to_string()),
        ("threshold", format!("{} of {holders}{excluded}", parameters.threshold())),
        ("options", parameters.slots().to_string()),
    ]);
    for trustee in parameters.indices() {
        let who = names.show(trustee);
        let lines = faults(ceremony, trustee);
        match lines.as_slice() {
            [] => text.push_str(&format!("  {who} holds a share\n")),
            faults => text.push_str(&format!("  {who} was excluded: {}\n", faults.join("; "))),
        }
    }
    text.push_str(&warning_lines(&ceremony_warnings(parameters)));
    text.push_str("Publish the transcript: who has it knows that a copy of the ceremony is the same.\n");
    text
}

fn faults(ceremony: &KeyCeremony, trustee: TrusteeIndex) -> Vec<String> {
    let of = ceremony.blames().iter().filter(|blame| blame.culprit == trustee);
    of.map(|blame| blame.fault.to_string()).collect()
}

fn to_json(ceremony: &KeyCeremony, names: &Names) -> Value {
    let parameters = ceremony.parameters();
    let trustee = |(trustee, keys)| {
        let mut json = names.json(trustee);
        if let Value::Object(members) = &mut json {
            members.insert("keys".into(), keys_json(keys));
            members.insert("holds_share".into(), ceremony.qualified().contains(&trustee).into());
            members.insert("faults".into(), faults(ceremony, trustee).into());
        }
        json
    };
    json!({
        "valid": true,
        "session": ceremony.session().to_string(),
        "transcript": ceremony.transcript().to_string(),
        "threshold": parameters.threshold(),
        "options": parameters.slots(),
        "keys": ceremony.key().points().iter().map(point_json).collect::<Value>(),
        "warnings": ceremony_warnings(parameters),
        "trustees": parameters.indices().zip(parameters.trustees()).map(trustee).collect::<Value>(),
    })
}
