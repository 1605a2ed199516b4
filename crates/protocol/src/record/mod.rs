//! Election record: one file of hash-linked lines from which anyone recomputes the whole election.
//!
//! One entry per line of JSON, `{"entry":n,"kind":k,"body":{..},"link":l}`, in one canonical form: a reader writes each
//! entry back and compares all bytes, so no byte can change unnoticed. The kinds come in this order:
//!
//! | kind | how many | body |
//! | --- | --- | --- |
//! | `manifest` | 1 | format of the record, manifest |
//! | `ballot` | any number | index from 0, the ballot with its proof |
//! | `close` | 1 | number of ballots, link of the last one, time |
//! | `registry` | any number | part of the registry's leaves, for those who want to rebuild its root |
//! | `ceremony` | 1, secret ballots only | parameters of the trustees' key ceremony |
//! | `package` | 1 or more, secret ballots only | a package of the ceremony; by round, sender and digest |
//! | `share` | any number, secret ballots only | a trustee's share of the decryption; by trustee |
//! | `tally` | 1 | the result |
//! | `sum-proof` | none or one for each batch, secret ballots only | a proof that a batch of ballots was added to the sum; by batch |
//! | `tally-proof` | 0 or 1, secret ballots only | a proof that the sum opens to the result's numbers |
//! | `end` | 1 | number of entries before it, digest of the record |
//!
//! `link_n = keccak(tag, link_(n-1), n, kind, digest of the entry)`. The ballots follow the manifest at once, so the links
//! that a ballot box writes on its receipts are the ones in the record, whatever else is published later.
//!
//! A record of secret ballots grows: up to its last `package` it is what trustees check before they give shares
//! ([`RecordReader::unopened`]); shares, tally and end continue the same file. Proofs of sum and tally may be left out, and added later
//! ([`add_proofs`]): number, link and bytes of every entry before them stay, only the end is another one.

mod entry;
mod link;
mod proofs;
#[cfg(all(test, feature = "std"))]
mod proofs_tests;
#[cfg(feature = "std")]
mod provable;
#[cfg(feature = "std")]
mod reader;
#[cfg(feature = "std")]
mod receipt;
#[cfg(all(test, feature = "std"))]
mod secret_tests;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "std")]
mod writer;

pub use entry::{
    Closing, EntryError, EntryKind, MAX_LEAVES_PER_ENTRY, MAX_LINE_BYTES, RECORD_FORMAT, RecordEntry,
    RegistryPart,
};
pub use link::{Link, ballot_entry_number, record_digest};
pub use proofs::{MAX_AGGREGATE_PROOF_BYTES, SUM_PROOF_FORMAT, SumProof, TALLY_PROOF_FORMAT, TallyProof};
#[cfg(feature = "std")]
pub use provable::{DroppedPart, Provable, ProvableError, ProvableTally, TallyPartError};
#[cfg(feature = "std")]
pub use reader::{LinkedEntry, RecordError, RecordReader};
#[cfg(feature = "std")]
pub use receipt::{
    BallotSearch, FoundBallot, MAX_RECEIPT_BYTES, RECEIPT_FORMAT, Receipt, ReceiptError, find_ballot,
};
#[cfg(feature = "std")]
pub use writer::{AddProofsError, RecordWriter, ResumeError, WriteError, add_proofs};
