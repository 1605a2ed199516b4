//! The audit of an election record.

use super::{election::policy, source::Source};
use crate::{
    failure::Failure,
    work::{Work, generator, to_f64},
};
use js_sys::Function;
use serde_json::json;
use tabella::{
    Auditor,
    audit::{Fault, PublishedReceipt},
    election::ElectionId,
    record::Receipt,
};
use wasm_bindgen::prelude::wasm_bindgen;

/// What is audited, and what it is compared with.
#[wasm_bindgen]
pub struct Audit {
    auditor: Auditor,
}

/// The first fault of a record.
fn fault(fault: &Fault) -> Failure {
    Failure::new("fault", fault)
}

#[wasm_bindgen]
impl Audit {
    /// An auditor who trusts the pinned keys; `now` are seconds since 1970.
    #[wasm_bindgen(constructor)]
    pub fn new(allow_insecure_keys: bool, now: u32) -> Self {
        Self { auditor: Auditor::new(policy(allow_insecure_keys)).now(now.into()) }
    }

    /// Expects the record of this election.
    ///
    /// # Errors
    /// `bad-election`.
    #[wasm_bindgen(js_name = expectElection)]
    pub fn expect_election(&mut self, id: &str) -> Result<(), Failure> {
        let id = ElectionId::from_hex(id).map_err(Failure::with("bad-election"))?;
        self.auditor = self.auditor.clone().expect_election(id);
        Ok(())
    }

    /// Expects the ballot of a receipt.
    ///
    /// # Errors
    /// `bad-receipt`.
    #[wasm_bindgen(js_name = expectReceipt)]
    pub fn expect_receipt(&mut self, receipt: &[u8]) -> Result<(), Failure> {
        let Receipt { index, ballot, nullifier, link, .. } =
            Receipt::from_json(receipt).map_err(Failure::with("bad-receipt"))?;
        let receipt = PublishedReceipt { index, ballot, nullifier, link };
        self.auditor = self.auditor.clone().expect_receipts([receipt]);
        Ok(())
    }

    /// Redoes every check of the record that `read` gives piece by piece: the report as JSON.
    ///
    /// # Errors
    /// `fault`: which entry, which field, what is wrong.
    pub fn run(&self, read: &Function, work: &Work) -> Result<String, Failure> {
        work.check()?;
        let mut said = 0;
        let mut progress = |progress: tabella::audit::Progress| {
            // A record does not say at its head how long it is: the worker knows how much was read.
            if progress.entries >= said {
                said = progress.entries.saturating_add(64);
                work.progress("audit", progress.entries, 0);
            }
        };
        let report = self.auditor.audit_with_progress(Source::reader(read), &mut generator()?, &mut progress);
        let report = report.map_err(|error| fault(&error))?;
        let text = report.to_string();
        let mut json = serde_json::to_value(&report).map_err(Failure::with("internal"))?;
        if let Some(fields) = json.as_object_mut() {
            let warnings = report.warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
            fields.insert("warning_texts".into(), json!(warnings));
            fields.insert("text".into(), json!(text));
        }
        Ok(json.to_string())
    }

    /// Redoes every check of a record of secret ballots that is not opened yet: `{"election","ballots","head","citizens"}` as JSON.
    ///
    /// # Errors
    /// `fault`.
    #[wasm_bindgen(js_name = runUnopened)]
    pub fn run_unopened(&self, read: &Function, work: &Work) -> Result<String, Failure> {
        work.stage("audit");
        let report = self.auditor.audit_unopened(Source::reader(read), &mut generator()?);
        let report = report.map_err(|error| fault(&error))?;
        let json = json!({
            "election": report.manifest.id().to_string(),
            "ballots": to_f64(report.closing.ballots),
            "head": report.closing.head.to_string(),
            "citizens": report.citizens.map(to_f64),
            "warning_texts": report.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        Ok(json.to_string())
    }
}
