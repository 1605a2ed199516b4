//! Which keys belong to which circuit: circuit digest, verifying key, proving key, provenance.
//!
//! `params/manifest.json` is compiled in ([`Manifest::pinned`]). A change there means other keys.

use crate::{KeyFile, KeyKind, Provenance};
use core::fmt;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use tabella_primitives::digest::Digest;
use tabella_protocol::statement::CircuitId;

/// Version of the manifest's format.
const VERSION: u32 = 2;

/// A key as the manifest names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// Digest of the key's bytes, see [`KeyKind::digest`].
    pub digest: Digest,
    /// Length of the key in bytes, without the header of a key file.
    pub bytes: u64,
}

/// The keys of one circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The circuit.
    pub circuit: CircuitId,
    /// Digest of its constraint matrices.
    pub circuit_digest: Digest,
    /// Where its keys come from.
    pub provenance: Provenance,
    /// Its verifying key.
    pub verifying_key: KeyName,
    /// Its proving key.
    pub proving_key: KeyName,
    /// The same proving key in compact bytes, as `tabella_prover::ProvingKey::to_compact_bytes` encodes it.
    pub compact_key: KeyName,
}

/// The keys of all circuits, at most one entry for each.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
}

/// Why text is not a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not the JSON of a manifest, at this place.
    Json {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// Another version of the format.
    Version {
        /// The version found.
        found: u32,
    },
    /// An entry is for a circuit that is not known here.
    UnknownCircuit {
        /// Number of the entry, counted from 0.
        entry: usize,
    },
    /// Two entries are for one circuit.
    Duplicate {
        /// The circuit.
        circuit: CircuitId,
    },
    /// A digest is not 64 lower-case hexadecimal digits.
    Digest {
        /// The circuit.
        circuit: CircuitId,
        /// The field.
        field: &'static str,
    },
    /// The provenance is neither `insecure-development` without nor `ceremony` with a transcript.
    Provenance {
        /// The circuit.
        circuit: CircuitId,
    },
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => {
                write!(f, "the manifest of keys cannot be read at line {line}, column {column}")
            }
            Self::Version { found } => {
                write!(f, "the manifest of keys has version {found}; version {VERSION} is known here")
            }
            Self::UnknownCircuit { entry } => {
                write!(f, "entry {entry} of the manifest of keys is for an unknown circuit")
            }
            Self::Duplicate { circuit } => write!(f, "the manifest of keys has two entries for {circuit}"),
            Self::Digest { circuit, field } => {
                write!(f, "in the manifest of keys, {field} of {circuit} is not a digest")
            }
            Self::Provenance { circuit } => {
                write!(f, "in the manifest of keys, the provenance of {circuit} is not valid")
            }
        }
    }
}

impl core::error::Error for ManifestError {}

/// A key file that is not the one which the manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotPinned {
    /// The manifest has no keys for the circuit.
    Circuit {
        /// The circuit.
        circuit: CircuitId,
    },
    /// The file is for another circuit than the one asked for.
    OtherCircuit {
        /// Asked for.
        expected: CircuitId,
        /// In the file.
        actual: CircuitId,
    },
    /// The file holds a key of another kind.
    Kind {
        /// Asked for.
        expected: KeyKind,
        /// In the file.
        actual: KeyKind,
    },
    /// The file is for another version of the circuit.
    CircuitDigest {
        /// In the manifest.
        expected: Digest,
        /// In the file.
        actual: Digest,
    },
    /// The file claims another provenance.
    Provenance {
        /// In the manifest.
        expected: Provenance,
        /// In the file.
        actual: Provenance,
    },
    /// The file holds another key.
    Key {
        /// In the manifest.
        expected: Digest,
        /// Of the key in the file.
        actual: Digest,
    },
}

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circuit { circuit } => write!(f, "no keys are pinned for {circuit}"),
            Self::OtherCircuit { expected, actual } => {
                write!(f, "the key file is for {actual}, asked for was {expected}")
            }
            Self::Kind { expected, actual } => {
                write!(f, "the key file holds a {actual}, asked for was a {expected}")
            }
            Self::CircuitDigest { expected, actual } => write!(
                f,
                "the key file is for another version of the circuit: pinned is {expected}, the file has {actual}"
            ),
            Self::Provenance { expected, actual } => {
                write!(f, "the key file claims \"{actual}\", pinned is \"{expected}\"")
            }
            Self::Key { expected, actual } => {
                write!(f, "the key file holds another key: pinned is {expected}, the file has {actual}")
            }
        }
    }
}

impl core::error::Error for NotPinned {}

impl Manifest {
    /// The manifest that is compiled in.
    ///
    /// # Panics
    /// Never: the test `the_committed_manifest_reads` reads it.
    #[must_use]
    pub fn pinned() -> &'static Self {
        static PINNED: OnceLock<Manifest> = OnceLock::new();
        PINNED.get_or_init(|| {
            Self::from_json(include_str!("../manifest.json"))
                .expect("the committed manifest is tested to be valid")
        })
    }

    /// A manifest of these entries, which are put into the order of [`CircuitId::ALL`].
    ///
    /// # Errors
    /// [`ManifestError::Duplicate`].
    pub fn new(mut entries: Vec<ManifestEntry>) -> Result<Self, ManifestError> {
        entries.sort_by_key(|entry| entry.circuit);
        match entries.iter().zip(entries.iter().skip(1)).find(|(a, b)| a.circuit == b.circuit) {
            Some((entry, _)) => Err(ManifestError::Duplicate { circuit: entry.circuit }),
            None => Ok(Self { entries }),
        }
    }

    /// Reads a manifest. Unknown fields are refused.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let file: FileJson = serde_json::from_str(text)
            .map_err(|error| ManifestError::Json { line: error.line(), column: error.column() })?;
        if file.version != VERSION {
            return Err(ManifestError::Version { found: file.version });
        }
        let entries = file.circuits.iter().enumerate().map(|(number, entry)| entry.read(number));
        Self::new(entries.collect::<Result<_, _>>()?)
    }

    /// Writes the manifest as [`Self::from_json`] reads it.
    ///
    /// # Panics
    /// Never: strings and numbers always have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        let circuits = self.entries.iter().map(EntryJson::of).collect();
        let mut text = serde_json::to_string_pretty(&FileJson { version: VERSION, circuits })
            .expect("strings and numbers have a JSON form");
        text.push('\n');
        text
    }

    /// All entries, in the order of [`CircuitId::ALL`].
    #[must_use]
    pub fn entries(&self) -> &[ManifestEntry] {
        &self.entries
    }

    /// The keys of a circuit.
    ///
    /// # Errors
    /// [`NotPinned::Circuit`].
    pub fn entry(&self, circuit: CircuitId) -> Result<&ManifestEntry, NotPinned> {
        self.entries.iter().find(|entry| entry.circuit == circuit).ok_or(NotPinned::Circuit { circuit })
    }
}

impl ManifestEntry {
    /// Checks that a key file is the one that is pinned for this circuit.
    ///
    /// # Errors
    /// [`NotPinned`].
    pub fn check(&self, kind: KeyKind, file: &KeyFile<'_>) -> Result<(), NotPinned> {
        if file.circuit() != self.circuit {
            return Err(NotPinned::OtherCircuit { expected: self.circuit, actual: file.circuit() });
        }
        if file.kind() != kind {
            return Err(NotPinned::Kind { expected: kind, actual: file.kind() });
        }
        if *file.circuit_digest() != self.circuit_digest {
            return Err(NotPinned::CircuitDigest {
                expected: self.circuit_digest,
                actual: *file.circuit_digest(),
            });
        }
        if file.provenance() != self.provenance {
            return Err(NotPinned::Provenance { expected: self.provenance, actual: file.provenance() });
        }
        let expected = match kind {
            KeyKind::Verifying => self.verifying_key.digest,
            KeyKind::Proving => self.proving_key.digest,
        };
        if *file.digest() != expected {
            return Err(NotPinned::Key { expected, actual: *file.digest() });
        }
        Ok(())
    }

    /// Checks that these are the compact bytes of the proving key that is pinned for this circuit.
    ///
    /// # Errors
    /// [`NotPinned::Key`].
    pub fn check_compact_key(&self, bytes: &[u8]) -> Result<(), NotPinned> {
        let (expected, actual) = (self.compact_key.digest, KeyKind::Proving.digest(bytes));
        if actual != expected {
            return Err(NotPinned::Key { expected, actual });
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    version: u32,
    circuits: Vec<EntryJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryJson {
    circuit: String,
    circuit_digest: String,
    provenance: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ceremony_transcript: Option<String>,
    verifying_key: KeyJson,
    proving_key: KeyJson,
    compact_key: KeyJson,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyJson {
    digest: String,
    bytes: u64,
}

const DEVELOPMENT: &str = "insecure-development";
const CEREMONY: &str = "ceremony";

impl EntryJson {
    fn of(entry: &ManifestEntry) -> Self {
        let (provenance, transcript) = match entry.provenance {
            Provenance::Development => (DEVELOPMENT, None),
            Provenance::Ceremony { transcript } => (CEREMONY, Some(transcript)),
        };
        let key = |name: &KeyName| KeyJson { digest: name.digest.to_string(), bytes: name.bytes };
        Self {
            circuit: entry.circuit.name().to_owned(),
            circuit_digest: entry.circuit_digest.to_string(),
            provenance: provenance.to_owned(),
            ceremony_transcript: transcript.map(|digest| digest.to_string()),
            verifying_key: key(&entry.verifying_key),
            proving_key: key(&entry.proving_key),
            compact_key: key(&entry.compact_key),
        }
    }

    fn read(&self, number: usize) -> Result<ManifestEntry, ManifestError> {
        let circuit =
            CircuitId::from_name(&self.circuit).ok_or(ManifestError::UnknownCircuit { entry: number })?;
        let digest =
            |text: &str, field| Digest::from_hex(text).map_err(|_| ManifestError::Digest { circuit, field });
        let provenance = match (self.provenance.as_str(), &self.ceremony_transcript) {
            (DEVELOPMENT, None) => Provenance::Development,
            (CEREMONY, Some(text)) => {
                Provenance::Ceremony { transcript: digest(text, "ceremony_transcript")? }
            }
            _ => return Err(ManifestError::Provenance { circuit }),
        };
        let key =
            |key: &KeyJson, field| Ok(KeyName { digest: digest(&key.digest, field)?, bytes: key.bytes });
        Ok(ManifestEntry {
            circuit,
            circuit_digest: digest(&self.circuit_digest, "circuit_digest")?,
            provenance,
            verifying_key: key(&self.verifying_key, "verifying_key.digest")?,
            proving_key: key(&self.proving_key, "proving_key.digest")?,
            compact_key: key(&self.compact_key, "compact_key.digest")?,
        })
    }
}

#[cfg(test)]
mod tests;
