//! What a registry says of itself, and what it gives to others.

use super::{ExportFormat, PathFile, Who, change, open, read_registry, store_failure};
use crate::{
    error::Failure,
    files::{self, Existing, Privacy},
    report::{Report, counted, thousands},
    ui::{GOOD, Ui, styled},
};
use serde_json::{Value, json};
use std::{io::Write, path::Path};
use tabella::registry::Change;

pub(super) fn root(path: &Path, ui: &Ui) -> Result<Report, Failure> {
    let registry = read_registry(path, ui)?;
    Ok(change::describe(&registry, &path.display().to_string()))
}

pub(super) fn path(path: &Path, who: &Who, out: &Path, force: bool, ui: &Ui) -> Result<Report, Failure> {
    let existing = Existing::from_force(force);
    files::check_output(out, existing, &[path])?;
    let registry = read_registry(path, ui)?;
    let slot = change::slot(&registry, who)?;
    let commitment = registry.commitment(slot).ok_or_else(|| {
        Failure::refused("no-such-slot", format_args!("there is no citizen in slot {slot}"))
    })?;
    let file = PathFile::new(&registry, commitment)
        .ok_or_else(|| Failure::refused("not-registered", "the citizen is not in the registry"))?;
    let text = serde_json::to_string_pretty(&file).map_err(Failure::internal)?;
    files::write(out, text.as_bytes(), existing, Privacy::Secret)?;
    ui.note("a path names its citizen: whoever asks for one tells whom they are; a whole snapshot does not");
    let json = json!({"commitment": commitment, "slot": slot, "root": registry.root(), "path": out.display().to_string()});
    Ok(Report::new(json, format!("the membership path of slot {slot} is in {}", out.display())))
}

pub(super) fn export(
    path: &Path,
    out: &Path,
    format: ExportFormat,
    force: bool,
    ui: &Ui,
) -> Result<Report, Failure> {
    let existing = Existing::from_force(force);
    files::check_output(out, existing, &[path])?;
    let registry = read_registry(path, ui)?;
    let bar = ui.progress("writing", None);
    files::write_with(out, existing, Privacy::Public, |file| {
        match format {
            ExportFormat::Snapshot => registry.write_snapshot(&mut *file)?,
            ExportFormat::Semaphore => registry.write_group_json(&mut *file)?,
            ExportFormat::Csv => registry.write_csv(&mut *file)?,
        }
        file.flush()
    })?;
    drop(bar);
    let mut report = change::describe(&registry, &format!("the registry was written to {}", out.display()));
    if let Value::Object(members) = &mut report.json {
        members.insert("path".into(), out.display().to_string().into());
    }
    Ok(report)
}

pub(super) fn history(path: &Path, last: usize) -> Result<Report, Failure> {
    let store = open(path)?;
    let records = store.registry().history().records();
    let shown = records.get(records.len().saturating_sub(last)..).unwrap_or_default();
    let mut text = format!("{}\n", counted(u64::try_from(records.len()).unwrap_or(u64::MAX), "state"));
    for record in shown {
        let change = match record.change {
            Change::Appended { count } => format!("{} appended", thousands(count)),
            Change::Updated { index } => format!("slot {index} updated"),
            Change::Removed { index } => format!("slot {index} removed"),
            Change::Imported => "imported".to_owned(),
            _ => "changed".to_owned(),
        };
        let root = record.root.map_or_else(|| "no root".to_owned(), |root| root.to_string());
        text.push_str(&format!(
            "{:>6}  {:>10}  {change:<24} {root}\n",
            record.sequence,
            counted(record.size, "slot")
        ));
    }
    let json = json!({
        "states": records.len(),
        "history": serde_json::to_value(shown).map_err(Failure::internal)?,
    });
    Ok(Report::new(json, text))
}

pub(super) fn check(path: &Path, ui: &Ui) -> Result<Report, Failure> {
    let store = open(path)?;
    let bar = ui.progress("recomputing the tree", Some(store.registry().size()));
    store
        .verify(&mut |progress| bar.fraction(progress.done, progress.total))
        .map_err(|error| store_failure(&error))?;
    drop(bar);
    Ok(change::describe(store.registry(), &styled(GOOD, "every node of the tree is right")))
}
