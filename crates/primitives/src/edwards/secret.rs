//! Multiplication by secret scalars: the same sequence of additions and table look-ups whatever the scalar.

use super::{LEFT_OVER, Point, R_MINUS_2, Scalar, WINDOWS, scalar_from_le_bytes_wide, to_model};
use crate::{Fr, later_use::LaterUse, rng::CryptoRng, secret::Secret};
use ark_ec::CurveGroup as _;
use ark_ed_on_bn254::{EdwardsAffine, EdwardsProjective};
use ark_ff::{AdditiveGroup, Field, PrimeField};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

/// A scalar in `[1, l)`: 512 bits reduced, so that its distance from uniform is below 2^-260.
#[must_use]
pub fn random_scalar(rng: &mut (impl CryptoRng + ?Sized)) -> Secret<Scalar> {
    loop {
        let mut wide = Zeroizing::new([0u8; 64]);
        rng.fill_bytes(wide.as_mut());
        let scalar = Secret::new(scalar_from_le_bytes_wide(wide.as_ref()));
        // Zero comes once in 2^251 draws, and would hide nothing.
        if *scalar.expose_secret() != Scalar::ZERO {
            return scalar;
        }
    }
}

impl Point {
    /// `scalar * B8` for a secret scalar.
    ///
    /// Fixed windows of four bits over a table of 64 x 16 multiples; each look-up reads all sixteen entries and selects
    /// without branching; the addition law is complete, so no special case arises; the last division is a power with
    /// a public exponent, because arkworks' `inverse` is a Euclid whose steps depend on the value.
    ///
    /// The table costs six times as much as a product without it: the first six products of a process do without.
    ///
    /// # Security
    /// One thing is left: arkworks ends each addition, subtraction and product in the field with a comparison and a conditional
    /// subtraction, which may compile to a branch. It depends on intermediate values that an observer would have to know to
    /// a bit to use; nevertheless this is not strictly constant time.
    #[must_use]
    pub fn mul_base(scalar: &Scalar) -> Self {
        let Some(table) = base_table() else {
            return Self::base().mul_secret(scalar);
        };
        let mut digits = scalar.into_bigint();
        let mut sum = EdwardsProjective::ZERO;
        for row in table.iter() {
            let digit = digits.0[0] & 15;
            digits >>= 4;
            let mut x = [0u64; 4];
            let mut y = [0u64; 4];
            for (index, entry) in (0u64..).zip(row) {
                let hit: Choice = index.ct_eq(&digit);
                select(&mut x, &entry.x, hit);
                select(&mut y, &entry.y, hit);
            }
            let mut entry = EdwardsAffine::new_unchecked(field(&x), field(&y));
            sum += entry;
            entry.zeroize();
            x.zeroize();
            y.zeroize();
        }
        digits.zeroize();
        normalize(sum)
    }

    /// `scalar * self` for a secret scalar and a public point.
    ///
    /// Four doublings and one addition for each of 63 windows of four bits, from the top; each look-up reads all sixteen
    /// multiples and selects without branching; the addition law is complete, so no special case arises.
    ///
    /// # Security
    /// As for [`Point::mul_base`]: not strictly constant time in arkworks' field arithmetic.
    #[must_use]
    pub fn mul_secret(&self, scalar: &Scalar) -> Self {
        let mut multiples = [EdwardsProjective::ZERO; 16];
        let mut multiple = EdwardsProjective::ZERO;
        for entry in &mut multiples {
            *entry = multiple;
            multiple += self.0;
        }
        let mut digits = scalar.into_bigint();
        // The scalar is below 2^251: the topmost window moves to the top of the highest limb, from where they are read.
        digits <<= LEFT_OVER;
        let mut sum = EdwardsProjective::ZERO;
        for _ in 0..WINDOWS {
            let digit = digits.0[3] >> 60;
            digits <<= 4;
            for _ in 0..4 {
                sum.double_in_place();
            }
            let mut limbs = [[0u64; 4]; 4];
            let [x, y, t, z] = &mut limbs;
            for (index, entry) in (0u64..).zip(&multiples) {
                let hit: Choice = index.ct_eq(&digit);
                select(x, &entry.x, hit);
                select(y, &entry.y, hit);
                select(t, &entry.t, hit);
                select(z, &entry.z, hit);
            }
            let mut entry = EdwardsProjective::new_unchecked(field(x), field(y), field(t), field(z));
            sum += &entry;
            entry.zeroize();
            limbs.zeroize();
        }
        digits.zeroize();
        normalize(sum)
    }

    /// `self + other` for secret points: no branch and no division that depends on them.
    #[must_use]
    pub fn add_secret(&self, other: &Self) -> Self {
        let mut sum: EdwardsProjective =
            EdwardsProjective::new_unchecked(self.0.x, self.0.y, self.0.x * self.0.y, Fr::ONE);
        sum += other.0;
        normalize(sum)
    }
}

/// Takes over the limbs of a value if it is the one looked for.
fn select(to: &mut [u64; 4], from: &Fr, hit: Choice) {
    for (to, from) in to.iter_mut().zip(from.0.0) {
        to.conditional_assign(&from, hit);
    }
}

/// The field element with these limbs of its Montgomery form.
const fn field(limbs: &[u64; 4]) -> Fr {
    Fr::new_unchecked(ark_ff::BigInt::new(*limbs))
}

/// The point of projective coordinates, which are erased.
fn normalize(mut sum: EdwardsProjective) -> Point {
    // z^(r-2) = 1/z; z is not 0, the addition law is complete.
    let mut z_inverse = sum.z.pow(R_MINUS_2);
    let point = Point(EdwardsAffine::new_unchecked(sum.x * z_inverse, sum.y * z_inverse));
    z_inverse.zeroize();
    sum.zeroize();
    point
}

/// Multiples `j * 16^i * B8` for i in 0..64 and j in 0..16, in arkworks' model; not for the first six who ask.
fn base_table() -> Option<&'static [[EdwardsAffine; 16]; 64]> {
    static TABLE: LaterUse<[[EdwardsAffine; 16]; 64], 6> = LaterUse::new();
    TABLE.get(|| {
        let mut step: EdwardsProjective = to_model(super::BASE_X, super::BASE_Y).into();
        let mut multiples = alloc::vec::Vec::with_capacity(16 * 64);
        for _ in 0..64 {
            let mut multiple = EdwardsProjective::ZERO;
            for _ in 0..16 {
                multiples.push(multiple);
                multiple += step;
            }
            step = multiple;
        }
        let multiples = EdwardsProjective::normalize_batch(&multiples);
        let mut table = alloc::boxed::Box::new([[EdwardsAffine::zero(); 16]; 64]);
        for (row, multiples) in table.iter_mut().zip(multiples.as_chunks::<16>().0) {
            *row = *multiples;
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::arb_scalar;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn secret_multiplications_equal_the_plain_ones(s in arb_scalar(), p in arb_scalar()) {
            prop_assert_eq!(Point::mul_base(&s), Point::base().mul_vartime(&s));
            let point = Point::mul_base(&p);
            prop_assert_eq!(point.mul_secret(&s), point.mul_vartime(&s));
            prop_assert_eq!(point.add_secret(&Point::base()), point + Point::base());
            prop_assert_eq!(point.add_secret(&point), point + point);
        }
    }

    #[test]
    fn edge_scalars() {
        let point = Point::mul_base(&Scalar::from(77u64));
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from(16u64), Scalar::from(15u64)];
        // Without the table and with it.
        for s in [edges; 2].concat() {
            assert_eq!(Point::mul_base(&s), Point::base().mul_vartime(&s));
            assert_eq!(point.mul_secret(&s), point.mul_vartime(&s));
            assert_eq!(Point::identity().mul_secret(&s), Point::identity());
        }
    }
}
