//! One state of a registry as a file for citizens: enough for a wallet to make its own membership path.
//!
//! A wallet takes the whole file, because whoever asks a server for one path tells the server who is about to vote.
//! The file is JSON with one commitment per line, so that an error can name the line:
//!
//! ```json
//! {"format":"tabella-registry","version":1,"sequence":1,"root":"78..","size":2,"commitments":[
//! "1",
//! "2"
//! ]}
//! ```
//!
//! `commitments` are those of all slots in order, `"0"` where a citizen was removed. `root` is `null` where nobody
//! stands under it. The nodes of the tree are not in it: they are computed when the file is read, which checks the root.

use super::{LeanImt, OnProgress, Registry, RegistryRoot, RestoreError, decimal_list::DecimalList};
use core::fmt;
use serde::Deserialize;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use tabella_primitives::encoding::{Canonical, EncodingError};

const FORMAT: &str = "tabella-registry";
const VERSION: u32 = 1;

/// Why a file is not a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Reading failed.
    Io(ErrorKind),
    /// Not the JSON that this format asks for.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON of another format.
    Format,
    /// A version of the format that this program does not know.
    Version {
        /// Version in the file.
        found: u32,
    },
    /// A commitment is not a canonical decimal number.
    Commitment {
        /// The slot, from 0.
        index: usize,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// The file has not as many commitments as it says.
    Size {
        /// Number that the file names.
        expected: u64,
        /// Number of commitments in it.
        actual: u64,
    },
    /// The commitments do not make the root that the file names.
    Root,
    /// The commitments break a rule of registries.
    Rules(RestoreError),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(kind) => write!(f, "the registry could not be read: {kind}"),
            Self::Json { line, column } => {
                write!(f, "line {line}, column {column}: not a registry file of Tabella")
            }
            Self::Format => write!(f, "not a registry file of Tabella: its format is not {FORMAT:?}"),
            Self::Version { found } => {
                write!(f, "the registry file has version {found}, this program reads version {VERSION}")
            }
            Self::Commitment { index, cause } => write!(f, "the commitment in slot {index}: {cause}"),
            Self::Size { expected, actual } => {
                write!(f, "the registry file says {expected} slots and holds {actual}")
            }
            Self::Root => f.write_str("the commitments do not make the root that the registry file names"),
            Self::Rules(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SnapshotError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: alloc::string::String,
    version: u32,
    sequence: u64,
    #[serde(deserialize_with = "Option::deserialize")]
    root: Option<RegistryRoot>,
    size: u64,
    commitments: DecimalList,
}

impl Registry {
    /// Writes the present state for citizens (see the module's description of the format); 80 bytes per citizen.
    ///
    /// # Errors
    /// What the writer answers.
    pub fn write_snapshot(&self, writer: impl Write) -> std::io::Result<()> {
        let mut writer = BufWriter::new(writer);
        write!(
            writer,
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"sequence\":{},\"root\":",
            self.history().sequence()
        )?;
        match self.root() {
            Some(root) => write!(writer, "\"{root}\"")?,
            None => writer.write_all(b"null")?,
        }
        write!(writer, ",\"size\":{},\"commitments\":[", self.size())?;
        for (index, leaf) in self.tree().leaves().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(writer, "{comma}\n\"{}\"", leaf.to_decimal())?;
        }
        writer.write_all(b"\n]}\n")?;
        writer.flush()
    }

    /// Reads what [`write_snapshot`](Self::write_snapshot) wrote and computes the tree again. The history starts with
    /// this state, under the number it has at its registrar's.
    ///
    /// The root is that of the commitments; whether it is the one an election was opened with, the caller compares.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read_snapshot(reader: impl Read, on_progress: OnProgress<'_>) -> Result<Self, SnapshotError> {
        let file: File = serde_json::from_reader(BufReader::new(reader)).map_err(|error| {
            error.io_error_kind().map_or_else(
                || SnapshotError::Json { line: error.line(), column: error.column() },
                SnapshotError::Io,
            )
        })?;
        if file.format != FORMAT {
            return Err(SnapshotError::Format);
        }
        if file.version != VERSION {
            return Err(SnapshotError::Version { found: file.version });
        }
        if let Some((index, cause)) = file.commitments.bad {
            return Err(SnapshotError::Commitment { index, cause });
        }
        let leaves = file.commitments.values;
        let actual = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        if actual != file.size {
            return Err(SnapshotError::Size { expected: file.size, actual });
        }
        let mut tree = LeanImt::new();
        tree.check_room(leaves.len())
            .map_err(|_| SnapshotError::Size { expected: super::MAX_SIZE, actual })?;
        tree.extend(leaves.into_iter(), on_progress);
        let registry = Self::imported(tree, file.sequence).map_err(SnapshotError::Rules)?;
        if registry.root() == file.root { Ok(registry) } else { Err(SnapshotError::Root) }
    }

    /// Writes the citizens as CSV: columns `slot,commitment`, removed slots left out.
    ///
    /// For people and other programs. Where a citizen was removed, a registry made from this file has another root.
    ///
    /// # Errors
    /// What the writer answers.
    pub fn write_csv(&self, writer: impl Write) -> std::io::Result<()> {
        let mut writer = BufWriter::new(writer);
        writer.write_all(b"slot,commitment\n")?;
        for (slot, commitment) in self.citizens() {
            writeln!(writer, "{slot},{commitment}")?;
        }
        writer.flush()
    }
}
