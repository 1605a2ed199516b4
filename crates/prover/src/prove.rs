//! From a circuit with its witness to a proof: synthesis, satisfaction, quotient, commitments, verification.

use crate::{
    assemble::{Blinding, assemble},
    key::ProvingKey,
    quotient::quotient,
    synthesis,
};
use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisError};
use core::{fmt, ops::ControlFlow};
use tabella_primitives::{Fr, rng::CryptoRng};
use tabella_verifier::Proof;

/// A proof with the public inputs it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The proof.
    pub proof: Proof,
    /// Public inputs in circuit order, without the constant 1.
    pub public_inputs: Vec<Fr>,
}

/// What the prover is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Runs the circuit for the values of all variables.
    Synthesis,
    /// Checks every constraint.
    Satisfaction,
    /// Transforms for the quotient polynomial.
    Quotient,
    /// Multi-scalar multiplications.
    Commitments,
    /// Verifies the proof before it is handed out.
    Verification,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] =
        [Self::Synthesis, Self::Satisfaction, Self::Quotient, Self::Commitments, Self::Verification];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Synthesis => "synthesis",
            Self::Satisfaction => "satisfaction",
            Self::Quotient => "quotient",
            Self::Commitments => "commitments",
            Self::Verification => "verification",
        })
    }
}

/// Why there is no proof. Says nothing of the witness but which constraint it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProveError {
    /// The circuit could not be run, for instance because its witness is missing.
    Synthesis(SynthesisError),
    /// The circuit uses other predicates than R1CS.
    UnsupportedPredicates {
        /// Number of predicates registered; one, R1CS, is supported.
        registered: usize,
    },
    /// The key is for another circuit.
    WrongCircuit {
        /// What differs: `constraints`, `public inputs` or `witness variables`.
        count: &'static str,
        /// What the key is for.
        expected: usize,
        /// What the circuit has.
        actual: usize,
    },
    /// The witness does not satisfy the circuit.
    Unsatisfied {
        /// The first constraint that does not hold, counted from 0.
        constraint: usize,
        /// Its place in the circuit: the path of its namespaces, or its number.
        name: String,
    },
    /// The finished proof does not verify: the key is damaged, or its parts do not belong together. Nothing was handed out.
    SelfVerification,
    /// The observer asked to stop.
    Cancelled {
        /// The stage that was not begun.
        before: Stage,
    },
}

impl fmt::Display for ProveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Synthesis(error) => write!(f, "the circuit could not be run: {error}"),
            Self::UnsupportedPredicates { registered } => {
                write!(f, "the circuit registers {registered} kinds of constraints; only R1CS is supported")
            }
            Self::WrongCircuit { count, expected, actual } => {
                write!(
                    f,
                    "the proving key is for another circuit: it expects {expected} {count}, the circuit has {actual}"
                )
            }
            Self::Unsatisfied { constraint, name } => {
                write!(f, "the witness does not satisfy constraint {constraint} of the circuit ({name})")
            }
            Self::SelfVerification => f.write_str(
                "the proof that was made does not verify: the proving key is damaged or inconsistent",
            ),
            Self::Cancelled { before } => write!(f, "cancelled before {before}"),
        }
    }
}

impl core::error::Error for ProveError {}

/// Proves that the circuit's witness satisfies it, with fresh blinding from `rng`.
///
/// Every constraint is checked, in every build, and the proof is verified before it is handed out.
///
/// # Errors
/// [`ProveError`]: the first constraint that does not hold is named.
///
/// # Security
/// `rng` must be unpredictable: who knows the blinding can test guesses of the witness. Values of the witness are erased
/// when this returns, in any way, except for short-lived copies inside arkworks' multi-scalar multiplication.
pub fn prove<C: ConstraintSynthesizer<Fr> + Clone>(
    key: &ProvingKey,
    circuit: &C,
    rng: &mut impl CryptoRng,
) -> Result<Proved, ProveError> {
    Prover::new(key).prove(circuit, rng)
}

/// [`prove()`] with options: progress, cancellation.
pub struct Prover<'a> {
    key: &'a ProvingKey,
    observer: Option<Observer<'a>>,
    verify: bool,
}

/// What is called at the beginning of each stage.
type Observer<'a> = Box<dyn FnMut(Stage) -> ControlFlow<()> + 'a>;

impl fmt::Debug for Prover<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prover(..)")
    }
}

impl<'a> Prover<'a> {
    /// A prover for the key's circuit.
    #[must_use]
    pub fn new(key: &'a ProvingKey) -> Self {
        Self { key, observer: None, verify: true }
    }

    /// Calls `observer` at the beginning of each stage; [`ControlFlow::Break`] cancels.
    #[must_use]
    pub fn on_stage(mut self, observer: impl FnMut(Stage) -> ControlFlow<()> + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Hands the proof out without verifying it, which saves a few milliseconds.
    ///
    /// # Security
    /// With a damaged key the proof can be invalid and can betray the witness. For measurements.
    #[must_use]
    pub fn insecurely_without_self_verification(mut self) -> Self {
        self.verify = false;
        self
    }

    /// Proves; see [`prove()`].
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prove<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
        rng: &mut impl CryptoRng,
    ) -> Result<Proved, ProveError> {
        // Drawn after the cheap checks would be enough, but so a fixed generator always gives the same blinding.
        let blinding = Blinding::generate(rng);
        self.prove_with_blinding(circuit, &blinding)
    }

    fn prove_with_blinding<C: ConstraintSynthesizer<Fr> + Clone>(
        &mut self,
        circuit: &C,
        blinding: &Blinding,
    ) -> Result<Proved, ProveError> {
        let key = self.key;
        let matrices = key.matrices();

        self.begin(Stage::Synthesis)?;
        let assignment = synthesis::assignment(circuit.clone(), matrices.witness_variables())
            .map_err(ProveError::Synthesis)?;
        same_shape(key, &assignment)?;

        self.begin(Stage::Satisfaction)?;
        let (products, broken) = matrices.products(&assignment.all, key.domain_size());
        if let Some(constraint) = broken {
            let synthesis::Origin { name, constraints: actual } =
                synthesis::origin(circuit.clone(), constraint);
            let expected = matrices.constraints();
            if expected != actual {
                return Err(ProveError::WrongCircuit { count: "constraints", expected, actual });
            }
            return Err(ProveError::Unsatisfied { constraint, name });
        }

        self.begin(Stage::Quotient)?;
        let h = quotient(products, matrices.constraints(), &assignment.instance);

        self.begin(Stage::Commitments)?;
        let (a, b, c) = assemble(key.queries(), &assignment.all, assignment.instance.len(), &h, blinding);
        let proof = Proof::from_parts(a, b, c).map_err(|_| ProveError::SelfVerification)?;
        let public_inputs = assignment.instance.iter().skip(1).copied().collect();
        let proved = Proved { proof, public_inputs };

        if self.verify {
            self.begin(Stage::Verification)?;
            key.prepared()
                .verify_inputs(&proved.public_inputs, &proved.proof)
                .map_err(|_| ProveError::SelfVerification)?;
        }
        Ok(proved)
    }

    fn begin(&mut self, stage: Stage) -> Result<(), ProveError> {
        match self.observer.as_mut().map(|observer| observer(stage)) {
            Some(ControlFlow::Break(())) => Err(ProveError::Cancelled { before: stage }),
            _ => Ok(()),
        }
    }
}

/// The circuit that ran has as many variables as the key's circuit.
///
/// Its constraints were not built. They need not be compared for soundness: what is proved are the key's own matrices, and
/// the assignment is checked against them next.
fn same_shape(key: &ProvingKey, assignment: &synthesis::Assignment) -> Result<(), ProveError> {
    if assignment.predicates != 1 {
        return Err(ProveError::UnsupportedPredicates { registered: assignment.predicates });
    }
    let matrices = key.matrices();
    let instance = assignment.instance.len();
    for (count, expected, actual) in [
        ("public inputs", matrices.public_inputs(), instance.saturating_sub(1)),
        ("witness variables", matrices.witness_variables(), assignment.all.len() - instance),
    ] {
        if expected != actual {
            return Err(ProveError::WrongCircuit { count, expected, actual });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
