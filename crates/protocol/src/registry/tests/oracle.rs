//! Random changes against a registry that is built anew after each.

use super::{super::*, commitment, naive_root};
use alloc::vec::Vec;
use proptest::prelude::*;
use tabella_primitives::Fr;

#[derive(Clone, Debug)]
enum Op {
    Append(u64),
    AppendBatch(Vec<u64>),
    Update(u64, u64),
    Remove(u64),
}

fn arb_op() -> impl Strategy<Value = Op> {
    // Few values and few slots, so that every refusal happens often.
    let value = 0..40u64;
    prop_oneof![
        value.clone().prop_map(Op::Append),
        prop::collection::vec(value.clone(), 0..6).prop_map(Op::AppendBatch),
        (0..24u64, value).prop_map(|(index, value)| Op::Update(index, value)),
        (0..24u64).prop_map(Op::Remove),
    ]
}

/// The rules, over a plain list; `false` if the change is refused.
fn model(slots: &mut Vec<u64>, op: &Op) -> bool {
    let mut next = slots.clone();
    let done = match op {
        Op::Append(value) => model(&mut next, &Op::AppendBatch([*value].into())),
        Op::AppendBatch(values) => {
            let good = values.iter().all(|value| {
                let new = *value != 0 && !next.contains(value);
                next.push(*value);
                new
            });
            good && !values.is_empty()
        }
        Op::Update(index, value) => match next.get(*index as usize) {
            None | Some(0) => false,
            Some(_) if *value == 0 || next.contains(value) => false,
            Some(_) => {
                next[*index as usize] = *value;
                true
            }
        },
        Op::Remove(index) => match next.get(*index as usize) {
            None | Some(0) => false,
            Some(_) => {
                next[*index as usize] = 0;
                true
            }
        },
    };
    if done {
        *slots = next;
    }
    done
}

fn apply(registry: &mut Registry, op: &Op) -> bool {
    match op {
        Op::Append(value) => registry.append(commitment(*value)).is_ok(),
        Op::AppendBatch(values) => registry.append_batch(&super::commitments(values.iter().copied())).is_ok(),
        Op::Update(index, value) => registry.update(*index, commitment(*value)).is_ok(),
        Op::Remove(index) => registry.remove(*index).is_ok(),
    }
}

fn check(registry: &Registry, slots: &[u64]) {
    let leaves: Vec<Fr> = slots.iter().map(|value| Fr::from(*value)).collect();
    assert_eq!(registry.tree().leaves(), leaves);
    assert_eq!(registry.tree().root(), naive_root(&leaves));
    assert_eq!(registry.tree().check(&mut quietly), Ok(()));
    assert_eq!(registry.citizen_count(), slots.iter().filter(|value| **value != 0).count() as u64);
    for value in 0..40 {
        let index = slots.iter().position(|slot| *slot == value && value != 0);
        assert_eq!(registry.index_of(&commitment(value)), index.map(|index| index as u64));
    }
    for (index, value) in (0..).zip(slots) {
        match registry.path(index) {
            Ok(path) => assert_eq!(Some(path.root(&commitment(*value))), registry.root()),
            Err(error) => assert_eq!((error, *value), (LookupError::Removed { index }, 0)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_registry_is_what_its_changes_say(ops in prop::collection::vec(arb_op(), 1..40)) {
        let (mut registry, mut slots) = (Registry::new(), Vec::new());
        for op in &ops {
            let before = registry.clone();
            let done = model(&mut slots, op);
            prop_assert_eq!(apply(&mut registry, op), done, "{:?} on {:?}", op, slots);
            if !done {
                prop_assert_eq!(&registry, &before);
            }
            prop_assert_eq!(registry.history().sequence(), before.history().sequence() + u64::from(done));
            prop_assert_eq!(registry.history().latest().and_then(|state| state.root), registry.root());
            check(&registry, &slots);
        }
        let records = registry.history().records().to_vec();
        let again = Registry::from_parts(registry.tree().clone(), RootHistory::from_records(records).unwrap());
        prop_assert_eq!(again, Ok(registry));
    }

    #[test]
    fn many_updates_at_once_are_the_updates_one_by_one(
        size in 1usize..80,
        updates in prop::collection::btree_map(0u64..80, 0u64..1000, 0..20),
    ) {
        let mut tree = LeanImt::new();
        tree.insert_many(&(1..=size as u64).map(Fr::from).collect::<Vec<_>>()).unwrap();
        let updates: Vec<(u64, Fr)> = updates
            .into_iter()
            .filter(|(index, _)| *index < size as u64)
            .map(|(index, value)| (index, Fr::from(value)))
            .collect();
        let mut one_by_one = tree.clone();
        updates.iter().for_each(|(index, leaf)| one_by_one.update(*index, *leaf).unwrap());
        let mut reversed = updates.clone();
        reversed.reverse();
        tree.update_many(&reversed).unwrap();
        prop_assert_eq!(&tree, &one_by_one);
        prop_assert_eq!(tree.root(), naive_root(tree.leaves()));
    }
}
