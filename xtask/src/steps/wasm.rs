//! The steps for what runs in a browser: kernels held against arkworks, and the package and the wallet page as people use them.

use super::Context;
use crate::{failure::Failure, process::Process, summary::Ending, wasm};

/// Builds a module in a hurry and checks it in Node and in headless Chromium. Skipped without Node, and where the second Rust or
/// the browser is missing and cannot be installed.
pub(super) fn kernels(context: &Context<'_>) -> Result<Ending, Failure> {
    unless_missing(context, |context| {
        let checked = wasm::check(context.repository, context.install)?;
        Ok(format!("one proof and all kernels\n{}", checked.join("\n")))
    })
}

/// Builds the npm package and the wallet page in a hurry; then the package in Node and in a newcomer's project, and the page in headless
/// Chromium against `tabella serve`. Skipped as [`kernels`].
pub(super) fn browser(context: &Context<'_>) -> Result<Ending, Failure> {
    unless_missing(context, |context| wasm::browser_tests(context.repository, context.install))
}

fn unless_missing(
    context: &Context<'_>,
    check: impl FnOnce(&Context<'_>) -> Result<String, Failure>,
) -> Result<Ending, Failure> {
    let here =
        |program| Process::new(program, &context.repository.root).args(["--version"]).capture().is_ok();
    if !here("node") || !here("npm") {
        return Ok(Ending::Skipped("Node or npm is not installed".into()));
    }
    match check(context) {
        Ok(note) => Ok(Ending::Passed(note)),
        Err(Failure::Findings { check: "wasm", list }) => Ok(Ending::Skipped(list.join("; "))),
        Err(failure) => Err(failure),
    }
}
