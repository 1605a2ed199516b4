//! A negative test for each constraint: an assignment that breaks it and nothing else, as a prover would have it who
//! works on a circuit without it.

use crate::{
    full,
    samples::{Sample, field, rng},
    system::{NULLIFIER, ROOT, System},
};
use ark_ff::{AdditiveGroup, Field};
use tabella_primitives::Fr;
use tabella_protocol::statement::CircuitId;

/// The depth of the path, below the circuit's 10, so that levels inside and above it are met.
const DEPTH: usize = 6;

fn sample() -> Sample {
    Sample::random(DEPTH, &mut rng(200))
}

fn system() -> System {
    System::new(CircuitId::Membership10V1, &sample())
}

/// An assignment that cheats at one constraint and obeys all others.
fn cheat(system: &System, sample: &Sample, row: usize) -> Vec<Fr> {
    let name = &system.names[row];
    let mut given = system.inputs(sample);
    let other = field(&mut rng(201));
    if name.ends_with("/boolean") {
        given.insert(*system.rows[row][0].iter().map(|(_, k)| k).max().unwrap(), other);
    } else if name.ends_with("/child") {
        // Another node in place of ours: somebody else's, whose secret the prover does not know.
        let level: usize = name.split('/').nth(3).unwrap().parse().unwrap();
        let [left, right] = system.children[level];
        let own = if system.sibling(level, sample) == left { right } else { left };
        given.insert(own, other);
    } else if name.ends_with("/output") {
        given.insert(NULLIFIER, other);
    } else if name == "membership/path/root" {
        given.insert(ROOT, other);
    } else if name.ends_with("/root") {
        // A foreign root, and a product that vanishes nevertheless.
        given.insert(ROOT, other);
        given.insert(system.defines(row).unwrap(), Fr::ZERO);
    } else {
        let column = system.defines(row).unwrap();
        given.insert(column, system.z[column] + other);
    }
    system.solve(&given, Some(row))
}

fn only_breaks(name: &str) -> (System, Vec<Fr>) {
    let (system, sample) = (system(), sample());
    let row = system.row(name);
    let z = cheat(&system, &sample, row);
    assert_eq!(system.violated_names(&z), [name]);
    (system, z)
}

/// What the cheater gains: public values that differ from the honest ones.
fn gains((system, z): &(System, Vec<Fr>), columns: &[usize]) {
    for column in columns {
        assert_ne!(z[*column], system.z[*column]);
    }
}

macro_rules! negative {
    ($($test:ident: $name:literal moves $($column:ident),*;)*) => { $(
        #[test]
        fn $test() {
            let cheated = only_breaks($name);
            let moved: &[usize] = &[$($column),*];
            gains(&cheated, moved);
        }
    )* };
}

negative! {
    secret_bit_must_be_boolean: "membership/secret/bit/137/boolean" moves ROOT, NULLIFIER;
    secret_top_bit_must_be_boolean: "membership/secret/bit/250/boolean" moves ROOT, NULLIFIER;
    public_key_first_u_must_be_of_the_table: "membership/public-key/first/u" moves ROOT;
    public_key_window_u_must_be_of_the_table: "membership/public-key/window/41/entry/u" moves ROOT;
    public_key_window_v_must_be_of_the_table: "membership/public-key/window/41/entry/v" moves ROOT;
    public_key_sum_slope_must_be_that_of_the_line: "membership/public-key/window/82/sum/slope" moves ROOT;
    public_key_sum_u_must_be_on_the_line_and_the_curve: "membership/public-key/window/00/sum/u" moves ROOT;
    public_key_sum_v_must_be_on_the_line: "membership/public-key/window/00/sum/v" moves ROOT;
    public_key_x_must_be_that_of_the_sum: "membership/public-key/edwards/x" moves ROOT;
    public_key_y_must_be_that_of_the_sum: "membership/public-key/edwards/y" moves ROOT;
    commitment_square_must_be_a_square: "membership/commitment/round/00/lane/01/square" moves ROOT;
    commitment_fourth_must_be_a_fourth_power: "membership/commitment/round/30/lane/00/fourth" moves ROOT;
    commitment_fifth_must_be_a_fifth_power: "membership/commitment/round/64/lane/02/fifth" moves ROOT;
    path_child_must_be_our_node: "membership/path/level/03/child" moves ROOT;
    path_parent_must_hash_its_children: "membership/path/level/03/parent/round/64/lane/00/fifth" moves ROOT;
    path_product_must_not_vanish_at_a_foreign_root: "membership/path/level/03/root" moves ROOT;
    path_must_meet_the_root: "membership/path/root" moves ROOT;
    nullifier_square_must_be_a_square: "membership/nullifier/round/00/lane/02/square" moves NULLIFIER;
    nullifier_must_be_the_output: "membership/nullifier/round/64/lane/02/output" moves NULLIFIER;
    message_square_must_be_its_square: "membership/message/square" moves;
}

#[test]
fn every_constraint_catches_its_own_cheat() {
    let (system, sample) = (system(), sample());
    let step = if full() { 1 } else { 13 };
    for row in (0..system.rows.len()).step_by(step) {
        let z = cheat(&system, &sample, row);
        assert_eq!(system.violated(&z), [row], "{}", system.names[row]);
    }
}

#[test]
fn bits_take_no_other_value() {
    let (system, sample) = (system(), sample());
    let half = Fr::from(2u64).inverse().unwrap();
    for j in (0..251).step_by(if full() { 1 } else { 50 }) {
        for value in [Fr::from(2u64), -Fr::ONE, half, -Fr::from(2u64), field(&mut rng(202))] {
            let mut given = system.inputs(&sample);
            given.insert(system.bits[j], value);
            let z = system.solve(&given, None);
            assert_eq!(system.violated_names(&z), [format!("membership/secret/bit/{j:02}/boolean")]);
        }
    }
}
