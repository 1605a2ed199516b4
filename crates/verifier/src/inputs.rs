//! The linear combination of a key's `IC` points: the first ones bit by bit, those that follow by tables of each point (a comb), which cost
//! as much as four or five combinations without them.

use alloc::{boxed::Box, vec::Vec};
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField};
use tabella_primitives::{Fr, later_use::LaterUse};

/// Rows of the comb: exponents are cut into so many pieces.
const ROWS: usize = 8;
/// Bits of a piece.
const COLUMNS: u32 = 32;

/// Combinations without combs.
const WITHOUT: u32 = 4;

/// The combs of some points, made for the fifth combination.
#[derive(Default)]
pub(crate) struct Combs(LaterUse<Vec<Comb>, WITHOUT>);

impl Combs {
    /// `x_1 P_1 + .. + x_n P_n` for the points that these combs are of, and as many scalars.
    pub(crate) fn combine(&self, points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
        match self.0.get(|| Box::new(points.iter().map(Comb::new).collect())) {
            None => bit_by_bit(points, scalars),
            Some(combs) => combine(combs, scalars),
        }
    }
}

/// The scalars as integers.
fn exponents(scalars: &[Fr]) -> Vec<[u64; 4]> {
    scalars.iter().map(|scalar| scalar.into_bigint().0).collect()
}

/// `x_1 P_1 + .. + x_n P_n`.
fn bit_by_bit(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    let exponents = exponents(scalars);
    let mut sum = G1Projective::ZERO;
    for limb in (0..4).rev() {
        for bit in (0..u64::BITS).rev() {
            sum.double_in_place();
            for (point, limbs) in points.iter().zip(&exponents) {
                if limbs.get(limb).is_some_and(|limb| limb >> bit & 1 == 1) {
                    sum += point;
                }
            }
        }
    }
    sum
}

/// The sums of all subsets of `P, 2^32 P, .., 2^(7 * 32) P` for a point P: at `m - 1` that of the bits of m. 16 KiB.
///
/// A multiple of P takes then 32 doublings, which several points share, and at most 32 additions [C. H. Lim, P. J. Lee, "More
/// flexible exponentiation with precomputation", CRYPTO 1994].
#[derive(Clone)]
struct Comb(Vec<G1Affine>);

impl Comb {
    fn new(point: &G1Affine) -> Self {
        let mut sums: Vec<G1Projective> = Vec::with_capacity((1 << ROWS) - 1);
        let mut row = point.into_group();
        for _ in 0..ROWS {
            // Each subset of the rows before, with and without this one.
            let before = sums.len();
            sums.push(row);
            sums.extend_from_within(..before);
            sums.iter_mut().skip(before + 1).for_each(|sum| *sum += row);
            for _ in 0..COLUMNS {
                row.double_in_place();
            }
        }
        Self(G1Projective::normalize_batch(&sums))
    }
}

/// `x_1 P_1 + .. + x_n P_n` for as many combs as scalars.
fn combine(combs: &[Comb], scalars: &[Fr]) -> G1Projective {
    let exponents = exponents(scalars);
    let mut sum = G1Projective::ZERO;
    for column in (0..COLUMNS).rev() {
        sum.double_in_place();
        for (Comb(sums), limbs) in combs.iter().zip(&exponents) {
            // One bit of each half of each limb.
            let subset = limbs.iter().rev().fold(0, |subset, limb| {
                let (high, low) = ((limb >> (column + COLUMNS)) & 1, (limb >> column) & 1);
                (subset << 2) | (high << 1) | low
            });
            let place = usize::try_from(subset).ok().and_then(|subset| subset.checked_sub(1));
            if let Some(point) = place.and_then(|place| sums.get(place)) {
                sum += point;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, UniformRand};
    use std::vec;

    #[test]
    fn is_the_sum_of_the_multiples() {
        let mut rng = ark_std::test_rng();
        let points: Vec<G1Affine> = (0..3).map(|_| G1Affine::rand(&mut rng)).collect();
        let combs: Vec<Comb> = points.iter().map(Comb::new).collect();
        let mut powers = (0..254u64).map(|exponent| Fr::from(2).pow([exponent]));
        let mut scalars =
            vec![Fr::ZERO, Fr::ONE, -Fr::ONE, -Fr::from(2), Fr::from(u64::MAX), Fr::from(1u128 << 64)];
        scalars.extend(powers.by_ref());
        scalars.extend((0..50).map(|_| Fr::rand(&mut rng)));
        for (i, scalar) in scalars.iter().enumerate() {
            assert_eq!(combine(&combs[..1], &[*scalar]), points[0] * scalar, "{scalar}");
            let three = [*scalar, scalars[(i * 7 + 1) % scalars.len()], scalars[(i * 3 + 2) % scalars.len()]];
            let expected: G1Projective =
                points.iter().zip(three).map(|(point, scalar)| *point * scalar).sum();
            assert_eq!(combine(&combs, &three), expected);
            let both = Combs::default();
            for use_ in 0..=WITHOUT {
                assert_eq!(both.combine(&points, &three), expected, "use {use_}");
            }
        }
        assert_eq!(combine(&[], &[]), G1Projective::ZERO);
        assert_eq!(bit_by_bit(&[], &[]), G1Projective::ZERO);
        // Equal and opposite points meet in the sums.
        let twins = [combs[0].clone(), combs[0].clone(), Comb::new(&-points[0])];
        for scalar in [Fr::ONE, -Fr::ONE, Fr::rand(&mut rng)] {
            assert_eq!(combine(&twins, &[scalar; 3]), points[0] * scalar);
            assert_eq!(bit_by_bit(&[points[0], points[0], -points[0]], &[scalar; 3]), points[0] * scalar);
        }
    }
}
