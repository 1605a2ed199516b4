//! `identities.json`: private key bytes -> secret scalar -> public key -> commitment; export, import, signatures.

use super::{
    Folder,
    checker::{Checker, Place, name},
    hashing, sloppy,
};
use serde_json::{Map, Value, json};
use tabella::{
    primitives::{
        Fr,
        eddsa::{Signature, message_from_text},
        edwards::{Point, Scalar},
        encoding::Canonical,
    },
    protocol::identity::Identity,
};

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("identities.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "identities"]);
    let Some(entries) = place.list(file, "identities") else { return };
    for (index, entry) in entries.iter().enumerate() {
        let mut place = place.inside(&format!("identities{}", name(index, entry)));
        if let Some(entry) = place.object(Some(entry), "") {
            check_entry(&mut place, entry);
        }
    }
}

fn check_entry(place: &mut Place<'_>, entry: &Map<String, Value>) {
    let signatures: Vec<&str> =
        entry.keys().map(String::as_str).filter(|key| key.starts_with("signature_")).collect();
    let mut known = vec![
        "note",
        "type",
        "privateKeyText",
        "privateKeyBytesHex",
        "exportBase64",
        "secretScalar",
        "publicKey",
        "packedPublicKey",
        "commitment",
        "importGivesSame",
    ];
    known.extend(&signatures);
    place.known_fields(entry, &known);
    let Some(key) = private_key(place, entry) else { return };
    let secret = key.secret();
    let public_key = *key.public_key();
    let (x, y) = public_key.to_xy();
    place.answer(entry, "secretScalar", secret.expose_secret().to_decimal());
    place.answer(entry, "publicKey", json!([x.to_decimal(), y.to_decimal()]));
    let mut packed = public_key.to_packed();
    packed.reverse();
    place.answer(entry, "packedPublicKey", sloppy::decimal_of_bytes(&packed));
    place.answer(entry, "commitment", secret.commitment().to_string());
    check_export(place, entry, &key);
    for field in signatures {
        if let Some(signature) = place.object(entry.get(field), field) {
            let message = field.trim_start_matches("signature_");
            check_signature(&mut place.inside(field), signature, message, &key);
        }
    }
}

/// The text that Semaphore's `export` gives, and back.
fn check_export(place: &mut Place<'_>, entry: &Map<String, Value>, key: &Identity) {
    let exported = key.export();
    place.answer_if_present(entry, "exportBase64", exported.as_str());
    let Some(text) = entry.get("exportBase64").and_then(Value::as_str) else { return };
    let same = Identity::import(text).map(|imported| imported.commitment() == key.commitment());
    if let Some(expected) = entry.get("importGivesSame") {
        place.inside("importGivesSame").compare_result(expected, same.map(Value::Bool));
    }
}

fn check_signature(place: &mut Place<'_>, entry: &Map<String, Value>, message: &str, key: &Identity) {
    place.known_fields(entry, &["note", "message", "R8", "S", "ok", "packedHex"]);
    let message = match signed_message(message) {
        Ok(message) => message,
        Err(cause) => return place.fail("a message that can be signed", cause),
    };
    let ours = key.sign(&message);
    let (x, y) = ours.r8().to_xy();
    place.answer(entry, "R8", json!([x.to_decimal(), y.to_decimal()]));
    place.answer(entry, "S", ours.s().to_decimal());
    let hex: String = ours.to_packed().iter().map(|byte| format!("{byte:02x}")).collect();
    place.answer_if_present(entry, "packedHex", hex);
    // The signature of the file, not ours, is what `ok` speaks of.
    let verdict = given_signature(entry)
        .and_then(|signature| signature.verify(key.public_key(), &message).map_err(|e| e.to_string()));
    place.answer(entry, "ok", verdict.is_ok());
}

/// A number as itself, any other text as its bytes.
fn signed_message(text: &str) -> Result<Fr, String> {
    match sloppy::big_int(text).filter(|_| !text.trim().is_empty()) {
        Some(_) => Fr::from_decimal(text).map_err(|e| e.to_string()),
        None => message_from_text(text).map_err(|e| e.to_string()),
    }
}

fn given_signature(entry: &Map<String, Value>) -> Result<Signature, String> {
    let field = |text: Option<&Value>| {
        let text = text.and_then(Value::as_str).ok_or("no text")?;
        Fr::from_decimal(text).map_err(|e| e.to_string())
    };
    let r8 = entry.get("R8").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let r8 = Point::from_xy(field(r8.first())?, field(r8.get(1))?).map_err(|e| e.to_string())?;
    let s = entry.get("S").and_then(Value::as_str).ok_or("no text")?;
    let s = Scalar::from_decimal(s).map_err(|e| e.to_string())?;
    Signature::from_parts(r8, s).map_err(|e| e.to_string())
}

/// The private key: text, bytes in hexadecimal, or both, which must then agree.
pub(crate) fn private_key(place: &mut Place<'_>, entry: &Map<String, Value>) -> Option<Identity> {
    let text = match entry.get("privateKeyText") {
        None => None,
        Some(Value::String(text)) => Some(text.as_bytes().to_vec()),
        other => {
            place.missing("privateKeyText", "a text", other);
            return None;
        }
    };
    let hex = match entry.get("privateKeyBytesHex") {
        None => None,
        Some(value) => match value.as_str().and_then(hashing::hex) {
            Some(bytes) => Some(bytes),
            None => {
                place.missing("privateKeyBytesHex", "hexadecimal digits", Some(value));
                return None;
            }
        },
    };
    if let (Some(text), Some(hex)) = (&text, &hex) {
        let show = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        place.inside("privateKeyBytesHex").compare(&show(hex).into(), &show(text).into());
    }
    let Some(bytes) = text.or(hex) else {
        place.missing("privateKeyText", "a text, or privateKeyBytesHex", None);
        return None;
    };
    Some(Identity::from_private_key(&bytes))
}
