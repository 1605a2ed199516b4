//! What a circuit looks like, whatever it is proved for: counts, and a digest of its constraint matrices.

use crate::{matrices::Matrices, synthesis};
use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisError};
use core::fmt;
use tabella_primitives::{Fr, digest::Digest};

/// The shape of a circuit. A key belongs to one shape; a circuit whose shape changes needs new keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Names the circuit: see [`Matrices::digest`].
    pub digest: Digest,
    /// Number of constraints.
    pub constraints: usize,
    /// Number of public inputs, without the constant 1.
    pub public_inputs: usize,
    /// Number of witness variables.
    pub witness_variables: usize,
    /// Numbers of entries that are not zero, in A, B and C.
    pub nonzeros: [usize; 3],
}

impl Shape {
    /// The shape of these matrices.
    #[must_use]
    pub fn of(matrices: &Matrices) -> Self {
        Self { digest: matrices.digest(), ..Self::counts_of(matrices) }
    }

    /// The counts alone, with a digest of zeros.
    pub(crate) fn counts_of(matrices: &Matrices) -> Self {
        Self {
            digest: Digest::from_bytes([0; 32]),
            constraints: matrices.constraints(),
            public_inputs: matrices.public_inputs(),
            witness_variables: matrices.witness_variables(),
            nonzeros: matrices.nonzeros(),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.nonzeros;
        write!(
            f,
            "{} constraints, {} public inputs, {} witness variables, {a} + {b} + {c} entries, digest {}",
            self.constraints, self.public_inputs, self.witness_variables, self.digest
        )
    }
}

/// Why a circuit has no shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// The circuit could not be laid out without a witness: it must not look at values while it is synthesised.
    Synthesis(SynthesisError),
    /// The circuit uses other predicates than R1CS.
    UnsupportedPredicates {
        /// Number of predicates registered; one, R1CS, is supported.
        registered: usize,
    },
    /// The circuit does not fit the field: at most 2^27 constraints and public inputs together.
    TooLarge {
        /// Number of constraints.
        constraints: usize,
    },
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Synthesis(error) => write!(f, "the circuit could not be laid out: {error}"),
            Self::UnsupportedPredicates { registered } => {
                write!(f, "the circuit registers {registered} kinds of constraints; only R1CS is supported")
            }
            Self::TooLarge { constraints } => {
                write!(f, "the circuit has {constraints} constraints, too many for the scalar field of BN254")
            }
        }
    }
}

impl core::error::Error for ShapeError {}

/// Lays the circuit out without witness and describes it.
///
/// # Errors
/// [`ShapeError`].
pub fn circuit_shape<C: ConstraintSynthesizer<Fr> + Clone>(circuit: &C) -> Result<Shape, ShapeError> {
    synthesis::matrices(circuit.clone()).map(|matrices| Shape::of(&matrices))
}
