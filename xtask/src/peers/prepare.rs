//! Builds and fetches what is measured.

use super::plan::Circuit;
use crate::{failure::Failure, process::Process, repository::Repository};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// arkworks has assembly for the field, which it uses where these flags allow the instructions.
const ARK_FLAGS: &str = "-Ctarget-cpu=native";
/// Files of the folder in which snarkjs lives.
const NODE_FILES: [&str; 5] = ["package.json", "package-lock.json", "peer.mjs", "witness.mjs", "verify.mjs"];

/// Where everything lies.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The folder of built and fetched things.
    folder: PathBuf,
    /// This prover behind the line protocol.
    pub(super) ours: PathBuf,
    /// How it was built.
    pub(super) ours_build: String,
    /// ark-groth16 behind the line protocol.
    pub(super) ark: PathBuf,
    /// How it was built.
    pub(super) ark_build: String,
    /// The folder with snarkjs.
    pub(super) node_folder: PathBuf,
}

impl Prepared {
    fn artifact(&self, depth: u8, extension: &str) -> PathBuf {
        let package = self.node_folder.join("node_modules").join("@zk-kit").join("semaphore-artifacts");
        package.join(format!("semaphore-{depth}.{extension}"))
    }

    /// The key of the ceremony.
    pub(super) fn zkey(&self, circuit: &Circuit) -> PathBuf {
        self.artifact(circuit.depth, "zkey")
    }

    /// The key that verifies.
    pub(super) fn verification_key(&self, circuit: &Circuit) -> PathBuf {
        self.artifact(circuit.depth, "json")
    }

    /// The witness.
    pub(super) fn wtns(&self, circuit: &Circuit) -> PathBuf {
        self.folder.join(format!("semaphore-{}.wtns", circuit.depth))
    }
}

/// Builds the binaries, installs snarkjs and the keys of the ceremony, makes the witnesses.
pub(super) fn all(repository: &Repository, circuits: &[&Circuit]) -> Result<Prepared, Failure> {
    let folder = repository.target().join("peers");
    let prepared = Prepared {
        ours: build(repository, &folder, "peer", &[], "")?,
        ours_build: "release profile, no RUSTFLAGS: kernels are chosen at run time".into(),
        ark: build(repository, &folder, "peer-ark", &["--features", "ark"], ARK_FLAGS)?,
        ark_build: format!("release profile, fat LTO, one unit, RUSTFLAGS={ARK_FLAGS}, ark-bn254/asm"),
        node_folder: folder.join("snarkjs"),
        folder,
    };
    install(repository, &prepared.node_folder)?;
    for circuit in circuits {
        let depth = circuit.depth;
        check(&prepared.zkey(circuit), circuit.zkey)?;
        check(&prepared.artifact(depth, "wasm"), circuit.wasm)?;
        check(&prepared.verification_key(circuit), circuit.verification_key)?;
        let wtns = prepared.wtns(circuit);
        Process::new("node", &prepared.node_folder)
            .args([
                Path::new("witness.mjs"),
                &prepared.artifact(depth, "wasm"),
                Path::new(&depth.to_string()),
                &wtns,
            ])
            .run()?;
        check(&wtns, circuit.wtns)?;
    }
    Ok(prepared)
}

/// Builds one program into a folder of its own, so that flags of one never reach the other.
fn build(
    repository: &Repository,
    folder: &Path,
    program: &str,
    features: &[&str],
    flags: &str,
) -> Result<PathBuf, Failure> {
    let target = folder.join(program);
    let mut cargo = repository
        .cargo()
        .args(["build", "--release", "--package", "tabella-peers", "--bin", program])
        .args(features)
        .args([Path::new("--target-dir"), &target])
        .env("RUSTFLAGS", flags);
    if !features.is_empty() {
        cargo = cargo.env("CARGO_PROFILE_RELEASE_LTO", "fat").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    }
    cargo.run()?;
    Ok(target.join("release").join(format!("{program}{}", env::consts::EXE_SUFFIX)))
}

/// Installs the packages of the lock file, unless that is done.
fn install(repository: &Repository, folder: &Path) -> Result<(), Failure> {
    let source = repository.root.join("benches").join("peers").join("snarkjs");
    fs::create_dir_all(folder).map_err(|e| Failure::file(folder, &e))?;
    let locked = Path::new("package-lock.json");
    let fresh = fs::read(folder.join(locked)).ok() == fs::read(source.join(locked)).ok()
        && folder.join("node_modules").join(".package-lock.json").is_file();
    for name in NODE_FILES {
        let from = source.join(name);
        fs::copy(&from, folder.join(name)).map_err(|e| Failure::file(&from, &e))?;
    }
    if fresh {
        return Ok(());
    }
    Process::new("npm", folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).run()
}

/// Compares a file with its pinned SHA-256.
fn check(path: &Path, expected: &str) -> Result<(), Failure> {
    let bytes = fs::read(path).map_err(|e| Failure::file(path, &e))?;
    let actual: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if actual == expected {
        Ok(())
    } else {
        Err(Failure::file(path, &format!("its SHA-256 is {actual}, not the pinned {expected}")))
    }
}
