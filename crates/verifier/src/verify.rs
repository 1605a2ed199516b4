//! A prepared key, and the check of one proof.

use crate::{key::VerifyingKey, proof::Proof};
use alloc::vec::Vec;
use ark_bn254::{Bn254, G1Affine, G1Projective};
use ark_ec::{
    AffineRepr, CurveGroup,
    pairing::{MillerLoopOutput, Pairing, PairingOutput},
};
use ark_ff::AdditiveGroup;
use core::fmt;
use tabella_primitives::{Fr, encoding::Canonical, instance::PublicInputs};

/// A point of G2 with the lines of its Miller loop.
pub(crate) type Lines = <Bn254 as Pairing>::G2Prepared;

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidProof {
    /// The circuit of the key has another number of public inputs.
    WrongNumberOfInputs {
        /// Public inputs of the circuit.
        expected: usize,
        /// Public inputs given.
        actual: usize,
    },
    /// The pairing equation does not hold: another statement, another circuit, another key, or no proof at all.
    NotSatisfied,
}

impl fmt::Display for InvalidProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongNumberOfInputs { expected, actual } => {
                write!(f, "the circuit has {expected} public inputs, the statement {actual}")
            }
            Self::NotSatisfied => {
                f.write_str("the proof does not prove this statement under this verifying key")
            }
        }
    }
}

impl core::error::Error for InvalidProof {}

/// A [`VerifyingKey`] with what every verification needs of it, computed once.
///
/// About 50 KiB, and 1 KiB for each public input.
#[derive(Clone)]
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    /// `e(alpha, beta)`.
    pub(crate) alpha_beta: PairingOutput<Bn254>,
    /// Lines of `beta`.
    pub(crate) beta: Lines,
    /// Lines of `-gamma`.
    pub(crate) minus_gamma: Lines,
    /// Lines of `-delta`.
    pub(crate) minus_delta: Lines,
    /// For each public input the multiples 1 to 15 of its `IC` point.
    windows: Vec<[G1Affine; 15]>,
}

impl PreparedVerifyingKey {
    pub(crate) fn new(key: VerifyingKey) -> Self {
        Self {
            alpha_beta: Bn254::pairing(key.alpha(), key.beta()),
            beta: Lines::from(key.beta()),
            minus_gamma: Lines::from(-*key.gamma()),
            minus_delta: Lines::from(-*key.delta()),
            windows: key.ic().iter().skip(1).map(multiples).collect(),
            key,
        }
    }

    /// The key that was prepared.
    #[must_use]
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Checks the proof of a typed statement, whose number of public inputs is part of its type.
    ///
    /// `e(A, B) = e(alpha, beta) * e(IC_0 + sum x_i IC_i, gamma) * e(C, delta)` [Groth16, eprint 2016/260, section 3.2]
    ///
    /// # Errors
    /// [`InvalidProof`]; a key for another number of inputs is an error, never a statement cut short or padded.
    pub fn verify<const N: usize>(
        &self,
        instance: &impl PublicInputs<N>,
        proof: &Proof,
    ) -> Result<(), InvalidProof> {
        self.verify_inputs(&instance.public_inputs(), proof)
    }

    /// Checks the proof of a foreign circuit, whose public inputs are known at run time only.
    ///
    /// # Errors
    /// [`InvalidProof`].
    pub fn verify_inputs(&self, inputs: &[Fr], proof: &Proof) -> Result<(), InvalidProof> {
        self.check_count(inputs)?;
        let sum = (self.combine(&Fr::from(1), inputs)).into_affine();
        // Paired with -gamma and -delta all of them stand on one side, next to e(A, B).
        let product = miller([
            (*proof.a(), Lines::from(proof.b())),
            (sum, self.minus_gamma.clone()),
            (*proof.c(), self.minus_delta.clone()),
        ]);
        match Bn254::final_exponentiation(product) {
            Some(product) if product == self.alpha_beta => Ok(()),
            _ => Err(InvalidProof::NotSatisfied),
        }
    }

    /// Refuses another number of public inputs than the circuit has.
    pub(crate) fn check_count(&self, inputs: &[Fr]) -> Result<(), InvalidProof> {
        let (expected, actual) = (self.key.public_inputs(), inputs.len());
        if expected == actual { Ok(()) } else { Err(InvalidProof::WrongNumberOfInputs { expected, actual }) }
    }

    /// `one IC_0 + x_1 IC_1 + .. + x_n IC_n`, all inputs at once, four bits at a time (Straus). The caller has compared
    /// the number of inputs.
    pub(crate) fn combine(&self, one: &Fr, inputs: &[Fr]) -> G1Projective {
        let digits: Vec<[u8; 32]> = inputs.iter().map(Canonical::to_be_bytes).collect();
        let mut sum = G1Projective::ZERO;
        for byte in 0..32 {
            for high in [true, false] {
                for _ in 0..4 {
                    sum.double_in_place();
                }
                for (multiples, digits) in self.windows.iter().zip(&digits) {
                    let digit = digits.get(byte).map_or(0, |b| if high { b >> 4 } else { b & 15 });
                    if let Some(point) = usize::from(digit).checked_sub(1).and_then(|d| multiples.get(d)) {
                        sum += point;
                    }
                }
            }
        }
        let constant = self.key.ic().first().expect("a key has at least one IC point");
        if *one == Fr::from(1) { sum + constant } else { sum + *constant * *one }
    }
}

/// The product of the Miller loops of the pairs.
pub(crate) fn miller(pairs: impl IntoIterator<Item = (G1Affine, Lines)>) -> MillerLoopOutput<Bn254> {
    let (left, right): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    Bn254::multi_miller_loop(left, right)
}

/// The multiples 1 to 15 of a point of order r, none of which is the identity.
fn multiples(point: &G1Affine) -> [G1Affine; 15] {
    let mut sums = [point.into_group(); 15];
    let mut sum = G1Projective::ZERO;
    for slot in &mut sums {
        sum += point;
        *slot = sum;
    }
    G1Projective::normalize_batch(&sums).try_into().expect("as many as there were")
}

impl fmt::Debug for PreparedVerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({:?})", self.key)
    }
}
