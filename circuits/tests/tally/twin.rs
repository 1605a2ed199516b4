//! The circuit and its twin in plain code agree.

use crate::{
    common::layout::Layout,
    samples::{Sample, circuit, circuit_of},
};
use ark_ff::Field;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, SynthesisError, SynthesisMode,
};
use tabella_circuits::TallyCircuit;
use tabella_primitives::{Fr, instance::PublicInputs};
use tabella_protocol::{
    ballot::{BallotSize, SumDigest},
    trustee::{
        TallyInstance, TallyShare, TallyShareError, TallyStatement, TallyWitness, TallyWitnessError,
        tally_holds,
    },
};

fn satisfied(circuit: TallyCircuit) -> bool {
    let cs = ConstraintSystem::new_ref();
    circuit.generate_constraints(cs.clone()).unwrap();
    cs.is_satisfied().unwrap()
}

#[test]
fn any_enough_trustees_prove_the_tally() {
    let mut sample = Sample::simple(10);
    assert_eq!(sample.statement.totals(), [1001, 10]);
    for places in [[0, 1], [2, 0], [1, 2]] {
        let witness = sample.witness(&places);
        assert!(tally_holds(&sample.statement.instance(), &witness));
        assert!(satisfied(circuit(&witness)), "{places:?}");
    }
    // One trustee alone; as many as there are places; four, whose first weight is what is left; slots without option.
    for (n, t, ballots) in [
        (1, 1, vec![vec![0, 1], vec![0, 2]]),
        (8, 8, vec![vec![3, 4, 5], vec![1, 0, 0]]),
        (4, 4, vec![vec![1, 1], vec![2, 2]]),
        (3, 2, vec![vec![1, 2, 3, 4, 5, 6, 7, 8], vec![1000; 8]]),
    ] {
        let mut sample = Sample::new(n, t, &ballots, 11);
        let witness = sample.witness(&(0..usize::from(t)).collect::<Vec<_>>());
        assert!(tally_holds(&sample.statement.instance(), &witness));
        assert!(satisfied(circuit(&witness)), "{t} of {n}");
    }
}

#[test]
fn wrong_totals_hold_in_neither() {
    let mut sample = Sample::simple(20);
    let witness = sample.witness(&[0, 1]);
    let right = sample.statement.instance();
    // Shares of the right tally beside wrong public values.
    for totals in [[1000, 10, 0, 0, 0, 0, 0, 0], [10, 1001, 0, 0, 0, 0, 0, 0], [1001, 10, 0, 0, 0, 0, 0, 1]] {
        let instance = TallyInstance { totals, ..right };
        assert!(!tally_holds(&instance, &witness));
        assert!(!satisfied(circuit_of(instance, &witness)));
    }
    let sum = SumDigest::from_field(*right.sum.as_field() + Fr::ONE);
    let instance = TallyInstance { sum, ..right };
    assert!(!tally_holds(&instance, &witness));
    assert!(!satisfied(circuit_of(instance, &witness)));
    // Trustees who prove for a wrong tally: each proof holds, but together they are not the decryption.
    let (election, sum) = (sample.statement.election().clone(), sample.statement.sum().clone());
    let wrong = TallyStatement::new(election, sum, vec![1002, 10]).unwrap();
    let shares: Vec<_> = [0, 1].map(|place| sample.share_of(place, &wrong)).to_vec();
    let witness = TallyWitness::new(wrong.clone(), &sample.ceremony, &shares).unwrap();
    assert!(!tally_holds(&wrong.instance(), &witness));
    assert!(!satisfied(circuit(&witness)));
}

#[test]
fn shares_that_do_not_fit_are_named() {
    let mut sample = Sample::simple(30);
    let (first, second, third) = (sample.share(0), sample.share(1), sample.share(2));
    let (statement, ceremony) = (sample.statement.clone(), &sample.ceremony);
    let new = |shares: &[_]| TallyWitness::new(statement.clone(), ceremony, shares);
    assert_eq!(
        new(std::slice::from_ref(&first)).unwrap_err(),
        TallyWitnessError::TooFew { shares: 1, threshold: 2 }
    );
    let trustee = first.0.trustee();
    assert_eq!(new(&[first.clone(), first.clone()]).unwrap_err(), TallyWitnessError::Duplicate { trustee });
    let mixed = (first.0, second.1.clone());
    let error = TallyShareError::OtherShare { trustee };
    assert_eq!(new(&[mixed, third.clone()]).unwrap_err(), TallyWitnessError::Share(error));
    // Every byte of the proof counts.
    let bytes = first.0.to_bytes();
    assert_eq!(TallyShare::from_bytes(&bytes), Ok(first.0));
    let error = TallyShareError::InvalidProof { trustee };
    for place in 1..bytes.len() {
        let mut other = bytes;
        other[place] ^= 1;
        let other = TallyShare::from_bytes(&other).unwrap();
        assert_eq!(other.verify(ceremony, &statement, &first.1), Err(error), "byte {place}");
    }
    for (place, value) in [(0, 0), (0, 21), (17, 255)] {
        let mut other = bytes;
        other[place] = value;
        assert!(TallyShare::from_bytes(&other).is_err());
    }
    assert!(TallyShare::from_bytes(&bytes[1..]).is_err());
    let mut many = Sample::new(9, 9, &[vec![1, 1], vec![1, 1]], 31);
    let shares: Vec<_> = (0..9).map(|place| many.share(place)).collect();
    assert_eq!(
        TallyWitness::new(many.statement.clone(), &many.ceremony, &shares).unwrap_err(),
        TallyWitnessError::ThresholdTooHigh { threshold: 9 }
    );
}

#[test]
fn public_inputs_stand_in_the_order_of_their_names() {
    let mut sample = Sample::simple(40);
    let witness = sample.witness(&[0, 1]);
    let layout = Layout::of(circuit(&witness));
    assert_eq!(TallyInstance::FIELDS, ["sum", "first", "second"]);
    assert_eq!(layout.z[1..4], sample.statement.instance().public_inputs());
    let packed = Fr::from(1001u64) + Fr::from(10u64) * Fr::from(1u64 << 42);
    assert_eq!(layout.z[2..4], [packed, Fr::from(0u64)]);
    assert_eq!(format!("{:?}", circuit(&witness)), "TallyCircuit(tally-2-v1, ..)");
    let cs = ConstraintSystem::<Fr>::new_ref();
    let shape = TallyCircuit::shape_only(BallotSize::Two);
    assert_eq!(shape.generate_constraints(cs).unwrap_err(), SynthesisError::AssignmentMissing);
}

#[test]
fn the_assignment_without_matrices_is_the_assignment_with_them() {
    let values = |circuit: TallyCircuit, construct_matrices: bool| {
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: construct_matrices });
        circuit.generate_constraints(cs.clone()).unwrap();
        [cs.instance_assignment().unwrap().to_vec(), cs.witness_assignment().unwrap().to_vec()]
    };
    let witness = Sample::new(3, 2, &[vec![1, 2, 3], vec![4, 5, 6]], 50).witness(&[0, 2]);
    assert!(values(circuit(&witness), true) == values(circuit(&witness), false));
}
