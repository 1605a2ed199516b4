//! Tasks of this repository, run as `cargo xtask <task>`.
//!
//! | task | what |
//! | --- | --- |
//! | `test` | everything that must hold before a change is merged; what CI runs |
//! | `arrows` | the dependency arrows between the crates |
//! | `house` | the rules for files and manifests that no compiler checks |
//! | `bench` | the criterion suites, and records of their results |
//! | `bench-peers` | this prover and others on the same keys and witnesses, in turn |
//! | `bench-stages` | stages, sizes, memory and the floor, by `tabella bench` |
//! | `wasm` | the npm package |
//! | `wallet` | the wallet page, which `tabella serve` serves |
//! | `bench-browser` | the npm package, snarkjs and arkworks in headless Chromium |
//! | `bench-wasm` | this prover and arkworks' in one page, in Node and in Chromium |
//! | `doc` | the API documentation of all libraries |
//! | `fuzz` | one fuzz target for some seconds (needs a nightly toolchain and cargo-fuzz) |

mod bench;
mod browser;
mod checks;
mod failure;
mod fuzz;
mod metadata;
mod peers;
mod process;
mod repository;
mod stages;
mod steps;
mod summary;
mod tools;
mod wasm;

use clap::{Parser, Subcommand};
use failure::Failure;
use repository::Repository;
use std::process::ExitCode;

/// Tasks of this repository.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run every check and every test there is, installing the tools it needs.
    Test(steps::Options),
    /// Check that the dependency arrows between the crates hold.
    Arrows,
    /// Check the rules for files and manifests that no compiler checks.
    House,
    /// Run the benches, all or those whose name contains FILTER.
    Bench(bench::Options),
    /// Measure this prover beside ark-groth16, snarkjs and others, on the same keys and witnesses.
    BenchPeers(peers::Options),
    /// Measure stages, threads, sizes, memory and the floor, and keep the record.
    BenchStages(stages::Options),
    /// Build the npm package.
    Wasm(wasm::PackageOptions),
    /// Build the wallet page, which `tabella serve` serves.
    Wallet(wasm::WalletOptions),
    /// Measure this prover beside arkworks' in WASM, in Node and in headless Chromium.
    BenchWasm(wasm::Options),
    /// Measure the npm package beside snarkjs and ark-groth16 in headless Chromium.
    BenchBrowser(browser::Options),
    /// Build the documentation of all libraries; warnings are errors.
    Doc {
        /// Show it in the browser.
        #[arg(long)]
        open: bool,
    },
    /// Run one fuzz target for some time, or list them.
    Fuzz(fuzz::Options),
}

fn run(task: &Task) -> Result<(), Failure> {
    let repository = Repository::discover()?;
    match task {
        Task::Test(options) => steps::run(&repository, options),
        Task::Arrows => checks::arrows::run(&repository).map(|note| println!("{note}")),
        Task::House => checks::house::run(&repository).map(|note| println!("{note}")),
        Task::Bench(options) => bench::run(&repository, options),
        Task::BenchPeers(options) => peers::run(&repository, options),
        Task::BenchStages(options) => stages::run(&repository, options),
        Task::Wasm(options) => wasm::build_package(&repository, options).map(drop),
        Task::Wallet(options) => wasm::build_wallet(&repository, options).map(drop),
        Task::BenchWasm(options) => wasm::run(&repository, options),
        Task::BenchBrowser(options) => browser::run(&repository, options),
        Task::Doc { open } => steps::doc(&repository, *open),
        Task::Fuzz(options) => fuzz::run(&repository, options),
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
