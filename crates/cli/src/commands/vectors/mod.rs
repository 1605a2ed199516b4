//! `tabella vectors check DIR`: recomputes a folder of known answers in Semaphore v4's format.
//!
//! Anyone who re-implements Tabella, or checks it, can make such a folder. Proofs are verified; everything else is
//! reproduced exactly. What JavaScript accepts sloppily and Tabella refuses counts as right when it is refused.

mod checker;
mod group_ops;
mod groups;
mod hashing;
mod identities;
mod keys;
mod library;
mod nullifiers;
mod poseidon;
mod proofs;
mod sloppy;

use crate::{
    error::Failure,
    files,
    report::Report,
    text::printable,
    ui::{BAD, FAINT, GOOD, STRONG, Ui, styled},
};
use checker::Checker;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
pub(crate) use sloppy::MODULUS;
use std::path::{Path, PathBuf};

/// Known answers.
#[derive(Args, Debug)]
pub(crate) struct VectorsArgs {
    #[command(subcommand)]
    command: VectorsCommand,
}

#[derive(Subcommand, Debug)]
enum VectorsCommand {
    /// Recompute every known answer in a folder; the last line is `N passed, N failed`
    ///
    /// Any subset of identities.json, poseidon.json, groups.json, group_ops.json, hashing.json, nullifiers.json,
    /// proofs.json and verification_keys.json, with any number of entries. Proofs are verified with the keys of the
    /// folder, else with the keys that Semaphore publishes (depths 1 to 32). Exit code 1 if any answer fails.
    Check {
        /// Folder with the files
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// Largest file of known answers (bytes).
const LIMIT: u64 = 256 << 20;

/// A function that checks one file.
type Check = fn(&mut Checker, &Map<String, Value>, &Folder);

/// Every file that is understood, in the order in which they are checked.
const FILES: [(&str, Check); 8] = [
    ("poseidon.json", poseidon::check),
    ("hashing.json", hashing::check),
    ("identities.json", identities::check),
    ("nullifiers.json", nullifiers::check),
    ("groups.json", groups::check),
    ("group_ops.json", group_ops::check),
    ("verification_keys.json", keys::check),
    ("proofs.json", proofs::check),
];

/// What one file may need of another.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// `verification_keys.json`, if it is there and is an object.
    pub(crate) keys: Option<Map<String, Value>>,
    /// `groups.json`, if it is there and is an object.
    pub(crate) groups: Option<Map<String, Value>>,
}

pub(crate) fn run(args: VectorsArgs, ui: &Ui) -> Result<Report, Failure> {
    let VectorsCommand::Check { folder } = args.command;
    let checker = check_folder(&folder, ui)?;
    let (json, mut text) = describe(&checker);
    let failed = checker.failures.len();
    let verdict = format!("{} passed, {failed} failed", checker.passed);
    if failed == 0 {
        text.push_str(&verdict);
        return Ok(Report::new(json, text));
    }
    text.push_str(&verdict);
    Err(Failure::refused("vectors-failed", format_args!("{failed} known answers are not met"))
        .with_data(json)
        .with_text(text))
}

fn describe(checker: &Checker) -> (Value, String) {
    let mut text = String::new();
    for failure in &checker.failures {
        text.push_str(&format!(
            "{} {} {}\n  expected {}\n  found    {}\n",
            styled(BAD, "FAILED"),
            printable(&failure.file),
            styled(STRONG, &failure.entry),
            printable(&failure.expected),
            printable(&failure.found),
        ));
    }
    for note in &checker.notes {
        text.push_str(&format!("{}\n", styled(FAINT, format_args!("note: {note}"))));
    }
    for (what, count) in &checker.skipped {
        text.push_str(&format!("{}\n", styled(FAINT, format_args!("not checked ({count}x): {what}"))));
    }
    if checker.failures.is_empty() {
        text.push_str(&format!("{}\n", styled(GOOD, "every answer is met")));
    }
    let failures: Vec<Value> = checker
        .failures
        .iter()
        .map(|f| json!({"file": f.file, "entry": f.entry, "expected": f.expected, "found": f.found}))
        .collect();
    let json = json!({
        "passed": checker.passed,
        "failed": checker.failures.len(),
        "failures": failures,
        "skipped": checker.skipped,
        "notes": checker.notes,
    });
    (json, text)
}

fn check_folder(folder: &Path, ui: &Ui) -> Result<Checker, Failure> {
    let mut checker = Checker::default();
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| Failure::io("read", folder, &e))? {
        let entry = entry.map_err(|e| Failure::io("read", folder, &e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let known = |name: &str| FILES.iter().any(|(file, _)| *file == name);
    for name in names.iter().filter(|name| !known(name)) {
        checker
            .notes
            .push(format!("{name} is not a file of known answers that is understood; it was not read"));
    }
    if !names.iter().any(|name| known(name)) {
        return Err(Failure::bad_input(
            "no-vectors",
            format_args!("there is no file of known answers in {}", folder.display()),
        )
        .hint(format!("the files are {}", FILES.map(|(file, _)| file).join(", "))));
    }

    let present: Vec<_> = FILES.iter().filter(|(file, _)| names.iter().any(|name| name == file)).collect();
    let mut contents = Vec::new();
    let mut shared = Folder::default();
    for (file, check) in present {
        match read(&folder.join(file)) {
            Ok(object) => {
                match *file {
                    "verification_keys.json" => shared.keys = Some(object.clone()),
                    "groups.json" => shared.groups = Some(object.clone()),
                    _ => {}
                }
                contents.push((*file, check, object));
            }
            Err(cause) => checker.at(file, "").fail("a JSON object", cause),
        }
    }
    let bar = ui.progress("checking known answers", u64::try_from(contents.len()).ok());
    for (file, check, object) in &contents {
        let before = checker.passed + u64::try_from(checker.failures.len()).unwrap_or(u64::MAX);
        check(&mut checker, object, &shared);
        let after = checker.passed + u64::try_from(checker.failures.len()).unwrap_or(u64::MAX);
        if before == after {
            checker.at(file, "").fail("at least one known answer", "none");
        }
        bar.step();
    }
    Ok(checker)
}

/// The object of one file, or one line on why there is none.
fn read(path: &Path) -> Result<Map<String, Value>, String> {
    let bytes = files::read(path, LIMIT).map_err(|failure| failure.message().to_owned())?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("JSON that is not an object".into()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
