//! Everything that Semaphore's JavaScript computed over groups.

use super::super::{AppendError, LeanImt, Registry, RemoveError, UpdateError, quietly};
use crate::identity::IdentityCommitment;
use alloc::{string::String, vec::Vec};
use serde_json::Value;
use tabella_primitives::{Fr, encoding::Canonical};

fn field(value: &Value) -> Fr {
    Fr::from_decimal(value.as_str().expect("decimal text")).expect("canonical")
}

fn fields(value: &Value) -> Vec<Fr> {
    value.as_array().expect("an array").iter().map(field).collect()
}

fn member(value: &Value) -> IdentityCommitment {
    IdentityCommitment::from_field(field(value))
}

fn members(value: &Value) -> Vec<IdentityCommitment> {
    value.as_array().expect("an array").iter().map(member).collect()
}

#[test]
fn groups_have_the_roots_depths_and_paths_of_javascript() {
    let vectors = tabella_testkit::semaphore_vector("groups.json");
    let everybody = fields(&vectors["members"]);
    let (mut groups, mut proofs) = (0, 0);
    for group in vectors["groups"].as_array().unwrap() {
        let size = usize::try_from(group["size"].as_u64().unwrap()).unwrap();
        let leaves = &everybody[..size];
        let mut at_once = LeanImt::new();
        at_once.insert_many(leaves).unwrap();
        let mut one_by_one = LeanImt::new();
        leaves.iter().for_each(|leaf| one_by_one.insert(*leaf).unwrap());
        assert_eq!(at_once, one_by_one);
        assert_eq!(at_once.root(), field(&group["root"]), "size {size}");
        assert_eq!(at_once.depth() as u64, group["depth"].as_u64().unwrap());
        assert_eq!(at_once.size(), size as u64);
        for proof in group["merkleProofs"].as_array().unwrap() {
            let leaf_index = proof["leafIndex"].as_u64().unwrap();
            let path = at_once.path(leaf_index).unwrap();
            assert_eq!(path.index(), proof["index"].as_u64().unwrap(), "size {size}, leaf {leaf_index}");
            assert_eq!(path.siblings(), fields(&proof["siblings"]));
            assert_eq!(*path.root(&member(&proof["leaf"])).as_field(), field(&proof["root"]));
            proofs += 1;
        }
        groups += 1;
    }
    assert_eq!((groups, proofs), (6, 29));
}

/// One step of `group_ops.json`, answered with JavaScript's words.
fn step(registry: &mut Registry, op: &str, args: &Value) -> Result<(), String> {
    let index = || args[0].as_u64().unwrap();
    match op {
        "addMember" => registry.append(member(&args[0])).map(drop).map_err(|error| match error {
            AppendError::Zero { position: 0 } => "Error: Failed to add member: value cannot be 0".into(),
            other => panic!("{other:?}"),
        }),
        "addMembers" => registry.append_batch(&members(&args[0])).map_err(|error| match error {
            AppendError::NoCommitments => "Error: There are no leaves to add".into(),
            other => panic!("{other:?}"),
        }),
        "updateMember" => registry.update(index(), member(&args[1])).map_err(|error| match error {
            UpdateError::Removed { .. } => "Error: Failed to update member: it has been removed".into(),
            other => panic!("{other:?}"),
        }),
        "removeMember" => registry.remove(index()).map_err(|error| match error {
            RemoveError::AlreadyRemoved { .. } => {
                "Error: Failed to remove member: it has already been removed".into()
            }
            other => panic!("{other:?}"),
        }),
        other => panic!("no such step: {other}"),
    }
}

#[test]
fn every_step_of_a_group_gives_what_it_gives_in_javascript() {
    let vectors = tabella_testkit::semaphore_vector("group_ops.json");
    let mut registry = Registry::new();
    let steps = vectors["steps"].as_array().unwrap();
    for (number, entry) in steps.iter().enumerate() {
        let before = registry.clone();
        let answer = step(&mut registry, entry["op"].as_str().unwrap(), &entry["args"]);
        assert_eq!(answer.as_ref().err().map(String::as_str), entry["error"].as_str(), "step {number}");
        if answer.is_err() {
            assert_eq!(registry, before, "step {number}");
        }
        assert_eq!(registry.tree().root(), field(&entry["root"]), "step {number}");
        assert_eq!(registry.depth() as u64, entry["depth"].as_u64().unwrap());
        assert_eq!(registry.size(), entry["size"].as_u64().unwrap());
        assert_eq!(registry.tree().leaves(), fields(&entry["leaves"]), "step {number}");
    }
    assert_eq!(steps.len(), 24);
}

#[test]
fn the_root_of_nobody_is_no_root() {
    let vectors = tabella_testkit::semaphore_vector("group_ops.json");
    let single = &vectors["singleMember"];
    let mut registry = Registry::new();
    assert_eq!(registry.tree().root(), field(&vectors["emptyGroup"]["root"]));
    assert_eq!(registry.root(), None);
    let citizen = member(&single["before"]);
    registry.append(citizen).unwrap();
    assert_eq!(registry.root().map(|root| *root.as_field()), Some(field(&single["before"])));
    registry.remove(0).unwrap();
    assert_eq!(registry.tree().root(), field(&single["afterRemove"]));
    assert_eq!(registry.root(), None);
    assert_eq!((registry.size(), registry.citizen_count()), (1, 0));
    assert_eq!(registry.history().latest().unwrap().root, None);
}

/// `new Group([1n, 2n, 3n]).export()` of `@semaphore-protocol/group` 4.14.3, then after `removeMember(1)`.
const THREE: &str = r#"[["1","2","3"],["7853200120776062878684798364095072458815029376092732009249414926327459813530","3"],["13816780880028945690020260331303642730075999758909899334839547418969502592169"]]"#;
const TWO_OF_THREE: &str = r#"[["1","0","3"],["18423194802802147121294641945063302532319431080857859605204660473644265519999","3"],["12939351148439286594095646211748194464721892567872607149920319543512426040882"]]"#;

#[test]
fn exports_are_byte_for_byte_those_of_javascript() {
    let mut registry = Registry::new();
    assert_eq!(registry.to_group_json(), "[[]]");
    registry.append_batch(&super::commitments(1..=3)).unwrap();
    assert_eq!(registry.to_group_json(), THREE);
    registry.remove(1).unwrap();
    assert_eq!(registry.to_group_json(), TWO_OF_THREE);
    for text in ["[[]]", r#"[["5"]]"#, THREE, TWO_OF_THREE] {
        let imported = Registry::from_group_json(text, &mut quietly).unwrap();
        assert_eq!(imported.to_group_json(), text);
    }
    assert_eq!(Registry::from_group_json(TWO_OF_THREE, &mut quietly).unwrap().tree(), registry.tree());
}
