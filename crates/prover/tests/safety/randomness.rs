//! No proof without randomness, and fresh randomness in every proof.

use crate::{
    full,
    support::{Chain, key, rng},
};
use rand_core::{TryCryptoRng, TryRng};
use std::collections::HashSet;
use tabella_primitives::{Fr, rng::RngUnavailable};
use tabella_prover::{ProveError, Prover};

/// Gives `good` buffers of bytes and then fails, or gives the same byte for ever.
struct Faulty {
    good: Option<u8>,
}

impl TryRng for Faulty {
    type Error = RngUnavailable;
    fn try_next_u32(&mut self) -> Result<u32, RngUnavailable> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }
    fn try_next_u64(&mut self) -> Result<u64, RngUnavailable> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), RngUnavailable> {
        match &mut self.good {
            None => bytes.fill(7),
            Some(0) => return Err(RngUnavailable),
            Some(good) => {
                *good -= 1;
                bytes.iter_mut().zip(1..).for_each(|(byte, i): (&mut u8, u8)| *byte = i ^ *good);
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Faulty {}

#[test]
fn a_generator_that_fails_or_is_stuck_gives_a_typed_error() {
    let key = key(3);
    let chain = Chain::new(3, Fr::from(3), 4);
    let mut prover = Prover::new(&key);
    for good in [Some(0), Some(1), None] {
        let mut faulty = Faulty { good };
        assert_eq!(prover.prove(&chain, &mut faulty), Err(ProveError::RngUnavailable), "{good:?}");
        let mut faulty = Faulty { good };
        let answer = prover.prove_assignment(chain.assignment(), &mut faulty);
        assert_eq!(answer, Err(ProveError::RngUnavailable), "{good:?}");
    }
    // The same generator, when it gives what is asked, is good enough for this test; and the prover is unharmed.
    assert!(prover.prove(&chain, &mut Faulty { good: Some(9) }).is_ok());
}

#[test]
fn no_two_proofs_of_a_statement_share_a_point() {
    let key = key(3);
    let chain = Chain::new(3, Fr::from(3), 4);
    let mut rng = tabella_primitives::rng::from_os().unwrap();
    let preparation = Prover::new(&key).prepare(&chain).unwrap();
    let count = if full() { 10_000 } else { 200 };
    for prepared in [false, true] {
        let mut prover = Prover::new(&key).insecurely_without_self_verification();
        if prepared {
            prover = prover.with_preparation(&preparation);
        }
        let mut points: [HashSet<String>; 3] = Default::default();
        for _ in 0..count {
            let proof = prover.prove(&chain, &mut rng).unwrap().proof;
            points[0].insert(proof.a().to_string());
            points[1].insert(proof.b().to_string());
            points[2].insert(proof.c().to_string());
        }
        assert_eq!(points.map(|set| set.len()), [count; 3]);
    }
}

#[test]
fn equal_randomness_gives_equal_proofs() {
    let key = key(3);
    let chain = Chain::new(3, Fr::from(3), 4);
    let [first, second] =
        [1, 1].map(|seed| Prover::new(&key).prove_assignment(chain.assignment(), &mut rng(seed)).unwrap());
    assert_eq!(first, second);
    assert_eq!(Ok(first), Prover::new(&key).prove(&chain, &mut rng(1)));
}
