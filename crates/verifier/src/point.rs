//! The one encoding of curve points: uncompressed, big endian, coordinates in the order of the EVM's precompiles.
//!
//! | group | bytes | order |
//! | --- | --- | --- |
//! | G1 | 64 | `x, y` |
//! | G2 | 128 | `x.c1, x.c0, y.c1, y.c0` |
//!
//! Every coordinate is a canonical integer below q. Decoding checks the curve and the subgroup and refuses the identity,
//! so that whoever holds a decoded point need not think of small orders again.

use ark_bn254::{Config as Curve, Fq, Fq2, G1Affine, G2Affine, G2Projective};
use ark_ec::{AffineRepr, bn::BnConfig};
use ark_ff::{AdditiveGroup, Field, Zero};
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
    let mut sum = G2Projective::zero();
    for bit in (0..u64::BITS - X.leading_zeros()).rev() {
        sum.double_in_place();
        if (X >> bit) & 1 == 1 {
            sum += point;
        }
    }
    sum
}

/// The endomorphism psi in Jacobian coordinates: `(x, y) -> (x^q u^((q-1)/3), y^q u^((q-1)/2))` with `u = 9 + i`.
fn psi(point: &G2Projective) -> G2Projective {
    let frobenius = |mut value: Fq2| {
        value.frobenius_map_in_place(1);
        value
    };
    G2Projective {
        x: frobenius(point.x) * Curve::TWIST_MUL_BY_Q_X,
        y: frobenius(point.y) * Curve::TWIST_MUL_BY_Q_Y,
        z: frobenius(point.z),
    }
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
