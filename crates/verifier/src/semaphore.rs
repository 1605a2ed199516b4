//! The proof object of Semaphore v4, as its JavaScript library makes and takes it.

use crate::{
    proof::Proof,
    snarkjs::{JsonError, MAX_PROOF_JSON, parse, proof_from_points, proof_to_points},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    Fr,
    encoding::{Canonical, EncodingError, decimal_to_limbs},
};

/// A Semaphore v4 proof with its statement.
///
/// Message and scope are the 256-bit integers before Semaphore hashes them (`keccak256(value) >> 8` enters the circuit).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemaphoreProof {
    /// Depth of the circuit that was used, 1 to 32: it names the verifying key.
    pub depth: u8,
    /// Root of the group.
    pub root: Fr,
    /// The member's mark in the scope.
    pub nullifier: Fr,
    /// What is said, big endian.
    pub message: [u8; 32],
    /// What the nullifier is unique in, big endian.
    pub scope: [u8; 32],
    /// The Groth16 proof.
    pub proof: Proof,
}

/// Field of a [`SemaphoreProof`]'s JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SemaphoreField {
    /// `merkleTreeRoot`.
    Root,
    /// `nullifier`.
    Nullifier,
    /// `message`.
    Message,
    /// `scope`.
    Scope,
}

impl fmt::Display for SemaphoreField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "merkleTreeRoot",
            Self::Nullifier => "nullifier",
            Self::Message => "message",
            Self::Scope => "scope",
        })
    }
}

/// Why a text is not a [`SemaphoreProof`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SemaphoreError {
    /// The text or its points are faulty.
    Json(JsonError),
    /// `merkleTreeDepth` is not between 1 and 32.
    Depth {
        /// What was found.
        actual: u64,
    },
    /// A field is not a canonical number.
    Field {
        /// Which.
        field: SemaphoreField,
        /// What is wrong with it.
        cause: EncodingError,
    },
}

impl fmt::Display for SemaphoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Depth { actual } => write!(f, "merkleTreeDepth is {actual}, not between 1 and 32"),
            Self::Field { field, cause } => write!(f, "{field}: {cause}"),
        }
    }
}

impl core::error::Error for SemaphoreError {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    merkle_tree_depth: u64,
    merkle_tree_root: String,
    nullifier: String,
    message: String,
    scope: String,
    points: [String; 8],
}

impl SemaphoreProof {
    /// Reads Semaphore's JSON. Where its JavaScript is lenient (leading zeros, values not below the modulus), this is not.
    ///
    /// # Errors
    /// [`SemaphoreError`].
    pub fn from_json(text: &str) -> Result<Self, SemaphoreError> {
        let file: File = parse(text, MAX_PROOF_JSON).map_err(SemaphoreError::Json)?;
        let depth = u8::try_from(file.merkle_tree_depth)
            .ok()
            .filter(|depth| (1..=32).contains(depth))
            .ok_or(SemaphoreError::Depth { actual: file.merkle_tree_depth })?;
        let at = |field| move |cause| SemaphoreError::Field { field, cause };
        Ok(Self {
            depth,
            root: Fr::from_decimal(&file.merkle_tree_root).map_err(at(SemaphoreField::Root))?,
            nullifier: Fr::from_decimal(&file.nullifier).map_err(at(SemaphoreField::Nullifier))?,
            message: integer(&file.message).map_err(at(SemaphoreField::Message))?,
            scope: integer(&file.scope).map_err(at(SemaphoreField::Scope))?,
            proof: proof_from_points(&file.points.each_ref().map(String::as_str))
                .map_err(|error| SemaphoreError::Json(JsonError::Proof(error)))?,
        })
    }

    /// Writes Semaphore's JSON on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let file = File {
            merkle_tree_depth: u64::from(self.depth),
            merkle_tree_root: self.root.to_decimal(),
            nullifier: self.nullifier.to_decimal(),
            message: decimal(&self.message),
            scope: decimal(&self.scope),
            points: proof_to_points(&self.proof),
        };
        write_line(&file)
    }
}

fn write_line(file: &File) -> String {
    serde_json::to_string(file).expect("strings and numbers are always JSON")
}

/// Decimal text in its shortest form as 32 bytes, big endian.
fn integer(text: &str) -> Result<[u8; 32], EncodingError> {
    let mut bytes = [0u8; 32];
    let limbs = decimal_to_limbs(text)?;
    for (chunk, limb) in bytes.rchunks_exact_mut(8).zip(limbs) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    Ok(bytes)
}

/// 32 bytes, big endian, as decimal text: long division of base 2^8 digits by ten.
fn decimal(bytes: &[u8; 32]) -> String {
    let mut digits = Vec::new();
    let mut rest = *bytes;
    while rest.iter().any(|byte| *byte != 0) {
        let mut remainder = 0u16;
        for byte in &mut rest {
            let value = (remainder << 8) | u16::from(*byte);
            *byte = u8::try_from(value / 10).expect("the remainder was below ten");
            remainder = value % 10;
        }
        digits.push(char::from_digit(u32::from(remainder), 10).expect("a remainder of ten is a digit"));
    }
    if digits.is_empty() { "0".to_string() } else { digits.iter().rev().collect() }
}
