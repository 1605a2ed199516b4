//! A negative test for each constraint, and determinacy: given the bits, the election, the sum and the shares' points, no wire can move.

use crate::{
    common::{
        layout::Layout,
        random::{field, rng},
        rank::{free_columns, jacobian, unit},
    },
    full,
    samples::{Sample, circuit},
};
use ark_ff::{AdditiveGroup, Field};
use std::{collections::BTreeMap, sync::LazyLock};
use tabella_primitives::Fr;
use tabella_protocol::trustee::{MAX_TALLY_SHARES, TALLY_BITS};

const SUM: usize = 1;
const FIRST: usize = 2;
const SECOND: usize = 3;
const SLOTS: usize = 8;

static FORGE: LazyLock<Forge> = LazyLock::new(Forge::new);

struct Forge {
    layout: Layout,
    /// Columns that are free, and their values.
    given: BTreeMap<usize, Fr>,
}

/// Whether a row says what its newest wire is; the others only check, or say what a public input is.
fn defines(name: &str) -> bool {
    let checks = [
        "/boolean",
        "/empty-x",
        "/empty-y",
        "/empty-total",
        "/curve",
        "/equal-x",
        "/equal-y",
        "/output",
        "tally/first",
        "tally/second",
    ];
    !checks.iter().any(|end| name.ends_with(end))
}

/// What breaks besides, whatever is wrong: a challenge is not the hash any more (the bits above it do not fit), and the sums of the shares are not
/// those of the options. Who cheats cannot repair it, because a hash comes after everything.
fn follows(name: &str) -> bool {
    name.ends_with("/rest/bit/125/boolean")
        || ["tally/key/equal-", "tally/image/equal-"].iter().any(|start| name.starts_with(start))
}

impl Forge {
    /// Three options of eight slots; the tally has a 0.
    fn new() -> Self {
        let mut sample = Sample::new(3, 2, &[vec![1, 0, 5], vec![2, 0, 1]], 100);
        let layout = Layout::of(circuit(&sample.witness(&[0, 2])));
        let mut given: BTreeMap<usize, Fr> = layout.z.iter().copied().enumerate().collect();
        for (row, _) in layout.names.iter().enumerate().filter(|(_, name)| defines(name)) {
            given.remove(&layout.newest(row)).unwrap();
        }
        for column in [SUM, FIRST, SECOND] {
            given.remove(&column).unwrap();
        }
        // 1, terms, root, rules; keys and sum; numbers and whether they are used; coefficients; of shares two points, index,
        // challenge, response and weight. The topmost bit of what is above a challenge has no wire.
        let challenge = 128 + 125;
        let slot = 2 + 2 + TALLY_BITS + 1 + challenge;
        assert_eq!(given.len(), 4 + 2 + SLOTS * slot + MAX_TALLY_SHARES * (4 + 1 + challenge + 2 * 251));
        Self { layout, given }
    }

    /// The assignment in which those columns have other values, with all that follows from them; a row that is skipped
    /// fixes nothing.
    fn solve(&self, changes: &[(usize, Fr)], skip: Option<usize>) -> Vec<Fr> {
        let (mut z, mut known) = (vec![Fr::ZERO; self.layout.z.len()], vec![false; self.layout.z.len()]);
        for (column, value) in
            self.given.iter().map(|(column, value)| (*column, *value)).chain(changes.iter().copied())
        {
            (known[column], z[column]) = (true, value);
        }
        self.layout.pass(&mut z, &mut known, skip);
        assert_eq!(known.iter().position(|known| !known), None, "every column is fixed");
        z
    }

    /// Names of the constraints that break, without those that follow.
    fn broken(&self, changes: &[(usize, Fr)], skip: Option<usize>) -> Vec<&str> {
        let z = self.solve(changes, skip);
        let names = self.layout.violated_names(&z).into_iter();
        names
            .filter(|name| skip.is_some_and(|row| self.layout.names[row] == *name) || !follows(name))
            .collect()
    }

    /// The only column of a bit.
    fn bit(&self, name: &str) -> usize {
        self.layout.newest(self.layout.row(name))
    }
}

fn other() -> Fr {
    field(&mut rng(101))
}

/// Cheats at a row that fixes a wire: another value, and everything after it follows.
fn only_breaks(name: &str) {
    let row = FORGE.layout.row(name);
    assert!(defines(name), "{name}");
    let column = FORGE.layout.newest(row);
    let changes = [(column, FORGE.layout.z[column] + other())];
    assert_eq!(FORGE.broken(&changes, Some(row)), [name]);
}

#[test]
fn every_constraint_that_fixes_a_wire_catches_its_own_cheat() {
    for name in [
        "tally/election/keys/round/20/lane/00/fifth",
        "tally/election/round/03/lane/05/square",
        "tally/sum/bodies/round/30/lane/00/fourth",
        "tally/sum/round/00/lane/03/fifth",
        "tally/shared/not-identity",
        "tally/total/00/plain/first/u",
        "tally/total/02/plain/window/00/sum/slope",
        "tally/total/02/plain/offset/y",
        "tally/total/00/opened/beta",
        "tally/total/01/opened/x",
        "tally/total/01/image/x/choice",
        "tally/total/07/image/y/choice",
        "tally/total/00/not-identity",
        "tally/coefficient/03/round/10/lane/00/fifth",
        "tally/combined-key/00/multiple/shifted/u",
        "tally/combined-key/07/multiple/step/64/signed",
        "tally/combined-key/07/sum/tau",
        "tally/combined-image/01/multiple/first/slope",
        "tally/combined-image/02/multiple/step/00/middle",
        "tally/combined-image/02/sum/y",
        "tally/share/01/key/times/00/delta",
        "tally/share/01/image/times/02/x",
        "tally/share/07/image/not-identity",
        "tally/share/03/over-generator/response/window/40/entry/v",
        "tally/share/03/over-generator/response/not-zero/inverse",
        "tally/share/03/over-generator/challenge/step/100/second",
        "tally/share/03/over-generator/difference/gamma",
        "tally/share/05/over-shared/response/step/250/u",
        "tally/share/05/over-shared/challenge/edwards/x",
        "tally/share/05/over-shared/difference/y",
        "tally/share/02/hash/round/00/lane/13/square",
        "tally/share/02/weighted-key/not-zero/inverse",
        "tally/share/02/weighted-key/edwards/y",
        "tally/share/06/weighted-image/step/03/v",
        "tally/share/06/add-key/x",
        "tally/share/07/add-image/y",
    ] {
        only_breaks(name);
    }
    let step = if full() { 211 } else { 6007 };
    // Squares of coordinates must fit the curve besides: see below.
    let square = |name: &str| name.ends_with("/square-x") || name.ends_with("/square-y");
    for name in FORGE.layout.names.iter().step_by(step).filter(|name| defines(name) && !square(name)) {
        only_breaks(name);
    }
}

#[test]
fn public_values_are_those_of_the_circuit() {
    let outputs = FORGE.layout.ending("/output");
    let [output] = outputs[..] else { panic!("one hash is public") };
    for (column, row) in
        [(SUM, output), (FIRST, FORGE.layout.row("tally/first")), (SECOND, FORGE.layout.row("tally/second"))]
    {
        let name = FORGE.layout.names[row].as_str();
        assert_eq!(FORGE.broken(&[(column, other())], Some(row)), [name]);
    }
}

#[test]
fn bits_take_no_other_value() {
    for name in [
        "tally/total/01/number/bit/41/boolean",
        "tally/total/04/used/boolean",
        "tally/coefficient/00/bit/000/boolean",
        "tally/coefficient/07/rest/bit/60/boolean",
        "tally/share/00/challenge/bit/127/boolean",
        "tally/share/00/hash/rest/bit/00/boolean",
        "tally/share/04/response/bit/250/boolean",
        "tally/share/04/weight/bit/00/boolean",
    ] {
        // Numbers have at least two digits.
        let name = name.replace("/000/", "/00/");
        assert_eq!(FORGE.broken(&[(FORGE.bit(&name), other())], None), [name]);
    }
}

/// Slots are empty or open: a prover can neither leave an option out nor count votes where there is none.
#[test]
fn empty_slots_are_empty() {
    // The sum's columns: A, then B_1..B_8, x before y; slots 3 to 7 are empty.
    let body = |slot: usize| {
        let row = FORGE.layout.row(&format!("tally/total/{slot:02}/empty-x"));
        FORGE.layout.rows[row][1][0].1
    };
    assert_eq!(FORGE.given[&body(4)], Fr::ZERO);
    assert_eq!(FORGE.broken(&[(body(4), other())], None), ["tally/total/04/empty-x"]);
    assert_eq!(FORGE.broken(&[(body(4) + 1, other())], None), ["tally/total/04/empty-y"]);
    let number = FORGE.bit("tally/total/04/number/bit/00/boolean");
    assert_eq!(FORGE.broken(&[(number, Fr::ONE)], None), ["tally/total/04/empty-total"]);
    // An option whose sum is 0, left out all the same.
    let used = FORGE.bit("tally/total/01/used/boolean");
    assert_eq!(FORGE.broken(&[(used, Fr::ZERO)], None), ["tally/total/01/empty-x", "tally/total/01/empty-y"]);
}

#[test]
fn points_of_shares_are_on_the_curve() {
    for part in ["key", "image"] {
        for square in ["square-x", "square-y"] {
            let square = format!("tally/share/01/{part}/{square}");
            let row = FORGE.layout.row(&square);
            let (coordinate, column) = (FORGE.layout.rows[row][0][0].1, FORGE.layout.newest(row));
            let curve = format!("tally/share/01/{part}/curve");
            assert_eq!(FORGE.broken(&[(coordinate, other())], None), [curve]);
            // Another coordinate beside a square that fits the curve.
            let changes = [(coordinate, other()), (column, FORGE.layout.z[column])];
            assert_eq!(FORGE.broken(&changes, Some(row)), [square]);
        }
    }
}

/// Another weight, with a good proof of the share: the sums are others, of keys and of images.
#[test]
fn sums_of_shares_are_those_of_the_options() {
    let weight = FORGE.bit("tally/share/01/weight/bit/07/boolean");
    let z = FORGE.solve(&[(weight, Fr::ONE - FORGE.given[&weight])], None);
    let all = ["tally/key/equal-x", "tally/key/equal-y", "tally/image/equal-x", "tally/image/equal-y"];
    assert_eq!(FORGE.layout.violated_names(&z), all);
}

/// Another challenge, or another response: the hash is another one.
#[test]
fn challenges_are_hashes() {
    for (part, bit) in [("challenge", 5), ("response", 99)] {
        let column = FORGE.bit(&format!("tally/share/01/{part}/bit/{bit:02}/boolean"));
        let z = FORGE.solve(&[(column, Fr::ONE - FORGE.given[&column])], None);
        assert_eq!(FORGE.layout.violated_names(&z), ["tally/share/01/hash/rest/bit/125/boolean"]);
    }
    let column = FORGE.bit("tally/coefficient/02/bit/05/boolean");
    let z = FORGE.solve(&[(column, Fr::ONE - FORGE.given[&column])], None);
    assert_eq!(FORGE.layout.violated_names(&z)[0], "tally/coefficient/02/rest/bit/125/boolean");
}

#[test]
fn every_wire_is_fixed_and_every_other_constraint_is_needed() {
    let layout = &FORGE.layout;
    // Public inputs are fixed by constraints that check nothing else. Bits are fixed each by its own.
    let kept = |name: &str| {
        let public = name.ends_with("/output") || name == "tally/first" || name == "tally/second";
        defines(name) || public
    };
    let inputs: Vec<usize> = FORGE.given.keys().copied().filter(|column| *column != 0).collect();
    let fixing = layout.names.iter().filter(|name| kept(name)).count();
    assert_eq!(fixing + inputs.len(), layout.z.len() - 1);
    let rows = jacobian(layout).into_iter().zip(&layout.names);
    let rows = rows.filter(|(_, name)| kept(name)).map(|(row, _)| row);
    let free = free_columns(layout.z.len(), inputs.iter().map(unit).chain(rows));
    assert!(free.is_empty(), "columns {free:?}");
}
