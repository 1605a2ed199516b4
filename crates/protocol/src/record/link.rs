//! The hash chain of ballot box and record.

use super::EntryKind;
use crate::{
    ballot::{BallotDigest, PROOF_BYTES},
    election::{ElectionId, Manifest},
    value::digest_newtype,
};
use serde::{Deserialize, Serialize};
use tabella_primitives::{
    digest::{Digest, TaggedHasher},
    domain,
};

digest_newtype! {
    /// One link of the hash chain: it fixes an entry and all entries before it.
    Link
}

impl Link {
    /// What stands before the first entry: 32 zero bytes.
    pub const GENESIS: Self = Self(Digest::from_bytes([0; 32]));

    /// The next link: `keccak(tag, this link, number of the entry, its kind, its digest)`.
    #[must_use]
    pub fn next(&self, entry: u64, kind: EntryKind, digest: &Digest) -> Self {
        Self(
            TaggedHasher::new(domain::RECORD_LINK)
                .digest(&self.0)
                .u64(entry)
                .bytes(kind.name().as_bytes())
                .digest(digest)
                .finish(),
        )
    }

    /// The link after the manifest: where the chain of an election's ballot box begins.
    #[must_use]
    pub fn after_manifest(manifest: &Manifest) -> Self {
        Self::GENESIS.next(0, EntryKind::Manifest, &manifest_entry_digest(&manifest.id()))
    }

    /// The link after the ballot with this index, if `self` is the link before it. The proof enters, so that the record
    /// shows the proof that the ballot box verified and no other.
    #[must_use]
    pub fn after_ballot(&self, index: u64, ballot: &BallotDigest, proof: &[u8; PROOF_BYTES]) -> Self {
        let digest = ballot_entry_digest(index, ballot, proof);
        self.next(ballot_entry_number(index), EntryKind::Ballot, &digest)
    }
}

/// Number of the entry that holds the ballot with this index: the manifest stands before the first.
#[must_use]
pub const fn ballot_entry_number(index: u64) -> u64 {
    index.saturating_add(1)
}

pub(super) fn manifest_entry_digest(election: &ElectionId) -> Digest {
    TaggedHasher::new(domain::RECORD_ENTRY)
        .bytes(super::RECORD_FORMAT.as_bytes())
        .digest(election.as_digest())
        .finish()
}

pub(super) fn ballot_entry_digest(index: u64, ballot: &BallotDigest, proof: &[u8; PROOF_BYTES]) -> Digest {
    TaggedHasher::new(domain::RECORD_ENTRY).u64(index).digest(ballot.as_digest()).bytes(proof).finish()
}

/// The digest of a whole record: election, number of entries before the last, link of the last but one.
#[must_use]
pub fn record_digest(election: &ElectionId, entries: u64, link: &Link) -> Digest {
    TaggedHasher::new(domain::RECORD).digest(election.as_digest()).u64(entries).digest(&link.0).finish()
}

impl Serialize for Link {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        Self::from_hex(&text).map_err(serde::de::Error::custom)
    }
}
