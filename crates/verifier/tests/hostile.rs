//! Forged, mauled and malformed proofs and keys.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use common::{g1, g2, random_item, rng, semaphore_key, semaphore_proofs};
use proptest::prelude::*;
use tabella_primitives::{encoding::EncodingError, instance::PublicInputs};
use tabella_verifier::{
    DecodeError, InvalidProof, KeyError, KeyPoint, PreparedVerifyingKey, Proof, ProofPoint, VerifyingKey,
    WeakKey, point, testing::ForgingKey,
};

struct Four([Fr; 4]);

impl PublicInputs<4> for Four {
    const FIELDS: [&'static str; 4] = ["root", "nullifier", "message", "scope"];

    fn public_inputs(&self) -> [Fr; 4] {
        self.0
    }
}

/// A key of Semaphore with a proof that verifies.
fn good() -> (PreparedVerifyingKey, Vec<Fr>, Proof) {
    let (depth, inputs, object) = semaphore_proofs().remove(0);
    (semaphore_key(depth), inputs, object.proof)
}

/// A point of the twist that is not in the group of order r.
fn outside() -> G2Affine {
    (0u64..).find_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::ONE), true)).unwrap()
}

#[test]
fn typed_statements_verify() {
    let (key, inputs, proof) = good();
    let mut statement = Four(inputs.try_into().unwrap());
    assert_eq!(key.verify(&statement, &proof), Ok(()));
    statement.0[3] += Fr::ONE;
    assert_eq!(key.verify(&statement, &proof), Err(InvalidProof::NotSatisfied));
}

#[test]
fn v01_wrong_number_of_inputs() {
    let (key, inputs, proof) = good();
    let wrong = |actual| Err(InvalidProof::WrongNumberOfInputs { expected: 4, actual });
    for actual in [0, 1, 3] {
        assert_eq!(key.verify_inputs(&inputs[..actual], &proof), wrong(actual));
    }
    // A proof must not verify with an input of zero left out, or with more inputs behind the last one.
    let longer = [inputs.as_slice(), &[Fr::ZERO]].concat();
    assert_eq!(key.verify_inputs(&longer, &proof), wrong(5));

    let mut rng = rng();
    let secrets = ForgingKey::generate(2, &mut rng);
    let statement = [Fr::from(15), Fr::ZERO];
    let proof = secrets.forge(&statement, &mut rng);
    let key = secrets.verifying_key().prepare();
    assert_eq!(key.verify_inputs(&statement, &proof), Ok(()));
    for other in [&[Fr::from(15)][..], &[Fr::from(15), Fr::ZERO, Fr::from(777)]] {
        let error = InvalidProof::WrongNumberOfInputs { expected: 2, actual: other.len() };
        assert_eq!(key.verify_inputs(other, &proof), Err(error));
    }
}

#[test]
fn circuits_with_no_and_with_many_inputs() {
    let mut rng = rng();
    for inputs in [0, 1, 2, 17, 40] {
        let secrets = ForgingKey::generate(inputs, &mut rng);
        let key = secrets.verifying_key().prepare();
        let (mut statement, proof) = random_item(&secrets, &mut rng);
        assert_eq!(key.verify_inputs(&statement, &proof), Ok(()));
        for index in 0..inputs {
            statement[index] += Fr::ONE;
            assert_eq!(key.verify_inputs(&statement, &proof), Err(InvalidProof::NotSatisfied), "{index}");
            statement[index] -= Fr::ONE;
        }
        // Edge values of the digit-wise multiplication.
        for edge in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
            let statement = vec![edge; inputs];
            let proof = secrets.forge(&statement, &mut rng);
            assert_eq!(key.verify_inputs(&statement, &proof), Ok(()));
        }
    }
}

#[test]
fn each_changed_input_is_refused() {
    let (key, inputs, proof) = good();
    for index in 0..4 {
        for change in [Fr::ONE, -Fr::ONE, Fr::from(1u64 << 63), -inputs[index]] {
            let mut changed = inputs.clone();
            changed[index] += change;
            assert_eq!(key.verify_inputs(&changed, &proof), Err(InvalidProof::NotSatisfied));
        }
        let mut swapped = inputs.clone();
        swapped.swap(index, (index + 1) % 4);
        assert_eq!(key.verify_inputs(&swapped, &proof), Err(InvalidProof::NotSatisfied));
    }
}

#[test]
fn each_changed_byte_of_a_proof_is_refused() {
    let (key, inputs, proof) = good();
    let bytes = proof.to_bytes();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes;
            changed[index] ^= 1 << bit;
            if let Ok(proof) = Proof::from_bytes(&changed) {
                assert_eq!(proof.to_bytes(), changed, "one encoding");
                assert_eq!(key.verify_inputs(&inputs, &proof), Err(InvalidProof::NotSatisfied));
            }
        }
    }
}

#[test]
fn each_changed_byte_of_a_key_is_refused() {
    let (key, inputs, proof) = good();
    let bytes = key.key().to_bytes();
    assert_eq!(bytes.len(), 516 + 4 * 64);
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        if let Ok(other) = VerifyingKey::from_bytes(&changed) {
            assert_eq!(other.to_bytes(), changed, "one encoding");
            assert_ne!(other.digest(), key.key().digest());
            assert!(other.prepare().verify_inputs(&inputs, &proof).is_err(), "{index}");
        }
    }
}

#[test]
fn each_exchanged_point_of_a_key_is_refused() {
    let (key, inputs, proof) = good();
    let key = key.key();
    let mut keys = Vec::new();
    for place in 0..4 {
        let mut parts = (*key.alpha(), [*key.beta(), *key.gamma(), *key.delta()]);
        match place {
            0 => parts.0 = -parts.0,
            _ => parts.1[place - 1] = -parts.1[place - 1],
        }
        let [beta, gamma, delta] = parts.1;
        keys.push(VerifyingKey::from_parts(parts.0, beta, gamma, delta, key.ic().to_vec()).unwrap());
    }
    for index in 0..5 {
        let mut ic = key.ic().to_vec();
        ic[index] = -ic[index];
        keys.push(
            VerifyingKey::from_parts(*key.alpha(), *key.beta(), *key.gamma(), *key.delta(), ic).unwrap(),
        );
    }
    let mut swapped = key.ic().to_vec();
    swapped.swap(1, 2);
    keys.push(
        VerifyingKey::from_parts(*key.alpha(), *key.beta(), *key.gamma(), *key.delta(), swapped).unwrap(),
    );
    for other in keys {
        assert_ne!(other.digest(), key.digest());
        assert_eq!(other.prepare().verify_inputs(&inputs, &proof), Err(InvalidProof::NotSatisfied));
    }
}

#[test]
fn v04_points_outside_the_subgroup() {
    let (key, inputs, proof) = good();
    let bad = outside();
    let in_b = DecodeError::Point { point: ProofPoint::B, cause: EncodingError::NotInSubgroup };
    assert_eq!(Proof::from_parts(*proof.a(), bad, *proof.c()), Err(in_b.clone()));
    let mut bytes = proof.to_bytes();
    bytes[64..192].copy_from_slice(&point::g2_to_bytes(&bad));
    assert_eq!(Proof::from_bytes(&bytes), Err(in_b.clone()));
    // A valid B shifted by a point of the cofactor's order: some verifiers without the check cannot tell them apart.
    let r = <Fr as ark_ff::PrimeField>::MODULUS;
    let shifted = (*proof.b() + bad.mul_bigint(r)).into_affine();
    assert_eq!(Proof::from_parts(*proof.a(), shifted, *proof.c()), Err(in_b));
    assert_eq!(key.verify_inputs(&inputs, &proof), Ok(()));

    let key = key.key();
    let bytes = key.to_bytes();
    for (at, point) in [(64, KeyPoint::Beta), (192, KeyPoint::Gamma), (320, KeyPoint::Delta)] {
        let mut changed = bytes.clone();
        changed[at..at + 128].copy_from_slice(&point::g2_to_bytes(&bad));
        let error = KeyError::Point { point, cause: EncodingError::NotInSubgroup };
        assert_eq!(VerifyingKey::from_bytes(&changed), Err(error));
    }
    let error = KeyError::Point { point: KeyPoint::Gamma, cause: EncodingError::NotInSubgroup };
    let ic = key.ic().to_vec();
    assert_eq!(VerifyingKey::from_parts(*key.alpha(), *key.beta(), bad, *key.delta(), ic), Err(error));
}

#[test]
fn v05_truncated_and_extended_bytes() {
    let (key, _, proof) = good();
    let bytes = proof.to_bytes();
    for length in 0..Proof::BYTES {
        assert_eq!(Proof::from_bytes(&bytes[..length]), Err(DecodeError::Length { actual: length }));
    }
    for extra in [1, 7, 64, 256, 1 << 20] {
        let longer = [bytes.as_slice(), &vec![0; extra]].concat();
        assert_eq!(Proof::from_bytes(&longer), Err(DecodeError::Length { actual: 256 + extra }));
    }
    let bytes = key.key().to_bytes();
    assert_eq!(VerifyingKey::from_bytes(&bytes).as_ref(), Ok(key.key()));
    for length in 0..bytes.len() {
        let expected = if length < 452 { 452 } else { bytes.len() };
        assert_eq!(
            VerifyingKey::from_bytes(&bytes[..length]),
            Err(KeyError::Length { expected, actual: length })
        );
    }
    for extra in [1, 7, 64, 1 << 20] {
        let longer = [bytes.as_slice(), &vec![0; extra]].concat();
        let error = KeyError::Length { expected: bytes.len(), actual: bytes.len() + extra };
        assert_eq!(VerifyingKey::from_bytes(&longer), Err(error));
    }
}

#[test]
fn the_number_of_points_in_a_key_is_checked_before_anything_is_allocated() {
    let mut bytes = good().0.key().to_bytes();
    for count in [0u32, 1, 4, 6, 1 << 20, u32::MAX] {
        bytes[448..452].copy_from_slice(&count.to_be_bytes());
        let expected = 452 + 64 * usize::try_from(count).unwrap();
        assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::Length { expected, actual: bytes.len() }));
    }
    bytes.truncate(452);
    bytes[448..].copy_from_slice(&[0; 4]);
    assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::NoIc));
}

#[test]
fn v06_identities_swaps_and_signs() {
    let (key, inputs, proof) = good();
    let (a, b, c) = (*proof.a(), *proof.b(), *proof.c());
    let (zero1, zero2) = (G1Affine::identity(), G2Affine::identity());
    let identity = |point| Err(DecodeError::Point { point, cause: EncodingError::Identity });
    assert_eq!(Proof::from_parts(zero1, b, c), identity(ProofPoint::A));
    assert_eq!(Proof::from_parts(a, zero2, c), identity(ProofPoint::B));
    assert_eq!(Proof::from_parts(a, b, zero1), identity(ProofPoint::C));
    assert_eq!(Proof::from_bytes(&[0; 256]), identity(ProofPoint::A));
    for (at, point) in [(0..64, ProofPoint::A), (64..192, ProofPoint::B), (192..256, ProofPoint::C)] {
        let mut bytes = proof.to_bytes();
        bytes[at].fill(0);
        assert_eq!(Proof::from_bytes(&bytes), identity(point));
    }
    let off = G1Affine::new_unchecked(Fq::ONE, Fq::ONE);
    let error = DecodeError::Point { point: ProofPoint::C, cause: EncodingError::NotOnCurve };
    assert_eq!(Proof::from_parts(a, b, off), Err(error));
    for (a, b, c) in [(c, b, a), (-a, b, c), (a, -b, c), (a, b, -c), (-a, -b, -c), (a, b, a), (c, b, c)] {
        let mauled = Proof::from_parts(a, b, c).unwrap();
        assert_eq!(key.verify_inputs(&inputs, &mauled), Err(InvalidProof::NotSatisfied));
    }
}

#[test]
fn v07_rerandomised_proofs_verify_and_are_not_names() {
    // Documented at `Proof`: this is why ballots are told apart by their nullifier.
    let (key, inputs, proof) = good();
    let mut rng = ark_std::test_rng();
    let (k, m) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let (a, b, c) = (*proof.a(), *proof.b(), *proof.c());
    let first = Proof::from_parts((a * k).into(), (b * k.inverse().unwrap()).into(), c).unwrap();
    let second = Proof::from_parts(a, (b + *key.key().delta() * m).into(), (c + a * m).into()).unwrap();
    let third = Proof::from_parts(-a, -b, c).unwrap();
    for other in [first, second, third] {
        assert_ne!(other.to_bytes(), proof.to_bytes());
        assert_eq!(key.verify_inputs(&inputs, &other), Ok(()));
    }
}

/// Checks the equation as a verifier without our checks would.
fn plain_equation(
    parts: (G1Affine, [G2Affine; 3], G1Affine),
    (a, b, c): (G1Affine, G2Affine, G1Affine),
) -> bool {
    use ark_ec::pairing::Pairing;
    let (alpha, [beta, gamma, delta], sum) = parts;
    ark_bn254::Bn254::pairing(a, b) == ark_bn254::Bn254::multi_pairing([alpha, sum, c], [beta, gamma, delta])
}

#[test]
fn v08_keys_that_can_be_forged_under_are_refused() {
    let mut rng = ark_std::test_rng();
    let alpha = g1(Fr::rand(&mut rng));
    let [x, y] = [Fr::rand(&mut rng), Fr::rand(&mut rng)].map(g2);
    let ic = vec![g1(Fr::rand(&mut rng)), g1(Fr::rand(&mut rng))];
    let statement = Fr::rand(&mut rng);
    let v: G1Affine = (ic[0] + ic[1] * statement).into();
    let shifted = |p: G2Affine, by: G2Affine| (p + by).into_affine();
    let sum = |p: G1Affine, q: G1Affine| (p + q).into_affine();
    // Key and the forgery that its documentation names, for both signs.
    let cases = [
        ([x, y, y], WeakKey::GammaIsDelta, (alpha, x, -v)),
        ([x, -y, y], WeakKey::GammaIsDelta, (alpha, x, v)),
        ([x, x, y], WeakKey::BetaIsGamma, (sum(alpha, v), shifted(x, y), sum(alpha, v))),
        ([x, -x, y], WeakKey::BetaIsGamma, (sum(alpha, -v), shifted(x, y), sum(alpha, -v))),
        ([x, y, x], WeakKey::BetaIsDelta, (v, shifted(y, x), sum(v, -alpha))),
        ([x, y, -x], WeakKey::BetaIsDelta, (v, shifted(y, x), sum(alpha, -v))),
    ];
    for (g2s, weak, forgery) in cases {
        assert!(plain_equation((alpha, g2s, v), forgery), "{weak:?} is a real attack");
        let [beta, gamma, delta] = g2s;
        assert_eq!(
            VerifyingKey::from_parts(alpha, beta, gamma, delta, ic.clone()),
            Err(KeyError::Weak(weak))
        );
        let mut bytes = point::g1_to_bytes(&alpha).to_vec();
        g2s.iter().for_each(|p| bytes.extend(point::g2_to_bytes(p)));
        bytes.extend(2u32.to_be_bytes());
        ic.iter().for_each(|p| bytes.extend(point::g1_to_bytes(p)));
        assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::Weak(weak)));
    }
    let z = g2(Fr::rand(&mut rng));
    let [p, q] = [ic[0], ic[1]];
    for (ic, first, second) in
        [(vec![p, p], 0, 1), (vec![p, q, -p], 0, 2), (vec![p, q, q], 1, 2), (vec![p, q, alpha, -q], 1, 3)]
    {
        let weak = WeakKey::IcRepeats { first, second };
        assert_eq!(VerifyingKey::from_parts(alpha, x, y, z, ic), Err(KeyError::Weak(weak)));
    }
    // What IC[0] = -IC[1] gives away: the sum for the input 1 is the identity.
    let nothing = G1Affine::identity();
    assert!(plain_equation((alpha, [x, y, z], nothing), (alpha, shifted(x, z), alpha)));
}

#[test]
fn keys_with_points_that_are_no_points_are_refused() {
    let key = good().0;
    let key = key.key();
    let (zero1, zero2) = (G1Affine::identity(), G2Affine::identity());
    let (alpha, beta, gamma, delta, ic) =
        (*key.alpha(), *key.beta(), *key.gamma(), *key.delta(), key.ic().to_vec());
    let identity = |point| Err(KeyError::Point { point, cause: EncodingError::Identity });
    assert_eq!(VerifyingKey::from_parts(zero1, beta, gamma, delta, ic.clone()), identity(KeyPoint::Alpha));
    assert_eq!(VerifyingKey::from_parts(alpha, zero2, gamma, delta, ic.clone()), identity(KeyPoint::Beta));
    assert_eq!(VerifyingKey::from_parts(alpha, beta, zero2, delta, ic.clone()), identity(KeyPoint::Gamma));
    assert_eq!(VerifyingKey::from_parts(alpha, beta, gamma, zero2, ic.clone()), identity(KeyPoint::Delta));
    for index in 0..5 {
        let mut ic = ic.clone();
        ic[index] = zero1;
        assert_eq!(VerifyingKey::from_parts(alpha, beta, gamma, delta, ic), identity(KeyPoint::Ic(index)));
    }
    assert_eq!(VerifyingKey::from_parts(alpha, beta, gamma, delta, Vec::new()), Err(KeyError::NoIc));
    let off = G1Affine::new_unchecked(Fq::ONE, Fq::ONE);
    let error = KeyError::Point { point: KeyPoint::Alpha, cause: EncodingError::NotOnCurve };
    assert_eq!(VerifyingKey::from_parts(off, beta, gamma, delta, ic), Err(error));
}

#[test]
fn errors_speak_plainly() {
    let (key, inputs, proof) = good();
    assert_eq!(
        key.verify_inputs(&inputs[..3], &proof).unwrap_err().to_string(),
        "the circuit has 4 public inputs, the statement 3"
    );
    assert_eq!(
        Proof::from_bytes(&[0; 256]).unwrap_err().to_string(),
        "point A of the proof: the point is the identity"
    );
    assert_eq!(Proof::from_bytes(&[0; 3]).unwrap_err().to_string(), "a proof has 256 bytes, not 3");
    assert_eq!(
        KeyError::Weak(WeakKey::GammaIsDelta).to_string(),
        "forgeable key: gamma equals delta up to sign (the setup was not finished)"
    );
    assert!(format!("{key:?}").starts_with("Prepared(VerifyingKey("));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_are_no_proof(bytes in prop::collection::vec(any::<u8>(), 250..262)) {
        prop_assert!(Proof::from_bytes(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_no_key(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        prop_assert!(VerifyingKey::from_bytes(&bytes).is_err());
    }

    #[test]
    fn spliced_proofs_decode_to_themselves_or_not_at_all(
        at in 0usize..256, length in 0usize..40, filler in any::<u8>(),
    ) {
        let (key, inputs, proof) = good();
        let mut bytes = proof.to_bytes();
        bytes[at..(at + length).min(256)].fill(filler);
        match Proof::from_bytes(&bytes) {
            Ok(other) if other == proof => prop_assert_eq!(bytes, proof.to_bytes()),
            Ok(other) => prop_assert_eq!(key.verify_inputs(&inputs, &other), Err(InvalidProof::NotSatisfied)),
            Err(_) => {}
        }
    }
}
