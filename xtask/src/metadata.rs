//! The part of `cargo metadata` that the tasks read.

use crate::failure::Failure;
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

/// The workspace, as `cargo metadata --no-deps` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// The members of the workspace.
    pub(crate) packages: Vec<Package>,
    /// The folder of build outputs.
    pub(crate) target_directory: PathBuf,
}

/// One member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its manifest.
    pub(crate) manifest_path: PathBuf,
    /// What it imports.
    pub(crate) dependencies: Vec<Dependency>,
    /// Its features and what each enables.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// Its libraries, binaries and benches.
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

/// One import.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The package imported.
    pub(crate) name: String,
    /// `dev`, `build`, or none for a normal one.
    pub(crate) kind: Option<String>,
    /// Whether only a feature switches it on.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// One thing that cargo builds.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// `lib`, `bin`, `bench`, `test`, ...
    pub(crate) kind: Vec<String>,
    /// Its root file.
    pub(crate) src_path: PathBuf,
}

impl Metadata {
    /// Reads what `cargo metadata --format-version=1` prints.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text)
            .map_err(|e| Failure::Output { command: "cargo metadata".into(), reason: e.to_string() })
    }
}
