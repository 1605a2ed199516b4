#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::{
    election::{FrozenRegistry, Manifest, Rules, Window},
    registry::RegistryRoot,
    statement::Nullifier,
    wire::DecodeError,
};
use alloc::{format, string::ToString, vec::Vec};
use proptest::{collection::vec, prelude::*};
use tabella_primitives::{Fr, digest::Digest, encoding::EncodingError, instance::PublicInputs};

fn manifest() -> Manifest {
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park", "Roof"])
        .rules(Rules::approval(1, 2))
        .window(Window { opens_at: 1, closes_at: 2 })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
        .insecure_development_key(Digest::from_bytes([9; 32]))
        .nonce([1; 32])
        .build()
        .unwrap()
}

fn ballot(choice: &[u16]) -> OpenBallot {
    let m = manifest();
    let selection = Selection::from_indices(&m, choice.iter().copied()).unwrap();
    let statement = BallotStatement::new(&m, Nullifier::from_field(Fr::from(5)), selection).unwrap();
    statement.into_ballot(core::array::from_fn(|i| u8::try_from(i).unwrap()))
}

#[test]
fn choices_have_one_form() {
    let m = manifest();
    assert_eq!(Selection::from_indices(&m, [2, 0]), Selection::from_labels(&m, ["Canteen", "Roof"]));
    assert_eq!(Selection::from_indices(&m, [2, 0]).unwrap().to_bytes(), [0, 2, 0, 0, 0, 2]);
    assert_eq!(Selection::abstention().to_bytes(), [0, 0]);
    for (indices, error) in [
        (&[1, 1][..], SelectionError::Repeated { index: 1 }),
        (&[3], SelectionError::NoSuchOption { index: 3, options: 3 }),
        (&[0, 1, 2], SelectionError::TooMany { max: 2, actual: 3 }),
    ] {
        assert_eq!(Selection::from_indices(&m, indices.iter().copied()), Err(error));
    }
    let label = SelectionError::NoSuchLabel { label: "park".to_string() };
    assert_eq!(Selection::from_labels(&m, ["park"]), Err(label));
    for (bytes, error) in [
        (&[][..], DecodeError::Length { expected: 2, actual: 0 }),
        (&[0], DecodeError::Length { expected: 2, actual: 1 }),
        (&[0, 1], DecodeError::Length { expected: 4, actual: 2 }),
        (&[0, 0, 0], DecodeError::Length { expected: 2, actual: 3 }),
        (&[0, 2, 0, 1, 0, 1], DecodeError::SelectionNotCanonical),
        (&[0, 2, 0, 2, 0, 1], DecodeError::SelectionNotCanonical),
        (&[255, 255], DecodeError::Length { expected: 2 + 2 * 65_535, actual: 2 }),
    ] {
        assert_eq!(Selection::from_bytes(bytes), Err(error), "{bytes:?}");
    }
}

/// Computed by an independent Keccak over the parts in protocol section 4. A change here renames every ballot.
#[test]
fn message_and_digest_are_pinned() {
    let ballot = ballot(&[0, 2]);
    let message = Digest::from_bytes(*ballot.statement().message().as_be_bytes());
    assert_eq!(message.to_string(), "bbd792c82067a9a80eeee0b5fd630894159d3bf89448fcb4380b0806dcdf8e84");
    assert_eq!(
        ballot.digest().to_string(),
        "c8b43ab44154590ffbfbb22005c1e323aa65c6f7cbe557a3b75ad1838197dafc"
    );
}

#[test]
fn the_proof_is_not_part_of_the_name_and_the_choice_is() {
    let one = ballot(&[1]);
    let other_proof = one.statement().clone().into_ballot([0; PROOF_BYTES]);
    assert_eq!(one.digest(), other_proof.digest());
    assert_ne!(one.digest(), ballot(&[2]).digest());
    let inputs = |b: &OpenBallot| b.instance(&manifest()).unwrap().public_inputs();
    assert_eq!(inputs(&one), inputs(&other_proof));
    assert_ne!(inputs(&one)[2], inputs(&ballot(&[2]))[2], "the message is bound to the choice");
}

#[test]
fn files_have_one_form() {
    let good = ballot(&[0, 2]).to_json();
    let field = |field, error| DecodeError::Field { field, error };
    for (from, to, expected) in [
        (
            "\"nullifier\":\"5\"",
            "\"nullifier\":\"+5\"",
            field("nullifier", EncodingError::InvalidDigit { offset: 0 }),
        ),
        (
            "\"nullifier\":\"5\"",
            "\"nullifier\":\"\"",
            field("nullifier", EncodingError::Length { expected: 1, actual: 0 }),
        ),
        (
            "\"registry_root\":\"7\"",
            "\"registry_root\":\"007\"",
            field("registry_root", EncodingError::NotCanonical),
        ),
        (
            "\"proof\":\"00",
            "\"proof\":\"0",
            field("proof", EncodingError::Length { expected: 512, actual: 511 }),
        ),
        ("\"proof\":\"0001", "\"proof\":\"000G", field("proof", EncodingError::InvalidDigit { offset: 3 })),
        ("[0,2]", "[2,0]", DecodeError::SelectionNotCanonical),
    ] {
        assert_eq!(OpenBallot::from_json(good.replace(from, to).as_bytes()), Err(expected), "{from} -> {to}");
    }
    for (from, to) in [
        ("[0,2]", "[0,2.0]"),
        ("[0,2]", "[0,65536]"),
        ("\"format\"", "\"more\":1,\"format\""),
        ("\"nullifier\":\"5\"", "\"nullifier\":\"5\",\"nullifier\":\"6\""),
        ("\"nullifier\":\"5\"", "\"nullifier\":5"),
        ("}", "}}"),
        ("{", "[{"),
    ] {
        let bad = good.replace(from, to);
        assert!(
            matches!(OpenBallot::from_json(bad.as_bytes()), Err(DecodeError::Json { .. })),
            "{from} -> {to}"
        );
    }
    let deep = format!("{}{}", "[".repeat(1500), "]".repeat(1500));
    assert!(matches!(OpenBallot::from_json(deep.as_bytes()), Err(DecodeError::Json { .. })));
    let all: Vec<u16> = (0..256).map(|i| 65_280 + i - 1).collect();
    let greatest = good.replace("[0,2]", &serde_json::to_string(&all).unwrap());
    assert!(OpenBallot::from_json(greatest.as_bytes()).is_ok(), "the greatest ballot fits its file");
}

#[test]
fn every_cut_and_extension_of_the_compact_form_is_refused() {
    let bytes = ballot(&[0, 2]).to_bytes();
    assert_eq!(OpenBallot::from_bytes(&bytes), Ok(ballot(&[0, 2])));
    for cut in 0..bytes.len() {
        assert!(OpenBallot::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for more in [1, 2, 7, 1 << 20] {
        let mut long = bytes.clone();
        long.resize(bytes.len() + more, 0);
        assert!(
            matches!(OpenBallot::from_bytes(&long), Err(DecodeError::Length { .. })),
            "{more} bytes more"
        );
    }
}

proptest! {
    #[test]
    fn bytes_that_decode_encode_to_themselves(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), noise in vec(any::<u8>(), 0..600)
    ) {
        let mut bytes = ballot(&[1]).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        for candidate in [bytes, noise] {
            if let Ok(decoded) = OpenBallot::from_bytes(&candidate) {
                prop_assert_eq!(decoded.to_bytes(), candidate);
                prop_assert_eq!(OpenBallot::from_json(decoded.to_json().as_bytes()), Ok(decoded));
            }
        }
    }
}
