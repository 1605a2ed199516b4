//! What the auditor brings along, and how she is told how far the audit has come.

use crate::Cause;
use tabella_primitives::digest::Digest;
use tabella_protocol::{
    ballot::BallotDigest,
    election::{ElectionId, KeyProvenance},
    record::{Closing, Link},
    statement::{CircuitId, Nullifier},
};
use tabella_verifier::{InvalidProof, PreparedVerifyingKey};

/// A verifying key that counts, whatever a record says.
#[derive(Clone, Debug)]
pub struct TrustedKey {
    pub(crate) circuit: CircuitId,
    pub(crate) key: PreparedVerifyingKey,
    pub(crate) digest: Digest,
    pub(crate) provenance: KeyProvenance,
}

impl TrustedKey {
    /// Trusts a key for a circuit.
    #[must_use]
    pub fn new(circuit: CircuitId, key: PreparedVerifyingKey, provenance: KeyProvenance) -> Self {
        let digest = key.key().digest();
        Self { circuit, key, digest, provenance }
    }

    /// Refuses a key for another number of public inputs.
    pub(crate) fn expect_inputs(&self, actual: usize) -> Result<(), Cause> {
        let expected = self.key.key().public_inputs();
        if expected == actual {
            return Ok(());
        }
        Err(Cause::InvalidProof(InvalidProof::WrongNumberOfInputs { expected, actual }))
    }
}

/// What a ballot box published while it was open, or when it closed: the link after so many ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedHead {
    /// Number of ballots by then.
    pub ballots: u64,
    /// The link after the last of them; after the manifest if there was none.
    pub link: Link,
}

impl From<Closing> for PublishedHead {
    fn from(closing: Closing) -> Self {
        Self { ballots: closing.ballots, link: closing.head }
    }
}

/// What a voter has on her receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedReceipt {
    /// Index of the ballot in the ballot box, from 0.
    pub index: u64,
    /// The ballot's name.
    pub ballot: BallotDigest,
    /// The mark of the voter who cast it.
    pub nullifier: Nullifier,
    /// The link after it.
    pub link: Link,
}

/// How proofs are checked. The verdicts are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProofChecks {
    /// Many at once, on all cores.
    #[default]
    Batches,
    /// Each by its own pairing equation, on one core.
    OneByOne,
}

/// What the auditor brings along.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    pub(crate) keys: Vec<TrustedKey>,
    pub(crate) election: Option<ElectionId>,
    pub(crate) record_digest: Option<Digest>,
    pub(crate) heads: Vec<PublishedHead>,
    pub(crate) receipts: Vec<PublishedReceipt>,
    pub(crate) proofs: ProofChecks,
    pub(crate) now: Option<u64>,
    pub(crate) sum_proofs: bool,
    pub(crate) tally_proof: bool,
}

impl AuditOptions {
    /// An audit that trusts these verifying keys and no others.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            election: None,
            record_digest: None,
            heads: Vec::new(),
            receipts: Vec::new(),
            proofs: ProofChecks::default(),
            now: None,
            sum_proofs: false,
            tally_proof: false,
        }
    }

    /// The key of that digest that is trusted for that circuit.
    pub(crate) fn trusted(&self, circuit: CircuitId, digest: &Digest) -> Option<&TrustedKey> {
        self.keys.iter().find(|key| key.circuit == circuit && key.digest == *digest)
    }

    /// Asks for proofs of the sum in records of secret ballots; without this, a record may have none. The sum is added up again in any case.
    #[must_use]
    pub const fn require_sum_proofs(mut self) -> Self {
        self.sum_proofs = true;
        self
    }

    /// Asks for a proof of the tally in records of secret ballots that were opened; without this, a record may have none. The shares are
    /// checked in any case.
    #[must_use]
    pub const fn require_tally_proof(mut self) -> Self {
        self.tally_proof = true;
        self
    }

    /// Expects the record of this election and of no other.
    #[must_use]
    pub const fn expect_election(mut self, election: ElectionId) -> Self {
        self.election = Some(election);
        self
    }

    /// Expects the record with this digest, as it was published.
    #[must_use]
    pub const fn expect_record(mut self, digest: Digest) -> Self {
        self.record_digest = Some(digest);
        self
    }

    /// Expects to find these published heads of the ballot box.
    #[must_use]
    pub fn expect_heads(mut self, heads: impl IntoIterator<Item = PublishedHead>) -> Self {
        self.heads.extend(heads);
        self.heads.sort_by_key(|head| head.ballots);
        self
    }

    /// Expects to find the ballots of these receipts.
    #[must_use]
    pub fn expect_receipts(mut self, receipts: impl IntoIterator<Item = PublishedReceipt>) -> Self {
        self.receipts.extend(receipts);
        self.receipts.sort_by_key(|receipt| receipt.index);
        self
    }

    /// The auditor's clock, in seconds since 1970-01-01 00:00 UTC: a record that says it was closed later than now gets a
    /// [warning](crate::Warning::ClosedInFuture).
    #[must_use]
    pub const fn now(mut self, now: u64) -> Self {
        self.now = Some(now);
        self
    }

    /// Chooses how proofs are checked.
    #[must_use]
    pub const fn check_proofs(mut self, proofs: ProofChecks) -> Self {
        self.proofs = proofs;
        self
    }
}

/// What an audit is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Ballots and their proofs.
    Ballots,
    /// Rebuilding the registry.
    Registry,
    /// The trustees' shares.
    Opening,
    /// Proofs of sum and tally.
    Aggregates,
    /// Everything was checked.
    Done,
}

/// How far an audit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is busy with.
    pub stage: Stage,
    /// Entries read.
    pub entries: u64,
    /// Ballots whose proofs were verified.
    pub ballots: u64,
    /// Leaves of the registry that were hashed.
    pub leaves: u64,
}

/// The listener who does not listen.
pub const fn quietly(_: Progress) {}
