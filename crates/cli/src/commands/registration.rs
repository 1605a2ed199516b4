//! `tabella identity register`: the citizen's half of a registration. The registrar's stands in `registry/register.rs`.

use super::identity::IdentityFile;
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, table},
    ui::Ui,
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tabella::identity::RegistryLabel;

/// A registration to make.
#[derive(Args, Debug)]
pub(crate) struct RegisterArgs {
    #[command(flatten)]
    identity: IdentityFile,
    /// The label of the registry, as the registrar gives it out
    #[arg(long, value_name = "LABEL", value_parser = parse_label)]
    registry: RegistryLabel,
    /// The registration file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    force: bool,
}

/// The label of a registry, as an argument.
pub(crate) fn parse_label(text: &str) -> Result<RegistryLabel, String> {
    RegistryLabel::new(text).map_err(|cause| cause.to_string())
}

pub(crate) fn make(args: &RegisterArgs, ui: &Ui) -> Result<Report, Failure> {
    let RegisterArgs { identity, registry, out, force } = args;
    let existing = Existing::from_force(*force);
    files::check_output(out, existing, &identity.inputs())?;
    let identity = identity.open(ui)?;
    let mut text = identity.register(registry).to_json();
    text.push('\n');
    files::write(out, text.as_bytes(), existing, Privacy::Public)?;
    let commitment = identity.commitment().to_string();
    let rows = [
        ("registry", registry.to_string()),
        ("commitment", commitment.clone()),
        ("file", out.display().to_string()),
    ];
    let text = format!("the registration was made\n{}Give the file to the registrar.\n", table(&rows));
    Ok(Report::new(
        json!({"registry": registry.as_str(), "commitment": commitment, "path": out.display().to_string()}),
        text,
    ))
}
