//! Sums of many points, for public data: not normalised until the end, and then all at once.

use super::{Point, Scalar};
use alloc::vec::Vec;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ed_on_bn254::EdwardsProjective;
use ark_ff::{AdditiveGroup, PrimeField};
use core::{
    fmt,
    ops::{AddAssign, SubAssign},
};

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
    #[must_use]
    pub fn multi_mul_vartime(points: &[Self], scalars: &[Scalar]) -> Self {
        let bases: Vec<_> = points.iter().map(|point| point.0).collect();
        let digits: Vec<_> = scalars.iter().map(|scalar| scalar.into_bigint()).collect();
        Self(EdwardsProjective::msm_bigint(&bases, &digits).into_affine())
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
        for count in [0, 1, 2, 3, 9, 40] {
            let points = points(count);
            let scalars: Vec<Scalar> = (0..count).map(|i| Scalar::from(i + 2).pow([37])).collect();
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
