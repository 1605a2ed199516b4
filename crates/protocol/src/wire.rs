//! Strict decoding of Tabella's files: what all of them share.
//!
//! Files are JSON with a `format` that names type and version, without unknown or repeated fields, under a size limit
//! that is checked before anything is parsed. Text that carries bytes or field elements has one accepted form.

use crate::{identity::InvalidLabel, statement::CircuitId, trustee::ParametersError};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use tabella_primitives::{
    edwards::Point,
    elgamal::{EncryptionKeyError, MAX_SLOTS},
    encoding::{self, EncodingError},
};

/// Why bytes are not one of Tabella's files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// More bytes than such a file can have; nothing was parsed.
    Oversized {
        /// Greatest number of bytes.
        limit: usize,
        /// Number of bytes given.
        actual: usize,
    },
    /// Not JSON, or not the fields this type has.
    Json {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1; 0 at the end of the input.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// The file is of another type or version.
    WrongFormat {
        /// The format this decoder reads.
        expected: &'static str,
        /// The format the file names.
        found: String,
    },
    /// A field does not hold the canonical form of its value.
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// No circuit of this library has that name.
    UnknownCircuit {
        /// The name in the file.
        name: String,
    },
    /// A field is no name.
    Label {
        /// Name of the field.
        field: &'static str,
        /// What is wrong with it.
        error: InvalidLabel,
    },
    /// There can be no key ceremony with these parameters.
    Ceremony(ParametersError),
    /// The field `secret.keys` is no encryption key.
    EncryptionKey(EncryptionKeyError),
    /// The indices of a selection are not strictly ascending, or there are too many of them.
    SelectionNotCanonical,
    /// The packages of a ceremony's record are not in their one order (by round, sender and digest), or one stands there twice.
    PackageOrder,
    /// Binary form: bytes are missing at the end, or bytes follow the end.
    Length {
        /// Number of bytes that the content asks for.
        expected: usize,
        /// Number of bytes given.
        actual: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oversized { limit, actual } => {
                write!(f, "oversized: {actual} bytes where at most {limit} are possible")
            }
            Self::Json { line, column, reason } => {
                write!(f, "malformed JSON at line {line}, column {column}: {reason}")
            }
            Self::WrongFormat { expected, found } => {
                write!(f, "wrong format: expected {expected:?}, found {found:?}")
            }
            Self::Field { field, error } => write!(f, "field `{field}`: {error}"),
            Self::UnknownCircuit { name } => write!(f, "unknown circuit {name:?}"),
            Self::Label { field, error } => write!(f, "field `{field}`: {error}"),
            Self::Ceremony(error) => write!(f, "no ceremony: {error}"),
            Self::EncryptionKey(error) => write!(f, "field `secret.keys`: {error}"),
            Self::PackageOrder => f.write_str(
                "packages are not in order by round, sender and digest, or one stands there twice",
            ),
            Self::SelectionNotCanonical => {
                f.write_str("field `selection`: the option numbers are not strictly ascending, or too many")
            }
            Self::Length { expected, actual } => {
                write!(f, "wrong length: expected {expected} bytes, found {actual}")
            }
        }
    }
}

impl core::error::Error for DecodeError {}

/// Parses JSON under a size limit.
pub(crate) fn parse_json<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    limit: usize,
) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::Oversized { limit, actual: bytes.len() });
    }
    serde_json::from_slice(bytes).map_err(|error| json_error(&error))
}

/// Parses a JSON file of this type and version. A file that names another one is told as that, whatever else is in it and however long
/// it is.
pub(crate) fn parse_json_as<T: serde::de::DeserializeOwned>(
    format: &'static str,
    bytes: &[u8],
    limit: usize,
) -> Result<T, DecodeError> {
    #[derive(serde::Deserialize)]
    struct Tag {
        format: String,
    }
    if let Ok(tag) = serde_json::from_slice::<Tag>(bytes) {
        expect_format(format, &tag.format)?;
    }
    parse_json(bytes, limit)
}

/// Translates the parser's error into one that can be compared.
pub(crate) fn json_error(error: &serde_json::Error) -> DecodeError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    // The parser appends the position, which stands in fields of its own here.
    let reason = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text).to_string();
    DecodeError::Json { line, column, reason }
}

/// One-line JSON without spaces.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("types with named fields and text keys always serialize")
}

/// Refuses a file of another type or version.
pub(crate) fn expect_format(expected: &'static str, found: &str) -> Result<(), DecodeError> {
    if found == expected {
        return Ok(());
    }
    // A hostile file shall not fill the terminal: sixty-four characters tell enough.
    Err(DecodeError::WrongFormat { expected, found: found.chars().take(64).collect() })
}

/// The circuit of that name.
pub(crate) fn circuit(name: &str) -> Result<CircuitId, DecodeError> {
    CircuitId::from_name(name)
        .ok_or_else(|| DecodeError::UnknownCircuit { name: name.chars().take(64).collect() })
}

/// Puts the name of the field on an encoding error.
pub(crate) fn in_field(field: &'static str) -> impl Fn(EncodingError) -> DecodeError {
    move |error| DecodeError::Field { field, error }
}

/// Decodes packed points in hexadecimal digits, at most as many as a ciphertext has.
pub(crate) fn points(field: &'static str, texts: &[String]) -> Result<Vec<Point>, DecodeError> {
    if texts.len() > MAX_SLOTS + 1 {
        let error = EncodingError::Length { expected: MAX_SLOTS + 1, actual: texts.len() };
        return Err(DecodeError::Field { field, error });
    }
    let point = |text: &String| {
        encoding::decode_hex::<{ Point::PACKED_LEN }>(text)
            .and_then(|bytes| Point::from_packed(&bytes))
            .map_err(in_field(field))
    };
    texts.iter().map(point).collect()
}

/// Writes the name of a circuit behind its length, one byte; [`Reader::circuit`] reads it.
pub(crate) fn put_circuit(bytes: &mut Vec<u8>, circuit: CircuitId) {
    let name = circuit.name();
    bytes.push(u8::try_from(name.len()).expect("names of circuits are short"));
    bytes.extend_from_slice(name.as_bytes());
}

/// Takes the first `N` bytes off.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

/// Reads a compact form from its beginning to its exact end.
pub(crate) struct Reader<'a> {
    whole: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { whole: bytes.len(), rest: bytes }
    }

    /// The error of a form that ends before so many more bytes.
    const fn short(&self, wanted: usize) -> DecodeError {
        DecodeError::Length { expected: self.whole - self.rest.len() + wanted, actual: self.whole }
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let error = self.short(N);
        take(&mut self.rest).ok_or(error)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(crate) fn slice(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self.rest.split_at_checked(length).ok_or(self.short(length))?;
        self.rest = tail;
        Ok(head)
    }

    /// The name of a circuit behind its length.
    pub(crate) fn circuit(&mut self) -> Result<CircuitId, DecodeError> {
        let length = self.u8()?;
        circuit(&String::from_utf8_lossy(self.slice(length.into())?))
    }

    /// Everything up to the end.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// Refuses bytes after the end.
    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.short(0)) }
    }
}
