//! Shapes are pinned: a difference means another circuit, and new keys.

use crate::{
    common::{layout::Layout, shape::check_pinned},
    full,
    samples::{circuit, witness},
};
use std::fmt::Write;
use tabella_circuits::SumCircuit;
use tabella_primitives::instance::PublicInputs;
use tabella_protocol::ballot::{BallotSize, BatchSize, SumInstance};
use tabella_prover::circuit_shape;

fn sizes() -> impl Iterator<Item = (BallotSize, BatchSize)> {
    let all = || BallotSize::ALL.into_iter().flat_map(|size| BatchSize::ALL.map(|batch| (size, batch)));
    all().filter(|(_, batch)| *batch == BatchSize::Small || full())
}

fn describe(size: BallotSize, batch: BatchSize) -> String {
    let shape = circuit_shape(&SumCircuit::shape_only(size, batch)).unwrap();
    let [a, b, c] = shape.nonzeros;
    let mut text = format!("circuit {}\ndigest {}\n", batch.circuit(size), shape.digest);
    writeln!(text, "constraints {}", shape.constraints).unwrap();
    writeln!(text, "public inputs {}: {}", shape.public_inputs, SumInstance::FIELDS.join(", ")).unwrap();
    writeln!(text, "witness variables {}", shape.witness_variables).unwrap();
    writeln!(text, "nonzeros A {a} B {b} C {c}").unwrap();
    let layout = Layout::of(circuit(&witness(size.slots(), batch, 2, 60)));
    for (part, constraints) in layout.parts() {
        writeln!(text, "part {part} {constraints}").unwrap();
    }
    for part in ["bodies", "digest", "entry", "slot"] {
        let start = format!("sum/ballot/00/{part}/");
        let count = layout.names.iter().filter(|name| name.starts_with(&start)).count();
        writeln!(text, "in each ballot {part} {count}").unwrap();
    }
    text
}

#[test]
fn shapes_are_those_that_were_pinned() {
    for (size, batch) in sizes() {
        check_pinned(batch.circuit(size).name(), &describe(size, batch));
    }
}

#[test]
fn the_shape_depends_on_the_sizes_only() {
    let shape = circuit_shape(&SumCircuit::shape_only(BallotSize::Eight, BatchSize::Small)).unwrap();
    for (options, count) in [(8, 64), (3, 0)] {
        let filled = circuit(&witness(options, BatchSize::Small, count, 61));
        assert_eq!(circuit_shape(&filled).unwrap(), shape);
    }
}

#[test]
fn names_are_distinct_and_every_public_input_is_used() {
    let layout = Layout::of(circuit(&witness(2, BatchSize::Small, 2, 62)));
    let distinct: std::collections::BTreeSet<_> = layout.names.iter().collect();
    assert_eq!(distinct.len(), layout.names.len());
    for (column, field) in (1..).zip(SumInstance::FIELDS) {
        assert!(layout.rows.iter().flatten().flatten().any(|(_, k)| *k == column), "{field}");
    }
}
