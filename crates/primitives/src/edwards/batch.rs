//! Sums of many points, for public data: not normalised until the end, and then all at once.

use super::{LEFT_OVER, Point, Scalar, WINDOWS};
use alloc::vec::Vec;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ed_on_bn254::EdwardsProjective;
use ark_ff::{AdditiveGroup, PrimeField};
use core::{
    fmt,
    ops::{AddAssign, SubAssign},
};

/// Greatest number of pairs for which one pass over all windows is faster than sorting into buckets.
const FEW: usize = 64;

/// A sum of points that is not normalised: an addition costs eight multiplications and no division.
///
/// For public points: equality and normalisation are variable time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PointSum(EdwardsProjective);

impl PointSum {
    /// The empty sum.
    #[must_use]
    pub const fn new() -> Self {
        Self(EdwardsProjective::ZERO)
    }

    /// The sum as a point. One division in the field: for several sums see [`Self::normalize`].
    #[must_use]
    pub fn finish(&self) -> Point {
        Point(self.0.into_affine())
    }

    /// All sums as points, in their order, with one division in the field for all of them.
    #[must_use]
    pub fn normalize(sums: &[Self]) -> Vec<Point> {
        let sums: Vec<EdwardsProjective> = sums.iter().map(|sum| sum.0).collect();
        EdwardsProjective::normalize_batch(&sums).into_iter().map(Point).collect()
    }
}

impl Default for PointSum {
    fn default() -> Self {
        Self::new()
    }
}

impl AddAssign<&Point> for PointSum {
    fn add_assign(&mut self, point: &Point) {
        self.0 += point.0;
    }
}

impl SubAssign<&Point> for PointSum {
    fn sub_assign(&mut self, point: &Point) {
        self.0 -= point.0;
    }
}

impl AddAssign<&Self> for PointSum {
    fn add_assign(&mut self, other: &Self) {
        self.0 += other.0;
    }
}

impl fmt::Debug for PointSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PointSum({:?})", self.finish())
    }
}

impl Point {
    /// `sum of scalars[i] * points[i]` in variable time: for public scalars only. Pairs beyond the shorter slice do not count.
    ///
    /// Few pairs share the doublings of one pass over windows of four bits [Straus 1964]; many are sorted into buckets by arkworks.
    #[must_use]
    pub fn multi_mul_vartime(points: &[Self], scalars: &[Scalar]) -> Self {
        let count = points.len().min(scalars.len());
        if count > FEW {
            let bases: Vec<_> = points.iter().map(|point| point.0).collect();
            let digits: Vec<_> = scalars.iter().map(|scalar| scalar.into_bigint()).collect();
            return Self(EdwardsProjective::msm_bigint(&bases, &digits).into_affine());
        }
        // 1 P, 2 P, .. 15 P of each point, and its scalar with the topmost of 63 windows at the top.
        let mut pairs: Vec<([EdwardsProjective; 15], _)> = points
            .iter()
            .zip(scalars)
            .map(|(point, scalar)| {
                let mut multiple = EdwardsProjective::ZERO;
                let multiples = core::array::from_fn(|_| {
                    multiple += point.0;
                    multiple
                });
                (multiples, scalar.into_bigint() << LEFT_OVER)
            })
            .collect();
        let mut sum = EdwardsProjective::ZERO;
        for _ in 0..WINDOWS {
            for _ in 0..4 {
                sum.double_in_place();
            }
            for (multiples, digits) in &mut pairs {
                let digit = usize::try_from(digits.0[3] >> 60).unwrap_or(0);
                *digits <<= 4;
                if let Some(multiple) = digit.checked_sub(1).and_then(|index| multiples.get(index)) {
                    sum += multiple;
                }
            }
        }
        Self(sum.into_affine())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    fn points(count: u64) -> Vec<Point> {
        (1..=count).map(|i| Point::mul_base(&Scalar::from(i * i + 7))).collect()
    }

    #[test]
    fn sums_and_products_equal_the_plain_ones() {
        for count in [0, 1, 2, 3, 9, 64, 65, 100] {
            let points = points(count);
            let mut scalars: Vec<Scalar> = (0..count).map(|i| Scalar::from(i + 2).pow([37])).collect();
            // Zero, one and the greatest.
            for (scalar, edge) in scalars.iter_mut().zip([Scalar::ZERO, Scalar::ONE, -Scalar::ONE]) {
                *scalar = edge;
            }
            let mut sum = PointSum::new();
            let mut plain = Point::identity();
            let mut product = Point::identity();
            for (point, scalar) in points.iter().zip(&scalars) {
                sum += point;
                plain = plain + *point;
                product = product + point.mul_vartime(scalar);
            }
            assert_eq!(sum.finish(), plain);
            assert_eq!(Point::multi_mul_vartime(&points, &scalars), product, "{count}");
            let mut twice = sum;
            twice += &sum;
            assert_eq!(
                PointSum::normalize(&[sum, twice, PointSum::new()]),
                [plain, plain + plain, Point::identity()]
            );
            for point in &points {
                sum -= point;
            }
            assert_eq!(sum, PointSum::new());
        }
    }
}
