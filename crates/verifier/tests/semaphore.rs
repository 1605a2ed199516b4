//! Semaphore's published verifying keys and proofs, and what its JavaScript accepts too easily.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use ark_bn254::Fr;
use common::{semaphore_key, semaphore_key_json, semaphore_proofs};
use std::collections::HashSet;
use tabella_primitives::{
    digest::keccak256,
    encoding::{Canonical, EncodingError},
};
use tabella_verifier::{
    DecodeError, InvalidProof, Proof, ProofPoint,
    semaphore::{SemaphoreError, SemaphoreField, SemaphoreProof},
    snarkjs::{self, JsonError},
};

/// The public inputs as Semaphore's circuit takes them.
fn public_inputs(object: &SemaphoreProof) -> [Fr; 4] {
    let hash = |value: &[u8; 32]| {
        let mut shifted = [0u8; 32];
        shifted[1..].copy_from_slice(&keccak256(value)[..31]);
        Fr::from_be_bytes(&shifted).unwrap()
    };
    [object.root, object.nullifier, hash(&object.message), hash(&object.scope)]
}

#[test]
fn all_published_keys_load_and_are_different() {
    let mut digests = HashSet::new();
    for depth in 1..=32 {
        let key = snarkjs::key_from_json(&semaphore_key_json(depth)).unwrap();
        assert_eq!(key.public_inputs(), 4);
        digests.insert(key.digest());
    }
    assert_eq!(digests.len(), 32);
}

#[test]
fn all_published_proofs_verify_under_their_key_and_no_other() {
    let keys: Vec<_> = (1..=32).map(semaphore_key).collect();
    let proofs = semaphore_proofs();
    assert_eq!(proofs.len(), 6);
    for (depth, inputs, object) in &proofs {
        assert_eq!(public_inputs(object).as_slice(), inputs);
        assert_eq!(usize::from(object.depth), *depth);
        for (key, of_key) in keys.iter().zip(1..) {
            let expected = if *depth == of_key { Ok(()) } else { Err(InvalidProof::NotSatisfied) };
            assert_eq!(key.verify_inputs(inputs, &object.proof), expected, "{depth} under {of_key}");
        }
    }
}

#[test]
fn proof_objects_round_trip() {
    let published = tabella_testkit::semaphore_vector("proofs.json");
    for (entry, (_, _, object)) in published["proofs"].as_array().unwrap().iter().zip(semaphore_proofs()) {
        let again: serde_json::Value = serde_json::from_str(&object.to_json()).unwrap();
        assert_eq!(again, entry["proof"]);
        assert_eq!(Proof::from_bytes(&object.proof.to_bytes()).unwrap(), object.proof);
        let text = snarkjs::proof_to_json(&object.proof);
        assert_eq!(snarkjs::proof_from_json(&text).unwrap(), object.proof);
    }
}

#[test]
fn values_at_the_edge_round_trip() {
    let (_, _, mut object) = semaphore_proofs().remove(0);
    for value in [[0; 32], [0xff; 32], core::array::from_fn(|i| u8::try_from(i).unwrap())] {
        object.message = value;
        object.scope = value;
        assert_eq!(SemaphoreProof::from_json(&object.to_json()).as_ref(), Ok(&object));
    }
}

#[test]
fn edge_cases_of_the_javascript_verifier() {
    let field = |field, cause| Err(SemaphoreError::Field { field, cause });
    let point = |cause| {
        Err(SemaphoreError::Json(JsonError::Proof(DecodeError::Point { point: ProofPoint::A, cause })))
    };
    let cases = tabella_testkit::semaphore_vector("proofs.json")["verifierEdgeCases"].clone();
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for case in cases {
        let note = case["note"].as_str().unwrap();
        let mut json = case["proof"].clone();
        if note == "nullifier as bigint type" {
            // JSON has no such type: the nearest thing is a number, and the vector's maker wrote a string.
            json["nullifier"] = serde_json::from_str("1288692265").unwrap();
        }
        let read = SemaphoreProof::from_json(&json.to_string());
        let syntax = matches!(read, Err(SemaphoreError::Json(JsonError::Syntax { .. })));
        match note {
            "unmodified" | "scope changed" | "root changed" => {
                let object = read.unwrap();
                let verdict = semaphore_key(20).verify_inputs(&public_inputs(&object), &object.proof);
                let expected = if note == "unmodified" { Ok(()) } else { Err(InvalidProof::NotSatisfied) };
                assert_eq!(verdict, expected, "{note}");
            }
            "depth 33" => assert_eq!(read, Err(SemaphoreError::Depth { actual: 33 })),
            "nullifier - r (negative)" | "nullifier with blanks" => {
                assert_eq!(read, field(SemaphoreField::Nullifier, EncodingError::InvalidDigit { offset: 0 }));
            }
            // JavaScript accepts this one: a second name for the same nullifier, and a second vote.
            "nullifier with leading zero" => {
                assert_eq!(case["result"], true);
                assert_eq!(read, field(SemaphoreField::Nullifier, EncodingError::NotCanonical));
            }
            "point 0 + 1" => assert_eq!(read, point(EncodingError::NotOnCurve)),
            "all points zero" => assert_eq!(read, point(EncodingError::Identity)),
            "points not numbers" => assert_eq!(read, point(EncodingError::InvalidDigit { offset: 0 })),
            "depth 20.5" | "nullifier as bigint type" | "proof {}" => assert!(syntax, "{note}: {read:?}"),
            other => panic!("unknown case {other}"),
        }
    }
}

#[test]
fn every_non_canonical_number_is_refused_in_every_field() {
    const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    const R_PLUS_1: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495618";
    const Q_MINUS_1: &str = "21888242871839275222246405745257275088696311157297823662689037894645226208582";
    const Q: &str = "21888242871839275222246405745257275088696311157297823662689037894645226208583";
    const MAX: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let json: serde_json::Value = serde_json::from_str(&semaphore_proofs()[0].2.to_json()).unwrap();
    let with = |name: &str, value: &str| {
        let mut json = json.clone();
        json[name] = value.into();
        SemaphoreProof::from_json(&json.to_string())
    };
    let fields = [
        ("merkleTreeRoot", SemaphoreField::Root),
        ("nullifier", SemaphoreField::Nullifier),
        ("message", SemaphoreField::Message),
        ("scope", SemaphoreField::Scope),
    ];
    for (name, field) in fields {
        let refused = |value: &str, cause| {
            assert_eq!(with(name, value), Err(SemaphoreError::Field { field, cause }), "{name} {value:?}");
        };
        for value in ["01", "00", &format!("{MAX}0"), &format!("0{MAX}")] {
            refused(value, EncodingError::NotCanonical);
        }
        for value in ["-1", "+1", " 1", "\u{661}", "\u{ff11}"] {
            refused(value, EncodingError::InvalidDigit { offset: 0 });
        }
        for value in ["0x1", "1e3", "1_0", "1 ", "1\n", "1.0"] {
            refused(value, EncodingError::InvalidDigit { offset: 1 });
        }
        refused("", EncodingError::Length { expected: 1, actual: 0 });
        for value in [R, R_PLUS_1, Q_MINUS_1, Q, MAX] {
            if matches!(field, SemaphoreField::Root | SemaphoreField::Nullifier) {
                refused(value, EncodingError::NotCanonical);
            } else {
                // Message and scope are integers of 256 bits that are hashed, not elements of a field.
                assert!(with(name, value).is_ok());
            }
        }
    }
    for value in ["-1", "2.0", "1e0", "\"1\"", "null", "18446744073709551616"] {
        let text =
            json.to_string().replacen("\"merkleTreeDepth\":1", &format!("\"merkleTreeDepth\":{value}"), 1);
        let read = SemaphoreProof::from_json(&text);
        assert!(matches!(read, Err(SemaphoreError::Json(JsonError::Syntax { .. }))), "{value}: {read:?}");
    }
    for (value, actual) in [("0", 0), ("33", 33), ("257", 257)] {
        let text =
            json.to_string().replacen("\"merkleTreeDepth\":1", &format!("\"merkleTreeDepth\":{value}"), 1);
        assert_eq!(SemaphoreProof::from_json(&text), Err(SemaphoreError::Depth { actual }));
    }
}
