//! Auditing a whole record: every entry read and linked, every ballot checked against the rules, every proof verified, the
//! registry rebuilt, the votes counted.
//!
//! The proofs are made with the secrets of the verifying key, one for each ballot: an auditor cannot tell, and proving
//! thousands of statements would take longer than all suites together.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::{env, hint::black_box};
use tabella_audit::{AuditOptions, ProofChecks, TrustedKey, audit, quietly};
use tabella_benches::{commitments, seeded, slow};
use tabella_primitives::{Fr, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotStatement, OpenBallot, Selection},
    election::{FrozenRegistry, Manifest, Window},
    record::RecordWriter,
    registry::{LeanImt, RegistryRoot},
    statement::Nullifier,
    tally::Tally,
};
use tabella_verifier::testing::ForgingKey;

/// Set to anything, the record of 10,000 ballots is audited too, which takes minutes.
const FULL: &str = "TABELLA_BENCH_FULL";

const CLOSES_AT: u64 = 1_700_003_600;

/// A record in memory, with the key that it is audited under.
struct Fixture {
    record: Vec<u8>,
    options: AuditOptions,
}

impl Fixture {
    /// The record of an election in which each of so many citizens voted.
    fn new(ballots: u16) -> Self {
        let mut rng = seeded(7);
        let secrets = ForgingKey::generate(4, &mut rng);
        let leaves: Vec<Fr> = commitments(ballots.into()).iter().map(|one| *one.as_field()).collect();
        let manifest = manifest(&secrets, &leaves);
        let mut cast = Vec::with_capacity(leaves.len());
        for voter in 0..ballots {
            let selection = Selection::from_indices(&manifest, [voter % 3]).expect("one of three options");
            let nullifier = Nullifier::from_field(Fr::from(voter));
            let statement = BallotStatement::new(&manifest, nullifier, selection).expect("the choice is one");
            let proof = secrets.forge(&statement.instance().public_inputs(), &mut rng);
            cast.push(statement.into_ballot(proof.to_bytes()));
        }
        let key = secrets.verifying_key().prepare();
        let trusted = TrustedKey::new(manifest.circuit(), key, manifest.key_provenance());
        Self { record: write(&manifest, &cast, &leaves), options: AuditOptions::new([trusted]) }
    }

    /// Audits the record and gives the number of ballots that were found good.
    fn audit(&self, options: &AuditOptions) -> u64 {
        let report = audit(self.record.as_slice(), options, &mut seeded(8), &mut quietly);
        report.expect("the record is as it should be").ballots
    }
}

fn manifest(secrets: &ForgingKey, leaves: &[Fr]) -> Manifest {
    let mut tree = LeanImt::new();
    tree.insert_many(leaves).expect("there is room");
    let size = u64::try_from(leaves.len()).expect("fits");
    Manifest::builder("Lunch", "Where do we eat?")
        .options(["Canteen", "Park", "Roof"])
        .window(Window { opens_at: CLOSES_AT - 3_600, closes_at: CLOSES_AT })
        .registry(FrozenRegistry::new(RegistryRoot::from_field(tree.root()), size))
        .insecure_development_key(secrets.verifying_key().digest())
        .nonce([1; 32])
        .build()
        .expect("the manifest is complete")
}

fn write(manifest: &Manifest, ballots: &[OpenBallot], leaves: &[Fr]) -> Vec<u8> {
    let mut record = Vec::new();
    let mut writer = RecordWriter::new(&mut record, manifest).expect("memory takes everything");
    for ballot in ballots {
        writer.ballot(&ballot.clone().into()).expect("ballots follow the manifest");
    }
    writer.close(CLOSES_AT).expect("the closing follows the ballots");
    writer.registry_leaves(leaves).expect("the registry follows the closing");
    let tally =
        Tally::count(manifest, ballots.iter().map(OpenBallot::selection)).expect("the choices are good");
    writer.tally(&tally).expect("the tally follows the registry");
    writer.finish().expect("the tally was written");
    record
}

fn records(c: &mut Criterion) {
    let mut group = c.benchmark_group("audit");
    let sizes: &[u16] = if env::var_os(FULL).is_some() { &[1_000, 10_000] } else { &[1_000] };
    for &size in sizes {
        let fixture = Fixture::new(size);
        group.throughput(Throughput::Elements(size.into()));
        for (name, checks) in [("batches", ProofChecks::Batches), ("one-by-one", ProofChecks::OneByOne)] {
            let options = fixture.options.clone().check_proofs(checks);
            group.bench_function(BenchmarkId::new(size.to_string(), name), |b| {
                b.iter(|| assert_eq!(fixture.audit(black_box(&options)), u64::from(size)));
            });
        }
    }
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = records }
