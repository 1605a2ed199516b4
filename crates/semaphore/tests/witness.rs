//! The native witness against Semaphore's own witness programs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ark_ff::{BigInteger, PrimeField};
use sha2::{Digest, Sha256};
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
};
use tabella_protocol::{
    identity::{Identity, IdentitySecret},
    registry::MembershipPath,
    value::SemaphoreValue,
};
use tabella_semaphore::{Depth, Witness, WitnessError};

/// The inputs of `peer/witness.mjs`.
fn witness(depth: Depth, length: usize) -> Witness {
    let number = u64::try_from(100 * depth.levels() + length).unwrap();
    let siblings = (0..u64::try_from(length).unwrap())
        .map(|level| ark_ff::Field::pow(&Fr::from(1000 * number + level + 2), [99]));
    let path = MembershipPath::from_parts(0xb5a9_c6d3 & ((1 << length) - 1), siblings.collect()).unwrap();
    let identity = Identity::from_private_key_text(&format!("witness {number}"));
    let value = SemaphoreValue::from_u64;
    Witness::compute(depth, identity.secret(), &path, &value(number), &value(number + 1)).unwrap()
}

#[test]
fn every_wire_is_that_of_the_published_programs() {
    let file: serde_json::Value = serde_json::from_str(include_str!("known_answers/witnesses.json")).unwrap();
    let expected = file["digests"].as_array().unwrap();
    assert_eq!(expected.len(), Depth::all().count());
    for (depth, expected) in Depth::all().zip(expected) {
        let mut digest = Sha256::new();
        for length in 0..=depth.levels() {
            for value in witness(depth, length).expose_values() {
                digest.update(value.into_bigint().to_bytes_le());
            }
        }
        assert_eq!(hex::encode(digest.finalize()), expected.as_str().unwrap(), "depth {depth}");
    }
}

#[test]
fn public_values_are_those_of_the_protocol() {
    let depth = Depth::new(7).unwrap();
    let identity = Identity::from_private_key_text("public");
    let path = MembershipPath::from_parts(5, [3u64, 1, 4].map(Fr::from).to_vec()).unwrap();
    let (message, scope) = (SemaphoreValue::from_u64(1), SemaphoreValue::from_u64(2));
    let witness = Witness::compute(depth, identity.secret(), &path, &message, &scope).unwrap();
    let expected = [
        Fr::from(1u64),
        *path.root(&identity.commitment()).as_field(),
        *identity.nullifier(&scope).as_field(),
        message.hash(),
        scope.hash(),
    ];
    assert_eq!(witness.expose_values()[..5], expected);
    assert_eq!(witness.depth(), depth);
    assert_eq!(witness.expose_values().len(), 1514 + 247 * 7);
    assert_eq!(format!("{witness:?}"), "Witness(..)");
}

#[test]
fn a_path_that_is_too_long_is_refused() {
    let depth = Depth::new(2).unwrap();
    let path = MembershipPath::from_parts(0, vec![Fr::from(1u64); 3]).unwrap();
    let value = SemaphoreValue::from_u64(0);
    let identity = Identity::from_private_key_text("long");
    let refused = Witness::compute(depth, identity.secret(), &path, &value, &value);
    assert_eq!(refused.err(), Some(WitnessError::PathTooLong { depth, siblings: 3 }));
}

/// The last sum of the first segment is `2^250 + (8^83 - 1)/7 + (s mod 2^249)` times the base point: the identity, if
/// that is l. circomlib divides by zero there, and its circuit has no solution.
#[test]
fn the_scalar_that_meets_the_identity_is_refused() {
    let two = Scalar::from(2u64);
    let eight = Scalar::from(8u64);
    let pow = |base: Scalar, exponent: u64| ark_ff::Field::pow(&base, [exponent]);
    let ones = (pow(eight, 83) - Scalar::from(1u64)) / Scalar::from(7u64);
    let low = -(pow(two, 250) + ones);
    assert!(low.into_bigint().num_bits() <= 249, "the integer is the low part itself");
    let path = MembershipPath::from_parts(0, Vec::new()).unwrap();
    let value = SemaphoreValue::from_u64(0);
    let compute = |scalar| {
        let secret = IdentitySecret::from_scalar(scalar);
        Witness::compute(Depth::new(1).unwrap(), &secret, &path, &value, &value)
    };
    assert_eq!(compute(low).err(), Some(WitnessError::ExceptionalSecret));
    assert_eq!(compute(low + pow(two, 249)).err(), Some(WitnessError::ExceptionalSecret));
    // Its neighbours, and the ends of the range, are ordinary.
    for scalar in [low + Scalar::from(1u64), Scalar::from(0u64), -Scalar::from(1u64)] {
        let witness = compute(scalar).unwrap();
        let wires = witness.expose_values();
        assert_eq!((wires[10], wires[11]), Point::mul_base(&scalar).to_xy());
    }
}
