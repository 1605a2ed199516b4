//! Re-does every check of an election record and names the first fault.
//!
//! The auditor trusts nobody who made the record: not the registrar, not the clerk, not the ballot box. What the auditor
//! does bring along is in [`AuditOptions`]: the verifying keys that count, and whatever was published elsewhere and must be
//! found in the record again (election, heads of the ballot box, receipts, digest of the record).
//!
//! | entry | what is checked, in this order |
//! | --- | --- |
//! | every | canonical form, number, place, hash link ([`RecordReader`](tabella_protocol::record::RecordReader)) |
//! | manifest | every field makes sense; it is the expected election; its verifying key is trusted, and came about as it says |
//! | ballot | index; election, circuit and registry root; the choice fits the rules; one ballot per nullifier; no more ballots than places in the registry; published receipts and heads; the proof |
//! | close | number of ballots, head, time; no receipt or head is left over: a tail that was cut off shows here |
//! | registry | nobody twice; size, depth and root rebuilt; no more ballots than citizens |
//! | tally | counted again from the ballots, compared field by field |
//! | sum-proof, tally-proof | a trusted key; the ballots and sums that were added up, the numbers that the shares decrypt; the proof |
//! | end | number of entries, digest of the record, nothing after it |
//!
//! ```
//! use tabella_audit::{AuditOptions, TrustedKey, audit};
//! # use tabella_audit::quietly;
//! # use tabella_primitives::{Fr, instance::PublicInputs, rng};
//! # use tabella_protocol::{ballot::{BallotStatement, Selection}, election::{FrozenRegistry, KeyProvenance, Manifest, Window},
//! #     record::RecordWriter, registry::RegistryRoot, statement::{CircuitId, Nullifier}, tally::Tally};
//! # use tabella_verifier::testing::ForgingKey;
//! # let mut rng = rng::from_os()?;
//! # let secrets = ForgingKey::generate(4, &mut rng);
//! # let key = secrets.verifying_key();
//! # let manifest = Manifest::builder("Lunch", "Where do we eat?").options(["Canteen", "Park"])
//! #     .window(Window { opens_at: 1_700_000_000, closes_at: 1_700_003_600 })
//! #     .registry(FrozenRegistry::new(RegistryRoot::from_field(Fr::from(7)), 300))
//! #     .insecure_development_key(key.digest()).nonce([1; 32]).build()?;
//! # let choice = Selection::from_labels(&manifest, ["Park"])?;
//! # let statement = BallotStatement::new(&manifest, Nullifier::from_field(Fr::from(5)), choice.clone())?;
//! # let proof = secrets.forge(&statement.instance().public_inputs(), &mut rng);
//! # let mut file = Vec::new();
//! # let mut writer = RecordWriter::new(&mut file, &manifest)?;
//! # writer.ballot(&statement.into_ballot(proof.to_bytes()).into())?;
//! # writer.close(1_700_003_600)?;
//! # writer.tally(&Tally::count(&manifest, [&choice])?)?;
//! # writer.finish()?;
//! // `file` is a published record, `key` a verifying key that the auditor has from a source she trusts.
//! let trusted = TrustedKey::new(CircuitId::Membership10V1, key.prepare(), KeyProvenance::InsecureDevelopment);
//! let report = audit(file.as_slice(), &AuditOptions::new([trusted]), &mut rng, &mut quietly)?;
//! println!("{report}");
//! assert_eq!(report.tally.counts[1].votes, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Records of secret ballots may have proofs of the sum and of the tally. They are for those who do not have the ballots, such as a contract.
//! An audit verifies them, and recomputes what they prove in any case: ballots are added up again, shares checked. It never takes a proof in their
//! stead, and a record without proofs is no worse; the [report](AuditReport::proofs) says which there were.
//!
//! What an audit cannot show: that every citizen who wanted to vote was let, that the registry holds the right people, and
//! that the secrets behind the verifying key were destroyed.
//!
//! This crate knows no secret and no prover.
#![warn(clippy::indexing_slicing)]

mod aggregates;
mod auditor;
mod fault;
mod options;
mod proofs;
mod registry;
mod report;
mod secret;
mod unopened;

pub use auditor::{audit, audit_unopened};
pub use fault::{Aggregate, AggregateFault, Cause, Fault};
pub use options::{
    AuditOptions, Progress, ProofChecks, PublishedHead, PublishedReceipt, Stage, TrustedKey, quietly,
};
pub use report::{AggregateReport, AuditReport, OpeningReport, REPORT_FORMAT, SumProofReport, Warning};
pub use unopened::{NotAuthorised, UnopenedReport};
