//! What runs in a browser: the npm package (`cargo xtask wasm`), the wallet page (`cargo xtask wallet`), and the kernels' bench
//! (`cargo xtask bench-wasm`): this prover and arkworks' in one page, in Node and in headless Chromium, on one thread.
//!
//! Rust's target comes from rustup where it is installed with the sources of its standard library; else from a second Rust beside it, as
//! Debian's packages `rustc-web`, `rust-web-src`, `cargo-web` and `lld-22`, which are installed where that can be done, as is Chromium.
//! Node and npm must be there.

mod browser_tests;
mod compiler;
mod harness;
mod package;
mod record;
mod toolchain;
mod wallet;

use crate::{failure::Failure, process::Process, repository::Repository};
pub(crate) use browser_tests::browser_tests;
use compiler::{Build, Flavour, PLAIN_RELAXED, PLAIN_SIMD128};
pub(crate) use harness::Prepared;
pub(crate) use package::{Options as PackageOptions, build as build_package};
use record::{Cell, Record};
use serde::de::DeserializeOwned;
use std::num::NonZeroUsize;
use tabella_report::{conditions::Conditions, folder::Folder};
pub(crate) use wallet::{Options as WalletOptions, build as build_wallet};

const TARGET: &str = "wasm32-unknown-unknown";
/// The kernels' modules.
const MODULES: [(&str, Flavour); 2] = [("relaxed", PLAIN_RELAXED), ("simd128", PLAIN_SIMD128)];
/// The flag by which older Node knows relaxed SIMD; newer needs none.
const RELAXED_FLAG: &str = "--experimental-wasm-relaxed-simd";
/// A record needs so many rounds.
const ROUNDS_OF_A_RECORD: usize = 15;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many times each prover proves.
    #[arg(long, default_value = "20")]
    rounds: NonZeroUsize,
    /// Leave the browser out.
    #[arg(long)]
    without_browser: bool,
    /// Install nothing.
    #[arg(long)]
    no_install: bool,
    /// Keep the results in `benches/results/`, and not beside the build outputs.
    #[arg(long)]
    record: bool,
}

/// Where a module runs.
#[derive(Debug, Clone, Copy)]
struct Place {
    name: &'static str,
    script: &'static str,
    /// Whether Node is told to know relaxed SIMD.
    flag: bool,
    module: &'static str,
}

const PLACES: [Place; 4] = [
    Place { name: "Chromium", script: "chromium.mjs", flag: false, module: "relaxed" },
    Place {
        name: "Chromium, module without relaxed SIMD",
        script: "chromium.mjs",
        flag: false,
        module: "simd128",
    },
    Place { name: "Node, told to know relaxed SIMD", script: "node.mjs", flag: true, module: "relaxed" },
    Place { name: "Node", script: "node.mjs", flag: false, module: "simd128" },
];

impl Place {
    fn is_browser(self) -> bool {
        self.script == "chromium.mjs"
    }

    /// Runs the module: measured in so many rounds, or checked.
    fn run<T: DeserializeOwned>(self, prepared: &Prepared, rounds: Option<usize>) -> Result<T, Failure> {
        let harness = &prepared.harness;
        let mut node = Process::new("node", harness);
        if self.flag && Process::new("node", harness).args([RELAXED_FLAG, "--version"]).capture().is_ok() {
            node = node.args([RELAXED_FLAG]);
        }
        let rounds = rounds.map(|rounds| rounds.to_string()).unwrap_or_default();
        let answer = node
            .args([self.script.as_ref(), prepared.modules.as_path(), self.module.as_ref()])
            .args([prepared.zkey.as_path(), &prepared.wtns, rounds.as_ref()])
            .capture()?;
        serde_json::from_str(&answer)
            .map_err(|e| Failure::Output { command: self.script.into(), reason: format!("{e}: {answer}") })
    }
}

/// Builds, fetches and measures.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let rounds = options.rounds.get();
    if options.record && rounds < ROUNDS_OF_A_RECORD {
        let list = vec![format!("a record needs at least {ROUNDS_OF_A_RECORD} rounds")];
        return Err(Failure::Findings { check: "bench-wasm", list });
    }
    toolchain::install_missing(repository, !options.no_install, !options.without_browser)?;
    let prepared = harness::prepare(repository, !options.no_install, Build::Best, &MODULES)?;
    let conditions = Conditions::before(repository.commit(), rounds);
    let mut cells = Vec::new();
    for place in PLACES.iter().filter(|place| !(place.is_browser() && options.without_browser)) {
        println!("measuring: {}", place.name);
        let answer = place.run(&prepared, Some(rounds))?;
        cells.push(Cell::new(place.name, place.module, answer)?);
    }
    let record =
        Record { format: record::FORMAT, conditions: conditions.after(), rustc: prepared.rustc, cells };
    let results = repository.results(options.record, "wasm");
    let failed = |e: std::io::Error| Failure::file(&results, &e);
    let text = record.markdown();
    let folder = Folder::create(&results, &record.conditions.machine, "wasm").map_err(failed)?;
    folder.write_json("results.json", &record).map_err(failed)?;
    folder.write("README.md", &text).map_err(failed)?;
    println!("\n{text}\nresults: {}", folder.path().display());
    Ok(())
}

/// The kernels' modules as they are measured, with what the harness needs.
pub(crate) fn prepared(repository: &Repository, install: bool) -> Result<Prepared, Failure> {
    toolchain::install_missing(repository, install, true)?;
    harness::prepare(repository, install, Build::Best, &MODULES)
}

/// Builds the module with relaxed SIMD in a hurry, and checks it in Node and in Chromium: every kernel against arkworks, and one
/// proof. Answers what was checked.
///
/// # Errors
/// Also if something is missing that must not or cannot be installed.
pub(crate) fn check(repository: &Repository, install: bool) -> Result<Vec<String>, Failure> {
    toolchain::install_missing(repository, install, true)?;
    let prepared = harness::prepare(repository, install, Build::Quick, &[MODULES[0]])?;
    PLACES
        .iter()
        .filter(|place| place.module == MODULES[0].0)
        .map(|place| match place.run(&prepared, None)? {
            record::Checked::Here { engine, kernels } => Ok(format!("{engine}: {}", kernels.join(", "))),
            record::Checked::Absent { absent } => {
                Err(Failure::Output { command: place.script.into(), reason: absent })
            }
        })
        .collect()
}
