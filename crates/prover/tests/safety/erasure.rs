//! Looks through the whole memory of the process for values of the witness after everything was dropped.
//!
//! Documented exceptions, which are counted and printed, not judged:
//!
//! - Stacks. Field elements are `Copy`, so that the stack of a thread holds short-lived copies until other calls overwrite them.
//! - Exponents, that is values as plain integers: arkworks' multi-scalar multiplication copies them into vectors of its own,
//!   which it does not erase. Values in the form in which the prover keeps them must be gone.

use crate::support::{Chain, key, rng};
use ark_ff::{Field, PrimeField};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
};
use tabella_primitives::Fr;
use tabella_prover::{CancelToken, ProveError, Prover, ProvingKey, Stage};

const LENGTH: usize = 500;

/// What is looked for, hidden, so that the search does not find itself.
struct Needle([u64; 4]);

const MASK: u64 = 0x5a5a_a5a5_3c3c_c3c3;

impl Needle {
    /// The two forms in which a value may lie in memory: as the prover keeps it, and as an exponent.
    fn of(value: Fr) -> [Self; 2] {
        [value.0.0, value.into_bigint().0].map(|limbs| Self(limbs.map(|limb| limb ^ MASK)))
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        bytes
            .as_chunks::<8>()
            .0
            .iter()
            .zip(&self.0)
            .all(|(limb, hidden)| u64::from_le_bytes(*limb) ^ MASK == *hidden)
    }
}

/// How often the needles lie outside and inside of stacks.
fn copies(needles: &[Needle]) -> (usize, usize) {
    const PAGE: usize = 4096;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let (mut elsewhere, mut stacks) = (0, 0);
    let mut guarded_up_to = 0;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (start, end) = words.next().unwrap().split_once('-').unwrap();
        let [start, end] = [start, end].map(|address| usize::from_str_radix(address, 16).unwrap());
        let rights = words.next().unwrap();
        if rights.starts_with("---") && end - start == PAGE {
            guarded_up_to = end;
        }
        if !rights.starts_with("rw") {
            continue;
        }
        let is_stack = line.ends_with("[stack]") || start == guarded_up_to;
        let mut bytes = vec![0; end - start];
        if memory.seek(SeekFrom::Start(start as u64)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        // Limbs lie at multiples of eight.
        let found = (0..bytes.len().saturating_sub(31))
            .step_by(8)
            .filter(|at| needles.iter().any(|needle| needle.is_at(&bytes[*at..*at + 32])))
            .count();
        // Lest the next region read be this buffer.
        bytes.fill(0);
        std::hint::black_box(&bytes);
        if is_stack {
            stacks += found;
        } else {
            elsewhere += found;
        }
    }
    (elsewhere, stacks)
}

/// A secret start that no other test has, and what to look for of its chain.
fn sentinel(tag: u64) -> (Fr, [Vec<Needle>; 2]) {
    let start = Fr::from(0xfeed_5eed_0000_0000 + tag).pow([5]) + Fr::from(u64::from(std::process::id()));
    let chain = Chain::new(LENGTH, start, 4).assignment();
    // x_0, some in the middle, the last that is not public.
    let mut needles: [Vec<Needle>; 2] = Default::default();
    for place in [4, 5, 100, 300, 3 + LENGTH] {
        needles.iter_mut().zip(Needle::of(chain[place])).for_each(|(needles, needle)| needles.push(needle));
    }
    (start, needles)
}

/// Runs on threads of its own, whose stacks are gone, or known as stacks, afterwards.
fn apart(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let run = || rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap().install(work);
        scope.spawn(run).join().unwrap();
    });
}

fn leaves_nothing(tag: u64, work: impl FnOnce(&ProvingKey, &Chain) + Send) {
    let key = key(LENGTH);
    let mut needles = Default::default();
    apart(|| {
        let (start, found) = sentinel(tag);
        needles = found;
        let chain = Chain::new(LENGTH, start, 4);
        let [kept, _] = &needles;
        assert!(copies(kept).0 >= 5, "the search is blind");
        work(&key, &chain);
    });
    let [(kept, on_stacks), (exponents, _)] = needles.each_ref().map(|needles| copies(needles));
    println!("{kept} copies; {on_stacks} on stacks, {exponents} as exponents");
    assert_eq!(kept, 0);
}

#[test]
fn a_proof_leaves_nothing() {
    leaves_nothing(1, |key, chain| {
        Prover::new(key).prove(chain, &mut rng(1)).unwrap();
        Prover::new(key).prove_assignment(chain.assignment(), &mut rng(1)).unwrap();
    });
}

#[test]
fn a_prepared_proof_leaves_nothing() {
    leaves_nothing(2, |key, chain| {
        let preparation = Prover::new(key).prepare(chain).unwrap();
        Prover::new(key).with_preparation(&preparation).prove(chain, &mut rng(1)).unwrap();
    });
}

#[test]
fn a_cancelled_or_refused_proof_leaves_nothing() {
    leaves_nothing(3, |key, chain| {
        for stage in Stage::ALL {
            let token = CancelToken::new();
            let cancel_at = |begun| {
                if begun == stage {
                    token.cancel();
                }
                ControlFlow::Continue(())
            };
            let mut prover = Prover::new(key).cancelled_by(&token).on_stage(cancel_at);
            assert_eq!(prover.prove(chain, &mut rng(1)), Err(ProveError::Cancelled { stage }));
        }
        let mut wrong = chain.assignment();
        wrong[3 + LENGTH] += Fr::from(1);
        let refused = Prover::new(key).prove_assignment(wrong, &mut rng(1));
        assert!(matches!(refused, Err(ProveError::Unsatisfied { .. })));
    });
}
