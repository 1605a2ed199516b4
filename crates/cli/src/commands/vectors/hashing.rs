//! `hashing.json`: messages and scopes, value -> integer -> hash, or the refusal.

use super::{
    Folder,
    checker::{Checker, Place, name},
    sloppy,
};
use serde_json::{Map, Value};
use tabella::{primitives::encoding::Canonical, protocol::value::SemaphoreValue};

/// Largest integer that JavaScript's numbers hold exactly: 2^53 - 1.
const MAX_SAFE: u64 = (1 << 53) - 1;

pub(crate) fn check(checker: &mut Checker, file: &Map<String, Value>, _folder: &Folder) {
    let mut place = checker.at("hashing.json", "");
    place.known_fields(file, &["meta", "note", "algorithm", "values"]);
    let Some(values) = place.list(file, "values") else { return };
    for (index, entry) in values.iter().enumerate() {
        let mut place = place.inside(&format!("values{}", name(index, entry)));
        if let Some(entry) = place.object(Some(entry), "") {
            check_entry(&mut place, entry);
        }
    }
}

fn check_entry(place: &mut Place<'_>, entry: &Map<String, Value>) {
    place.known_fields(entry, &["note", "type", "value", "bigint", "hash", "toBigIntError", "hashError"]);
    let Some(kind) = place.text(entry, "type") else { return };
    let Some(value) = entry.get("value") else { return place.missing("value", "a value", None) };
    match convert(kind, value) {
        Ok(found) => {
            place.answer(entry, "bigint", sloppy::decimal_of_bytes(found.as_be_bytes()));
            place.answer(entry, "hash", found.hash().to_decimal());
            for refusal in ["toBigIntError", "hashError"] {
                if entry.contains_key(refusal) {
                    place.inside(refusal).fail("refused", "accepted");
                }
            }
        }
        Err(reason) => {
            // JavaScript refuses in two places, Tabella in one: the integer before the second is still checked.
            let refusals = ["toBigIntError", "hashError"];
            match refusals.iter().find(|field| entry.contains_key(**field)) {
                Some(field) if entry.get(*field).is_some_and(Value::is_string) => place.inside(field).pass(),
                Some(field) => place.missing(field, "a text", entry.get(*field)),
                None => place.inside("hash").fail("a hash", format!("refused: {reason}")),
            }
            if entry.contains_key("hash") {
                place.inside("hash").fail("refused", "a hash beside a refusal");
            }
            if entry.contains_key("bigint") {
                match integer(kind, value) {
                    Some(found) => place.answer(entry, "bigint", found),
                    None => place.inside("bigint").fail("no integer", "an integer for a value that is none"),
                }
            }
        }
    }
}

/// A value of the file as a message or scope.
fn convert(kind: &str, value: &Value) -> Result<SemaphoreValue, String> {
    match (kind, value) {
        ("number", Value::Number(number)) => match number.as_u64() {
            Some(number) if number <= MAX_SAFE => Ok(SemaphoreValue::from_u64(number)),
            _ => Err("not a whole number from 0 to 2^53 - 1".into()),
        },
        ("bigint", Value::String(text)) => SemaphoreValue::from_decimal(text).map_err(|e| e.to_string()),
        ("string", Value::String(text)) => SemaphoreValue::from_text(text).map_err(|e| e.to_string()),
        ("bytes", Value::String(text)) => {
            let bytes = hex(text).ok_or("not hexadecimal")?;
            SemaphoreValue::from_bytes(&bytes).map_err(|e| e.to_string())
        }
        _ => Err(format!("a value of type `{kind}` that is not understood")),
    }
}

/// The integer of a value that is refused for its size or sign.
fn integer(kind: &str, value: &Value) -> Option<String> {
    match (kind, value) {
        ("number", Value::Number(number)) => Some(number.to_string()),
        ("bytes", Value::String(text)) => hex(text).map(|bytes| sloppy::decimal_of_bytes(&bytes)),
        (_, Value::String(text)) => sloppy::big_int(text).map(|value| value.to_string()),
        _ => None,
    }
}

/// Bytes of hexadecimal text, with or without `0x`.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let nibble = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}
