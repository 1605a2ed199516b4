//! Batches: good, with one culprit in each place, all bad, mixed.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use common::{random_item, rng, semaphore_key, semaphore_proofs};
use proptest::prelude::*;
use tabella_primitives::rng::CryptoRng;
use tabella_verifier::{InvalidBatch, PreparedVerifyingKey, Proof, testing::ForgingKey};

type Items = Vec<(Vec<Fr>, Proof)>;

fn batch(count: usize) -> (PreparedVerifyingKey, Items) {
    let mut rng = rng();
    let secrets = ForgingKey::generate(4, &mut rng);
    let items = (0..count).map(|_| random_item(&secrets, &mut rng)).collect();
    (secrets.verifying_key().prepare(), items)
}

fn culprits(positions: impl IntoIterator<Item = usize>) -> Result<(), InvalidBatch> {
    Err(InvalidBatch { culprits: positions.into_iter().collect() })
}

/// Spoils an item in one of several ways.
fn spoil((inputs, proof): &mut (Vec<Fr>, Proof), way: usize) {
    let (a, b, c) = (*proof.a(), *proof.b(), *proof.c());
    match way % 6 {
        0 => inputs[1] += Fr::ONE,
        1 => *proof = Proof::from_parts(-a, b, c).unwrap(),
        2 => *proof = Proof::from_parts(a, b, -c).unwrap(),
        3 => *proof = Proof::from_parts(a, b, a).unwrap(),
        4 => inputs.swap(0, 3),
        _ => {
            inputs.pop();
        }
    }
}

/// A generator that always answers the same: the worst that a platform can give.
struct Stuck;

impl tabella_verifier_rng::TryRng for Stuck {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl tabella_verifier_rng::TryCryptoRng for Stuck {}

use rand_chacha::rand_core as tabella_verifier_rng;

#[test]
fn an_empty_batch_claims_nothing_and_holds() {
    let (key, _) = batch(0);
    let none: [(Vec<Fr>, Proof); 0] = [];
    assert_eq!(key.verify_batch(&none, &mut rng()), Ok(()));
}

#[test]
fn one_culprit_in_each_place_of_batches_of_each_size() {
    let (key, items) = batch(17);
    for size in 1..=17 {
        assert_eq!(key.verify_batch(&items[..size], &mut rng()), Ok(()), "{size}");
        for place in 0..size {
            let mut items = items[..size].to_vec();
            spoil(&mut items[place], size + place);
            assert_eq!(key.verify_batch(&items, &mut rng()), culprits([place]), "{place} of {size}");
        }
    }
}

#[test]
fn all_culprits() {
    let (key, mut items) = batch(17);
    items.iter_mut().enumerate().for_each(|(way, item)| spoil(item, way));
    for size in 1..=17 {
        assert_eq!(key.verify_batch(&items[..size], &mut rng()), culprits(0..size));
    }
}

#[test]
fn errors_that_cancel_out_are_found() {
    // Without coefficients the two would make up for each other.
    let (key, mut items) = batch(4);
    let (c1, c2) = (*items[1].1.c(), *items[2].1.c());
    let shift = *items[0].1.a();
    items[1].1 = Proof::from_parts(*items[1].1.a(), *items[1].1.b(), (c1 + shift).into()).unwrap();
    items[2].1 = Proof::from_parts(*items[2].1.a(), *items[2].1.b(), (c2 + -shift).into()).unwrap();
    assert_eq!(key.verify_batch(&items, &mut rng()), culprits([1, 2]));
    assert_eq!(key.verify_batch(&items, &mut Stuck), culprits([1, 2]));
    // Exchanged proofs, too: the sums of all parts stay what they were.
    let (key, mut items) = batch(4);
    let proof = items[1].1;
    items[1].1 = items[2].1;
    items[2].1 = proof;
    assert_eq!(key.verify_batch(&items, &mut Stuck), culprits([1, 2]));
}

#[test]
fn repeated_items_are_no_trouble() {
    let (key, items) = batch(1);
    let mut items: Items = items.iter().cycle().take(9).cloned().collect();
    assert_eq!(key.verify_batch(&items, &mut rng()), Ok(()));
    spoil(&mut items[4], 0);
    spoil(&mut items[8], 0);
    assert_eq!(key.verify_batch(&items, &mut rng()), culprits([4, 8]));
}

#[test]
fn semaphores_proofs_verify_together_as_arrays_of_fixed_size() {
    let items: Vec<([Fr; 4], Proof)> = semaphore_proofs()
        .into_iter()
        .filter(|(depth, ..)| *depth == 10)
        .map(|(_, inputs, object)| (inputs.try_into().unwrap(), object.proof))
        .collect();
    assert!(items.len() >= 2);
    assert_eq!(semaphore_key(10).verify_batch(&items, &mut rng()), Ok(()));
    assert_eq!(semaphore_key(20).verify_batch(&items, &mut rng()), culprits(0..items.len()));
}

#[test]
fn wrong_numbers_of_inputs_are_culprits() {
    let (key, mut items) = batch(6);
    items[0].0.push(Fr::ZERO);
    items[3].0.clear();
    assert_eq!(key.verify_batch(&items, &mut rng()), culprits([0, 3]));
    items[4].0[0] += Fr::ONE;
    assert_eq!(key.verify_batch(&items, &mut rng()), culprits([0, 3, 4]));
}

fn one_by_one(key: &PreparedVerifyingKey, items: &Items) -> Result<(), InvalidBatch> {
    let culprits: Vec<usize> = (0..items.len())
        .filter(|place| key.verify_inputs(&items[*place].0, &items[*place].1).is_err())
        .collect();
    if culprits.is_empty() { Ok(()) } else { Err(InvalidBatch { culprits }) }
}

fn check_mix(
    spoiled: &[Option<usize>],
    rng: &mut impl CryptoRng,
) -> (Result<(), InvalidBatch>, Result<(), InvalidBatch>) {
    let (key, mut items) = batch(spoiled.len());
    for (item, way) in items.iter_mut().zip(spoiled) {
        if let Some(way) = way {
            spoil(item, *way);
        }
    }
    (key.verify_batch(&items, rng), one_by_one(&key, &items))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn batch_equals_one_by_one(
        spoiled in prop::collection::vec(prop::option::weighted(0.2, 0usize..6), 0..24),
    ) {
        let (batch, single) = check_mix(&spoiled, &mut rng());
        prop_assert_eq!(batch, single);
    }
}
