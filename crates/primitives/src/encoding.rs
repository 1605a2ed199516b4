//! Canonical encodings: every value has exactly one accepted form at every boundary.
//!
//! | form | of a field element |
//! | --- | --- |
//! | bytes | 32, big endian, an integer below the modulus |
//! | decimal | ASCII digits, no sign, no leading zero, an integer below the modulus (as Semaphore's JSON has it) |
//! | hexadecimal | `0x` and 64 lower-case digits, an integer below the modulus |
//!
//! Nothing is ever reduced or "fixed": `nullifier + r` would be the same field element under a second name, and a
//! second vote (semaphore-protocol/semaphore#16).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use ark_ff::{BigInt, BigInteger, PrimeField};
use core::fmt;

/// Why bytes or text are not the canonical form of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodingError {
    /// The input has the wrong number of bytes or characters.
    Length {
        /// What the form asks for.
        expected: usize,
        /// What was found.
        actual: usize,
    },
    /// The integer is not below the modulus, or the text is not the shortest form.
    NotCanonical,
    /// The character at this byte offset is not a digit of the form.
    InvalidDigit {
        /// Offset from the start of the text, in bytes.
        offset: usize,
    },
    /// The coordinates are not on the curve.
    NotOnCurve,
    /// The point is on the curve but not in the prime-order subgroup (small-order component).
    NotInSubgroup,
    /// The point is the identity where the identity is meaningless.
    Identity,
    /// The value is zero where zero is meaningless.
    Zero,
}

impl fmt::Display for EncodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, actual } => {
                write!(f, "wrong length: expected {expected}, found {actual}")
            }
            Self::NotCanonical => f.write_str(
                "not canonical: the integer is not below the modulus, or is not in its shortest form",
            ),
            Self::InvalidDigit { offset } => write!(f, "invalid digit at offset {offset}"),
            Self::NotOnCurve => f.write_str("the point is not on the curve"),
            Self::NotInSubgroup => f.write_str("the point is not in the prime-order subgroup"),
            Self::Identity => f.write_str("the point is the identity"),
            Self::Zero => f.write_str("the value is zero"),
        }
    }
}

impl core::error::Error for EncodingError {}

/// Canonical forms of an element of a 254-bit prime field (see the [module](self)).
///
/// ```
/// use tabella_primitives::{Fr, encoding::{Canonical, EncodingError}};
/// let r_plus_1 = "21888242871839275222246405745257275088548364400416034343698204186575808495618";
/// assert_eq!(Fr::from_decimal(r_plus_1), Err(EncodingError::NotCanonical));
/// assert_eq!(Fr::from_decimal("42").unwrap().to_decimal(), "42");
/// ```
pub trait Canonical: Sized {
    /// Decodes 32 big-endian bytes.
    ///
    /// # Errors
    /// [`EncodingError::Length`] unless there are 32 bytes, [`EncodingError::NotCanonical`] unless the integer is below
    /// the modulus.
    fn from_be_bytes(bytes: &[u8]) -> Result<Self, EncodingError>;

    /// Encodes as 32 big-endian bytes.
    fn to_be_bytes(&self) -> [u8; 32];

    /// Decodes decimal text.
    ///
    /// # Errors
    /// [`EncodingError::Length`] for the empty text, [`EncodingError::InvalidDigit`] for anything but `0`..`9`,
    /// [`EncodingError::NotCanonical`] for leading zeros or an integer that is not below the modulus.
    fn from_decimal(text: &str) -> Result<Self, EncodingError>;

    /// Encodes as decimal text.
    fn to_decimal(&self) -> String;

    /// Decodes `0x` and 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`EncodingError::Length`], [`EncodingError::InvalidDigit`] or [`EncodingError::NotCanonical`].
    fn from_hex(text: &str) -> Result<Self, EncodingError>;

    /// Encodes as `0x` and 64 lower-case hexadecimal digits.
    fn to_hex(&self) -> String;
}

impl<F: PrimeField<BigInt = BigInt<4>>> Canonical for F {
    fn from_be_bytes(bytes: &[u8]) -> Result<Self, EncodingError> {
        let bytes: &[u8; 32] =
            bytes.try_into().map_err(|_| EncodingError::Length { expected: 32, actual: bytes.len() })?;
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().expect("chunks of eight"));
        }
        // `from_bigint` answers None for an integer that is not below the modulus.
        Self::from_bigint(BigInt::new(limbs)).ok_or(EncodingError::NotCanonical)
    }

    fn to_be_bytes(&self) -> [u8; 32] {
        let mut bytes = [0u8; 32];
        for (chunk, limb) in bytes.rchunks_exact_mut(8).zip(self.into_bigint().0) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }

    fn from_decimal(text: &str) -> Result<Self, EncodingError> {
        Self::from_bigint(BigInt::new(decimal_to_limbs(text)?)).ok_or(EncodingError::NotCanonical)
    }

    fn to_decimal(&self) -> String {
        self.into_bigint().to_string()
    }

    fn from_hex(text: &str) -> Result<Self, EncodingError> {
        let digits = text.strip_prefix("0x").ok_or(EncodingError::InvalidDigit { offset: 0 })?;
        let bytes = decode_hex::<32>(digits).map_err(|error| match error {
            EncodingError::Length { expected, actual } => {
                EncodingError::Length { expected: expected + 2, actual: actual + 2 }
            }
            EncodingError::InvalidDigit { offset } => EncodingError::InvalidDigit { offset: offset + 2 },
            other => other,
        })?;
        Self::from_be_bytes(&bytes)
    }

    fn to_hex(&self) -> String {
        ["0x", &encode_hex(&Canonical::to_be_bytes(self))].concat()
    }
}

/// Parses decimal text in its shortest form into a 256-bit integer, least significant limb first.
///
/// # Errors
/// [`EncodingError::Length`] for the empty text, [`EncodingError::InvalidDigit`], and
/// [`EncodingError::NotCanonical`] for leading zeros or an integer of more than 256 bits.
pub fn decimal_to_limbs(text: &str) -> Result<[u64; 4], EncodingError> {
    // 2^256 has 78 digits: longer text is refused before it is read.
    const MAX_DIGITS: usize = 78;
    if text.is_empty() {
        return Err(EncodingError::Length { expected: 1, actual: 0 });
    }
    if let Some(offset) = text.bytes().take(MAX_DIGITS + 1).position(|c| !c.is_ascii_digit()) {
        return Err(EncodingError::InvalidDigit { offset });
    }
    if text.len() > MAX_DIGITS || (text.len() > 1 && text.starts_with('0')) {
        return Err(EncodingError::NotCanonical);
    }
    let mut limbs = [0u64; 4];
    for digit in text.bytes() {
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            (*limb, carry) = limb.carrying_mul(10, carry);
        }
        if carry != 0 {
            return Err(EncodingError::NotCanonical);
        }
    }
    Ok(limbs)
}

/// Decimal text of a 256-bit integer, least significant limb first: the inverse of [`decimal_to_limbs`].
#[must_use]
pub fn limbs_to_decimal(limbs: &[u64; 4]) -> String {
    BigInt::new(*limbs).to_string()
}

/// Lower-case hexadecimal digits of bytes, without prefix.
#[must_use]
pub fn encode_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).expect("a nibble is a digit"));
        }
    }
    text
}

/// Decodes exactly `2 N` lower-case hexadecimal digits, without prefix, into N bytes.
///
/// # Errors
/// [`EncodingError::Length`] or [`EncodingError::InvalidDigit`].
pub fn decode_hex<const N: usize>(text: &str) -> Result<[u8; N], EncodingError> {
    let mut bytes = [0u8; N];
    decode_hex_into(text, &mut bytes)?;
    Ok(bytes)
}

/// Decodes lower-case hexadecimal digits, without prefix, into half as many bytes.
///
/// # Errors
/// [`EncodingError::Length`] for an odd number of digits, or [`EncodingError::InvalidDigit`].
pub fn decode_hex_vec(text: &str) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = alloc::vec![0; text.len() / 2];
    decode_hex_into(text, &mut bytes)?;
    Ok(bytes)
}

fn decode_hex_into(text: &str, bytes: &mut [u8]) -> Result<(), EncodingError> {
    if text.len() != 2 * bytes.len() {
        return Err(EncodingError::Length { expected: 2 * bytes.len(), actual: text.len() });
    }
    for (offset, digit) in text.bytes().enumerate() {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return Err(EncodingError::InvalidDigit { offset }),
        };
        if let Some(byte) = bytes.get_mut(offset / 2) {
            *byte = (*byte << 4) | value;
        }
    }
    Ok(())
}

/// Whether an integer is strictly above half of the modulus: the "sign" of a field element in compressed points.
#[must_use]
pub fn is_negative<F: PrimeField<BigInt = BigInt<4>>>(value: &F) -> bool {
    let mut half = F::MODULUS;
    half.div2();
    value.into_bigint() > half
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fq, Fr};
    use alloc::format;
    use proptest::prelude::*;

    const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

    #[test]
    fn integers_at_and_above_the_modulus_are_refused_in_every_form() {
        for text in [
            R,
            "21888242871839275222246405745257275088548364400416034343698204186575808495618",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            "115792089237316195423570985008687907853269984665640564039457584007913129639936",
            "999999999999999999999999999999999999999999999999999999999999999999999999999999999",
        ] {
            assert_eq!(Fr::from_decimal(text), Err(EncodingError::NotCanonical), "{text}");
        }
        let mut bytes = Canonical::to_be_bytes(&-Fr::from(1));
        assert_eq!(Fr::from_be_bytes(&bytes), Ok(-Fr::from(1)));
        bytes[31] += 1;
        assert_eq!(Fr::from_be_bytes(&bytes), Err(EncodingError::NotCanonical));
        assert_eq!(Fr::from_be_bytes(&[255; 32]), Err(EncodingError::NotCanonical));
        let hex: alloc::string::String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(Fr::from_hex(&format!("0x{hex}")), Err(EncodingError::NotCanonical));
        // r is below q: the same text is canonical in the base field.
        assert!(Fq::from_decimal(R).is_ok());
    }

    #[test]
    fn sloppy_text_is_refused() {
        for (text, error) in [
            ("", EncodingError::Length { expected: 1, actual: 0 }),
            ("-1", EncodingError::InvalidDigit { offset: 0 }),
            ("+1", EncodingError::InvalidDigit { offset: 0 }),
            (" 1", EncodingError::InvalidDigit { offset: 0 }),
            ("1 ", EncodingError::InvalidDigit { offset: 1 }),
            ("0x1", EncodingError::InvalidDigit { offset: 1 }),
            ("1e3", EncodingError::InvalidDigit { offset: 1 }),
            ("1_0", EncodingError::InvalidDigit { offset: 1 }),
            ("\u{664}", EncodingError::InvalidDigit { offset: 0 }),
            ("01", EncodingError::NotCanonical),
            ("00", EncodingError::NotCanonical),
        ] {
            assert_eq!(Fr::from_decimal(text), Err(error), "{text:?}");
        }
        let one = Fr::from(1).to_hex();
        assert_eq!(Fr::from_hex(&one), Ok(Fr::from(1)));
        assert_eq!(Fr::from_hex("0x1"), Err(EncodingError::Length { expected: 66, actual: 3 }));
        assert_eq!(Fr::from_hex(&one.replace("0x", "0X")), Err(EncodingError::InvalidDigit { offset: 0 }));
        assert_eq!(Fr::from_hex(&format!("0x{:0>64}", "A")), Err(EncodingError::InvalidDigit { offset: 65 }));
    }

    #[test]
    fn hexadecimal_has_one_form() {
        assert_eq!(decode_hex::<2>("00ff"), Ok([0, 255]));
        assert_eq!(encode_hex(&[0, 255]), "00ff");
        assert_eq!(decode_hex_vec("00ff"), Ok(alloc::vec![0, 255]));
        assert_eq!(decode_hex_vec(""), Ok(alloc::vec![]));
        assert_eq!(decode_hex_vec("00f"), Err(EncodingError::Length { expected: 2, actual: 3 }));
        assert_eq!(decode_hex_vec("0F"), Err(EncodingError::InvalidDigit { offset: 1 }));
        assert_eq!(decode_hex::<2>("00f"), Err(EncodingError::Length { expected: 4, actual: 3 }));
        assert_eq!(decode_hex::<2>("00fF"), Err(EncodingError::InvalidDigit { offset: 3 }));
        assert_eq!(decode_hex::<2>("+0ff"), Err(EncodingError::InvalidDigit { offset: 0 }));
    }

    #[test]
    fn lengths_are_exact() {
        for n in (0..70).filter(|n| *n != 32) {
            let bytes: Vec<u8> = core::iter::repeat_n(0, n).collect();
            assert_eq!(Fr::from_be_bytes(&bytes), Err(EncodingError::Length { expected: 32, actual: n }));
        }
    }

    proptest! {
        #[test]
        fn decimal_text_of_any_256_bits_round_trips(limbs in prop::array::uniform4(any::<u64>())) {
            prop_assert_eq!(decimal_to_limbs(&limbs_to_decimal(&limbs)), Ok(limbs));
        }

        #[test]
        fn decode_inverts_encode(bytes in prop::array::uniform32(any::<u8>())) {
            match Fr::from_be_bytes(&bytes) {
                Ok(x) => {
                    prop_assert_eq!(Canonical::to_be_bytes(&x), bytes);
                    prop_assert_eq!(Fr::from_decimal(&x.to_decimal()), Ok(x));
                    prop_assert_eq!(Fr::from_hex(&x.to_hex()), Ok(x));
                }
                Err(e) => prop_assert_eq!(e, EncodingError::NotCanonical),
            }
        }
    }
}
