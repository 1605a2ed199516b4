//! `tabella trustee ..`: t of n people make the keys of secret ballots, and open the sum of the ballots.

mod convene;
mod differences;
mod folder;
mod names;
mod next;
mod open;
mod part;
mod secret;
mod share;
mod state;
mod stopped;
mod verify;

use crate::{error::Failure, report::Report, ui::Ui};
use clap::{Args, Subcommand};
use tabella::{audit::Warning, protocol::trustee::CeremonyParameters};

/// Trustees.
#[derive(Args, Debug)]
pub(crate) struct TrusteeArgs {
    #[command(subcommand)]
    command: TrusteeCommand,
}

#[derive(Debug, Subcommand)]
enum TrusteeCommand {
    /// Trustee: make the secret of a trustee, encrypted with a passphrase
    New(secret::NewArgs),
    /// Trustee: come forward with a name and public keys, for whoever convenes the ceremony
    Register(secret::RegisterArgs),
    /// Convener: begin a key ceremony of the trustees who came forward, in a new folder
    Convene(convene::ConveneArgs),
    /// Trustee: take the next step of a ceremony, or say whose package is missing; run it again until it says that the ceremony is done
    Next(next::NextArgs),
    /// Anybody: redo every check of a ceremony, show its keys and who holds them
    Verify(verify::VerifyArgs),
    /// Trustee: check the record of a closed election that is not opened yet, and give the own share of its sum
    Share(share::ShareArgs),
    /// Anybody: put trustees' shares together, open the sum, write the whole election record
    Open(open::OpenArgs),
    /// Trustee: give the own part in the proof of the tally of a sum that this trustee has opened, for `tabella tally prove`
    Part(part::PartArgs),
}

pub(crate) fn run(args: TrusteeArgs, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        TrusteeCommand::New(args) => secret::new(&args, ui),
        TrusteeCommand::Register(args) => secret::register(args, ui),
        TrusteeCommand::Convene(args) => convene::run(&args, ui),
        TrusteeCommand::Next(args) => next::run(&args, ui),
        TrusteeCommand::Verify(args) => verify::run(&args, ui),
        TrusteeCommand::Share(args) => share::run(&args, ui),
        TrusteeCommand::Open(args) => open::run(&args, ui),
        TrusteeCommand::Part(args) => part::run(&args, ui),
    }
}

/// What whoever relies on the keys of a ceremony must know.
pub(crate) fn ceremony_warnings(parameters: &CeremonyParameters) -> Vec<String> {
    match parameters.threshold() {
        1 => vec![Warning::AnyTrusteeAlone.to_string()],
        _ => Vec::new(),
    }
}
