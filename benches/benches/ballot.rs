//! Proving secret ballots of two and of eight options, beside membership at depth 20 by the same prover.
//!
//! The key's tables are large, the proofs unverified, synthesis and the check of every constraint included. `seal` is what a voter's device computes
//! before: the ciphertext, and the statement that it travels with.

use criterion::{BenchmarkId, Criterion, criterion_group};
use std::hint::black_box;
use tabella_benches::{circuit, development_key, seeded, slow};
use tabella_circuits::BallotCircuit;
use tabella_primitives::{
    digest::Digest,
    edwards::{Point, Scalar},
    elgamal::{EncryptionKey, Randomness},
};
use tabella_protocol::{
    ballot::{BallotSize, BallotWitness, SealedElection},
    election::{Method, SealedRules},
    identity::IdentitySecret,
    registry::MembershipPath,
    statement::CircuitId,
};
use tabella_prover::{Kernel, Prover, ProvingKey, TableSize, Tables, insecure_development_setup};
use zeroize::Zeroizing;

/// A voter of an election by single choice; her path has ten siblings.
fn voter(options: u64) -> (SealedElection, BallotWitness) {
    let scalar = |number: u64| Scalar::from(1_000_003 * number) * Scalar::from(u64::MAX);
    let secret = IdentitySecret::from_scalar(scalar(1));
    let siblings = (0..10u64).map(|level| IdentitySecret::from_scalar(scalar(level + 9)).commitment());
    let siblings = siblings.map(|commitment| *commitment.as_field()).collect();
    let path = MembershipPath::from_parts(0x155, siblings).expect("ten siblings are a path");
    let root = path.root(&secret.commitment());
    let keys = (0..options).map(|option| Point::mul_base(&scalar(option + 99))).collect();
    let keys = EncryptionKey::new(keys).expect("the keys differ");
    let rules = SealedRules::plain(Method::SingleChoice);
    let terms = Digest::from_bytes([7; 32]);
    let count = usize::try_from(options).expect("there are few options");
    let election = SealedElection::new(terms, root, 1000, &rules, count, keys).expect("the rules fit");
    let votes = Zeroizing::new((0..options).map(|option| u64::from(option == 1)).collect());
    let randomness = Randomness::from_scalar(scalar(5)).expect("it is not 0");
    (election, BallotWitness { secret, weight: 1, path, votes, randomness })
}

fn ballots(c: &mut Criterion) {
    let mut group = c.benchmark_group("ballot");
    let mut rng = seeded(6);
    let tables = |key: &ProvingKey| Tables::new(key, Kernel::fastest(), TableSize::Large, &|_, _| ());
    let id = CircuitId::Membership20V1;
    let (key, membership) = (development_key(id), circuit(id, 0));
    let own = tables(&key);
    group.bench_function(BenchmarkId::new("prove", "membership-20"), |b| {
        let prover = || Prover::new(&key).with_tables(&own).expect("they are the key's own");
        b.iter(|| {
            let mut prover = prover().insecurely_without_self_verification();
            prover.prove(black_box(&membership), &mut rng).expect("the statement holds")
        });
    });
    for (size, options) in [(BallotSize::Two, 2), (BallotSize::Eight, 8)] {
        let (election, witness) = voter(options);
        group.bench_function(BenchmarkId::new("seal", options), |b| {
            b.iter(|| {
                let ballot = election.seal(black_box(&witness)).expect("the votes are valid");
                ballot.instance(&election).expect("it is of this election")
            });
        });
        let ballot = election.seal(&witness).expect("the votes are valid");
        let instance = ballot.instance(&election).expect("it is of this election");
        let circuit =
            BallotCircuit::new(election, instance, witness).expect("the statement is one of the circuit");
        let key =
            insecure_development_setup(&BallotCircuit::shape_only(size), &[0; 32]).expect("it has a key");
        let own = tables(&key);
        group.bench_function(BenchmarkId::new("prove", options), |b| {
            let prover = || Prover::new(&key).with_tables(&own).expect("they are the key's own");
            b.iter(|| {
                let mut prover = prover().insecurely_without_self_verification();
                prover.prove(black_box(&circuit), &mut rng).expect("the statement holds")
            });
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = slow(); targets = ballots }
