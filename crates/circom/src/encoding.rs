//! Field elements and points as circom's files have them: 32 bytes little endian, in three scales.
//!
//! | where | stands for a value v |
//! | --- | --- |
//! | `.wtns`, `.r1cs` | `v` |
//! | coordinates in a `.zkey` | `v R`, that is in Montgomery form, R = 2^256 |
//! | coefficients in a `.zkey` | `v R^2`: Montgomery's product of it with a plain value is in Montgomery form |
//!
//! The identity is a point of zeros.

use crate::{
    container::Cursor,
    error::{Fault, FileError},
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField, Zero};
use rayon::prelude::*;
use tabella_primitives::Fr;

/// Bytes of a field element.
pub(crate) const FIELD_BYTES: usize = 32;
/// Bytes of a point of G1: x, y.
pub(crate) const G1_BYTES: usize = 2 * FIELD_BYTES;
/// Bytes of a point of G2: x.c0, x.c1, y.c0, y.c1.
pub(crate) const G2_BYTES: usize = 4 * FIELD_BYTES;

/// Moduli of other curves whose files circom writes: name, most significant limb first.
const OTHER_MODULI: [(&str, &[u64]); 3] = [
    (
        "bls12381",
        &[0x73ed_a753_299d_7d48, 0x3339_d808_09a1_d805, 0x53bd_a402_fffe_5bfe, 0xffff_ffff_0000_0001],
    ),
    (
        "bls12381",
        &[
            0x1a01_11ea_397f_e69a,
            0x4b1b_a7b6_434b_acd7,
            0x6477_4b84_f385_12bf,
            0x6730_d2a0_f6b0_f624,
            0x1eab_fffe_b153_ffff,
            0xb9fe_ffff_ffff_aaab,
        ],
    ),
    ("goldilocks", &[0xffff_ffff_0000_0001]),
];

/// Reads the size of a field element and the modulus, which must be that of `F`.
pub(crate) fn read_modulus<F: PrimeField<BigInt = BigInt<4>>>(
    cursor: &mut Cursor<'_>,
) -> Result<(), FileError> {
    let start = *cursor;
    let bytes = cursor.count()?;
    // No curve that circom knows has more than 48 bytes: a false size is not read as a modulus.
    if bytes > 64 {
        return Err(start.fault(Fault::Curve { name: None }));
    }
    let modulus = cursor.take(bytes)?;
    if modulus == limbs_to_bytes(&F::MODULUS.0) {
        return Ok(());
    }
    let big_endian =
        |limbs: &[u64]| limbs.iter().rev().flat_map(|limb| limb.to_le_bytes()).collect::<Vec<u8>>();
    let name = OTHER_MODULI.iter().find(|(_, limbs)| big_endian(limbs) == modulus).map(|(name, _)| *name);
    Err(start.fault(Fault::Curve { name }))
}

/// What [`read_modulus`] reads.
pub(crate) fn write_modulus<F: PrimeField<BigInt = BigInt<4>>>(file: &mut Vec<u8>) {
    file.extend_from_slice(&crate::container::count(FIELD_BYTES).to_le_bytes());
    file.extend_from_slice(&limbs_to_bytes(&F::MODULUS.0));
}

/// Bytes of what [`write_modulus`] writes.
pub(crate) const MODULUS_BYTES: usize = 4 + FIELD_BYTES;

fn bytes_to_limbs(bytes: &[u8; FIELD_BYTES]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks().0) {
        *limb = u64::from_le_bytes(*bytes);
    }
    BigInt::new(limbs)
}

fn limbs_to_bytes(limbs: &[u64; 4]) -> [u8; FIELD_BYTES] {
    let mut bytes = [0; FIELD_BYTES];
    for (bytes, limb) in bytes.as_chunks_mut().0.iter_mut().zip(limbs) {
        *bytes = limb.to_le_bytes();
    }
    bytes
}

/// A plain value.
pub(crate) fn plain(bytes: &[u8; FIELD_BYTES]) -> Option<Fr> {
    Fr::from_bigint(bytes_to_limbs(bytes))
}

/// A plain value's bytes.
pub(crate) fn to_plain(value: &Fr) -> [u8; FIELD_BYTES] {
    limbs_to_bytes(&value.into_bigint().0)
}

/// `v R^2` to v.
pub(crate) fn coefficient(bytes: &[u8; FIELD_BYTES]) -> Option<Fr> {
    let scaled = bytes_to_limbs(bytes);
    // As Montgomery's form the integer `v R^2` is that of `v R`, whose integer in turn is Montgomery's form of v.
    (scaled < Fr::MODULUS).then(|| Fr::new_unchecked(Fr::new_unchecked(scaled).into_bigint()))
}

/// v to `v R^2`.
pub(crate) fn to_coefficient(value: &Fr) -> [u8; FIELD_BYTES] {
    let scaled = Fr::from_bigint(value.0).expect("Montgomery's form is below the modulus");
    limbs_to_bytes(&scaled.0.0)
}

/// A coordinate in Montgomery's form.
fn coordinate(bytes: &[u8; FIELD_BYTES]) -> Option<Fq> {
    let form = bytes_to_limbs(bytes);
    (form < Fq::MODULUS).then(|| Fq::new_unchecked(form))
}

fn coordinates<const N: usize>(bytes: &[u8]) -> Option<[Fq; N]> {
    let mut coordinates = [Fq::ZERO; N];
    for (value, bytes) in coordinates.iter_mut().zip(bytes.as_chunks().0) {
        *value = coordinate(bytes)?;
    }
    Some(coordinates)
}

/// Coordinates of a point of G1; whether it lies on the curve is not looked at.
pub(crate) fn g1(bytes: &[u8; G1_BYTES]) -> Option<G1Affine> {
    let [x, y] = coordinates(bytes)?;
    let identity = x.is_zero() && y.is_zero();
    Some(if identity { G1Affine::identity() } else { G1Affine::new_unchecked(x, y) })
}

/// Coordinates of a point of G2; neither curve nor subgroup are looked at.
pub(crate) fn g2(bytes: &[u8; G2_BYTES]) -> Option<G2Affine> {
    let [x0, x1, y0, y1] = coordinates(bytes)?;
    let (x, y) = (Fq2::new(x0, x1), Fq2::new(y0, y1));
    let identity = x.is_zero() && y.is_zero();
    Some(if identity { G2Affine::identity() } else { G2Affine::new_unchecked(x, y) })
}

/// Bytes of a point of G1.
pub(crate) fn to_g1(point: &G1Affine) -> [u8; G1_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    join([x, y])
}

/// Bytes of a point of G2.
pub(crate) fn to_g2(point: &G2Affine) -> [u8; G2_BYTES] {
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    join([x.c0, x.c1, y.c0, y.c1])
}

fn join<const N: usize, const M: usize>(coordinates: [Fq; N]) -> [u8; M] {
    let mut bytes = [0; M];
    for (bytes, value) in bytes.as_chunks_mut().0.iter_mut().zip(coordinates) {
        *bytes = limbs_to_bytes(&value.0.0);
    }
    bytes
}

/// All points of a section whose length was checked, decoded by `decode` in parallel.
pub(crate) fn points<const N: usize, P: Copy + Default + Send + Sync>(
    section: &Cursor<'_>,
    decode: impl Fn(&[u8; N]) -> Option<P> + Send + Sync,
) -> Result<Vec<P>, FileError> {
    let (chunks, _) = section.bytes().as_chunks::<N>();
    let mut points = vec![P::default(); chunks.len()];
    let fault = points.par_iter_mut().zip(chunks).with_min_len(256).enumerate().find_map_first(
        |(index, (point, bytes))| match decode(bytes) {
            Some(decoded) => {
                *point = decoded;
                None
            }
            None => Some(index),
        },
    );
    match fault {
        None => Ok(points),
        Some(index) => Err(section.fault_after(index * N, Fault::NotCanonical)),
    }
}
