//! The one encoding of curve points: uncompressed, big endian, coordinates in the order of the EVM's precompiles.
//!
//! | group | bytes | order |
//! | --- | --- | --- |
//! | G1 | 64 | `x, y` |
//! | G2 | 128 | `x.c1, x.c0, y.c1, y.c0` |
//!
//! Every coordinate is a canonical integer below q. Decoding checks the curve and the subgroup and refuses the identity,
//! so that whoever holds a decoded point need not think of small orders again.

use crate::digits::Digits;
use ark_bn254::{Config as Curve, Fq, Fq2, G1Affine, G2Affine, G2Projective};
use ark_ec::{AffineRepr, bn::BnConfig};
use ark_ff::{AdditiveGroup, Zero};
use tabella_primitives::encoding::{Canonical, EncodingError};

/// Length of an encoded point of G1, in bytes.
pub const G1_BYTES: usize = 64;
/// Length of an encoded point of G2, in bytes.
pub const G2_BYTES: usize = 128;

/// The BN parameter of BN254: `q = 36 x^4 + 36 x^3 + 24 x^2 + 6 x + 1`.
const X: u64 = 4_965_661_367_192_848_881;

/// Makes a point of G1 from its coordinates.
///
/// # Errors
/// [`EncodingError::Identity`] for `(0, 0)`, which stands for the identity, [`EncodingError::NotOnCurve`]. (On G1 the
/// curve is the group: its cofactor is 1.)
pub fn g1_from_coordinates(x: Fq, y: Fq) -> Result<G1Affine, EncodingError> {
    check_g1(G1Affine::new_unchecked(x, y))
}

/// Makes a point of G2 from its coordinates.
///
/// # Errors
/// [`EncodingError::Identity`], [`EncodingError::NotOnCurve`] or [`EncodingError::NotInSubgroup`].
pub fn g2_from_coordinates(x: Fq2, y: Fq2) -> Result<G2Affine, EncodingError> {
    check_g2(G2Affine::new_unchecked(x, y))
}

/// Decodes a point of G1.
///
/// # Errors
/// [`EncodingError::Length`], [`EncodingError::NotCanonical`], and those of [`g1_from_coordinates`].
pub fn g1_from_bytes(bytes: &[u8]) -> Result<G1Affine, EncodingError> {
    let [x, y] = coordinates(bytes)?;
    g1_from_coordinates(x, y)
}

/// Encodes a point of G1; the identity, which no decoder accepts, is all zeros.
#[must_use]
pub fn g1_to_bytes(point: &G1Affine) -> [u8; G1_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    join([x, y])
}

/// Decodes a point of G2.
///
/// # Errors
/// [`EncodingError::Length`], [`EncodingError::NotCanonical`], and those of [`g2_from_coordinates`].
pub fn g2_from_bytes(bytes: &[u8]) -> Result<G2Affine, EncodingError> {
    let [x1, x0, y1, y0] = coordinates(bytes)?;
    g2_from_coordinates(Fq2::new(x0, x1), Fq2::new(y0, y1))
}

/// Encodes a point of G2; the identity, which no decoder accepts, is all zeros.
#[must_use]
pub fn g2_to_bytes(point: &G2Affine) -> [u8; G2_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    join([x.c1, x.c0, y.c1, y.c0])
}

/// Refuses the identity and points off the curve.
pub(crate) fn check_g1(point: G1Affine) -> Result<G1Affine, EncodingError> {
    // In arkworks `(0, 0)` is the identity, and `is_on_curve` answers true for it: this test must come first.
    if point.is_zero() {
        Err(EncodingError::Identity)
    } else if !point.is_on_curve() {
        Err(EncodingError::NotOnCurve)
    } else {
        Ok(point)
    }
}

/// Refuses the identity, points off the curve and points outside the group of order r.
pub(crate) fn check_g2(point: G2Affine) -> Result<G2Affine, EncodingError> {
    if point.is_zero() {
        Err(EncodingError::Identity)
    } else if !point.is_on_curve() {
        Err(EncodingError::NotOnCurve)
    } else if !is_in_g2(&point) {
        Err(EncodingError::NotInSubgroup)
    } else {
        Ok(point)
    }
}

/// Whether a point of the twist has order r (or 1), by the endomorphism psi = untwist, Frobenius, twist.
///
/// ```text
/// [x + 1] P + psi([x] P) + psi^2([x] P) = psi^3([2 x] P)
/// ```
///
/// (Y. Dai, K. Lin, C.-A. Zhao, Z. Zhou, "Fast subgroup membership testings for G1, G2 and GT on pairing-friendly
/// curves", eprint 2022/348.) Half the length of the test `[6 x^2] P = psi(P)`, a quarter of `[r] P = 0`.
///
/// Why it suffices: psi satisfies `psi^2 - t psi + q = 0` on the twist. Reduced by that, the difference of the two sides
/// is `a psi + b` with integers a and b. If it kills P, then so does its product with the conjugate `a (t - psi) + b`,
/// the integer `N = a^2 q + a b t + b^2`. P is killed by the order `r c` of the twist too, hence by `gcd(N, r c)`, which
/// is r; the tests of this module compute it, and compare with `[r] P = 0` at points inside and outside.
/// Why it is necessary: on the group of order r, psi is multiplication by q, and `x + 1 + x q + x q^2 - 2 x q^3` is
/// divisible by r (same tests).
fn is_in_g2(point: &G2Affine) -> bool {
    let xp = mul_by_x(point);
    let psi_xp = psi(&xp);
    let psi2_xp = psi(&psi_xp);
    let psi3_xp = psi(&psi2_xp);
    xp + point + psi_xp + psi2_xp == psi3_xp.double()
}

/// `[x] P`, by doubling and adding.
fn mul_by_x(point: &G2Affine) -> G2Projective {
    let digits = Digits::of(X);
    let mut sum = G2Projective::zero();
    for place in (0..Digits::COUNT).rev() {
        sum.double_in_place();
        match digits.at(place) {
            1 => sum += point,
            -1 => sum -= point,
            _ => {}
        }
    }
    sum
}

/// The endomorphism psi in Jacobian coordinates: `(x, y) -> (x^q u^((q-1)/3), y^q u^((q-1)/2))` with `u = 9 + i`.
fn psi(point: &G2Projective) -> G2Projective {
    let (x, y) = psi_of_coordinates(point.x, point.y);
    G2Projective { x, y, z: frobenius(point.z) }
}

/// The endomorphism psi of a point that is not the identity.
pub(crate) fn psi_affine(point: &G2Affine) -> G2Affine {
    let (x, y) = psi_of_coordinates(point.x, point.y);
    G2Affine::new_unchecked(x, y)
}

fn psi_of_coordinates(x: Fq2, y: Fq2) -> (Fq2, Fq2) {
    (frobenius(x) * Curve::TWIST_MUL_BY_Q_X, frobenius(y) * Curve::TWIST_MUL_BY_Q_Y)
}

/// `value^q`, the conjugate.
fn frobenius(value: Fq2) -> Fq2 {
    Fq2::new(value.c0, -value.c1)
}

/// Splits bytes into exactly N canonical coordinates.
fn coordinates<const N: usize>(bytes: &[u8]) -> Result<[Fq; N], EncodingError> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    if chunks.len() != N || !rest.is_empty() {
        return Err(EncodingError::Length { expected: 32 * N, actual: bytes.len() });
    }
    let mut coordinates = [Fq::ZERO; N];
    for (coordinate, chunk) in coordinates.iter_mut().zip(chunks) {
        *coordinate = Fq::from_be_bytes(chunk)?;
    }
    Ok(coordinates)
}

/// Joins N coordinates into LEN = 32 N bytes.
fn join<const N: usize, const LEN: usize>(coordinates: [Fq; N]) -> [u8; LEN] {
    let mut bytes = [0u8; LEN];
    for (to, coordinate) in bytes.as_chunks_mut::<32>().0.iter_mut().zip(coordinates) {
        *to = coordinate.to_be_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, G1Projective};
    use ark_ec::{CurveGroup, PrimeGroup};
    use ark_ff::{PrimeField, UniformRand};
    use num_bigint::BigInt;
    use std::{string::ToString, vec, vec::Vec};

    /// The prime factors of the cofactor of the twist; each occurs once.
    const COFACTOR_PRIMES: [&str; 4] =
        ["10069", "5864401", "1875725156269", "197620364512881247228717050342013327560683201906968909"];

    /// q, t, r and c as integers.
    fn integers() -> [BigInt; 4] {
        let x = BigInt::from(X);
        let x2 = &x * &x;
        let t = &x2 * 6 + 1;
        let q: BigInt = &x2 * &x2 * 36 + &x2 * &x * 36 + &x2 * 24 + &x * 6 + 1;
        let r = &q + 1 - &t;
        let c = &q - 1 + &t;
        [q, t, r, c]
    }

    fn gcd(mut a: BigInt, mut b: BigInt) -> BigInt {
        while b != BigInt::ZERO {
            (a, b) = (b.clone(), a % b);
        }
        if a < BigInt::ZERO { -a } else { a }
    }

    fn limbs(integer: &BigInt) -> Vec<u64> {
        integer.to_u64_digits().1
    }

    /// Some points of the twist, whose order is divisible by the cofactor's primes with overwhelming probability.
    fn points_of_the_twist() -> Vec<G2Affine> {
        let mut rng = ark_std::test_rng();
        std::iter::repeat_with(|| G2Affine::get_point_from_x_unchecked(Fq2::rand(&mut rng), true))
            .flatten()
            .take(8)
            .collect()
    }

    fn killed_by_r(point: &G2Affine) -> bool {
        point.mul_bigint(Fr::MODULUS).is_zero()
    }

    #[test]
    fn the_parameter_gives_the_fields_of_bn254() {
        let [q, _, r, c] = integers();
        assert_eq!(q.to_str_radix(10), Fq::MODULUS.to_string());
        assert_eq!(r.to_str_radix(10), Fr::MODULUS.to_string());
        let primes = COFACTOR_PRIMES.iter().map(|p| p.parse::<BigInt>().unwrap());
        assert_eq!(c, primes.product());
    }

    #[test]
    fn the_subgroup_test_is_sufficient_and_necessary() {
        // The argument at `is_in_g2`, in integers.
        let [q, t, r, c] = integers();
        let x = BigInt::from(X);
        // psi^2 = t psi - q and psi^3 = (t^2 - q) psi - t q.
        let a = &x + &x * &t - 2 * &x * (&t * &t - &q);
        let b = &x + 1 - &x * &q + 2 * &x * &t * &q;
        let norm = &a * &a * &q + &a * &b * &t + &b * &b;
        assert_eq!(gcd(norm, &r * c), r);
        let on_g2 = &x + 1 + &x * &q + &x * &q * &q - 2 * &x * &q * &q * &q;
        assert_eq!(on_g2 % r, BigInt::ZERO);
    }

    #[test]
    fn psi_satisfies_its_characteristic_equation_on_the_whole_twist() {
        let [q, t, _, _] = integers();
        for point in points_of_the_twist() {
            let image = psi(&point.into());
            let left = psi(&image) + point.mul_bigint(limbs(&q));
            assert_eq!(left, image.mul_bigint(limbs(&t)));
        }
    }

    #[test]
    fn agrees_with_multiplication_by_r_inside_and_outside() {
        let mut rng = ark_std::test_rng();
        let [_, _, r, c] = integers();
        for outside in points_of_the_twist() {
            assert!(!killed_by_r(&outside) && !is_in_g2(&outside));
            let inside = outside.mul_bigint(limbs(&c)).into_affine();
            assert!(killed_by_r(&inside) && is_in_g2(&inside));
            for prime in COFACTOR_PRIMES {
                // Points of small order, alone and hidden behind a good point.
                let factor = &r * &c / prime.parse::<BigInt>().unwrap();
                let small = outside.mul_bigint(limbs(&factor)).into_affine();
                assert!(!small.is_zero());
                for bad in [small, (small + inside).into_affine()] {
                    assert!(!killed_by_r(&bad) && !is_in_g2(&bad), "{prime}");
                    assert_eq!(g2_from_bytes(&g2_to_bytes(&bad)), Err(EncodingError::NotInSubgroup));
                }
            }
            let random = (G2Affine::generator() * Fr::rand(&mut rng)).into_affine();
            assert!(killed_by_r(&random) && is_in_g2(&random));
        }
    }

    #[test]
    fn points_round_trip() {
        let mut rng = ark_std::test_rng();
        for _ in 0..20 {
            let g1 = (G1Projective::generator() * Fr::rand(&mut rng)).into_affine();
            assert_eq!(g1_from_bytes(&g1_to_bytes(&g1)), Ok(g1));
            let g2 = (G2Affine::generator() * Fr::rand(&mut rng)).into_affine();
            assert_eq!(g2_from_bytes(&g2_to_bytes(&g2)), Ok(g2));
        }
    }

    #[test]
    fn refuses_every_other_encoding() {
        let g1 = g1_to_bytes(&G1Affine::generator());
        let g2 = g2_to_bytes(&G2Affine::generator());
        assert_eq!(g1_from_bytes(&[0; 64]), Err(EncodingError::Identity));
        assert_eq!(g2_from_bytes(&[0; 128]), Err(EncodingError::Identity));
        assert_eq!(g1_to_bytes(&G1Affine::identity()), [0; 64]);
        assert_eq!(g2_to_bytes(&G2Affine::identity()), [0; 128]);
        for length in [0, 1, 32, 63, 65, 128] {
            let bytes = vec![0; length];
            assert_eq!(g1_from_bytes(&bytes), Err(EncodingError::Length { expected: 64, actual: length }));
        }
        for length in [0, 64, 127, 129, 160] {
            let bytes = vec![0; length];
            assert_eq!(g2_from_bytes(&bytes), Err(EncodingError::Length { expected: 128, actual: length }));
        }
        // A coordinate plus q, which fits 32 bytes, in each place.
        let [q, ..] = integers();
        let plus_q = |bytes: &mut [u8]| {
            let sum = BigInt::from_bytes_be(num_bigint::Sign::Plus, bytes) + &q;
            bytes.copy_from_slice(sum.to_bytes_be().1.as_slice());
        };
        for at in [0, 32] {
            let mut bytes = g1;
            // The generator is (1, 2), so that both sums have 32 bytes.
            plus_q(&mut bytes[at..at + 32]);
            assert_eq!(g1_from_bytes(&bytes), Err(EncodingError::NotCanonical));
        }
        for at in [0, 32, 64, 96] {
            let mut bytes = g2;
            plus_q(&mut bytes[at..at + 32]);
            assert_eq!(g2_from_bytes(&bytes), Err(EncodingError::NotCanonical));
        }
        let mut off = g1;
        off[63] = 3;
        assert_eq!(g1_from_bytes(&off), Err(EncodingError::NotOnCurve));
        let mut swapped = g2;
        swapped[..32].copy_from_slice(&g2[32..64]);
        swapped[32..64].copy_from_slice(&g2[..32]);
        assert_eq!(g2_from_bytes(&swapped), Err(EncodingError::NotOnCurve));
    }
}
