//! `nullifiers.json`: (private key, scope) -> nullifier.

use super::{
    Folder,
    checker::{Checker, Place, name},
    identities, sloppy,
};
use serde_json::{Map, Value};
use tabella::{primitives::encoding::Canonical, protocol::value::SemaphoreValue};

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("nullifiers.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "nullifiers"]);
    let Some(entries) = place.list(file, "nullifiers") else { return };
    for (index, entry) in entries.iter().enumerate() {
        let mut place = place.inside(&format!("nullifiers{}", name(index, entry)));
        if let Some(entry) = place.object(Some(entry), "") {
            check_entry(&mut place, entry);
        }
    }
}

fn check_entry(place: &mut Place<'_>, entry: &Map<String, Value>) {
    place.known_fields(
        entry,
        &[
            "note",
            "type",
            "privateKeyText",
            "privateKeyBytesHex",
            "scope",
            "scopeBigint",
            "scopeHash",
            "secretScalar",
            "nullifier",
        ],
    );
    let Some(key) = identities::private_key(place, entry) else { return };
    let Some(scope) = value(place, entry, "scope") else { return };
    let secret = key.secret();
    place.answer(entry, "secretScalar", secret.expose_secret().to_decimal());
    place.answer(entry, "scopeBigint", sloppy::decimal_of_bytes(scope.as_be_bytes()));
    place.answer(entry, "scopeHash", scope.hash().to_decimal());
    place.answer(entry, "nullifier", secret.nullifier(&scope).to_string());
}

/// A message or scope: text or a whole number.
pub(crate) fn value(
    place: &mut Place<'_>,
    entry: &Map<String, Value>,
    field: &str,
) -> Option<SemaphoreValue> {
    let value = match entry.get(field) {
        Some(Value::String(text)) => SemaphoreValue::from_text(text).map_err(|e| e.to_string()),
        Some(Value::Number(number)) => {
            number.as_u64().map(SemaphoreValue::from_u64).ok_or_else(|| "not a whole number".into())
        }
        other => {
            place.missing(field, "a text or a whole number", other);
            return None;
        }
    };
    match value {
        Ok(value) => Some(value),
        Err(cause) => {
            place.inside(field).fail("a message or scope", format!("refused: {cause}"));
            None
        }
    }
}
