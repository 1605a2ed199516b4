//! A cancelled proof stops soon, hands nothing out, and hinders no later proof.

use crate::{
    full,
    support::{Chain, cancel_at, key, rng},
};
use std::{
    cell::RefCell,
    ops::ControlFlow,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tabella_primitives::Fr;
use tabella_prover::{
    CancelToken, ProveError, Prover, ProvingKey, Stage, insecure_development_setup, synthetic::Synthetic,
};
use zeroize::Zeroizing;

#[test]
fn a_token_stops_at_every_stage() {
    let key = key(5);
    let chain = Chain::new(5, Fr::from(3), 4);
    for stage in Stage::ALL {
        let token = CancelToken::new();
        let mut prover = Prover::new(&key).cancelled_by(&token).on_stage(cancel_at(&token, stage));
        let stopped = prover.prove(&chain, &mut rng(1));
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

/// The time within which a cancelled proof must stop.
const BOUND: Duration = Duration::from_millis(50);
/// A busy machine can delay anybody; a stage that does not look at its token is late every time.
const ATTEMPTS: u32 = 3;
/// Moments of each stage, spread over its length.
const MOMENTS: u32 = 8;

/// How long each stage takes when nobody cancels.
fn lengths(key: &ProvingKey, assignment: &Zeroizing<Vec<Fr>>) -> Vec<(Stage, Duration)> {
    let begun = RefCell::new(Vec::new());
    let note = |stage| {
        begun.borrow_mut().push((stage, Instant::now()));
        ControlFlow::Continue(())
    };
    let proved = Prover::new(key).on_stage(note).prove_assignment(assignment.clone(), &mut rng(1));
    let end = Instant::now();
    assert!(proved.is_ok());
    let begun = begun.into_inner();
    let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([end]);
    begun.iter().zip(ends).map(|((stage, at), end)| (*stage, end - *at)).collect()
}

/// Cancels from another thread `pause` after the stage began; the time from the request to the answer, with the stage that was
/// left. `None` if the proof was finished before.
fn time_to_stop(
    key: &ProvingKey,
    assignment: &Zeroizing<Vec<Fr>>,
    stage: Stage,
    pause: Duration,
) -> Option<(Stage, Duration)> {
    let token = CancelToken::new();
    let (begun, wait) = mpsc::channel();
    let remote = token.clone();
    let canceller = thread::spawn(move || {
        wait.recv().unwrap();
        thread::sleep(pause);
        remote.cancel();
        Instant::now()
    });
    let announce = |now| {
        if now == stage {
            begun.send(()).unwrap();
        }
        ControlFlow::Continue(())
    };
    let mut prover = Prover::new(key).cancelled_by(&token).on_stage(announce);
    let answer = prover.prove_assignment(assignment.clone(), &mut rng(2));
    let stopped = Instant::now();
    let asked = canceller.join().unwrap();
    match answer {
        Err(ProveError::Cancelled { stage }) => Some((stage, stopped.saturating_duration_since(asked))),
        Ok(_) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// Stages that did not stop in time, with the longest of the best attempts.
fn late(log_size: u32) -> Vec<(Stage, Duration)> {
    let circuit = Synthetic::new(log_size).unwrap();
    let key = insecure_development_setup(&circuit, &[3; 32]).unwrap();
    let assignment = circuit.assignment();
    // What is made on first use is no part of a proof.
    let _first = lengths(&key, &assignment);
    let mut late = Vec::new();
    for (stage, length) in lengths(&key, &assignment) {
        let mut slowest: Option<Duration> = None;
        for moment in 0..MOMENTS {
            let pause = length * moment / MOMENTS;
            let attempts = (0..ATTEMPTS).filter_map(|_| time_to_stop(&key, &assignment, stage, pause));
            // Sleep is inexact: another stage may have begun, which is then asked in its own turn.
            let own = attempts.filter(|(left, _)| *left == stage).map(|(_, time)| time);
            slowest = slowest.max(own.min());
        }
        println!("2^{log_size}: {stage} takes {length:?}; cancelled it stopped within {slowest:?}");
        late.extend(slowest.filter(|slowest| *slowest > BOUND).map(|slowest| (stage, slowest)));
    }
    // The key is none the worse.
    assert!(Prover::new(&key).prove_assignment(assignment, &mut rng(3)).is_ok());
    late
}

/// The first proof with a key makes what all others use, the points in the form of the kernel.
#[test]
fn the_first_proof_with_a_key_stops_within_fifty_milliseconds() {
    for log_size in if full() { [13, 16, 18].as_slice() } else { &[15] } {
        let circuit = Synthetic::new(*log_size).unwrap();
        let key = insecure_development_setup(&circuit, &[3; 32]).unwrap();
        let assignment = circuit.assignment();
        let length = || {
            let (key, begun) = (key.clone(), Instant::now());
            let _points = key.points();
            begun.elapsed()
        };
        let length = length().min(length());
        let mut stopped = Vec::new();
        for moment in 1..MOMENTS {
            let pause = length * moment / MOMENTS;
            // A clone has made nothing yet.
            let attempts = (0..ATTEMPTS)
                .filter_map(|_| time_to_stop(&key.clone(), &assignment, Stage::Quotient, pause))
                .filter(|(stage, _)| *stage == Stage::Quotient);
            let fastest = attempts.map(|(_, time)| time).min();
            println!("2^{log_size}: of {length:?} cancelled after {pause:?} stopped within {fastest:?}");
            stopped.extend(fastest);
        }
        // In the last moments the points may be there already.
        assert!(stopped.len() >= 4 && stopped.iter().all(|time| *time <= BOUND), "2^{log_size}: {stopped:?}");
        assert!(Prover::new(&key).prove_assignment(assignment, &mut rng(3)).is_ok());
    }
}

#[test]
fn every_stage_stops_within_fifty_milliseconds() {
    let sizes: &[u32] = if full() { &[13, 16, 18] } else { &[13] };
    for log_size in sizes {
        assert_eq!(late(*log_size), [], "2^{log_size}");
    }
}
