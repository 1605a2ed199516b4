//! The circuit under a real proof system: bound to its public inputs, and failures with names.

use crate::samples::{Sample, rng, valid};
use ark_ff::Field;
use tabella_circuits::BallotCircuit;
use tabella_primitives::{Fr, elgamal::Ciphertext};
use tabella_protocol::ballot::{BallotSize, SealedBallot, SealedInstance};
use tabella_prover::{ProveError, insecure_development_setup, prove};

fn proves(size: BallotSize, which: usize) {
    let mut rng = rng(400);
    let key = insecure_development_setup(&BallotCircuit::shape_only(size), &[7; 32]).unwrap();
    let verifying_key = key.verifying_key().clone().prepare();
    let (rules, votes, weight) = valid(size).swap_remove(which);
    let sample = Sample::new(&rules, &votes, weight, 11, 401);
    let ballot = sample.election.seal(&sample.witness).unwrap();
    let instance = ballot.instance(&sample.election).unwrap();
    let proved = prove(&key, &sample.circuit(), &mut rng).unwrap();
    // What travels is enough to verify it.
    let travelled = SealedBallot::from_bytes(&ballot.to_bytes()).unwrap();
    verifying_key.verify(&travelled.instance(&sample.election).unwrap(), &proved.proof).unwrap();
    for place in 0..3 {
        for wrong in [proved.public_inputs[place] + Fr::ONE, Fr::from(0u64), -Fr::ONE] {
            let mut inputs = proved.public_inputs.clone();
            inputs[place] = wrong;
            assert!(verifying_key.verify_inputs(&inputs, &proved.proof).is_err(), "input {place}");
        }
    }

    // A good proof beside rubbish: another ciphertext, then one with two points exchanged.
    let mut points = ballot.ciphertext.points().to_vec();
    points.swap(1, 2);
    let swapped = Ciphertext::from_points(points).unwrap();
    let rubbish = Sample::new(&rules, &votes, weight, 11, 402).ballot().ciphertext;
    for ciphertext in [rubbish, swapped] {
        let beside = SealedBallot { ciphertext, ..ballot.clone() };
        // Where the digest is computed anew, it differs.
        let honest = beside.instance(&sample.election).unwrap();
        assert_ne!(honest.digest, instance.digest);
        assert!(verifying_key.verify(&honest, &proved.proof).is_err());
        // Where it is taken from the sender, as a contract does, the fingerprint differs.
        let gamma = beside.gamma(instance.digest);
        let claimed =
            SealedInstance { digest: instance.digest, gamma, fingerprint: beside.fingerprint(gamma) };
        assert_ne!(claimed.gamma, instance.gamma);
        assert!(verifying_key.verify(&claimed, &proved.proof).is_err());
    }

    // Votes against the rules have no proof, and the failure has a name.
    let mut wrong = votes.clone();
    wrong[0] += 1;
    match prove(&key, &sample.with_votes(&wrong).circuit(), &mut rng) {
        Err(ProveError::Unsatisfied { name, .. }) => assert!(name.starts_with("ballot/rules/"), "{name}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ballot_of_two_slots_proves_and_rubbish_beside_it_is_refused() {
    proves(BallotSize::Two, 0);
}

#[test]
fn a_ballot_of_eight_slots_proves_and_rubbish_beside_it_is_refused() {
    proves(BallotSize::Eight, 1);
}
