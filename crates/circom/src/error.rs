//! Why bytes are not one of circom's files.

use core::fmt;
use tabella_primitives::encoding::EncodingError;
use tabella_prover::KeyError;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A proving key of snarkjs.
    Zkey,
    /// The values of all variables.
    Wtns,
    /// The constraints of a circuit.
    R1cs,
}

impl Format {
    /// The first four bytes of a file, and its suffix.
    #[must_use]
    pub const fn magic(self) -> &'static str {
        match self {
            Self::Zkey => "zkey",
            Self::Wtns => "wtns",
            Self::R1cs => "r1cs",
        }
    }

    /// The version that is read and written, the only one in use.
    #[must_use]
    pub const fn version(self) -> u32 {
        match self {
            Self::Zkey | Self::R1cs => 1,
            Self::Wtns => 2,
        }
    }

    /// Names of the sections that are known, the first has number 1.
    pub(crate) const fn section_names(self) -> &'static [&'static str] {
        match self {
            Self::Zkey => &[
                "header",
                "groth16 header",
                "IC",
                "coefficients",
                "points A",
                "points B1",
                "points B2",
                "points C",
                "points H",
                "contributions",
            ],
            Self::Wtns => &["header", "values"],
            Self::R1cs => &["header", "constraints", "labels", "custom gates", "uses of custom gates"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".{}", self.magic())
    }
}

/// A section of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Section {
    /// Its number in the file.
    pub number: u32,
    /// What it holds, or `unknown`.
    pub name: &'static str,
}

impl Section {
    pub(crate) fn of(format: Format, number: u32) -> Self {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let name = place.and_then(|place| format.section_names().get(place)).copied();
        Self { number, name: name.unwrap_or("unknown") }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "section {} ({})", self.number, self.name)
    }
}

/// Why bytes are not a file of circom or snarkjs: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// What the bytes were read as.
    pub format: Format,
    /// The section in question; `None` for the file as a whole.
    pub section: Option<Section>,
    /// Where in the file, in bytes from its beginning.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} file, ", self.format)?;
        if let Some(section) = &self.section {
            write!(f, "{section}, ")?;
        }
        write!(f, "offset {}: {}", self.offset, self.fault)
    }
}

impl core::error::Error for FileError {}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The file does not begin with the four letters of its format.
    Magic,
    /// A version of the format that is not known here.
    Version {
        /// The version.
        actual: u32,
    },
    /// The file ends too early.
    Truncated {
        /// Bytes wanted at the offset.
        expected: u64,
        /// Bytes there are.
        actual: usize,
    },
    /// Bytes behind the last section, or behind what a section holds.
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// The section is missing.
    MissingSection,
    /// The section stands there twice.
    RepeatedSection,
    /// A section that the format does not have.
    UnknownSection,
    /// The section has another length than the header asks for.
    SectionLength {
        /// What the header asks for, in bytes.
        expected: u64,
        /// What it has.
        actual: usize,
    },
    /// The key is for another proof system than Groth16.
    ProofSystem {
        /// Its number in the file.
        number: u32,
        /// Its name, if it is known.
        name: Option<&'static str>,
    },
    /// The file is for another curve than BN254: a modulus differs.
    Curve {
        /// Name of the curve, if it is known.
        name: Option<&'static str>,
    },
    /// The circuit uses custom gates, which Groth16 does not have.
    CustomGates,
    /// A count that cannot be.
    Count {
        /// Of what.
        name: &'static str,
        /// The count.
        value: u64,
    },
    /// A field element that is not below its modulus.
    NotCanonical,
    /// The first value is the constant 1 in every assignment; here it is another.
    ConstantNotOne,
    /// A point is refused.
    Point {
        /// Its place in the section's list, or in the order of the header's points.
        index: usize,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// A coefficient is for neither A nor B.
    Matrix {
        /// What stands there for 0 (A) or 1 (B).
        actual: u32,
    },
    /// The coefficient's row is beyond the domain.
    Row {
        /// The row.
        row: u32,
    },
    /// The coefficient's column belongs to no variable.
    Column {
        /// The column.
        column: u32,
    },
    /// The coefficient is zero.
    ZeroCoefficient,
    /// A coefficient for the same matrix, row and column stands there twice.
    RepeatedCoefficient {
        /// The row.
        row: u32,
        /// The column.
        column: u32,
    },
    /// The last rows do not bind the public inputs, as they do in every key of snarkjs.
    PublicInputRow {
        /// The row that does not.
        row: u32,
    },
    /// The size of the domain is not the least power of two that holds constraints and public inputs.
    DomainSize {
        /// The least power of two.
        expected: usize,
        /// What the header says.
        actual: u32,
    },
    /// A label beyond their number.
    Label {
        /// The label.
        label: u64,
    },
    /// The parameters of a contribution are not as snarkjs writes them.
    Contribution {
        /// Number of the contribution, from 0.
        index: u32,
    },
    /// The parts of the key are refused.
    Key(KeyError),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |name: &Option<&'static str>| name.unwrap_or("unknown");
        match self {
            Self::Magic => f.write_str("the file does not begin as this format does"),
            Self::Version { actual } => write!(f, "version {actual} is not known here"),
            Self::Truncated { expected, actual } => {
                write!(f, "the file ends too early: {expected} bytes are wanted here and {actual} are left")
            }
            Self::Trailing { bytes } => write!(f, "{bytes} bytes too many"),
            Self::MissingSection => f.write_str("the section is missing"),
            Self::RepeatedSection => f.write_str("the section stands there twice"),
            Self::UnknownSection => f.write_str("the format has no such section"),
            Self::SectionLength { expected, actual } => {
                write!(f, "the section should have {expected} bytes and has {actual}")
            }
            Self::ProofSystem { number, name } => {
                write!(f, "the key is for proof system {number} ({}), not for groth16", known(name))
            }
            Self::Curve { name } => write!(f, "the curve ({}) is not BN254", known(name)),
            Self::CustomGates => f.write_str("the circuit uses custom gates, which Groth16 does not have"),
            Self::Count { name, value } => write!(f, "{value} is no possible number of {name}"),
            Self::NotCanonical => f.write_str("a field element is not below its modulus"),
            Self::ConstantNotOne => f.write_str("the first value is not the constant 1"),
            Self::Point { index, cause } => write!(f, "point {index}: {cause}"),
            Self::Matrix { actual } => {
                write!(f, "a coefficient for matrix {actual}, which is neither A nor B")
            }
            Self::Row { row } => write!(f, "row {row} is beyond the domain"),
            Self::Column { column } => write!(f, "no variable has column {column}"),
            Self::ZeroCoefficient => f.write_str("a coefficient is zero"),
            Self::RepeatedCoefficient { row, column } => {
                write!(f, "the coefficient of row {row} and column {column} stands there twice")
            }
            Self::PublicInputRow { row } => write!(f, "row {row} does not bind its public input"),
            Self::DomainSize { expected, actual } => {
                write!(f, "the domain should have {expected} elements and has {actual}")
            }
            Self::Label { label } => write!(f, "label {label} does not exist"),
            Self::Contribution { index } => write!(f, "contribution {index} is malformed"),
            Self::Key(error) => error.fmt(f),
        }
    }
}
