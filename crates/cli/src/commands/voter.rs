//! Whose ballot it is: the nullifier that a voter has in an election, given or computed from her identity.

use super::identity::IdentityFile;
use crate::{
    commands::election::read_manifest,
    error::Failure,
    passphrase::PassphraseArgs,
    report::{Report, table},
    ui::{STRONG, Ui, styled},
};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tabella::{Citizen, election::Manifest, statement::Nullifier};

/// Whose ballot it must be.
#[derive(Args, Debug)]
pub(crate) struct VoterArgs {
    /// Your nullifier in this election, which only your ballots have; `identity nullifier` says it, on a machine that you trust
    #[arg(long, value_name = "N", value_parser = parse_nullifier, conflicts_with = "voter_identity")]
    nullifier: Option<Nullifier>,
    /// Your identity file, to compute the nullifier from; not as the machine that made the ballot gave it to you
    #[arg(id = "voter_identity", long = "identity", value_name = "FILE")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// A citizen and an election.
#[derive(Args, Debug)]
pub(crate) struct NullifierArgs {
    #[command(flatten)]
    identity: IdentityFile,
    /// The election's manifest
    #[arg(long, value_name = "FILE")]
    election: PathBuf,
}

fn parse_nullifier(text: &str) -> Result<Nullifier, String> {
    Nullifier::from_decimal(text)
        .map_err(|cause| format!("no nullifier, which is a decimal number below r: {cause}"))
}

impl VoterArgs {
    /// The nullifier of the voter, if she says who she is; `election` gives the manifest, if it is needed.
    pub(crate) fn nullifier(
        self,
        election: impl FnOnce() -> Result<Manifest, Failure>,
        ui: &Ui,
    ) -> Result<Option<Nullifier>, Failure> {
        match self.identity {
            Some(identity) => {
                let manifest = election()?;
                let identity = IdentityFile::new(identity, self.passphrase).open(ui)?;
                Ok(Some(Citizen::from_identity(identity).nullifier(&manifest)))
            }
            None if self.passphrase.file().is_some() => {
                Err(Failure::usage("--passphrase-file is for --identity, which is not given"))
            }
            None => Ok(self.nullifier),
        }
    }
}

/// Another voter's ballot, in that file.
pub(crate) fn other_voter(path: &Path, cause: impl std::fmt::Display) -> Failure {
    Failure::refused("other-voter", format_args!("{}: {cause}", path.display())).hint(
        "if the nullifier is yours, the machine that showed you this code showed you the ballot of somebody else, \
         and may have cast another one for you",
    )
}

/// `tabella identity nullifier`.
pub(crate) fn show(args: &NullifierArgs, ui: &Ui) -> Result<Report, Failure> {
    let manifest = read_manifest(&args.election)?;
    let citizen = Citizen::from_identity(args.identity.open(ui)?);
    let nullifier = citizen.nullifier(&manifest).to_string();
    let (commitment, election) = (citizen.commitment().to_string(), manifest.id().to_string());
    let rows = [
        ("election", election.clone()),
        ("commitment", commitment.clone()),
        ("nullifier", nullifier.clone()),
    ];
    let text = format!(
        "{}\n{}Every ballot of yours in this election has this nullifier, and no other ballot has it. Write it down if the commitment is the \
         one that you registered, and show it to nobody: it says which ballot is yours.\n",
        styled(STRONG, "your mark in the election"),
        table(&rows)
    );
    Ok(Report::new(json!({"election": election, "commitment": commitment, "nullifier": nullifier}), text))
}
