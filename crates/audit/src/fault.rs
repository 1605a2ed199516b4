//! The first thing that is wrong with a record.

mod aggregate;

pub use aggregate::{Aggregate, AggregateFault};

use core::fmt;
use tabella_primitives::digest::Digest;
use tabella_protocol::{
    ballot::{BallotDigest, BallotError, SealedBallotError},
    election::{ElectionId, KeyProvenance},
    record::{EntryError, Link, RecordError},
    registry::RegistryRoot,
    statement::{CircuitId, Nullifier},
    tally::Tally,
    trustee::{CeremonyError, CombineError, DroppedShare, PackageError},
};
use tabella_verifier::{DecodeError, InvalidProof};

/// The first thing that is wrong with a record: everything before this entry was checked and is as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the entry, from 0.
    pub entry: u64,
    /// Where in the entry: names of JSON fields with dots between them; empty for the entry as a whole.
    pub field: &'static str,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Form, place, count or link.
    Record(RecordError),
    /// This is the record of another election than the expected one.
    WrongElection {
        /// The election that the auditor expects.
        expected: ElectionId,
        /// The record's election.
        actual: ElectionId,
    },
    /// The auditor does not trust the manifest's verifying key for the manifest's circuit.
    UntrustedKey {
        /// The manifest's circuit.
        circuit: CircuitId,
        /// The manifest's verifying key.
        digest: Digest,
    },
    /// The verifying key did not come about as the manifest says.
    WrongProvenance {
        /// What the auditor knows.
        expected: KeyProvenance,
        /// What the manifest says.
        actual: KeyProvenance,
    },
    /// The ballot does not belong to the election, or its choice breaks the rules.
    Ballot(BallotError),
    /// The voter's mark stands on an earlier ballot: a second vote.
    RepeatedNullifier {
        /// Number of the entry with the earlier ballot.
        earlier: u64,
    },
    /// There are more ballots than places in the registry.
    TooManyBallots {
        /// Places in the registry.
        places: u64,
    },
    /// The proof is not made of points.
    MalformedProof(DecodeError),
    /// The proof proves nothing.
    InvalidProof(InvalidProof),
    /// Another ballot stands in the place that a receipt names.
    ReceiptBallot {
        /// The ballot on the receipt.
        expected: BallotDigest,
        /// The ballot in the record.
        actual: BallotDigest,
    },
    /// A receipt names the ballot that is in its place, and another nullifier than that has: the receipt is wrong.
    ReceiptNullifier {
        /// The nullifier on the receipt.
        expected: Nullifier,
        /// The ballot's.
        actual: Nullifier,
    },
    /// The chain up to this ballot is not the one that a receipt or a published head names: the past was rewritten.
    PublishedLink {
        /// The link that was published.
        expected: Link,
        /// The link in the record.
        actual: Link,
    },
    /// A receipt or a published head names a ballot that the record lacks: the end of the ballot box was cut off.
    MissingBallots {
        /// Least number of ballots that there were.
        expected: u64,
        /// Number of ballots in the record.
        actual: u64,
    },
    /// The ballot box closed before it opened, or after the year 9999.
    ClosingTime {
        /// When the election opened, in seconds since 1970.
        opens_at: u64,
        /// When the ballot box closed, in seconds since 1970.
        closed_at: u64,
    },
    /// A commitment stands in the registry twice.
    RepeatedCommitment {
        /// Position of the earlier one, from 0.
        earlier: u64,
        /// Position of the later one, from 0.
        later: u64,
    },
    /// The registry has another number of places than the manifest says.
    RegistrySize {
        /// Places by the manifest.
        expected: u64,
        /// Leaves in the record so far.
        actual: u64,
    },
    /// The leaves give another root than the manifest's.
    RegistryRoot {
        /// The manifest's root.
        expected: RegistryRoot,
        /// The root of the leaves.
        actual: RegistryRoot,
    },
    /// There are more ballots than citizens in the registry, removed ones not counted.
    MoreBallotsThanCitizens {
        /// Number of ballots.
        ballots: u64,
        /// Number of citizens.
        citizens: u64,
    },
    /// The registry's leaves have weights where the election has none, or none where it has.
    RegistryWeights,
    /// A citizen has no weight, or more than the manifest allows; or there is a weight where nobody is.
    Weight {
        /// Position in the registry, from 0.
        place: u64,
        /// The weight.
        weight: u32,
        /// Greatest weight by the manifest.
        max_weight: u32,
    },
    /// A secret ballot was encrypted with the same randomness as an earlier one: copied, or made together with it.
    RepeatedCiphertext {
        /// Number of the entry with the earlier ballot.
        earlier: u64,
    },
    /// A package of the key ceremony is none of its trustees'.
    Package(PackageError),
    /// The key ceremony does not hold.
    Ceremony(CeremonyError),
    /// The key ceremony is another one than the manifest's.
    OtherCeremony {
        /// Digest of the transcript by the manifest.
        expected: Digest,
        /// Digest of the transcript in the record.
        actual: Digest,
    },
    /// The manifest has other keys than the key ceremony made.
    OtherKeys,
    /// There are shares, though there are fewer ballots than the election allows to open.
    OpenedTooFew {
        /// Number of ballots.
        ballots: u64,
        /// Least number of ballots.
        least: u64,
    },
    /// The randomness of all ballots adds up to nothing: somebody arranged that, and no trustee opens it.
    DegenerateSum,
    /// A share is not right, or not the trustee's.
    Share(DroppedShare),
    /// There are too few shares.
    Combine(CombineError),
    /// The number of an option is not what the shares decrypt.
    WrongNumber {
        /// Index of the option, from 0.
        option: usize,
    },
    /// A proof of the sum or of the tally.
    Aggregate(Aggregate, AggregateFault),
    /// The result is not what the ballots give.
    WrongTally {
        /// What the ballots give.
        counted: Box<Tally>,
    },
    /// The record has another digest than the published one.
    WrongRecord {
        /// The digest that was published.
        expected: Digest,
        /// The record's digest.
        actual: Digest,
    },
}

impl Fault {
    /// Number of the line in the file, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.entry.saturating_add(1)
    }

    pub(crate) fn new(entry: u64, cause: Cause) -> Self {
        Self { entry, field: cause.field(), cause }
    }

    pub(crate) fn in_field(entry: u64, field: &'static str, cause: Cause) -> Self {
        Self { entry, field, cause }
    }
}

impl From<RecordError> for Fault {
    fn from(error: RecordError) -> Self {
        // A reader that has failed is not asked again, so there is always an entry.
        Self::new(error.entry().unwrap_or_default(), Cause::Record(error))
    }
}

impl Cause {
    /// Where in an entry this stands.
    const fn field(&self) -> &'static str {
        match self {
            Self::Record(error) => record_field(error),
            Self::WrongElection { .. } => "body.manifest",
            Self::UntrustedKey { .. } => "body.manifest.verifying_key",
            Self::WrongProvenance { .. } => "body.manifest.key_provenance",
            Self::Ballot(error) => match error {
                BallotError::UnknownElection { .. } => "body.ballot.election",
                BallotError::UnknownCircuit { .. } => "body.ballot.circuit",
                BallotError::ForeignRegistryRoot { .. } => "body.ballot.registry_root",
                BallotError::InvalidSelection(_) => "body.ballot.selection",
                BallotError::OtherKind { .. } => "body.ballot.format",
                BallotError::Sealed(SealedBallotError::OtherElection { .. }) => "body.ballot.sealed_election",
                BallotError::Sealed(_) => "body.ballot.ciphertext",
                _ => "body.ballot",
            },
            Self::RepeatedNullifier { .. } => "body.ballot.nullifier",
            Self::TooManyBallots { .. } => "body.index",
            Self::MalformedProof(_) | Self::InvalidProof(_) => "body.ballot.proof",
            Self::ReceiptBallot { .. } => "body.ballot",
            Self::ReceiptNullifier { .. } => "body.ballot.nullifier",
            Self::PublishedLink { .. } => "link",
            Self::MissingBallots { .. } => "body.ballots",
            Self::ClosingTime { .. } => "body.closed_at",
            Self::RepeatedCommitment { .. }
            | Self::RegistrySize { .. }
            | Self::RegistryRoot { .. }
            | Self::MoreBallotsThanCitizens { .. } => "body.leaves",
            Self::RegistryWeights | Self::Weight { .. } => "body.weights",
            Self::RepeatedCiphertext { .. } => "body.ballot.ciphertext",
            Self::Package(_)
            | Self::Ceremony(_)
            | Self::OtherCeremony { .. }
            | Self::OpenedTooFew { .. }
            | Self::DegenerateSum
            | Self::Share(_)
            | Self::Combine(_) => "body",
            Self::OtherKeys => "body.manifest.secret.keys",
            Self::WrongNumber { .. } => "body.counts",
            Self::Aggregate(_, fault) => fault.field(),
            Self::WrongTally { .. } => "body",
            Self::WrongRecord { .. } => "body.digest",
        }
    }
}

const fn record_field(error: &RecordError) -> &'static str {
    match error {
        RecordError::Malformed { error, .. } => match error {
            EntryError::UnknownKind { .. } => "kind",
            EntryError::Body { .. } | EntryError::NotCanonical { .. } => "body",
            _ => "",
        },
        RecordError::WrongNumber { .. } => "entry",
        RecordError::OutOfOrder { .. } => "kind",
        RecordError::BrokenLink { .. } => "link",
        RecordError::WrongBallotIndex { .. } => "body.index",
        RecordError::WrongBatch { .. } => "body.batch",
        RecordError::WrongLeafPosition { .. } => "body.first",
        RecordError::WrongDigest { .. } => "body.digest",
        RecordError::TooManyPackages { .. } | RecordError::PackageOrder { .. } => "body",
        _ => "",
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Errors of the reader name the entry themselves.
        if let Cause::Record(error) = &self.cause {
            return error.fmt(f);
        }
        write!(f, "entry {} (line {})", self.entry, self.line())?;
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => error.fmt(f),
            Self::WrongElection { expected, actual } => {
                write!(f, "this is the record of election {actual}, expected was {expected}")
            }
            Self::UntrustedKey { circuit, digest } => {
                write!(f, "verifying key {digest} is not trusted for circuit {circuit}")
            }
            Self::WrongProvenance { expected, actual } => {
                write!(
                    f,
                    "the manifest says that its verifying key is from {actual:?}, it is from {expected:?}"
                )
            }
            Self::Ballot(error) => error.fmt(f),
            Self::RepeatedNullifier { earlier } => {
                write!(f, "a second vote: the ballot in entry {earlier} has the same nullifier")
            }
            Self::TooManyBallots { places } => {
                write!(f, "there are more ballots than the {places} places in the registry")
            }
            Self::MalformedProof(error) => error.fmt(f),
            Self::InvalidProof(error) => error.fmt(f),
            Self::ReceiptBallot { expected, actual } => {
                write!(f, "a receipt was given for ballot {expected}, the record has {actual} in its place")
            }
            Self::ReceiptNullifier { expected, actual } => write!(
                f,
                "the ballot has nullifier {actual}, its receipt says {expected}: the receipt was changed"
            ),
            Self::PublishedLink { expected, actual } => write!(
                f,
                "a receipt or published head says link {expected}, the record has {actual}: the past was rewritten, or that is of another box"
            ),
            Self::MissingBallots { expected, actual } => write!(
                f,
                "receipts and published heads say that there are at least {expected} ballots, the record has {actual}"
            ),
            Self::ClosingTime { opens_at, closed_at } => write!(
                f,
                "the ballot box closed at {closed_at}, which is no time for an election that opened at {opens_at}"
            ),
            Self::RepeatedCommitment { earlier, later } => {
                write!(f, "the citizen in place {later} of the registry stands in place {earlier} too")
            }
            Self::RegistrySize { expected, actual } => {
                write!(f, "the registry has {expected} places, {actual} stand in the record")
            }
            Self::RegistryRoot { expected, actual } => write!(
                f,
                "the election is held under registry root {expected}, the registry in the record has {actual}"
            ),
            Self::MoreBallotsThanCitizens { ballots, citizens } => {
                write!(f, "{ballots} ballots from {citizens} citizens")
            }
            Self::RegistryWeights => f.write_str(
                "the registry in the record has weights and the election none, or the other way round",
            ),
            Self::Weight { place, weight, max_weight } => write!(
                f,
                "place {place} of the registry has weight {weight}: citizens have 1 to {max_weight}, empty places 0"
            ),
            Self::RepeatedCiphertext { earlier } => write!(
                f,
                "the ballot in entry {earlier} was encrypted with the same randomness: one is a copy of the other, \
                 or somebody made both"
            ),
            Self::Package(error) => error.fmt(f),
            Self::Ceremony(error) => error.fmt(f),
            Self::OtherCeremony { expected, actual } => {
                write!(f, "the election's keys come from ceremony {expected}, this is ceremony {actual}")
            }
            Self::OtherKeys => f.write_str("the key ceremony made other keys than the manifest's"),
            Self::OpenedTooFew { ballots, least } => {
                write!(f, "{ballots} ballots were opened, the election allows it from {least} on")
            }
            Self::DegenerateSum => f.write_str("the randomness of the ballots adds up to nothing"),
            Self::Share(dropped) => dropped.fmt(f),
            Self::Combine(error) => error.fmt(f),
            Self::WrongNumber { option } => {
                write!(
                    f,
                    "the number of the option with index {option} is not what the trustees' shares decrypt"
                )
            }
            Self::Aggregate(about, fault) => write!(f, "{about}: {fault}"),
            Self::WrongTally { counted } => write!(
                f,
                "the ballots give another result: {} ballots, {:?} abstentions, votes {:?}, winners {:?}",
                counted.ballots,
                counted.abstentions,
                counted.counts.iter().map(|count| count.votes).collect::<Vec<_>>(),
                counted.winners
            ),
            Self::WrongRecord { expected, actual } => {
                write!(f, "the record has digest {actual}, published was {expected}")
            }
        }
    }
}

impl core::error::Error for Fault {}

/// The first field in which two results differ.
pub(crate) fn tally_difference(stated: &Tally, counted: &Tally) -> Option<&'static str> {
    let Tally { ballots, abstentions, counts, quorum, quorum_met, winners, tied, outcome } = counted;
    [
        (stated.ballots == *ballots, "body.ballots"),
        (stated.abstentions == *abstentions, "body.abstentions"),
        (stated.counts == *counts, "body.counts"),
        (stated.quorum == *quorum, "body.quorum"),
        (stated.quorum_met == *quorum_met, "body.quorum_met"),
        (stated.winners == *winners, "body.winners"),
        (stated.tied == *tied, "body.tied"),
        (stated.outcome == *outcome, "body.outcome"),
    ]
    .into_iter()
    .find_map(|(same, field)| (!same).then_some(field))
}
