//! Determinacy: given bits, siblings, message and scope, every other wire is fixed, and no constraint is superfluous.
//!
//! Full rank says that no wire can move ([`crate::common::rank`]). If there are as many rows as columns besides, each row
//! is needed: without it some wire can move.

use crate::{
    common::rank::{free_columns, jacobian, unit},
    full,
    samples::{Sample, rng},
    system::{MESSAGE, SCOPE, System},
};
use ark_ff::Field;
use tabella_primitives::Fr;
use tabella_protocol::statement::CircuitId;

fn inputs(system: &System, sample: &Sample) -> Vec<usize> {
    let siblings = (0..system.children.len()).map(|level| system.sibling(level, sample));
    [MESSAGE, SCOPE].into_iter().chain(siblings).collect()
}

/// Several depths, so that every level is met both inside and above the path.
fn cases() -> Vec<(CircuitId, usize)> {
    let mut cases = vec![
        (CircuitId::Membership10V1, 0),
        (CircuitId::Membership10V1, 1),
        (CircuitId::Membership10V1, 6),
        (CircuitId::Membership10V1, 9),
        (CircuitId::Membership10V1, 10),
        (CircuitId::Membership16V1, 11),
        (CircuitId::Membership20V1, 17),
        (CircuitId::Membership32V1, 29),
    ];
    if full() {
        let depths = |id: CircuitId| (0..=id.max_depth().unwrap()).map(move |depth| (id, depth));
        cases.extend(CircuitId::MEMBERSHIP.into_iter().flat_map(depths));
    }
    cases
}

#[test]
fn every_wire_is_fixed_and_every_constraint_is_needed() {
    for (seed, (id, depth)) in (10..).zip(cases()) {
        let sample = Sample::random(depth, &mut rng(seed));
        let system = System::new(id, &sample);
        let inputs = inputs(&system, &sample);
        let rows = jacobian(&system);
        // As many rows as columns (column 0 is the constant), ..
        assert_eq!(rows.len() + inputs.len(), system.z.len() - 1, "{id}");
        // .. and full rank: C01, and C02 for every row at once.
        let free = free_columns(system.z.len(), inputs.iter().map(unit).chain(rows.iter().cloned()));
        assert!(free.is_empty(), "{id} at depth {depth}, seed {seed}: columns {free:?}");
    }
}

#[test]
fn without_any_one_constraint_some_wire_is_free() {
    let sample = Sample::random(7, &mut rng(31));
    let system = System::new(CircuitId::Membership10V1, &sample);
    let inputs = inputs(&system, &sample);
    let rows = jacobian(&system);
    let step = if full() { 1 } else { 97 };
    for skip in (0..rows.len()).step_by(step) {
        let kept = rows.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, row)| row.clone());
        let free = free_columns(system.z.len(), inputs.iter().map(unit).chain(kept));
        assert_eq!(free.len(), 1, "without {}", system.names[skip]);
    }
}

#[test]
fn the_test_sees_an_untied_copy() {
    // The nullifier of a copy of s that nothing ties to the bits: the rank must drop.
    let sample = Sample::random(2, &mut rng(32));
    let mut system = System::new(CircuitId::Membership10V1, &sample);
    let copy = system.z.len();
    let s = crate::samples::as_field(*sample.witness.secret.expose_secret());
    system.z.push(s);
    let bits = system.bits.clone();
    let layout = &mut system.layout;
    for (row, name) in layout.rows.iter_mut().zip(&layout.names) {
        if name.starts_with("membership/nullifier/round/00/lane/02/") {
            for lc in row.iter_mut().filter(|lc| lc.iter().any(|(_, k)| bits.contains(k))) {
                // x = s + constant: the bits out, the copy in; the 1 of s is in the constant.
                lc.retain(|(_, k)| !bits.contains(k));
                lc.iter_mut().filter(|(_, k)| *k == 0).for_each(|(constant, _)| *constant -= Fr::ONE);
                lc.push((Fr::ONE, copy));
            }
        }
    }
    assert!(system.violated(&system.z).is_empty(), "the honest assignment satisfies the broken circuit");
    let rows = jacobian(&system);
    let inputs = inputs(&system, &sample);
    let free = free_columns(system.z.len(), inputs.iter().map(unit).chain(rows));
    assert_eq!(free.len(), 1, "and yet the nullifier moves");
}
