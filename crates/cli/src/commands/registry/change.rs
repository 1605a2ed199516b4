//! Changes by the registrar.

use super::{Who, open, store_failure};
use crate::{
    error::Failure,
    report::{Report, counted, table, thousands},
    ui::Ui,
};
use serde_json::json;
use std::path::Path;
use tabella::{
    identity::IdentityCommitment,
    registry::{Registry, RemoveError, UpdateError},
    store::registry::{ChangeError, RegistryStore},
};

pub(super) fn new(path: &Path) -> Result<Report, Failure> {
    let store = RegistryStore::create(path).map_err(|error| store_failure(&error))?;
    Ok(describe(store.registry(), "an empty registry was made"))
}

pub(super) fn add(path: &Path, commitments: &[IdentityCommitment], ui: &Ui) -> Result<Report, Failure> {
    let mut store = open(path)?;
    let bar = ui.progress("appending", None);
    store.append_batch(commitments, &mut |progress| bar.set(progress.done)).map_err(|error| match error {
        ChangeError::Refused(error) => Failure::refused("commitment-refused", error),
        ChangeError::Store(error) => store_failure(&error),
    })?;
    drop(bar);
    Ok(describe(
        store.registry(),
        &format!("appended: {}", counted(u64::try_from(commitments.len()).unwrap_or(u64::MAX), "citizen")),
    ))
}

pub(super) fn remove(path: &Path, who: &Who) -> Result<Report, Failure> {
    let mut store = open(path)?;
    let slot = slot(store.registry(), who)?;
    store.remove(slot).map_err(|error| match error {
        ChangeError::Refused(error @ RemoveError::OutOfRange { .. }) => {
            Failure::refused("no-such-slot", error)
        }
        ChangeError::Refused(error) => Failure::refused("already-removed", error),
        ChangeError::Store(error) => store_failure(&error),
    })?;
    Ok(describe(store.registry(), &format!("the citizen in slot {slot} was removed")))
}

pub(super) fn update(path: &Path, who: &Who, to: IdentityCommitment) -> Result<Report, Failure> {
    let mut store = open(path)?;
    let slot = slot(store.registry(), who)?;
    store.update(slot, to).map_err(|error| match error {
        ChangeError::Refused(error @ UpdateError::OutOfRange { .. }) => {
            Failure::refused("no-such-slot", error)
        }
        ChangeError::Refused(error @ UpdateError::Removed { .. }) => {
            Failure::refused("already-removed", error)
        }
        ChangeError::Refused(error) => Failure::refused("commitment-refused", error),
        ChangeError::Store(error) => store_failure(&error),
    })?;
    Ok(describe(store.registry(), &format!("the citizen in slot {slot} has another commitment")))
}

/// The slot of a citizen.
pub(super) fn slot(registry: &Registry, who: &Who) -> Result<u64, Failure> {
    match (who.slot, &who.commitment) {
        (Some(slot), _) => Ok(slot),
        (None, Some(commitment)) => registry.index_of(commitment).ok_or_else(|| {
            Failure::refused("not-registered", format_args!("commitment {commitment} is not in the registry"))
        }),
        (None, None) => Err(Failure::usage("--slot or --commitment is needed")),
    }
}

/// Root, size and depth.
pub(super) fn describe(registry: &Registry, what: &str) -> Report {
    let root = registry.root().map(|root| root.to_string());
    let text = format!(
        "{what}\n{}",
        table(&[
            ("root", root.clone().unwrap_or_else(|| "none: nobody is registered".into())),
            ("citizens", thousands(registry.citizen_count())),
            ("slots", thousands(registry.size())),
            ("depth", registry.depth().to_string()),
            ("state", registry.history().sequence().to_string()),
        ])
    );
    let json = json!({
        "root": root,
        "citizens": registry.citizen_count(),
        "size": registry.size(),
        "depth": registry.depth(),
        "sequence": registry.history().sequence(),
    });
    Report::new(json, text)
}
