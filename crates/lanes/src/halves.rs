//! Scalars split in two by the endomorphism, each half about half as long.
//!
//! On both groups `phi(x, y) = (beta x, y)` with a third root of unity `beta` is multiplication by a root `lambda` of
//! `lambda^2 + lambda + 1` modulo the group's order r, so that `k P = k1 P + k2 phi(P)` whenever `k1 + lambda k2 = k` modulo r
//! [Gallant, Lambert, Vanstone: Faster point multiplication on elliptic curves with efficient endomorphisms, 2001].
//!
//! With BN254's parameter `u = 4965661367192848881`, for which `r = 36 u^4 + 36 u^3 + 18 u^2 + 6 u + 1`, the pairs with
//! `k1 + lambda k2 = 0` for `lambda = -(36 u^3 + 18 u^2 + 6 u + 2)` are a lattice with the basis
//!
//! ```text
//! (a1, b1) = (6 u^2 + 2 u, -(2 u + 1))        (a2, b2) = (2 u + 1, 6 u^2 + 4 u + 1)        a1 b2 - a2 b1 = r
//! ```
//!
//! A split is what is left of `(k, 0)` after the nearest point of the lattice, `c1 (a1, b1) + c2 (a2, b2)` with
//! `c1 = [b2 k / r]` and `c2 = [-b1 k / r]`. Quotients are products with `[2^260 b / r]`, wrong by less than `k / 2^261 < 1/64`
//! before they are rounded. Hence `|k1| <= 33/64 (|a1| + |a2|)` and `|k2| <= 33/64 (|b1| + |b2|)`, both below [`Halves::BOUND`].
//! Small scalars and their negatives stay as they are, with `k2 = 0`. An engine may take `k + r` for k, which moves c1 and c2 by b2 and
//! -b1: the halves are the same, but for scalars within 1/64 of the middle between two points.

use crate::{
    engine::{Engine, Job, MAX_WIDTH},
    modulus::Words,
};
use ark_bn254::Fr;
use ark_ff::PrimeField;
use core::fmt;

/// `2 u + 1`.
pub(crate) const SHORT: u64 = 0x89d3_2568_94d2_13e3;
/// `6 u^2 + 2 u`.
pub(crate) const A1: u128 = 0x6f4d_8248_eeb8_59fc_8211_bbeb_7d4f_1128;
/// `6 u^2 + 4 u + 1`.
pub(crate) const B2: u128 = 0x6f4d_8248_eeb8_59fd_0be4_e154_1221_250b;
/// Bits by which the quotients below are too long.
const QUOTIENT_BITS: u32 = 260;
/// `[2^260 (6 u^2 + 4 u + 1) / r]`, least significant word first.
pub(crate) const LONG_QUOTIENT: Words = [0x398f_d030_0ff6_5651, 0xccef_014a_773d_2d25, 36, 0];
/// `[2^260 (2 u + 1) / r]`, least significant word first.
pub(crate) const SHORT_QUOTIENT: Words = [0x91d2_32ec_7e0b_3d77, 45, 0, 0];

/// `k1` and `k2` of a scalar, as secret as it is. Printed as `Halves(..)`.
#[derive(Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Halves(pub [i128; 2]);

impl fmt::Debug for Halves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Halves(..)")
    }
}

impl Halves {
    /// Halves lie strictly between its negative and it: `33/64 (6 u^2 + 6 u + 2)`, a little below 2^126.
    pub const BOUND: i128 = 76_285_046_517_172_617_620_011_145_578_046_384_475;

    /// Splits a scalar.
    #[must_use]
    pub fn of(scalar: &Fr) -> Self {
        let k = scalar.into_bigint().0;
        let c1 = rounded_product(&k, &LONG_QUOTIENT);
        let c2 = rounded_product(&k, &SHORT_QUOTIENT);
        // The results fit, so that what is above 128 bits on the way does not matter.
        let low = u128::from(k[0]) | u128::from(k[1]) << 64;
        let short = u128::from(SHORT);
        let k1 = low.wrapping_sub(c1.wrapping_mul(A1)).wrapping_sub(c2.wrapping_mul(short));
        let k2 = c1.wrapping_mul(short).wrapping_sub(c2.wrapping_mul(B2));
        Self([k1.cast_signed(), k2.cast_signed()])
    }
}

/// `[k by / 2^260]`, which must be below 2^128.
fn rounded_product(k: &Words, by: &Words) -> u128 {
    let mut product = [0u64; 7];
    // One half, to round by cutting off.
    product[4] = 1 << (QUOTIENT_BITS - 256 - 1);
    for (i, k) in k.iter().enumerate() {
        let mut carry = 0u128;
        for (word, by) in product[i..].iter_mut().zip(by[..3].iter().chain(&[0; 7])) {
            carry += u128::from(*word) + u128::from(*k) * u128::from(*by);
            *word = low_word(carry);
            carry >>= 64;
        }
    }
    let [.., low, middle, high] = product.map(u128::from);
    (low | middle << 64) >> (QUOTIENT_BITS - 256) | high << (128 - (QUOTIENT_BITS - 256))
}

/// The low word.
#[inline(always)]
const fn low_word(x: u128) -> u64 {
    x as u64
}

/// Splits scalars, as many as there is room for.
pub(crate) struct Split<'a> {
    pub(crate) scalars: &'a [Fr],
    pub(crate) out: &'a mut [Halves],
}

impl Job for Split<'_> {
    type Output = ();

    #[inline(always)]
    fn run<E: Engine>(self, e: E) {
        for (scalars, out) in self.scalars.chunks(E::WIDTH).zip(self.out.chunks_mut(E::WIDTH)) {
            // A short last group repeats its first.
            let mut at = [&scalars[0].0.0; MAX_WIDTH];
            for (at, scalar) in at.iter_mut().zip(scalars) {
                *at = &scalar.0.0;
            }
            e.halves(
                #[inline(always)]
                |lane| at[lane],
                #[inline(always)]
                |lane, halves| {
                    if let Some(out) = out.get_mut(lane) {
                        *out = bytemuck::cast(halves);
                    }
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{integers::Twin, kernel::Kernel, limbs52::Limbs52};
    use ark_ec::scalar_mul::glv::GLVConfig;
    use ark_ff::{BigInteger, Field, One, UniformRand};
    use ark_std::test_rng;

    fn lambda() -> Fr {
        ark_bn254::g1::Config::LAMBDA
    }

    fn fr(half: i128) -> Fr {
        let magnitude = Fr::from(half.unsigned_abs());
        if half < 0 { -magnitude } else { magnitude }
    }

    #[test]
    fn constants_are_those_of_the_curve() {
        let u = 4_965_661_367_192_848_881u128;
        assert_eq!((u128::from(SHORT), A1, B2), (2 * u + 1, 6 * u * u + 2 * u, 6 * u * u + 4 * u + 1));
        let (a1, short, b2) = (Fr::from(A1), Fr::from(SHORT), Fr::from(B2));
        assert_eq!(a1 - lambda() * short, Fr::default());
        assert_eq!(short + lambda() * b2, Fr::default());
        assert_eq!(lambda().square() + lambda() + Fr::one(), Fr::default());
        // a1 b2 - a2 b1 is r itself: it is a multiple of r, and between r / 2 and 2 r by its length.
        assert_eq!(a1 * b2 + short * short, Fr::default());
        // More than 33/64 of these, without leaving 128 bits.
        let bound = Halves::BOUND.unsigned_abs();
        for sum in [A1 + u128::from(SHORT), B2 + u128::from(SHORT)] {
            assert!((2 * bound - sum) * 32 > sum);
        }
    }

    #[test]
    fn quotients_are_rounded() {
        // |2^260 b - q r| <= r / 2.
        for (b, quotient) in [(B2, LONG_QUOTIENT), (u128::from(SHORT), SHORT_QUOTIENT)] {
            let r = Fr::MODULUS;
            let mut product = [0u64; 8];
            for (i, q) in quotient.iter().enumerate() {
                let mut carry = 0u128;
                for j in 0..8 - i {
                    let r = r.0.get(j).copied().unwrap_or_default();
                    carry += u128::from(product[i + j]) + u128::from(*q) * u128::from(r);
                    product[i + j] = low_word(carry);
                    carry >>= 64;
                }
            }
            let mut wanted = [0u64; 8];
            let [low, high] = [b << (QUOTIENT_BITS - 256), b >> (128 - (QUOTIENT_BITS - 256))];
            (wanted[4], wanted[5], wanted[6]) = (low_word(low), low_word(low >> 64), low_word(high));
            let difference = |x: &[u64; 8], y: &[u64; 8]| {
                let mut borrow = 0i128;
                let mut out = [0u64; 8];
                for i in 0..8 {
                    let d = i128::from(x[i]) - i128::from(y[i]) + borrow;
                    out[i] = low_word(d.cast_unsigned());
                    borrow = d >> 64;
                }
                (out, borrow < 0)
            };
            let (mut rest, negative) = difference(&wanted, &product);
            if negative {
                rest = difference(&product, &wanted).0;
            }
            assert_eq!(rest[4..], [0; 4]);
            let mut twice = ark_ff::BigInt([rest[0], rest[1], rest[2], rest[3]]);
            assert!(!twice.mul2() && twice < r);
        }
    }

    #[test]
    fn scalars_at_the_edge_split_as_expected() {
        let halves = |k: Fr| Halves::of(&k).0;
        assert_eq!(format!("{:?}", Halves::of(&lambda())), "Halves(..)");
        assert_eq!(halves(Fr::default()), [0, 0]);
        assert_eq!(halves(Fr::one()), [1, 0]);
        assert_eq!(halves(-Fr::one()), [-1, 0]);
        assert_eq!(halves(lambda()), [0, 1]);
        assert_eq!(halves(-lambda()), [0, -1]);
        assert_eq!(halves(Fr::from(u64::MAX)), [i128::from(u64::MAX), 0]);
        assert_eq!(halves(-Fr::from(u64::MAX)), [-i128::from(u64::MAX), 0]);
    }

    #[test]
    fn halves_are_short_and_make_their_scalar() {
        let mut rng = test_rng();
        let mut scalars: Vec<Fr> = (0..2003).map(|_| Fr::rand(&mut rng)).collect();
        scalars.extend([Fr::default(), Fr::one(), -Fr::one(), lambda(), -lambda(), Fr::from(u64::MAX)]);
        // Around the boundaries between neighbouring points of the lattice, where halves are longest.
        for n in 0..200u64 {
            let half = Fr::from(2).inverse().unwrap();
            scalars.push(Fr::from(n) * lambda() * half);
            scalars.push(Fr::from(A1) * half + Fr::from(n));
            scalars.push(Fr::from(B2) * lambda() * half - Fr::from(n));
        }
        let by_value = scalars.iter().map(Halves::of).collect();
        let twin = Limbs52(Twin);
        let mut ways = vec![by_value, vec![Halves::default(); scalars.len()]];
        twin.run(Split { scalars: &scalars, out: &mut ways[1] });
        for kernel in Kernel::available() {
            let mut halves = vec![Halves::default(); scalars.len()];
            kernel.split(&scalars, &mut halves);
            ways.push(halves);
        }
        for halves in ways {
            for (k, Halves([k1, k2])) in scalars.iter().zip(halves) {
                assert_eq!(fr(k1) + lambda() * fr(k2), *k);
                assert!(k1.abs() < Halves::BOUND && k2.abs() < Halves::BOUND, "{k}: {k1} {k2}");
            }
        }
    }

    #[test]
    fn small_scalars_stay_as_they_are_in_every_engine() {
        let scalars: Vec<Fr> = (0..19u64).flat_map(|k| [Fr::from(k << k), -Fr::from(k << k)]).collect();
        let mut halves = vec![Halves::default(); scalars.len()];
        let expected: Vec<_> =
            (0..19i128).flat_map(|k| [Halves([k << k, 0]), Halves([-(k << k), 0])]).collect();
        for kernel in Kernel::available() {
            kernel.split(&scalars, &mut halves);
            assert_eq!(halves, expected, "{kernel}");
        }
        Limbs52(Twin).run(Split { scalars: &scalars, out: &mut halves });
        assert_eq!(halves, expected);
    }
}
