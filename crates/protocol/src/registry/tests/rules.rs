//! Every refusal, with its exact error, and that it changes nothing.

use super::{super::*, commitment, commitments};
use alloc::{vec, vec::Vec};
use tabella_primitives::Fr;

fn three() -> Registry {
    let mut registry = Registry::new();
    registry.append_batch(&commitments([11, 22, 33])).unwrap();
    registry.remove(1).unwrap();
    registry
}

/// Runs a change that must fail with this error and leave no trace.
#[track_caller]
fn refused<T: core::fmt::Debug + PartialEq, E: core::fmt::Debug + PartialEq>(
    change: impl FnOnce(&mut Registry) -> Result<T, E>,
    error: E,
) {
    let mut registry = three();
    assert_eq!(change(&mut registry), Err(error));
    assert_eq!(registry, three());
    // The index has no trace either: what was refused can still be appended.
    registry.append_batch(&commitments([44, 55, 66])).unwrap();
    assert_eq!(registry.citizen_count(), 5);
}

#[test]
fn appending_refuses_zero_doubles_and_nothing() {
    let batch = |values: &'static [u64]| {
        move |registry: &mut Registry| registry.append_batch(&commitments(values.iter().copied()))
    };
    refused(|registry| registry.append(commitment(0)), AppendError::Zero { position: 0 });
    refused(|registry| registry.append(commitment(33)), AppendError::Registered { position: 0, index: 2 });
    refused(batch(&[]), AppendError::NoCommitments);
    refused(batch(&[44, 55, 0, 66]), AppendError::Zero { position: 2 });
    refused(batch(&[44, 55, 66, 11]), AppendError::Registered { position: 3, index: 0 });
    refused(batch(&[44, 55, 66, 55]), AppendError::Repeated { position: 3, earlier: 1 });
}

#[test]
fn updating_refuses_zero_doubles_and_empty_slots() {
    let update = |index, value| move |registry: &mut Registry| registry.update(index, commitment(value));
    refused(update(0, 0), UpdateError::Zero);
    refused(update(0, 33), UpdateError::Duplicate { index: 2 });
    refused(update(0, 11), UpdateError::Duplicate { index: 0 });
    refused(update(1, 44), UpdateError::Removed { index: 1 });
    refused(update(3, 44), UpdateError::OutOfRange { index: 3, size: 3 });
    refused(update(u64::MAX, 44), UpdateError::OutOfRange { index: u64::MAX, size: 3 });
}

#[test]
fn removing_refuses_empty_slots() {
    refused(|registry| registry.remove(1), RemoveError::AlreadyRemoved { index: 1 });
    refused(|registry| registry.remove(3), RemoveError::OutOfRange { index: 3, size: 3 });
}

#[test]
fn there_is_no_path_for_who_is_not_registered() {
    let registry = three();
    assert_eq!(registry.path(1), Err(LookupError::Removed { index: 1 }));
    assert_eq!(registry.path(3), Err(LookupError::OutOfRange { index: 3, size: 3 }));
    assert_eq!(registry.path_of(&commitment(22)), Err(LookupError::NotRegistered));
    assert_eq!(registry.path_of(&commitment(0)), Err(LookupError::NotRegistered));
    assert!(!registry.contains(&commitment(22)) && registry.contains(&commitment(33)));
    assert_eq!(registry.commitment(1), None);
    assert_eq!(registry.citizens().collect::<Vec<_>>(), [(0, commitment(11)), (2, commitment(33))]);
}

#[test]
fn a_removed_commitment_may_come_back_in_a_new_slot() {
    let mut registry = three();
    assert_eq!(registry.append(commitment(22)), Ok(3));
    assert_eq!(registry.index_of(&commitment(22)), Some(3));
    assert_eq!(registry.commitment(1), None);
    let mut registry = three();
    registry.update(0, commitment(22)).unwrap();
    assert_eq!(registry.index_of(&commitment(22)), Some(0));
    assert_eq!(registry.index_of(&commitment(11)), None);
}

#[test]
fn the_bare_tree_refuses_what_has_no_place() {
    let mut tree = LeanImt::new();
    assert_eq!(tree.insert_many(&[]), Err(TreeError::NoLeaves));
    assert_eq!(tree.path(0), Err(TreeError::IndexOutOfRange { index: 0, size: 0 }));
    assert_eq!(tree.update(0, Fr::from(1)), Err(TreeError::IndexOutOfRange { index: 0, size: 0 }));
    tree.insert_many(&[Fr::from(0), Fr::from(1), Fr::from(1)]).unwrap();
    let before = tree.clone();
    let twice = [(1, Fr::from(5)), (0, Fr::from(6)), (1, Fr::from(7))];
    assert_eq!(tree.update_many(&twice), Err(TreeError::RepeatedIndex { index: 1 }));
    let outside = [(1, Fr::from(5)), (3, Fr::from(6))];
    assert_eq!(tree.update_many(&outside), Err(TreeError::IndexOutOfRange { index: 3, size: 3 }));
    assert_eq!(tree, before);
    assert_eq!(tree.check_room(MAX_SIZE as usize), Err(TreeError::Full { size: 3, added: MAX_SIZE }));
    assert_eq!(tree.check_room(MAX_SIZE as usize - 3), Ok(()));
}

#[test]
fn nodes_that_are_no_tree_are_named() {
    let node = |value: u64| Fr::from(value);
    let mut tree = LeanImt::new();
    tree.insert_many(&(1..=5).map(node).collect::<Vec<_>>()).unwrap();
    let levels: Vec<Vec<Fr>> = (0..=tree.depth()).map(|level| tree.level(level).unwrap().to_vec()).collect();
    assert_eq!(LeanImt::from_levels(levels.clone()), Ok(tree));
    for level in 1..levels.len() {
        for index in 0..levels[level].len() {
            let mut wrong = levels.clone();
            wrong[level][index] += node(1);
            assert_eq!(LeanImt::from_levels(wrong), Err(InconsistentTree::Node { level, index }));
        }
        let mut wrong = levels.clone();
        let expected = wrong[level].len();
        wrong[level].push(node(1));
        let error = InconsistentTree::LevelLength { level, expected, actual: expected + 1 };
        assert_eq!(LeanImt::from_levels(wrong), Err(error));
    }
    let levels_error = |expected, actual| Err(InconsistentTree::Levels { expected, actual });
    assert_eq!(LeanImt::from_levels(levels[..3].to_vec()), levels_error(4, 3));
    assert_eq!(LeanImt::from_levels(vec![]), levels_error(1, 0));
    assert_eq!(LeanImt::from_levels(vec![vec![], vec![]]), levels_error(1, 2));
}

#[test]
fn a_tree_and_a_history_that_disagree_are_no_registry() {
    let registry = three();
    let history = registry.history().clone();
    let mut tree = registry.tree().clone();
    tree.insert(Fr::from(5)).unwrap();
    let size = RestoreError::Size { expected: 3, actual: 4 };
    assert_eq!(Registry::from_parts(tree.clone(), history.clone()), Err(size));
    let mut tree = registry.tree().clone();
    tree.update(0, Fr::from(5)).unwrap();
    assert_eq!(Registry::from_parts(tree, history), Err(RestoreError::Root { sequence: 2 }));
    let mut tree = LeanImt::new();
    tree.insert_many(&[Fr::from(7), Fr::from(0), Fr::from(0), Fr::from(7)]).unwrap();
    assert_eq!(Registry::imported(tree, 1), Err(RestoreError::Duplicate { index: 3, earlier: 0 }));
}

#[test]
fn messages_name_what_and_where() {
    let texts = [
        alloc::string::ToString::to_string(&AppendError::Repeated { position: 7, earlier: 3 }),
        alloc::string::ToString::to_string(&UpdateError::OutOfRange { index: 9, size: 4 }),
        alloc::string::ToString::to_string(&InconsistentTree::Node { level: 2, index: 5 }),
    ];
    assert_eq!(
        texts,
        [
            "commitment 7 of the batch is the same as commitment 3",
            "there is no slot 9: the registry has 4 slots, numbered from 0",
            "node 5 of level 2 does not follow from its children",
        ]
    );
}
