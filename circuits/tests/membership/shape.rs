//! Shapes are pinned: a difference means another circuit, and new keys.

use crate::{
    common::shape::check_pinned,
    samples::{Sample, rng},
    system::System,
};
use std::fmt::Write;
use tabella_circuits::MembershipCircuit;
use tabella_primitives::instance::PublicInputs;
use tabella_protocol::statement::{CircuitId, MembershipInstance};
use tabella_prover::circuit_shape;

/// Constraints of Semaphore's circuit at depths 10, 16, 20, 32: 1,511 + 246 per level.
const SEMAPHORE: [usize; 4] = [3_971, 5_447, 6_431, 9_383];

fn describe(id: CircuitId) -> String {
    let shape = circuit_shape(&MembershipCircuit::shape_only(id).unwrap()).unwrap();
    let system = System::new(id, &Sample::random(3, &mut rng(1)));
    let [a, b, c] = shape.nonzeros;
    let mut text = format!("circuit {id}\ndigest {}\n", shape.digest);
    writeln!(text, "constraints {}", shape.constraints).unwrap();
    writeln!(text, "public inputs {}: {}", shape.public_inputs, MembershipInstance::FIELDS.join(", "))
        .unwrap();
    writeln!(text, "witness variables {}", shape.witness_variables).unwrap();
    writeln!(text, "nonzeros A {a} B {b} C {c}").unwrap();
    for (part, constraints) in system.parts() {
        writeln!(text, "part {part} {constraints}").unwrap();
    }
    text
}

#[test]
fn shapes_are_those_that_were_pinned() {
    for id in CircuitId::MEMBERSHIP {
        check_pinned(id.name(), &describe(id));
    }
}

#[test]
fn fewer_constraints_than_semaphore_at_every_depth() {
    for (id, theirs) in CircuitId::MEMBERSHIP.into_iter().zip(SEMAPHORE) {
        let ours = circuit_shape(&MembershipCircuit::shape_only(id).unwrap()).unwrap().constraints;
        assert_eq!(ours, 1150 + 242 * id.max_depth().unwrap());
        assert!(ours < theirs, "{id}: {ours} against {theirs}");
    }
}

#[test]
fn the_shape_depends_on_the_circuit_only() {
    let id = CircuitId::Membership10V1;
    let shape = circuit_shape(&MembershipCircuit::shape_only(id).unwrap()).unwrap();
    for depth in [0, 1, 10] {
        let circuit = Sample::random(depth, &mut rng(2)).circuit(id);
        assert_eq!(circuit_shape(&circuit).unwrap(), shape);
    }
}

#[test]
fn names_are_distinct_and_every_public_input_is_used() {
    let system = System::new(CircuitId::Membership10V1, &Sample::random(10, &mut rng(3)));
    let distinct: std::collections::BTreeSet<_> = system.names.iter().collect();
    assert_eq!(distinct.len(), system.names.len());
    for (place, field) in MembershipInstance::FIELDS.iter().enumerate() {
        let column = place + 1;
        assert!(
            system.rows.iter().flatten().flatten().any(|(_, k)| *k == column),
            "{field} is in no constraint"
        );
    }
}
