//! `tabella groth16 inspect FILE`.

use super::{
    keys::{AnyKey, LIMIT},
    kinds::{ANY, CONSTRAINTS, Kind, WITNESS},
};
use crate::{
    error::Failure,
    files,
    report::{Report, table, thousands},
    ui::Ui,
};
use clap::Args;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use tabella::{
    circom::{R1cs, wtns},
    prover::{ProvingKey, matrices::Matrices},
};

/// A file to look at.
#[derive(Args, Debug)]
pub(super) struct InspectArgs {
    /// A .zkey, .r1cs or .wtns file, or a proving key of Tabella; told apart by how they begin
    file: PathBuf,
}

/// What is told of a file: name, for people; the same in JSON.
#[derive(Default)]
struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }

    fn matrices(&mut self, matrices: &Matrices) {
        let [a, b, c] = matrices.nonzeros();
        self.add("constraints", matrices.constraints());
        self.add("variables", matrices.variables());
        self.add("public inputs", matrices.public_inputs());
        self.add("entries of A", a);
        self.add("entries of B", b);
        // A key of snarkjs does not hold C.
        self.add("entries of C", matrices.knows_c().then_some(c));
    }

    fn key(&mut self, key: &ProvingKey) {
        self.matrices(key.matrices());
        self.add("domain", key.query_h().len().next_power_of_two());
        self.add("circuit digest", key.circuit_digest().to_string());
        self.add("verifying key", key.verifying_key().digest().to_string());
    }

    fn report(self) -> Report {
        let shown = |value: &Value| match value {
            Value::Number(number) => number.as_u64().map_or_else(|| number.to_string(), thousands),
            Value::String(text) => text.clone(),
            Value::Null => "unknown".to_owned(),
            other => other.to_string(),
        };
        let rows: Vec<(&str, String)> = self.0.iter().map(|(name, value)| (*name, shown(value))).collect();
        let text = table(&rows);
        let json: Map<String, Value> =
            self.0.into_iter().map(|(name, value)| (name.to_lowercase().replace(' ', "_"), value)).collect();
        Report::new(json.into(), text)
    }
}

pub(super) fn run(args: &InspectArgs, ui: &Ui) -> Result<Report, Failure> {
    let path = &args.file;
    // A witness is secret: whatever the file is, no copy of it stays behind.
    let bytes = files::read_secret(path, LIMIT)?;
    let hash: String = Sha256::digest(bytes.as_slice()).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut facts = Facts::default();
    let kind = Kind::of(&bytes).filter(|kind| ANY.takes(*kind));
    let kind = kind.ok_or_else(|| ANY.refuse(path, &bytes, "it begins like none of them"))?;
    facts.add("format", kind.to_string());
    facts.add("bytes", bytes.len());
    facts.add("SHA-256", hash);
    match kind {
        Kind::R1cs => {
            let r1cs = R1cs::from_bytes(&bytes).map_err(|e| CONSTRAINTS.refuse(path, &bytes, e))?;
            facts.matrices(r1cs.matrices());
            facts.add("public outputs", r1cs.public_outputs());
            facts.add("private inputs", r1cs.private_inputs());
        }
        Kind::Wtns => {
            let values = wtns::from_bytes(&bytes).map_err(|e| WITNESS.refuse(path, &bytes, e))?;
            facts.add("variables", values.len());
        }
        _ => {
            let bar = ui.progress("checking the proving key", None);
            let key = AnyKey::parse(path, &bytes)?;
            drop(bar);
            facts.key(key.key());
            if let AnyKey::Zkey(zkey) = &key {
                facts.add("contributions", zkey.contributions());
            }
        }
    }
    Ok(facts.report())
}
