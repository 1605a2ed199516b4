//! A prepared key, and the check of one proof.

use crate::{
    exponentiation::final_exponentiation,
    inputs::Combs,
    key::VerifyingKey,
    lines::FixedLines,
    pairing::{miller_one, pairing},
    proof::Proof,
    tower::Element12,
};
use alloc::sync::Arc;
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::CurveGroup;
use core::fmt;
use tabella_primitives::{Fr, instance::PublicInputs};

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
/// About 35 KiB, and from the fifth verification on 16 KiB for each public input. Clones share these.
#[derive(Clone)]
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    /// `e(alpha, beta)`.
    alpha_beta: Element12,
    /// Lines of `beta`.
    pub(crate) beta: FixedLines,
    /// Lines of `-gamma`.
    pub(crate) minus_gamma: FixedLines,
    /// Lines of `-delta`.
    pub(crate) minus_delta: FixedLines,
    /// For each public input the table of its `IC` point.
    combs: Arc<Combs>,
}

impl PreparedVerifyingKey {
    pub(crate) fn new(key: VerifyingKey) -> Self {
        let beta = FixedLines::new(key.beta());
        Self {
            alpha_beta: pairing(key.alpha(), &beta),
            beta,
            minus_gamma: FixedLines::new(&-*key.gamma()),
            minus_delta: FixedLines::new(&-*key.delta()),
            combs: Arc::default(),
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
        let sum = (self.weigh(inputs) + self.constant()).into_affine();
        // Paired with -gamma and -delta all of them stand on one side, next to e(A, B).
        let product =
            miller_one((proof.a(), proof.b()), [sum, *proof.c()], [&self.minus_gamma, &self.minus_delta]);
        match final_exponentiation(&product) {
            Some(product) if product == self.alpha_beta => Ok(()),
            _ => Err(InvalidProof::NotSatisfied),
        }
    }

    /// Refuses another number of public inputs than the circuit has.
    pub(crate) fn check_count(&self, inputs: &[Fr]) -> Result<(), InvalidProof> {
        let (expected, actual) = (self.key.public_inputs(), inputs.len());
        if expected == actual { Ok(()) } else { Err(InvalidProof::WrongNumberOfInputs { expected, actual }) }
    }

    /// `IC_0`.
    pub(crate) fn constant(&self) -> &G1Affine {
        self.key.ic().first().expect("a key has at least one IC point")
    }

    /// `x_1 IC_1 + .. + x_n IC_n`. The caller has compared the number of inputs.
    pub(crate) fn weigh(&self, inputs: &[Fr]) -> G1Projective {
        self.combs.combine(self.key.ic().get(1..).unwrap_or_default(), inputs)
    }
}

impl fmt::Debug for PreparedVerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({:?})", self.key)
    }
}
