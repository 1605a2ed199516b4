//! Lists of commitments from elsewhere: CSV and JSON lines, read as a stream.
//!
//! A [`CsvCommitments`] or [`JsonLinesCommitments`] yields one commitment after the other or the first error, in bounded
//! memory. An [`ImportBatch`] collects them and remembers their lines; nothing enters a registry before all are good.
//!
//! Both formats: UTF-8, lines end in LF or CRLF, the last one may lack its end, a byte order mark may stand in front, and
//! lines without any character are skipped. A commitment is decimal text in its shortest form, and nothing else:
//! one commitment must not have two names.

mod csv;
mod json_lines;
mod lines;

pub use csv::CsvCommitments;
pub use json_lines::JsonLinesCommitments;
pub use lines::MAX_LINE_LENGTH;

use super::{AppendError, OnProgress, Registry, quietly};
use crate::identity::IdentityCommitment;
use alloc::vec::Vec;
use core::fmt;
use std::io::ErrorKind;
use tabella_primitives::encoding::EncodingError;

/// A commitment and the line on which it stood, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedCommitment {
    /// The line, from 1.
    pub line: u64,
    /// The commitment, not 0.
    pub commitment: IdentityCommitment,
}

/// The first line of a list that cannot be imported. Nothing of the list was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub cause: ImportCause,
}

/// What is wrong with a line of a list of commitments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportCause {
    /// Reading failed.
    Io(ErrorKind),
    /// The line has more than [`MAX_LINE_LENGTH`] bytes.
    TooLong,
    /// The text is not UTF-8.
    NotUtf8,
    /// A quotation mark is missing, or stands where none may stand.
    Quotes,
    /// The header names no column `commitment` or `identity_commitment`, and there are several columns.
    NoCommitmentColumn,
    /// The header names two columns of commitments.
    TwoCommitmentColumns,
    /// The line has not as many columns as the first one.
    Columns {
        /// Columns of the first line.
        expected: usize,
        /// Columns of this line.
        actual: usize,
    },
    /// Not a JSON string, nor an object with the one string `commitment`.
    Json {
        /// Column, from 1.
        column: usize,
    },
    /// Hexadecimal: commitments are decimal.
    Hexadecimal,
    /// Not a canonical decimal number.
    Encoding(EncodingError),
    /// The commitment is 0.
    Zero,
    /// The same commitment stands on an earlier line.
    Repeated {
        /// That line, from 1.
        line: u64,
    },
    /// The commitment is registered already.
    Registered {
        /// The slot in which it stands.
        index: u64,
    },
    /// The list holds no commitment.
    Empty,
    /// The registry has no room for so many.
    Full,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.cause {
            ImportCause::Io(kind) => write!(f, "reading failed: {kind}"),
            ImportCause::TooLong => write!(f, "longer than {MAX_LINE_LENGTH} bytes"),
            ImportCause::NotUtf8 => f.write_str("not UTF-8 text"),
            ImportCause::Quotes => f.write_str("a quotation mark is missing or misplaced"),
            ImportCause::NoCommitmentColumn => {
                f.write_str("no column is named `commitment` or `identity_commitment`")
            }
            ImportCause::TwoCommitmentColumns => f.write_str("two columns of commitments"),
            ImportCause::Columns { expected, actual } => {
                write!(f, "expected {expected} columns, found {actual}")
            }
            ImportCause::Json { column } => {
                write!(f, "column {column}: expected \"<commitment>\" or {{\"commitment\":\"<commitment>\"}}")
            }
            ImportCause::Hexadecimal => f.write_str("commitments are decimal numbers, found hexadecimal"),
            ImportCause::Encoding(error) => error.fmt(f),
            ImportCause::Zero => f.write_str("the commitment is 0"),
            ImportCause::Repeated { line } => write!(f, "the same commitment as on line {line}"),
            ImportCause::Registered { index } => {
                write!(f, "the commitment is registered already, in slot {index}")
            }
            ImportCause::Empty => f.write_str("the list holds no commitment"),
            ImportCause::Full => f.write_str("the registry has no room for so many citizens"),
        }
    }
}

impl core::error::Error for ImportError {}

/// A whole list of commitments with their lines, ready to be appended all or none. 40 bytes per citizen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportBatch {
    commitments: Vec<IdentityCommitment>,
    lines: Vec<u64>,
}

impl ImportBatch {
    /// Collects a list up to its end or its first error.
    ///
    /// # Errors
    /// The first [`ImportError`] of the list.
    pub fn collect(
        list: impl IntoIterator<Item = Result<ImportedCommitment, ImportError>>,
    ) -> Result<Self, ImportError> {
        let mut batch = Self::default();
        for entry in list {
            let entry = entry?;
            batch.commitments.push(entry.commitment);
            batch.lines.push(entry.line);
        }
        Ok(batch)
    }

    /// The commitments, in the order of the list.
    #[must_use]
    pub fn commitments(&self) -> &[IdentityCommitment] {
        &self.commitments
    }

    /// Says on which line of the list an append failed.
    #[must_use]
    pub fn locate(&self, error: &AppendError) -> ImportError {
        let line = |position: &u64| {
            usize::try_from(*position)
                .ok()
                .and_then(|position| self.lines.get(position))
                .copied()
                .unwrap_or(1)
        };
        let last = self.lines.last().copied().unwrap_or(1);
        let (line, cause) = match error {
            AppendError::NoCommitments => (last, ImportCause::Empty),
            AppendError::Zero { position } => (line(position), ImportCause::Zero),
            AppendError::Registered { position, index } => {
                (line(position), ImportCause::Registered { index: *index })
            }
            AppendError::Repeated { position, earlier } => {
                (line(position), ImportCause::Repeated { line: line(earlier) })
            }
            AppendError::Full { .. } => (last, ImportCause::Full),
        };
        ImportError { line, cause }
    }
}

impl Registry {
    /// Appends all commitments of a list, or none; answers their number.
    ///
    /// # Errors
    /// [`ImportError`] names the first line that is refused.
    pub fn import(
        &mut self,
        list: impl IntoIterator<Item = Result<ImportedCommitment, ImportError>>,
    ) -> Result<u64, ImportError> {
        self.import_batch(&ImportBatch::collect(list)?, &mut quietly)
    }

    /// Appends a collected list with a progress bar; answers the number of commitments.
    ///
    /// # Errors
    /// [`ImportError`] names the first line that is refused.
    pub fn import_batch(
        &mut self,
        batch: &ImportBatch,
        on_progress: OnProgress<'_>,
    ) -> Result<u64, ImportError> {
        let before = self.size();
        self.append_batch_with_progress(&batch.commitments, on_progress)
            .map_err(|error| batch.locate(&error))?;
        Ok(self.size() - before)
    }
}

/// One commitment in decimal.
fn commitment(text: &str) -> Result<IdentityCommitment, ImportCause> {
    if text.starts_with("0x") || text.starts_with("0X") {
        return Err(ImportCause::Hexadecimal);
    }
    match IdentityCommitment::from_decimal(text) {
        // Here and not only in the registry, so that whoever only reads a list sees it too.
        Ok(_) if text == "0" => Err(ImportCause::Zero),
        Ok(commitment) => Ok(commitment),
        Err(error) => Err(ImportCause::Encoding(error)),
    }
}
