//! `verification_keys.json`: `keys` maps a depth to a verifying key as snarkjs writes it.

use super::{Folder, checker::Checker};
use serde_json::{Map, Value};
use tabella::verifier::{PreparedVerifyingKey, VerifyingKey, snarkjs};

/// Public inputs of a Semaphore proof: root, nullifier, message, scope.
const PUBLIC_INPUTS: usize = 4;

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("verification_keys.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "zkeyExportMatchesJson", "keys"]);
    let Some(keys) = place.object(file.get("keys"), "keys") else { return };
    for (depth, entry) in keys {
        let mut place = place.inside(&format!("keys[{depth}]"));
        if !depth.parse::<u8>().is_ok_and(|d| (1..=32).contains(&d) && d.to_string() == *depth) {
            place.fail("a depth from 1 to 32", depth.as_str());
            continue;
        }
        // Every coordinate is checked: on the curve, in the subgroup, e(alpha, beta) recomputed, written as snarkjs does.
        // Two keys that were exchanged are each well formed, so they are compared with the published ones, too.
        match parse(entry) {
            Ok(key) if published(depth).is_ok_and(|published| published.digest() == key.digest()) => {
                place.pass()
            }
            Ok(key) => {
                place.fail("the key that Semaphore publishes for this depth", key.digest().to_string())
            }
            Err(cause) => place.fail("a verifying key with four public inputs", cause),
        }
    }
}

/// The key for a depth: the folder's own, else Semaphore's published one.
pub(crate) fn for_depth(folder: &Folder, depth: u64) -> Result<PreparedVerifyingKey, String> {
    let depth = depth.to_string();
    let own = folder.keys.as_ref().and_then(|file| file.get("keys")).and_then(|keys| keys.get(&depth));
    own.map_or_else(|| published(&depth), parse).map(VerifyingKey::prepare)
}

/// The key that Semaphore publishes for a depth.
fn published(depth: &str) -> Result<VerifyingKey, String> {
    depth
        .parse()
        .ok()
        .and_then(tabella::semaphore::verifying_key)
        .ok_or_else(|| format!("Semaphore publishes no key for depth {depth}"))
}

fn parse(entry: &Value) -> Result<VerifyingKey, String> {
    let key = snarkjs::key_from_json(&entry.to_string()).map_err(|e| e.to_string())?;
    match key.public_inputs() {
        PUBLIC_INPUTS => Ok(key),
        other => Err(format!("a key with {other} public inputs")),
    }
}
