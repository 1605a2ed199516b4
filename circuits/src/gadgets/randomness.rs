//! The randomness of a ciphertext in bits, shared by all its multiplications; and its multiple of the base point.
//!
//! Signs `t_j = 2 b_j - 1` of 251 bits stand for the odd integer
//!
//! ```text
//! N = 2 2^251 + sum_{j < 251} 2^j t_j = 2^251 + 1 + 2 B,    B = sum 2^j b_j
//! ```
//!
//! between 2^251 and 3 2^251, and rho = N mod l. *Complete*: `B = (rho - 2^251 - 1) / 2 mod l` is below l < 2^251. The encoding is not
//! unique, and need not be: nothing but the points depends on N.
//!
//! **The shift by the point of order two.** Let T = (0, 0) in Montgomery coordinates, (0, -1) in Edwards ones, and `Q = P + T` for P of
//! order l. Q has order 2 l, and `N Q = N P + T` as N is odd. Partial sums of N from the top are integers k with
//!
//! ```text
//! k = 2 to begin with, later odd and 3 <= k;   before the last digit k < 3 2^250 < 2 l - 1
//! ```
//!
//! and what an addition law must not meet, `k = +-1` or `2 k +- 1 = 0` modulo 2 l, never occurs: the first because of the bounds,
//! the second because `2 k +- 1` is odd and 2 l is even. So incomplete additions are safe for every assignment, whoever knows the logarithm
//! of P: a voter who colludes with all trustees included. The top digit 2 keeps k above 1, the shift keeps sums from being the
//! identity. Taking T off at the end is free in Edwards coordinates.

use super::{
    boolean::Bit,
    edwards::EdwardsPoint,
    fixed_base::{Table, add_windows, affine},
    montgomery::MontgomeryPoint,
    num::Num,
};
use crate::{constrain, naming::numbered, part};
use ark_ff::{BigInteger, Field, PrimeField};
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use std::sync::LazyLock;
use tabella_primitives::{
    Fr,
    edwards::{Point, Scalar},
    elgamal::Randomness,
};
use zeroize::{Zeroize, Zeroizing};

/// Number of bits.
pub const BITS: usize = 251;
/// Windows of three bits: bits 0 to 248.
const WINDOWS: usize = 83;

/// The bits b_0 to b_250 of a randomness (see the [module](self)).
#[derive(Clone, Debug)]
pub struct RandomnessBits(Vec<Bit>);

impl RandomnessBits {
    /// Allocates the bits. 251 constraints, `bit/<j>/boolean`.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none.
    pub fn witness(
        cs: &ConstraintSystemRef<Fr>,
        randomness: Option<&Randomness>,
    ) -> Result<Self, SynthesisError> {
        let encoded = randomness.map(|rho| encode(rho.expose_secret()));
        let _part = part!("bit");
        (0..BITS)
            .map(|j| {
                let _number = numbered(j).entered();
                Bit::witness(cs, encoded.as_ref().and_then(|bits| bits.get(j)).copied())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The bits, lowest first.
    #[must_use]
    pub fn bits(&self) -> &[Bit] {
        &self.0
    }

    /// `rho B8`; never the identity, as no assignment stands for rho = 0. 419 constraints.
    ///
    /// Windows as in [`fixed_base`](super::fixed_base): `N = 2^249 (8 + 2 t_250 + t_249) + sum_{i < 83} d_i 8^i`, where only the window
    /// i = 0 carries T. Sums before window i are multiples `k B8`, k a positive multiple of `8^{i+1}` below 4 l. *No exception*: at i = 0 the
    /// entry has an even order and the sum has not. At i > 0, `k +- d_i 8^i = t l` has 0 <= t < 4 and the left side is divisible by 8:
    /// t = 0, but `k >= 2^251 > 7 8^82`. Nor is a sum the identity: k = t l would be divisible by 8 as well.
    ///
    /// # Errors
    /// [`SynthesisError::AssignmentMissing`] if values are wanted and there is none; [`SynthesisError::DivisionByZero`] for rho = 0.
    pub fn mul_base(&self, cs: &ConstraintSystemRef<Fr>) -> Result<EdwardsPoint, SynthesisError> {
        let (windows, top) = self.0.split_at(BITS - 2);
        let [low, high] = top else { return Err(SynthesisError::Unsatisfiable) };
        let first = {
            let _part = part!("first");
            FIRST.select(cs, low, high)?
        };
        let sum = add_windows(cs, first, windows, &TABLES)?;
        // v is 0 exactly if the sum is T, that is if rho is 0.
        {
            let _part = part!("not-zero");
            sum.enforce_ordinate_not_zero(cs)?;
        }
        let _part = part!("edwards");
        let (x, y) = sum.to_edwards_across(cs)?;
        Ok(EdwardsPoint { x, y })
    }
}

/// The bits of B = (rho - 2^251 - 1) / 2 mod l. No branch and no index depends on rho.
#[must_use]
pub fn encode(rho: &Scalar) -> Zeroizing<Vec<bool>> {
    static CONSTANTS: LazyLock<(Scalar, Scalar)> = LazyLock::new(|| {
        let two = Scalar::from(2u64);
        (two.pow([251]) + Scalar::ONE, two.inverse().expect("2 is not 0"))
    });
    let (offset, half) = *CONSTANTS;
    let mut integer = ((*rho - offset) * half).into_bigint();
    let bits = (0..BITS).map(|j| integer.get_bit(j)).collect();
    integer.zeroize();
    Zeroizing::new(bits)
}

/// Coordinates of a point plus T: `(1 / u, -v / u^2)`.
fn across((u, v): (Fr, Fr)) -> (Fr, Fr) {
    let inverse = u.inverse().expect("u is 0 only at T");
    (inverse, -v * inverse.square())
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let mut unit = Point::base();
    let eight = Scalar::from(8u64);
    (0..WINDOWS)
        .map(|i| {
            let table = if i == 0 {
                Table::of([1, 3, 5, 7].map(|k: u64| across(affine(&unit.mul_vartime(&Scalar::from(k))))))
            } else {
                Table::new(&unit)
            };
            unit = unit.mul_vartime(&eight);
            table
        })
        .collect()
});

/// `2^249 (8 + t_0 + 2 t_1) B8` as a function of two signs: coefficients of 1, t_0, t_1, t_0 t_1.
struct FirstTable {
    u: [Fr; 4],
    v: [Fr; 4],
}

static FIRST: LazyLock<FirstTable> = LazyLock::new(|| {
    let unit = Point::base().mul_vartime(&Scalar::from(2u64).pow([249]));
    // At (t0, t1) = (-, -), (+, -), (-, +), (+, +).
    let [mm, pm, mp, pp] = [5u64, 7, 9, 11].map(|k| affine(&unit.mul_vartime(&Scalar::from(k))));
    let quarter = Fr::from(4u64).inverse().expect("4 is not 0");
    let interpolate = |mm: Fr, pm: Fr, mp: Fr, pp: Fr| {
        [pp + mp + pm + mm, pp - mp + pm - mm, pp + mp - pm - mm, pp - mp - pm + mm].map(|sum| sum * quarter)
    };
    FirstTable { u: interpolate(mm.0, pm.0, mp.0, pp.0), v: interpolate(mm.1, pm.1, mp.1, pp.1) }
});

impl FirstTable {
    /// One constraint: `both`, the product of the signs.
    fn select(
        &self,
        cs: &ConstraintSystemRef<Fr>,
        low: &Bit,
        high: &Bit,
    ) -> Result<MontgomeryPoint, SynthesisError> {
        let (t0, t1) = (low.sign(), high.sign());
        let both = Num::witness(cs, t0.value().zip(t1.value()).map(|(t0, t1)| t0 * t1))?;
        constrain!(cs, "both", t0.lc(), t1.lc(), both.lc())?;
        let combine =
            |[c, c0, c1, c01]: [Fr; 4]| (&(&t0.scaled(c0) + &t1.scaled(c1)) + &both.scaled(c01)).plus(c);
        Ok(MontgomeryPoint { u: combine(self.u), v: combine(self.v) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::BigInt;

    #[test]
    fn the_premises_of_no_exception() {
        let l = Scalar::MODULUS;
        // B is below l, which fits the bits.
        assert_eq!(l.num_bits(), 251);
        // 3 2^250 < 2 l - 1, and 3 2^251 < 4 l.
        let three = BigInt::<4>::from(3u64);
        let mut bound = l << 1;
        bound.sub_with_borrow(&BigInt::one());
        assert!(three << 250 < bound);
        assert!(three << 251 < l << 2);
        // t l is divisible by 8 for no t from 1 to 3: l is odd.
        assert!(l.is_odd());
    }

    #[test]
    fn every_scalar_has_an_encoding() {
        let two = Scalar::from(2u64);
        for offset in 0..40u64 {
            let offset = Scalar::from(offset);
            for rho in [offset, -offset, two.pow([250]) + offset, two.pow([251]) + offset] {
                let b =
                    encode(&rho).iter().rev().fold(Scalar::from(0u64), |b, bit| b + b + Scalar::from(*bit));
                assert_eq!(two.pow([251]) + Scalar::ONE + b + b, rho);
            }
        }
    }
}
