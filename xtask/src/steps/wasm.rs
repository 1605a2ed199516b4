//! The step that holds the kernels against arkworks where they will run: in WASM.

use super::Context;
use crate::{failure::Failure, process::Process, summary::Ending, wasm};

/// Builds a module in a hurry and checks it in Node and in headless Chromium. Skipped without Node, and where the second Rust or
/// the browser is missing and cannot be installed.
pub(super) fn kernels(context: &Context<'_>) -> Result<Ending, Failure> {
    let repository = context.repository;
    if Process::new("node", &repository.root).args(["--version"]).capture().is_err() {
        return Ok(Ending::Skipped("Node is not installed".into()));
    }
    match wasm::check(repository, context.install) {
        Ok(checked) => Ok(Ending::Passed(format!("one proof and all kernels\n{}", checked.join("\n")))),
        Err(Failure::Findings { check: "wasm", list }) => Ok(Ending::Skipped(list.join("; "))),
        Err(failure) => Err(failure),
    }
}
