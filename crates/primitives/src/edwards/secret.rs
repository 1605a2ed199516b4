//! Multiplication by secret scalars: the same sequence of instructions and table look-ups whatever the scalar.

use super::{LEFT_OVER, Point, Scalar, WINDOWS, extended::Extended, scalar_from_le_bytes_wide};
use crate::{later_use::LaterUse, rng::CryptoRng, secret::Secret};
use ark_ff::{AdditiveGroup, PrimeField};
use subtle::ConstantTimeEq;
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
    /// without branching; the addition law is complete, so no special case arises; nothing is divided but by a power with a public
    /// exponent, and field elements are added and multiplied without branches in the source ([`crate::montgomery`]).
    ///
    /// The table costs as much as four products without it, and with it a product costs a third: the first six of a process do without.
    #[must_use]
    pub fn mul_base(scalar: &Scalar) -> Self {
        let Some(table) = base_table() else {
            return Self::base().mul_secret(scalar);
        };
        let mut digits = scalar.into_bigint();
        let mut sum = Extended::identity();
        for row in table {
            let digit = digits.0[0] & 15;
            digits >>= 4;
            let mut entry = looked_up(row, digit);
            sum = sum.plus(&entry);
            entry.zeroize();
        }
        digits.zeroize();
        Self(sum.into_affine())
    }

    /// `scalar * self` for a secret scalar and a public point.
    ///
    /// Four doublings and one addition for each of 63 windows of four bits, from the top; each look-up reads all sixteen
    /// multiples and selects without branching; otherwise as [`Point::mul_base`].
    #[must_use]
    pub fn mul_secret(&self, scalar: &Scalar) -> Self {
        let multiples = multiples(&Extended::from_affine(&self.0));
        let mut digits = scalar.into_bigint();
        // The scalar is below 2^251: the topmost window moves to the top of the highest limb, from where they are read.
        digits <<= LEFT_OVER;
        let mut sum = Extended::identity();
        for _ in 0..WINDOWS {
            let digit = digits.0[3] >> 60;
            digits <<= 4;
            for _ in 0..4 {
                sum = sum.double();
            }
            let mut entry = looked_up(&multiples, digit);
            sum = sum.plus(&entry);
            entry.zeroize();
        }
        digits.zeroize();
        Self(sum.into_affine())
    }

    /// `self + other` for secret points: no branch and no division that depends on them.
    #[must_use]
    pub fn add_secret(&self, other: &Self) -> Self {
        Self(Extended::from_affine(&self.0).plus(&Extended::from_affine(&other.0)).into_affine())
    }
}

/// Multiples of a point, from 0 to 15.
fn multiples(point: &Extended) -> [Extended; 16] {
    let mut multiples = [Extended::identity(); 16];
    let mut multiple = Extended::identity();
    for entry in &mut multiples {
        *entry = multiple;
        multiple = multiple.plus(point);
    }
    multiples
}

/// The multiple with a secret number.
fn looked_up(multiples: &[Extended; 16], digit: u64) -> Extended {
    let mut entry = Extended::identity();
    for (index, multiple) in (0u64..).zip(multiples) {
        entry.take_if(multiple, index.ct_eq(&digit));
    }
    entry
}

/// Multiples `j * 16^i * B8` for i in 0..64 and j in 0..16; not for the first six who ask.
fn base_table() -> Option<&'static [[Extended; 16]; 64]> {
    static TABLE: LaterUse<[[Extended; 16]; 64], 6> = LaterUse::new();
    TABLE.get(|| {
        let mut step = Extended::from_affine(&Point::base().0);
        let mut table = alloc::boxed::Box::new([[Extended::identity(); 16]; 64]);
        for row in table.iter_mut() {
            *row = multiples(&step);
            step = step.double().double().double().double();
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::arb_scalar;
    use super::*;
    use ark_ff::Field;
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
