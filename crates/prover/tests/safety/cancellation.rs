//! A cancelled proof stops soon, hands nothing out, and hinders no later proof.

use crate::{
    full,
    support::{Chain, key, rng},
};
use std::{
    ops::ControlFlow,
    thread,
    time::{Duration, Instant},
};
use tabella_primitives::Fr;
use tabella_prover::{CancelToken, ProveError, Prover, Stage};

#[test]
fn a_token_stops_at_every_stage() {
    let key = key(5);
    let chain = Chain::new(5, Fr::from(3), 4);
    for stage in Stage::ALL {
        let token = CancelToken::new();
        let cancel_at = |begun| {
            if begun == stage {
                token.cancel();
            }
            ControlFlow::Continue(())
        };
        let stopped = Prover::new(&key).cancelled_by(&token).on_stage(cancel_at).prove(&chain, &mut rng(1));
        assert_eq!(stopped, Err(ProveError::Cancelled { stage }));
        // A used token stays used; a new one, or none, is not affected.
        let mut again = Prover::new(&key).cancelled_by(&token);
        assert_eq!(again.prove(&chain, &mut rng(1)), Err(ProveError::Cancelled { stage: Stage::Synthesis }));
        let mut other = Prover::new(&key).cancelled_by(&CancelToken::new());
        assert!(other.prove(&chain, &mut rng(1)).is_ok());
    }
    let token = CancelToken::new();
    token.cancel();
    let stopped = Prover::new(&key).cancelled_by(&token).prepare(&chain).map(|_| ());
    assert_eq!(stopped, Err(ProveError::Cancelled { stage: Stage::Synthesis }));
}

/// The time from the request to the answer is printed, not judged: how busy the machine is decides it. The bound only tells a proof
/// that stops from one that goes on.
#[test]
fn cancelled_from_another_thread_at_any_moment() {
    let length = if full() { (1 << 16) - 8 } else { (1 << 12) - 8 };
    let key = key(length);
    let assignment = Chain::new(length, Fr::from(3), 4).assignment();
    let began = Instant::now();
    Prover::new(&key).prove_assignment(assignment.clone(), &mut rng(1)).unwrap();
    let whole = began.elapsed();
    let moments = 16;
    let mut slowest = Duration::ZERO;
    for moment in 0..moments {
        let token = CancelToken::new();
        let remote = token.clone();
        let pause = whole * moment / moments;
        let canceller = thread::spawn(move || {
            thread::sleep(pause);
            remote.cancel();
            Instant::now()
        });
        let mut prover = Prover::new(&key).cancelled_by(&token);
        let answer = prover.prove_assignment(assignment.clone(), &mut rng(2));
        let stopped = Instant::now();
        let asked = canceller.join().unwrap();
        match answer {
            Err(ProveError::Cancelled { .. }) => slowest = slowest.max(stopped.duration_since(asked)),
            // Sleep is inexact: late requests may find the proof finished.
            Ok(_) => assert!(moment > moments / 4, "cancelled after {pause:?} of {whole:?}"),
            Err(other) => panic!("{other:?}"),
        }
    }
    println!("a proof of {length} constraints takes {whole:?}; cancelled proofs stopped within {slowest:?}");
    assert!(slowest < Duration::from_secs(1) + whole * 3 / 4, "{slowest:?} of {whole:?}");
    assert!(Prover::new(&key).prove_assignment(assignment, &mut rng(3)).is_ok());
}
