//! Field elements and points in Montgomery's form, as arkworks holds them and as snarkjs writes them: `v 2^256 mod p`, 32 bytes,
//! little endian. Read without a multiplication, for files that are large.
//!
//! A point of G1 is x, y; of G2 x.c0, x.c1, y.c0, y.c1. The identity is a point of zeros.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, Fp, MontBackend, MontConfig, PrimeField, Zero};

/// Bytes of a field element.
pub const FIELD_BYTES: usize = 32;
/// Bytes of a point of G1.
pub const G1_BYTES: usize = 2 * FIELD_BYTES;
/// Bytes of a point of G2.
pub const G2_BYTES: usize = 4 * FIELD_BYTES;

/// The integer whose little-endian bytes these are.
pub fn integer(bytes: &[u8; FIELD_BYTES]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks().0) {
        *limb = u64::from_le_bytes(*bytes);
    }
    BigInt::new(limbs)
}

/// The inverse of [`integer`].
#[must_use]
pub fn integer_to_bytes(integer: &BigInt<4>) -> [u8; FIELD_BYTES] {
    let mut bytes = [0; FIELD_BYTES];
    for (bytes, limb) in bytes.as_chunks_mut().0.iter_mut().zip(integer.0) {
        *bytes = limb.to_le_bytes();
    }
    bytes
}

/// A field element; `None` if the integer is not below the modulus.
///
/// For WASM a function of its own: a key has thousands, and a browser would compile what reads lists of them again and again.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[must_use]
pub fn element<C: MontConfig<4>>(bytes: &[u8; FIELD_BYTES]) -> Option<Fp<MontBackend<C, 4>, 4>> {
    let form = integer(bytes);
    (form < Fp::<MontBackend<C, 4>, 4>::MODULUS).then(|| Fp::new_unchecked(form))
}

/// The inverse of [`element`].
#[must_use]
pub fn element_to_bytes<C: MontConfig<4>>(value: &Fp<MontBackend<C, 4>, 4>) -> [u8; FIELD_BYTES] {
    integer_to_bytes(&value.0)
}

fn coordinates<const N: usize>(bytes: &[u8]) -> Option<[Fq; N]> {
    let mut coordinates = [Fq::ZERO; N];
    for (value, bytes) in coordinates.iter_mut().zip(bytes.as_chunks().0) {
        *value = element(bytes)?;
    }
    Some(coordinates)
}

/// A point of G1; `None` if a coordinate is not canonical. Whether it lies on the curve is not looked at.
#[must_use]
pub fn g1(bytes: &[u8; G1_BYTES]) -> Option<G1Affine> {
    let [x, y] = coordinates(bytes)?;
    let identity = x.is_zero() && y.is_zero();
    Some(if identity { G1Affine::identity() } else { G1Affine::new_unchecked(x, y) })
}

/// A point of G2; `None` if a coordinate is not canonical. Neither curve nor subgroup are looked at.
#[must_use]
pub fn g2(bytes: &[u8; G2_BYTES]) -> Option<G2Affine> {
    let [x0, x1, y0, y1] = coordinates(bytes)?;
    let (x, y) = (Fq2::new(x0, x1), Fq2::new(y0, y1));
    let identity = x.is_zero() && y.is_zero();
    Some(if identity { G2Affine::identity() } else { G2Affine::new_unchecked(x, y) })
}

/// The inverse of [`g1`].
#[must_use]
pub fn g1_to_bytes(point: &G1Affine) -> [u8; G1_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    join([x, y])
}

/// The inverse of [`g2`].
#[must_use]
pub fn g2_to_bytes(point: &G2Affine) -> [u8; G2_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    join([x.c0, x.c1, y.c0, y.c1])
}

fn join<const N: usize, const M: usize>(coordinates: [Fq; N]) -> [u8; M] {
    let mut bytes = [0; M];
    for (bytes, value) in bytes.as_chunks_mut().0.iter_mut().zip(coordinates) {
        *bytes = element_to_bytes(&value);
    }
    bytes
}
