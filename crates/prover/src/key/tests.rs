use super::{KeyError, KeyPart, KeyParts, QuotientBasis};
use crate::{ProvingKey, insecure_development_setup, prove, testing::Chain};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::Field;
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::OnceLock;
use tabella_primitives::encoding::EncodingError;
use tabella_verifier::point::g2_to_bytes;

/// 6 witness variables, 3 instance variables, 7 constraints, domain 16, IC 3.
const COUNTS_AT: usize = 16;
const DIGEST_AT: usize = COUNTS_AT + 56;
const VK_AT: usize = DIGEST_AT + 32;
const BETA_AT: usize = VK_AT + 64 + 3 * 128 + 4 + 3 * 64;
const A_AT: usize = BETA_AT + 128;
const B2_AT: usize = A_AT + (9 + 9 + 15 + 6) * 64;
const POOL_AT: usize = B2_AT + 9 * 128;

fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| insecure_development_setup(&Chain::shape_only(5), &[1; 32]).unwrap().to_bytes())
}

#[test]
fn keys_survive_a_round_trip_and_still_prove() {
    let key = ProvingKey::from_bytes(bytes()).unwrap();
    assert_eq!(key.to_bytes(), bytes());
    assert!(ProvingKey::from_trusted_bytes_checked_by_hash(bytes()).unwrap() == key);
    prove(&key, &Chain::new(5, 3), &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
}

#[test]
fn truncated_and_extended_keys_are_refused() {
    for length in (0..bytes().len()).step_by(7) {
        let error = ProvingKey::from_bytes(&bytes()[..length]).unwrap_err();
        match length {
            0..16 => assert_eq!(error, KeyError::NotAProvingKey),
            16..VK_AT => assert_eq!(error, KeyError::Length { expected: VK_AT, actual: length }),
            _ => assert_eq!(error, KeyError::Length { expected: bytes().len(), actual: length }),
        }
    }
    let longer = [bytes(), &[0]].concat();
    let error = KeyError::Length { expected: bytes().len(), actual: bytes().len() + 1 };
    assert_eq!(ProvingKey::from_bytes(&longer), Err(error.clone()));
    assert_eq!(ProvingKey::from_trusted_bytes_checked_by_hash(&longer), Err(error));
}

#[test]
fn hostile_counts_are_refused_before_anything_is_allocated() {
    for count in 0..7 {
        for value in [u64::MAX, 1 << 60, (1 << 32) + 1, 1 << 32, 1 << 31, 1 << 20, 0] {
            let mut hostile = bytes().to_vec();
            hostile[COUNTS_AT + 8 * count..][..8].copy_from_slice(&value.to_be_bytes());
            let error = ProvingKey::from_bytes(&hostile).unwrap_err();
            match (count, value) {
                (_, 4_294_967_297..) => {
                    assert!(matches!(error, KeyError::Count { value: v, .. } if v == value), "{error:?}");
                }
                _ => assert!(matches!(error, KeyError::Count { .. } | KeyError::Length { .. }), "{error:?}"),
            }
        }
    }
}

#[test]
fn every_single_flipped_byte_is_refused() {
    // Points are checked by curve and group, the matrices by their digest: only changes that give other valid points
    // could pass, and a flipped byte never does that.
    let mut flipped = bytes().to_vec();
    for place in 0..flipped.len() {
        let byte = flipped[place];
        flipped[place] ^= 1 << (place % 8);
        assert!(ProvingKey::from_bytes(&flipped).is_err(), "byte {place}");
        flipped[place] = byte;
    }
}

/// A point of the twist outside the group: the first x that has a y gives one.
fn outside() -> G2Affine {
    (1u64..)
        .find_map(|x| {
            let x = Fq2::new(Fq::from(x), Fq::from(0));
            let y = (x * x * x + ark_bn254::g2::Config::COEFF_B).sqrt()?;
            let point = G2Affine::new_unchecked(x, y);
            (!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
        })
        .unwrap()
}

#[test]
fn points_are_checked() {
    let refused = |at: usize, with: &[u8]| {
        let mut changed = bytes().to_vec();
        changed[at..][..with.len()].copy_from_slice(with);
        ProvingKey::from_bytes(&changed).unwrap_err()
    };
    let point = |part, index, cause| KeyError::Point { part, index, cause };
    assert_eq!(refused(A_AT + 64, &[255; 32]), point(KeyPart::A, 1, EncodingError::NotCanonical));
    assert_eq!(
        refused(A_AT + 127, &[bytes()[A_AT + 127] ^ 1]),
        point(KeyPart::A, 1, EncodingError::NotOnCurve)
    );
    assert_eq!(refused(BETA_AT, &[0; 64]), point(KeyPart::Beta, 0, EncodingError::Identity));
    assert_eq!(refused(BETA_AT + 64, &[0; 64]), point(KeyPart::Delta, 0, EncodingError::Identity));
    assert_eq!(
        refused(B2_AT + 128, &g2_to_bytes(&outside())),
        point(KeyPart::BInG2, 1, EncodingError::NotInSubgroup)
    );
    assert!(matches!(refused(VK_AT, &[0; 64]), KeyError::VerifyingKey(_)));
}

#[test]
fn matrices_are_checked() {
    let refused = |at: usize, with: &[u8]| {
        let mut changed = bytes().to_vec();
        changed[at..][..with.len()].copy_from_slice(with);
        [ProvingKey::from_bytes(&changed), ProvingKey::from_trusted_bytes_checked_by_hash(&changed)]
            .map(Result::unwrap_err)
    };
    let pool = usize::from(bytes()[COUNTS_AT + 31]);
    let rows = POOL_AT + 32 * pool;
    for (index, with) in [(0, 2), (1, 2), (2, 1)] {
        let mut value = [0; 32];
        value[31] = with;
        // Not 1, not -1, or twice the same.
        for error in refused(POOL_AT + 32 * index, &value) {
            assert_eq!(error, KeyError::Coefficient { index });
        }
    }
    for error in refused(POOL_AT + 64, &[0; 32]) {
        assert_eq!(error, KeyError::Coefficient { index: 2 });
    }
    // The first row of A ends beyond its entries; its column does not exist; its coefficient does not.
    for (at, with) in [(rows, [255; 4]), (rows + 28, [0, 0, 0, 9]), (rows + 32, [0, 0, 0, 200])] {
        for error in refused(at, &with) {
            assert_eq!(error, KeyError::Row { matrix: 'A', row: 0 });
        }
    }
    // Another column: canonical, but another circuit.
    let [full, trusted] = {
        let mut changed = bytes().to_vec();
        changed[rows + 31] = 8;
        [ProvingKey::from_bytes(&changed), ProvingKey::from_trusted_bytes_checked_by_hash(&changed)]
    };
    assert!(matches!(full, Err(KeyError::CircuitDigest { .. })));
    // Its digest is vouched for by the hash of the file, which the caller compared.
    assert!(trusted.is_ok());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(head in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..4000) {
        let _ = ProvingKey::from_bytes(&head);
        let _ = ProvingKey::from_bytes(&[b"tabella-pk-v1\0\0\0".as_slice(), &head].concat());
        let mut changed = bytes().to_vec();
        let at = at.min(changed.len() - head.len());
        changed[at..at + head.len()].copy_from_slice(&head);
        let _ = ProvingKey::from_bytes(&changed);
        let _ = ProvingKey::from_trusted_bytes_checked_by_hash(&changed);
    }
}

fn parts() -> KeyParts {
    let key = ProvingKey::from_bytes(bytes()).unwrap();
    KeyParts {
        verifying_key: key.verifying_key().clone(),
        beta_g1: *key.beta_g1(),
        delta_g1: *key.delta_g1(),
        a: key.query_a().to_vec(),
        b_g1: key.query_b_g1().to_vec(),
        b_g2: key.query_b_g2().to_vec(),
        h: key.query_h().to_vec(),
        h_basis: key.quotient_basis(),
        l: key.query_l().to_vec(),
        matrices: key.matrices().clone(),
    }
}

#[test]
fn parts_make_the_same_key() {
    assert_eq!(ProvingKey::from_parts(parts()).unwrap().to_bytes(), bytes());
}

#[test]
fn parts_are_checked() {
    let refused = |change: fn(&mut KeyParts)| {
        let mut parts = parts();
        change(&mut parts);
        ProvingKey::from_parts(parts).unwrap_err()
    };
    let count = |part, expected, actual| KeyError::PointCount { part, expected, actual };
    assert_eq!(refused(|parts| parts.a.truncate(8)), count(KeyPart::A, 9, 8));
    assert_eq!(refused(|parts| parts.b_g1.push(parts.b_g1[0])), count(KeyPart::BInG1, 9, 10));
    assert_eq!(refused(|parts| parts.b_g2.clear()), count(KeyPart::BInG2, 9, 0));
    assert_eq!(refused(|parts| parts.l.truncate(5)), count(KeyPart::L, 6, 5));
    assert_eq!(refused(|parts| parts.h.push(parts.h[0])), count(KeyPart::H, 15, 16));
    assert_eq!(refused(|parts| parts.h_basis = QuotientBasis::OddCoset), count(KeyPart::H, 16, 15));

    let point = |part, index, cause| KeyError::Point { part, index, cause };
    let off = EncodingError::NotOnCurve;
    assert_eq!(refused(|parts| parts.a[1].x += Fq::from(1)), point(KeyPart::A, 1, off.clone()));
    assert_eq!(refused(|parts| parts.l[5].x += Fq::from(1)), point(KeyPart::L, 5, off.clone()));
    assert_eq!(refused(|parts| parts.h[14].y += Fq::from(1)), point(KeyPart::H, 14, off.clone()));
    assert_eq!(refused(|parts| parts.beta_g1.x += Fq::from(1)), point(KeyPart::Beta, 0, off.clone()));
    assert_eq!(refused(|parts| parts.b_g2[0].x += Fq2::from(1)), point(KeyPart::BInG2, 0, off));
    let identity = EncodingError::Identity;
    assert_eq!(refused(|parts| parts.delta_g1 = G1Affine::identity()), point(KeyPart::Delta, 0, identity));
    assert_eq!(
        refused(|parts| parts.b_g2[8] = outside()),
        point(KeyPart::BInG2, 8, EncodingError::NotInSubgroup)
    );
    let contradiction = |part| KeyError::Contradiction { part };
    assert_eq!(refused(|parts| parts.beta_g1 = parts.delta_g1), contradiction(KeyPart::Beta));
    assert_eq!(refused(|parts| parts.delta_g1 = parts.beta_g1), contradiction(KeyPart::Delta));

    let other =
        insecure_development_setup(&Chain { outputs: false, ..Chain::shape_only(5) }, &[1; 32]).unwrap();
    let mut mixed = parts();
    mixed.verifying_key = other.verifying_key().clone();
    assert_eq!(ProvingKey::from_parts(mixed), Err(KeyError::PublicInputs { expected: 2, actual: 0 }));
}
