//! Ballots against the rules: in bits, as a cheating voter would put them into the circuit.

use crate::{
    forge::Forge,
    samples::{Sample, rng, scalar},
    twin::satisfied,
};
use ark_ff::{AdditiveGroup, Field};
use proptest::prelude::*;
use tabella_primitives::{Fr, elgamal::Randomness};
use tabella_protocol::{
    ballot::ballot_holds,
    election::{Abstention, Method, SealedRules, Weighting},
};

/// The bounds that the circuit takes from the rules.
struct Bounds {
    max: u64,
    min_sum: u64,
    max_sum: u64,
    credits: u64,
}

/// An honest ballot of eight slots, changed to hold these numbers, any field elements, with all bits set as well as can be.
fn broken(
    rules: &SealedRules,
    honest: &[u64],
    numbers: &[Fr],
    bounds: &Bounds,
    abstains: bool,
) -> Vec<String> {
    let mut forge = Forge::of(&Sample::new(rules, honest, 1, 2, 300));
    let (mut sum, mut squares) = (Fr::ZERO, Fr::ZERO);
    for (j, number) in numbers.iter().enumerate() {
        forge.set(&format!("ballot/option/{j:02}/vote"), *number);
        forge.set(&format!("ballot/option/{j:02}/message"), *number);
        forge.set(&format!("ballot/rules/number/{j:02}/at-most"), Fr::from(bounds.max) - number);
        sum += number;
        squares += number.square();
    }
    let waived = if abstains { Fr::from(bounds.min_sum) } else { Fr::ZERO };
    forge.set("ballot/rules/least", sum - Fr::from(bounds.min_sum) + waived);
    forge.set("ballot/rules/most", Fr::from(bounds.max_sum) - sum);
    forge.set("ballot/rules/credits", Fr::from(bounds.credits) - squares);
    let column = forge.bit("ballot/rules/abstains/boolean");
    forge.given.insert(column, Fr::from(abstains));
    forge.broken(None).into_iter().map(str::to_owned).collect()
}

fn integers(numbers: &[u64]) -> Vec<Fr> {
    numbers.iter().map(|number| Fr::from(*number)).collect()
}

#[test]
fn single_choice_is_exactly_one() {
    let rules = SealedRules::plain(Method::SingleChoice);
    let bounds = Bounds { max: 1, min_sum: 1, max_sum: 1, credits: 3 };
    let honest = [0, 1, 0];
    let case = |numbers: &[u64], abstains| broken(&rules, &honest, &integers(numbers), &bounds, abstains);
    assert_eq!(case(&[1, 0, 0], false), [""; 0]);
    assert_eq!(case(&[1, 1, 0], false), ["ballot/rules/most/bit/18/boolean"]);
    assert_eq!(case(&[0, 0, 0], false), ["ballot/rules/least/bit/18/boolean"]);
    assert_eq!(case(&[0, 0, 0], true), ["ballot/rules/allowed"]);
    assert_eq!(case(&[0, 1, 0], true), ["ballot/rules/allowed", "ballot/rules/nothing"]);
    assert_eq!(
        case(&[2, 0, 0], false),
        [
            "ballot/rules/number/00/at-most/bit/15/boolean",
            "ballot/rules/most/bit/18/boolean",
            "ballot/rules/credits/bit/34/boolean"
        ]
    );
    // A vote in a slot without option, in place of one and beside it.
    assert_eq!(case(&[0, 0, 0, 1], false), ["ballot/rules/number/03/unused"]);
    assert_eq!(case(&[0, 0, 0, 0, 0, 0, 0, 1], false), ["ballot/rules/number/07/unused"]);
    assert_eq!(
        case(&[1, 0, 0, 1], false),
        ["ballot/rules/number/03/unused", "ballot/rules/most/bit/18/boolean"]
    );
}

#[test]
fn sums_do_not_wrap() {
    // (2, -1): the sum is 1 modulo r, and its square sum 5.
    let rules = SealedRules::plain(Method::Score { max: 2 });
    let bounds = Bounds { max: 2, min_sum: 1, max_sum: 4, credits: 8 };
    let numbers = [Fr::from(2u64), -Fr::ONE];
    let mut forge = Forge::of(&Sample::new(&rules, &[2, 1], 1, 2, 301));
    // As one bit that is none: the number is -1 then, and every sum is in range.
    for prefix in ["vote", "message"] {
        forge.set(&format!("ballot/option/01/{prefix}"), Fr::ZERO);
        let bit = forge.bit(&format!("ballot/option/01/{prefix}/bit/00/boolean"));
        forge.given.insert(bit, -Fr::ONE);
    }
    forge.set("ballot/rules/number/01/at-most", Fr::from(3u64));
    forge.set("ballot/rules/least", Fr::ZERO);
    forge.set("ballot/rules/most", Fr::from(3u64));
    forge.set("ballot/rules/credits", Fr::from(3u64));
    assert_eq!(
        forge.broken(None),
        ["ballot/option/01/vote/bit/00/boolean", "ballot/option/01/message/bit/00/boolean"]
    );
    // In honest bits r - 1 is 2^16 - 1 or so.
    let names = broken(&rules, &[2, 1], &numbers, &bounds, false);
    assert!(names.contains(&"ballot/rules/number/01/at-most/bit/15/boolean".to_owned()), "{names:?}");
}

#[test]
fn squares_do_not_wrap() {
    // A number whose square is 1 less than a small multiple of r has no 16 bits; the largest that has is far from wrapping.
    let rules = SealedRules::plain(Method::Quadratic { credits: 5 });
    let bounds = Bounds { max: 2, min_sum: 1, max_sum: 4, credits: 5 };
    let case = |numbers: &[u64]| broken(&rules, &[2, 1], &integers(numbers), &bounds, false);
    assert_eq!(case(&[1, 2]), [""; 0]);
    assert_eq!(case(&[2, 2]), ["ballot/rules/credits/bit/34/boolean"]);
    // i, a square root of -1: 2^2 + i^2 = 3 credits.
    let root = (-Fr::ONE).sqrt().unwrap();
    let names = broken(&rules, &[2, 1], &[Fr::from(2u64), root], &bounds, false);
    assert!(names.iter().any(|name| name.starts_with("ballot/rules/number/01/at-most/")), "{names:?}");
}

#[test]
fn borda_is_an_order() {
    let rules = SealedRules { abstention: Abstention::Allowed, ..SealedRules::plain(Method::Borda) };
    let bounds = Bounds { max: 3, min_sum: 6, max_sum: 6, credits: 36 };
    let case =
        |numbers: &[u64], abstains| broken(&rules, &[0, 1, 2, 3], &integers(numbers), &bounds, abstains);
    for good in [[3, 2, 1, 0], [1, 3, 0, 2]] {
        assert_eq!(case(&good, false), [""; 0]);
    }
    assert_eq!(case(&[0; 4], true), [""; 0]);
    // The right sum, and even the right sum of squares, is not enough.
    for bad in [[0, 0, 3, 3], [1, 1, 1, 3], [2, 2, 2, 0], [1, 1, 2, 2]] {
        assert_eq!(case(&bad, false), ["ballot/rules/order"], "{bad:?}");
    }
    assert_eq!(case(&[0; 4], false), ["ballot/rules/least/bit/18/boolean", "ballot/rules/order"]);
    assert_eq!(case(&[3, 2, 1, 0], true), ["ballot/rules/nothing", "ballot/rules/least/bit/18/boolean"][..1]);
}

#[test]
fn weights_are_those_of_the_registry() {
    let weighted = Weighting::Weighted { max_weight: 1000 };
    let rules = SealedRules { weighting: weighted, ..SealedRules::plain(Method::SingleChoice) };
    let sample = Sample::new(&rules, &[0, 1], 7, 3, 310);
    assert!(satisfied(sample.circuit()));
    let mut heavier = sample.clone();
    heavier.witness.weight = 8;
    assert!(!ballot_holds(&heavier.election, &heavier.instance(), &heavier.witness));
    assert!(!satisfied(heavier.circuit()));
    // In bits: nothing but the path is wrong.
    let mut forge = Forge::of(&sample);
    forge.set("ballot/weight", Fr::from(8u64));
    forge.set("ballot/option/01/message", Fr::from(8u64));
    assert_eq!(forge.broken(None), ["ballot/path/root"]);
    // Seven votes encrypted with the weight of eight.
    let mut forge = Forge::of(&sample);
    forge.set("ballot/option/01/message", Fr::from(8u64));
    assert_eq!(forge.broken(None), ["ballot/option/01/message/product"]);
    // A registry without weights gives every citizen one.
    let mut plain = Forge::of(&Sample::simple(311));
    plain.set("ballot/weight", Fr::from(2u64));
    plain.set("ballot/option/01/message", Fr::from(2u64));
    assert_eq!(plain.broken(None), ["ballot/weight/plain-weight"]);
}

#[test]
fn another_election_has_another_identifier() {
    // Rules that allow two votes, under the same identifier: the hash does not fit.
    let sample = Sample::simple(312);
    let instance = sample.instance();
    let mut lenient =
        Sample::new(&SealedRules::plain(Method::Approval { min: 1, max: 2 }), &[0, 1], 1, 5, 312);
    lenient.witness = sample.witness.clone();
    assert_ne!(lenient.election.id(), sample.election.id());
    assert!(satisfied(lenient.with_votes(&[1, 1]).circuit()));
    assert!(!satisfied(lenient.circuit_of(instance)));
}

#[test]
fn randomness_zero_has_no_assignment() {
    // rho = 0 has an encoding, and no inverse of v: the circuit has no assignment for it.
    let sample = Sample::simple(313);
    let mut forge = Forge::of(&sample);
    let bits = tabella_circuits::gadgets::randomness::encode(&0u64.into());
    for (j, bit) in bits.iter().enumerate() {
        let column = forge.bit(&format!("ballot/randomness/bit/{j:02}/boolean"));
        forge.given.insert(column, Fr::from(*bit));
    }
    let row = forge.row("ballot/shared/not-zero/inverse");
    let inverse = forge.layout.newest(row);
    forge.given.insert(inverse, Fr::ONE);
    for name in
        ["ballot/shared/edwards/x", "ballot/option/00/mask/edwards/x", "ballot/option/01/mask/edwards/x"]
    {
        // 0 x = 0: without the inverse these would be free.
        forge.given.insert(forge.layout.newest(forge.row(name)), Fr::from(77u64));
    }
    assert_eq!(forge.broken(Some(row)), ["ballot/shared/not-zero/inverse"]);
    assert!(Randomness::from_scalar(0u64.into()).is_none());
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(Method::SingleChoice),
        (1u16..=2, 0u16..=2)
            .prop_map(|(max, less)| Method::Approval { min: max.saturating_sub(less).max(1), max }),
        (1u16..6).prop_map(|max| Method::Score { max }),
        (1u16..6).prop_map(|points| Method::Budget { points }),
        (1u32..30).prop_map(|credits| Method::Quadratic { credits }),
        Just(Method::Borda),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if crate::full() { 400 } else { 40 }))]

    /// The circuit takes exactly the numbers that the rules allow.
    #[test]
    fn valid_selections_satisfy_and_others_cannot(
        method in method(),
        abstention: bool,
        weighted: bool,
        votes in prop_oneof![
            4 => prop::collection::vec(0u64..6, 2..=2),
            1 => prop::collection::vec(0u64..4, 3..=8),
            1 => prop::collection::vec(prop_oneof![Just(0u64), Just(1), Just(65_535), 0u64..65_536], 2..=2),
        ],
        weight in 1u32..1000,
        seed: u64,
    ) {
        let abstention = if abstention { Abstention::Allowed } else { Abstention::Refused };
        let weighting = if weighted { Weighting::Weighted { max_weight: 1000 } } else { Weighting::Plain };
        let rules = SealedRules { method, abstention, weighting };
        let mut sample = Sample::new(&rules, &votes, if weighted { weight } else { 1 }, 1, seed);
        sample.witness.randomness = Randomness::from_scalar(scalar(&mut rng(seed))).unwrap();
        let valid = sample.election.parameters().check(&votes);
        prop_assert_eq!(satisfied(sample.circuit()), valid.is_ok());
        prop_assert_eq!(ballot_holds(&sample.election, &sample.instance(), &sample.witness), valid.is_ok());
    }
}
