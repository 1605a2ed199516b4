//! The assignment without matrices is the assignment with them.

use crate::samples::{Sample, bytes, field, rng, scalar};
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, OptimizationGoal, SynthesisError, SynthesisMode,
};
use tabella_circuits::MembershipCircuit;
use tabella_primitives::{Fr, edwards::Scalar};
use tabella_protocol::{
    registry::RegistryRoot,
    statement::{CircuitId, MembershipInstance, Nullifier},
    value::SemaphoreValue,
};

const ID: CircuitId = CircuitId::Membership10V1;

/// Public inputs and witness in that mode, and the number of constraints made.
fn assignment(circuit: MembershipCircuit, construct_matrices: bool) -> ([Vec<Fr>; 2], usize) {
    let cs = ConstraintSystem::new_ref();
    cs.set_optimization_goal(OptimizationGoal::Constraints);
    cs.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: construct_matrices });
    circuit.generate_constraints(cs.clone()).unwrap();
    let values = [cs.instance_assignment().unwrap().to_vec(), cs.witness_assignment().unwrap().to_vec()];
    (values, cs.num_constraints())
}

fn agree(id: CircuitId, sample: &Sample) {
    let (with, constraints) = assignment(sample.circuit(id), true);
    let (without, none) = assignment(sample.circuit(id), false);
    assert!(with == without, "{id}");
    assert_eq!((constraints, none), (1150 + 242 * id.max_depth().unwrap(), 0));
}

#[test]
fn of_every_circuit_at_every_depth() {
    let mut rng = rng(500);
    for id in CircuitId::MEMBERSHIP {
        let max_depth = id.max_depth().unwrap();
        for depth in [0, 1, max_depth / 2, max_depth] {
            agree(id, &Sample::random(depth, &mut rng));
        }
    }
}

#[test]
fn of_edge_secrets_and_edge_paths() {
    let mut rng = rng(501);
    let half = Scalar::from(2u64).pow([250]);
    for secret in [Scalar::ONE, -Scalar::ONE, half, half + Scalar::ONE, half - Scalar::ONE, scalar(&mut rng)]
    {
        for (index, siblings) in [
            (0, vec![]),
            (0, vec![Fr::ZERO; 10]),
            ((1 << 10) - 1, vec![Fr::ZERO; 10]),
            (0b101, vec![Fr::ONE, Fr::ZERO, -Fr::ONE]),
            (1, vec![field(&mut rng)]),
        ] {
            agree(ID, &Sample::of(secret, index, siblings, &mut rng));
        }
    }
}

#[test]
fn of_statements_that_do_not_hold() {
    let mut sample = Sample::random(3, &mut rng(502));
    for wrong in [Fr::ZERO, -Fr::ONE, Fr::from(7u64)] {
        let (root, nullifier) = (RegistryRoot::from_field(wrong), Nullifier::from_field(wrong));
        sample.instance = MembershipInstance { root, nullifier, ..sample.instance };
        agree(ID, &sample);
    }
}

/// What a proof prepared for one scope and message has to multiply anew: nullifier, message and scope, the nullifier's hash but for
/// the S-box of the secret in its first round, and the square of the message.
#[test]
fn scope_and_message_move_few_variables() {
    let mut rng = rng(503);
    let id = CircuitId::Membership20V1;
    let sample = Sample::random(20, &mut rng);
    let values = |sample: &Sample| assignment(sample.circuit(id), false).0.concat();
    let first = values(&sample);
    let moved = |sample: &Sample| values(sample).iter().zip(&first).filter(|(new, old)| new != old).count();
    let mut other = sample.clone();
    other.instance.message = SemaphoreValue::from_be_bytes(bytes(&mut rng));
    assert_eq!((first.len(), moved(&other)), (6013, 2));
    other.instance.scope = SemaphoreValue::from_be_bytes(bytes(&mut rng));
    other.instance.nullifier = sample.witness.secret.nullifier(&other.instance.scope);
    assert_eq!(moved(&other), 240);
}

#[test]
fn a_missing_witness_is_an_error_in_both() {
    for construct_matrices in [false, true] {
        let cs = ConstraintSystem::new_ref();
        cs.set_mode(SynthesisMode::Prove { construct_matrices, generate_lc_assignments: false });
        let error = MembershipCircuit::shape_only(ID).unwrap().generate_constraints(cs).unwrap_err();
        assert_eq!(error, SynthesisError::AssignmentMissing);
    }
}
