//! `cargo xtask bench-wasm`: this prover and arkworks' in one page, in Node and in headless Chromium, on one thread.
//!
//! Rust's target comes from rustup where it is installed; else from a second Rust beside it that has the sources of its standard
//! library, as Debian's packages `rustc-web`, `rust-web-src`, `cargo-web` and `lld-22`. Node, npm and Chromium must be there.

use crate::{failure::Failure, process::Process, repository::Repository};
use serde_json::Value;
use std::{
    env, fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

const TARGET: &str = "wasm32-unknown-unknown";
/// The modules and the flags they are built with: relaxed SIMD, and what every browser has.
const MODULES: [(&str, &str); 2] = [("relaxed", "-Ctarget-feature=+simd128,+relaxed-simd"), ("integer", "")];
/// The harness, which is copied beside its packages.
const FILES: [&str; 6] =
    ["package.json", "package-lock.json", "probe.mjs", "measure.mjs", "node.mjs", "chromium.mjs"];
/// Where Node runs, and the flags by which it knows relaxed SIMD.
const PLACES: [(&str, &str, &[&str]); 2] =
    [("Node", "node.mjs", &["--experimental-wasm-relaxed-simd"]), ("Chromium", "chromium.mjs", &[])];

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many times each prover proves.
    #[arg(long, default_value = "15")]
    rounds: NonZeroUsize,
    /// Leave the browser out.
    #[arg(long)]
    without_browser: bool,
}

/// Builds, fetches and measures.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let folder = repository.target().join("wasm");
    let source = repository.root.join("benches").join("wasm");
    let (from, to) = (repository.root.join("Cargo.lock"), source.join("Cargo.lock"));
    fs::copy(&from, &to).map_err(|e| Failure::file(&from, &e))?;
    let modules = folder.join("modules");
    for (name, flags) in MODULES {
        build(repository, &source, &folder, &modules, name, flags)?;
    }
    let harness = folder.join("harness");
    install(repository, &source.join("harness"), &harness)?;
    let artifacts = harness.join("node_modules").join("@zk-kit").join("semaphore-artifacts");
    let (zkey, wtns) = (artifacts.join("semaphore-20.zkey"), folder.join("semaphore-20.wtns"));
    Process::new("node", &harness)
        .args([Path::new("witness.mjs"), &artifacts.join("semaphore-20.wasm"), Path::new("20"), &wtns])
        .run()?;
    let rounds = options.rounds.to_string();
    for (place, script, flags) in PLACES {
        if options.without_browser && place == "Chromium" {
            continue;
        }
        for (name, _) in MODULES {
            let answer = Process::new("node", &harness)
                .args(flags)
                .args([script.as_ref(), modules.as_path(), name.as_ref(), &zkey, &wtns, rounds.as_ref()])
                .capture()?;
            let reason =
                |e: serde_json::Error| Failure::Output { command: script.into(), reason: e.to_string() };
            let answer: Value = serde_json::from_str(&answer).map_err(reason)?;
            println!("{place}, module {name}: {answer:#}");
            for line in ratios(&answer) {
                println!("  {line}");
            }
        }
    }
    Ok(())
}

/// How many times faster than arkworks, by the minima.
fn ratios(answer: &Value) -> Vec<String> {
    let kernel = answer["kernel"].as_str().unwrap_or_default();
    let ratio = |what: &str, ours: &str| {
        let minimum = |who: &str| answer[what][who]["min"].as_f64();
        let times = minimum("arkworks")? / minimum(ours)?;
        Some(format!("{what}: {times:.2}x faster than arkworks"))
    };
    [ratio("multiplication_ns", kernel), ratio("proof_ms", "tabella")].into_iter().flatten().collect()
}

/// Builds one module, and the JavaScript that loads it.
fn build(
    repository: &Repository,
    source: &Path,
    folder: &Path,
    modules: &Path,
    name: &str,
    flags: &str,
) -> Result<(), Failure> {
    let target = folder.join(name);
    let arguments =
        ["build", "--release", "--package", "tabella-wasm-kernel", "--target", TARGET, "--target-dir"];
    let cargo = if rustup_has_target(repository) {
        repository.cargo()
    } else {
        Process::new("/usr/bin/cargo", &repository.root)
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22")
            .args(["-Zbuild-std=std,panic_abort"])
    };
    let manifest = source.join("Cargo.toml");
    cargo
        .args(arguments)
        .args([&target])
        .args([Path::new("--manifest-path"), &manifest])
        .env("RUSTFLAGS", flags)
        .run()?;
    let module = target.join(TARGET).join("release").join("tabella_wasm_kernel.wasm");
    repository
        .cargo()
        .args(["run", "--quiet", "--package", "tabella-wasm-bindgen", "--target-dir"])
        .args([&folder.join("bindgen")])
        .args([Path::new("--manifest-path"), &manifest, Path::new("--"), &module, modules, Path::new(name)])
        .run()
}

/// Whether the Rust of this task has the target's standard library.
fn rustup_has_target(repository: &Repository) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Process::new(rustc, &repository.root)
        .args(["--print", "target-libdir", "--target", TARGET])
        .capture()
        .is_ok_and(|path| PathBuf::from(path.trim()).is_dir())
}

/// Installs the packages of the lock file.
fn install(repository: &Repository, source: &Path, harness: &Path) -> Result<(), Failure> {
    fs::create_dir_all(harness).map_err(|e| Failure::file(harness, &e))?;
    let witness = repository.root.join("benches").join("peers").join("snarkjs").join("witness.mjs");
    for from in FILES.iter().map(|name| source.join(name)).chain([witness]) {
        let Some(name) = from.file_name() else { continue };
        fs::copy(&from, harness.join(name)).map_err(|e| Failure::file(&from, &e))?;
    }
    Process::new("npm", harness).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).run()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ratios_are_of_minima() {
        let answer = json!({
            "kernel": "relaxed",
            "multiplication_ns": { "arkworks": { "min": 100.0 }, "relaxed": { "min": 25.0 } },
            "proof_ms": { "arkworks": { "min": 1200.0 }, "tabella": { "min": 480.0 } },
        });
        assert_eq!(
            ratios(&answer),
            ["multiplication_ns: 4.00x faster than arkworks", "proof_ms: 2.50x faster than arkworks"]
        );
        assert!(ratios(&json!({ "absent": "no" })).is_empty());
    }
}
