//! The circuit under a real proof system.

use crate::{
    common::random::rng,
    full,
    samples::{Sample, circuit, circuit_of},
};
use ark_ff::Field;
use tabella_circuits::TallyCircuit;
use tabella_primitives::Fr;
use tabella_protocol::{ballot::BallotSize, trustee::TallyInstance};
use tabella_prover::{ProveError, insecure_development_setup, prove};

#[test]
fn a_tally_is_proved_to_whoever_knows_the_name_of_the_sum_alone() {
    for size in BallotSize::ALL.into_iter().filter(|size| *size == BallotSize::Two || full()) {
        let key = insecure_development_setup(&TallyCircuit::shape_only(size), &[7; 32]).unwrap();
        let verifying_key = key.verifying_key().clone().prepare();
        let ballots = [vec![5; size.slots()], vec![6; size.slots()]];
        let mut sample = Sample::new(3, 2, &ballots, 70);
        let witness = sample.witness(&[2, 0]);
        let proved = prove(&key, &circuit(&witness), &mut rng(71)).unwrap();
        let mut totals = [0; 8];
        totals[..size.slots()].fill(11);
        let known = TallyInstance { sum: sample.statement.sum().digest(), totals };
        verifying_key.verify(&known, &proved.proof).unwrap();
        totals[0] = 12;
        assert!(verifying_key.verify(&TallyInstance { totals, ..known }, &proved.proof).is_err());
        for place in 0..3 {
            let mut inputs = proved.public_inputs.clone();
            inputs[place] += Fr::ONE;
            assert!(verifying_key.verify_inputs(&inputs, &proved.proof).is_err(), "input {place}");
        }
        // A wrong tally has no proof, and the failure has a name.
        match prove(&key, &circuit_of(TallyInstance { totals, ..known }, &witness), &mut rng(72)) {
            Err(ProveError::Unsatisfied { name, .. }) => assert!(name.starts_with("tally/"), "{name}"),
            other => panic!("{other:?}"),
        }
    }
}
