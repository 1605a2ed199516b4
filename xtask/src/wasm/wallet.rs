//! `cargo xtask wallet`: the wallet page, which `tabella serve` serves.

use super::{
    compiler::{npm_folder, outputs, workspace},
    package::{self, copy_files},
};
use crate::{failure::Failure, process::Process, repository::Repository};
use std::path::{Path, PathBuf};

/// How the page is built.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    package: package::Options,
}

impl Options {
    /// For tests.
    pub(crate) const fn quick(install: bool) -> Self {
        Self { package: package::Options::quick(install) }
    }
}

/// Builds the package and the page; the answer is the folder with the page's files.
pub(crate) fn build(repository: &Repository, options: &Options) -> Result<PathBuf, Failure> {
    package::build(repository, &options.package)?;
    let source = workspace(repository).join("wallet");
    let folder = outputs(repository).join("wallet-build");
    npm_folder(options.package.install(), &source, &folder, || copy_files(&source, &folder))?;
    let page = outputs(repository).join("wallet");
    Process::new("npm", &folder)
        .args(["run", "build", "--", "--emptyOutDir"])
        .args([Path::new("--outDir"), &page])
        .run()?;
    println!("the wallet page: {}", page.display());
    Ok(page)
}
