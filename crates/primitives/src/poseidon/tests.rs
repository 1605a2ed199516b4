//! Tests of the hash: known answers, the plain twin, other people's code, the arithmetic below.

use super::*;
use crate::{
    encoding::Canonical,
    montgomery::{Element, Wide},
};
use ark_ff::{BigInt, BigInteger, Field, PrimeField};
use light_poseidon::{Poseidon, PoseidonHasher};
use proptest::prelude::*;

fn field(text: &serde_json::Value) -> Fr {
    Fr::from_decimal(text.as_str().expect("decimal text")).expect("canonical")
}

#[test]
fn semaphore_known_answers() {
    let vectors = tabella_testkit::semaphore_vector("poseidon.json");
    let mut checked = 0;
    for key in ["poseidon1", "poseidon2", "poseidon5"] {
        for entry in vectors[key].as_array().unwrap() {
            let inputs: Vec<Fr> = entry["in"].as_array().unwrap().iter().map(field).collect();
            assert_eq!(dispatch(&inputs), field(&entry["out"]), "{entry}");
            checked += 1;
        }
    }
    assert_eq!(checked, 12);
}

#[test]
fn known_answers_for_every_number_of_inputs() {
    let vectors = tabella_testkit::vector("poseidon/hashes.json");
    let mut checked = [0; MAX_INPUTS];
    for entry in vectors["entries"].as_array().unwrap() {
        let inputs: Vec<Fr> = entry["inputs"].as_array().unwrap().iter().map(field).collect();
        assert_eq!(dispatch(&inputs), field(&entry["output"]), "{entry}");
        assert_eq!(reference::hash(&inputs), field(&entry["output"]), "{entry}");
        checked[inputs.len() - 1] += 1;
    }
    assert_eq!(checked, [10; MAX_INPUTS]);
}

#[test]
fn agrees_with_light_poseidon() {
    for n in 1..=12 {
        let inputs: Vec<Fr> = (7u64..).take(n).map(|i| Fr::from(i).square()).collect();
        let theirs = Poseidon::<Fr>::new_circom(n).unwrap().hash(&inputs).unwrap();
        assert_eq!(dispatch(&inputs), theirs, "{n} inputs");
    }
}

#[test]
fn edge_inputs_equal_the_plain_form_for_every_width() {
    for n in 1..=MAX_INPUTS {
        for x in [Fr::from(0), Fr::from(1), -Fr::from(1), -Fr::from(2)] {
            let inputs = alloc::vec![x; n];
            assert_eq!(dispatch(&inputs), reference::hash(&inputs), "{n} inputs");
        }
    }
}

fn arb_field() -> impl Strategy<Value = Fr> {
    prop::array::uniform32(any::<u8>()).prop_filter_map("r is not far below 2^254", |mut bytes| {
        bytes[0] &= 0x3f;
        Fr::from_be_bytes(&bytes).ok()
    })
}

/// Any 256-bit integer below `2^256`, with the edges often.
fn arb_limbs() -> impl Strategy<Value = [u64; 4]> {
    prop::array::uniform4(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn fast_form_equals_the_plain_form(inputs in prop::collection::vec(arb_field(), MAX_INPUTS)) {
        for n in 1..=MAX_INPUTS {
            prop_assert_eq!(dispatch(&inputs[..n]), reference::hash(&inputs[..n]), "{} inputs", n);
        }
    }

    #[test]
    fn batch_equals_one_by_one(inputs in prop::collection::vec(prop::array::uniform2(arb_field()), 0..200)) {
        let mut batch = alloc::vec![Fr::from(0); inputs.len()];
        let mut serial = batch.clone();
        hash_pairs(&inputs, &mut batch);
        hash_pairs_serial(&inputs, &mut serial);
        prop_assert_eq!(&batch, &serial);
        let single: Vec<Fr> = inputs.iter().map(hash).collect();
        prop_assert_eq!(batch, single);
    }
}

proptest! {
    #[test]
    fn lazy_products_agree_with_arkworks(a in arb_field(), b in arb_field(), c in arb_field()) {
        let [x, y, z] = [a, b, c].map(|value| Element::from_field(&value));
        // Lazy: x + z is below 2r, not below r.
        prop_assert_eq!(x.plus(z).times(y).to_field(), (a + c) * b);
        prop_assert_eq!(x.plus(z).power_5().to_field(), (a + c).pow([5]));
        let sum = Wide::from_constant(Element::from_field(&(c * Fr::from(2).pow([256]))))
            .plus_product(x, y)
            .plus_product(x.plus(z), z);
        prop_assert_eq!(sum.reduce().to_field(), c + a * b + (a + c) * c);
        prop_assert_eq!(sum.fold().reduce().to_field(), c + a * b + (a + c) * c);
    }

    #[test]
    fn folding_keeps_the_residue_of_any_sum(terms in prop::collection::vec((arb_field(), arb_field()), 1..13)) {
        let largest = Element::from_field(&-Fr::from(1));
        let mut sum = Wide::ZERO;
        let mut expected = Fr::from(0);
        for (a, b) in &terms {
            // Factors just below 2r and just below r: the largest products there are.
            sum = sum.plus_product(Element::from_field(a).plus(largest), Element::from_field(b));
            expected += (*a - Fr::from(1)) * b;
        }
        prop_assert_eq!(sum.fold().reduce().to_field(), expected);
    }

    #[test]
    fn conditional_subtraction_is_exact(limbs in arb_limbs()) {
        let mut twice = Fr::MODULUS;
        twice.mul2();
        let mut expected = BigInt::new(limbs);
        // Below 4r: the only values for which it is made.
        let mut half = expected;
        half.div2();
        prop_assume!(half < twice);
        let reduced = Element::from_field(&Fr::new_unchecked(expected)).below_2r();
        if expected >= twice {
            expected.sub_with_borrow(&twice);
        }
        prop_assert_eq!(reduced, Element::from_field(&Fr::new_unchecked(expected)));
    }
}
