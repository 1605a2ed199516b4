//! Steps that read the sources: format, lints, documentation, and our own checks.

use super::Context;
use crate::{checks, failure::Failure, repository::Repository, summary::Ending};

/// The sources are as rustfmt writes them.
pub(super) fn fmt(context: &Context<'_>) -> Result<Ending, Failure> {
    context.repository.cargo().args(["fmt", "--all", "--", "--check"]).run()?;
    Ok(Ending::Passed(String::new()))
}

/// The dependency arrows hold.
pub(super) fn arrows(context: &Context<'_>) -> Result<Ending, Failure> {
    checks::arrows::run(context.repository).map(Ending::Passed)
}

/// The rules of the house hold.
pub(super) fn house(context: &Context<'_>) -> Result<Ending, Failure> {
    checks::house::run(context.repository).map(Ending::Passed)
}

/// No lint is broken, in libraries, binaries, tests, benches and fuzz targets.
pub(super) fn clippy(context: &Context<'_>) -> Result<Ending, Failure> {
    let all = ["--workspace", "--all-targets", "--features", "tabella-fuzz/targets"];
    context.repository.cargo().args(["clippy"]).args(all).args(["--", "-D", "warnings"]).run()?;
    Ok(Ending::Passed("all targets, benches and fuzzing included".into()))
}

/// The documentation builds without a warning.
pub(super) fn documentation(context: &Context<'_>) -> Result<Ending, Failure> {
    build_documentation(context.repository)?;
    Ok(Ending::Passed("all libraries".into()))
}

/// Builds the documentation of all libraries; a warning is an error.
pub(super) fn build_documentation(repository: &Repository) -> Result<(), Failure> {
    // Libraries only: the command line tool has the name of the facade and would overwrite its pages.
    let cargo = repository.cargo().args(["doc", "--workspace", "--lib", "--no-deps"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings").run()
}

/// The steps before changed no file of the repository, and left none behind.
pub(super) fn clean(context: &Context<'_>) -> Result<Ending, Failure> {
    let (Some(before), Some(after)) = (&context.status, context.repository.status()?) else {
        return Ok(Ending::Skipped("this is no git checkout".into()));
    };
    let list: Vec<String> = after.iter().filter(|line| !before.contains(line)).cloned().collect();
    if !list.is_empty() {
        return Err(Failure::Findings { check: "clean", list });
    }
    Ok(Ending::Passed(if before.is_empty() {
        "clean tree".into()
    } else {
        "nothing changed by the tests".into()
    }))
}
