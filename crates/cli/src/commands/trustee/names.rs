//! Trustees by number and name.

use super::folder::{Content, content_of};
use crate::{error::Failure, files, text::printable, ui::Ui};
use clap::Args;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    slice,
};
use tabella::protocol::trustee::{
    Blame, CeremonyParameters, MAX_TRUSTEE_REGISTRATION_BYTES, TrusteeIndex, TrusteeName, TrusteeRegistration,
};

/// Where names come from.
#[derive(Args, Debug)]
pub(super) struct NamesArgs {
    /// Registrations of the trustees, or the folder of the ceremony: names are shown beside numbers
    #[arg(long, value_name = "PATH")]
    names: Vec<PathBuf>,
}

impl NamesArgs {
    /// Files and folders that are read.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.names
    }

    /// The names of the trustees of a ceremony. A file that is named must be a registration; in folders, what is none of a trustee of the ceremony is
    /// passed over. Names that contradict each other are noted.
    pub(super) fn read(&self, parameters: &CeremonyParameters, ui: &Ui) -> Result<Names, Failure> {
        let mut names = Names::default();
        for path in &self.names {
            if !path.is_dir() {
                names.add(parameters, &read_registration(path)?, path);
                continue;
            }
            for path in files::json_files(slice::from_ref(path), "no-registrations", "registration", ui)? {
                if let Ok(Content::Registration(registration)) = content_of(&path)
                    && registration.verify().is_ok()
                {
                    names.add(parameters, &registration, &path);
                }
            }
        }
        names.conflicts().iter().for_each(|conflict| ui.note(conflict));
        Ok(names)
    }
}

/// Names of trustees, as they signed them. A trustee for whom there are two, or whose name is another's too, is shown by number: which is right
/// does not depend on the order in which files are read.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<TrusteeIndex, Vec<(TrusteeName, PathBuf)>>);

impl Names {
    /// Takes the name of a registration that was verified, if it is one of a trustee of the ceremony.
    pub(super) fn add(
        &mut self,
        parameters: &CeremonyParameters,
        registration: &TrusteeRegistration,
        file: &Path,
    ) {
        let Some(trustee) = parameters.index_of(registration.keys()) else { return };
        let known = self.0.entry(trustee).or_default();
        if known.iter().all(|(name, _)| name != registration.name()) {
            known.push((registration.name().clone(), file.to_owned()));
        }
    }

    /// What contradicts, a line each.
    pub(super) fn conflicts(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut by_name: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (trustee, known) in &self.0 {
            let shown = |(name, file): &(TrusteeName, PathBuf)| format!("{name} in {}", file.display());
            if known.len() > 1 {
                let names: Vec<String> = known.iter().map(shown).collect();
                lines.push(format!(
                    "trustee {trustee} is shown by number, for it signed several names: {}",
                    names.join(", ")
                ));
            }
            for (name, file) in known {
                let of_name = by_name.entry(name.as_str()).or_default();
                of_name.push(format!("trustee {trustee} in {}", file.display()));
            }
        }
        for (name, trustees) in by_name.iter().filter(|(_, trustees)| trustees.len() > 1) {
            let trustees = trustees.join(", ");
            lines.push(format!("shown by number, for several go by the name {name}: {trustees}"));
        }
        lines
    }

    fn name(&self, trustee: TrusteeIndex) -> Option<&str> {
        let [(name, _)] = self.0.get(&trustee)?.as_slice() else { return None };
        let others = self.0.iter().filter(|(other, _)| **other != trustee).flat_map(|(_, known)| known);
        others.into_iter().all(|(other, _)| other != name).then_some(name.as_str())
    }

    /// `trustee 3 (Carol)`.
    pub(super) fn show(&self, trustee: TrusteeIndex) -> String {
        match self.name(trustee) {
            Some(name) => format!("trustee {trustee} ({})", printable(name)),
            None => format!("trustee {trustee}"),
        }
    }

    /// Several trustees, with commas.
    pub(super) fn list(&self, trustees: &[TrusteeIndex]) -> String {
        trustees.iter().map(|trustee| self.show(*trustee)).collect::<Vec<_>>().join(", ")
    }

    /// Blame for people, a line each.
    pub(super) fn blame_lines(&self, blames: &[Blame]) -> String {
        blames.iter().map(|blame| format!("{}: {}\n", self.show(blame.culprit), blame.fault)).collect()
    }

    /// `{"trustee": 3, "name": "Carol"}`.
    pub(super) fn json(&self, trustee: TrusteeIndex) -> Value {
        json!({"trustee": trustee, "name": self.name(trustee)})
    }

    /// Several trustees.
    pub(super) fn json_list(&self, trustees: &[TrusteeIndex]) -> Value {
        trustees.iter().map(|trustee| self.json(*trustee)).collect()
    }

    /// Blame: trustee, name and fault each.
    pub(super) fn blames_json(&self, blames: &[Blame]) -> Value {
        let one = |blame: &Blame| {
            let mut json = self.json(blame.culprit);
            if let Value::Object(members) = &mut json {
                members.insert("fault".into(), blame.fault.to_string().into());
            }
            json
        };
        blames.iter().map(one).collect()
    }
}

/// A registration that is right.
pub(super) fn read_registration(path: &Path) -> Result<TrusteeRegistration, Failure> {
    let limit = u64::try_from(MAX_TRUSTEE_REGISTRATION_BYTES).unwrap_or(u64::MAX);
    let registration = TrusteeRegistration::from_json(&files::read(path, limit)?)
        .map_err(|cause| files::decode_failure(path, "a trustee's registration", &cause))?;
    registration.verify().map_err(|cause| {
        Failure::refused("invalid-signature", format_args!("{}: {cause}", path.display()))
            .hint("ask the trustee for the file again")
    })?;
    Ok(registration)
}
