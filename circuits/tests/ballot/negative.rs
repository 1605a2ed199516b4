//! A negative test for each constraint: an assignment that breaks it and nothing else, as a voter would have it who works on a
//! circuit without it.

use crate::{
    forge::{Forge, GAMMA},
    full,
    samples::{Sample, field, rng},
};
use ark_ff::{AdditiveGroup, Field};
use std::sync::LazyLock;
use tabella_primitives::Fr;

const DIGEST: usize = 1;
const FINGERPRINT: usize = 3;

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| Sample::simple(200));

fn forge() -> Forge {
    Forge::of(&SAMPLE)
}

fn other() -> Fr {
    field(&mut rng(201))
}

/// Whether a row fixes a wire; the others only check.
fn defines(name: &str) -> bool {
    let checks = [
        "/boolean",
        "/child",
        "/output",
        "path/root",
        "/unused",
        "/allowed",
        "/nothing",
        "rules/order",
        "/plain-weight",
        "/product",
        "fingerprint/00/sum",
    ];
    !checks.iter().any(|end| name.ends_with(end))
}

/// Cheats at a row that fixes a wire: another value, and everything after it follows.
fn only_breaks(name: &str) {
    let mut forge = forge();
    let row = forge.row(name);
    assert!(defines(name), "{name}");
    let column = forge.layout.newest(row);
    forge.given.insert(column, forge.layout.z[column] + other());
    if ["secret", "public-key", "commitment", "weight", "path"]
        .iter()
        .any(|part| name.starts_with(&format!("ballot/{part}/")))
    {
        forge.follow_root();
    }
    let z = forge.solve(Some(row));
    assert_eq!(forge.layout.violated_names(&z), [name]);
    assert_ne!(z, forge.layout.z);
}

macro_rules! negative {
    ($($test:ident: $name:literal;)*) => { $(
        #[test]
        fn $test() {
            only_breaks($name);
        }
    )* };
}

negative! {
    public_key_entry: "ballot/public-key/window/41/entry/u";
    public_key_sum: "ballot/public-key/window/82/sum/slope";
    commitment_is_a_hash: "ballot/commitment/round/30/lane/00/fourth";
    keys_are_hashed: "ballot/election/keys/round/20/lane/00/fifth";
    election_is_a_hash: "ballot/election/round/03/lane/05/square";
    weighted_leaf_is_a_hash: "ballot/weight/hash/round/30/lane/00/fifth";
    leaf_is_chosen_by_the_rules: "ballot/weight/leaf";
    parent_is_a_hash: "ballot/path/level/03/parent/round/64/lane/00/fifth";
    nullifier_is_a_hash: "ballot/nullifier/round/00/lane/03/square";
    shared_first_is_of_the_table: "ballot/shared/first/both";
    shared_entry_u: "ballot/shared/window/00/entry/u";
    shared_entry_v: "ballot/shared/window/40/entry/v";
    shared_sum_slope: "ballot/shared/window/82/sum/slope";
    shared_sum_u: "ballot/shared/window/00/sum/u";
    shared_sum_v: "ballot/shared/window/00/sum/v";
    shared_is_not_the_identity: "ballot/shared/not-zero/inverse";
    shared_x: "ballot/shared/edwards/x";
    shared_y: "ballot/shared/edwards/y";
    plain_first: "ballot/option/01/message/plain/first/u";
    plain_entry: "ballot/option/01/message/plain/window/00/entry/v";
    plain_slope: "ballot/option/01/message/plain/window/11/sum/slope";
    plain_edwards: "ballot/option/01/message/plain/edwards/x";
    plain_offset_tau: "ballot/option/01/message/plain/offset/tau";
    plain_offset_x: "ballot/option/01/message/plain/offset/x";
    plain_offset_y: "ballot/option/01/message/plain/offset/y";
    mask_shifted_u: "ballot/option/00/mask/shifted/u";
    mask_shifted_v: "ballot/option/00/mask/shifted/v";
    mask_first_square: "ballot/option/00/mask/first/square";
    mask_first_slope: "ballot/option/00/mask/first/slope";
    mask_first_u: "ballot/option/00/mask/first/u";
    mask_first_v: "ballot/option/00/mask/first/v";
    mask_signed: "ballot/option/00/mask/step/250/signed";
    mask_step_first: "ballot/option/00/mask/step/100/first";
    mask_step_middle: "ballot/option/00/mask/step/100/middle";
    mask_step_second: "ballot/option/00/mask/step/100/second";
    mask_step_u: "ballot/option/00/mask/step/00/u";
    mask_step_v: "ballot/option/00/mask/step/00/v";
    mask_edwards_x: "ballot/option/00/mask/edwards/x";
    mask_edwards_y: "ballot/option/00/mask/edwards/y";
    body_beta: "ballot/option/00/body/beta";
    body_gamma: "ballot/option/00/body/gamma";
    body_delta: "ballot/option/00/body/delta";
    body_tau: "ballot/option/00/body/tau";
    body_x: "ballot/option/00/body/x";
    body_y: "ballot/option/00/body/y";
    slot_x: "ballot/option/00/slot-x/mask";
    slot_y: "ballot/option/01/slot-y/mask";
    place_low: "ballot/rules/number/00/place-low";
    place: "ballot/rules/number/01/place";
    exempt: "ballot/rules/exempt/mask";
    bodies_are_hashed: "ballot/digest/bodies/round/10/lane/00/fourth";
    digest_is_a_hash: "ballot/digest/round/20/lane/00/fifth";
    fingerprint_is_a_sum: "ballot/fingerprint/03/sum";
}

#[test]
fn every_constraint_that_fixes_a_wire_catches_its_own_cheat() {
    let names = forge().layout.names;
    // These two feed a range, whose bits the cheat has to choose anew: see below.
    let apart =
        |name: &str| name.ends_with("/square") && name.contains("/number/") || name.ends_with("waived/mask");
    // Other products vanish with what they are of, but the path's must vanish at its end.
    let path_root = |name: &str| name.starts_with("ballot/path/level/") && name.ends_with("/root");
    let step = if full() { 1 } else { 199 };
    for name in names.iter().step_by(step).filter(|name| defines(name) && !apart(name) && !path_root(name)) {
        only_breaks(name);
    }
}

#[test]
fn public_values_are_those_of_the_circuit() {
    let output = forge()
        .layout
        .names
        .into_iter()
        .find(|name| name.starts_with("ballot/digest/") && name.ends_with("/output"));
    for (column, name) in [(DIGEST, output.unwrap()), (FINGERPRINT, "ballot/fingerprint/00/sum".to_owned())] {
        let mut forge = forge();
        forge.given.insert(column, other());
        assert_eq!(forge.broken(Some(forge.row(&name))), [name.as_str()]);
    }
    // Another gamma has another fingerprint.
    let mut forge = forge();
    forge.given.insert(GAMMA, other());
    let z = forge.solve(None);
    assert_eq!(forge.layout.violated_names(&z), [""; 0]);
    assert_ne!(z[FINGERPRINT], forge.layout.z[FINGERPRINT]);
}

/// A bit that is none, with the bit above flipped so that the integer stays what it is.
#[test]
fn bits_of_integers_take_no_other_value() {
    for (prefix, low) in [
        ("ballot/option/01/vote", 0),
        ("ballot/option/01/vote", 14),
        ("ballot/option/01/message", 0),
        ("ballot/option/01/message", 37),
        ("ballot/weight", 30),
        ("ballot/election/rules", 10),
        ("ballot/election/rules", 90),
        ("ballot/rules/number/00/at-most", 4),
        ("ballot/rules/least", 3),
        ("ballot/rules/most", 16),
        ("ballot/rules/credits", 30),
    ] {
        let mut forge = forge();
        let name = format!("{prefix}/bit/{low:02}/boolean");
        let (low, high) = (forge.bit(&name), forge.bit(&format!("{prefix}/bit/{:02}/boolean", low + 1)));
        let flipped = Fr::ONE - forge.given[&high];
        let moved = (forge.given[&high] - flipped).double();
        forge.given.insert(high, flipped);
        *forge.given.get_mut(&low).unwrap() += moved;
        assert_eq!(forge.broken(None), [name]);
    }
}

#[test]
fn bits_of_secret_and_randomness_take_no_other_value() {
    for name in [
        "ballot/secret/bit/137/boolean",
        "ballot/randomness/bit/00/boolean",
        "ballot/randomness/bit/250/boolean",
    ] {
        for value in [Fr::from(2u64), -Fr::ONE, Fr::from(2u64).inverse().unwrap(), other()] {
            let mut forge = forge();
            forge.given.insert(forge.bit(name), value);
            forge.follow_root();
            assert_eq!(forge.broken(None), [name]);
        }
    }
}

#[test]
fn squares_and_the_waiver_are_what_they_are_called() {
    // v_1 = 1 with a square of 0: credits of 2 leave 2, not 1.
    let mut forge = forge();
    let name = "ballot/rules/number/01/square";
    forge.given.insert(forge.layout.newest(forge.row(name)), Fr::ZERO);
    forge.set("ballot/rules/credits", Fr::from(2u64));
    assert_eq!(forge.broken(Some(forge.row(name))), [name]);
    // The least sum of 1 waived without abstention.
    let mut forge = self::forge();
    let name = "ballot/rules/waived/mask";
    forge.given.insert(forge.layout.newest(forge.row(name)), Fr::ONE);
    forge.set("ballot/rules/least", Fr::ONE);
    assert_eq!(forge.broken(Some(forge.row(name))), [name]);
}

#[test]
fn path_leads_to_the_root() {
    // Another secret, somebody else's commitment.
    let mut forge = forge();
    let bit = forge.bit("ballot/secret/bit/03/boolean");
    *forge.given.get_mut(&bit).unwrap() = Fr::ONE - forge.given[&bit];
    assert_eq!(forge.broken(None), ["ballot/path/root"]);
    // Another node in place of our own.
    let mut forge = self::forge();
    let name = "ballot/path/level/02/child";
    let right = forge.layout.newest(forge.row(name));
    let own = if forge.given.contains_key(&right) { right - 1 } else { right };
    forge.given.insert(own, other());
    forge.follow_root();
    assert_eq!(forge.broken(Some(forge.row(name))), [name]);
}
