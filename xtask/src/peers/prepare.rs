//! Builds and fetches what is measured.

use super::plan::{Circuit, Semaphore};
use crate::{failure::Failure, process::Process, repository::Repository};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// arkworks has assembly for the field, which it uses where these flags allow the instructions.
const ARK_FLAGS: &str = "-Ctarget-cpu=native";
/// Switches arkworks' prover on.
const ARK_FEATURES: &[&str] = &["--features", "ark"];
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
    /// Makes keys and witnesses of synthetic circuits.
    synthetic: PathBuf,
    /// The folder with snarkjs.
    pub(super) node_folder: PathBuf,
}

/// Builds the binaries, and installs snarkjs and the keys of the ceremony.
pub(super) fn all(repository: &Repository) -> Result<Prepared, Failure> {
    let folder = repository.target().join("peers");
    let prepared = Prepared {
        ours: build(repository, &folder, "peer", &[], "")?,
        ours_build: "release profile, no RUSTFLAGS: kernels are chosen at run time".into(),
        ark: build(repository, &folder, "peer-ark", ARK_FEATURES, ARK_FLAGS)?,
        synthetic: build(repository, &folder, "synthetic", ARK_FEATURES, ARK_FLAGS)?,
        ark_build: format!("release profile, fat LTO, one unit, RUSTFLAGS={ARK_FLAGS}, ark-bn254/asm"),
        node_folder: folder.join("snarkjs"),
        folder,
    };
    install(repository, &prepared.node_folder)?;
    Ok(prepared)
}

impl Prepared {
    /// Semaphore's circuit: checks its files, and makes the witness.
    pub(super) fn semaphore(&self, semaphore: &Semaphore) -> Result<Circuit, Failure> {
        let depth = semaphore.depth;
        let package = self.node_folder.join("node_modules").join("@zk-kit").join("semaphore-artifacts");
        let artifact = |extension: &str| package.join(format!("semaphore-{depth}.{extension}"));
        let (zkey, wasm, verification_key) = (artifact("zkey"), artifact("wasm"), artifact("json"));
        check(&zkey, semaphore.zkey)?;
        check(&wasm, semaphore.wasm)?;
        check(&verification_key, semaphore.verification_key)?;
        let wtns = self.folder.join(format!("semaphore-{depth}.wtns"));
        Process::new("node", &self.node_folder)
            .args([Path::new("witness.mjs"), &wasm, Path::new(&depth.to_string()), &wtns])
            .run()?;
        check(&wtns, semaphore.wtns)?;
        let name = format!("Semaphore v4, depth {depth}");
        Ok(Circuit { name, constraints: semaphore.constraints, zkey, wtns, verification_key })
    }

    /// A synthetic circuit of `2^log_size` rows: makes a development key for it, which takes minutes for large ones, unless
    /// that was done before.
    pub(super) fn synthetic(&self, repository: &Repository, log_size: u8) -> Result<Circuit, Failure> {
        let file = |extension: &str| self.folder.join(format!("synthetic-{log_size}.{extension}"));
        let (zkey, wtns, verification_key) = (file("zkey"), file("wtns"), file("json"));
        if !verification_key.is_file() {
            Process::new(&self.synthetic, &repository.root)
                .args([Path::new(&log_size.to_string()), &zkey, &wtns, &verification_key])
                .run()?;
        }
        let constraints = (1usize << log_size).saturating_sub(4);
        Ok(Circuit {
            name: format!("synthetic, 2^{log_size} rows"),
            constraints,
            zkey,
            wtns,
            verification_key,
        })
    }
}

/// Builds one program into a folder of its own, so that flags of one never reach the other.
fn build(
    repository: &Repository,
    folder: &Path,
    program: &str,
    features: &[&str],
    flags: &str,
) -> Result<PathBuf, Failure> {
    // Those with the same flags share what they are built from.
    let target = folder.join(if features.is_empty() { "plain" } else { "native" });
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

/// SHA-256 of a file in hexadecimal.
pub(super) fn sha256(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|e| Failure::file(path, &e))?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compares a file with its pinned SHA-256.
fn check(path: &Path, expected: &str) -> Result<(), Failure> {
    let actual = sha256(path)?;
    if actual == expected {
        Ok(())
    } else {
        Err(Failure::file(path, &format!("its SHA-256 is {actual}, not the pinned {expected}")))
    }
}
