//! The JSON form of a manifest.

use super::{
    ChainBinding, ElectionKind, FrozenRegistry, KeyProvenance, MANIFEST_FORMAT, Manifest, ManifestBuilder,
    ManifestError, Rules, Window, secret::SecretBallotsFile,
};
use crate::{
    registry::RegistryRoot,
    wire::{self, DecodeError},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{digest::Digest, encoding};

/// Why bytes are not the manifest of an election.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestFileError {
    /// It is no manifest file.
    Decode(DecodeError),
    /// It is one, but the election makes no sense.
    Invalid(ManifestError),
    /// `kind` or `key_provenance` holds a name that this version does not know.
    UnknownName {
        /// Name of the field.
        field: &'static str,
        /// What stands in it.
        name: String,
    },
}

impl fmt::Display for ManifestFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => write!(f, "no election manifest: {error}"),
            Self::Invalid(error) => write!(f, "invalid election manifest: {error}"),
            Self::UnknownName { field, name } => {
                write!(f, "no election manifest: field `{field}`: unknown name {name:?}")
            }
        }
    }
}

impl core::error::Error for ManifestFileError {}

impl From<DecodeError> for ManifestFileError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<ManifestError> for ManifestFileError {
    fn from(error: ManifestError) -> Self {
        Self::Invalid(error)
    }
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestFile {
    format: String,
    kind: String,
    title: String,
    question: String,
    description: String,
    options: Vec<String>,
    rules: Rules,
    window: Window,
    registry: RegistryFile,
    circuit: String,
    verifying_key: String,
    key_provenance: String,
    nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binding: Option<BindingFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<SecretBallotsFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryFile {
    root: String,
    size: u64,
    depth: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingFile {
    chain_id: u64,
    contract: String,
}

impl From<&Manifest> for ManifestFile {
    fn from(m: &Manifest) -> Self {
        Self {
            format: MANIFEST_FORMAT.to_string(),
            kind: m.kind().name().to_string(),
            title: m.title.clone(),
            question: m.question.clone(),
            description: m.description.clone(),
            options: m.options.clone(),
            rules: m.rules,
            window: m.window,
            registry: RegistryFile {
                root: m.registry.root.to_string(),
                size: m.registry.size,
                depth: m.registry.depth,
            },
            circuit: m.circuit.name().to_string(),
            verifying_key: m.verifying_key.to_string(),
            key_provenance: m.key_provenance.name().to_string(),
            nonce: encoding::encode_hex(&m.nonce),
            binding: m.binding.map(|b| BindingFile {
                chain_id: b.chain_id,
                contract: alloc::format!("0x{}", encoding::encode_hex(&b.contract)),
            }),
            secret: m.secret.as_ref().map(SecretBallotsFile::from),
        }
    }
}

impl TryFrom<ManifestFile> for Manifest {
    type Error = ManifestFileError;

    fn try_from(file: ManifestFile) -> Result<Self, Self::Error> {
        wire::expect_format(MANIFEST_FORMAT, &file.format)?;
        let kind = ElectionKind::ALL
            .into_iter()
            .find(|kind| kind.name() == file.kind)
            .ok_or_else(|| unknown_name("kind", &file.kind))?;
        match (kind, &file.secret) {
            (ElectionKind::SecretBallots, None) => {
                return Err(ManifestError::Missing { field: "secret" }.into());
            }
            (ElectionKind::OpenBallots, Some(_)) => return Err(ManifestError::SecretInOpenElection.into()),
            _ => {}
        }
        let key_provenance = [KeyProvenance::InsecureDevelopment, KeyProvenance::Ceremony]
            .into_iter()
            .find(|p| p.name() == file.key_provenance)
            .ok_or_else(|| unknown_name("key_provenance", &file.key_provenance))?;
        let root =
            RegistryRoot::from_decimal(&file.registry.root).map_err(wire::in_field("registry.root"))?;
        let binding = file.binding.map(BindingFile::decode).transpose()?;
        let manifest = ManifestBuilder {
            title: file.title,
            question: file.question,
            description: file.description,
            options: file.options,
            rules: file.rules,
            window: Some(file.window),
            registry: Some(FrozenRegistry { root, size: file.registry.size, depth: file.registry.depth }),
            circuit: Some(wire::circuit(&file.circuit)?),
            key: Some((
                Digest::from_hex(&file.verifying_key).map_err(wire::in_field("verifying_key"))?,
                key_provenance,
            )),
            nonce: Some(encoding::decode_hex(&file.nonce).map_err(wire::in_field("nonce"))?),
            binding,
            secret: file.secret.map(|secret| secret.decode(file.registry.size)).transpose()?,
        };
        Ok(manifest.build()?)
    }
}

impl BindingFile {
    fn decode(self) -> Result<ChainBinding, DecodeError> {
        const FIELD: &str = "binding.contract";
        let digits = self.contract.strip_prefix("0x").ok_or(DecodeError::Field {
            field: FIELD,
            error: encoding::EncodingError::InvalidDigit { offset: 0 },
        })?;
        let contract = encoding::decode_hex(digits).map_err(wire::in_field(FIELD))?;
        Ok(ChainBinding { chain_id: self.chain_id, contract })
    }
}

fn unknown_name(field: &'static str, name: &str) -> ManifestFileError {
    ManifestFileError::UnknownName { field, name: name.chars().take(64).collect() }
}

impl Serialize for Manifest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ManifestFile::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ManifestFile::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}
