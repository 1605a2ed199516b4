//! Many proofs of one circuit at once: a random linear combination, and a search for whoever spoiled it.
//!
//! Let `e_i` be the exponent by which proof i misses its equation, 0 if it holds. With random coefficients `k_i` one
//! equation stands for all n:
//!
//! ```text
//! prod e(k_i A_i, B_i) = e(K alpha, beta) * e(K IC_0 + sum_j s_j IC_j, gamma) * e(sum k_i C_i, delta)
//!     where K = sum k_i and s_j = sum_i k_i x_ij
//! ```
//!
//! It costs n + 3 Miller loops and one final exponentiation. It holds if and only if `sum k_i e_i = 0 mod r`.
//!
//! # Soundness
//! `k_0 = 1`; each other `k_i` is one of 2^128 values with equal probability. If the only `e_i != 0` is `e_0`, the sum
//! is `e_0`, which is not 0. Otherwise let `e_j != 0` with j > 0: for any choice of the others at most one of the 2^128
//! values of `k_j` makes the sum 0, because r is prime and the values differ modulo r. So a batch with a bad proof passes
//! with probability at most 2^-128. That all points have order r, without which this argument fails, the types promise.
//!
//! The coefficients come from ChaCha20 seeded with a digest of the key, all statements, all proofs, and 32 bytes of the
//! caller's generator. Whoever made the proofs could not know them, even if that generator is predictable or stuck.

use crate::{
    digits::Digits,
    exponentiation::final_exponentiation,
    pairing::{miller_fixed, miller_many},
    proof::Proof,
    tower::Element12,
    verify::PreparedVerifyingKey,
};
use alloc::{vec, vec::Vec};
use ark_bn254::{G1Affine, G1Projective, G2Affine, g1};
use ark_ec::{CurveGroup, scalar_mul::glv::GLVConfig};
use ark_ff::AdditiveGroup;
use core::fmt;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
#[cfg(feature = "parallel")]
use tabella_primitives::exec;
use tabella_primitives::{Fr, digest::TaggedHasher, domain, rng::CryptoRng};

/// Fewest and most proofs whose Miller loops run in lockstep. Squarings and inversions are shared by all of them.
const CHUNK: core::ops::RangeInclusive<usize> = 16..=128;

/// Some proofs of a batch do not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBatch {
    /// Positions in the batch of all proofs that do not verify, ascending; never empty.
    pub culprits: Vec<usize>,
}

impl fmt::Display for InvalidBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} invalid proof(s) in the batch, the first at position ", self.culprits.len())?;
        match self.culprits.first() {
            Some(first) => write!(f, "{first}"),
            None => f.write_str("unknown"),
        }
    }
}

impl core::error::Error for InvalidBatch {}

/// A coefficient `low + high lambda`, where lambda is the cube root of one by which the endomorphism of G1 multiplies.
///
/// The 2^128 pairs are different modulo r: if two were equal, their difference `u + v lambda` would be 0, and with it
/// `(u + v lambda)(u + v lambda^2) = u^2 - u v + v^2`; that is an integer below `3 * 2^128 < r`, so it is 0 itself, and
/// then u = v = 0. Multiplying by such a coefficient takes 64 doublings instead of 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Coefficient {
    low: u64,
    high: u64,
}

impl Coefficient {
    const ONE: Self = Self { low: 1, high: 0 };

    fn draw(stream: &mut ChaCha20Rng) -> Self {
        Self { low: stream.next_u64(), high: stream.next_u64() }
    }

    fn to_field(self) -> Fr {
        Fr::from(self.low) + Fr::from(self.high) * g1::Config::LAMBDA
    }
}

/// `sum k_i P_i`, by doubling and adding points and images together. Doublings are shared by all.
fn combine<'a>(terms: impl Iterator<Item = (Coefficient, &'a G1Affine)>) -> G1Projective {
    let term = |(Coefficient { low, high }, point): (Coefficient, &'a G1Affine)| {
        let image = endomorphism(point);
        // P + lambda P = -lambda^2 P.
        let both = -endomorphism(&image);
        (Digits::of(low), Digits::of(high), *point, image, both)
    };
    let terms: Vec<_> = terms.map(term).collect();
    let mut sum = G1Projective::ZERO;
    for place in (0..Digits::COUNT).rev() {
        sum.double_in_place();
        for (low, high, point, image, both) in &terms {
            match (low.at(place), high.at(place)) {
                (0, 0) => {}
                (1, 1) => sum += both,
                (-1, -1) => sum -= both,
                (low, high) => {
                    for (digit, point) in [(low, point), (high, image)] {
                        match digit {
                            1 => sum += point,
                            -1 => sum -= point,
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    sum
}

/// `lambda P`, for the price of one multiplication in the base field.
fn endomorphism(point: &G1Affine) -> G1Affine {
    g1::Config::endomorphism_affine(point)
}

/// One statement and its proof, with the coefficient that they got.
type Term<'a> = (&'a [Fr], &'a Proof, Coefficient);

impl PreparedVerifyingKey {
    /// Checks many proofs of this key's circuit, on all cores with feature `parallel`. An empty batch is valid: it claims
    /// nothing.
    ///
    /// The generator needs no secrecy (see [Soundness](crate::batch#soundness)). Time for a valid batch is linear; every
    /// culprit adds about `log2 n` smaller checks, and a batch of nothing but bad proofs takes a few times as long as
    /// checking them one by one.
    ///
    /// # Errors
    /// [`InvalidBatch`] with all culprits: proofs that [`Self::verify_inputs`] refuses too, among them statements with a
    /// wrong number of public inputs.
    pub fn verify_batch<I: AsRef<[Fr]>>(
        &self,
        items: &[(I, Proof)],
        rng: &mut impl CryptoRng,
    ) -> Result<(), InvalidBatch> {
        self.verify_batch_on(Threads::All, items, rng)
    }

    fn verify_batch_on<I: AsRef<[Fr]>>(
        &self,
        threads: Threads,
        items: &[(I, Proof)],
        rng: &mut impl CryptoRng,
    ) -> Result<(), InvalidBatch> {
        let mut culprits = Vec::new();
        let mut positions = Vec::with_capacity(items.len());
        let mut stream = self.stream(items, rng);
        let mut terms: Vec<Term<'_>> = Vec::with_capacity(items.len());
        for (position, (inputs, proof)) in items.iter().enumerate() {
            if self.check_count(inputs.as_ref()).is_err() {
                culprits.push(position);
                continue;
            }
            let coefficient =
                if terms.is_empty() { Coefficient::ONE } else { Coefficient::draw(&mut stream) };
            positions.push(position);
            terms.push((inputs.as_ref(), proof, coefficient));
        }
        if !self.holds(threads, &terms) {
            self.search(threads, &terms, &positions, &mut culprits);
        }
        culprits.sort_unstable();
        if culprits.is_empty() { Ok(()) } else { Err(InvalidBatch { culprits }) }
    }

    /// A source of coefficients that depends on everything that is to be checked.
    fn stream<I: AsRef<[Fr]>>(&self, items: &[(I, Proof)], rng: &mut impl CryptoRng) -> ChaCha20Rng {
        let mut fresh = [0u8; 32];
        rng.fill_bytes(&mut fresh);
        let mut hasher = TaggedHasher::new(domain::BATCH).digest(&self.key().digest()).bytes(&fresh);
        for (inputs, proof) in items {
            let inputs = inputs.as_ref();
            hasher = hasher.u64(u64::try_from(inputs.len()).expect("a length in memory fits 64 bits"));
            hasher = inputs.iter().fold(hasher, TaggedHasher::fr).bytes(&proof.to_bytes());
        }
        ChaCha20Rng::from_seed(*hasher.finish().as_bytes())
    }

    /// Adds to `culprits` the positions of the bad among terms of which at least one is bad.
    fn search(&self, threads: Threads, terms: &[Term<'_>], positions: &[usize], culprits: &mut Vec<usize>) {
        if let ([(inputs, proof, _)], [position]) = (terms, positions) {
            // Never accused on a combination alone.
            if self.verify_inputs(inputs, proof).is_err() {
                culprits.push(*position);
            }
            return;
        }
        let middle = terms.len() / 2;
        let (left, right) = terms.split_at(middle);
        let (left_positions, right_positions) = positions.split_at(middle);
        let left_holds = self.holds(threads, left);
        if !left_holds {
            self.search(threads, left, left_positions, culprits);
        }
        // If the left half is innocent the right one cannot be.
        if left_holds || !self.holds(threads, right) {
            self.search(threads, right, right_positions, culprits);
        }
    }

    /// Whether the combined equation of the [module](crate::batch) holds for these terms.
    fn holds(&self, threads: Threads, terms: &[Term<'_>]) -> bool {
        let Some((first, _, _)) = terms.first() else { return true };
        let mut total = Fr::ZERO;
        let mut sums = vec![Fr::ZERO; first.len()];
        for (inputs, _, coefficient) in terms {
            let coefficient = coefficient.to_field();
            total += coefficient;
            for (sum, input) in sums.iter_mut().zip(*inputs) {
                *sum += coefficient * input;
            }
        }
        let statement = self.weigh(&sums) + *self.constant() * total;
        let (product, combined) = threads.share(terms);
        let ends = G1Projective::normalize_batch(&[*self.key().alpha() * -total, statement, combined]);
        let ends: [G1Affine; 3] = ends.try_into().expect("as many as there were");
        let ends = miller_fixed(ends, [&self.beta, &self.minus_gamma, &self.minus_delta]);
        final_exponentiation(&product.times(&ends)) == Some(Element12::ONE)
    }
}

/// What some terms give to the equation: the product of the Miller loops of `(k_i A_i, B_i)`, and `sum k_i C_i`.
fn share(terms: &[Term<'_>]) -> (Element12, G1Projective) {
    let scaled: Vec<G1Projective> = terms
        .iter()
        .map(|(_, proof, coefficient)| combine(core::iter::once((*coefficient, proof.a()))))
        .collect();
    let pairs: Vec<(G1Affine, G2Affine)> = G1Projective::normalize_batch(&scaled)
        .into_iter()
        .zip(terms)
        .map(|(a, (_, proof, _))| (a, *proof.b()))
        .collect();
    let sum = combine(terms.iter().map(|(_, proof, coefficient)| (*coefficient, proof.c())));
    (miller_many(&pairs), sum)
}

/// Where the Miller loops run. Both forms give the same product.
#[derive(Clone, Copy, Debug)]
enum Threads {
    /// On the caller's thread.
    #[cfg_attr(not(test), allow(dead_code, reason = "the twin with which the tests compare"))]
    One,
    /// On the threads of the caller's rayon pool, if there are any.
    All,
}

impl Threads {
    /// The [`share`] of all terms.
    fn share(self, terms: &[Term<'_>]) -> (Element12, G1Projective) {
        let none = (Element12::ONE, G1Projective::ZERO);
        let join = |a: (Element12, G1Projective), b: (Element12, G1Projective)| (a.0.times(&b.0), a.1 + b.1);
        let most = *CHUNK.end();
        match self {
            #[cfg(feature = "parallel")]
            Self::All => {
                let even = terms.len().div_ceil(exec::threads());
                let chunks: Vec<_> = terms.chunks(even.clamp(*CHUNK.start(), most)).collect();
                let shares =
                    exec::map(chunks.len(), |index| chunks.get(index).map_or(none, |terms| share(terms)));
                shares.into_iter().fold(none, join)
            }
            _ => terms.chunks(most).map(share).fold(none, join),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::PrimeGroup;
    use ark_ff::Field;
    use std::collections::BTreeSet;
    use std::string::ToString;

    /// Semaphore's proofs of depth 10, repeated.
    fn items(count: usize) -> (PreparedVerifyingKey, Vec<(Vec<Fr>, Proof)>) {
        let keys = tabella_testkit::semaphore_vector("verification_keys.json");
        let proofs = tabella_testkit::semaphore_vector("proofs.json");
        let key = crate::snarkjs::key_from_json(&keys["keys"]["10"].to_string()).unwrap().prepare();
        let good: Vec<_> = proofs["proofs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["depth"] == 10)
            .map(|entry| {
                let inputs = crate::snarkjs::inputs_from_json(&entry["publicSignals"].to_string()).unwrap();
                let proof = crate::semaphore::SemaphoreProof::from_json(&entry["proof"].to_string()).unwrap();
                (inputs, proof.proof)
            })
            .collect();
        (key, good.iter().cycle().take(count).cloned().collect())
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([7; 32])
    }

    #[test]
    fn serial_equals_parallel() {
        let (key, mut items) = items(21);
        items[4].0[1] += Fr::ONE;
        items[20].0[0] += Fr::ONE;
        for slice in [&items[..4], &items[..5], &items[5..20], &items[..]] {
            let one = key.verify_batch_on(Threads::One, slice, &mut rng());
            let all = key.verify_batch_on(Threads::All, slice, &mut rng());
            assert_eq!(one, all);
            let terms: Vec<Term<'_>> = slice
                .iter()
                .map(|(inputs, proof)| (inputs.as_slice(), proof, Coefficient { low: 3, high: 5 }))
                .collect();
            assert_eq!(Threads::One.share(&terms), Threads::All.share(&terms));
        }
    }

    #[test]
    fn combines_multiples_by_low_plus_high_lambda() {
        let mut stream = rng();
        let edges = [0, 1, 3, 0x5555_5555_5555_5555, 1 << 63, u64::MAX];
        let edges = edges.iter().flat_map(|low| edges.map(|high| Coefficient { low: *low, high }));
        let coefficients: Vec<Coefficient> =
            edges.chain(core::iter::repeat_with(|| Coefficient::draw(&mut stream)).take(20)).collect();
        let mut terms = Vec::new();
        let mut expected = G1Projective::ZERO;
        for coefficient in coefficients {
            let point = (G1Projective::generator() * (coefficient.to_field() + Fr::ONE)).into_affine();
            let multiple = point * coefficient.to_field();
            assert_eq!(combine(core::iter::once((coefficient, &point))), multiple, "{coefficient:?}");
            // Equal and opposite points meet in the sums.
            for (point, multiple) in [(point, multiple), (point, multiple), (-point, -multiple)] {
                terms.push((coefficient, point));
                expected += multiple;
            }
            terms.push((coefficient, G1Affine::identity()));
        }
        assert_eq!(combine(terms.iter().map(|(coefficient, point)| (*coefficient, point))), expected);
        assert_eq!(combine(core::iter::empty()), G1Projective::ZERO);
    }

    #[test]
    fn lambda_is_a_cube_root_of_one() {
        let lambda = g1::Config::LAMBDA;
        assert_eq!(lambda.square() + lambda + Fr::ONE, Fr::ZERO);
    }

    #[test]
    fn coefficients_depend_on_every_part_and_on_the_generator() {
        let (key, items) = items(2);
        let first = |items: &[(Vec<Fr>, Proof)], seed: u8| {
            let mut stream = key.stream(items, &mut ChaCha20Rng::from_seed([seed; 32]));
            let drawn = Coefficient::draw(&mut stream);
            (drawn.low, drawn.high)
        };
        let mut changed = vec![items.clone(); 5];
        changed[0][0].0[0] += Fr::ONE;
        changed[1][1].0[3] += Fr::ONE;
        changed[2][1].1 = Proof::from_parts(-*items[1].1.a(), *items[1].1.b(), *items[1].1.c()).unwrap();
        changed[3].swap(0, 1);
        changed[4].truncate(1);
        let mut drawn: BTreeSet<_> = changed.iter().map(|items| first(items, 1)).collect();
        drawn.insert(first(&items, 1));
        drawn.insert(first(&items, 2));
        assert_eq!(drawn.len(), 7);
        assert_eq!(first(&items, 1), first(&items, 1));
    }

    #[test]
    fn the_error_names_the_first_culprit() {
        let error = InvalidBatch { culprits: vec![3, 8] };
        assert_eq!(error.to_string(), "2 invalid proof(s) in the batch, the first at position 3");
    }
}
