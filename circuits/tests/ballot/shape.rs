//! Shapes are pinned: a difference means another circuit, and new keys.

use crate::{
    common::{layout::Layout, shape::check_pinned},
    samples::{Sample, valid},
};
use std::fmt::Write;
use tabella_circuits::BallotCircuit;
use tabella_primitives::instance::PublicInputs;
use tabella_protocol::ballot::{BallotSize, SealedInstance};
use tabella_prover::circuit_shape;

fn sample(size: BallotSize, which: usize) -> Sample {
    let (rules, votes, weight) = valid(size).swap_remove(which);
    Sample::new(&rules, &votes, weight, 3, 1)
}

fn describe(size: BallotSize) -> String {
    let shape = circuit_shape(&BallotCircuit::shape_only(size)).unwrap();
    let [a, b, c] = shape.nonzeros;
    let mut text = format!("circuit {size}\ndigest {}\n", shape.digest);
    writeln!(text, "constraints {}", shape.constraints).unwrap();
    writeln!(text, "public inputs {}: {}", shape.public_inputs, SealedInstance::FIELDS.join(", ")).unwrap();
    writeln!(text, "witness variables {}", shape.witness_variables).unwrap();
    writeln!(text, "nonzeros A {a} B {b} C {c}").unwrap();
    let layout = Layout::of(sample(size, 0).circuit());
    for (part, constraints) in layout.parts() {
        writeln!(text, "part {part} {constraints}").unwrap();
    }
    for part in ["vote", "message", "mask", "body", "slot-x", "slot-y"] {
        let start = format!("ballot/option/00/{part}/");
        let count = layout.names.iter().filter(|name| name.starts_with(&start)).count();
        writeln!(text, "in each option {part} {count}").unwrap();
    }
    text
}

#[test]
fn shapes_are_those_that_were_pinned() {
    for size in BallotSize::ALL {
        check_pinned(size.circuit().name(), &describe(size));
    }
}

#[test]
fn domains_are_as_small_as_was_asked() {
    // Groth16 adds a row for each public input and for 1.
    for (size, domain) in [(BallotSize::Two, 1 << 14), (BallotSize::Eight, 1 << 15)] {
        let shape = circuit_shape(&BallotCircuit::shape_only(size)).unwrap();
        assert!(shape.constraints + shape.public_inputs < domain, "{size}: {}", shape.constraints);
    }
}

#[test]
fn the_shape_depends_on_the_size_only() {
    for size in BallotSize::ALL {
        let shape = circuit_shape(&BallotCircuit::shape_only(size)).unwrap();
        for which in 0..valid(size).len() {
            assert_eq!(circuit_shape(&sample(size, which).circuit()).unwrap(), shape);
        }
    }
}

#[test]
fn names_are_distinct_and_every_public_input_is_used() {
    for size in BallotSize::ALL {
        let layout = Layout::of(sample(size, 0).circuit());
        let distinct: std::collections::BTreeSet<_> = layout.names.iter().collect();
        assert_eq!(distinct.len(), layout.names.len());
        for (column, field) in (1..).zip(SealedInstance::FIELDS) {
            assert!(layout.rows.iter().flatten().flatten().any(|(_, k)| *k == column), "{field}");
        }
    }
}
