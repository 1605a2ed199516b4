//! The command line: global options and the list of commands.

use crate::{
    commands::{
        audit::AuditArgs,
        ballot::BallotArgs,
        ballot_box::BoxArgs,
        bench::BenchArgs,
        demo::DemoArgs,
        election::ElectionArgs,
        groth16::Groth16Args,
        identity::IdentityArgs,
        manual::{CompletionsArgs, ManArgs},
        params::ParamsArgs,
        receipt::ReceiptArgs,
        registry::RegistryArgs,
        serve::ServeArgs,
        tally::TallyArgs,
        trustee::TrusteeArgs,
        vectors::VectorsArgs,
        verify_proof::VerifyProofArgs,
        vote::VoteArgs,
    },
    error::EXIT_CODES,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;

/// Anonymous elections: identities, a registry, ballots that prove their right to vote, a tally that anybody can check
///
/// Registrar, citizen, clerk and auditor can be four people on four machines: each command works on files that the one
/// before has made. Ballots are open (anybody sees what was chosen, nobody who chose it) or secret (trustees open their sum and nothing
/// else). `tabella demo` shows a whole election of the first kind, `tabella demo --secret` one of the second.
#[derive(Debug, Parser)]
#[command(name = "tabella", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Print one JSON object on standard output, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress bars and no notes on standard error
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Colours: on a terminal unless NO_COLOR is set, always, or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// Reads a number of things of which there is at least one.
pub(crate) fn parse_positive(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is not a number from 1 on".to_owned())
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Citizen: make, recover, show, move an identity; sign and verify with it
    Identity(IdentityArgs),
    /// Registrar: keep the tree of identity commitments
    Registry(RegistryArgs),
    /// Clerk: create an election, show it
    Election(ElectionArgs),
    /// Citizen: make a ballot that proves the right to vote and hides who votes
    Vote(VoteArgs),
    /// Citizen: a sealed secret ballot: cast it, or challenge the machine that made it
    Ballot(BallotArgs),
    /// Clerk: open a ballot box, check and accept ballots, close it, export the election record
    Box(BoxArgs),
    /// Trustee: make the keys of secret ballots together with others, open the sum of the ballots together
    Trustee(TrusteeArgs),
    /// Anybody: count an election record
    Tally(TallyArgs),
    /// Auditor: redo every check of an election record, name the first fault
    Audit(AuditArgs),
    /// Citizen: check that a ballot stands in the election record, by its receipt or tracking code
    Receipt(ReceiptArgs),
    /// A voting site on this machine: the wallet, a ballot box over HTTP; a rehearsal unless elections are given
    Serve(ServeArgs),
    /// Keys of the circuits: list, show, make, check
    Params(ParamsArgs),
    /// Verify a Semaphore v4 proof with Semaphore's published keys or with a given one
    VerifyProof(VerifyProofArgs),
    /// Proofs of any circuit, with the files of circom and snarkjs
    Groth16(Groth16Args),
    /// Measure the prover on this machine: stages, threads, sizes, memory, and the floor
    Bench(BenchArgs),
    /// A whole anonymous election on this machine, step by step, with its attempts at fraud; with --secret one with secret ballots
    Demo(DemoArgs),
    /// Known answers: recompute a folder of them
    Vectors(VectorsArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print or write the manual pages
    Man(ManArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
