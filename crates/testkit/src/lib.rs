//! Known answers and their loaders, for tests only.
//!
//! `vectors/semaphore/` holds what Semaphore v4's JavaScript computed; its README names origin and versions.
//! `vectors/poseidon/` holds Poseidon of 1 to 16 inputs.

use std::path::PathBuf;

/// Folder of the known answers of Semaphore v4.
#[must_use]
pub fn semaphore_vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join("semaphore")
}

/// One file of [`semaphore_vectors`] as JSON.
///
/// # Panics
/// If the file is missing or is not JSON: both are defects of the repository.
#[must_use]
pub fn semaphore_vector(file: &str) -> serde_json::Value {
    vector(&format!("semaphore/{file}"))
}

/// One file below `vectors/` as JSON, by its path there.
///
/// # Panics
/// If the file is missing or is not JSON: both are defects of the repository.
#[must_use]
pub fn vector(path: &str) -> serde_json::Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
