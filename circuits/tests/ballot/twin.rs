//! The circuit and its twin in plain code agree; what is refused before proving.

use crate::{
    common::layout::Layout,
    samples::{Sample, rng, scalar, valid},
};
use ark_ff::Field;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, SynthesisError, SynthesisMode,
};
use tabella_circuits::{BallotCircuit, BallotCircuitError};
use tabella_primitives::{Fr, edwards::Scalar, elgamal::Randomness, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotSize, SealedDigest, SealedInstance, ballot_holds},
    election::{Method, SealedRules},
    identity::IdentitySecret,
};

pub(crate) fn satisfied(circuit: BallotCircuit) -> bool {
    let cs = ConstraintSystem::new_ref();
    circuit.generate_constraints(cs.clone()).unwrap();
    cs.is_satisfied().unwrap()
}

#[test]
fn every_rule_of_both_sizes_agrees_with_the_twin() {
    for size in BallotSize::ALL {
        for (seed, (rules, votes, weight)) in (0..).zip(valid(size)) {
            let sample = Sample::new(&rules, &votes, weight, usize::try_from(seed).unwrap() * 4, seed);
            assert_eq!(sample.election.size(), size);
            assert_eq!(sample.election.seal(&sample.witness).unwrap(), sample.ballot());
            let instance = sample.instance();
            assert!(ballot_holds(&sample.election, &instance, &sample.witness));
            assert!(satisfied(sample.circuit()), "{rules:?} {votes:?}");
        }
    }
}

#[test]
fn neighbours_of_a_statement_hold_in_neither() {
    let sample = Sample::simple(10);
    let right = sample.instance();
    for other in [Fr::ONE, -Fr::ONE] {
        let digest = SealedDigest::from_field(*right.digest.as_field() + other);
        for instance in [
            SealedInstance { digest, ..right },
            SealedInstance { gamma: right.gamma ^ 1, ..right },
            SealedInstance { fingerprint: right.fingerprint + other, ..right },
        ] {
            assert!(!ballot_holds(&sample.election, &instance, &sample.witness));
            assert!(!satisfied(sample.circuit_of(instance)));
        }
    }
    // Another voter, path, or randomness under the same public values.
    let mut others = vec![sample.clone(), sample.clone(), sample.clone()];
    others[0].witness.secret = IdentitySecret::from_scalar(scalar(&mut rng(11)));
    others[1].witness.randomness = Randomness::from_scalar(Scalar::from(5u64)).unwrap();
    others[2].witness.path = Sample::simple(12).witness.path;
    for other in others {
        assert!(!ballot_holds(&other.election, &right, &other.witness));
        assert!(!satisfied(other.circuit_of(right)));
    }
}

#[test]
fn edge_secrets_and_randomness_agree() {
    let mut sample = Sample::simple(13);
    let two = Scalar::from(2u64);
    let edge = |k: u64| {
        [
            Scalar::from(k),
            -Scalar::from(k),
            two.pow([250]) + Scalar::from(k),
            two.pow([251]) + Scalar::from(k),
        ]
    };
    for rho in (1..4).flat_map(edge) {
        sample.witness.randomness = Randomness::from_scalar(rho).unwrap();
        assert!(satisfied(sample.circuit()), "{rho}");
    }
}

#[test]
fn what_does_not_fit_is_refused_before_proving() {
    let sample = Sample::simple(14);
    let new = |sample: &Sample| {
        BallotCircuit::new(sample.election.clone(), SealedInstance { ..instance() }, sample.witness.clone())
    };
    fn instance() -> SealedInstance {
        SealedInstance { digest: SealedDigest::from_field(Fr::ONE), gamma: 0, fingerprint: Fr::ONE }
    }
    let refused = |votes: &[u64]| new(&sample.with_votes(votes)).unwrap_err();
    assert_eq!(refused(&[1]), BallotCircuitError::Count { expected: 2, actual: 1 });
    assert_eq!(refused(&[1, 1, 1]), BallotCircuitError::Count { expected: 2, actual: 3 });
    assert_eq!(refused(&[0, 65_536]), BallotCircuitError::TooLarge { option: 1 });
    assert_eq!(refused(&[u64::MAX, 0]), BallotCircuitError::TooLarge { option: 0 });
    let mut zero = sample.clone();
    zero.witness.secret = IdentitySecret::from_scalar(Scalar::from(0u64));
    assert_eq!(new(&zero).unwrap_err(), BallotCircuitError::ZeroSecret);
    assert_eq!(format!("{:?}", sample.circuit()), "BallotCircuit(ballot-2-v1, ..)");
    let cs = ConstraintSystem::<Fr>::new_ref();
    let shape = BallotCircuit::shape_only(BallotSize::Two);
    assert_eq!(shape.generate_constraints(cs).unwrap_err(), SynthesisError::AssignmentMissing);
}

#[test]
fn public_inputs_stand_in_the_order_of_their_names() {
    let sample = Sample::simple(15);
    let instance = sample.instance();
    let layout = Layout::of(sample.circuit());
    assert_eq!(SealedInstance::FIELDS, ["digest", "gamma", "fingerprint"]);
    assert_eq!(layout.z[1..4], instance.public_inputs());
}

#[test]
fn the_assignment_without_matrices_is_the_assignment_with_them() {
    let values = |circuit: BallotCircuit, construct_matrices: bool| {
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: construct_matrices });
        circuit.generate_constraints(cs.clone()).unwrap();
        [cs.instance_assignment().unwrap().to_vec(), cs.witness_assignment().unwrap().to_vec()]
    };
    let rules = SealedRules::plain(Method::Score { max: 9 });
    for sample in [Sample::simple(16), Sample::new(&rules, &[1, 2, 3, 9], 1, 32, 17)] {
        assert!(values(sample.circuit(), true) == values(sample.circuit(), false));
    }
}
