//! A Groth16 proof: three points, in one encoding of 256 bytes.

use crate::point::{self, G1_BYTES, G2_BYTES};
use ark_bn254::{G1Affine, G2Affine};
use core::fmt;
use tabella_primitives::encoding::EncodingError;

/// Proof that somebody knows a witness for a statement: `A` in G1, `B` in G2, `C` in G1, none of them the identity.
///
/// Bytes: 256, `A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y`, each 32 bytes big endian below q, as a Solidity
/// verifier reads them.
///
/// # Security
/// A proof is not a name. Anybody can turn a valid one into another valid one for the same statement (`(k A, B / k, C)`
/// is one way): ballots are told apart by their nullifier, never by their proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

/// One of the points of a [`Proof`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPoint {
    /// The first, in G1.
    A,
    /// The second, in G2.
    B,
    /// The third, in G1.
    C,
}

impl fmt::Display for ProofPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        })
    }
}

/// Why bytes are not a [`Proof`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A proof has exactly [`Proof::BYTES`] bytes.
    Length {
        /// Bytes found.
        actual: usize,
    },
    /// This point is not what it must be.
    Point {
        /// Which of the three.
        point: ProofPoint,
        /// What is wrong with it.
        cause: EncodingError,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { actual } => {
                write!(f, "a proof has {} bytes, not {actual}", Proof::BYTES)
            }
            Self::Point { point, cause } => write!(f, "point {point} of the proof: {cause}"),
        }
    }
}

impl core::error::Error for DecodeError {}

impl Proof {
    /// Length of an encoded proof.
    pub const BYTES: usize = 2 * G1_BYTES + G2_BYTES;

    /// Makes a proof of its points.
    ///
    /// # Errors
    /// [`DecodeError::Point`] if one is the identity, off the curve or outside its group.
    pub fn from_parts(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, DecodeError> {
        Ok(Self {
            a: point::check_g1(a).map_err(at(ProofPoint::A))?,
            b: point::check_g2(b).map_err(at(ProofPoint::B))?,
            c: point::check_g1(c).map_err(at(ProofPoint::C))?,
        })
    }

    /// Decodes exactly [`Self::BYTES`] bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`], or [`DecodeError::Point`] with [`EncodingError::NotCanonical`], `Identity`, `NotOnCurve` or
    /// `NotInSubgroup`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let length = DecodeError::Length { actual: bytes.len() };
        if bytes.len() != Self::BYTES {
            return Err(length);
        }
        let (a, rest) = bytes.split_at_checked(G1_BYTES).ok_or_else(|| length.clone())?;
        let (b, c) = rest.split_at_checked(G2_BYTES).ok_or(length)?;
        Ok(Self {
            a: point::g1_from_bytes(a).map_err(at(ProofPoint::A))?,
            b: point::g2_from_bytes(b).map_err(at(ProofPoint::B))?,
            c: point::g1_from_bytes(c).map_err(at(ProofPoint::C))?,
        })
    }

    /// Encodes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0u8; Self::BYTES];
        let parts = point::g1_to_bytes(&self.a)
            .into_iter()
            .chain(point::g2_to_bytes(&self.b))
            .chain(point::g1_to_bytes(&self.c));
        for (to, from) in bytes.iter_mut().zip(parts) {
            *to = from;
        }
        bytes
    }

    /// `A`, in G1.
    pub const fn a(&self) -> &G1Affine {
        &self.a
    }

    /// `B`, in G2.
    pub const fn b(&self) -> &G2Affine {
        &self.b
    }

    /// `C`, in G1.
    pub const fn c(&self) -> &G1Affine {
        &self.c
    }
}

/// Names the point in an error.
fn at(point: ProofPoint) -> impl FnOnce(EncodingError) -> DecodeError {
    move |cause| DecodeError::Point { point, cause }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof(")?;
        self.to_bytes().iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("..)")
    }
}
