//! One file per group of commands.

pub(crate) mod audit;
pub(crate) mod ballot;
pub(crate) mod ballot_box;
pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod election;
pub(crate) mod groth16;
pub(crate) mod identity;
pub(crate) mod manual;
#[cfg(test)]
mod own_inputs;
pub(crate) mod params;
pub(crate) mod receipt;
pub(crate) mod registration;
pub(crate) mod registry;
pub(crate) mod secret_file;
pub(crate) mod serve;
pub(crate) mod tables;
pub(crate) mod tally;
pub(crate) mod trustee;
pub(crate) mod vectors;
pub(crate) mod verify_proof;
pub(crate) mod vote;
pub(crate) mod voter;

use crate::{args::Command, error::Failure, report::Report, ui::Ui};

/// Runs one command.
pub(crate) fn run(command: Command, ui: &Ui) -> Result<Report, Failure> {
    match command {
        Command::Identity(args) => identity::run(args, ui),
        Command::Registry(args) => registry::run(args, ui),
        Command::Election(args) => election::run(args, ui),
        Command::Vote(args) => vote::run(args, ui),
        Command::Ballot(args) => ballot::run(args, ui),
        Command::Box(args) => ballot_box::run(args, ui),
        Command::Trustee(args) => trustee::run(args, ui),
        Command::Tally(args) => tally::run(&args, ui),
        Command::Audit(args) => audit::run(&args, ui),
        Command::Receipt(args) => receipt::run(args, ui),
        Command::Serve(args) => serve::run(args, ui),
        Command::Params(args) => params::run(args, ui),
        Command::VerifyProof(args) => verify_proof::run(&args),
        Command::Groth16(args) => groth16::run(args, ui),
        Command::Bench(args) => bench::run(&args, ui),
        Command::Demo(args) => demo::run(&args, ui),
        Command::Vectors(args) => vectors::run(args, ui),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}
