//! Determinacy: given siblings, gamma, terms and keys, no wire can move.

use crate::{
    common::rank::{free_columns, jacobian, unit},
    forge::Forge,
    full,
    samples::{Sample, valid},
};
use tabella_protocol::ballot::BallotSize;

/// Constraints that fix nothing to first order, because bits are fixed each by its own: comparisons, products of known integers and
/// flags. Each has a negative test by name.
fn only_checks(name: &str) -> bool {
    let ranges = ["at-most/bit/15", "least/bit/18", "most/bit/18", "credits/bit/34"];
    let checks = ["/unused", "/allowed", "/nothing", "rules/order", "/plain-weight", "message/product"];
    ranges.iter().any(|range| name.ends_with(&format!("{range}/boolean")))
        || checks.iter().any(|check| name.ends_with(check))
}

fn check(sample: &Sample) {
    let forge = Forge::of(sample);
    let layout = &forge.layout;
    // Of the free columns those that are no bits, nor the root, which the path fixes.
    let bits: Vec<usize> = layout.ending("/boolean").into_iter().map(|row| layout.newest(row)).collect();
    let root = layout.z.iter().position(|value| value == sample.election.root().as_field()).unwrap();
    let inputs: Vec<usize> =
        forge.given.keys().copied().filter(|k| *k != 0 && *k != root && !bits.contains(k)).collect();
    let rows = jacobian(layout);
    let fixing = layout.names.iter().filter(|name| !only_checks(name)).count();
    assert_eq!(fixing + inputs.len(), layout.z.len() - 1);
    let kept = rows.into_iter().zip(&layout.names).filter(|(_, name)| !only_checks(name)).map(|(row, _)| row);
    let free = free_columns(layout.z.len(), inputs.iter().map(unit).chain(kept));
    assert!(free.is_empty(), "columns {free:?}");
}

#[test]
fn every_wire_is_fixed_and_every_other_constraint_is_needed() {
    check(&Sample::simple(20));
    if full() {
        for size in BallotSize::ALL {
            for (seed, (rules, votes, weight)) in (21..).zip(valid(size)) {
                if votes.len() == size.slots() {
                    check(&Sample::new(&rules, &votes, weight, 9, seed));
                }
            }
        }
    }
}
