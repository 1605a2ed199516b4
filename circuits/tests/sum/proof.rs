//! The circuit under a real proof system.

use crate::{
    common::random::rng,
    full,
    samples::{ballots, circuit, circuit_of, election, witness},
};
use ark_ff::Field;
use tabella_circuits::SumCircuit;
use tabella_primitives::Fr;
use tabella_protocol::ballot::{BallotSize, BallotSum, BatchSize, SumInstance, SumWitness};
use tabella_prover::{ProveError, ProvingKey, insecure_development_setup, prove};

fn key(size: BallotSize, batch: BatchSize) -> ProvingKey {
    insecure_development_setup(&SumCircuit::shape_only(size, batch), &[7; 32]).unwrap()
}

/// A contract's work: it has the digests of ballots, and the name of the sum so far.
#[test]
fn a_sum_is_proved_to_whoever_knows_digests_alone() {
    let key = key(BallotSize::Two, BatchSize::Small);
    let verifying_key = key.verifying_key().clone().prepare();
    let election = election(2, 70);
    let all = ballots(&election, 66, 71);
    let none = BallotSum::none(&election);
    let first = SumWitness::new(BatchSize::Small, none.clone(), all[..64].to_vec()).unwrap();
    let second = SumWitness::new(BatchSize::Small, first.after().clone(), all[64..].to_vec()).unwrap();
    let mut name = none.digest();
    for witness in [&first, &second] {
        let sent = witness.instance();
        let proved = prove(&key, &circuit(witness), &mut rng(72)).unwrap();
        let digests: Vec<_> = witness.ballots().iter().map(|ballot| ballot.digest(BallotSize::Two)).collect();
        let check = |before, digests: &[_]| {
            SumInstance::of_digests(BatchSize::Small, sent.commitment, before, sent.after, digests).unwrap()
        };
        verifying_key.verify(&check(name, &digests), &proved.proof).unwrap();
        // Another order, one less, another sum before.
        let mut exchanged = digests.clone();
        exchanged.swap(0, 1);
        for wrong in [check(name, &exchanged), check(name, &digests[1..]), check(sent.after, &digests)] {
            assert!(verifying_key.verify(&wrong, &proved.proof).is_err());
        }
        for place in 0..5 {
            let mut inputs = proved.public_inputs.clone();
            inputs[place] += Fr::ONE;
            assert!(verifying_key.verify_inputs(&inputs, &proved.proof).is_err(), "input {place}");
        }
        name = sent.after;
    }
    assert_eq!(name, none.with(&all).unwrap().digest());

    // A sum that is wrong has no proof, and the failure has a name.
    let wrong = SumInstance { after: first.instance().before, ..first.instance() };
    match prove(&key, &circuit_of(wrong, &first), &mut rng(73)) {
        Err(ProveError::Unsatisfied { name, .. }) => assert!(name.starts_with("sum/after/"), "{name}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_size_proves() {
    let sizes = BallotSize::ALL.into_iter().flat_map(|size| BatchSize::ALL.map(|batch| (size, batch)));
    for (size, batch) in sizes.filter(|_| full()) {
        let key = key(size, batch);
        let witness = witness(size.slots(), batch, batch.places() - 1, 74);
        let proved = prove(&key, &circuit(&witness), &mut rng(75)).unwrap();
        key.verifying_key().clone().prepare().verify(&witness.instance(), &proved.proof).unwrap();
    }
}
