//! Shapes in files.

use std::{fs, path::PathBuf};

/// Compares the description of a circuit with the pinned one, which `TABELLA_UPDATE_SHAPES=1` rewrites.
pub(crate) fn check_pinned(circuit: &str, actual: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("shapes").join(format!("{circuit}.txt"));
    if std::env::var_os("TABELLA_UPDATE_SHAPES").is_some() {
        fs::write(&file, actual).unwrap();
    }
    let pinned = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(actual, pinned, "{}: TABELLA_UPDATE_SHAPES=1 rewrites it; new keys follow", file.display());
}
