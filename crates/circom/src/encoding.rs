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
use ark_ff::{BigInt, PrimeField};
use tabella_primitives::{Fr, exec};
pub(crate) use tabella_prover::montgomery::{
    FIELD_BYTES, G1_BYTES, G2_BYTES, g1, g1_to_bytes, g2, g2_to_bytes, integer, integer_to_bytes,
};

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
    if modulus == integer_to_bytes(&F::MODULUS) {
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
    file.extend_from_slice(&integer_to_bytes(&F::MODULUS));
}

/// Bytes of what [`write_modulus`] writes.
pub(crate) const MODULUS_BYTES: usize = 4 + FIELD_BYTES;

/// A plain value.
pub(crate) fn plain(bytes: &[u8; FIELD_BYTES]) -> Option<Fr> {
    Fr::from_bigint(integer(bytes))
}

/// A plain value's bytes.
pub(crate) fn to_plain(value: &Fr) -> [u8; FIELD_BYTES] {
    integer_to_bytes(&value.into_bigint())
}

/// `v R^2` to v.
pub(crate) fn coefficient(bytes: &[u8; FIELD_BYTES]) -> Option<Fr> {
    let scaled = integer(bytes);
    // As Montgomery's form the integer `v R^2` is that of `v R`, whose integer in turn is Montgomery's form of v.
    (scaled < Fr::MODULUS).then(|| Fr::new_unchecked(Fr::new_unchecked(scaled).into_bigint()))
}

/// v to `v R^2`.
pub(crate) fn to_coefficient(value: &Fr) -> [u8; FIELD_BYTES] {
    let scaled = Fr::from_bigint(value.0).expect("Montgomery's form is below the modulus");
    integer_to_bytes(&scaled.0)
}

/// All points of a section whose length was checked, decoded by `decode` in parallel.
pub(crate) fn points<const N: usize, P: Copy + Default + Send + Sync>(
    section: &Cursor<'_>,
    decode: impl Fn(&[u8; N]) -> Option<P> + Send + Sync,
) -> Result<Vec<P>, FileError> {
    let (chunks, _) = section.bytes().as_chunks::<N>();
    if let Some((index, ())) = exec::first_some(chunks, |bytes| decode(bytes).is_none().then_some(())) {
        return Err(section.fault_after(index * N, Fault::NotCanonical));
    }
    Ok(exec::map_items(chunks, |bytes| decode(bytes).unwrap_or_default()))
}
