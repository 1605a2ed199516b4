//! Trustees by number and name.

use super::folder::{Content, content_of};
use crate::{error::Failure, files, text::printable, ui::Ui};
use clap::Args;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
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
    /// The names of the trustees of a ceremony. What is no registration of one of them is passed over.
    pub(super) fn read(&self, parameters: &CeremonyParameters, ui: &Ui) -> Result<Names, Failure> {
        let mut names = Names::default();
        if self.names.is_empty() {
            return Ok(names);
        }
        for path in files::json_files(&self.names, "no-registrations", "registration", ui)? {
            if let Ok(Content::Registration(registration)) = content_of(&path)
                && registration.verify().is_ok()
            {
                names.add(parameters, &registration);
            }
        }
        Ok(names)
    }
}

/// Names of trustees, as they signed them.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<TrusteeIndex, TrusteeName>);

impl Names {
    /// Takes the name of a registration that was verified, if it is one of a trustee of the ceremony.
    pub(super) fn add(&mut self, parameters: &CeremonyParameters, registration: &TrusteeRegistration) {
        if let Some(trustee) = parameters.index_of(registration.keys()) {
            self.0.insert(trustee, registration.name().clone());
        }
    }

    /// `trustee 3 (Carol)`.
    pub(super) fn show(&self, trustee: TrusteeIndex) -> String {
        match self.0.get(&trustee) {
            Some(name) => format!("trustee {trustee} ({})", printable(name.as_str())),
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
        json!({"trustee": trustee, "name": self.0.get(&trustee).map(TrusteeName::as_str)})
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
