use super::*;
use alloc::{string::ToString, vec::Vec};
use proptest::prelude::*;

fn decode_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// Checks each entry of a file of conversions made by Semaphore's JavaScript.
fn check(path: &str) -> usize {
    let vectors = tabella_testkit::vector(path);
    let entries = vectors["values"].as_array().unwrap();
    for entry in entries {
        let value = &entry["value"];
        let ours = match entry["type"].as_str().unwrap() {
            "number" => SemaphoreValue::from_number(value.as_f64().unwrap()),
            "bigint" => {
                SemaphoreValue::from_decimal(value.as_str().unwrap()).map_err(|_| ValueError::TooLarge)
            }
            "string" => SemaphoreValue::from_text(value.as_str().unwrap()),
            "bytes" => SemaphoreValue::from_bytes(&decode_hex(value.as_str().unwrap())),
            other => panic!("unknown type {other}"),
        };
        if let Some(hash) = entry["hash"].as_str() {
            let ours = ours.unwrap_or_else(|e| panic!("{entry}: {e}"));
            assert_eq!(ours.to_string(), entry["bigint"].as_str().unwrap(), "{entry}");
            assert_eq!(ours.hash().to_decimal(), hash, "{entry}");
        } else if let Some(error) = entry["hashError"].as_str() {
            let expected =
                if error.contains("negative") { ValueError::Negative } else { ValueError::TooLarge };
            assert_eq!(ours, Err(expected), "{entry}");
        } else {
            let error = entry["toBigIntError"].as_str().unwrap();
            let expected = if error.starts_with("overflow") {
                ValueError::UnsafeInteger
            } else if error.starts_with("underflow") {
                ValueError::NotAnInteger
            } else {
                ValueError::TextTooLong { bytes: value.as_str().unwrap().len() }
            };
            assert_eq!(ours, Err(expected), "{entry}");
        }
    }
    entries.len()
}

#[test]
fn semaphore_known_answers() {
    assert_eq!(check("semaphore/hashing.json"), 24);
}

#[test]
fn texts_at_the_edges_of_javascripts_grammar() {
    let value = |v: u64| Ok(SemaphoreValue::from_u64(v));
    for (text, expected) in [
        ("-", value(0)),
        ("-0", value(0)),
        ("- ", value(0)),
        ("+5", value(5)),
        (" +5\u{feff}", value(5)),
        ("\u{3000}5\u{2028}", value(5)),
        ("- -5", value(5)),
        ("0XFf", value(255)),
        ("0O17", value(15)),
        ("0B11", value(3)),
        ("-5", Err(ValueError::Negative)),
        (" -5", Err(ValueError::Negative)),
        ("-+5", Err(ValueError::Negative)),
        ("-0x10", Err(ValueError::Negative)),
    ] {
        assert_eq!(SemaphoreValue::from_text(text), expected, "{text:?}");
    }
    // No numbers, so texts: the first byte stands on the left.
    for text in
        ["--5", "+", "+0x5", " -0x5", "0x", "5n", "1_0", "1.0", "\u{85}5", "Infinity", "0x-1", "\u{664}", "x"]
    {
        let ours = SemaphoreValue::from_text(text).unwrap();
        assert!(ours.as_be_bytes().starts_with(text.as_bytes()), "{text:?}");
    }
    assert_eq!(SemaphoreValue::from_text(&"ä".repeat(16)), Err(ValueError::TextTooLong { bytes: 32 }));
    let max = "0x".to_string() + &"f".repeat(64);
    assert_eq!(SemaphoreValue::from_text(&max), Ok(SemaphoreValue::from_be_bytes([255; 32])));
    assert_eq!(SemaphoreValue::from_text(&(max + "f")), Err(ValueError::TooLarge));
    assert_eq!(SemaphoreValue::from_text(&("-".to_string() + &"9".repeat(99))), Err(ValueError::Negative));
}

#[test]
fn numbers() {
    for (number, expected) in [
        (0.0, Ok(0)),
        (-0.0, Ok(0)),
        (9_007_199_254_740_991.0, Ok(MAX_SAFE_NUMBER)),
        (9_007_199_254_740_992.0, Err(ValueError::UnsafeInteger)),
        (-9_007_199_254_740_992.0, Err(ValueError::UnsafeInteger)),
        (1e300, Err(ValueError::UnsafeInteger)),
        (-1.0, Err(ValueError::Negative)),
        (0.5, Err(ValueError::NotAnInteger)),
        (f64::NAN, Err(ValueError::NotAnInteger)),
        (f64::INFINITY, Err(ValueError::NotAnInteger)),
    ] {
        assert_eq!(SemaphoreValue::from_number(number), expected.map(SemaphoreValue::from_u64), "{number}");
    }
}

#[test]
fn bytes_of_any_length() {
    let mut bytes = [0u8; 40];
    assert_eq!(SemaphoreValue::from_bytes(&bytes), Ok(SemaphoreValue::from_u64(0)));
    bytes[39] = 9;
    assert_eq!(SemaphoreValue::from_bytes(&bytes), Ok(SemaphoreValue::from_u64(9)));
    bytes[8] = 1;
    assert!(SemaphoreValue::from_bytes(&bytes).is_ok());
    bytes[7] = 1;
    assert_eq!(SemaphoreValue::from_bytes(&bytes), Err(ValueError::TooLarge));
}

proptest! {
    #[test]
    fn decimal_and_json_round_trip(bytes in prop::array::uniform32(any::<u8>())) {
        let value = SemaphoreValue::from_be_bytes(bytes);
        prop_assert_eq!(SemaphoreValue::from_decimal(&value.to_string()), Ok(value));
        prop_assert_eq!(SemaphoreValue::from_text(&value.to_string()), Ok(value));
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<SemaphoreValue>(&json).unwrap(), value);
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = SemaphoreValue::from_text(&text);
    }
}

#[test]
fn decimal_is_strict() {
    for text in [
        "",
        "+1",
        "01",
        "0x1",
        " 1",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
    ] {
        assert!(SemaphoreValue::from_decimal(text).is_err(), "{text:?}");
    }
}
