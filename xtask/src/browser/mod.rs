//! `cargo xtask bench-browser`: the npm package, snarkjs and ark-groth16 in headless Chromium, on Semaphore's circuit of depth 20.
//!
//! The package must be built (`cargo xtask wasm`); everything else is built, installed and fetched as for `bench-wasm`.

mod contender;
mod record;

use crate::{
    failure::Failure,
    process::Process,
    repository::Repository,
    wasm::{self, Prepared},
};
use contender::{CONTENDERS, Contender};
use record::{Answer, Record};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};
use tabella_report::{conditions::Conditions, folder::Folder};

/// A record needs so many rounds.
const ROUNDS_OF_A_RECORD: usize = 15;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many times each contender proves in its open page.
    #[arg(long, default_value = "20")]
    rounds: NonZeroUsize,
    /// How many times each is visited for the first time.
    #[arg(long, default_value = "5")]
    cold_rounds: NonZeroUsize,
    /// The built npm package, if it is not where `cargo xtask wasm` puts it.
    #[arg(long)]
    package: Option<PathBuf>,
    /// Install nothing.
    #[arg(long)]
    no_install: bool,
    /// Keep the results in `benches/results/`, and not beside the build outputs.
    #[arg(long)]
    record: bool,
}

/// What the script is told.
#[derive(Debug, Serialize)]
struct Configuration<'a> {
    /// Where what is served lies, by its address.
    places: BTreeMap<&'static str, PathBuf>,
    contenders: &'a [Contender],
    rounds: usize,
    cold_rounds: usize,
}

/// Builds, fetches and measures.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let (rounds, cold_rounds) = (options.rounds.get(), options.cold_rounds.get());
    if options.record && rounds < ROUNDS_OF_A_RECORD {
        let list = vec![format!("a record needs at least {ROUNDS_OF_A_RECORD} rounds")];
        return Err(Failure::Findings { check: "bench-browser", list });
    }
    let package = options.package.clone().unwrap_or_else(|| repository.target().join("wasm").join("package"));
    if !package.join("dist").join("semaphore.js").is_file() {
        let list = vec![format!("there is no package in {}: cargo xtask wasm builds it", package.display())];
        return Err(Failure::Findings { check: "bench-browser", list });
    }
    let prepared = wasm::prepared(repository, !options.no_install)?;
    let configuration =
        Configuration { places: places(&prepared, &package), contenders: &CONTENDERS, rounds, cold_rounds };
    let file = repository.target().join("wasm").join("bench-browser.json");
    let text = serde_json::to_string(&configuration)
        .map_err(|e| Failure::Output { command: "bench-browser".into(), reason: e.to_string() })?;
    fs::write(&file, text).map_err(|e| Failure::file(&file, &e))?;

    let conditions = Conditions::before(repository.commit(), rounds);
    println!("measuring: {cold_rounds} first visits and {rounds} proofs of each contender");
    let answer =
        Process::new("node", &prepared.harness).args([Path::new("compare.mjs"), file.as_path()]).capture()?;
    let answer: Answer = serde_json::from_str(&answer)
        .map_err(|e| Failure::Output { command: "compare.mjs".into(), reason: format!("{e}: {answer}") })?;
    let record = Record::new(conditions.after(), prepared.rustc, answer)?;

    let results = repository.results(options.record, "wasm");
    let failed = |e: std::io::Error| Failure::file(&results, &e);
    let text = record.markdown();
    let folder = Folder::create(&results, record.machine(), "browser").map_err(failed)?;
    folder.write_json("results.json", &record).map_err(failed)?;
    folder.write("README.md", &text).map_err(failed)?;
    println!("\n{text}\nresults: {}", folder.path().display());
    Ok(())
}

/// What is served, by its address; whole folders where that ends with a slash.
fn places(prepared: &Prepared, package: &Path) -> BTreeMap<&'static str, PathBuf> {
    let modules = prepared.harness.join("node_modules");
    let published = |name: &str| modules.join("@zk-kit").join("semaphore-artifacts").join(name);
    BTreeMap::from([
        ("/tabella/", package.to_owned()),
        ("/kernel/", prepared.modules.clone()),
        ("/snarkjs.js", modules.join("snarkjs").join("build").join("snarkjs.min.js")),
        ("/semaphore-20.zkey", published("semaphore-20.zkey")),
        ("/semaphore-20.wasm", published("semaphore-20.wasm")),
        ("/semaphore-20.json", published("semaphore-20.json")),
        ("/semaphore-20.wtns", prepared.wtns.clone()),
    ])
}
