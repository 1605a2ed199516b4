//! The circuit and its twin in plain code agree.

use crate::{
    common::layout::Layout,
    full,
    samples::{ballots, circuit, circuit_of, election, witness},
};
use ark_ff::Field;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, SynthesisError, SynthesisMode,
};
use tabella_circuits::SumCircuit;
use tabella_primitives::{Fr, instance::PublicInputs};
use tabella_protocol::ballot::{
    BallotSize, BallotSum, BatchCommitment, BatchSize, SumDigest, SumInstance, SumWitness, sum_holds,
};

fn satisfied(circuit: SumCircuit) -> bool {
    let cs = ConstraintSystem::new_ref();
    circuit.generate_constraints(cs.clone()).unwrap();
    cs.is_satisfied().unwrap()
}

#[test]
fn batches_of_every_fill_agree_with_the_twin() {
    for (options, count) in [(2, 0), (2, 1), (2, 64), (3, 2), (8, 63)] {
        let witness = witness(options, BatchSize::Small, count, 10);
        assert!(sum_holds(&witness.instance(), &witness));
        assert!(satisfied(circuit(&witness)), "{count} ballots with {options} options");
    }
    if full() {
        for (options, count) in [(2, 256), (8, 255)] {
            assert!(satisfied(circuit(&witness(options, BatchSize::Large, count, 10))));
        }
    }
}

#[test]
fn from_nothing_in_two_batches() {
    let election = election(2, 20);
    let all = ballots(&election, 70, 21);
    let none = BallotSum::none(&election);
    let first = SumWitness::new(BatchSize::Small, none.clone(), all[..64].to_vec()).unwrap();
    let second = SumWitness::new(BatchSize::Small, first.after().clone(), all[64..].to_vec()).unwrap();
    for witness in [&first, &second] {
        assert!(satisfied(circuit(witness)));
    }
    assert_eq!(*second.after(), none.with(&all).unwrap());
    assert_eq!(second.instance().before, first.instance().after);
}

#[test]
fn neighbours_of_a_statement_hold_in_neither() {
    let witness = witness(2, BatchSize::Small, 5, 30);
    let right = witness.instance();
    let one = Fr::ONE;
    for instance in [
        SumInstance { commitment: BatchCommitment::from_field(*right.commitment.as_field() + one), ..right },
        SumInstance { gamma: right.gamma ^ 1, ..right },
        SumInstance { fingerprint: right.fingerprint + one, ..right },
        SumInstance { before: right.after, ..right },
        SumInstance { after: right.before, ..right },
        SumInstance { after: SumDigest::from_field(*right.after.as_field() + one), ..right },
    ] {
        assert!(!sum_holds(&instance, &witness));
        assert!(!satisfied(circuit_of(instance, &witness)));
    }
    // One ballot less, two exchanged, one twice, one replaced: not the statement of the digests that were accepted.
    let base = witness.ballots();
    let mut others = vec![base[..4].to_vec(), base.to_vec(), base.to_vec(), base.to_vec()];
    others[1].swap(0, 1);
    others[2][4] = base[3].clone();
    others[3][4].nullifier = base[3].nullifier;
    for other in others {
        let other = SumWitness::new(BatchSize::Small, witness.before().clone(), other).unwrap();
        // Even if the sum's name is taken from them.
        let instance = SumInstance { after: other.after().digest(), ..right };
        assert!(!sum_holds(&instance, &other));
        assert!(!satisfied(circuit_of(instance, &other)));
        // And if the commitment is, the fingerprint of the accepted digests is another one.
        let (commitment, after) = (other.commitment(), other.after().digest());
        let digests = witness.digests();
        let claimed =
            SumInstance::of_digests(BatchSize::Small, commitment, right.before, after, &digests).unwrap();
        assert!(!sum_holds(&claimed, &other));
        assert!(!satisfied(circuit_of(claimed, &other)));
    }
}

#[test]
fn public_inputs_stand_in_the_order_of_their_names() {
    let witness = witness(2, BatchSize::Small, 2, 40);
    let layout = Layout::of(circuit(&witness));
    assert_eq!(SumInstance::FIELDS, ["commitment", "gamma", "fingerprint", "before", "after"]);
    assert_eq!(layout.z[1..6], witness.instance().public_inputs());
    assert_eq!(format!("{:?}", circuit(&witness)), "SumCircuit(sum-2-of-64-v1, ..)");
    let cs = ConstraintSystem::<Fr>::new_ref();
    let shape = SumCircuit::shape_only(BallotSize::Two, BatchSize::Small);
    assert_eq!(shape.generate_constraints(cs).unwrap_err(), SynthesisError::AssignmentMissing);
}

#[test]
fn the_assignment_without_matrices_is_the_assignment_with_them() {
    let values = |circuit: SumCircuit, construct_matrices: bool| {
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: construct_matrices });
        circuit.generate_constraints(cs.clone()).unwrap();
        [cs.instance_assignment().unwrap().to_vec(), cs.witness_assignment().unwrap().to_vec()]
    };
    for options in [2, 5] {
        let witness = witness(options, BatchSize::Small, 7, 50);
        assert!(values(circuit(&witness), true) == values(circuit(&witness), false));
    }
}
