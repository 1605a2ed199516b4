//! Prepared proofs are the proofs that would have been made anyway.

use crate::support::{Chain, key, rng};
use ark_bn254::G1Affine;
use std::{cell::RefCell, ops::ControlFlow};
use tabella_primitives::Fr;
use tabella_prover::{ProveError, Prover, Stage, insecure_development_setup};

const LENGTH: usize = 300;

#[test]
fn they_have_the_bytes_of_unprepared_ones_whatever_changed() {
    let key = key(LENGTH);
    let prepared = Chain::new(LENGTH, Fr::from(3), 0);
    let preparation = Prover::new(&key).prepare(&prepared).unwrap();
    let by_values = Prover::new(&key).prepare_assignment(prepared.assignment()).unwrap();
    // Nothing, the message, the secret, both.
    for (start, message) in [(3, 0), (3, 5), (4, 0), (9, u64::MAX)] {
        let chain = Chain::new(LENGTH, Fr::from(start), message);
        let plain = Prover::new(&key).prove(&chain, &mut rng(8)).unwrap();
        for preparation in [&preparation, &by_values] {
            let mut prover = Prover::new(&key).with_preparation(preparation);
            assert_eq!(prover.prove(&chain, &mut rng(8)).as_ref(), Ok(&plain));
            assert_eq!(prover.prove_assignment(chain.assignment(), &mut rng(8)).as_ref(), Ok(&plain));
        }
    }
}

#[test]
fn serial_and_parallel_agree() {
    let key = key(LENGTH);
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let preparation = Prover::new(&key).prepare(&Chain::new(LENGTH, Fr::from(3), 0)).unwrap();
            let chain = Chain::new(LENGTH, Fr::from(3), 1);
            Prover::new(&key).with_preparation(&preparation).prove(&chain, &mut rng(8)).unwrap()
        })
    };
    assert_eq!(with_threads(1), with_threads(3));
}

#[test]
fn every_constraint_is_checked_again_if_a_variable_of_it_changed() {
    let key = key(5);
    let good = Chain::new(5, Fr::from(3), 2).assignment();
    let preparation = Prover::new(&key).prepare_assignment(good.clone()).unwrap();
    // After (1, last, message, tag) the witness x_0 to x_5, then the square of the message.
    for (variable, constraint) in
        [(1, 5), (2, 6), (3, 6), (4, 0), (5, 0), (6, 1), (7, 2), (8, 3), (9, 4), (10, 7)]
    {
        let mut bad = good.clone();
        bad[variable] += Fr::from(1);
        let expected = Err(ProveError::Unsatisfied { constraint, name: format!("constraint #{constraint}") });
        let mut prepared = Prover::new(&key).with_preparation(&preparation);
        assert_eq!(prepared.prove_assignment(bad.clone(), &mut rng(1)), expected, "variable {variable}");
        assert_eq!(Prover::new(&key).prove_assignment(bad.clone(), &mut rng(1)), expected);
        let refused = Prover::new(&key).prepare_assignment(bad).map(|_| ()).unwrap_err();
        assert_eq!(Err(refused), expected);
    }
}

#[test]
fn assignments_of_another_form_and_preparations_of_another_key_are_refused() {
    let (own, longer) = (key(5), key(6));
    let other = insecure_development_setup(&Chain::shape_only(5), &[4; 32]).unwrap();
    let chain = Chain::new(5, Fr::from(3), 2);
    let preparation = Prover::new(&own).prepare(&chain).unwrap();
    let mut foreign = Prover::new(&other).with_preparation(&preparation);
    assert_eq!(foreign.prove(&chain, &mut rng(1)), Err(ProveError::PreparedForAnotherKey));

    let length = |expected, actual| Err(ProveError::AssignmentLength { expected, actual });
    let mut prover = Prover::new(&longer);
    assert_eq!(prover.prove_assignment(chain.assignment(), &mut rng(1)), length(12, 11));
    assert_eq!(prover.prove_assignment(Vec::new().into(), &mut rng(1)), length(12, 0));
    let mut scaled = chain.assignment();
    scaled[0] = Fr::from(2);
    assert_eq!(Prover::new(&own).prove_assignment(scaled, &mut rng(1)), Err(ProveError::ConstantNotOne));
}

#[test]
fn preparing_runs_three_stages_and_shows_nothing() {
    let key = key(5);
    let stages = RefCell::new(Vec::new());
    let preparation = Prover::new(&key)
        .on_stage(|stage| {
            stages.borrow_mut().push(stage);
            ControlFlow::Continue(())
        })
        .prepare(&Chain::new(5, Fr::from(3), 2))
        .unwrap();
    assert_eq!(*stages.borrow(), [Stage::Synthesis, Stage::Satisfaction, Stage::Commitments]);
    assert_eq!(format!("{preparation:?}"), "Preparation(..)");
    let proof =
        Prover::new(&key).with_preparation(&preparation).prove(&Chain::new(5, Fr::from(3), 7), &mut rng(1));
    assert_ne!(*proof.unwrap().proof.a(), G1Affine::identity());
}
