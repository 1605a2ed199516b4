//! Lists of commitments and Semaphore groups.

use super::{ListFormat, change::describe, open, source, store_failure};
use crate::{
    error::Failure,
    files,
    report::{Report, counted},
    ui::Ui,
};
use std::{io::Read, path::Path};
use tabella::{
    registry::{ImportBatch, ImportCause, ImportError, Registry},
    store::registry::{ChangeError, RegistryStore},
};

/// What is read here, in a sentence.
const LIST: &str = "a list of commitments";

pub(super) fn list(path: &Path, list: &Path, format: Option<ListFormat>, ui: &Ui) -> Result<Report, Failure> {
    let file = files::open(list)?;
    let total = file.metadata().ok().map(|metadata| metadata.len());
    let batch = read_list(list, file, total, format, ui)?;
    let mut store = match path.try_exists() {
        Ok(false) => RegistryStore::create(path).map_err(|error| store_failure(&error))?,
        _ => open(path)?,
    };
    let count = u64::try_from(batch.commitments().len()).unwrap_or(u64::MAX);
    let bar = ui.progress("building the tree", Some(count));
    let added = store
        .import_batch(&batch, &mut |progress| bar.fraction(progress.done, progress.total))
        .map_err(|error| match error {
            ChangeError::Refused(error) => import_failure(list, &error),
            ChangeError::Store(error) => store_failure(&error),
        })?;
    drop(bar);
    Ok(describe(store.registry(), &format!("imported: {}", counted(added, "citizen"))))
}

/// Reads a whole list of `total` bytes, if that is known: 40 bytes of memory per citizen.
pub(super) fn read_list(
    list: &Path,
    file: impl Read,
    total: Option<u64>,
    format: Option<ListFormat>,
    ui: &Ui,
) -> Result<ImportBatch, Failure> {
    let bar = ui.progress("reading the list", total);
    let reader = source::Counting::new(file, &bar);
    let batch = match format.unwrap_or_else(|| guess(list)) {
        ListFormat::Csv => ImportBatch::collect(tabella::registry::CsvCommitments::new(reader)),
        ListFormat::Jsonl => ImportBatch::collect(tabella::registry::JsonLinesCommitments::new(reader)),
    };
    batch.map_err(|error| import_failure(list, &error))
}

fn guess(list: &Path) -> ListFormat {
    match list.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson" | "json") => ListFormat::Jsonl,
        _ => ListFormat::Csv,
    }
}

fn import_failure(list: &Path, error: &ImportError) -> Failure {
    let message = format!("{}: {error}", list.display());
    match error.cause {
        ImportCause::Io(kind) => Failure::io("read", list, &kind.into()),
        ImportCause::Registered { .. } | ImportCause::Full => Failure::refused("commitment-refused", message),
        _ if files::OwnFile::instead_of(LIST, list).is_some() => files::not_this(list, LIST, error),
        _ => Failure::bad_input("malformed-list", message).hint("nothing of the list was imported"),
    }
}

pub(super) fn semaphore(path: &Path, group: &Path, ui: &Ui) -> Result<Report, Failure> {
    let registry = read_group(group, files::open(group)?, ui)?;
    let store = RegistryStore::create_with(path, registry).map_err(|error| store_failure(&error))?;
    Ok(describe(store.registry(), "the group was imported"))
}

/// Reads the JSON of a Semaphore group.
pub(super) fn read_group(group: &Path, file: impl Read, ui: &Ui) -> Result<Registry, Failure> {
    let bar = ui.progress("reading the group", None);
    Registry::read_group_json(file, &mut |progress| bar.set(progress.done))
        .map_err(|error| Failure::malformed(group, "a Semaphore group", error))
}
