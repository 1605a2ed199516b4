//! Why bytes or parts are not a proving key.

use crate::{frame::FrameFault, matrices::MatrixError};
use core::fmt;
use tabella_primitives::{digest::Digest, encoding::EncodingError};

/// A point or a list of points of a proving key that the verifying key does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPart {
    /// `beta` in G1.
    Beta,
    /// `delta` in G1.
    Delta,
    /// Query a: for every variable its polynomial of A at tau, in G1.
    A,
    /// Query b: for every variable its polynomial of B at tau, in G1.
    BInG1,
    /// The same as [`Self::BInG1`], in G2.
    BInG2,
    /// Query h: for the quotient, in G1.
    H,
    /// Query l: for every witness variable, in G1.
    L,
}

impl fmt::Display for KeyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Beta => "beta",
            Self::Delta => "delta",
            Self::A => "query a",
            Self::BInG1 => "query b in G1",
            Self::BInG2 => "query b in G2",
            Self::H => "query h",
            Self::L => "query l",
        })
    }
}

/// Why bytes or parts are not a proving key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Bytes of a proving key are at fault.
    InFile {
        /// The section.
        section: &'static str,
        /// Where in the bytes.
        offset: usize,
        /// What is wrong there.
        cause: Box<Self>,
    },
    /// The sections are not those of a proving key.
    Frame(FrameFault),
    /// A count in the head is too large for a circuit.
    Count {
        /// Which count.
        name: &'static str,
        /// Its value.
        value: u64,
    },
    /// The verifying key inside is refused.
    VerifyingKey(tabella_verifier::KeyError),
    /// The verifying key inside has another number of public inputs than the matrices.
    PublicInputs {
        /// In the matrices.
        expected: usize,
        /// In the verifying key.
        actual: usize,
    },
    /// A point is refused.
    Point {
        /// Which point, or which list of them.
        part: KeyPart,
        /// Its place in the list.
        index: usize,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// A coordinate is not below the modulus.
    NotCanonical,
    /// Compact bytes: no three points have these four coordinates.
    Triple,
    /// Compact bytes: which lists are by threes is said of lists that there are not.
    ByThrees {
        /// The byte that says it.
        value: u8,
    },
    /// Compact bytes: points are written one by one that can be written by threes.
    NotPacked,
    /// A list of points has another length than the circuit asks for.
    PointCount {
        /// Which list.
        part: KeyPart,
        /// What the circuit asks for.
        expected: usize,
        /// What there is.
        actual: usize,
    },
    /// `beta` or `delta` has another logarithm in G1 than in G2.
    Contradiction {
        /// Which of them.
        part: KeyPart,
    },
    /// The basis of the quotient has a number unknown here.
    Basis {
        /// The number.
        value: u64,
    },
    /// Constraints and public inputs together exceed the roots of unity of the field.
    TooManyRows {
        /// How many there are.
        rows: usize,
    },
    /// Constraints that were to complete the key differ from its own.
    OtherCircuit,
    /// Rows are not the matrices of a circuit.
    Matrices(MatrixError),
    /// A coefficient of the pool is not canonical, is zero, or stands there twice.
    Coefficient {
        /// Its place in the pool.
        index: usize,
    },
    /// A row of a matrix is not in canonical form.
    Row {
        /// `A`, `B` or `C`.
        matrix: char,
        /// Number of the row.
        row: usize,
    },
    /// Bits behind the last variable, among those that say where a query has points, are not zero.
    Places {
        /// Which query.
        part: KeyPart,
    },
    /// The key came without a list of points that is needed.
    Absent {
        /// Which list.
        part: KeyPart,
    },
    /// The digest in the head is not that of the matrices.
    CircuitDigest {
        /// In the head.
        expected: Digest,
        /// Of the matrices.
        actual: Digest,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFile { section, offset, cause } => {
                write!(f, "proving key, section {section:?}, offset {offset}: {cause}")
            }
            Self::Frame(fault) => fault.fmt(f),
            Self::Count { name, value } => write!(f, "the proving key claims {value} {name}: too many"),
            Self::VerifyingKey(error) => write!(f, "in the proving key: {error}"),
            Self::PublicInputs { expected, actual } => {
                write!(
                    f,
                    "the verifying key in the proving key has {actual} public inputs, the matrices {expected}"
                )
            }
            Self::Point { part, index, cause } => {
                write!(f, "point {index} of {part} in the proving key: {cause}")
            }
            Self::NotCanonical => f.write_str("a coordinate is not below the modulus"),
            Self::Triple => f.write_str("no three points have these four coordinates"),
            Self::ByThrees { value } => write!(f, "{value} does not say which of four lists are by threes"),
            Self::NotPacked => f.write_str("points are written one by one that can be written by threes"),
            Self::PointCount { part, expected, actual } => {
                write!(f, "{part} of the proving key should have {expected} points and has {actual}")
            }
            Self::Contradiction { part } => {
                write!(f, "{part} of the proving key is not the same in G1 and in G2")
            }
            Self::Basis { value } => write!(f, "the quotient is in a basis unknown here ({value})"),
            Self::TooManyRows { rows } => {
                write!(f, "the circuit has {rows} rows, too many for the scalar field of BN254")
            }
            Self::OtherCircuit => {
                f.write_str("the constraints are not those of the proving key: A, B or the variables differ")
            }
            Self::Matrices(error) => error.fmt(f),
            Self::Coefficient { index } => {
                write!(f, "coefficient {index} in the proving key is not canonical")
            }
            Self::Row { matrix, row } => {
                write!(f, "row {row} of matrix {matrix} in the proving key is not canonical")
            }
            Self::Places { part } => {
                write!(f, "the proving key says where {part} has points, beyond the last variable")
            }
            Self::Absent { part } => {
                write!(f, "the proving key is a compact one, without {part}: take the whole key")
            }
            Self::CircuitDigest { expected, actual } => {
                write!(f, "the proving key names circuit {expected}, its matrices are those of {actual}")
            }
        }
    }
}

impl core::error::Error for KeyError {}
