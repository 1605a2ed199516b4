//! What a key computes on first use is wanted by many tasks of one pool at once: nobody waits for itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};
use tabella_prover::{Prover, ProvingKey, TableSize, insecure_development_setup, synthetic::Synthetic};

/// How long the work is waited for, which takes a few seconds. It is no measurement: who waits for itself waits for ever.
const WATCHDOG: Duration = Duration::from_secs(120);
/// Each with a key of which nothing was used.
const ROUNDS: u64 = 16;
/// More than threads, so that a thread that waits for another finds tasks to begin.
const TASKS: u64 = 32;

/// `task(key, number)` many times, in pools of some sizes: tasks come one after the other, from outside of the pool, so that some
/// threads have nothing else to do than to help with what the first task began.
fn together(circuit: Synthetic, task: fn(&ProvingKey, u64)) {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || {
        // A copy has what its original has computed, so that the original is never used.
        let unused = insecure_development_setup(&circuit, &[1; 32]).unwrap();
        for threads in [1, 2, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for _ in 0..ROUNDS {
                let key = Arc::new(unused.clone());
                for number in 0..TASKS {
                    let key = Arc::clone(&key);
                    pool.spawn(move || task(&key, number));
                    thread::sleep(Duration::from_micros(100));
                }
                while Arc::strong_count(&key) > 1 {
                    thread::yield_now();
                }
            }
        }
        done.send(()).unwrap();
    });
    wait.recv_timeout(WATCHDOG).unwrap();
}

#[test]
fn points_are_made_for_many_tasks_at_once() {
    together(Synthetic::new(13).unwrap(), |key, _| assert_eq!(key.points().size(), TableSize::None));
}

#[test]
fn the_verifying_key_is_prepared_for_many_tasks_at_once() {
    together(Synthetic::new(4).unwrap(), |key, _| assert_eq!(key.prepared().key(), key.verifying_key()));
}

#[test]
fn first_proofs_are_made_at_once() {
    let circuit = Synthetic::new(6).unwrap();
    together(circuit, |key, number| {
        let mut rng = ChaCha20Rng::seed_from_u64(number);
        let assignment = Synthetic::new(6).unwrap().assignment();
        Prover::new(key).prove_assignment(assignment, &mut rng).unwrap();
    });
}
