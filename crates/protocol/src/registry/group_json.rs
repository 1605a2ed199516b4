//! A registry as Semaphore's JavaScript exports and imports a group: `Group.export()` of `@semaphore-protocol/group` v4.
//!
//! The text is one JSON array of levels, leaves first, root last, each an array of decimal strings: `[["1","2"],["78.."]]`.
//! A removed citizen is `"0"`; an empty group is `[[]]`. JavaScript believes every node it is given; here each is
//! computed again.

use super::{InconsistentTree, LeanImt, OnProgress, Registry, RestoreError, decimal_list::DecimalList};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::Deserialize;
use tabella_primitives::encoding::{Canonical, EncodingError};

/// Why a text is not a Semaphore group that a registry can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupImportError {
    /// Not JSON, or not an array of arrays of strings.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Reading failed.
    #[cfg(feature = "std")]
    Io(std::io::ErrorKind),
    /// A node is not a canonical decimal number.
    Encoding {
        /// The node's level; 0 are the citizens.
        level: usize,
        /// The node's position in its level, from 0.
        index: usize,
        /// What is wrong with it.
        cause: EncodingError,
    },
    /// The nodes are not those of a tree.
    Inconsistent(InconsistentTree),
    /// The tree breaks a rule of registries.
    Rules(RestoreError),
}

impl fmt::Display for GroupImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => write!(
                f,
                "line {line}, column {column}: not a Semaphore group (an array of arrays of decimal strings)"
            ),
            #[cfg(feature = "std")]
            Self::Io(kind) => write!(f, "the group could not be read: {kind}"),
            Self::Encoding { level, index, cause } => write!(f, "node {index} of level {level}: {cause}"),
            Self::Inconsistent(error) => error.fmt(f),
            Self::Rules(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for GroupImportError {}

impl From<serde_json::Error> for GroupImportError {
    fn from(error: serde_json::Error) -> Self {
        #[cfg(feature = "std")]
        if let Some(kind) = error.io_error_kind() {
            return Self::Io(kind);
        }
        Self::Json { line: error.line(), column: error.column() }
    }
}

impl Registry {
    /// A registry from a Semaphore group's JSON. Its history starts with the import.
    ///
    /// # Errors
    /// [`GroupImportError`] names the first wrong node, level, or citizen.
    pub fn from_group_json(text: &str, on_progress: OnProgress<'_>) -> Result<Self, GroupImportError> {
        parse(&mut serde_json::Deserializer::from_str(text), on_progress)
    }

    /// [`from_group_json`](Self::from_group_json) from a reader, which need not be buffered.
    ///
    /// # Errors
    /// As [`from_group_json`](Self::from_group_json), and [`GroupImportError::Io`].
    #[cfg(feature = "std")]
    pub fn read_group_json(
        reader: impl std::io::Read,
        on_progress: OnProgress<'_>,
    ) -> Result<Self, GroupImportError> {
        let reader = std::io::BufReader::new(reader);
        parse(&mut serde_json::Deserializer::from_reader(reader), on_progress)
    }

    /// The registry as a Semaphore group's JSON, byte for byte as JavaScript writes it.
    #[must_use]
    pub fn to_group_json(&self) -> String {
        let mut text = String::new();
        write_levels(self.tree(), |part| {
            text.push_str(part);
            Ok::<(), core::convert::Infallible>(())
        })
        .unwrap_or_else(|never| match never {});
        text
    }

    /// [`to_group_json`](Self::to_group_json) to a writer; 1,000,000 citizens make 160 MB.
    ///
    /// # Errors
    /// What the writer answers.
    #[cfg(feature = "std")]
    pub fn write_group_json(&self, writer: impl std::io::Write) -> std::io::Result<()> {
        use std::io::Write;
        let mut writer = std::io::BufWriter::new(writer);
        write_levels(self.tree(), |part| writer.write_all(part.as_bytes()))?;
        writer.flush()
    }
}

fn parse<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    on_progress: OnProgress<'_>,
) -> Result<Registry, GroupImportError> {
    let lists = Vec::<DecimalList>::deserialize(&mut *deserializer)?;
    deserializer.end()?;
    let mut levels = Vec::with_capacity(lists.len());
    for (level, list) in lists.into_iter().enumerate() {
        if let Some((index, cause)) = list.bad {
            return Err(GroupImportError::Encoding { level, index, cause });
        }
        levels.push(list.values);
    }
    let tree = LeanImt::from_levels_unchecked(levels).map_err(GroupImportError::Inconsistent)?;
    tree.check(on_progress).map_err(GroupImportError::Inconsistent)?;
    Registry::imported(tree, 1).map_err(GroupImportError::Rules)
}

fn write_levels<E>(tree: &LeanImt, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    write("[")?;
    for level in 0..=tree.depth() {
        write(if level == 0 { "[" } else { ",[" })?;
        for (index, node) in tree.level(level).unwrap_or_default().iter().enumerate() {
            write(if index == 0 { "\"" } else { ",\"" })?;
            write(&node.to_decimal())?;
            write("\"")?;
        }
        write("]")?;
    }
    write("]")
}
