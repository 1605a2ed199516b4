//! What measures and checks the kernels: modules, the harness with its packages, key and witness.

use super::compiler::{Build, Compiler, Flavour, npm_folder, outputs};
use crate::{failure::Failure, process::Process, repository::Repository};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The harness, which is copied beside its packages.
const FILES: [&str; 14] = [
    "package.json",
    "package-lock.json",
    "probe.mjs",
    "check.mjs",
    "measure.mjs",
    "node.mjs",
    "chromium.mjs",
    "compare.mjs",
    "server.mjs",
    "statement.mjs",
    "page.mjs",
    "ours.mjs",
    "snarkjs.mjs",
    "arkworks.mjs",
];

/// What is measured, ready to run.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) modules: PathBuf,
    pub(crate) harness: PathBuf,
    pub(crate) zkey: PathBuf,
    pub(crate) wtns: PathBuf,
    /// The compiler of the modules.
    pub(crate) rustc: String,
}

/// Builds modules, and gets the harness' packages, the key and the witness.
pub(super) fn prepare(
    repository: &Repository,
    install: bool,
    build: Build,
    flavours: &[(&str, Flavour)],
) -> Result<Prepared, Failure> {
    let compiler = Compiler::new(repository, build)?;
    let mut modules = PathBuf::new();
    for (name, flavour) in flavours {
        modules = compiler.compile("tabella-wasm-kernel", *flavour, name, &[])?;
    }
    let source = repository.root.join("benches").join("wasm").join("harness");
    let harness = outputs(repository).join("harness");
    npm_folder(install, &source, &harness, || {
        let witness = repository.root.join("benches").join("peers").join("snarkjs").join("witness.mjs");
        for from in FILES.iter().map(|name| source.join(name)).chain([witness]) {
            let Some(name) = from.file_name() else { continue };
            fs::copy(&from, harness.join(name)).map_err(|e| Failure::file(&from, &e))?;
        }
        Ok(())
    })?;
    let artifacts = harness.join("node_modules").join("@zk-kit").join("semaphore-artifacts");
    let (zkey, wtns) = (artifacts.join("semaphore-20.zkey"), outputs(repository).join("semaphore-20.wtns"));
    Process::new("node", &harness)
        .args([Path::new("witness.mjs"), &artifacts.join("semaphore-20.wasm"), Path::new("20"), &wtns])
        .run()?;
    Ok(Prepared { modules, harness, zkey, wtns, rustc: compiler.version()? })
}
