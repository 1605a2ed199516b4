//! The tests of package and page: Node's test runner, with a real Chromium and the real program.

use super::{
    compiler::{npm_folder, outputs, workspace},
    package::copy_files,
    toolchain,
    wallet::{self, Options},
};
use crate::{failure::Failure, process::Process, repository::Repository};

/// Builds what is tested, and tests it; the answer is the runner's closing line.
pub(crate) fn browser_tests(repository: &Repository, install: bool) -> Result<String, Failure> {
    toolchain::install_missing(repository, install, true)?;
    let page = wallet::build(repository, &Options::quick(install))?;
    let program = repository.program()?;

    let source = workspace(repository).join("tests");
    let folder = outputs(repository).join("tests");
    npm_folder(install, &source, &folder, || copy_files(&source, &folder))?;
    let (said, ended) = Process::new("node", &folder)
        .args(["run.mjs"])
        .env("TABELLA", program)
        .env("PACKAGE", outputs(repository).join("package"))
        .env("SITE", page)
        .env("VECTORS", repository.root.join("crates/testkit/vectors"))
        .env("SCREENSHOTS", outputs(repository).join("screenshots"))
        .tee(None);
    ended?;
    let closing = said.stdout.into_iter().rev().find(|line| line.starts_with("browser: "));
    closing.ok_or_else(|| Failure::Output {
        command: "run.mjs".into(),
        reason: "it did not end with its line of counts".into(),
    })
}
