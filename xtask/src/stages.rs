//! `cargo xtask bench-stages`: builds the command line tool, tells it its commit, and lets it measure.

use crate::{failure::Failure, repository::Repository};
use std::path::Path;

/// What is handed on.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Options of `tabella bench`, such as `--max-size 20`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

/// Measures, and keeps the record in `benches/results`.
pub(crate) fn run(repository: &Repository, options: &Options) -> Result<(), Failure> {
    let results = Path::new("benches").join("results");
    repository
        .cargo()
        .args(["run", "--release", "--package", "tabella-cli", "--", "bench", "--out"])
        .args([results])
        .args(&options.options)
        .env("TABELLA_COMMIT", repository.commit().unwrap_or_else(|| "unknown".into()))
        .run()
}
