//! What is asked, of whom, when, and under which rules.

use super::{
    ElectionId, ManifestBuilder, ManifestFileError, Rules, file::ManifestFile, secret::SecretBallots,
};
use crate::{
    ballot::SealedElection, registry::RegistryRoot, statement::CircuitId, value::SemaphoreValue, wire,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
};

/// The format of a manifest file.
pub const MANIFEST_FORMAT: &str = "tabella-election-manifest-v1";
/// Greatest size of a manifest file, in bytes.
pub const MAX_MANIFEST_BYTES: usize = 256 * 1024;

/// What becomes of the choice on a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElectionKind {
    /// Everybody sees what was chosen, nobody sees who chose it.
    OpenBallots,
    /// Ballots are encrypted; trustees open their sum and nothing else.
    SecretBallots,
}

impl ElectionKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::OpenBallots, Self::SecretBallots];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenBallots => "open-ballots",
            Self::SecretBallots => "secret-ballots",
        }
    }
}

/// How the election's verifying key came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyProvenance {
    /// From a public seed: anyone can forge any proof. For tests and demonstrations.
    InsecureDevelopment,
    /// From a ceremony: sound as long as one participant was honest.
    Ceremony,
}

impl KeyProvenance {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InsecureDevelopment => "insecure-development",
            Self::Ceremony => "ceremony",
        }
    }
}

impl fmt::Display for KeyProvenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When ballots are accepted: from `opens_at` on, until before `closes_at`. Seconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First second in which ballots are accepted.
    pub opens_at: u64,
    /// First second in which they no longer are.
    pub closes_at: u64,
}

impl Window {
    /// Greatest time a window may name: the end of the year 9999.
    pub const MAX_TIME: u64 = 253_402_300_799;

    /// Whether ballots are accepted at that time.
    #[must_use]
    pub const fn contains(&self, now: u64) -> bool {
        self.opens_at <= now && now < self.closes_at
    }
}

/// The state of the registry that an election froze: who may vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrozenRegistry {
    /// The root; never 0.
    pub root: RegistryRoot,
    /// Number of places in the registry, removed citizens included; 1 to 2^32.
    pub size: u64,
    /// Depth of the tree: `ceil(log2(size))`, levels.
    pub depth: u8,
}

impl FrozenRegistry {
    /// A registry of that root and size, with the depth that follows from the size.
    #[must_use]
    pub const fn new(root: RegistryRoot, size: u64) -> Self {
        Self { root, size, depth: Self::depth_of(size) }
    }

    /// `ceil(log2(size))`: the depth of a LeanIMT with so many leaves; 0 for none.
    #[must_use]
    pub const fn depth_of(size: u64) -> u8 {
        let mut depth = 0u8;
        while depth < 64 && (1u128 << depth) < widen(size) {
            depth += 1;
        }
        depth
    }
}

/// Lossless, in a constant function where `From` cannot be called.
#[allow(
    clippy::as_conversions,
    clippy::cast_lossless,
    reason = "u128::from is not const; widening loses nothing"
)]
const fn widen(value: u64) -> u128 {
    value as u128
}

/// Ties an election to one contract on one chain, so that ballots for one deployment mean nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChainBinding {
    /// The chain's EIP-155 identifier.
    pub chain_id: u64,
    /// The contract's address, 20 bytes. Text: `0x` and 40 lower-case hexadecimal digits.
    pub contract: [u8; 20],
}

/// What is asked, of whom, when, and under which rules. A value of this type was checked.
///
/// Made by [`Manifest::builder`] or [`Manifest::from_json`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub(super) title: String,
    pub(super) question: String,
    pub(super) description: String,
    pub(super) options: Vec<String>,
    pub(super) rules: Rules,
    pub(super) window: Window,
    pub(super) registry: FrozenRegistry,
    pub(super) circuit: CircuitId,
    pub(super) verifying_key: Digest,
    pub(super) key_provenance: KeyProvenance,
    pub(super) nonce: [u8; 32],
    pub(super) binding: Option<ChainBinding>,
    pub(super) secret: Option<SecretBallots>,
    /// Derived from all the others, once.
    pub(super) id: ElectionId,
    /// What the circuit knows of an election with secret ballots; derived from all the others, once.
    pub(super) sealed: Option<SealedElection>,
}

impl Manifest {
    /// Starts a manifest.
    #[must_use]
    pub fn builder(title: impl Into<String>, question: impl Into<String>) -> ManifestBuilder {
        ManifestBuilder::new(title, question)
    }

    /// The election's name: the tagged digest of every field.
    #[must_use]
    pub const fn id(&self) -> ElectionId {
        self.id
    }

    /// What nullifiers are unique in: the election's name as an integer.
    #[must_use]
    pub const fn scope(&self) -> SemaphoreValue {
        self.id.scope()
    }

    /// What becomes of the choice on a ballot.
    #[must_use]
    pub const fn kind(&self) -> ElectionKind {
        if self.secret.is_some() { ElectionKind::SecretBallots } else { ElectionKind::OpenBallots }
    }

    /// What only elections with secret ballots fix: weights, least number of ballots, keys.
    #[must_use]
    pub const fn secret(&self) -> Option<&SecretBallots> {
        self.secret.as_ref()
    }

    /// What the circuit knows of an election with secret ballots. Its `terms` are the digest of this manifest, [`Self::id`].
    #[must_use]
    pub const fn sealed(&self) -> Option<&SealedElection> {
        self.sealed.as_ref()
    }

    /// The title, one line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The question, one line.
    #[must_use]
    pub fn question(&self) -> &str {
        &self.question
    }

    /// The description, any number of lines, perhaps none.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The labels of the options, in the order in which selections number them from 0.
    #[must_use]
    pub fn options(&self) -> &[String] {
        &self.options
    }

    /// How the answer is found.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// When ballots are accepted.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Who may vote.
    #[must_use]
    pub const fn registry(&self) -> &FrozenRegistry {
        &self.registry
    }

    /// The circuit of the proofs.
    #[must_use]
    pub const fn circuit(&self) -> CircuitId {
        self.circuit
    }

    /// The name of the verifying key: its digest.
    #[must_use]
    pub const fn verifying_key(&self) -> &Digest {
        &self.verifying_key
    }

    /// How the verifying key came about, as the manifest's author says.
    #[must_use]
    pub const fn key_provenance(&self) -> KeyProvenance {
        self.key_provenance
    }

    /// Random bytes that tell two otherwise equal elections apart.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 32] {
        &self.nonce
    }

    /// The contract that the election is tied to, if there is one.
    #[must_use]
    pub const fn binding(&self) -> Option<&ChainBinding> {
        self.binding.as_ref()
    }

    /// Reads a manifest file and checks it.
    ///
    /// # Errors
    /// [`ManifestFileError::Decode`] if it is no manifest file, [`ManifestFileError::Invalid`] if the election makes no
    /// sense.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ManifestFileError> {
        wire::parse_json::<ManifestFile>(bytes, MAX_MANIFEST_BYTES)?.try_into()
    }

    /// The manifest in one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::to_json(self)
    }

    /// The manifest in indented JSON, for people.
    #[must_use]
    pub fn to_json_pretty(&self) -> String {
        serde_json::to_string_pretty(self).expect("types with named fields and text keys always serialize")
    }

    /// The digest of every field behind its length, in the order of the declaration.
    pub(super) fn derive_id(&self) -> ElectionId {
        let mut hasher = TaggedHasher::new(domain::ELECTION)
            .bytes(MANIFEST_FORMAT.as_bytes())
            .bytes(self.kind().name().as_bytes())
            .bytes(self.title.as_bytes())
            .bytes(self.question.as_bytes())
            .bytes(self.description.as_bytes())
            .u64(u64::try_from(self.options.len()).expect("at most MAX_OPTIONS"));
        for label in &self.options {
            hasher = hasher.bytes(label.as_bytes());
        }
        hasher = self.rules.absorb(hasher);
        hasher = hasher
            .u64(self.window.opens_at)
            .u64(self.window.closes_at)
            .bytes(&self.registry.root.to_bytes())
            .u64(self.registry.size)
            .u64(self.registry.depth.into())
            .bytes(self.circuit.name().as_bytes())
            .digest(&self.verifying_key)
            .bytes(self.key_provenance.name().as_bytes())
            .bytes(&self.nonce);
        hasher = match &self.binding {
            None => hasher.u64(0),
            Some(binding) => hasher.u64(1).u64(binding.chain_id).bytes(&binding.contract),
        };
        // The kind, which was absorbed first, tells whether this follows.
        if let Some(secret) = &self.secret {
            hasher = secret.absorb(hasher);
        }
        ElectionId::from_digest(hasher.finish())
    }
}
