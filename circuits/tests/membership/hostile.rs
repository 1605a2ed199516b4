//! Provers who look for a second nullifier.

use crate::{
    full,
    samples::{Sample, as_field, field, rng, scalar},
    system::{NULLIFIER, ROOT, SCOPE, System},
};
use ark_ff::{BigInteger, Field, PrimeField};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};
use tabella_circuits::gadgets::scalar::{BITS, encode, weights};
use tabella_primitives::{Fr, edwards::Scalar, poseidon};
use tabella_protocol::{identity::IdentitySecret, statement::CircuitId};

static CASE: LazyLock<(Sample, System)> = LazyLock::new(|| {
    let sample = Sample::random(2, &mut rng(300));
    let system = System::new(CircuitId::Membership10V1, &sample);
    (sample, system)
});

fn with_bits(bits: &[bool]) -> BTreeMap<usize, Fr> {
    let (sample, system) = &*CASE;
    let mut given = system.inputs(sample);
    given.extend(system.bits.iter().copied().zip(bits.iter().map(|bit| Fr::from(*bit))));
    given
}

/// The integer that bits stand for, which must be in 1..l.
fn decode(bits: &[bool]) -> Scalar {
    let s = Fr::ONE + bits.iter().zip(weights()).map(|(bit, weight)| weight * Fr::from(*bit)).sum::<Fr>();
    Scalar::from_bigint(s.into_bigint()).expect("below l whatever the bits")
}

/// Whatever the bits, the circuit speaks of one citizen and that citizen's one nullifier.
fn one_citizen_one_nullifier(bits: &[bool]) {
    let (sample, system) = &*CASE;
    let z = system.solve(&with_bits(bits), None);
    assert!(system.violated(&z).is_empty());
    let secret = IdentitySecret::from_scalar(decode(bits));
    assert_eq!(z[ROOT], *sample.witness.path.root(&secret.commitment()).as_field());
    assert_eq!(z[NULLIFIER], poseidon::hash(&[z[SCOPE], as_field(*secret.expose_secret())]));
}

#[test]
fn bits_at_the_edges_are_one_citizen() {
    one_citizen_one_nullifier(&[false; BITS]);
    one_citizen_one_nullifier(&[true; BITS]);
    for top in 0..4u8 {
        for low in 0..64u8 {
            for fill in [false, true] {
                if !full() && (low % 9 != 0) {
                    continue;
                }
                let mut bits = [fill; BITS];
                (bits[249], bits[250]) = (top & 1 == 1, top & 2 == 2);
                (0..6).for_each(|j| bits[j] = low >> j & 1 == 1);
                one_citizen_one_nullifier(&bits);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bits_are_one_citizen(bits in prop::collection::vec(any::<bool>(), BITS)) {
        one_citizen_one_nullifier(&bits);
    }

    #[test]
    fn sparse_bits_are_one_citizen(set in prop::collection::vec(0..BITS, 0..6), invert: bool) {
        let mut bits = [invert; BITS];
        set.into_iter().for_each(|j| bits[j] = !invert);
        one_citizen_one_nullifier(&bits);
    }
}

/// Both encodings of a scalar that has two.
fn two_encodings() -> (Scalar, [Vec<bool>; 2]) {
    let top = Scalar::from_bigint(weights().last().unwrap().into_bigint()).unwrap();
    let low = Scalar::from(5u64);
    let bits_of = |value: Scalar, top: bool| {
        let integer = value.into_bigint();
        (0..BITS - 1).map(|j| integer.get_bit(j)).chain([top]).collect::<Vec<_>>()
    };
    (top + low + Scalar::ONE, [bits_of(top + low, false), bits_of(low, true)])
}

#[test]
fn the_two_encodings_of_a_scalar_have_one_nullifier() {
    let (secret, encodings) = two_encodings();
    assert_eq!(**encode(&secret).unwrap(), encodings[0]);
    let (_, system) = &*CASE;
    let [a, b] = encodings.map(|bits| system.solve(&with_bits(&bits), None));
    assert_eq!((system.violated(&a), system.violated(&b)), (vec![], vec![]));
    assert_eq!(a[1..=4], b[1..=4]);
}

#[test]
fn with_the_usual_weights_one_citizen_would_have_two_nullifiers() {
    // Bit 250 with the weight W + l in place of W: the same point, as l B8 is the identity, but another field element. So it
    // would be with plain binary weights and no comparison with l.
    let (sample, honest) = &*CASE;
    let mut system = System::new(CircuitId::Membership10V1, sample);
    let modulus = Fr::from_bigint(Scalar::MODULUS).unwrap();
    let top = *system.bits.last().unwrap();
    let layout = &mut system.layout;
    for (row, name) in layout.rows.iter_mut().zip(&layout.names) {
        if name.starts_with("membership/nullifier/") {
            row.iter_mut().flatten().filter(|(_, k)| *k == top).for_each(|(weight, _)| *weight += modulus);
        }
    }
    let (_, encodings) = two_encodings();
    let [a, b] = encodings.map(|bits| system.solve(&with_bits(&bits), None));
    assert_eq!((system.violated(&a), system.violated(&b)), (vec![], vec![]));
    assert_eq!(a[ROOT], b[ROOT]);
    assert_ne!(a[NULLIFIER], b[NULLIFIER], "two votes in the circuit with the bug");
    // The circuit as it is refuses the second.
    let name = "membership/nullifier/round/00/lane/02/square";
    assert!(honest.violated_names(&b).contains(&name));
}

#[test]
fn no_alias_of_the_secret_reaches_the_nullifier() {
    // All x with the citizen's public key in a field of size r: s + k l for k = 0..8.
    let (sample, system) = &*CASE;
    let s = as_field(*sample.witness.secret.expose_secret());
    let modulus = Fr::from_bigint(Scalar::MODULUS).unwrap();
    for k in 1..8u64 {
        let alias = s + modulus * Fr::from(k);
        let mut given = system.inputs(sample);
        given.insert(NULLIFIER, poseidon::hash(&[system.z[SCOPE], alias]));
        let z = system.solve(&given, None);
        assert_eq!(system.violated_names(&z), ["membership/nullifier/round/64/lane/02/output"]);
    }
}

#[test]
fn flipping_any_bit_makes_another_citizen() {
    let (sample, system) = &*CASE;
    let step = if full() { 1 } else { 10 };
    for j in (0..BITS).step_by(step) {
        let mut given = system.inputs(sample);
        let bit = system.bits[j];
        given.insert(bit, Fr::ONE - system.z[bit]);
        let mut z = system.solve(&given, None);
        assert_ne!(z[ROOT], system.z[ROOT]);
        assert_ne!(z[NULLIFIER], system.z[NULLIFIER]);
        // Back under the registry's root: refused there and nowhere else.
        given.insert(ROOT, system.z[ROOT]);
        z = system.solve(&given, None);
        assert_eq!(system.violated_names(&z), ["membership/path/root"]);
    }
}

#[test]
fn an_exchange_of_children_makes_no_second_nullifier() {
    // Left and right swapped with the node: another tree; the nullifier does not depend on the path at all.
    let (sample, system) = &*CASE;
    let mut given = system.inputs(sample);
    let sibling = system.sibling(0, sample);
    given.insert(sibling, field(&mut rng(301)));
    let z = system.solve(&given, None);
    assert_eq!(z[NULLIFIER], system.z[NULLIFIER]);
    assert_ne!(z[ROOT], system.z[ROOT]);
}

#[test]
fn one_nullifier_per_scope_whatever_the_path_and_root() {
    let mut rng = rng(302);
    let secret = scalar(&mut rng);
    let scope = Sample::random(0, &mut rng).instance.scope;
    let expected = IdentitySecret::from_scalar(secret).nullifier(&scope);
    for depth in [0, 1, 10] {
        let siblings = (0..depth).map(|_| field(&mut rng)).collect();
        let mut sample = Sample::of(secret, 0, siblings, &mut rng);
        sample.instance.scope = scope;
        sample.instance.nullifier = expected;
        let system = System::new(CircuitId::Membership10V1, &sample);
        assert!(system.violated(&system.z).is_empty());
        assert_eq!(system.z[NULLIFIER], *expected.as_field());
    }
}
