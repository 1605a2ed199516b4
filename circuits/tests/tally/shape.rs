//! Shapes are pinned: a difference means another circuit, and new keys.

use crate::{
    common::{layout::Layout, shape::check_pinned},
    samples::{Sample, circuit},
};
use std::fmt::Write;
use tabella_circuits::TallyCircuit;
use tabella_primitives::instance::PublicInputs;
use tabella_protocol::{ballot::BallotSize, trustee::TallyInstance};
use tabella_prover::circuit_shape;

fn describe(size: BallotSize) -> String {
    let shape = circuit_shape(&TallyCircuit::shape_only(size)).unwrap();
    let [a, b, c] = shape.nonzeros;
    let mut text = format!("circuit {}\ndigest {}\n", size.tally_circuit(), shape.digest);
    writeln!(text, "constraints {}", shape.constraints).unwrap();
    writeln!(text, "public inputs {}: {}", shape.public_inputs, TallyInstance::FIELDS.join(", ")).unwrap();
    writeln!(text, "witness variables {}", shape.witness_variables).unwrap();
    writeln!(text, "nonzeros A {a} B {b} C {c}").unwrap();
    let numbers = vec![1; size.slots()];
    let layout = Layout::of(circuit(&Sample::new(2, 2, &[numbers.clone(), numbers], 60).witness(&[0, 1])));
    for (part, constraints) in layout.parts() {
        writeln!(text, "part {part} {constraints}").unwrap();
    }
    let parts = [
        "key",
        "image",
        "challenge",
        "response",
        "over-generator",
        "over-shared",
        "hash",
        "weight",
        "weighted-key",
        "weighted-image",
    ];
    for part in parts {
        let start = format!("tally/share/00/{part}/");
        let count = layout.names.iter().filter(|name| name.starts_with(&start)).count();
        writeln!(text, "in each share {part} {count}").unwrap();
    }
    text
}

#[test]
fn shapes_are_those_that_were_pinned() {
    for size in BallotSize::ALL {
        check_pinned(size.tally_circuit().name(), &describe(size));
    }
}

#[test]
fn the_shape_depends_on_the_size_only() {
    let shape = circuit_shape(&TallyCircuit::shape_only(BallotSize::Eight)).unwrap();
    for (t, options) in [(1, 3), (3, 8)] {
        let mut sample = Sample::new(t, t, &[vec![1; options], vec![2; options]], 61);
        let filled = circuit(&sample.witness(&(0..usize::from(t)).collect::<Vec<_>>()));
        assert_eq!(circuit_shape(&filled).unwrap(), shape);
    }
}

#[test]
fn names_are_distinct_and_every_public_input_is_used() {
    let layout = Layout::of(circuit(&Sample::simple(62).witness(&[0, 1])));
    let distinct: std::collections::BTreeSet<_> = layout.names.iter().collect();
    assert_eq!(distinct.len(), layout.names.len());
    for (column, field) in (1..).zip(TallyInstance::FIELDS) {
        assert!(layout.rows.iter().flatten().flatten().any(|(_, k)| *k == column), "{field}");
    }
}
