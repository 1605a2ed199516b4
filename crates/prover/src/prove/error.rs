//! Why there is no proof.

use super::Stage;
use ark_relations::gr1cs::SynthesisError;
use core::fmt;

/// Why there is no proof. Says nothing of the witness but which constraint it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProveError {
    /// The generator gave no random numbers, or the same ones twice. Nothing was computed.
    RngUnavailable,
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
    /// The assignment that was given is not one of the key's circuit: it has another number of values.
    AssignmentLength {
        /// Variables of the key's circuit, the constant 1 among them.
        expected: usize,
        /// Values that were given.
        actual: usize,
    },
    /// The tables are of another key.
    WrongTables,
    /// The preparation was made with another key.
    PreparedForAnotherKey,
    /// The assignment that was given does not begin with the constant 1.
    ConstantNotOne,
    /// The witness does not satisfy the circuit.
    Unsatisfied {
        /// The first constraint that does not hold, counted from 0.
        constraint: usize,
        /// Its place in the circuit: the path of its namespaces, or `constraint #7` where nothing names it.
        name: String,
    },
    /// The finished proof does not verify: the key is damaged, or its parts do not belong together. Nothing was handed out.
    SelfVerification,
    /// The finished proof does not verify, and the key holds no matrix C by which the witness could be checked before: the witness
    /// does not satisfy the circuit, or the key is damaged. Nothing was handed out.
    UnsatisfiedOrDamaged,
    /// The sum for A is the identity, which the second form of a proof cannot hide, and the key is a compact one, without the points
    /// that the first form wants. For a key that somebody else cannot have bent, this is as likely as guessing a secret. Nothing was
    /// handed out.
    NeedsWholeKey,
    /// The observer or the [`CancelToken`](crate::CancelToken) asked to stop. Nothing was handed out.
    Cancelled {
        /// The stage that was not begun or not finished.
        stage: Stage,
    },
}

impl ProveError {
    /// What it means that a proof does not verify, depending on whether every constraint was checked before.
    pub(crate) const fn unverified(constraints_checked: bool) -> Self {
        if constraints_checked { Self::SelfVerification } else { Self::UnsatisfiedOrDamaged }
    }

    /// A constraint of which only the number is known.
    pub(crate) fn unsatisfied(constraint: usize) -> Self {
        Self::Unsatisfied { constraint, name: unnamed(constraint) }
    }
}

/// The name of a constraint that nothing names.
pub(crate) fn unnamed(constraint: usize) -> String {
    format!("constraint #{constraint}")
}

impl fmt::Display for ProveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RngUnavailable => {
                f.write_str("the random generator failed, and without randomness a proof would not be private")
            }
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
            Self::AssignmentLength { expected, actual } => {
                write!(
                    f,
                    "witness and proving key do not belong together: the witness has {actual} values, the key's circuit {expected} \
                     variables"
                )
            }
            Self::PreparedForAnotherKey => f.write_str("the proof was prepared with another key"),
            Self::ConstantNotOne => f.write_str("the assignment does not begin with the constant 1"),
            Self::Unsatisfied { constraint, name } => {
                write!(f, "the witness does not satisfy constraint {constraint} of the circuit")?;
                if *name == unnamed(*constraint) { Ok(()) } else { write!(f, " ({name})") }
            }
            Self::WrongTables => f.write_str("the tables are of a proving key of another shape"),
            Self::SelfVerification => f.write_str(
                "the proof that was made does not verify: the proving key is damaged or inconsistent",
            ),
            Self::UnsatisfiedOrDamaged => f.write_str(
                "the proof that was made does not verify: the witness does not satisfy the circuit, or the proving key is damaged",
            ),
            Self::NeedsWholeKey => f.write_str(
                "this one statement cannot be proved with a compact proving key: take the whole key",
            ),
            Self::Cancelled { stage } => write!(f, "cancelled at {stage}"),
        }
    }
}

impl core::error::Error for ProveError {}
