//! The step that checks Tabella's Semaphore proofs with Semaphore's own JavaScript, and the other way round.

use super::Context;
use crate::{failure::Failure, process::Process, summary::Ending};
use std::fs;

/// The scripts and the pinned packages.
const SOURCES: [&str; 6] =
    ["package.json", "package-lock.json", "semaphore.mjs", "prove.mjs", "verify.mjs", "witness.mjs"];

/// Installs Semaphore's packages (keys and witness programs among them, 250 MB) beside the build outputs, and runs the
/// tests of `tabella-semaphore` that need them. Skipped without Node, and where the packages cannot be had.
pub(super) fn peer(context: &Context<'_>) -> Result<Ending, Failure> {
    let repository = context.repository;
    let sources = repository.root.join("crates/semaphore/tests/peer");
    let folder = repository.target().join("semaphore-peer");
    fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, &e))?;
    let installed = folder.join("node_modules/.package-lock.json").is_file()
        && same(&sources.join("package-lock.json"), &folder.join("package-lock.json"));
    for name in SOURCES {
        let source = sources.join(name);
        fs::copy(&source, folder.join(name)).map_err(|e| Failure::file(&source, &e))?;
    }
    if !installed {
        if !context.install {
            return Ok(Ending::Skipped("Semaphore's npm packages are not installed".into()));
        }
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        if let Err(failure) = Process::new("npm", &folder).args(install).run() {
            return Ok(Ending::Skipped(format!("Semaphore's npm packages cannot be had here: {failure}")));
        }
    }
    // Of the whole workspace, for whose features everything is compiled already; circom's tests of that name want other files, and say so.
    let test = ["test", "--workspace", "--test", "ceremony", "--", "--nocapture"];
    repository.cargo().args(test).env("TABELLA_SEMAPHORE_PEER", &folder).run()?;
    Ok(Ending::Passed("proofs of Tabella verify in @semaphore-protocol/core, and its proofs here".into()))
}

/// Whether both files are there and alike.
fn same(one: &std::path::Path, other: &std::path::Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}
