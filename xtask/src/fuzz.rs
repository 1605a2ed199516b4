//! `cargo xtask fuzz`: runs one fuzz target, by cargo-fuzz on a nightly toolchain.

use crate::{failure::Failure, process::Process, repository::Repository, tools};
use std::fs;

/// What to fuzz, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The target; without it all are listed.
    target: Option<String>,
    /// Seconds to run.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// What makes programs of the targets, and the fuzzer that they are linked with.
const FEATURES: &str = "targets,libfuzzer-sys/link_libfuzzer";

/// Runs one fuzz target, or lists all.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let known = targets(repository)?;
    let Some(target) = &options.target else {
        known.iter().for_each(|name| println!("{name}"));
        return Ok(());
    };
    if !known.contains(target) {
        return Err(Failure::Unknown { name: target.clone(), known });
    }
    let seeds = ["run", "--package", "tabella-fuzz", "--bin", "seeds", "--", "fuzz/corpus"];
    repository.cargo().args(seeds).run()?;
    let tool = tools::FUZZ.find(repository, true)?;
    let corpus = format!("fuzz/corpus/{target}");
    let limit = format!("-max_total_time={}", options.seconds);
    Process::new(tool, &repository.root)
        .args(["fuzz", "run", "--fuzz-dir", "fuzz", "--features", FEATURES, target, &corpus, "--", &limit])
        .env("RUSTUP_TOOLCHAIN", "nightly")
        // The fuzzer looks at coverage, which is built into each crate.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .run()
}

/// The names of the files in `fuzz/fuzz_targets`, sorted.
fn targets(repository: &Repository) -> Result<Vec<String>, Failure> {
    let folder = repository.root.join("fuzz").join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|e| Failure::file(&folder, &e))? {
        let path = entry.map_err(|e| Failure::file(&folder, &e))?.path();
        names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
