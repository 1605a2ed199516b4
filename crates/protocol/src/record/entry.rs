//! One entry of a record and its one line.

use super::{
    Link, SumProof, TallyProof,
    link::{ballot_entry_digest, manifest_entry_digest},
};
use crate::{
    ballot::{CastBallot, OpenBallot, SECRET_BALLOT_FORMAT, SecretBallot},
    election::{ElectionId, ElectionKind, Manifest},
    tally::Tally,
    trustee::{CeremonyParameters, Package},
    wire::{self, DecodeError},
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    Fr,
    digest::{Digest, TaggedHasher},
    domain,
    encoding::Canonical,
};

/// The format of a record.
pub const RECORD_FORMAT: &str = "tabella-election-record-v1";
/// Greatest length of a line without its end, in bytes.
pub const MAX_LINE_BYTES: usize = 320 * 1024;
/// Greatest number of registry leaves in one entry.
pub const MAX_LEAVES_PER_ENTRY: usize = 1024;

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EntryKind {
    /// The election.
    Manifest,
    /// An accepted ballot.
    Ballot,
    /// The ballot box closed.
    Close,
    /// Leaves of the registry.
    Registry,
    /// Parameters of the key ceremony.
    Ceremony,
    /// A package of the key ceremony.
    Package,
    /// A trustee's share of the decryption.
    Share,
    /// The result.
    Tally,
    /// A proof that a batch of ballots was added.
    SumProof,
    /// A proof that the sum opens to the result's numbers.
    TallyProof,
    /// Nothing comes after this.
    End,
}

impl EntryKind {
    /// Every kind, in the order in which they stand in a record.
    pub const ALL: [Self; 11] = [
        Self::Manifest,
        Self::Ballot,
        Self::Close,
        Self::Registry,
        Self::Ceremony,
        Self::Package,
        Self::Share,
        Self::Tally,
        Self::SumProof,
        Self::TallyProof,
        Self::End,
    ];

    /// Whether such an entry can follow one of kind `after` in the record of an election of that kind.
    #[must_use]
    pub(super) fn may_follow(self, after: Option<Self>, election: ElectionKind) -> bool {
        let Some(after) = after else { return self == Self::Manifest };
        let secret = election == ElectionKind::SecretBallots;
        match self {
            Self::Manifest => false,
            Self::Ballot | Self::Close => matches!(after, Self::Manifest | Self::Ballot),
            Self::Registry => matches!(after, Self::Close | Self::Registry),
            Self::Ceremony => secret && matches!(after, Self::Close | Self::Registry),
            Self::Package => matches!(after, Self::Ceremony | Self::Package),
            Self::Share => matches!(after, Self::Package | Self::Share),
            Self::Tally if secret => matches!(after, Self::Package | Self::Share),
            Self::Tally => matches!(after, Self::Close | Self::Registry),
            // Whoever has a result may prove it later: everything before stays as it is.
            Self::SumProof | Self::TallyProof => secret && matches!(after, Self::Tally | Self::SumProof),
            Self::End => matches!(after, Self::Tally | Self::SumProof | Self::TallyProof),
        }
    }

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Ballot => "ballot",
            Self::Close => "close",
            Self::Registry => "registry",
            Self::Ceremony => "ceremony",
            Self::Package => "package",
            Self::Share => "share",
            Self::Tally => "tally",
            Self::SumProof => "sum-proof",
            Self::TallyProof => "tally-proof",
            Self::End => "end",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a ballot box was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Number of accepted ballots.
    pub ballots: u64,
    /// Link after the last of them; after the manifest if there is none.
    pub head: Link,
    /// When, in seconds since 1970-01-01 00:00 UTC.
    pub closed_at: u64,
}

/// Part of the registry's leaves, in the registry's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryPart {
    /// Position of the first leaf, from 0.
    pub first: u64,
    /// 1 to [`MAX_LEAVES_PER_ENTRY`] identity commitments, 0 where a citizen was removed.
    pub leaves: Vec<Fr>,
    /// In a registry with weights, the weight of each, 0 where a citizen was removed; else nothing.
    pub weights: Vec<u32>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordEntry {
    /// The election.
    Manifest(Manifest),
    /// An accepted ballot.
    Ballot {
        /// Its index in the ballot box, from 0.
        index: u64,
        /// The ballot.
        ballot: CastBallot,
    },
    /// The ballot box closed.
    Close(Closing),
    /// Leaves of the registry.
    Registry(RegistryPart),
    /// Parameters of the key ceremony.
    Ceremony(CeremonyParameters),
    /// A package of the key ceremony.
    Package(Package),
    /// A trustee's share of the decryption.
    Share(Package),
    /// The result.
    Tally(Tally),
    /// A proof that a batch of ballots was added.
    SumProof(SumProof),
    /// A proof that the sum opens to the result's numbers.
    TallyProof(TallyProof),
    /// Nothing comes after this.
    End {
        /// Number of entries before this one.
        entries: u64,
        /// Digest of the record: see [`record_digest`](super::record_digest).
        digest: Digest,
    },
}

/// Why a line is not an entry of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryError {
    /// The line is not `{"entry":..,"kind":..,"body":..,"link":..}` byte by byte.
    Frame {
        /// Which part of it was expected.
        expected: &'static str,
    },
    /// No kind of entry has that name.
    UnknownKind {
        /// The name, at most its first 64 characters.
        name: String,
    },
    /// The body is not what its kind asks for.
    Body {
        /// The kind.
        kind: EntryKind,
        /// What is wrong.
        error: DecodeError,
    },
    /// The body means something, but is not written in its one form.
    NotCanonical {
        /// The kind.
        kind: EntryKind,
    },
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame { expected } => write!(f, "malformed line: expected {expected}"),
            Self::UnknownKind { name } => write!(f, "unknown kind of entry {name:?}"),
            Self::Body { kind, error } => write!(f, "malformed {kind} entry: {error}"),
            Self::NotCanonical { kind } => write!(f, "the {kind} entry is not in its canonical form"),
        }
    }
}

impl core::error::Error for EntryError {}

/// A line taken apart: number, entry, link as written.
pub(super) struct ParsedLine {
    pub(super) number: u64,
    pub(super) entry: RecordEntry,
    pub(super) link: Link,
}

const HEAD: &str = "{\"entry\":";
const KIND: &str = ",\"kind\":\"";
const BODY: &str = "\",\"body\":";
const LINK: &str = ",\"link\":\"";
const TAIL: &str = "\"}";

impl RecordEntry {
    /// What kind of entry this is.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Manifest(_) => EntryKind::Manifest,
            Self::Ballot { .. } => EntryKind::Ballot,
            Self::Close(_) => EntryKind::Close,
            Self::Registry(_) => EntryKind::Registry,
            Self::Ceremony(_) => EntryKind::Ceremony,
            Self::Package(_) => EntryKind::Package,
            Self::Share(_) => EntryKind::Share,
            Self::Tally(_) => EntryKind::Tally,
            Self::SumProof(_) => EntryKind::SumProof,
            Self::TallyProof(_) => EntryKind::TallyProof,
            Self::End { .. } => EntryKind::End,
        }
    }

    /// The digest over the canonical binary content, which enters the link. `election` is the record's.
    #[must_use]
    pub fn digest(&self, election: &ElectionId) -> Digest {
        let hasher = TaggedHasher::new(domain::RECORD_ENTRY);
        match self {
            Self::Manifest(manifest) => manifest_entry_digest(&manifest.id()),
            Self::Ballot { index, ballot } => ballot_entry_digest(*index, &ballot.digest(), ballot.proof()),
            Self::Close(closing) => {
                hasher.u64(closing.ballots).digest(closing.head.as_digest()).u64(closing.closed_at).finish()
            }
            Self::Registry(part) => {
                let hasher = part.leaves.iter().fold(hasher.u64(part.first), |hasher, leaf| hasher.fr(leaf));
                // Leaves have 32 bytes and weights eight: none is taken for the other.
                part.weights.iter().fold(hasher, |hasher, weight| hasher.u64((*weight).into())).finish()
            }
            // The session is the digest of the parameters.
            Self::Ceremony(parameters) => hasher.digest(parameters.session().as_digest()).finish(),
            Self::Package(package) | Self::Share(package) => hasher.bytes(&package.to_bytes()).finish(),
            Self::Tally(tally) => hasher.digest(&tally.digest(election)).finish(),
            Self::SumProof(proof) => proof.absorb(hasher).finish(),
            Self::TallyProof(proof) => proof.absorb(hasher).finish(),
            Self::End { entries, digest } => hasher.u64(*entries).digest(digest).finish(),
        }
    }

    /// The canonical JSON of the body.
    fn body(&self) -> String {
        match self {
            Self::Manifest(manifest) => {
                format!("{{\"format\":\"{RECORD_FORMAT}\",\"manifest\":{}}}", manifest.to_json())
            }
            Self::Ballot { index, ballot } => {
                format!("{{\"index\":{index},\"ballot\":{}}}", ballot.to_json())
            }
            Self::Close(closing) => wire::to_json(closing),
            Self::Registry(part) => wire::to_json(&RegistryBody {
                first: part.first,
                leaves: part.leaves.iter().map(Canonical::to_decimal).collect(),
                weights: part.weights.clone(),
            }),
            Self::Ceremony(parameters) => wire::to_json(parameters),
            Self::Package(package) | Self::Share(package) => package.to_json(),
            Self::Tally(tally) => wire::to_json(tally),
            Self::SumProof(proof) => proof.to_json(),
            Self::TallyProof(proof) => proof.to_json(),
            Self::End { entries, digest } => {
                wire::to_json(&EndBody { entries: *entries, digest: digest.to_string() })
            }
        }
    }

    /// The one line of this entry, without its end.
    pub(super) fn to_line(&self, number: u64, link: &Link) -> String {
        format!("{HEAD}{number}{KIND}{}{BODY}{}{LINK}{link}{TAIL}", self.kind(), self.body())
    }

    /// Takes a line apart, byte by byte.
    pub(super) fn from_line(line: &str) -> Result<ParsedLine, EntryError> {
        let frame = |expected| EntryError::Frame { expected };
        let rest = line.strip_prefix(HEAD).ok_or(frame("{\"entry\":"))?;
        let (number, rest) = rest.split_once(KIND).ok_or(frame("\"kind\" after the number"))?;
        let number = canonical_number(number).ok_or(frame("the number of the entry"))?;
        let (kind, rest) = rest.split_once(BODY).ok_or(frame("\"body\" after the kind"))?;
        let kind = EntryKind::from_name(kind)
            .ok_or_else(|| EntryError::UnknownKind { name: kind.chars().take(64).collect() })?;
        let (body, link) = rest.rsplit_once(LINK).ok_or(frame("\"link\" after the body"))?;
        let link = link.strip_suffix(TAIL).ok_or(frame("the end of the line after the link"))?;
        let link = Link::from_hex(link).map_err(|_| frame("64 hexadecimal digits of the link"))?;
        let entry = Self::from_body(kind, body).map_err(|error| EntryError::Body { kind, error })?;
        if entry.body() != body {
            return Err(EntryError::NotCanonical { kind });
        }
        Ok(ParsedLine { number, entry, link })
    }

    fn from_body(kind: EntryKind, body: &str) -> Result<Self, DecodeError> {
        Ok(match kind {
            EntryKind::Manifest => {
                let body: ManifestBody = parse(body)?;
                wire::expect_format(RECORD_FORMAT, &body.format)?;
                Self::Manifest(body.manifest)
            }
            EntryKind::Ballot => {
                let named: NamedBallotBody = parse(body)?;
                let secret = named.ballot.format == SECRET_BALLOT_FORMAT;
                let (index, ballot) =
                    if secret { ballot_of::<SecretBallot>(body)? } else { ballot_of::<OpenBallot>(body)? };
                Self::Ballot { index, ballot }
            }
            EntryKind::Close => Self::Close(parse(body)?),
            EntryKind::Registry => {
                let body: RegistryBody = parse(body)?;
                let count = body.leaves.len();
                if count == 0 || count > MAX_LEAVES_PER_ENTRY {
                    return Err(DecodeError::Length { expected: MAX_LEAVES_PER_ENTRY, actual: count });
                }
                let leaves = body
                    .leaves
                    .iter()
                    .map(|leaf| Fr::from_decimal(leaf).map_err(wire::in_field("leaves")))
                    .collect::<Result<_, _>>()?;
                let weights = body.weights;
                if !weights.is_empty() && weights.len() != count {
                    return Err(DecodeError::Length { expected: count, actual: weights.len() });
                }
                Self::Registry(RegistryPart { first: body.first, leaves, weights })
            }
            EntryKind::Ceremony => Self::Ceremony(parse(body)?),
            EntryKind::Package => Self::Package(Package::from_json(body.as_bytes())?),
            EntryKind::Share => Self::Share(Package::from_json(body.as_bytes())?),
            EntryKind::Tally => Self::Tally(parse(body)?),
            EntryKind::SumProof => Self::SumProof(SumProof::from_json(body.as_bytes())?),
            EntryKind::TallyProof => Self::TallyProof(TallyProof::from_json(body.as_bytes())?),
            EntryKind::End => {
                let body: EndBody = parse(body)?;
                Self::End {
                    entries: body.entries,
                    digest: Digest::from_hex(&body.digest).map_err(wire::in_field("digest"))?,
                }
            }
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, DecodeError> {
    wire::parse_json(body.as_bytes(), MAX_LINE_BYTES)
}

fn ballot_of<B: serde::de::DeserializeOwned + Into<CastBallot>>(
    body: &str,
) -> Result<(u64, CastBallot), DecodeError> {
    let BallotBody::<B> { index, ballot } = parse(body)?;
    Ok((index, ballot.into()))
}

/// A number in its shortest decimal form.
fn canonical_number(text: &str) -> Option<u64> {
    // `parse` accepts a plus sign and leading zeros; writing the number back does not bring them back.
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestBody {
    format: String,
    manifest: Manifest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BallotBody<B> {
    index: u64,
    ballot: B,
}

/// What tells the kinds of ballots apart before one of them is read strictly.
#[derive(Deserialize)]
struct NamedBallotBody {
    ballot: NamedBallot,
}

#[derive(Deserialize)]
struct NamedBallot {
    #[serde(default)]
    format: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryBody {
    first: u64,
    leaves: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    weights: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndBody {
    entries: u64,
    digest: String,
}
