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
//! `c1 = [b2 k / r]` and `c2 = [-b1 k / r]`. Quotients are products with `[2^256 b / r]`, wrong by less than `k / 2^257 < 1/8`
//! before they are rounded. Hence `|k1| <= 5/8 (|a1| + |a2|)` and `|k2| <= 5/8 (|b1| + |b2|)`, both below [`BOUND`].
//! Small scalars and their negatives stay as they are, with `k2 = 0`.

use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::PrimeField;
use tabella_lanes::{G1, G2, Group};
use tabella_primitives::Fr;

/// `2 u + 1`.
const SHORT: u64 = 0x89d3_2568_94d2_13e3;
/// `6 u^2 + 2 u`.
const A1: u128 = 0x6f4d_8248_eeb8_59fc_8211_bbeb_7d4f_1128;
/// `6 u^2 + 4 u + 1`.
const B2: u128 = 0x6f4d_8248_eeb8_59fd_0be4_e154_1221_250b;
/// `[2^256 (6 u^2 + 4 u + 1) / r]`, least significant word first.
const LONG_QUOTIENT: [u64; 3] = [0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 2];
/// `[2^256 (2 u + 1) / r]`, least significant word first.
const SHORT_QUOTIENT: [u64; 3] = [0xd91d_232e_c7e0_b3d7, 2, 0];

/// Halves lie strictly between its negative and it: `5/8 (6 u^2 + 6 u + 2)`, a little above 2^126.
#[cfg(test)]
pub(crate) const BOUND: i128 = 92_466_723_051_118_324_387_892_297_670_359_253_911;

/// `k1` and `k2` of a scalar, as secret as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub(crate) struct Halves(pub(crate) [i128; 2]);

impl Halves {
    /// Splits a scalar.
    pub(crate) fn of(scalar: &Fr) -> Self {
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

/// `[k by / 2^256]`, which must be below 2^128.
fn rounded_product(k: &[u64; 4], by: &[u64; 3]) -> u128 {
    let mut product = [0u64; 7];
    // One half, to round by cutting off.
    product[3] = 1 << 63;
    for (i, k) in k.iter().enumerate() {
        let mut carry = 0u128;
        for (word, by) in product[i..].iter_mut().zip(by.iter().chain(&[0; 7])) {
            carry += u128::from(*word) + u128::from(*k) * u128::from(*by);
            *word = low_word(carry);
            carry >>= 64;
        }
    }
    u128::from(product[4]) | u128::from(product[5]) << 64
}

/// The low word.
#[inline(always)]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // It is what is wanted.
pub(super) const fn low_word(x: u128) -> u64 {
    x as u64
}

/// A group with the endomorphism that multiplies by `lambda`.
pub(crate) trait Endomorphic: Group {
    /// `lambda P = (beta x, y)`, with a `beta` of the group's own.
    fn endomorphism(point: &Self::Affine) -> Self::Affine;
}

impl Endomorphic for G1 {
    fn endomorphism(point: &Self::Affine) -> Self::Affine {
        ark_bn254::g1::Config::endomorphism_affine(point)
    }
}

impl Endomorphic for G2 {
    /// arkworks' endomorphism of G2 multiplies by `lambda^2`, the other root: done twice it multiplies by `lambda^4 = lambda`.
    fn endomorphism(point: &Self::Affine) -> Self::Affine {
        use ark_bn254::g2::Config;
        Config::endomorphism_affine(&Config::endomorphism_affine(point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::{AffineRepr, CurveGroup};
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
        assert!(BOUND.unsigned_abs() > (A1 + u128::from(SHORT)).div_ceil(8) * 5);
        assert!(BOUND.unsigned_abs() > (B2 + u128::from(SHORT)).div_ceil(8) * 5);
    }

    #[test]
    fn quotients_are_rounded() {
        // |2^256 b - q r| <= r / 2.
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
            (wanted[4], wanted[5]) = (low_word(b), low_word(b >> 64));
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
        let mut scalars: Vec<Fr> = (0..2000).map(|_| Fr::rand(&mut rng)).collect();
        // Around the boundaries between neighbouring points of the lattice, where halves are longest.
        for n in 0..200u64 {
            let half = Fr::from(2).inverse().unwrap();
            scalars.push(Fr::from(n) * lambda() * half);
            scalars.push(Fr::from(A1) * half + Fr::from(n));
            scalars.push(Fr::from(B2) * lambda() * half - Fr::from(n));
        }
        for k in scalars {
            let [k1, k2] = Halves::of(&k).0;
            assert_eq!(fr(k1) + lambda() * fr(k2), k);
            assert!(k1.abs() < BOUND && k2.abs() < BOUND, "{k}: {k1} {k2}");
        }
    }

    #[test]
    fn endomorphisms_multiply_by_lambda() {
        let g1 = ark_bn254::G1Affine::generator();
        assert_eq!(G1::endomorphism(&g1), (g1 * lambda()).into_affine());
        let g2 = ark_bn254::G2Affine::generator();
        assert_eq!(G2::endomorphism(&g2), (g2 * lambda()).into_affine());
        let infinity = ark_bn254::G2Affine::identity();
        assert_eq!(G2::endomorphism(&infinity), infinity);
    }
}
