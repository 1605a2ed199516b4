//! Is my ballot in the record?

use super::{
    election::{parse_code, parse_nullifier},
    source::Source,
};
use crate::{failure::Failure, work::to_f64};
use js_sys::Function;
use serde_json::json;
use tabella::record::{Receipt, ReceiptError, find_ballot};
use wasm_bindgen::prelude::wasm_bindgen;

/// Whether the record that `read` gives piece by piece has the receipt's ballot in its place: `{"index","nullifier","tracking_code"}` as
/// JSON.
///
/// # Errors
/// `bad-receipt`, `bad-record`, `other-election`, `not-in-record`.
#[wasm_bindgen(js_name = checkReceipt)]
pub fn check_receipt(receipt: &[u8], read: &Function) -> Result<String, Failure> {
    let receipt = Receipt::from_json(receipt).map_err(Failure::with("bad-receipt"))?;
    receipt.check_in_record(Source::reader(read)).map_err(|error| {
        let code = match error {
            ReceiptError::Record(_) => "bad-record",
            ReceiptError::OtherElection { .. } => "other-election",
            _ => "not-in-record",
        };
        Failure::new(code, error)
    })?;
    let code = receipt.tracking_code().to_string();
    Ok(found(receipt.index, &receipt.nullifier.to_string(), &code))
}

/// Whether the record has the ballot with a tracking code, and, if a nullifier is given, with that nullifier.
///
/// # Errors
/// `bad-code`, `bad-nullifier`, `bad-record`, `not-in-record`, `other-voter`.
#[wasm_bindgen(js_name = findBallot)]
pub fn find(code: &str, nullifier: Option<String>, read: &Function) -> Result<String, Failure> {
    let code = parse_code(code)?;
    let voter = nullifier.as_deref().map(parse_nullifier).transpose()?;
    let search = find_ballot(Source::reader(read), &code).map_err(Failure::with("bad-record"))?;
    let ballot = search.found.ok_or_else(|| {
        Failure::new("not-in-record", format_args!("the ballot with code {code} is not in the record"))
    })?;
    if voter.is_some_and(|expected| expected != ballot.nullifier) {
        let message = format_args!("the ballot with code {code} is another voter's");
        return Err(Failure::new("other-voter", message));
    }
    Ok(found(ballot.index, &ballot.nullifier.to_string(), &code.to_string()))
}

fn found(index: u64, nullifier: &str, code: &str) -> String {
    json!({ "index": to_f64(index), "nullifier": nullifier, "tracking_code": code }).to_string()
}
