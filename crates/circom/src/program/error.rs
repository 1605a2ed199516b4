//! Why a witness program gave no assignment.

use super::Limits;
use core::fmt;
use wasmi::{
    Error, TrapCode,
    errors::{ErrorKind, HostError, InstantiationError, MemoryError},
};

/// What a program says when it gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// A signal is not known.
    SignalNotFound,
    /// More signals were set than there are.
    TooManySignals,
    /// A signal was set before.
    SignalAlreadySet,
    /// An assertion or a constraint does not hold: there is no witness for these inputs.
    AssertFailed,
    /// The program's memory is used up.
    NotEnoughMemory,
    /// An element beyond the end of an array.
    ArrayAccess,
    /// A code that circom does not use.
    Unknown(u32),
}

impl From<u32> for Rejection {
    fn from(code: u32) -> Self {
        match code {
            1 => Self::SignalNotFound,
            2 => Self::TooManySignals,
            3 => Self::SignalAlreadySet,
            4 => Self::AssertFailed,
            5 => Self::NotEnoughMemory,
            6 => Self::ArrayAccess,
            code => Self::Unknown(code),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignalNotFound => f.write_str("signal not found"),
            Self::TooManySignals => f.write_str("too many signals set"),
            Self::SignalAlreadySet => f.write_str("signal already set"),
            Self::AssertFailed => f.write_str("an assertion does not hold"),
            Self::NotEnoughMemory => f.write_str("not enough memory"),
            Self::ArrayAccess => f.write_str("access beyond the end of an array"),
            Self::Unknown(code) => write!(f, "unknown exception {code}"),
        }
    }
}

/// The exception of a program on its way through the interpreter.
#[derive(Debug)]
pub(super) struct Exception(pub(super) u32);

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Rejection::from(self.0).fmt(f)
    }
}

impl HostError for Exception {}

/// Why a witness program gave no assignment. Says nothing of the inputs' values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgramError {
    /// Not a WebAssembly module, or one that cannot be run.
    Malformed {
        /// What the interpreter says.
        reason: String,
    },
    /// The program wants something that circom's programs do not.
    Import {
        /// From where.
        module: String,
        /// What.
        name: String,
    },
    /// The program lacks a function that circom's programs have.
    Export {
        /// Which.
        name: &'static str,
    },
    /// The program was made by another major version of circom than 2.
    Version {
        /// By which.
        actual: u32,
    },
    /// The program is for another field than BN254's scalars.
    Field {
        /// Length of its elements in words of 32 bits.
        words: u32,
    },
    /// The circuit has no input of this name.
    UnknownInput {
        /// The name.
        name: String,
    },
    /// An input has another number of elements.
    InputLength {
        /// Its name.
        name: String,
        /// What the circuit has.
        expected: usize,
        /// What was given.
        actual: usize,
    },
    /// Inputs are missing. (A program tells how many elements it wants, but not their names.)
    MissingInputs {
        /// Elements of all inputs of the circuit.
        expected: u32,
        /// Elements given.
        actual: usize,
    },
    /// The program gave up.
    Rejected {
        /// Why.
        rejection: Rejection,
        /// What it printed: usually templates and lines of the circuit.
        message: String,
    },
    /// The program did not end within the limit.
    OutOfSteps {
        /// The limit.
        limit: u64,
    },
    /// The program, or the assignment, needs more memory than the limit.
    OutOfMemory {
        /// The limit in bytes.
        limit: usize,
    },
    /// The program did something that is not possible.
    Trapped {
        /// What the interpreter says.
        reason: String,
    },
    /// The program gave a value that is not below the modulus.
    NotCanonical {
        /// Of which wire.
        wire: u32,
    },
}

impl ProgramError {
    /// Translates an error of the interpreter.
    pub(super) fn of(error: &Error, limits: &Limits, message: &str) -> Self {
        if let Some(Exception(code)) = error.downcast_ref() {
            return Self::Rejected { rejection: (*code).into(), message: message.trim().to_owned() };
        }
        match (error.as_trap_code(), error.kind()) {
            (Some(TrapCode::OutOfFuel), _)
            | (_, ErrorKind::Fuel(_) | ErrorKind::Memory(MemoryError::OutOfFuel { .. })) => {
                Self::OutOfSteps { limit: limits.steps }
            }
            (Some(TrapCode::GrowthOperationLimited), _)
            | (
                _,
                ErrorKind::Memory(_)
                | ErrorKind::Instantiation(InstantiationError::FailedToInstantiateMemory(_)),
            ) => Self::OutOfMemory { limit: limits.memory },
            _ => Self::Trapped { reason: error.to_string() },
        }
    }
}

/// A number of elements in words.
fn elements(count: usize) -> String {
    if count == 1 { "1 element".to_owned() } else { format!("{count} elements") }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "not a witness program: {reason}"),
            Self::Import { module, name } => {
                write!(f, "not a witness program of circom 2: it imports {module}.{name}")
            }
            Self::Export { name } => {
                write!(f, "not a witness program of circom 2: it has no function {name}")
            }
            Self::Version { actual } => {
                write!(f, "the witness program is of circom {actual}; those of circom 2 can be run")
            }
            Self::Field { words } => {
                write!(f, "the witness program is not for BN254 (its numbers have {words} words)")
            }
            Self::UnknownInput { name } => write!(f, "the circuit has no input {name}"),
            Self::InputLength { name, expected, actual } => {
                write!(f, "input {name} has {} in the circuit, given: {actual}", elements(*expected))
            }
            Self::MissingInputs { expected, actual } => {
                write!(
                    f,
                    "inputs are missing: those of the circuit have {} in all, given: {actual}",
                    elements(usize::try_from(*expected).unwrap_or(usize::MAX))
                )
            }
            Self::Rejected { rejection, message } if message.is_empty() => {
                write!(f, "the witness program gave up: {rejection}")
            }
            Self::Rejected { rejection, message } => {
                write!(f, "the witness program gave up: {rejection} ({message})")
            }
            Self::OutOfSteps { limit } => write!(f, "the witness program did not end within {limit} steps"),
            Self::OutOfMemory { limit } => write!(f, "the witness program needs more than {limit} bytes"),
            Self::Trapped { reason } => write!(f, "the witness program failed: {reason}"),
            Self::NotCanonical { wire } => {
                write!(f, "the witness program gave wire {wire} a value that is not below the modulus")
            }
        }
    }
}

impl core::error::Error for ProgramError {}
