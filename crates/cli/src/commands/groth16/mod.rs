//! `tabella groth16 ..`: what users of circom and snarkjs do, with the same files.

mod export;
mod foreign;
mod inspect;
mod keys;
mod kinds;
mod prove;
mod verify;

pub(super) use keys::read_key;
pub(super) use prove::read_witness;

use crate::{error::Failure, report::Report, ui::Ui};
use clap::{Args, Subcommand};

/// Proofs of any circuit.
#[derive(Args, Debug)]
pub(crate) struct Groth16Args {
    #[command(subcommand)]
    command: Groth16Command,
}

#[derive(Debug, Subcommand)]
enum Groth16Command {
    /// Prove: from a key and a witness to proof.json and public.json, as `snarkjs groth16 prove` writes them
    Prove(prove::ProveArgs),
    /// Verify a proof, as `snarkjs groth16 verify`
    Verify(verify::VerifyArgs),
    /// Show what a .zkey, .r1cs or .wtns file holds; values of witnesses are never shown
    Inspect(inspect::InspectArgs),
    /// Write the verification key of a proving key, or the proving key in another format
    Export(export::ExportArgs),
    /// A command of snarkjs
    #[command(name = "fullprove", alias = "fullProve", hide = true)]
    FullProve(foreign::ForeignArgs),
    /// A command of snarkjs
    #[command(hide = true)]
    Setup(foreign::ForeignArgs),
}

pub(crate) fn run(args: Groth16Args, ui: &Ui) -> Result<Report, Failure> {
    match args.command {
        Groth16Command::Prove(args) => prove::run(&args, ui),
        Groth16Command::Verify(args) => verify::run(&args),
        Groth16Command::Inspect(args) => inspect::run(&args, ui),
        Groth16Command::Export(args) => export::run(&args, ui),
        Groth16Command::FullProve(args) => Err(foreign::full_prove(&args)),
        Groth16Command::Setup(_) => Err(foreign::setup()),
    }
}

/// JSON with an indent of one blank and no line end, as snarkjs writes its files, out of JSON with an indent of two.
fn as_snarkjs_writes(text: &str) -> String {
    let halved = text.lines().map(|line| {
        let content = line.trim_start_matches(' ');
        let indent = (line.len() - content.len()) / 2;
        format!("{}{content}", " ".repeat(indent))
    });
    halved.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_as_snarkjs_does() {
        let two = "{\n  \"a\": [\n    \"1\"\n  ]\n}";
        assert_eq!(as_snarkjs_writes(two), "{\n \"a\": [\n  \"1\"\n ]\n}");
    }
}
