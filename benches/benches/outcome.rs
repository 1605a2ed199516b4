//! Proving what comes out of secret ballots: sums of batches, and a tally by 3 of 5 trustees.
//!
//! The keys have no tables, the proofs are unverified, synthesis and the check of every constraint included. `tally/verify-share` is what everyone checks of each trustee
//! besides its decryption share.

use crate::trustees::{SLOTS, ceremony, ciphertexts};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::hint::black_box;
use tabella_benches::{seeded, slow};
use tabella_circuits::{SumCircuit, TallyCircuit};
use tabella_primitives::{Fr, digest::Digest};
use tabella_protocol::{
    ballot::{BallotSize, BallotSum, BatchSize, SealedBallot, SealedElection, SumWitness},
    election::{ElectionId, Method, SealedRules},
    registry::RegistryRoot,
    statement::Nullifier,
    trustee::{
        DecryptionShare, EncryptedSum, KeyCeremony, KeyShare, OpeningLedger, OpeningPolicy, TallyShare,
        TallyStatement, TallyWitness, TrusteeSecret, Verified,
    },
};
use tabella_prover::{Prover, ProvingKey, insecure_development_setup};

/// An election under the ceremony's keys, and so many ballots that give each option one vote.
fn election(ceremony: &KeyCeremony, count: usize) -> (SealedElection, Vec<SealedBallot>) {
    let rules = SealedRules::plain(Method::Score { max: 9 });
    let (terms, root) = (Digest::from_bytes([7; 32]), RegistryRoot::from_field(Fr::from(5u64)));
    let key = ceremony.key().clone();
    let election = SealedElection::new(terms, root, 1000, &rules, SLOTS.into(), key).expect("the rules fit");
    let ballots = ciphertexts(election.key(), count).into_iter().zip(0u64..).map(|(ciphertext, i)| {
        SealedBallot { election: election.id(), nullifier: Nullifier::from_field(Fr::from(i)), ciphertext }
    });
    let ballots = ballots.collect();
    (election, ballots)
}

fn prover(key: &ProvingKey) -> Prover<'_> {
    Prover::new(key).insecurely_without_self_verification()
}

fn sums(c: &mut Criterion) {
    let (_, ceremony, _) = ceremony(5, 3);
    let mut group = c.benchmark_group("sum");
    let mut rng = seeded(6);
    let full = std::env::var_os("TABELLA_BENCH_FULL").is_some();
    for batch in BatchSize::ALL.into_iter().filter(|batch| full || *batch == BatchSize::Small) {
        let (election, ballots) = election(&ceremony, batch.places());
        group.throughput(Throughput::Elements(u64::try_from(batch.places()).expect("few")));
        let none = BallotSum::none(&election);
        let witness = SumWitness::new(batch, none, ballots).expect("as many as there are places");
        let circuit = SumCircuit::new(witness.instance(), witness);
        let shape = SumCircuit::shape_only(BallotSize::Eight, batch);
        let key = insecure_development_setup(&shape, &[0; 32]).expect("it has a key");
        group.bench_function(BenchmarkId::new("prove", format!("8-of-{}", batch.places())), |b| {
            b.iter(|| prover(&key).prove(black_box(&circuit), &mut rng).expect("the statement holds"));
        });
    }
    group.finish();
}

/// A trustee's two shares.
fn shares(
    ceremony: &KeyCeremony,
    (me, key): (&TrusteeSecret, &KeyShare),
    statement: &TallyStatement,
    ballots: &[SealedBallot],
) -> (TallyShare, DecryptionShare<Verified>) {
    let rng = &mut seeded(4);
    let ciphertexts: Vec<_> = ballots.iter().map(|ballot| ballot.ciphertext.clone()).collect();
    let name = ElectionId::from_digest(Digest::from_bytes([1; 32]));
    let sum = EncryptedSum::of(ceremony, name, &ciphertexts).expect("eight slots");
    let policy = OpeningPolicy::new(2).expect("at least two");
    let authorised = OpeningLedger::new()
        .authorise(ceremony, key.trustee(), name, &ciphertexts, policy)
        .expect("there are enough ballots");
    let package = key.decrypt(me, ceremony, &authorised, rng).expect("its key");
    let decryption = DecryptionShare::from_package(ceremony, &package).expect("signed");
    let share = key.prove_tally(ceremony, &authorised, statement, rng).expect("its sum");
    (share, decryption.verify(ceremony, &sum).expect("right"))
}

fn tallies(c: &mut Criterion) {
    let (secrets, ceremony, keys) = ceremony(5, 3);
    let (election, ballots) = election(&ceremony, 10);
    let sum = BallotSum::none(&election).with(&ballots).expect("they are of the election");
    let statement =
        TallyStatement::new(election, sum, vec![10; SLOTS.into()]).expect("a number for each option");
    let mut group = c.benchmark_group("tally");
    let trustees: Vec<_> = secrets.iter().zip(&keys).take(3).collect();
    let proven: Vec<_> =
        trustees.iter().map(|trustee| shares(&ceremony, *trustee, &statement, &ballots)).collect();
    let (first, decryption) = proven.first().expect("three");
    group.bench_function("verify-share", |b| {
        b.iter(|| first.verify(&ceremony, black_box(&statement), decryption).expect("it is right"));
    });
    let witness = TallyWitness::new(statement.clone(), &ceremony, &proven).expect("three of five");
    let circuit = TallyCircuit::new(statement.instance(), witness);
    let key = insecure_development_setup(&TallyCircuit::shape_only(BallotSize::Eight), &[0; 32])
        .expect("it has a key");
    let mut rng = seeded(6);
    group.bench_function(BenchmarkId::new("prove", SLOTS), |b| {
        b.iter(|| prover(&key).prove(black_box(&circuit), &mut rng).expect("the statement holds"));
    });
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = sums, tallies }
