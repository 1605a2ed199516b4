//! The floor: how many multiplications of field elements a proof takes, times what one costs on this machine.
//!
//! Two counts. *Counted*: additions of points as the prover counted them in its sums, the rest by its formulas. *Best known*: all by
//! formula from the sizes of the key, for the best way that is known to do each part (docs/benchmarking.md gives the
//! reasons). Additions of field elements, memory and everything else are taken to be free: no program that does these
//! multiplications with this kernel can be faster, and the ratio says how much of its time a program spends otherwise.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, hint::black_box, time::Instant};
use tabella::prover::Kernel;

/// Bits of a scalar.
const SCALAR_BITS: u32 = 254;
/// Bits of each half of a scalar that the endomorphism splits.
const HALF_BITS: u32 = 128;
/// Multiplications of an addition of two affine points whose inversion is shared: three for the share, three for the sum.
const ADDITION: u64 = 6;
/// The same in Fq2: five products of three multiplications (Karatsuba) and a square of two.
const ADDITION_IN_G2: u64 = 17;
/// Widest window considered: tables and buckets beyond are larger than any cache.
const WIDEST: u32 = 18;

/// Sizes on which the count depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sizes {
    /// Elements of the domain, a power of two.
    pub(super) domain: u64,
    /// Rows of the matrices.
    pub(super) constraints: u64,
    /// Entries of A, B and C together.
    pub(super) entries: u64,
    /// Points with scalars other than 0 and 1 in query a.
    pub(super) a: u64,
    /// The same in query b.
    pub(super) b: u64,
    /// The same in query l.
    pub(super) l: u64,
}

/// Multiplications by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Multiplications {
    /// A z, B z, C z, and a comparison of each row.
    pub(super) satisfaction: u64,
    /// Five transforms of the domain's size.
    pub(super) transforms: u64,
    /// The multi-scalar multiplication for A.
    pub(super) a: u64,
    /// That for B, in G2 alone: B in G1 is not needed.
    pub(super) b: u64,
    /// Those for C, the queries l and h in one.
    pub(super) c: u64,
    /// All.
    pub(super) total: u64,
}

/// How the points of the key are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Points {
    /// Multiples of every point by powers of 2^window are in a table.
    Tables,
    /// The points alone; the endomorphism halves the scalars.
    Plain,
}

/// Counts for a key.
pub(super) fn count(sizes: &Sizes, points: Points) -> Multiplications {
    let Sizes { domain, constraints, entries, a, b, l } = *sizes;
    let satisfaction = entries + constraints;
    let transforms = 5 * transform(domain) + 3 * domain;
    let a = ADDITION * additions(a, points);
    let b = ADDITION_IN_G2 * additions(b, points);
    let c = ADDITION * additions(l + domain, points);
    Multiplications { satisfaction, transforms, a, b, c, total: satisfaction + transforms + a + b + c }
}

/// `n / 2 log n`.
fn transform(domain: u64) -> u64 {
    domain / 2 * u64::from(domain.trailing_zeros())
}

/// Additions of points with the cheapest window: one for each point and window, and two for each bucket.
fn additions(points: u64, how: Points) -> u64 {
    let with_window = |width: u32| {
        let buckets = 1u64 << (width - 1);
        let windows = |bits: u32| u64::from((bits + 1).div_ceil(width));
        match how {
            Points::Tables => points * windows(SCALAR_BITS) + 2 * buckets,
            Points::Plain => windows(HALF_BITS) * (2 * points + 2 * buckets),
        }
    };
    (2..=WIDEST).map(with_window).min().unwrap_or_default()
}

/// What a proof did: sums as counted by span, transforms and satisfaction by formula.
pub(super) fn counted(sizes: &Sizes, counted: &BTreeMap<String, u64>) -> Multiplications {
    let Sizes { domain, constraints, entries, .. } = *sizes;
    let sum = |name| counted.get(name).copied().unwrap_or_default();
    let satisfaction = entries + constraints;
    let transforms = 6 * transform(domain) + 3 * domain;
    let (a, b, c) = (sum("sum of a"), sum("sum of b"), sum("sum of c"));
    Multiplications { satisfaction, transforms, a, b, c, total: satisfaction + transforms + a + b + c }
}

/// Multiplications that are timed together: some milliseconds of them, so that the clock is the one a proof runs at. Vector units slow it down
/// when they are used for longer.
const TOGETHER: u32 = 1 << 20;

/// Nanoseconds of a multiplication by the kernel that proves, with all numbers in the nearest cache.
pub(super) fn nanoseconds(kernel: Kernel) -> f64 {
    let number = |i: usize| u64::MAX - u64::try_from(i).unwrap_or_default();
    let mut values = core::array::from_fn(|i| number(i).into());
    let by = core::array::from_fn(|i| number(i + 90).into());
    let rounds = TOGETHER / u32::try_from(values.len()).unwrap_or(u32::MAX);
    let start = Instant::now();
    kernel.multiply_in_chains(black_box(&mut values), black_box(&by), rounds);
    let elapsed = start.elapsed();
    black_box(values);
    elapsed.as_secs_f64() * 1e9 / f64::from(TOGETHER)
}

impl Multiplications {
    /// Milliseconds of the floor on one thread.
    pub(super) fn milliseconds(&self, nanoseconds: f64) -> f64 {
        // Counts are below 2^53, where floating point is exact.
        let millions = f64::from(u32::try_from(self.total / 1000).unwrap_or(u32::MAX)) / 1000.0;
        millions * nanoseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_a_known_circuit() {
        // Semaphore at depth 20: about 4 million with tables, 5.6 without, and a million less for what the model leaves out.
        let sizes = Sizes { domain: 8192, constraints: 6431, entries: 30_000, a: 5565, b: 3622, l: 5801 };
        let tables = count(&sizes, Points::Tables);
        assert_eq!(tables.transforms, 5 * 4096 * 13 + 3 * 8192);
        assert!((3_000_000..4_500_000).contains(&tables.total), "{tables:?}");
        let plain = count(&sizes, Points::Plain);
        assert!(plain.total > tables.total && plain.total < 8_000_000, "{plain:?}");
        let names = ["sum of a", "sum of b", "sum of c"];
        let sums = names.into_iter().zip([7, 30, 500]).map(|(name, count)| (name.to_owned(), count));
        let counted = counted(&sizes, &sums.collect());
        assert_eq!((counted.a, counted.b, counted.c), (7, 30, 500));
        assert_eq!(counted.total - 537, 36_431 + 6 * 4096 * 13 + 3 * 8192);
        assert_eq!(plain.total, plain.satisfaction + plain.transforms + plain.a + plain.b + plain.c);
    }

    #[test]
    fn windows_are_chosen_by_cost() {
        // Without points only the buckets count, and the narrowest window has the fewest.
        assert_eq!(additions(0, Points::Tables), 4);
        let per_point = additions(1 << 16, Points::Tables) / (1 << 16);
        assert!((15..20).contains(&per_point), "{per_point}");
    }

    #[test]
    fn a_multiplication_takes_some_nanoseconds() {
        let cost = nanoseconds(Kernel::fastest());
        assert!((1.0..2000.0).contains(&cost), "{cost}");
        let one = Multiplications { satisfaction: 0, transforms: 0, a: 0, b: 0, c: 0, total: 2_000_000 };
        assert!((one.milliseconds(4.0) - 8.0).abs() < 1e-9);
    }
}
