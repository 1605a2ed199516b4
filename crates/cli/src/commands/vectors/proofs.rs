//! `proofs.json`: whole proofs with everything that went into them, and proofs that a verifier must judge.
//!
//! Proofs are randomised, so they are verified; all that goes in and all public values are recomputed. The witness of
//! the circom circuit cannot be reproduced by another circuit: of it, only the leading wires, whose meaning is fixed by
//! the order of declaration, are checked.

use super::{
    Folder,
    checker::{Checker, Place, name},
    groups, identities, keys, nullifiers, sloppy,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use tabella::{
    primitives::encoding::Canonical,
    protocol::{
        identity::{IdentityCommitment, IdentitySecret},
        value::SemaphoreValue,
    },
    semaphore::SemaphoreProof,
    verifier::PreparedVerifyingKey,
};

/// Prepared keys by depth.
struct Keys<'a> {
    folder: &'a Folder,
    prepared: HashMap<u64, Result<PreparedVerifyingKey, String>>,
}

impl Keys<'_> {
    fn get(&mut self, depth: u64) -> Result<&PreparedVerifyingKey, String> {
        let folder = self.folder;
        self.prepared
            .entry(depth)
            .or_insert_with(|| keys::for_depth(folder, depth))
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// A function that checks one entry.
type CheckEntry = fn(&mut Place<'_>, &Map<String, Value>, &mut Keys<'_>);

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, folder: &Folder) {
    let mut place = checker.at("proofs.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "packing", "proofs", "verifierEdgeCases"]);
    let mut keys = Keys { folder, prepared: HashMap::new() };
    let lists: [(&str, CheckEntry); 2] = [("proofs", check_proof), ("verifierEdgeCases", check_edge_case)];
    for (field, check) in lists {
        if !file.contains_key(field) {
            continue;
        }
        let Some(entries) = place.list(file, field) else { continue };
        for (index, entry) in entries.iter().enumerate() {
            let mut place = place.inside(&format!("{field}{}", name(index, entry)));
            if let Some(entry) = place.object(Some(entry), "") {
                check(&mut place, entry, &mut keys);
            }
        }
    }
}

fn check_proof(place: &mut Place<'_>, entry: &Map<String, Value>, keys: &mut Keys<'_>) {
    place.known_fields(
        entry,
        &[
            "note",
            "type",
            "depth",
            "privateKeyText",
            "privateKeyBytesHex",
            "group",
            "merkleProof",
            "message",
            "scope",
            "circuitInput",
            "publicSignals",
            "witness",
            "proof",
            "nullifierMatches",
            "verified",
        ],
    );
    let Some(key) = identities::private_key(place, entry) else { return };
    let secret = key.secret();
    let (Some(message), Some(scope)) =
        (nullifiers::value(place, entry, "message"), nullifiers::value(place, entry, "scope"))
    else {
        return;
    };
    let Some(depth) = place.number(entry, "depth") else { return };
    let commitment = secret.commitment();
    let Some(path) = check_path(place, entry, &commitment, keys.folder) else { return };
    let root = path.root(&commitment).to_string();
    let nullifier = secret.nullifier(&scope).to_string();
    let signals = [root.clone(), nullifier.clone(), message.hash().to_decimal(), scope.hash().to_decimal()];
    place.answer(entry, "publicSignals", json!(signals));
    check_circuit_input(place, entry, secret, &path, (&message, &scope));
    check_witness(place, entry, secret, &path, &signals);
    let Some(proof) = place.object(entry.get("proof"), "proof") else { return };
    {
        let mut place = place.inside("proof");
        place.answer(proof, "merkleTreeDepth", depth);
        place.answer(proof, "merkleTreeRoot", root);
        place.answer(proof, "nullifier", nullifier.clone());
        place.answer(proof, "message", sloppy::decimal_of_bytes(message.as_be_bytes()));
        place.answer(proof, "scope", sloppy::decimal_of_bytes(scope.as_be_bytes()));
    }
    let matches = proof.get("nullifier").and_then(Value::as_str) == Some(nullifier.as_str());
    place.answer_if_present(entry, "nullifierMatches", matches);
    match (entry.get("verified"), verify(proof, keys)) {
        (Some(Value::Bool(true)), Ok(())) | (Some(Value::Bool(false)), Err(_)) => {
            place.inside("verified").pass()
        }
        (Some(Value::Bool(true)), Err(cause)) => {
            place.inside("verified").fail("true", format!("refused: {cause}"))
        }
        (Some(Value::Bool(false)), Ok(())) => place.inside("verified").fail("false", "the proof verifies"),
        (None, Ok(())) => place.inside("proof").pass(),
        (None, Err(cause)) => {
            place.inside("proof").fail("a proof that verifies", format!("refused: {cause}"))
        }
        (Some(other), _) => place.missing("verified", "true or false", Some(other)),
    }
}

/// The Merkle proof of an entry: its leaf is the identity's, it leads to its root, and where it names one of the
/// folder's groups, the group has that root.
fn check_path(
    place: &mut Place<'_>,
    entry: &Map<String, Value>,
    commitment: &IdentityCommitment,
    folder: &Folder,
) -> Option<tabella::protocol::registry::MembershipPath> {
    let proof = place.object(entry.get("merkleProof"), "merkleProof")?;
    let mut place = place.inside("merkleProof");
    place.answer(proof, "leaf", commitment.to_string());
    if let Some(root) = named_group_root(entry, folder) {
        place.answer(proof, "root", root);
    }
    match groups::leads_to_root(proof) {
        Ok(path) => {
            place.pass();
            Some(path)
        }
        Err(cause) => {
            place.fail("a path from leaf to root", cause);
            None
        }
    }
}

/// The root of `groups.json size N, ..`, if the folder has that group.
fn named_group_root(entry: &Map<String, Value>, folder: &Folder) -> Option<String> {
    let text = entry.get("group")?.as_str()?.strip_prefix("groups.json size ")?;
    let size: u64 = text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    let groups = folder.groups.as_ref()?.get("groups")?.as_array()?;
    let group = groups.iter().find(|group| group.get("size").and_then(Value::as_u64) == Some(size))?;
    group.get("root")?.as_str().map(str::to_owned)
}

fn check_circuit_input(
    place: &mut Place<'_>,
    entry: &Map<String, Value>,
    secret: &IdentitySecret,
    path: &tabella::protocol::registry::MembershipPath,
    (message, scope): (&SemaphoreValue, &SemaphoreValue),
) {
    if !entry.contains_key("circuitInput") {
        return;
    }
    let Some(input) = place.object(entry.get("circuitInput"), "circuitInput") else { return };
    let mut place = place.inside("circuitInput");
    place.known_fields(
        input,
        &["secret", "merkleProofLength", "merkleProofIndex", "merkleProofSiblings", "scope", "message"],
    );
    place.answer(input, "secret", secret.expose_secret().to_decimal());
    place.answer(input, "merkleProofLength", path.depth());
    place.answer(input, "merkleProofIndex", path.index());
    let mut siblings: Vec<String> = path.siblings().iter().map(Canonical::to_decimal).collect();
    // A circuit of a greater depth takes zeros after the siblings; they may be written out or left away.
    if let Some(listed) = input.get("merkleProofSiblings").and_then(Value::as_array) {
        siblings.resize(siblings.len().max(listed.len().min(32)), "0".into());
    }
    place.answer(input, "merkleProofSiblings", siblings);
    place.answer(input, "scope", scope.hash().to_decimal());
    place.answer(input, "message", message.hash().to_decimal());
}

/// The leading wires of circom's witness: one, the public signals, then the private inputs as declared.
fn check_witness(
    place: &mut Place<'_>,
    entry: &Map<String, Value>,
    secret: &IdentitySecret,
    path: &tabella::protocol::registry::MembershipPath,
    signals: &[String; 4],
) {
    let Some(witness) = entry.get("witness").and_then(Value::as_object) else { return };
    let mut wires = vec!["1".to_owned()];
    wires.extend(signals.iter().cloned());
    wires.extend([secret.expose_secret().to_decimal(), path.depth().to_string(), path.index().to_string()]);
    let mut place = place.inside("witness");
    place.answer_if_present(witness, "first8", wires);
    for field in witness.keys().filter(|field| *field != "first8") {
        place.skip(&format!(
            "proofs.json: witness.{field} belongs to the circom circuit, which Tabella does not run"
        ));
    }
}

/// Reads a proof object strictly and verifies it with the key of its depth.
fn verify(proof: &Map<String, Value>, keys: &mut Keys<'_>) -> Result<(), String> {
    let text = Value::Object(proof.clone()).to_string();
    let proof = SemaphoreProof::from_json(&text).map_err(|e| e.to_string())?;
    let hash = |value| SemaphoreValue::from_be_bytes(value).hash();
    let inputs = [proof.root, proof.nullifier, hash(proof.message), hash(proof.scope)];
    keys.get(proof.depth.into())?.verify_inputs(&inputs, &proof.proof).map_err(|e| e.to_string())
}

fn check_edge_case(place: &mut Place<'_>, entry: &Map<String, Value>, keys: &mut Keys<'_>) {
    place.known_fields(entry, &["note", "proof", "result", "error"]);
    let Some(proof) = entry.get("proof").and_then(Value::as_object) else {
        // `proof: null` and the like: JavaScript fails on them, and so do we.
        return match entry.get("error") {
            Some(Value::String(_)) => place.inside("error").pass(),
            _ => place.missing("proof", "an object", entry.get("proof")),
        };
    };
    let outcome = verify(proof, keys);
    match (entry.get("result"), entry.get("error")) {
        (Some(Value::Bool(true)), None) => match outcome {
            Ok(()) => place.inside("result").pass(),
            // Sloppy numbers are refused, rightly; but what they stand for must be a good proof.
            Err(cause) => match tidied(proof) {
                Some(tidy) if verify(&tidy, keys).is_ok() => place.inside("result").pass(),
                _ => place.inside("result").fail("true", format!("refused: {cause}")),
            },
        },
        (Some(Value::Bool(false)), None) => match outcome {
            Err(_) => place.inside("result").pass(),
            Ok(()) => place.inside("result").fail("false", "the proof verifies"),
        },
        (None, Some(Value::String(error))) => match outcome {
            Err(_) => place.inside("error").pass(),
            // The value had a type that JSON cannot carry: as JSON text it is a good proof, and that is what is judged.
            Ok(()) if beyond_json(error) => place.inside("error").pass(),
            Ok(()) => place.inside("error").fail("refused", "the proof verifies"),
        },
        _ => place.missing(
            "result",
            "true or false, or an `error` text",
            entry.get("result").or(entry.get("error")),
        ),
    }
}

/// Whether an error of JavaScript is about a type that no JSON text has.
fn beyond_json(error: &str) -> bool {
    ["bigint", "symbol", "function"].iter().any(|kind| error.ends_with(&format!("received type: {kind}")))
}

/// The proof with each number as JavaScript reads it, written canonically; `None` if nothing changes.
fn tidied(proof: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut tidy = proof.clone();
    for (field, value) in &mut tidy {
        match (field.as_str(), value) {
            ("merkleTreeRoot" | "nullifier", Value::String(text)) => {
                *text = sloppy::reduced(text)?.to_decimal()
            }
            ("message" | "scope", Value::String(text)) => *text = sloppy::big_int(text)?.to_string(),
            ("points", Value::Array(points)) => {
                for point in points {
                    *point = sloppy::big_int(point.as_str()?)?.to_string().into();
                }
            }
            _ => {}
        }
    }
    (tidy != *proof).then_some(tidy)
}
