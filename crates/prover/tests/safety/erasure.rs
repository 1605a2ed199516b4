//! Looks through the whole memory of the process for values of the witness and for the blinding after everything was dropped, on
//! every way out: made, prepared, refused, cancelled, panicking.
//!
//! Values are looked for in the form in which the prover keeps them, and as plain integers,
//! which multiplications take apart into digits.
//!
//! Documented exception, which is counted and printed, not judged: stacks. Field elements are `Copy`, so that the stack of a
//! thread holds short-lived copies until other calls overwrite them.

use crate::support::{Chain, cancel_at, key, rng};
use ark_ff::{Field, PrimeField};
use rand_core::{Rng, TryCryptoRng, TryRng};
use std::{
    convert::Infallible,
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tabella_primitives::Fr;
use tabella_prover::{CancelToken, ProveError, Prover, ProvingKey, Stage};

const LENGTH: usize = 500;

/// What is looked for, hidden, so that the search does not find itself: the upper half of a value.
///
/// An allocator writes over the first 16 bytes of what was freed, and leaves the others.
struct Needle([u64; 2]);

const MASK: u64 = 0x5a5a_a5a5_3c3c_c3c3;

impl Needle {
    /// The two forms in which a value may lie in memory: as the prover keeps it, and as an exponent.
    fn of(value: Fr) -> [Self; 2] {
        let upper = |[.., a, b]: [u64; 4]| [a, b];
        [value.0.0, value.into_bigint().0].map(|limbs| Self(upper(limbs).map(|limb| limb ^ MASK)))
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
        let found = (0..bytes.len().saturating_sub(15))
            .step_by(8)
            .filter(|at| needles.iter().any(|needle| needle.is_at(&bytes[*at..*at + 16])))
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
fn sentinel(tag: u64) -> (Fr, Vec<Needle>) {
    let start = Fr::from(0xfeed_5eed_0000_0000 + tag).pow([5]) + Fr::from(u64::from(std::process::id()));
    let chain = Chain::new(LENGTH, start, 4).assignment();
    // x_0, some in the middle, the last that is not public.
    let places = [4, 5, 100, 300, 3 + LENGTH];
    (start, places.into_iter().flat_map(|place| Needle::of(chain[place])).collect())
}

/// The factors r and s that a proof draws from [`rng`] with that seed, and 1 / r, by which it scales.
#[allow(clippy::disallowed_methods, reason = "random bytes are reduced as the prover does")]
fn blinding(seed: u8) -> Vec<Needle> {
    let mut rng = rng(seed);
    let mut draw = || {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        Fr::from_le_bytes_mod_order(&bytes)
    };
    let [r, s] = [draw(), draw()];
    [r, s, r.inverse().unwrap()].into_iter().flat_map(Needle::of).collect()
}

/// Runs on threads of its own, whose stacks are gone, or known as stacks, afterwards.
fn apart(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let run = || rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap().install(work);
        scope.spawn(run).join().unwrap();
    });
}

/// The seed of all proofs here.
const SEED: u8 = 1;

fn leaves_nothing(tag: u64, work: impl FnOnce(&ProvingKey, &Chain) + Send) {
    let key = key(LENGTH);
    let mut needles = Vec::new();
    apart(|| {
        let (start, found) = sentinel(tag);
        needles = found;
        let chain = Chain::new(LENGTH, start, 4);
        assert!(copies(&needles).0 >= 5, "the search is blind");
        work(&key, &chain);
    });
    let (found, on_stacks) = copies(&needles);
    let (blinding, blinding_on_stacks) = copies(&blinding(SEED));
    println!(
        "{found} copies, {on_stacks} on stacks; of the blinding {blinding}, {blinding_on_stacks} on stacks"
    );
    assert_eq!((found, blinding), (0, 0));
}

#[test]
fn a_proof_leaves_nothing() {
    leaves_nothing(1, |key, chain| {
        Prover::new(key).prove(chain, &mut rng(SEED)).unwrap();
        Prover::new(key).prove_assignment(chain.assignment(), &mut rng(SEED)).unwrap();
    });
}

#[test]
fn a_prepared_proof_leaves_nothing() {
    leaves_nothing(2, |key, chain| {
        let preparation = Prover::new(key).prepare(chain).unwrap();
        Prover::new(key).with_preparation(&preparation).prove(chain, &mut rng(SEED)).unwrap();
    });
}

#[test]
fn a_cancelled_or_refused_proof_leaves_nothing() {
    leaves_nothing(3, |key, chain| {
        for stage in Stage::ALL {
            let token = CancelToken::new();
            let mut prover = Prover::new(key).cancelled_by(&token).on_stage(cancel_at(&token, stage));
            assert_eq!(prover.prove(chain, &mut rng(SEED)), Err(ProveError::Cancelled { stage }));
        }
        let mut wrong = chain.assignment();
        wrong[3 + LENGTH] += Fr::from(1);
        let refused = Prover::new(key).prove_assignment(wrong, &mut rng(SEED));
        assert!(matches!(refused, Err(ProveError::Unsatisfied { .. })));
    });
}

/// Panics when it is asked, after so many good answers.
struct Panicking {
    good: u32,
}

impl TryRng for Panicking {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("factors are drawn as bytes")
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("factors are drawn as bytes")
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        assert_ne!(self.good, 0, "no more randomness");
        self.good -= 1;
        rng(SEED).fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Panicking {}

#[test]
fn a_panic_leaves_nothing() {
    leaves_nothing(4, |key, chain| {
        for good in [0, 1] {
            let assignment = chain.assignment();
            let proof =
                AssertUnwindSafe(|| Prover::new(key).prove_assignment(assignment, &mut Panicking { good }));
            assert!(catch_unwind(proof).is_err());
            let proof = AssertUnwindSafe(|| Prover::new(key).prove(chain, &mut Panicking { good }));
            assert!(catch_unwind(proof).is_err());
        }
        for stage in Stage::ALL {
            let panic_at = |begun| {
                assert_ne!(begun, stage, "the observer fails");
                ControlFlow::Continue(())
            };
            let proof = AssertUnwindSafe(|| Prover::new(key).on_stage(panic_at).prove(chain, &mut rng(SEED)));
            assert!(catch_unwind(proof).is_err());
        }
    });
}
