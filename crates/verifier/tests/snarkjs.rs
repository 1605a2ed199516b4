//! Files of snarkjs: read, written, and refused.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use ark_bn254::Fr;
use common::{random_item, rng, semaphore_key_json, semaphore_proofs};
use proptest::prelude::*;
use serde_json::{Value, json};
use tabella_primitives::encoding::EncodingError;
use tabella_verifier::{
    DecodeError, KeyError, KeyPoint, ProofPoint, VerifyingKey, WeakKey,
    semaphore::SemaphoreProof,
    snarkjs::{self, JsonError},
    testing::ForgingKey,
};

fn key_json() -> Value {
    serde_json::from_str(&semaphore_key_json(7)).unwrap()
}

fn proof_json() -> Value {
    serde_json::from_str(&snarkjs::proof_to_json(&semaphore_proofs()[0].2.proof)).unwrap()
}

fn read_key(json: &Value) -> Result<VerifyingKey, JsonError> {
    snarkjs::key_from_json(&json.to_string())
}

fn is_syntax<T: std::fmt::Debug>(result: &Result<T, JsonError>) -> bool {
    matches!(result, Err(JsonError::Syntax { .. }))
}

#[test]
fn published_keys_are_written_as_they_were_read() {
    for depth in 1..=32 {
        let text = semaphore_key_json(depth);
        let key = snarkjs::key_from_json(&text).unwrap();
        // Including vk_alphabeta_12, for which both sides must choose one final exponentiation.
        let published: Value = serde_json::from_str(&text).unwrap();
        let written: Value = serde_json::from_str(&snarkjs::key_to_json(&key)).unwrap();
        assert_eq!(written, published, "{depth}");
        assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()), Ok(key));
    }
}

#[test]
fn files_round_trip() {
    let mut rng = rng();
    for inputs in [0, 1, 5] {
        let secrets = ForgingKey::generate(inputs, &mut rng);
        let (statement, proof) = random_item(&secrets, &mut rng);
        let key = secrets.verifying_key();
        assert_eq!(snarkjs::key_from_json(&snarkjs::key_to_json(&key)), Ok(key));
        assert_eq!(snarkjs::proof_from_json(&snarkjs::proof_to_json(&proof)), Ok(proof));
        assert_eq!(snarkjs::inputs_from_json(&snarkjs::inputs_to_json(&statement)), Ok(statement));
        let points = snarkjs::proof_to_points(&proof);
        assert_eq!(snarkjs::proof_from_points(&points.each_ref().map(String::as_str)), Ok(proof));
    }
}

#[test]
fn alphabeta_may_be_missing_but_not_wrong() {
    let mut json = key_json();
    json["vk_alphabeta_12"][0][0][0] = json!("1");
    assert_eq!(read_key(&json), Err(JsonError::AlphaBeta));
    json.as_object_mut().unwrap().remove("vk_alphabeta_12");
    assert!(read_key(&json).is_ok());
}

#[test]
fn the_wrong_system_is_named() {
    for (field, value, error) in [
        ("protocol", "plonk", JsonError::Protocol { actual: "plonk".into() }),
        ("protocol", "Groth16", JsonError::Protocol { actual: "Groth16".into() }),
        ("curve", "bls12381", JsonError::Curve { actual: "bls12381".into() }),
    ] {
        let (mut key, mut proof) = (key_json(), proof_json());
        key[field] = json!(value);
        proof[field] = json!(value);
        assert_eq!(read_key(&key), Err(error.clone()));
        assert_eq!(snarkjs::proof_from_json(&proof.to_string()), Err(error));
    }
}

#[test]
fn the_number_of_inputs_must_agree() {
    let mut json = key_json();
    for stated in [0u64, 3, 5, u64::MAX] {
        json["nPublic"] = json!(stated);
        let stated = usize::try_from(stated).unwrap();
        assert_eq!(read_key(&json), Err(JsonError::InputCount { stated, actual: 4 }));
    }
    json["IC"] = json!([]);
    json["nPublic"] = json!(0);
    assert_eq!(read_key(&json), Err(JsonError::InputCount { stated: 0, actual: 0 }));
}

#[test]
fn third_coordinates_are_one() {
    let key_error = |point, cause| Err(JsonError::Key(KeyError::Point { point, cause }));
    let mut json = key_json();
    json["vk_alpha_1"][2] = json!("0");
    assert_eq!(read_key(&json), key_error(KeyPoint::Alpha, EncodingError::Identity));
    json["vk_alpha_1"] = json!(["0", "1", "0"]);
    assert_eq!(read_key(&json), key_error(KeyPoint::Alpha, EncodingError::Identity));
    let mut json = key_json();
    json["IC"][3][2] = json!("2");
    assert_eq!(read_key(&json), key_error(KeyPoint::Ic(3), EncodingError::NotCanonical));
    let mut json = key_json();
    json["vk_delta_2"][2][1] = json!("1");
    assert_eq!(read_key(&json), key_error(KeyPoint::Delta, EncodingError::NotCanonical));
    let mut json = proof_json();
    json["pi_b"][2] = json!(["0", "1"]);
    let error = DecodeError::Point { point: ProofPoint::B, cause: EncodingError::NotCanonical };
    assert_eq!(snarkjs::proof_from_json(&json.to_string()), Err(JsonError::Proof(error)));
}

#[test]
fn weak_keys_are_refused_by_name() {
    let mut json = key_json();
    json["vk_delta_2"] = json["vk_gamma_2"].clone();
    assert_eq!(read_key(&json), Err(JsonError::Key(KeyError::Weak(WeakKey::GammaIsDelta))));
}

/// Every string of the file in turn replaced by forms that are not canonical, or by another number.
#[test]
fn every_number_of_a_key_is_read_strictly() {
    fn strings(value: &Value, path: &str, into: &mut Vec<String>) {
        match value {
            Value::String(text) if text.bytes().all(|c| c.is_ascii_digit()) => into.push(path.to_owned()),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, item)| strings(item, &format!("{path}/{i}"), into));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(name, item)| strings(item, &format!("{path}/{name}"), into));
            }
            _ => {}
        }
    }
    let json = key_json();
    let mut paths = Vec::new();
    strings(&json, "", &mut paths);
    assert_eq!(paths.len(), 3 + 3 * 6 + 12 + 5 * 3);
    for path in paths {
        let text = json.pointer(&path).unwrap().as_str().unwrap();
        for other in
            [format!("0{text}"), format!("{text} "), format!("-{text}"), String::new(), "7".to_owned()]
        {
            let mut json = json.clone();
            *json.pointer_mut(&path).unwrap() = json!(other);
            assert!(read_key(&json).is_err(), "{path}: {other:?}");
        }
        let mut json = json.clone();
        *json.pointer_mut(&path).unwrap() = json!(7);
        assert!(is_syntax(&read_key(&json)), "{path}: a number");
    }
}

#[test]
fn fields_may_not_be_missing_unknown_or_doubled() {
    let json = key_json();
    for name in json.as_object().unwrap().keys().filter(|name| *name != "vk_alphabeta_12") {
        let mut json = json.clone();
        json.as_object_mut().unwrap().remove(name);
        assert!(is_syntax(&read_key(&json)), "{name}");
    }
    let mut unknown = json.clone();
    unknown["extra"] = json!(1);
    assert!(is_syntax(&read_key(&unknown)));
    let doubled = json.to_string().replacen('{', "{\"curve\":\"bn128\",", 1);
    assert!(is_syntax(&snarkjs::key_from_json(&doubled)));
    let trailing = format!("{json} 1");
    assert!(is_syntax(&snarkjs::key_from_json(&trailing)));
    let doubled = proof_json().to_string().replacen('{', "{\"curve\":\"bn128\",", 1);
    assert!(is_syntax(&snarkjs::proof_from_json(&doubled)));
}

#[test]
fn a_proof_of_rapidsnark_names_no_curve() {
    let mut json = proof_json();
    let expected = snarkjs::proof_from_json(&json.to_string()).unwrap();
    json.as_object_mut().unwrap().remove("curve");
    assert_eq!(snarkjs::proof_from_json(&json.to_string()), Ok(expected));
}

#[test]
fn public_inputs_are_read_strictly() {
    let r = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let refused = |text: &str, index, cause| {
        assert_eq!(snarkjs::inputs_from_json(text), Err(JsonError::Input { index, cause }), "{text}");
    };
    refused(&format!("[\"1\",\"{r}\"]"), 1, EncodingError::NotCanonical);
    refused("[\"01\"]", 0, EncodingError::NotCanonical);
    refused("[\"1\",\"2\",\"-3\"]", 2, EncodingError::InvalidDigit { offset: 0 });
    for text in ["", "[1]", "{\"0\":\"1\"}", "[\"1\"", "[\"1\"]]", "[\"1\",]"] {
        assert!(is_syntax(&snarkjs::inputs_from_json(text)), "{text}");
    }
    assert_eq!(snarkjs::inputs_from_json("[]"), Ok(Vec::<Fr>::new()));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}") {
        prop_assert!(snarkjs::key_from_json(&text).is_err());
        prop_assert!(snarkjs::proof_from_json(&text).is_err());
        prop_assert!(SemaphoreProof::from_json(&text).is_err());
        drop(snarkjs::inputs_from_json(&text));
    }

    #[test]
    fn a_changed_character_never_panics_and_never_reads_as_another_proof(at in any::<prop::sample::Index>(), to in "[ -~]") {
        let proof = semaphore_proofs()[0].2.proof;
        let mut text = snarkjs::proof_to_json(&proof);
        let at = at.index(text.len());
        text.replace_range(at..=at, &to);
        if let Ok(read) = snarkjs::proof_from_json(&text) {
            prop_assert_eq!(read, proof);
        }
    }
}
