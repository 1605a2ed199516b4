//! EdDSA over Baby Jubjub with Poseidon, as Semaphore v4 signs (zk-kit `eddsa-poseidon` 1.0.4).
//!
//! ```text
//! h = BLAKE-512(private key)          h[0..32] pruned = 8 s' (little endian)      s = s' mod l      A = s B8
//! r = BLAKE-512(h[32..64] || message as 32 bytes little endian) mod l             R8 = r B8
//! e = H_5(R8.x, R8.y, A.x, A.y, message)                                          S = r + 8 e s mod l
//! valid:  S B8 = R8 + 8 e A
//! ```
//!
//! Stricter than the JavaScript, which takes any point of the curve and messages of 256 bits modulo r: here public key and
//! R8 lie in the subgroup and are not the identity, S is below l, and a message is a canonical field element, so that no
//! signature is valid for a second message or has a second form.

use crate::{
    Fr,
    blake512::blake512,
    edwards::{Point, Scalar, scalar_from_le_bytes_wide},
    encoding::{Canonical, EncodingError},
    poseidon,
    secret::Secret,
};
use ark_ff::AdditiveGroup;
use core::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A signature `(R8, S)`. Packed: 64 bytes, R8 as [`Point::to_packed`], then S as 32 bytes little endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    r8: Point,
    s: Scalar,
}

/// Why a signature is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSignature {
    /// The public key is the identity, under which anyone can sign anything.
    WeakPublicKey,
    /// The equation does not hold: another message, another key, or a changed signature.
    NotSatisfied,
}

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WeakPublicKey => "the public key is the identity, under which anyone can sign anything",
            Self::NotSatisfied => "the signature does not belong to this message and public key",
        })
    }
}

impl core::error::Error for InvalidSignature {}

impl Signature {
    /// Length of the packed form in bytes.
    pub const PACKED_LEN: usize = 64;

    /// A signature from its parts.
    ///
    /// # Errors
    /// [`EncodingError::Identity`] if R8 is the identity.
    pub fn from_parts(r8: Point, s: Scalar) -> Result<Self, EncodingError> {
        if r8.is_identity() {
            return Err(EncodingError::Identity);
        }
        Ok(Self { r8, s })
    }

    /// The point R8.
    #[must_use]
    pub const fn r8(&self) -> &Point {
        &self.r8
    }

    /// The scalar S.
    #[must_use]
    pub const fn s(&self) -> &Scalar {
        &self.s
    }

    /// Encodes as 64 bytes (see [`Signature`]).
    #[must_use]
    pub fn to_packed(&self) -> [u8; Self::PACKED_LEN] {
        let mut packed = [0u8; Self::PACKED_LEN];
        let s = self.s.to_be_bytes();
        for (to, from) in packed.iter_mut().zip(self.r8.to_packed().iter().chain(s.iter().rev())) {
            *to = *from;
        }
        packed
    }

    /// Decodes 64 bytes (see [`Signature`]).
    ///
    /// # Errors
    /// [`EncodingError::Length`]; [`EncodingError::NotCanonical`] if S is not below l or a coordinate is not below r;
    /// [`EncodingError::NotOnCurve`], [`EncodingError::NotInSubgroup`] or [`EncodingError::Identity`] for R8.
    pub fn from_packed(packed: &[u8]) -> Result<Self, EncodingError> {
        let length = EncodingError::Length { expected: Self::PACKED_LEN, actual: packed.len() };
        if packed.len() != Self::PACKED_LEN {
            return Err(length);
        }
        let (r8, s) = packed.split_first_chunk::<32>().ok_or(length.clone())?;
        let mut s: [u8; 32] = s.try_into().map_err(|_| length)?;
        s.reverse();
        Ok(Self { r8: Point::from_packed(r8)?, s: Scalar::from_be_bytes(&s)? })
    }

    /// Checks the signature of a message.
    ///
    /// # Errors
    /// [`InvalidSignature`] says why not.
    pub fn verify(&self, public_key: &Point, message: &Fr) -> Result<(), InvalidSignature> {
        if public_key.is_identity() {
            return Err(InvalidSignature::WeakPublicKey);
        }
        let challenge = challenge(&self.r8, public_key, message);
        let expected = self.r8 + public_key.mul_vartime(&challenge);
        if Point::base().mul_vartime(&self.s) == expected {
            Ok(())
        } else {
            Err(InvalidSignature::NotSatisfied)
        }
    }
}

/// `8 e mod l` with `e = H_5(R8, A, message)` read as an integer below r.
fn challenge(r8: &Point, public_key: &Point, message: &Fr) -> Scalar {
    let ((rx, ry), (ax, ay)) = (r8.to_xy(), public_key.to_xy());
    let mut bytes = poseidon::hash(&[rx, ry, ax, ay, *message]).to_be_bytes();
    bytes.reverse();
    scalar_from_le_bytes_wide(&bytes) * Scalar::from(8u64)
}

/// What a private key stretches to: the secret scalar and the seed of nonces.
///
/// Secret. Printed as `SigningKey(..)`, erased when dropped.
#[derive(Clone)]
pub struct SigningKey {
    scalar: Secret<Scalar>,
    nonce_seed: Secret<[u8; 32]>,
    public_key: Point,
}

impl SigningKey {
    /// Stretches a private key of any length, as Semaphore v4 does.
    ///
    /// A short or guessable private key gives a guessable secret: the derivation adds no strength.
    #[must_use]
    pub fn derive(private_key: &[u8]) -> Self {
        let stretched = blake512(private_key);
        let (low, high) = stretched.split_at(32);
        let mut pruned = Zeroizing::new([0u8; 32]);
        let mut nonce_seed = [0u8; 32];
        pruned.copy_from_slice(low);
        nonce_seed.copy_from_slice(high);
        // The three low bits, the top bit and the one below it, as in RFC 8032.
        let [first, .., last] = &mut *pruned;
        *first &= 0xf8;
        *last = (*last & 0x7f) | 0x40;
        // Shift right by three, little endian.
        let mut carry = 0;
        for byte in pruned.iter_mut().rev() {
            let shifted = (*byte >> 3) | carry;
            carry = *byte << 5;
            *byte = shifted;
        }
        let scalar = scalar_from_le_bytes_wide(pruned.as_ref());
        let key = Self {
            public_key: Point::mul_base(&scalar),
            scalar: Secret::new(scalar),
            nonce_seed: Secret::new(nonce_seed),
        };
        nonce_seed.zeroize();
        key
    }

    /// The secret scalar s, in [0, l). Whoever calls this answers for what becomes of it.
    #[must_use]
    pub const fn expose_secret_scalar(&self) -> &Scalar {
        self.scalar.expose_secret()
    }

    /// The public key `A = s B8`.
    #[must_use]
    pub const fn public_key(&self) -> &Point {
        &self.public_key
    }

    /// Signs a message. The same key and message give the same signature; no random numbers are needed.
    #[must_use]
    pub fn sign(&self, message: &Fr) -> Signature {
        let mut input = Zeroizing::new([0u8; 64]);
        let (seed, text) = input.split_at_mut(32);
        seed.copy_from_slice(self.nonce_seed.expose_secret());
        text.copy_from_slice(&message.to_be_bytes());
        text.reverse();
        let nonce = Secret::new(scalar_from_le_bytes_wide(blake512(input.as_ref()).as_ref()));
        let r8 = Point::mul_base(nonce.expose_secret());
        let mut s = challenge(&r8, &self.public_key, message);
        s *= self.scalar.expose_secret();
        s += nonce.expose_secret();
        debug_assert!(*nonce.expose_secret() != Scalar::ZERO, "happens once in 2^251 messages");
        Signature { r8, s }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// The message that Semaphore's JavaScript signs for a text that is not a number: its UTF-8 bytes as an integer, big
/// endian. (Not the conversion of a scope or of a proof's message, which pads on the right.)
///
/// # Errors
/// [`EncodingError::Length`] for more than 31 bytes, which need not fit the field. The JavaScript takes 32 and reduces.
pub fn message_from_text(text: &str) -> Result<Fr, EncodingError> {
    let text = text.as_bytes();
    let mut bytes = [0u8; 32];
    if text.len() > 31 {
        return Err(EncodingError::Length { expected: 31, actual: text.len() });
    }
    for (to, from) in bytes.iter_mut().rev().zip(text.iter().rev()) {
        *to = *from;
    }
    Fr::from_be_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};
    use ark_ff::{BigInteger, PrimeField};

    fn bytes(hex: &serde_json::Value) -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    fn point(xy: &serde_json::Value) -> Point {
        let [x, y] = [0, 1].map(|i| Fr::from_decimal(xy[i].as_str().unwrap()).unwrap());
        Point::from_xy(x, y).unwrap()
    }

    #[test]
    fn semaphore_known_answers() {
        let vectors = tabella_testkit::semaphore_vector("identities.json");
        let (mut keys, mut signatures, mut packed) = (0, 0, 0);
        for entry in vectors["identities"].as_array().unwrap() {
            let key = SigningKey::derive(&bytes(&entry["privateKeyBytesHex"]));
            let scalar = Scalar::from_decimal(entry["secretScalar"].as_str().unwrap()).unwrap();
            assert_eq!(*key.expose_secret_scalar(), scalar, "{}", entry["note"]);
            assert_eq!(*key.public_key(), point(&entry["publicKey"]));
            // Semaphore shows the packed key as an integer: the same bytes, little endian.
            let mut big_endian = key.public_key().to_packed();
            big_endian.reverse();
            let integer = ark_ff::BigInt::<4>::from_bits_be(
                &big_endian
                    .iter()
                    .flat_map(|b| (0..8).rev().map(move |i| (b >> i) & 1 == 1))
                    .collect::<Vec<_>>(),
            );
            assert_eq!(format!("{integer}"), entry["packedPublicKey"].as_str().unwrap());
            keys += 1;
            for (name, message) in
                [("signature_hello", message_from_text("hello").unwrap()), ("signature_42", Fr::from(42))]
            {
                let theirs = &entry[name];
                let ours = key.sign(&message);
                assert_eq!(*ours.r8(), point(&theirs["R8"]));
                assert_eq!(ours.s().to_decimal(), theirs["S"].as_str().unwrap());
                assert_eq!(ours.verify(key.public_key(), &message), Ok(()));
                assert_eq!(Signature::from_packed(&ours.to_packed()), Ok(ours));
                if theirs["packedHex"].is_string() {
                    assert_eq!(ours.to_packed().to_vec(), bytes(&theirs["packedHex"]));
                    packed += 1;
                }
                signatures += 1;
            }
        }
        assert_eq!((keys, signatures, packed), (20, 40, 20));
    }

    #[test]
    fn every_change_is_refused() {
        let key = SigningKey::derive(b"a key");
        let message = Fr::from(7);
        let good = key.sign(&message);
        assert_eq!(good.verify(key.public_key(), &message), Ok(()));
        let refused = Err(InvalidSignature::NotSatisfied);
        assert_eq!(good.verify(key.public_key(), &Fr::from(8)), refused);
        assert_eq!(good.verify(SigningKey::derive(b"b key").public_key(), &message), refused);
        assert_eq!(good.verify(&Point::identity(), &message), Err(InvalidSignature::WeakPublicKey));
        let packed = good.to_packed();
        for bit in 0..512 {
            let mut bad = packed;
            bad[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Signature::from_packed(&bad) {
                assert_eq!(other.verify(key.public_key(), &message), refused, "bit {bit}");
            }
        }
    }

    #[test]
    fn decoding_is_strict() {
        let good = SigningKey::derive(b"a key").sign(&Fr::from(7)).to_packed();
        for len in [0, 63, 65] {
            let mut bytes = good.to_vec();
            bytes.resize(len, 0);
            assert_eq!(
                Signature::from_packed(&bytes),
                Err(EncodingError::Length { expected: 64, actual: len })
            );
        }
        // S + l is the same scalar under a second name.
        let mut s = Signature::from_packed(&good).unwrap().s().into_bigint();
        s.add_with_carry(&Scalar::MODULUS);
        let mut bad = good;
        bad[32..].copy_from_slice(&s.to_bytes_le());
        assert_eq!(Signature::from_packed(&bad), Err(EncodingError::NotCanonical));
        // R8 = identity, and R8 of order 2.
        let mut bad = good;
        bad[..32].copy_from_slice(&Point::identity().to_packed());
        assert_eq!(Signature::from_packed(&bad), Err(EncodingError::Identity));
        let mut minus_one = Canonical::to_be_bytes(&-Fr::from(1));
        minus_one.reverse();
        bad[..32].copy_from_slice(&minus_one);
        assert_eq!(Signature::from_packed(&bad), Err(EncodingError::NotInSubgroup));
        assert_eq!(
            Signature::from_parts(Point::identity(), Scalar::from(1u64)),
            Err(EncodingError::Identity)
        );
    }

    #[test]
    fn texts_become_integers_unpadded() {
        assert_eq!(message_from_text("hello"), Ok(Fr::from(0x68_65_6c_6c_6fu64)));
        assert_eq!(message_from_text(""), Ok(Fr::from(0)));
        assert!(message_from_text(&"x".repeat(31)).is_ok());
        assert_eq!(
            message_from_text(&"x".repeat(32)),
            Err(EncodingError::Length { expected: 31, actual: 32 })
        );
    }

    #[test]
    fn a_signing_key_shows_nothing() {
        let shown = format!("{:?} {:#?}", SigningKey::derive(b"1"), SigningKey::derive(b"2"));
        assert_eq!(shown, "SigningKey(..) SigningKey(..)");
    }
}
