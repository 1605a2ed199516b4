//! Registrations: citizens who prove that they have the keys of their commitments.

use super::{change::describe, open, store_failure};
use crate::{
    error::Failure,
    files,
    report::{Report, counted},
    ui::Ui,
};
use std::path::{Path, PathBuf};
use tabella::{
    identity::{IdentityCommitment, MAX_REGISTRATION_BYTES, Registration, RegistrationError, RegistryLabel},
    registry::AppendError,
    store::registry::ChangeError,
};

/// Checks all registrations, then appends their commitments, all or none.
pub(super) fn register(
    path: &Path,
    label: &RegistryLabel,
    registrations: &[PathBuf],
    ui: &Ui,
) -> Result<Report, Failure> {
    let registrations = files::json_files(registrations, "no-registrations", "registration", ui)?;
    let mut store = open(path)?;
    let count = u64::try_from(registrations.len()).unwrap_or(u64::MAX);
    let bar = ui.progress("checking registrations", Some(count));
    let mut commitments = Vec::with_capacity(registrations.len());
    for file in &registrations {
        commitments.push(check(file, label)?);
        bar.step();
    }
    drop(bar);
    let bar = ui.progress("building the tree", Some(count));
    store.append_batch(&commitments, &mut |progress| bar.fraction(progress.done, progress.total)).map_err(
        |error| match error {
            ChangeError::Refused(error) => append_failure(&registrations, &error),
            ChangeError::Store(error) => store_failure(&error),
        },
    )?;
    drop(bar);
    Ok(describe(store.registry(), &format!("registered: {}", counted(count, "citizen"))))
}

/// The commitment of a registration that is right.
fn check(file: &Path, label: &RegistryLabel) -> Result<IdentityCommitment, Failure> {
    let limit = u64::try_from(MAX_REGISTRATION_BYTES).unwrap_or(u64::MAX);
    let bytes = files::read(file, limit)?;
    let registration = Registration::from_json(&bytes)
        .map_err(|cause| files::decode_failure(file, "a registration", &cause))?;
    registration.verify(label).map_err(|error| {
        let code = match &error {
            RegistrationError::OtherRegistry { .. } => "other-registry",
            RegistrationError::NotTheKeyOfTheCommitment => "not-the-key",
            _ => "invalid-signature",
        };
        Failure::refused(code, format_args!("{}: {error}", file.display())).hint("nobody was registered")
    })
}

/// Names the file whose commitment the registry refuses.
fn append_failure(registrations: &[PathBuf], error: &AppendError) -> Failure {
    let name = |position: &u64| {
        usize::try_from(*position)
            .ok()
            .and_then(|position| registrations.get(position))
            .map_or_else(String::new, |file| file.display().to_string())
    };
    let message = match error {
        AppendError::Registered { position, index } => {
            format!("{}: the citizen is registered already, in slot {index}", name(position))
        }
        AppendError::Repeated { position, earlier } => {
            format!("{}: the same citizen as in {}", name(position), name(earlier))
        }
        AppendError::Zero { position } => format!("{}: {error}", name(position)),
        _ => error.to_string(),
    };
    Failure::refused("commitment-refused", message).hint("nobody was registered")
}
