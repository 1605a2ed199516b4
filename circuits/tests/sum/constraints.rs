//! A negative test for each constraint, and determinacy: given the ballots, the sum before and gamma, no wire can move.

use crate::{
    common::{
        layout::{Layout, eval},
        random::{field, rng},
        rank::{free_columns, jacobian, unit},
    },
    full,
    samples::{circuit, witness},
};
use ark_ff::{AdditiveGroup, Field};
use std::{collections::BTreeMap, sync::LazyLock};
use tabella_primitives::Fr;
use tabella_protocol::ballot::BatchSize;

const COMMITMENT: usize = 1;
const GAMMA: usize = 2;
const FINGERPRINT: usize = 3;
const BEFORE: usize = 4;
const AFTER: usize = 5;
/// Coordinates of a sum or a ballot of two slots.
const COORDINATES: usize = 6;

/// 64 ballots: no place is empty.
static FULL: LazyLock<Forge> = LazyLock::new(|| Forge::of(64));
/// 3 ballots.
static FEW: LazyLock<Forge> = LazyLock::new(|| Forge::of(3));

struct Forge {
    layout: Layout,
    /// Columns that are free, and their values.
    given: BTreeMap<usize, Fr>,
}

/// Whether a row says what its newest wire is; the others only check, or say what a public input is.
fn defines(name: &str) -> bool {
    !["/output", "/whole", "/nothing", "fingerprint/00/sum"].iter().any(|end| name.ends_with(end))
}

impl Forge {
    fn of(count: usize) -> Self {
        let layout = Layout::of(circuit(&witness(2, BatchSize::Small, count, 100)));
        let mut given: BTreeMap<usize, Fr> = layout.z.iter().copied().enumerate().collect();
        for (row, _) in layout.names.iter().enumerate().filter(|(_, name)| defines(name)) {
            given.remove(&layout.newest(row)).unwrap();
        }
        for column in [COMMITMENT, FINGERPRINT, BEFORE, AFTER] {
            given.remove(&column).unwrap();
        }
        // 1, gamma, election, the sum before; of each ballot nullifier, coordinates and entry.
        assert_eq!(given.len(), 3 + COORDINATES + 64 * (2 + COORDINATES));
        Self { layout, given }
    }

    /// The column of the entry in a place.
    fn entry(&self, place: usize) -> usize {
        self.layout.newest(self.layout.row(&format!("sum/ballot/{place:02}/entry/whole")))
    }

    /// The assignment in which those columns have other values, with all that follows from them; a row that is skipped
    /// fixes nothing, and the entry of its place follows.
    fn solve(&self, changes: &[(usize, Fr)], skip: Option<usize>) -> Vec<Fr> {
        let mut given = self.given.clone();
        given.extend(changes.iter().copied());
        let solve = |given: &BTreeMap<usize, Fr>| {
            let (mut z, mut known) = (vec![Fr::ZERO; self.layout.z.len()], vec![false; self.layout.z.len()]);
            for (column, value) in given {
                (known[*column], z[*column]) = (true, *value);
            }
            self.layout.pass(&mut z, &mut known, skip);
            assert_eq!(known.iter().position(|known| !known), None, "every column is fixed");
            z
        };
        let z = solve(&given);
        let Some(name) = skip.map(|row| &self.layout.names[row]) else { return z };
        let Some(place) = name.strip_prefix("sum/ballot/").and_then(|rest| rest.get(..2)) else { return z };
        let entry = self.layout.row(&format!("sum/ballot/{place}/entry/whole"));
        let column = self.layout.newest(entry);
        // The other factor is digest - entry.
        given.insert(column, z[column] + eval(&self.layout.rows[entry][1], &z));
        solve(&given)
    }

    fn broken(&self, changes: &[(usize, Fr)], skip: Option<usize>) -> Vec<&str> {
        self.layout.violated_names(&self.solve(changes, skip))
    }
}

fn other() -> Fr {
    field(&mut rng(101))
}

/// Cheats at a row that fixes a wire: another value, and everything after it follows.
fn only_breaks(name: &str) {
    let row = FULL.layout.row(name);
    assert!(defines(name), "{name}");
    let column = FULL.layout.newest(row);
    let changes = [(column, FULL.layout.z[column] + other())];
    assert_eq!(FULL.broken(&changes, Some(row)), [name]);
}

#[test]
fn every_constraint_that_fixes_a_wire_catches_its_own_cheat() {
    for name in [
        "sum/before/bodies/round/10/lane/00/fifth",
        "sum/before/round/03/lane/05/square",
        "sum/padding/round/30/lane/00/fourth",
        "sum/ballot/07/bodies/round/00/lane/01/square",
        "sum/ballot/63/digest/round/40/lane/00/fifth",
        "sum/ballot/00/slot/00/beta",
        "sum/ballot/00/slot/00/gamma",
        "sum/ballot/31/slot/01/delta",
        "sum/ballot/31/slot/01/tau",
        "sum/ballot/63/slot/02/x",
        "sum/ballot/63/slot/02/y",
        "sum/commitment/group/03/round/20/lane/00/fifth",
        "sum/commitment/tree/round/67/lane/04/fifth",
        "sum/commitment/round/64/lane/01/square",
        "sum/fingerprint/63/sum",
        "sum/fingerprint/01/sum",
        "sum/after/bodies/round/20/lane/00/fourth",
        "sum/after/round/00/lane/02/fifth",
    ] {
        only_breaks(name);
    }
    let step = if full() { 101 } else { 4001 };
    for name in FULL.layout.names.iter().step_by(step).filter(|name| defines(name)) {
        only_breaks(name);
    }
}

#[test]
fn public_values_are_those_of_the_circuit() {
    let output = |part: &str| {
        let outputs = FULL.layout.ending("/output").into_iter();
        let start = format!("sum/{part}/");
        outputs.map(|row| FULL.layout.names[row].clone()).find(|name| name.starts_with(&start)).unwrap()
    };
    for (column, name) in [
        (COMMITMENT, output("commitment")),
        (FINGERPRINT, "sum/fingerprint/00/sum".to_owned()),
        (BEFORE, output("before")),
        (AFTER, output("after")),
    ] {
        let row = FULL.layout.row(&name);
        assert_eq!(FULL.broken(&[(column, other())], Some(row)), [name.as_str()]);
    }
    // Another gamma has another fingerprint.
    let z = FULL.solve(&[(GAMMA, other())], None);
    assert_eq!(FULL.layout.violated_names(&z), [""; 0]);
    assert_ne!(z[FINGERPRINT], FULL.layout.z[FINGERPRINT]);
}

/// Somebody claims a ballot that she does not add.
#[test]
fn an_entry_is_a_digest_or_zero() {
    for place in [3, 63] {
        let name = format!("sum/ballot/{place:02}/entry/whole");
        assert_eq!(FEW.broken(&[(FEW.entry(place), other())], None), [name]);
    }
}

/// Somebody adds a ballot that she does not claim.
#[test]
fn a_place_without_entry_adds_nothing() {
    for place in [0, 2] {
        let name = format!("sum/ballot/{place:02}/entry/nothing");
        assert_eq!(FEW.broken(&[(FEW.entry(place), Fr::ZERO)], None), [name]);
    }
    // A place without ballot that holds other points than identities.
    let entry = FEW.entry(5);
    let shared_y = entry - (FEW.entry(6) - FEW.entry(5));
    assert_eq!(FEW.given[&FEW.entry(5)], Fr::ZERO);
    let y = (shared_y..entry).find(|column| FEW.given.get(column) == Some(&Fr::ONE)).unwrap();
    assert_eq!(FEW.broken(&[(y, other())], None), ["sum/ballot/05/entry/nothing"]);
}

/// A claimed padding adds nothing: it is the digest of identities.
#[test]
fn a_place_without_ballot_may_be_claimed_in_vain() {
    let padding = eval(&FEW.layout.rows[FEW.layout.row("sum/ballot/05/entry/whole")][1], &FEW.layout.z);
    let z = FEW.solve(&[(FEW.entry(5), padding)], None);
    assert_eq!(FEW.layout.violated_names(&z), [""; 0]);
    assert_eq!(z[AFTER], FEW.layout.z[AFTER]);
    assert_ne!(z[COMMITMENT], FEW.layout.z[COMMITMENT]);
}

#[test]
fn every_wire_is_fixed_and_every_other_constraint_is_needed() {
    for forge in [&*FULL, &*FEW].into_iter().take(if full() { 2 } else { 1 }) {
        let layout = &forge.layout;
        let checks = |name: &&String| name.ends_with("/whole") || name.ends_with("/nothing");
        let inputs: Vec<usize> = forge.given.keys().copied().filter(|column| *column != 0).collect();
        let fixing = layout.names.iter().filter(|name| !checks(name)).count();
        assert_eq!(fixing + inputs.len(), layout.z.len() - 1);
        let rows = jacobian(layout).into_iter().zip(&layout.names);
        let kept = rows.filter(|(_, name)| !checks(name)).map(|(row, _)| row);
        let free = free_columns(layout.z.len(), inputs.iter().map(unit).chain(kept));
        assert!(free.is_empty(), "columns {free:?}");
    }
}
